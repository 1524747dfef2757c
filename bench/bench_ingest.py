"""How fast an Execution Block comes from its ASDM into the raw tables, and where the time goes.

The floor is the database's own: a bare COPY of the same bytes, prepared beforehand. The stages are measured one by one, each on
all tables with what the one before gave; the figures are medians of interleaved rounds, files in the page cache.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from alma_qa0.asdm.folder import Asdm, open_asdm
from alma_qa0.asdm.reader import read_table
from alma_qa0.core.fields import ASDM, CAL_ATMOSPHERE, INVALID_VALUE_RAW, RAW, Relation
from alma_qa0.core.records import Columns, parse_cal_atmosphere, parse_records, source_columns
from alma_qa0.core.rows import Rows
from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.ingest import ingest
from alma_qa0.simulate.execution_block import simulate
from alma_qa0.store.load import copy_statement, delete_statements, encode_stream
from alma_qa0.store.tables import Tables, create_raw

RESULTS = Path(__file__).parent / "results" / "ingest.json"
TABLES = Tables.in_schemas()
STAGES = ("open", "read", "parse", "encode", "copy")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", help="URL of an empty PostgreSQL; without it an embedded one is started")
    parser.add_argument("--antennas", type=int, default=43)
    parser.add_argument("--channels", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "home"
        home.mkdir()
        database = Postgres(options.database or embedded.start(home))
        try:
            create_raw(database, TABLES)
            results = {encoding: measure(database, Path(temporary), encoding, options) for encoding in ("binary", "xml")}
        finally:
            database.close()
            if not options.database:
                embedded.stop(home)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"antennas": options.antennas, "channels": options.channels, **results}, indent=2) + "\n")


def measure(database: Postgres, temporary: Path, encoding: str, options: argparse.Namespace) -> dict[str, object]:
    (folder,) = simulate(temporary / encoding, antennas=options.antennas, channels=options.channels, encoding=encoding)
    with open_asdm(folder) as asdm:
        rows = read(asdm)
        columns = parse(asdm.uid, rows)
        streams = encode(columns)
        seconds = medians(lambda: database.execute(delete_statements(TABLES, asdm.uid)), {
            "ingest": lambda: taken(database, folder),
            "open": lambda: open_and_close(folder),
            "read": lambda: read(asdm),
            "parse": lambda: parse(asdm.uid, rows),
            "encode": lambda: encode(columns),
            "copy": lambda: database.load([], [(copy_statement(TABLES, relation), pieces) for relation, pieces in streams]),
        }, options.rounds)
    size = sum(path.stat().st_size for path in folder.iterdir())
    sent = sum(len(piece) for _, pieces in streams for piece in pieces)
    return report(encoding, size, sent, sum(len(run) for run in rows[CAL_ATMOSPHERE]), seconds)


def taken(database: Postgres, folder: Path) -> None:
    report = ingest(database, TABLES, [folder])
    assert len(report.taken) == 1, report


def open_and_close(folder: Path) -> None:
    """The checks of identity and the digest of all files."""
    with open_asdm(folder):
        pass


def read(asdm: Asdm) -> dict[Relation, list[Rows]]:
    sources = {relation: source_columns(relation) for relation in RAW if relation not in (ASDM, INVALID_VALUE_RAW)}
    return {relation: list(read_table(asdm, *source)) for relation, source in sources.items()}


def parse(uid: str, rows: dict[Relation, list[Rows]]) -> dict[Relation, list[Columns]]:
    others = {relation: runs for relation, runs in rows.items() if relation is not CAL_ATMOSPHERE}
    columns = {relation: [parse_records(relation, run, uid) for run in runs] for relation, runs in others.items()}
    both = [parse_cal_atmosphere(run, uid) for run in rows[CAL_ATMOSPHERE]]
    return columns | {CAL_ATMOSPHERE: [one for one, _ in both], INVALID_VALUE_RAW: [other for _, other in both]}


def encode(columns: dict[Relation, list[Columns]]) -> list[tuple[Relation, list[bytes]]]:
    return [(relation, list(encode_stream(relation, runs))) for relation, runs in columns.items()]


def medians(prepare: Callable[[], object], stages: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    seconds: dict[str, list[float]] = {name: [] for name in stages}
    for _ in range(rounds):
        for name, stage in stages.items():
            prepare()
            started = time.perf_counter()
            stage()
            seconds[name].append(time.perf_counter() - started)
    prepare()
    return {name: statistics.median(values) for name, values in seconds.items()}


def report(encoding: str, size: int, sent: int, n_rows: int, seconds: dict[str, float]) -> dict[str, object]:
    whole = seconds["ingest"]
    print(f"{encoding}: {n_rows} rows of CalAtmosphere, {size / 1e6:.1f} MB of files, {sent / 1e6:.1f} MB sent to the database")
    print(f"  ingest {whole * 1e3:8.1f} ms {n_rows / whole:10,.0f} rows/s {size / 1e6 / whole:8.1f} MB/s")
    for stage in STAGES:
        print(f"  {stage:6} {seconds[stage] * 1e3:8.1f} ms {seconds[stage] / whole:10.0%}")
    print(f"  {whole / seconds['copy']:.2f} times as long as a bare COPY of the same bytes")
    return {
        "rows": n_rows, "megabytes": round(size / 1e6, 1), "megabytes_sent": round(sent / 1e6, 1), "seconds": seconds,
        "rows_per_s": n_rows / whole, "megabytes_per_s": size / 1e6 / whole, "times_floor": whole / seconds["copy"]}


if __name__ == "__main__":
    main()
