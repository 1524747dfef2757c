"""The spectra of a baseband: lines while they are few, an envelope of the array behind them, a density image when they are many."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from alma_qa0.core.findings import Finding
from alma_qa0.core.spectra import SpectrumPack, edge_mask
from alma_qa0.views.findings import limit_curve, spectral_quantity
from alma_qa0.views.quantities import Quantity
from alma_qa0.views.selection import POLARISATIONS, Selection

MAX_LINES = 3_000
MAX_POINTS = 500_000
ENVELOPE_PERCENTILES = (5, 50, 95)


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
    """The 5th, 50th and 95th percentile over the array for each channel; NaN where no spectrum is valid."""

    baseband: str
    frequency_ghz: np.ndarray
    low: np.ndarray
    median: np.ndarray
    high: np.ndarray
    limit: np.ndarray  # of the finding that is looked at; NaN where there is none


@dataclass(frozen=True, slots=True)
class SpectraView:
    """What the spectra panel shows: ``lines`` in front, an image of them when they are ``dense``.

    ``n_selected`` is None where nothing is selected, 0 where what is selected is not among those shown.
    ``n_empty`` of the lines have no valid value, and cannot be seen.
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
    finding: Finding | None = None,
) -> SpectraView:
    """The spectra that the selection leaves; ``selected`` ids, if any, are the lines in front, else all are.

    The envelope is always that of all that the selection leaves: the array behind the lines. ``finding``, if it is about this quantity,
    has its limit drawn, which is a matter of the whole array whatever the selection leaves.
    """
    row_shown = selection.rows(summary)
    left = [(group, whole) for group, whole in ((_leave(each, row_shown, selection), each) for each in lines) if len(group.ids)]
    shown = [group for group, _ in left]
    front = shown if selected is None else _only(shown, np.fromiter(selected, dtype=int))
    n_shown, n_front = sum(len(group.ids) for group in shown), sum(len(group.ids) for group in front)
    dense = n_front > MAX_LINES or sum(group.values.size for group in front) > MAX_POINTS
    limited = finding if finding is not None and spectral_quantity(finding) == quantity.name else None
    envelopes = tuple(_envelope(group, whole, limited) for group, whole in left)
    low, high = _y_range(front, envelopes)
    off_scale = sum(int(np.count_nonzero((group.values > high) | (group.values < low))) for group in front)
    n_empty = sum(int(np.count_nonzero(np.isnan(group.values).all(axis=1))) for group in front)
    return SpectraView(tuple(front), envelopes, tuple(sorted({group.baseband for group in shown})), quantity,
                       (low, high), n_shown, None if selected is None else n_front, n_empty, off_scale, dense)


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
    low, median, high = _percentiles(group.values[:, order])
    limit = np.full(len(median), np.nan)
    if finding is not None and finding.baseband_name in (None, group.baseband):
        peers = whole.only(_peers(whole, finding))
        limit = limit_curve(finding, _percentiles(peers.values[:, order])[1], n_antennas=len(set(peers.antennas)))
    return Envelope(group.baseband, group.frequency_ghz[order], low, median, high, limit)


def _percentiles(values: np.ndarray) -> list[np.ndarray]:
    """ENVELOPE_PERCENTILES over the spectra, each float32 of shape (n_channels,); NaN where no spectrum is valid."""
    ranked = np.sort(np.ascontiguousarray(values.T), axis=1)  # NaN goes last
    count = len(values) - np.count_nonzero(np.isnan(ranked), axis=1)
    curves = []
    for percentile in ENVELOPE_PERCENTILES:
        at = np.clip(np.rint((count - 1) * percentile / 100).astype(int), 0, None)
        curves.append(np.where(count > 0, ranked[np.arange(len(ranked)), at], np.nan).astype(np.float32))
    return curves


def _peers(group: Lines, finding: Finding) -> np.ndarray:
    """The spectra of the scan and polarisation of a finding, as far as it is about one, whose median its limit is a factor on."""
    scan = finding.cal_data_id if finding.scan_number is None else str(finding.scan_number)
    peers = np.ones(len(group.ids), dtype=bool)
    for column, wanted in ((group.scans, scan), (group.polarisations, finding.polarisation)):
        if wanted is not None:
            peers &= column == wanted
    return peers


def _y_range(front: list[Lines], envelopes: tuple[Envelope, ...]) -> tuple[float, float]:
    """A range that holds the lines and the envelopes without their band edges, with room; edges may spike tenfold and go off the scale."""
    drawn = [(group.frequency_ghz, group.values) for group in front]
    drawn += [(envelope.frequency_ghz, np.stack([envelope.low, envelope.high, envelope.limit])) for envelope in envelopes]
    inner = [values[:, ~edge_mask(frequency)] for frequency, values in drawn]
    lows = [float(np.nanmin(values)) for values in inner if not np.isnan(values).all()]
    highs = [float(np.nanmax(values)) for values in inner if not np.isnan(values).all()]
    if not lows:
        return 0.0, 1.0
    low, high = min(lows), max(highs)
    room = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return max(0.0, low - room) if low >= 0 else low - room, high + room


def _joined(parts: list[np.ndarray], kind: type[np.generic]) -> np.ndarray:
    return np.concatenate(parts).astype(kind, copy=False) if parts else np.zeros(0, kind)
