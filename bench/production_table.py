"""The old production table at full size in the embedded PostgreSQL, written by both cores and kept for the next run.

Its spectra are a plausible receiver, atmosphere and noise, told with the eight digits that a float32 takes: digits of noise hardly
compress, and neither do those of the observatory. A few antennas are without a solution now and then (-1 everywhere), and a few channels
are zero.
"""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import psycopg2

from alma_qa0.core.bands import BANDS
from alma_qa0.core.fields import PRODUCTION, Field, Kind
from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.store.load import HEADER, TRAILER, copy_statement
from alma_qa0.store.tables import Tables, create_production

TABLES = Tables.in_schemas()
WHILE_FILLING = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "1GB", "autovacuum": "off", "wal_level": "minimal",
                 "max_wal_senders": "0", "wal_compression": "off"}
VALUE_BYTES = 10  # eight digits, a point, a comma
NEWEST = datetime(2026, 6, 30, 21, 0)
BETWEEN_EBS = timedelta(hours=9)
_GHZ_OF_BANDS = {3: 90.9, 4: 145.0, 6: 231.0, 7: 345.0}
_WIDTHS = {Kind.DOUBLE: ">f8", Kind.TIME: ">i8", Kind.DATE: ">i4", Kind.BOOLEAN: "?"}
_POSTGRES_EPOCH = datetime(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything there is; each EB has antennas x basebands x scans rows, each row five spectra of so many channels."""

    ebs: int = 800
    antennas: int = 43
    basebands: int = 4
    scans: int = 10
    channels: int = 128

    @property
    def rows_per_eb(self) -> int:
        return self.antennas * self.basebands * self.scans

    @property
    def megabytes(self) -> float:
        """About so many does the table take on disk, with its axes, its index and what PostgreSQL puts around it: a quarter more."""
        return 1.26 * self.ebs * self.rows_per_eb * 4 * VALUE_BYTES * self.channels / 1e6


def uid_of(number: int) -> str:
    return f"uid://A002/Xb{number // 6:05x}/X{1 + 695 * (number % 6):x}"


def fill(home: Path, size: Size, *, spare: float = 1.0) -> float | None:
    """The table below ``home``, and how many seconds it took; None if an earlier run left it.

    ``spare`` times its size has to stay free beside it, for what is made of it. SystemExit where the disk has no room.
    """
    mark, wanted = home / "filled", _mark(size)
    if mark.exists() and mark.read_text() == wanted:
        check_room(home, spare * size.megabytes)
        return None
    embedded.stop(home)  # one that an interrupted run left
    shutil.rmtree(home, ignore_errors=True)
    check_room(home, (1 + spare) * size.megabytes)
    home.mkdir(parents=True)
    started = time.perf_counter()
    url = embedded.start(home, options=WHILE_FILLING)
    try:
        _write(url, size)
        mark.write_text(wanted)
    finally:
        embedded.stop(home)  # the next start has its usual settings
    return time.perf_counter() - started


def check_room(home: Path, needed_mb: float) -> None:
    """SystemExit unless the disk of ``home`` has so much free, and 5 GB beside."""
    folder = next(folder for folder in (home.absolute(), *home.absolute().parents) if folder.exists())
    free_gb, needed_gb = shutil.disk_usage(folder).free / 1e9, needed_mb / 1e3 + 5
    if free_gb < needed_gb:
        raise SystemExit(f"{folder}: {free_gb:.1f} GB free; expected {needed_gb:.1f} GB. --home names another folder, --ebs fewer"
                         " Execution Blocks")


def _mark(size: Size) -> str:
    """What a filled home says of itself; another size, other columns or other values in them ask for another one."""
    columns = [(field.name, field.kind.value) for field in PRODUCTION.fields]
    return sha256(repr((size, columns, PRODUCTION.key)).encode() + block_rows(size, 0).tobytes()).hexdigest()


def _write(url: str, size: Size) -> None:
    database = Postgres(url)
    create_production(database, TABLES)
    table = ".".join(TABLES.of(PRODUCTION).parts)
    database.execute([f"alter table {table} drop constraint {PRODUCTION.name}_pkey"])
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for part in [pool.submit(_write_part, url, size, first, workers) for first in range(workers)]:
            part.result()
    database.execute([f"set local maintenance_work_mem = '1GB'; alter table {table} add primary key ({', '.join(PRODUCTION.key)})"])
    database.close()
    for statement in (f"vacuum (analyze) {table}", "checkpoint"):
        outside_transaction(url, statement)


def outside_transaction(url: str, statement: str) -> None:
    """Run what PostgreSQL refuses inside one."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def _write_part(url: str, size: Size, first: int, step: int) -> None:
    load_blocks(Postgres(url), TABLES, size, range(first, size.ebs, step))


def load_blocks(database: Postgres, tables: Tables, size: Size, numbers: range) -> None:
    """COPY these EBs into the old production table, in one transaction."""
    database.load([], [(copy_statement(tables, PRODUCTION), _stream(size, numbers))])


def _stream(size: Size, numbers: range) -> Iterator[bytes]:
    yield HEADER
    for done, number in enumerate(numbers):
        yield block_rows(size, number).tobytes()
        if numbers.start == 0 and done % 50 == 49:
            print(f"{number + 1} of {size.ebs} EBs written", file=sys.stderr)
    yield TRAILER


# --- one EB ------------------------------------------------------------------------------------------------------------------


def block_rows(size: Size, number: int) -> np.ndarray:
    """The rows of one EB as tuples of a binary COPY stream: every value has the same width in all of them."""
    noise = np.random.default_rng(number)
    values = _columns(size, number, noise)
    rows = np.empty(size.rows_per_eb, dtype=_layout(size, values))
    rows["n_fields"] = len(PRODUCTION.fields)
    for field in PRODUCTION.fields:
        rows[f"{field.name} size"] = rows.dtype[field.name].itemsize
        rows[field.name] = values[field.name]
    return rows


def _layout(size: Size, values: dict[str, np.ndarray]) -> np.dtype:
    def kind(field: Field) -> object:
        one = values[field.name]
        return _WIDTHS.get(field.kind) or (one.dtype if one.ndim == 1 else ("u1", one.shape[1:]))

    places = [place for field in PRODUCTION.fields for place in ((f"{field.name} size", ">i4"), (field.name, kind(field)))]
    return np.dtype([("n_fields", ">i2"), *places])


def _columns(size: Size, number: int, noise: np.random.Generator) -> dict[str, np.ndarray]:
    n = size.rows_per_eb
    scan, antenna, baseband = (index.ravel() for index in np.indices((size.scans, size.antennas, size.basebands)))
    band = list(_GHZ_OF_BANDS)[number % len(_GHZ_OF_BANDS)]
    started = NEWEST - number % 0x10000 * BETWEEN_EBS - _POSTGRES_EPOCH
    axes = _axes(size, band, noise)
    water = noise.uniform(0.0005, 0.004)
    trec = _spectra(size, BANDS[band].trec_typical_k, noise, antenna, baseband, scan)
    tsys = trec * np.float32(1.3 + 40 * water) * (1 + np.float32(0.005) * noise.standard_normal(trec.shape, dtype=np.float32))
    dead = (antenna == number % size.antennas) & (scan == number % size.scans) & (number % 4 == 0)
    seconds = started.total_seconds() + 480 * scan
    tatm = 262.5 + noise.standard_normal((2, n, 1))
    typical = {name: np.where(dead[:, np.newaxis], -1, np.median(spectra, axis=2).T)
               for name, spectra in (("trec", trec), ("tsys", tsys), ("tatm", tatm))}
    return {
        "uid": np.array([uid_of(number)] * n, dtype="S"), "antennaname": _antenna_names(size)[antenna],
        "basebandname": np.array([f"BB_{1 + place}" for place in range(size.basebands)], dtype="S")[baseband],
        "caldataid": np.array([f"CalData_{13 + 5 * place}" for place in range(size.scans)], dtype="S")[scan],
        "receiverband": np.array([f"ALMA_RB_{band:02d}"] * n, dtype="S"), "day": seconds // 86400, "startvalidtime": seconds * 1e6,
        **{f"{name}_{p}": values[:, place] for name, values in typical.items() for place, p in enumerate("xy")},
        "tau": 40 * water + 0.002 * noise.random(n), "water": water + 1e-5 * noise.random(n), "is_outlier": np.zeros(n, dtype=bool),
        "frequency_min": axes.min(axis=1)[baseband], "frequency_mid": axes[:, size.channels // 2][baseband],
        "frequency_max": axes.max(axis=1)[baseband], "frequencyspectrum": _axis_text(axes)[baseband],
        **{f"{name}spectrum_{p}": _text(spectra[place], dead)
           for name, spectra in (("trec", trec), ("tsys", tsys)) for place, p in enumerate("xy")},
    }


@cache
def _antenna_names(size: Size) -> np.ndarray:
    makes = [f"{make}{41 + place:02d}" for make, count in (("DA", 20), ("DV", 20), ("PM", 10), ("CM", 40)) for place in range(count)]
    return np.array(makes[:size.antennas], dtype="S")


def _axes(size: Size, band: int, noise: np.random.Generator) -> np.ndarray:
    """(basebands, channels) in Hz: 2 GHz wide, two ascending and two descending, at a frequency of this EB's own."""
    middle = _GHZ_OF_BANDS[band] * 1e9 + np.array([-7, -5, 5, 7])[:size.basebands] * 1e9 + noise.integers(0, 4_000_000) * 250
    offset = (np.arange(size.channels) - size.channels / 2) * 2e9 / size.channels
    return middle[:, np.newaxis] + offset * np.array([-1, -1, 1, 1])[:size.basebands, np.newaxis]


def _spectra(size: Size, level_k: float, noise: np.random.Generator, antenna: np.ndarray, baseband: np.ndarray,
             scan: np.ndarray) -> np.ndarray:
    """(polarisation, row, channel) in K: each antenna's level, its slope and ripple in each baseband, the scan's drift, 1 % of noise."""
    x = np.linspace(-1, 1, size.channels, dtype=np.float32)
    of_antenna = (noise.lognormal(0, 0.06, size.antennas) * noise.lognormal(0, 0.03, (2, size.antennas)))[:, antenna]
    of_antenna *= 1 + 0.01 * noise.standard_normal((2, size.scans))[:, scan]
    slope, ripple = (noise.normal(0, 0.02, (2, size.antennas, size.basebands))[:, antenna, baseband] for _ in range(2))
    spectra = noise.standard_normal((2, size.rows_per_eb, size.channels), dtype=np.float32)
    spectra *= np.float32(0.01)
    spectra += 1
    shape = slope[..., np.newaxis].astype(np.float32) * x + ripple[..., np.newaxis].astype(np.float32) * np.sin(7 * x)
    spectra *= (level_k * of_antenna[..., np.newaxis]).astype(np.float32) * (1 + shape)
    spectra[..., [0, 1, -2, -1]] *= np.float32([2.4, 1.3, 1.2, 2.1])  # the edges of a band are no good
    return np.clip(spectra, 5, 900)


# --- numbers to text ---------------------------------------------------------------------------------------------------------


def _text(values: np.ndarray, dead: np.ndarray) -> np.ndarray:
    """(row, byte): the spectra as comma-separated text. Rows that are ``dead`` are -1, and a channel in 20,000 is zero."""
    written = digits(values)
    written.reshape(-1, VALUE_BYTES)[::19_997] = np.frombuffer(b"0.0000000,", dtype=np.uint8)
    written[dead] = np.frombuffer(b"-1.000000,", dtype=np.uint8)
    return written.reshape(len(values), -1)[:, :-1]


def digits(values: np.ndarray) -> np.ndarray:
    """(row, value, byte): each value from 1 to 999.9999 as eight digits with a point, and a comma. ValueError for any other."""
    if not (np.min(values) >= 1 and np.max(values) < 999.9999):
        raise ValueError(f"{np.min(values)} to {np.max(values)}; expected 1 to 999.9999")
    before_point = (values >= 10).astype(np.intp) + (values >= 100)
    number = np.rint(values * np.array([1e7, 1e6, 1e5])[before_point]).astype(np.int32)
    head, tail = np.divmod(np.minimum(number, 99_999_999), 100_000)
    written = np.empty(values.shape, dtype=[("head", "S4"), ("tail", "S5"), ("comma", "u1")])
    written["head"], written["tail"], written["comma"] = _heads()[before_point, head], _tails()[tail], ord(",")
    return written.view(np.uint8).reshape(*values.shape, VALUE_BYTES)


@cache
def _heads() -> np.ndarray:
    """The first three digits and the point, after the first, the second or the third of them."""
    texts = [f"{number:03d}" for number in range(1000)]
    return np.array([[f"{text[:place]}.{text[place:]}" for text in texts] for place in (1, 2, 3)], dtype="S4")


@cache
def _tails() -> np.ndarray:
    """The last five digits."""
    return np.array([f"{number:05d}" for number in range(100_000)], dtype="S5")


def _axis_text(axes: np.ndarray) -> np.ndarray:
    """(axis, byte): the axes as text, all of one length: no band reaches across 100 GHz."""
    texts = [",".join(f"{hz:.1f}" for hz in axis).encode() for axis in axes]
    return np.array([np.frombuffer(text, dtype=np.uint8) for text in texts])
