"""The refresh of the marts: which EBs have to be made again, and the statements that make them.

A batch of EBs is one transaction: a lock, the EBs that are still pending, their rows in the one shape of staging, then for each mart
delete and insert by uid, and the note from which version of the source it was made. Whatever ends it in between leaves no trace.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
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
    STAGED,
    STAGED_EXECUTION_BLOCK,
    STAGED_FREQUENCY_AXIS,
    STAGED_INVALID_VALUE,
    Relation,
)
from alma_qa0.core.spectra import EDGE_CHANNELS, EDGE_FRACTION
from alma_qa0.errors import BadRequest, DatabaseRefused
from alma_qa0.store.database import Database
from alma_qa0.store.render import Ident, Sql, render, source_of
from alma_qa0.store.tables import Tables, check_columns, columns_sql, create_marts

BATCH_SIZE = 8
_SMALLEST, _LARGEST = 1.17549435e-38, 3.4028235e38  # what float32 holds

# The relations that the staging SQL of a source reads; the first has every EB.
_READ: Mapping[str, tuple[Relation, ...]] = MappingProxyType({
    "asdm": (ASDM, EXEC_BLOCK, SB_SUMMARY, ANTENNA, SCAN, CAL_DATA, CAL_ATMOSPHERE, CAL_WVR, INVALID_VALUE_RAW),
    "production": (PRODUCTION,),
})
# What a mart does not read need not be staged for it.
_NOT_READ: Mapping[str, tuple[Relation, ...]] = MappingProxyType({
    "execution_block": (STAGED_FREQUENCY_AXIS,),
    "scan_summary": (STAGED_EXECUTION_BLOCK,),
    "spectrum": (STAGED_EXECUTION_BLOCK, STAGED_INVALID_VALUE),
    "invalid_value": (STAGED_EXECUTION_BLOCK, STAGED_FREQUENCY_AXIS),
})


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How many EBs a refresh made, took out since their source is gone, and found as they should be."""

    made: int
    removed: int
    unchanged: int


def refresh(
    database: Database, tables: Tables, *, source: str = "asdm", marts: Sequence[Relation] = MARTS, full: bool = False,
    batch_size: int = BATCH_SIZE, progress: Callable[[int, int], None] | None = None,
) -> Refreshed:
    """Make again the rows of every EB that is new or changed in ``source``, asdm or production, and take out those that are gone.

    ``full`` makes all of them again. ``progress`` is told how many EBs are made, of how many. BadRequest if the source's tables cannot
    be read; an EB that the database refuses does not keep the others from being made: DatabaseRefused, at the end, names it.
    """
    check_columns(database, tables, read_relations(source))
    create_marts(database, tables, marts)
    check_columns(database, tables, (*marts, REFRESH))
    database.execute([render("plans/forget_lost", tables=tables.idents, table=tables.of(mart), mart=mart.name) for mart in marts])
    found = database.run(pending_sql(tables, source=source, marts=marts, full=full))
    pending = found.loc[found["pending"].astype(bool), "uid"].tolist()
    removed = int(database.run(_gone_sql("plans/count_gone", tables, source, marts))["n"].iloc[0])
    database.execute(removal_statements(tables, source=source, marts=marts, full=full))
    make = _Maker(database, tables, source, tuple(marts), full)
    for first in range(0, len(pending), batch_size):
        make.batch(pending[first:first + batch_size])
        if progress:
            progress(min(first + batch_size, len(pending)), len(pending))
    if make.refused:
        raise DatabaseRefused(f"{len(make.refused)} of {len(pending)} EBs were not refreshed: {'; '.join(make.refused[:3])}")
    return Refreshed(len(pending), removed, len(found) - len(pending))


class _Maker:
    """Makes batches; where the database refuses one, its EBs one by one, so that only the culprit is left out."""

    def __init__(self, database: Database, tables: Tables, source: str, marts: tuple[Relation, ...], full: bool) -> None:
        self._database, self._tables, self._source, self._marts, self._full = database, tables, source, marts, full
        self.refused: list[str] = []

    def batch(self, uids: Sequence[str]) -> None:
        try:
            self._database.execute(batch_statements(self._tables, uids, source=self._source, marts=self._marts, full=self._full))
        except DatabaseRefused as error:
            if len(uids) == 1:
                self.refused.append(f"{uids[0]}: {error}")
                return
            for uid in uids:
                self.batch([uid])


