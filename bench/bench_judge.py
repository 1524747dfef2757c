"""How long the rules take: one Execution Block after its summary, and many beside the time in which their spectra were packed.

Each EB has 43 antennas x 4 basebands x 8 scans of two polarisations. The time of one is the median over rounds of the whole of ``judge``:
what is pending, the facts in SQL, those of the spectra, and the writing; with its parts beside it.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from alma_qa0.core.evaluation import evaluate
from alma_qa0.core.facts import spectral_facts
from alma_qa0.core.fields import SPECTRUM
from alma_qa0.core.rules import limits_from
from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.simulate.execution_block import write_execution_block
from alma_qa0.simulate.fault_kinds import Fault, FaultKind
from alma_qa0.simulate.places import with_placed_faults
from alma_qa0.simulate.plan import Plan, plan_execution_block
from alma_qa0.store import facts, plans
from alma_qa0.store.queries import SPECTRUM_QUANTITIES, Marts
from alma_qa0.store.tables import Tables

RESULTS = Path(__file__).parent / "results" / "judge.json"
TABLES = Tables.in_schemas()
AIMS = {"one_s": 0.5, "times_spectrum": 2.0}
_FAULTS = (FaultKind.HIGH, FaultKind.TEETH, FaultKind.BIRDIE, FaultKind.SLOPE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ebs", type=int, default=16)
    parser.add_argument("--antennas", type=int, default=43)
    parser.add_argument("--channels", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="of the many (default: %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        database = Postgres(embedded.start(home))
        try:
            uids = _take_in(database, home, options)
            results = {"one": _one(database, uids[0], options.rounds), "many": _many(database, len(uids), options)}
        finally:
            database.close()
            embedded.stop(home)
    report = {**vars(options), "aims": AIMS, "load_average": os.getloadavg()[0], **results}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n")
    _print(report)


def _take_in(database: Postgres, home: Path, options: argparse.Namespace) -> list[str]:
    """Simulated EBs with their marts, every other one with faults; their uids."""
    drawn = [_plan(number, options) for number in range(options.ebs)]
    for plan in drawn:
        with tempfile.TemporaryDirectory(dir=home) as folder:
            write_execution_block(Path(folder), plan)
            ingest(database, TABLES, [Path(folder)])
    plans.refresh(database, TABLES)
    return [plan.uid for plan in drawn]


def _plan(number: int, options: argparse.Namespace) -> Plan:
    drawn = plan_execution_block(3, number, bands=(3, 6, 7), antennas=options.antennas, channels=options.channels, calibrations=8)
    faults = [Fault(kind, size) for kind, size in zip(_FAULTS, (2.5, 0.05, 0.3, 0.4), strict=True)] if number % 2 else []
    return with_placed_faults(replace(drawn, faults=()), *faults)


def _one(database: Postgres, uid: str, rounds: int) -> dict[str, float]:
    """Seconds of the whole, and of its parts."""
    limits = limits_from({})
    marts = Marts(database, TABLES)
    packs = [pack for quantity in SPECTRUM_QUANTITIES for pack in marts.read_spectra(uid, quantity)]
    scalar = facts.read_scalar_facts(database, TABLES, [uid], limits)[uid]
    spectral = spectral_facts(packs, limits)
    block = facts.read_blocks(database, TABLES, [uid])[uid]
    steps: dict[str, Callable[[], object]] = {
        "all": lambda: judge(database, TABLES, uids=[uid], full=True),
        "scalar_facts": lambda: facts.read_scalar_facts(database, TABLES, [uid], limits),
        "read_spectra": lambda: [marts.read_spectra(uid, quantity) for quantity in SPECTRUM_QUANTITIES],
        "spectral_facts": lambda: spectral_facts(packs, limits),
        "findings": lambda: evaluate(block, scalar, spectral, limits)}
    return {f"{name}_s": round(statistics.median(_seconds(step) for _ in range(rounds)), 4) for name, step in steps.items()}


def _many(database: Postgres, n_ebs: int, options: argparse.Namespace) -> dict[str, float]:
    """Seconds per EB of packing the spectra from the raw tables, and of judging, turn by turn; medians of three."""
    spent: dict[str, list[float]] = {"spectrum_s": [], "judge_s": []}
    for _ in range(3):
        spent["spectrum_s"].append(_seconds(lambda: plans.refresh(database, TABLES, marts=(SPECTRUM,), full=True)) / n_ebs)
        spent["judge_s"].append(_seconds(lambda: judge(database, TABLES, full=True, workers=options.workers)) / n_ebs)
    medians = {name: round(statistics.median(several), 4) for name, several in spent.items()}
    return {**medians, "times_spectrum": round(medians["judge_s"] / medians["spectrum_s"], 2)}


def _seconds(step: Callable[[], object]) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


def _print(report: dict) -> None:
    parts = ", ".join(f"{name[:-2].replace('_', ' ')} {1e3 * seconds:.0f} ms" for name, seconds in report["one"].items())
    print(f"one Execution Block: {parts}; aim {1e3 * AIMS['one_s']:.0f} ms for all")
    many = report["many"]
    print(f"{report['ebs']} of them, {report['workers']} at a time: {1e3 * many['judge_s']:.0f} ms each; their spectra took"
          f" {1e3 * many['spectrum_s']:.0f} ms each to pack: {many['times_spectrum']} times; aim {AIMS['times_spectrum']:g}")


if __name__ == "__main__":
    main()
