"""A database for the measures of partitions and upkeep: Execution Blocks of noise, so many a month, raw and in the marts.

One is made by the server and refreshed as ever; the others are its copies, under other uids and in other months, half of each month
before the first and half after. Autovacuum is off: what it would do is done, or left undone, on purpose.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from alma_qa0.core.fields import CAL_ATMOSPHERE, MARTS, RAW, REFRESH, Kind, Relation
from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.store import plans
from alma_qa0.store.tables import Tables, create_decisions, create_judgement, create_marts, create_raw

TABLES = Tables.in_schemas()
OPTIONS = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "1GB", "autovacuum": "off"}
FIRST_MONTH = datetime(2023, 10, 3, tzinfo=timezone.utc)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is; each EB has antennas x 4 basebands x scans rows, each with ten spectra of so many channels."""

    months: int = 36
    ebs_a_month: int = 3
    antennas: int = 43
    scans: int = 8
    channels: int = 128

    @property
    def ebs(self) -> int:
        return self.months * self.ebs_a_month


def uid_of(number: int) -> str:
    return f"uid://A002/Xd{number:05x}/X{1 + number % 7:x}"


def start_of(number: int, size: Size) -> datetime:
    """When an EB starts: months ascend, and those of a month are some days apart."""
    month = number // size.ebs_a_month + FIRST_MONTH.month - 1
    return FIRST_MONTH.replace(year=FIRST_MONTH.year + month // 12, month=1 + month % 12) + 6 * (number % size.ebs_a_month) * _DAY


def start(home: Path, size: Size) -> Postgres:
    """The server of a home with the tables filled."""
    database = Postgres(embedded.start(home, options=OPTIONS))
    for create in (create_raw, create_marts, create_judgement, create_decisions):
        create(database, TABLES)
    _make_one(database, size)
    plans.refresh(database, TABLES)
    copies = ", ".join(f"('{uid_of(number)}', timestamptz '{start_of(number, size)}' - timestamptz '{start_of(0, size)}')"
                       for number in range(1, size.ebs))
    database.execute(["create table bench.copy (uid text, later interval)", f"insert into bench.copy values {copies}"])
    for relation in (*RAW, *MARTS, REFRESH):
        database.execute([_copies(relation)])
    database.execute(["analyze"])
    return database


def copy_all(database: Postgres, tables: Tables) -> None:
    """The rows of all filled tables, in other tables that are there."""
    for relation in (*RAW, *MARTS, REFRESH):
        columns = ", ".join(relation.columns)
        database.execute([f"insert into {name(tables, relation)} ({columns}) select {columns} from {name(TABLES, relation)}"])


def name(tables: Tables, relation: Relation) -> str:
    return ".".join(tables.of(relation).parts)


def _make_one(database: Postgres, size: Size) -> None:
    noise = f"array(select (60 + 6 * random() + 0 * (antenna + scan))::real from generate_series(1, {size.channels}))"
    values = {
        "uid": f"'{uid_of(0)}'", "receiver_band": "6", "baseband_name": "'BB_' || baseband", "antenna_name": "'DA' || (40 + antenna)",
        "cal_data_id": "'CalData_' || scan", "cal_reduction_id": "'CalReduction_1'", "n_channels": str(size.channels),
        "start_valid_time": f"timestamptz '{start_of(0, size)}' + scan * interval '8 min'",
        "frequency_hz": f"array(select 2.3e11 + baseband * 2e9 - c * 15.625e6 from generate_series(1, {size.channels}) as c)",
        **{f"water_{polarisation}": "0.001 + 0.0001 * random()" for polarisation in "xy"}}
    made = [values.get(field.name, noise if field.kind is Kind.SPECTRUM else "50 + random()") for field in CAL_ATMOSPHERE.fields]
    database.execute([
        "create schema bench",
        f"insert into raw.asdm values ('{uid_of(0)}', 3, 'h', true, now())",
        f"insert into raw.exec_block (uid, start_time) values ('{uid_of(0)}', '{start_of(0, size)}')",
        f"insert into raw.cal_atmosphere select {', '.join(made)} from generate_series(1, {size.antennas}) as antenna,"
        f" generate_series(1, 4) as baseband, generate_series(1, {size.scans}) as scan",
        "analyze"])


def _copies(relation: Relation) -> str:
    values = ["copy.uid" if field.name == "uid" else f"old.{field.name}" + (" + copy.later" if field.kind is Kind.TIME else "")
              for field in relation.fields]
    return (f"insert into {name(TABLES, relation)} ({', '.join(relation.columns)}) select {', '.join(values)}"
            f" from bench.copy inner join {name(TABLES, relation)} as old on old.uid = '{uid_of(0)}' order by copy.later")
