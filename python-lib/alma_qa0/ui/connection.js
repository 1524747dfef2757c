// A page that has lost its server says so, waits until the server answers, and opens again: its state is in the link.
const PATIENCE = 30_000 // until a page that never came is asked for again
const STEP = 1_000, LONGEST = 10_000
const answers = async () => {
  try {
    return (await fetch(location.href, {cache: "no-store"})).ok
  } catch {
    return false
  }
}
window.almaQa0Reopen = async () => {
  if (window.almaQa0Lost) return
  window.almaQa0Lost = true
  const page = document.querySelector(".page")
  page.setAttribute("aria-busy", "true")
  page.inert = true
  document.querySelector(".lost").hidden = false
  for (let wait = STEP; !(await answers()); wait = Math.min(2 * wait, LONGEST)) await new Promise((done) => setTimeout(done, wait))
  const chosen = window.almaQa0Chosen
  if (chosen !== undefined && chosen !== page.dataset.uid) { // what was chosen last had not come yet
    const link = new URL(location.href)
    for (const name of ["band", "antennas", "basebands", "scans", "polarisations", "selected"]) link.searchParams.delete(name)
    link.searchParams.set("uid", chosen)
    history.replaceState(null, "", link)
  }
  location.reload()
}
setTimeout(() => { if (!window.Bokeh?.documents?.length) window.almaQa0Reopen() }, PATIENCE)
