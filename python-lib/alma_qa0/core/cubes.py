"""Spectra of one quantity of one baseband, each at its place, and the medians that everything else is made of."""

from dataclasses import dataclass

import numpy as np

from alma_qa0.core.spectra import SpectrumPack

Array = np.ndarray

MAD = 1.4826  # from a median absolute deviation to a standard deviation


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
    """The spectra of a pack, each at its place. A channel without a frequency has no value, and the frequency between its neighbours'."""
    antennas, antenna = np.unique(pack.antenna_names, return_inverse=True)
    calibrations, calibration = np.unique(pack.cal_data_ids, return_inverse=True)
    polarisations, polarisation = np.unique(pack.polarisations, return_inverse=True)
    shape = (len(antennas), len(calibrations), len(polarisations))
    values = np.full((*shape, len(pack.frequency_hz)), np.nan, dtype=np.float32)
    present = np.zeros(shape, dtype=bool)
    values[antenna, calibration, polarisation] = pack.values
    present[antenna, calibration, polarisation] = True
    values[..., ~np.isfinite(pack.frequency_hz)] = np.nan
    return Cube(pack.receiver_band, pack.baseband_name, pack.quantity, _bridged(pack.frequency_hz), tuple(antennas.tolist()),
                tuple(calibrations.tolist()), tuple(polarisations.tolist()), values, present)


def _bridged(frequency_hz: Array) -> Array:
    good = np.isfinite(frequency_hz)
    if good.all() or not good.any():
        return frequency_hz
    numbers = np.arange(len(frequency_hz))
    bridged: Array = np.interp(numbers, numbers[good], frequency_hz[good])
    return bridged


def median(values: Array, axis: int) -> Array:
    """The median along an axis without its NaNs; NaN where there is nothing else."""
    last = np.array(np.moveaxis(values, axis, -1), order="C")  # a copy whose runs lie together: several times as fast to partition
    if np.isnan(last).any():
        return _median_without_nan(last)
    half = last.shape[-1] // 2
    last.partition(half, axis=-1)
    upper: Array = last[..., half]
    return upper if last.shape[-1] % 2 else (last[..., :half].max(axis=-1) + upper) / 2


def _median_without_nan(values: Array) -> Array:
    """Along the last axis, which is sorted in place."""
    values.sort(axis=-1)  # NaNs go last
    count = np.sum(~np.isnan(values), axis=-1, keepdims=True)
    low, high = np.maximum((count - 1) // 2, 0), np.minimum(count // 2, values.shape[-1] - 1)
    found = (np.take_along_axis(values, low, -1) + np.take_along_axis(values, high, -1)) / 2
    result: Array = np.where(count > 0, found, np.nan)[..., 0]
    return result


def spread(values: Array) -> float:
    """Standard deviation of a population around its median, from its median absolute deviation; 0 for an empty one."""
    good = values[np.isfinite(values)]
    return float(MAD * np.median(np.abs(good - np.median(good)))) if len(good) else 0.0


def stretches(bad: Array) -> tuple[int, ...]:
    """First and last channel of each run of True, in one tuple."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], bad, [False]]).astype(np.int8)))
    ends = edges.reshape(-1, 2) - [0, 1]
    return tuple(int(channel) for channel in ends.ravel())
