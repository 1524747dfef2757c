"""Tsys calibrations: what a receiver sees of the sky and of two loads, and what the online calibration makes of it."""

import numpy as np

from alma_qa0.core.bands import BANDS
from alma_qa0.core.spectra import edge_mask
from alma_qa0.simulate.atmosphere import opacity
from alma_qa0.simulate.calibrations import Calibrations
from alma_qa0.simulate.faults import (
    add_scatter,
    disturbed_loads,
    disturbed_noise,
    disturbed_sky,
    misjudged_water,
    spoil,
    water_in_clouds,
)
from alma_qa0.simulate.observation import Scan, airmass, elevation_rad, tsys_scans
from alma_qa0.simulate.plan import Plan, stream
from alma_qa0.simulate.receivers import (
    AMBIENT_LOAD_K,
    FORWARD_EFFICIENCY,
    HOT_LOAD_K,
    SPILLOVER_K,
    Baseband,
    receiver_noise_k,
    sideband_gain,
)
from alma_qa0.simulate.weather import Weather

_INTEGRATION_S = 4.0  # on the sky and on each load
COUNTS_PER_K = 8.0


def calibrate(plan: Plan, band: int, baseband: Baseband, scans: list[Scan], weather: Weather) -> Calibrations:
    """Every Tsys calibration of a baseband: physics, then the chopper-wheel equations, then the values that no physics gives."""
    scans = tsys_scans(scans, band)
    noise = disturbed_noise(plan, baseband, _noise(plan, band, baseband, len(scans)))
    sky, tatm, tau = _atmosphere(plan, band, baseband, scans, weather)
    sky_power, load_power = _powers(plan, band, baseband, noise, sky)
    trec, tsys = _chopper_wheel(sky_power, load_power, tau, BANDS[band].sidebands == "DSB")
    tatm, tau = (np.broadcast_to(values, trec.shape).copy() for values in (tatm, tau))
    water = _fitted_water(plan, band, baseband, scans, weather)
    inner = ~edge_mask(baseband.frequency_hz)
    calibrations = Calibrations(
        scans=scans, trec=trec, tsys=tsys, tatm=tatm, tau=tau, sky_power=sky_power, load_power=load_power,
        trec_scalar=_scalar(trec, inner), tsys_scalar=_scalar(tsys, inner), tatm_scalar=_scalar(tatm, inner),
        tau_scalar=_scalar(tau, inner), water=water, water_error=np.round(water * 0.02, 7), present=np.ones(trec.shape[:2], dtype=bool))
    spoil(plan, baseband, calibrations)
    return calibrations


def _noise(plan: Plan, band: int, baseband: Baseband, calibrations: int) -> np.ndarray:
    """True Trx, which stays the same from scan to scan within half a percent."""
    generator = stream(plan.seed, "receiver drift", plan.number, band, int(baseband.name[-1]))
    drift = 1 + generator.normal(0, 0.004, size=(calibrations, len(plan.antennas), plan.polarisations, 1))
    noise: np.ndarray = drift * receiver_noise_k(plan, band, baseband)
    return noise


