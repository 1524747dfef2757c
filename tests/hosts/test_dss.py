"""The host in DSS, over the stand-in for ``dataiku`` and a real PostgreSQL."""

import sys
from datetime import date

import numpy as np
import pandas as pd
import pytest

from alma_qa0.errors import BadSetting, DatabaseRefused, DatabaseUnavailable
from alma_qa0.settings import Patience
from alma_qa0.store.plans import refresh
from alma_qa0.store.queries import Marts
from alma_qa0.store.render import Ident, quoted
from dss.instance import STANDIN, Project
from hosts.locks import locked
from store.samples import TABLES, UID, atmosphere, create_all, put_asdm

if str(STANDIN) not in sys.path:
    sys.path.append(str(STANDIN))
from alma_qa0.hosts.dss import database as dss_database  # these import dataiku, which only DSS and the stand-in have
from alma_qa0.hosts.dss import datasets, parameters, users

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
    dss_database._known_types.clear()
    return dss_database.DssDatabase(project.add_dataset("scan_summary", "alma", "mart", "scan_summary"))


@pytest.mark.parametrize("rows", ["id > 0", "id = 2", "false"], ids=["all", "nulls", "none"])
def test_a_query_gives_the_same_frame_through_dss_as_directly(host, database, rows):
    sql = f"with all_rows as ({KINDS}) select * from all_rows where {rows}"
    pd.testing.assert_frame_equal(host.run(sql), database.run(sql))


def test_packed_columns_and_spectra_are_the_same_through_dss_as_directly(host, database):
    create_all(database)
    put_asdm(database, [atmosphere(), atmosphere(cal_data_id="CalData_2", trec_x=None, trec_spectrum_x=None)])
    refresh(database, TABLES)
    through_dss, directly = Marts(host, TABLES), Marts(database, TABLES)
    pd.testing.assert_frame_equal(through_dss.read_scan_summary(UID), directly.read_scan_summary(UID))
    (one,), (other,) = through_dss.read_spectra(UID, "trec"), directly.read_spectra(UID, "trec")
    np.testing.assert_array_equal(one.values, other.values)
    assert one.cal_data_ids.tolist() == other.cal_data_ids.tolist() == ["CalData_1"] * 2 + ["CalData_2"]


def test_texts_that_pandas_would_take_for_missing_or_numbers_stay_texts(host):
    words = ["NA", "null", "nan", "", "007", "1e5", "true", "a\tb", 'say "so"', "two\nlines", "\\", "\\N", "uid://A002/X1/X2"]
    values = ", ".join("({}, E'{}')".format(i, word.replace("\\", "\\\\").replace("'", "''")) for i, word in enumerate(words))
    assert list(host.run(f"select word from (values {values}) as given(id, word) order by id")["word"]) == words


def test_days_arrive_as_days(host):
    assert list(host.run("select date '2026-07-17' as day")["day"]) == [date(2026, 7, 17)]


def test_the_types_are_asked_for_once_per_kind_of_query(host, monkeypatch):
    asked = []
    executor = dss_database.dataiku.SQLExecutor2
    monkeypatch.setattr(executor, "query_to_iter", _recording(executor.query_to_iter, asked))
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
    with pytest.raises(DatabaseRefused, match="read-only transaction"):
        host.run("select grow() as n")
    assert database.run("select count(*) as n from t")["n"].item() == 0


@pytest.mark.parametrize("ask", ["run", "execute"])
def test_what_is_locked_is_waited_for_as_long_as_the_host_has_patience(project, database_url, ask):
    host = dss_database.DssDatabase(project.add_dataset("locked", "alma", "public", "locked"), Patience(30, 0.1, True))
    host.execute(["create table locked (n integer)"])
    told = r"locked: what is asked for was locked by others for 0\.1 s"
    with locked(database_url, "locked"), pytest.raises(DatabaseUnavailable, match=told):
        host.run("select n from locked") if ask == "run" else host.execute(["insert into locked values (1)"])
    assert host.run("select count(*) as n from locked")["n"].item() == 0


def test_a_query_takes_no_longer_than_the_host_has_patience(project):
    host = dss_database.DssDatabase(project.add_dataset("scan_summary", "alma", "mart", "scan_summary"), Patience(0.1, 1, True))
    with pytest.raises(DatabaseUnavailable, match=r"scan_summary: no answer within 0\.1 s"):
        host.run("select pg_sleep(60)")
    assert host.run("select current_setting('statement_timeout') as s")["s"].item() == "100ms"


def test_an_error_of_the_database_is_told_with_the_dataset(host):
    with pytest.raises(DatabaseRefused, match=r'QA0.scan_summary.*relation "nowhere" does not exist'):
        host.run("select * from nowhere")


