"""Three roles: who reads the page, who also decides, and the jobs that take in, make marts and judge."""

from collections.abc import Sequence

from alma_qa0.core.fields import DECISION, JUDGEMENT, MARTS, PRODUCTION, QUARANTINE, RAW, REFRESH, Relation
from alma_qa0.store import flow
from alma_qa0.store.database import Database
from alma_qa0.store.render import Ident, Sql, render
from alma_qa0.store.tables import Tables

READER, DECIDER, JOB = "reader", "decider", "job"
_SHOWN = (*MARTS, *JUDGEMENT, REFRESH, QUARANTINE, DECISION)
_MADE = (*RAW, *MARTS, *JUDGEMENT, REFRESH, QUARANTINE)
# What each may read, add to and change.
_RIGHTS: dict[str, tuple[Sequence[Relation], Sequence[Relation], Sequence[Relation]]] = {
    READER: (_SHOWN, (), ()), DECIDER: (_SHOWN, (DECISION,), ()), JOB: ((*_MADE, PRODUCTION, DECISION), (), _MADE)}


def grant(database: Database, tables: Tables, *, prefix: str) -> tuple[str, ...]:
    """Make the roles ``<prefix>_reader``, ``_decider`` and ``_job``, if they are not there, and give each exactly its rights; their names.

    Tables that are not there are passed over. DatabaseRefused where the role of the connection may not do so.
    """
    names = {kind: f"{prefix}_{kind}" for kind in _RIGHTS}
    there = set(database.run(render("grants/roles", names=list(names.values())))["name"])
    known = flow.present(database, tables, (*_MADE, PRODUCTION, DECISION))
    statements: list[Sql] = []
    for kind, name in names.items():
        role = Ident(name)
        statements += [] if name in there else [render("grants/role", role=role)]
        statements += _rights(tables, role, kind, known)
    database.execute(statements)
    return tuple(names.values())


def _rights(tables: Tables, role: Ident, kind: str, known: Sequence[Relation]) -> list[Sql]:
    read, add, change = _RIGHTS[kind]
    places = {relation.name: tables.of(relation) for relation in known}
    schemas = sorted({places[relation.name].parts[0] for relation in known if relation in read})
    statements = [render("grants/revoke", table=place, role=role) for place in places.values()]
    statements += [render("grants/schema", schema=Ident(schema), role=role) for schema in schemas]
    for template, relations in (("read", read), ("add", add), ("change", change)):
        statements += [render(f"grants/{template}", table=places[relation.name], role=role) for relation in known if relation in relations]
    return statements
