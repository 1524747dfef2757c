"""The summary plot: one value per antenna, baseband, polarisation and scan, against time or X against Y."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from alma_qa0.views.array import PERCENTILES, highest_drawn
from alma_qa0.views.invalid_values import Reasons, reasons
from alma_qa0.views.quantities import Quantity
from alma_qa0.views.selection import POLARISATIONS, Selection
from alma_qa0.views.words import NO_CALIBRATION, NO_WORDS, Words, nothing_valid

_ONE_CALIBRATION_MS = 30e3  # rows of one calibration may differ by seconds
_SEEN = 0.015  # of the time between the first and the last calibration
_ROOM, _ROOM_FOR_MARKS = 0.05, 0.18  # of the height of a scale, below its lowest value


@dataclass(frozen=True, slots=True)
class SummaryView:
    """Points of all facets. ``columns`` are arrays of one length; a facet shows the points of its baseband.

    ``row`` is the row of scan_summary, ``polarisation`` X, Y or XY (X against Y): together they name the spectra of a point.
    Only valid values are points. Of those chosen the ``n_invalid`` others are ``marks``: x and y are NaN where they have none, and the mark
    is then at that edge. ``n_all`` would be points if everything were chosen. ``band``, one line per facet and calibration (X against Y:
    per facet), and the scales are of the array of ``n_antennas``, whatever antennas are chosen; ``n_off_scale`` points are beyond them.
    ``medians`` of the array are by baseband and polarisation. ``words`` by baseband are to be written in facets in which there is no point.
    ``absent`` says why there can be nothing.
    """

    columns: dict[str, np.ndarray]
    marks: dict[str, np.ndarray]
    band: dict[str, np.ndarray]
    medians: dict[tuple[str, str], float]
    words: Words
    basebands: tuple[str, ...]
    x_label: str
    y_label: str
    title: str
    time_axis: bool
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    n_antennas: int
    n_invalid: int
    n_off_scale: int
    n_all: int
    absent: str = ""

    @property
    def n_points(self) -> int:
        return len(self.columns["row"])


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What is looked at: indices of ``points``, None where it is nothing in particular, and of ``marks``, and what is written in facets."""

    points: list[int] | None
    marks: list[int]
    words: Words


def against_time(
    summary: pd.DataFrame, selection: Selection, quantity: Quantity, *, invalid: pd.DataFrame | None = None,
) -> SummaryView:
    """The quantity of either polarisation against the time of its calibration (ms since 1970, UTC), antennas side by side.

    ``invalid`` says why values are.
    """
    array = _values_of(summary, selection.of_array, quantity)
    own = array[selection.rows(summary)[array["row"].to_numpy()]]
    valid = np.isfinite(own["value"].to_numpy())
    points, others = own[valid], own[~valid]
    time, width = _spread_time(summary)
    columns = {**_identity(summary, points), "x": time[points["row"]], "y": points["value"].to_numpy(),
               "value": _text(points["value"].to_numpy(), quantity)}
    why = reasons(invalid, summary, quantity.name)
    marks = {**_identity(summary, others), "x": time[others["row"]], "y": np.full(len(others), np.nan),
             **_why(others, why, quantity)}
    y_range = _scale(array["value"].to_numpy(), array, summary)
    return SummaryView(
        columns=columns, marks=marks, band=_band_against_time(summary, array, time, width), medians=_medians(summary, array),
        words=_words(summary, own), basebands=_basebands(summary, selection), x_label="time (UTC)", y_label=quantity.axis_label,
        title=f"{quantity.label} against time", time_axis=True, x_range=_range(time[array["row"]]), y_range=y_range,
        n_antennas=_n_antennas(summary, selection), n_invalid=len(others),
        n_off_scale=int(np.count_nonzero(_outside(columns["y"], y_range))),
        n_all=sum(_n_valid(summary, selection, quantity, name) for name in POLARISATIONS))


