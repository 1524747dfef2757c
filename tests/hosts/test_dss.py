"""The host in DSS, over the stand-in for ``dataiku`` and a real PostgreSQL."""

import sys
from datetime import date

import pandas as pd
import pytest

from alma_qa0.errors import BadSetting, DatabaseRefused, DatabaseUnavailable
from alma_qa0.store.render import Ident, quoted
from dss.instance import STANDIN, Project

if str(STANDIN) not in sys.path:
    sys.path.append(str(STANDIN))
from alma_qa0.hosts import dss  # it imports dataiku, which only DSS and the stand-in have

KINDS = """
with kinds as (
    select *
    from (values
        (1, 1::smallint, 2.5::real, 0.1::double precision, true, 'NA', array['a b', 'NULL', null], array[1.5, null],
         '\\x00ff'::bytea, timestamptz '2026-07-17 14:07:25.123456+00'),
        (2, null, 'NaN', null, null, null, null, null, null, null),
        (3, -7, 'Infinity', 65, false, '', '{}', '{}', '\\x', timestamptz '2026-01-01 00:00:00+00'),
        (4, 2, 0, 1e300, false, '007', array['x'], array['NaN'::double precision], null, '2026-01-01')
    ) as given(id, small, single, double, truth, word, words, numbers, bytes, time)
)
select * from kinds order by id
"""


@pytest.fixture
def project(tmp_path, database_url, monkeypatch):
    project = Project(tmp_path, {"alma": database_url, "other": database_url})
    for name, value in project.variables().items():
        monkeypatch.setenv(name, value)
    return project


@pytest.fixture
def host(project):
    dss._known_types.clear()
    return dss.DssDatabase(project.add_dataset("scan_summary", "alma", "mart", "scan_summary"))


@pytest.mark.parametrize("rows", ["id > 0", "id = 2", "false"], ids=["all", "nulls", "none"])
def test_a_query_gives_the_same_frame_through_dss_as_directly(host, database, rows):
    sql = f"with all_rows as ({KINDS}) select * from all_rows where {rows}"
    pd.testing.assert_frame_equal(host.run(sql), database.run(sql))


def test_texts_that_pandas_would_take_for_missing_or_numbers_stay_texts(host):
    words = ["NA", "null", "nan", "", "007", "1e5", "true", "a\tb", 'say "so"', "two\nlines", "\\", "\\N", "uid://A002/X1/X2"]
    values = ", ".join("({}, E'{}')".format(i, word.replace("\\", "\\\\").replace("'", "''")) for i, word in enumerate(words))
    assert list(host.run(f"select word from (values {values}) as given(id, word) order by id")["word"]) == words


def test_days_arrive_as_days(host):
    assert list(host.run("select date '2026-07-17' as day")["day"]) == [date(2026, 7, 17)]


def test_the_types_are_asked_for_once_per_kind_of_query(host, monkeypatch):
    asked = []
    monkeypatch.setattr(dss.dataiku.SQLExecutor2, "query_to_iter", _recording(dss.dataiku.SQLExecutor2.query_to_iter, asked))
    for uid in ("uid://A002/X1/X1", "uid://A002/X1/X2"):
        assert host.run(f"select '{uid}' as uid, 1 as n")["uid"].item() == uid
    assert len(asked) == 1


def _recording(function, calls):
    def record(*args, **kwargs):
        calls.append(args)
        return function(*args, **kwargs)
    return record


@pytest.mark.parametrize("sql", ["select '$HOME'", "select '${projectKey}'", "do $$ begin null; end $$", "select 1 -- $comment"])
def test_a_dollar_which_dss_would_take_for_a_variable_is_refused(host, sql):
    with pytest.raises(DatabaseRefused, match="DSS would replace"):
        host.run(sql)
    with pytest.raises(DatabaseRefused, match="DSS would replace"):
        host.execute([sql])


@pytest.mark.parametrize("text", ["$HOME", "${projectKey}", "it's $$", "back\\slash $1"])
def test_a_rendered_value_or_name_with_a_dollar_survives_dss(host, text):
    sql = " ".join(["select", quoted(text), "as", quoted(Ident(text))])
    frame = host.run(sql)
    assert frame[text].item() == text


def test_statements_that_differ_only_inside_comments_with_quotes_keep_their_own_columns(host):
    assert host.run("select 1 as one -- it's\n").columns.tolist() == ["one"]
    assert host.run("select 'a' as two -- it's\n").columns.tolist() == ["two"]


def test_statements_are_committed_together(host, database):
    host.execute(["create table t (n integer)", "insert into t values (1); ", "insert into t values (2)"])
    assert database.run("select n from t order by n")["n"].tolist() == [1, 2]


def test_the_first_error_undoes_all_statements(host, database):
    host.execute(["create table t (n integer)"])
    with pytest.raises(DatabaseRefused, match="division by zero"):
        host.execute(["insert into t values (1)", "select 1 / 0", "insert into t values (2)"])
    assert database.run("select count(*) as n from t")["n"].item() == 0


