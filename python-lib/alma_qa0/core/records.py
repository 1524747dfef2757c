"""From the rows of an ASDM table to records: the columns of a relation, in the units and words of core/fields.py.

A column is an array whose first axis counts the rows: object arrays of str for text, datetime64[us] for times, int32, bool and
float64 for the rest; arrays (``text[]``, ``integer[]``, ``double precision[]``, ``real[]``) have a second axis. Null is

- None in place of the whole column, where the ASDM does not have it;
- NaN in numbers with a fraction, be they a value or an element of an array: NaN itself never reaches the database;
- the mask of a masked array of integers;
- None in an object array, be it a text or, where only some rows have an array, the array of a row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from alma_qa0.core.bands import parse_band
from alma_qa0.core.blocks import FREQUENCIES, HIGHEST, HIGHEST_WATER, LOWEST, InvalidKind, Polarisation, invalid_kinds, to_datetime64
from alma_qa0.core.fields import CAL_ATMOSPHERE, INVALID_VALUE_RAW, LONGEST_TEXT, Field, Kind, Relation
from alma_qa0.core.rows import Rows
from alma_qa0.errors import BadRequest, BrokenAsdm

Columns = Mapping[str, np.ndarray | None]

_HIGHEST_PRESSURE_HPA = 2000  # the ASDM documents hPa, ALMA and the VLA write Pa: no pressure on Earth is both
_TEMPERATURE_SCALE = "TEMPERATURE_SCALE"
_POLARISATIONS = tuple(polarisation.value for polarisation in Polarisation)
_LAST = np.iinfo(np.int64).max
_INTEGERS = np.iinfo(np.int32)


def source_columns(relation: Relation) -> tuple[str, frozenset[str]]:
    """The table of the ASDM that ``relation`` comes from, and the columns of it that its parsing needs."""
    fields = [field for field in relation.fields if field.source and field.name != "uid"]
    columns = {_column_name(field).partition(".")[0] for field in fields}
    if relation is CAL_ATMOSPHERE:
        columns |= {"syscalType", *_DIMENSIONS, *(length for lengths in _DIMENSIONS.values() for length in lengths)}
    return relation.asdm_table, frozenset(columns)


def one_record(relation: Relation, values: Mapping[str, object]) -> Columns:
    """The columns of a single record: a plain value, or None, for each field. Times are UTC without saying so."""
    return {field.name: None if values[field.name] is None else np.array([values[field.name]], dtype=_DTYPES[field.kind])
            for field in relation.fields}


def parse_records(relation: Relation, rows: Rows, uid: str) -> Columns:
    """The columns of ``relation`` in ``rows``, by the source of each field.

    Times become datetime64[us], receiver bands numbers, pressures Pa. Raises BrokenAsdm with the place of a value that the
    column cannot hold, and where a column of the key is missing.
    """
    run = _Run(rows, rows.first + np.arange(len(rows)))
    return {field.name: _parse_field(relation, field, run, uid) for field in relation.fields}


def parse_cal_atmosphere(rows: Rows, uid: str) -> tuple[Columns, Columns]:
    """The columns of CAL_ATMOSPHERE, and those of INVALID_VALUE_RAW, in ``rows``.

    X and Y are told apart by polarizationTypes; what a row does not have is null. Invalid values (core.blocks.invalid_kinds;
    spectra are judged as the float32 that is stored) become null, and each row x polarisation x quantity x kind of them one row of
    the second. A channel without a frequency counts for every polarisation of its row. Rows of another syscalType than
    TEMPERATURE_SCALE are passed over: the first has so many fewer records than ``rows``.
    Raises BrokenAsdm where dimensions disagree with numReceptor and numFreq or a polarisation is neither X nor Y.
    """
    run = _temperature_scale(rows)
    _check_dimensions(run)
    _check_polarisations(run)
    receptors = {polarisation: _receptor(run, polarisation) for polarisation in _POLARISATIONS}
    columns: dict[str, np.ndarray | None] = {}
    invalid: list[_Invalid] = []
    for field in CAL_ATMOSPHERE.fields:
        if field.name.endswith(("_x", "_y")):
            columns[field.name] = _parse_polarisation(field, run, receptors[field.name[-1].upper()], invalid)
        else:
            columns[field.name] = _parse_field(CAL_ATMOSPHERE, field, run, uid)
    columns["frequency_hz"] = _parse_frequency(run, receptors, invalid)
    return columns, _invalid_value_columns(columns, invalid)


def record_rows(rows: Rows) -> np.ndarray:
    """The number in its file of the row behind each record that ``rows`` give."""
    return _temperature_scale(rows).numbers


@dataclass(frozen=True, slots=True)
class _Run:
    """Rows and the number that each has in its file."""

    rows: Rows
    numbers: np.ndarray

    def column(self, name: str) -> np.ndarray:
        if name not in self.rows.columns:
            raise BrokenAsdm("a required column is missing", source=self.rows.source, row=self.rows.first, field=name)
        return self.rows.columns[name]

    def broken(self, problem: str, wrong: np.ndarray, column: str, values: np.ndarray, expected: str) -> BrokenAsdm:
        """The error that names the first row for which ``wrong`` is true."""
        index = int(wrong.reshape(len(wrong), -1).any(axis=1).argmax())
        value = values[index]
        return BrokenAsdm(problem, source=self.rows.source, row=int(self.numbers[index]), field=column,
                          value=value.tolist() if isinstance(value, np.ndarray | np.generic) else value, expected=expected)


@dataclass(frozen=True, slots=True)
class _Invalid:
    """Invalid values of one polarisation, quantity and kind: the rows that have them, and how many each."""

    polarisation: str
    quantity: str
    kind: InvalidKind
    rows: np.ndarray
    counts: np.ndarray


# --- one field of one table --------------------------------------------------------------------------------------------------

def _parse_field(relation: Relation, field: Field, run: _Run, uid: str) -> np.ndarray | None:
    if field.name == "uid":
        return np.full(len(run.numbers), uid, dtype=object)
    column, values = _source_values(field, run)
    if values is None:
        if field.name in relation.key:
            run.column(column)
        return None
    if values.ndim != (2 if field.kind in _ARRAYS else 1):
        raise run.broken("the number of dimensions is wrong", np.ones(len(values), bool), column, values, f"that of {field.kind.value}")
    if field.name == "receiver_band":
        return _parse_bands(values, run, column, required=field.name in relation.key)
    return _CONVERT[field.kind](field, values, run, column)


def _source_values(field: Field, run: _Run) -> tuple[str, np.ndarray | None]:
    """The name of the ASDM's column and its values; of a time interval, its start or its end."""
    column, _, part = _column_name(field).partition(".")
    values = run.rows.columns.get(column)
    if values is None or not part:
        return column, values
    start, duration = values[:, 0], values[:, 1]
    if part == "start":
        return column, start
    with np.errstate(over="ignore"):  # an interval of "all time" may end after the last int64
        return column, np.where(start > _LAST - np.maximum(duration, 0), _LAST, start + duration)