def x_against_y(
    summary: pd.DataFrame, selection: Selection, quantity: Quantity, *, invalid: pd.DataFrame | None = None,
) -> SummaryView:
    """Polarisation Y against polarisation X of one quantity; a point needs both to be valid. Else as against_time."""
    both = Selection(*(getattr(selection, name) for name in ("receiver_band", "antennas", "basebands", "scans")))
    values = _values_of(summary, both.of_array, quantity)
    x, y = (values[values["polarisation"] == name].set_index("row")["value"] for name in POLARISATIONS)
    rows = np.intersect1d(x.index, y.index)  # single-polarisation data lack one
    array = pd.DataFrame({"row": rows, "polarisation": "XY", "x": x[rows].to_numpy(), "y": y[rows].to_numpy()})
    own = array[selection.rows(summary)[rows]].assign(value=lambda each: each["x"] + each["y"])  # NaN where either is
    valid = np.isfinite(own["value"].to_numpy())
    points, others = own[valid], own[~valid]
    columns = {**_identity(summary, points), "x": points["x"].to_numpy(), "y": points["y"].to_numpy(),
               "value": _pair(points, quantity)}
    why = reasons(invalid, summary, quantity.name)
    marks = {**_identity(summary, others), "x": others["x"].to_numpy(), "y": others["y"].to_numpy(),
             **_why_both(others, why, quantity)}
    x_range, y_range = (_scale(array[name].to_numpy(), array, summary) for name in ("x", "y"))
    unit = f" ({quantity.unit})" if quantity.unit else ""
    outside = _outside(columns["x"], x_range) | _outside(columns["y"], y_range)
    return SummaryView(
        columns=columns, marks=marks, band=_box(summary, array), medians=_medians(summary, values), words=_words(summary, own),
        basebands=_basebands(summary, selection), x_label=f"{quantity.label} X{unit}", y_label=f"{quantity.label} Y{unit}",
        title=f"{quantity.label}, X against Y", time_axis=False, x_range=x_range, y_range=y_range,
        n_antennas=_n_antennas(summary, selection), n_invalid=len(others), n_off_scale=int(np.count_nonzero(outside)),
        n_all=_n_valid(summary, selection, quantity, *POLARISATIONS))


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
    return _indices_of(points.columns, ids)


def look_at(points: SummaryView, ids: frozenset[int] | None, words: Words = NO_WORDS) -> LookedAt:
    """What stands for spectra, None for none in particular; ``words`` are written whatever there is."""
    if ids is None:
        return LookedAt(None, [], {**points.words, **words})
    found, marks = points_of(points, ids), _indices_of(points.marks, ids)
    seen = set(points.columns["baseband"][found])
    words_here = {}
    for name in set(points.marks["baseband"][marks]) - seen:
        antenna, polarisation, scan = (points.marks[each][marks][points.marks["baseband"][marks] == name]
                                       for each in ("antenna", "polarisation", "scan"))
        words_here[str(name)] = nothing_valid(antenna, polarisation, scan)
    return LookedAt(found, marks, {**points.words, **words_here, **words})


def _indices_of(columns: dict[str, np.ndarray], ids: frozenset[int] | None) -> list[int]:
    if not ids:
        return []
    rows, polarisations, wanted = columns["row"], columns["polarisation"], np.fromiter(ids, dtype=int)
    x = np.isin(2 * rows, wanted) & (polarisations != "Y")
    y = np.isin(2 * rows + 1, wanted) & (polarisations != "X")
    return [int(index) for index in np.flatnonzero(x | y)]


# --- the array

def _values_of(summary: pd.DataFrame, selection: Selection, quantity: Quantity) -> pd.DataFrame:
    """A row for each value that the choice has, first of X and then of Y: row of scan_summary, polarisation, value; NaN where invalid."""
    rows = np.flatnonzero(selection.rows(summary))
    parts = [pd.DataFrame({"row": rows[:0], "polarisation": np.zeros(0, dtype=object), "value": np.zeros(0)})]
    for polarisation in POLARISATIONS:
        if selection.has_polarisation(polarisation):
            measured = rows[_measured(summary, rows, polarisation)]
            value = _values(summary, quantity, polarisation)[measured]
            parts.append(pd.DataFrame({"row": measured, "polarisation": polarisation, "value": value}))
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _band_against_time(summary: pd.DataFrame, array: pd.DataFrame, time: np.ndarray, width: float) -> dict[str, np.ndarray]:
    """The percentiles of the array for each facet and calibration, over the times at which its antennas are drawn."""
    group, keys = _groups(summary, array, "baseband_name", "cal_data_id")
    at = pd.Series(time[array["row"]]).groupby(group)
    middle = ((at.min() + at.max()) / 2).to_numpy()
    left, right = _sides(keys, middle, width)
    return {"baseband": keys, "left": left, "right": right, **_percentiles(array["value"], group)}


def _sides(keys: np.ndarray, middle: np.ndarray, width: float) -> tuple[np.ndarray, np.ndarray]:
    """The sides of bands around times: as wide as can be seen behind points, but not over the next one of the same key."""
    known = middle[np.isfinite(middle)]
    reach = max(0.55 * width, _SEEN * float(np.ptp(known))) if len(known) else width
    order = np.lexsort((middle, pd.factorize(keys)[0]))
    gap = np.where(keys[order][1:] == keys[order][:-1], np.diff(middle[order]), np.inf) / 2
    left, right = np.full(len(keys), reach), np.full(len(keys), reach)
    left[order[1:]], right[order[:-1]] = np.fmin(gap, reach), np.fmin(gap, reach)
    return middle - left, middle + right


