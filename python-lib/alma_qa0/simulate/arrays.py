"""The antennas of ALMA, the pads they stand on, and which of them make an array."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from alma_qa0.errors import BadRequest

SITE_LATITUDE_RAD = np.radians(-23.0262015)
SITE_LONGITUDE_RAD = np.radians(-67.7551257)
SITE_ALTITUDE_M = 5060.0

_WIDE = tuple([f"DA{n}" for n in range(41, 66)] + [f"DV{n:02d}" for n in range(1, 26)])  # 12-m antennas of the main array
_COMPACT = tuple(f"CM{n:02d}" for n in range(1, 13))
_TOTAL_POWER = tuple(f"PM{n:02d}" for n in range(1, 5))
MAKES = {"DA": "AEM_12", "DV": "VERTEX_12", "PM": "MITSUBISHI_12_A", "CM": "MITSUBISHI_7"}


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of array: its antennas in the order in which they are taken when few are asked for, its pads, its name."""

    name: str
    antennas: tuple[str, ...]
    pad_files: tuple[str, ...]
    pads: str  # first letters of the pads that it uses
    array_name: str


FAMILIES = {family.name: family for family in (
    Family("12-m", (*_WIDE, *_TOTAL_POWER), ("alma.cycle10.5.cfg", "alma.cycle10.1.cfg"), "A", "Array11-BLC"),
    Family("7-m", _COMPACT, ("aca.all.cfg",), "NJ", "Array8-ACA"),
    Family("TP", _TOTAL_POWER, ("aca.all.cfg",), "T", "Array5-ACA"),
)}


@dataclass(frozen=True, slots=True)
class Pad:
    """A pad with its position in the local tangent plane of the array: metres east, north and up."""

    name: str
    east_north_up_m: tuple[float, float, float]


def family(name: str) -> Family:
    """The family of this name, or BadRequest."""
    if name not in FAMILIES:
        raise BadRequest(f"{name!r} is not a kind of array; expected one of {', '.join(FAMILIES)}")
    return FAMILIES[name]


def choose_antennas(generator: np.random.Generator, kind: Family, number: int) -> tuple[str, ...]:
    """``number`` antennas of a family, sorted; a PM joins the main array only when its own antennas do not suffice."""
    if not 1 <= number <= len(kind.antennas):
        raise BadRequest(f"{number} antennas cannot make a {kind.name} array; expected 1 to {len(kind.antennas)}")
    own = [name for name in kind.antennas if kind.name == "TP" or not name.startswith("PM")]
    chosen = [str(name) for name in generator.permutation(own)[:number]]
    return tuple(sorted(chosen + list(kind.antennas[len(own):len(own) + number - len(chosen)])))


def choose_pads(generator: np.random.Generator, kind: Family, number: int) -> tuple[Pad, ...]:
    """``number`` different pads, one for each antenna; those of the first configuration are taken first."""
    pads: dict[str, Pad] = {}
    for file_name in kind.pad_files:
        mine = [pad for pad in _read_pads(file_name) if pad.name[0] in kind.pads and pad.name not in pads]
        pads.update({mine[i].name: mine[i] for i in generator.permutation(len(mine))})
    return tuple(pads.values())[:number]


def geocentric_m(pad: Pad) -> np.ndarray:
    """x, y, z of a pad in the terrestrial frame, in metres (WGS 84 for the site's centre)."""
    east, north, up = pad.east_north_up_m
    sin_lat, cos_lat = np.sin(SITE_LATITUDE_RAD), np.cos(SITE_LATITUDE_RAD)
    sin_lon, cos_lon = np.sin(SITE_LONGITUDE_RAD), np.cos(SITE_LONGITUDE_RAD)
    eccentricity_2 = 0.00669437999014
    normal = 6378137.0 / np.sqrt(1 - eccentricity_2 * sin_lat**2)
    radius = normal + SITE_ALTITUDE_M
    centre = np.array([radius * cos_lat * cos_lon, radius * cos_lat * sin_lon, (radius - normal * eccentricity_2) * sin_lat])
    local = np.array([
        -sin_lon * east - sin_lat * cos_lon * north + cos_lat * cos_lon * up,
        cos_lon * east - sin_lat * sin_lon * north + cos_lat * sin_lon * up,
        cos_lat * north + sin_lat * up,
    ])
    position: np.ndarray = centre + local
    return position


def baseline_lengths_m(pads: tuple[Pad, ...]) -> np.ndarray:
    """The length of every baseline, shape (n (n - 1) / 2,)."""
    positions = np.array([pad.east_north_up_m for pad in pads])
    first, second = np.triu_indices(len(pads), k=1)
    lengths: np.ndarray = np.linalg.norm(positions[first] - positions[second], axis=1)
    return lengths


@lru_cache(maxsize=4)
def _read_pads(file_name: str) -> tuple[Pad, ...]:
    lines = (Path(__file__).parent / "data" / file_name).read_text(encoding="ascii").splitlines()
    words = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return tuple(Pad(name, (float(x), float(y), float(z))) for x, y, z, _, name in words)
