"""Judging in tables of its own, over marts that each have theirs: what the judging recipe of DSS asks for."""

import logging
from collections.abc import Mapping

from alma_qa0.core.fields import EVALUATION, EXECUTION_BLOCK, FINDING, FIRST_LAYOUT, JUDGEMENT, MARTS, QUARANTINE, RAW, REFRESH
from alma_qa0.core.rules import limits_from
from alma_qa0.errors import BadRequest
from alma_qa0.jobs import judge
from alma_qa0.jobs.choice import Choice, Mode
from alma_qa0.jobs.marts import Place, bookkeeping, check_known, check_outputs, check_refused, fill_partition, say_progress, source_kind
from alma_qa0.store import flow
from alma_qa0.store.database import Database
from alma_qa0.store.render import Ident, Sql
from alma_qa0.store.tables import Tables, check_columns

_LOG = logging.getLogger(__name__)
_CHANGED = Choice()


def refresh(
    database: Database, *, marts: Mapping[str, Place], source: Place | None, finding: Place, evaluation: Place,
    limits: Mapping[str, object], choice: Choice = _CHANGED, batch_size: int = judge.BATCH_SIZE, workers: int = 1,
) -> judge.Judged:
    """Judges the Execution Blocks of ``choice`` in the ``marts``, by the name of each, into ``finding`` and ``evaluation``.

    The marts of the first version must be there: that one has no rows is a finding. Rules that read a later one find nothing without it.

    ``source`` is what the marts were made from. The other tables of an ingest stand beside it; of the old production table, or without
    a source, there are none, and the rules that need them find nothing. ``limits`` replace defaults, by names such as trec_level.high.
    DatabaseRefused, at the end, names those that could not be judged. BadSetting for a limit that is none; BadRequest where a mart is
    none, an output is another table, or asked Execution Blocks are not in the marts.
    """
    values = limits_from(limits)
    if without := [mart.name for mart in MARTS if mart.since == FIRST_LAYOUT and mart.name not in marts]:
        raise BadRequest(f"no table was given for {', '.join(without)}; expected the outputs of the recipes that make these marts")
    tables = _tables(database, marts, source, finding, evaluation)
    check_columns(database, tables, MARTS)
    check_outputs(database, tables, JUDGEMENT)
    uids = _uids(database, tables, choice)
    done = judge.judge(database, tables, limits=values, uids=uids, full=choice.again, batch_size=batch_size, workers=workers,
                       progress=say_progress)
    if choice.partition:
        fill_partition(database, [tables.of(relation) for relation in JUDGEMENT], choice.partition, uids or ())
    _LOG.info("%d Execution Blocks judged, %d removed, %d as they were", done.made, done.removed, done.unchanged)
    check_refused(done.refused, done.made, "judged")
    return done


def _tables(database: Database, marts: Mapping[str, Place], source: Place | None, finding: Place, evaluation: Place) -> Tables:
    """Where everything stands: a query for the bookkeeping, of which each mart has its own, and for each table that is not there."""
    outputs = {FINDING.name: finding, EVALUATION.name: evaluation}
    places = [*marts.values(), *outputs.values(), *([source] if source else [])]
    for name, place in outputs.items():
        if places.count(place) > 1:
            raise BadRequest(f"{'.'.join(place)} is {name} and something else besides; expected a table of its own")
    tables = Tables.in_schemas(raw=source[0] if source else "raw").with_tables(
        **{name: Ident(*place) for name, place in {**marts, **outputs}.items()}, refresh=_bookkeeping(database, marts),
        quarantine=flow.nothing(QUARANTINE))
    from_ingest = source is not None and source_kind(database, source) == "asdm"
    there = flow.present(database, tables, RAW) if from_ingest else ()
    missing = [relation for relation in RAW if relation not in there] + [mart for mart in MARTS if mart.name not in marts]
    if missing:
        _LOG.info("without %s: rules that read them find nothing", ", ".join(relation.name for relation in missing))
    return flow.readable(database, tables, RAW).with_tables(**{relation.name: flow.nothing(relation) for relation in missing})


def _bookkeeping(database: Database, marts: Mapping[str, Place]) -> Sql:
    """The bookkeeping of all marts as one query; BadRequest where a mart has none, since its recipe has not run."""
    books = [bookkeeping(place) for place in marts.values()]
    for book in books:
        check_columns(database, Tables({REFRESH.name: book}), (REFRESH,))
    return flow.together(REFRESH, books)


def _uids(database: Database, tables: Tables, choice: Choice) -> list[str] | None:
    """The Execution Blocks that a run is about; None for all that the marts have."""
    blocks = tables.of(EXECUTION_BLOCK)
    if choice.mode is Mode.UIDS:
        check_known(choice.uids, flow.known_uids(database, blocks, choice.uids), blocks)
        return list(choice.uids)
    days = (choice.partition.day,) if choice.partition else choice.days
    return flow.uids_of_days(database, blocks, days) if days else None
