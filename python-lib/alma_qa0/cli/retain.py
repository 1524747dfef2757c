"""``alma-qa0 retain``: old calibrations out of the raw tables."""

import argparse
from datetime import datetime, timedelta, timezone

from alma_qa0.cli.common import DONE, common_options, open_database, say, tables_of
from alma_qa0.settings import Settings


def add_to(commands) -> None:  # type: ignore[no-untyped-def]
    """Adds the command to the parser."""
    retain = commands.add_parser(
        "retain", parents=[common_options()], help="take old calibrations out of the raw tables; what the page shows stays",
        description="Says which Execution Blocks began so many days ago and are in the marts, and with --remove takes their calibrations"
                    " out of the raw tables. Marts, findings, evaluations and decisions stay, and no refresh makes these anew.")
    retain.add_argument("--days", type=_days, required=True, metavar="N", help="keep the calibrations of the last N days")
    retain.add_argument("--remove", action="store_true", help="do it; else it is only told")
    retain.set_defaults(command=_retain)


def _retain(settings: Settings, options: argparse.Namespace) -> int:
    from alma_qa0.store import retention
    from alma_qa0.store.tables import create_marts, create_raw

    tables, before = tables_of(settings), datetime.now(timezone.utc) - timedelta(days=options.days)
    with open_database(settings) as database:
        create_raw(database, tables)
        create_marts(database, tables)
        old = retention.find_old(database, tables, before)
        for uid, n_calibrations in old.items():
            say(f"{uid}: {n_calibrations} calibrations")
        if options.remove:
            retention.remove(database, tables, list(old))
    told = f"{sum(old.values())} calibrations of {len(old)} Execution Blocks that began before {before:%Y-%m-%d %H:%M} UTC"
    say(f"{told}: " + ("taken out of the raw tables" if options.remove else "nothing is taken out without --remove"))
    return DONE


def _days(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text[:6]) == int(text):
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} cannot be used; expected a number of days from 1 to 999999")
