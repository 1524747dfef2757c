"""The summary plot: one value per antenna, baseband, polarisation and scan, against time or X against Y."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from alma_qa0.views.quantities import Quantity
from alma_qa0.views.selection import POLARISATIONS, Selection

_ONE_CALIBRATION_MS = 30e3  # rows of one calibration may differ by seconds


@dataclass(frozen=True, slots=True)
class SummaryView:
    """Points of all facets. ``columns`` are arrays of one length; a facet shows the points of its baseband.

    ``row`` is the row of scan_summary, ``polarisation`` X, Y or XY (X against Y): together they name the spectra of a point.
    Only valid values are points: ``n_invalid`` of those chosen are not. ``n_all`` would be points if everything were chosen.
    """

    columns: dict[str, np.ndarray]
    basebands: tuple[str, ...]
    x_label: str
    y_label: str
    title: str
    time_axis: bool
    n_invalid: int
    n_all: int

    @property
    def n_points(self) -> int:
        return len(self.columns["row"])


def against_time(summary: pd.DataFrame, selection: Selection, quantity: Quantity) -> SummaryView:
    """The quantity of either polarisation against the time of its calibration (ms since 1970, UTC), antennas side by side."""
    rows = np.flatnonzero(selection.rows(summary))
    parts, n_invalid = [], 0
    for polarisation in POLARISATIONS:
        if not selection.has_polarisation(polarisation):
            continue
        value = _values(summary, quantity, polarisation)[rows]
        valid = np.isfinite(value)
        n_invalid += int(np.count_nonzero(~valid & _measured(summary, rows, polarisation)))
        parts.append((rows[valid], np.full(np.count_nonzero(valid), polarisation, dtype=object), value[valid]))
    row = np.concatenate([part[0] for part in parts]) if parts else np.zeros(0, dtype=int)
    polarisations = np.concatenate([part[1] for part in parts]) if parts else np.zeros(0, dtype=object)
    value = np.concatenate([part[2] for part in parts]) if parts else np.zeros(0)
    columns = {**_identity(summary, row), "polarisation": polarisations, "x": _spread_time(summary, row), "y": value,
               "value": _text(value, quantity)}
    title = f"{quantity.label} against time"
    return SummaryView(columns, _basebands(summary, selection), "time (UTC)", quantity.axis_label, title, True, n_invalid,
                       sum(_n_valid(summary, selection, quantity, name) for name in POLARISATIONS))


def x_against_y(summary: pd.DataFrame, selection: Selection, quantity: Quantity) -> SummaryView:
    """Polarisation Y against polarisation X of one quantity; a point needs both to be valid."""
    rows = np.flatnonzero(selection.rows(summary))
    x, y = (_values(summary, quantity, polarisation)[rows] for polarisation in POLARISATIONS)
    valid = np.isfinite(x) & np.isfinite(y)
    measured = _measured(summary, rows, "X") & _measured(summary, rows, "Y")
    text = np.array([f"X {a}, Y {b}" for a, b in zip(_text(x[valid], quantity), _text(y[valid], quantity), strict=True)], dtype=object)
    both = np.full(np.count_nonzero(valid), "XY", dtype=object)
    columns = {**_identity(summary, rows[valid]), "polarisation": both, "x": x[valid], "y": y[valid], "value": text}
    unit = f" ({quantity.unit})" if quantity.unit else ""
    return SummaryView(columns, _basebands(summary, selection), f"{quantity.label} X{unit}", f"{quantity.label} Y{unit}",
                       f"{quantity.label}, X against Y", False, int(np.count_nonzero(~valid & measured)),
                       _n_valid(summary, selection, quantity, *POLARISATIONS))


def plot_ranges(points: SummaryView) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ranges of x and of y that hold all points, with room; 0 to 1 where there is none."""
    x, y = (_range(points.columns[name]) for name in ("x", "y"))
    return x, y


def _range(values: np.ndarray) -> tuple[float, float]:
    known = values[np.isfinite(values)]  # a calibration may lack its time
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    room = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
    return low - room, high + room


