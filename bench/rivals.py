"""The summaries of mart.scan_summary, made from the same old production table by DuckDB and by Polars; and the floor.

Each of them, like the mart, gives a row per EB x baseband x antenna x calibration: the median and the median absolute deviation of the
valid channels inside the band, of Trx and Tsys, X and Y. Each leaves it as a table of the same database, where the page would find it.
None does more than that: no packed spectra, no invalid values, no frequency axes of more than one window, no bookkeeping.
"""

import io
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg2

from alma_qa0.core.spectra import EDGE_CHANNELS, EDGE_FRACTION

KEY = ("uid", "basebandname", "antennaname", "caldataid")
SPECTRA = tuple(f"{quantity}spectrum_{polarisation}" for quantity in ("trec", "tsys") for polarisation in "xy")
SUMMARIES = tuple(f"{quantity}_{statistic}_{polarisation}"
                  for quantity in ("trec", "tsys") for polarisation in "xy" for statistic in ("median", "mad"))
SMALLEST = 1.17549435e-38  # of float32: what is less, or no number, is no temperature
BLOCKS_AT_ONCE = 8


def inside(channels: int) -> tuple[int, int]:
    """The first channel inside the band, from 0, and how many there are: the rule of core/spectra.py for one window."""
    edge = int(max(EDGE_CHANNELS, -(-EDGE_FRACTION * channels // 1)))
    return edge, channels - 2 * edge


def floor(url: str, table: str, uids: Sequence[str]) -> None:
    """PostgreSQL turns the text of every spectrum into real[] and does nothing with it; a connection for each core, its share of EBs."""
    arrays = ", ".join(f"count(('{{' || {column} || '}}')::real[])" for column in ("frequencyspectrum", *SPECTRA))
    _on_every_core(uids, lambda share: _run(url, f"select {arrays} from {table} where uid in %s", (tuple(share),)))


def _on_every_core(uids: Sequence[str], work: Callable[[Sequence[str]], object]) -> None:
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, [uids[first::workers] for first in range(workers)]))


def _run(url: str, statement: str, values: tuple[object, ...]) -> None:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("set max_parallel_workers_per_gather = 0")
        cursor.execute(statement, values)


def create_result(url: str, table: str) -> None:
    """An empty table for what a rival finds."""
    columns = ", ".join([*(f"{name} text" for name in KEY), *(f"{name} real" for name in SUMMARIES)])
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("create schema if not exists rival")
        cursor.execute(f"drop table if exists {table}")
        cursor.execute(f"create table {table} ({columns})")


def duckdb(url: str, table: str, result: str, channels: int, uids: Sequence[str] | None) -> float:
    """By DuckDB, through its own reader of PostgreSQL, in one query. The seconds until all was found, before it was written."""
    import duckdb as engine
    import duckdb_extension_postgres_scanner as scanner

    first, n = inside(channels)
    inner = f"[{first + 1}:{first + n}]"
    values = ", ".join(f"list_filter((string_split({name}, ',')::float[]){inner}, lambda one: one >= {SMALLEST}) as {name}"
                       for name in SPECTRA)
    found = ", ".join(f"list_median({name}) as {name}, list_mad({name}) as {name}_mad" for name in SPECTRA)
    some = "" if uids is None else f"where uid in ({', '.join(repr(uid) for uid in uids)})"
    extension = next(Path(scanner.__file__).parent.rglob("*.duckdb_extension"))
    with closing(engine.connect(config={"threads": os.cpu_count() or 1, "preserve_insertion_order": False})) as database:
        database.execute(f"load '{extension}'")
        database.execute(f"attach '{_dsn(url)}' as old (type postgres)")
        started = time.perf_counter()
        database.execute(f"create temp table summary as select {', '.join(KEY)}, {found}"
                         f" from (select {', '.join(KEY)}, {values} from old.{table} {some})")
        found_s = time.perf_counter() - started
        database.execute(f"insert into old.{result} from summary")
    return found_s


def _dsn(url: str) -> str:
    parts = urlsplit(url)
    host = unquote(parts.query.removeprefix("host=")) or parts.hostname
    return f"host={host} user={parts.username} dbname={parts.path.strip('/')}"


def polars(url: str, table: str, result: str, channels: int, uids: Sequence[str] | None) -> float:
    """By Polars, which has no reader of PostgreSQL of its own: COPY's text over a connection for each core, some EBs at a time.

    The seconds until all was found, before it was written.
    """
    import polars as pl

    frames: list[Any] = []
    every = uids if uids is not None else _uids(url, table)
    started = time.perf_counter()
    _on_every_core(every, lambda share: frames.extend(_polars_summaries(pl, url, table, channels, share)))
    found_s = time.perf_counter() - started
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        for frame in frames:
            text = io.BytesIO()
            frame.write_csv(text, include_header=False)
            text.seek(0)
            cursor.copy_expert(f"copy {result} from stdin (format csv)", text)
    return found_s


def _uids(url: str, table: str) -> list[str]:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(f"select distinct uid from {table} order by uid")
        return [uid for uid, in cursor.fetchall()]


def _polars_summaries(pl: Any, url: str, table: str, channels: int, uids: Sequence[str]) -> Iterator[Any]:
    first, n = inside(channels)
    one = pl.element()
    valid = one.filter(one >= SMALLEST)
    spectra = [pl.col(name).str.split(",").list.slice(first, n).cast(pl.List(pl.Float32)).list.eval(valid) for name in SPECTRA]
    found = [how.alias(f"{name} {what}") for name in SPECTRA for what, how in (
        ("median", pl.col(name).list.median()), ("mad", pl.col(name).list.eval((one - one.median()).abs().median()).list.first()))]
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        for place in range(0, len(uids), BLOCKS_AT_ONCE):
            text = io.BytesIO()
            some = cursor.mogrify("uid in %s", (tuple(uids[place:place + BLOCKS_AT_ONCE]),)).decode()
            cursor.copy_expert(f"copy (select {', '.join((*KEY, *SPECTRA))} from {table} where {some}) to stdout"
                               " (format csv, delimiter E'\\t')", text)
            text.seek(0)
            rows = pl.read_csv(text, separator="\t", has_header=False, new_columns=[*KEY, *SPECTRA], infer_schema=False)
            yield rows.with_columns(spectra).select(*KEY, *found)


def differences(url: str, mart: str, result: str) -> dict[str, float]:
    """How a rival's rows differ from the mart's: rows that only one has, values that only one has, and the largest relative difference.

    A deviation is told in float32 of the median that it is counted from, and so is its difference.
    """
    distance = ", ".join(f"abs(ours.{name} - theirs.{name}) / ours.{name.replace('mad', 'median')}" for name in SUMMARIES)
    absent = " + ".join(f"((ours.{name} is null) != (theirs.{name} is null))::integer" for name in SUMMARIES)
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(f"""
            select count(*) filter (where ours.uid is null or theirs.uid is null),
                coalesce(sum({absent}) filter (where ours.uid is not null and theirs.uid is not null), 0),
                count(*), max(greatest({distance}))
            from {mart} as ours full join {result} as theirs on ours.uid = theirs.uid and ours.baseband_name = theirs.basebandname
                and ours.antenna_name = theirs.antennaname and ours.cal_data_id = theirs.caldataid""")
        alone, without, rows, largest = cursor.fetchone()
    return {"rows": rows, "rows_of_one_only": alone, "values_of_one_only": int(without), "largest_relative_difference": float(largest)}
