"""The receivers: where their basebands lie, how noisy each is, and what its filters do to the edges."""

from dataclasses import dataclass

import numpy as np

from alma_qa0.core.bands import BANDS, Band
from alma_qa0.simulate.plan import Plan, stream

BASEBAND_WIDTH_HZ = 2e9
TDM_CHANNEL_HZ = 15.625e6
FORWARD_EFFICIENCY = 0.95
SPILLOVER_K = 270.0
HOT_LOAD_K = 353.0
AMBIENT_LOAD_K = 291.0

# First local oscillators in GHz that put the basebands on windows and lines that are much observed.
_LOCAL_OSCILLATORS_GHZ = {1: (31.5, 33.0), 2: (80.0, 92.5), 3: (97.5, 98.5, 106.0), 4: (145.0, 150.0), 5: (198.0, 203.0),
                          6: (225.0, 226.0, 241.5), 7: (343.5, 338.0, 303.0), 8: (405.0, 486.0), 9: (684.0, 664.0), 10: (857.0, 872.0)}


@dataclass(frozen=True, slots=True)
class Baseband:
    """One baseband as the correlator gives it: the frequencies of its channels, in their order, on the sky and in the image sideband.

    ``edge_distance`` counts, for each channel, TDM channels from the nearer edge of the filter.
    """

    name: str
    sideband: str  # LSB or USB
    local_oscillator_hz: float
    frequency_hz: np.ndarray
    edge_distance: np.ndarray
    windows: int

    @property
    def image_hz(self) -> np.ndarray:
        image: np.ndarray = 2 * self.local_oscillator_hz - self.frequency_hz
        return image

    @property
    def channel_width_hz(self) -> float:
        return float(np.abs(np.diff(self.frequency_hz[:2]))[0]) if len(self.frequency_hz) > 1 else BASEBAND_WIDTH_HZ

    @property
    def segments(self) -> list[np.ndarray]:
        """The frequencies of each spectral window."""
        return np.split(self.frequency_hz, self.windows)


def tune(plan: Plan, band_number: int) -> list[Baseband]:
    """BB_1 to BB_4 of a band. 2SB receivers have two in either sideband, the lower one with falling frequencies."""
    band = BANDS[band_number]
    oscillators = _LOCAL_OSCILLATORS_GHZ[band_number]
    generator = stream(plan.seed, "tuning", plan.number, band_number)
    oscillator = oscillators[generator.integers(len(oscillators))] * 1e9 + generator.integers(-16, 17) * TDM_CHANNEL_HZ
    offsets, edge_distance = _channel_offsets(plan)
    return [
        Baseband(f"BB_{number}", "LSB" if sign < 0 else "USB", oscillator, oscillator + sign * (intermediate + offsets), edge_distance,
                 2 if plan.joined else 1)
        for number, (sign, intermediate) in enumerate(_layout(band), start=1)
    ]


def _layout(band: Band) -> tuple[tuple[int, float], ...]:
    """Sideband and middle of the intermediate frequency of the four basebands."""
    if band.sidebands == "2SB":
        low = 5.5e9 if band.number == 6 else band.if_low_hz + 1e9
        return ((-1, low + 2e9), (-1, low), (1, low), (1, low + 2e9))
    return tuple((1, band.if_low_hz + 1e9 + 2e9 * turn) for turn in range(4))