def _spread_time(summary: pd.DataFrame, row: np.ndarray) -> np.ndarray:
    """Milliseconds since 1970, the antennas of one calibration side by side in their order over part of a pause."""
    moment = summary["start_valid_time"].dt.tz_localize(None).to_numpy(dtype="datetime64[ms]")
    time = np.where(np.isnat(moment), np.nan, moment.astype(float))
    pauses = np.diff(np.unique(time[np.isfinite(time)]))
    pauses = pauses[pauses > _ONE_CALIBRATION_MS]
    width = min(0.8 * pauses.min(), np.median(pauses) / 4) if len(pauses) else _ONE_CALIBRATION_MS
    rank = np.unique(summary["antenna_name"].to_numpy(dtype=str), return_inverse=True)[1]
    return np.asarray((time + (rank / max(rank.max(initial=0), 1) - 0.5) * width)[row])


def spectrum_ids(points: SummaryView, indices: list[int]) -> frozenset[int]:
    """Ids of the spectra behind points (see views/spectra); those of both polarisations for a point X against Y.

    A lasso may come late, with indices of points that are gone: they are passed over.
    """
    there = [index for index in indices if 0 <= index < len(points.columns["row"])]
    rows, polarisations = points.columns["row"][there], points.columns["polarisation"][there]
    x, y = 2 * rows[polarisations != "Y"], 2 * rows[polarisations != "X"] + 1
    return frozenset(x.tolist()) | frozenset(y.tolist())


def points_of(points: SummaryView, ids: frozenset[int] | None) -> list[int]:
    """Indices of the points that stand for any of these spectra; none where nothing is selected."""
    if not ids:
        return []
    rows, polarisations, wanted = points.columns["row"], points.columns["polarisation"], np.fromiter(ids, dtype=int)
    x = np.isin(2 * rows, wanted) & (polarisations != "Y")
    y = np.isin(2 * rows + 1, wanted) & (polarisations != "X")
    return [int(index) for index in np.flatnonzero(x | y)]


def _n_valid(summary: pd.DataFrame, selection: Selection, quantity: Quantity, *polarisations: str) -> int:
    """Rows of the receiver band that have a valid value in all these polarisations."""
    of_band = Selection(receiver_band=selection.receiver_band).rows(summary)
    valid = [np.isfinite(_values(summary, quantity, name)) for name in polarisations]
    return int(np.count_nonzero(np.logical_and.reduce([of_band, *valid])))


def _values(summary: pd.DataFrame, quantity: Quantity, polarisation: str) -> np.ndarray:
    return summary[f"{quantity.name}_{polarisation.lower()}"].to_numpy(dtype=float, na_value=np.nan) * quantity.factor


def _measured(summary: pd.DataFrame, rows: np.ndarray, polarisation: str) -> np.ndarray:
    """Rows where that polarisation exists at all: single-polarisation data lack one and are not invalid for it."""
    exists = np.zeros(len(summary), dtype=bool)
    for _, index in summary.groupby(["receiver_band", "baseband_name"]).indices.items():
        columns = [f"{name}_{polarisation.lower()}" for name in ("trec", "tsys", "tatm", "tau", "water")]
        exists[index] = bool(summary[columns].iloc[index].notna().to_numpy().any())
    return np.asarray(exists[rows])


def _identity(summary: pd.DataFrame, row: np.ndarray) -> dict[str, np.ndarray]:
    chosen = summary.iloc[row]
    source = chosen["source_name"].fillna("unknown").to_numpy(dtype=object)
    number, moments = pd.factorize(chosen["start_valid_time"])  # few: writing each once takes half of the time of all this away
    time = np.append(pd.DatetimeIndex(moments).strftime("%Y-%m-%d %H:%M:%S").to_numpy(dtype=object), np.nan)[number]
    names = {"antenna": "antenna_name", "baseband": "baseband_name", "scan": "scan"}
    return {"row": row, "source": source, "time": time,
            **{name: chosen[column].to_numpy(dtype=object) for name, column in names.items()}}


def _basebands(summary: pd.DataFrame, selection: Selection) -> tuple[str, ...]:
    return tuple(sorted(summary["baseband_name"][selection.rows(summary)].unique()))


def _text(values: np.ndarray, quantity: Quantity) -> np.ndarray:
    unit = f" {quantity.unit}" if quantity.unit else ""
    return np.array([f"{value:.4g}{unit}" for value in values], dtype=object)
