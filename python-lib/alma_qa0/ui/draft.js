// What was written in the form when the connection was lost stands in it again when the page is back.
const kept = "alma-qa0 draft"
const fields = {comment, fraction, decided_by}
if (cb_obj !== screen) { // the connection is lost
  const written = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value]))
  const draft = {...written, uid: screen.uid, status: status.active, reasons: reasons.active.map((index) => reasons.labels[index])}
  try { sessionStorage.setItem(kept, JSON.stringify(draft)) } catch {}
  return
}
let draft = null
try { draft = JSON.parse(sessionStorage.getItem(kept)) } catch {}
if (draft === null || draft.uid !== screen.uid) return
sessionStorage.removeItem(kept)
for (const [name, field] of Object.entries(fields)) if (!field.disabled && draft[name]) field.value = draft[name]
if (draft.status === null) return
const restore = () => {
  reasons.active = draft.reasons.map((reason) => reasons.labels.indexOf(reason)).filter((index) => index >= 0)
}
if (draft.reasons.length > 0) {
  const once = () => { reasons.properties.labels.change.disconnect(once); setTimeout(restore) }
  reasons.properties.labels.change.connect(once)
}
status.active = draft.status
