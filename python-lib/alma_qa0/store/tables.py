"""Where the relations of core/fields.py stand in the database, and their making."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType

import pandas as pd

from alma_qa0.core.fields import DECISION, INTAKE, JUDGEMENT, MARTS, PRODUCTION, QUARANTINE, RAW, READ, REFRESH, Index, Kind, Relation
from alma_qa0.errors import BadRequest, DatabaseRefused
from alma_qa0.store import distribution, layouts
from alma_qa0.store.database import Database
from alma_qa0.store.render import Ident, Sql, quoted, render

# Noise does not compress: packed data are laid beside the row as they are, and read back without unpacking.
_KEPT_AS_THEY_ARE = (Kind.SPECTRUM, Kind.DOUBLES, Kind.BYTES)

_LONGEST_NAME = 63  # bytes; PostgreSQL cuts a longer one
_TEXTS = ("text", "character varying", "character")
_WHOLE = ("smallint", "integer", "bigint")
_TIMES = ("timestamp with time zone", "timestamp without time zone")
# What a table made by others may hold where we hold the type of the field: staging casts it.
_ACCEPTED: Mapping[Kind, tuple[str, ...]] = MappingProxyType({
    Kind.TEXT: _TEXTS, Kind.INTEGER: _WHOLE, Kind.BIGINT: _WHOLE, Kind.TIME: _TIMES, Kind.DATE: ("date", *_TIMES),
    Kind.REAL: ("real", "double precision", "numeric", *_WHOLE), Kind.DOUBLE: ("real", "double precision", "numeric", *_WHOLE),
})


@dataclass(frozen=True, slots=True)
class Tables:
    """The table of each relation, by the name of the relation; or a query in parentheses, where something else stands for a table."""

    idents: Mapping[str, Ident | Sql]

    def __hash__(self) -> int:
        """The page's caches are keyed by where they read from."""
        return hash(frozenset(self.idents.items()))

    @classmethod
    def in_schemas(cls, *, raw: str = "raw", mart: str = "mart") -> "Tables":
        """Each relation a table of its own name: raw and production ones in one schema, marts and the bookkeeping in another."""
        return cls(MappingProxyType({
            **{relation.name: Ident(raw, relation.name) for relation in (*RAW, PRODUCTION)},
            **{relation.name: Ident(mart, relation.name) for relation in (*MARTS, *JUDGEMENT, DECISION, QUARANTINE, REFRESH)},
        }))

    def with_tables(self, **idents: Ident | Sql) -> "Tables":
        """The same, with some relations in tables of other names, or given by queries."""
        return Tables(MappingProxyType({**self.idents, **idents}))

    def of(self, relation: Relation) -> Ident:
        """The table of a relation; BadRequest where a query stands for it."""
        place = self.idents[relation.name]
        if isinstance(place, Sql):
            raise BadRequest(f"{relation.name} is given by a query; expected a table")
        return place

    def only_tables(self, relations: Sequence[Relation]) -> list[Relation]:
        """Those of some relations for which no query stands."""
        return [relation for relation in relations if relation.name in self.idents and not isinstance(self.idents[relation.name], Sql)]


def create_raw(database: Database, tables: Tables) -> None:
    """Make the tables of the ASDM that are not there yet, and what tables of an earlier version lack."""
    _bring_up_to_date(database, tables, RAW)


def create_marts(database: Database, tables: Tables, marts: Sequence[Relation] = MARTS) -> None:
    """Make the marts and the bookkeeping of their refresh that are not there yet, and what tables of an earlier version lack."""
    _bring_up_to_date(database, tables, (*marts, REFRESH))


def create_judgement(database: Database, tables: Tables) -> None:
    """Make the tables of the judgement that are not there yet, and what tables of an earlier version lack."""
    _bring_up_to_date(database, tables, JUDGEMENT)


def create_decisions(database: Database, tables: Tables) -> None:
    """Make the table of decisions, if there is none, and have the database refuse whatever would change or take out a row.

    A table of an earlier version gets the columns and limits that came later; its rows stay as they are.
    """
    _bring_up_to_date(database, tables, (DECISION,))


def create_quarantine(database: Database, tables: Tables) -> None:
    """Make the quarantine, if there is none and a table is to stand for it."""
    _bring_up_to_date(database, tables, (QUARANTINE,))


def create_all(database: Database, tables: Tables) -> None:
    """Make all tables of ours that are not there yet, and what tables of an earlier version lack."""
    create_raw(database, tables)
    create_marts(database, tables)
    create_judgement(database, tables)
    create_decisions(database, tables)
    create_quarantine(database, tables)


def lay_lock() -> Sql:
    """The statement that lets one alone lay tables, by month or in shards, or make roles, for as long as its connection lasts."""
    return render("tables/lay_lock")


def create_production(database: Database, tables: Tables) -> None:
    """Make a table like the old production table, if there is none."""
    _create(database, tables, (PRODUCTION,))


