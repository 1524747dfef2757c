"""What to simulate: one Execution Block, its weather, its receivers' setup, and the faults that are put into it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from alma_qa0.core.bands import BANDS
from alma_qa0.errors import BadRequest
from alma_qa0.simulate.arrays import choose_antennas, family
from alma_qa0.simulate.fault_kinds import NATURES, Fault, FaultKind, check_fault

# The water that the scheduler allows in each band, in m: the upper edge of the band's default PWV octile.
WATER_LIMIT_M = {1: 5.2e-3, 2: 2.75e-3, 3: 2.75e-3, 4: 1.8e-3, 5: 1.26e-3, 6: 1.26e-3, 7: 1.26e-3, 8: 0.66e-3, 9: 0.47e-3, 10: 0.47e-3}


@dataclass(frozen=True, slots=True)
class Plan:
    """One Execution Block to simulate. ``seed`` and ``number`` give all its random numbers; ``seed`` alone the antennas' character.

    ``water_rise`` is by how much of itself the water grows from start to end. ``joined`` puts two spectral windows into each
    row of CalAtmosphere. ``edge_height`` is how much higher than usual the noise spikes at the band edges; from 1.5 on the first
    channels are ten times as noisy at worst, and fine spectra, which leave the filters' ends out, spike too.
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
    edge_height: float = 1.0
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
            _require_place(self, fault)

    @property
    def outer_channels(self) -> int:
        """How many of ``channels`` the correlator leaves out at either end of a spectrum: ACA's convention, 124 of 128."""
        return self.channels // 64 if self.family != "12-m" and self.channels <= 256 and not self.joined else 0

    @property
    def written_channels(self) -> int:
        """How many channels a spectrum has."""
        return self.channels - 2 * self.outer_channels


def plan_execution_block(
    seed: int, number: int, *, bands: Sequence[int], antennas: int, kind: str = "12-m", channels: int = 128, calibrations: int = 8,
    first_night: str = "2025-07-01", ebs_per_night: int = 8,
) -> Plan:
    """An Execution Block without faults: the bands take turns, the nights fill one after the other.

    Clean is not quiet. By the seed some antennas' receivers are 20 to 30 % noisier than the rest, the water of some Execution Blocks
    rises by half, and clouds pass (``Plan.faults`` has those, which are no fault); the edges of some spike tenfold.
    """
    _require(seed >= 0, f"seed {seed}", "0 or more")
    _require(bool(bands) and set(bands) <= set(BANDS), f"bands {list(bands)}", "receiver bands, 1 to 10")
    generator = stream(seed, "plan", number)
    band = bands[number % len(bands)]
    night, turn = divmod(number, ebs_per_night)
    _require("1900" <= first_night < "2100", f"the night of {first_night}", "one from 1900 to 2099")  # times are nanoseconds of int64
    minutes = int(turn * 12 * 60 / ebs_per_night + generator.uniform(0, 4))
    start = np.datetime64(first_night, "s") + np.timedelta64(night * 24 * 60 + 23 * 60 + minutes, "m") + generator.integers(60)
    rise = generator.normal(0, 0.12) + 0.5 * (generator.random() < 0.08)
    passing, harsh = stream(seed, "bad luck", number).random(2) < (0.08, 0.15)
    drawn = Plan(
        seed=seed, number=number, uid=f"uid://A002/X{0x1200000 + seed:x}/X{0x1d5 + 0x2b7 * number:x}", start=start, bands=(band,),
        family=kind, antennas=choose_antennas(generator, family(kind), antennas), channels=channels, calibrations=calibrations,
        water_m=float(np.round(WATER_LIMIT_M[band] * generator.uniform(0.3, 1.0), 6)), water_rise=float(np.round(max(rise, -0.4), 3)),
        edge_height=1.7 if harsh else 1.0)
    return with_faults(drawn, cloud(drawn)) if passing else drawn


def cloud(plan: Plan) -> Fault:
    """A cloud that passes over the array during one to three calibrations, chosen by the seed."""
    generator = stream(plan.seed, "cloud", plan.number)
    first = int(generator.integers(1, plan.calibrations + 1))
    last = min(first + int(generator.integers(3)), plan.calibrations)
    return Fault(FaultKind.CLOUD, float(np.round(10 ** generator.uniform(-1.7, -0.7), 3)), calibrations=tuple(range(first, last + 1)))


_PWV_M = (0.3e-3, 5e-3)
ARRAYS = (("12-m", 43), ("12-m", 10), ("12-m", 3), ("7-m", 10), ("7-m", 3), ("TP", 4), ("TP", 3))


