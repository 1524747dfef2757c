"""SQL from the files below sql/, quoted by construction: the only place where a value becomes part of a statement.

Every ``{{ hole }}`` of a template is a quoted literal, or a quoted identifier if it is an Ident. DSS takes a query as text and
expands ``$VAR`` and ``${var}`` in it wherever they stand, so that no ``$`` of a value is left as it is.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined, Undefined

from alma_qa0.core.fields import Kind
from alma_qa0.errors import BadRequest

PACKAGE = Path(__file__).parents[1]  # the folder of alma_qa0
_LONGEST_NAME = 63  # bytes; PostgreSQL would cut a longer one without a word


@dataclass(frozen=True, slots=True, init=False)
class Ident:
    """The name of a table or a column, part by part: ``Ident("mart", "spectrum")``."""

    parts: tuple[str, ...]

    def __init__(self, *parts: str) -> None:
        for part in parts:
            if not part or len(_encodable(part).encode()) > _LONGEST_NAME:
                raise BadRequest(f"{part!r} cannot name a table or column; expected 1 to {_LONGEST_NAME} bytes")
        object.__setattr__(self, "parts", parts)


class Sql(str):
    """A statement, or a part of one, that has been rendered already: put into a hole it stays as it is. Made here only."""

    __slots__ = ()


def render(template: str, **holes: object) -> Sql:
    """The SQL of ``sql/<template>.sql`` with its holes filled. A hole that nothing fills is jinja2's UndefinedError."""
    return Sql(_environment().get_template(f"{template}.sql").render(holes))


def source_of(template: str, package: Path = PACKAGE) -> str:
    """The text of ``sql/<template>.sql`` before its holes are filled. ``package`` is the folder of alma_qa0."""
    return (package / "store" / "sql" / f"{template}.sql").read_text(encoding="utf-8")


def quoted(value: object) -> Sql:
    """One value as SQL: a literal, an identifier, or several of one kind with commas between (literals in parentheses, for ``in``).

    None, bool, int, float, str, date, datetime with a time zone, their numpy and pandas kin, Ident, Kind, and a sequence of these;
    BadRequest for text that PostgreSQL cannot hold, TypeError for anything else.
    """
    if isinstance(value, Undefined):
        str(value)  # raises, with the name of the hole
    if isinstance(value, Sql):
        return value
    if isinstance(value, Ident):
        return Sql(".".join(map(_identifier, value.parts)))
    if isinstance(value, Kind):
        return Sql(value.value)
    if isinstance(value, list | tuple):
        return _several(value)
    return Sql(_literal(value))


def _several(values: Sequence[object]) -> Sql:
    if values and all(isinstance(value, Ident) for value in values):
        return Sql(", ".join(map(quoted, values)))
    return Sql(f"({', '.join(map(quoted, values)) or 'null'})")  # x in (null) is true for no x


def _literal(value: object) -> str:
    if value is None or value is pd.NaT or value is pd.NA:
        return "null"
    for kinds, literal in _LITERALS:
        if isinstance(value, kinds):
            return literal(value)
    raise TypeError(f"{type(value).__name__} has no literal in SQL")


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _integer(value: int) -> str:
    return f"({int(value)})" if value < 0 else str(int(value))  # a bare minus after another would begin a comment


def _float(value: float) -> str:
    words = repr(float(value)) if math.isfinite(value) else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    return f"'{words}'::double precision"


def _time(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError(f"{value!r} has no time zone")
    return f"'{value.isoformat()}'::timestamp with time zone"


def _date(value: date) -> str:
    return f"'{value.isoformat()}'::date"


def _text(value: str) -> str:
    text = str(_encodable(value)).replace("'", "''")
    if "\\" not in text and "$" not in text:
        return f"'{text}'"
    # E'' means the same whatever standard_conforming_strings says.
    return "E'" + text.replace("\\", "\\\\").replace("$", "\\x24") + "'"


def _identifier(name: str) -> str:
    text = name.replace('"', '""')
    if "$" not in text:
        return f'"{text}"'
    return 'U&"' + text.replace("\\", "\\\\").replace("$", "\\0024") + '"'


def _encodable(text: str) -> str:
    """The text itself; BadRequest if PostgreSQL cannot hold it."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise BadRequest(f"{text[:80]!r} holds a character that PostgreSQL cannot: NUL or half a surrogate pair")
    return text


# bool before int, datetime before date: each is the other's subclass.
_LITERALS: tuple[tuple[tuple[type, ...], Callable[[Any], str]], ...] = (
    ((bool, np.bool_), _boolean), ((int, np.integer), _integer), ((float, np.floating), _float),
    ((str,), _text), ((datetime,), _time), ((date,), _date),
)


@cache
def _environment() -> Environment:
    environment = Environment(loader=PackageLoader("alma_qa0.store", "sql"), undefined=StrictUndefined,  # noqa: S701 - SQL, no HTML
                              finalize=quoted, trim_blocks=True, lstrip_blocks=True, auto_reload=False)
    environment.globals = {"ident": Ident}
    return environment
