"""What single channels say: those without a value, those that stand out, and their noise."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from alma_qa0.core.cubes import Array, Cube, median, spread, stretches
from alma_qa0.core.ozone import ozone_mask
from alma_qa0.core.residuals import SINGLE, Residual, channel_noise
from alma_qa0.core.spectra import edge_mask, segment_starts
from alma_qa0.core.spectral_fact import SpectralFact, beyond, found, make_fact, nothing

_LOADS_K = 300.0  # about the temperature of the loads beside which a receiver's noise is measured
_OZONE_MARGIN_HZ = 40e6
_EDGE_SPIKES = 5  # channels of 128


def invalid_channels(one: Cube, limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    inside = ~edge_mask(one.frequency_hz)
    share = np.isnan(one.values[..., inside]).mean(axis=-1, dtype=np.float64)
    limit = limits["invalid_channels.fraction"]
    for antenna, calibration, polarisation in np.argwhere(one.present & (share > limit) & (share < 1)).tolist():
        bad = np.isnan(one.values[antenna, calibration, polarisation]) & inside
        yield make_fact("invalid_channels", one, (antenna, calibration, polarisation), float(share[antenna, calibration, polarisation]),
                    limit, channels=stretches(bad))


def roughness(group: Sequence[Residual], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """The noise of a spectrum in terms of the array's.

    A receiver's noise grows with Trx and the loads (radiometer equation), in its own terms it falls with Trx: it must be too
    high by either measure.
    """
    ratios = []
    for made in group:
        with np.errstate(invalid="ignore", divide="ignore"):
            by_radiometer = made.noise * made.level / (made.level + _LOADS_K)
            ratios.append(np.minimum(*(noise / _of_calibration(noise, limits["roughness.noise"]) for noise in (made.noise, by_radiometer))))
    lasting = [median(ratio, 1) for ratio in ratios]
    floor, times, least = (limits[f"roughness.{name}"] for name in ("ratio", "sigmas", "noise"))
    times *= 1.5 if group[0].cube.quantity != "trec" else 1.0  # Trx shows what the sky dilutes in Tsys
    floor = max(floor, 1 + limits["roughness.few"] / np.sqrt(min(len(made.channels) for made in group)))
    limit, single_limit = (
        max(turn * floor, 1 + times * spread(np.concatenate([values.ravel() for values in several])))
        for turn, several in ((1, lasting), (SINGLE, ratios)))
    for made, ratio, together in zip(group, ratios, lasting, strict=True):
        yield from found("roughness", made, (np.where(median(made.noise, 1) < least, 0, together), limit),
                          (np.where(made.noise < least, 0, ratio), single_limit), nothing)


def _of_calibration(values: Array, least: float) -> Array:
    """The median over antennas and polarisations of each calibration, in a shape that divides ``values``; ``least`` where it is none."""
    flat = np.moveaxis(values, 1, 0).reshape(values.shape[1], -1)
    typical: Array = median(flat, 1)[None, :, None]
    return np.where(typical == 0, least, typical)


def birdies(group: Sequence[Residual], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """Channels that stand out from their neighbours on either side, by themselves or two together."""
    for made in group:
        frequency_hz = made.cube.frequency_hz
        shut = _garbage(frequency_hz)
        if made.cube.quantity != "trec":
            shut |= ozone_mask(frequency_hz, _OZONE_MARGIN_HZ)
        least = limits["birdie.height" if made.cube.quantity == "trec" else "birdie.diluted"]
        seen: set[tuple[int, int]] = set()
        # A spectrum that is its array's median has no noise of its own left.
        for residual, own, times in ((made.whole_lasting, made.lasting_noise, 1.0), (made.whole, made.noise, SINGLE)):
            height = np.nan_to_num(_height(residual))
            height[..., shut] = 0
            noise = np.maximum(channel_noise(residual[..., made.channels]), own * np.sqrt(1 + 1.5 / len(made.cube.antenna_names)))
            limit = np.maximum(least, limits["birdie.sigmas"] * noise) * times
            for place in beyond(height.max(axis=-1), limit):
                if len(place) == 3 and ((place[0], place[-1]) in seen or len(made.cube.cal_data_ids) == 1):
                    continue
                seen.add((place[0], place[-1]))
                spectrum, least_here = height[tuple(place)], float(limit[tuple(place)])
                bad, peak = spectrum > least_here, int(np.argmax(spectrum))
                if bad.sum() <= limits["birdie.channels"] * len(made.channels):  # more are no birdies
                    yield make_fact("birdie", made.cube, place, float(spectrum[peak]), least_here, level_k=made.level_at(place),
                                    channels=stretches(bad), frequency_hz=float(frequency_hz[peak]))


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
