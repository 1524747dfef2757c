"""What whole spectra say of an antenna: numbers held against the array, and where they go beyond their limits.

All of them are relative: a spectrum is divided by its own level, then by the median of the array at each channel, so that the
receivers' common shape, the sky and its ozone fall out. What is left, the residual, is flat for a receiver like the others. How far from
flat clean receivers are is taken from the array itself, as its median absolute deviation; a limit is never below its floor, so that a
quiet array does not alarm. Where fewer than three antennas can be compared a spectrum is held against its own smooth course.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from alma_qa0.core.ozone import ozone_mask
from alma_qa0.core.spectra import SpectrumPack, edge_mask, segment_starts

Array = np.ndarray

_LEAST_ARRAY = 3  # antennas whose median is a reference
_LEAST_CHANNELS = 24  # inside the band edges: fewer have no shape
_MAD = 1.4826  # from a median absolute deviation to a standard deviation
_SMALL_ARRAY = 8  # antennas below which the median of an array carries much of the noise of each
_RAYLEIGH = 1.1774  # median of the amplitude of noise in terms of its standard deviation in one phase
_SINGLE = 1.25  # what lasts may be smaller than what a single calibration shows
_BIN_HZ = 62.5e6
_EDGE_HZ = 125e6  # what the filters of a baseband may disturb: 8 channels of TDM at either end
_EDGE_SPIKES = 6  # channels: the five that spike, and one
_EDGE_ZONE_HZ = 250e6
_BUMP_HZ = 0.5e9
_BUMP_HALF_HZ = 0.35e9  # its width at half its height
_SUBBAND_HZ = 58.59375e6  # of the filters of the 12-m correlator, 15/16 of 62.5 MHz
_LOADS_K = 300.0  # about the temperature of the loads beside which a receiver's noise is measured
_OZONE_MARGIN_HZ = 40e6


@dataclass(frozen=True, slots=True)
class SpectralFact:
    """One metric beyond its limit. ``cal_data_id`` None: in the median over all calibrations. ``channels``: pairs, first and last."""

    rule_id: str
    receiver_band: int
    baseband_name: str
    antenna_name: str
    polarisation: str
    cal_data_id: str | None
    quantity: str
    metric: float
    limit: float
    n_calibrations: int
    channels: tuple[int, ...] | None = None
    frequency_hz: float | None = None
    period_hz: float | None = None


def spectral_facts(packs: Sequence[SpectrumPack], limits: Mapping[str, float]) -> list[SpectralFact]:
    """All facts of the spectra of one Execution Block that go beyond ``limits`` (core/rules.py)."""
    cubes = [cube(pack) for pack in packs]
    found = [fact for one in cubes for fact in _invalid(one, limits)]
    residuals = [made for made in map(_residual, cubes) if made is not None]
    for key in sorted({(made.cube.receiver_band, made.cube.quantity) for made in residuals}):
        group = [made for made in residuals if (made.cube.receiver_band, made.cube.quantity) == key]
        for judge in (_roughness, _birdies, _ripple, _platforms, *((_slope, _bump, _edges) if key[1] == "trec" else (_shape,))):
            found += judge(group, limits)
    return found


# --- the cube -----------------------------------------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Cube:
    """The spectra of one quantity of one baseband: ``values`` of shape (antenna, calibration, polarisation, channel), NaN where absent.

    ``present`` is False where there is no spectrum at all, shape (antenna, calibration, polarisation).
    """

    receiver_band: int
    baseband_name: str
    quantity: str
    frequency_hz: Array
    antenna_names: tuple[str, ...]
    cal_data_ids: tuple[str, ...]
    polarisations: tuple[str, ...]
    values: Array
    present: Array


def cube(pack: SpectrumPack) -> Cube:
    """The spectra of a pack, each at its place."""
    antennas, antenna = np.unique(pack.antenna_names, return_inverse=True)
    calibrations, calibration = np.unique(pack.cal_data_ids, return_inverse=True)
    polarisations, polarisation = np.unique(pack.polarisations, return_inverse=True)
    shape = (len(antennas), len(calibrations), len(polarisations))
    values = np.full((*shape, len(pack.frequency_hz)), np.nan, dtype=np.float32)
    present = np.zeros(shape, dtype=bool)
    values[antenna, calibration, polarisation] = pack.values
    present[antenna, calibration, polarisation] = True
    return Cube(pack.receiver_band, pack.baseband_name, pack.quantity, pack.frequency_hz, tuple(antennas.tolist()),
                tuple(calibrations.tolist()), tuple(polarisations.tolist()), values, present)


def median(values: Array, axis: int) -> Array:
    """The median along an axis without its NaNs; NaN where there is nothing else."""
    if not np.isnan(values).any():
        plain: Array = np.median(values, axis=axis)
        return plain
    ordered = np.sort(values, axis=axis)  # NaNs go last
    count = np.sum(~np.isnan(ordered), axis=axis, keepdims=True)
    low, high = np.maximum((count - 1) // 2, 0), np.minimum(count // 2, values.shape[axis] - 1)
    found = (np.take_along_axis(ordered, low, axis) + np.take_along_axis(ordered, high, axis)) / 2
    result: Array = np.squeeze(np.where(count > 0, found, np.nan), axis=axis)
    return result


def _spread(values: Array) -> float:
    """Standard deviation of a population around its median, from its median absolute deviation; 0 for an empty one."""
    good = values[np.isfinite(values)]
    return float(_MAD * np.median(np.abs(good - np.median(good)))) if len(good) else 0.0


def _invalid(one: Cube, limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    inside = ~edge_mask(one.frequency_hz)
    share = np.isnan(one.values[..., inside]).mean(axis=-1, dtype=np.float64)
    limit = limits["invalid_channels.fraction"]
    for antenna, calibration, polarisation in np.argwhere(one.present & (share > limit) & (share < 1)).tolist():
        bad = np.isnan(one.values[antenna, calibration, polarisation]) & inside
        yield _fact("invalid_channels", one, (antenna, calibration, polarisation), float(share[antenna, calibration, polarisation]),
                    limit, channels=stretches(bad))


def stretches(bad: Array) -> tuple[int, ...]:
    """First and last channel of each run of True, in one tuple."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], bad, [False]]).astype(np.int8)))
    ends = edges.reshape(-1, 2) - [0, 1]
    return tuple(int(channel) for channel in ends.ravel())


