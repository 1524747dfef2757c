"""Faults put into the calibrations: in the receiver, in its loads, or in the numbers that were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alma_qa0.simulate.plan import Fault, FaultKind, Plan
from alma_qa0.simulate.receivers import AMBIENT_LOAD_K, HOT_LOAD_K, Baseband

if TYPE_CHECKING:
    from alma_qa0.simulate.calibration import Calibrations


def disturbed_noise(plan: Plan, baseband: Baseband, noise: np.ndarray) -> np.ndarray:
    """True Trx with its faults, shape (calibration, antenna, receptor, channel)."""
    faults = [fault for fault in plan.faults if fault.kind is FaultKind.HIGH]
    noise = noise.copy() if faults else noise
    for fault in faults:
        noise[_place(plan, fault, baseband, noise.shape)] *= fault.size
    return noise


def disturbed_loads(plan: Plan, baseband: Baseband, shape: tuple[int, ...]) -> tuple[np.ndarray, float]:
    """True temperatures of the ambient load, broadcast to ``shape``, and of the hot load."""
    faults = [fault for fault in plan.faults if fault.kind is FaultKind.BAD_LOAD]
    ambient = np.full(shape if faults else (1, 1, 1, 1), AMBIENT_LOAD_K)
    for fault in faults:
        ambient[_place(plan, fault, baseband, shape)] -= fault.size
    return ambient, HOT_LOAD_K


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
        elif fault.kind is FaultKind.MISSING_SCAN:
            calibrations.present[np.ix_(place[0].ravel(), place[1].ravel())] = False


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
