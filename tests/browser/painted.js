// What a person sees of the page: words of the DOM, rows of the tables as they are drawn, marks where their glyphs are on the screen.
() => {
  const document_ = Bokeh.documents[0]
  const viewOf = (name) => { const model = document_.get_model_by_name(name); return model === null ? null : Bokeh.index.find_one(model) }
  const isSeen = (element) => element?.checkVisibility?.({checkOpacity: false}) ?? false
  const words = (name) => {
    const view = viewOf(name)
    if (view === null || !isSeen(view.el)) return null
    return [...view.el.shadowRoot.children].filter((child) => child.tagName !== "STYLE").map((child) => child.innerText).join(" ").trim()
  }
  const rows = (name) => {
    const view = viewOf(name)
    if (!view?.grid || !isSeen(view.el)) return null
    const height = view.model.row_height
    const seen = [...view.el.shadowRoot.querySelectorAll(".slick-row")].map((row) => [
      Math.round(parseFloat(row.style.top) / height), [...row.querySelectorAll(".slick-cell")].map((cell) => cell.innerText.trim())])
    return {rows: Object.fromEntries(seen), length: view.grid.getDataLength()}
  }
  const frame = (view) => {
    const box = view.el.getBoundingClientRect(), inner = view.frame.bbox
    return {x: box.x + inner.left, y: box.y + inner.top, width: inner.width, height: inner.height}
  }
  const marks = (plot, glyphs) => {
    const view = viewOf(plot)
    if (!isSeen(view.el)) return null
    const {x, y} = view.el.getBoundingClientRect()
    const of = (glyph) => {
      const drawn = viewOf(glyph)?.glyph
      return drawn?.sx ? Array.from(drawn.sx, (sx, i) => [x + sx, y + drawn.sy[i]]) : []
    }
    const scale = (ranges) => ranges && [ranges.start, ranges.end]
    return {frame: frame(view), x: scale(view.model.x_range), y: scale(view.model.y_range), marks: Object.fromEntries(glyphs.map((glyph) => [glyph, of(glyph)]))}
  }
  const curves = (plot) => {
    const view = viewOf(plot)
    if (!isSeen(view.el)) return null
    const {x, y} = view.el.getBoundingClientRect()
    const renderer = view.model.renderers.find((one) => one.data_source.name === `${plot}_lines`)
    const glyph = Bokeh.index.find_one(renderer).glyph, {antenna, scan, polarisation} = renderer.data_source.data
    const lines = Array.from(antenna, (name, i) => {
      const sx = glyph.sxs.get(i), sy = glyph.sys.get(i), middle = Math.floor(sx.length / 2)
      return [name, scan[i], polarisation[i], sx.length, x + sx[middle], y + sy[middle]]
    })
    return {frame: frame(view), y: [view.model.y_range.start, view.model.y_range.end], lines}
  }
  const polarisations = ["x", "y", "xy"], basebands = [1, 2, 3, 4]
  return {
    busy: document.querySelector(".page").getAttribute("aria-busy") !== "false",
    locked: document.querySelector(".lower").inert,
    lost: !document.querySelector(".lost").hidden,
    uid: words("header")?.match(/uid:\/\/[A-Za-z0-9/]+/)?.[0] ?? null,
    words: Object.fromEntries(["header", "message", "summary_note", "spectra_note", "findings_note", "invalid_values_note", "statistics_note",
      "decision_note", "proposal", "decision_history", "decision_news", "uid_list_note"].map((name) => [name, words(name)])),
    tables: Object.fromEntries(["uid_list", "findings", "invalid_values", "statistics"].map((name) => [name, rows(name)])),
    marked: [...(viewOf("uid_list").el.shadowRoot.querySelectorAll(".slick-cell.selected.l0 span"))].map((cell) => cell.title),
    points: Object.fromEntries(basebands.map((n) => [`BB_${n}`, marks(`summary_bb_${n}`, polarisations.map((name) => `summary_bb_${n}_${name}`))])),
    spectra: Object.fromEntries(basebands.map((n) => [`BB_${n}`, curves(`spectra_bb_${n}`)])),
    address: location.search,
  }
}
