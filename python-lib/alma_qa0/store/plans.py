"""The refresh of the marts: which EBs have to be made again, or are gone, and the batches in which they are made, some at once."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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
    INTAKE,
    INVALID_VALUE_RAW,
    MARTS,
    PRODUCTION,
    REFRESH,
    SB_SUMMARY,
    SCAN,
    Relation,
)
from alma_qa0.errors import BadRequest, DatabaseRefused
from alma_qa0.store import changes, flow, months, quarantine
from alma_qa0.store.batch import batch_statements, lock, mart_version, recipe
from alma_qa0.store.database import Database
from alma_qa0.store.digests import digest
from alma_qa0.store.distribution import in_shards
from alma_qa0.store.quarantine import Refusal, Step
from alma_qa0.store.render import Sql, render
from alma_qa0.store.tables import Tables, check_columns, create_marts, create_quarantine

BATCH_SIZE = 8
_MOST_REMOVED_AT_ONCE = 1000

# The relations that the staging SQL of a source reads; the first has every EB.
_READ: Mapping[str, tuple[Relation, ...]] = MappingProxyType({
    "asdm": (ASDM, INTAKE, EXEC_BLOCK, SB_SUMMARY, ANTENNA, SCAN, CAL_DATA, CAL_ATMOSPHERE, CAL_WVR, INVALID_VALUE_RAW),
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
class Pending:
    """What has to be made of one EB: some marts, from the present version of its source."""

    source_version: str
    marts: tuple[Relation, ...]

    def tried_as(self, source: str) -> str:
        """What the making of any mart of it depends on: where it failed, it is tried again when this is another."""
        return f"{digest(recipe(source, mart) for mart in MARTS)}: {self.source_version}"


@dataclass(frozen=True, slots=True)
class State:
    """The EBs that have to be made; those that are gone from the source; how many are as they should be."""

    pending: Mapping[str, Pending]
    gone: tuple[str, ...]
    n_unchanged: int


def refresh(
    database: Database, tables: Tables, *, source: str = "asdm", marts: Sequence[Relation] = MARTS, full: bool = False,
    uids: Sequence[str] | None = None, batch_size: int = BATCH_SIZE, workers: int = 1, progress: Callable[[int, int], None] | None = None,
) -> Refreshed:
    """Make again the rows of every EB that is new or changed in ``source``, asdm or production, and take out those that are gone.

    ``uids`` are the only EBs that are looked at; None looks at all. ``full`` makes all of them again. So many ``workers`` make batches
    at once, each on a connection of its own. ``progress`` is told how many EBs are made, of how many. BadRequest if the source's tables
    cannot be read. A mart that cannot be made from ``source`` is left as it is. An EB that the database refuses does not keep the others
    from being made; it is in quarantine until its source or our SQL is another, or until it is named or all are made again.
    """
    tables = flow.readable(database, tables, read_relations(source))
    check_columns(database, tables, read_relations(source))
    create_marts(database, tables, marts)
    create_quarantine(database, tables)
    check_columns(database, tables, (*marts, REFRESH))
    marts = _of_source(source, marts)
    if not marts:
        return Refreshed(0, 0, 0)
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
    make = _Maker(database, tables, source, full, distributed, months.laid(database, tables, marts))
    held = quarantine.held(database, tables, Step.REFRESH)
    tried_as = {uid: pending.tried_as(source) for uid, pending in state.pending.items()}
    waiting = () if full or uids is not None else quarantine.still_held(held, tried_as)
    tried = {uid: pending for uid, pending in state.pending.items() if uid not in {one.uid for one in waiting}}
    _at_once(_batches(tried, 1 if distributed else batch_size), make.batch, workers, progress)  # a shard is asked of one EB at a time
    if is_counted:
        # an EB that is not made looks new the next time, and its rows are old
        complete = None if make.refused or waiting else mark
        database.execute([lock(tables, [""]), *changes.keep_statements(tables, complete, source=source)])
    refused = tuple(sorted(make.refused, key=lambda one: one.uid))
    done = held.keys() & ({*tried, *state.gone} - {one.uid for one in refused})
    quarantine.note(database, tables, Step.REFRESH, refused=refused, done=done)
    return Refreshed(len(tried) - len(refused), len(state.gone), state.n_unchanged, (*refused, *waiting))


def look(
    database: Database, tables: Tables, *, source: str, marts: Sequence[Relation] = MARTS, full: bool = False,
    uids: Sequence[str] | None = None,
) -> State:
    """Which EBs of a source, or which of ``uids``, have to be made for some marts; ``full``: all that it has."""
    tables, marts = flow.readable(database, tables, read_relations(source)), _of_source(source, marts)
    if not marts:
        return State({}, (), 0)
    found = database.run(_state_sql(tables, source=source, marts=marts, full=full, uids=uids)).iloc[0]
    pending = {uid: Pending(version, _lacking(source, marts, version, () if full else noted or ()))
               for uid, (version, noted) in sorted(json.loads(found["pending"]).items())}
    return State(pending, tuple(sorted(json.loads(found["gone"]))), int(found["n_unchanged"]))


def _of_source(source: str, marts: Sequence[Relation]) -> tuple[Relation, ...]:
    """Those of some marts that can be made from a source."""
    return tuple(mart for mart in marts if source in mart.sources)


def _lacking(source: str, marts: Sequence[Relation], version: str, noted: Collection[str]) -> tuple[Relation, ...]:
    """Those of some marts that were not made from this version by the SQL of today; ``noted`` are the marts, each with its version."""
    return tuple(mart for mart in marts if f"{mart.name} {mart_version(source, mart, version)}" not in noted)


def uids_of_days(database: Database, tables: Tables, *, source: str, days: Sequence[date]) -> list[str]:
    """The EBs of a source that start on some days (UTC), in order: by ExecBlock.startTime, or by their first row of the old table."""
    read_relations(source)
    return database.run(render(f"staging/{source}/uids_of_days", tables=tables.idents, days=list(days)))["uid"].tolist()


def _look_at_changes(database: Database, tables: Tables, mark: changes.Mark | None, source: str, marts: Sequence[Relation]) -> State | None:
    """The same as ``look``, from the EBs that can have changed; None where they are not known."""
    suspects = changes.find_suspects(database, tables, mark, source=source, source_table=tables.of(PRODUCTION), marts=marts,
                                     recipes=_recipes(source, marts)) if mark else None
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
    version = render(f"staging/{source}/source_version", tables=tables.idents, uids=chosen)
    return render("plans/state", tables=tables.idents, source=source, recipes=_recipes(source, marts), full=full,
                  source_version=version, uids=chosen)


def _recipes(source: str, marts: Sequence[Relation]) -> list[tuple[str, str]]:
    """The name of each mart, and what its version begins with."""
    return [(mart.name, mart_version(source, mart, "")) for mart in marts]


def _remove(database: Database, tables: Tables, gone: Sequence[str], *, source: str, marts: Sequence[Relation]) -> None:
    for first in range(0, len(gone), _MOST_REMOVED_AT_ONCE):
        uids = list(gone[first:first + _MOST_REMOVED_AT_ONCE])
        holes = {"uids": uids, "source_table": tables.of(read_relations(source)[0])}
        database.execute([
            lock(tables, uids),
            *(render("plans/clear_gone", table=tables.of(mart), marts=None, **holes) for mart in marts),
            render("plans/clear_gone", table=tables.of(REFRESH), marts=[mart.name for mart in marts], **holes),
        ])


@dataclass(frozen=True, slots=True)
class _Batch:
    """EBs that are made together, each with the version of its source, and the marts that they lack."""

    versions: Mapping[str, str]
    marts: tuple[Relation, ...]

    def one_by_one(self) -> Iterator["_Batch"]:
        return (_Batch({uid: version}, self.marts) for uid, version in self.versions.items())


def _batches(pending: Mapping[str, Pending], size: int) -> list[_Batch]:
    """Batches of at most ``size`` EBs that lack the same marts."""
    alike: dict[tuple[Relation, ...], list[tuple[str, str]]] = {}
    for uid, one in pending.items():
        alike.setdefault(one.marts, []).append((uid, one.source_version))
    return [_Batch(dict(versions[first:first + size]), marts)
            for marts, versions in alike.items() for first in range(0, len(versions), size)]


def _at_once(batches: Sequence[_Batch], make: Callable[[_Batch], None], workers: int,
             progress: Callable[[int, int], None] | None) -> None:
    """Makes every batch, so many at a time. The first error ends it; batches that were not begun are left."""
    n_pending, done = sum(len(batch.versions) for batch in batches), 0
    with ThreadPoolExecutor(max(workers, 1)) as pool:
        running = {pool.submit(make, batch): len(batch.versions) for batch in batches}
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
        self, database: Database, tables: Tables, source: str, full: bool, distributed: bool, by_month: Sequence[Relation],
    ) -> None:
        self._database, self._tables, self._source, self._full = database, tables, source, full
        self._distributed, self._by_month = distributed, by_month
        self.refused: list[Refusal] = []

    def batch(self, batch: _Batch) -> None:
        try:
            self._make_months(list(batch.versions))
            self._database.execute(batch_statements(self._tables, batch.versions, source=self._source, marts=batch.marts, full=self._full,
                                                    distributed=self._distributed))
        except DatabaseRefused as error:
            if len(batch.versions) > 1:
                for one in batch.one_by_one():
                    self.batch(one)
                return
            for uid, version in batch.versions.items():
                tried_as = Pending(version, batch.marts).tried_as(self._source)
                self.refused.append(Refusal(uid, tried_as, quarantine.in_words(error), quarantine.is_lasting(error)))

    def _make_months(self, uids: Sequence[str]) -> None:
        if self._by_month:
            relation, time_column = _TIMES[self._source]
            found = months.months_of(self._database, self._tables.of(relation), time_column, uids)
            months.make(self._database, self._tables, self._by_month, found)
