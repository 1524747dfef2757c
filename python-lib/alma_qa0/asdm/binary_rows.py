"""Rows of a table whose file is binary: a MIME header that lists the columns, then the values of each row without a gap.

Where a value lies in a row depends on the lengths of the texts and arrays before it, but rows repeat themselves: a row is walked
through value by value only if no layout seen before fits. A layout fits if all lengths, dimensions and marks of presence of the
row are those of the layout, which one comparison of arrays tells for thousands of rows.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import FileIO
from math import prod
from pathlib import Path
from typing import Literal

import numpy as np
from lxml import etree

from alma_qa0.asdm.folder import Asdm, check_table, check_uid, local_name, secure_parser
from alma_qa0.asdm.limits import LARGEST_ROW, MOST_TEXTS, MOST_VALUES
from alma_qa0.asdm.schema import Column, Table, Type
from alma_qa0.core.rows import Rows
from alma_qa0.errors import BrokenAsdm

_CHUNK = 8 << 20  # bytes of the file that are held at a time
_FEW = 32  # a run of no more rows is joined with those beside it
_HEAD = 1 << 16  # the MIME header ends well before this
_LAYOUTS = 16  # layouts that are tried before a row is walked through
_ENTITY_TEXTS = 5  # an Entity: uid, encrypted uid, type name, version, version of the document
_REFERENCE_TEXTS = 4  # an EntityRef: uid, part, type name, version of the document
_XML_PART = re.compile(rb"Content-ID: *<header\.xml>\r?\n\r?\n")
_BINARY_PART = re.compile(rb"--MIME_boundary\r?\nContent-Type: *binary/octet-stream\r?\nContent-ID: *<content\.bin>\r?\n\r?\n")
_END_LENGTH = 64
_END = re.compile(rb"\r?\n--MIME_boundary--\s*")
_Run = dict[str, np.ndarray]  # the columns of some rows
_ORDERS: dict[str, Literal["<", ">"]] = {"Little_Endian": "<", "Big_Endian": ">"}


def read_rows(asdm: Asdm, path: Path, table: Table, needed: frozenset[str]) -> Iterator[Rows]:
    """The rows of the file in runs in which the arrays have the same shapes."""
    source = asdm.source(path.name)
    with path.open("rb", buffering=0) as file:
        header = _read_header(file, asdm, table, source)
        _check_columns(header.columns, table, needed, strict=asdm.schema_version >= 3, source=source)
        window = _Window(file, source, header.order, path.stat().st_size - file.tell())
        texts = [window.text() for _ in range(2 * _ENTITY_TEXTS)]
        check_uid(asdm, texts[_ENTITY_TEXTS], source)
        count = window.integer()
        expected = asdm.table_rows.get(table.name, 0)
        if count not in (-1, expected):  # -1: ask ASDM.xml
            raise BrokenAsdm("another count of rows than in ASDM.xml", source=source, value=count, expected=str(expected))
        window.step(window.at)
        yield from _merged(_runs(window, header, needed, expected), table, source, asdm.start_in_binary)
        window.check_end()


# --- the header --------------------------------------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class _Header:
    columns: tuple[Column, ...]
    order: Literal["<", ">"]


def _read_header(file: FileIO, asdm: Asdm, table: Table, source: str) -> _Header:
    """What the XML part says; the file is left at the first byte of the binary part."""
    head = file.read(_HEAD)
    binary, xml = _BINARY_PART.search(head), _XML_PART.search(head)
    if binary is None or xml is None:
        raise BrokenAsdm("is no MIME file with an XML and a binary part", source=source, expected="the parts header.xml and content.bin")
    file.seek(binary.end())
    try:
        root = etree.fromstring(head[xml.end():binary.start()].strip(), secure_parser())
    except etree.XMLSyntaxError as error:
        raise BrokenAsdm(f"its header is not well-formed: {error}", source=source) from error
    if local_name(root.tag) == "ASDMBinaryTable":  # before version 3
        return _Header(tuple(column for column in table.binary if column.since == 3), ">")
    return _parse_header(root, asdm, table, source)


def _parse_header(root: etree._Element, asdm: Asdm, table: Table, source: str) -> _Header:
    container, store, attributes = (root.find(f"{{*}}{name}") for name in ("ContainerEntity", "BulkStoreRef", "Attributes"))
    if container is None or store is None or attributes is None:
        raise BrokenAsdm("its header is not whole", source=source, expected="ContainerEntity, BulkStoreRef and Attributes")
    check_table(asdm, table, container, source)
    order = _ORDERS.get(store.get("byteOrder", ""))
    if order is None:
        raise BrokenAsdm(
            "unknown byte order", source=source, field="byteOrder", value=store.get("byteOrder"), expected=" or ".join(_ORDERS))
    names = [local_name(element.tag) for element in attributes]
    unknown = [name for name in names if name not in table.by_name]
    if unknown or len(set(names)) < len(names):
        raise BrokenAsdm(
            "an unknown column, whose bytes cannot be passed over, or one twice", source=source, field="Attributes",
            value=unknown or names, expected="columns of the schema, each once")
    return _Header(tuple(table.by_name[name] for name in names), order)


def _check_columns(columns: tuple[Column, ...], table: Table, needed: frozenset[str], *, strict: bool, source: str) -> None:
    """Version 2 of the schema (not ``strict``) may lack columns that nobody asks for."""
    wanted = table.required if strict else table.required & needed
    missing = wanted - {column.name for column in columns}
    if missing:
        raise BrokenAsdm("a required column is missing", source=source, field=", ".join(sorted(missing)))


# --- the bytes ---------------------------------------------------------------------------------------------------------------

@dataclass(slots=True)
class _Window:
    """The part of the file that is in memory: ``start`` is the first byte of a row, ``at`` the next byte to read, counted from there.

    ``end`` is the end of what was read into ``bytes``, ``left`` the count of bytes that are still in the file.
    """

    file: FileIO
    source: str
    order: Literal["<", ">"]
    left: int
    bytes: np.ndarray = field(default_factory=lambda: np.empty(0, dtype="u1"))
    start: int = 0
    at: int = 0
    end: int = 0
    row: int | None = None
    column: str | None = None

    def has(self, count: int) -> bool:
        """Whether there are ``count`` bytes from ``start`` on; they are in memory if so."""
        if count > self.end - self.start + self.left:
            return False
        while self.end - self.start < count:
            if not self._fill():
                return False
        return True

    def _fill(self) -> bool:
        """Reads on behind the row that is begun, into other memory: arrays that were given are views of this; False at the end."""
        rest = self.end - self.start
        target = np.empty(max(_CHUNK, 2 * rest), dtype="u1")
        target[:rest] = self.bytes[self.start:self.end]
        got = self.file.readinto(target.data[rest:]) or 0
        self.bytes, self.start, self.end, self.left = target, 0, rest + got, self.left - got
        return got > 0

    def skip(self, count: int) -> int:
        """Where in the row the next ``count`` bytes begin."""
        if self.at + count > LARGEST_ROW:
            raise self.broken("a row is too large", self.at + count, f"at most {LARGEST_ROW} bytes")
        if not self.has(self.at + count):
            raise self.broken("the file ends inside the value", count, "a length that fits into the file")
        self.at += count
        return self.at - count

    def step(self, count: int) -> None:
        """Begins a row ``count`` bytes behind the start of this one."""
        self.start, self.at = self.start + count, 0

    def integer(self) -> int:
        offset = self.skip(4)
        return int(struct.unpack_from(f"{self.order}i", self.bytes.data, self.start + offset)[0])

    def length(self) -> int:
        length = self.integer()
        if length < 0:
            raise self.broken("a negative length", length, "0 or more")
        return length

    def text(self) -> str:
        offset = self.skip(self.length())
        return _decode(self.bytes[self.start + offset:self.start + self.at].tobytes())

    def broken(self, problem: str, value: object, expected: str) -> BrokenAsdm:
        return BrokenAsdm(problem, source=self.source, row=self.row, field=self.column, value=value, expected=expected)

    def check_end(self) -> None:
        left = self.end - self.start + self.left
        if left > _END_LENGTH or not (self.has(left) and _END.fullmatch(self.bytes[self.start:self.end].tobytes())):
            raise BrokenAsdm("does not end where its rows end", source=self.source, value=f"{left} bytes", expected="--MIME_boundary--")


def _decode(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")  # what the header promises, though the observatory's own software writes UTF-8


# --- the layouts -------------------------------------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a row the value of a column lies: its shape, and the first byte and length of each span of bytes.

    Numbers are one span, texts one each.
    """

    column: Column
    dtype: np.dtype
    shape: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where everything lies in a row of ``size`` bytes.

    Rows share it that have the same ``lengths`` at the bytes ``length_at``, and the same ``marks`` of presence at ``mark_at``.
    """

    size: int
    length_at: np.ndarray
    lengths: np.ndarray
    mark_at: np.ndarray
    marks: np.ndarray
    places: tuple[_Place, ...]

    def count(self, window: _Window, most: int) -> int:
        """How many rows, ``most`` at most, have this layout, from the start of the window to the end of what is in memory."""
        if not window.has(self.size):
            return 0
        most = min(most, (window.end - window.start) // self.size)
        found, step = 0, 1
        while found < most:
            same = self._same(window, found, min(step, most - found))
            if not same.all():
                return found + int(same.argmin())
            found, step = found + len(same), 16 * step
        return found

    def _same(self, window: _Window, first: int, count: int) -> np.ndarray:
        """Which of ``count`` rows have this layout; all integers of 4 bytes are looked at in one go, wherever they begin."""
        begin = window.start + first * self.size
        words = np.ndarray((count, self.size - 3), dtype="u4", buffer=window.bytes.data, offset=begin, strides=(self.size, 1))
        same: np.ndarray = (words[:, self.length_at] == self.lengths).all(axis=1)
        if len(self.marks):
            rows = window.bytes[begin:begin + count * self.size].reshape(count, self.size)
            same &= (rows[:, self.mark_at] == self.marks).all(axis=1)
        return same

    def rows(self, window: _Window, count: int) -> np.ndarray:
        return window.bytes[window.start:window.start + count * self.size].reshape(count, self.size)


def _walk(window: _Window, columns: tuple[Column, ...], needed: frozenset[str]) -> _Layout:
    """The layout of the row at the start of the window."""
    lengths, marks = [], []  # where they begin
    places = []
    for column in columns:
        window.column = column.name
        if column.optional:
            marks.append(window.at)
            if not _present(window):
                continue
        lengths += [window.at + 4 * axis for axis in range(len(column.shape))]
        shape = _shape(window, column)
        spans = _text_spans(window, column, prod(shape), lengths) if column.textual else _number_span(window, column, prod(shape))
        if column.name in needed:
            dtype = np.dtype(object) if column.textual else column.dtype(window.order)
            places.append(_Place(column, dtype, (*shape, *column.item_shape), spans))
    size, window.at, window.column = window.at, 0, None
    length_at, mark_at = np.array(lengths, dtype=np.intp), np.array(marks, dtype=np.intp)
    words = np.ndarray(size - 3, dtype="u4", buffer=window.bytes.data, offset=window.start, strides=(1,))
    return _Layout(size, length_at, words[length_at], mark_at, window.bytes[window.start + mark_at], tuple(places))


def _present(window: _Window) -> bool:
    offset = window.skip(1)
    mark = int(window.bytes[window.start + offset])
    if mark > 1:
        raise window.broken("no mark of presence", mark, "0 or 1")
    return mark == 1


def _shape(window: _Window, column: Column) -> tuple[int, ...]:
    shape = tuple([window.length() for _ in column.shape])
    most = MOST_TEXTS if column.textual else MOST_VALUES
    if prod(filter(None, shape)) > most:
        raise window.broken("no dimensions of an array", shape, f"no more than {most} values")
    return shape


def _number_span(window: _Window, column: Column, count: int) -> tuple[tuple[int, int], ...]:
    length = count * prod(column.item_shape) * column.dtype().itemsize
    return ((window.skip(length), length),)


def _text_spans(window: _Window, column: Column, count: int, lengths: list[int]) -> tuple[tuple[int, int], ...]:
    spans = []
    for _ in range(count):
        for number in range(_REFERENCE_TEXTS if column.type is Type.ENTITY else 1):
            lengths.append(window.at)
            if len(lengths) > MOST_TEXTS:
                raise window.broken("too many texts in a row", len(lengths), f"at most {MOST_TEXTS}")
            length = window.length()
            offset = window.skip(length)
            if number == 0:
                spans.append((offset, length))
    return tuple(spans)


# --- the rows ----------------------------------------------------------------------------------------------------------------

def _runs(window: _Window, header: _Header, needed: frozenset[str], count: int) -> Iterator[_Run]:
    """The columns of consecutive rows that lie alike in the file."""
    layouts: list[_Layout] = []
    window.row = 1
    while window.row <= count:
        most = count - window.row + 1
        layout, found = next(((layout, found) for layout in layouts if (found := layout.count(window, most))), (None, 0))
        if layout is None:
            layout = _walk(window, header.columns, needed)
            found = layout.count(window, most)
        layouts = [layout, *(other for other in layouts[:_LAYOUTS] if other is not layout)]
        rows = layout.rows(window, found)
        yield {place.column.name: _values(place, rows) for place in layout.places}
        window.step(found * layout.size)
        window.row += found


def _values(place: _Place, rows: np.ndarray) -> np.ndarray:
    """The values of a column, in the byte order of this machine; a view of the file's bytes if that is theirs."""
    shape = (len(rows), *place.shape)
    if place.column.textual:
        texts = np.empty((len(rows), len(place.spans)), dtype=object)
        for index, (offset, length) in enumerate(place.spans):
            texts[:, index] = _texts(rows[:, offset:offset + length])
        return texts.reshape(shape)
    ((offset, length),) = place.spans
    native = place.dtype.newbyteorder("=")
    if length == 0:
        return np.empty(shape, dtype=native)
    values = rows[:, offset:offset + length].view(place.dtype).reshape(shape)
    return values != 0 if place.column.type is Type.BOOL else values.astype(native, copy=False)


