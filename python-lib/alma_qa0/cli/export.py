"""``alma-qa0 export``: the values of an Execution Block, or what QA0 says of it or of a shift."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path

from alma_qa0 import __version__
from alma_qa0.cli.common import DONE, common_options, marts_of, open_database
from alma_qa0.core.blocks import parse_uid
from alma_qa0.core.fields import SCAN_SUMMARY, SPECTRUM
from alma_qa0.errors import BadRequest, BadSetting
from alma_qa0.settings import Settings


def add_to(commands) -> None:  # type: ignore[no-untyped-def]
    """Adds the command to the parser."""
    export = commands.add_parser("export", parents=[common_options()],
                                 help="write the values of one Execution Block, or what QA0 says of it")
    export.add_argument("uid", metavar="UID", nargs="?", help="such as uid://A002/Xf8f6a9/X15c79")
    export.add_argument("--what", choices=("summary", "trec", "tsys", "decision"),
                        help="the summary, the spectra of Trx or Tsys, or the proposal and the decision (default: summary)")
    export.add_argument("--shift", type=_moment, nargs=2, metavar=("FROM", "TO"),
                        help="decisions of all Execution Blocks that ended in this time, such as 2025-07-12T06:00 2025-07-12T16:00 (UTC)")
    export.add_argument("--format", choices=("json", "csv"), help="of decisions (default: json); everything else is CSV")
    export.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")
    export.set_defaults(command=_export)


def _export(settings: Settings, options: argparse.Namespace) -> int:
    if (options.uid is None) == (options.shift is None):
        raise BadRequest("export is of one Execution Block or of a shift; expected either UID or --shift FROM TO")
    what = options.what or ("decision" if options.shift else "summary")
    if options.shift and what != "decision":
        raise BadRequest(f"of a shift its decisions are exported, not {what}; expected UID, or --shift without --what")
    if options.format == "json" and what != "decision":
        raise BadRequest(f"{what} is exported as CSV; expected --format csv, or --what decision")
    with open_database(settings) as database:
        marts = marts_of(settings, database)
        chunks = _decision_chunks(marts, options) if what == "decision" else _value_chunks(marts, parse_uid(options.uid), what)
        if options.output:
            _write(options.output, chunks)
        else:
            sys.stdout.writelines(chunks)
            sys.stdout.flush()
    return DONE


def _write(path: Path, chunks: Iterable[str]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(chunks)
    except OSError as error:
        raise BadSetting("--output", str(path), f"a file that can be written to its end ({error.strerror})") from None


def _value_chunks(marts, uid: str, what: str) -> Iterator[str]:  # type: ignore[no-untyped-def]
    from alma_qa0.pages.execution_block import lines, load
    from alma_qa0.views import export
    from alma_qa0.views.selection import Selection

    for mart in (SCAN_SUMMARY, SPECTRUM):
        if not marts.has(mart):
            raise BadRequest(f"there is no table {mart.name}, which the export is made of; expected it to be made by alma-qa0 refresh")
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


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.removesuffix("Z"))  # Python 3.10 knows no Z
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time; expected one like 2025-07-12T06:00, in UTC") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