def _channel_offsets(plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Offsets, in Hz, of the channels from the middle of the baseband, and their distance from the filter's edges in TDM channels."""
    if plan.joined:  # two windows of 0.5 GHz with a gap between them
        half = _centred(plan.channels // 2, 0.5e9)
        return np.concatenate([half - 0.6e9, half + 0.5e9]), np.tile(_distance(half, 0.25e9), 2)
    width_hz = 1.875e9 if plan.channels > 256 else BASEBAND_WIDTH_HZ  # FDM leaves the outer 62.5 MHz out
    offsets = _centred(plan.channels, width_hz)[plan.outer_channels:plan.channels - plan.outer_channels]
    return offsets, _distance(offsets)


def _centred(channels: int, width_hz: float) -> np.ndarray:
    offsets: np.ndarray = (np.arange(channels) - (channels - 1) / 2) * (width_hz / channels)
    return offsets


def _distance(offsets: np.ndarray, half_width_hz: float = BASEBAND_WIDTH_HZ / 2) -> np.ndarray:
    distance: np.ndarray = (half_width_hz - np.abs(offsets)) / TDM_CHANNEL_HZ
    return distance


def receiver_noise_k(plan: Plan, band_number: int, baseband: Baseband) -> np.ndarray:
    """True Trx of every antenna, shape (antenna, receptor, channel), in K.

    It belongs to the antenna, not to the Execution Block: the same seed gives an antenna the same receivers in all of them.
    """
    return np.stack([_antenna_noise_k(plan, band_number, baseband, antenna) for antenna in plan.antennas])[:, :plan.polarisations]


def _antenna_noise_k(plan: Plan, band_number: int, baseband: Baseband, antenna: str) -> np.ndarray:
    band = BANDS[band_number]
    generator = stream(plan.seed, "receiver", int.from_bytes(antenna.encode(), "little"), band_number)
    level = band.trec_typical_k * generator.lognormal(0, 0.11)
    level *= generator.uniform(1.2, 1.3) if generator.random() < 0.06 else 1.0  # a receiver that waits for its repair
    levels = level * np.array([1.0, generator.uniform(0.9, 1.1)])[:, None]
    across_band = 2 * (baseband.frequency_hz - band.low_hz) / (band.high_hz - band.low_hz) - 1
    shape = 1 + 0.10 * (across_band**2 - 0.4) + _ripple(generator, baseband.frequency_hz)
    noise: np.ndarray = levels * shape * _edges(generator, baseband, plan.edge_height)
    return noise


def _ripple(generator: np.random.Generator, frequency_hz: np.ndarray) -> np.ndarray:
    """Slow structure over frequency, shape (2, channel): what mixers and amplifiers do over 1 to 6 GHz."""
    periods = generator.uniform(1.2e9, 6e9, size=(2, 4, 1))
    phases = generator.uniform(0, 2 * np.pi, size=(2, 4, 1))
    heights = generator.normal(0, 0.015, size=(2, 4, 1))
    ripple: np.ndarray = (heights * np.cos(2 * np.pi * frequency_hz / periods + phases)).sum(axis=1)
    return ripple


def _edges(generator: np.random.Generator, baseband: Baseband, times_higher: float) -> np.ndarray:
    """How the noise spikes in the first and last channels, shape (2, channel): gone after five of 15.6 MHz."""
    heights = times_higher * np.minimum(generator.lognormal(0.6, 0.7, size=(4, 2, 2)), 9)[int(baseband.name[-1]) - 1]
    first_half = np.arange(len(baseband.frequency_hz)) < len(baseband.frequency_hz) / 2
    height = np.where(first_half, heights[:, :1], heights[:, 1:])
    left_out = baseband.edge_distance.min() - 0.5 if times_higher > 1 else 0.0
    spikes: np.ndarray = 1 + height * np.exp(-(baseband.edge_distance - left_out) / 1.1)
    return spikes


def sideband_gain(plan: Plan, band_number: int) -> np.ndarray:
    """Signal over total gain, shape (antenna, receptor): near 1 where the receiver separates its sidebands, near a half if not."""
    generator = stream(plan.seed, "gain", band_number, plan.number)
    shape = (len(plan.antennas), 2)
    if BANDS[band_number].sidebands == "DSB":
        gain = 0.5 + generator.normal(0, 0.01, size=shape)
    else:
        gain = generator.uniform(0.965, 0.998, size=shape)
    return (np.round(gain * 1024) / 1024)[:, :plan.polarisations]
