// What was written in the form when the connection was lost stands in it again, beside the same Execution Block.
let draft = null
try { draft = JSON.parse(sessionStorage.getItem("alma-qa0 draft")) } catch {}
if (draft === null || screen.uid === "" || draft.uid !== screen.uid) return
sessionStorage.removeItem("alma-qa0 draft")
for (const [name, field] of Object.entries({comment, fraction, decided_by})) if (!field.disabled && draft[name]) field.value = draft[name]
if (draft.reasons.length > 0) { // they are offered when the server has heard of the status
  const offered = () => {
    reasons.properties.labels.change.disconnect(offered)
    setTimeout(() => { reasons.active = draft.reasons.map((reason) => reasons.labels.indexOf(reason)).filter((index) => index >= 0) })
  }
  reasons.properties.labels.change.connect(offered)
}
if (draft.status !== null) status.active = draft.status