def random_plan(
    seed: int, number: int, *, bands: Sequence[int] = tuple(BANDS), arrays: Sequence[tuple[str, int]] = ARRAYS,
    channels: Sequence[int] = (128, 128, 128, 1920), calibrations: tuple[int, int] = (3, 8),
) -> Plan:
    """An Execution Block without faults of any band, array, number of channels and weather, all by the seed.

    ``calibrations`` are the fewest and the most; with more than 256 channels half as many are made. Water lies between 0.3 and 5 mm: in
    good weather within what the scheduler allows for the band; in bad weather, one in four, up to twice as much, and half have clouds.
    """
    generator = stream(seed, "random plan", number)
    band = int(generator.choice(bands))
    kind, antennas = arrays[int(generator.integers(len(arrays)))]
    n_channels = int(generator.choice(channels))
    n_calibrations = int(generator.integers(calibrations[0], calibrations[1] + 1))
    drawn = plan_execution_block(
        seed, number, bands=[band], antennas=antennas, kind=kind, channels=n_channels,
        calibrations=n_calibrations if n_channels <= 256 else max(n_calibrations // 2, 1))
    allowed = np.clip(WATER_LIMIT_M[band], 1.2 * _PWV_M[0], _PWV_M[1])
    bad, share = generator.random() < 0.25, generator.random()
    lowest, highest = (allowed, min(2 * allowed, _PWV_M[1])) if bad else (_PWV_M[0], allowed)
    water_m = float(np.round(lowest * (highest / lowest) ** share, 6))
    drawn = replace(drawn, water_m=water_m)
    return with_faults(drawn, cloud(drawn)) if bad and not drawn.faults and generator.random() < 0.5 else drawn


def with_antennas(plan: Plan, names: Collection[str]) -> Plan:
    """The same Execution Block with these antennas in its array, in the places of others, as far as such an array may have them."""
    absent = sorted(name for name in set(names) - set(plan.antennas) if name in family(plan.family).antennas)
    others = [name for name in plan.antennas if name not in names]
    kept = [name for name in plan.antennas if name not in others[len(others) - min(len(absent), len(others)):]]
    return replace(plan, antennas=tuple(sorted([*kept, *absent][:len(plan.antennas)])))


def with_faults(plan: Plan, *faults: Fault) -> Plan:
    """The same Execution Block with these faults besides its own: every number that they do not touch stays."""
    return replace(plan, faults=(*plan.faults, *faults))


def stream(seed: int, purpose: str, *numbers: int) -> np.random.Generator:
    """Random numbers of their own for each purpose, so that asking for more of one thing changes no other."""
    return np.random.default_rng([seed, int.from_bytes(purpose.encode(), "little"), *numbers])


def _require_place(plan: Plan, fault: Fault) -> None:
    """BadRequest if the fault's kind cannot be so, or its place is not in this Execution Block."""
    check_fault(fault)
    name, least = fault.kind.value, NATURES[fault.kind].least_channels
    _require(fault.antenna is None or fault.antenna in plan.antennas, f"{name} of {fault.antenna}",
             f"an antenna of the array: {', '.join(plan.antennas)}")
    _require(fault.baseband in (None, "BB_1", "BB_2", "BB_3", "BB_4"), f"{name} of baseband {fault.baseband}", "BB_1 to BB_4")
    _require(fault.polarisation is None or fault.polarisation.value in "XY"[:plan.polarisations],
             f"{name} of polarisation {fault.polarisation and fault.polarisation.value}", "a polarisation of the Execution Block")
    _require(all(1 <= turn <= plan.calibrations for turn in fault.calibrations),
             f"{name} in Tsys scans {list(fault.calibrations)}", f"some of the Tsys scans 1 to {plan.calibrations}")
    first, end = fault.channels or (0, 1)
    count = plan.written_channels
    _require(0 <= first < end <= count, f"{name} in channels {first} to {end - 1}", f"channels 0 to {count - 1}")
    _require(count >= least, f"{name} in {count} channels", f"{least} or more")
    _require(fault.kind is not FaultKind.SWAPPED or plan.polarisations == 2, f"{name} with one polarisation", "two polarisations")
    _require(fault.kind is not FaultKind.RADIOMETER or plan.family != "7-m", f"{name} of a 7-m antenna", "one 12 m wide, which has one")


def _require(holds: bool, what: str, expected: str) -> None:
    if not holds:
        raise BadRequest(f"{what} cannot be simulated; expected {expected}")
