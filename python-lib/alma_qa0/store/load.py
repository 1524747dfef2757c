"""Records into PostgreSQL: the binary COPY stream of a relation's columns, and the statements around it.

The layout is that of the PostgreSQL manual, COPY, "Binary Format", with each type as its ``recv`` function reads it.
What stands for null in a column is said in core/records.py.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
import pandas as pd

from alma_qa0.core.fields import FIRST_LAYOUT, RAW, Kind, Relation
from alma_qa0.core.records import Columns
from alma_qa0.store.database import Database
from alma_qa0.store.render import Ident, Sql, render
from alma_qa0.store.tables import Tables

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"

# A field of every row, each its size and its bytes: one by one, or side by side in bytes of shape (n, width) where all are as long.
Pieces = Sequence[bytes | memoryview] | np.ndarray

_NULL = b"\xff\xff\xff\xff"
_EPOCHS = {Kind.TIME: (np.datetime64("2000-01-01T00:00:00", "us"), ">i8"), Kind.DATE: (np.datetime64("2000-01-01", "D"), ">i4")}
_NUMBERS = {Kind.INTEGER: ">i4", Kind.BIGINT: ">i8", Kind.BOOLEAN: "?", Kind.REAL: ">f4", Kind.DOUBLE: ">f8"}
_ELEMENTS = {Kind.INTEGERS: (23, ">i4"), Kind.SPECTRUM: (700, ">f4"), Kind.DOUBLES: (701, ">f8")}  # type's oid in pg_type, layout
_TEXT_OID = 25


@dataclass(frozen=True, slots=True)
class Intake:
    """What was taken in of an EB: the digest of its files, how often these were read, and how each raw relation was, by name."""

    content_hash: str
    n_readings: int
    readers: Mapping[str, tuple[str, str | None]]  # the version that read it, and the digest of what content_hash leaves out

    def is_whole(self, relation: Relation, table_hash: str | None) -> bool:
        """Whether a relation was read from the same files with all the columns that it has now."""
        first = (FIRST_LAYOUT, None) if relation.since == FIRST_LAYOUT else None
        return self.readers.get(relation.name, first) == (relation.layout, table_hash)


def read_intake(database: Database, tables: Tables, uid: str) -> Intake | None:
    """What was taken in of ``uid``; None if nothing was."""
    found = database.run(render("load/intake", tables=tables.idents, uid=uid))
    if found.empty:
        return None
    row = found.iloc[0]
    readers = {name: (version, table_hash) for name, version, table_hash in json.loads(row["readers"])}
    return Intake(str(row["content_hash"]), int(row["n_readings"]), readers)


def newest_reduction(database: Database, table: Ident, uid: str) -> int | None:
    """When the newest reduction of ``uid`` was made, in microseconds since 1970, by ``table`` of the relation cal_reduction."""
    found = database.run(render("load/newest_reduction", table=table, uid=uid))["reduced_us"].iloc[0]
    return None if pd.isna(found) else int(found)


def delete_statements(tables: Tables, uid: str) -> list[Sql]:
    """What removes an Execution Block from the raw tables, after others that write the same one are done."""
    return [render("load/lock", uid=uid), *(render("load/delete", table=tables.of(relation), uid=uid) for relation in RAW)]


def copy_statement(tables: Tables, relation: Relation) -> Sql:
    """The COPY that takes what encode_stream gives."""
    return render("load/copy", table=tables.of(relation), columns=[Ident(name) for name in relation.columns])


def encode_stream(relation: Relation, runs: Iterable[Columns]) -> Iterator[bytes]:
    """A whole binary COPY stream: a header, the rows of each run, a trailer."""
    yield HEADER
    for columns in runs:
        yield encode_rows(relation, columns)
    yield TRAILER


def encode_rows(relation: Relation, columns: Columns) -> bytes:
    """The rows of ``columns`` as tuples of a binary COPY stream, without header and trailer.

    ``columns`` has an entry for each field of ``relation``; one at least is not None.
    """
    n = len(next(values for values in columns.values() if values is not None))
    count = np.frombuffer(len(relation.fields).to_bytes(2, "big"), dtype=np.uint8)
    pieces = [np.broadcast_to(count, (n, 2)), *(_encode_column(field.kind, columns[field.name], n) for field in relation.fields)]
    return b"".join(chain.from_iterable(zip(*_joined(pieces), strict=True)))


def _joined(pieces: Iterable[Pieces]) -> Iterator[Sequence[bytes | memoryview]]:
    """The same with neighbours of one width made one: the fewer pieces a row has, the faster they become bytes."""
    tables: list[np.ndarray] = []
    for piece in pieces:
        if isinstance(piece, np.ndarray):
            tables.append(piece)
            continue
        yield from _one_split(tables)
        yield piece
        tables = []
    yield from _one_split(tables)


def _one_split(tables: list[np.ndarray]) -> list[list[bytes | memoryview]]:
    return [_split_table(np.concatenate(tables, axis=1))] if tables else []


def _split_table(table: np.ndarray) -> list[bytes | memoryview]:
    return _split(table.reshape(-1).data, [table.shape[1]] * len(table))


def _split(buffer: bytes | memoryview, sizes: Sequence[int]) -> list[bytes | memoryview]:
    view = memoryview(buffer)
    ends = np.cumsum([0, *sizes]).tolist()
    return [view[start:end] for start, end in pairwise(ends)]


def _encode_column(kind: Kind, values: np.ndarray | None, n: int) -> Pieces:
    if values is None:
        return np.broadcast_to(np.frombuffer(_NULL, dtype=np.uint8), (n, len(_NULL)))
    if kind is Kind.TEXT:
        known = {text: _encode_text(text) for text in set(values.tolist())}
        return [known[text] for text in values.tolist()]
    if kind is Kind.BYTES:
        return [_NULL if value is None else _sized(value) for value in values.tolist()]
    if kind is Kind.TEXTS:
        return [_encode_texts(texts) for texts in values]
    if kind in _ELEMENTS:
        return _encode_arrays(kind, values)
    return _encode_numbers(*_numbers(kind, values))


def _sized(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def _encode_text(text: str | None) -> bytes:
    return _NULL if text is None else _sized(text.encode())


# --- one value a row ---------------------------------------------------------------------------------------------------------

def _numbers(kind: Kind, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The numbers that PostgreSQL stores for ``values``, and where they are null."""
    null, plain = np.ma.getmaskarray(values), np.ma.getdata(values)
    if kind in _EPOCHS:
        epoch, layout = _EPOCHS[kind]
        return (plain.astype(epoch.dtype) - epoch).astype(np.int64).astype(layout), null | np.isnat(plain)
    if plain.dtype.kind == "f":
        null = null | np.isnan(plain)
    return plain.astype(_NUMBERS[kind]), null


