"""Brings the tables of a database to the present layout, from that of any earlier version of alma-qa0."""

from alma_qa0.core.fields import OURS
from alma_qa0.store import layouts
from alma_qa0.store.database import Database
from alma_qa0.store.layouts import Layout
from alma_qa0.store.tables import Tables, create_all, lacking_columns


def upgrade(database: Database, tables: Tables) -> list[str]:
    """What became of each table that was changed, as a sentence; no row is lost, and what is interrupted can be run again.

    Every command that writes does the same for the tables that it writes. BadRequest where a later version made a table.
    """
    places = {relation: tables.of(relation) for relation in tables.only_tables(OURS)}
    before = layouts.read(database, places)
    layouts.refuse_newer(before, places)
    lacking = lacking_columns(database, tables, list(before))
    create_all(database, tables)
    after = layouts.read(database, places)
    changes = {relation: _change(before.get(relation), layout, lacking.get(relation, set())) for relation, layout in after.items()}
    return [f"{'.'.join(places[relation].parts)}: {change}" for relation, change in changes.items() if change]


def _change(before: Layout | None, after: Layout, added: set[str]) -> str:
    if before is None:
        return "made"
    told = [f"from the layout of alma-qa0 {before.version} to that of {after.version}"] if before.version != after.version else []
    return "; ".join([*told, *([f"{', '.join(sorted(added))} added"] if added else [])])
