"""Lays the tables that grow large in partitions by month."""

from collections.abc import Callable

from alma_qa0.core.fields import MARTS, RAW, Relation
from alma_qa0.errors import BadRequest
from alma_qa0.store import distribution, months
from alma_qa0.store.database import Database
from alma_qa0.store.tables import Tables, create_marts, create_raw

Say = Callable[[str], None]


def partition(database: Database, tables: Tables, *, say: Say) -> int:
    """Lays every relation that has a ``by_month`` in partitions, with its rows, and sorts in what is in no month; how many were changed.

    Tables that are not there are made. One table is one transaction, so that it can be interrupted and run again. BadRequest where
    tables lie in shards, and where the role does not own them.
    """
    relations = [relation for relation in (*RAW, *MARTS) if relation.by_month]
    in_shards = distribution.in_shards(database, [tables.of(relation) for relation in relations])
    if in_shards:
        raise BadRequest(f"{', '.join('.'.join(place.parts) for place in in_shards)}: in shards already; expected `alma-qa0 partition`"
                         " before `alma-qa0 distribute`, which takes the partitions along")
    create_raw(database, tables)
    create_marts(database, tables)
    laid = months.laid(database, tables, relations)
    return sum((_sort if relation in laid else _lay)(database, tables, relation, say) for relation in relations)


def _lay(database: Database, tables: Tables, relation: Relation, say: Say) -> bool:
    table, name = tables.of(relation), ".".join(tables.of(relation).parts)
    found = months.missing(database, table, months.months_of(database, table, str(relation.by_month)))
    belongings = months.read_belongings(database, table, _owner(database, tables, relation))
    database.execute(months.lay_statements(table, relation, months=found, belongings=belongings))
    say(f"{name}: laid by month of {relation.by_month}, {_told(len(found))}")
    return True


def _sort(database: Database, tables: Tables, relation: Relation, say: Say) -> bool:
    table, name = tables.of(relation), ".".join(tables.of(relation).parts)
    found = months.missing(database, table, months.months_of(database, months.rest_of(table), str(relation.by_month)))
    if found:
        database.execute(months.sort_statements(table, relation, months=found, owner=_owner(database, tables, relation)))
    say(f"{name}: lies by month of {relation.by_month}" + (f"; rows of {_told(len(found))} sorted in" if found else ""))
    return bool(found)


def _owner(database: Database, tables: Tables, relation: Relation) -> str:
    owner = months.owner_of(database, tables.of(relation))
    if owner is None:
        raise BadRequest(f"{'.'.join(tables.of(relation).parts)}: another role's table; expected to be run as the role that owns it, with"
                         " the right to create others in its schema")
    return owner


def _told(n_months: int) -> str:
    return "1 month" if n_months == 1 else f"{n_months} months"
