"""What several commands share: their options, the database, the limits, and saying something."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from alma_qa0.core.rules import Limits, limits_from
from alma_qa0.errors import BadSetting
from alma_qa0.settings import Settings

DONE, REFUSED, MISUSED, NO_DATABASE = range(4)


def common_options() -> argparse.ArgumentParser:
    """The options of every command."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--database", metavar="URL", help="a PostgreSQL (15 or newer) of your own, postgresql://user@host/name or "
                        "service=name; default: ALMA_QA0_DATABASE, else an embedded one below ALMA_QA0_HOME. A password here can be read "
                        "by all in the list of processes: put it into PGPASSWORD, into ~/.pgpass (or the file that PGPASSFILE names), or "
                        "into a service file (PGSERVICEFILE)")
    options.add_argument("--verbose", action="store_true", help="say more of what is done")
    return options


def limit_options() -> argparse.ArgumentParser:
    """The options of the commands that judge."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--limit", type=_limit, action="append", default=[], metavar="RULE.LIMIT=VALUE",
                        help="judge with this limit, such as trec_level.high=2.5; docs/rules.md has them all; may be given several times")
    options.add_argument("--settings", type=Path, metavar="FILE", help="a JSON file with limits; default: ALMA_QA0_LIMITS")
    return options


def worker_options() -> argparse.ArgumentParser:
    """The options of the commands that make marts."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--workers", type=_workers, default=os.cpu_count() or 1, metavar="N",
                         help="make so many batches of Execution Blocks at once (default: the cores of this machine, %(default)s)")
    return options


def say(sentence: str) -> None:
    """One line for whoever runs the command."""
    print(sentence, file=sys.stderr, flush=True)


def limits_of(settings: Settings, options: argparse.Namespace) -> Limits:
    """The defaults, then the settings file, then the flags."""
    path = options.settings or settings.limits_file
    return limits_from({**(_limits_of_file(path) if path else {}), **dict(options.limit)})


def _limits_of_file(path: Path) -> dict[str, object]:
    expected = 'a JSON file like {"limits": {"trec_level.high": 2.0}}'
    try:
        limits = json.loads(path.read_text(encoding="utf-8"))["limits"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BadSetting("settings file", str(path), f"{expected} ({error})") from None
    if not isinstance(limits, dict):
        raise BadSetting("settings file", str(path), expected)
    return limits


def marts_of(settings: Settings, database):  # type: ignore[no-untyped-def]
    """The marts of a database, to read."""
    from alma_qa0.jobs.marts import marts_of_tables

    return marts_of_tables(database, tables_of(settings))


def tables_of(settings: Settings):  # type: ignore[no-untyped-def]
    """Where the settings have the tables."""
    from alma_qa0.store.tables import Tables

    return Tables.in_schemas(raw=settings.raw_schema, mart=settings.mart_schema)


def room_of(settings: Settings):  # type: ignore[no-untyped-def]
    """The room on the disk of the embedded PostgreSQL; None where the settings name another one, of which it is not known."""
    from alma_qa0.hosts.embedded.room import Room

    return None if settings.database_url else Room(settings.home, settings.free_mb)


@contextmanager
def open_database(
    settings: Settings, *, workers: int = 1, keep: bool = False, fills: bool = False,
) -> Iterator:  # type: ignore[type-arg]
    """The database of the settings, for so many workers. An embedded one is started before and stopped after, unless another process
    uses it; ``keep`` starts it again when it goes away, and what ``fills`` it is stopped before its disk is full."""
    from alma_qa0.hosts.postgres import MAX_CONNECTIONS, Postgres

    connections = max(MAX_CONNECTIONS, workers + 1)

    with ExitStack() as stack:
        if settings.database_url:
            database = Postgres(settings.database_url, max_connections=connections)
        else:
            url, trouble = stack.enter_context(_embedded_database(settings.home, keep=keep))
            demand = room_of(settings).demand if fills else str
            database = Postgres(url, max_connections=connections, trouble=trouble, before_writing=demand)
        stack.callback(database.close)
        yield database


@contextmanager
def _embedded_database(home: Path, *, keep: bool) -> Iterator[tuple[str, Callable[[], str]]]:
    """Its URL, and who says why it does not answer."""
    from alma_qa0.hosts import embedded

    say(f"PostgreSQL below {home}")
    url = embedded.start(home, say=say)
    with ExitStack() as stack:
        stack.callback(embedded.stop, home)
        if not keep:
            yield url, str
            return
        from alma_qa0.hosts.embedded.keeper import Keeper

        keeper = Keeper(home, say=say)
        stack.callback(keeper.close)
        yield url, keeper.trouble


def _workers(text: str) -> int:
    if text.isdigit() and 0 < int(text) <= 64:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} cannot be used; expected a number from 1 to 64")


def _limit(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not a limit; expected one like trec_level.high=2.5")
    return name, value
