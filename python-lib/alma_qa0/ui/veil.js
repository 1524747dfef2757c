// One Execution Block on the screen. From the moment that another is chosen until all of it is painted, what is left is veiled and locked.
const page = document.querySelector(".page")
const [row] = list.selected.indices
if (cb_obj === list.selected && row !== undefined) window.almaQa0Chosen = list.data.uid[row]
const chosen = window.almaQa0Chosen
const stale = screen.uid === "" || screen.opening !== "" || (chosen !== undefined && chosen !== screen.uid)
const regions = () => [...page.querySelectorAll(".main, .lower"), ...locked.map((model) => Bokeh.index.find_one(model)?.el)].filter((el) => el)
const lock = (locked) => {
  for (const region of regions()) Object.assign(region, {inert: locked}).style.opacity = locked ? 0.22 : ""
}
const turn = window.almaQa0Turn = (window.almaQa0Turn ?? 0) + 1
if (stale) {
  page.setAttribute("aria-busy", String(!screen.nothing || screen.opening !== ""))
  lock(true)
} else {
  const index = Array.from(list.data.uid).indexOf(screen.uid)
  if (index >= 0 && row !== index) list.selected.indices = [index] // a list that came meanwhile may have marked another
  // Bokeh paints at most 17 ms after a change, in the next frame; the frame after that has all of it.
  setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => {
    if (turn !== window.almaQa0Turn) return
    page.setAttribute("aria-busy", "false")
    page.dataset.uid = screen.uid
    lock(false)
  })), 20)
}
