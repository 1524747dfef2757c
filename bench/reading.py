"""What the page reads when ten gigabytes stand behind it, beside psql copying the same rows and beside what the old page did."""

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pandas as pd
import psycopg2

from alma_qa0.core.fields import EXECUTION_BLOCK, INVALID_VALUE, PRODUCTION, SCAN_SUMMARY, SPECTRUM
from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.store.queries import SPECTRUM_QUANTITIES, Marts
from alma_qa0.store.tables import Tables, create_decisions, create_judgement, create_marts
from bench_store import old_spectra
from production_table import TABLES, Size, outside_transaction, uid_of
from watch import cost_of

MANY = "many_mart"
N_MANY = 100_000
MANY_TABLES = Tables.in_schemas(mart=MANY)


def measure(data: Path, url: str, size: Size, *, rounds: int) -> dict[str, object]:
    """Median milliseconds, by turns, each time of another EB; after one round that does not count."""
    _make_many(url)
    cost, found = cost_of(data, _reading, url, size, rounds)
    return {"rounds": rounds, **found, "peak_mb": {"process": cost.process_peak_mb, "backends": cost.backends_peak_mb}}


def _make_many(url: str) -> None:
    """A UID list of 100,000: the EBs of the marts again and again, under other uids and at other times."""
    database = Postgres(url)
    create_marts(database, MANY_TABLES, (EXECUTION_BLOCK,))
    create_judgement(database, MANY_TABLES)
    create_decisions(database, MANY_TABLES)
    one, many = (".".join(tables.of(EXECUTION_BLOCK).parts) for tables in (TABLES, MANY_TABLES))
    values = {"uid": "'uid://A002/Xc' || to_hex(copy) || '/X' || to_hex(row_number() over ())",
              "start_time": "start_time - copy * interval '1 hour'"}
    database.execute([f"""insert into {many} ({', '.join(EXECUTION_BLOCK.columns)})
        select {', '.join(values.get(name, name) for name in EXECUTION_BLOCK.columns)}
        from {one}, generate_series(0, {N_MANY} / (select count(*) from {one})) as copy limit {N_MANY}"""])
    database.close()
    outside_transaction(url, f"vacuum (analyze) {many}")


def _reading(url: str, size: Size, rounds: int) -> dict[str, object]:
    database = Postgres(url)
    marts, many = Marts(database, TABLES), Marts(database, MANY_TABLES)
    with closing(_Psql(url)) as psql, closing(psycopg2.connect(url)) as old:
        actions: Mapping[str, Callable[[str], object]] = {
            f"list of {size.ebs}": lambda _: marts.list_execution_blocks(),
            f"list of {N_MANY:,}": lambda _: many.list_execution_blocks(),
            f"list of {N_MANY:,}, searched": lambda uid: many.list_execution_blocks(search=uid[-3:]),
            "page data": lambda uid: page_data(marts, uid),
            "psql": lambda uid: psql.copy(page_queries(uid)),
        }
        ours = by_turns(actions, size, rounds)
        theirs = by_turns({"old": lambda uid: old_change_of_uid(old, uid)}, size, min(rounds, 5))
    database.close()
    return {"ms": {**ours, **theirs}, "times_psql": round(ours["page data"] / ours["psql"], 2),
            "times_old": round(theirs["old"] / ours["page data"], 1)}


def by_turns(actions: Mapping[str, Callable[[str], object]], size: Size, rounds: int) -> dict[str, float]:
    """The median milliseconds of each."""
    spent: dict[str, list[float]] = {name: [] for name in actions}
    for turn in range(rounds + 1):
        for name, action in actions.items():
            uid = uid_of((37 * turn + 5) % size.ebs)
            started = time.perf_counter()
            action(uid)
            spent[name].append(1e3 * (time.perf_counter() - started))
    return {name: round(statistics.median(times[1:]), 2) for name, times in spent.items()}


def page_data(marts: Marts, uid: str) -> object:
    """All that the page shows of an EB, its spectra of both quantities included, as the page holds it."""
    return (marts.source_version(uid), marts.read_execution_block(uid), marts.read_scan_summary(uid), marts.read_invalid_values(uid),
            [marts.read_spectra(uid, quantity) for quantity in SPECTRUM_QUANTITIES])


def page_queries(uid: str) -> list[str]:
    """The same rows as plain queries."""
    return [f"select * from {'.'.join(TABLES.of(relation).parts)} where uid = '{uid}'"
            for relation in (EXECUTION_BLOCK, SCAN_SUMMARY, INVALID_VALUE, SPECTRUM)]


class _Psql:
    """One psql that stays connected, and copies what it is asked for to nowhere."""

    def __init__(self, url: str) -> None:
        program = embedded._programs() / "psql"
        self._process = subprocess.Popen([str(program), "-qAtX", "-d", url, "-o", "/dev/null"],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def copy(self, queries: list[str]) -> None:
        statements = "".join(f"copy ({query}) to stdout;\n" for query in queries)
        self._process.stdin.write(f"{statements}\\echo copied\n")  # type: ignore[union-attr]
        self._process.stdin.flush()  # type: ignore[union-attr]
        answer = self._process.stdout.readline()  # type: ignore[union-attr]
        if answer != "copied\n":
            raise SystemExit(f"psql answered {answer!r}")

    def close(self) -> None:
        self._process.communicate("")


def old_change_of_uid(connection: "psycopg2.extensions.connection", uid: str) -> None:
    """What the old page did: the whole table five times, without an index, and the text of the spectra split by pandas."""
    with connection, connection.cursor() as cursor:
        cursor.execute("set local enable_indexscan = off; set local enable_bitmapscan = off; set local enable_indexonlyscan = off")
        for _ in range(5):
            cursor.execute(f"select * from {'.'.join(TABLES.of(PRODUCTION).parts)} where uid = %s", (uid,))
            rows = pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])
    old_spectra(rows)
