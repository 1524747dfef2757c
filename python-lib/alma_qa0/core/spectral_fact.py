"""One metric of a spectrum beyond its limit, and how the metrics of a whole array are held against it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alma_qa0.core.cubes import Array, Cube, spread
from alma_qa0.core.residuals import SINGLE, Residual

# Rules whose metric is a height over the reference, in terms of the spectrum's own level.
IN_TERMS_OF_LEVEL = frozenset({"shape", "bump", "edge", "birdie", "teeth", "ripple", "platform"})


@dataclass(frozen=True, slots=True)
class SpectralFact:
    """One metric beyond its limit. ``cal_data_id`` None: in the median over all calibrations. ``channels``: pairs, first and last.

    ``level_k`` is that of the spectrum, where metric and limit are in terms of it.
    """

    rule_id: str
    receiver_band: int
    baseband_name: str
    antenna_name: str
    polarisation: str | None
    cal_data_id: str | None
    quantity: str
    metric: float
    limit: float
    n_calibrations: int
    channels: tuple[int, ...] | None = None
    frequency_hz: float | None = None
    period_hz: float | None = None
    level_k: float | None = None


def make_fact(
    rule_id: str, one: Cube, place: Sequence[int], metric: float, limit: float, *, level_k: float | None = None,
    channels: tuple[int, ...] | None = None, frequency_hz: float | None = None, period_hz: float | None = None,
) -> SpectralFact:
    """``place`` is antenna and polarisation, or antenna, calibration and polarisation."""
    calibration = one.cal_data_ids[place[1]] if len(place) == 3 else None
    return SpectralFact(
        rule_id=rule_id, receiver_band=one.receiver_band, baseband_name=one.baseband_name, antenna_name=one.antenna_names[place[0]],
        polarisation=one.polarisations[place[-1]], cal_data_id=calibration, quantity=one.quantity, metric=float(metric), limit=float(limit),
        n_calibrations=len(one.cal_data_ids), level_k=level_k, channels=channels, frequency_hz=frequency_hz, period_hz=period_hz)


def beyond(metric: Array, limit: Array | float) -> list[list[int]]:
    """The places where the metric goes beyond its limit."""
    with np.errstate(invalid="ignore"):
        places: list[list[int]] = np.argwhere(metric > limit).tolist()
    return places


def found(
    rule_id: str, made: Residual, lasting: tuple[Array, Array | float], single: tuple[Array, Array | float],
    describe: Callable[[list[int]], dict[str, object]],
) -> Iterator[SpectralFact]:
    """Facts where the lasting metric goes beyond; else where that of a single calibration does."""
    seen = {(antenna, polarisation) for antenna, polarisation in beyond(*lasting)}
    places = [(place, *lasting) for place in beyond(*lasting)]
    if len(made.cube.cal_data_ids) > 1:
        places += [(place, *single) for place in beyond(*single) if (place[0], place[2]) not in seen]
    level_k = made.level_at if rule_id in IN_TERMS_OF_LEVEL else _no_level
    for place, metric, limit in places:
        yield make_fact(rule_id, made.cube, place, metric[tuple(place)], _at(limit, place), level_k=level_k(place),
                        **describe(place))  # type: ignore[arg-type]


def _at(limit: Array | float, place: Sequence[int]) -> float:
    return float(np.broadcast_to(limit, ())) if np.ndim(limit) == 0 else float(limit[tuple(place)])  # type: ignore[index]


def _no_level(place: Sequence[int]) -> None:
    return None


def nothing(place: list[int]) -> dict[str, object]:
    return {}


def pooled(
    rule_id: str, group: Sequence[Residual], metrics: Sequence[tuple[Array, Array]], limits: Mapping[str, float],
) -> Iterator[SpectralFact]:
    """Facts beyond a limit that the spectra of all basebands give together: their median plus some standard deviations."""
    if not group:
        return
    bounds = [times * bound(several, limits, rule_id) for times, several in zip((1, SINGLE), zip(*metrics, strict=True), strict=True)]
    for made, (lasting, single) in zip(group, metrics, strict=True):
        yield from found(rule_id, made, (lasting, bounds[0]), (single, bounds[1]), nothing)


def bound(metrics: Sequence[Array], limits: Mapping[str, float], rule_id: str, share: float = 1.0) -> float:
    """The limit of a metric: the array's median plus some standard deviations, and not below its share of the size that matters."""
    everything = np.concatenate([one.ravel() for one in metrics])
    everything = everything[np.isfinite(everything)]
    centre = float(np.median(everything)) if len(everything) else 0.0
    return max(share * limits[f"{rule_id}.size"], centre + limits[f"{rule_id}.sigmas"] * spread(everything))
