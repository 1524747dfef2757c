"""The command ``alma-qa0``: serve, ingest, refresh, judge, simulate, export. Exit codes: 0 done, 1 something was refused, 2 the command
cannot be meant so, 3 the database does not answer."""

import argparse
import fcntl
import json
import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timezone
from pathlib import Path

from alma_qa0 import __version__
from alma_qa0.core.blocks import parse_uid
from alma_qa0.core.fields import MARTS
from alma_qa0.core.rules import Limits, limits_from
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
        from alma_qa0.store.tables import Tables, create_decisions, create_judgement, create_marts

        tables = Tables.in_schemas(raw=settings.raw_schema, mart=settings.mart_schema)
        create_marts(database, tables)
        create_judgement(database, tables)
        create_decisions(database, tables)
        code = _take_in(settings, database, options.ingest, limits=_limits(settings, options)) if options.ingest else DONE
        _run_server(settings, database, options.address, port, webgl=options.webgl)
        return code


def _ingest(settings: Settings, options: argparse.Namespace) -> int:
    limits = _limits(settings, options)
    with _database(settings) as database:
        return _take_in(settings, database, options.paths, limits=limits, refresh=not options.no_refresh)


def _take_in(settings: Settings, database, paths: list[Path], *, limits: Limits, refresh: bool = True) -> int:  # type: ignore[no-untyped-def]
    from alma_qa0.jobs.ingest import ingest
    from alma_qa0.store.tables import Tables

    report = ingest(database, Tables.in_schemas(raw=settings.raw_schema, mart=settings.mart_schema), paths, progress=_say)
    if refresh:
        _refresh_marts(settings, database, full=False, source="asdm")
        _judge_marts(settings, database, limits=limits)
    _say(f"{len(report.taken)} taken in, {len(report.unchanged)} unchanged, {len(report.failed)} failed")
    return REFUSED if report.failed else DONE


def _refresh(settings: Settings, options: argparse.Namespace) -> int:
    limits = _limits(settings, options)
    with _database(settings) as database:
        _refresh_marts(settings, database, full=options.full, source=options.source)
        _judge_marts(settings, database, limits=limits)
    return DONE


def _judge(settings: Settings, options: argparse.Namespace) -> int:
    limits = _limits(settings, options)
    with _database(settings) as database:
        _judge_marts(settings, database, limits=limits, full=options.full, uids=[parse_uid(uid) for uid in options.uids] or None)
    return DONE


def _judge_marts(settings: Settings, database, *, limits: Limits, full: bool = False, uids: list[str] | None = None) -> None:  # type: ignore[no-untyped-def]
    from alma_qa0.jobs.judge import judge
    from alma_qa0.store.tables import Tables

    tables = Tables.in_schemas(raw=settings.raw_schema, mart=settings.mart_schema)
    done = judge(database, tables, limits=limits, uids=uids, full=full, progress=lambda made, of: _say(f"findings: {made} of {of} judged"))
    _say(f"findings: {done.made} judged, {done.removed} removed, {done.unchanged} up to date")


def _limits(settings: Settings, options: argparse.Namespace) -> Limits:
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
    from alma_qa0.simulate.places import parse_faults

    simulate(options.out, ebs=options.ebs, seed=options.seed, bands=options.bands, antennas=options.antennas, kind=options.array,
             encoding=options.encoding, channels=options.channels, calibrations=options.scans, first_night=options.first_night,
             faults=parse_faults(" ".join(options.faults)), progress=lambda done, of, folder: _say(f"{done}/{of} {folder}"))
    return DONE


def _export(settings: Settings, options: argparse.Namespace) -> int:
    if (options.uid is None) == (options.shift is None):
        raise BadRequest("export is of one Execution Block or of a shift; expected either UID or --shift FROM TO")
    of_decisions = options.shift is not None or options.what == "decision"
    if options.format == "json" and not of_decisions:
        raise BadRequest(f"{options.what} is exported as CSV; expected --format csv, or --what decision")
    with _database(settings) as database:
        marts = _marts(settings, database)
        chunks = _decision_chunks(marts, options) if of_decisions else _value_chunks(marts, parse_uid(options.uid), options.what)
        if options.output:
            with open(options.output, "w", encoding="utf-8", newline="") as file:
                file.writelines(chunks)
        else:
            sys.stdout.writelines(chunks)
    return DONE


def _value_chunks(marts, uid: str, what: str) -> Iterator[str]:  # type: ignore[no-untyped-def]
    from alma_qa0.pages.execution_block import lines, load
    from alma_qa0.views import export
    from alma_qa0.views.selection import Selection

    loaded = load(marts, uid)
    if what == "summary":
        return export.csv_chunks(iter([export.summary_table(loaded.summary, Selection())]))
    return export.csv_chunks(export.spectra_tables(loaded.summary, lines(marts, loaded, what, None), what))


def _decision_chunks(marts, options: argparse.Namespace) -> list[str]:  # type: ignore[no-untyped-def]
    from alma_qa0.pages.decision_export import records
    from alma_qa0.store.decisions import read_shift
    from alma_qa0.store.tables import create_decisions, create_judgement, create_marts
    from alma_qa0.views.decision_export import as_csv, as_json

    for create in (create_marts, create_judgement, create_decisions):
        create(marts.database, marts.tables)
    uids = read_shift(marts.database, marts.tables, *options.shift) if options.shift else [parse_uid(options.uid)]
    made = records(marts, uids, program_version=__version__)
    if options.format == "csv":
        return [as_csv(made)]
    return [as_json(made if options.shift else made[0])]


