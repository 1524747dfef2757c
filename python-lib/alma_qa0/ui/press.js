// What is pressed is what is on the screen: the form goes out whole, with the uid and the versions of what it was filled in beside.
if (document.querySelector(".page").getAttribute("aria-busy") === "true") return
const written = (field) => Bokeh.index.find_one(field)?.input_el.value ?? field.value // also what was typed but not left yet
press.text = JSON.stringify({
  kind, uid: screen.uid, versions: JSON.parse(screen.versions),
  status: status.active === null ? "" : status.labels[status.active], reasons: reasons.active.map((index) => reasons.labels[index]),
  comment: written(comment), decided_by: written(decided_by), execution_fraction: written(fraction), at: Date.now(),
})
