"""A spectrum relative to the array: what is left when its own level and the array's shape are divided out.

The receivers' common shape, the sky and its ozone fall out; a receiver like the others is flat. Where fewer than three antennas can be
compared a spectrum is held against its own smooth course.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from alma_qa0.core.cubes import MAD, Array, Cube, median
from alma_qa0.core.spectra import edge_mask, segment_starts

_LEFT_BY_FEW = {3: 0.72, 4: 0.8, 5: 0.8}  # the median of few antennas follows each of them, and leaves less of what is its own
LEAST_ARRAY = 3  # antennas whose median is a reference
_LEAST_CHANNELS = 24  # inside the band edges: fewer have no shape
SINGLE = 1.25  # what lasts may be smaller than what a single calibration shows
_BIN_HZ = 62.5e6
EDGE_HZ = 125e6  # what the filters of a baseband may disturb: 8 channels of TDM at either end
_LEAST_WIDTH_HZ = 1.0  # no channel is narrower
EDGE_SPIKES = 6  # channels: the five that spike, and one


@dataclass(frozen=True, slots=True)
class Residual:
    """A cube without its band edges, relative to the array: flat and zero for a receiver like the others.

    ``normal`` (antenna, calibration, polarisation, channel) is the spectrum over its own level, ``single`` that relative to the array,
    ``whole`` the same with the edges; ``lasting`` and ``whole_lasting`` (antenna, polarisation, channel), their medians over calibrations;
    ``noise`` (antenna, calibration, polarisation) is that of ``normal`` from channel to channel. ``channels`` are the numbers of the
    channels that are kept.
    """

    cube: Cube
    channels: Array
    frequency_hz: Array
    level: Array
    normal: Array
    whole: Array
    whole_lasting: Array
    single: Array
    lasting: Array
    noise: Array
    against_array: bool

    @property
    def width_hz(self) -> float:
        return float(np.median(np.abs(np.diff(self.frequency_hz))))

    @property
    def lasting_noise(self) -> Array:
        """Noise of ``lasting``, (antenna, polarisation); a median of n has 1.25 / sqrt(n) of the noise of one, from three on."""
        count = np.maximum(np.sum(np.isfinite(self.noise), axis=1), 1)
        noise: Array = median(self.noise, 1) / np.sqrt(count) * np.where(count > 2, 1.25, 1.0)
        return noise

    @property
    def share_left(self) -> float:
        """How much of what is an antenna's own, fault or nature, the median of the array leaves; sizes of limits shrink with it."""
        return _LEFT_BY_FEW.get(len(self.cube.antenna_names), 1.0) if self.against_array else 1.0

    def level_at(self, place: Sequence[int]) -> float:
        """In K, at antenna, calibration and polarisation; in the median over calibrations at antenna and polarisation."""
        return float(self.level[tuple(place)] if len(place) == 3 else median(self.level[place[0], :, place[1]], 0))

    def passes(self) -> Iterator[tuple[Array, Array, float]]:
        """What lasts first; then, where there are several calibrations, each by itself: residual, noise, and by how much limits rise."""
        yield self.lasting, self.lasting_noise, 1.0
        if len(self.cube.cal_data_ids) > 1:
            yield self.single, self.noise, SINGLE


def residual_of(one: Cube) -> Residual | None:
    """None where there are too few channels, they have no width, or no spectrum is whole enough."""
    if len(one.frequency_hz) < 2 or not np.median(np.abs(np.diff(one.frequency_hz))) > 0:
        return None
    inside = _kept(one.frequency_hz)
    if inside.sum() < _LEAST_CHANNELS:
        return None
    values = _filled(one.values, inside)
    level = median(values[..., inside], 3)
    if not np.isfinite(level).any():
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        normal = values / level[..., None]
        against_array = bool((np.sum(np.isfinite(level), axis=0) >= LEAST_ARRAY).all())
        reference = median(normal, 0)[None] if against_array else _smooth(normal, one.frequency_hz)
        whole = normal / reference - 1
        lasting = median(whole, 1)
        single = whole[..., inside]
        noise = channel_noise(normal[..., inside])
    return Residual(
        cube=one, channels=np.flatnonzero(inside), frequency_hz=one.frequency_hz[inside], level=level, normal=normal[..., inside],
        whole=whole, whole_lasting=lasting, single=single, lasting=lasting[..., inside], noise=noise, against_array=against_array)


