"""What is written in a facet in which there is nothing to see: so that it cannot be taken for one where nothing is wrong."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

EVERYWHERE = ""  # the facet of words that are to be written in all of them
_MOST_NAMES = 3

Words = Mapping[str, str]  # by baseband
NO_WORDS: Words = MappingProxyType({})
NO_CALIBRATION: Words = MappingProxyType({EVERYWHERE: "no atmosphere calibration"})


def no_valid_value(scans: Iterable[str]) -> str:
    """Of how many scans no value is valid."""
    count = len(set(scans))
    return f"no valid value in {count} scan{'' if count == 1 else 's'}"


def names_of(antennas: Iterable[str], polarisations: Iterable[str]) -> str:
    """Antennas with their polarisations, such as DA52 Y; how many, where they are many."""
    places: dict[str, set[str]] = {}
    for antenna, polarisation in set(zip(antennas, polarisations, strict=True)):
        places.setdefault(str(antenna), set()).update(polarisation)
    if len(places) > _MOST_NAMES:
        return f"{len(places)} antennas"
    return ", ".join(f"{antenna} {names.pop()}" if len(names) == 1 else antenna for antenna, names in sorted(places.items()))
