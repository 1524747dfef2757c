"""Another world to judge: Execution Blocks whose receivers, sky and faults are modelled otherwise than the simulator does.

The rules were not to learn the simulator. Here nothing is derived from powers and loads: spectra of Trx are drawn, faults are multiplied
onto them, and Tsys follows from Trx and the sky. How noisy and how uneven the receivers are is drawn anew for each Execution Block, over
wide ranges: channels of 0.3 to 2 % noise, polarisations that differ by a fifth throughout the array, ripple that all antennas share,
clouds that each antenna sees otherwise, edges that spike tenfold. Scans, antennas, tunings and the tables around them are the simulator's.
"""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from alma_qa0.asdm.writer import write_asdm
from alma_qa0.core.bands import BANDS
from alma_qa0.core.blocks import file_name
from alma_qa0.core.spectra import edge_mask
from alma_qa0.simulate.arrays import choose_pads, family
from alma_qa0.simulate.atmosphere import opacity
from alma_qa0.simulate.calibrations import Calibrations
from alma_qa0.simulate.fault_kinds import Fault, FaultKind
from alma_qa0.simulate.observation import Scan, airmass, elevation_rad, schedule, tsys_scans
from alma_qa0.simulate.plan import Plan, random_plan, stream
from alma_qa0.simulate.receivers import Baseband, tune
from alma_qa0.simulate.tables import Observed, cal_atmosphere, cal_wvr, consecutive, describing_tables, product_tables, products
from alma_qa0.simulate.weather import Weather, weather_of

ARRAYS = (("12-m", 43), ("12-m", 16), ("12-m", 5), ("12-m", 3), ("7-m", 9), ("7-m", 4), ("TP", 4), ("TP", 3))
CHANNELS = (128, 128, 128, 128, 128, 64, 240, 480, 128, 128, 1920, 128, 240, 64, 480, 3840)
_K = FaultKind
_BY_PLACE = frozenset({_K.HIGH, _K.LOW, _K.BASEBAND_OFF, _K.SLOPE, _K.TEETH, _K.BUMP, _K.BIRDIE, _K.EDGE, _K.JUMP})


@dataclass(frozen=True, slots=True)
class Character:
    """How uneven one Execution Block is: standard deviations of logarithms, unless said otherwise."""

    noise: float  # from channel to channel
    noise_of_loads: bool  # by the radiometer equation, or in terms of Trx
    antennas: float
    polarisation: float  # X over Y, of the whole array
    polarisations: float
    basebands: float
    receptors: float
    tilt: float
    ripple: float
    common_ripple: float  # amplitude
    drift: float  # of Trx from scan to scan
    place: float  # of the water over the antennas
    fit: float  # of the water
    edge_channels: float  # of 15.6 MHz, or of their own where there are few


def rough_plan(seed: int, number: int) -> Plan:
    """An Execution Block of this world without faults: array, channels, scans, band and weather by the seed."""
    generator = stream(seed, "rough plan", number)
    plan = random_plan(seed, number, arrays=ARRAYS, channels=CHANNELS, calibrations=(1, 12))
    polarisations = 1 if generator.random() < 0.06 else 2
    return replace(plan, faults=(), polarisations=polarisations)


def write_rough_block(out: Path, plan: Plan) -> Path:
    """Writes the ASDM of an Execution Block of this world into a folder of its own below ``out``."""
    scans = schedule(plan)
    observed = Observed(
        plan=plan, pads=choose_pads(stream(plan.seed, "pads", plan.number), family(plan.family), len(plan.antennas)),
        basebands={band: tune(plan, band) for band in plan.bands}, scans=scans, weather=weather_of(plan, scans[0].start_ns))
    derived = products(observed)
    receiver = _Receivers(plan, observed.weather, scans)
    calibrated = [(baseband, receiver.calibrations(baseband)) for baseband in observed.basebands[plan.bands[0]]]
    tables = {
        **describing_tables(observed), **product_tables(observed, derived),
        "CalAtmosphere": consecutive("CalAtmosphere", list(cal_atmosphere(observed, derived, plan.bands[0], calibrated))),
        "CalWVR": cal_wvr(observed, derived)}
    folder = out / file_name(plan.uid)
    write_asdm(folder, plan.uid, tables, encoding="binary", byte_order="little", schema_version=3, time_of_creation=plan.start)
    return folder


