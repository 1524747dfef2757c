// Colours are custom properties of the page: turn them, and have every canvas painted again.
const root = document.documentElement
const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches
root.dataset.theme = dark ? "light" : "dark"
const others = location.search.slice(1).split("&").filter((parameter) => parameter && !parameter.startsWith("theme="))
history.replaceState(null, "", `${location.pathname}?${[...others, `theme=${root.dataset.theme}`].join("&")}`)
const repaint = (view) => {
  view.canvas_view?.primary.clear()
  view.request_repaint?.()
  view.child_views?.forEach(repaint)
}
for (const view of Bokeh.index) repaint(view)
