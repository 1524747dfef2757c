// What the mouse is on is told of the nearest few only; of a mark at the edge alone, whose words would be covered else.
const {sx, sy, snap_sx, snap_sy, indices, glyph_view} = cb_data.vars
if (marks.inspected.indices.length > 0) return false
if (most === null) return true
const own = Math.hypot(snap_sx - sx, snap_sy - sy)
return indices.filter((i) => Math.hypot(glyph_view.sx[i] - sx, glyph_view.sy[i] - sy) < own - 1e-6).length < most
