"""How long the marts take to make and to read, beside what the page before this one did on the same rows.

Each EB has antennas x basebands x scans rows of two polarisations. Reading is measured warm, from Python, through the very functions
that the page calls; the old way is its query and its parsing: the whole table without an index, five times, text split by pandas.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from alma_qa0.core.fields import CAL_ATMOSPHERE, MARTS, PRODUCTION
from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.store import batch, plans
from alma_qa0.store.queries import Marts
from alma_qa0.store.tables import Tables, create_decisions, create_judgement, create_marts, create_production, create_raw

RESULTS = Path(__file__).parent / "results" / "store.json"
TABLES = Tables.in_schemas()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", help="URL of an empty PostgreSQL; without it an embedded one is started")
    parser.add_argument("--ebs", type=int, default=30)
    parser.add_argument("--antennas", type=int, default=43)
    parser.add_argument("--channels", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        database = Postgres(options.database or embedded.start(Path(temporary)))
        try:
            fill(database, options)
            results = {"made_ms_per_eb": making(database, options), "packing": packing(database, options),
                       "read_ms": reading(database, options)}
        finally:
            database.close()
            if not options.database:
                embedded.stop(Path(temporary))
    about = {**{name: value for name, value in vars(options).items() if name != "database"}, "load_average": os.getloadavg()[0]}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({**about, **results}, indent=2) + "\n")


def uid(number: int) -> str:
    return f"uid://A002/X1/X{number:x}"


def fill(database: Postgres, options: argparse.Namespace) -> None:
    """One EB of noise made by the server, the others its copies; the same in the old table, and in a copy of it without an index."""
    for create in (create_raw, create_production, create_marts, create_judgement, create_decisions):
        create(database, TABLES)
    noise = f"array(select (60 + 6 * random() + 0 * (antenna + scan))::real from generate_series(1, {options.channels}))"
    spectra = ", ".join(f"{noise} as {field.name}" for field in CAL_ATMOSPHERE.fields if "_spectrum_" in field.name)
    names = ", ".join(field.name for field in CAL_ATMOSPHERE.fields if field.name != "uid")
    database.execute([
        "create schema bench",
        f"""create table bench.one as select null::text as uid, 6 as receiver_band, 'BB_' || baseband as baseband_name,
        'DA' || (40 + antenna) as antenna_name, 'CalData_' || scan as cal_data_id, 'CalReduction_1'::text as cal_reduction_id,
        timestamptz '2026-07-01' + scan * interval '8 min' as start_valid_time, 53765.5::float8 as ground_pressure_pa,
        270::float8 as ground_temperature_k, 20::float8 as ground_relative_humidity, {options.channels} as n_channels,
        array(select 2.3e11 + baseband * 2e9 - c * 15.625e6 from generate_series(1, {options.channels}) as c) as frequency_hz,
        {", ".join(f"{value} + random() as {name}_{p}" for name, value in
                   (("trec", 50), ("tsys", 90), ("tatm", 260), ("tau", 0.05), ("water", 0.001)) for p in "xy")}, {spectra}
        from generate_series(1, {options.antennas}) as antenna, generate_series(1, 4) as baseband, generate_series(1, 8) as scan""",
        *(f"insert into raw.asdm values ('{uid(n)}', 3, 'h', true, now())" for n in range(options.ebs)),
        "insert into raw.exec_block (uid, start_time)"
        " select uid, timestamptz '2026-07-01' + row_number() over () * interval '1 h' from raw.asdm",
        *(f"insert into raw.cal_atmosphere (uid, {names}) select '{uid(n)}', {names} from bench.one" for n in range(options.ebs)),
        """insert into raw.cal_atmosphere_production select uid, antenna_name, baseband_name, cal_data_id, 'ALMA_RB_06',
        start_valid_time::date, start_valid_time, tatm_x, tatm_y, trec_x, trec_y, tsys_x, tsys_y, tau_x, water_x, false, frequency_hz[1],
        frequency_hz[64], frequency_hz[128], array_to_string(frequency_hz, ','), array_to_string(trec_spectrum_x, ','),
        array_to_string(trec_spectrum_y, ','), array_to_string(tsys_spectrum_x, ','), array_to_string(tsys_spectrum_y, ',')
        from raw.cal_atmosphere""",
        "create table bench.without_index as select * from raw.cal_atmosphere_production",
        "analyze"])


def making(database: Postgres, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Milliseconds per EB of a batch, by source: each mart alone, all in one statement, and each in a statement of its own."""
    made = {}
    for source in ("production", "asdm"):
        uids = [uid(n) for n in range(min(8, options.ebs))]
        versions = dict.fromkeys(uids, "")
        made[source] = {mart.name: timed_batch(database, batch.batch_statements(TABLES, versions, source=source, marts=(mart,), full=True))
                        for mart in MARTS}
        made[source]["all"] = timed_batch(database, batch.batch_statements(TABLES, versions, source=source, full=True))
        made[source]["apart"] = timed_batch(database, batch.batch_statements(TABLES, versions, source=source, distributed=True))
        print(f"made from {source}, ms per EB: {made[source]}")
        start = time.perf_counter()
        plans.refresh(database, TABLES, source=source, full=True)
        made[source]["refresh_all"] = round(1000 * (time.perf_counter() - start) / options.ebs, 1)
        start = time.perf_counter()
        plans.refresh(database, TABLES, source=source)
        made[source]["refresh_nothing_to_do_ms"] = round(1000 * (time.perf_counter() - start), 1)
        print(f"refresh of {options.ebs} EBs from {source}: {made[source]['refresh_all']} ms per EB;"
              f" again, with nothing to do: {made[source]['refresh_nothing_to_do_ms']} ms")
    return made