class _Receivers:
    """The receivers and the sky of one Execution Block."""

    def __init__(self, plan: Plan, weather: Weather, scans: list[Scan]) -> None:
        self.plan, self.weather = plan, weather
        self.band = plan.bands[0]
        self.scans = tsys_scans(scans, self.band)
        self.generator = partial(stream, plan.seed, "rough")
        generator = self.generator(plan.number)
        self.character = _character(generator)
        n_antennas = len(plan.antennas)
        self.antenna = np.exp(generator.normal(0, self.character.antennas, n_antennas)) * _chronic(generator, n_antennas)
        self.antenna *= BANDS[self.band].trec_typical_k * generator.uniform(0.75, 1.15)
        of_x = generator.normal(0, self.character.polarisations, n_antennas) + np.log(self.character.polarisation)
        self.polarisation = np.exp(np.column_stack([of_x, -of_x]) / 2)[:, :plan.polarisations]
        self.common = generator.normal(0, 1, 4)
        self.drift = np.exp(generator.normal(0, 0.003, len(self.scans)))
        self.clouds = _clouds(generator, len(self.scans), n_antennas)

    def calibrations(self, baseband: Baseband) -> Calibrations:
        """All calibrations of a baseband, with the faults of the plan."""
        generator = self.generator(self.plan.number, int(baseband.name[-1]))
        trec = _disturbed(self.plan, baseband, self._trec(generator, baseband), generator)
        tsys, tatm, tau, water = self._sky(generator, baseband, trec)
        inner = ~edge_mask(baseband.frequency_hz)
        inner = inner if inner.any() else np.ones_like(inner)
        made = Calibrations(
            scans=self.scans, trec=trec, tsys=tsys, tatm=tatm, tau=tau, sky_power=np.zeros(trec.shape, np.float32),
            load_power=np.zeros((*trec.shape[:2], 2, *trec.shape[2:]), np.float32),
            **{f"{name}_scalar": np.median(values[..., inner], axis=-1) for name, values in
               (("trec", trec), ("tsys", tsys), ("tatm", tatm), ("tau", tau))},
            water=water, water_error=water * 0.02, present=np.ones(trec.shape[:2], dtype=bool))
        _spoil(self.plan, baseband, made)
        return made

    def _trec(self, generator: np.random.Generator, baseband: Baseband) -> np.ndarray:
        """Shape (calibration, antenna, receptor, channel), in K."""
        own, shape = self.character, (len(self.plan.antennas), self.plan.polarisations)
        level = self.antenna[:, None] * self.polarisation * np.exp(
            generator.normal(0, 0.08) + generator.normal(0, own.basebands, (shape[0], 1)) + generator.normal(0, own.receptors, shape))
        across = np.linspace(-1, 1, len(baseband.frequency_hz))
        course = 0.08 * self.common[0] * across + 0.06 * self.common[1] * across**2
        course = course + own.common_ripple * np.cos(3 * self.common[2] + baseband.frequency_hz / (0.1e9 + 0.05e9 * abs(self.common[3])))
        course = course + own.tilt * (generator.normal(0, 1, (*shape, 1)) * across + generator.normal(0, 0.7, (*shape, 1)) * across**2)
        for _ in range(3):
            period_hz = 10 ** generator.uniform(np.log10(0.3e9), np.log10(4e9), (*shape, 1))
            wave = np.cos(2 * np.pi * baseband.frequency_hz / period_hz + generator.uniform(0, 2 * np.pi, (*shape, 1)))
            course = course + own.ripple * generator.normal(0, 1, (*shape, 1)) * wave
        still = level[..., None] * np.exp(course) * _edges(generator, baseband, shape, own.edge_channels)
        drift = self.drift[:, None, None, None] * np.exp(generator.normal(0, own.drift, (len(self.scans), *shape, 1)))
        noise = own.noise * np.exp(generator.normal(0, 0.12, (*shape, 1))) * ((still + 300) / (level.mean() + 300) * level.mean() / still
                                                                             if own.noise_of_loads else 1)
        scatter = generator.standard_normal((len(self.scans), *still.shape), dtype=np.float32)
        trec: np.ndarray = still * drift * (1 + noise * scatter)
        return trec

    def _sky(self, generator: np.random.Generator, baseband: Baseband, trec: np.ndarray) -> tuple[np.ndarray, ...]:
        """Tsys, Tatm, tau of the shape of ``trec`` and the water of each receptor, from a sky that Trx knows nothing of."""
        own, shape = self.character, trec.shape[:3]
        times = np.array([scan.start_ns for scan in self.scans])
        masses = airmass(np.array([float(elevation_rad(scan.source, scan.start_ns)) for scan in self.scans]))[:, None, None, None]
        ground = self.weather.temperature_k(times)[:, None, None, None]
        over = self.weather.water_m(times)[:, None] * np.exp(self.generator(self.plan.number, 9).normal(0, own.place, shape[1]))
        clear = opacity(baseband.frequency_hz)
        tau = clear.zenith(over[..., None, None]) * masses
        cloud = self.clouds[..., None, None] * np.median(baseband.frequency_hz) / 225e9
        sky = (ground - 15) * (1 - np.exp(-tau - cloud))
        noise = 1 + own.noise * generator.uniform(0.3, 0.8) * generator.standard_normal(trec.shape, dtype=np.float32)
        tsys = (2 if BANDS[self.band].sidebands == "DSB" else 1) * (trec + 0.95 * sky + 13) * noise / (0.95 * np.exp(-tau - cloud))
        water = over[..., None] * np.exp(generator.normal(0, own.fit, shape)) + 5e-3 * self.clouds[..., None]
        wide = np.ones(trec.shape)
        wrong = [fault for fault in self.plan.faults if fault.kind is _K.WRONG_WATER]
        for fault in wrong:
            water[_place(self.plan, fault, baseband, shape)] *= fault.size
        return tsys, (ground - 15) * wide, tau * wide, np.minimum(water, 0.019)


