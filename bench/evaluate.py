"""How well the rules judge: simulated Execution Blocks with and without faults, the whole way from ASDM to finding.

Recall per fault and size, and false findings per clean Execution Block, beside the same figures of the six published metrics for
Tsys. A fault is found where a warning or severe finding lies in its place and is of its kind of quantity; every other one of them is false.
Large arrays carry several faults at a time, each of another kind in another antenna, and none in an array of fewer than ten antennas.
The seed of the figures reported is none of those that the limits were chosen with. ``--world rough`` judges Execution Blocks that another
model made (rough_world.py).
"""

import argparse
import json
import math
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import pandas as pd

from alma_qa0.core.rules import DEFAULTS, limits_from
from alma_qa0.errors import BadRequest
from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.simulate.execution_block import write_execution_block
from alma_qa0.simulate.fault_kinds import NATURES, Fault, FaultKind
from alma_qa0.simulate.places import with_placed_faults
from alma_qa0.simulate.plan import Plan, random_plan, stream
from alma_qa0.store import plans
from alma_qa0.store.load import delete_statements
from alma_qa0.store.queries import Marts
from alma_qa0.store.tables import Tables
from published_metrics import Strength, published_strengths
from rough_world import rough_plan, write_rough_block

RESULTS = Path(__file__).parent / "results"
WORLDS = {"usual": (random_plan, write_execution_block), "rough": (rough_plan, write_rough_block)}
TUNED_ON = (5, 31, 41, 105, 205, 305, 505, 605, 4001, 7001, 11001, 12001, 12002, 12003)  # seeds that the limits were chosen with
BATCH = 8
ANTENNAS_PER_FAULT = 5
_ALONE = frozenset({FaultKind.MISSING_SCAN, FaultKind.CLOUD, FaultKind.OZONE, FaultKind.AIRMASS})
_NOT_ROUGH = frozenset({FaultKind.CLOUD, FaultKind.OZONE, FaultKind.AIRMASS, FaultKind.RADIOMETER})
_MORE_SIZES = {FaultKind.HIGH: (3.0, 2.5, 2.0, 1.75, 1.5), FaultKind.DEAD: (-1.0, 0.0, math.nan)}
_KINDS_OF_QUANTITY = {"trec": ("trec", "tsys"), "tsys": ("trec", "tsys"), "water": ("water", "tau")}
_MISSING = ("missing_antenna", "missing_baseband", "missing_calibration", "missing_scan", "no_calibration")
_SQUARED = ("ratio", "most", "high", "low", "severe", "single", "baseband")  # limits that are ratios: half is the root
_HALVED = ("size", "sigmas", "amplitude", "height", "diluted", "times", "noise", "fraction", "step")

Key = tuple[str, str]  # kind and size of a fault