def timed_batch(database: Postgres, statements: tuple[str, ...]) -> float:
    """Milliseconds that a transaction takes per EB of it, undone afterwards."""
    with database._transaction() as cursor:
        start = time.perf_counter()
        for statement in statements:
            cursor.execute(statement)
        spent = time.perf_counter() - start
        cursor.connection.rollback()
    return round(1000 * spent / statements[0].count("uid://"), 1)


def packing(database: Postgres, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """The Trx spectra of one EB, laid down in three ways: building, size on disk, reading into numpy."""
    each = f"""(select baseband_name, antenna_name, start_valid_time, polarisation, channels from raw.cal_atmosphere cross join lateral
        (values ('X', trec_spectrum_x), ('Y', trec_spectrum_y)) as one (polarisation, channels) where uid = '{uid(0)}') as each"""
    order = "order by antenna_name, start_valid_time, polarisation"
    n = options.channels
    ways: dict[str, tuple[str, Callable[[str], object]]] = {
        "real[] per row": (
            f"select baseband_name, channels as spectra from {each} {order}",
            lambda table: [np.array(row, dtype="f4") for row in database.run(f"select spectra from {table}")["spectra"]]),
        "array_send and string_agg": (
            f"select baseband_name, string_agg(array_send(array_replace(channels, null, 'NaN')), ''::bytea {order}) as spectra"
            f" from {each} group by baseband_name",
            lambda table: [np.frombuffer(pack or b"", dtype=">u4").reshape(-1, 5 + 2 * n)[:, 6::2].astype("<u4").view("<f4")
                           for (pack,) in database.read_bytes(f"copy (select spectra from {table}) to stdout (format binary)")]),
        "float4send and string_agg": (
            "select baseband_name, string_agg((select string_agg(float4send(coalesce(value, 'NaN')), ''::bytea) from"
            f" (select unnest(channels) as value) as one), ''::bytea {order}) as spectra from {each} group by baseband_name",
            lambda table: [np.frombuffer(pack or b"", dtype=">f4").astype("<f4").reshape(-1, n)
                           for (pack,) in database.read_bytes(f"copy (select spectra from {table}) to stdout (format binary)")]),
    }
    found = {}
    for number, (name, (sql, read)) in enumerate(ways.items()):
        table = f"bench.way_{number}"
        database.execute([f"create table {table} as {sql} limit 0", f"alter table {table} alter column spectra set storage external"])

        def build(table: str = table, sql: str = sql) -> None:
            database.execute([f"truncate {table}", f"insert into {table} {sql}"])

        found[name] = {"build_ms": median_ms(build, options.rounds), "read_ms": median_ms(lambda: read(table), options.rounds),  # noqa: B023 - called at once
                       "megabytes": round(float(database.run(f"select pg_total_relation_size('{table}') / 1e6 as n")["n"].iloc[0]), 2)}
        print(f"Trx spectra of one EB, {name}: {found[name]}")
    found[name]["read_as_text_ms"] = median_ms(lambda: [
        np.frombuffer(bytes.fromhex(pack), dtype=">f4").astype("<f4").reshape(-1, n)
        for pack in database.run(f"select encode(spectra, 'hex') as pack from {table}")["pack"]], options.rounds)
    print(f"the last, read as hexadecimal text: {found[name]['read_as_text_ms']} ms")
    return found


def reading(database: Postgres, options: argparse.Namespace) -> dict[str, float]:
    marts, one = Marts(database, TABLES), uid(options.ebs // 2)
    found = {
        "list_execution_blocks": lambda: marts.list_execution_blocks(), "read_scan_summary": lambda: marts.read_scan_summary(one),
        "read_invalid_values": lambda: marts.read_invalid_values(one), "read_spectra trec": lambda: marts.read_spectra(one, "trec"),
        "read_spectra trec and tsys": lambda: (marts.read_spectra(one, "trec"), marts.read_spectra(one, "tsys")),
        "a change of UID": lambda: (marts.read_execution_block(one), marts.read_scan_summary(one), marts.read_invalid_values(one),
                                    marts.read_spectra(one, "trec")),
        "old: select * without an index": lambda: old_query(database, "bench.without_index", one),
        "old: select * with an index": lambda: old_query(database, PRODUCTION_TABLE, one),
        "old: a change of UID": lambda: ([old_query(database, "bench.without_index", one) for _ in range(4)],
                                         old_spectra(old_query(database, "bench.without_index", one))),
    }
    times = {name: median_ms(action, options.rounds if "old" not in name else 3) for name, action in found.items()}
    for name, value in times.items():
        print(f"{name}: {value} ms")
    print(f"a change of UID: {times['old: a change of UID'] / times['a change of UID']:.0f} times faster than the old way"
          f" (table of {options.ebs} EBs; the old way reads all of it)")
    return times


PRODUCTION_TABLE = ".".join(TABLES.of(PRODUCTION).parts)


def old_query(database: Postgres, table: str, one: str) -> pd.DataFrame:
    return database.run(f"select * from {table} where uid = '{one}'")


def old_spectra(rows: pd.DataFrame) -> pd.DataFrame:
    """The text columns split, less five channels at either end, a row for each channel, as floats."""
    columns = ["frequencyspectrum", "trecspectrum_x", "trecspectrum_y", "tsysspectrum_x", "tsysspectrum_y"]
    split = rows[["antennaname", "basebandname", "caldataid", *columns]].copy()
    for column in columns:
        split[column] = split[column].str.split(",").map(lambda words: words[5:-5])
    exploded = split.explode(columns)
    exploded[columns] = exploded[columns].astype(float)
    return exploded


def median_ms(action: Callable[[], object], rounds: int) -> float:
    """The median of some rounds after one that does not count."""
    action()
    spent = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        spent.append(time.perf_counter() - start)
    return round(1000 * statistics.median(spent), 2)


if __name__ == "__main__":
    main()
