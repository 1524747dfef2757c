"""``alma-qa0 check``: what is well in this installation, what is not, and what to do."""

import argparse

from alma_qa0.cli.common import DONE, REFUSED, common_options, open_database, room_of, tables_of
from alma_qa0.errors import DatabaseRefused
from alma_qa0.settings import Settings

_STATES = {"ok": " ", "warning": "!", "problem": "X"}


def add_to(commands) -> None:  # type: ignore[no-untyped-def]
    """Adds the command to the parser."""
    check = commands.add_parser(
        "check", parents=[common_options()], help="check the database, its tables, rows and rights, and the packages",
        description="One line for each thing looked at: blank where all is well, ! for a warning, X for a problem, each with what to do. "
                    "Changes nothing. Exit code 1 where there is a problem.")
    check.set_defaults(command=_check)


def _check(settings: Settings, _options: argparse.Namespace) -> int:
    from alma_qa0.core.fields import CAL_ATMOSPHERE, DECISION, JUDGEMENT, MARTS, PRODUCTION, QUARANTINE, REFRESH
    from alma_qa0.jobs import installation
    from alma_qa0.store import flow

    tables, room = tables_of(settings), room_of(settings)
    with open_database(settings) as database:
        try:
            sources = flow.present(database, tables, (CAL_ATMOSPHERE, PRODUCTION))
        except DatabaseRefused:  # a reader of the marts may not look into the schema of the raw tables
            sources = ()
        places = {relation.name: tables.of(relation).parts for relation in (*MARTS, *JUDGEMENT, DECISION)}
        lines = installation.check_packages()
        if room:
            free_mb, place = room.left()
            lines.append(installation.check_room(free_mb, place, room.needed_mb, room.wanted_mb))
        lines += installation.check(database, installation.Installed(
            places=places, books={mart.name: tables.of(REFRESH) for mart in MARTS},
            source=tables.of(sources[0]).parts if sources else None,
            quarantine=tables.of(QUARANTINE).parts if flow.present(database, tables, (QUARANTINE,)) else None))
    for line in lines:
        print(f"{_STATES[line.state.value]} {line.what}: {line.found}")
        if line.to_do:
            print(f"    expected {line.expected}. {line.to_do}")
    return REFUSED if any(line.state is installation.State.PROBLEM for line in lines) else DONE
