"""Spectra in a link: few letters for any selection of an Execution Block, names that last, and told when they did not come whole."""

import base64
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from alma_qa0.views.selection import POLARISATIONS
from alma_qa0.views.spectrum_names import SpectrumName

_NAMED = "2."  # before a selection by names; one by numbers, which 0.1.0 made, begins with a letter
_MOST_SPECTRA = 200_000  # more than an Execution Block can have
_MOST_OCTETS = _MOST_SPECTRA // 8 + 100_000  # with the names


@dataclass(frozen=True, slots=True)
class Selected:
    """What a link selects: spectra by their names, or by the numbers of 0.1.0; the other is None."""

    names: frozenset[SpectrumName] | None = None
    numbers: frozenset[int] | None = None


def pack(names: frozenset[SpectrumName]) -> str:
    """Each name once - basebands with their receiver band, antennas, calibrations -, then a bit for each spectrum that they could have."""
    basebands = sorted({name[:2] for name in names})
    antennas, calibrations = (sorted({name[at] for name in names}) for at in (2, 3))
    at_baseband, at_antenna, at_calibration = ({each: at for at, each in enumerate(given)} for given in (basebands, antennas, calibrations))
    bits = _mask(
        ((at_baseband[name[:2]] * len(antennas) + at_antenna[name[2]]) * len(calibrations) + at_calibration[name[3]]) * len(POLARISATIONS)
        + POLARISATIONS.index(name.polarisation) for name in names)
    return _NAMED + _compressed(json.dumps([basebands, antennas, calibrations], separators=(",", ":")).encode() + b"\n" + bits)


def pack_numbers(numbers: frozenset[int]) -> str:
    """As 0.1.0 did: the numbers as the bits of a mask."""
    return _compressed(_mask(numbers))


def unpack(text: str) -> Selected:
    """ValueError where it did not come whole, or is longer than a link can be."""
    if not text.startswith(_NAMED):
        return Selected(numbers=frozenset(_numbers(_decompressed(text))))
    named, newline, bits = _decompressed(text.removeprefix(_NAMED)).partition(b"\n")
    basebands, antennas, calibrations = _names(named)
    n_places = len(basebands) * len(antennas) * len(calibrations) * len(POLARISATIONS)
    numbers = list(_numbers(bits))
    if not newline or any(number >= n_places for number in numbers):
        raise ValueError("spectra without a name")
    return Selected(names=frozenset(_name(number, basebands, antennas, calibrations) for number in numbers))


def _name(number: int, basebands: list[tuple[int, str]], antennas: list[str], calibrations: list[str]) -> SpectrumName:
    number, polarisation = divmod(number, len(POLARISATIONS))
    number, calibration = divmod(number, len(calibrations))
    baseband, antenna = divmod(number, len(antennas))
    return SpectrumName(*basebands[baseband], antennas[antenna], calibrations[calibration], POLARISATIONS[polarisation])


def _names(text: bytes) -> tuple[list[tuple[int, str]], list[str], list[str]]:
    try:
        named = json.loads(text)
    except RecursionError:
        raise ValueError("no names") from None
    match named:
        case [list(basebands), list(antennas), list(calibrations)]:
            return [_baseband(one) for one in basebands], [_word(one) for one in antennas], [_word(one) for one in calibrations]
    raise ValueError("no names")


def _word(name: object) -> str:
    if not isinstance(name, str):
        raise ValueError("no name")
    name.encode()  # half of a pair of surrogates can be sent to nobody
    return name


def _baseband(named: object) -> tuple[int, str]:
    match named:
        case [int(receiver_band), str(name)]:
            return receiver_band, _word(name)
    raise ValueError("no baseband")


def _mask(numbers: Iterable[int]) -> bytes:
    numbers = list(numbers)
    mask = bytearray(max(numbers, default=0) // 8 + 1)
    for number in numbers:
        mask[number // 8] |= 1 << number % 8
    return bytes(mask)


def _numbers(mask: bytes) -> Iterable[int]:
    return (8 * index + bit for index, octet in enumerate(mask) if octet for bit in range(8) if octet >> bit & 1)


def _compressed(octets: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(octets, 9)).decode().rstrip("=")


def _decompressed(text: str) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        octets = unpacking.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), _MOST_OCTETS)
    except zlib.error:
        raise ValueError("damaged") from None
    if not unpacking.eof:
        raise ValueError("cut short, or longer than a link can be")
    return octets