def _encode_numbers(values: np.ndarray, null: np.ndarray) -> Pieces:
    sized = np.empty(len(values), dtype=[("size", ">i4"), ("value", values.dtype)])
    sized["size"], sized["value"] = values.dtype.itemsize, values
    table = _table(sized)
    if not null.any():
        return table
    pieces = _split_table(table)
    for row in np.flatnonzero(null):
        pieces[row] = _NULL
    return pieces


def _table(records: np.ndarray) -> np.ndarray:
    """Records of one dimension as their bytes, a row each."""
    return records.view(np.uint8).reshape(len(records), records.dtype.itemsize)


# --- an array a row ----------------------------------------------------------------------------------------------------------

def _encode_arrays(kind: Kind, values: np.ndarray) -> Pieces:
    """The arrays of all rows at once where they are equally long; row by row where some are null or longer than others."""
    if values.ndim == 2:
        return _encode_matrix(kind, values)
    return [_NULL if array is None else bytes(_encode_matrix(kind, np.asarray(array)[np.newaxis])[0]) for array in values]


def _encode_matrix(kind: Kind, values: np.ndarray) -> Pieces:
    """Rows of (n, k): header of an array, then each element with its size, or only the size -1 where it is null."""
    oid, layout = _ELEMENTS[kind]
    size = np.dtype(layout).itemsize
    header = _header(values.shape[1], oid)
    null = np.isnan(values) if values.dtype.kind == "f" else np.zeros(values.shape, dtype=bool)
    nulls = null.sum(axis=1)
    rows = np.empty(len(values), dtype=[
        ("size", ">i4"), ("header", ">i4", (len(header),)), ("elements", [("size", ">i4"), ("value", layout)], (values.shape[1],))])
    rows["size"] = rows.dtype.itemsize - 4 - nulls * size
    rows["header"] = header
    rows["header"][:, 1] = nulls > 0
    rows["elements"]["size"] = np.where(null, -1, size)
    rows["elements"]["value"] = values
    return _split(_without_null_values(rows, null), (rows["size"] + 4).tolist()) if null.any() else _table(rows)


def _header(n_elements: int, oid: int) -> list[int]:
    """Dimensions, whether an element is null, type of the elements, and for each dimension its length and first index."""
    return [1, 0, oid, n_elements, 1] if n_elements else [0, 0, oid]


def _without_null_values(rows: np.ndarray, null: np.ndarray) -> bytes:
    """The bytes of ``rows``, less the value of each element that is null."""
    n, k = null.shape
    element = rows.dtype["elements"].base.itemsize
    kept = np.ones((n, rows.dtype.itemsize), dtype=bool)
    kept[:, -k * element:] = np.where(null[:, :, np.newaxis], np.arange(element) < 4, True).reshape(n, -1)
    return _table(rows)[kept].tobytes()


def _encode_texts(texts: Iterable[str | None] | None) -> bytes:
    if texts is None:
        return _NULL
    elements = [_encode_text(text) for text in texts]
    header = np.array(_header(len(elements), _TEXT_OID), dtype=">i4")
    header[1] = _NULL in elements
    return _sized(b"".join([header.tobytes(), *elements]))
