"""The command ``alma-qa0``: serve, ingest, refresh, simulate, export. Exit codes: 0 done, 1 something was refused, 2 the command
cannot be meant so, 3 the database does not answer."""

import argparse
import fcntl
import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from alma_qa0 import __version__
from alma_qa0.core.blocks import parse_uid
from alma_qa0.core.fields import MARTS
from alma_qa0.errors import BadRequest, BadSetting, DatabaseUnavailable, QA0Error
from alma_qa0.settings import Settings, from_environment

DONE, REFUSED, MISUSED, NO_DATABASE = range(4)


def main(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit code; errors that a user may meet are one sentence on stderr."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO if options.verbose else logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    try:
        settings = from_environment()
        return int(options.command(replace(settings, database_url=options.database or settings.database_url), options))
    except DatabaseUnavailable as error:
        return _failed(NO_DATABASE, error)
    except (BadSetting, BadRequest) as error:
        return _failed(MISUSED, error)
    except QA0Error as error:
        return _failed(REFUSED, error)
    except KeyboardInterrupt:
        return _failed(REFUSED, "interrupted; what was under way is undone, what was done stays")


def _serve(settings: Settings, options: argparse.Namespace) -> int:
    port = options.port or settings.port
    with _only_server(settings, port), _database(settings) as database:
        from alma_qa0.store.tables import Tables, create_marts

        create_marts(database, Tables.in_schemas(raw=settings.raw_schema, mart=settings.mart_schema))
        code = _take_in(settings, database, options.ingest) if options.ingest else DONE
        _run_server(settings, database, options.address, port)
        return code


def _ingest(settings: Settings, options: argparse.Namespace) -> int:
    with _database(settings) as database:
        return _take_in(settings, database, options.paths, refresh=not options.no_refresh)


def _take_in(settings: Settings, database, paths: list[Path], *, refresh: bool = True) -> int:  # type: ignore[no-untyped-def]
    from alma_qa0.jobs.ingest import ingest
    from alma_qa0.store.tables import Tables

    report = ingest(database, Tables.in_schemas(raw=settings.raw_schema, mart=settings.mart_schema), paths, progress=_say)
    if refresh:
        _refresh_marts(settings, database, full=False, source="asdm")
    _say(f"{len(report.taken)} taken in, {len(report.unchanged)} unchanged, {len(report.failed)} failed")
    return REFUSED if report.failed else DONE


def _refresh(settings: Settings, options: argparse.Namespace) -> int:
    with _database(settings) as database:
        _refresh_marts(settings, database, full=options.full, source=options.source)
    return DONE


def _refresh_marts(settings: Settings, database, *, full: bool, source: str) -> None:  # type: ignore[no-untyped-def]
    from alma_qa0.store import plans
    from alma_qa0.store.tables import Tables, create_raw

    tables = Tables.in_schemas(raw=settings.raw_schema, mart=settings.mart_schema)
    if source == "asdm":
        create_raw(database, tables)
    done = plans.refresh(database, tables, source=source, full=full, progress=lambda made, of: _say(f"marts: {made} of {of} refreshed"))
    _say(f"marts: {done.made} made, {done.removed} removed, {done.unchanged} up to date")


def _simulate(_settings: Settings, options: argparse.Namespace) -> int:
    from alma_qa0.simulate.execution_block import simulate

    simulate(options.out, ebs=options.ebs, seed=options.seed, bands=options.bands, antennas=options.antennas, kind=options.array,
             encoding=options.encoding, channels=options.channels, calibrations=options.scans, first_night=options.first_night,
             progress=lambda done, of, folder: _say(f"{done}/{of} {folder}"))
    return DONE


def _export(settings: Settings, options: argparse.Namespace) -> int:
    from alma_qa0.pages.execution_block import lines, load
    from alma_qa0.views import export
    from alma_qa0.views.selection import Selection

    with _database(settings) as database:
        marts = _marts(settings, database)
        loaded = load(marts, parse_uid(options.uid))
        if options.what == "summary":
            tables = iter([export.summary_table(loaded.summary, Selection())])
        else:
            tables = export.spectra_tables(loaded.summary, lines(marts, loaded, options.what, None), options.what)
        if options.output:
            with open(options.output, "w", encoding="utf-8", newline="") as file:
                file.writelines(export.csv_chunks(tables))
        else:
            sys.stdout.writelines(export.csv_chunks(tables))
    return DONE


def _clean_data(settings: Settings, _options: argparse.Namespace) -> int:
    from alma_qa0.hosts import embedded

    if not settings.home.is_dir():
        _say(f"there is nothing below {settings.home}")
        return DONE
    if not embedded.remove(settings.home):
        raise BadRequest(f"the database below {settings.home} is in use; stop alma-qa0 serve first")
    (settings.home / "serving").unlink(missing_ok=True)
    if not any(settings.home.iterdir()):
        settings.home.rmdir()
    _say(f"the embedded database below {settings.home} is gone")
    return DONE


def _run_server(settings: Settings, database, address: str, port: int) -> None:  # type: ignore[no-untyped-def]
    from bokeh.application import Application
    from bokeh.application.handlers import FunctionHandler
    from bokeh.server.server import Server

    from alma_qa0.pages import cockpit

    def page(document):  # type: ignore[no-untyped-def]
        cockpit.build(document, marts=_marts(settings, database), arguments=document.session_context.request.arguments)

    names = {address, "localhost", "127.0.0.1"} - {"0.0.0.0"}  # noqa: S104 - a comparison, nothing is bound here
    try:
        server = Server({"/": Application(FunctionHandler(page))}, port=port, address=address,
                        allow_websocket_origin=[f"{name}:{port}" for name in names])
    except OSError as error:
        raise BadSetting("PORT", port, f"a port that is free ({error.strerror})") from None
    server.start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: server.io_loop.add_callback_from_signal(server.io_loop.stop))
    _say(f"alma-qa0 {__version__} serves http://localhost:{port}/ (stop: Ctrl-C)")
    server.io_loop.start()
    server.stop()


