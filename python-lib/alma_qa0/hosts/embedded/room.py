"""The room that is left on the disks of an embedded PostgreSQL, held against what has to stay free.

Of a PostgreSQL elsewhere nothing is known: no query tells how full its disk is.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from alma_qa0.errors import DatabaseUnavailable

_MB = 1_000_000
_WARNED = 4  # times what has to stay free: less is told


@dataclass(frozen=True, slots=True)
class Room:
    """The disks of the data below ``home``. ``needed_mb`` has to stay free on each; 0 demands nothing."""

    home: Path
    needed_mb: int

    @property
    def wanted_mb(self) -> int:
        """Below this the room is told to be little."""
        return _WARNED * self.needed_mb

    def left(self) -> tuple[int, Path]:
        """What is free for an ordinary user on the fuller disk, that of the data or of its WAL, in MB, and where that is.

        A quota is not seen. OSError where a disk does not answer.
        """
        data = self.home / "postgres"
        places = [place for place in (data, data / "pg_wal") if place.exists()] or [self.home]
        free = {place: (found := os.statvfs(place)).f_bavail * found.f_frsize // _MB for place in places}
        place = min(places, key=free.__getitem__)
        return free[place], place

    def warning(self) -> str:
        """That there is little room, as a sentence; empty where there is enough or where it is not known."""
        try:
            free, place = self.left()
        except OSError:
            return ""
        return "" if free >= self.wanted_mb else f"the disk of {place} has {free:,} MB free: {self._to_do(free)}"

    def demand(self) -> None:
        """DatabaseUnavailable where too little room is left to take more in."""
        try:
            free, place = self.left()
        except OSError as error:
            raise DatabaseUnavailable(f"the disk of {self.home} does not answer ({error.strerror}):"
                                      " mount it, then repeat the command") from None
        if free < self.needed_mb:
            raise DatabaseUnavailable(f"stopped before the disk is full: {place} has {free:,} MB free, and {self.needed_mb:,} MB are"
                                      " needed. Make room, or set ALMA_QA0_FREE_MB lower, then repeat the command; what was done stays")

    def _to_do(self, free: int) -> str:
        if free < self.needed_mb:
            return f"nothing more is taken in until {self.needed_mb:,} MB are. Make room, or move ALMA_QA0_HOME to a larger disk"
        return (f"below {self.needed_mb:,} MB nothing more is taken in. Make room, let alma-qa0 retain take old calibrations out,"
                " or move ALMA_QA0_HOME to a larger disk")
