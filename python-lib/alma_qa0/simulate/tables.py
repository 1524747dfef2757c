"""The tables of an ASDM, as rows, from what was simulated."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import numpy as np

from alma_qa0.core.bands import BANDS, band_name
from alma_qa0.core.blocks import SIMULATED_OBSERVER
from alma_qa0.core.rows import Rows
from alma_qa0.simulate import observation
from alma_qa0.simulate.arrays import (
    MAKES,
    SITE_ALTITUDE_M,
    SITE_LATITUDE_RAD,
    SITE_LONGITUDE_RAD,
    Pad,
    baseline_lengths_m,
    family,
    geocentric_m,
)
from alma_qa0.simulate.atmosphere import opacity
from alma_qa0.simulate.calibrations import Calibrations
from alma_qa0.simulate.faults import radiometer_water_m
from alma_qa0.simulate.observation import Scan, Source
from alma_qa0.simulate.plan import Plan
from alma_qa0.simulate.receivers import FORWARD_EFFICIENCY, Baseband, sideband_gain
from alma_qa0.simulate.weather import Weather

_SECOND_NS = 10**9
_END_OF_TIME_NS = 2**63 - 1
_WVR_HZ = np.array([184.19e9, 185.25e9, 186.485e9, 188.51e9])  # the four filters of the water-vapour radiometers and their widths
_WVR_WIDTH_HZ = np.array([0.16e9, 0.75e9, 1.25e9, 2.5e9])
_WEATHER_STATION = "WSTB1"
# What the online calibration derives from a scan of each intent, in the order in which it comes.
_PRODUCTS = {
    observation.POINTING: ("CAL_POINTING",),
    observation.ATMOSPHERE: ("CAL_WVR", "CAL_ATMOSPHERE"),
    observation.BANDPASS: ("CAL_DELAY", "CAL_BANDPASS", "CAL_AMPLI", "CAL_PHASE"),
    observation.FLUX: ("CAL_AMPLI", "CAL_PHASE"),
    observation.PHASE: ("CAL_AMPLI", "CAL_PHASE"),
    observation.TARGET: (),
}
_ORIGINS = {"CAL_WVR": "WVR", "CAL_ATMOSPHERE": "FULL_RESOLUTION_AUTO", "CAL_BANDPASS": "FULL_RESOLUTION_CROSS"}


@dataclass(frozen=True, slots=True)
class Product:
    """One result of the online calibration: a row of CalData and of CalReduction. Its number counts them all."""

    number: int
    kind: str
    scans: tuple[Scan, ...]

    @property
    def cal_data_id(self) -> str:
        return f"CalData_{self.number}"

    @property
    def cal_reduction_id(self) -> str:
        return f"CalReduction_{self.number}"


@dataclass(frozen=True, slots=True)
class Window:
    """One spectral window of the setup."""

    number: int
    band: int
    baseband: Baseband
    frequency_hz: np.ndarray
    resolution: str  # FULL_RES or CH_AVG

    @property
    def tag(self) -> str:
        return f"SpectralWindow_{self.number}"


@dataclass(frozen=True, slots=True)
class Observed:
    """All of an Execution Block that its tables tell of."""

    plan: Plan
    pads: tuple[Pad, ...]
    basebands: Mapping[int, list[Baseband]]
    scans: list[Scan]
    weather: Weather

    @property
    def start_ns(self) -> int:
        return self.scans[0].start_ns - 20 * _SECOND_NS

    @property
    def end_ns(self) -> int:
        return self.scans[-1].end_ns + 5 * _SECOND_NS

    @property
    def sources(self) -> list[Source]:
        return list(dict.fromkeys(scan.source for scan in self.scans))

    def archive_uid(self, number: int) -> str:
        """The uid of a document of the project, such as its Scheduling Block."""
        return f"uid://A001/X{0x3800 + self.plan.seed:x}/X{16 * self.plan.number + number:x}"


def describing_tables(observed: Observed) -> dict[str, list[Rows]]:
    """Every table except the calibrations: what was observed, with what and in what weather."""
    windows = list(_windows(observed))
    return {
        "ExecBlock": _rows("ExecBlock", [_exec_block(observed)]),
        "SBSummary": _rows("SBSummary", [_sb_summary(observed)]),
        "Antenna": _rows("Antenna", _antennas(observed)),
        "Station": _rows("Station", _stations(observed)),
        "Source": _rows("Source", _sources(observed, windows)),
        "Field": _rows("Field", _fields(observed)),
        "SpectralWindow": _rows("SpectralWindow", (_spectral_window(window, windows) for window in windows)),
        "Receiver": _rows("Receiver", (_receiver(observed, window) for window in windows)),
        "Scan": _rows("Scan", (_scan(scan) for scan in observed.scans)),
        "Subscan": _rows("Subscan", (row for scan in observed.scans for row in _subscans(scan))),
        "Weather": _weather(observed),
    }


def products(observed: Observed) -> list[Product]:
    """What the online calibration derived, scan by scan: this is why a CalData's number is not its scan's."""
    derived: list[tuple[str, tuple[Scan, ...]]] = []
    for scan in observed.scans:
        kinds = [kind for kind in _PRODUCTS[scan.intents[0]] if kind != "CAL_WVR" or observation.WVR in scan.intents]
        derived += [(kind, (scan,)) for kind in kinds]
    on_phase = tuple(scan for scan in observed.scans if observation.PHASE in scan.intents)
    if on_phase:
        derived += [("CAL_CURVE", on_phase), ("CAL_SEEING", on_phase)]
    return [Product(number, kind, scans) for number, (kind, scans) in enumerate(derived)]


def product_tables(observed: Observed, derived: Sequence[Product]) -> dict[str, list[Rows]]:
    """CalData and CalReduction."""
    return {
        "CalData": _rows("CalData", (_cal_data(observed, product) for product in derived)),
        "CalReduction": _rows("CalReduction", (_cal_reduction(observed, product) for product in derived)),
    }


def cal_atmosphere(
    observed: Observed, derived: Sequence[Product], band: int, calibrations: Sequence[tuple[Baseband, Calibrations]],
) -> Iterator[dict[str, np.ndarray]]:
    """The columns of CalAtmosphere for each calibration and baseband of a band, in the order of time."""
    product_of = {product.scans[0].number: product for product in derived if product.kind == "CAL_ATMOSPHERE"}
    gain = sideband_gain(observed.plan, band)
    for turn in range(len(calibrations[0][1].scans)):
        for baseband, calibrated in calibrations:
            product = product_of[calibrated.scans[turn].number]
            if calibrated.present[turn].any():
                yield _atmosphere_columns(observed, band, baseband, calibrated, turn, product, gain)


def cal_wvr(observed: Observed, derived: Sequence[Product]) -> list[Rows]:
    """CalWVR: one row per antenna with a radiometer, 12 m wide, and atmosphere scan."""
    blocks = [_wvr_columns(observed, product) for product in derived if product.kind == "CAL_WVR"]
    return consecutive("CalWVR", blocks)


def consecutive(table: str, blocks: Iterable[Mapping[str, np.ndarray]]) -> list[Rows]:
    """Blocks of columns as the runs of rows of one table, numbered through."""
    runs: list[Rows] = []
    first = 1
    for columns in blocks:
        runs.append(Rows(table, table, first, columns))
        first += len(runs[-1])
    return runs


def _rows(table: str, records: Iterable[Mapping[str, object]]) -> list[Rows]:
    """Single rows as runs that share their columns and shapes."""
    arrays = [{name: _array(value) for name, value in record.items()} for record in records]
    runs = groupby(arrays, key=lambda record: [(name, value.shape) for name, value in record.items()])
    return consecutive(table, (_stacked(list(run)) for _, run in runs))


def _stacked(records: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.stack([record[name] for record in records]) for name in records[0]}


def _array(value: object) -> np.ndarray:
    array = np.asarray(value)
    return array.astype(object) if array.dtype.kind in "US" else array


def _repeated(count: int, value: object) -> np.ndarray:
    """The same value in every row."""
    array = _array(value)
    return np.broadcast_to(array, (count, *array.shape))


def _texts(*values: str) -> np.ndarray:
    return np.array(values, dtype=object)


# --- what was observed -----------------------------------------------------------------------------------------------------------

def _exec_block(observed: Observed) -> dict[str, object]:
    plan, lengths = observed.plan, baseline_lengths_m(observed.pads)
    return {
        "execBlockId": "ExecBlock_0", "startTime": observed.start_ns, "endTime": observed.end_ns, "execBlockNum": 1,
        "execBlockUID": plan.uid, "projectUID": observed.archive_uid(1), "configName": "C-5" if plan.family == "12-m" else plan.family,
        "telescopeName": "ALMA", "observerName": SIMULATED_OBSERVER, "numObservingLog": 1,
        "observingLog": _texts("Simulated: no telescope was moved."), "sessionReference": observed.archive_uid(2),
        "baseRangeMin": float(lengths.min(initial=np.inf)) if len(lengths) else 0.0, "baseRangeMax": float(lengths.max(initial=0.0)),
        "baseRmsMinor": 0.0, "baseRmsMajor": 0.0, "basePa": 0.0, "aborted": False, "numAntenna": len(plan.antennas),
        "schedulerMode": "SIMULATED", "siteAltitude": SITE_ALTITUDE_M, "siteLongitude": float(SITE_LONGITUDE_RAD),
        "siteLatitude": float(SITE_LATITUDE_RAD), "arrayName": family(plan.family).array_name,
        "antennaId": _texts(*(f"Antenna_{row}" for row in range(len(plan.antennas)))), "sBSummaryId": "SBSummary_0",
    }


def _sb_summary(observed: Observed) -> dict[str, object]:
    plan = observed.plan
    representative = observed.basebands[plan.bands[-1]][2].frequency_hz
    target = next(scan.source for scan in observed.scans if observation.TARGET in scan.intents)
    return {
        "sBSummaryId": "SBSummary_0", "sbSummaryUID": observed.archive_uid(3), "projectUID": observed.archive_uid(1),
        "obsUnitSetUID": observed.archive_uid(4), "frequency": float(representative[len(representative) // 2] / 1e9),
        "frequencyBand": band_name(plan.bands[-1]), "sbType": "OBSERVER", "sbDuration": observed.end_ns - observed.start_ns,
        "numObservingMode": 1, "observingMode": _texts("Standard Interferometry" if plan.family != "TP" else "Standard Single Dish"),
        "numberRepeats": 1, "numScienceGoal": 1, "scienceGoal": _texts(f"representativeFrequency = {representative.mean() / 1e9:.3f} GHz"),
        "numWeatherConstraint": 1, "weatherConstraint": _texts("maxPWVC = 5.186 mm"),
        "centerDirection": [target.right_ascension_rad, target.declination_rad],
    }


def _antennas(observed: Observed) -> Iterator[dict[str, object]]:
    for row, name in enumerate(observed.plan.antennas):
        yield {
            "antennaId": f"Antenna_{row}", "name": name, "antennaMake": MAKES[name[:2]], "antennaType": "GROUND_BASED",
            "dishDiameter": 7.0 if name.startswith("CM") else 12.0, "position": [0.0, 0.0, 7.5], "offset": [0.0, 0.0, 0.0],
            "time": observed.start_ns, "stationId": f"Station_{row}",
        }


def _stations(observed: Observed) -> Iterator[dict[str, object]]:
    for row, pad in enumerate(observed.pads):
        yield {"stationId": f"Station_{row}", "name": pad.name, "position": np.round(geocentric_m(pad), 6), "type": "ANTENNA_PAD"}
    middle = geocentric_m(Pad(_WEATHER_STATION, (0.0, 0.0, 0.0)))
    yield {
        "stationId": f"Station_{len(observed.pads)}", "name": _WEATHER_STATION, "position": np.round(middle, 6), "type": "WEATHER_STATION"}


def _sources(observed: Observed, windows: Sequence[Window]) -> Iterator[dict[str, object]]:
    for row, source in enumerate(observed.sources):
        for window in windows:
            yield {
                "sourceId": row, "timeInterval": _for_ever(observed), "code": "none",
                "direction": [source.right_ascension_rad, source.declination_rad], "properMotion": [0.0, 0.0],
                "sourceName": source.name, "directionCode": "ICRS", "spectralWindowId": window.tag,
            }


def _fields(observed: Observed) -> Iterator[dict[str, object]]:
    for row, source in enumerate(observed.sources):
        direction = [[source.right_ascension_rad, source.declination_rad]]
        yield {
            "fieldId": f"Field_{row}", "fieldName": source.name, "numPoly": 0, "delayDir": direction, "phaseDir": direction,
            "referenceDir": direction, "directionCode": "ICRS", "sourceId": row,
        }


def _windows(observed: Observed) -> Iterator[Window]:
    number = 0
    for band, basebands in observed.basebands.items():
        for baseband in basebands:
            for segment in baseband.segments:
                for resolution, frequency in (("FULL_RES", segment), ("CH_AVG", segment.mean(keepdims=True))):
                    yield Window(number, band, baseband, frequency, resolution)
                    number += 1


def _spectral_window(window: Window, windows: Sequence[Window]) -> dict[str, object]:
    full = windows[window.number - window.number % 2].frequency_hz
    width = float(abs(full[1] - full[0])) if len(full) > 1 else 2e9
    channel_width = width if window.resolution == "FULL_RES" else width * len(full)
    step = -channel_width if window.baseband.sideband == "LSB" else channel_width
    first = float(window.frequency_hz[0])
    part = window.number // 2 % window.baseband.windows + 1
    return {
        "spectralWindowId": window.tag, "basebandName": window.baseband.name, "netSideband": window.baseband.sideband,
        "numChan": len(window.frequency_hz), "refFreq": first, "sidebandProcessingMode": "NONE",
        "totBandwidth": width * len(full), "windowFunction": "UNIFORM", "chanFreqStart": first, "chanFreqStep": step,
        "chanWidth": channel_width, "correlationBit": "BITS_2x2", "effectiveBw": channel_width, "measFreqRef": "TOPO",
        "name": f"X0000000000#{band_name(window.band)}#{window.baseband.name}#SW-{part:02d}#{window.resolution}",
        "resolution": channel_width,
    }


def _receiver(observed: Observed, window: Window) -> dict[str, object]:
    side = window.baseband.sideband
    return {
        "receiverId": 0, "timeInterval": _for_ever(observed), "name": band_name(window.band), "numLO": 2,
        "frequencyBand": band_name(window.band), "freqLO": [window.baseband.local_oscillator_hz, 1.0e10],
        "receiverSideband": {"2SB": "TSB"}.get(BANDS[window.band].sidebands, BANDS[window.band].sidebands),
        "sidebandLO": _texts(side, "USB"), "spectralWindowId": window.tag,
    }


def _scan(scan: Scan) -> dict[str, object]:
    origin = _texts(*("WVR" if intent == observation.WVR else "FULL_RESOLUTION_AUTO" if intent == observation.ATMOSPHERE else
                      "CHANNEL_AVERAGE_CROSS" for intent in scan.intents))
    return {
        "scanNumber": scan.number, "startTime": scan.start_ns, "endTime": scan.end_ns, "numIntent": len(scan.intents),
        "numSubscan": len(scan.subscans), "scanIntent": _texts(*scan.intents), "calDataType": origin,
        "calibrationOnLine": [intent != observation.TARGET for intent in scan.intents], "numField": 1,
        "fieldName": _texts(scan.source.name), "sourceName": scan.source.name, "execBlockId": "ExecBlock_0",
    }


def _subscans(scan: Scan) -> Iterator[dict[str, object]]:
    start = scan.start_ns
    for number, (intent, seconds) in enumerate(scan.subscans, start=1):
        end = start + int(seconds * _SECOND_NS)
        integrations = max(int(seconds / 6.048), 1)
        yield {
            "scanNumber": scan.number, "subscanNumber": number, "startTime": start, "endTime": end, "fieldName": scan.source.name,
            "subscanIntent": intent, "subscanMode": "NO_SWITCHING", "numIntegration": integrations, "numSubintegration": [1] * integrations,
            "correlatorCalibration": "REAL_OBSERVATION", "execBlockId": "ExecBlock_0",
        }
        start = end


def _weather(observed: Observed) -> list[Rows]:
    starts = np.arange(observed.start_ns, observed.end_ns, 60 * _SECOND_NS)
    times = np.column_stack([starts, np.full_like(starts, 60 * _SECOND_NS)])
    speed, direction = observed.weather.wind(starts)
    return consecutive("Weather", [{
        "timeInterval": times, "pressure": observed.weather.pressure_pa(starts), "relHumidity": observed.weather.relative_humidity(starts),
        "temperature": observed.weather.temperature_k(starts), "windDirection": direction, "windSpeed": speed,
        "windMax": np.round(speed * 1.3, 1), "stationId": np.full(len(starts), f"Station_{len(observed.pads)}", dtype=object),
    }])


def _for_ever(observed: Observed) -> list[int]:
    """Start and duration of an interval that ends with the last nanosecond that can be told, as the observatory writes it."""
    return [observed.start_ns, (_END_OF_TIME_NS - observed.start_ns) // 2 * 2]


# --- what was derived ------------------------------------------------------------------------------------------------------------

def _cal_data(observed: Observed, product: Product) -> dict[str, object]:
    scans = product.scans
    return {
        "calDataId": product.cal_data_id, "startTimeObserved": scans[0].start_ns, "endTimeObserved": scans[-1].end_ns,
        "execBlockUID": observed.plan.uid, "calDataType": _ORIGINS.get(product.kind, "CHANNEL_AVERAGE_CROSS"), "calType": product.kind,
        "numScan": len(scans), "scanSet": [scan.number for scan in scans],
        "fieldName": _texts(*(scan.source.name for scan in scans)), "sourceName": _texts(*(scan.source.name for scan in scans)),
        "scanIntent": _texts(*(scan.intents[0] for scan in scans)),
    }


def _cal_reduction(observed: Observed, product: Product) -> dict[str, object]:
    return {
        "calReductionId": product.cal_reduction_id, "numApplied": 0, "appliedCalibrations": _texts(), "numParam": 2,
        "paramSet": _texts(f"TelCalReferenceAntennas={observed.plan.antennas[0]}", f"CalDataId={product.cal_data_id}"),
        "numInvalidConditions": 0, "invalidConditions": _texts(), "timeReduced": product.scans[-1].end_ns + 4 * _SECOND_NS,
        "messages": "", "software": "alma-qa0 simulator", "softwareVersion": "1",
    }


def _atmosphere_columns(
    observed: Observed, band: int, baseband: Baseband, calibrated: Calibrations, turn: int, product: Product, gain: np.ndarray,
) -> dict[str, np.ndarray]:
    here = calibrated.present[turn]
    antennas = np.array(observed.plan.antennas, dtype=object)[here]
    scan = calibrated.scans[turn]
    receptors, channels = observed.plan.polarisations, len(baseband.frequency_hz)
    same = partial(_repeated, len(antennas))
    start = np.array(scan.start_ns)
    return {
        "receiverBand": same(band_name(band)), "antennaName": antennas, "basebandName": same(baseband.name),
        "startValidTime": same(scan.start_ns), "endValidTime": same(scan.end_ns), "numFreq": same(channels), "numLoad": same(2),
        "numReceptor": same(receptors),
        "forwardEffSpectrum": same(np.full((receptors, channels), FORWARD_EFFICIENCY, dtype=np.float32)),
        "frequencyRange": same([baseband.frequency_hz.min(), baseband.frequency_hz.max()]),
        "groundPressure": same(observed.weather.pressure_pa(start)), "groundRelHumidity": same(observed.weather.relative_humidity(start)),
        "frequencySpectrum": same(baseband.frequency_hz), "groundTemperature": same(observed.weather.temperature_k(start)),
        "polarizationTypes": same(_texts(*"XY"[:receptors])), "powerSkySpectrum": calibrated.sky_power[turn, here].astype(np.float32),
        "powerLoadSpectrum": calibrated.load_power[turn, here].astype(np.float32), "syscalType": same("TEMPERATURE_SCALE"),
        "tAtmSpectrum": calibrated.tatm[turn, here], "tRecSpectrum": calibrated.trec[turn, here],
        "tSysSpectrum": calibrated.tsys[turn, here], "tauSpectrum": calibrated.tau[turn, here].astype(np.float32),
        "tAtm": calibrated.tatm_scalar[turn, here], "tRec": calibrated.trec_scalar[turn, here],
        "tSys": calibrated.tsys_scalar[turn, here], "tau": calibrated.tau_scalar[turn, here].astype(np.float32),
        "water": calibrated.water[turn, here], "waterError": calibrated.water_error[turn, here],
        "sbGain": gain[here].astype(np.float32), "calDataId": same(product.cal_data_id), "calReductionId": same(product.cal_reduction_id),
    }


def _wvr_columns(observed: Observed, product: Product) -> dict[str, np.ndarray]:
    plan, scan = observed.plan, product.scans[0]
    wide = np.array([not name.startswith("CM") for name in plan.antennas])
    names = np.array(plan.antennas, dtype=object)[wide]
    time = np.array([scan.start_ns])
    over_antennas = observed.weather.water_m(time) * observed.weather.water_over_antennas(plan, time)[0]
    seen = radiometer_water_m(plan, observation.tsys_scans(observed.scans, scan.band), scan, over_antennas)
    water = np.round(seen[wide], 7)
    mass = observation.airmass(observation.elevation_rad(scan.source, scan.start_ns))
    temperature = opacity(_WVR_HZ).sky(water[:, None], mass, observed.weather.temperature_k(time))
    same = partial(_repeated, len(names))
    return {
        "startValidTime": same(scan.start_ns), "endValidTime": same(scan.end_ns), "wvrMethod": same("ATM_MODEL"), "antennaName": names,
        "numInputAntennas": same(1), "inputAntennaNames": names[:, None], "numChan": same(4), "chanFreq": same(_WVR_HZ),
        "chanWidth": same(_WVR_WIDTH_HZ), "refTemp": np.round(temperature, 2)[:, None, :], "numPoly": same(1),
        "pathCoeff": same(np.full((1, 4, 1), 2.5e-5, dtype=np.float32)), "polyFreqLimits": same([84e9, 950e9]),
        "wetPath": np.round(water * 6.4, 6).astype(np.float32)[:, None], "dryPath": same(np.full(1, 1.27, dtype=np.float32)),
        "water": water, "calDataId": same(product.cal_data_id), "calReductionId": same(product.cal_reduction_id),
    }
