"""Whether X and Y were exchanged: the ratio of the two keeps its course from scan to scan, and from baseband to baseband.

Exchanged cables turn the logarithm of X over Y round. That shows where it was otherwise in other scans, or where a baseband no longer runs
on from its neighbours; an antenna all of whose basebands are exchanged in all scans shows nothing, and neither does one whose X and Y are
alike.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alma_qa0.core.cubes import MAD, Array, median
from alma_qa0.core.residuals import Residual, binned
from alma_qa0.core.spectral_fact import SpectralFact

_NEAR_HZ = 0.7e9  # between two basebands that run on from each other, their edges left out
_END_BINS = 4
_LEAST_PAIR, _LEAST_MEAN = 0.012, 0.02  # standard deviations of logarithms, below which no array is trusted


@dataclass(frozen=True, slots=True)
class _Ratio:
    """The logarithm of X over Y in bins of ascending frequency: ``single`` (antenna, calibration, bin), ``lasting`` (antenna, bin)."""

    made: Residual
    single: Array
    lasting: Array

    @property
    def ends_hz(self) -> tuple[float, float]:
        return float(self.made.frequency_hz.min()), float(self.made.frequency_hz.max())


def swaps(group: Sequence[Residual], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """Scans whose X and Y are those of the other scans turned round; then basebands that turned round run on from the others."""
    ratios = [ratio for made in group if (ratio := _ratio(made)) is not None]
    for ratio in ratios:
        yield from _between_scans(ratio, limits)
    names = sorted(set.intersection(*(set(ratio.made.cube.antenna_names) for ratio in ratios))) if len(ratios) > 2 else []
    if names:
        yield from _between_basebands(sorted(ratios, key=lambda ratio: ratio.ends_hz), names, limits)


def _ratio(made: Residual) -> _Ratio | None:
    if made.cube.polarisations != ("X", "Y"):
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        logarithm = np.log(np.maximum(made.normal * made.level[..., None], 0))
    single, _ = binned(logarithm[:, :, 0] - logarithm[:, :, 1], made.width_hz)
    single = np.where(np.isfinite(single), single, np.nan)
    if made.frequency_hz[0] > made.frequency_hz[-1]:
        single = single[..., ::-1]
    return _Ratio(made, single, median(single, 1))


def _between_scans(ratio: _Ratio, limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    if ratio.single.shape[1] < 3:
        return
    kept, turned = (np.sqrt(((ratio.single + sign * ratio.lasting[:, None]) ** 2).mean(axis=-1)) for sign in (-1, 1))
    limit = max(limits["swapped.scan"], limits["swapped.sigmas"] * float(median(kept.ravel(), 0)))
    with np.errstate(invalid="ignore"):
        found = np.argwhere((kept > limit) & (turned < kept / 3))
    for antenna, calibration in found.tolist():
        yield _fact(ratio.made, antenna, calibration, float(kept[antenna, calibration]), limit)


def _between_basebands(ratios: Sequence[_Ratio], names: Sequence[str], limits: Mapping[str, float]) -> Iterator[SpectralFact]:
    """For each antenna the one baseband, if any, that turned round makes all of them agree much better."""
    lasting = [ratio.lasting[[ratio.made.cube.antenna_names.index(name) for name in names]] for ratio in ratios]
    means = np.stack([one.mean(axis=-1) for one in lasting])
    common = median(means, 1) if len(names) > 2 else np.zeros(len(ratios))
    means = means - (common - common.mean())[:, None]
    near = [(low, low + 1) for low in range(len(ratios) - 1) if ratios[low + 1].ends_hz[0] - ratios[low].ends_hz[1] < _NEAR_HZ]
    ends = [(lasting[low][:, -_END_BINS:].mean(axis=-1), lasting[high][:, :_END_BINS].mean(axis=-1)) for low, high in near]
    no_sign = np.ones(len(ratios))
    pair_unit = max(_LEAST_PAIR, MAD * _typical([abs(low - high) for low, high in ends]))
    mean_unit = max(_LEAST_MEAN, MAD * _typical(list(abs(means - median(means, 0)))))

    def discord(signs: Array) -> Array:
        between = sum(((signs[a] * low - signs[b] * high) / pair_unit) ** 2 for (a, b), (low, high) in zip(near, ends, strict=True))
        turned = signs[:, None] * means
        total: Array = between + (((turned - median(turned, 0)) / mean_unit) ** 2).sum(axis=0)
        return total

    gains = np.stack([discord(no_sign) - discord(np.where(np.arange(len(ratios)) == one, -1.0, 1.0)) for one in range(len(ratios))])
    metric = np.sqrt(np.maximum(np.nan_to_num(gains.max(axis=0)), 0))
    for antenna in np.flatnonzero(metric > limits["swapped.discord"]).tolist():
        made = ratios[int(gains[:, antenna].argmax())].made
        yield _fact(made, made.cube.antenna_names.index(names[antenna]), None, float(metric[antenna]), limits["swapped.discord"])


def _typical(several: Sequence[Array]) -> float:
    values = np.concatenate([one.ravel() for one in several]) if several else np.zeros(1)
    typical = float(median(values, 0))
    return typical if np.isfinite(typical) else 0.0


def _fact(made: Residual, antenna: int, calibration: int | None, metric: float, limit: float) -> SpectralFact:
    cube = made.cube
    return SpectralFact(
        rule_id="swapped", receiver_band=cube.receiver_band, baseband_name=cube.baseband_name, antenna_name=cube.antenna_names[antenna],
        polarisation=None, cal_data_id=None if calibration is None else cube.cal_data_ids[calibration], quantity=cube.quantity,
        metric=metric, limit=limit, n_calibrations=len(cube.cal_data_ids))
