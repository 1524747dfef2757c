"""One mart in one table of its own, from whichever source a table holds: what a recipe of DSS asks for.

The four recipes know nothing of each other, and may run at once: each mart has its own bookkeeping, in the table beside it.
Whatever cannot be done is refused before anything is written.
"""

import logging
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from alma_qa0.core.fields import (
    ASDM,
    CAL_ATMOSPHERE,
    DECISION,
    EVALUATION,
    FINDING,
    JUDGEMENT,
    MARTS,
    PRODUCTION,
    QUARANTINE,
    REFRESH,
    Field,
    Relation,
)
from alma_qa0.errors import BadRequest, DatabaseRefused
from alma_qa0.jobs.choice import Choice, Mode, Partition
from alma_qa0.store import changes, flow, plans
from alma_qa0.store.database import Database
from alma_qa0.store.quarantine import Refusal
from alma_qa0.store.queries import Marts
from alma_qa0.store.render import Ident, quoted, render
from alma_qa0.store.tables import Tables, check_columns

_LOG = logging.getLogger(__name__)
_CHANGED = Choice()
_MOST_NAMED = 5
Place = tuple[str, str]  # schema and table


def refresh(
    database: Database, mart: Relation, *, source: Place, target: Place, choice: Choice = _CHANGED, batch_size: int = plans.BATCH_SIZE,
    workers: int = 1,
) -> plans.Refreshed:
    """Brings the mart in the table ``target`` up to date with the table ``source``, for the Execution Blocks of ``choice``.

    The source is the old production table or the cal_atmosphere of an ingest, whose other tables are taken from its schema.
    Errors as of plans.refresh; DatabaseRefused, at the end, names those that could not be made; BadRequest also where the source is
    neither, the target is the source or a table of another shape, or Execution Blocks were asked for that the source does not have.
    """
    kind, tables = source_kind(database, source), tables_of(mart, source, target)
    _LOG.info("%s from %s (%s)", ".".join(target), ".".join(source), kind)
    if source == target:
        raise BadRequest(f"{'.'.join(target)} is the input and the output; expected an output of its own")
    tables = flow.readable(database, tables, plans.read_relations(kind))
    check_columns(database, tables, plans.read_relations(kind))
    if not changes.has_index(database, Ident(*source)):
        _LOG.warning("%s has no index on uid: all of it is read for every %d Execution Blocks. Its owner can make one", ".".join(source),
                     batch_size)
    check_outputs(database, tables, (mart, REFRESH))
    uids = _uids(database, tables, kind, choice)
    held = _held(database, tables.of(mart), choice)
    done = plans.refresh(database, tables, source=kind, marts=(mart,), full=choice.again, uids=None if uids is None else [*uids, *held],
                         batch_size=batch_size, workers=workers, progress=say_progress)
    if choice.partition:
        fill_partition(database, (tables.of(mart),), choice.partition, uids or ())
    _LOG.info("%d Execution Blocks made, %d removed, %d as they were", done.made, done.removed, done.unchanged)
    check_refused(done.refused, done.made, "refreshed")
    return done


def source_kind(database: Database, source: Place) -> str:
    """asdm or production, by the columns of a table; BadRequest where they are of neither."""
    names = set(database.run(render("tables/columns", table=str(quoted(Ident(*source)))))["name"])
    for kind, relation in (("asdm", CAL_ATMOSPHERE), ("production", PRODUCTION)):
        if names.issuperset(relation.key):
            return kind
    expected = " or ".join(f"({', '.join(relation.key)})" for relation in (CAL_ATMOSPHERE, PRODUCTION))
    found = ", ".join(sorted(names)) or "no table"
    raise BadRequest(f"{'.'.join(source)} holds no atmosphere calibrations; expected the columns {expected}, found {found}")


def tables_of(mart: Relation, source: Place, target: Place) -> Tables:
    """Where everything stands for one mart in ``target``."""
    idents = {CAL_ATMOSPHERE.name: Ident(*source), PRODUCTION.name: Ident(*source), mart.name: Ident(*target)}
    return Tables.in_schemas(raw=source[0], mart=target[0]).with_tables(
        **idents, refresh=bookkeeping(target), quarantine=flow.nothing(QUARANTINE))


def check_outputs(database: Database, tables: Tables, relations: Sequence[Relation]) -> None:
    """Refuses tables of another shape, and gives ours the key and the indexes that they lack. Tables that are not there are fine.

    One of an earlier version is ours: it gets its new columns when it is written to.
    """
    there = flow.present(database, tables, relations)
    try:
        check_columns(database, tables, [relation.first_layout for relation in there])
    except BadRequest as error:
        raise BadRequest(f"{error}. The output is a table that this recipe did not make: drop it, or choose another output") from error
    for relation in there:
        _complete(database, tables.of(relation), relation)


def check_known(asked: Sequence[str], known: set[str], place: Ident) -> None:
    """BadRequest, with their names, where Execution Blocks were asked for that a table does not have."""
    unknown = [uid for uid in asked if uid not in known]
    if unknown:
        more = f" and {len(unknown) - _MOST_NAMED} more" if len(unknown) > _MOST_NAMED else ""
        raise BadRequest(f"{', '.join(unknown[:_MOST_NAMED])}{more}: not in {'.'.join(place.parts)}; expected the UIDs of Execution Blocks"
                         " that the input has")