def _texts(cells: np.ndarray) -> list[str] | str:
    """The text of each row, or the one text of all; ``cells`` has a byte per column."""
    if (cells == cells[0]).all():
        return _decode(cells[0].tobytes())
    texts = cells.view(f"V{cells.shape[1]}").ravel().tolist()
    known = {text: _decode(text) for text in set(texts)}
    return [known[text] for text in texts]


def _merged(runs: Iterator[_Run], table: Table, source: str, start_first: bool) -> Iterator[Rows]:
    """Runs as rows; short ones whose arrays have the same shapes are joined, since texts of another length have parted them."""
    first, size = 1, 0
    batch: list[_Run] = []
    for run in runs:
        apart = batch and (size > _CHUNK or max(_length(run), _length(batch[-1])) > _FEW or _shapes(run) != _shapes(batch[0]))
        if apart:
            rows = _join(batch, table, source, first, start_first)
            yield rows
            first, size, batch = first + len(rows), 0, []
        batch.append(run)
        size += sum(values.nbytes for values in run.values())
    if batch:
        yield _join(batch, table, source, first, start_first)


def _length(run: _Run) -> int:
    return len(next(iter(run.values())))


def _shapes(run: _Run) -> list[tuple[str, tuple[int, ...]]]:
    return [(name, values.shape[1:]) for name, values in run.items()]


def _join(batch: list[_Run], table: Table, source: str, first: int, start_first: bool) -> Rows:
    columns = batch[0] if len(batch) == 1 else {name: np.concatenate([run[name] for run in batch]) for name in batch[0]}
    for name, values in list(columns.items()):
        if table.by_name[name].type is Type.TIME_INTERVAL and not start_first:
            columns[name] = np.stack([values[..., 0] - values[..., 1] // 2, values[..., 1]], axis=-1)
    return Rows(table.name, source, first, columns)
