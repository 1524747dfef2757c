"""Unpacks the tables of the one ASDM in a tar, compressed by gzip or not, whatever the file is called.

Everything is read, the rest behind the last member too: gzip has its checksum at its end, and nothing that it contradicts is believed.
"""

import gzip
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from alma_qa0.asdm.limits import (
    FREELY_UNPACKED,
    HIGHEST_COMPRESSION,
    LONGEST_HEADERS,
    LONGEST_NAME,
    MOST_FOLDERS,
    MOST_MEMBERS,
    MOST_SHARED_HEADERS,
    MOST_UNPACKED,
)
from alma_qa0.errors import BrokenAsdm, NotAnAsdm

_GZIP = b"\x1f\x8b"
_BLOCK = 1 << 18
_ERRORS = (tarfile.TarError, EOFError, zlib.error, OSError, ValueError, OverflowError, RecursionError)


def unpack(path: Path, temporary: Path, wanted: frozenset[str]) -> tuple[Path, str]:
    """Writes the ``wanted`` files of the one ASDM in the tar below ``temporary``: their folder there, and its name in the tar.

    Raises NotAnAsdm where the tar has no ASDM.xml, BrokenAsdm where it has several, is damaged or goes beyond the limits.
    """
    content = _Content(path.name, temporary, wanted)
    try:
        with _opened(path) as stream:
            stream.allow(LONGEST_HEADERS)
            with tarfile.TarFile(fileobj=stream) as tar:  # type: ignore[arg-type]  # it reads, tells and seeks, and no more
                content.take(tar, stream)
            stream.read_on()
    except _ERRORS as error:
        raise BrokenAsdm(f"cannot be unpacked: {error}", source=path.name, expected="a whole .tar or .tar.gz") from error
    return content.only_asdm()


class _Stream:
    """The bytes of the archive as tarfile reads them, no more at a time than is allowed, and in all no more than ``most``."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile, source: str, most: int | None) -> None:
        self._file, self._source, self._most, self._allowed = file, source, most, 0

    def allow(self, count: int) -> None:
        """Lets so many bytes be read until this is called again."""
        self._allowed = count

    def read(self, size: int) -> bytes:
        if not 0 <= size <= self._allowed:
            raise BrokenAsdm("a member has too long headers", source=self._source, value=size, expected=f"{LONGEST_HEADERS} bytes at most")
        self._allowed -= size
        data = self._file.read(size)
        self._check(self._file.tell())
        return data

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int) -> int:
        self._check(offset)
        return self._file.seek(offset)

    def read_on(self) -> None:
        """Reads what is left."""
        while self._file.read(_BLOCK):
            self._check(self._file.tell())

    def _check(self, offset: int) -> None:
        if self._most is not None and offset > self._most:
            raise BrokenAsdm("too large when unpacked", source=self._source, expected=f"at most {self._most} bytes of this file")


@contextmanager
def _opened(path: Path) -> Iterator[_Stream]:
    with path.open("rb") as file:
        is_compressed = file.read(len(_GZIP)) == _GZIP
        file.seek(0)
        if not is_compressed:
            yield _Stream(file, path.name, None)
            return
        with gzip.open(file) as content:
            yield _Stream(content, path.name, FREELY_UNPACKED + HIGHEST_COMPRESSION * path.stat().st_size)


@dataclass(slots=True)
class _Content:
    """The tables found in a tar: the folder on disk for each folder of the tar, by a number, so that no name of the tar is a path."""

    source: str
    temporary: Path
    wanted: frozenset[str]
    folders: dict[str, Path] = field(default_factory=dict)
    unpacked: int = 0

    def take(self, tar: tarfile.TarFile, stream: _Stream) -> None:
        for _ in range(MOST_MEMBERS):
            stream.allow(LONGEST_HEADERS)
            member = tar.next()
            if member is None:
                return
            tar.members = []  # type: ignore[attr-defined]  # it would keep all of them
            self._check(tar, member)
            name = PurePosixPath(member.name)
            if member.isfile() and name.name in self.wanted:
                stream.allow(member.size)
                self._unpack(tar, member, name)
        raise BrokenAsdm("too many members", source=self.source, expected=f"at most {MOST_MEMBERS} files and folders")

    def only_asdm(self) -> tuple[Path, str]:
        found = [name for name, folder in self.folders.items() if (folder / "ASDM.xml").exists()]
        if not found:
            raise NotAnAsdm("no ASDM in it", source=self.source, expected="exactly one ASDM.xml")
        if len(found) > 1:
            raise BrokenAsdm("several ASDMs in it", source=self.source, value=len(found), expected="exactly one ASDM.xml")
        return self.folders[found[0]], PurePosixPath(found[0]).name

    def _check(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        if len(member.name) > LONGEST_NAME:
            raise self._broken("a member has too long a name", member, f"at most {LONGEST_NAME} characters")
        if len(tar.pax_headers) > MOST_SHARED_HEADERS:
            raise self._broken("too many headers for all members", member, f"at most {MOST_SHARED_HEADERS}")
        name = PurePosixPath(member.name)
        if name.is_absolute() or ".." in name.parts or "\\" in member.name:
            raise self._broken("a member climbs out of its folder", member)
        if not (member.isfile() or member.isdir()) or member.issparse():
            raise self._broken("a member is a link, a device or has holes", member, "files and folders")

    def _unpack(self, tar: tarfile.TarFile, member: tarfile.TarInfo, name: PurePosixPath) -> None:
        self.unpacked += member.size
        if self.unpacked > MOST_UNPACKED:
            raise self._broken("too large when unpacked", member, f"tables of at most {MOST_UNPACKED} bytes together")
        target = self._folder(str(name.parent)) / name.name
        content = tar.extractfile(member)
        if target.exists() or content is None:
            raise self._broken("a member is there twice", member)
        with content, target.open("wb") as file:
            shutil.copyfileobj(content, file, _BLOCK)

    def _folder(self, name: str) -> Path:
        if name not in self.folders:
            if len(self.folders) == MOST_FOLDERS:
                raise BrokenAsdm("too many folders with tables", source=self.source, expected=f"at most {MOST_FOLDERS}")
            self.folders[name] = self.temporary / str(len(self.folders))
            self.folders[name].mkdir()
        return self.folders[name]

    def _broken(self, problem: str, member: tarfile.TarInfo, expected: str | None = None) -> BrokenAsdm:
        return BrokenAsdm(problem, source=self.source, field="member", value=member.name, expected=expected)