def _fact(
    rule_id: str, one: Cube, place: Sequence[int], metric: float, limit: float, *, channels: tuple[int, ...] | None = None,
    frequency_hz: float | None = None, period_hz: float | None = None,
) -> SpectralFact:
    """``place`` is antenna and polarisation, or antenna, calibration and polarisation."""
    calibration = one.cal_data_ids[place[1]] if len(place) == 3 else None
    return SpectralFact(
        rule_id=rule_id, receiver_band=one.receiver_band, baseband_name=one.baseband_name, antenna_name=one.antenna_names[place[0]],
        polarisation=one.polarisations[place[-1]], cal_data_id=calibration, quantity=one.quantity, metric=float(metric), limit=float(limit),
        n_calibrations=len(one.cal_data_ids), channels=channels, frequency_hz=frequency_hz, period_hz=period_hz)


# --- the residual -------------------------------------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class _Residual:
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

    def passes(self) -> Iterator[tuple[Array, Array, float]]:
        """What lasts first; then, where there are several calibrations, each by itself: residual, noise, and by how much limits rise."""
        yield self.lasting, self.lasting_noise, 1.0
        if len(self.cube.cal_data_ids) > 1:
            yield self.single, self.noise, _SINGLE


def _residual(one: Cube) -> _Residual | None:
    """None where there are too few channels, or no spectrum is whole enough."""
    inside = _kept(one.frequency_hz)
    if inside.sum() < _LEAST_CHANNELS:
        return None
    values = _filled(one.values, inside)
    level = median(values[..., inside], 3)
    if not np.isfinite(level).any():
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        normal = values / level[..., None]
        against_array = bool((np.sum(np.isfinite(level), axis=0) >= _LEAST_ARRAY).all())
        reference = median(normal, 0)[None] if against_array else _smooth(normal, one.frequency_hz)
        whole = normal / reference - 1
        lasting = median(whole, 1)
        single = whole[..., inside]
        noise = _noise(normal[..., inside])
    return _Residual(
        cube=one, channels=np.flatnonzero(inside), frequency_hz=one.frequency_hz[inside], level=level, normal=normal[..., inside],
        whole=whole, whole_lasting=lasting, single=single, lasting=lasting[..., inside], noise=noise, against_array=against_array)


