"""What runs of a flow, such as that of DSS, ask of tables beyond the refresh: what is there, keys, days, and partitions."""

from collections.abc import Sequence
from datetime import date

from alma_qa0.core.fields import EXEC_BLOCK, EXECUTION_BLOCK, FIRST_LAYOUT, PRODUCTION, Field, Relation
from alma_qa0.store.database import Database
from alma_qa0.store.render import Ident, Sql, quoted, render
from alma_qa0.store.tables import Tables, columns_sql, index_name, index_statements, lacking_columns

_TIMES = {EXEC_BLOCK.name: "start_time", PRODUCTION.name: "startvalidtime", EXECUTION_BLOCK.name: "start_time"}


def present(database: Database, tables: Tables, relations: Sequence[Relation]) -> tuple[Relation, ...]:
    """Those of some relations that have a table."""
    names = {relation: str(quoted(tables.of(relation))) for relation in relations}
    absent = set(database.run(render("tables/absent", names=list(names.values())))["name"])
    return tuple(relation for relation, name in names.items() if name not in absent)


def has_key(database: Database, table: Ident, relation: Relation) -> bool:
    """Whether the database holds the rows of a table to the key of its relation."""
    return bool(database.run(render("flow/has_key", table=str(quoted(table)), names=list(relation.key)))["found"].iloc[0])


def missing_indexes(database: Database, table: Ident, relation: Relation) -> list[str]:
    """The indexes of a relation that its table has not, or that cannot be used."""
    names = [Ident(*table.parts[:-1], *index_name(table, index).parts) for index in relation.indexes]
    return [name.parts[-1] for name in names
            if not database.run(render("flow/index_is_valid", index=str(quoted(name))))["valid"].iloc[0]]


def add_indexes(database: Database, table: Ident, relation: Relation) -> None:
    """Makes the indexes of a relation that its table has not."""
    database.execute([render("tables/lock"), *index_statements(table, relation)])


def add_key(database: Database, table: Ident, relation: Relation) -> None:
    """Gives a table the key of its relation. DatabaseRefused where its rows are not one of a kind."""
    database.execute([render("flow/add_key", table=table, key=[Ident(name) for name in relation.key])])


def known_uids(database: Database, table: Ident, uids: Sequence[str]) -> set[str]:
    """Those of some uids that have rows in a table."""
    return set(database.run(render("flow/known_uids", table=table, uids=list(uids)))["uid"]) if uids else set()


def newest_uids(database: Database, table: Ident, relation: Relation, *, limit: int) -> list[tuple[str, str | None]]:
    """The newest EBs of exec_block, the old production table or the mart execution_block, each with its start, 2026-07-17 14:07 UTC."""
    found = database.run(render("flow/newest_uids", table=table, time_column=Ident(_TIMES[relation.name]), limit=limit))
    return list(zip(found["uid"].tolist(), found["start_time"].tolist(), strict=True))


def newest_days(database: Database, table: Ident, relation: Relation, *, limit: int) -> list[tuple[str, int]]:
    """The newest days (UTC) on which EBs of the same start, such as 2026-07-17, and how many do."""
    found = database.run(render("flow/newest_days", table=table, time_column=Ident(_TIMES[relation.name]), limit=limit))
    return list(zip(found["day"].tolist(), found["n_execution_blocks"].tolist(), strict=True))


def uids_of_days(database: Database, execution_block: Ident, days: Sequence[date]) -> list[str]:
    """The EBs of the mart execution_block that start on some days (UTC)."""
    found: list[str] = database.run(render("flow/uids_of_days", table=execution_block, days=list(days)))["uid"].tolist()
    return found


def partition_uids(database: Database, table: Ident, column: str, value: str) -> list[str]:
    """The EBs that a partition holds; none where the table has no partitions yet."""
    columns = database.run(render("tables/columns", table=str(quoted(table))))["name"].tolist()
    if column not in columns:
        return []
    found: list[str] = database.run(
        render("flow/partition_uids", table=table, column=Ident(column), value=value))["uid"].tolist()
    return found


def fill_partition(database: Database, table: Ident, column: str, value: str, uids: Sequence[str]) -> None:
    """Makes a partition hold the rows of some EBs and no others; its column and index are made where they are not there."""
    column_name, index = Ident(column), Ident(f"{table.parts[-1][:40]}_{column[:16]}")
    columns = database.run(render("tables/columns", table=str(quoted(table))))["name"].tolist()
    if column not in columns:
        database.execute([
            render("tables/lock"),
            render("flow/partition_column", table=table, column=column_name),
            render("flow/partition_index", table=table, column=column_name, index=index),
        ])
    holes = {"table": table, "column": column_name, "value": value, "uids": list(uids) or [""]}  # "" is no uid
    database.execute([render("flow/partition_fill", **holes), render("flow/partition_release", **holes)])


def readable(database: Database, tables: Tables, relations: Sequence[Relation]) -> Tables:
    """The same tables, but for those of an earlier version: a query gives them with the columns that came later, which are null.

    So what only reads needs nobody who brings the tables up to date. A relation that came later and is not there has no rows.
    """
    relations = tables.only_tables(relations)
    queries: dict[str, Ident | Sql] = {}
    for relation, lacking in lacking_columns(database, tables, [one for one in relations if one.layout != FIRST_LAYOUT]).items():
        if relation.since != FIRST_LAYOUT and len(lacking) == len(relation.fields):
            queries[relation.name] = nothing(relation)
        elif lacking <= {field.name for field in relation.fields if field.since}:
            queries[relation.name] = render(
                "flow/older", table=tables.of(relation), columns=[Ident(name) for name in relation.columns if name not in lacking],
                other_fields=_named([field for field in relation.fields if field.name in lacking]))
    return tables.with_tables(**queries) if queries else tables


def nothing(relation: Relation) -> Sql:
    """A query without rows, to stand for the table of a relation that is not there."""
    return render("flow/nothing", other_fields=_named(relation.fields[1:]))


def _named(fields: Sequence[Field]) -> list[dict[str, object]]:
    return [{"name": Ident(field.name), "kind": field.kind} for field in fields]


def together(relation: Relation, parts: Sequence[Ident]) -> Sql:
    """A query that gives the rows of several tables of one relation, to stand for one table."""
    return render("flow/together", **columns_sql(relation), parts=list(parts))