def _column_name(field: Field) -> str:
    """The column of the ASDM's table that ``field`` comes from: ``startTime``, ``timeInterval.start``."""
    return (field.source or "").partition(".")[2]


def _parse_bands(values: np.ndarray, run: _Run, column: str, *, required: bool) -> np.ndarray:
    """Numbers of receiver bands; where they are not part of the key, a word that names none (ALMA_RB_ALL) is null."""
    numbers = {text: _band_or_zero(text) for text in set(values.tolist())}
    bands = np.array([numbers[text] for text in values.tolist()], dtype=np.int32)
    if required and (bands == 0).any():
        raise run.broken("not a receiver band", bands == 0, column, values, "ALMA_RB_01 to ALMA_RB_10")
    return np.ma.masked_equal(bands, 0) if (bands == 0).any() else bands


def _band_or_zero(text: str) -> int:
    try:
        return parse_band(text)
    except BadRequest:
        return 0


def _text(field: Field, values: np.ndarray, run: _Run, column: str) -> np.ndarray:
    longest = field.longest or LONGEST_TEXT
    if any(len(text) > longest for text in set(values.ravel().tolist())):
        long = np.array([len(text) > longest for text in values.ravel().tolist()]).reshape(values.shape)
        raise run.broken("a text that is too long", long, column, values, f"at most {longest} characters")
    if any("\0" in text for text in set(values.ravel().tolist())):
        nul = np.array(["\0" in text for text in values.ravel().tolist()]).reshape(values.shape)
        raise run.broken("a text with a NUL character", nul, column, values, "text")
    return values


def _integer(field: Field, values: np.ndarray, run: _Run, column: str) -> np.ndarray:
    outside = (values < _INTEGERS.min) | (values > _INTEGERS.max)
    if outside.any():
        raise run.broken("an integer that is too large", outside, column, values, f"{_INTEGERS.min} to {_INTEGERS.max}")
    return values.astype(np.int32)


