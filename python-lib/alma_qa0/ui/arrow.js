// An arrow of the size of a marker, turned by `turns` quarters to the right from upwards.
const {r} = cb_data
const arrow = new Path2D()
arrow.moveTo(0, -r)
for (const [x, y] of [[0.8, 0.1], [0.28, 0.1], [0.28, 1], [-0.28, 1], [-0.28, 0.1], [-0.8, 0.1]]) arrow.lineTo(x * r, y * r)
arrow.closePath()
const turned = new Path2D()
turned.addPath(arrow, new DOMMatrix().rotate(90 * turns))
return turned
