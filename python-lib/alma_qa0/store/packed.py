"""What the server packs into bytes before it sends it: whole columns and spectra, read at once instead of value by value."""

import json
from collections.abc import Iterable
from itertools import chain
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from alma_qa0.core.fields import Kind, Relation
from alma_qa0.store.database import Database
from alma_qa0.store.render import Sql, render

# What array_send makes of an array: 20 bytes that say what it is, then each element behind its length (arrayfuncs.c).
_HEADER = 20
_NUMBER, _TIME = (np.dtype([("size", ">i4"), ("value", kind)]) for kind in (">f8", ">i8"))
_EPOCH = np.datetime64("2000-01-01", "us")  # from which PostgreSQL counts its microseconds

# How the columns of each kind are packed, in the order of sql/queries/columns.sql.
_WAYS = {"times": (Kind.TIME,), "reals": (Kind.REAL,), "numbers": (Kind.DOUBLE, Kind.INTEGER), "texts": (Kind.TEXT, Kind.TEXTS)}


@runtime_checkable
class ReadsBytes(Protocol):
    """A database that can hand over text and bytea as the bytes they are, many times faster than as a DataFrame."""

    def read_bytes(self, copy_statement: str) -> list[tuple[bytes | None, ...]]:
        """The rows of one COPY ... TO STDOUT (FORMAT binary) whose columns are text or bytea."""


def read_packed(database: Database, query: Sql) -> Iterable[tuple[Any, ...]]:
    """The rows of a query of bytea and JSON: bytea as bytes, JSON as bytes or str, None where null."""
    if isinstance(database, ReadsBytes):
        return database.read_bytes(render("queries/copy", query=query))
    found = database.run(query)
    return zip(*(found[name] for name in found), strict=True)


def read_columns(database: Database, relation: Relation, rows: Sql) -> pd.DataFrame:
    """The rows of a query that has the columns of a relation - text, texts, integers, numbers and times - as ``run`` would give them."""
    names = {way: [field.name for field in relation.fields if field.kind in kinds] for way, kinds in _WAYS.items()}
    (row,) = read_packed(database, render("queries/columns", rows=rows, **names))
    packed = dict(zip(chain(*names.values()), row, strict=True))
    frame = pd.DataFrame({place: _column(field.kind, packed[field.name]) for place, field in enumerate(relation.fields)})
    frame.columns = pd.Index(relation.columns, dtype=object)
    return frame


def _column(kind: Kind, packed: Any) -> Any:
    if kind is Kind.TIME:
        return pd.DatetimeIndex(_EPOCH + _values(packed, _TIME).view("m8[us]")).tz_localize("UTC")
    if kind in (Kind.REAL, Kind.DOUBLE):
        return _values(packed, _NUMBER)
    if kind is Kind.INTEGER:
        return _integers(_values(packed, _NUMBER))
    return np.fromiter(json.loads(packed or "[]"), dtype=object)


def _values(packed: Any, layout: np.dtype) -> np.ndarray:
    """The elements of an array; where there were no rows, it is null."""
    values: np.ndarray = np.frombuffer(packed or bytes(_HEADER), dtype=layout, offset=_HEADER)["value"]
    return values.astype(values.dtype.newbyteorder("="))


def _integers(values: np.ndarray) -> Any:
    absent = np.isnan(values)
    if not absent.any():
        return values.astype("int64")
    return pd.arrays.IntegerArray(np.where(absent, 0, values).astype("int64"), absent)
