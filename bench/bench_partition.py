"""Tables by month beside tables that are not, with the same rows: what each costs to read, refresh, keep up and make smaller.

By turns in one run; times of an action are medians, each turn of another Execution Block.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path

import psycopg2

from alma_qa0.core.fields import MARTS, RAW, SCAN_SUMMARY, SPECTRUM
from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.partition import partition
from alma_qa0.store import plans
from alma_qa0.store.queries import SPECTRUM_QUANTITIES, Marts
from alma_qa0.store.render import quoted
from alma_qa0.store.tables import Tables, create_marts, create_raw
from month_tables import TABLES, Size, copy_all, name, start, start_of, uid_of

RESULTS = Path(__file__).parent / "results" / "partition.json"
BY_MONTH = Tables.in_schemas(raw="month_raw", mart="month_mart")
LAYOUTS = {"plain": TABLES, "by_month": BY_MONTH}
LARGE = tuple(relation for relation in (*RAW, *MARTS) if relation.by_month)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--ebs-a-month", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    size = Size(months=options.months, ebs_a_month=options.ebs_a_month)
    with tempfile.TemporaryDirectory() as home, closing(start(Path(home), size)) as database:
        try:
            results = measure(database, size, options.rounds)
        finally:
            database.close()
            embedded.stop(Path(home))
    about = {"months": size.months, "ebs": size.ebs, "rounds": options.rounds, "load_average": round(os.getloadavg()[0], 1)}
    options.output.write_text(json.dumps({"about": about, **results}, indent=2) + "\n")


def measure(database: Postgres, size: Size, rounds: int) -> dict[str, object]:
    laid_s = _lay(database)
    found = {"megabytes": _megabytes(database), "laid_s": round(laid_s, 1), "ms": _actions(database, size, rounds),
             "planning_ms": _planning(database, size, rounds), "upkeep_s": _upkeep(database, size),
             "month_out_s": _take_out(database, size)}
    print(json.dumps(found, indent=2))
    return found


def _lay(database: Postgres) -> float:
    """Seconds that it takes to lay tables which have rows by month."""
    create_raw(database, BY_MONTH)
    create_marts(database, BY_MONTH)
    copy_all(database, BY_MONTH)
    seconds = seconds_of(lambda: partition(database, BY_MONTH, say=print))
    outside_transaction(database, "analyze")
    return seconds


def _megabytes(database: Postgres) -> dict[str, float]:
    sizes = ", ".join(f"pg_total_relation_size('{name(TABLES, relation)}') / 1e6 as {relation.name}" for relation in LARGE)
    return {column: round(float(value), 1) for column, value in database.run(f"select {sizes}").iloc[0].items()}


def _actions(database: Postgres, size: Size, rounds: int) -> dict[str, dict[str, float]]:
    """Median milliseconds of each action in each layout."""
    return {"page data": by_turns(lambda tables, uid: page_data(Marts(database, tables), uid), LAYOUTS, size, rounds),
            "refresh of one": by_turns(lambda tables, uid: plans.refresh(database, tables, uids=[uid], full=True), LAYOUTS, size, rounds)}


def page_data(marts: Marts, uid: str) -> None:
    marts.read_execution_block(uid)
    marts.read_scan_summary(uid)
    marts.read_invalid_values(uid)
    for quantity in SPECTRUM_QUANTITIES:
        marts.read_spectra(uid, quantity)


def by_turns(action: Callable[[Tables, str], object], layouts: Mapping[str, Tables], size: Size, rounds: int) -> dict[str, float]:
    """Median milliseconds in each layout, each turn of another Execution Block; the first turn does not count."""
    spent: dict[str, list[float]] = {layout: [] for layout in layouts}
    for turn in range(rounds + 1):
        for layout, tables in layouts.items():
            spent[layout].append(1e3 * seconds_of(partial(action, tables, uid_of((37 * turn + 5) % size.ebs))))
    return {layout: round(statistics.median(times[1:]), 2) for layout, times in spent.items()}


def _planning(database: Postgres, size: Size, rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds that PostgreSQL plans, by its own clock: the first time on a new connection, then again; with the time given, too."""
    number = size.ebs // 2
    by_uid = f"uid = '{uid_of(number)}'"
    by_time = f"{by_uid} and start_valid_time >= '{start_of(number, size)}' and start_valid_time < '{start_of(number + 1, size)}'"
    queries = {"plain": f"select * from {name(TABLES, SCAN_SUMMARY)} where {by_uid}",
               "by_month": f"select * from {name(BY_MONTH, SCAN_SUMMARY)} where {by_uid}",
               "by_month, time given": f"select * from {name(BY_MONTH, SCAN_SUMMARY)} where {by_time}"}
    return {layout: {when: round(statistics.median(times), 2) for when, times in _plan_times(database, query, rounds).items()}
            for layout, query in queries.items()}


def _plan_times(database: Postgres, query: str, rounds: int) -> dict[str, list[float]]:
    spent: dict[str, list[float]] = {"first": [], "again": []}
    for _ in range(rounds):
        with closing(psycopg2.connect(database._url)) as connection, connection.cursor() as cursor:
            for when in ("first", "unused", "again"):
                cursor.execute(f"explain (summary, format json) {query}")
                spent.setdefault(when, []).append(cursor.fetchone()[0][0]["Planning Time"])
    return {when: spent[when] for when in ("first", "again")}


def _upkeep(database: Postgres, size: Size) -> dict[str, float]:
    """Seconds to vacuum and analyze after the newest EB was made again: all of a plain table, or the month that changed."""
    newest = uid_of(size.ebs - 1)
    for tables in LAYOUTS.values():
        plans.refresh(database, tables, uids=[newest], full=True)
    month = f"{start_of(size.ebs - 1, size):%Y_%m}"
    whole = [name(TABLES, relation) for relation in (SCAN_SUMMARY, SPECTRUM)]
    newest_month = [f"{name(BY_MONTH, relation)}_{month}" for relation in (SCAN_SUMMARY, SPECTRUM)]
    return {layout: round(seconds_of(partial(outside_transaction, database, f"vacuum (analyze) {', '.join(names)}")), 3)
            for layout, names in (("plain", whole), ("by_month", newest_month))}


def _take_out(database: Postgres, size: Size) -> dict[str, float]:
    """Seconds to take the oldest month out and have its room back: by uid and vacuum, or partition by partition."""
    uids = quoted([uid_of(number) for number in range(size.ebs_a_month)])
    month = f"{start_of(0, size):%Y_%m}"
    names = [name(TABLES, relation) for relation in LARGE]
    deleted = seconds_of(lambda: (database.execute([f"delete from {table} where uid in {uids}" for table in names]),
                                outside_transaction(database, f"vacuum {', '.join(names)}")))
    partitions = [(name(BY_MONTH, relation), f"{name(BY_MONTH, relation)}_{month}") for relation in LARGE]
    dropped = seconds_of(lambda: database.execute([statement for table, part in partitions for statement in (
        f"alter table {table} detach partition {part}", f"drop table {part}")]))
    return {"plain": round(deleted, 3), "by_month": round(dropped, 3)}


def seconds_of(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def outside_transaction(database: Postgres, statement: str) -> None:
    with closing(psycopg2.connect(database._url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)


if __name__ == "__main__":
    main()
