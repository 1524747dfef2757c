"""The weather during an Execution Block: water, temperature, pressure, humidity and wind at any time."""

from dataclasses import dataclass

import numpy as np

from alma_qa0.simulate.plan import Plan, stream

_PRESSURE_PA = 55_500.0
_PERIODS_S = np.array([420.0, 900.0, 1900.0, 3700.0])


@dataclass(frozen=True, slots=True)
class Weather:
    """Slow changes around a mean: each quantity a level, a trend per hour, and some waves of several minutes to an hour."""

    start_ns: int
    mean_water_m: float
    water_rise: float
    ground_k: float
    wind_m_s: float
    wind_direction_rad: float
    phases: np.ndarray

    def water_m(self, time_ns: np.ndarray) -> np.ndarray:
        """Precipitable water vapour over the middle of the array."""
        seconds = self._seconds(time_ns)
        waves = 0.015 * self._waves(seconds, 0)
        return self.mean_water_m * np.maximum(1 + self.water_rise * (seconds / 4500 - 0.5) + waves, 0.1)

    def water_over_antennas(self, plan: Plan, time_ns: np.ndarray) -> np.ndarray:
        """Water over each antenna in terms of the array's mean, shape (time, antenna)."""
        generator = stream(plan.seed, "clouds", plan.number)
        place = generator.normal(0, 0.008, size=(1, len(plan.antennas)))
        phases = generator.uniform(0, 2 * np.pi, size=len(plan.antennas))
        return 1 + place + 0.008 * np.sin(2 * np.pi * self._seconds(time_ns)[:, None] / 1100 + phases)

    def temperature_k(self, time_ns: np.ndarray) -> np.ndarray:
        """Temperature on the ground, in steps of 1/16 K."""
        seconds = self._seconds(time_ns)
        return np.round(16 * (self.ground_k - 0.6 * seconds / 3600 + 0.12 * self._waves(seconds, 1))) / 16

    def pressure_pa(self, time_ns: np.ndarray) -> np.ndarray:
        return np.round(_PRESSURE_PA + 25 * self._waves(self._seconds(time_ns), 2))

    def relative_humidity(self, time_ns: np.ndarray) -> np.ndarray:
        """Humidity on the ground in percent: it follows the water above, loosely."""
        humidity = 6 + 14e3 * self.water_m(time_ns) + 1.5 * self._waves(self._seconds(time_ns), 3)
        return np.round(np.clip(humidity, 2, 95), 1)

    def wind(self, time_ns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Speed in m/s and the direction it comes from in rad."""
        seconds = self._seconds(time_ns)
        speed = np.maximum(self.wind_m_s * (1 + 0.12 * self._waves(seconds, 4)), 0)
        return np.round(speed, 1), np.round((self.wind_direction_rad + 0.1 * self._waves(seconds, 5)) % (2 * np.pi), 3)

    def _seconds(self, time_ns: np.ndarray) -> np.ndarray:
        seconds: np.ndarray = (np.asarray(time_ns) - self.start_ns) / 1e9
        return seconds

    def _waves(self, seconds: np.ndarray, quantity: int) -> np.ndarray:
        waves: np.ndarray = np.sin(2 * np.pi * seconds[..., None] / _PERIODS_S + self.phases[quantity]).sum(axis=-1)
        return waves


def weather_of(plan: Plan, start_ns: int) -> Weather:
    """The weather of an Execution Block."""
    generator = stream(plan.seed, "weather", plan.number)
    return Weather(
        start_ns=start_ns, mean_water_m=plan.water_m, water_rise=plan.water_rise, ground_k=float(generator.normal(268, 4)),
        wind_m_s=float(generator.uniform(1.5, 10)), wind_direction_rad=float(generator.uniform(0, 2 * np.pi)),
        phases=generator.uniform(0, 2 * np.pi, size=(6, len(_PERIODS_S))))
