"""What is written in a facet in which there is nothing to see: so that it cannot be taken for one where nothing is wrong."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

EVERYWHERE = ""  # the facet of words that are to be written in all of them
_MOST_NAMES = 3

Words = Mapping[str, str]  # by baseband
NO_WORDS: Words = MappingProxyType({})
NO_CALIBRATION: Words = MappingProxyType({EVERYWHERE: "no atmosphere calibration"})


def nothing_valid(antennas: Iterable[str], polarisations: Iterable[str], scans: Iterable[str]) -> str:
    """That no value of these is valid, such as DA52 Y: no valid value in 8 scans."""
    keys = {str(scan) for scan in scans}
    where = f"{len(keys)} scans" if len(keys) > 1 else _named(keys.pop())
    return f"{_names(antennas, polarisations)}: no valid value in {where}"


def _names(antennas: Iterable[str], polarisations: Iterable[str]) -> str:
    """Antennas with their polarisations; how many, where they are many."""
    places: dict[str, set[str]] = {}
    for antenna, polarisation in set(zip(antennas, polarisations, strict=True)):
        places.setdefault(str(antenna), set()).update(polarisation)
    if len(places) > _MOST_NAMES:
        return f"{len(places)} antennas"
    return ", ".join(f"{antenna} {names.pop()}" if len(names) == 1 else antenna for antenna, names in sorted(places.items()))


def _named(scan: str) -> str:
    return f"scan {scan}" if scan.isdigit() else scan  # a calibration whose scan the source does not know
