"""Reads the rows of a table of an ASDM, in whichever encoding its file is."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from alma_qa0.asdm import binary_rows, xml_rows
from alma_qa0.asdm.folder import Asdm
from alma_qa0.asdm.limits import LONGEST_KEY, MOST_ROWS
from alma_qa0.asdm.schema import TABLES, Table
from alma_qa0.core.rows import Rows
from alma_qa0.errors import BadRequest, BrokenAsdm

_MOST_SEARCHES = 20  # times that a file is read again for rows with the key of another
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
    lengths = {length for name in wanted for length in table.by_name[name].shape} - {"_"}
    checks = _Checks(asdm, table, wanted | set(table.key) | lengths)
    try:
        for rows in _rows(asdm, table, checks.needed):
            for part in rows.parts(checks.check(rows)):
                yield Rows(part.table, part.source, part.first, {name: part.columns[name] for name in part.columns if name in wanted})
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
    """What must hold over the whole table: no key twice, arrays as long as the row says, as many rows as ASDM.xml counts.

    A row that stands there again as it is, as some writers leave it, counts once.
    """

    asdm: Asdm
    table: Table
    needed: frozenset[str]
    count: int = 0
    keys: dict[tuple[object, ...], int] = field(default_factory=dict)
    n_searches: int = 0

    def check(self, rows: Rows) -> np.ndarray:
        """Which of the rows count."""
        kept = self._check_keys(rows)
        found = {
            (length, values.shape[axis]): name for name, values in rows.columns.items()
            for axis, length in enumerate(self.table.by_name[name].shape, start=1) if length in rows.columns}
        for (length, size), name in found.items():
            self._check_length(rows, name, size, length)
        self.count += len(rows)
        if self.count > self.asdm.table_rows.get(self.table.name, 0):
            self.check_end()
        return kept

    def _check_keys(self, rows: Rows) -> np.ndarray:
        self._check_texts(rows)
        columns = [rows.columns[name] for name in self.table.key]
        keys = list(zip(*(values.tolist() if values.ndim == 1 else map(tuple, values.tolist()) for values in columns), strict=True))
        kept, twins = np.ones(len(keys), dtype=bool), {}
        for index, key in enumerate(keys):
            earlier = self.keys.setdefault(key, rows.first + index)
            if earlier != rows.first + index:
                twins[index], kept[index] = earlier, False
        if twins:
            self._check_twins(rows, keys, twins)
        return kept

    def _check_twins(self, rows: Rows, keys: list[tuple[object, ...]], twins: dict[int, int]) -> None:
        """Refuses a row with the key of an earlier one, by the number of that in the file, unless it says the same."""
        self.n_searches += 1
        earlier = self._find(set(twins.values())) if self.n_searches <= _MOST_SEARCHES else {}
        for index, number in twins.items():
            if not _are_equal(_row(rows, index), earlier.get(number)):
                raise BrokenAsdm(
                    "a key is there twice", source=rows.source, row=rows.first + index, field=", ".join(self.table.key), value=keys[index],
                    expected=f"another key than that of row {number}, or the same row")

    def _find(self, numbers: set[int]) -> dict[int, dict[str, np.ndarray]]:
        """Some rows by their numbers in the file, which is read again for them: they are rare."""
        return {number: _row(rows, number - rows.first) for rows in _rows(self.asdm, self.table, self.needed)
                for number in numbers.intersection(range(rows.first, rows.first + len(rows)))}

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


def _row(rows: Rows, index: int) -> dict[str, np.ndarray]:
    return {name: values[index:index + 1].copy() for name, values in rows.columns.items()}


def _are_equal(row: dict[str, np.ndarray], other: dict[str, np.ndarray] | None) -> bool:
    return other is not None and row.keys() == other.keys() and all(
        np.array_equal(values, other[name], equal_nan=values.dtype.kind == "f") for name, values in row.items())
