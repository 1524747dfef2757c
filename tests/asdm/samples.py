"""Rows of every table, made up from the schema alone: right in form, without meaning."""

from collections.abc import Mapping

import numpy as np

from alma_qa0.asdm.schema import TABLES, Column, Type
from alma_qa0.core.rows import Rows

UID = "uid://A002/Xf8f6a9/X15c79"
LENGTHS = {"numFreq": 4, "numReceptor": 2, "numLoad": 2, "numScan": 1, "numAntenna": 3, "_": 2}
SHAPES = {"delayDir": (1, 2), "phaseDir": (1, 2), "referenceDir": (1, 2), "position": (3,), "offset": (3,), "numSubintegration": (1,)}
ENUMS = {
    "receiverBand": "ALMA_RB_06", "frequencyBand": "ALMA_RB_06", "basebandName": "BB_1", "syscalType": "TEMPERATURE_SCALE",
    "polarizationTypes": "X", "calDataType": "CHANNEL_AVERAGE_AUTO", "calType": "CAL_ATMOSPHERE", "assocCalNature": "ASSOCIATED_EXECBLOCK",
    "scanIntent": "CALIBRATE_ATMOSPHERE", "wvrMethod": "ATM_MODEL", "antennaMake": "AEM_12", "antennaType": "GROUND_BASED",
    "type": "ANTENNA_PAD", "netSideband": "USB", "sidebandProcessingMode": "NONE", "windowFunction": "UNIFORM",
    "correlationBit": "BITS_2x2", "measFreqRef": "TOPO", "assocNature": "FULL_RESOLUTION", "receiverSideband": "TSB",
    "sidebandLO": "USB", "sbType": "OBSERVATORY", "directionCode": "ICRS", "centerDirectionCode": "ICRS", "sourceModel": "POINT",
    "frequencyRefCode": "TOPO", "stokesParameter": "I", "velRefCode": "LSRK", "subscanIntent": "ON_SOURCE",
    "subscanMode": "NO_SWITCHING", "correlatorCalibration": "NONE", "calibrationFunction": "FIRST", "calibrationSet": "NONE",
    "calPattern": "NONE", "invalidConditions": "ANTENNA_DISCONNECT", "dopplerReferenceSystem": "LSRK", "dopplerCalcType": "RADIO",
}


def make_rows(
    table: str, count: int = 3, *, optional: bool = True, first: int = 1, seed: int = 0, lengths: Mapping[str, int] = LENGTHS,
) -> Rows:
    """``count`` rows whose keys differ; ``first`` shifts the keys, so that runs of rows can follow one another."""
    generator = np.random.default_rng(seed + first)
    columns = {
        column.name: _values(column, count, first, generator, {**LENGTHS, **lengths})
        for column in TABLES[table].columns if optional or not column.optional}
    for name in set(lengths) & set(columns):
        columns[name] = np.full(count, lengths[name])
    return Rows(table, "made up", first, columns)


def make_tables(**rows: list[Rows]) -> dict[str, list[Rows]]:
    """All tables with some rows each, but for those given."""
    return {**{name: [make_rows(name)] for name in TABLES}, **rows}


def _values(column: Column, count: int, first: int, generator: np.random.Generator, lengths: Mapping[str, int]) -> np.ndarray:
    lengths_of = SHAPES.get(column.name, tuple(lengths[name] for name in column.shape)) if column.shape else ()
    shape = (count, *lengths_of, *column.item_shape)
    size = int(np.prod(shape))
    number = np.arange(first, first + count).repeat(size // count if count else 0).reshape(shape)
    if column.textual:
        return np.array([_text(column, n) for n in number.ravel()], dtype=object).reshape(shape)
    if column.type is Type.BOOL:
        return number % 2 == 0
    if column.type is Type.TIME_INTERVAL:
        return 5_160_000_000_000_000_000 + number * 1000
    if column.type in (Type.TIME, Type.INTERVAL):
        return 5_160_000_000_000_000_000 + number
    if column.type is Type.INT:
        return np.full(shape, lengths[column.name]) if column.name in lengths else number
    values = generator.normal(100, 30, shape)
    return values.astype("f4").astype("f8") if column.type is Type.FLOAT else values


def _text(column: Column, number: int) -> str:
    if column.type is Type.ENTITY:
        return UID if column.name == "execBlockUID" else f"uid://A001/X{number:x}/X1"
    if column.type is Type.ENUM:
        return ENUMS[column.name]
    if column.type is Type.TAG:
        table = column.name.removesuffix("Id").removeprefix("assoc").removeprefix("image")
        return f"{table[0].upper()}{table[1:]}_{number}"
    return f"{column.name}-{number}"