def _atmosphere(
    plan: Plan, band: int, baseband: Baseband, scans: list[Scan], weather: Weather,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sky brightness over each antenna, and Tatm and tau as the fit believes them; four axes, of length 1 where nothing varies.

    The fit believes in the array's mean sky, clouds and all, unless it misjudges the water of an antenna.

    A DSB receiver sees the mean of both sidebands, weighted by its gain; its Tatm and tau are those of the signal sideband.
    """
    elevations = np.array([float(elevation_rad(scan.source, scan.start_ns)) for scan in scans])
    masses = airmass(elevations)[:, None, None, None]
    times = np.array([scan.start_ns for scan in scans])
    ground = weather.temperature_k(times)[:, None, None, None]
    mean_water = weather.water_m(times)[:, None, None, None]
    water = mean_water * weather.water_over_antennas(plan, times)[:, :, None, None]
    frequency_hz, image_hz = baseband.frequency_hz, baseband.image_hz
    signal, believed = disturbed_sky(plan, baseband.name, frequency_hz, opacity(frequency_hz), len(scans))
    sky = signal.sky(water, masses, ground)
    if BANDS[band].sidebands == "DSB":
        gain = sideband_gain(plan, band)[None, :, :, None]
        image, _ = disturbed_sky(plan, baseband.name, image_hz, opacity(image_hz), len(scans))
        sky = gain * sky + (1 - gain) * image.sky(water, masses, ground)
    believed_water = mean_water * misjudged_water(plan, baseband, (len(scans), len(plan.antennas), plan.polarisations, 1))
    tatm = np.round(believed.temperature(believed_water, ground) * 16) / 16
    tau = np.round(believed.zenith(believed_water) * masses * 65536) / 65536
    return sky, tatm, tau


def _powers(plan: Plan, band: int, baseband: Baseband, noise: np.ndarray, sky: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the detector gives on the sky and on the loads: gain times temperature, with radiometer noise, in whole counts."""
    generator = stream(plan.seed, "powers", plan.number, band, int(baseband.name[-1]))
    gain = _bandpass(generator, baseband, noise.shape)
    ambient, hot = disturbed_loads(plan, baseband, noise.shape)
    on_sky = noise + FORWARD_EFFICIENCY * sky + (1 - FORWARD_EFFICIENCY) * SPILLOVER_K
    seen = np.stack([on_sky, noise + ambient, noise + hot], axis=2) * gain[:, :, None]
    deviation = 1 / np.sqrt(baseband.channel_width_hz * _INTEGRATION_S)
    relative = 1 + deviation * generator.standard_normal(seen.shape, dtype=np.float32)
    add_scatter(plan, baseband, noise, relative)
    seen = np.maximum(np.round(seen * relative), 1)
    return seen[:, :, 0], seen[:, :, 1:]


def _bandpass(generator: np.random.Generator, baseband: Baseband, shape: tuple[int, ...]) -> np.ndarray:
    """Gain of each antenna's receptors over frequency: a level, a slope, a ripple, and filters that close at the edges."""
    _, antennas, receptors, channels = shape
    across = np.linspace(-1, 1, channels)
    level, slope, ripple, phase = generator.normal(0, 1, size=(4, antennas, receptors, 1))
    gain = np.exp(0.2 * level + 0.15 * slope * across + 0.08 * ripple * np.cos(7 * across + 3 * phase))
    filtered: np.ndarray = COUNTS_PER_K * gain * (1 - 0.9 * np.exp(-baseband.edge_distance / 1.5))
    return filtered[None]


def _chopper_wheel(sky_power: np.ndarray, load_power: np.ndarray, tau: np.ndarray, double_sideband: bool) -> tuple[np.ndarray, np.ndarray]:
    """Trx and Tsys from the powers, as the online calibration does it, in steps of 1/32 K.

    Trx = (Thot Pamb - Tamb Phot) / (Phot - Pamb); Tsys = (1 + g) Psky (Thot - Tamb) / (Phot - Pamb) / (efficiency exp(-tau)),
    which is the Observing Tool's (1 + g) (Trx + efficiency Tsky + (1 - efficiency) Tspill) / (efficiency exp(-tau)).
    """
    ambient, hot = load_power[:, :, 0], load_power[:, :, 1]
    step = hot - ambient
    trec = (HOT_LOAD_K * ambient - AMBIENT_LOAD_K * hot) / step
    efficiency = FORWARD_EFFICIENCY * np.exp(-tau)
    tsys = (2 if double_sideband else 1) * sky_power * (HOT_LOAD_K - AMBIENT_LOAD_K) / step / efficiency
    return np.round(trec * 32) / 32, np.round(np.minimum(tsys, 1e6) * 32) / 32


def _fitted_water(plan: Plan, band: int, baseband: Baseband, scans: list[Scan], weather: Weather) -> np.ndarray:
    """The water that a fit to each receptor's sky finds, shape (calibration, antenna, receptor), in m."""
    times = np.array([scan.start_ns for scan in scans])
    generator = stream(plan.seed, "water fit", plan.number, band, int(baseband.name[-1]))
    over_antennas = weather.water_m(times)[:, None] * weather.water_over_antennas(plan, times)
    error = 1 + generator.normal(0, 0.015, size=(len(scans), len(plan.antennas), plan.polarisations))
    over_antennas = over_antennas + water_in_clouds(plan, baseband, opacity(baseband.frequency_hz), len(scans))
    misjudged = misjudged_water(plan, baseband, (*error.shape, 1))[..., 0]
    fitted: np.ndarray = np.round(over_antennas[:, :, None] * error * misjudged, 7)
    return fitted


def _scalar(spectrum: np.ndarray, inner: np.ndarray) -> np.ndarray:
    median: np.ndarray = np.median(spectrum[..., inner] if inner.any() else spectrum, axis=-1)
    return np.round(median * 65536) / 65536
