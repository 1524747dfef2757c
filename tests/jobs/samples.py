"""Small ASDMs: right in form, made up from the schema, with a CalAtmosphere whose parts belong together."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from alma_qa0.asdm.schema import TABLES
from alma_qa0.asdm.writer import write_asdm
from alma_qa0.core.blocks import file_name
from alma_qa0.core.rows import Rows
from asdm.samples import make_rows

UID = "uid://A002/Xf8f6a9/X15c79"
N_CHANNELS = 8


def words(*texts: str) -> np.ndarray:
    return np.array(texts, dtype=object)


def with_columns(rows: Rows, **columns: object) -> Rows:
    return replace(rows, columns={**rows.columns, **{name: np.asarray(values) for name, values in columns.items()}})


def cal_atmosphere(count: int = 6, *, first: int = 1, n_channels: int = N_CHANNELS, seed: int = 0) -> Rows:
    """Rows of valid values, two for each of the calibrations CalData_1 to CalData_3."""
    rows = make_rows("CalAtmosphere", count, optional=False, first=first, lengths={"numFreq": n_channels, "numReceptor": 2, "numLoad": 2})
    random = np.random.default_rng(seed + first)
    return with_columns(
        rows,
        antennaName=words(*(f"DA{first + index}" for index in range(count))), polarizationTypes=np.tile(words("X", "Y"), (count, 1)),
        calDataId=words(*(f"CalData_{1 + index % 3}" for index in range(count))),
        frequencySpectrum=np.tile(230e9 + 15.625e6 * np.arange(n_channels), (count, 1)), groundPressure=np.full(count, 555.0),
        **{name: random.uniform(20, 200, (count, 2)) for name in ("tRec", "tSys", "tAtm", "tau")},
        water=random.uniform(1e-4, 5e-3, (count, 2)),
        **{name: random.uniform(20, 200, (count, 2, n_channels)) for name in ("tRecSpectrum", "tSysSpectrum", "tAtmSpectrum")},
        tauSpectrum=random.uniform(0.01, 1, (count, 2, n_channels)).astype("f4"))


def write_sample(parent: Path, uid: str = UID, *, encoding: str = "binary", **tables: Iterable[Rows]) -> Path:
    """An ASDM in a folder of its own below ``parent``; ``tables`` take the place of those made up."""
    everything = {name: [make_rows(name)] for name in TABLES if name != "ASDM"} | {
        "ExecBlock": [make_rows("ExecBlock", 1)], "CalAtmosphere": [cal_atmosphere()]} | tables
    folder = parent / file_name(uid)
    ours = {name: [_belonging_to(uid, rows) for rows in runs] for name, runs in everything.items()}
    write_asdm(folder, uid, ours, encoding=encoding)
    return folder


def _belonging_to(uid: str, rows: Rows) -> Rows:
    written = rows.columns.get("execBlockUID")
    if written is None:
        return rows
    return with_columns(rows, execBlockUID=np.where(written == UID, uid, written).astype(object))