def _box(summary: pd.DataFrame, array: pd.DataFrame) -> dict[str, np.ndarray]:
    """The 5th to 95th percentile of the array in X and in Y, for each facet; a median of both would be no line."""
    group, keys = _groups(summary, array, "baseband_name")
    x, y = (_percentiles(array[name], group) for name in ("x", "y"))
    return {"baseband": keys, "left": x["low"], "right": x["high"], **y, "median": np.full(len(keys), np.nan)}


def _groups(summary: pd.DataFrame, array: pd.DataFrame, *columns: str) -> tuple[np.ndarray, np.ndarray]:
    """The number of the group of each value, and for each group what it has in the first column."""
    codes = np.zeros(len(array), dtype=int)
    for column in columns:
        code, names = pd.factorize(summary[column].to_numpy()[array["row"]])
        codes = codes * len(names) + code
    group, numbers = pd.factorize(codes)
    first = np.full(len(numbers), -1)
    first[group[::-1]] = np.arange(len(group))[::-1]
    return group, summary[columns[0]].to_numpy(dtype=object)[array["row"].to_numpy()[first]]


def _percentiles(values: pd.Series, group: np.ndarray) -> dict[str, np.ndarray]:
    """The value nearest to each of PERCENTILES for each group; NaN where no value of it is valid."""
    value = values.to_numpy(dtype=float)
    ranked = value[np.lexsort((value, group))]  # group by group, in each NaN last
    size, valid = (np.bincount(group[chosen], minlength=group.max(initial=-1) + 1) for chosen in (slice(None), np.isfinite(value)))
    first = np.cumsum(size) - size
    return {name: np.where(valid > 0, ranked[first + np.clip(np.rint((valid - 1) * share / 100), 0, None).astype(int)], np.nan)
            for name, share in zip(("low", "median", "high"), PERCENTILES, strict=True)}


def _medians(summary: pd.DataFrame, array: pd.DataFrame) -> dict[tuple[str, str], float]:
    place = [summary["baseband_name"].to_numpy()[array["row"]], array["polarisation"].to_numpy()]
    medians = array["value"].groupby(place).median()
    return {(str(name[0]), str(name[1])): float(value) for name, value in zip(medians.index, medians, strict=True)}


def _scale(values: np.ndarray, array: pd.DataFrame, summary: pd.DataFrame) -> tuple[float, float]:
    """A range that holds the values of the array but for those far too high, with room; 0 to 1 without any."""
    if not np.isfinite(values).any():
        return 0.0, 1.0
    usual = _percentiles(pd.Series(values), _groups(summary, array, "baseband_name")[0])["high"]
    low, high = float(np.nanmin(values)), highest_drawn(float(np.nanmax(values)), float(np.nanmax(usual)))
    room = (high - low) or abs(high) or 20.0
    below = _ROOM if np.isfinite(values).all() else _ROOM_FOR_MARKS
    return low - below * room, high + _ROOM * room


def _range(values: np.ndarray) -> tuple[float, float]:
    known = values[np.isfinite(values)]  # a calibration may lack its time
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    room = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
    return low - room, high + room


def _outside(values: np.ndarray, scale: tuple[float, float]) -> np.ndarray:
    return (values < scale[0]) | (values > scale[1])


def _n_antennas(summary: pd.DataFrame, selection: Selection) -> int:
    return int(summary["antenna_name"][selection.of_array.rows(summary)].nunique())


# --- where and what

def _spread_time(summary: pd.DataFrame) -> tuple[np.ndarray, float]:
    """Milliseconds since 1970 of every row, the antennas of one calibration side by side in their order, and over how many of them."""
    moment = summary["start_valid_time"].dt.tz_localize(None).to_numpy(dtype="datetime64[ms]")
    time = np.where(np.isnat(moment), np.nan, moment.astype(float))
    pauses = np.diff(np.unique(time[np.isfinite(time)]))
    pauses = pauses[pauses > _ONE_CALIBRATION_MS]
    width = min(0.8 * pauses.min(), np.median(pauses) / 4) if len(pauses) else _ONE_CALIBRATION_MS
    rank = np.unique(summary["antenna_name"].to_numpy(dtype=str), return_inverse=True)[1]
    return time + (rank / max(rank.max(initial=0), 1) - 0.5) * width, float(width)


