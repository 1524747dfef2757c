"""One new Execution Block arrives in the old table: how long until its marts and its judgement are there, with many EBs and with few."""

import os
import statistics
import time
from pathlib import Path

from alma_qa0.core.fields import PRODUCTION
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.judge import judge
from alma_qa0.store import plans
from alma_qa0.store.queries import Marts
from alma_qa0.store.tables import Tables, create_decisions, create_production
from production_table import TABLES, Size, load_blocks, uid_of
from watch import cost_of

FEW = 8
FEW_RAW, FEW_MARTS = "few_raw", "few_mart"
FEW_TABLES = Tables.in_schemas(raw=FEW_RAW, mart=FEW_MARTS)
FIRST_NEW = 6 * 0x10000  # the numbers of EBs that are not in the table of any size
NEW_UIDS = uid_of(FIRST_NEW).rpartition("/")[0][:-4]  # how their uids begin


def measure(data: Path, url: str, size: Size, *, rounds: int) -> dict[str, object]:
    """Median seconds, by turns with all EBs of the table and with few; after one round of each that does not count."""
    _make_few(url)
    cost, found = cost_of(data, _arrivals, url, size, rounds)
    return {"rounds": rounds, "n_few": FEW, **found, "peak_mb": {"process": cost.process_peak_mb, "backends": cost.backends_peak_mb}}


def _make_few(url: str) -> None:
    database = Postgres(url)
    create_production(database, FEW_TABLES)
    old, few = (".".join(tables.of(PRODUCTION).parts) for tables in (TABLES, FEW_TABLES))
    uids = ", ".join(f"'{uid_of(number)}'" for number in range(FEW))
    database.execute([f"insert into {few} select * from {old} where uid in ({uids})", f"analyze {few}"])
    plans.refresh(database, FEW_TABLES, source="production", workers=os.cpu_count() or 1)
    judge(database, FEW_TABLES, workers=os.cpu_count() or 1)
    for tables in (TABLES, FEW_TABLES):
        create_decisions(database, tables)
    database.close()


def _arrivals(url: str, size: Size, n_rounds: int) -> dict[str, object]:
    database = Postgres(url)
    found: dict[str, list[dict[str, float]]] = {"many": [], "few": []}
    for number in range(FIRST_NEW, FIRST_NEW + n_rounds + 1):
        for name, tables in (("many", TABLES), ("few", FEW_TABLES)):
            found[name].append(_arrival(database, tables, size, number))
    database.close()
    medians = {name: {step: round(statistics.median(one[step] for one in rounds[1:]), 3) for step in rounds[0]}
               for name, rounds in found.items()}
    return {**medians, "ratio": round(medians["many"]["all"] / medians["few"]["all"], 2)}


def _arrival(database: Postgres, tables: Tables, size: Size, number: int) -> dict[str, float]:
    """Seconds of refresh and judging, in their usual mode: each finds by itself what is new. The COPY of its rows does not count."""
    load_blocks(database, tables, size, range(number, number + 1))
    started = time.perf_counter()
    made = plans.refresh(database, tables, source="production", workers=os.cpu_count() or 1)
    refreshed = time.perf_counter()
    judged = judge(database, tables, workers=os.cpu_count() or 1)
    ended = time.perf_counter()
    listed = Marts(database, tables).list_execution_blocks(search=uid_of(number))
    if (made.made, judged.made, len(listed)) != (1, 1, 1):
        raise SystemExit(f"{uid_of(number)} arrived, and {made.made} EBs were made, {judged.made} judged, {len(listed)} listed; expected 1")
    return {"refresh": refreshed - started, "judge": ended - refreshed, "all": ended - started}
