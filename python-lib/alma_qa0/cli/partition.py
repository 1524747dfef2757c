"""``alma-qa0 partition``: the largest tables in partitions by month."""

import argparse

from alma_qa0.cli.common import DONE, common_options, open_database, say, tables_of
from alma_qa0.core.fields import MARTS, RAW
from alma_qa0.settings import Settings

_LARGE = ", ".join(relation.name for relation in (*RAW, *MARTS) if relation.by_month)


def add_to(commands) -> None:  # type: ignore[no-untyped-def]
    """Adds the command to the parser."""
    partition = commands.add_parser(
        "partition", parents=[common_options()], help=f"lay the tables that grow large in partitions by month: {_LARGE}",
        description=f"Lays {_LARGE} in partitions by month (UTC), with the rows that they have, and makes those that are not there. It says"
                    " what it did with each table, and run again it changes nothing, but for rows that could not be put into their month"
                    " before. Months to come are made by ingest and refresh. To be run before distribute, if both are.")
    partition.set_defaults(command=_partition)


def _partition(settings: Settings, _options: argparse.Namespace) -> int:
    from alma_qa0.jobs.partition import partition
    from alma_qa0.store.tables import lay_lock

    with open_database(settings) as database, database.holding(lay_lock()):
        changed = partition(database, tables_of(settings), say=say)
    say(f"{changed} tables laid by month" if changed else "nothing to do")
    return DONE
