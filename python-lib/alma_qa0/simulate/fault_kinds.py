"""What can go wrong in an Execution Block, as one table: each kind's size, the quantity that it touches, and where it may be."""

from dataclasses import dataclass
from enum import Enum

from alma_qa0.core.blocks import Polarisation
from alma_qa0.errors import BadRequest


class FaultKind(Enum):
    """What is put into an Execution Block. NATURES says what the size of each is."""

    HIGH = "high"
    LOW = "low"
    BASEBAND_OFF = "baseband_off"
    SLOPE = "slope"
    TEETH = "teeth"
    BUMP = "bump"
    BIRDIE = "birdie"
    EDGE = "edge"
    NOISY = "noisy"
    JUMP = "jump"
    SWAPPED = "swapped"
    DEAD = "dead"
    BAD_LOAD = "bad_load"
    BAD_WATER = "bad_water"
    WRONG_WATER = "wrong_water"
    RADIOMETER = "radiometer"
    MISSING_SCAN = "missing_scan"
    MISSING_ANTENNA = "missing_antenna"
    CLOUD = "cloud"
    OZONE = "ozone"
    AIRMASS = "airmass"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault with its size and its place; a part of the place that is left out means all of them.

    ``calibrations`` counts the Tsys scans of the band from 1; ``channels`` is first and last + 1. ``all_of`` names the parts that are
    left out on purpose, so that none is chosen for them (see ``places``).
    """

    kind: FaultKind
    size: float = 0.0
    antenna: str | None = None
    baseband: str | None = None
    polarisation: Polarisation | None = None
    calibrations: tuple[int, ...] = ()
    channels: tuple[int, int] | None = None
    all_of: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Nature:
    """What a kind of fault is. ``parts`` are the parts of the place that it may have, ``chosen`` those that the seed chooses.

    ``size`` is the usual one, None where the kind has no size; ``nothing`` the size at which the fault is not there; a size lies
    between ``least`` and ``most``. ``quantity`` is what shows it: trec, tsys, water, or rows where they are missing.
    """

    kind: FaultKind
    meaning: str  # of the size
    size: float | None
    quantity: str
    parts: tuple[str, ...]
    chosen: tuple[str, ...]
    nothing: float = 0.0
    least: float = 0.0
    most: float = float("inf")
    is_fault: bool = True
    least_channels: int = 1

    def scaled(self, fraction: float) -> float:
        """The size at this fraction of the usual strength: half of 2.5 times too high is 1.75 times."""
        return 0.0 if self.size is None else self.nothing + fraction * (self.size - self.nothing)


ALL_PARTS = ("antenna", "baseband", "polarisation", "calibrations", "channels")
_ROW = ALL_PARTS[:4]
_POLARISATION = ("antenna", "polarisation")
_SPECTRUM = ("antenna", "baseband", "polarisation")
_K = FaultKind
NATURES = {nature.kind: nature for nature in (
    Nature(_K.HIGH, "the factor by which Trx is too high", 2.5, "trec", ALL_PARTS, _POLARISATION, nothing=1, least=1),
    Nature(_K.LOW, "the factor by which Trx is too low", 0.4, "trec", ALL_PARTS, _POLARISATION, nothing=1, least=0.01, most=1),
    Nature(_K.BASEBAND_OFF, "the factor by which Trx of one baseband, both polarisations, is off; a silent one has hundreds", 2.0, "trec",
           ALL_PARTS, ("antenna", "baseband"), nothing=1, least=0.01),
    Nature(_K.SLOPE, "how much Trx rises from the first channel to the last, in its own terms; a third of it comes as ripple", 0.4, "trec",
           ALL_PARTS, _SPECTRUM, least=-1.2, most=1.2, least_channels=16),
    Nature(_K.TEETH, "the step of Trx, peak to peak and in its own terms, between teeth of 4 channels (in fine spectra perhaps 62.5 MHz)",
           0.05, "trec", ALL_PARTS, _SPECTRUM, most=1, least_channels=16),
    Nature(_K.BUMP, "the height of a bump of Trx 0.5 GHz wide, in terms of Trx", 0.3, "trec", ALL_PARTS, (*_SPECTRUM, "channels"),
           least=-0.9, least_channels=16),
    Nature(_K.BIRDIE, "by how much Trx is higher in one channel or two, in terms of Trx", 0.3, "trec", ALL_PARTS,
           (*_SPECTRUM, "channels"), least_channels=16),
    Nature(_K.EDGE, "by how much Trx is higher at one end, in terms of Trx; gone after an eighth of the channels", 1.5, "trec", ALL_PARTS,
           (*_SPECTRUM, "channels"), least_channels=16),
    Nature(_K.NOISY, "the scatter of Trx from channel to channel, in terms of Trx", 0.2, "trec", ALL_PARTS, _SPECTRUM, least_channels=16),
    Nature(_K.JUMP, "by how much Trx is higher from one scan on, in terms of Trx", 0.3, "trec", _ROW,
           ("antenna", "polarisation", "calibrations"), least=-0.9),
    Nature(_K.SWAPPED, "no size: the cables of X and Y are swapped behind the receiver", None, "trec",
           ("antenna", "baseband", "calibrations"), ("antenna", "baseband")),
    Nature(_K.DEAD, "no solution; the value that stands in its place: -1, 0 or nan", -1.0, "trec", ALL_PARTS, _POLARISATION,
           least=float("-inf")),
    Nature(_K.BAD_LOAD, "by how many K the ambient load is colder than believed: 30 makes Trx negative", 30.0, "trec", ALL_PARTS,
           ("antenna", "calibrations"), most=200),
    Nature(_K.BAD_WATER, "the water that is written, in m: 1.0 where the fit failed", 1.0, "water", _ROW, ("antenna",), nothing=1,
           least=float("-inf")),
    Nature(_K.WRONG_WATER, "the factor by which the fit finds too much water, and so too much opacity", 1.5, "water", _ROW, ("antenna",),
           nothing=1, least=0.1, most=5),
    Nature(_K.RADIOMETER, "the factor by which the water-vapour radiometer reads too much water", 1.5, "water",
           ("antenna", "calibrations"), ("antenna",), nothing=1, least=0.1, most=5),
    Nature(_K.MISSING_SCAN, "no size: the calibration has no row", None, "rows", ("antenna", "baseband", "calibrations"),
           ("calibrations",)),
    Nature(_K.MISSING_ANTENNA, "no size: the antenna has no calibration at all", None, "rows", ("antenna",), ("antenna",)),
    Nature(_K.CLOUD, "its opacity at 225 GHz towards the zenith, over all antennas: no antenna's fault", 0.1, "tsys", ("calibrations",),
           ("calibrations",), most=2, is_fault=False),
    Nature(_K.OZONE, "the factor by which there is more ozone than usual: no fault at all", 2.0, "tsys", ("baseband",), ("baseband",),
           nothing=1, most=10, is_fault=False),
    Nature(_K.AIRMASS, "the airmass at the end, towards which the target sets: no fault at all", 2.4, "tsys", (), (), nothing=1.1,
           least=1.1, most=4, is_fault=False),
)}
CHANNELS_OF_TOOTH = 4
TOOTH_HZ = 62.5e6  # of a fine spectrum whose teeth are the correlator's own filters
BUMP_HZ = 0.5e9


def check_fault(fault: Fault) -> None:
    """BadRequest for a size that the kind cannot have, or a part of a place that it does not know."""
    nature = NATURES[fault.kind]
    name = fault.kind.value
    if nature.size is not None and not nature.least <= fault.size <= nature.most and not _stands_for_dead(fault):
        raise BadRequest(
            f"{name}:{fault.size:g} cannot be simulated; expected a size from {nature.least:g} to {nature.most:g}: {nature.meaning}")
    for part in ALL_PARTS:
        if getattr(fault, part) not in (None, ()) and part not in nature.parts:
            known = ", ".join(nature.parts) or "none: it has no place"
            raise BadRequest(f"{name} with {part} cannot be simulated; the parts of its place are {known}")


def _stands_for_dead(fault: Fault) -> bool:
    return fault.kind is FaultKind.DEAD and fault.size != fault.size
