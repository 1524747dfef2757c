"""Brings the tables of a database to the present layout, from that of any earlier version of alma-qa0."""

from alma_qa0.core.fields import OURS
from alma_qa0.store import layouts
from alma_qa0.store.database import Database
from alma_qa0.store.tables import Tables, create_all


def upgrade(database: Database, tables: Tables) -> list[str]:
    """What became of each table that was changed, as a sentence; no row is lost, and what is interrupted can be run again.

    Every command that writes does the same for the tables that it writes. BadRequest where a later version made a table.
    """
    places = {relation: tables.of(relation) for relation in tables.only_tables(OURS)}
    before = layouts.read(database, places)
    layouts.refuse_newer(before, places)
    create_all(database, tables)
    after = layouts.read(database, places)
    return [f"{'.'.join(places[relation].parts)}: " + (f"from the layout of alma-qa0 {before[relation].version} to that of {layout.version}"
                                                       if relation in before else "made")
            for relation, layout in after.items() if before.get(relation) != layout]
