// The page's own log: how long after the reader asked - the last press of a button or key, else the opening of the page - the plots
// stood painted. They have new data when this runs; each paints once more, and the frame after the last is the end.
if (window.almaQa0Asked === undefined) {
  window.almaQa0Asked = 0
  for (const press of ["pointerdown", "pointerup", "keydown"]) addEventListener(press, ({timeStamp}) => { window.almaQa0Asked = timeStamp }, true)
}
const asked = window.almaQa0Asked
const views = plots.filter((plot) => plot.visible).map((plot) => Bokeh.index.find_one(plot)).filter((view) => view != null)
const painting = (view) => new Promise((done) => {
  const painted = () => { view.repainted.disconnect(painted); done() }
  view.repainted.connect(painted)
})
Promise.all(views.map(painting)).then(() => requestAnimationFrame(() => {
  const name = `alma-qa0 ${what} painted`
  console.info(`${name} after ${performance.measure(name, {start: asked, end: performance.now()}).duration.toFixed(0)} ms`)
}))