def columns_sql(relation: Relation) -> dict[str, object]:
    """The holes that a template needs to make a table of the relation, or to name its columns."""
    return {
        "columns": [Ident(field.name) for field in relation.fields],
        "fields": [{"name": Ident(field.name), "kind": field.kind} for field in relation.fields],
        "key": [Ident(name) for name in relation.key],
        "is_large": relation.by_month is not None,
        "kept_as_they_are": [Ident(field.name) for field in relation.fields if field.kind in _KEPT_AS_THEY_ARE],
    }


def check_columns(database: Database, tables: Tables, relations: Sequence[Relation]) -> None:
    """BadRequest, with every fault of every table, unless each relation's table has its columns with types that can be read."""
    faults = [fault for relation in tables.only_tables(relations) for fault in _faults(database, tables.of(relation), relation)]
    if faults:
        raise BadRequest("; ".join(faults))


def _faults(database: Database, table: Ident, relation: Relation) -> list[str]:
    place = ".".join(table.parts)
    found = database.run(render("tables/columns", table=_name(table)))
    kinds = dict(zip(found["name"], found["type"], strict=True))
    if not kinds:
        return [f"{place}: no such table; expected {relation.name}, {relation.grain}"]
    missing = [f"{place}: no column {field.name}; expected {field.kind.value}" for field in relation.fields if field.name not in kinds]
    wrong = [f"{place}: column {field.name} is {kinds[field.name]}; expected {field.kind.value}" for field in relation.fields
             if field.name in kinds and kinds[field.name] not in _ACCEPTED.get(field.kind, (field.kind.value,))]
    return missing + wrong


def _bring_up_to_date(database: Database, tables: Tables, relations: Sequence[Relation]) -> None:
    """Make tables that are not there, and give those of an earlier version what they lack; rows stay as they are.

    Each step is a transaction, and can be repeated. BadRequest, before anything is written, where a later version made a table.
    """
    places = {relation: tables.of(relation) for relation in tables.only_tables(relations)}
    known = layouts.read(database, places)
    layouts.refuse_newer(known, places)
    absent = [relation for relation in places if relation not in known]
    lacking = lacking_columns(database, tables, list(known))
    try:
        _create(database, tables, absent)
        _complete(database, tables, list(places), lost=[*absent, *_lost(lacking, known)] if known else [])
    except DatabaseRefused as error:
        named = ", ".join(".".join(places[relation].parts) for relation in (*absent, *lacking))
        if not named:
            raise
        raise DatabaseRefused(f"{named}: not there, or of an earlier layout, and this role may not change that ({error}); expected the"
                              " owner of the tables to run `alma-qa0 upgrade`, and `alma-qa0 grant` where that gave the rights") from error
    stale = layouts.stamps(known if len(known) == len(places) else layouts.read(database, places), places)
    if stale:
        database.execute([render("tables/lock"), *stale])


def lacking_columns(database: Database, tables: Tables, relations: Sequence[Relation]) -> dict[Relation, set[str]]:
    """The columns that the tables of some relations lack, of those that lack any; all of one that is not there."""
    wanted = [(_name(tables.of(relation)), field.name) for relation in relations for field in relation.fields]
    found = database.run(render("tables/lacking", wanted_columns=wanted)) if wanted else pd.DataFrame(columns=["table_name", "column_name"])
    lacking = found.groupby("table_name")["column_name"].agg(set)
    return {relation: lacking[_name(tables.of(relation))] for relation in relations if _name(tables.of(relation)) in lacking}


def _create(database: Database, tables: Tables, relations: Sequence[Relation]) -> None:
    relations = tables.only_tables(relations)
    names = [_name(tables.of(relation)) for relation in relations]
    if not names:
        return
    absent = set(database.run(render("tables/absent", names=names))["name"])
    missing = [relation for relation, name in zip(relations, names, strict=True) if name in absent]
    if missing:
        beside = _beside(database, tables)
        database.execute([*_schema_statements(database, tables, missing), *(
            statement for relation in missing for statement in _table_statements(tables.of(relation), relation, beside))])


def _beside(database: Database, tables: Tables) -> Ident | None:
    """A table of ours that lies in shards, beside which new ones have to lie."""
    ours = [place for place in tables.idents.values() if isinstance(place, Ident)]
    return next(iter(distribution.in_shards(database, ours)), None)


