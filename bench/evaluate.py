"""How well the rules judge: simulated Execution Blocks with and without faults, the whole way from ASDM to finding.

Recall per fault and size, and false findings per clean Execution Block, beside the same figures of the six published metrics for
Tsys. A fault is found where a warning or severe finding lies in its place and is of its kind of quantity; every other one of them is false.
The seed of the figures reported is none of those that the limits were chosen with.
"""

import argparse
import json
import math
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pandas as pd

from alma_qa0.errors import BadRequest
from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.simulate.execution_block import write_execution_block
from alma_qa0.simulate.fault_kinds import NATURES, Fault, FaultKind
from alma_qa0.simulate.places import with_placed_faults
from alma_qa0.simulate.plan import Plan, random_plan
from alma_qa0.store import plans
from alma_qa0.store.load import delete_statements
from alma_qa0.store.queries import Marts
from alma_qa0.store.tables import Tables
from published_metrics import Flag, published_flags

RESULTS = Path(__file__).parent / "results" / "evaluate.json"
TABLES = Tables.in_schemas()
TUNED_ON = (5, 105, 205, 305, 505, 605, 4001, 7001)  # seeds that the limits were chosen with
BATCH = 8
_MORE_SIZES = {FaultKind.HIGH: (3.0, 2.5, 2.0, 1.75, 1.5), FaultKind.DEAD: (-1.0, 0.0, math.nan)}
_KINDS_OF_QUANTITY = {"trec": ("trec", "tsys"), "tsys": ("trec", "tsys"), "water": ("water", "tau")}
_MISSING = ("missing_antenna", "missing_baseband", "missing_calibration", "missing_scan", "no_calibration")


@dataclass(frozen=True, slots=True)
class Case:
    """One Execution Block to judge; ``fault`` None: a clean one. ``harmless`` names what was put into it and is no fault."""

    plan: Plan
    fault: Fault | None = None
    size: str = ""
    harmless: str = ""


@dataclass(slots=True)
class Score:
    n: int = 0
    found: int = 0
    by_baseline: int = 0
    missed: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Clean:
    n: int = 0
    warnings: int = 0
    severe: int = 0
    flags: int = 0
    sentences: list[str] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=8001, help="of the Execution Blocks (default: %(default)s)")
    parser.add_argument("--ebs", type=int, default=15, help="Execution Blocks of each fault and size (default: %(default)s)")
    parser.add_argument("--clean", type=int, default=200, help="clean Execution Blocks (default: %(default)s)")
    parser.add_argument("--faults", help="only these, separated by commas")
    parser.add_argument("--output", type=Path, default=RESULTS, help="default: bench/results/evaluate.json")
    options = parser.parse_args()
    began = time.monotonic()
    cases = list(_cases(options))
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        database = Postgres(embedded.start(home, options={"fsync": "off", "full_page_writes": "off"}))
        try:
            scores, clean = _evaluate(database, cases)
        finally:
            database.close()
            embedded.stop(home)
    report = _report(options, scores, clean, time.monotonic() - began)
    options.output.parent.mkdir(exist_ok=True)
    options.output.write_text(json.dumps(report, indent=1) + "\n")
    _print(report)


# --- what is judged -----------------------------------------------------------------------------------------------------------

def _cases(options: argparse.Namespace) -> Iterator[Case]:
    numbers = count()
    kinds = [FaultKind(name) for name in options.faults.split(",")] if options.faults else list(FaultKind)
    for kind in kinds:
        for size in _sizes(kind):
            yield from _of_kind(options, kind, size, numbers)
    for _ in range(options.clean):
        yield Case(random_plan(options.seed, next(numbers)))


def _sizes(kind: FaultKind) -> Sequence[float | None]:
    nature = NATURES[kind]
    if kind in _MORE_SIZES:
        return _MORE_SIZES[kind]
    if nature.size is None or kind is FaultKind.BAD_WATER:
        return (nature.size,)
    return (nature.size, nature.scaled(0.5)) if nature.is_fault else (nature.size,)


def _of_kind(options: argparse.Namespace, kind: FaultKind, size: float | None, numbers: Iterator[int]) -> Iterator[Case]:
    """As many Execution Blocks as are asked for; one that cannot have the fault is passed over."""
    left = options.ebs
    while left:
        plan = random_plan(options.seed, next(numbers))
        try:
            plan = with_placed_faults(plan, Fault(kind, size or 0.0))
        except BadRequest:
            continue
        left -= 1
        words = "all" if size is None else f"{size:g}"
        if NATURES[kind].is_fault:
            yield Case(plan, plan.faults[-1], words)
        else:
            yield Case(plan, harmless=kind.value)


# --- the whole way --------------------------------------------------------------------------------------------------------------

def _evaluate(database: Postgres, cases: Sequence[Case]) -> tuple[dict[tuple[str, str], Score], dict[str, Clean]]:
    scores: dict[tuple[str, str], Score] = {}
    clean: dict[str, Clean] = {}
    for first in range(0, len(cases), BATCH):
        batch = cases[first:first + BATCH]
        with tempfile.TemporaryDirectory() as folder:
            for case in batch:
                write_execution_block(Path(folder), case.plan)
            report = ingest(database, TABLES, [Path(folder)])
        if report.failed:
            raise SystemExit(f"an ASDM of the simulator was refused: {report.failed[0]}")
        plans.refresh(database, TABLES)
        judge(database, TABLES)
        for case in batch:
            _score(database, case, scores, clean)
            database.execute(delete_statements(TABLES, case.plan.uid))
        print(f"\r{first + len(batch)} of {len(cases)}", end="", flush=True)
    print()
    return scores, clean