def test_a_query_leaves_nothing_behind(host, database):
    host.execute(["create table t (n integer)",
                  "create function grow() returns integer language sql as 'insert into t values (1) returning n'"])
    assert host.run("select grow() as n")["n"].item() == 1
    assert database.run("select count(*) as n from t")["n"].item() == 0


def test_an_error_of_the_database_is_told_with_the_dataset(host):
    with pytest.raises(DatabaseRefused, match=r'QA0.scan_summary.*relation "nowhere" does not exist'):
        host.run("select * from nowhere")


def test_a_database_that_is_away_is_unavailable(tmp_path, monkeypatch):
    project = Project(tmp_path, {"alma": "postgresql://nobody@127.0.0.1:1/nothing"})
    for name, value in project.variables().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(DatabaseUnavailable, match=r"does not answer|refused"):
        dss.DssDatabase(project.add_dataset("scan_summary", "alma", "mart", "scan_summary")).run("select 2 as two")


def test_the_location_of_a_dataset_is_its_table_with_its_variables_resolved(project):
    dataset = project.add_dataset("scan_summary", "alma", "mart", "${projectKey}_scan_summary")
    assert dss.location(dataset) == dss.Location(dataset, "alma", "mart", "QA0_scan_summary")


def test_a_dataset_without_a_schema_is_in_the_schema_of_its_connection(project):
    assert dss.location(project.add_dataset("scan_summary", "alma", None, "scan_summary")).schema == "public"


@pytest.mark.parametrize("others", [
    {"type": "UploadedFiles"},
    {"params": {"connection": "alma", "mode": "query", "query": "select 1"}},
], ids=["a file", "a query"])
def test_a_dataset_that_is_no_table_is_refused(project, others):
    with pytest.raises(BadSetting, match="expected a dataset that is a table of a PostgreSQL connection"):
        dss.location(project.add_dataset("scan_summary", "alma", "mart", "scan_summary", **others))


def test_datasets_on_two_connections_are_refused_with_both_names(project):
    datasets = [project.add_dataset("cal_atmosphere", "other", "raw", "t"), project.add_dataset("scan_summary", "alma", "mart", "t")]
    with pytest.raises(BadSetting, match=r"QA0.scan_summary: 'alma' .* the connection of QA0.cal_atmosphere, which is 'other'"):
        dss.locations(*datasets)


def test_a_written_schema_has_the_types_of_dss(project):
    dataset = project.add_dataset("scan_summary", "alma", "mart", "scan_summary")
    dss.write_schema(dataset, [("uid", "text"), ("n", "integer"), ("tsys_k", "double precision"), ("at", "timestamp with time zone"),
                               ("names", "text[]")])
    assert [(column["name"], column["type"]) for column in project.schema(dataset)] == [
        ("uid", "string"), ("n", "int"), ("tsys_k", "double"), ("at", "date"), ("names", "string")]


def test_a_schema_that_is_right_is_not_written_again(project, monkeypatch):
    dataset = project.add_dataset("scan_summary", "alma", "mart", "scan_summary", [{"name": "uid", "type": "string", "comment": "kept"}])
    dss.write_schema(dataset, [("uid", "text")])
    assert project.schema(dataset) == [{"name": "uid", "type": "string", "comment": "kept"}]


def test_a_whole_number_may_arrive_as_a_float_or_not_at_all():
    assert dss.integer({"batch": 20.0}, "batch", 5) == 20
    assert dss.integer({}, "batch", 5) == 5
    assert dss.integer({"batch": None}, "batch", 5) == 5


@pytest.mark.parametrize("value", [0, -3, 2.5, "20", True, float("inf"), float("nan")])
def test_a_number_that_is_no_count_is_refused(value):
    with pytest.raises(BadSetting, match=r"batch: .* expected a whole number from 1 up"):
        dss.integer({"batch": value}, "batch", 5)


def test_an_absent_switch_is_at_its_default_and_a_word_is_refused():
    assert dss.boolean({}, "full", True) is True
    assert dss.boolean({"full": False}, "full", True) is False
    with pytest.raises(BadSetting, match="full: 'yes' cannot be used; expected true or false"):
        dss.boolean({"full": "yes"}, "full", False)


def test_a_choice_that_was_not_made_is_named():
    assert dss.text({"spectrum": "QA0.spectrum"}, "spectrum") == "QA0.spectrum"
    with pytest.raises(BadSetting, match="spectrum: None cannot be used"):
        dss.text({}, "spectrum")


def test_the_user_is_known_by_the_ticket_of_the_browser(project, monkeypatch):
    from dataiku.webapps import run_bokeh
    monkeypatch.setitem(run_bokeh._headers, "session-1", {"Cookie": "ticket-of-aod"})
    assert dss.user_name("session-1") == "aod"


def test_a_user_who_cannot_be_known_is_none(project):
    assert dss.user_name("a session without headers") is None
