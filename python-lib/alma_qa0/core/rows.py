"""A run of rows of one ASDM table, column by column: what the reader gives, the writer takes and the parser turns into records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Rows:
    """Consecutive rows that share one layout: the same columns, each with the same shape in every row.

    ``columns`` holds arrays of shape (n, *shape of one value). Text, Tag, enumeration and EntityRef (its entityId) are object
    arrays of str; ArrayTime and Interval int64 nanoseconds; ArrayTimeInterval int64 of shape (n, 2): start and duration,
    whatever the file's schema version says; bool is bool; numbers keep the width of the file (XML: int64 and float64).
    An optional column that these rows lack is not in the mapping. ``first`` is the number in the file, from 1, of the first row.
    """

    table: str
    source: str
    first: int
    columns: Mapping[str, np.ndarray]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def parts(self, kept: np.ndarray) -> Iterator["Rows"]:
        """The rows for which ``kept`` is true, in as many parts as keep each row its number in the file."""
        ends = np.flatnonzero(np.diff(kept, prepend=False, append=False)).reshape(-1, 2)
        for start, stop in ends.tolist():
            yield Rows(self.table, self.source, self.first + start, {name: values[start:stop] for name, values in self.columns.items()})
