// Who looks elsewhere needs no news; who comes back gets them at once.
document.addEventListener("visibilitychange", () => { attention.here = !document.hidden })