def read_relations(source: str) -> tuple[Relation, ...]:
    """The relations that the staging of a source reads; BadRequest unless it is asdm or production."""
    if source not in _READ:
        raise BadRequest(f"{source!r} is not a source; expected {' or '.join(_READ)}")
    return _READ[source]


def pending_sql(tables: Tables, *, source: str, marts: Sequence[Relation], full: bool, uids: Sequence[str] | None = None) -> Sql:
    """A query: each EB of the source (or each of ``uids`` that is in it), its version, and whether it has to be made."""
    version = render(f"staging/{source}/source_version", tables=tables.idents, recipe=f"{_recipe(source)}:")
    return render("plans/pending", tables=tables.idents, source=source, marts=_names(marts), full=full, source_version=version, uids=uids)


def batch_statements(
    tables: Tables, uids: Sequence[str], *, source: str, marts: Sequence[Relation] = MARTS, full: bool = False,
) -> tuple[Sql, ...]:
    """The statements, for one transaction, that make the rows of those of ``uids`` that are still pending when they run."""
    pending = pending_sql(tables, source=source, marts=marts, full=full, uids=list(uids))
    return (
        _lock(tables),
        render("plans/time_zone"),
        render("plans/batch", pending=pending),
        *(statement for relation in _staged_for(marts) for statement in _stage(tables, source, relation)),
        *(statement for mart in marts for statement in _make(tables, mart)),
        render("plans/forget", tables=tables.idents, marts=_names(marts)),
        *(render("plans/note", tables=tables.idents, table=tables.of(mart), mart=mart.name, source=source) for mart in marts),
    )


def removal_statements(tables: Tables, *, source: str, marts: Sequence[Relation] = MARTS, full: bool = False) -> tuple[Sql, ...]:
    """The statements, for one transaction, that take out the EBs that the source no longer has; ``full``: and rows of unknown origin."""
    unknown = (render("plans/clear_unknown", tables=tables.idents, table=tables.of(mart), mart=mart.name) for mart in marts)
    return (
        _lock(tables),
        _gone_sql("plans/gone", tables, source, marts),
        *(render("plans/clear", table=tables.of(mart)) for mart in marts),
        render("plans/forget", tables=tables.idents, marts=_names(marts)),
        *(unknown if full else ()),
    )


def _lock(tables: Tables) -> Sql:
    return render("plans/lock", name=".".join(tables.of(REFRESH).parts))


def _gone_sql(template: str, tables: Tables, source: str, marts: Sequence[Relation]) -> Sql:
    source_table = tables.of(read_relations(source)[0])
    return render(template, tables=tables.idents, source=source, marts=_names(marts), source_table=source_table)


def _staged_for(marts: Sequence[Relation]) -> list[Relation]:
    return [relation for relation in STAGED if any(relation not in _NOT_READ[mart.name] for mart in marts)]


def _stage(tables: Tables, source: str, relation: Relation) -> Iterator[Sql]:
    table = Ident(relation.name)
    holes = {"table": table, **columns_sql(relation)}
    yield render("plans/stage", **holes)
    if holes["kept_as_they_are"]:
        yield render("tables/storage", **holes)
    yield render("plans/fill", **holes, rows=render(_staging_template(source, relation), **_constants(), tables=tables.idents))
    yield render("plans/analyze", **holes)


def _make(tables: Tables, mart: Relation) -> Iterator[Sql]:
    table = tables.of(mart)
    yield render("plans/clear", table=table)
    yield render("plans/fill", table=table, **columns_sql(mart), rows=render(f"marts/{mart.name}"))


def _staging_template(source: str, relation: Relation) -> str:
    name = relation.name.removeprefix("staged_")
    return f"staging/{name}" if relation is STAGED_FREQUENCY_AXIS else f"staging/{source}/{name}"


def _constants() -> dict[str, float]:
    return {"smallest": _SMALLEST, "largest": _LARGEST, "edge_channels": EDGE_CHANNELS, "edge_fraction": EDGE_FRACTION}


def _names(marts: Sequence[Relation]) -> list[str]:
    return [mart.name for mart in marts]


@cache
def _recipe(source: str) -> str:
    """A digest of the SQL that makes the marts: when we change it, every EB is made again."""
    templates = [*(_staging_template(source, relation) for relation in STAGED), *(f"marts/{mart.name}" for mart in MARTS)]
    return sha256("\n".join(map(source_of, templates)).encode()).hexdigest()[:8]
