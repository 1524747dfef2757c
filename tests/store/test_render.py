import ast
import math
import re
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import jinja2
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import alma_qa0
from alma_qa0.core.fields import Kind
from alma_qa0.errors import BadRequest
from alma_qa0.store.render import Ident, Sql, quoted, render

TEXT = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]))
NASTY = st.text(st.sampled_from("'\"\\$%{}?;-abcA/*\n"), max_size=30)
ZONES = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
with_server = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@with_server
@given(value=TEXT | NASTY)
def test_any_text_comes_back_from_the_server_as_it_was(module_database, value):
    assert module_database.run(Sql(f"select {quoted(value)} as value"))["value"][0] == value


@with_server
@given(value=NASTY)
def test_text_comes_back_whatever_standard_conforming_strings_says(module_database, value):
    if "\\" not in value:
        return
    with module_database._transaction() as cursor:
        cursor.execute("set local standard_conforming_strings = off")
        cursor.execute(f"select {quoted(value)}")
        assert cursor.fetchone()[0] == value


@given(value=TEXT | NASTY)
def test_no_dollar_is_left_for_dss_to_expand(value):
    assert "$" not in quoted(value)
    assert "$" not in quoted([value, f"${value}", "${x}"])
    if 0 < len(value.encode()) < 60:
        assert "$" not in quoted(Ident(value))


@with_server
@given(value=st.integers(-2**63, 2**63 - 1) | st.floats() | st.booleans() | st.none())
def test_any_number_comes_back_from_the_server_as_it_was(module_database, value):
    returned = module_database.run(f"select {quoted(value)} as value")["value"][0]
    if value is None:
        assert returned is None
    elif isinstance(value, float) and math.isnan(value):
        assert math.isnan(returned)
    else:
        assert returned == value
        assert math.copysign(1, returned) == math.copysign(1, value)


@with_server
@given(value=st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=ZONES))
def test_any_time_comes_back_from_the_server_as_it_was(module_database, value):
    assert module_database.run(f"select {quoted(value)} as value")["value"][0] == pd.Timestamp(value)


@with_server
@given(value=st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_any_date_comes_back_from_the_server_as_it_was(module_database, value):
    assert module_database.run(f"select {quoted(value)} as value")["value"][0] == value


@with_server
@given(name=st.one_of(TEXT, NASTY).filter(lambda name: 0 < len(name.encode()) <= 63))
def test_any_name_names_a_column(module_database, name):
    assert list(module_database.run(f"select 1 as {quoted(Ident(name))}")) == [name]


@with_server
@given(values=st.lists(TEXT, max_size=4), other=TEXT)
def test_in_holds_for_what_is_in_the_list_and_for_nothing_else(module_database, values, other):
    row = module_database.run(f"select coalesce({quoted(other)} in {quoted(values)}, false) as other")
    assert row["other"][0] == (other in values)


def test_a_negative_number_after_a_minus_is_no_comment(module_database):
    assert module_database.run(f"select 5 -{quoted(-3)} as value, 1.5 -{quoted(-0.5)} as part").to_numpy().tolist() == [[8, 2]]


def test_a_list_of_names_has_commas_and_no_parentheses():
    assert quoted([Ident("a"), Ident("mart", "b")]) == '"a", "mart"."b"'


def test_numpy_and_pandas_values_are_as_those_of_python():
    assert quoted(np.int32(3)) == "3"
    assert quoted(np.float32(0.5)) == "'0.5'::double precision"
    assert quoted(np.bool_(True)) == "true"
    assert quoted(pd.NaT) == quoted(pd.NA) == "null"


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
def test_text_that_postgresql_cannot_hold_is_refused(value):
    with pytest.raises(BadRequest, match="NUL or half a surrogate pair"):
        quoted(value)
    with pytest.raises(BadRequest):
        Ident(value)


@pytest.mark.parametrize("name", ["", "x" * 64, "é" * 32])
def test_a_name_that_postgresql_would_cut_is_refused(name):
    with pytest.raises(BadRequest, match="1 to 63 bytes"):
        Ident(name)


@pytest.mark.parametrize("value", [datetime(2026, 7, 1), object(), {"a": 1}, b"x", 1j])
def test_what_has_no_sure_literal_is_refused(value):
    with pytest.raises(TypeError):
        quoted(value)


def test_a_hole_that_nothing_fills_is_an_error():
    with pytest.raises(jinja2.UndefinedError, match="schema"):
        render("tables/schema")


def test_a_type_stands_bare_and_rendered_sql_stays_as_it_is():
    assert quoted(Kind.TIME) == "timestamp with time zone"
    assert quoted(Sql("select 1")) == "select 1"


ROOT = Path(alma_qa0.__file__).parent
MODULES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "store" / "render.py")
SQL_WORDS = re.compile(
    r"\b(select\s.+\sfrom|select\s.*\(|insert\s+into|delete\s+from|update\s+\S+\s+set|create\s+(table|schema|temp|index)|drop\s+(table|schema)|"
    r"alter\s+table|truncate\s|copy\s+\S+.*\s(from|to)\s+std|where\s+\S+\s*(=|in\b|like))", re.IGNORECASE | re.DOTALL)


BUILDERS = ("format", "join", "replace", "format_map")


def built_strings(tree):
    """Every string that is put together: f-strings, %, +, .format and .join, with the text that stands in them."""
    for node in ast.walk(tree):
        parts = []
        if isinstance(node, ast.JoinedStr):
            parts = [node]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
            parts = [node.left, node.right]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in BUILDERS:
            parts = [node.func.value, *node.args]
        leaves = [leaf for part in parts for leaf in ast.walk(part) if isinstance(leaf, ast.Constant)]
        text = " ".join(leaf.value for leaf in leaves if isinstance(leaf.value, str))
        if text:
            yield node.lineno, text


def calls_of(tree, name):
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == name]


@pytest.mark.parametrize("path", MODULES, ids=[str(path.relative_to(ROOT)) for path in MODULES])
def test_no_other_module_builds_sql(path):
    tree = ast.parse(path.read_text())
    assert [(line, text) for line, text in built_strings(tree) if SQL_WORDS.search(text)] == []
    assert calls_of(tree, "Sql") == []


@pytest.mark.parametrize("code", ["f'select a from {t}'", "'delete from %s' % t", "'select a from ' + t", "'insert into {}'.format(t)",
                                  "' and '.join(['where a = 1', b])"])
def test_the_search_for_built_sql_finds_it(code):
    assert any(SQL_WORDS.search(text) for _, text in built_strings(ast.parse(code)))


def test_no_template_holds_a_dollar_or_quotes_a_hole_itself():
    for path in (ROOT / "store" / "sql").rglob("*.sql"):
        text = path.read_text()
        assert "$" not in text, path
        assert not re.search(r"'\s*\{\{|\}\}\s*'", text), path
        assert text.startswith("-- "), f"{path}: its first comment is its contract"
        assert "|safe" not in text.replace(" ", ""), path