def _kept(frequency_hz: Array) -> Array:
    """True for the channels whose shape counts: 125 MHz and six channels from the edges of their window; in narrow ones, those inside."""
    keep = ~edge_mask(frequency_hz)
    starts = segment_starts(frequency_hz)
    for start, stop in zip(starts, [*starts, len(frequency_hz)][1:], strict=True):
        if stop - start < 2:
            continue
        width_hz = max(float(np.median(np.abs(np.diff(frequency_hz[start:stop])))), _LEAST_WIDTH_HZ)
        outer = max(min(int(np.ceil(EDGE_HZ / width_hz)), stop - start), EDGE_SPIKES)
        if 3 * outer < stop - start:
            keep[start:start + outer] = keep[stop - outer:stop] = False
    return keep


def _filled(values: Array, inside: Array) -> Array:
    """Spectra whose missing channels, if fewer than half inside the edges, are bridged; others are NaN throughout."""
    missing = np.isnan(values)
    if not missing.any():
        return values
    share = missing[..., inside].mean(axis=-1)
    values = values.copy()
    values[share > 0.5] = np.nan
    numbers = np.arange(values.shape[-1])
    for place in zip(*np.nonzero(missing.any(axis=-1) & (share <= 0.5)), strict=True):
        good = ~missing[place]
        values[place] = np.interp(numbers, numbers[good], values[place][good])
    return values


def channel_noise(normal: Array) -> Array:
    """Standard deviation from channel to channel: second differences see no slope."""
    second = np.abs(normal[..., 2:] - 2 * normal[..., 1:-1] + normal[..., :-2])
    noise: Array = median(second, second.ndim - 1) * (MAD / np.sqrt(6))
    return noise


def _smooth(normal: Array, frequency_hz: Array) -> Array:
    """The course of each spectrum by itself: a polynomial of third order through what is inside the edges."""
    smooth = np.full_like(normal, np.nan)
    inside = _kept(frequency_hz)
    starts = segment_starts(frequency_hz)
    for start, stop in zip(starts, [*starts, len(frequency_hz)][1:], strict=True):
        base = np.vander(np.linspace(-1, 1, stop - start), 4).astype(np.float32)
        weights = np.linalg.pinv(base[inside[start:stop]])
        smooth[..., start:stop] = (normal[..., start:stop][..., inside[start:stop]] @ weights.T) @ base.T
    return smooth


def polynomials(frequency_hz: Array, order: int) -> Array:
    """The projection on polynomials of each spectral window, shape (channel, channel)."""
    return _polynomials(np.ascontiguousarray(frequency_hz, dtype=np.float64).tobytes(), order)


@lru_cache(maxsize=16)
def _polynomials(frequency: bytes, order: int) -> Array:
    frequency_hz = np.frombuffer(frequency)
    starts = segment_starts(frequency_hz)
    projection = np.zeros((len(frequency_hz), len(frequency_hz)), dtype=np.float32)
    for start, stop in zip(starts, [*starts, len(frequency_hz)][1:], strict=True):
        base = np.linalg.qr(np.vander(np.linspace(-1, 1, stop - start), min(order + 1, stop - start)))[0]
        projection[start:stop, start:stop] = base @ base.T
    return projection


def binned(residual: Array, width_hz: float) -> tuple[Array, int]:
    """Medians of some 62.5 MHz, which no birdie moves, and how many channels each has."""
    number = max(round(_BIN_HZ / width_hz), 1)
    bins = residual.shape[-1] // number
    cut = residual[..., :bins * number].reshape(*residual.shape[:-1], bins, number)
    return (median(cut, cut.ndim - 1) if number > 2 else cut.mean(axis=-1)), number
