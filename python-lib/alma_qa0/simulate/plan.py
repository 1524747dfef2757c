"""What to simulate: one Execution Block, its weather, its receivers' setup, and the faults that are put into it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from alma_qa0.core.bands import BANDS
from alma_qa0.core.blocks import Polarisation
from alma_qa0.errors import BadRequest
from alma_qa0.simulate.arrays import choose_antennas, family

# The water that the scheduler allows in each band, in m: the upper edge of the band's default PWV octile.
WATER_LIMIT_M = {1: 5.2e-3, 2: 2.75e-3, 3: 2.75e-3, 4: 1.8e-3, 5: 1.26e-3, 6: 1.26e-3, 7: 1.26e-3, 8: 0.66e-3, 9: 0.47e-3, 10: 0.47e-3}


class FaultKind(Enum):
    """What goes wrong. The size of each is said beside it."""

    DEAD = "dead"  # no solution; the value that stands in its place: -1, 0 or NaN
    HIGH = "high"  # the factor by which Trx is too high
    BAD_LOAD = "bad_load"  # by how many K the ambient load is colder than believed: 30 makes Trx negative
    BAD_WATER = "bad_water"  # the water that is written, in m: 1.0 where the fit failed
    MISSING_SCAN = "missing_scan"  # no size: the calibration has no row


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault with its size and its place; a part of the place that is left out means all of them.

    ``calibrations`` counts the Tsys scans of the band from 1; ``channels`` is first and last + 1.
    """

    kind: FaultKind
    size: float = 0.0
    antenna: str | None = None
    baseband: str | None = None
    polarisation: Polarisation | None = None
    calibrations: tuple[int, ...] = ()
    channels: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """One Execution Block to simulate. ``seed`` and ``number`` give all its random numbers; ``seed`` alone the antennas' character.

    ``water_rise`` is by how much of itself the water grows from start to end. ``joined`` puts two spectral windows into each
    row of CalAtmosphere.
    """

    seed: int
    number: int
    uid: str
    start: np.datetime64
    bands: tuple[int, ...]
    family: str
    antennas: tuple[str, ...]
    water_m: float
    water_rise: float
    calibrations: int = 8
    channels: int = 128
    polarisations: int = 2
    joined: bool = False
    faults: tuple[Fault, ...] = ()
    schema_version: int = 3

    def __post_init__(self) -> None:
        _require(self.seed >= 0, f"seed {self.seed}", "0 or more")
        _require(bool(self.bands) and set(self.bands) <= set(BANDS), f"bands {list(self.bands)}", "receiver bands, 1 to 10")
        _require(self.calibrations >= 1, f"{self.calibrations} calibrations", "1 or more")
        _require(self.channels >= 1, f"{self.channels} channels", "1 or more")
        _require(not self.joined or self.channels % 2 == 0, f"{self.channels} channels in two windows", "an even number")
        _require(self.polarisations in (1, 2), f"{self.polarisations} polarisations", "1 or 2")
        _require(0 < self.water_m < 0.02, f"water {self.water_m} m", "more than 0 and less than 0.02 m")
        for fault in self.faults:
            _require(fault.antenna is None or fault.antenna in self.antennas, f"a fault of {fault.antenna}", "an antenna of the array")


def plan_execution_block(
    seed: int, number: int, *, bands: Sequence[int], antennas: int, kind: str = "12-m", channels: int = 128, calibrations: int = 8,
    first_night: str = "2025-07-01", ebs_per_night: int = 8,
) -> Plan:
    """An Execution Block without faults: the bands take turns, the nights fill one after the other."""
    _require(seed >= 0, f"seed {seed}", "0 or more")
    _require(bool(bands) and set(bands) <= set(BANDS), f"bands {list(bands)}", "receiver bands, 1 to 10")
    generator = stream(seed, "plan", number)
    band = bands[number % len(bands)]
    night, turn = divmod(number, ebs_per_night)
    minutes = int(turn * 12 * 60 / ebs_per_night + generator.uniform(0, 4))
    start = np.datetime64(first_night, "s") + np.timedelta64(night * 24 * 60 + 23 * 60 + minutes, "m") + generator.integers(60)
    rise = generator.normal(0, 0.12) + 0.5 * (generator.random() < 0.08)
    return Plan(
        seed=seed, number=number, uid=f"uid://A002/X{0x1200000 + seed:x}/X{0x1d5 + 0x2b7 * number:x}", start=start, bands=(band,),
        family=kind, antennas=choose_antennas(generator, family(kind), antennas), channels=channels, calibrations=calibrations,
        water_m=float(np.round(WATER_LIMIT_M[band] * generator.uniform(0.3, 1.0), 6)), water_rise=float(np.round(max(rise, -0.4), 3)))


def with_faults(plan: Plan, *faults: Fault) -> Plan:
    """The same Execution Block with these faults: every number that they do not touch stays."""
    return replace(plan, faults=faults)


def stream(seed: int, purpose: str, *numbers: int) -> np.random.Generator:
    """Random numbers of their own for each purpose, so that asking for more of one thing changes no other."""
    return np.random.default_rng([seed, int.from_bytes(purpose.encode(), "little"), *numbers])


def _require(holds: bool, what: str, expected: str) -> None:
    if not holds:
        raise BadRequest(f"{what} cannot be simulated; expected {expected}")