@dataclass(frozen=True, slots=True)
class Case:
    """One Execution Block to judge, with what was put into it; ``sizes`` in words. ``harmless`` names what is no fault."""

    plan: Plan
    faults: tuple[Fault, ...] = ()
    sizes: tuple[str, ...] = ()
    harmless: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was said of one fault; ``beyond`` is how far the published metrics go at its place. ``missed`` in words where it was."""

    key: Key
    found: bool
    by_baseline: bool
    beyond: float
    missed: str = ""


@dataclass(frozen=True, slots=True)
class CleanOutcome:
    """What was said of one Execution Block without a fault; ``beyond`` of each antenna."""

    kind: str
    warnings: int
    severe: int
    flagged: int
    beyond: tuple[float, ...]
    sentences: tuple[str, ...]


@dataclass(slots=True)
class Outcomes:
    faults: list[Outcome] = field(default_factory=list)
    clean: list[CleanOutcome] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=8001, help="of the Execution Blocks (default: %(default)s)")
    parser.add_argument("--ebs", type=int, default=100, help="faults of each kind and size (default: %(default)s)")
    parser.add_argument("--clean", type=int, default=600, help="clean Execution Blocks (default: %(default)s)")
    parser.add_argument("--faults", help="only these, separated by commas")
    parser.add_argument("--world", choices=WORLDS, default="usual", help="the model that makes them (default: %(default)s)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="at a time (default: %(default)s)")
    parser.add_argument("--output", type=Path, help="default: bench/results/evaluate.json, or evaluate_rough.json")
    options = parser.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the processes are enough threads
    began = time.monotonic()
    cases = list(_cases(options))
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        url = embedded.start(home, options={"fsync": "off", "full_page_writes": "off"})
        try:
            outcomes = _evaluate(url, cases, options)
        finally:
            embedded.stop(home)
    report = _report(options, outcomes, len(cases), time.monotonic() - began)
    output = options.output or RESULTS / ("evaluate.json" if options.world == "usual" else f"evaluate_{options.world}.json")
    output.parent.mkdir(exist_ok=True)
    output.write_text(json.dumps(report, indent=1) + "\n")
    _print(report)


# --- what is judged -----------------------------------------------------------------------------------------------------------

def _cases(options: argparse.Namespace) -> Iterator[Case]:
    """The faults that are asked for, as many in each Execution Block as its array bears, then those without."""
    numbers = count()
    draw = WORLDS[options.world][0]
    kinds = [FaultKind(name) for name in options.faults.split(",")] if options.faults else list(FaultKind)
    wanted = [(kind, size) for _ in range(options.ebs) for kind in kinds if options.world == "usual" or kind not in _NOT_ROUGH
              for size in _sizes(kind)]
    while wanted:
        plan = draw(options.seed, next(numbers))
        case, wanted = _with_some(plan, wanted)
        if case.faults or case.harmless:
            yield case
    for _ in range(options.clean):
        yield Case(draw(options.seed, next(numbers)))


def _sizes(kind: FaultKind) -> Sequence[float | None]:
    nature = NATURES[kind]
    if kind in _MORE_SIZES:
        return _MORE_SIZES[kind]
    if nature.size is None or kind is FaultKind.BAD_WATER:
        return (nature.size,)
    return (nature.size, nature.scaled(0.5)) if nature.is_fault else (nature.size,)


def _with_some(plan: Plan, wanted: list[tuple[FaultKind, float | None]]) -> tuple[Case, list[tuple[FaultKind, float | None]]]:
    """The Execution Block with the first few of the faults that it can have, each in another antenna, and those that are left."""
    room = max(len(plan.antennas) // ANTENNAS_PER_FAULT, 1)
    antennas = iter(stream(plan.seed, "faulty antennas", plan.number).permutation(plan.antennas).tolist())
    case, left = Case(plan), []
    for place, (kind, size) in enumerate(wanted):
        if len(case.faults) == room or case.harmless or place > 50:
            left += wanted[place:]
            break
        if kind in {fault.kind for fault in case.faults} or (kind in _ALONE and case.faults):
            left.append((kind, size))
            continue
        fault = Fault(kind, size or 0.0, antenna=next(antennas) if "antenna" in NATURES[kind].chosen else None)
        try:
            faulty = with_placed_faults(case.plan, fault)
        except BadRequest:
            left.append((kind, size))
            continue
        words = "all" if size is None else f"{size:g}"
        if not NATURES[kind].is_fault:
            case = Case(faulty, harmless=kind.value)
        else:
            case = replace(case, plan=faulty, faults=(*case.faults, faulty.faults[-1]), sizes=(*case.sizes, words))
            room = 1 if kind in _ALONE else room
    return case, left


# --- the whole way --------------------------------------------------------------------------------------------------------------

def _evaluate(url: str, cases: Sequence[Case], options: argparse.Namespace) -> Outcomes:
    """Each process has schemas of its own, and takes every so manieth case."""
    batches = [cases[first:first + BATCH] for first in range(0, len(cases), BATCH)]
    total = Outcomes()
    with ProcessPoolExecutor(options.processes) as pool:
        for number, one in enumerate(pool.map(_judge_batch, [url] * len(batches), batches, [options.world] * len(batches)), start=1):
            total.faults += one.faults
            total.clean += one.clean
            print(f"\r{min(number * BATCH, len(cases))} of {len(cases)} Execution Blocks", end="", flush=True)
    print()
    return total


def _judge_batch(url: str, cases: Sequence[Case], world: str) -> Outcomes:
    tables = Tables.in_schemas(raw=f"raw_{os.getpid()}", mart=f"mart_{os.getpid()}")
    outcomes = Outcomes()
    database = Postgres(url)
    try:
        with tempfile.TemporaryDirectory() as folder:
            for case in cases:
                WORLDS[world][1](Path(folder), case.plan)
            report = ingest(database, tables, [Path(folder)])
        if report.failed:
            raise SystemExit(f"an ASDM of the simulator was refused: {report.failed[0]}")
        plans.refresh(database, tables)
        judge(database, tables)
        for case in cases:
            _score(database, tables, case, outcomes)
        for case in cases:
            database.execute(delete_statements(tables, case.plan.uid))
    finally:
        database.close()
    return outcomes


def _score(database: Postgres, tables: Tables, case: Case, outcomes: Outcomes) -> None:
    marts = Marts(database, tables)
    alarms = _alarms(marts, case)
    strengths = _baseline(marts, case)
    if not case.faults:
        outcomes.clean.append(_clean(case, alarms, strengths))
        return
    rows = alarms.to_dict("records")
    for fault, size in zip(case.faults, case.sizes, strict=True):
        found = any(_matches(row, fault) for row in rows)
        there = [one for one in strengths if _is_at(one, fault)]
        outcomes.faults.append(Outcome(
            (fault.kind.value, size), found, any(one.flagged for one in there), max((one.beyond for one in there), default=0.0),
            "" if found else f"{_describe(case, fault, size)}: {_nearest(database, tables, case, fault)}"))


def _alarms(marts: Marts, case: Case) -> pd.DataFrame:
    findings = marts.read_findings(case.plan.uid)
    return findings[findings["severity"] != "info"]


def _clean(case: Case, alarms: pd.DataFrame, strengths: Iterable[Strength]) -> CleanOutcome:
    own = alarms[alarms["cause_id"].isna()]
    beyond: dict[str, float] = {}
    for one in strengths:
        beyond[one.antenna_name] = max(beyond.get(one.antenna_name, 0.0), one.beyond)
    return CleanOutcome(
        case.harmless or "clean", int((own["severity"] == "warning").sum()), int((own["severity"] == "severe").sum()),
        len({one.antenna_name for one in strengths if one.flagged}), tuple(beyond.values()),
        tuple(f"{_describe(case)}: {sentence}" for sentence in own["sentence"]))


def _baseline(marts: Marts, case: Case) -> list[Strength]:
    summary = marts.read_scan_summary(case.plan.uid)
    fields = dict(zip(summary["cal_data_id"], summary["source_name"].fillna(""), strict=True))
    first = summary.sort_values("start_valid_time")["source_name"].iloc[0] if len(summary) else ""  # that of the bandpass
    return published_strengths(marts.read_spectra(case.plan.uid, "tsys"), fields, frozenset({first}))


def _is_at(one: Strength, fault: Fault) -> bool:
    polarisation = fault.polarisation and fault.polarisation.value
    return (NATURES[fault.kind].quantity in ("trec", "tsys") and fault.antenna in (None, one.antenna_name)
            and fault.baseband in (None, one.baseband_name) and polarisation in (None, one.polarisation))


def _matches(row: dict[str, object], fault: Fault) -> bool:
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


def _nearest(database: Postgres, tables: Tables, case: Case, fault: Fault) -> str:
    """What half the limits would have found in the place of a fault that the limits missed."""
    halves = {name: value**0.5 if name.split(".")[1] in _SQUARED else value / 2 for name, value in DEFAULTS.items()
              if name.split(".")[1] in (*_SQUARED, *_HALVED) and not name.startswith("folding")}
    judge(database, tables, uids=[case.plan.uid], limits=limits_from(halves))
    rows = [row for row in _alarms(Marts(database, tables), case).to_dict("records") if _matches(row, fault)]
    if not rows:
        return "no metric reaches half its limit there"
    near = max(rows, key=lambda row: abs(math.log(row["metric"] / row["limit_value"])) if row["metric"] and row["limit_value"] else 0.0)
    return f"with half the limits: {near['sentence']}"


def _describe(case: Case, fault: Fault | None = None, size: str = "") -> str:
    plan = case.plan
    setup = (f"{plan.family} {len(plan.antennas)} antennas, band {plan.bands[0]}, {plan.channels} channels, {plan.calibrations} scans,"
             f" {plan.polarisations} polarisation{'s' if plan.polarisations > 1 else ''}, number {plan.number}")
    if fault is None:
        return setup
    place = [fault.antenna, fault.baseband, fault.polarisation and fault.polarisation.value,
             f"scans {fault.calibrations}" if fault.calibrations else None, f"channels {fault.channels}" if fault.channels else None]
    return f"{fault.kind.value} {size} at {' '.join(part for part in place if part)} ({setup})"


# --- what came of it --------------------------------------------------------------------------------------------------------------

def _report(options: argparse.Namespace, outcomes: Outcomes, n_blocks: int, seconds: float) -> dict[str, object]:
    clean = {kind: _totals([one for one in outcomes.clean if one.kind == kind]) for kind in sorted({one.kind for one in outcomes.clean})}
    own = [one for one in outcomes.clean if one.kind == "clean"]
    scale = _scale_of_equal_alarms(own)
    faults: dict[str, dict[str, object]] = {}
    at_equal: dict[str, dict[str, float]] = {}
    for kind, size in dict.fromkeys(one.key for one in outcomes.faults):
        here = [one for one in outcomes.faults if one.key == (kind, size)]
        faults.setdefault(kind, {})[size] = {
            "n": len(here), "recall": _share(one.found for one in here), "baseline_recall": _share(one.by_baseline for one in here)}
        at_equal.setdefault(kind, {})[size] = _share(one.beyond > scale for one in here)
    return {
        "faults": faults, "clean": clean.pop("clean", {}), "harmless": clean,
        "baseline_at_equal_alarms": {"scale": round(scale, 4), "faults": at_equal},
        "seed": options.seed, "world": options.world, "tuned_on": TUNED_ON, "missed": [one.missed for one in outcomes.faults if one.missed],
        "false": [words for one in outcomes.clean for words in one.sentences],
        "execution_blocks": n_blocks, "seconds": round(seconds, 1), "load_average": os.getloadavg()[0]}


def _share(found: Iterable[bool]) -> float:
    listed = list(found)
    return round(sum(listed) / len(listed), 4)


def _totals(several: Sequence[CleanOutcome]) -> dict[str, float]:
    n = len(several)
    return {"n": n, "warnings_per_eb": round(sum(one.warnings for one in several) / n, 4),
            "severe_per_eb": round(sum(one.severe for one in several) / n, 4),
            "baseline_flags_per_eb": round(sum(one.flagged for one in several) / n, 4)}


def _scale_of_equal_alarms(clean: Sequence[CleanOutcome]) -> float:
    """What the published limits are multiplied with so that they flag as many antennas of clean Execution Blocks as the rules warn of."""
    alarms = sum(one.warnings + one.severe for one in clean)
    beyond = sorted((value for one in clean for value in one.beyond), reverse=True)
    return beyond[alarms] if alarms < len(beyond) else 1.0


def _print(report: dict) -> None:
    equal = report["baseline_at_equal_alarms"]
    print(f"{'fault':16}{'size':>8}{'n':>6}{'recall':>9}{'published':>11}{'at equal alarms':>17}")
    for kind, sizes in report["faults"].items():
        for size, row in sizes.items():
            print(f"{kind:16}{size:>8}{row['n']:6}{row['recall']:9.3f}{row['baseline_recall']:11.3f}{equal['faults'][kind][size]:17.3f}")
    for name, row in {"clean": report["clean"], **report["harmless"]}.items():
        if row:
            print(f"{name}: {row['n']} Execution Blocks; in each {row['warnings_per_eb']} false warnings, {row['severe_per_eb']} false"
                  f" severe ones; published metrics flag {row['baseline_flags_per_eb']} antennas in each")
    print(f"the published limits times {equal['scale']} give as many false alarms as the rules")
    for title in ("missed", "false"):
        print(f"{title}: {len(report[title])}")
        for words in report[title]:
            print(f"  {words}")
    print(f"{report['execution_blocks']} Execution Blocks in {report['seconds']} s")


if __name__ == "__main__":
    main()