def _marts(settings: Settings, database):  # type: ignore[no-untyped-def]
    from alma_qa0.store.queries import Marts
    from alma_qa0.store.tables import Tables

    return Marts(database, Tables.in_schemas(raw=settings.raw_schema, mart=settings.mart_schema))


@contextmanager
def _database(settings: Settings) -> Iterator:  # type: ignore[type-arg]
    """The database of the settings; an embedded one is started before and stopped after, unless another process uses it."""
    from alma_qa0.hosts.postgres import Postgres

    if settings.database_url:
        database = Postgres(settings.database_url)
        try:
            yield database
        finally:
            database.close()
        return
    from alma_qa0.hosts import embedded

    _say(f"PostgreSQL below {settings.home}")
    database = Postgres(embedded.start(settings.home))
    try:
        yield database
    finally:
        database.close()
        embedded.stop(settings.home)


@contextmanager
def _only_server(settings: Settings, port: int) -> Iterator[None]:
    """Holds ``home/serving``, which says where the page is; a second server of the same home says so and ends."""
    settings.home.mkdir(parents=True, exist_ok=True)
    with open(settings.home / "serving", "a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            place = file.read().strip()
            raise BadRequest(f"alma-qa0 runs already for {settings.home}, at {place}: stop it first, or set another ALMA_QA0_HOME") from None
        file.truncate(0)
        file.write(f"http://localhost:{port}/")
        file.flush()
        yield


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="alma-qa0", description="QA0 of ALMA Execution Blocks.",
        epilog="Exit codes: 0 done, 1 something was refused, 2 the command cannot be meant so, 3 the database does not answer.")
    parser.add_argument("--version", action="version", version=__version__)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--database", metavar="URL", help="a PostgreSQL (15 or newer) of your own, postgresql://user@host/name; "
                        "default: ALMA_QA0_DATABASE, else an embedded one below ALMA_QA0_HOME")
    common.add_argument("--verbose", action="store_true", help="say more of what is done")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", parents=[common], help="serve the page")
    serve.add_argument("--port", type=int, help="default: PORT, else 5006")
    serve.add_argument("--address", default="localhost", help="the address to listen on (default: %(default)s)")
    serve.add_argument("--ingest", type=Path, nargs="+", metavar="PATH", help="take these in first, as the command ingest does")
    serve.set_defaults(command=_serve)

    ingest = commands.add_parser("ingest", parents=[common], help="take in ASDMs (folders, .tar, .tar.gz, folders of many), then refresh")
    ingest.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    ingest.add_argument("--no-refresh", action="store_true", help="leave the marts as they are")
    ingest.set_defaults(command=_ingest)

    refresh = commands.add_parser("refresh", parents=[common], help=f"bring the marts up to date: {', '.join(mart.name for mart in MARTS)}")
    refresh.add_argument("--full", action="store_true", help="make everything again, not only what is new or changed")
    refresh.add_argument("--source", choices=("asdm", "production"), default="asdm",
                         help="the tables of ingest, or the old production table raw.cal_atmosphere_production (default: %(default)s)")
    refresh.set_defaults(command=_refresh)

    simulate = commands.add_parser("simulate", parents=[common], help="write simulated ASDMs")
    simulate.add_argument("out", type=Path, metavar="OUT", help="the folder to write into")
    simulate.add_argument("--ebs", type=int, default=1, help="Execution Blocks (default: %(default)s)")
    simulate.add_argument("--seed", type=int, default=1, help="the same seed gives the same numbers (default: %(default)s)")
    simulate.add_argument("--bands", type=_bands, default=(3, 6, 7), help="receiver bands that take turns (default: 3,6,7)")
    simulate.add_argument("--antennas", type=int, default=43, help="antennas of the array (default: %(default)s)")
    simulate.add_argument("--array", choices=("12-m", "7-m", "TP"), default="12-m", help="(default: %(default)s)")
    simulate.add_argument("--scans", type=int, default=8, help="scans with Tsys (default: %(default)s)")
    simulate.add_argument("--channels", type=int, default=128, help="channels of a spectrum (default: %(default)s)")
    simulate.add_argument("--encoding", choices=("binary", "xml"), default="binary", help="(default: %(default)s)")
    simulate.add_argument("--first-night", type=_day, default="2025-07-01", metavar="YYYY-MM-DD", help="(default: %(default)s)")
    simulate.set_defaults(command=_simulate)

    export = commands.add_parser("export", parents=[common], help="write the values of one Execution Block as CSV")
    export.add_argument("uid", metavar="UID", help="such as uid://A002/Xf8f6a9/X15c79")
    export.add_argument("--what", choices=("summary", "trec", "tsys"), default="summary", help="the summary, or the spectra of Trx or Tsys")
    export.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")
    export.set_defaults(command=_export)

    clean = commands.add_parser("clean-data", parents=[common], help="take away the embedded database and all that is in it")
    clean.set_defaults(command=_clean_data)
    return parser


def _bands(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of receiver bands; expected one like 3,6,7") from None


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; expected one like 2025-07-01") from None


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _failed(code: int, error: object) -> int:
    _say(f"alma-qa0: {error}")
    return code


if __name__ == "__main__":
    sys.exit(main())
