"""Which Execution Blocks a run is about: what changed, these, those of some days, or all; and the partition that it fills."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from alma_qa0.errors import BadSetting

_MOST_DAYS = 3_660  # ten years: more is a slip of the pen
_EARLIEST = date(2000, 1, 1)


class Mode(Enum):
    """How the Execution Blocks of a run are chosen."""

    CHANGED = "changed"
    UIDS = "uids"
    DAYS = "days"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Partition:
    """One day of an output that is partitioned by day: the column that says so, and the day as DSS writes it there."""

    column: str
    value: str
    day: date


@dataclass(frozen=True, slots=True)
class Choice:
    """What a run is about. ``uids`` and ``days`` (UTC) are those of their modes; a ``partition`` narrows the run to its day."""

    mode: Mode = Mode.CHANGED
    uids: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    partition: Partition | None = None

    @property
    def again(self) -> bool:
        """Whether what was made already is made again."""
        return self.mode is not Mode.CHANGED


def choose(
    mode: str, *, uids: Sequence[str] = (), days: Sequence[str] = (), partition: tuple[str, str] | None = None,
) -> Choice:
    """The choice behind parameters; ``days`` as 2026-07-17, or first/last of several; ``partition`` is a column and a day.

    BadSetting where the mode is none or lacks what it asks for, a day is no day, or a partitioned output is asked for other days.
    """
    if mode not in {known.value for known in Mode}:
        raise BadSetting("mode", mode, f"one of {', '.join(known.value for known in Mode)}")
    chosen = Mode(mode)
    if partition and chosen in (Mode.UIDS, Mode.DAYS):
        raise BadSetting("mode", mode, "changed or all: the output is partitioned, and the partition that is built says which day")
    if chosen is Mode.UIDS and not uids:
        raise BadSetting("uids", None, "the UID of at least one Execution Block, since the mode is uids")
    if chosen is Mode.DAYS and not days:
        raise BadSetting("days", None, "at least one day, such as 2026-07-17, since the mode is days")
    return Choice(
        chosen, uids=tuple(uids) if chosen is Mode.UIDS else (),
        days=tuple(dict.fromkeys(day for given in days for day in _days(given))) if chosen is Mode.DAYS else (),
        partition=Partition(*partition, _day(*partition)) if partition else None)


def _days(given: str) -> list[date]:
    first, last = (_day("days", part) for part in (given.split("/", 1) if "/" in given else (given, given)))
    n_days = (last - first).days + 1
    if not 0 < n_days <= _MOST_DAYS:
        raise BadSetting("days", given, f"the first day before the last, and at most {_MOST_DAYS} days")
    return [first + timedelta(days=offset) for offset in range(n_days)]


def _day(name: str, given: str) -> date:
    """A day as ISO writes it, or with nothing between its parts; the time of day that DSS may put after it is left out."""
    text = given.partition("T")[0]
    try:
        day = date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:]}" if text.isdigit() else text)
    except ValueError:
        day = date.min
    if day < _EARLIEST:
        raise BadSetting(name, given, "a day such as 2026-07-17")
    return day
