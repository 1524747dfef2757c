"""Anything periodic in a spectrum: teeth where the period is short, a standing wave where it is longer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alma_qa0.core.cubes import MAD, Array, median
from alma_qa0.core.residuals import Residual, polynomials
from alma_qa0.core.spectra import segment_starts
from alma_qa0.core.spectral_fact import SpectralFact, beyond, bound, make_fact

_SMALL_ARRAY = 8  # antennas below which the median of an array carries much of the noise of each
_RAYLEIGH = 1.1774  # median of the amplitude of noise in terms of its standard deviation in one phase
_CHANNELS_OF_TEETH = 9  # a tooth of four channels and its gap, and one


def ripples(group: Sequence[Residual], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """Anything periodic: teeth where the period is short, a standing wave where it is longer.

    Teeth are held against the amplitudes of the array at that number of cycles; standing waves, of which every receiver has its own,
    against the largest of each receiver.
    """
    spectra = [(made, *one) for made in group for one in _periodograms(made, limits)]
    waves: dict[float, list[Array]] = {}
    for _, times, one in spectra:
        waves.setdefault(times, []).append(np.where(one.short | ~one.kept, 0, one.amplitude).max(axis=-1))
    bounds = {times: times * bound(several, limits, "ripple") for times, several in waves.items()}
    seen: set[tuple[str, int, int]] = set()
    for made, times, one in spectra:
        excess = np.where(one.kept, one.amplitude / np.where(one.short, one.limit, np.maximum(one.limit, bounds[times])), 0)
        for place in beyond(excess.max(axis=-1), 1.0):
            key = (made.cube.baseband_name, place[0], place[-1])
            if len(place) == 3 and key in seen:
                continue
            seen.add(key)
            peak = int(np.argmax(excess[tuple(place)]))
            amplitude = float(one.amplitude[tuple(place)][peak])
            yield make_fact("teeth" if one.short[peak] else "ripple", made.cube, place, amplitude,
                        amplitude / float(excess[tuple(place)][peak]), level_k=made.level_at(place),
                            period_hz=float(one.period_hz[peak]))


@dataclass(frozen=True, slots=True)
class _Periodogram:
    """Amplitudes (..., cycles) and the limit that noise and the array set; by cycles: the period, whether it is short, and counts."""

    amplitude: Array
    limit: Array
    period_hz: Array
    short: Array
    kept: Array


def _periodograms(made: Residual, limits: Mapping[str, float]) -> Iterator[tuple[float, _Periodogram]]:
    """By how much limits rise, and the periodogram: of what lasts, then of each calibration.

    The median of a few noisy spectra follows each of them a little, and would take a third of its teeth away: in small arrays Trx is
    held against its own course. What the antennas have in common raises the limit, and so does not count either.
    """
    own_course = made.cube.quantity == "trec" and len(made.cube.antenna_names) < _SMALL_ARRAY
    detrend = polynomials(made.frequency_hz, 5) if len(made.channels) <= 512 else None
    n_channels = len(made.channels)
    cycles = np.arange(n_channels // 2 + 1)
    with np.errstate(divide="ignore"):
        period_hz = n_channels * made.width_hz / cycles
    longest_hz = limits["teeth.longest_period"] * 1e6
    short = period_hz <= max(longest_hz, _CHANNELS_OF_TEETH * made.width_hz)
    least = np.where(short, np.where(period_hz <= longest_hz, 1, 2) * limits["teeth.amplitude"], 0)
    kept = (cycles >= 3) & (period_hz <= limits["ripple.longest_period"] * 1e6)
    for residual, noise, times in made.passes():
        amplitude = _amplitudes(residual, detrend, made.frequency_hz)
        if own_course:
            by_itself = made.normal if residual.ndim == 4 else median(made.normal, 1)
            amplitude = np.where(short, _amplitudes(by_itself - 1, detrend, made.frequency_hz), amplitude)
        own = limits["teeth.sigmas"] * np.maximum(noise, median(noise.ravel(), 0))[..., None] * np.sqrt(2 / n_channels)
        typical = limits["teeth.sigmas"] / _RAYLEIGH * _typical_amplitude(amplitude)
        limit = np.maximum(np.maximum(least, typical), own) * times
        yield times, _Periodogram(amplitude, limit, period_hz, short, kept)


def _amplitudes(residual: Array, detrend: Array | None, frequency_hz: Array) -> Array:
    """Amplitude of every number of cycles over the band; peaks of single channels are cut off at four standard deviations."""
    course = _course(residual, frequency_hz) if detrend is None else np.nan_to_num(residual) @ detrend
    flat = np.nan_to_num(residual) - course
    spread = MAD * median(np.abs(flat), -1)[..., None]
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
    typical = median(known, 0) if len(known) else np.zeros(amplitude.shape[-1])
    padded = np.pad(typical, 4, mode="edge")
    smoothed: Array = np.maximum(np.mean([padded[i:len(padded) - 8 + i] for i in range(9)], axis=0), 0.7 * typical)
    return smoothed
