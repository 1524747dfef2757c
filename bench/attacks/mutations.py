"""Changes of the bytes of a file, as a disk, a network, a broken writer or somebody with a bad will makes them; by a seed."""

import random
import re
import struct
from collections.abc import Callable

NUMBERS = (b"nan", b"NaN", b"inf", b"-inf", b"Infinity", b"1e999", b"1e308", b"-1e308", b"5e-324", b"-1", b"0", b"-0.0", b"9" * 5000,
           b"9223372036854775807", b"-9223372036854775808", b"99999999999999999999", b"1_000", b"0x10", b"", b" ", b"true", b"\xef\xbc\x91")
_INTEGERS = (0x7FFFFFFF, -1, 0x5F000000, 0, 1, 1 << 20, 1 << 24, -0x80000000)
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_TAG = re.compile(rb"<[^<>]{1,200}>")
Change = Callable[[random.Random, bytearray], None]


def flip(rng: random.Random, content: bytearray) -> None:
    """One bit."""
    place = rng.randrange(8 * len(content))
    content[place // 8] ^= 1 << place % 8


def overwrite(rng: random.Random, content: bytearray) -> None:
    """One to sixteen bytes, by any others."""
    place = rng.randrange(len(content))
    content[place:place + rng.randint(1, 16)] = rng.randbytes(rng.randint(1, 16))


def erase(rng: random.Random, content: bytearray) -> None:
    """A stretch, by zeros or ones, as a disk gives a block that it lost."""
    place, length = rng.randrange(len(content)), rng.choice((1, 16, 512, 4096))
    content[place:place + length] = rng.choice((b"\0", b"\xff")) * len(content[place:place + length])


def cut(rng: random.Random, content: bytearray) -> None:
    """The end."""
    del content[rng.randrange(len(content)):]


def take_out(rng: random.Random, content: bytearray) -> None:
    """A stretch in the middle."""
    place = rng.randrange(len(content))
    del content[place:place + rng.randint(1, 1 + len(content) // 10)]


def repeat(rng: random.Random, content: bytearray) -> None:
    """A stretch, once more."""
    place = rng.randrange(len(content))
    content[place:place] = content[place:place + rng.randint(1, 1 + len(content) // 10)]


def swap(rng: random.Random, content: bytearray) -> None:
    """Two blocks."""
    length = rng.randint(1, 1 + len(content) // 20)
    first, second = sorted((rng.randrange(len(content)), rng.randrange(len(content))))
    first_bytes, second_bytes = content[first:first + length], content[second:second + length]
    content[second:second + length], content[first:first + length] = first_bytes, second_bytes


def number(rng: random.Random, content: bytearray) -> None:
    """A number that is written in digits, by an extreme one."""
    _replace(rng, content, _NUMBER, rng.choice(NUMBERS))


def tag(rng: random.Random, content: bytearray) -> None:
    """A tag of XML: away, twice, or of another name."""
    _replace(rng, content, _TAG, rng.choice((b"", b"<row>", b"</row>", b"<a/>", b"<!DOCTYPE a>", b"&a;", b"<![CDATA[", b"<" * 100)))


def integer(rng: random.Random, content: bytearray) -> None:
    """Four bytes, by an extreme whole number: a length, a dimension or a value."""
    place = rng.randrange(len(content))
    content[place:place + 4] = struct.pack(rng.choice("<>") + "i", rng.choice(_INTEGERS))


def _replace(rng: random.Random, content: bytearray, pattern: re.Pattern[bytes], new: bytes) -> None:
    """One match near a random place."""
    start = rng.randrange(len(content))
    found = pattern.search(content, start) or pattern.search(content)
    if found:
        content[found.start():found.end()] = new


CHANGES: tuple[Change, ...] = (flip, overwrite, erase, cut, take_out, repeat, swap, number, tag, integer)
