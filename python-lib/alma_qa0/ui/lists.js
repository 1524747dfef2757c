// Keys in a list. Tab leaves it: its grid would walk through the cells, and open one Execution Block after the other. Arrows begin at
// the line that is chosen: its grid would wait for a click.
const viewOf = (element, views) => {
  for (const view of views) {
    const found = view.el === element ? view : viewOf(element, view.child_views ?? [])
    if (found) return found
  }
}
document.addEventListener("keydown", (event) => {
  const list = event.composedPath().find((node) => node.classList?.contains("bk-data-table"))
  if (!list) return
  if (event.key === "Tab") event.stopPropagation()
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return
  const { grid, model } = viewOf(list.getRootNode().host, Bokeh.index)
  if (grid.getActiveCell()) return
  const [chosen] = model.source.selected.indices
  grid.setActiveCell(chosen ?? 0, 0)
  if (chosen === undefined) event.stopPropagation()
}, true)
