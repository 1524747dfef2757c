"""What an Execution Block was set up to do: the whole, of which a finding names a part."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setup:
    """What one receiver band of an Execution Block has: the whole, against which a place is a part."""

    receiver_band: int
    basebands: tuple[str, ...]
    polarisations: tuple[str, ...]
    antennas: tuple[str, ...]
    scans: Mapping[str, int | None]  # scan number of each calibration


@dataclass(frozen=True, slots=True)
class Block:
    """What the rules need to know of an Execution Block as a whole."""

    uid: str
    array_family: str
    n_antennas: int
    water_m: float | None
    setups: tuple[Setup, ...]

    def setup(self, receiver_band: int | None) -> Setup | None:
        return next((one for one in self.setups if one.receiver_band == receiver_band), None)
