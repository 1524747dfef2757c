"""Whether statistics, vacuum and indexes matter to what is read and made: with and without, by turns, in one run.

Autovacuum is off; what it would do by a scale factor is done by hand, by its own rule.
"""

import argparse
import json
import os
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path

import psycopg2

from alma_qa0.core.fields import CAL_ATMOSPHERE, DECISION, EVALUATION, EXECUTION_BLOCK, MARTS, REFRESH, SCAN_SUMMARY, SPECTRUM, Relation
from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.store import plans
from alma_qa0.store.queries import Marts
from alma_qa0.store.render import quoted
from alma_qa0.store.tables import Tables, columns_sql, create_decisions, create_judgement, create_marts, create_raw
from bench_partition import by_turns, outside_transaction, page_data, seconds_of
from month_tables import TABLES, Size, copy_all, name, start, uid_of

RESULTS = Path(__file__).parent / "results" / "upkeep.json"
N_MANY = 100_000
MANY = Tables.in_schemas(raw="many_raw", mart="many_mart")
FACTORS = (0.2, 0.05)  # PostgreSQL's own, and ours


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ebs", type=int, default=36)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    size = Size(months=1, ebs_a_month=options.ebs)
    with tempfile.TemporaryDirectory() as home, closing(start(Path(home), size)) as database:
        try:
            results = {"statistics_ms": without_statistics(database, size, options.rounds),
                       "wide_columns_ms": wide_columns(database, size, options.rounds),
                       "vacuum": {str(factor): kept_up(database, size, factor) for factor in FACTORS},
                       "indexes": without_indexes(database)}
        finally:
            database.close()
            embedded.stop(Path(home))
    about = {"ebs": size.ebs, "rounds": options.rounds, "many": N_MANY, "load_average": round(os.getloadavg()[0], 1)}
    print(json.dumps(results, indent=2))
    options.output.write_text(json.dumps({"about": about, **results}, indent=2) + "\n")


def without_statistics(database: Postgres, size: Size, rounds: int) -> dict[str, dict[str, float]]:
    """Median milliseconds on tables that were analyzed, and on the same rows just loaded."""
    layouts = {"analyzed": TABLES, "just loaded": _copied(database, "loaded")}
    actions: Mapping[str, Callable[[Tables, str], object]] = {
        "list": lambda tables, _: Marts(database, tables).list_execution_blocks(),
        "page data": lambda tables, uid: page_data(Marts(database, tables), uid),
        "refresh of one": lambda tables, uid: plans.refresh(database, tables, uids=[uid], full=True),
        "refresh with nothing to do": lambda tables, _: plans.refresh(database, tables)}
    return {action: by_turns(act, layouts, size, rounds) for action, act in actions.items()}


def wide_columns(database: Postgres, size: Size, rounds: int) -> dict[str, dict[str, float]]:
    """Seconds to analyze the tables that hold spectra, with statistics of the spectra and without, and milliseconds of a refresh then."""
    layouts = {"with statistics": _copied(database, "wide"), "without": TABLES}
    found: dict[str, dict[str, float]] = {layout: {} for layout in layouts}
    for relation in (CAL_ATMOSPHERE, SPECTRUM):
        columns = columns_sql(relation)["kept_as_they_are"]
        changes = ", ".join(f"alter column {quoted(column)} set statistics -1" for column in columns)  # type: ignore[attr-defined]
        database.execute([f"alter table {name(layouts['with statistics'], relation)} {changes}"])
        for layout, tables in layouts.items():
            analyze = partial(outside_transaction, database, f"analyze {name(tables, relation)}")
            found[layout][f"analyze {relation.name}"] = round(1e3 * seconds_of(analyze), 1)
    refreshed = by_turns(lambda tables, uid: plans.refresh(database, tables, uids=[uid], full=True), layouts, size, rounds)
    return {layout: {**of, "refresh of one": refreshed[layout]} for layout, of in found.items()}


