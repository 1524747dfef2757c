"""A home whose database holds as many Execution Blocks as the observatory's page has to bear, made once and kept for the next run.

A few are simulated, each with some faults, taken in, refreshed and judged as ever. The others are their copies, made inside
PostgreSQL in the marts, their findings and their bookkeeping, under other uids and at earlier times; the raw tables, which the page does
not read, hold the simulated ones alone.
Beside them stands the old production table, spectra as text and no index, filled from the raw tables and copied likewise.
"""

import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extras import execute_values

from alma_qa0.core.fields import JUDGEMENT, MARTS, PRODUCTION, RAW, REFRESH, Kind, Relation
from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.simulate.execution_block import simulate
from alma_qa0.simulate.places import parse_faults
from alma_qa0.store import plans
from alma_qa0.store.tables import Tables, create_marts, create_production, create_raw

TABLES = Tables.in_schemas()
WHILE_FILLING = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "1GB", "autovacuum": "off"}
MB_PER_EB, MB_PER_PRODUCTION_EB = 3.7, 6  # on disk; the raw rows of a simulated one take 12 more
BETWEEN_COPIES = timedelta(hours=9)
FAULTS = "high:2 birdie:0.3 teeth:0.05"

PRODUCTION_OF_RAW = """
insert into raw.cal_atmosphere_production ({columns})
select
    uid, antenna_name, baseband_name, cal_data_id, 'ALMA_RB_' || lpad(receiver_band::text, 2, '0'),
    (start_valid_time at time zone 'UTC')::date, start_valid_time,
    tatm_x, tatm_y, trec_x, trec_y, tsys_x, tsys_y, tau_x, water_x, false,
    least(frequency_hz[1], frequency_hz[n_channels]), frequency_hz[1 + n_channels / 2], greatest(frequency_hz[1], frequency_hz[n_channels]),
    array_to_string(frequency_hz, ','), array_to_string(trec_spectrum_x, ','), array_to_string(trec_spectrum_y, ','),
    array_to_string(tsys_spectrum_x, ','), array_to_string(tsys_spectrum_y, ',')
from raw.cal_atmosphere
"""


@dataclass(frozen=True, slots=True)
class Filled:
    """What the database holds: ``uids`` newest first; numbers of Execution Blocks, megabytes on disk, seconds that it took to fill."""

    uids: tuple[str, ...]
    n_simulated: int
    n_copied: int
    n_production: int
    marts_mb: float
    production_mb: float
    filled_s: float | None

    @property
    def sentence(self) -> str:
        took = "as an earlier run left it" if self.filled_s is None else f"filled in {self.filled_s:.0f} s"
        return (f"{len(self.uids)} EBs in {self.marts_mb:,.0f} MB of marts: {self.n_simulated} simulated, taken in and refreshed,"
                f" {self.n_copied} copied inside PostgreSQL; {self.n_production} of them in {self.production_mb:,.0f} MB of the old table;"
                f" {took}")


def fill(home: Path, *, ebs: int, simulated: int, production: int) -> Filled:
    """The home filled, unless it is already; the server is stopped afterwards, so that the next start has its usual settings."""
    started = time.perf_counter()
    mark, wanted = home / "filled", _mark(ebs, simulated, production)
    made = not mark.exists() or mark.read_text() != wanted
    if made:
        _check_room(home, ebs=ebs, simulated=simulated, production=production)
        embedded.stop(home)  # one that an interrupted run left
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
    url = embedded.start(home, options=WHILE_FILLING if made else {})
    try:
        if made:
            _take_in(home, url, simulated)
            _copy(url, ebs=ebs, production=production)
            mark.write_text(wanted)
        return _look(url, time.perf_counter() - started if made else None)
    finally:
        embedded.stop(home)


def _mark(*numbers: int) -> str:
    """What a filled home says of itself; another set of columns asks for another one."""
    return sha256(repr((numbers, FAULTS, RAW, MARTS, JUDGEMENT, REFRESH, PRODUCTION)).encode()).hexdigest()