def _kept(frequency_hz: Array) -> Array:
    """True for the channels whose shape counts: 125 MHz from the edges of their spectral window; in narrow ones, those inside."""
    keep = ~edge_mask(frequency_hz)
    starts = segment_starts(frequency_hz)
    for start, stop in zip(starts, [*starts, len(frequency_hz)][1:], strict=True):
        if stop - start < 2:
            continue
        outer = int(np.ceil(_EDGE_HZ / np.median(np.abs(np.diff(frequency_hz[start:stop])))))
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


def _noise(normal: Array) -> Array:
    """Standard deviation from channel to channel: second differences see no slope."""
    second = np.abs(normal[..., 2:] - 2 * normal[..., 1:-1] + normal[..., :-2])
    noise: Array = median(second, second.ndim - 1) * (_MAD / np.sqrt(6))
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


def _key(frequency_hz: Array) -> bytes:
    return np.ascontiguousarray(frequency_hz, dtype=np.float64).tobytes()


@lru_cache(maxsize=16)
def _polynomials(frequency: bytes, order: int) -> Array:
    """The projection on polynomials of each spectral window, shape (channel, channel)."""
    frequency_hz = np.frombuffer(frequency)
    starts = segment_starts(frequency_hz)
    projection = np.zeros((len(frequency_hz), len(frequency_hz)), dtype=np.float32)
    for start, stop in zip(starts, [*starts, len(frequency_hz)][1:], strict=True):
        base = np.linalg.qr(np.vander(np.linspace(-1, 1, stop - start), min(order + 1, stop - start)))[0]
        projection[start:stop, start:stop] = base @ base.T
    return projection


def _binned(residual: Array, width_hz: float) -> tuple[Array, int]:
    """Medians of some 62.5 MHz, which no birdie moves, and how many channels each has."""
    number = max(round(_BIN_HZ / width_hz), 1)
    bins = residual.shape[-1] // number
    cut = residual[..., :bins * number].reshape(*residual.shape[:-1], bins, number)
    return (median(cut, cut.ndim - 1) if number > 2 else cut.mean(axis=-1)), number


# --- one metric after the other -----------------------------------------------------------------------------------------------

def _beyond(metric: Array, limit: Array | float) -> list[list[int]]:
    """The places where the metric goes beyond its limit."""
    with np.errstate(invalid="ignore"):
        places: list[list[int]] = np.argwhere(metric > limit).tolist()
    return places


def _found(
    rule_id: str, made: _Residual, lasting: tuple[Array, Array | float], single: tuple[Array, Array | float],
    describe: Callable[[list[int]], dict[str, object]],
) -> Iterator[SpectralFact]:
    """Facts where the lasting metric goes beyond; else where that of a single calibration does."""
    seen = set()
    for place in _beyond(*lasting):
        seen.add(tuple(place))
        yield _fact(rule_id, made.cube, place, lasting[0][tuple(place)], _at(lasting[1], place), **describe(place))  # type: ignore[arg-type]
    for place in _beyond(*single) if len(made.cube.cal_data_ids) > 1 else ():
        if (place[0], place[2]) not in seen:
            yield _fact(rule_id, made.cube, place, single[0][tuple(place)], _at(single[1], place), **describe(place))  # type: ignore[arg-type]


def _at(limit: Array | float, place: Sequence[int]) -> float:
    return float(np.broadcast_to(limit, ())) if np.ndim(limit) == 0 else float(limit[tuple(place)])  # type: ignore[index]


def _nothing(place: list[int]) -> dict[str, object]:
    return {}


