"""How a spectrum runs over its baseband: whether it leans, has another shape, a bump, steps, or an edge that reaches in."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np

from alma_qa0.core.cubes import MAD, Array, median
from alma_qa0.core.residuals import EDGE_HZ, SINGLE, Residual, binned
from alma_qa0.core.spectra import segment_starts
from alma_qa0.core.spectral_fact import SpectralFact, bound, found, nothing, pooled

_LEAST_BINS = 12  # fewer show no ripple
_EDGE_ZONE_HZ = 250e6
_BUMP_HZ = 0.5e9
_BUMP_HALF_HZ = 0.35e9  # its width at half its height
_WEIGHT_OF_RIPPLE = 1.2  # beside a lean: its typical one is the largest of several, which varies less
_SUBBAND_HZ = 58.59375e6  # of the filters of the 12-m correlator, 15/16 of 62.5 MHz


def slopes(group: Sequence[Residual], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """How much the residual leans and ripples, in terms of what the array's receivers do.

    A bad mixer leans and ripples at once: the two together tell it from receivers that do a little of either.
    """
    compared = [made for made in group if made.against_array]
    if not compared:
        return
    limit = compared[0].share_left * limits["slope.times"]
    lasting, single = (_leans([_rise_and_wave(made, residual) for made, residual in several], limits)
                       for several in ([(made, made.lasting) for made in compared], [(made, made.single) for made in compared]))
    for made, together, each in zip(compared, lasting, single, strict=True):
        yield from found("slope", made, (together, limit), (each, SINGLE * limit), nothing)


def _leans(parts: Sequence[tuple[Array, Array]], limits: Mapping[str, float]) -> list[Array]:
    """Root of the sum of squares of rise and ripple, each over the array's typical one."""
    rises, waves = (np.concatenate([one.ravel() for one in several]) for several in zip(*parts, strict=True))
    rise_unit = max(limits["slope.rise"], MAD * float(median(rises, 0)))
    wave_unit = max(limits["slope.ripple"], float(median(waves, 0))) / _WEIGHT_OF_RIPPLE
    return [np.hypot(rise / rise_unit, wave / wave_unit) for rise, wave in parts]


def _rise_and_wave(made: Residual, residual: Array) -> tuple[Array, Array]:
    """How much it rises from end to end, and its largest amplitude of three cycles or more over the band, 0 where that has few bins."""
    values, _ = binned(residual, made.width_hz)
    bins = values.shape[-1]
    position = np.linspace(-0.5, 0.5, bins)
    rise = np.abs(values @ position / (position @ position))
    if bins < _LEAST_BINS:
        return rise, np.zeros_like(rise)
    base = np.linalg.qr(np.vander(position, 6))[0]
    waves = np.abs(np.fft.rfft(values - (values @ base) @ base.T, axis=-1)) * (2 / bins)
    return rise, waves[..., 3:-1].max(axis=-1)


