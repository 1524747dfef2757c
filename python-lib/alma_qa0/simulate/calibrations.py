"""The values of Tsys calibrations, on their way from the physics to the tables."""

from dataclasses import dataclass

import numpy as np

from alma_qa0.simulate.observation import Scan


@dataclass(slots=True)
class Calibrations:
    """All Tsys calibrations of one baseband of one Execution Block.

    Spectra have the shape (calibration, antenna, receptor, channel), load powers (calibration, antenna, load, receptor, channel)
    with the ambient load first; temperatures in K, water in m, powers linear in an arbitrary unit. tau is along the line of sight.
    Scalars, (calibration, antenna, receptor), are medians over the channels that are no band edge. ``present`` is False where a
    row is missing.
    """

    scans: list[Scan]
    trec: np.ndarray
    tsys: np.ndarray
    tatm: np.ndarray
    tau: np.ndarray
    sky_power: np.ndarray
    load_power: np.ndarray
    trec_scalar: np.ndarray
    tsys_scalar: np.ndarray
    tatm_scalar: np.ndarray
    tau_scalar: np.ndarray
    water: np.ndarray
    water_error: np.ndarray
    present: np.ndarray
