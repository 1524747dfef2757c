"""Tables on more than one machine: with the extension Citus, every table that has rows of EBs lies in shards by uid, beside the others.

There are no reference tables: no relation is without a uid.
"""

from collections.abc import Sequence

from alma_qa0.core.fields import Relation
from alma_qa0.store.database import Database
from alma_qa0.store.render import Ident, Sql, quoted, render


def is_present(database: Database) -> bool:
    """Whether the extension is in this database."""
    return bool(database.run(render("distribution/catalog"))["is_there"].iloc[0])


def in_shards(database: Database, tables: Sequence[Ident]) -> list[Ident]:
    """Those of some tables that lie in shards, in their order; none without the extension."""
    if not tables or not is_present(database):
        return []
    found = set(database.run(render("distribution/in_shards", names=[str(quoted(table)) for table in tables]))["name"])
    return [table for table in tables if str(quoted(table)) in found]


def statements(table: Ident, relation: Relation, *, beside: Ident | None, n_shards: int | None = None) -> tuple[Sql, ...]:
    """The statements, for one transaction, that lay the table of a relation in shards by uid, beside another where there is one.

    A table in shards can have no trigger: one that is append-only is kept so by rights that nobody has, its owner neither.
    """
    name, other = str(quoted(table)), str(quoted(beside)) if beside else "none"
    return (
        *([render("distribution/drop_guard", table=table)] if relation.append_only else []),
        render("distribution/sequential"),
        render("distribution/distribute", table=name, next_to=other, n_shards=n_shards),
        *([render("distribution/withhold", table=table)] if relation.append_only else []),
    )