def check_refused(refused: Sequence[Refusal], n_done: int, done: str) -> None:
    """DatabaseRefused, with their names, where some Execution Blocks could not be done; the others are."""
    if refused:
        told = "; ".join(f"{one.uid}: {one.sentence}" for one in refused[:_MOST_NAMED])
        raise DatabaseRefused(f"{len(refused)} of {n_done + len(refused)} EBs were not {done}: {told}")


def fill_partition(database: Database, tables: Sequence[Ident], partition: Partition, uids: Sequence[str]) -> None:
    """Makes a partition of some tables hold the rows of some Execution Blocks and no others."""
    for table in tables:
        flow.fill_partition(database, table, partition.column, partition.value, uids)


def described(relation: Relation, partition: Partition | None = None) -> list[tuple[str, str, str]]:
    """The columns of a relation for a catalogue: name, PostgreSQL type, and what it means with its unit."""
    columns = [(field.name, field.kind.value, _meaning(field)) for field in relation.fields]
    return [*columns, (partition.column, "text", "partition: the day (UTC) on which the Execution Block starts")] if partition else columns


def marts_in(database: Database, targets: Mapping[str, Place]) -> Marts:
    """What the recipes made, by the name of its relation, each in its (schema, table), for a page to read; no other relation is there.

    ``execution_block`` is always there, another mart where it was chosen, ``finding`` and ``evaluation`` both or neither, ``decision``
    where decisions are taken.
    """
    if (FINDING.name in targets) != (EVALUATION.name in targets):
        raise BadRequest("only one of finding and evaluation was chosen; expected both outputs of the judging recipe, or neither")
    absent = [mart for mart in MARTS if mart.name not in targets]
    tables = Tables(MappingProxyType({
        **{name: Ident(*target) for name, target in targets.items()}, **{mart.name: flow.nothing(mart) for mart in absent}}))
    readable = flow.readable(database, tables, [relation for relation in (*MARTS, *JUDGEMENT, DECISION) if relation.name in targets])
    books = tuple(bookkeeping(targets[mart.name]) for mart in MARTS if mart not in absent)
    return Marts(database, readable, bookkeeping=books, absent=frozenset(mart.name for mart in absent))


def marts_of_tables(database: Database, tables: Tables) -> Marts:
    """The marts in tables of their own names; those that are not there have no rows, and those of an earlier version lack columns."""
    absent = [mart for mart in MARTS if mart not in flow.present(database, tables, MARTS)]
    tables = flow.readable(database, tables, (*MARTS, *JUDGEMENT, DECISION))
    return Marts(database, tables.with_tables(**{mart.name: flow.nothing(mart) for mart in absent}),
                 absent=frozenset(mart.name for mart in absent))


def bookkeeping(target: Place) -> Ident:
    """The table that says from which version of the source each Execution Block of a mart was made."""
    return Ident(target[0], f"{target[1]}_refresh")


def say_progress(done: int, n_pending: int) -> None:
    """Tells in the log how far a run is."""
    _LOG.info("%d of %d Execution Blocks", done, n_pending)


def _complete(database: Database, table: Ident, relation: Relation) -> None:
    """Adds the key and the indexes that a table lacks. One who may write to it and is not its owner can do without."""
    try:
        if not flow.has_key(database, table, relation):
            flow.add_key(database, table, relation)
            _LOG.info("%s has its key again: %s", ".".join(table.parts), ", ".join(relation.key))
        missing = flow.missing_indexes(database, table, relation)
        if missing:
            flow.add_indexes(database, table, relation)
            _LOG.info("%s has its indexes again: %s", ".".join(table.parts), ", ".join(missing))
    except DatabaseRefused as error:
        _LOG.warning("%s lacks its key or an index, and they cannot be made: %s", ".".join(table.parts), error)


def _uids(database: Database, tables: Tables, kind: str, choice: Choice) -> list[str] | None:
    """The Execution Blocks of the source that a run is about; None for all."""
    if choice.mode is Mode.UIDS:
        table = tables.of(PRODUCTION if kind == "production" else ASDM)
        check_known(choice.uids, flow.known_uids(database, table, choice.uids), table)
        return list(choice.uids)
    days = (choice.partition.day,) if choice.partition else choice.days
    if not days:
        return None
    uids = plans.uids_of_days(database, tables, source=kind, days=days)
    _LOG.info("%d Execution Blocks start on %s", len(uids), ", ".join(map(str, days[:_MOST_NAMED])))
    return uids


def _held(database: Database, table: Ident, choice: Choice) -> list[str]:
    """The Execution Blocks that the partition holds from earlier runs: if the source has them no more, they are taken out."""
    return flow.partition_uids(database, table, choice.partition.column, choice.partition.value) if choice.partition else []


def _meaning(field: Field) -> str:
    return f"{field.meaning} [{field.unit}]" if field.unit else field.meaning