def kept_up(database: Postgres, size: Size, factor: float) -> dict[str, object]:
    """All EBs made again, one after the other, a table vacuumed whenever so much of it is dead; megabytes before and after."""
    tables = _copied(database, f"factor_{round(100 * factor)}")
    watched = {relation.name: name(tables, relation) for relation in (SCAN_SUMMARY, SPECTRUM)}
    outside_transaction(database, f"vacuum (analyze) {', '.join(watched.values())}")
    before, spent, n_vacuums = _megabytes(database, watched), 0.0, 0
    for number in range(size.ebs):
        plans.refresh(database, tables, uids=[uid_of(number)], full=True)
        database.run("select pg_stat_force_next_flush()")
        time.sleep(0.1)
        for table in watched.values():
            if _is_due(database, table, factor):
                spent += seconds_of(partial(outside_transaction, database, f"vacuum {table}"))
                n_vacuums += 1
    return {"before_mb": before, "after_mb": _megabytes(database, watched), "vacuums": n_vacuums, "vacuum_s": round(spent, 2)}


def _is_due(database: Postgres, table: str, factor: float) -> bool:
    """Autovacuum's rule, for a table or what is laid beside it: dead rows beyond 50 and so much of all."""
    found = database.run(f"""select bool_or(pg_stat_get_dead_tuples(one.oid) > 50 + {factor} * greatest(one.reltuples, 0)) as due
        from pg_class as main inner join pg_class as one on one.oid in (main.oid, main.reltoastrelid)
        where main.oid = '{table}'::regclass""")
    return bool(found["due"][0])


def _megabytes(database: Postgres, tables: Mapping[str, str]) -> dict[str, float]:
    sizes = ", ".join(f"pg_total_relation_size('{table}') / 1e6 as {relation}" for relation, table in tables.items())
    return {relation: round(float(value), 1) for relation, value in database.run(f"select {sizes}").iloc[0].items()}


def _copied(database: Postgres, schema: str) -> Tables:
    tables = Tables.in_schemas(raw=f"{schema}_raw", mart=f"{schema}_mart")
    for create in (create_raw, create_marts, create_judgement, create_decisions):
        create(database, tables)
    copy_all(database, tables)
    return tables


def without_indexes(database: Postgres) -> list[dict[str, object]]:
    """Each index with its size, what it serves, and milliseconds of that with and without it, by PostgreSQL's own clock."""
    _make_many(database)
    uid, many, ours = uid_of(0), Marts(database, MANY), Marts(database, TABLES)
    served: list[tuple[Relation, Tables, str, str, Callable[[Marts], object]]] = [
        (EXECUTION_BLOCK, MANY, "start_time_uid", f"list of {N_MANY:,}", lambda marts: marts.list_execution_blocks()),
        (EXECUTION_BLOCK, MANY, "start_time_uid", "one day of it",
         lambda marts: marts.list_execution_blocks(date(2020, 1, 1), date(2020, 1, 1))),
        (EXECUTION_BLOCK, MANY, "pkey", "one EB", lambda marts: marts.read_execution_block(uid)),
        (EVALUATION, MANY, "uid_n_severe_n_warning", "list of those with severe findings",
         lambda marts: marts.list_execution_blocks(severity="severe")),
        (EVALUATION, MANY, "evaluated_at", "has the list changed?", lambda marts: marts.list_version()),
        (REFRESH, MANY, "refreshed_at", "has the list changed?", lambda marts: marts.list_version()),
        (DECISION, MANY, "decided_at", "has the list changed?", lambda marts: marts.list_version()),
        (DECISION, MANY, "uid_decided_at_status", "list of those undecided", lambda marts: marts.list_execution_blocks(states=["Unset"])),
        (DECISION, MANY, "status_uid_decided_at", "list of those that failed", lambda marts: marts.list_execution_blocks(states=["Fail"])),
        (SCAN_SUMMARY, TABLES, "pkey", "summary of one EB", lambda marts: marts.read_scan_summary(uid)),
        (SPECTRUM, TABLES, "pkey", "spectra of one EB", lambda marts: marts.read_spectra(uid, "tsys")),
    ]
    return [_without(database, relation, tables, index, what, _statement(many if tables is MANY else ours, action))
            for relation, tables, index, what, action in served]


