"""Faults put where they happen: in the receiver, its loads, the sky, the fit of the water, or the rows that are written."""

from dataclasses import replace

import numpy as np

from alma_qa0.simulate.atmosphere import Opacity
from alma_qa0.simulate.calibrations import Calibrations
from alma_qa0.simulate.fault_kinds import CHANNELS_OF_TOOTH, TOOTH_HZ, Fault, FaultKind
from alma_qa0.simulate.observation import Scan
from alma_qa0.simulate.plan import Plan, stream
from alma_qa0.simulate.receivers import AMBIENT_LOAD_K, HOT_LOAD_K, Baseband

_IN_RECEIVER = frozenset({
    FaultKind.SWAPPED, FaultKind.HIGH, FaultKind.LOW, FaultKind.BASEBAND_OFF, FaultKind.SLOPE, FaultKind.TEETH, FaultKind.BUMP,
    FaultKind.BIRDIE, FaultKind.EDGE, FaultKind.JUMP})
_LEAST_FACTOR = 0.02  # no receiver is without noise
_WATER_SEEN_IN_A_CLOUD_M = 0.5e-3  # by a radiometer at 183 GHz, for a cloud of opacity 1 there
_MOST_WATER_IN_A_CLOUD_M = 10e-3  # where the fit gives up


# --- the receiver and its loads ---------------------------------------------------------------------------------------------------

def disturbed_noise(plan: Plan, baseband: Baseband, noise: np.ndarray) -> np.ndarray:
    """True Trx with its faults, shape (calibration, antenna, receptor, channel). Swapped cables swap what is still in order."""
    faults = _numbered(plan, *_IN_RECEIVER)
    noise = noise.copy() if faults else noise
    for fault, generator in sorted(faults, key=lambda pair: pair[0].kind is not FaultKind.SWAPPED):
        place = _place(plan, fault, baseband, noise.shape)
        if fault.kind is FaultKind.SWAPPED:
            noise[place] = noise[place][:, :, ::-1]
        else:
            noise[place] *= np.maximum(_factor(fault, generator, baseband, place[3].ravel()), _LEAST_FACTOR)
    return noise


