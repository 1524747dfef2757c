"""The six metrics by which the ALMA pipeline flags Tsys (hifa_tsysflag), from their published formulas: the baseline of evaluate.py.

Only the formulas are known here, and the default limits: nmedian, derivative, edgechans, fieldshape, birdies, toomany, in this order.
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alma_qa0.core.cubes import cube
from alma_qa0.core.ozone import RANGES_GHZ
from alma_qa0.core.spectra import SpectrumPack, edge_mask

NMEDIAN_LIMIT = 2.0
DERIVATIVE_LIMIT = 13.0
EDGE_LIMIT = 3.0
FIELDSHAPE_LIMIT = 13.0
FIELDSHAPE_LINE = 0.05
BIRDIES_SHARPS = 0.15
TOO_MANY_FRACTION = 0.666


@dataclass(frozen=True, slots=True)
class Strength:
    """How far the metrics go at an antenna's baseband and polarisation, in any calibration.

    ``beyond`` is the largest metric over its default limit, nmedian's as the excess over the median; ``flagged`` says whether one flags
    there at its default limit, which ``toomany`` may do without a metric of the place's own.
    """

    antenna_name: str
    baseband_name: str
    polarisation: str
    beyond: float
    flagged: bool


def published_strengths(
    packs: Sequence[SpectrumPack], fields: Mapping[str, str], reference_fields: frozenset[str],
) -> list[Strength]:
    """What the metrics say of the packs of Tsys. ``fields`` is the source of each calibration, ``reference_fields`` those of the bandpass.

    edgechans flags channels of all antennas alike and names none; toomany only widens what others flagged.
    """
    return [strength for pack in packs if pack.quantity == "tsys" and len(pack.frequency_hz) > 16
            for strength in _strengths_of(pack, fields, reference_fields)]


def _strengths_of(pack: SpectrumPack, fields: Mapping[str, str], reference_fields: frozenset[str]) -> Iterator[Strength]:
    one = cube(pack)
    values = one.values.astype(np.float64)
    values[..., edge_mask(one.frequency_hz)] = np.nan
    values[..., _edgechans(values)] = np.nan
    field = np.array([fields.get(name, name) for name in one.cal_data_ids])
    found = [_nmedian(values, field)]
    values[found[-1] > 1] = np.nan
    with np.errstate(invalid="ignore", divide="ignore"):
        normal = values / _median(values, -1)[..., None]
    found.append(_derivative(normal))
    normal[found[-1] > 1] = np.nan
    found.append(_fieldshape(normal, np.isin(field, list(reference_fields))))
    found.append(np.broadcast_to(_birdies(normal, one.frequency_hz)[:, None], normal.shape[:3]))
    beyond = np.where(one.present, np.max(np.nan_to_num(found), axis=0), 0)
    flagged = (beyond > 1) | (_toomany(beyond > 1, one.present) & one.present)
    for antenna, polarisation in np.argwhere(one.present.any(axis=1)).tolist():
        yield Strength(one.antenna_names[antenna], one.baseband_name, one.polarisations[polarisation],
                       float(beyond[antenna, :, polarisation].max()), bool(flagged[antenna, :, polarisation].any()))


def _median(values: np.ndarray, axis: int | tuple[int, ...]) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of what is NaN throughout
        return np.nanmedian(values, axis=axis)


def _nmedian(values: np.ndarray, field: np.ndarray) -> np.ndarray:
    level = _median(values, -1)
    beyond = np.zeros(level.shape)
    for name in set(field.tolist()):
        view = level[:, field == name]
        with np.errstate(invalid="ignore"):
            beyond[:, field == name] = (view / _median(view, (0, 1)) - 1) / (NMEDIAN_LIMIT - 1)
    return beyond


def _derivative(normal: np.ndarray) -> np.ndarray:
    step = np.diff(normal, axis=-1)
    with np.errstate(invalid="ignore"):
        return 100 * _median(np.abs(step - _median(step, -1)[..., None]), -1) / DERIVATIVE_LIMIT


def _edgechans(values: np.ndarray) -> np.ndarray:
    """Channels outside the first steady one at either end of the median spectrum of all antennas; bool of shape (channel,)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        normal = values / _median(values, -1)[..., None]
    typical = _median(normal, (0, 1, 2))
    good = np.flatnonzero(np.isfinite(typical))
    flagged = np.zeros(len(typical), dtype=bool)
    if len(good) < 8:
        return flagged
    step = np.abs(np.diff(typical[good]))
    steady = step < EDGE_LIMIT * np.median(step)
    quarter = len(good) // 4
    for side, inward in ((good, steady), (good[::-1], steady[::-1])):
        first = np.argmax(inward[:quarter]) if inward[:quarter].any() else 1
        flagged[side[:first]] = True
    return flagged


def _fieldshape(normal: np.ndarray, is_reference: np.ndarray) -> np.ndarray:
    if not is_reference.any():
        return np.zeros(normal.shape[:3])
    reference = _median(normal[:, is_reference], 1)[:, None]
    step = np.abs(np.diff(reference, axis=-1, prepend=reference[..., :1], append=reference[..., -1:]))
    line = (step[..., 1:] > FIELDSHAPE_LINE) & (step[..., :-1] > FIELDSHAPE_LINE)
    distance = np.where(line, np.nan, np.abs(normal - reference))
    with np.errstate(invalid="ignore"):
        count = np.isfinite(distance).sum(axis=-1)
        return 100 * np.nansum(distance, axis=-1) / np.maximum(count, 1) / FIELDSHAPE_LIMIT


def _birdies(normal: np.ndarray, frequency_hz: np.ndarray) -> np.ndarray:
    """Shape (antenna, polarisation): the metric takes both polarisations together."""
    single = _median(normal, (1, 2))
    difference = single - _median(single, 0)
    step = np.nan_to_num(np.abs(np.diff(difference, axis=-1)))
    typical = np.median(step, axis=-1)
    beyond = np.zeros(len(single))
    for antenna, steps in enumerate(step):
        for channel in np.argsort(steps)[::-1]:  # the largest that is not ozone's
            if steps[channel] <= 2 * typical[antenna] or not _in_ozone(frequency_hz, steps, channel, typical[antenna]):
                beyond[antenna] = steps[channel] / BIRDIES_SHARPS
                break
    return np.repeat(beyond[:, None], normal.shape[2], axis=1)


def _in_ozone(frequency_hz: np.ndarray, step: np.ndarray, channel: int, typical: float) -> bool:
    """Whether the block of large steps around a channel overlaps an ozone range."""
    first = last = channel
    while first > 0 and step[first - 1] > 2 * typical:
        first -= 1
    while last < len(step) - 1 and step[last + 1] > 2 * typical:
        last += 1
    ends = sorted((frequency_hz[first], frequency_hz[last + 1]))
    ranges = np.array(RANGES_GHZ) * 1e9
    return bool(((ranges[:, 0] <= ends[1]) & (ranges[:, 1] >= ends[0])).any())


def _toomany(flagged: np.ndarray, present: np.ndarray) -> np.ndarray:
    """The whole calibration where so many antennas are flagged, everything where so many are flagged throughout."""
    share = (flagged & present).sum(axis=0) / np.maximum(present.sum(axis=0), 1)
    wide = np.broadcast_to(share > TOO_MANY_FRACTION, flagged.shape)
    throughout = (flagged | ~present).all(axis=1) & present.any(axis=1)
    everything = throughout.sum(axis=0) / max(len(flagged), 1) >= TOO_MANY_FRACTION
    return wide | np.broadcast_to(everything[None, None], flagged.shape)
