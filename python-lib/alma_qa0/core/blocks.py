"""What an Execution Block is: its names, its times, its antennas, and which of its values mean nothing."""

import re
from enum import Enum

import numpy as np

from alma_qa0.errors import BadRequest

SIMULATED_OBSERVER = "alma-qa0 simulator"  # ExecBlock.observerName of every EB that the simulator writes

# What the values of a calibration can be, by far: beyond, a number has no physical meaning and is invalid
LOWEST = 1e-12  # K, m, and an opacity: what is smaller overflows where something is divided by it
HIGHEST = 1e9  # K, and an opacity; Tsys in the middle of a line of ozone reaches some thousand K
HIGHEST_WATER = 1.0  # m
FREQUENCIES = (1e9, 1e13)  # Hz; the receivers go from 35 to 950 GHz

_UID = re.compile(r"uid://[0-9a-zA-Z]+(/[xX][0-9a-fA-F]+){2}")
_MJD_TO_UNIX_NS = 40587 * 86_400 * 10**9  # nanoseconds from MJD 0 (1858-11-17) to 1970-01-01


class Polarisation(Enum):
    X = "X"
    Y = "Y"


class InvalidKind(Enum):
    """Why a value of a calibration means nothing (the observatory's conventions, seen in AQUA and the ALMA pipeline)."""

    NO_SOLUTION = "no_solution"  # exactly -1
    ZERO = "zero"
    NEGATIVE = "negative"
    NOT_FINITE = "not_finite"
    SENTINEL = "sentinel"  # water of exactly 1 m
    OUT_OF_RANGE = "out_of_range"  # finite, and beyond all that the quantity can be
    WRONG_LENGTH = "wrong_length"  # a spectrum with another number of values than its frequency axis; in the old production table only


def parse_uid(text: str) -> str:
    """The uid of an Execution Block from any of its spellings: ``uid://A002/X1/X2``, ``uid___A002_X1_X2``."""
    uid = text.strip()
    if uid.startswith("uid___"):
        uid = "uid://" + uid.removeprefix("uid___").replace("_", "/")
    if not _UID.fullmatch(uid):
        raise BadRequest(f"{text!r} is not the uid of an Execution Block; expected one like uid://A002/Xf8f6a9/X15c79")
    return uid


def file_name(uid: str) -> str:
    """The name that the observatory gives an EB on disk: ``uid://A002/X1/X2`` is ``uid___A002_X1_X2``."""
    return uid.replace("://", "___").replace("/", "_")


def to_datetime64(array_time_ns: np.ndarray) -> np.ndarray:
    """ArrayTime (int64 nanoseconds since MJD 0, UTC as ALMA fills it) as datetime64[us], same shape."""
    return ((np.asarray(array_time_ns, dtype=np.int64) - _MJD_TO_UNIX_NS) // 1000).astype("datetime64[us]")


def to_array_time(time: np.ndarray) -> np.ndarray:
    """The inverse of to_datetime64: int64 nanoseconds since MJD 0."""
    return np.asarray(time, dtype="datetime64[ns]").astype(np.int64) + _MJD_TO_UNIX_NS


def invalid_kinds(
    values: np.ndarray, *, water: bool = False, valid: tuple[float, float] = (0.0, np.inf),
) -> dict[InvalidKind, np.ndarray]:
    """A mask of the shape of ``values`` for each kind of invalid value; no value is in two masks. ``valid``: lowest and highest."""
    values = np.asarray(values)
    with np.errstate(invalid="ignore"):
        kinds = {
            InvalidKind.NO_SOLUTION: values == -1,
            InvalidKind.ZERO: values == 0,
            InvalidKind.NEGATIVE: (values < 0) & (values != -1) & np.isfinite(values),
            InvalidKind.NOT_FINITE: ~np.isfinite(values),
        }
        if water:
            kinds[InvalidKind.SENTINEL] = values == 1
        beyond = ((values > 0) & (values < valid[0])) | (values > valid[1])
        kinds[InvalidKind.OUT_OF_RANGE] = beyond & np.isfinite(values)
    return kinds


def array_family(antenna_names: tuple[str, ...]) -> str:
    """12-m, 7-m or TP: by the first letters of its antennas. PM antennas that join a 7-m or 12-m array do not change it."""
    makes = {name[:2] for name in antenna_names}
    if makes & {"DA", "DV"}:
        return "12-m"
    if "CM" in makes:
        return "7-m"
    return "TP" if makes == {"PM"} else "unknown"
