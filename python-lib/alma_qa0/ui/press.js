// What is pressed is what is on the screen: the form goes out whole, with the uid and the versions of what it was filled in beside.
if (document.querySelector(".page").getAttribute("aria-busy") === "true") return
press.text = JSON.stringify({
  kind, uid: screen.uid, versions: JSON.parse(screen.versions),
  status: status.active === null ? "" : status.labels[status.active], reasons: reasons.active.map((index) => reasons.labels[index]),
  comment: comment.value, decided_by: decided_by.value, execution_fraction: fraction.value, at: Date.now(),
})
