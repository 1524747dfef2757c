"""What a database says of itself and of our tables: its version, what the role may do, rows and their age."""

from collections.abc import Sequence
from dataclasses import dataclass

from alma_qa0.core.fields import ASDM, Relation
from alma_qa0.store import flow, plans, quarantine
from alma_qa0.store.database import Database
from alma_qa0.store.quarantine import Step
from alma_qa0.store.render import Ident, quoted, render
from alma_qa0.store.tables import Tables


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL: ``version_number`` such as 180001, and the role that asked."""

    version_number: int
    version: str
    role_name: str
    has_citus: bool


@dataclass(frozen=True, slots=True)
class Rights:
    """What a role may do in a schema, and with a table in it; None where there is no such schema or table."""

    may_use: bool | None
    may_create: bool | None
    may_select: bool | None
    may_insert: bool | None
    may_update: bool | None
    may_delete: bool | None


def read_server(database: Database) -> Server:
    """Which PostgreSQL answers, and to whom."""
    row = database.run(render("installation/server")).iloc[0]
    return Server(int(row["version_number"]), str(row["version"]), str(row["role_name"]), bool(row["has_citus"]))


def read_rights(database: Database, table: Ident) -> Rights:
    """What the role may do with a table."""
    found = database.run(render("installation/rights", table=str(quoted(table)), schema=table.parts[0]))
    names = ("may_use", "may_create", "may_select", "may_insert", "may_update", "may_delete")
    row = [found[name].iloc[0] if len(found) else None for name in names]
    return Rights(*(bool(value) if value in (True, False) else None for value in row))


def count_rows(database: Database, table: Ident) -> tuple[int, int]:
    """How many rows a table has, of how many EBs."""
    row = database.run(render("installation/rows", table=table)).iloc[0]
    return int(row["n_rows"]), int(row["n_execution_blocks"])


def newest_start(database: Database, execution_block: Ident) -> tuple[str, float] | None:
    """When the newest EB starts, 2026-07-17 14:07 UTC, and how many days ago; None where there is none."""
    row = database.run(render("installation/newest", table=execution_block)).iloc[0]
    return (str(row["start_time"]), float(row["days_ago"])) if isinstance(row["start_time"], str) else None


def last_time(database: Database, table: Ident, column: str) -> str | None:
    """The newest time in a column, 2026-07-17 14:07 UTC; None where there is none."""
    found = database.run(render("installation/last_time", table=table, column=Ident(column)))["last_time"].iloc[0]
    return found if isinstance(found, str) else None


def count_pending(database: Database, tables: Tables, *, source: str, marts: Sequence[Relation]) -> int:
    """How many EBs of a source are new or changed for some marts, and not in quarantine as they are."""
    pending = plans.look(database, tables, source=source, marts=marts).pending
    tried_as = {uid: one.tried_as(source) for uid, one in pending.items()}
    return len(pending) - len(quarantine.still_held(quarantine.held(database, tables, Step.REFRESH), tried_as))


def count_unmade(database: Database, tables: Tables, mart: Relation) -> int:
    """How many EBs a mart has not, and can no longer be made of: their calibrations were taken out of the raw tables."""
    tables = flow.readable(database, tables, (ASDM,))
    return int(database.run(render("installation/unmade", tables=tables.idents, mart=mart.name))["n"].iloc[0])


def count_not_judged(database: Database, execution_block: Ident, evaluation: Ident, quarantined: Sequence[str] = ()) -> int:
    """How many EBs of the marts were never judged, without those that are ``quarantined``."""
    found = database.run(render("installation/not_judged", execution_block=execution_block, evaluation=evaluation,
                                uids=list(quarantined) or [""]))  # "" is no uid
    return int(found["n"].iloc[0])
