"""The scans of an Execution Block in their order, and where on the sky each of them looks."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from alma_qa0.core.blocks import to_array_time
from alma_qa0.simulate.arrays import SITE_LATITUDE_RAD, SITE_LONGITUDE_RAD
from alma_qa0.simulate.fault_kinds import FaultKind
from alma_qa0.simulate.plan import Plan, stream

# Quasars that ALMA monitors: their names say where they are.
_GRID = """
    J0006-0623 J0237+2848 J0238+1636 J0319+4130 J0334-4008 J0423-0120 J0510+1800 J0519-4546 J0522-3627 J0538-4405 J0635-7516 J0725-0054
    J0750+1231 J0854+2006 J1037-2934 J1058+0133 J1107-4449 J1146+3958 J1229+0203 J1256-0547 J1331+3030 J1337-1257 J1427-4206 J1517-2422
    J1550+0527 J1617-5848 J1642+3948 J1733-1304 J1751+0939 J1924-2914 J2000-1748 J2025+3343 J2056-4714 J2148+0657 J2157-6941 J2202+4216
    J2232+1143 J2253+1608 J2258-2758 J2357-5311
"""
_LOWEST_ELEVATION_RAD = np.radians(25)
_GAP_S = 12.0  # slewing and setting up between two scans
_MINUTE_NS = 60 * 10**9

POINTING, ATMOSPHERE, BANDPASS, FLUX, PHASE, TARGET = (
    "CALIBRATE_POINTING", "CALIBRATE_ATMOSPHERE", "CALIBRATE_BANDPASS", "CALIBRATE_FLUX", "CALIBRATE_PHASE", "OBSERVE_TARGET")
WVR = "CALIBRATE_WVR"
# Subscans of a scan of each intent: their intent and their length in seconds.
_SUBSCANS = {
    POINTING: (("ON_SOURCE", 21.0),) * 5,
    ATMOSPHERE: (("OFF_SOURCE", 9.0), ("AMBIENT", 9.0), ("HOT", 9.0)),
    BANDPASS: (("ON_SOURCE", 60.0),) * 5,
    FLUX: (("ON_SOURCE", 50.0),) * 3,
    PHASE: (("ON_SOURCE", 30.0),),
    TARGET: (("ON_SOURCE", 60.0),) * 2,
}


@dataclass(frozen=True, slots=True)
class Source:
    """Something on the sky."""

    name: str
    right_ascension_rad: float
    declination_rad: float


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan; times in nanoseconds since MJD 0. ``band`` is the receiver band that it uses."""

    number: int
    start_ns: int
    intents: tuple[str, ...]
    source: Source
    band: int
    subscans: tuple[tuple[str, float], ...]

    @property
    def duration_ns(self) -> int:
        return int(sum(seconds for _, seconds in self.subscans) * 1e9)

    @property
    def end_ns(self) -> int:
        return self.start_ns + self.duration_ns


def schedule(plan: Plan) -> list[Scan]:
    """All scans of an Execution Block. A 12-m one of eight Tsys scans takes some 75 minutes."""
    steps = list(_total_power(plan) if plan.family == "TP" else _interferometer(plan))
    scans: list[Scan] = []
    time_ns = int(to_array_time(np.array(plan.start))) + 20 * 10**9
    length_s = sum(_GAP_S + sum(seconds for _, seconds in _SUBSCANS[intent]) for intent, _, _ in steps)
    sources = _choose_sources(plan, time_ns + int(length_s * 1e9))
    has_radiometers = plan.family != "7-m"
    for number, (intent, role, band) in enumerate(steps, start=1):
        intents = (intent, WVR) if has_radiometers and intent != TARGET else (intent,)
        scans.append(Scan(number, time_ns, intents, sources[role], band, _SUBSCANS[intent]))
        time_ns = scans[-1].end_ns + int(_GAP_S * 1e9)
    return scans


def tsys_scans(scans: list[Scan], band: int) -> list[Scan]:
    """The scans with a Tsys calibration of a band, in their order: what ``Fault.calibrations`` counts."""
    return [scan for scan in scans if scan.band == band and ATMOSPHERE in scan.intents]


def elevation_rad(source: Source, time_ns: np.ndarray | int) -> np.ndarray:
    """Elevation of a source above the site's horizon."""
    hour_angle = _sidereal_time_rad(np.asarray(time_ns)) - source.right_ascension_rad
    sine = np.sin(SITE_LATITUDE_RAD) * np.sin(source.declination_rad) + (
        np.cos(SITE_LATITUDE_RAD) * np.cos(source.declination_rad) * np.cos(hour_angle))
    elevation: np.ndarray = np.arcsin(sine)
    return elevation


def airmass(elevation: np.ndarray) -> np.ndarray:
    """Airmass of a flat atmosphere; not below 5 degrees, where no antenna looks."""
    mass: np.ndarray = 1 / np.sin(np.maximum(elevation, np.radians(5)))
    return mass


