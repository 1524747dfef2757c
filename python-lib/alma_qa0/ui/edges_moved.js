// A scale changed: what stands at its edges follows, once a frame, but where it was drawn for this scale or nothing is there.
const {args} = transform
const drawn = args instanceof Map ? args.get("drawn") : args.drawn
if (drawn.waits) return
drawn.waits = true
requestAnimationFrame(() => {
  drawn.waits = false
  const scale = [x_range.start, x_range.end, y_range.start, y_range.end]
  if (scale.every((value, i) => value === drawn[i])) return
  const {x, y, polarisation} = source.data
  const out = (value, i) => !(value >= scale[i] && value <= scale[i + 1]) || !(value >= drawn[i] && value <= drawn[i + 1])
  const moves = (i) => out(y[i], 2) || (polarisation[i] === "XY" && out(x[i], 0))
  for (let i = 0; i < y.length; i++) {
    if (moves(i)) {
      source.change.emit()
      break
    }
  }
})