def _number(field: Field, values: np.ndarray, run: _Run, column: str) -> np.ndarray:
    numbers = values.astype(np.float64)
    if field.unit == "Pa":
        numbers[(numbers > 0) & (numbers < _HIGHEST_PRESSURE_HPA)] *= 100
    if field.source == "CalWVR.water":
        return _without_invalid(numbers, water=True)[0]
    return _within(field, numbers, run, column)


def _time(field: Field, values: np.ndarray, run: _Run, column: str) -> np.ndarray:
    return _within(field, to_datetime64(values), run, column)


def _within(field: Field, values: np.ndarray, run: _Run, column: str) -> np.ndarray:
    """``values`` with null for each beyond what the field can be, or that is not finite; BrokenAsdm where it is needed."""
    if field.valid is None:
        return values
    times = values.dtype.kind == "M"
    lowest, highest = (np.array(end, dtype=values.dtype) for end in (field.valid.lowest, field.valid.highest))
    good = (values >= lowest) & ((values < highest) if times else (values <= highest))
    if field.valid.needed and not good.all():
        raise run.broken("a number without a physical meaning", ~good, column, values, f"{field.valid.lowest} to {field.valid.highest}")
    return np.where(good, values, np.datetime64("NaT") if times else np.nan)


def _boolean(field: Field, values: np.ndarray, run: _Run, column: str) -> np.ndarray:
    return values.astype(bool)


_DTYPES = {
    Kind.TEXT: np.dtype(object), Kind.INTEGER: np.dtype(np.int32), Kind.BOOLEAN: np.dtype(bool), Kind.TIME: np.dtype("datetime64[us]"),
}
_ARRAYS = (Kind.TEXTS, Kind.INTEGERS, Kind.DOUBLES)
_CONVERT: Mapping[Kind, Callable[[Field, np.ndarray, _Run, str], np.ndarray]] = {
    Kind.TEXT: _text, Kind.TEXTS: _text, Kind.INTEGER: _integer, Kind.INTEGERS: _integer, Kind.DOUBLE: _number, Kind.DOUBLES: _number,
    Kind.TIME: _time, Kind.BOOLEAN: _boolean,
}


# --- CalAtmosphere -----------------------------------------------------------------------------------------------------------

def _dimensions() -> dict[str, tuple[str, ...]]:
    """The columns of CalAtmosphere that are read as arrays, and the columns that say how long they are."""
    dimensions: dict[str, tuple[str, ...]] = {"polarizationTypes": ("numReceptor",), "frequencySpectrum": ("numFreq",)}
    for field in CAL_ATMOSPHERE.fields:
        if field.name.endswith("_x"):
            per_channel = ("numFreq",) if field.kind is Kind.SPECTRUM else ()
            dimensions[_column_name(field)] = ("numReceptor", *per_channel)
    return dimensions


_DIMENSIONS = _dimensions()


def _temperature_scale(rows: Rows) -> _Run:
    numbers = rows.first + np.arange(len(rows))
    if "syscalType" not in rows.columns:
        return _Run(rows, numbers)
    kept = rows.columns["syscalType"] == _TEMPERATURE_SCALE
    if kept.all():
        return _Run(rows, numbers)
    return _Run(replace(rows, columns={name: values[kept] for name, values in rows.columns.items()}), numbers[kept])


def _check_dimensions(run: _Run) -> None:
    for column, lengths in _DIMENSIONS.items():
        shape = run.column(column).shape[1:]
        expected = np.stack([run.column(length) for length in lengths], axis=1)
        wrong = (expected != shape).any(axis=1) if len(shape) == len(lengths) else np.ones(len(expected), dtype=bool)
        if wrong.any():
            first = wrong.argmax()
            raise BrokenAsdm("the dimensions disagree", source=run.rows.source, row=int(run.numbers[first]), field=column, value=shape,
                             expected=f"{tuple(expected[first].tolist())} by {' and '.join(lengths)}")


def _check_polarisations(run: _Run) -> None:
    types = run.column("polarizationTypes")
    seen = sum((types == polarisation for polarisation in _POLARISATIONS), np.zeros(types.shape, dtype=int))
    repeated = np.any([(types == polarisation).sum(axis=1) > 1 for polarisation in _POLARISATIONS], axis=0)
    wrong = (seen == 0).any(axis=1) | repeated | (types.shape[1] == 0)
    if wrong.any():
        raise run.broken("the polarisations cannot be told apart", wrong, "polarizationTypes", types, "X, Y or both")


