"""PostgreSQL as DSS reaches it, through SQLExecutor2: the same small value to the store as hosts/postgres.py."""

import json
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import dataiku
import numpy as np
import pandas as pd

from alma_qa0.errors import DatabaseRefused, DatabaseUnavailable
from alma_qa0.settings import JOB, Patience

# DSS sends rows as TSV, in which NULL and "" look the same, and pandas reads "NA" as missing and "0123" as a number. So the
# database answers with one JSON text per row. Being inside a sub-select, a leading WITH is never rewritten by DSS either.
_ROWS_BEGIN, _ROWS_END = "select row_to_json(query)::text as answer from (\n", "\n) as query"
_TYPES_BEGIN, _TYPES_END = "select * from (\n", "\n) as query limit 0"

_IN_UTC = "set local timezone = 'UTC'"  # JDBC gives a session the zone of the DSS server

_INTEGERS = {"tinyint", "smallint", "int", "bigint"}  # types of DSS
_FLOATS = {"float", "double"}
_TIMES = {"date", "dateonly", "datetimenotz"}
_NOT_FINITE = {"NaN", "Infinity", "-Infinity"}  # as PostgreSQL writes them in JSON
_BYTES = re.compile(r"\\x[0-9a-f]*")

_LITERAL = re.compile(
    r"""(?P<kept>--[^\n]*|/\*.*?\*/|"(?:[^"]|"")*")
      | (?<![\w])[eE]'(?:[^'\\]|''|\\.)*'
      | '(?:[^']|'')*'
      | (?<!\w)\d+(?:\.\d+)?""",
    re.VERBOSE | re.DOTALL,
)
_AWAY = ("connection refused", "could not connect", "connection attempt failed", "connection has been closed", "i/o error",
         "terminating connection", "the database system is", "too many clients", "remaining connection slots")

_MOST_KNOWN = 256
_known_types: dict[str, dict[str, str]] = {}  # the columns of the statements seen, by their text without literals; bounded


@dataclass(frozen=True, slots=True)
class DssDatabase:
    """The PostgreSQL in which a dataset lives, reached as DSS reaches it.

    By dataset, since the name of a connection differs between the design node and the automation node. What takes longer than
    ``patience`` is DatabaseUnavailable; how long DSS waits for a network is a property of its connection.
    """

    dataset: str
    patience: Patience = JOB

    def run(self, sql: str) -> pd.DataFrame:
        """The rows of one query.

        Integers are int64 (Int64 where a value is null), floats float64, times UTC, arrays lists, bytea bytes, text object with None.
        """
        statement = _statement(sql)
        types = self._types(statement)
        answers = self._query(_ROWS_BEGIN + statement + _ROWS_END, before=self._settings(reads_only=True))["answer"]
        rows = json.loads("[" + ",".join(answers) + "]")
        return pd.DataFrame({name: _column([row[name] for row in rows], kind) for name, kind in types.items()})

    def execute(self, statements: Sequence[str]) -> None:
        """All statements in one transaction: DSS rolls back what it was not told to commit."""
        self._query("select 1 as done", before=[*self._settings(), *map(_statement, statements)], after=["COMMIT"])

    def _types(self, statement: str) -> dict[str, str]:
        """The DSS type of each column, asked for once per kind of statement: what its literals say does not change it."""
        kind = self.dataset + "\n" + _LITERAL.sub(lambda found: found["kept"] or "?", statement)
        types = _known_types.get(kind)  # one step, since several threads ask
        if types is None:
            with self._errors_in_our_words():
                reader = dataiku.SQLExecutor2(dataset=self.dataset).query_to_iter(
                    _TYPES_BEGIN + statement + _TYPES_END, pre_queries=self._settings(reads_only=True))
                types = {column["name"]: column["type"] for column in reader.get_schema()}
                list(reader.iter_tuples())  # an error may show only at the end
            if len(_known_types) >= _MOST_KNOWN:
                _known_types.clear()
            _known_types[kind] = types
        return types

    def _settings(self, *, reads_only: bool = False) -> list[str]:
        """What holds for one call: DSS gives each a transaction, and keeps its connections for others."""
        return [*(["set transaction read only"] if reads_only else []), _IN_UTC,
                f"set local statement_timeout = '{self.patience.statement_s}s'", f"set local lock_timeout = '{self.patience.lock_s}s'"]

    def _query(self, sql: str, *, before: Sequence[str], after: Sequence[str] = ()) -> pd.DataFrame:
        with self._errors_in_our_words():
            executor = dataiku.SQLExecutor2(dataset=self.dataset)
            frame: pd.DataFrame = executor.query_to_df(sql, pre_queries=list(before), post_queries=list(after))
            return frame

    @contextmanager
    def _errors_in_our_words(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:  # DSS itself does not answer
            raise DatabaseUnavailable(f"the database of {self.dataset} does not answer: {problem}") from problem
        except Exception as problem:  # DSS gives what the database says as a bare Exception
            if told := self.patience.told(str(problem)):
                raise DatabaseUnavailable(f"the database of {self.dataset}: {told}") from problem
            away = any(words in str(problem).lower() for words in _AWAY)
            raise (DatabaseUnavailable if away else DatabaseRefused)(f"the database of {self.dataset}: {problem}") from problem


def _statement(sql: str) -> str:
    if "$" in sql:  # render leaves none in a value, and the files of sql/ have none
        raise DatabaseRefused(f"DSS would replace what follows $, as a variable of its own; expected a statement without: {sql}")
    return sql.strip().removesuffix(";")


def _column(values: list[Any], kind: str) -> "pd.Series[Any]":
    """One column out of JSON, in which times, bytea and NaN are texts."""
    if kind in _INTEGERS:
        return pd.Series(values, dtype="Int64" if None in values else "int64")
    if kind in _FLOATS:
        return pd.Series([math.nan if value is None else float(value) for value in values], dtype="float64")
    if kind == "boolean":
        return pd.Series(values, dtype="boolean" if None in values else "bool")
    if kind in _TIMES and not _are_days(values, kind):
        return pd.to_datetime(pd.Series(values, dtype=object), utc=True, format="ISO8601").astype("datetime64[us, UTC]")
    if any(isinstance(value, list) for value in values):
        values = _with_floats(values)
    column = np.empty(len(values), dtype=object)
    for row, value in enumerate(values):
        column[row] = _value(value, kind)
    return pd.Series(column)


def _with_floats(arrays: list[Any]) -> list[Any]:
    """The same arrays, where "NaN" and its like are floats if no element of any is another text."""
    texts = {element for array in arrays for element in array or () if isinstance(element, str)}
    if not texts or not texts <= _NOT_FINITE:
        return arrays
    return [None if array is None else [float(element) if isinstance(element, str) else element for element in array] for array in arrays]


def _are_days(values: list[Any], kind: str) -> bool:
    """Older versions of DSS call days and times alike, date."""
    return kind == "dateonly" or any(value is not None and len(value) == len("2026-07-17") for value in values)


def _value(value: object, kind: str) -> object:
    if not isinstance(value, str):
        return value
    if kind in _TIMES:
        return date.fromisoformat(value)
    return bytes.fromhex(value[2:]) if value.startswith("\\x") and _BYTES.fullmatch(value) else value
