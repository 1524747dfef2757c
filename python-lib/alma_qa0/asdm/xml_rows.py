"""Rows of a table whose file is XML: a child element per column, arrays as "ndim d1 .. dn values"."""

import codecs
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from lxml import etree

from alma_qa0.asdm.folder import Asdm, check_table, local_name
from alma_qa0.asdm.limits import LARGEST_ROW, MOST_MARKS, MOST_TEXTS, MOST_VALUES
from alma_qa0.asdm.schema import Column, Table, Type
from alma_qa0.core.rows import Rows
from alma_qa0.errors import BrokenAsdm

_CHUNK = 4 << 20  # characters of text that are held before they become arrays
_BLOCK = 1 << 16
_LONGEST_LIST = 1 << 20  # characters of an array that is read value by value
_LONGEST_NUMBER = 100  # characters of a whole number, blanks included
_PER_TEXT = 50  # bytes that a text takes besides its characters
_STRING = re.compile(r'"([^"]*)"|([^\s"]+)')
_STRINGS = re.compile(r'(?:(?:"[^"]*"|[^\s"]+)(?:\s+|$))*')

_Layout = tuple[tuple[int, Column], ...]  # the place of each needed column among the children of a row
_Values = Sequence[object] | np.ndarray
_Array = tuple[tuple[int, ...], _Values]  # the shape of an array and its values, flat


def read_rows(asdm: Asdm, path: Path, table: Table, needed: frozenset[str]) -> Iterator[Rows]:
    """The rows of the file in runs of one layout; unknown columns are passed over."""
    source = asdm.source(path.name)
    layouts: dict[tuple[object, ...], _Layout] = {}
    batch = _Batch(table, source)
    try:
        for number, row in enumerate(_row_elements(asdm, path, table, source), start=1):
            children = list(row)
            tags = tuple([child.tag for child in children])
            layout = layouts.get(tags)
            if layout is None:
                layout = layouts[tags] = _layout(table, needed, tags, strict=asdm.schema_version >= 3, source=source, row=number)
            if layout is not batch.layout or batch.size > _CHUNK:
                yield from batch.rows(start_first=asdm.start_in_xml)
                batch = _Batch(table, source, layout, number)
            batch.add([_text(children[index], column) for index, column in layout])
    except etree.XMLSyntaxError as error:
        raise BrokenAsdm(f"is not well-formed: {error}", source=source, expected="XML up to the end of its last element") from error
    yield from batch.rows(start_first=asdm.start_in_xml)


def _row_elements(asdm: Asdm, path: Path, table: Table, source: str) -> Iterator[etree._Element]:
    """Each row while it is whole; the rows before it are gone from memory."""
    known = False
    with path.open("rb") as binary:
        file = _File(binary, source)
        events = etree.iterparse(
            file, events=("end",), tag=("{*}ContainerEntity", "{*}row"), resolve_entities=False, no_network=True, load_dtd=False,
            huge_tree=False, remove_comments=True, remove_pis=True, encoding=_encoding(path))
        for _, element in events:
            parent = element.getparent()
            if local_name(element.tag) == "ContainerEntity":
                check_table(asdm, table, element, source)
                known = True
            elif parent is not None and parent.getparent() is None:
                if not known:
                    break
                file.begin_row()
                yield element
                element.clear()
                while parent[0] is not element:
                    del parent[0]
    if not known:
        raise BrokenAsdm("no ContainerEntity before the rows", source=source, expected="the uid of the Execution Block")


class _File:
    """The bytes of the file as the parser asks for them: no row of them is larger, or has more elements and attributes, than any can be.

    The parser gives a row when it has all of it, and would hold all of an endless one.
    """

    def __init__(self, file: BinaryIO, source: str) -> None:
        self._file, self._source = file, source
        self._size = self._marks = 0

    def begin_row(self) -> None:
        self._size = self._marks = 0

    def read(self, size: int) -> bytes:
        if self._size > LARGEST_ROW or self._marks > MOST_MARKS:
            raise BrokenAsdm("a row is too large", source=self._source,
                             expected=f"at most {LARGEST_ROW} bytes, and {MOST_MARKS} elements and attributes")
        data = self._file.read(size)
        self._size += len(data)
        self._marks += data.count(b"<") + data.count(b"=")
        return data


