"""One mart in one table of its own, from whichever source a table holds: what a recipe of DSS asks for.

The four recipes know nothing of each other, and may run at once: each mart has its own bookkeeping, in the table beside it.
"""

import logging
from collections.abc import Mapping

from alma_qa0.core.fields import CAL_ATMOSPHERE, PRODUCTION, Relation
from alma_qa0.errors import BadRequest
from alma_qa0.store import plans
from alma_qa0.store.database import Database
from alma_qa0.store.queries import Marts
from alma_qa0.store.render import Ident, quoted, render
from alma_qa0.store.tables import Tables

_LOG = logging.getLogger(__name__)


def refresh(
    database: Database, mart: Relation, *, source: tuple[str, str], target: tuple[str, str], full: bool = False,
    batch_size: int = plans.BATCH_SIZE,
) -> plans.Refreshed:
    """Brings the mart in the table ``target`` up to date with the table ``source``; both are (schema, table).

    The source is the old production table or the cal_atmosphere of an ingest, whose other tables are taken from its schema.
    Errors as of plans.refresh; BadRequest also where the source is neither.
    """
    kind, tables = source_kind(database, source), tables_of(mart, source, target)
    _LOG.info("%s from %s (%s)", ".".join(target), ".".join(source), kind)
    done = plans.refresh(database, tables, source=kind, marts=(mart,), full=full, batch_size=batch_size, progress=_say)
    _LOG.info("%d Execution Blocks made, %d removed, %d as they were", done.made, done.removed, done.unchanged)
    return done


def source_kind(database: Database, source: tuple[str, str]) -> str:
    """asdm or production, by the columns of a table; BadRequest where they are of neither."""
    names = set(database.run(render("tables/columns", table=str(quoted(Ident(*source)))))["name"])
    for kind, relation in (("asdm", CAL_ATMOSPHERE), ("production", PRODUCTION)):
        if names.issuperset(relation.key):
            return kind
    expected = " or ".join(f"({', '.join(relation.key)})" for relation in (CAL_ATMOSPHERE, PRODUCTION))
    found = ", ".join(sorted(names)) or "no table"
    raise BadRequest(f"{'.'.join(source)} holds no atmosphere calibrations; expected the columns {expected}, found {found}")


def tables_of(mart: Relation, source: tuple[str, str], target: tuple[str, str]) -> Tables:
    """Where everything stands for one mart in ``target``."""
    idents = {CAL_ATMOSPHERE.name: Ident(*source), PRODUCTION.name: Ident(*source), mart.name: Ident(*target)}
    return Tables.in_schemas(raw=source[0], mart=target[0]).with_tables(**idents, refresh=bookkeeping(target))


def marts_in(database: Database, targets: Mapping[str, tuple[str, str]]) -> Marts:
    """The marts that such recipes made, by name, each in its (schema, table), for a page to read."""
    tables = Tables.in_schemas().with_tables(**{name: Ident(*target) for name, target in targets.items()})
    return Marts(database, tables, bookkeeping=tuple(map(bookkeeping, targets.values())))


def bookkeeping(target: tuple[str, str]) -> Ident:
    """The table that says from which version of the source each Execution Block of a mart was made."""
    return Ident(target[0], f"{target[1]}_refresh")


def _say(done: int, n_pending: int) -> None:
    _LOG.info("%d of %d Execution Blocks", done, n_pending)