def _without(database: Postgres, relation: Relation, tables: Tables, index: str, what: str, statement: str) -> dict[str, object]:
    schema, table = tables.of(relation).parts
    (one,) = [found for found in database.run(f"select indexname from pg_indexes where schemaname = '{schema}' and tablename = '{table}'")[
        "indexname"] if found == f"{table}_{index}"]
    size = database.run(f"select pg_relation_size('{schema}.{one}') / 1e6 as mb, pg_table_size('{schema}.{table}') / 1e6 as of_mb").iloc[0]
    drop = f"alter table {schema}.{table} drop constraint {one}" if index == "pkey" else f"drop index {schema}.{one}"
    with closing(psycopg2.connect(database._url)) as connection, connection.cursor() as cursor:
        used = _explained(cursor, statement)
        cursor.execute(drop)
        unused = _explained(cursor, statement)
        connection.rollback()
    return {"index": f"{relation.name}: {index}", "mb": round(float(size["mb"]), 2), "table_mb": round(float(size["of_mb"]), 1),
            "serves": what, "with_ms": used, "without_ms": unused}


def _explained(cursor: psycopg2.extensions.cursor, statement: str) -> float:
    times = []
    for _ in range(4):
        cursor.execute(f"explain (analyze, timing off, format json) {statement}")
        found = cursor.fetchone()[0][0]
        times.append(found["Planning Time"] + found["Execution Time"])
    return round(statistics.median(times[1:]), 2)


def _statement(marts: Marts, action: Callable[[Marts], object]) -> str:
    """The first query that an action of the page asks: of a list its rows, before they are counted."""
    asked = _Asked(marts.database)
    action(Marts(asked, marts.tables))  # type: ignore[arg-type]
    return asked.queries[0]


class _Asked:
    """A database that remembers what it was asked, without the COPY around it."""

    def __init__(self, database: Postgres) -> None:
        self._database, self.queries = database, []

    def run(self, sql: str) -> object:
        self.queries.append(sql)
        return self._database.run(sql)

    def read_bytes(self, statement: str) -> object:
        self.queries.append(re.sub(r"^(--[^\n]*\n)*copy \(|\) to stdout \(format binary\)\s*$", "", statement))
        return self._database.read_bytes(statement)


def _make_many(database: Postgres) -> None:
    """A list of many EBs at eight an hour, judged, a tenth of them severe; all decided but the newest hundred, one in fifty failed."""
    for create in (create_marts, create_judgement, create_decisions):
        create(database, MANY)
    uid, of = "'uid://A002/Xe' || to_hex(n) || '/X1'", f"from generate_series(1, {N_MANY}) as n"
    words = "(select string_agg(md5(n::text || m), '') from generate_series(1, 20) as m)"  # of what nobody lists; hardly compressed
    values = {"uid": uid, "start_time": "timestamptz '2017-01-01' + n * interval '45 min'"}
    columns = ", ".join(EXECUTION_BLOCK.columns)
    made = ", ".join(values.get(column, f"one.{column}") for column in EXECUTION_BLOCK.columns)
    blocks, first = name(MANY, EXECUTION_BLOCK), f"(select * from {name(TABLES, EXECUTION_BLOCK)} where uid = '{uid_of(0)}') as one"
    database.execute([
        f"insert into {blocks} ({columns}) select {made} from {first}, generate_series(1, {N_MANY}) as n",
        f"insert into {blocks} ({columns}) select {columns} from {first}",
        f"insert into {name(MANY, EVALUATION)} (uid, limits, n_info, n_warning, n_severe, evaluated_at)"
        f" select {uid}, {words}, 0, n % 3, (n % 10 = 0)::integer, timestamptz '2020-01-01' + n * interval '1 s' {of}",
        f"insert into {name(MANY, DECISION)} (uid, decision_id, decided_at, status, findings)"
        f" select {uid}, md5(n::text), timestamptz '2020-01-01' + n * interval '1 s',"
        f" case when n % 50 = 0 then 'Fail' else 'Pass' end, {words} {of} where n <= {N_MANY} - 100",
        *(f"insert into {name(MANY, REFRESH)} select {uid}, '{mart.name}', 'asdm', 'v', 1,"
          f" timestamptz '2020-01-01' + n * interval '1 s' {of}" for mart in MARTS)])
    filled = (name(MANY, relation) for relation in (EXECUTION_BLOCK, EVALUATION, DECISION, REFRESH))
    outside_transaction(database, f"vacuum (analyze) {', '.join(filled)}")


if __name__ == "__main__":
    main()