def _character(generator: np.random.Generator) -> Character:
    draw = generator.uniform
    return Character(
        noise=10 ** draw(np.log10(0.003), np.log10(0.02)), noise_of_loads=bool(draw() < 0.5), antennas=draw(0.04, 0.13),
        polarisation=draw(0.85, 1.18), polarisations=draw(0.02, 0.07), basebands=draw(0.01, 0.05), receptors=draw(0.01, 0.04),
        tilt=draw(0.008, 0.025), ripple=draw(0.002, 0.007), common_ripple=draw(0, 0.03), drift=draw(0.002, 0.015), place=draw(0.003, 0.02),
        fit=draw(0.01, 0.04), edge_channels=draw(0.6, 1.3))


def _chronic(generator: np.random.Generator, n_antennas: int) -> np.ndarray:
    return np.where(generator.random(n_antennas) < 0.08, generator.uniform(1.2, 1.3, n_antennas), 1.0)


def _clouds(generator: np.random.Generator, n_scans: int, n_antennas: int) -> np.ndarray:
    """Opacity at 225 GHz, shape (calibration, antenna); a cloud hangs over each antenna with another thickness."""
    passing = (generator.random((n_scans, 1)) < 0.3) & (generator.random() < 0.3)
    uneven = np.clip(generator.normal(1, generator.uniform(0.03, 0.15), (n_scans, n_antennas)), 0.5, 1.5)
    return passing * 10 ** generator.uniform(-2, -0.6, (n_scans, 1)) * uneven