def _clean_data(settings: Settings, options: argparse.Namespace) -> int:
    from alma_qa0.hosts import embedded

    if not settings.home.is_dir():
        _say(f"there is nothing below {settings.home}")
        return DONE
    if not options.with_decisions and (settings.home / "postgres").is_dir():
        _refuse_to_lose_decisions(settings)
    if not embedded.remove(settings.home):
        raise BadRequest(f"the database below {settings.home} is in use; stop alma-qa0 serve first")
    (settings.home / "serving").unlink(missing_ok=True)
    if not any(settings.home.iterdir()):
        settings.home.rmdir()
    _say(f"the embedded database below {settings.home} is gone")
    return DONE


def _refuse_to_lose_decisions(settings: Settings) -> None:
    """All else can be made again from the files of the observatory."""
    from alma_qa0.store.decisions import count_decisions
    from alma_qa0.store.tables import Tables

    with _database(replace(settings, database_url=None)) as database:
        n = count_decisions(database, Tables.in_schemas(raw=settings.raw_schema, mart=settings.mart_schema))
    if n:
        counted = "1 decision" if n == 1 else f"{n} decisions"
        raise BadRequest(f"{settings.home} holds {counted}, which cannot be made again: keep what was decided with alma-qa0 export"
                         " --shift FROM TO, then repeat with --with-decisions")


def _run_server(settings: Settings, database, address: str, port: int, *, webgl: bool) -> None:  # type: ignore[no-untyped-def]
    from bokeh.application import Application
    from bokeh.application.handlers import FunctionHandler
    from bokeh.server.server import Server

    from alma_qa0.pages import cockpit

    def page(document):  # type: ignore[no-untyped-def]
        cockpit.build(document, marts=_marts(settings, database), arguments=document.session_context.request.arguments,
                      judged=True, webgl=webgl)

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
            raise BadRequest(f"alma-qa0 runs already for {settings.home}, at {place}: stop it, or set another ALMA_QA0_HOME") from None
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
    limits = argparse.ArgumentParser(add_help=False)
    limits.add_argument("--limit", type=_limit, action="append", default=[], metavar="RULE.LIMIT=VALUE",
                        help="judge with this limit, such as trec_level.high=2.5; docs/rules.md has them all; may be given several times")
    limits.add_argument("--settings", type=Path, metavar="FILE", help="a JSON file with limits; default: ALMA_QA0_LIMITS")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", parents=[common, limits], help="serve the page")
    serve.add_argument("--port", type=int, help="default: PORT, else 5006")
    serve.add_argument("--address", default="localhost", help="the address to listen on (default: %(default)s)")
    serve.add_argument("--ingest", type=Path, nargs="+", metavar="PATH", help="take these in first, as the command ingest does")
    serve.add_argument("--webgl", action="store_true", help="draw with WebGL: for readers who all have a graphics card")
    serve.set_defaults(command=_serve)

    ingest = commands.add_parser("ingest", parents=[common, limits],
                                 help="take in ASDMs (folders, .tar, .tar.gz, folders of many), then refresh and judge")
    ingest.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    ingest.add_argument("--no-refresh", action="store_true", help="leave the marts as they are")
    ingest.set_defaults(command=_ingest)

    refresh = commands.add_parser("refresh", parents=[common, limits],
                                  help=f"bring the marts up to date: {', '.join(mart.name for mart in MARTS)}; then judge")
    refresh.add_argument("--full", action="store_true", help="make everything again, not only what is new or changed")
    refresh.add_argument("--source", choices=("asdm", "production"), default="asdm",
                         help="the tables of ingest, or the old production table raw.cal_atmosphere_production (default: %(default)s)")
    refresh.set_defaults(command=_refresh)

    judge = commands.add_parser("judge", parents=[common, limits], help="judge what is new or changed, or was judged with other limits")
    judge.add_argument("uids", nargs="*", metavar="UID", help="these Execution Blocks only")
    judge.add_argument("--full", action="store_true", help="judge all again")
    judge.set_defaults(command=_judge)

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
    simulate.add_argument("--faults", nargs="+", default=(), metavar="FAULT", help="put into each: KIND[:SIZE][@ANTENNA/BASEBAND/"
                          "POLARISATION/SCANS/CHANNELS], such as birdie:0.3 or teeth:0.05@DV17/BB_2/X; what a place leaves open the seed "
                          "chooses, * is all of them; truth.json in each ASDM's folder says what was put where")
    simulate.set_defaults(command=_simulate)

    export = commands.add_parser("export", parents=[common], help="write the values of one Execution Block, or what QA0 says of it")
    export.add_argument("uid", metavar="UID", nargs="?", help="such as uid://A002/Xf8f6a9/X15c79")
    export.add_argument("--what", choices=("summary", "trec", "tsys", "decision"), default="summary",
                        help="the summary, the spectra of Trx or Tsys, or the proposal and the decision (default: %(default)s)")
    export.add_argument("--shift", type=_moment, nargs=2, metavar=("FROM", "TO"),
                        help="decisions of all Execution Blocks that ended in this time, such as 2025-07-12T06:00 2025-07-12T16:00 (UTC)")
    export.add_argument("--format", choices=("json", "csv"), help="of decisions (default: json); everything else is CSV")
    export.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")
    export.set_defaults(command=_export)

    clean = commands.add_parser("clean-data", parents=[common], help="take away the embedded database and all that is in it")
    clean.add_argument("--with-decisions", action="store_true", help="take away the decisions of astronomers, too")
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


def _limit(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not a limit; expected one like trec_level.high=2.5")
    return name, value


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.removesuffix("Z"))  # Python 3.10 knows no Z
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time; expected one like 2025-07-12T06:00, in UTC") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _failed(code: int, error: object) -> int:
    _say(f"alma-qa0: {error}")
    return code


if __name__ == "__main__":
    sys.exit(main())
