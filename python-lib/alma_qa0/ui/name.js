// The browser remembers who decides, where it is allowed to.
const key = "alma-qa0 decided by"
try {
  if (!name.value) name.value = localStorage.getItem(key) ?? ""
  name.properties.value.change.connect(() => { try { localStorage.setItem(key, name.value) } catch {} })
} catch {}
