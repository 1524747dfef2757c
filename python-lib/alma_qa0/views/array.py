"""The array that a value is held against: its percentiles, and the scale that they give, whatever antennas are chosen."""

import numpy as np

PERCENTILES = (5, 50, 95)
_MOST = 5.0  # times the array's 95th percentile: higher values would press all others together, and are arrows at the edge of the scale


def percentiles(values: np.ndarray) -> list[np.ndarray]:
    """PERCENTILES over the first axis of values of shape (n, n_columns), each float32 of shape (n_columns,); NaN where none is valid."""
    ranked = np.sort(np.ascontiguousarray(values.T), axis=1)  # NaN goes last
    count = len(values) - np.count_nonzero(np.isnan(ranked), axis=1)
    curves = []
    for percentile in PERCENTILES:
        at = np.clip(np.rint((count - 1) * percentile / 100).astype(int), 0, None)
        curves.append(np.where(count > 0, ranked[np.arange(len(ranked)), at], np.nan).astype(np.float32))
    return curves


def highest_drawn(highest: float, high: float) -> float:
    """The upper end of a scale for values up to ``highest`` whose 95th percentile is ``high``."""
    return min(highest, _MOST * high) if high > 0 else highest
