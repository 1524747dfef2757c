"""``alma-qa0 ingest``, ``refresh`` and ``judge``: from ASDMs to raw tables, marts and findings."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from alma_qa0.cli.common import DONE, REFUSED, common_options, limit_options, limits_of, open_database, say, tables_of, worker_options
from alma_qa0.core.blocks import parse_uid
from alma_qa0.core.fields import MARTS
from alma_qa0.core.rules import Limits
from alma_qa0.errors import BadRequest
from alma_qa0.settings import Settings

if TYPE_CHECKING:
    from alma_qa0.store.quarantine import Refusal


def add_to(commands) -> None:  # type: ignore[no-untyped-def]
    """Adds the commands to the parser."""
    ingest = commands.add_parser("ingest", parents=[common_options(), limit_options(), worker_options()],
                                 help="take in ASDMs (folders, .tar, .tar.gz, folders of many), then refresh and judge")
    ingest.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    ingest.add_argument("--no-refresh", action="store_true", help="leave the marts as they are")
    ingest.add_argument("--again", action="store_true", help="read files again that are as they were when they were taken in")
    ingest.set_defaults(command=_ingest)

    refresh = commands.add_parser("refresh", parents=[common_options(), limit_options(), worker_options()],
                                  help=f"bring the marts up to date: {', '.join(mart.name for mart in MARTS)}; then judge")
    refresh.add_argument("uids", nargs="*", metavar="UID", help="these Execution Blocks only")
    refresh.add_argument("--full", action="store_true", help="make everything again, not only what is new or changed")
    refresh.add_argument("--source", choices=("asdm", "production"), default="asdm",
                         help="the tables of ingest, or the old production table raw.cal_atmosphere_production (default: %(default)s)")
    refresh.set_defaults(command=_refresh)

    judge = commands.add_parser("judge", parents=[common_options(), limit_options(), worker_options()],
                                help="judge what is new or changed, or was judged with other limits")
    judge.add_argument("uids", nargs="*", metavar="UID", help="these Execution Blocks only")
    judge.add_argument("--full", action="store_true", help="judge all again")
    judge.set_defaults(command=_judge)


def _ingest(settings: Settings, options: argparse.Namespace) -> int:
    limits = limits_of(settings, options)
    with open_database(settings, workers=options.workers, fills=True) as database:
        return take_in(settings, database, options.paths, limits=limits, refresh=not options.no_refresh, again=options.again,
                       workers=options.workers)


def take_in(  # type: ignore[no-untyped-def]
    settings: Settings, database, paths: list[Path], *, limits: Limits, refresh: bool = True, again: bool = False, workers: int = 1,
) -> int:
    from alma_qa0.jobs.ingest import ingest

    report, n_refused = ingest(database, tables_of(settings), paths, again=again, progress=say), 0
    if refresh:
        n_refused += _refresh_marts(settings, database, source="asdm", workers=workers)[1]
        n_refused += _judge_marts(settings, database, limits=limits, workers=workers)[1]
    say(f"{len(report.taken)} taken in, {len(report.unchanged)} unchanged, {len(report.failed)} failed"
        + (f", {n_refused} not refreshed or judged" if n_refused else "")
        + (f", {len(report.passed_over)} archives without an ASDM passed over" if report.passed_over else ""))
    return REFUSED if report.failed or n_refused else DONE


def _refresh(settings: Settings, options: argparse.Namespace) -> int:
    limits = limits_of(settings, options)
    uids = [parse_uid(uid) for uid in options.uids] or None
    with open_database(settings, workers=options.workers, fills=True) as database:
        n_known, n_refused = _refresh_marts(settings, database, full=options.full, source=options.source, uids=uids,
                                            workers=options.workers)
        n_refused += _judge_marts(settings, database, limits=limits, uids=uids, workers=options.workers)[1]
    _check_known(uids, n_known)
    return REFUSED if n_refused else DONE


def _judge(settings: Settings, options: argparse.Namespace) -> int:
    limits = limits_of(settings, options)
    uids = [parse_uid(uid) for uid in options.uids] or None
    with open_database(settings, workers=options.workers, fills=True) as database:
        n_known, n_refused = _judge_marts(settings, database, limits=limits, full=options.full, uids=uids, workers=options.workers)
    _check_known(uids, n_known)
    return REFUSED if n_refused else DONE


def _check_known(uids: list[str] | None, n_known: int) -> None:
    n_asked = len(set(uids or ()))
    if n_known < n_asked:
        raise BadRequest(f"{n_asked - n_known} of the {n_asked} Execution Blocks that were named are not there;"
                         " expected UIDs of those taken in")


def _judge_marts(  # type: ignore[no-untyped-def]
    settings: Settings, database, *, limits: Limits, full: bool = False, uids: list[str] | None = None, workers: int = 1,
) -> tuple[int, int]:
    """How many of the Execution Blocks that were to be judged are there, and how many of them could not be judged."""
    from alma_qa0.jobs.judge import judge

    tables = tables_of(settings)
    done = judge(database, tables, limits=limits, uids=uids, full=full, workers=workers,
                 progress=lambda made, of: say(f"findings: {made} of {of} judged"))
    _say_refused("findings", done.refused)
    say(f"findings: {done.made} judged, {done.removed} removed, {done.unchanged} up to date")
    return done.made + done.unchanged + len(done.refused), len(done.refused)


def _refresh_marts(  # type: ignore[no-untyped-def]
    settings: Settings, database, *, source: str, full: bool = False, uids: list[str] | None = None, workers: int = 1,
) -> tuple[int, int]:
    """How many of the Execution Blocks that were to be refreshed are, or were, there, and how many of them could not be made."""
    from alma_qa0.store import plans
    from alma_qa0.store.tables import create_raw

    tables = tables_of(settings)
    if source == "asdm":
        create_raw(database, tables)
    done = plans.refresh(database, tables, source=source, full=full, uids=uids, workers=workers,
                         progress=lambda made, of: say(f"marts: {made} of {of} refreshed"))
    _say_refused("marts", done.refused)
    say(f"marts: {done.made} made, {done.removed} removed, {done.unchanged} up to date")
    return done.made + done.removed + done.unchanged + len(done.refused), len(done.refused)


def _say_refused(what: str, refused: "Sequence[Refusal]") -> None:
    for one in refused:
        say(f"{what}: refused: {one.uid}: {one.sentence}" + ("; in quarantine until it changes" if one.lasting else ""))
