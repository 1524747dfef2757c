// All spectra come as one packed float32 column; here they become the lines of each facet without a copy:
// a line of a multi_line is a view into the packed values. `table` is sent last, so its change is the signal to draw.
const plain = (array, Kind) => new Kind(array.buffer ?? array, array.byteOffset ?? 0, array.length) // Bokeh's arrays cannot be sliced into views
const packed = plain(values.data.value, Float32Array)
const frequencies = plain(axes_source.data.frequency, Float64Array)
const {axis, antenna, scan, polarisation, id} = table.data
const {antennas, scans, axes, colours, few} = table.tags[0] ?? {axes: []} // none yet: nothing was sent
const unfold = {}
for (const name of Object.keys(facets)) unfold[name] = {xs: [], ys: [], antenna: [], scan: [], polarisation: [], id: [], colour: []}
const abscissae = axes.map(({first, n_channels}) => frequencies.subarray(first, first + n_channels))
let at = 0
for (let i = 0; i < axis.length; i++) {
  const {baseband, n_channels} = axes[axis[i]]
  const lines = unfold[baseband]
  lines.xs.push(abscissae[axis[i]])
  lines.ys.push(packed.subarray(at, at + n_channels))
  lines.antenna.push(antennas[antenna[i]])
  lines.scan.push(scans[scan[i]])
  lines.polarisation.push(polarisation[i] ? "Y" : "X")
  lines.id.push(id[i])
  lines.colour.push(colours[polarisation[i]])
  at += n_channels
}
for (const [name, {lines, labels}] of Object.entries(facets)) {
  const made = unfold[name]
  Object.assign(lines.data, made) // never `lines.data = ...`: that would send every line back to the server
  lines.change.emit()
  const named = made.id.length <= few ? made : {xs: [], ys: [], antenna: [], scan: [], polarisation: [], colour: []}
  const along = (i) => 0.95 - 0.19 * i // where the name stands, so that names do not cover each other
  const right = named.xs.map((xs, i) => Math.round((xs[0] < xs[xs.length - 1] ? along(i) : 1 - along(i)) * (xs.length - 1)))
  labels.data.x = named.xs.map((xs, i) => xs[right[i]])
  labels.data.y = named.ys.map((ys, i) => ys[right[i]])
  labels.data.text = named.antenna.map((one, i) => `${one} ${named.polarisation[i]} scan ${named.scan[i]}`)
  labels.data.colour = named.colour
  labels.change.emit()
}
