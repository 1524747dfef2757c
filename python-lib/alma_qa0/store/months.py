"""Tables whose rows lie in partitions by month, PostgreSQL's own: which they are, their laying, and the months that new rows need.

A relation says by which of its times (core/fields.py: ``by_month``); months are those of UTC. Each partition has the key of the relation:
that of the whole table would have to hold the time. All rows of an Execution Block are replaced at once and under its lock, so that the
key holds from month to month, too. Rows without a time, or whose month has no partition, lie in ``rest``: none is refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timezone

from alma_qa0.core.fields import Relation
from alma_qa0.errors import DatabaseRefused
from alma_qa0.store.database import Database
from alma_qa0.store.render import Ident, Sql, quoted, render
from alma_qa0.store.tables import Tables, columns_sql, name_beside, storage_statements

_FIRST, _END = date(2000, 1, 1), date(2100, 1, 1)  # a time outside is a mistake that has no month of its own


def laid(database: Database, tables: Tables, relations: Sequence[Relation]) -> list[Relation]:
    """Those of some relations whose table lies by month."""
    names = {str(quoted(tables.of(relation))): relation for relation in tables.only_tables(relations) if relation.by_month}
    return [names[name] for name in database.run(render("months/laid", names=list(names)))["name"]] if names else []


def months_of(database: Database, table: Ident, time_column: str, uids: Sequence[str] | None = None) -> list[date]:
    """The months in which rows of a table, or of some of its EBs, begin, ascending, each by its first day."""
    holes = {"table": table, "time_column": Ident(time_column), "uids": None if uids is None else list(uids)}
    months = (date.fromisoformat(f"{month}-01") for month in database.run(render("months/of_rows", **holes))["month"])
    return sorted(month for month in months if _FIRST <= month < _END)


def missing(database: Database, table: Ident, months: Iterable[date]) -> list[date]:
    """Those of some months whose partitions can be made: nothing has their names, such as one that was detached and kept."""
    names = {str(quoted(_partition(table, month))): month for month in months}
    absent = database.run(render("tables/absent", names=list(names)))["name"] if names else ()
    return sorted(names[name] for name in absent)


def make(database: Database, tables: Tables, relations: Iterable[Relation], months: Iterable[date]) -> None:
    """Make the partitions that some tables, which lie by month, lack for rows of some months.

    Without the right to make them, and where ``rest`` has rows of a month, or gets some meanwhile, its rows go to ``rest`` instead.
    """
    months = [month for month in months if _FIRST <= month < _END]
    for relation in relations:
        table = tables.of(relation)
        wanted = missing(database, table, months)
        owner = owner_of(database, table) if wanted else None
        if owner:
            in_rest = months_of(database, rest_of(table), str(relation.by_month))
            for month in wanted:
                if month not in in_rest:
                    _make(database, table, relation, month, owner)


def _make(database: Database, table: Ident, relation: Relation, month: date, owner: str) -> None:
    try:
        database.execute([render("tables/lock"), *_month_statements(table, relation, month, owner)])
    except DatabaseRefused:
        is_made = not missing(database, table, [month])  # by somebody else, meanwhile
        if not is_made and month not in months_of(database, rest_of(table), str(relation.by_month)):
            raise


def owner_of(database: Database, table: Ident) -> str | None:
    """The role that owns a table; None where we could not make a table for it beside this one."""
    owner = database.run(render("months/owner", table=str(quoted(table))))["owner"]
    return None if owner.empty else str(owner.iloc[0])


def rest_of(table: Ident) -> Ident:
    """The partition of rows that no month has."""
    return name_beside(table, "rest")


@dataclass(frozen=True, slots=True)
class Belongings:
    """What belongs to a table beside its rows and its key: its owner, the statements that make its indexes, rights to its rows, and whose.

    A right is select, insert, update or delete; None has it who is everybody.
    """

    owner: str
    indexes: tuple[str, ...]
    grants: tuple[tuple[str, str | None], ...]


def read_belongings(database: Database, table: Ident, owner: str) -> Belongings:
    """What belongs to a table now."""
    indexes = database.run(render("months/indexes", table=str(quoted(table))))["definition"]
    granted = database.run(render("months/grants", table=str(quoted(table))))
    who = (one if isinstance(one, str) else None for one in granted["who"])
    return Belongings(owner, tuple(indexes), tuple(zip(granted["privilege"], who, strict=True)))


def lay_statements(table: Ident, relation: Relation, *, months: Iterable[date], belongings: Belongings) -> list[str]:
    """The statements, for one transaction, that lay a table by month with all its rows and belongings."""
    before, time_column = name_beside(table, "before"), Ident(str(relation.by_month))
    return [
        render("tables/lock"),
        render("months/lock", table=table),
        render("months/rename", table=table, renamed=Ident(before.parts[-1])),
        render("months/by_month", table=table, before=before, time_column=time_column),
        render("months/own", table=table, owner=Ident(belongings.owner)),
        *_filled(table, relation, before=before, months=months, owner=belongings.owner),
        *belongings.indexes,
        *(render("months/grant", table=table, privilege=privilege, who=Ident(who) if who else None)
          for privilege, who in belongings.grants),
    ]


def sort_statements(table: Ident, relation: Relation, *, months: Iterable[date], owner: str) -> list[Sql]:
    """The statements, for one transaction, that put the rows of ``rest`` into the partitions of their months, which are made."""
    rest, before = rest_of(table), name_beside(table, "before")
    return [
        render("tables/lock"),
        render("months/lock", table=table),
        render("months/detach", table=table, partition=rest),
        render("months/rename", table=rest, renamed=Ident(before.parts[-1])),
        *_filled(table, relation, before=before, months=months, owner=owner),
    ]


def _filled(table: Ident, relation: Relation, *, before: Ident, months: Iterable[date], owner: str) -> list[Sql]:
    """The partitions of a table without ``rest``, and the rows that stand in ``before``, which is dropped."""
    return [
        *_part_statements(table, rest_of(table), relation, owner),
        *(statement for month in months for statement in _month_statements(table, relation, month, owner)),
        render("months/put_back", table=table, before=before),
        render("months/drop", table=before),
    ]


def _month_statements(table: Ident, relation: Relation, month: date, owner: str) -> list[Sql]:
    return _part_statements(table, _partition(table, month), relation, owner, first=_midnight(month), end=_midnight(_next(month)))


def _part_statements(
    table: Ident, partition: Ident, relation: Relation, owner: str, *, first: datetime | None = None, end: datetime | None = None,
) -> list[Sql]:
    """A partition from a time to another, or ``rest``. It is finished before it is attached: in shards it could not be any more."""
    return [
        render("months/part", table=table, partition=partition, **columns_sql(relation)),
        *storage_statements(partition, relation),
        render("months/own", table=partition, owner=Ident(owner)),
        render("months/attach", table=table, partition=partition, first=first, end=end),
    ]


def _partition(table: Ident, month: date) -> Ident:
    return name_beside(table, f"{month:%Y_%m}")


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.utc)