def _receptor(run: _Run, polarisation: str) -> np.ndarray | None:
    """Which receptor of each row has ``polarisation``, -1 where none has; None where no row has one."""
    same = run.column("polarizationTypes") == polarisation
    return np.where(same.any(axis=1), same.argmax(axis=1), -1) if same.any() else None


def _parse_polarisation(field: Field, run: _Run, receptor: np.ndarray | None, invalid: list[_Invalid]) -> np.ndarray | None:
    if receptor is None:
        return None
    quantity, polarisation = field.name[:-2], field.name[-1].upper()
    values = run.column(_column_name(field))
    with np.errstate(over="ignore"):  # too large for float32 is infinite, hence invalid
        selected = _select(values, receptor).astype(np.float32 if field.kind is Kind.SPECTRUM else np.float64, order="C")
    clean, found = _without_invalid(selected, water=quantity == "water")
    absent = receptor < 0
    for kind, counts in found.items():
        counts[absent] = 0
        _note(invalid, polarisation, quantity, kind, counts)
    return _without_rows(clean, absent) if absent.any() else clean


def _select(values: np.ndarray, receptor: np.ndarray) -> np.ndarray:
    """What each row has for its receptor; of a row without one, its last."""
    first = int(receptor[0])
    selected: np.ndarray = values[:, first] if (receptor == first).all() else values[np.arange(len(values)), receptor]
    return selected


def _without_rows(values: np.ndarray, absent: np.ndarray) -> np.ndarray:
    if values.ndim == 1:
        return np.where(absent, np.nan, values)
    rows = np.empty(len(values), dtype=object)
    for index in np.flatnonzero(~absent):
        rows[index] = values[index]
    return rows


def _without_invalid(
    values: np.ndarray, *, water: bool = False, valid: tuple[float, float] = (LOWEST, HIGHEST),
) -> tuple[np.ndarray, dict[InvalidKind, np.ndarray]]:
    """``values`` with NaN where invalid, and how many of each row are of each kind. Writes into ``values``."""
    table = values if values.ndim == 2 else values[:, np.newaxis]
    lowest, highest = (LOWEST, HIGHEST_WATER) if water else valid
    with np.errstate(invalid="ignore"):
        smallest, largest = table.min(axis=1, initial=np.inf), table.max(axis=1, initial=-np.inf)
        good = (smallest > 0) & (smallest >= lowest) & (largest <= highest)
    suspects = np.arange(len(table)) if water else np.flatnonzero(~good)
    if not len(suspects):
        return values, {}
    masks = invalid_kinds(table[suspects], water=water, valid=(lowest, highest))
    table[suspects] = np.where(np.any(list(masks.values()), axis=0), np.nan, table[suspects])
    counts = {kind: np.zeros(len(table), dtype=np.int32) for kind in masks}
    for kind, mask in masks.items():
        counts[kind][suspects] = mask.sum(axis=1)
    return values, counts


def _parse_frequency(run: _Run, receptors: Mapping[str, np.ndarray | None], invalid: list[_Invalid]) -> np.ndarray:
    frequency, found = _without_invalid(run.column("frequencySpectrum").astype(np.float64), valid=FREQUENCIES)
    for polarisation, receptor in receptors.items():
        if receptor is None:
            continue
        for kind, counts in found.items():
            _note(invalid, polarisation, "frequency_hz", kind, np.where(receptor < 0, 0, counts))
    return frequency


def _note(invalid: list[_Invalid], polarisation: str, quantity: str, kind: InvalidKind, counts: np.ndarray) -> None:
    rows = np.flatnonzero(counts)
    if len(rows):
        invalid.append(_Invalid(polarisation, quantity, kind, rows, counts[rows].astype(np.int32)))


def _invalid_value_columns(columns: Columns, invalid: list[_Invalid]) -> Columns:
    rows = np.concatenate([np.zeros(0, dtype=int), *(found.rows for found in invalid)])
    lengths = [len(found.rows) for found in invalid]
    described = {
        "polarisation": [found.polarisation for found in invalid],
        "quantity": [found.quantity for found in invalid],
        "kind": [found.kind.value for found in invalid],
    }
    own = {name: np.repeat(np.array(words, dtype=object), lengths) for name, words in described.items()}
    own["n_values"] = np.concatenate([np.zeros(0, dtype=np.int32), *(found.counts for found in invalid)])
    copied = {name: values[rows] for name, values in columns.items() if values is not None and name in INVALID_VALUE_RAW.key}
    return copied | own