def _factor(fault: Fault, generator: np.random.Generator, baseband: Baseband, channels: np.ndarray) -> np.ndarray:
    """What Trx is multiplied with in each of these channels."""
    across = np.linspace(-1, 1, len(channels))
    match fault.kind:
        case FaultKind.SLOPE:
            period_hz, phase = generator.uniform(0.2e9, 0.5e9), generator.uniform(0, 2 * np.pi)
            ripple = np.cos(2 * np.pi * baseband.frequency_hz[channels] / period_hz + phase)
            return np.asarray(1 + fault.size / 2 * across + fault.size / 6 * ripple)
        case FaultKind.TEETH:
            tooth = _channels_of_tooth(generator, baseband)
            return np.asarray(1 + fault.size * (0.5 - (channels + int(generator.integers(2 * tooth))) // tooth % 2))
        case FaultKind.BUMP:
            return np.asarray(1 + fault.size * np.cos(np.pi / 2 * across))
        case FaultKind.EDGE:
            from_edge = across if len(channels) and channels[0] == 0 else -across
            return np.asarray(1 + fault.size * (1 - from_edge) / 2)
        case FaultKind.BIRDIE | FaultKind.JUMP:
            return np.full(len(channels), 1 + fault.size)
        case _:
            return np.full(len(channels), fault.size)


def _channels_of_tooth(generator: np.random.Generator, baseband: Baseband) -> int:
    of_filter = round(TOOTH_HZ / baseband.channel_width_hz)
    return of_filter if of_filter > CHANNELS_OF_TOOTH and generator.random() < 0.5 else CHANNELS_OF_TOOTH


def disturbed_loads(plan: Plan, baseband: Baseband, shape: tuple[int, ...]) -> tuple[np.ndarray, float]:
    """True temperatures of the ambient load, broadcast to ``shape``, and of the hot load."""
    faults = [fault for fault in plan.faults if fault.kind is FaultKind.BAD_LOAD]
    ambient = np.full(shape if faults else (1, 1, 1, 1), AMBIENT_LOAD_K)
    for fault in faults:
        ambient[_place(plan, fault, baseband, shape)] -= fault.size
    return ambient, HOT_LOAD_K


def add_scatter(plan: Plan, baseband: Baseband, noise: np.ndarray, relative: np.ndarray) -> None:
    """Scatter, in ``relative`` powers (calibration, antenna, sky and loads, receptor, channel), that makes Trx as noisy as was asked.

    An error e of both loads' powers makes one of sqrt(2) e (Trx + Tamb) (Trx + Thot) / (Thot - Tamb) of Trx.
    """
    for fault, generator in _numbered(plan, FaultKind.NOISY):
        drawn = generator.standard_normal(relative.shape, dtype=np.float32)
        calibrations, antennas, receptors, channels = place = _place(plan, fault, baseband, noise.shape)
        trec = noise[place]
        deviation = fault.size * trec * (HOT_LOAD_K - AMBIENT_LOAD_K) / (np.sqrt(2) * (trec + AMBIENT_LOAD_K) * (trec + HOT_LOAD_K))
        for power in range(relative.shape[2]):
            here = (calibrations, antennas, power, receptors, channels)
            relative[here] += deviation * drawn[here]


# --- the sky ----------------------------------------------------------------------------------------------------------------------

def disturbed_sky(plan: Plan, baseband_name: str, frequency_hz: np.ndarray, clear: Opacity, calibrations: int) -> tuple[Opacity, Opacity]:
    """The opacity over each antenna, and over the array in the mean, with its clouds and more or less ozone."""
    for fault in plan.faults:
        if fault.kind is FaultKind.OZONE and fault.baseband in (None, baseband_name):
            clear = replace(clear, ozone=clear.ozone * fault.size)
    if not any(fault.kind is FaultKind.CLOUD for fault in plan.faults):
        return clear, clear
    over_antennas, mean = (
        liquid[..., None, None] * _of_liquid(frequency_hz) for liquid in liquid_over_antennas(plan, calibrations))
    return replace(clear, liquid=over_antennas), replace(clear, liquid=mean)


def liquid_over_antennas(plan: Plan, calibrations: int) -> tuple[np.ndarray, np.ndarray]:
    """Zenith opacity of clouds at 225 GHz, shape (calibration, antenna), and its mean over the array, (calibration, 1)."""
    liquid = np.zeros((calibrations, len(plan.antennas)))
    mean = np.zeros((calibrations, 1))
    for fault, generator in _numbered(plan, FaultKind.CLOUD):
        here = [turn for turn in range(calibrations) if not fault.calibrations or turn + 1 in fault.calibrations]
        thickness = fault.size * generator.uniform(0.7, 1.0, size=(plan.calibrations, 1))[here]
        mean[here] += thickness
        liquid[here] += thickness * np.clip(1 + generator.normal(0, 0.06, size=(plan.calibrations, len(plan.antennas)))[here], 0.8, 1.2)
    return liquid, mean


def _of_liquid(frequency_hz: np.ndarray) -> np.ndarray:
    """Opacity of liquid water in terms of that at 225 GHz: beyond its relaxation it grows with the frequency, not with its square."""
    return np.asarray(frequency_hz / 225e9)


def water_in_clouds(plan: Plan, baseband: Baseband, clear: Opacity, calibrations: int) -> np.ndarray:
    """The vapour, in m, that the fit takes a cloud for, shape (calibration, antenna)."""
    if not any(fault.kind is FaultKind.CLOUD for fault in plan.faults):
        return np.zeros((1, 1))
    liquid, _ = liquid_over_antennas(plan, calibrations)
    return np.asarray(np.minimum(liquid * np.median(_of_liquid(baseband.frequency_hz) / clear.water), _MOST_WATER_IN_A_CLOUD_M))


# --- the water --------------------------------------------------------------------------------------------------------------------

def misjudged_water(plan: Plan, baseband: Baseband, shape: tuple[int, ...]) -> np.ndarray:
    """The factor by which the fit finds too much water, shape (calibration, antenna, receptor, 1), or all ones of length 1."""
    faults = [fault for fault in plan.faults if fault.kind is FaultKind.WRONG_WATER]
    factor = np.ones((*shape[:3], 1) if faults else (1, 1, 1, 1))
    for fault in faults:
        factor[_place(plan, fault, baseband, factor.shape)] *= fault.size
    return factor


def radiometer_water_m(plan: Plan, scan_of_turn: list[Scan], scan: Scan, water_m: np.ndarray) -> np.ndarray:
    """What the radiometers read, shape (antenna,), given the water over each of them during one Tsys scan of a band."""
    turn = scan_of_turn.index(scan)
    liquid = liquid_over_antennas(plan, len(scan_of_turn))[0][turn]
    read = water_m + _WATER_SEEN_IN_A_CLOUD_M * liquid * 183 / 225
    for fault in plan.faults:
        if fault.kind is FaultKind.RADIOMETER and (not fault.calibrations or turn + 1 in fault.calibrations):
            read[[fault.antenna in (None, name) for name in plan.antennas]] *= fault.size
    return np.asarray(read)


# --- what is written --------------------------------------------------------------------------------------------------------------

def spoil(plan: Plan, baseband: Baseband, calibrations: Calibrations) -> None:
    """Put the values that no physics gives in their places."""
    for fault in plan.faults:
        place = _place(plan, fault, baseband, calibrations.trec.shape)
        if fault.kind is FaultKind.DEAD:
            for spectrum in (calibrations.trec, calibrations.tsys):
                spectrum[place] = fault.size
            for scalar in (calibrations.trec_scalar, calibrations.tsys_scalar):
                scalar[_without_channels(place)] = fault.size
        elif fault.kind is FaultKind.BAD_WATER:
            calibrations.water[_without_channels(place)] = fault.size
        elif fault.kind in (FaultKind.MISSING_SCAN, FaultKind.MISSING_ANTENNA):
            calibrations.present[np.ix_(place[0].ravel(), place[1].ravel())] = False


def _numbered(plan: Plan, *kinds: FaultKind) -> list[tuple[Fault, np.random.Generator]]:
    """The faults of these kinds, each with random numbers of its own: a fault more changes none of another kind."""
    found, count = [], dict.fromkeys(FaultKind, 0)
    for fault in plan.faults:
        if fault.kind in kinds:
            found.append((fault, stream(plan.seed, f"fault {fault.kind.value}", plan.number, count[fault.kind])))
        count[fault.kind] += 1
    return found


def _place(plan: Plan, fault: Fault, baseband: Baseband, shape: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """The index of a fault's place in an array (calibration, antenna, receptor, channel); empty in other basebands."""
    calibrations, _, receptors, channels = shape
    in_baseband = fault.baseband in (None, baseband.name)
    return np.ix_(
        [turn for turn in range(calibrations) if in_baseband and (not fault.calibrations or turn + 1 in fault.calibrations)],
        [row for row, name in enumerate(plan.antennas) if fault.antenna in (None, name)],
        [row for row, name in enumerate("XY"[:receptors]) if fault.polarisation is None or fault.polarisation.value == name],
        range(*(fault.channels or (0, channels))))


def _without_channels(place: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
    return tuple(part[..., 0] for part in place[:3])
