// The address always opens the same view; the choice of colours in it belongs to the reader and stays.
const theme = new URLSearchParams(location.search).get("theme")
const query = address.query + (theme ? `${address.query ? "&" : ""}theme=${theme}` : "")
history.replaceState(null, "", location.pathname + (query ? `?${query}` : ""))
