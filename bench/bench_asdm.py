"""How fast the ASDM reader is: beside pyasdm on the same files, and beside the floor below which no reader can go.

The floors: for XML a walk through the elements in C (lxml) and the text of the arrays that QA0 keeps made floats in C (numpy); for
binary a bare read of the bytes. Everything is read from the page cache; the figures are medians of interleaved rounds.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyasdm
from lxml import etree

from alma_qa0.asdm.folder import open_asdm
from alma_qa0.asdm.reader import read_table
from alma_qa0.asdm.schema import TABLES
from alma_qa0.asdm.writer import write_asdm
from alma_qa0.core.fields import CAL_ATMOSPHERE
from alma_qa0.core.rows import Rows

RESULTS = Path(__file__).parent / "results" / "asdm.json"
UID = "uid://A002/Xf8f6a9/X15c79"
TABLE = TABLES["CalAtmosphere"]
KEPT = sorted({field.source.split(".")[1] for field in CAL_ATMOSPHERE.fields if field.source and field.source.startswith("CalAtmosphere.")}
              | {"numReceptor", "polarizationTypes", "syscalType"})
KEPT_ARRAYS = frozenset(name for name in KEPT if TABLE.by_name[name].shape and not TABLE.by_name[name].textual)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--antennas", type=int, default=43)
    parser.add_argument("--basebands", type=int, default=4)
    parser.add_argument("--scans", type=int, default=8)
    parser.add_argument("--channels", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--pyasdm-rounds", type=int, default=3)
    options = parser.parse_args()
    rows = cal_atmosphere(options.antennas, options.basebands, options.scans, options.channels)
    size = (f"{len(rows)} rows: {options.antennas} antennas x {options.basebands} basebands x {options.scans} scans,"
            f" {options.channels} channels")
    print(f"CalAtmosphere of {size}")
    with tempfile.TemporaryDirectory() as temporary:
        results = {"table": size, **{encoding: measure(Path(temporary), encoding, rows, options) for encoding in ("xml", "binary")}}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")


def cal_atmosphere(antennas: int, basebands: int, scans: int, channels: int) -> Rows:
    """Rows as an EB has them, scan by scan; numbers with as many digits as the observatory writes, values without meaning."""
    generator = np.random.default_rng(1)
    scan, antenna, baseband = (grid.ravel() for grid in np.indices((scans, antennas, basebands)))
    lengths = {"numReceptor": 2, "numFreq": channels, "numLoad": 2, "_": 2}
    names = {
        "antennaName": [f"DA{41 + number}" for number in antenna], "basebandName": [f"BB_{1 + number}" for number in baseband],
        "calDataId": [f"CalData_{5 * number}" for number in scan], "calReductionId": [f"CalReduction_{5 * number}" for number in scan],
        "receiverBand": ["ALMA_RB_06"] * len(scan), "syscalType": ["TEMPERATURE_SCALE"] * len(scan),
        "polarizationTypes": [["X", "Y"]] * len(scan)}
    columns = {}
    for column in TABLE.columns:
        shape = (len(scan), *(lengths[length] for length in column.shape))
        if column.name in names:
            columns[column.name] = np.array(names[column.name], dtype=object)
        elif column.name in lengths:
            columns[column.name] = np.full(len(scan), lengths[column.name])
        elif column.type.value == "time":
            columns[column.name] = 5_160_000_000_000_000_000 + 600 * 10**9 * scan
        elif not column.optional:
            values = generator.normal(100, 10, shape)
            columns[column.name] = np.round(values, 5) if column.type.value == "float" else values
    columns["frequencySpectrum"] = 230e9 + 15.625e6 * np.arange(channels) + np.zeros((len(scan), 1))
    return Rows("CalAtmosphere", "made for measuring", 1, columns)


def required_tables() -> dict[str, list[Rows]]:
    """One row of each table without which there is no EB."""
    tables = {}
    for name in ("ExecBlock", "Scan", "Antenna", "CalData"):
        columns = {}
        for column in TABLES[name].columns:
            shape = (1, *(1 for _ in column.shape))
            fill = UID if column.type.value == "entity" else "X_0" if column.textual else 1
            columns[column.name] = np.full(shape, fill, dtype=object if column.textual else "i8")
        tables[name] = [Rows(name, "made for measuring", 1, {c.name: columns[c.name] for c in TABLES[name].columns if not c.optional})]
    return tables


def measure(temporary: Path, encoding: str, rows: Rows, options: argparse.Namespace) -> dict[str, object]:
    folder = temporary / encoding
    started = time.perf_counter()
    write_asdm(folder, UID, {**required_tables(), "CalAtmosphere": [rows]}, encoding=encoding)
    written_s = time.perf_counter() - started
    path = folder / f"CalAtmosphere.{'xml' if encoding == 'xml' else 'bin'}"
    with open_asdm(folder) as asdm:
        seconds = medians({
            "floor": lambda: floor_xml(path) if encoding == "xml" else path.read_bytes(),
            "alma_qa0": lambda: list(read_table(asdm, "CalAtmosphere", KEPT)),
            "alma_qa0_all_columns": lambda: list(read_table(asdm, "CalAtmosphere")),
        }, options.rounds)
        seconds |= medians({
            "pyasdm": lambda: read_pyasdm(folder, encoding),
            "alma_qa0_beside_pyasdm": lambda: list(read_table(asdm, "CalAtmosphere", KEPT)),
            "alma_qa0_open": lambda: open_and_close(folder),
        }, options.pyasdm_rounds)
    return report(encoding, path.stat().st_size, len(rows), seconds, written_s)


def medians(readers: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    seconds: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(rounds):
        for name, reader in readers.items():
            started = time.perf_counter()
            reader()
            seconds[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in seconds.items()}


def open_and_close(folder: Path) -> None:
    """What reading needs once per EB: the checks of identity and the digest of all files."""
    with open_asdm(folder):
        pass


def read_pyasdm(folder: Path, encoding: str) -> object:
    """All columns, since it knows no other way, without its slow search for keys that are there twice: in favour of pyasdm."""
    asdm = pyasdm.ASDM(checkRowUniqueness=encoding == "binary")  # 0.0.7 takes the flag the wrong way round for binary files
    asdm.setFromFile(str(folder))
    return asdm.getCalAtmosphere().get()


def floor_xml(path: Path) -> int:
    values = 0
    for _, row in etree.iterparse(str(path), tag="row"):
        for element in row:
            if element.tag in KEPT_ARRAYS:
                values += len(np.fromstring(element.text, sep=" "))
        row.clear()
    return values


def report(encoding: str, size: int, rows: int, seconds: dict[str, float], written_s: float) -> dict[str, object]:
    ratio_pyasdm = seconds["pyasdm"] / seconds["alma_qa0_beside_pyasdm"]
    ratio_floor = seconds["alma_qa0"] / seconds["floor"]
    print(f"{encoding}: {size / 1e6:.1f} MB, written in {written_s:.2f} s")
    for name in ("floor", "alma_qa0", "alma_qa0_all_columns", "alma_qa0_open", "pyasdm"):
        print(f"  {name:22}{seconds[name] * 1e3:9.1f} ms {rows / seconds[name]:12,.0f} rows/s {size / 1e6 / seconds[name]:9.1f} MB/s")
    print(f"  {ratio_pyasdm:.0f} times as fast as pyasdm, {ratio_floor:.2f} times as long as the floor")
    return {
        "megabytes": round(size / 1e6, 1), "seconds": seconds, "written_s": written_s, "rows_per_s": rows / seconds["alma_qa0"],
        "megabytes_per_s": size / 1e6 / seconds["alma_qa0"], "times_pyasdm": ratio_pyasdm, "times_floor": ratio_floor}


if __name__ == "__main__":
    main()