def _complete(database: Database, tables: Tables, relations: Sequence[Relation], *, lost: Sequence[Relation]) -> None:
    """Give tables that an earlier version made the columns and indexes that came later; what was ``lost`` is to be made again."""
    there = tables.only_tables(relations)
    lacking = lacking_columns(database, tables, there)
    indexes = {_name(Ident(*tables.of(relation).parts[:-1], *index_name(tables.of(relation), index).parts)): statement
               for relation in there for index, statement in zip(
                   relation.indexes, index_statements(tables.of(relation), relation), strict=True)}
    absent = set(database.run(render("tables/absent", names=list(indexes)))["name"]) if indexes else set()
    statements = [render("tables/column", table=tables.of(relation), column=Ident(field.name), kind=field.kind)
                  for relation, names in lacking.items() for field in relation.fields if field.name in names]
    statements += [statement for name, statement in indexes.items() if name in absent]
    statements += [statement for relation in there for statement in _lacking_limits(database, tables.of(relation), relation)]
    statements += [statement for relation in lost for statement in _forget_statements(tables, relation)]
    if statements:
        database.execute([render("tables/lock"), *statements])


def _lost(lacking: Mapping[Relation, set[str]], known: Mapping[Relation, layouts.Layout]) -> list[Relation]:
    """Those whose table once had a column that it lacks; what only came later is made again since the SQL, or the reader, is another."""
    return [relation for relation, names in lacking.items()
            if known[relation].version == relation.layout or names & set(relation.first_layout.columns)]


def _forget_statements(tables: Tables, relation: Relation) -> list[Sql]:
    """Have what a table lost made, judged or read again; nobody knows whether its rows are whole."""
    if relation in READ and INTAKE.name in tables.idents:
        return [render("load/lost", tables=tables.idents, relation=relation.name)]
    if relation in MARTS:
        return [render("plans/forget_mart", tables=tables.idents, mart=relation.name)]
    return [render("judgement/forget", tables=tables.idents)] if relation in JUDGEMENT else []


def _schema_statements(database: Database, tables: Tables, relations: Sequence[Relation]) -> list[Sql]:
    """The lock that makes two that create tables at once wait for each other, and the schemas that are not there."""
    schemas = sorted({tables.of(relation).parts[0] for relation in relations if len(tables.of(relation).parts) == 2})
    there = set(database.run(render("tables/schemas", names=schemas))["name"])
    missing = (Ident(schema) for schema in schemas if schema not in there)
    return [render("tables/lock"), render("tables/look"), *(render("tables/schema", schema=schema) for schema in missing)]


def _table_statements(table: Ident, relation: Relation, beside: Ident | None) -> list[Sql]:
    """What makes a table; in shards ``beside`` another, where the others lie in shards. PRODUCTION is not ours to lay there."""
    holes = {"table": table, **columns_sql(relation)}
    statements = [render("tables/table", **holes), *_limits(table, relation).values(), *index_statements(table, relation),
                  *storage_statements(table, relation)]
    if beside and relation is not PRODUCTION:
        return [*statements, *distribution.statements(table, relation, beside=beside)]
    if relation.append_only:
        guard = Ident(*table.parts[:-1], f"{table.parts[-1]}_is_append_only")
        statements += [render("tables/append_only", guard=guard), render("tables/append_only_trigger", table=table, guard=guard)]
    return statements


def _limits(table: Ident, relation: Relation) -> dict[str, Sql]:
    """The statements that have the database refuse what an astronomer cannot have written, by the names of the constraints."""
    fields = [field for field in relation.fields if relation.append_only and (field.longest or field.largest)]
    named = {name_beside(table, field.name, "limit").parts[-1]: field for field in fields}
    return {name: render("tables/limit", table=table, constraint=Ident(name), column=Ident(field.name), field=field)
            for name, field in named.items()}


def _lacking_limits(database: Database, table: Ident, relation: Relation) -> list[Sql]:
    limits = _limits(table, relation)
    if not limits:
        return []
    found = set(database.run(render("tables/lacking_limits", limits_wanted=[(_name(table), name) for name in limits]))["name"])
    return [statement for name, statement in limits.items() if name in found]


def storage_statements(table: Ident, relation: Relation) -> list[Sql]:
    """Have the wide columns of a relation, if it has some, kept in the table as they are."""
    holes = columns_sql(relation)
    return [render("tables/storage", table=table, **holes)] if holes["kept_as_they_are"] else []


def index_statements(table: Ident, relation: Relation) -> list[Sql]:
    """Make the indexes of a relation that its table has not."""
    return [render("tables/index", table=table, index=index_name(table, index), leading=Ident(index.columns[0]),
                   others=[Ident(name) for name in index.columns[1:]], newest_first=index.newest_first,
                   beside=[Ident(name) for name in index.beside]) for index in relation.indexes]


def index_name(table: Ident, index: Index) -> Ident:
    """The name of an index, without its schema: its table and columns, and a digest where that is too long for PostgreSQL."""
    return Ident(name_beside(table, *index.columns, *index.beside).parts[-1])


def name_beside(table: Ident, *more: str) -> Ident:
    """The name of what belongs to a table, in its schema: the table's and more, and a digest where that is too long for PostgreSQL."""
    name = "_".join((table.parts[-1], *more))
    short = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME - 9]}_{sha256(name.encode()).hexdigest()[:8]}"
    return Ident(*table.parts[:-1], short)


def _name(table: Ident) -> str:
    return str(quoted(table))