def _edges(generator: np.random.Generator, baseband: Baseband, shape: tuple[int, int], reach: float) -> np.ndarray:
    """How much the noise spikes at either end, tenfold at worst; gone after five channels or so, of TDM or of its own where few."""
    count = len(baseband.frequency_hz)
    tdm = 15.625e6 / baseband.channel_width_hz
    scale = reach * (max(tdm, 1.0) if generator.random() < 0.7 or count > 480 else 1.0) / 1.2
    number = np.arange(count)
    heights = np.minimum(generator.lognormal(0.5, 0.9, (2, *shape, 1)), 9)
    spikes: np.ndarray = 1 + heights[0] * np.exp(-number / scale) + heights[1] * np.exp(-number[::-1] / scale)
    return spikes


# --- faults -------------------------------------------------------------------------------------------------------------------

def _place(plan: Plan, fault: Fault, baseband: Baseband, shape: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """The index of a fault's place in an array (calibration, antenna, receptor); empty in other basebands."""
    here = fault.baseband in (None, baseband.name)
    return np.ix_(
        [turn for turn in range(shape[0]) if here and (not fault.calibrations or turn + 1 in fault.calibrations)],
        [row for row, name in enumerate(plan.antennas) if fault.antenna in (None, name)],
        [row for row in range(shape[2]) if fault.polarisation is None or fault.polarisation.value == "XY"[row]])


def _disturbed(plan: Plan, baseband: Baseband, trec: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    for number, fault in enumerate(plan.faults):
        place = _place(plan, fault, baseband, trec.shape)
        own = stream(plan.seed, "rough fault", plan.number, number)
        if fault.kind in _BY_PLACE:
            trec[place] *= np.maximum(_factor(fault, own, baseband), 0.02)
        elif fault.kind is _K.NOISY:
            trec[place] *= np.maximum(1 + fault.size * generator.standard_normal(trec[place].shape), 0.02)
        elif fault.kind is _K.SWAPPED:
            trec[place] = trec[place][:, :, ::-1]
        elif fault.kind is _K.BAD_LOAD:
            trec[place] = -np.abs(trec[place]) * own.uniform(0.3, 1.5)
    return trec


def _factor(fault: Fault, generator: np.random.Generator, baseband: Baseband) -> np.ndarray:
    """What Trx is multiplied with in each channel."""
    count, width_hz = len(baseband.frequency_hz), baseband.channel_width_hz
    number = np.arange(count)
    first, end = fault.channels or (0, count)
    match fault.kind:
        case _K.SLOPE:
            ripple = np.sin(2 * np.pi * number * width_hz / generator.uniform(0.15e9, 0.6e9) + generator.uniform(0, 6))
            return np.asarray(1 + fault.size * (generator.choice([-1, 1]) * (number / count - 0.5) + ripple * generator.uniform(0.1, 0.2)))
        case _K.TEETH:
            return np.asarray(1 + fault.size * (((number + generator.integers(8)) // 4 % 2) - 0.5))
        case _K.BUMP:
            offset_hz = (number - (first + end - 1) / 2) * width_hz
            return np.asarray(1 + fault.size * np.exp(-4 * np.log(2) * (offset_hz / 0.5e9) ** 2))
        case _K.BIRDIE:
            lone = np.zeros(count)
            lone[first:end] = 1.0
            if generator.random() < 0.3:
                lone[max(first - 1, 0):first] = lone[end:end + 1] = 0.4
            return np.asarray(1 + fault.size * lone)
        case _K.EDGE:
            from_edge = number if first == 0 else number[::-1]
            return np.asarray(1 + fault.size * np.clip(1 - from_edge / (count / 8), 0, None))
        case _K.JUMP:
            return np.full(count, 1 + fault.size * (1 if generator.random() < 0.6 else -0.75))
        case _:
            return np.full(count, fault.size)


def _spoil(plan: Plan, baseband: Baseband, made: Calibrations) -> None:
    for fault in plan.faults:
        place = _place(plan, fault, baseband, made.trec.shape)
        if fault.kind is _K.DEAD:
            for values in (made.trec, made.tsys, made.trec_scalar, made.tsys_scalar):
                values[place] = fault.size
        elif fault.kind is _K.BAD_WATER:
            made.water[place] = fault.size
        elif fault.kind in (_K.MISSING_SCAN, _K.MISSING_ANTENNA):
            made.present[place[0][:, :, 0], place[1][:, :, 0]] = False
