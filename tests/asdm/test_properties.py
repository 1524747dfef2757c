"""Whatever the rows are, they are read as they were written; whatever the bytes are, they are read or refused, and nothing else."""

import contextlib
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from alma_qa0.asdm.folder import open_asdm
from alma_qa0.asdm.reader import read_table
from alma_qa0.asdm.schema import TABLES, Column, Type
from alma_qa0.asdm.writer import write_asdm, write_table
from alma_qa0.asdm.xml_rows import _array_parser
from alma_qa0.core.rows import Rows
from alma_qa0.errors import BrokenAsdm
from asdm.samples import UID, make_rows, make_tables

CASES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters='"'), min_size=1, max_size=12)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters='"\ufffe\uffff'), max_size=12)
WHOLE = {Type.INT: 31, Type.TIME: 61, Type.INTERVAL: 61, Type.TIME_INTERVAL: 61}
FORMS = [("xml", "little"), ("binary", "little"), ("binary", "big")]


@st.composite
def runs_of(draw, table):
    """Rows of the table with any values of the right types, in one or two runs; keys differ by their number."""
    runs, first = [], 1
    for _ in range(draw(st.integers(1, 2))):
        count = draw(st.integers(1, 4))
        lengths = {name: draw(st.integers(0, 3)) for name in ("numFreq", "numReceptor", "numLoad", "numScan", "numAntenna")}
        model = make_rows(table, count, first=first, lengths=lengths)
        columns = {}
        for column in TABLES[table].columns:
            if not column.optional or draw(st.booleans()):
                kept = column.name in TABLES[table].key or column.name in lengths
                shape = model.columns[column.name].shape
                if column.shape and "_" in column.shape:
                    shape = (count, *(draw(st.integers(0, 3)) for _ in column.shape))
                columns[column.name] = model.columns[column.name] if kept else draw(values_of(column, shape))
        runs.append(Rows(table, "made up", first, columns))
        first += count
    return runs


def values_of(column, shape):
    if column.textual:
        texts = TEXTS.map(str.strip) if column.type is Type.TEXT else NAMES
        return arrays.arrays(object, shape, elements=texts)
    if column.type is Type.BOOL:
        return arrays.arrays(bool, shape)
    if column.type in WHOLE:
        limit = 2 ** WHOLE[column.type]
        return arrays.arrays("i8", shape, elements=st.integers(-limit, limit - 1))
    width = 32 if column.type is Type.FLOAT else 64
    return arrays.arrays(f"f{width // 8}", shape, elements=st.floats(width=width, allow_subnormal=False))


@contextlib.contextmanager
def folder_with(table, rows, encoding, byte_order):
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_asdm(folder, UID, make_tables(**{table: rows}), schema_version=4)
        for suffix in ("xml", "bin"):
            (folder / f"{table}.{suffix}").unlink(missing_ok=True)
        write_table(folder, UID, table, rows, encoding=encoding, byte_order=byte_order, schema_version=4)
        yield folder


def flat(runs, name):
    """The values of a column row by row; None where a row has none."""
    return [value for rows in runs for value in (rows.columns[name] if name in rows.columns else [None] * len(rows))]


@pytest.mark.slow
@pytest.mark.parametrize(("encoding", "byte_order"), FORMS)
@given(data=st.data())
@CASES
def test_any_rows_are_read_as_they_were_written(encoding, byte_order, data):
    table = data.draw(st.sampled_from(sorted(TABLES)))
    written = data.draw(runs_of(table))
    with folder_with(table, written, encoding, byte_order) as folder, open_asdm(folder) as asdm:
        found = list(read_table(asdm, table))
    assert [rows.first for rows in found] == np.cumsum([1, *map(len, found)])[:-1].tolist()
    for column in TABLES[table].columns:
        for expected, value in zip(flat(written, column.name), flat(found, column.name), strict=True):
            np.testing.assert_array_equal(value, expected, err_msg=column.name)


@pytest.fixture(scope="module", params=FORMS, ids="-".join)
def broken_folder(request):
    """A folder and the file in it that the tests below may spoil, with its content."""
    with folder_with("CalAtmosphere", [make_rows("CalAtmosphere", 3)], *request.param) as folder:
        path = folder / f"CalAtmosphere.{'xml' if request.param[0] == 'xml' else 'bin'}"
        yield folder, path, path.read_bytes()


def read_or_refuse(folder):
    with contextlib.suppress(BrokenAsdm), open_asdm(folder) as asdm:
        return list(read_table(asdm, "CalAtmosphere"))


@given(data=st.data())
@CASES
def test_a_file_with_some_bytes_changed_is_read_or_refused(broken_folder, data):
    folder, path, content = broken_folder
    spoilt = bytearray(content)
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=5)):
        spoilt[place] = data.draw(st.integers(0, 255))
    path.write_bytes(spoilt)
    read_or_refuse(folder)


@given(data=st.data())
@CASES
def test_a_file_with_a_piece_cut_out_put_in_or_repeated_is_read_or_refused(broken_folder, data):
    folder, path, content = broken_folder
    start, stop = sorted(data.draw(st.tuples(*2 * [st.integers(0, len(content))])))
    path.write_bytes(content[:start] + data.draw(st.one_of(st.binary(max_size=20), st.just(2 * content[start:stop]))) + content[stop:])
    read_or_refuse(folder)


WORDS = st.sampled_from(["0", "1", "2", "3", "-1", "x", "nan", "1e9", "99999999999", '"a', 'b"', '"', '""', "true"])


@given(
    text=st.one_of(st.text(max_size=40), st.lists(WORDS).map(" ".join)), kind=st.sampled_from(list(Type)), rank=st.integers(1, 3))
@CASES
def test_any_text_is_an_array_or_a_value_error(text, kind, rank):
    with contextlib.suppress(ValueError):
        shape, values = _array_parser(Column("any", kind, ("_",) * rank))(text)
        assert len(shape) == rank
        assert len(values) == np.prod(shape)
