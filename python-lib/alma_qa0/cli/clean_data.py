"""``alma-qa0 clean-data``: the embedded database taken away."""

import argparse
from functools import partial

from alma_qa0.cli.common import DONE, common_options, say, tables_of
from alma_qa0.errors import BadRequest
from alma_qa0.settings import Settings


def add_to(commands) -> None:  # type: ignore[no-untyped-def]
    """Adds the command to the parser."""
    clean = commands.add_parser("clean-data", parents=[common_options()], help="take away the embedded database and all that is in it")
    clean.add_argument("--with-decisions", action="store_true", help="take away the decisions of astronomers, too")
    clean.set_defaults(command=_clean_data)


def _clean_data(settings: Settings, options: argparse.Namespace) -> int:
    from alma_qa0.hosts import embedded

    if not settings.home.is_dir():
        say(f"there is nothing below {settings.home}")
        return DONE
    look = None if options.with_decisions else partial(_refuse_to_lose_decisions, settings)
    if not embedded.remove(settings.home, look=look):
        raise BadRequest(f"the database below {settings.home} is in use; stop alma-qa0 serve first")
    say(f"the embedded database below {settings.home} is gone")
    return DONE


def _refuse_to_lose_decisions(settings: Settings, url: str) -> None:
    """All else can be made again from the files of the observatory."""
    from alma_qa0.hosts.postgres import Postgres
    from alma_qa0.store.decisions import count_decisions

    database = Postgres(url)
    try:
        n = count_decisions(database, tables_of(settings))
    finally:
        database.close()
    if n:
        counted = "1 decision" if n == 1 else f"{n} decisions"
        raise BadRequest(f"{settings.home} holds {counted}, which cannot be made again: keep what was decided with alma-qa0 export"
                         " --shift FROM TO, then repeat with --with-decisions")
