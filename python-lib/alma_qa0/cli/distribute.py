"""``alma-qa0 distribute``: the tables on more than one machine."""

import argparse

from alma_qa0.cli.common import DONE, common_options, open_database, say, tables_of
from alma_qa0.settings import Settings


def add_to(commands) -> None:  # type: ignore[no-untyped-def]
    """Adds the command to the parser."""
    distribute = commands.add_parser(
        "distribute", parents=[common_options()], help="lay the tables in shards by uid, on a PostgreSQL with the extension Citus",
        description="Lays the raw tables, the marts, their bookkeeping, findings, evaluations and decisions in shards by uid, those of"
                    " one Execution Block beside each other, and makes those that are not there. To be run on the coordinator; it says what"
                    " it did with each table, and run again it changes nothing. Tables made later follow by themselves.")
    distribute.add_argument("--shards", type=_shards, metavar="N", help="into so many, the first time (default: citus.shard_count)")
    distribute.add_argument("--production", action="store_true",
                            help="the old production table too, which is not ours: its uid has to be text")
    distribute.set_defaults(command=_distribute)


def _shards(text: str) -> int:
    if text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} cannot be used; expected a number from 1")


def _distribute(settings: Settings, options: argparse.Namespace) -> int:
    from alma_qa0.jobs.distribute import distribute
    from alma_qa0.store.tables import lay_lock

    with open_database(settings) as database, database.holding(lay_lock()):
        laid = distribute(database, tables_of(settings), n_shards=options.shards, production=options.production, say=say)
    say(f"{laid} tables laid in shards")
    return DONE
