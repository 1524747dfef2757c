"""The refresh of the marts: which EBs have to be made again, or are gone, and the batches in which they are made, some at once."""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from alma_qa0.core.fields import (
    ANTENNA,
    ASDM,
    CAL_ATMOSPHERE,
    CAL_DATA,
    CAL_WVR,
    EXEC_BLOCK,
    INVALID_VALUE_RAW,
    MARTS,
    PRODUCTION,
    REFRESH,
    SB_SUMMARY,
    SCAN,
    Relation,
)
from alma_qa0.errors import BadRequest, DatabaseRefused
from alma_qa0.store import changes, months, quarantine
from alma_qa0.store.batch import batch_statements, lock, recipe
from alma_qa0.store.database import Database
from alma_qa0.store.distribution import in_shards
from alma_qa0.store.quarantine import Refusal, Step
from alma_qa0.store.render import Sql, render
from alma_qa0.store.tables import Tables, check_columns, create_marts, create_quarantine

BATCH_SIZE = 8
_MOST_REMOVED_AT_ONCE = 1000

# The relations that the staging SQL of a source reads; the first has every EB.
_READ: Mapping[str, tuple[Relation, ...]] = MappingProxyType({
    "asdm": (ASDM, EXEC_BLOCK, SB_SUMMARY, ANTENNA, SCAN, CAL_DATA, CAL_ATMOSPHERE, CAL_WVR, INVALID_VALUE_RAW),
    "production": (PRODUCTION,),
})
# Where a source says when the rows of an EB begin.
_TIMES: Mapping[str, tuple[Relation, str]] = MappingProxyType({
    "asdm": (CAL_ATMOSPHERE, "start_valid_time"), "production": (PRODUCTION, "startvalidtime")})


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How many EBs a refresh made, took out since their source is gone, and found as they should be; and which could not be made."""

    made: int
    removed: int
    unchanged: int
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """The EBs that have to be made, each with its version; those that are gone from the source; how many are as they should be."""

    pending: Mapping[str, str]
    gone: tuple[str, ...]
    n_unchanged: int


def refresh(
    database: Database, tables: Tables, *, source: str = "asdm", marts: Sequence[Relation] = MARTS, full: bool = False,
    uids: Sequence[str] | None = None, batch_size: int = BATCH_SIZE, workers: int = 1, progress: Callable[[int, int], None] | None = None,
) -> Refreshed:
    """Make again the rows of every EB that is new or changed in ``source``, asdm or production, and take out those that are gone.

    ``uids`` are the only EBs that are looked at; None looks at all. ``full`` makes all of them again. So many ``workers`` make batches
    at once, each on a connection of its own. ``progress`` is told how many EBs are made, of how many. BadRequest if the source's tables
    cannot be read. An EB that the database refuses does not keep the others from being made; it is in quarantine until its source or
    our SQL is another, or until it is named or all are made again.
    """
    check_columns(database, tables, read_relations(source))
    create_marts(database, tables, marts)
    create_quarantine(database, tables)
    check_columns(database, tables, (*marts, REFRESH))
    uids = None if uids is None else sorted(set(uids))
    distributed = bool(in_shards(database, [tables.of(mart) for mart in marts]))
    database.execute([
        *([] if distributed else changes.forget_if_lost_statements(tables, marts)),
        *(render("plans/forget_lost", tables=tables.idents, table=tables.of(mart), mart=mart.name, uids=uids) for mart in marts)])
    is_counted = source == "production" and uids is None and not distributed
    mark = changes.read_mark(database, tables.of(PRODUCTION), marts) if is_counted else None
    state = (not full and _look_at_changes(database, tables, mark, source, marts)) or look(
        database, tables, source=source, marts=marts, full=full, uids=uids)
    _remove(database, tables, state.gone, source=source, marts=marts)
    if full and uids is None:
        database.execute([render("plans/clear_unknown", tables=tables.idents, table=tables.of(mart), mart=mart.name) for mart in marts])
    make = _Maker(database, tables, source, tuple(marts), full, distributed)
    held = quarantine.held(database, tables, Step.REFRESH)
    waiting = () if full or uids is not None else quarantine.still_held(held, state.pending)
    tried = {uid: version for uid, version in state.pending.items() if uid not in {one.uid for one in waiting}}
    pending, size = list(tried.items()), 1 if distributed else batch_size  # all that a shard is asked is of one EB
    batches = [dict(pending[first:first + size]) for first in range(0, len(pending), size)]
    _at_once(batches, make.batch, workers, progress)
    if is_counted:
        # an EB that is not made looks new the next time, and its rows are old
        complete = None if make.refused or waiting else mark
        database.execute([lock(tables, [""]), *changes.keep_statements(tables, complete, source=source)])
    refused = tuple(sorted(make.refused, key=lambda one: one.uid))
    done = held.keys() & ({*tried, *state.gone} - {one.uid for one in refused})
    quarantine.note(database, tables, Step.REFRESH, refused=refused, done=done)
    return Refreshed(len(pending) - len(refused), len(state.gone), state.n_unchanged, (*refused, *waiting))


def look(
    database: Database, tables: Tables, *, source: str, marts: Sequence[Relation] = MARTS, full: bool = False,
    uids: Sequence[str] | None = None,
) -> State:
    """Which EBs of a source, or which of ``uids``, have to be made for some marts; ``full``: all that it has."""
    found = database.run(_state_sql(tables, source=source, marts=marts, full=full, uids=uids)).iloc[0]
    pending = json.loads(found["pending"])
    return State({uid: pending[uid] for uid in sorted(pending)}, tuple(sorted(json.loads(found["gone"]))), int(found["n_unchanged"]))


def uids_of_days(database: Database, tables: Tables, *, source: str, days: Sequence[date]) -> list[str]:
    """The EBs of a source that start on some days (UTC), in order: by ExecBlock.startTime, or by their first row of the old table."""
    read_relations(source)
    return database.run(render(f"staging/{source}/uids_of_days", tables=tables.idents, days=list(days)))["uid"].tolist()


def _look_at_changes(database: Database, tables: Tables, mark: changes.Mark | None, source: str, marts: Sequence[Relation]) -> State | None:
    """The same as ``look``, from the EBs that can have changed; None where they are not known."""
    suspects = changes.find_suspects(database, tables, mark, source=source, source_table=tables.of(PRODUCTION), marts=marts,
                                     recipe=f"{recipe(source)}:") if mark else None
    if suspects is None:
        return None
    state = look(database, tables, source=source, marts=marts, uids=suspects.uids)
    return State(state.pending, state.gone, state.n_unchanged + suspects.n_others)


def read_relations(source: str) -> tuple[Relation, ...]:
    """The relations that the staging of a source reads; BadRequest unless it is asdm or production."""
    if source not in _READ:
        raise BadRequest(f"{source!r} is not a source; expected {' or '.join(_READ)}")
    return _READ[source]


def _state_sql(tables: Tables, *, source: str, marts: Sequence[Relation], full: bool, uids: Sequence[str] | None) -> Sql:
    chosen = None if uids is None else list(uids) or [""]  # "" is no uid
    version = render(f"staging/{source}/source_version", tables=tables.idents, recipe=f"{recipe(source)}:", uids=chosen)
    return render("plans/state", tables=tables.idents, source=source, marts=[mart.name for mart in marts], full=full,
                  source_version=version, uids=chosen)


def _remove(database: Database, tables: Tables, gone: Sequence[str], *, source: str, marts: Sequence[Relation]) -> None:
    for first in range(0, len(gone), _MOST_REMOVED_AT_ONCE):
        uids = list(gone[first:first + _MOST_REMOVED_AT_ONCE])
        holes = {"uids": uids, "source_table": tables.of(read_relations(source)[0])}
        database.execute([
            lock(tables, uids),
            *(render("plans/clear_gone", table=tables.of(mart), marts=None, **holes) for mart in marts),
            render("plans/clear_gone", table=tables.of(REFRESH), marts=[mart.name for mart in marts], **holes),
        ])


def _at_once(batches: Sequence[Mapping[str, str]], make: Callable[[Mapping[str, str]], None], workers: int,
             progress: Callable[[int, int], None] | None) -> None:
    """Makes every batch, so many at a time. The first error ends it; batches that were not begun are left."""
    n_pending, done = sum(map(len, batches)), 0
    with ThreadPoolExecutor(max(workers, 1)) as pool:
        running = {pool.submit(make, batch): len(batch) for batch in batches}
        try:
            for made in as_completed(running):
                made.result()
                done += running[made]
                if progress:
                    progress(done, n_pending)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


class _Maker:
    """Makes batches; where the database refuses one, its EBs one by one, so that only the culprit is left out."""

    def __init__(
        self, database: Database, tables: Tables, source: str, marts: tuple[Relation, ...], full: bool, distributed: bool,
    ) -> None:
        self._database, self._tables, self._source, self._marts, self._full = database, tables, source, marts, full
        self._distributed, self._by_month = distributed, months.laid(database, tables, marts)
        self.refused: list[Refusal] = []

    def batch(self, versions: Mapping[str, str]) -> None:
        try:
            self._make_months(list(versions))
            self._database.execute(batch_statements(self._tables, versions, source=self._source, marts=self._marts, full=self._full,
                                                    distributed=self._distributed))
        except DatabaseRefused as error:
            if len(versions) == 1:
                self.refused.extend(Refusal(uid, version, quarantine.in_words(error), quarantine.is_lasting(error))
                                    for uid, version in versions.items())
                return
            for uid, version in versions.items():
                self.batch({uid: version})

    def _make_months(self, uids: Sequence[str]) -> None:
        if self._by_month:
            relation, time_column = _TIMES[self._source]
            found = months.months_of(self._database, self._tables.of(relation), time_column, uids)
            months.make(self._database, self._tables, self._by_month, found)