def test_a_database_that_is_away_is_unavailable(tmp_path, monkeypatch):
    project = Project(tmp_path, {"alma": "postgresql://nobody@127.0.0.1:1/nothing"})
    for name, value in project.variables().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(DatabaseUnavailable, match=r"does not answer|refused"):
        dss_database.DssDatabase(project.add_dataset("scan_summary", "alma", "mart", "scan_summary")).run("select 2 as two")


def test_the_location_of_a_dataset_is_its_table_with_its_variables_resolved(project):
    dataset = project.add_dataset("scan_summary", "alma", "mart", "${projectKey}_scan_summary")
    assert datasets.location(dataset) == datasets.Location(dataset, "alma", "mart", "QA0_scan_summary")


def test_a_dataset_without_a_schema_is_in_the_schema_of_its_connection(project):
    assert datasets.location(project.add_dataset("scan_summary", "alma", None, "scan_summary")).schema == "public"


@pytest.mark.parametrize("others", [
    {"type": "UploadedFiles"},
    {"params": {"connection": "alma", "mode": "query", "query": "select 1"}},
], ids=["a file", "a query"])
def test_a_dataset_that_is_no_table_is_refused(project, others):
    with pytest.raises(BadSetting, match="expected a dataset that is a table of a PostgreSQL connection"):
        datasets.location(project.add_dataset("scan_summary", "alma", "mart", "scan_summary", **others))


def test_datasets_on_two_connections_are_refused_with_both_names(project):
    given = [project.add_dataset("cal_atmosphere", "other", "raw", "t"), project.add_dataset("scan_summary", "alma", "mart", "t")]
    with pytest.raises(BadSetting, match=r"QA0.scan_summary: 'alma' .* the connection of QA0.cal_atmosphere, which is 'other'"):
        datasets.locations(*given)


def test_a_written_schema_has_the_types_of_dss_and_says_what_columns_mean(project):
    dataset = project.add_dataset("scan_summary", "alma", "mart", "scan_summary")
    datasets.write_schema(dataset, [
        ("uid", "text", "Execution Block"), ("n", "integer", "rows"), ("tsys_k", "double precision", "Tsys [K]"),
        ("at", "timestamp with time zone", "when"), ("names", "text[]", "antennas")])
    assert [(column["name"], column["type"], column["comment"]) for column in project.schema(dataset)] == [
        ("uid", "string", "Execution Block"), ("n", "int", "rows"), ("tsys_k", "double", "Tsys [K]"), ("at", "date", "when"),
        ("names", "string", "antennas")]


def test_a_comment_that_somebody_wrote_in_dss_stays(project):
    dataset = project.add_dataset("scan_summary", "alma", "mart", "scan_summary", [{"name": "uid", "type": "string", "comment": "kept"}])
    datasets.write_schema(dataset, [("uid", "text", "Execution Block"), ("n", "bigint", "rows")])
    assert [column["comment"] for column in project.schema(dataset)] == ["kept", "rows"]


def test_a_schema_that_is_right_is_not_written_again(project, monkeypatch):
    right = {"name": "uid", "type": "string", "comment": "Execution Block", "maxLength": 80}
    dataset = project.add_dataset("scan_summary", "alma", "mart", "scan_summary", [right])
    datasets.write_schema(dataset, [("uid", "text", "Execution Block")])
    assert project.schema(dataset) == [right]


DAY = {"name": "day", "type": "time", "params": {"period": "DAY"}}


def partitioned(project, *dimensions):
    return project.add_dataset("scan_summary", "alma", "mart", "scan_summary", partitioning={"dimensions": list(dimensions)})


def test_a_dataset_without_partitions_has_none(project):
    assert datasets.partition(project.add_dataset("scan_summary", "alma", "mart", "scan_summary")) is None


@pytest.mark.parametrize("variables", [
    {"DKU_DST_day": "2026-07-17"}, {"DKU_DST_DATE": "2026-07-17"}, {"DKU_DST_YEAR": "2026", "DKU_DST_MONTH": "07", "DKU_DST_DAY": "17"},
], ids=["by its name", "as a date", "in parts"])
def test_the_partition_of_a_run_comes_from_the_flow_variables_however_dss_names_them(project, monkeypatch, variables):
    monkeypatch.setattr(datasets.dataiku, "get_flow_variables", lambda: variables)
    assert datasets.partition(partitioned(project, DAY)) == ("day", "2026-07-17")


def test_a_dimension_named_day_in_capitals_is_not_taken_for_the_day_of_the_month(project, monkeypatch):
    monkeypatch.setattr(datasets.dataiku, "get_flow_variables", lambda: {"DKU_DST_DAY": "17", "DKU_DST_DATE": "2026-07-17"})
    assert datasets.partition(partitioned(project, DAY | {"name": "DAY"})) == ("DAY", "2026-07-17")


def test_a_partition_that_dss_does_not_name_is_refused(project, monkeypatch):
    monkeypatch.setattr(datasets.dataiku, "get_flow_variables", dict)
    with pytest.raises(BadSetting, match="expected the partition to be made, in the flow variable DKU_DST_day"):
        datasets.partition(partitioned(project, DAY))