def _encoding(path: Path) -> str:
    """UTF-8 where all of the file is: the observatory's files say that they are ISO-8859-1, and its software writes UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "iso-8859-1"
    return "utf-8"


def _layout(table: Table, needed: frozenset[str], tags: tuple[object, ...], *, strict: bool, source: str, row: int) -> _Layout:
    """Where the needed columns are; version 2 of the schema (not ``strict``) may lack columns that nobody asks for."""
    names = [local_name(tag) for tag in tags]
    missing = (table.required if strict else table.required & needed) - set(names)
    if missing:
        raise BrokenAsdm("a required column is missing", source=source, row=row, field=", ".join(sorted(missing)))
    layout = tuple((index, table.by_name[name]) for index, name in enumerate(names) if name in needed)
    if len({column.name for _, column in layout}) < len(layout):
        raise BrokenAsdm("a column is there twice", source=source, row=row, value=names)
    return layout


def _text(element: etree._Element, column: Column) -> str:
    if column.type is not Type.ENTITY:
        return element.text or ""
    reference = element.find("{*}EntityRef")
    return "" if reference is None else reference.get("entityId", "")


@dataclass(slots=True)
class _Batch:
    """Consecutive rows with the same columns, still text."""

    table: Table
    source: str
    layout: _Layout = ()
    first: int = 1
    texts: list[list[str]] = field(default_factory=list)
    size: int = 0

    def add(self, texts: list[str]) -> None:
        self.texts.append(texts)
        self.size += sum(map(len, texts)) + _PER_TEXT * len(texts)

    def rows(self, *, start_first: bool) -> Iterator[Rows]:
        """The rows as arrays; a run ends where an array has another shape than in the row before."""
        if not self.texts:
            return
        with warnings.catch_warnings():
            warnings.filterwarnings("error", "string or file could not be read", DeprecationWarning)  # of an older numpy
            columns = {
                column.name: self._parse(column, texts, start_first)
                for (_, column), texts in zip(self.layout, zip(*self.texts, strict=True), strict=True)}
        arrays = [name for name, values in columns.items() if isinstance(values, list)]
        shapes = list(zip(*([shape for shape, _ in columns[name]] for name in arrays), strict=True)) or [()] * len(self.texts)
        for _, run in groupby(range(len(shapes)), shapes.__getitem__):
            places = list(run)
            start, stop = places[0], places[-1] + 1
            yield Rows(self.table.name, self.source, self.first + start, {
                name: _stack(self.table.by_name[name], values[start:stop]) if isinstance(values, list) else values[start:stop]
                for name, values in columns.items()})

    def _parse(self, column: Column, texts: Sequence[str], start_first: bool) -> np.ndarray | list[_Array]:
        parse = _array_parser(column) if column.shape else _PARSERS[column.type]
        values: list[Any] = []
        known: dict[str, Any] = {}  # all antennas of a baseband have the same frequencies, and often the same words
        try:
            for text in texts:
                if text not in known:
                    known[text] = parse(text)
                values.append(known[text])
        except (ValueError, DeprecationWarning) as error:
            problem, expected = error.args if len(error.args) == 2 else ("not of its type", column.type.value)
            raise BrokenAsdm(
                problem, source=self.source, row=self.first + len(values), field=column.name, value=texts[len(values)],
                expected=expected) from error
        if column.shape:
            return values
        if column.type is Type.TIME_INTERVAL:
            return _intervals(values, start_first)
        return np.array(values, dtype=_DTYPES[column.type])


def _intervals(values: list[tuple[int, int]], start_first: bool) -> np.ndarray:
    intervals = np.array(values, dtype="i8").reshape(-1, 2)
    if not start_first:
        intervals[:, 0] -= intervals[:, 1] // 2
    return intervals


def _stack(column: Column, arrays: list[_Array]) -> np.ndarray:
    shape = (len(arrays), *arrays[0][0])
    if column.type in (Type.FLOAT, Type.DOUBLE):
        return np.concatenate([values for _, values in arrays]).reshape(shape)
    return np.array(list(chain.from_iterable(values for _, values in arrays)), dtype=_DTYPES[column.type]).reshape(shape)


def _array_parser(column: Column) -> Callable[[str], _Array]:
    """What makes the shape and the values of an array from its text."""
    rank, parse, most = len(column.shape), _values_parser(column), MOST_TEXTS if column.textual else MOST_VALUES

    def parse_array(text: str) -> _Array:
        head = text.split(None, rank + 1)
        shape = _shape(head, rank, most)
        values = parse(head[rank + 1] if len(head) > rank + 1 else "")
        if len(values) != prod(shape):
            raise ValueError("the dimensions disagree with the values", f"{prod(shape)} values, not {len(values)}")
        return shape, values

    return parse_array


def _shape(head: list[str], rank: int, most: int) -> tuple[int, ...]:
    numbers = [_integer(text) for text in head[:rank + 1]]
    if numbers[:2] == [1, 0] and len(head) == 2:
        return (0,) * rank  # how some writers put an array without values, whatever its rank
    shape = tuple(numbers[1:])
    if numbers[:1] != [rank] or len(shape) != rank or min(shape) < 0 or prod(filter(None, shape)) > most:
        raise ValueError("no dimensions of an array", f"{rank} and then {rank} lengths before the values, at most {most} of them")
    return shape


def _values_parser(column: Column) -> Callable[[str], _Values]:
    if column.type in (Type.FLOAT, Type.DOUBLE):
        return lambda text: np.fromstring(text, sep=" ") if text else ()
    if column.type is Type.TEXT:
        return _strings
    parse = _PARSERS[column.type]
    return lambda text: [parse(value) for value in _few(text).split()]


def _few(text: str) -> str:
    """The same text; ValueError where its values, be each a single sign, could be far too many for memory."""
    if len(text) > _LONGEST_LIST:
        raise ValueError("too many values", f"at most {_LONGEST_LIST} characters")
    return text


def _strings(text: str) -> list[str]:
    """The elements of an array of strings, quoted as in the observatory's files or not."""
    _few(text)
    if not _STRINGS.fullmatch(text):
        raise ValueError("quotes that do not match", 'elements such as "a b"')
    return [quoted or bare for quoted, bare in _STRING.findall(text)]


