"""The spectra of a baseband: lines while they are few, an envelope of the array behind them, a density image when they are many."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from alma_qa0.core.findings import Finding
from alma_qa0.core.spectra import SpectrumPack, edge_mask
from alma_qa0.views.array import highest_drawn, percentiles
from alma_qa0.views.findings import limit_curve, spectral_quantity
from alma_qa0.views.invalid_values import reasons
from alma_qa0.views.quantities import Quantity
from alma_qa0.views.selection import POLARISATIONS, Selection
from alma_qa0.views.words import NO_CALIBRATION, NO_WORDS, Words, nothing_valid

MAX_LINES = 3_000
MAX_POINTS = 500_000
_MOST_NAMED = 3  # spectra of a mark
UP, DOWN, NONE = "@up", "@down", "x"  # markers: values above the scale, below it, and none


@dataclass(frozen=True, slots=True)
class Lines:
    """Spectra of one frequency axis: ``values`` float32 (n, n_channels) in the unit of the quantity, NaN where invalid.

    ``ids`` names each one: twice its row of scan_summary, plus 1 for polarisation Y.
    """

    baseband: str
    frequency_ghz: np.ndarray
    values: np.ndarray
    ids: np.ndarray
    antennas: np.ndarray
    scans: np.ndarray
    polarisations: np.ndarray

    def only(self, chosen: np.ndarray) -> "Lines":
        """The lines of a mask or of indices."""
        return Lines(self.baseband, self.frequency_ghz, self.values[chosen], self.ids[chosen], self.antennas[chosen], self.scans[chosen],
                     self.polarisations[chosen])


@dataclass(frozen=True, slots=True)
class Envelope:
    """The 5th, 50th and 95th percentile over the array for each channel, whatever antennas are chosen; NaN where no spectrum is valid."""

    baseband: str
    frequency_ghz: np.ndarray
    low: np.ndarray
    median: np.ndarray
    high: np.ndarray
    limit: np.ndarray  # of the finding that is looked at; NaN where there is none


@dataclass(frozen=True, slots=True)
class SpectraView:
    """What the spectra panel shows: ``lines`` in front, an image of them when they are ``dense``.

    ``envelopes`` and ``y_range`` are of the array of ``n_antennas``, whatever antennas are chosen. ``n_selected`` is None where nothing is
    selected, 0 where what is selected is not among those shown. ``n_empty`` of the lines have no valid value, and cannot be seen.
    ``marks`` by baseband are columns of what is drawn at the edge of a facet, one for each channel: values off the scale, and channels
    without a value. ``words`` by baseband are to be written in the facet. ``absent`` says why there can be no spectra.
    """

    lines: tuple[Lines, ...]
    envelopes: tuple[Envelope, ...]
    basebands: tuple[str, ...]
    quantity: Quantity
    y_range: tuple[float, float]
    n_shown: int
    n_selected: int | None
    n_empty: int
    n_off_scale: int
    dense: bool
    n_antennas: int
    marks: dict[str, dict[str, np.ndarray]]
    words: Words
    absent: str = ""


@dataclass(frozen=True, slots=True)
class PackedLines:
    """Lines on their way to the browser: all values one after the other, all axes likewise, and for each line what it is.

    ``table`` holds int32 columns of one length: the index of its axis, antenna and scan, 1 for polarisation Y, its id. ``axes`` says
    for each axis its baseband, the index of its first frequency and its number of channels.
    """

    values: np.ndarray
    frequency: np.ndarray
    table: dict[str, np.ndarray]
    axes: list[dict[str, str | int]]
    antennas: list[str]
    scans: list[str]


def spectrum_ids(summary: pd.DataFrame, pack: SpectrumPack) -> np.ndarray:
    """The id of each spectrum of a pack, -1 where scan_summary lacks its row; int of shape (n_spectra,)."""
    of_baseband = np.flatnonzero(
        ((summary["receiver_band"] == pack.receiver_band) & (summary["baseband_name"] == pack.baseband_name)).to_numpy()
    )
    keys = pd.MultiIndex.from_frame(summary.iloc[of_baseband][["antenna_name", "cal_data_id"]])
    found = keys.get_indexer(pd.MultiIndex.from_arrays([pack.antenna_names, pack.cal_data_ids]))
    row = np.where(found >= 0, of_baseband[found], -1) if len(of_baseband) else np.full(len(found), -1)
    return np.where(row >= 0, 2 * row + (pack.polarisations == "Y"), -1)


def lines_of(summary: pd.DataFrame, pack: SpectrumPack, quantity: Quantity) -> Lines:
    """All spectra of a pack that have a row in scan_summary (with scan keys), X and Y in turn so that neither covers the other."""
    ids = spectrum_ids(summary, pack)
    known = np.argsort(ids, kind="stable")[np.count_nonzero(ids < 0):]
    scans = summary["scan"].to_numpy(dtype=object)[ids[known] // 2]
    scale = np.float32(quantity.factor)
    values = pack.values[known] if scale == 1 else pack.values[known] * scale
    return Lines(
        pack.baseband_name, pack.frequency_hz / 1e9, values, ids[known], pack.antenna_names[known], scans, pack.polarisations[known]
    )


def show(
    summary: pd.DataFrame, lines: tuple[Lines, ...], selection: Selection, quantity: Quantity, selected: frozenset[int] | None,
    finding: Finding | None = None, *, invalid: pd.DataFrame | None = None, words: Words = NO_WORDS,
) -> SpectraView:
    """The spectra that the selection leaves; ``selected`` ids, if any, are the lines in front, else all are.

    The envelope and the scale are always those of the whole array: the antennas of the receiver band in the basebands, scans and
    polarisations chosen. ``finding``, if it is about this quantity, has its limit drawn, whatever the selection leaves. ``invalid`` says
    why values are; ``words`` are written whatever is drawn.
    """
    row_array = selection.of_array.rows(summary)
    arrays = [(array, whole) for array, whole in ((_leave(each, row_array, selection), each) for each in lines) if len(array.ids)]
    row_shown = selection.rows(summary)
    shown = [group for group in (_leave(array, row_shown, selection) for array, _ in arrays) if len(group.ids)]
    front = shown if selected is None else _only(shown, np.fromiter(selected, dtype=int))
    n_shown, n_front = sum(len(group.ids) for group in shown), sum(len(group.ids) for group in front)
    dense = n_front > MAX_LINES or sum(group.values.size for group in front) > MAX_POINTS
    limited = finding if finding is not None and spectral_quantity(finding) == quantity.name else None
    envelopes = tuple(_envelope(array, whole, limited) for array, whole in arrays)
    low, high = _y_range([array for array, _ in arrays], envelopes)
    off_scale = sum(int(np.count_nonzero((group.values > high) | (group.values < low))) for group in front)
    n_empty = sum(int(np.count_nonzero(_is_empty(group))) for group in front)
    n_antennas = len({name for array, _ in arrays for name in np.unique(array.antennas)})
    why = reasons(invalid, summary, f"{quantity.name}_spectrum").kinds
    return SpectraView(tuple(front), envelopes, tuple(sorted({array.baseband for array, _ in arrays})), quantity, (low, high), n_shown,
                       None if selected is None else n_front, n_empty, off_scale, dense, n_antennas,
                       _marks(front, (low, high), quantity, why), _words(summary, front, words))


def pack(groups: tuple[Lines, ...]) -> PackedLines:
    """All lines as a few flat columns, whatever their number."""
    antennas = sorted({str(name) for group in groups for name in group.antennas})
    scans = sorted({str(name) for group in groups for name in group.scans})
    counts = [len(group.frequency_ghz) for group in groups]
    starts = np.cumsum([0, *counts])
    table = {
        "axis": _joined([np.full(len(group.ids), index) for index, group in enumerate(groups)], np.int32),
        "antenna": _joined([np.searchsorted(antennas, group.antennas.astype(str)) for group in groups], np.int32),
        "scan": _joined([np.searchsorted(scans, group.scans.astype(str)) for group in groups], np.int32),
        "polarisation": _joined([group.polarisations == "Y" for group in groups], np.int32),
        "id": _joined([group.ids for group in groups], np.int32),
    }
    axes: list[dict[str, str | int]] = [
        {"baseband": group.baseband, "first": int(first), "n_channels": count}
        for group, first, count in zip(groups, starts[:-1], counts, strict=True)
    ]
    return PackedLines(_joined([group.values.ravel() for group in groups], np.float32),
                       _joined([group.frequency_ghz for group in groups], np.float64), table, axes, antennas, scans)


def curves(envelopes: tuple[Envelope, ...], baseband: str) -> dict[str, np.ndarray]:
    """The envelopes of all frequency axes of a baseband as columns, one after the other, parted by a gap."""
    gap = np.full(1, np.nan)
    names = (("frequency", "frequency_ghz"), ("low", "low"), ("median", "median"), ("high", "high"), ("limit", "limit"))
    return {name: _joined([part for each in envelopes if each.baseband == baseband for part in (getattr(each, source), gap)], np.float64)
            for name, source in names}


def frequency_range(envelopes: tuple[Envelope, ...], baseband: str) -> tuple[float, float]:
    """The frequencies of a baseband in GHz, with a little room."""
    axes = [each.frequency_ghz for each in envelopes if each.baseband == baseband]
    if not axes:
        return 0.0, 1.0
    low, high = min(float(axis.min()) for axis in axes), max(float(axis.max()) for axis in axes)
    room = 0.01 * (high - low) or 0.01
    return low - room, high + room


def density(
    groups: tuple[Lines, ...], x_range: tuple[float, float], y_range: tuple[float, float], *, width: int, height: int,
) -> np.ndarray:
    """How many channels fall on each cell, float32 of shape (height, width); log10(1 + n), NaN where none."""
    counts = np.zeros(height * width)
    for group in groups:
        column = np.floor((group.frequency_ghz - x_range[0]) / (x_range[1] - x_range[0]) * width)
        inside = np.flatnonzero((column >= 0) & (column < width))
        if not len(inside):
            continue
        with np.errstate(invalid="ignore"):
            row = np.floor((group.values[:, inside] - y_range[0]) * np.float32(height / (y_range[1] - y_range[0])))
            drawn = (row >= 0) & (row < height)
        cell = np.where(drawn, row, 0).astype(np.int32) * width + column[inside].astype(np.int32)
        counts += np.bincount(cell[drawn], minlength=height * width)
    image = np.log10(1 + counts).reshape(height, width).astype(np.float32)
    image[image == 0] = np.nan
    return image


def _only(groups: list[Lines], ids: np.ndarray) -> list[Lines]:
    return [group for group in (each.only(np.isin(each.ids, ids)) for each in groups) if len(group.ids)]


def _leave(group: Lines, row_shown: np.ndarray, selection: Selection) -> Lines:
    chosen = row_shown[group.ids // 2]
    for polarisation in POLARISATIONS:
        if not selection.has_polarisation(polarisation):
            chosen = chosen & (group.polarisations != polarisation)
    return group if chosen.all() else group.only(chosen)


def _envelope(group: Lines, whole: Lines, finding: Finding | None) -> Envelope:
    order = np.argsort(group.frequency_ghz, kind="stable")
    low, median, high = percentiles(group.values[:, order])
    limit = np.full(len(median), np.nan)
    if finding is not None and finding.baseband_name in (None, group.baseband):
        peers = whole.only(_peers(whole, finding))
        limit = limit_curve(finding, percentiles(peers.values[:, order])[1], n_antennas=len(set(peers.antennas)))
    return Envelope(group.baseband, group.frequency_ghz[order], low, median, high, limit)


def _peers(group: Lines, finding: Finding) -> np.ndarray:
    """The spectra of the scan and polarisation of a finding, as far as it is about one, whose median its limit is a factor on."""
    scan = finding.cal_data_id if finding.scan_number is None else str(finding.scan_number)
    peers = np.ones(len(group.ids), dtype=bool)
    for column, wanted in ((group.scans, scan), (group.polarisations, finding.polarisation)):
        if wanted is not None:
            peers &= column == wanted
    return peers


def _y_range(arrays: list[Lines], envelopes: tuple[Envelope, ...]) -> tuple[float, float]:
    """A range that holds the array without its band edges and what is far too high, with room: edges may spike tenfold."""
    inner = [array.values[:, ~edge_mask(array.frequency_ghz)] for array in arrays]
    known = [values for values in inner if not np.isnan(values).all()]
    if not known:
        return 0.0, 1.0
    high = max(float(np.nanmax(each.high[~edge_mask(each.frequency_ghz)], initial=0)) for each in envelopes)
    limits = [float(np.nanmax(each.limit[~edge_mask(each.frequency_ghz)], initial=0)) for each in envelopes]
    low, high = min(float(np.nanmin(values)) for values in known), highest_drawn(max(float(np.nanmax(values)) for values in known), high)
    high = max(high, *limits)
    room = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return max(0.0, low - room) if low >= 0 else low - room, high + room


def _is_empty(group: Lines) -> np.ndarray:
    """Lines without any valid value, bool of shape (n,)."""
    return np.asarray(np.isnan(group.values).all(axis=1))


def _words(summary: pd.DataFrame, front: list[Lines], words: Words) -> Words:
    """What is written in a facet: that nothing in it is valid."""
    said = dict(NO_CALIBRATION) if summary.empty else {}
    for baseband in {group.baseband for group in front}:
        here = [group for group in front if group.baseband == baseband]
        if all(_is_empty(group).all() for group in here):
            antennas, polarisations, scans = (np.concatenate([getattr(group, name) for group in here])
                                              for name in ("antennas", "polarisations", "scans"))
            said[baseband] = nothing_valid(antennas, polarisations, scans)
    return {**said, **words}


def _marks(front: list[Lines], scale: tuple[float, float], quantity: Quantity, why: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    """The marks of each baseband; ``value`` is the farthest of those off the scale, NaN where there is none."""
    marks: dict[str, list[tuple[float, float, str, str]]] = {}
    for group in front:
        here = marks.setdefault(group.baseband, [])
        with np.errstate(invalid="ignore"):
            here += _off_scale(group, group.values > scale[1], UP, quantity) + _off_scale(group, group.values < scale[0], DOWN, quantity)
        seen = group.only(~_is_empty(group))
        here += _without_value(seen, np.isnan(seen.values), why)
    names = ("x", "y", "marker", "text")
    return {baseband: {name: np.array([mark[index] for mark in each], dtype=float if index < 2 else object)
                       for index, name in enumerate(names)} for baseband, each in marks.items()}


def _off_scale(group: Lines, outside: np.ndarray, marker: str, quantity: Quantity) -> list[tuple[float, float, str, str]]:
    """A mark for each channel in which a line is off the scale."""
    marks = []
    for channel in np.flatnonzero(outside.any(axis=0)):
        lines = np.flatnonzero(outside[:, channel])
        order = np.argsort(group.values[lines, channel])
        lines = lines[order[::-1] if marker == UP else order]
        texts = [f"{name}: {group.values[line, channel]:,.4g} {quantity.unit or ''}" for line, name in _first(group, lines)]
        marks.append((group.frequency_ghz[channel], group.values[lines[0], channel], marker, _and_more("\n".join(texts), lines)))
    return marks


def _without_value(group: Lines, missing: np.ndarray, why: np.ndarray) -> list[tuple[float, float, str, str]]:
    """A mark for each channel in which a line that has others has no value."""
    marks = []
    for channel in np.flatnonzero(missing.any(axis=0)):
        lines = np.flatnonzero(missing[:, channel])
        texts = [f"{name}: {why[group.ids[line]] or 'no value'}" for line, name in _first(group, lines)]
        marks.append((group.frequency_ghz[channel], np.nan, NONE, _and_more("\n".join(texts), lines)))
    return marks


def _first(group: Lines, lines: np.ndarray) -> list[tuple[int, str]]:
    return [(line, f"{group.antennas[line]} {group.polarisations[line]} scan {group.scans[line]}") for line in lines[:_MOST_NAMED]]


def _and_more(text: str, lines: np.ndarray) -> str:
    return text if len(lines) <= _MOST_NAMED else f"{text}\n{len(lines) - _MOST_NAMED} more"


def _joined(parts: list[np.ndarray], kind: type[np.generic]) -> np.ndarray:
    return np.concatenate(parts).astype(kind, copy=False) if parts else np.zeros(0, kind)