def test_two_dimensions_are_refused(project):
    with pytest.raises(BadSetting, match=r"\['day', 'band'\] cannot be used; expected one dimension"):
        datasets.partition(partitioned(project, DAY, {"name": "band", "type": "value"}))


def test_outputs_that_are_not_partitioned_alike_are_refused(project, monkeypatch):
    monkeypatch.setattr(datasets.dataiku, "get_flow_variables", lambda: {"DKU_DST_day": "2026-07-17"})
    one, other = partitioned(project, DAY), project.add_dataset("evaluation", "alma", "mart", "evaluation")
    assert datasets.shared_partition(one, one) == ("day", "2026-07-17")
    with pytest.raises(BadSetting, match=r"QA0.evaluation: None cannot be used; expected the partitions of QA0.scan_summary"):
        datasets.shared_partition(one, other)


def test_a_whole_number_may_arrive_as_a_float_or_not_at_all():
    assert parameters.integer({"batch": 20.0}, "batch", 5) == 20
    assert parameters.integer({}, "batch", 5) == 5
    assert parameters.integer({"batch": None}, "batch", 5) == 5


@pytest.mark.parametrize("value", [0, -3, 2.5, "20", True, float("inf"), float("nan")])
def test_a_number_that_is_no_count_is_refused(value):
    with pytest.raises(BadSetting, match=r"batch: .* expected a whole number from 1 up"):
        parameters.integer({"batch": value}, "batch", 5)


def test_an_absent_switch_is_at_its_default_and_a_word_is_refused():
    assert parameters.boolean({}, "full", True) is True
    assert parameters.boolean({"full": False}, "full", True) is False
    with pytest.raises(BadSetting, match="full: 'yes' cannot be used; expected true or false"):
        parameters.boolean({"full": "yes"}, "full", False)


def test_a_choice_that_was_not_made_is_named():
    assert parameters.text({"spectrum": "QA0.spectrum"}, "spectrum") == "QA0.spectrum"
    with pytest.raises(BadSetting, match="spectrum: None cannot be used"):
        parameters.text({}, "spectrum")


def test_a_list_may_be_a_list_or_words_with_anything_between_and_says_each_once():
    config = {"uids": ["uid://A002/X1/X1"], "more": ' uid://A002/X1/X2,uid://A002/X1/X1;\n["uid://A002/X1/X3"] ', "none": None}
    assert parameters.texts(config, "uids", "more", "none", "absent") == tuple(f"uid://A002/X1/X{number}" for number in (1, 2, 3))
    with pytest.raises(BadSetting, match="uids: 7 cannot be used; expected a list of words"):
        parameters.texts({"uids": 7}, "uids")


def test_a_variable_that_dss_left_in_a_parameter_is_put_in_place(project, monkeypatch):
    monkeypatch.setattr(parameters.dataiku, "get_custom_variables", lambda: {"night": "2026-07-17,2026-07-18", "ratio": 3})
    assert parameters.texts({"days": "${night}"}, "days") == ("2026-07-17", "2026-07-18")
    assert parameters.mapping({"limits": {" trec_level.high ": "${ratio}"}}, "limits") == {"trec_level.high": "3"}
    with pytest.raises(BadSetting, match=r"days: '\$\{nights\}' cannot be used; expected a variable that the project or the scenario sets"):
        parameters.texts({"days": "${nights}"}, "days")


def test_a_map_may_be_absent_and_must_be_one():
    assert parameters.mapping({}, "limits") == {}
    assert parameters.mapping({"limits": {"water.single": 2.5}}, "limits") == {"water.single": 2.5}
    with pytest.raises(BadSetting, match=r"limits: 'trec_level.high' cannot be used; expected names with values"):
        parameters.mapping({"limits": "trec_level.high"}, "limits")


def test_the_user_is_known_by_the_ticket_of_the_browser(project, monkeypatch):
    from dataiku.webapps import run_bokeh
    monkeypatch.setattr(run_bokeh, "get_session_headers", {"session-1": {"Cookie": "ticket-of-aod"}}.__getitem__)
    user = users.session_user("session-1")
    assert user.login == "aod"
    assert user.groups


def test_a_user_who_cannot_be_known_is_none(project):
    assert users.session_user("a session without headers") is None


def test_who_may_decide_is_everybody_whom_dss_knows_or_who_is_named_or_in_a_group_that_is():
    aod = users.User("aod", ("astronomers", "readers"))
    assert users.may_decide(aod, ())
    assert not users.may_decide(None, ())
    assert users.may_decide(aod, ("aod",))
    assert users.may_decide(aod, ("administrators", "astronomers"))
    assert not users.may_decide(aod, ("administrators",))
    assert not users.may_decide(None, ("aod",))