def shapes(group: Sequence[Residual], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """Mean distance from the array's spectrum."""
    compared = [made for made in group if made.against_array]
    metrics = [(np.abs(made.lasting).mean(axis=-1), np.abs(made.single).mean(axis=-1)) for made in compared]
    yield from pooled("shape", compared, metrics, limits)


def bumps(group: Sequence[Residual], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """The height of the Gaussian of 0.5 GHz that fits best, beside a parabola as well as a cubic: a long wave passes for one only."""
    fits = []
    for made in group:
        values, number = binned(made.lasting, made.width_hz)
        matched = _bump_filter(values.shape[-1], number * made.width_hz)
        if matched is not None:
            single, _ = binned(made.single, made.width_hz)
            fits.append((made, number, _heights_of_bump(values, matched), _heights_of_bump(single, matched)))
    if not fits:
        return
    wider = 1 if fits[0][0].against_array else 2
    bounds = [wider * turn * bound([one.max(axis=-1) for one in heights], limits, "bump", fits[0][0].share_left)
              for turn, heights in zip((1, SINGLE), zip(*(fit[2:] for fit in fits), strict=True), strict=True)]
    for made, number, lasting, single in fits:
        def describe(place: list[int], made: Residual = made, number: int = number, lasting: Array = lasting,
                     single: Array = single) -> dict[str, object]:
            heights = lasting[tuple(place)] if len(place) == 2 else single[tuple(place)]
            centre = int(np.argmax(heights)) * number + number // 2
            half = int(_BUMP_HZ / 2 / made.width_hz)
            first, last = max(centre - half, 0), min(centre + half, len(made.channels) - 1)
            return {"channels": (int(made.channels[first]), int(made.channels[last])), "frequency_hz": float(made.frequency_hz[centre])}

        yield from found("bump", made, (lasting.max(axis=-1), bounds[0]), (single.max(axis=-1), bounds[1]), describe)


def _heights_of_bump(values: Array, matched: tuple[Array, Array]) -> Array:
    beside_parabola, beside_cubic = (np.abs(values @ weights.T) for weights in matched)
    heights: Array = np.sqrt(beside_parabola * beside_cubic)
    return heights


@lru_cache(maxsize=16)
def _bump_filter(bins: int, bin_hz: float) -> tuple[Array, Array] | None:
    """For each position the weights that give the height of a bump there, beside a parabola and a cubic; None in too narrow a band."""
    if bins * bin_hz < 2.2 * _BUMP_HZ:
        return None
    place = np.arange(bins) * bin_hz
    across = np.linspace(-1, 1, bins)
    rows: tuple[list[Array], list[Array]] = ([], [])
    for centre in place:
        bump = np.exp(-4 * np.log(2) * ((place - centre) / _BUMP_HALF_HZ) ** 2)
        inside = min(centre, place[-1] - centre) > 0.3 * _BUMP_HZ
        for made, terms in zip(rows, (3, 4), strict=True):
            fit = np.linalg.pinv(np.column_stack([bump, np.vander(across, terms)]))
            made.append(fit[0] if inside else np.zeros(bins))
    return np.array(rows[0]), np.array(rows[1])


def edges(group: Sequence[Residual], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """How much the channels next to the band edge, where filters no longer reach, lie above those further in."""
    compared = [made for made in group if made.against_array and len(segment_starts(made.frequency_hz)) == 1]
    metrics = []
    for made in compared:
        number = max(int((_EDGE_ZONE_HZ - EDGE_HZ) / made.width_hz), 1)
        metrics.append(tuple(_end_heights(residual, number) for residual in (made.lasting, made.single)))
    if not compared:
        return
    limit = [times * bound([one.max(axis=-1) for one in heights], limits, "edge")
             for times, heights in zip((1, SINGLE), zip(*metrics, strict=True), strict=True)]
    for made, (lasting, single) in zip(compared, metrics, strict=True):
        number = max(int(_EDGE_ZONE_HZ / made.width_hz), 1)

        def describe(place: list[int], made: Residual = made, lasting: Array = lasting, single: Array = single,
                     number: int = number) -> dict[str, object]:
            at_start = np.argmax(lasting[tuple(place)] if len(place) == 2 else single[tuple(place)]) == 0
            last = len(made.cube.frequency_hz) - 1
            return {"channels": (0, number) if at_start else (last - number, last)}

        yield from found("edge", made, (lasting.max(axis=-1), limit[0]), (single.max(axis=-1), limit[1]), describe)


def _end_heights(residual: Array, number: int) -> Array:
    """At the start and at the end: the mean of some channels above the line through the two equal stretches that follow."""
    heights = []
    for values in (residual, residual[..., ::-1]):
        outer, next_in, third = (values[..., turn * number:(turn + 1) * number].mean(axis=-1) for turn in range(3))
        heights.append(outer - 2 * next_in + third)
    return np.stack(heights, axis=-1)


def platforms(group: Sequence[Residual], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """Steps between the filters of 58.6 MHz of a fine spectrum."""
    for made in group:
        number = round(_SUBBAND_HZ / made.width_hz)
        if number < 16 or len(made.channels) < 8 * number:
            continue
        offset = int(made.channels[0]) % number
        cut = made.lasting[..., (number - offset) % number:]
        bands = cut.shape[-1] // number
        levels = median(cut[..., :bands * number].reshape(*cut.shape[:-1], bands, number), -1)
        steps = np.abs(np.diff(levels, n=2, axis=-1)) / np.sqrt(6)
        metric = 2 * MAD * median(steps, steps.ndim - 1)
        limit = max(limits["platform.step"], limits["platform.sigmas"] * float(np.nanmedian(metric)))
        yield from found("platform", made, (metric, limit), (np.zeros((0, 0, 0)), limit), nothing)
