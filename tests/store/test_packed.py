from datetime import datetime

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alma_qa0.core.fields import Field, Kind, Relation
from alma_qa0.store.packed import ReadsBytes, read_columns
from alma_qa0.store.render import Sql, quoted
from store.samples import OnlyText

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5)
VALUES = {
    Kind.TEXT: st.none() | texts, Kind.TEXTS: st.none() | st.lists(st.none() | texts, min_size=1, max_size=3),
    Kind.INTEGER: st.none() | st.integers(-2**31, 2**31 - 1), Kind.REAL: st.none() | st.floats(width=32, allow_subnormal=False),
    Kind.DOUBLE: st.none() | st.floats(), Kind.TIME: st.none() | st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1)),
}
SAMPLE = Relation("sample", "one row per row", (), tuple(Field(f"a_{kind.name.lower()}", kind, "a value") for kind in VALUES))

# The values of many rows: of the column of each kind, out of the number n of the row.
FROM_N = {"a_text": "n::text", "a_texts": "array[n::text, null]", "a_integer": "-n", "a_real": "n / 7.0", "a_double": "n / 7.0",
          "a_time": "timestamptz '2026-07-17 00:00Z' + n * interval '1.000001 s'"}


def literal(kind, value):
    if value is None:
        words = "null"
    elif isinstance(value, list):
        words = f"array[{', '.join(map(quoted, value))}]"
    else:
        words = f"'{value.isoformat()}Z'" if isinstance(value, datetime) else quoted(value)
    return f"({words})::{kind.value}"


def query(rows):
    lines = ", ".join(f"({', '.join(map(literal, VALUES, row))})" for row in rows)
    return Sql(f"select * from (values {lines}) as sample ({', '.join(SAMPLE.columns)})")


@pytest.mark.parametrize("host", [lambda database: database, OnlyText], ids=["bytes", "text"])
@given(rows=st.lists(st.tuples(*VALUES.values()), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_columns_that_were_packed_are_those_of_the_rows(module_database, host, rows):
    packed = read_columns(host(module_database), SAMPLE, query(rows))
    pd.testing.assert_frame_equal(packed, module_database.run(query(rows)), check_exact=True)


def test_columns_keep_their_types_where_there_are_no_rows(database):
    none = Sql(f"{query([(None,) * len(VALUES)])} where false")
    pd.testing.assert_frame_equal(read_columns(database, SAMPLE, none), database.run(none))


def test_the_rows_keep_their_order(database):
    columns = [f"(case when n % 7 > 0 then {FROM_N[field.name]} end)::{field.kind.value} as {field.name}" for field in SAMPLE.fields]
    many = Sql(f"select {', '.join(columns)}"
               " from generate_series(1, 2000) as n order by n % 100, n")
    pd.testing.assert_frame_equal(read_columns(database, SAMPLE, many), database.run(many), check_exact=True)


def test_a_host_that_hands_over_bytes_is_told_from_one_that_does_not(database):
    assert isinstance(database, ReadsBytes)
    assert not isinstance(OnlyText(database), ReadsBytes)
