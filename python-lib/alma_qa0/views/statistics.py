"""Number, median and spread of what is selected, per baseband and polarisation."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from alma_qa0.views.quantities import Quantity
from alma_qa0.views.summary import SummaryView


@dataclass(frozen=True, slots=True)
class StatisticsView:
    """One line per baseband and polarisation: n, median, MAD (median absolute deviation, not scaled), minimum, maximum, and ``array``.

    That is the median of the whole array in the basebands and scans chosen, whatever antennas are.
    """

    columns: dict[str, np.ndarray]
    unit: str
    n_values: int


def show(points: SummaryView, quantity: Quantity, selected: list[int] | None) -> StatisticsView:
    """Statistics of the points at the indices selected, or of all; a point X against Y counts once in either polarisation."""
    columns = points.columns if selected is None else {name: column[selected] for name, column in points.columns.items()}
    values = pd.DataFrame({"baseband": columns["baseband"], "polarisation": columns["polarisation"], "value": columns["y"]})
    if not points.time_axis:
        x = values.assign(value=columns["x"], polarisation="X")
        values = pd.concat([x, values.assign(polarisation="Y")], ignore_index=True)
    lines = [(baseband, polarisation, *_line(group["value"].to_numpy(dtype=float)), points.medians[str(baseband), str(polarisation)])
             for (baseband, polarisation), group in values.groupby(["baseband", "polarisation"])]
    names = ("baseband", "polarisation", "n", "median", "mad", "minimum", "maximum", "array")
    table = {name: np.array([line[index] for line in lines], dtype=object if index < 2 else float) for index, name in enumerate(names)}
    return StatisticsView(table, quantity.unit or "no unit", len(values))


def _line(values: np.ndarray) -> tuple[float, float, float, float, float]:
    median = float(np.median(values))
    return len(values), median, float(np.median(np.abs(values - median))), float(values.min()), float(values.max())
