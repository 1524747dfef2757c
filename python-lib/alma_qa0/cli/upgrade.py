"""``alma-qa0 upgrade``: the tables of an earlier version, with what this one needs."""

import argparse

from alma_qa0.cli.common import DONE, common_options, open_database, say, tables_of
from alma_qa0.settings import Settings


def add_to(commands) -> None:  # type: ignore[no-untyped-def]
    """Adds the command to the parser."""
    upgrade = commands.add_parser(
        "upgrade", parents=[common_options()], help="bring the tables of an earlier version to the present layout",
        description="Gives tables that an earlier alma-qa0 made the columns, indexes and limits that came later, and makes tables that are"
                    " not there; no row is changed or lost. To be run as the role that owns the tables. Every command that writes does this"
                    " for its own tables. It can be interrupted and run again.")
    upgrade.set_defaults(command=_upgrade)


def _upgrade(settings: Settings, _options: argparse.Namespace) -> int:
    from alma_qa0.jobs.upgrade import upgrade

    with open_database(settings) as database:
        done = upgrade(database, tables_of(settings))
    for sentence in done:
        say(sentence)
    say(f"{len(done)} tables changed" if done else "nothing to do")
    return DONE
