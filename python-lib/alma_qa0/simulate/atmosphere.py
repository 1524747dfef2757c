"""The sky over Chajnantor: opacity and brightness at a frequency for a given amount of water vapour."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

CMB_K = 2.725
GROUND_K = 268.0

# One effective layer, where most of the water lies; the lines' strengths and widths follow Liebe (1989, Int. J. Infrared and
# Millimeter Waves 10, 631): frequency in GHz, b1 in kHz/kPa, b2, b3 in GHz/kPa.
_LAYER_K = 262.0
_LAYER_KPA = 48.0
_WATER_LINES = np.array([
    (22.235080, 0.1090, 2.143, 27.84e-3), (183.310117, 2.3000, 0.653, 28.35e-3), (321.225644, 0.0464, 6.156, 21.40e-3),
    (325.152919, 1.5400, 1.515, 27.00e-3), (380.197372, 11.900, 1.018, 27.60e-3), (437.346667, 0.0637, 5.015, 13.70e-3),
    (439.150812, 0.9210, 3.561, 16.40e-3), (443.018295, 0.1940, 5.015, 14.40e-3), (448.001075, 10.600, 1.370, 23.80e-3),
    (470.888947, 0.3300, 3.561, 18.20e-3), (474.689127, 1.2800, 2.342, 19.80e-3), (488.491133, 0.2530, 2.814, 24.90e-3),
    (556.936002, 510.00, 0.114, 30.00e-3), (620.700807, 5.0900, 2.150, 22.30e-3), (658.006500, 0.2740, 7.767, 30.00e-3),
    (752.033227, 250.00, 0.336, 28.60e-3), (859.865000, 0.1330, 7.989, 28.60e-3), (906.205524, 0.1830, 5.039, 23.40e-3),
    (916.171582, 8.5600, 1.369, 25.30e-3), (970.315022, 9.1600, 1.842, 24.00e-3), (987.926764, 138.00, 0.178, 28.60e-3),
])
# Frequency in GHz, strength a1 in kHz/kPa, a2, width a3 in GHz/kPa (same source).
_OXYGEN_LINES = np.array([
    (118.750343, 945.0e-6, 0.009, 16.30e-3), (368.498350, 67.90e-6, 0.020, 19.20e-3), (424.763124, 638.0e-6, 0.011, 19.16e-3),
    (487.249370, 235.0e-6, 0.011, 19.20e-3), (715.393150, 99.60e-6, 0.089, 18.10e-3), (773.839675, 671.0e-6, 0.079, 18.10e-3),
    (834.145330, 180.0e-6, 0.079, 18.10e-3),
])
_OXYGEN_COLUMN_KM = 5.5
_WATER_CONTINUUM = 0.026  # opacity per mm at 225 GHz besides the lines; with them 0.04 per mm, as measured on the site
_DRY_CONTINUUM = 0.003  # at 225 GHz
_OZONE_HALF_WIDTH_HZ = 18e6
_OZONE_LEAST_OPACITY = 0.7e-3  # what the borders of the listed ozone ranges stand for, so that 231.28 GHz absorbs some 4 %
_OZONE_MOST_OPACITY = 0.6


@dataclass(frozen=True, slots=True)
class Opacity:
    """Zenith opacity at some frequencies, by what causes it; arrays of one shape. ``water`` is per metre of precipitable water.

    ``liquid`` is that of clouds, 0 in a clear sky; it may have axes before that of the frequencies.
    """

    dry: np.ndarray
    ozone: np.ndarray
    water: np.ndarray
    liquid: np.ndarray | float = 0.0

    def zenith(self, water_m: np.ndarray | float) -> np.ndarray:
        """Total zenith opacity; ``water_m`` must broadcast against the frequencies."""
        total: np.ndarray = self.dry + self.ozone + self.water * water_m + self.liquid
        return total

    def temperature(self, water_m: np.ndarray | float, ground_k: np.ndarray | float = GROUND_K) -> np.ndarray:
        """Mean temperature Tatm, in K, of what radiates: water and clouds are low and warm, ozone high and cold."""
        weighted: np.ndarray = self.dry * (ground_k - 20) + self.ozone * (ground_k - 35) + self.water * water_m * (ground_k - 9)
        return np.asarray((weighted + self.liquid * (ground_k - 9)) / self.zenith(water_m))

    def sky(self, water_m: np.ndarray | float, airmass: np.ndarray | float, ground_k: np.ndarray | float = GROUND_K) -> np.ndarray:
        """Brightness of the sky, in K, along a line of sight of this airmass."""
        transmission = np.exp(-self.zenith(water_m) * airmass)
        brightness: np.ndarray = self.temperature(water_m, ground_k) * (1 - transmission) + CMB_K * transmission
        return brightness


def opacity(frequency_hz: np.ndarray) -> Opacity:
    """Zenith opacity at these frequencies; parts of the shape of ``frequency_hz``."""
    ghz = np.asarray(frequency_hz) / 1e9
    return Opacity(dry=_dry(ghz), ozone=_ozone(np.asarray(frequency_hz)), water=1e3 * _water(ghz))


def _water(ghz: np.ndarray) -> np.ndarray:
    # Line absorption in dB/km is 0.182 f N''; pressure times path of 1 mm of water is T / 2166.7 kPa km, whatever the height.
    theta = 300 / _LAYER_K
    line, b1, b2, b3 = _WATER_LINES.T
    strength = b1 * theta**3.5 * np.exp(b2 * (1 - theta))
    lines = 0.182 * ghz * _line_sum(ghz, line, strength, b3 * _LAYER_KPA * theta**0.8) * _LAYER_K / 2166.7 / 4.343
    total: np.ndarray = lines + _WATER_CONTINUUM * (ghz / 225) ** 2
    return total


def _dry(ghz: np.ndarray) -> np.ndarray:
    theta = 300 / _LAYER_K
    line, a1, a2, a3 = _OXYGEN_LINES.T
    strength = a1 * _LAYER_KPA * theta**3 * np.exp(a2 * (1 - theta))
    lines = 0.182 * ghz * _line_sum(ghz, line, strength, a3 * _LAYER_KPA * theta**0.8) * _OXYGEN_COLUMN_KM / 4.343
    complex_at_60_ghz = 11 / ((ghz - 60) ** 2 + 25)
    total: np.ndarray = lines + complex_at_60_ghz + _DRY_CONTINUUM * (ghz / 225) ** 2
    return total


def _line_sum(ghz: np.ndarray, line: np.ndarray, strength: np.ndarray, width: np.ndarray) -> np.ndarray:
    """The sum of Van Vleck-Weisskopf profiles, of the shape of ``ghz``."""
    f = ghz[..., None]
    profile = f / line * (width / ((line - f) ** 2 + width**2) + width / ((line + f) ** 2 + width**2))
    total: np.ndarray = (strength * profile).sum(axis=-1)
    return total


def _ozone(frequency_hz: np.ndarray) -> np.ndarray:
    centre, half_range = _ozone_ranges()
    near = (centre > frequency_hz.min() - 5e9) & (centre < frequency_hz.max() + 5e9)
    centre, half_range = centre[near], half_range[near]
    peak = np.minimum(_OZONE_LEAST_OPACITY * (1 + (half_range / _OZONE_HALF_WIDTH_HZ) ** 2), _OZONE_MOST_OPACITY)
    offset = (frequency_hz[..., None] - centre) / _OZONE_HALF_WIDTH_HZ
    total: np.ndarray = (peak / (1 + offset**2)).sum(axis=-1)
    return total


@lru_cache(maxsize=1)
def _ozone_ranges() -> tuple[np.ndarray, np.ndarray]:
    """Centre and half width, in Hz, of the ozone ranges of the ALMA pipeline."""
    with (Path(__file__).parent / "data" / "ozone_ranges_ghz.csv").open(newline="") as file:
        ranges = np.array([(float(row["freq_start_ghz"]), float(row["freq_stop_ghz"])) for row in csv.DictReader(file)]) * 1e9
    return ranges.mean(axis=1), (ranges[:, 1] - ranges[:, 0]) / 2