def _words(summary: pd.DataFrame, own: pd.DataFrame) -> Words:
    """What is written in a facet: that nothing in it is valid."""
    if summary.empty:
        return NO_CALIBRATION
    group, basebands = _groups(summary, own, "baseband_name")
    n_valid = np.bincount(group[own["value"].notna().to_numpy()], minlength=len(basebands))
    words = {}
    for number in np.flatnonzero(n_valid == 0):
        here = own[group == number]
        antennas, scans = (summary[name].to_numpy()[here["row"]] for name in ("antenna_name", "scan"))
        words[str(basebands[number])] = nothing_valid(antennas, here["polarisation"], scans)
    return words


def _why(others: pd.DataFrame, why: Reasons, quantity: Quantity) -> dict[str, np.ndarray]:
    """What is said of marks: the kind, and all that is invalid there."""
    ids = 2 * others["row"].to_numpy() + (others["polarisation"] == "Y").to_numpy()
    return {"kind": np.array([_kind(quantity.label, kind) for kind in why.kinds[ids]], dtype=object), "what": why.what[ids]}


def _why_both(others: pd.DataFrame, why: Reasons, quantity: Quantity) -> dict[str, np.ndarray]:
    """The same of marks X against Y, for each polarisation that is invalid."""
    said: dict[str, list[str]] = {"kind": [], "what": []}
    for row, *values in zip(others["row"], others["x"], others["y"], strict=True):
        lost = [(2 * row + index, name) for index, name in enumerate(POLARISATIONS) if not np.isfinite(values[index])]
        said["kind"].append("; ".join(_kind(f"{quantity.label} {name}", why.kinds[number]) for number, name in lost))
        said["what"].append("; ".join(f"{name}: {why.what[number]}" for number, name in lost if why.what[number]))
    return {name: np.array(texts, dtype=object) for name, texts in said.items()}


def _kind(label: str, kind: str) -> str:
    return f"{label}: {kind or 'no value'}"


def _n_valid(summary: pd.DataFrame, selection: Selection, quantity: Quantity, *polarisations: str) -> int:
    """Rows of the receiver band that have a valid value in all these polarisations."""
    of_band = Selection(receiver_band=selection.receiver_band).rows(summary)
    valid = [np.isfinite(_values(summary, quantity, name)) for name in polarisations]
    return int(np.count_nonzero(np.logical_and.reduce([of_band, *valid])))


def _values(summary: pd.DataFrame, quantity: Quantity, polarisation: str) -> np.ndarray:
    return summary[f"{quantity.name}_{polarisation.lower()}"].to_numpy(dtype=float, na_value=np.nan) * quantity.factor


def _measured(summary: pd.DataFrame, rows: np.ndarray, polarisation: str) -> np.ndarray:
    """Rows where that polarisation exists at all: single-polarisation data lack one and are not invalid for it."""
    columns = [f"{name}_{polarisation.lower()}" for name in ("trec", "tsys", "tatm", "tau", "water")]
    known = summary[columns].notna().to_numpy().any(axis=1)
    place = summary.groupby(["receiver_band", "baseband_name"]).ngroup().to_numpy()
    return np.asarray(np.isin(place, np.unique(place[known]))[rows])


def _identity(summary: pd.DataFrame, own: pd.DataFrame) -> dict[str, np.ndarray]:
    chosen = summary.iloc[own["row"]]
    source = chosen["source_name"].fillna("unknown").to_numpy(dtype=object)
    number, moments = pd.factorize(chosen["start_valid_time"])  # few: writing each once takes half of the time of all this away
    time = np.append(pd.DatetimeIndex(moments).strftime("%Y-%m-%d %H:%M:%S").to_numpy(dtype=object), np.nan)[number]
    names = {"antenna": "antenna_name", "baseband": "baseband_name", "scan": "scan"}
    return {"row": own["row"].to_numpy(), "polarisation": own["polarisation"].to_numpy(dtype=object), "source": source, "time": time,
            **{name: chosen[column].to_numpy(dtype=object) for name, column in names.items()}}


def _basebands(summary: pd.DataFrame, selection: Selection) -> tuple[str, ...]:
    return tuple(sorted(summary["baseband_name"][selection.of_array.rows(summary)].unique()))


def _text(values: np.ndarray, quantity: Quantity) -> np.ndarray:
    unit = f" {quantity.unit}" if quantity.unit else ""
    return np.array([f"{value:.4g}{unit}" for value in values], dtype=object)


def _pair(points: pd.DataFrame, quantity: Quantity) -> np.ndarray:
    x, y = (_text(points[name].to_numpy(), quantity) for name in ("x", "y"))
    return np.array([f"X {a}, Y {b}" for a, b in zip(x, y, strict=True)], dtype=object)
