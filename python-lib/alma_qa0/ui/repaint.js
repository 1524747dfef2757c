// New rows in a table. Where they are as many as before, Bokeh leaves the old ones on the screen; where the reader sorted, in their order.
const view = Bokeh.index.find_one(table)
if (view?.grid) view.grid.getSortColumns().length > 0 ? view.updateGrid() : view.grid.invalidate()
