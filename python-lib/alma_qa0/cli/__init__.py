"""The command ``alma-qa0``. Exit codes: 0 done, 1 something was refused, 2 the command cannot be meant so, 3 the database, or
DSS, does not answer. One module holds one command, or a few of a kind: what it is called with, and what it does."""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from alma_qa0 import __version__
from alma_qa0.cli import (
    admin,
    check,
    clean_data,
    distribute,
    export,
    grant,
    marts,
    partition,
    retain,
    serve,
    simulate,
    upgrade,
    upgrade_server,
)
from alma_qa0.cli.common import DONE, MISUSED, NO_DATABASE, REFUSED, say
from alma_qa0.errors import BadRequest, BadSetting, DatabaseUnavailable, DssUnavailable, QA0Error
from alma_qa0.settings import from_environment

__all__ = ["DONE", "MISUSED", "NO_DATABASE", "REFUSED", "main"]


def main(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit code; errors that a user may meet are one sentence on stderr."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO if options.verbose else logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    try:
        with _ended_by_signals():
            settings = from_environment()
            _warn_of_password(options.database)
            return int(options.command(replace(settings, database_url=options.database or settings.database_url), options))
    except (DatabaseUnavailable, DssUnavailable) as error:
        return _failed(NO_DATABASE, error)
    except (BadSetting, BadRequest) as error:
        return _failed(MISUSED, error)
    except QA0Error as error:
        return _failed(REFUSED, error)
    except BrokenPipeError:  # whoever read the output has enough, as head has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        return _failed(REFUSED, f"{error.filename or 'the output'}: {error.strerror}; expected what can be read and written")
    except KeyboardInterrupt:
        return _failed(REFUSED, "interrupted; what was under way is undone, what was done stays")


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """What ends a command ends it as Ctrl-C does, so that it stops what it started; it is let do so, however often it is told."""
    def end(*_: object) -> None:
        for number in handled:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    handled = [number for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) != signal.SIG_IGN]
    if threading.current_thread() is not threading.main_thread():
        handled.clear()  # signals are the main thread's
    before = {number: signal.signal(number, end) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _warn_of_password(database: str | None) -> None:
    if database is None:
        return
    from alma_qa0.hosts.postgres import has_password

    if has_password(database):
        say("the password in --database can be read by all in the list of processes; PGPASSWORD, PGPASSFILE and a service file keep it")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="alma-qa0", description="QA0 of ALMA Execution Blocks.",
        epilog="Exit codes: 0 done, 1 something was refused, 2 the command cannot be meant so, 3 the database, or DSS, does not answer.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (serve, marts, simulate, export, clean_data, upgrade, upgrade_server, partition, retain, distribute, grant, admin, check):
        module.add_to(commands)
    return parser


def _failed(code: int, error: object) -> int:
    say(f"alma-qa0: {error}")
    return code
