"""Lays the tables of alma-qa0 in shards by uid, where the extension Citus is present."""

from collections.abc import Callable

from alma_qa0.core.fields import OURS, PRODUCTION, Relation
from alma_qa0.errors import BadRequest
from alma_qa0.store import distribution
from alma_qa0.store.database import Database
from alma_qa0.store.render import Ident
from alma_qa0.store.tables import Tables, create_decisions, create_judgement, create_marts, create_quarantine, create_raw

Say = Callable[[str], None]


def distribute(database: Database, tables: Tables, *, n_shards: int | None = None, production: bool = False, say: Say) -> int:
    """Makes the tables that are not there and lays all in shards beside each other; how many were not in shards before.

    One table is one transaction, so that it can be interrupted and run again. ``n_shards`` counts for the first time only; None leaves
    it to the server. ``production``: the old production table, too. BadRequest without the extension.
    """
    if not distribution.is_present(database):
        raise BadRequest("the extension Citus is not in this database; expected `create extension citus` on the coordinator, with its"
                         " workers added; without it everything works on one machine")
    relations = (*OURS, *([PRODUCTION] if production else []))
    places = [tables.of(relation) for relation in relations]
    before = distribution.in_shards(database, places)
    create_raw(database, tables)
    if not before:
        _lay(database, relations[0], places[0], None, n_shards, say)
    for create in (create_marts, create_judgement, create_decisions, create_quarantine):
        create(database, tables)
    for relation, place in zip(relations, places, strict=True):
        if before or place != places[0]:
            _lay(database, relation, place, before[0] if before else places[0], n_shards, say)
    return len(places) - len(before)


def _lay(database: Database, relation: Relation, place: Ident, anchor: Ident | None, n_shards: int | None, say: Say) -> None:
    name = ".".join(place.parts)
    if distribution.in_shards(database, [place]):
        say(f"{name}: in shards by uid")
        return
    database.execute(distribution.statements(place, relation, beside=anchor, n_shards=None if anchor else n_shards))
    say(f"{name}: laid in shards by uid" + (f", beside {'.'.join(anchor.parts)}" if anchor else "")
        + ("; its trigger made way for rights that nobody has: no truncate, update or delete" if relation.append_only else ""))
