from dataclasses import replace
from datetime import datetime, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from alma_qa0.core.fields import ASDM, CAL_ATMOSPHERE, RAW, WEATHER, Field, Kind, Relation
from alma_qa0.store.load import TRAILER, copy_statement, delete_statements, encode_rows, encode_stream, read_intake
from alma_qa0.store.render import Ident
from alma_qa0.store.tables import Tables, create_raw

UID = "uid://A002/X1/X2"
EVERY_KIND = tuple(kind for kind in Kind if kind is not Kind.BOOLEANS)  # only staging has boolean[]
SAMPLE = Relation("sample", "one row per row", ("number",), (
    Field("number", Kind.INTEGER, "place"), *(Field(f"a_{kind.name.lower()}", kind, "a value") for kind in EVERY_KIND)))
TABLES = Tables.in_schemas().with_tables(sample=Ident("sample"))
K = 3

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5)
any_float = st.floats(width=64)
any_float32 = st.floats(width=32)
times = st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))


def a_list(values):
    return st.lists(values, max_size=K)


VALUES = {
    Kind.TEXT: st.none() | texts, Kind.TEXTS: st.none() | a_list(st.none() | texts),
    Kind.INTEGER: st.none() | st.integers(-2**31, 2**31 - 1), Kind.INTEGERS: st.none() | a_list(st.integers(-2**31, 2**31 - 1)),
    Kind.BIGINT: st.none() | st.integers(-2**63, 2**63 - 1), Kind.BOOLEAN: st.none() | st.booleans(),
    Kind.REAL: any_float32, Kind.DOUBLE: any_float,
    Kind.SPECTRUM: st.none() | a_list(any_float32), Kind.DOUBLES: st.none() | a_list(any_float),
    Kind.TIME: st.none() | times, Kind.DATE: st.none() | times.map(datetime.date), Kind.BYTES: st.none() | st.binary(max_size=5),
}
NUMBERS = {Kind.INTEGER: np.int32, Kind.BIGINT: np.int64, Kind.BOOLEAN: bool}
FLOATS = {Kind.REAL: np.float32, Kind.DOUBLE: np.float64, Kind.SPECTRUM: np.float32, Kind.DOUBLES: np.float64, Kind.INTEGERS: np.int32}


def column(kind, values):
    """The values of all rows, lists and None, as parse_records gives them."""
    if kind in NUMBERS:
        return np.ma.array([value or 0 for value in values], mask=[value is None for value in values], dtype=NUMBERS[kind])
    if kind in (Kind.TIME, Kind.DATE):
        return np.array(values, dtype="datetime64[us]" if kind is Kind.TIME else "datetime64[D]")
    if kind in (Kind.REAL, Kind.DOUBLE):
        return np.array(values, dtype=FLOATS[kind])
    rows = np.empty(len(values), dtype=object)
    for index, value in enumerate(values):
        rows[index] = np.array(value, dtype=FLOATS[kind]) if kind in FLOATS and value is not None else value
    return rows


def expected(kind, value):
    """What the database gives back."""
    if isinstance(value, list):
        return [expected(kind, element) for element in value]
    if isinstance(value, float):
        return None if np.isnan(value) else float(value)
    return value.replace(tzinfo=timezone.utc) if kind is Kind.TIME and value is not None else value


def given_back(kind, value):
    if not isinstance(value, list) and pd.isna(value):
        return None
    if kind in (Kind.REAL, Kind.SPECTRUM):
        return [given_back(Kind.REAL, element) for element in value] if isinstance(value, list) else float(np.float32(value))
    return value.to_pydatetime() if kind is Kind.TIME else value


def make_sample(database):
    columns = ", ".join(f"{field.name} {field.kind.value}" for field in SAMPLE.fields)
    database.execute([f"create table if not exists sample ({columns})", "delete from sample"])


def load(database, relation, *runs):
    database.load([], [(copy_statement(TABLES, relation), encode_stream(relation, runs))])