def _roughness(group: Sequence[_Residual], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """The noise of a spectrum in terms of the array's.

    A receiver's noise grows with Trx and the loads (radiometer equation), in its own terms it falls with Trx: it must be too
    high by either measure.
    """
    ratios = []
    for made in group:
        with np.errstate(invalid="ignore", divide="ignore"):
            by_radiometer = made.noise * made.level / (made.level + _LOADS_K)
            ratios.append(np.minimum(*(noise / _of_calibration(noise) for noise in (made.noise, by_radiometer))))
    lasting = [median(ratio, 1) for ratio in ratios]
    floor, times, least = (limits[f"roughness.{name}"] for name in ("ratio", "sigmas", "noise"))
    times *= 1.5 if group[0].cube.quantity != "trec" else 1.0  # Trx shows what the sky dilutes in Tsys
    limit, single_limit = (
        max(floor, 1 + times * _spread(np.concatenate([values.ravel() for values in several]))) for several in (lasting, ratios))
    for made, ratio, together in zip(group, ratios, lasting, strict=True):
        yield from _found("roughness", made, (np.where(median(made.noise, 1) < least, 0, together), limit),
                          (np.where(made.noise < least, 0, ratio), single_limit), _nothing)


def _of_calibration(values: Array) -> Array:
    """The median over antennas and polarisations of each calibration, in a shape that divides ``values``."""
    flat = np.moveaxis(values, 1, 0).reshape(values.shape[1], -1)
    typical: Array = median(flat, 1)[None, :, None]
    return typical


def _birdies(group: Sequence[_Residual], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """Channels that stand out from their neighbours on either side, by themselves or two together."""
    for made in group:
        frequency_hz = made.cube.frequency_hz
        shut = _garbage(frequency_hz)
        if made.cube.quantity != "trec":
            shut |= ozone_mask(frequency_hz, _OZONE_MARGIN_HZ)
        seen: set[tuple[int, int]] = set()
        # A spectrum that is its array's median has no noise of its own left.
        for residual, own, times in ((made.whole_lasting, made.lasting_noise, 1.0), (made.whole, made.noise, _SINGLE)):
            height = np.nan_to_num(_height(residual))
            height[..., shut] = 0
            noise = np.maximum(_noise(residual[..., made.channels]), own * np.sqrt(1 + 1.5 / len(made.cube.antenna_names)))
            limit = np.maximum(limits["birdie.height"], limits["birdie.sigmas"] * noise) * times
            for place in _beyond(height.max(axis=-1), limit):
                if len(place) == 3 and ((place[0], place[-1]) in seen or len(made.cube.cal_data_ids) == 1):
                    continue
                seen.add((place[0], place[-1]))
                spectrum, beyond = height[tuple(place)], float(limit[tuple(place)])
                bad, peak = spectrum > beyond, int(np.argmax(spectrum))
                if bad.sum() <= limits["birdie.channels"] * len(made.channels):  # more are no birdies
                    yield _fact("birdie", made.cube, place, float(spectrum[peak]), beyond, channels=stretches(bad),
                                frequency_hz=float(frequency_hz[peak]))


def _garbage(frequency_hz: Array) -> Array:
    """True for the channels that the edges of a spectral window may spike in, five of 128: there no peak says anything."""
    shut = np.zeros(len(frequency_hz), dtype=bool)
    starts = segment_starts(frequency_hz)
    for start, stop in zip(starts, [*starts, len(frequency_hz)][1:], strict=True):
        edge = max(_EDGE_SPIKES, int(np.ceil(_EDGE_SPIKES / 128 * (stop - start))))
        shut[start:start + edge] = shut[max(stop - edge, start):stop] = True
    return shut


def _height(residual: Array) -> Array:
    """How far a channel is beyond its neighbours two to five channels away, on the side where it is less so: no flank is a peak.

    The nearest channels are passed over, so that two together do not hide each other. On a flank that rises towards the edge of the
    baseband a peak is what lies above the chord from one side to the other, and above the side further in: the flank itself is hollow.
    """
    far = 5
    n_channels = residual.shape[-1]
    padded = np.pad(residual, [(0, 0)] * (residual.ndim - 1) + [(far, far)], mode="edge")
    sides = [[padded[..., far + side * step:far + side * step + n_channels] for step in range(2, far + 1)] for side in (-1, 1)]
    left, right = map(_middle, sides)
    chord = (sides[0][0] + sides[1][0]) / 2
    inner, outer = (np.where(np.arange(n_channels) < n_channels / 2, *pair) for pair in ((right, left), (left, right)))
    outside = np.where(outer > inner, chord, outer)
    height: Array = np.maximum(np.minimum(residual - inner, residual - outside), np.minimum(left, right) - residual)
    return height


def _middle(four: Sequence[Array]) -> Array:
    """The median of four arrays, channel by channel: the mean of what is neither the least nor the most."""
    first, second, third, fourth = four
    low = np.maximum(np.minimum(first, second), np.minimum(third, fourth))
    high = np.minimum(np.maximum(first, second), np.maximum(third, fourth))
    middle: Array = (low + high) / 2
    return middle


def _ripple(group: Sequence[_Residual], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """Anything periodic: teeth where the period is short, a standing wave where it is longer.

    Teeth are held against the amplitudes of the array at that number of cycles; standing waves, of which every receiver has its own,
    against the largest of each receiver.
    """
    spectra = [(made, *one) for made in group for one in _periodograms(made, limits)]
    waves: dict[float, list[Array]] = {}
    for _, times, one in spectra:
        waves.setdefault(times, []).append(np.where(one.short | ~one.kept, 0, one.amplitude).max(axis=-1))
    bounds = {times: times * _bound(several, limits, "ripple") for times, several in waves.items()}
    seen: set[tuple[str, int, int]] = set()
    for made, times, one in spectra:
        excess = np.where(one.kept, one.amplitude / np.where(one.short, one.limit, np.maximum(one.limit, bounds[times])), 0)
        for place in _beyond(excess.max(axis=-1), 1.0):
            key = (made.cube.baseband_name, place[0], place[-1])
            if len(place) == 3 and key in seen:
                continue
            seen.add(key)
            peak = int(np.argmax(excess[tuple(place)]))
            amplitude = float(one.amplitude[tuple(place)][peak])
            yield _fact("teeth" if one.short[peak] else "ripple", made.cube, place, amplitude,
                        amplitude / float(excess[tuple(place)][peak]), period_hz=float(one.period_hz[peak]))


@dataclass(frozen=True, slots=True)
class _Periodogram:
    """Amplitudes (..., cycles) and the limit that noise and the array set; by cycles: the period, whether it is short, and counts."""

    amplitude: Array
    limit: Array
    period_hz: Array
    short: Array
    kept: Array


def _periodograms(made: _Residual, limits: Mapping[str, float]) -> Iterator[tuple[float, _Periodogram]]:
    """By how much limits rise, and the periodogram: of what lasts, then of each calibration.

    The median of a few noisy spectra follows each of them a little, and would take a third of its teeth away: in small arrays Trx is
    held against its own course. What the antennas have in common raises the limit, and so does not count either.
    """
    own_course = made.cube.quantity == "trec" and len(made.cube.antenna_names) < _SMALL_ARRAY
    detrend = _polynomials(_key(made.frequency_hz), 5) if len(made.channels) <= 512 else None
    n_channels = len(made.channels)
    cycles = np.arange(n_channels // 2 + 1)
    with np.errstate(divide="ignore"):
        period_hz = n_channels * made.width_hz / cycles
    short = period_hz <= limits["teeth.longest_period"] * 1e6
    kept = (cycles >= 3) & (period_hz <= limits["ripple.longest_period"] * 1e6)
    for residual, noise, times in made.passes():
        amplitude = _amplitudes(residual, detrend, made.frequency_hz)
        if own_course:
            by_itself = made.normal if residual.ndim == 4 else median(made.normal, 1)
            amplitude = np.where(short, _amplitudes(by_itself - 1, detrend, made.frequency_hz), amplitude)
        own = limits["teeth.sigmas"] * np.maximum(noise, median(noise.ravel(), 0))[..., None] * np.sqrt(2 / n_channels)
        typical = limits["teeth.sigmas"] / _RAYLEIGH * _typical_amplitude(amplitude)
        limit = np.maximum(np.maximum(np.where(short, limits["teeth.amplitude"], 0), typical), own) * times
        yield times, _Periodogram(amplitude, limit, period_hz, short, kept)


def _amplitudes(residual: Array, detrend: Array | None, frequency_hz: Array) -> Array:
    """Amplitude of every number of cycles over the band; peaks of single channels are cut off at four standard deviations."""
    course = _course(residual, frequency_hz) if detrend is None else np.nan_to_num(residual) @ detrend
    flat = np.nan_to_num(residual) - course
    spread = _MAD * np.median(np.abs(flat), axis=-1, keepdims=True)
    flat = np.clip(flat, -4 * spread, 4 * spread)
    n_channels = residual.shape[-1]
    amplitude: Array = np.abs(np.fft.rfft(flat, axis=-1)) * (2 / n_channels)
    if n_channels % 2 == 0:
        amplitude[..., -1] /= np.sqrt(2)  # it has one phase only, and all of the noise in it
    return amplitude


def _course(residual: Array, frequency_hz: Array) -> Array:
    """Polynomials of fifth order for spectra too long for a whole projection."""
    starts = segment_starts(frequency_hz)
    course = np.empty_like(residual)
    for start, stop in zip(starts, [*starts, len(frequency_hz)][1:], strict=True):
        base = np.linalg.qr(np.vander(np.linspace(-1, 1, stop - start), min(6, stop - start)))[0].astype(np.float32)
        course[..., start:stop] = (np.nan_to_num(residual[..., start:stop]) @ base) @ base.T
    return course


def _typical_amplitude(amplitude: Array) -> Array:
    """Median over all spectra, smoothed over neighbouring numbers of cycles; a single number that stands out counts for less."""
    flat = amplitude.reshape(-1, amplitude.shape[-1])
    known = flat[flat.max(axis=-1) > 0]
    typical = np.median(known, axis=0) if len(known) else np.zeros(amplitude.shape[-1])
    padded = np.pad(typical, 4, mode="edge")
    smoothed: Array = np.maximum(np.mean([padded[i:len(padded) - 8 + i] for i in range(9)], axis=0), 0.7 * typical)
    return smoothed


def _platforms(group: Sequence[_Residual], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """Steps between the filters of 58.6 MHz of a fine spectrum."""
    for made in group:
        number = round(_SUBBAND_HZ / made.width_hz)
        if number < 16 or len(made.channels) < 8 * number:
            continue
        offset = int(made.channels[0]) % number
        cut = made.lasting[..., (number - offset) % number:]
        bands = cut.shape[-1] // number
        levels = np.median(cut[..., :bands * number].reshape(*cut.shape[:-1], bands, number), axis=-1)
        steps = np.abs(np.diff(levels, n=2, axis=-1)) / np.sqrt(6)
        metric = 2 * _MAD * median(steps, steps.ndim - 1)
        limit = max(limits["platform.step"], limits["platform.sigmas"] * float(np.nanmedian(metric)))
        yield from _found("platform", made, (metric, limit), (np.zeros((0, 0, 0)), limit), _nothing)


def _slope(group: Sequence[_Residual], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """How much the residual rises from the first channel to the last."""
    metrics = [(_rise(made.lasting, made), _rise(made.single, made)) for made in group if made.against_array]
    yield from _pooled("slope", [made for made in group if made.against_array], metrics, limits)


def _rise(residual: Array, made: _Residual) -> Array:
    values, _ = _binned(residual, made.width_hz)
    position = np.linspace(-0.5, 0.5, values.shape[-1])
    rise: Array = np.abs(values @ position / (position @ position))
    return rise


def _shape(group: Sequence[_Residual], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """Mean distance from the array's spectrum."""
    compared = [made for made in group if made.against_array]
    metrics = [(np.abs(made.lasting).mean(axis=-1), np.abs(made.single).mean(axis=-1)) for made in compared]
    yield from _pooled("shape", compared, metrics, limits)


def _pooled(
    rule_id: str, group: Sequence[_Residual], metrics: Sequence[tuple[Array, Array]], limits: Mapping[str, float],
) -> Iterator[SpectralFact]:
    """Facts beyond a limit that the spectra of all basebands give together: their median plus some standard deviations."""
    if not group:
        return
    bounds = [times * _bound(several, limits, rule_id) for times, several in zip((1, _SINGLE), zip(*metrics, strict=True), strict=True)]
    for made, (lasting, single) in zip(group, metrics, strict=True):
        yield from _found(rule_id, made, (lasting, bounds[0]), (single, bounds[1]), _nothing)


def _bound(metrics: Sequence[Array], limits: Mapping[str, float], rule_id: str) -> float:
    """The limit of a metric: the array's median plus some standard deviations, and not below the size that matters."""
    everything = np.concatenate([one.ravel() for one in metrics])
    everything = everything[np.isfinite(everything)]
    centre = float(np.median(everything)) if len(everything) else 0.0
    return max(limits[f"{rule_id}.size"], centre + limits[f"{rule_id}.sigmas"] * _spread(everything))


def _bump(group: Sequence[_Residual], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """The height of the Gaussian of 0.5 GHz that fits best beside a parabola."""
    fits = []
    for made in group:
        values, number = _binned(made.lasting, made.width_hz)
        matched = _bump_filter(values.shape[-1], number * made.width_hz)
        if matched is not None:
            single, _ = _binned(made.single, made.width_hz)
            fits.append((made, number, values @ matched.T, single @ matched.T))
    if not fits:
        return
    wider = 1 if fits[0][0].against_array else 2
    bounds = [wider * turn * _bound([np.abs(one).max(axis=-1) for one in heights], limits, "bump")
              for turn, heights in zip((1, _SINGLE), zip(*(fit[2:] for fit in fits), strict=True), strict=True)]
    for made, number, lasting, single in fits:
        def describe(place: list[int], made: _Residual = made, number: int = number, lasting: Array = lasting,
                     single: Array = single) -> dict[str, object]:
            heights = np.abs(lasting[tuple(place)] if len(place) == 2 else single[tuple(place)])
            centre = int(np.argmax(heights)) * number + number // 2
            half = int(_BUMP_HZ / 2 / made.width_hz)
            first, last = max(centre - half, 0), min(centre + half, len(made.channels) - 1)
            return {"channels": (int(made.channels[first]), int(made.channels[last])), "frequency_hz": float(made.frequency_hz[centre])}

        yield from _found("bump", made, (np.abs(lasting).max(axis=-1), bounds[0]), (np.abs(single).max(axis=-1), bounds[1]), describe)


@lru_cache(maxsize=16)
def _bump_filter(bins: int, bin_hz: float) -> Array | None:
    """For each position the weights that give the height of a bump there; None where the band is too narrow for one."""
    if bins * bin_hz < 2.2 * _BUMP_HZ:
        return None
    place = np.arange(bins) * bin_hz
    rows = []
    for centre in place:
        bump = np.exp(-4 * np.log(2) * ((place - centre) / _BUMP_HALF_HZ) ** 2)
        fit = np.linalg.pinv(np.column_stack([bump, np.vander(np.linspace(-1, 1, bins), 3)]))
        inside = min(centre, place[-1] - centre) > 0.3 * _BUMP_HZ
        rows.append(fit[0] if inside else np.zeros(bins))
    return np.array(rows)


def _edges(group: Sequence[_Residual], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """How much the channels next to the band edge, where filters no longer reach, lie above those further in."""
    compared = [made for made in group if made.against_array and len(segment_starts(made.frequency_hz)) == 1]
    metrics = []
    for made in compared:
        number = max(int((_EDGE_ZONE_HZ - _EDGE_HZ) / made.width_hz), 1)
        metrics.append(tuple(_end_heights(residual, number) for residual in (made.lasting, made.single)))
    if not compared:
        return
    limit = [times * _bound([one.max(axis=-1) for one in heights], limits, "edge")
             for times, heights in zip((1, _SINGLE), zip(*metrics, strict=True), strict=True)]
    for made, (lasting, single) in zip(compared, metrics, strict=True):
        number = max(int(_EDGE_ZONE_HZ / made.width_hz), 1)

        def describe(place: list[int], made: _Residual = made, lasting: Array = lasting, single: Array = single,
                     number: int = number) -> dict[str, object]:
            at_start = np.argmax(lasting[tuple(place)] if len(place) == 2 else single[tuple(place)]) == 0
            last = len(made.cube.frequency_hz) - 1
            return {"channels": (0, number) if at_start else (last - number, last)}

        yield from _found("edge", made, (lasting.max(axis=-1), limit[0]), (single.max(axis=-1), limit[1]), describe)


def _end_heights(residual: Array, number: int) -> Array:
    """At the start and at the end: the mean of some channels above the line through the two equal stretches that follow."""
    heights = []
    for values in (residual, residual[..., ::-1]):
        outer, next_in, third = (values[..., turn * number:(turn + 1) * number].mean(axis=-1) for turn in range(3))
        heights.append(outer - 2 * next_in + third)
    return np.stack(heights, axis=-1)
