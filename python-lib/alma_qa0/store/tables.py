"""Where the relations of core/fields.py stand in the database, and their making."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from alma_qa0.core.fields import DECISION, JUDGEMENT, MARTS, PRODUCTION, RAW, REFRESH, Kind, Relation
from alma_qa0.errors import BadRequest
from alma_qa0.store.database import Database
from alma_qa0.store.render import Ident, Sql, quoted, render

# Noise does not compress: packed data are laid beside the row as they are, and read back without unpacking.
_KEPT_AS_THEY_ARE = (Kind.SPECTRUM, Kind.DOUBLES, Kind.BYTES)

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
    """The table of each relation, by the name of the relation."""

    idents: Mapping[str, Ident]

    def __hash__(self) -> int:
        """The page's caches are keyed by where they read from."""
        return hash(frozenset(self.idents.items()))

    @classmethod
    def in_schemas(cls, *, raw: str = "raw", mart: str = "mart") -> "Tables":
        """Each relation a table of its own name: raw and production ones in one schema, marts and the bookkeeping in another."""
        return cls(MappingProxyType({
            **{relation.name: Ident(raw, relation.name) for relation in (*RAW, PRODUCTION)},
            **{relation.name: Ident(mart, relation.name) for relation in (*MARTS, *JUDGEMENT, DECISION, REFRESH)},
        }))

    def with_tables(self, **idents: Ident) -> "Tables":
        """The same, with some relations in tables of other names."""
        return Tables(MappingProxyType({**self.idents, **idents}))

    def of(self, relation: Relation) -> Ident:
        return self.idents[relation.name]


def create_raw(database: Database, tables: Tables) -> None:
    """Make the tables of the ASDM that are not there yet."""
    _create(database, tables, RAW)


def create_marts(database: Database, tables: Tables, marts: Sequence[Relation] = MARTS) -> None:
    """Make the marts and the bookkeeping of their refresh that are not there yet."""
    _create(database, tables, (*marts, REFRESH))


def create_judgement(database: Database, tables: Tables) -> None:
    """Make the tables of the judgement that are not there yet."""
    _create(database, tables, JUDGEMENT)


def create_decisions(database: Database, tables: Tables) -> None:
    """Make the table of decisions, if there is none, and have the database refuse whatever would change or take out a row."""
    _create(database, tables, (DECISION,))


def create_production(database: Database, tables: Tables) -> None:
    """Make a table like the old production table, if there is none."""
    _create(database, tables, (PRODUCTION,))


def columns_sql(relation: Relation) -> dict[str, object]:
    """The holes that a template needs to make a table of the relation, or to name its columns."""
    return {
        "columns": [Ident(field.name) for field in relation.fields],
        "fields": [{"name": Ident(field.name), "kind": field.kind} for field in relation.fields],
        "key": [Ident(name) for name in relation.key],
        "kept_as_they_are": [Ident(field.name) for field in relation.fields if field.kind in _KEPT_AS_THEY_ARE],
    }


def check_columns(database: Database, tables: Tables, relations: Sequence[Relation]) -> None:
    """BadRequest, with every fault of every table, unless each relation's table has its columns with types that can be read."""
    faults = [fault for relation in relations for fault in _faults(database, tables.of(relation), relation)]
    if faults:
        raise BadRequest("; ".join(faults))


def _faults(database: Database, table: Ident, relation: Relation) -> list[str]:
    place = ".".join(table.parts)
    found = database.run(render("tables/columns", table=_name(table)))
    kinds = dict(zip(found["name"], found["type"], strict=True))
    if not kinds:
        return [f"{place}: no such table; expected one row per {relation.grain.removeprefix('one row per ')}"]
    missing = [f"{place}: no column {field.name}; expected {field.kind.value}" for field in relation.fields if field.name not in kinds]
    wrong = [f"{place}: column {field.name} is {kinds[field.name]}; expected {field.kind.value}" for field in relation.fields
             if field.name in kinds and kinds[field.name] not in _ACCEPTED.get(field.kind, (field.kind.value,))]
    return missing + wrong


def _create(database: Database, tables: Tables, relations: Sequence[Relation]) -> None:
    names = [_name(tables.of(relation)) for relation in relations]
    absent = set(database.run(render("tables/absent", names=names))["name"])
    missing = [relation for relation, name in zip(relations, names, strict=True) if name in absent]
    if missing:
        database.execute([*_schema_statements(database, tables, missing), *(
            statement for relation in missing for statement in _table_statements(tables.of(relation), relation))])


def _schema_statements(database: Database, tables: Tables, relations: Sequence[Relation]) -> list[Sql]:
    """The lock that makes two that create tables at once wait for each other, and the schemas that are not there."""
    schemas = sorted({tables.of(relation).parts[0] for relation in relations if len(tables.of(relation).parts) == 2})
    there = set(database.run(render("tables/schemas", names=schemas))["name"])
    missing = (Ident(schema) for schema in schemas if schema not in there)
    return [render("tables/lock"), render("tables/look"), *(render("tables/schema", schema=schema) for schema in missing)]


def _table_statements(table: Ident, relation: Relation) -> list[Sql]:
    holes = {"table": table, **columns_sql(relation)}
    statements = [render("tables/table", **holes)]
    if holes["kept_as_they_are"]:
        statements.append(render("tables/storage", **holes))
    if relation.append_only:
        guard = Ident(*table.parts[:-1], f"{table.parts[-1]}_is_append_only")
        statements += [render("tables/append_only", guard=guard), render("tables/append_only_trigger", table=table, guard=guard)]
    return statements


def _name(table: Ident) -> str:
    return str(quoted(table))
