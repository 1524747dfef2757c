// On a phone's width the facets stand below each other.
const phone = matchMedia("(max-width: 900px)")
const arrange = () => {
  for (const grid of grids) grid.children = grid.children.map(([plot], i) => phone.matches ? [plot, i, 0] : [plot, i >> 1, i % 2])
}
if (phone.matches) arrange()
phone.addEventListener("change", arrange)
