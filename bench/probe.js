// Runs in the page before its own scripts. When are the plots painted? Every frame, the canvases that were drawn on are read back, which
// makes the browser finish the drawing that it would otherwise put off; the time after that is the time of the last painting.
(() => {
  const probe = window.probe = {asked: 0, painted: 0, count: 0, arrived: {}}
  addEventListener("pointerdown", (event) => { probe.asked = event.timeStamp }, true)
  const canvases = (root, found = []) => {
    for (const element of root.querySelectorAll("*")) {
      if (element instanceof HTMLCanvasElement) found.push(element)
      if (element.shadowRoot) canvases(element.shadowRoot, found)
    }
    return found
  }
  const views = (view, found = []) => {
    if (view._render_count !== undefined) found.push(view)
    view.child_views?.forEach((child) => views(child, found))
    return found
  }
  probe.plots = () => typeof Bokeh === "undefined" ? [] : [...new Set([...Bokeh.index].flatMap((view) => views(view)))]
  const count = () => probe.plots().reduce((sum, view) => sum + view._render_count, 0)
  const every = () => {
    const now = count()
    if (now !== probe.count) {
      probe.count = now
      for (const canvas of canvases(document)) if (canvas.width && canvas.height) canvas.getContext("2d").getImageData(0, 0, 1, 1)
      probe.painted = performance.now()
    }
    if (!probe.listens && typeof Bokeh !== "undefined" && Bokeh.documents[0]?.is_idle) listen()
    requestAnimationFrame(every)
  }
  requestAnimationFrame(every)

  const listen = () => {
    probe.listens = true
    for (const name of ["summary_points", "spectra_table"]) {
      source(name).properties.data.change.connect(() => { probe.arrived[name] = performance.now() })
    }
  }
  // Whether these sources changed since the last click, and the plots were painted since then.
  probe.isNew = (...names) => names.every((name) => probe.arrived[name] > probe.asked && probe.painted > probe.arrived[name])
  const model = (name) => Bokeh.documents[0].get_model_by_name(name)
  const source = (name) => [...Bokeh.documents[0].all_models].find((one) => one.name === name)
  // What the page shows now: which EB, which quantity, how many points and lines; empty until all of it is there.
  probe.shown = () => {
    if (typeof Bokeh === "undefined" || !Bokeh.documents[0]?.is_idle) return {}
    const lines = [1, 2, 3, 4].reduce((sum, n) => sum + (source(`spectra_bb_${n}_lines`)?.data.id.length ?? 0), 0)
    return {
      uid: /uid:\/\/[^<]*/.exec(model("header").text)?.[0], points: source("summary_points").data.x?.length ?? 0, lines,
      quantity: /<b>(\w+)/.exec(model("spectra_note").text)?.[1],
    }
  }
})()