def _check_room(home: Path, *, ebs: int, simulated: int, production: int) -> None:
    parent = next(folder for folder in home.absolute().parents if folder.exists())
    needed_mb = ebs * MB_PER_EB + production * MB_PER_PRODUCTION_EB + simulated * 30 + 2_000
    free_mb = shutil.disk_usage(parent).free / 1e6
    if free_mb < 2 * needed_mb:
        raise SystemExit(f"{parent}: {free_mb:,.0f} MB free; expected twice the {needed_mb:,.0f} MB that {ebs} EBs take")


def _take_in(home: Path, url: str, simulated: int) -> None:
    database = Postgres(url)
    create_raw(database, TABLES)
    create_marts(database, TABLES)
    create_production(database, TABLES)
    with tempfile.TemporaryDirectory(dir=home) as folder:
        simulate(Path(folder), ebs=simulated, seed=11, faults=parse_faults(FAULTS),
                 progress=lambda done, of, _: _say(f"simulated {done} of {of}"))
        report = ingest(database, TABLES, [Path(folder)], progress=_say)
    if len(report.taken) != simulated:
        raise SystemExit(f"not all were taken in: {report.failed}")
    plans.refresh(database, TABLES, progress=lambda made, of: _say(f"refreshed {made} of {of}"))
    judge(database, TABLES, progress=lambda made, of: _say(f"judged {made} of {of}"))
    database.close()


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _copy(url: str, *, ebs: int, production: int) -> None:
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("select uid from mart.execution_block order by start_time desc")
        simulated = [uid for uid, in cursor.fetchall()]
        copies = [(f"uid://A002/Xb{number // 6:05x}/X{1 + 695 * (number % 6):x}", simulated[number % len(simulated)],
                   -(1 + number) * BETWEEN_COPIES, number) for number in range(ebs - len(simulated))]
        cursor.execute("create temporary table copy (uid text, of text, later interval, number integer)")
        execute_values(cursor, "insert into copy values %s", copies)
        for relation in (*MARTS, *JUDGEMENT, REFRESH):
            cursor.execute(_copies(relation, len(copies)))
        cursor.execute("alter table raw.cal_atmosphere_production drop constraint cal_atmosphere_production_pkey")  # it had none
        cursor.execute(sql.SQL(PRODUCTION_OF_RAW).format(columns=_names(PRODUCTION.columns)))
        cursor.execute(_copies(PRODUCTION, max(0, production - len(simulated))))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
        cursor.execute("checkpoint")
    connection.close()


def _copies(relation: Relation, n: int) -> sql.Composed:
    """Insert the rows of each copied EB into one relation: other uid, other times, the rest as it is."""
    table = sql.Identifier(*TABLES.of(relation).parts)
    values = [sql.SQL("copy.uid") if field.name == "uid" else sql.SQL("old.{} + copy.later" if field.kind is Kind.TIME else "old.{}")
              .format(sql.Identifier(field.name)) for field in relation.fields]
    insert = "insert into {table} ({columns}) select {values} from copy inner join {table} as old on old.uid = copy.of where number < {n}"
    return sql.SQL(insert).format(
        table=table, columns=_names(relation.columns), values=sql.SQL(", ").join(values), n=sql.Literal(n))


def _names(columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _look(url: str, filled_s: float | None) -> Filled:
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("select uid from mart.execution_block order by start_time desc nulls last, uid")
        uids = tuple(uid for uid, in cursor.fetchall())
        cursor.execute("select count(*) from raw.asdm")
        (n_simulated,) = cursor.fetchone()
        cursor.execute("select count(distinct uid) from raw.cal_atmosphere_production")
        (n_production,) = cursor.fetchone()
        cursor.execute("""select sum(pg_total_relation_size(c.oid)) filter (where n.nspname = 'mart') / 1e6,
            sum(pg_total_relation_size(c.oid)) filter (where c.relname = 'cal_atmosphere_production') / 1e6
            from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace where c.relkind = 'r'""")
        marts_mb, production_mb = cursor.fetchone()
    connection.close()
    return Filled(uids, n_simulated, len(uids) - n_simulated, n_production, float(marts_mb), float(production_mb), filled_s)