def _score(database: Postgres, case: Case, scores: dict[tuple[str, str], Score], clean: dict[str, Clean]) -> None:
    marts = Marts(database, TABLES)
    findings = marts.read_findings(case.plan.uid)
    alarms = findings[findings["severity"] != "info"]
    summary = marts.read_scan_summary(case.plan.uid)
    flags = _baseline(marts, case, summary)
    if case.fault is None:
        _count(clean.setdefault(case.harmless or "clean", Clean()), case, alarms, flags)
        return
    score = scores.setdefault((case.fault.kind.value, case.size), Score())
    score.n += 1
    score.by_baseline += any(_flags(flag, case.fault) for flag in flags)
    if any(_matches(row, case.fault, summary) for row in alarms.to_dict("records")):
        score.found += 1
    else:
        score.missed.append(_describe(case))


def _count(total: Clean, case: Case, alarms: pd.DataFrame, flags: set[Flag]) -> None:
    own = alarms[alarms["cause_id"].isna()]
    total.n += 1
    total.warnings += int((own["severity"] == "warning").sum())
    total.severe += int((own["severity"] == "severe").sum())
    total.flags += len({flag.antenna_name for flag in flags})
    total.sentences += [f"{_describe(case)}: {sentence}" for sentence in own["sentence"]]


def _baseline(marts: Marts, case: Case, summary: pd.DataFrame) -> set[Flag]:
    fields = dict(zip(summary["cal_data_id"], summary["source_name"].fillna(""), strict=True))
    first = summary.sort_values("start_valid_time")["source_name"].iloc[0] if len(summary) else ""  # that of the bandpass
    return published_flags(marts.read_spectra(case.plan.uid, "tsys"), fields, frozenset({first}))


def _flags(flag: Flag, fault: Fault) -> bool:
    polarisation = fault.polarisation and fault.polarisation.value
    return (NATURES[fault.kind].quantity in ("trec", "tsys") and fault.antenna in (None, flag.antenna_name)
            and fault.baseband in (None, flag.baseband_name) and polarisation in (None, flag.polarisation))


def _matches(row: dict[str, object], fault: Fault, summary: pd.DataFrame) -> bool:
    """Whether a finding lies in the place of a fault, as far as both say, and is of its kind."""
    quantity = NATURES[fault.kind].quantity
    if quantity == "rows":
        return row["rule_id"] in _MISSING and (fault.antenna is None or row["antenna_name"] == fault.antenna)
    if row["quantity"] not in _KINDS_OF_QUANTITY[quantity] or row["antenna_name"] != fault.antenna:
        return False
    polarisation = fault.polarisation and fault.polarisation.value
    return _agree(row["baseband_name"], fault.baseband) and _agree(row["polarisation"], polarisation)


def _agree(found: object, true: object) -> bool:
    return found is None or found != found or true is None or found == true


def _describe(case: Case) -> str:
    plan, fault = case.plan, case.fault
    setup = (f"{plan.family} {len(plan.antennas)} antennas, band {plan.bands[0]}, {plan.channels} channels, {plan.calibrations} scans,"
             f" number {plan.number}")
    if fault is None:
        return setup
    place = [fault.antenna, fault.baseband, fault.polarisation and fault.polarisation.value,
             f"scans {fault.calibrations}" if fault.calibrations else None, f"channels {fault.channels}" if fault.channels else None]
    return f"{fault.kind.value} {case.size} at {' '.join(part for part in place if part)} ({setup})"


# --- what came of it --------------------------------------------------------------------------------------------------------------

def _report(
    options: argparse.Namespace, scores: dict[tuple[str, str], Score], clean: dict[str, Clean], seconds: float,
) -> dict[str, object]:
    faults: dict[str, dict[str, object]] = {}
    for (kind, size), score in scores.items():
        faults.setdefault(kind, {})[size] = {
            "n": score.n, "recall": round(score.found / score.n, 4), "baseline_recall": round(score.by_baseline / score.n, 4)}
    totals = {name: {"n": one.n, "warnings_per_eb": round(one.warnings / one.n, 4), "severe_per_eb": round(one.severe / one.n, 4),
                     "baseline_flags_per_eb": round(one.flags / one.n, 4)} for name, one in clean.items()}
    return {
        "faults": faults, "clean": totals.pop("clean", {}), "harmless": totals, "seed": options.seed, "tuned_on": TUNED_ON,
        "missed": [words for score in scores.values() for words in score.missed],
        "false": [words for one in clean.values() for words in one.sentences],
        "seconds": round(seconds, 1), "load_average": os.getloadavg()[0],
    }


def _print(report: dict) -> None:
    print(f"{'fault':16}{'size':>8}{'n':>6}{'recall':>9}{'published':>11}")
    for kind, sizes in report["faults"].items():
        for size, row in sizes.items():
            print(f"{kind:16}{size:>8}{row['n']:6}{row['recall']:9.3f}{row['baseline_recall']:11.3f}")
    for name, row in {"clean": report["clean"], **report["harmless"]}.items():
        if row:
            print(f"{name}: {row['n']} Execution Blocks; in each {row['warnings_per_eb']} false warnings, {row['severe_per_eb']} false"
                  f" severe ones; published metrics flag {row['baseline_flags_per_eb']} antennas in each")
    for title in ("missed", "false"):
        print(f"{title}: {len(report[title])}")
        for words in report[title]:
            print(f"  {words}")


if __name__ == "__main__":
    main()
