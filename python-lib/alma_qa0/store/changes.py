"""What changed in the old production table since all of it was looked at last, told without reading it.

PostgreSQL counts the rows inserted, updated and deleted in a table. If only as many were inserted as its new EBs have, and none was updated
or deleted, the other EBs are as they were. Where that cannot be known for sure the answer is that it is not known, and all of it has to be
read. That is so where counts began anew (a crash, a reset, a restore, another database), where other connections have been at work in the
last seconds or cannot be looked at, where the table was made anew, has other columns than before, no index on uid, or rows that are not
counted here (children, shards, policies, computed columns, sessions that do not count), and where some EBs of before were not made.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from alma_qa0.core.fields import Relation
from alma_qa0.store.database import Database
from alma_qa0.store.distribution import in_shards
from alma_qa0.store.render import Ident, Sql, quoted, render
from alma_qa0.store.tables import Tables

_MOST_SUSPECTS = 1_000  # to read all is faster than to seek more


@dataclass(frozen=True, slots=True)
class Mark:
    """How often a table was changed until now. ``others`` tells the table itself, its updates and deletions, and the marts made of it."""

    others: str
    n_inserted: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Suspects:
    """The EBs that are new, gone or half made; ``n_others`` are as they were when they were made."""

    uids: tuple[str, ...]
    n_others: int


def has_index(database: Database, source_table: Ident) -> bool:
    """Whether the EBs of a table can be found without reading all of it."""
    return not database.run(render("changes/index_on_uid", table=str(quoted(source_table)))).empty


def read_mark(database: Database, source_table: Ident, marts: Sequence[Relation]) -> Mark | None:
    """The counts of a table as they are now, to be kept for some marts; None where there are none, or no index tells its EBs."""
    if not has_index(database, source_table) or in_shards(database, [source_table]):
        return None
    database.run(render("changes/flush"))
    found = database.run(render("changes/mark", table=str(quoted(source_table))))
    if found.empty:
        return None
    row = found.iloc[0]
    return Mark(f"{row['others']} {' '.join(sorted(mart.name for mart in marts))}", int(row["n_inserted"]), bool(row["is_exact"]))


def find_suspects(
    database: Database, tables: Tables, mark: Mark | None, *, source: str, source_table: Ident, marts: Sequence[Relation],
    recipes: Sequence[tuple[str, str]],
) -> Suspects | None:
    """The only EBs that can have changed between the mark that was kept and ``mark``; None where that is not known.

    ``recipes`` are the names of the marts, each with what the version of its rows begins with.
    """
    kept = _kept(database, tables, source)
    if mark is None or not mark.is_exact or kept is None or kept[0] != mark.others:
        return None
    found = database.run(render(
        "changes/suspects", tables=tables.idents, source=source, source_table=source_table, recipes=recipes)).iloc[0]
    arrived, half_made = json.loads(found["arrived"]), json.loads(found["half_made"])
    if len(arrived) + len(half_made) > _MOST_SUSPECTS:
        return None
    n_new = int(database.run(render("changes/count", source_table=source_table, uids=arrived))["n_rows"].iloc[0]) if arrived else 0
    return Suspects(tuple(sorted(arrived + half_made)), int(found["n_others"])) if n_new == mark.n_inserted - kept[1] else None


def forget_if_lost_statements(tables: Tables, marts: Sequence[Relation]) -> tuple[Sql, ...]:
    """The statements that keep no mark where some marts lost EBs that were in them."""
    return tuple(render("changes/forget_if_lost", tables=tables.idents, table=tables.of(mart), mart=mart.name) for mart in marts)


def keep_statements(tables: Tables, mark: Mark | None, *, source: str) -> tuple[Sql, ...]:
    """The statements that keep a mark in the place of the last; None leaves none."""
    words = f"{mark.n_inserted} {mark.others}" if mark else None
    holes = {"tables": tables.idents, "source": source, "mark": words}
    return (render("changes/forget", **holes), *([render("changes/keep", **holes)] if words else []))


def _kept(database: Database, tables: Tables, source: str) -> tuple[str, int] | None:
    found = database.run(render("changes/read", tables=tables.idents, source=source))["mark"]
    if found.empty:
        return None
    n_inserted, others = str(found.iloc[0]).split(" ", 1)
    return others, int(n_inserted)