@given(rows=st.lists(st.tuples(*(VALUES[kind] for kind in EVERY_KIND)), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_goes_in_comes_out_equal(module_database, rows):
    make_sample(module_database)
    values = dict(zip(EVERY_KIND, zip(*rows, strict=True), strict=True))
    load(module_database, SAMPLE, {"number": np.arange(len(rows)), **{
        f"a_{kind.name.lower()}": column(kind, values[kind]) for kind in EVERY_KIND}})
    frame = module_database.run("select * from sample order by number")
    for kind in EVERY_KIND:
        back = [given_back(kind, value) for value in frame[f"a_{kind.name.lower()}"]]
        assert back == [expected(kind, value) for value in values[kind]], kind


@given(values=arrays(np.float32, st.tuples(st.integers(1, 4), st.integers(0, 5)), elements=any_float32))
@settings(max_examples=60, deadline=None)
def test_a_matrix_is_laid_out_like_its_rows_one_by_one(values):
    relation = Relation("sample", "", (), (Field("number", Kind.INTEGER, ""), Field("spectrum", Kind.SPECTRUM, "")))
    by_row = np.empty(len(values), dtype=object)
    for index, row in enumerate(values):
        by_row[index] = row
    numbers = np.arange(len(values))
    assert encode_rows(relation, {"number": numbers, "spectrum": values}) == encode_rows(relation, {"number": numbers, "spectrum": by_row})


def test_a_column_that_is_absent_is_null_in_every_row(module_database):
    make_sample(module_database)
    load(module_database, SAMPLE, {"number": np.arange(2), **{f"a_{kind.name.lower()}": None for kind in EVERY_KIND}})
    frame = module_database.run("select * from sample")
    assert len(frame) == 2
    assert frame.drop(columns="number").isna().all(axis=None)


@pytest.mark.parametrize("values", [np.array([[1.5, np.nan], [2.5, 3.5]]), np.array([[1.5, np.nan], [2.5, 3.5]], dtype=">f4"),
                                    np.asfortranarray([[1.5, np.nan], [2.5, 3.5]])], ids=["float64", "big-endian", "by columns"])
def test_an_array_may_lie_in_memory_as_it_likes(module_database, values):
    make_sample(module_database)
    absent = {f"a_{kind.name.lower()}": None for kind in EVERY_KIND}
    load(module_database, SAMPLE, absent | {"number": np.arange(2), "a_spectrum": values, "a_doubles": values})
    frame = module_database.run("select a_spectrum, a_doubles from sample order by number")
    assert frame["a_spectrum"].tolist() == frame["a_doubles"].tolist() == [[1.5, None], [2.5, 3.5]]


def test_many_runs_make_one_stream(module_database):
    make_sample(module_database)
    absent = {f"a_{kind.name.lower()}": None for kind in EVERY_KIND}
    load(module_database, SAMPLE, *(absent | {"number": np.array([number])} for number in range(3)))
    assert module_database.run("select number from sample order by 1")["number"].tolist() == [0, 1, 2]


def test_a_stream_without_rows_is_a_stream(module_database):
    make_sample(module_database)
    load(module_database, SAMPLE)
    assert module_database.run("select * from sample").empty


def test_a_run_of_no_rows_adds_nothing():
    absent = {field.name: None for field in CAL_ATMOSPHERE.fields}
    columns = absent | {"uid": np.array([], dtype=object), "frequency_hz": np.empty((0, 128))}
    assert encode_rows(CAL_ATMOSPHERE, columns) == b""
    assert b"".join(encode_stream(CAL_ATMOSPHERE, [columns])).endswith(TRAILER)


def an_asdm(uid, digest="abc"):
    return {
        "uid": np.array([uid], dtype=object), "schema_version": np.array([3]), "content_hash": np.array([digest], dtype=object),
        "simulated": np.array([True]), "ingested_at": np.array(["2026-07-01T12:00"], dtype="datetime64[us]"), "n_readings": np.array([2]),
        "calibrations_removed_at": None}


def test_the_digest_of_an_eb_is_found_by_its_uid(module_database):
    create_raw(module_database, TABLES)
    load(module_database, ASDM, an_asdm(UID, "abc"))
    known = read_intake(module_database, TABLES, UID)
    assert (known.content_hash, known.n_readings, known.readers) == ("abc", 2, {})
    assert known.is_whole(WEATHER, None)
    assert not known.is_whole(replace(WEATHER, since="9.0.0"), None)
    assert read_intake(module_database, TABLES, "uid://A002/X1/X3") is None
    module_database.execute(delete_statements(TABLES, UID))


def test_deleting_an_eb_leaves_the_others(module_database):
    create_raw(module_database, TABLES)
    load(module_database, ASDM, an_asdm(UID), an_asdm("uid://A002/X1/X3"))
    module_database.execute(delete_statements(TABLES, UID))
    assert module_database.run("select uid from raw.asdm")["uid"].tolist() == ["uid://A002/X1/X3"]


def test_an_eb_is_deleted_from_every_raw_table():
    statements = delete_statements(TABLES, UID)
    assert len(statements) == 1 + len(RAW)
    assert "pg_advisory_xact_lock" in statements[0]
    assert all(UID in statement for statement in statements)
