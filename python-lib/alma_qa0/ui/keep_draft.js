// The connection is lost: what is written in the form is kept for the page that opens again.
const written = (field) => Bokeh.index.find_one(field)?.input_el.value ?? field.value // also what was typed but not left yet
const draft = {
  uid: screen.uid, comment: written(comment), fraction: written(fraction), decided_by: written(decided_by),
  status: status.active, reasons: reasons.active.map((index) => reasons.labels[index]),
}
try { sessionStorage.setItem("alma-qa0 draft", JSON.stringify(draft)) } catch {}
