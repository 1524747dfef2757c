// Where marks stand, and as what: at their values, or as an arrow at the edge of the scale beyond which these are; at the lower or left edge
// where there is none. `field` is what is asked for of all of them.
const {x, y, polarisation} = source.data
const near = ({start, end}, part) => start + part * (end - start)
const beyond = (value, {start, end}) => value > end ? 1 : value < start ? -1 : 0
const place = (value, range, row) => isNaN(value) ? near(range, 0.035 + 0.055 * row) : [near(range, 0.04), value, near(range, 0.96)][beyond(value, range) + 1]
const row = (i) => polarisation[i] === "Y" ? 1 : 0 // of the marks without a value: so that X and Y do not cover each other
const arrow = (i) => ["@down", null, "@up"][beyond(y[i], y_range) + 1] ?? (polarisation[i] === "XY" ? ["@left", null, "@right"][beyond(x[i], x_range) + 1] : null)
if (field === "y") drawn.splice(0, 4, x_range.start, x_range.end, y_range.start, y_range.end)
const of = {
  x: (i) => isNaN(x[i]) || polarisation[i] === "XY" ? place(x[i], x_range, 0) : x[i], // a time is not a value
  y: (i) => place(y[i], y_range, row(i)),
  marker: (i) => arrow(i) ?? {X: "circle", Y: "triangle", XY: "square"}[polarisation[i]],
  size: (i) => arrow(i) ? 11 : 5.5,
}[field]
return (field === "x" || field === "y" ? Float64Array : Array).from({length: y.length}, (_, i) => of(i))
