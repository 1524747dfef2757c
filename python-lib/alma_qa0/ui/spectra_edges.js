// Where the marks of spectra stand: at the edge of the scale beyond which their values are, at the lower one without a value; values that
// the reader's scale has inside are seen themselves.
const {start, end} = y_range
const near = (part) => start + part * (end - start)
return Float64Array.from(xs, (value) => isNaN(value) ? near(0.035) : value > end ? near(0.96) : value < start ? near(0.04) : NaN)
