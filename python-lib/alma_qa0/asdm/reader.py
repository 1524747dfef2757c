"""Reads the rows of a table of an ASDM, in whichever encoding its file is."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from alma_qa0.asdm import binary_rows, xml_rows
from alma_qa0.asdm.folder import Asdm
from alma_qa0.asdm.limits import LONGEST_KEY, MOST_ROWS
from alma_qa0.asdm.schema import TABLES, Table
from alma_qa0.core.rows import Rows
from alma_qa0.errors import BadRequest, BrokenAsdm

_HEAD = 1 << 16  # where a table that has its rows in a .bin says so


def read_table(asdm: Asdm, name: str, columns: Collection[str] | None = None) -> Iterator[Rows]:
    """The rows of the table in the order of the file, in runs of some megabytes that share a layout.

    ``columns`` limits what is converted and given; None stands for all columns of the schema. A table that the EB does not have
    gives nothing. Raises BrokenAsdm at the first thing that is wrong, be it after rows were given.
    """
    table = TABLES.get(name)
    if table is None or not set(columns or ()) <= set(table.by_name):
        raise BadRequest(f"{name} {sorted(columns or ())} cannot be read; expected tables and columns of the schema")
    wanted = frozenset(table.by_name if columns is None else columns)
    return _checked(asdm, table, wanted)


def _checked(asdm: Asdm, table: Table, wanted: frozenset[str]) -> Iterator[Rows]:
    checks = _Checks(asdm, table)
    lengths = {length for name in wanted for length in table.by_name[name].shape} - {"_"}
    try:
        for rows in _rows(asdm, table, wanted | set(table.key) | lengths):
            checks.check(rows)
            yield Rows(rows.table, rows.source, rows.first, {name: rows.columns[name] for name in rows.columns if name in wanted})
    except OSError as error:
        raise BrokenAsdm(f"cannot be read: {error}", source=asdm.source(table.name)) from error
    checks.check_end()


def _rows(asdm: Asdm, table: Table, needed: frozenset[str]) -> Iterator[Rows]:
    count = asdm.table_rows.get(table.name, 0)
    if count > MOST_ROWS:
        raise BrokenAsdm("too many rows", source=asdm.source("ASDM.xml"), field=f"NumberRows of {table.name}", value=count,
                         expected=f"at most {MOST_ROWS}")
    path = asdm.file(f"{table.name}.xml")
    if path is not None and not _has_binary_rows(path):
        return xml_rows.read_rows(asdm, path, table, needed)
    path = asdm.file(f"{table.name}.bin") or path
    if path is None:
        return iter(())
    if path.suffix != ".bin":
        raise BrokenAsdm("no such file", source=asdm.source(f"{table.name}.bin"), expected=f"the rows that {path.name} refers to")
    return binary_rows.read_rows(asdm, path, table, needed)


def _has_binary_rows(path: Path) -> bool:
    with path.open("rb") as file:
        return b"<BulkStoreRef" in file.read(_HEAD)


@dataclass(slots=True)
class _Checks:
    """What must hold over the whole table: no key twice, arrays as long as the row says, as many rows as ASDM.xml counts."""

    asdm: Asdm
    table: Table
    count: int = 0
    keys: set[tuple[object, ...]] = field(default_factory=set)

    def check(self, rows: Rows) -> None:
        self._check_keys(rows)
        found = {
            (length, values.shape[axis]): name for name, values in rows.columns.items()
            for axis, length in enumerate(self.table.by_name[name].shape, start=1) if length in rows.columns}
        for (length, size), name in found.items():
            self._check_length(rows, name, size, length)
        self.count += len(rows)
        if self.count > self.asdm.table_rows.get(self.table.name, 0):
            self.check_end()

    def _check_keys(self, rows: Rows) -> None:
        columns = [rows.columns[name] for name in self.table.key]
        keys = list(zip(*(values.tolist() if values.ndim == 1 else map(tuple, values.tolist()) for values in columns), strict=True))
        new = set(keys)
        self._check_texts(rows)
        if len(new) == len(keys) and self.keys.isdisjoint(new):
            self.keys |= new
            return
        for number, key in enumerate(keys, start=rows.first):
            if key in self.keys:
                raise BrokenAsdm(
                    "a key is there twice", source=rows.source, row=number, field=", ".join(self.table.key), value=key,
                    expected="another key in every row")
            self.keys.add(key)

    def _check_texts(self, rows: Rows) -> None:
        for name in self.table.key:
            texts = rows.columns[name].tolist() if self.table.by_name[name].textual else []
            longest = max(map(len, texts), default=0)
            if longest > LONGEST_KEY:
                raise BrokenAsdm("a key is too long", source=rows.source, row=rows.first + list(map(len, texts)).index(longest), field=name,
                                 value=f"{longest} characters", expected=f"at most {LONGEST_KEY}")

    def _check_length(self, rows: Rows, name: str, found: int, length: str) -> None:
        wrong = rows.columns[length] != found
        if wrong.any():
            index = int(wrong.argmax())
            raise BrokenAsdm(
                "the dimensions disagree with the row", source=rows.source, row=rows.first + index, field=name, value=found,
                expected=f"{length} = {rows.columns[length][index]}")

    def check_end(self) -> None:
        expected = self.asdm.table_rows.get(self.table.name, 0)
        if self.count != expected:
            raise BrokenAsdm(
                "too few rows" if self.count < expected else "too many rows", source=self.asdm.source(self.table.name),
                value=self.count, expected=f"{expected}, as ASDM.xml says")
