"""``alma-qa0 grant``: roles for readers, deciders and jobs in a PostgreSQL."""

import argparse

from alma_qa0.cli.common import DONE, common_options, open_database, say, tables_of
from alma_qa0.settings import Settings


def add_to(commands) -> None:  # type: ignore[no-untyped-def]
    """Adds the command to the parser."""
    grant = commands.add_parser(
        "grant", parents=[common_options()], help="make roles for readers, deciders and jobs, each with no more rights than it needs",
        description="Makes the tables that are not there, and three roles that cannot log in, if they are not there: reader sees the page,"
                    " decider also decides, job takes in, makes marts and judges. Gives each exactly its rights on the tables. To be run by"
                    " the role that owns the tables and may make roles; then make the logins members of them.")
    grant.add_argument("--prefix", default="alma_qa0", metavar="NAME", help="the roles are NAME_reader, NAME_decider and NAME_job "
                                                                            "(default: %(default)s)")
    grant.set_defaults(command=_grant)


def _grant(settings: Settings, options: argparse.Namespace) -> int:
    from alma_qa0.store.grants import grant
    from alma_qa0.store.tables import create_all, lay_lock

    tables = tables_of(settings)
    with open_database(settings) as database, database.holding(lay_lock()):
        create_all(database, tables)
        names = grant(database, tables, prefix=options.prefix)
    for name in names:
        say(f"{name}: has its rights, and no others on these tables")
    return DONE