def _interferometer(plan: Plan) -> Iterator[tuple[str, str, int]]:
    """Intent, role of the source and band of each scan of a 12-m or 7-m Execution Block."""
    first, last = plan.bands[0], plan.bands[-1]
    left = plan.calibrations
    yield POINTING, "bandpass", first
    yield from ((ATMOSPHERE, "bandpass", band) for band in plan.bands)
    yield from ((BANDPASS, "bandpass", band) for band in plan.bands)
    left -= 1
    if left >= 3:
        yield from ((ATMOSPHERE, "flux", band) for band in plan.bands)
        left -= 1
    yield FLUX, "flux", last
    yield POINTING, "phase", first
    if left >= 2:
        yield from ((ATMOSPHERE, "phase", band) for band in plan.bands)
        left -= 1
    for turn in range(max(left, 1)):
        if turn and turn % 3 == 0:
            yield POINTING, "phase", first
        yield from ((ATMOSPHERE, "target", band) for band in plan.bands if left)
        yield from ((PHASE, "phase", first), (TARGET, "target", last)) * 3
    yield PHASE, "phase", first


def _total_power(plan: Plan) -> Iterator[tuple[str, str, int]]:
    """The same for single dishes: no phases, the target and its Tsys scans only."""
    yield POINTING, "phase", plan.bands[0]
    for _ in range(plan.calibrations):
        yield from ((ATMOSPHERE, "target", band) for band in plan.bands)
        yield from ((TARGET, "target", band) for band in (*plan.bands, *plan.bands))


def _choose_sources(plan: Plan, end_ns: int) -> dict[str, Source]:
    """A calibrator of each kind and a target, all of them up during the Execution Block."""
    generator = stream(plan.seed, "sources", plan.number)
    middle_ns = int(to_array_time(np.array(plan.start))) + 40 * _MINUTE_NS
    grid = [_from_name(name) for name in _GRID.split()]
    up = [source for source in grid if min(elevation_rad(source, middle_ns + np.array([-45, 45]) * _MINUTE_NS)) > _LOWEST_ELEVATION_RAD]
    bandpass, flux = (up[i] for i in generator.permutation(len(up))[:2])
    target_ra = _sidereal_time_rad(np.asarray(middle_ns)) - generator.uniform(-1.2, 1.2) * np.pi / 12
    target_dec = np.radians(generator.uniform(-60, 12))
    for fault in plan.faults:
        if fault.kind is FaultKind.AIRMASS:
            target_ra, target_dec = _setting(end_ns, fault.size)
    target = _named(float(target_ra), float(target_dec), "SIM_")
    phase = _named(float(target_ra + generator.uniform(-0.06, 0.06)), float(target_dec + generator.uniform(-0.05, 0.05)))
    return {"bandpass": bandpass, "flux": flux, "phase": phase, "target": target}


def _setting(time_ns: int, mass: float) -> tuple[np.ndarray, float]:
    """Right ascension and declination of what passes the zenith and stands, at this time, at this airmass in the west."""
    cosine = (1 / mass - np.sin(SITE_LATITUDE_RAD) ** 2) / np.cos(SITE_LATITUDE_RAD) ** 2
    return _sidereal_time_rad(np.asarray(time_ns)) - np.arccos(cosine), float(SITE_LATITUDE_RAD)


def _from_name(name: str) -> Source:
    """A source from a name like J0510+1800."""
    hours, minutes, degrees, arcminutes = int(name[1:3]), int(name[3:5]), int(name[6:8]), int(name[8:10])
    sign = -1 if name[5] == "-" else 1
    return Source(name, (hours + minutes / 60) * np.pi / 12, sign * np.radians(degrees + arcminutes / 60))


def _named(right_ascension_rad: float, declination_rad: float, prefix: str = "") -> Source:
    """A source named for its place, to the minute; its place is then that of its name."""
    minutes = int(right_ascension_rad % (2 * np.pi) * 720 / np.pi)
    arcminutes = int(np.degrees(abs(declination_rad)) * 60)
    sign = "-" if declination_rad < 0 else "+"
    name = f"J{minutes // 60:02d}{minutes % 60:02d}{sign}{arcminutes // 60:02d}{arcminutes % 60:02d}"
    place = _from_name(name)
    return Source(prefix + name, place.right_ascension_rad, place.declination_rad)


def _sidereal_time_rad(time_ns: np.ndarray) -> np.ndarray:
    """Local mean sidereal time at the site (USNO's approximation, good to a second)."""
    days_since_2000 = time_ns / 86400e9 - 51544.5
    local_time: np.ndarray = np.radians(280.46061837 + 360.98564736629 * days_since_2000) + SITE_LONGITUDE_RAD
    return local_time
