"""Spectra of one baseband on one frequency axis, and where a frequency axis has its segments and band edges."""

from dataclasses import dataclass

import numpy as np

EDGE_CHANNELS = 4
EDGE_FRACTION = 0.03125  # 4 of 128: the ALMA pipeline's usual fraction of a spectral window


@dataclass(frozen=True, slots=True)
class SpectrumPack:
    """All spectra of one quantity of one baseband on one frequency axis.

    ``values`` is float32 of shape (n_spectra, n_channels), in K, NaN where invalid; ``frequency_hz`` float64 of shape
    (n_channels,) in the order of the source; the three others are arrays of str of shape (n_spectra,).
    """

    receiver_band: int
    baseband_name: str
    quantity: str
    frequency_hz: np.ndarray
    antenna_names: np.ndarray
    cal_data_ids: np.ndarray
    polarisations: np.ndarray
    values: np.ndarray


def segment_starts(frequency_hz: np.ndarray) -> np.ndarray:
    """Indices at which a spectral window begins in a joined frequency axis; the first is 0.

    A step that turns round, or is more than 1.5 times the median step, begins a new one.
    """
    if len(frequency_hz) < 3:
        return np.zeros(min(len(frequency_hz), 1), dtype=int)
    step = np.diff(frequency_hz)
    usual = np.median(step)
    jumps = (np.sign(step) != np.sign(usual)) | (np.abs(step) > 1.5 * np.abs(usual))
    return np.concatenate([[0], np.flatnonzero(jumps) + 1])


def edge_mask(frequency_hz: np.ndarray) -> np.ndarray:
    """True for the channels at the edges of each spectral window: max(4, 3.125 %) at either end, bool of shape (n_channels,).

    A window too short to keep a channel keeps them all, so that data of one channel is not lost.
    """
    mask = np.zeros(len(frequency_hz), dtype=bool)
    starts = segment_starts(frequency_hz)
    for start, stop in zip(starts, [*starts, len(frequency_hz)][1:], strict=True):
        edge = max(EDGE_CHANNELS, int(np.ceil(EDGE_FRACTION * (stop - start))))
        if 2 * edge < stop - start:
            mask[start:start + edge] = mask[stop - edge:stop] = True
    return mask
