"""The receiver bands of ALMA."""

from dataclasses import dataclass

from alma_qa0.errors import BadRequest

# Frequencies, sideband type and the receiver temperature that the specification allows over 80 % of the band are the
# observatory's published figures; the typical ones are those of the ALMA Observing Tool. DSB receivers: double-sideband values.


@dataclass(frozen=True, slots=True)
class Band:
    """One receiver band. ``trec_specification_k`` holds over 80 % of the band."""

    number: int
    low_hz: float
    high_hz: float
    sidebands: str  # SSB, 2SB or DSB
    if_low_hz: float
    if_high_hz: float
    trec_specification_k: float
    trec_typical_k: float


BANDS = {band.number: band for band in (
    Band(1, 35e9, 50e9, "SSB", 4e9, 12e9, 17, 15),
    Band(2, 67e9, 116e9, "2SB", 4e9, 18e9, 30, 27),
    Band(3, 84e9, 116e9, "2SB", 4e9, 8e9, 37, 33),
    Band(4, 125e9, 163e9, "2SB", 4e9, 8e9, 51, 42),
    Band(5, 163e9, 211e9, "2SB", 4e9, 8e9, 65, 50),
    Band(6, 211e9, 275e9, "2SB", 4.5e9, 10e9, 83, 50),
    Band(7, 275e9, 373e9, "2SB", 4e9, 8e9, 147, 75),
    Band(8, 385e9, 500e9, "2SB", 4e9, 8e9, 196, 150),
    Band(9, 602e9, 720e9, "DSB", 4e9, 12e9, 175, 110),
    Band(10, 787e9, 950e9, "DSB", 4e9, 12e9, 230, 230),
)}


def parse_band(text: str) -> int:
    """The number of a receiver band from ``ALMA_RB_06``."""
    digits = text.removeprefix("ALMA_RB_")
    if digits.isdigit() and int(digits) in BANDS:
        return int(digits)
    raise BadRequest(f"{text!r} is not a receiver band; expected ALMA_RB_01 to ALMA_RB_10")


def band_name(number: int) -> str:
    """``ALMA_RB_06`` for 6."""
    return f"ALMA_RB_{number:02d}"
