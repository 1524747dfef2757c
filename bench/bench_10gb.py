"""What ten gigabytes of the old production table cost: building the marts beside the floor, DuckDB and Polars, and using them afterwards.

The table is made once (production_table.py) and kept below --home; everything else is made again in each run and taken away at its end, but
with --keep-marts the marts, with which --only arrivals reading begins at once. What is not measured stays in the results as it was.
Whole builds are timed once, side by side; then the same is done for a sample of the EBs, several times in turn, and the ratios are those of
the medians. Every build runs in a process of its own. Where others use the machine too, processor time suffers less than seconds do.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

import arrivals
import reading
import rivals
from alma_qa0.core.fields import MARTS, PRODUCTION, SCAN_SUMMARY, Relation
from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.judge import judge
from alma_qa0.store import plans
from alma_qa0.store.tables import Tables
from production_table import TABLES, Size, fill, outside_transaction, uid_of
from watch import Cost, cost_of

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results" / "10gb.json"
TABLE, MART = (".".join(TABLES.of(relation).parts) for relation in (PRODUCTION, SCAN_SUMMARY))
SAMPLE, ALONE = "sample_mart", "alone_mart"
MADE = ("mart", SAMPLE, ALONE, "rival", arrivals.FEW_RAW, arrivals.FEW_MARTS, reading.MANY)  # the schemas that a run makes
RIVALS = {"duckdb": rivals.duckdb, "polars": rivals.polars}
PARTS = ("whole", "sample", "arrivals", "reading")
AIMS = {"floors": 3, "arrival_s": 1, "arrival_ratio": 1.2, "list_800_ms": 10, "list_100000_ms": 50, "times_psql": 2, "times_old": 100}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, default=ROOT / "build" / "bench-10gb", help="where the table is kept (default: %(default)s)")
    parser.add_argument("--ebs", type=int, default=800)
    parser.add_argument("--sample", type=int, default=64, help="EBs of a build that is done several times in turn")
    parser.add_argument("--rounds", type=int, default=3, help="how many times")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--keep-marts", action="store_true", help="for another run")
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args()
    size, started, before = Size(ebs=options.ebs), time.perf_counter(), earlier(options)
    filled_s = fill(options.home, size)
    say(f"the table: {'as an earlier run left it' if filled_s is None else f'written in {filled_s:.0f} s'}")
    url = embedded.start(options.home)
    try:
        clean(url, but=() if "whole" in options.only else ("mart",))
        results = measure(url, options, size)
        clean(url, but=("mart",) if options.keep_marts else ())
    finally:
        embedded.stop(options.home)
    write(options, size, {**before, "filled_s": filled_s, "bench_s": round(time.perf_counter() - started), **results})


def measure(url: str, options: argparse.Namespace, size: Size) -> dict[str, object]:
    """What came of each part that was asked for."""
    data, n_sample = options.home / "postgres", min(options.sample, size.ebs)
    parts: dict[str, Callable[[], dict[str, object]]] = {
        "whole": lambda: whole(data, url, size),
        "sample": lambda: {"sample": {"ebs": n_sample, "rounds": options.rounds, **medians(
            [builds(data, url, size, mart=SAMPLE, ebs=n_sample) for _ in range(options.rounds)])}},
        "arrivals": lambda: {"arrival": arrivals.measure(data, url, size, rounds=2 * options.rounds + 1)},
        "reading": lambda: {"reading": reading.measure(data, url, size, rounds=4 * options.rounds + 1)}}
    found: dict[str, object] = {}
    if not {"arrivals", "reading"}.isdisjoint(options.only) and "whole" not in options.only:
        make_marts(url)
    for name in PARTS:
        if name in options.only:
            found |= parts[name]()
    return found


def whole(data: Path, url: str, size: Size) -> dict[str, object]:
    """Builds of all EBs, what the rivals found beside ours, judging, and the sizes of it all."""
    raw = sizes(url, "raw")
    costs = builds(data, url, size, mart="mart", ebs=size.ebs)
    same = {rival: rivals.differences(url, MART, f"rival.{rival}") for rival in RIVALS}
    say(f"the same? {same}")
    marts = sizes(url, "mart")
    judged, _ = cost_of(data, judge_all, url)
    say(f"judging all: {judged.seconds:.0f} s")
    return {"sizes_mb": {**raw, **marts}, "whole": {name: cost.rounded for name, cost in costs.items()}, "same": same,
            "judged": judged.rounded}


def make_marts(url: str) -> None:
    """The marts of all EBs and their findings, as far as an earlier run did not leave them."""
    database = Postgres(url)
    plans.refresh(database, TABLES, source="production", workers=os.cpu_count() or 1)
    database.close()
    judge_all(url)


def clean(url: str, *, but: Sequence[str] = ()) -> None:
    """Leave the old table alone in the database, without what arrived after it; ``but`` are schemas that stay."""
    database = Postgres(url)
    database.execute([*(f"drop schema if exists {schema} cascade" for schema in MADE if schema not in but),
                      f"delete from {TABLE} where uid like '{arrivals.NEW_UIDS}%'"])
    database.close()
    outside_transaction(url, f"vacuum (analyze) {TABLE}")


def sizes(url: str, schema: str) -> dict[str, dict[str, float]]:
    """Megabytes of each table of a schema that has rows: the rows, what is laid beside them, the indexes."""
    database = Postgres(url)
    found = database.run(f"""
        select c.relname as name, pg_relation_size(c.oid) / 1e6 as rows, pg_indexes_size(c.oid) / 1e6 as indexes,
            (pg_table_size(c.oid) - pg_relation_size(c.oid)) / 1e6 as beside, pg_total_relation_size(c.oid) / 1e6 as all
        from pg_class as c where c.relnamespace = '{schema}'::regnamespace and c.relkind = 'r' and pg_relation_size(c.oid) > 0""")
    database.close()
    return {row["name"]: {part: round(row[part], 1) for part in ("rows", "beside", "indexes", "all")} for row in found.to_dict("records")}


# --- building ----------------------------------------------------------------------------------------------------------------


def builds(data: Path, url: str, size: Size, *, mart: str, ebs: int) -> dict[str, Cost]:
    """The floor, our marts, our summaries alone, DuckDB and Polars, one after the other, each from nothing."""
    every = [uid_of(number) for number in range(ebs)]
    uids = every if ebs < size.ebs else None
    for rival in RIVALS:
        rivals.create_result(url, f"rival.{rival}")
    steps = {
        "floor": (rivals.floor, url, TABLE, every),
        "all_marts": (refresh, url, mart, MARTS, uids),
        "scan_summary": (refresh, url, ALONE, (SCAN_SUMMARY,), uids),
        **{name: (rival, url, TABLE, f"rival.{name}", size.channels, uids) for name, rival in RIVALS.items()},
    }
    found = {}
    for name, (function, *arguments) in steps.items():
        found[name], found_s = cost_of(data, function, *arguments)
        say(f"{name}: {found[name].seconds:.1f} s, {found[name].cpu_s:.1f} s of processor, {ebs} EBs"
            + (f"; {found_s:.1f} s before its result was written" if found_s else ""))
    return found


def refresh(url: str, mart: str, marts: Sequence[Relation], uids: Sequence[str] | None) -> None:
    """Build marts from nothing, as ``alma-qa0 refresh --source production`` does."""
    database = Postgres(url)
    database.execute([f"drop schema if exists {mart} cascade"])
    plans.refresh(database, Tables.in_schemas(mart=mart), source="production", marts=marts, uids=uids, workers=os.cpu_count() or 1)
    database.close()


def judge_all(url: str) -> None:
    database = Postgres(url)
    judge(database, TABLES, workers=os.cpu_count() or 1)
    database.close()


def medians(rounds: Sequence[dict[str, Cost]]) -> dict[str, dict[str, float]]:
    """Of each build: the median seconds and processor seconds."""
    return {what: {name: round(statistics.median(getattr(one[name], what) for one in rounds), 2) for name in rounds[0]}
            for what in ("seconds", "cpu_s")}


# --- what came of it -----------------------------------------------------------------------------------------------------------


def earlier(options: argparse.Namespace) -> dict[str, object]:
    """The results of an earlier run, where not all is measured now; SystemExit if they are of another table."""
    if options.only == PARTS or not options.results.exists():
        return {}
    found = json.loads(options.results.read_text())
    if found["about"]["ebs"] != options.ebs:
        raise SystemExit(f"{options.results} is of {found['about']['ebs']} EBs; expected {options.ebs}. --results names another file")
    return {name: part for name, part in found.items() if name not in ("about", "aims")}


def write(options: argparse.Namespace, size: Size, results: dict[str, object]) -> None:
    about = {"ebs": size.ebs, "rows": size.ebs * size.rows_per_eb, "antennas": size.antennas, "basebands": size.basebands,
             "scans": size.scans, "channels": size.channels, "cores": os.cpu_count(),
             "memory_gb": round(psutil.virtual_memory().total / 1e9), "load_average": round(os.getloadavg()[0], 1),
             "rounds": options.rounds}
    options.results.parent.mkdir(exist_ok=True)
    options.results.write_text(json.dumps({"about": about, "aims": AIMS, **results}, indent=2) + "\n")
    say(f"written to {options.results}")


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
