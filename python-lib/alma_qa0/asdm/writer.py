"""Writes an ASDM: the folder of tables that the observatory would have written for an Execution Block."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, repeat
from pathlib import Path
from typing import BinaryIO, Literal
from xml.sax.saxutils import escape

import numpy as np

from alma_qa0.asdm.schema import TABLES, Column, Table, Type
from alma_qa0.core.blocks import parse_uid
from alma_qa0.core.rows import Rows
from alma_qa0.errors import BadRequest

WRITTEN_AS_BINARY = frozenset({"CalAtmosphere", "CalData", "CalReduction"})  # the others are XML in the observatory's files too

_PART_ID = "X00000000"  # pyasdm reads no reference without one
_DOCUMENTS = {"projectUID": "ObsProject", "sbSummaryUID": "SchedBlock", "obsUnitSetUID": "ObsUnitSet", "sessionReference": "OUSStatus"}
_Order = Literal["<", ">"]
_BYTE_ORDERS: dict[str, tuple[_Order, str]] = {"little": ("<", "Little_Endian"), "big": (">", "Big_Endian")}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_QUOTABLE = re.compile(f'"|{_NOT_XML.pattern}')
_NOT_A_NAME = re.compile(rf'^$|\s|{_NOT_QUOTABLE.pattern}')
_MJD_0 = np.datetime64("1858-11-17", "ns")


def write_asdm(
    folder: Path, uid: str, tables: Mapping[str, Iterable[Rows]], *, encoding: str = "binary", byte_order: str = "little",
    schema_version: int = 3, time_of_creation: np.datetime64 = _MJD_0,
) -> None:
    """Writes ASDM.xml and a file or two per table into ``folder``, which is made if it is not there.

    ``encoding``, "binary" or "xml", holds for the tables that the observatory writes as binary. A column that
    ``schema_version`` (3 or 4) does not know is left out. BadRequest for rows that do not fit the schema.
    """
    if schema_version not in (3, 4):
        raise BadRequest(f"schema version {schema_version} cannot be written; expected 3 or 4")
    uid = parse_uid(uid)
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    for name, rows in tables.items():
        as_binary = encoding == "binary" and name in WRITTEN_AS_BINARY
        counts[name] = write_table(
            folder, uid, name, rows, encoding="binary" if as_binary else "xml", byte_order=byte_order, schema_version=schema_version)
    (folder / "ASDM.xml").write_bytes(_container(uid, counts, schema_version, time_of_creation))


def write_table(
    folder: Path, uid: str, name: str, rows: Iterable[Rows], *, encoding: str, byte_order: str = "little", schema_version: int = 3,
) -> int:
    """Writes one table in either encoding; the number of its rows."""
    table = TABLES.get(name)
    if table is None:
        raise BadRequest(f"{name} is not a table that can be written; expected one of {', '.join(TABLES)}")
    if encoding not in ("binary", "xml") or byte_order not in _BYTE_ORDERS:
        raise BadRequest(f"{name} cannot be written as {encoding}, {byte_order}; expected binary or xml, little or big")
    runs = (_fitting(run, table, schema_version) for run in rows)
    if encoding == "binary":
        return _write_binary(folder, uid, table, runs, byte_order, schema_version)
    return _write_xml(folder, uid, table, runs, schema_version)


def _fitting(rows: Rows, table: Table, schema_version: int) -> Rows:
    """The rows with arrays of the right kind, without columns that the version does not know."""
    missing = table.required - set(rows.columns)
    if missing or rows.table != table.name:
        raise BadRequest(f"rows of {rows.table} for {table.name}: no {', '.join(sorted(missing)) or 'rows of that table'}")
    columns = {}
    for name, values in rows.columns.items():
        column = table.by_name.get(name)
        if column is None:
            raise BadRequest(f"{table.name}.{name} is not a column of the ASDM")
        values = np.asarray(values)
        if values.ndim != 1 + len(column.shape) + len(column.item_shape) or len(values) != len(rows):
            raise BadRequest(
                f"{table.name}.{name}: shape {values.shape}; expected {len(rows)} rows of {len(column.shape)} dimensions")
        if column.since <= schema_version:
            columns[name] = _in_file(column, values)
    return Rows(table.name, rows.source, rows.first, columns)


def _in_file(column: Column, values: np.ndarray) -> np.ndarray:
    """The values as a file holds them: an interval of time by its middle and duration."""
    if column.type is not Type.TIME_INTERVAL:
        return values
    values = values.astype("i8")
    return np.stack([values[..., 0] + values[..., 1] // 2, values[..., 1]], axis=-1)


# --- XML ---------------------------------------------------------------------------------------------------------------------

def _write_xml(folder: Path, uid: str, table: Table, runs: Iterable[Rows], schema_version: int) -> int:
    count = 0
    with (folder / f"{table.name}.xml").open("wb") as file:
        file.write((_head(f"{table.name}Table", schema_version) + _entities(table.name, uid)).encode())
        for rows in runs:
            texts = [_elements(column, rows.columns[column.name]) for column in table.columns if column.name in rows.columns]
            for row in zip(*texts, strict=True):
                file.write(f" <row>\n{''.join(row)} </row>\n".encode("ascii", "xmlcharrefreplace"))
            count += len(rows)
        file.write(f"</{table.name}Table>\n".encode())
    return count


def _elements(column: Column, values: np.ndarray) -> Iterator[str]:
    """The element of the column in each row."""
    head, tail, text = f"  <{column.name}>", f"</{column.name}>\n", _text_of(column)
    cells = _by_row(values).tolist()
    if column.textual:
        _check_texts(column, cells)
    if not column.shape:
        return (head + " ".join(map(text, row)) + tail for row in cells)
    head += " ".join(map(str, [len(column.shape), *values.shape[1:1 + len(column.shape)]]))
    return (" ".join([head, *map(text, row)]) + tail for row in cells)


def _by_row(values: np.ndarray) -> np.ndarray:
    """The values with one dimension per row; an empty array has no length that numpy could work out by itself."""
    return values.reshape(len(values), -1 if values.size else 0)


def _text_of(column: Column) -> Callable[[object], str]:
    if column.type is Type.ENTITY:
        kind = _DOCUMENTS.get(column.name, "ASDM")
        return lambda uid: (
            f'<EntityRef entityId="{escape(str(uid))}" partId="{_PART_ID}" entityTypeName="{kind}" documentVersion="1"/>')
    if column.type is Type.BOOL:
        return lambda value: "true" if value else "false"
    if not column.textual:
        return repr
    quote = '"' if column.type is Type.TEXT and column.shape else ""
    return lambda value: quote + escape(str(value), {"\r": "&#13;"}) + quote


def _check_texts(column: Column, cells: list[list[str]]) -> None:
    """Refuses what the XML of an ASDM has no way to say: control characters, quotes in lists, blanks in names."""
    wrong = _NOT_XML
    if column.type is not Type.TEXT:
        wrong = _NOT_A_NAME
    elif column.shape:
        wrong = _NOT_QUOTABLE
    for value in {value for row in cells for value in row}:
        if wrong.search(value):
            raise BadRequest(f"{column.name}: {value!r} cannot be written into the XML of an ASDM")


def _head(element: str, schema_version: int) -> str:
    return (
        f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<{element} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:schemaLocation="http://Alma/XASDM/{element} http://almaobservatory.org/XML/XASDM/{schema_version}/{element}.xsd"'
        f' schemaVersion="{schema_version}" schemaRevision="-1">\n')


def _entities(name: str, uid: str) -> str:
    return _entity(_table_uid(uid, name), f"{name}Table") + _entity(uid, "ASDM", "ContainerEntity")


def _entity(uid: str, kind: str, element: str = "Entity") -> str:
    return (f'<{element} entityId="{uid}" entityIdEncrypted="na" entityTypeName="{kind}" schemaVersion="1"'
            ' documentVersion="1"/>\n')


def _table_uid(uid: str, name: str) -> str:
    """The uid of a table: the observatory numbers the tables after their Execution Block."""
    start, _, number = uid.rpartition("/X" if "/X" in uid else "/x")
    return f"{start}/X{int(number, 16) + 1 + list(TABLES).index(name):x}"


def _container(uid: str, counts: Mapping[str, int], schema_version: int, time_of_creation: np.datetime64) -> bytes:
    tables = "".join(
        f"<Table><Name>{name}</Name><NumberRows>{count}</NumberRows>{_entity(_table_uid(uid, name), f'{name}Table').strip()}</Table>\n"
        for name, count in counts.items())
    created = np.datetime_as_string(time_of_creation, unit="ns")
    return (_head("ASDM", schema_version) + _entity(uid, "ASDM")
            + f"<TimeOfCreation>{created}</TimeOfCreation>\n{tables}</ASDM>\n").encode()


# --- binary ------------------------------------------------------------------------------------------------------------------

def _write_binary(folder: Path, uid: str, table: Table, runs: Iterable[Rows], byte_order: str, schema_version: int) -> int:
    order, order_name = _BYTE_ORDERS[byte_order]
    columns = [column for column in table.binary if column.since <= schema_version]
    header = (
        _head(f"{table.name}Table", schema_version) + _entities(table.name, uid)
        + f"<BulkStoreRef file_id='{uid.removeprefix('uid://')}' byteOrder='{order_name}' />\n<Attributes>\n"
        + "".join(f"<{column.name}/>\n" for column in columns) + f"</Attributes>\n</{table.name}Table>\n").encode()
    (folder / f"{table.name}.xml").write_bytes(header)
    with (folder / f"{table.name}.bin").open("wb") as file:
        return _write_mime(file, uid, table.name, columns, header, runs, order)


def _write_mime(
    file: BinaryIO, uid: str, name: str, columns: list[Column], header: bytes, runs: Iterable[Rows], order: _Order,
) -> int:
    file.write(
        b"MIME-Version: 1.0\nContent-Type: Multipart/Related; boundary='MIME_boundary'; type='text/xml'; start= '<header.xml>'\n"
        + f"Content-Description: Correlator\nalma-uid:{_table_uid(uid, name)}\n\n".encode()
        + b"--MIME_boundary\nContent-Type: text/xml; charset='ISO-8859-1'\nContent-Transfer-Encoding: 8bit\n"
        + b"Content-ID: <header.xml>\n\n" + header
        + b"--MIME_boundary\nContent-Type: binary/octet-stream\nContent-ID: <content.bin>\n\n")
    for text in (_table_uid(uid, name), "na", f"{name}Table", "1", "1", uid, "na", "ASDM", "1", "1"):
        file.write(_string(text, order))
    place, count = file.tell(), 0
    file.write(_integers([0], order))
    for rows in runs:
        cells = [_cells(column, rows.columns.get(column.name), len(rows), order) for column in columns]
        file.write(b"".join(chain.from_iterable(zip(*cells, strict=False))))
        count += len(rows)
    file.write(b"\n--MIME_boundary--\n")
    file.seek(place)
    file.write(_integers([count], order))
    return count


def _cells(column: Column, values: np.ndarray | None, count: int, order: _Order) -> Iterable[bytes]:
    """The bytes of the column in each row."""
    if values is None:
        return repeat(b"\0", count)
    head = (b"\1" if column.optional else b"") + _integers(values.shape[1:1 + len(column.shape)], order)
    if column.textual:
        return _text_cells(column, values, head, order)
    bare = _by_row(np.ascontiguousarray(values, dtype=column.dtype(order)))
    if bare.shape[1] == 0:
        return repeat(head, count)
    whole = np.empty((count, len(head) + bare.strides[0]), dtype="u1")
    whole[:, :len(head)] = np.frombuffer(head, dtype="u1")
    whole[:, len(head):] = bare.view("u1")
    return [row.tobytes() for row in whole]


def _text_cells(column: Column, values: np.ndarray, head: bytes, order: _Order) -> list[bytes]:
    tail = b""
    if column.type is Type.ENTITY:
        tail = b"".join(_string(text, order) for text in (_PART_ID, _DOCUMENTS.get(column.name, "ASDM"), "1"))
    cells = _by_row(values).tolist()
    known = {value: _string(value, order) + tail for row in cells for value in row}
    return [head + b"".join([known[value] for value in row]) for row in cells]


def _string(text: str, order: _Order) -> bytes:
    encoded = str(text).encode()
    return _integers([len(encoded)], order) + encoded


def _integers(values: Iterable[int], order: _Order) -> bytes:
    return np.array(list(values), dtype=f"{order}i4").tobytes()