def _integer(text: str) -> int:
    value = int(text) if len(text) <= _LONGEST_NUMBER else 1 << 63
    if "_" in text or not text.isascii() or not -(1 << 63) <= value < 1 << 63:
        raise ValueError("not a whole number of 8 bytes", "digits")
    return value


def _number(text: str) -> float:
    if "_" in text or not text.isascii():
        raise ValueError("not a number", "digits")
    return float(text)


def _boolean(text: str) -> bool:
    if text.strip() not in _BOOLEANS:
        raise ValueError("not a boolean", "true or false")
    return _BOOLEANS[text.strip()]


def _pair(text: str) -> tuple[int, int]:
    numbers = [_integer(number) for number in text.split()]
    if len(numbers) != 2:
        raise ValueError("not an interval of time", "two numbers, in nanoseconds")
    return numbers[0], numbers[1]


_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_PARSERS: dict[Type, Callable[[str], object]] = {
    Type.TEXT: str.strip, Type.TAG: str.strip, Type.ENUM: str.strip, Type.ENTITY: str.strip, Type.INT: _integer, Type.TIME: _integer,
    Type.INTERVAL: _integer, Type.TIME_INTERVAL: _pair, Type.FLOAT: _number, Type.DOUBLE: _number, Type.BOOL: _boolean,
}
_DTYPES = {
    Type.TEXT: "O", Type.TAG: "O", Type.ENUM: "O", Type.ENTITY: "O", Type.INT: "i8", Type.TIME: "i8", Type.INTERVAL: "i8",
    Type.FLOAT: "f8", Type.DOUBLE: "f8", Type.BOOL: "?",
}
