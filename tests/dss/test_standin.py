"""The look-alike's habits at run time: a small plugin falls into each trap, over a real PostgreSQL, and meets what DSS would do."""

import json
import sys
from functools import partial
from textwrap import dedent
from time import sleep

import pytest

from alma_qa0.hosts.postgres import Postgres
from dss import code_environment, loader, partitions
from dss.archives import small_plugin
from dss.instance import STANDIN, Instance

if str(STANDIN) not in sys.path:
    sys.path.append(str(STANDIN))
from dataiku.runnables import ResultTable  # only DSS and the stand-in have it

TRIES = '''
import json
import dataiku
from dataiku import SQLExecutor2, Dataset, customrecipe

told = {}
source, target = Dataset("source"), Dataset("target")

def attempt(name, call):
    """What a call gives, or its error in words."""
    try:
        told[name] = call()
    except Exception as problem:
        told[name] = f"{type(problem).__name__}: {problem}"

'''
TELL = "\nprint(json.dumps(told, default=str))\n"
# What changes nothing is tried in one process.
LOOKS = """
run = SQLExecutor2(dataset="source")
words = "select * from (values ('NA', '007', date '2026-07-17', true), ('', '1e5', null, false)) as given(word, code, day, truth)"
frame = run.query_to_df(words)
told["read"] = [frame["word"].isna().tolist(), frame["code"].tolist(), str(frame["day"].dtype)]
frame = run.query_to_df(words, infer_from_schema=True)
told["by schema"] = [frame["word"].isna().tolist(), frame["code"].tolist(), str(frame["day"].dtype)]
told["nothing"] = run.query_to_df("set local work_mem = '4MB'").shape

reader = run.query_to_iter("select date '2026-07-17' as day, timestamp '2026-07-17 12:00' as time")
told["kinds"] = [column["type"] for column in reader.get_schema()]

late = "select id, 1 / (250 - id) as share from generate_series(1, 300) as id"
reader = run.query_to_iter(late)
told["columns"] = [column["name"] for column in reader.get_schema()]
rows = []
attempt("end", lambda: rows.extend(iter(reader.iter_tuples())))
told["rows"] = len(rows)
attempt("frame", lambda: run.query_to_df(late))
told["without a header"] = len(list(run.query_to_iter("select id from flow.source").iter_tuples(no_header=True)))
told["no number"] = list(run.query_to_iter("select null::integer as n").iter_tuples())

told["known"] = run.query_to_df("select '${who} of $projectKey' as word")["word"].tolist()
attempt("unknown", lambda: run.query_to_df("select '$5' as word"))
attempt("quotes", lambda: run.query_to_df("select $$ a $$ as word"))

attempt("neither", lambda: SQLExecutor2())
attempt("both", lambda: SQLExecutor2(connection="alma", dataset="source"))
attempt("no connection", lambda: SQLExecutor2(connection="beta"))

attempt("write", lambda: target.write_with_schema(None))
attempt("writer", lambda: target.get_writer())
attempt("get", lambda: target.get_dataframe())
attempt("drop", lambda: target.write_schema([], drop_and_create=True))
attempt("type", lambda: target.write_schema([{"name": "id", "type": "integer"}]))
attempt("key", lambda: target.write_schema([{"name": "id", "type": "int", "unit": "m"}]))
attempt("input", lambda: source.write_schema([{"name": "id", "type": "int"}]))
attempt("undeclared", lambda: Dataset("other"))
attempt("missing", lambda: Dataset("nowhere", ignore_flow=True))
told["ignored"] = Dataset("other", ignore_flow=True).name
target.write_schema([{"name": "id", "type": "int", "comment": "a number"}])

config = customrecipe.get_recipe_config()
told["config"] = config
told["settings"] = customrecipe.get_plugin_config()
attempt("range", lambda: list(range(config["number"])))
attempt("absent", lambda: config["choice"])
told["roles"] = [customrecipe.get_input_names_for_role("source"), customrecipe.get_output_names_for_role("target", full=False),
                 customrecipe.get_input_names_for_role("none")]
told["flow"] = dataiku.get_flow_variables()

import probe_lib
told["library"] = probe_lib.__file__
attempt("ours", lambda: __import__("alma_qa0"))
attempt("uncalled for", lambda: __import__("lxml"))
attempt("beside", lambda: __import__("recipe"))
"""


@pytest.fixture(scope="module")
def database(server_18):
    with server_18.empty() as url:
        database = Postgres(url)
        database.execute(["create schema flow"])
        yield database
        database.close()


def tables(database):
    database.execute([
        "drop schema flow cascade", "create schema flow",
        "create table flow.source as select id, 'word ' || id as word, day from generate_series(1, 300) as id, "
        "lateral (select ('2026-07-' || 10 + id % 3) as day) as days",
        "create table flow.target (id integer primary key, word text, day text, parts integer[])",
        "insert into flow.target values (7, 'old', '2026-07-09', '{1,2}')",
    ])


def instance_of(folder, database, dss=14, **code):
    """An instance with a small plugin, made of the code that is given; its datasets are tables of the schema flow."""
    if "recipe" in code:
        code["recipe"] = TRIES + dedent(code["recipe"]) + TELL
    plugin = loader.load(small_plugin(folder / "plugin.zip", **code), folder / "plugins" / "installed")
    instance = Instance(folder, plugin, {"alma": database._url}, dss=dss)
    for name in ("source", "target", "other"):
        instance.add_dataset(name, "alma", "flow", name)
    return instance


@pytest.fixture
def plugin(tmp_path, database):
    tables(database)
    return partial(instance_of, tmp_path, database)


def run(instance, **config):
    """What the recipe told, run from source to target."""
    done = instance.run_recipe("probe-recipe", {"source": "QA0.source"}, {"target": "QA0.target"}, **config)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module", params=[13, 14], ids=["dss13", "dss14"])
def looked(request, tmp_path_factory, database):
    """What LOOKS told, and the columns that the target has afterwards."""
    tables(database)
    instance = instance_of(tmp_path_factory.mktemp("looks"), database, request.param, recipe=LOOKS)
    instance.set_variables(who="ana", day="2026-07-17")
    instance.plugin_settings = {"most": 5}
    told = run(instance, number=3, words={"limit": 2, "day": "${day}", "other": "${unknown}"})
    return told | {"version": request.param, "schema": instance.schema("QA0.target")}


def test_texts_are_read_as_pandas_reads_them_unless_their_types_are_given(looked):
    assert looked["read"] == [[True, True], [7.0, 100000.0], "object"]
    assert looked["by schema"][:2] == [[True, True], ["007", "1e5"]]
    assert looked["by schema"][2].startswith("datetime64")
    assert looked["nothing"] == [0, 0]


def test_days_and_local_times_have_types_of_their_own_since_14(looked):
    assert looked["kinds"] == {13: ["date", "string"], 14: ["dateonly", "datetimenotz"]}[looked["version"]]


def test_an_error_in_a_late_row_shows_when_the_rows_before_it_were_given(looked):
    assert looked["columns"] == ["id", "share"]
    assert "division by zero" in looked["end"]
    assert "division by zero" in looked["frame"]
    assert looked["rows"] == 200


def test_a_row_is_lost_without_a_header_and_what_cannot_be_cast_is_none(looked):
    assert looked["without a header"] == 299
    assert looked["no number"] == [[None]]


def test_dollars_in_sql_are_variables_wherever_they_stand(looked):
    assert looked["known"] == ["ana of QA0"]
    assert "Variable '5' is not known" in looked["unknown"]
    assert "is not known" in looked["quotes"]


def test_an_executor_wants_exactly_one_of_connection_and_dataset(looked):
    assert looked["neither"] == looked["both"] == "ValueError: Give either a connection or a dataset, not both and not neither"
    assert looked["no connection"] == "Exception: Connection does not exist: beta"


def test_rows_never_go_through_the_dataset_and_only_outputs_are_written(looked):
    assert "writing through the Dataset clears its table" in looked["write"]
    assert looked["writer"] == looked["write"]
    assert "takes the rows through Python" in looked["get"]
    assert "drop the table that SQL has just filled" in looked["drop"]
    assert "Invalid column type of id: integer" in looked["type"]
    assert "Invalid column" in looked["key"]
    assert "not declared as an output" in looked["input"]
    assert "declare it as input or output" in looked["undeclared"]
    assert "dataset does not exist" in looked["missing"]
    assert looked["ignored"] == "QA0.other"
    assert looked["schema"] == [{"name": "id", "type": "int", "comment": "a number"}]


def test_parameters_arrive_as_dss_sends_them(looked):
    assert looked["config"] == {"number": 3.0, "words": {"limit": 2.0, "day": "2026-07-17", "other": "${unknown}"}}
    assert looked["settings"] == {"most": 5.0}
    assert looked["range"] == "TypeError: 'float' object cannot be interpreted as an integer"
    assert looked["absent"] == "KeyError: 'choice'"
    assert looked["roles"] == [["QA0.source"], ["target"], []]
    assert looked["flow"] == {}


def test_what_the_requirements_do_not_bring_cannot_be_imported(looked):
    assert "/plugins/installed/python-lib/probe_lib/" in looked["library"]
    for name in ("ours", "uncalled for", "beside"):
        assert looked[name].startswith("ModuleNotFoundError")


def test_what_is_not_committed_is_rolled_back_and_what_is_stays(plugin, database):
    run(plugin(recipe="""
        run = SQLExecutor2(dataset=target)
        run.query_to_df("select 1 as one", pre_queries=["delete from flow.target"])
        run.query_to_df("select 1 as one", pre_queries=["update flow.target set word = 'new'"], post_queries=["COMMIT"])
        """))
    assert database.run("select id, word from flow.target").values.tolist() == [[7, "new"]]


def test_a_fragment_makes_the_table_anew_without_keys_and_arrays_become_text(plugin, database):
    told = run(plugin(recipe="""
        fill = SQLExecutor2.exec_recipe_fragment
        attempt("with", lambda: fill(target, "-- ours\\n with a as (select 1 as id) select * from a"))
        attempt("name", lambda: fill("target", "select 1 as id"))
        attempt("input", lambda: fill(source, "select 1 as id"))
        attempt("wrapped", lambda: fill(target, "select * from (with a as (select 1 as id, array[1, 2] as parts) select * from a) as one"))
        """))
    assert "begins with WITH" in told["with"]
    assert "expected a dataiku.Dataset" in told["name"]
    assert "QA0.source is not an output" in told["input"]
    assert told["wrapped"] is None
    assert database.run("select * from flow.target").to_dict("list") == {"id": [1], "parts": ["{1,2}"]}
    assert database.run("select indexname from pg_indexes where tablename = 'target'").empty


def test_a_run_makes_one_partition_and_leaves_the_others(plugin, database):
    instance = plugin(recipe="""
        told["variables"] = dataiku.get_flow_variables()
        told["partitions"] = source.list_partitions()
        SQLExecutor2.exec_recipe_fragment(target, "select id, word, day from flow.source where day = '$DKU_DST_day'")
        attempt("no column", lambda: SQLExecutor2.exec_recipe_fragment(target, "select id, word from flow.source"))
        attempt("explicit", lambda: target.set_write_partition("2026-07-10"))
        """)
    instance.partition("QA0.source", "day")
    instance.partition("QA0.target", "day")
    database.execute(["alter table flow.target drop column parts, drop constraint target_pkey"])
    told = run(instance, partition="2026-07-11")
    assert {"DKU_DST_day": "2026-07-11", "DKU_DST_DATE": "2026-07-11", "DKU_DST_YEAR": "2026", "DKU_DST_MONTH": "07", "DKU_DST_DAY": "11",
            "DKU_SRC_day": "2026-07-11", "DKU_SRC_source_day": "2026-07-11", "DKU_DST_DATE_1DAYAFTER": "2026-07-12"}.items() <= told[
        "variables"].items()
    assert told["partitions"] == ["2026-07-10", "2026-07-11", "2026-07-12"]
    assert "expected ['id', 'word', 'day'] with day at its place" in told["no column"]
    assert "cannot explicitly set partitions" in told["explicit"]
    assert database.run("select day, count(*) as n from flow.target group by day order by day").values.tolist() == [
        ["2026-07-09", 1], ["2026-07-11", 100]]


def test_partitions_are_one_a_run_and_of_letters_and_digits(plugin):
    instance = plugin(recipe="")
    instance.partition("QA0.target", "uid", None)
    with pytest.raises(AssertionError, match="partitioned by uid: a run makes one partition"):
        run(instance)
    with pytest.raises(ValueError, match="expected letters and digits only"):
        run(instance, partition="uid://A002/X1/X2")
    with pytest.raises(ValueError, match="2026-7"):
        partitions.check("2026-7", {"name": "day", "type": "time", "params": {"period": "DAY"}})


def test_without_six_there_is_no_package_dataiku(plugin):
    instance = plugin(recipe="")
    environment = {"hidden": code_environment.hidden("numpy\npandas<3\nrequests\n"), "kept_out": []}
    (instance.folder / "code_env.json").write_text(json.dumps(environment), encoding="utf-8")
    done = instance.run_recipe("probe-recipe", {}, {"target": "QA0.target"})
    assert done.returncode != 0
    assert "No module named 'six': the code environment of the plugin does not bring it" in done.stderr


def test_a_recipe_without_a_role_that_is_required_is_not_run(plugin):
    with pytest.raises(AssertionError, match=r"DSS does not run a recipe without \['target'\]"):
        plugin(recipe="").run_recipe("probe-recipe", {}, {})


def test_a_run_that_is_killed_leaves_its_transaction_undone(plugin, database):
    instance = plugin(recipe="""
        import sys
        print("begun", file=sys.stderr, flush=True)
        SQLExecutor2(dataset="target").query_to_df("select 1", ["delete from flow.target", "select pg_sleep(60)"], ["COMMIT"])
        """)
    started = instance.start_recipe("probe-recipe", {"source": "QA0.source"}, {"target": "QA0.target"})
    started.wait_for("begun")
    while database.run("select pid from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()").empty:
        assert started.process.poll() is None, started.log
        sleep(0.05)
    started.kill()
    assert started.finish().returncode == -9
    left = "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()"
    database.execute([left])
    assert database.run("select id from flow.target")["id"].tolist() == [7]


MACRO = """
from dataiku import SQLExecutor2, get_flow_variables
from dataiku.runnables import ResultTable, Runnable

class Probe(Runnable):
    def get_progress_target(self):
        return 2, "NONE"

    def run(self, progress_callback):
        progress_callback(1)
        {}
"""


def macro(plugin, body, **options):
    return plugin(macro=MACRO.format(body), **options).run_macro("probe-macro")


def test_a_macro_answers_with_its_table_and_tells_its_progress(plugin):
    done = macro(plugin, "table = ResultTable(); table.add_column('what', 'What'); table.add_record(['all']); return table")
    assert (done.answer["columns"], done.answer["records"], done.progress) == (
        [{"name": "what", "displayName": "What", "type": "STRING"}], [["all"]], [1])


@pytest.mark.parametrize(("body", "result_type", "words"), [
    ("return 'well'", "RESULT_TABLE", "the macro gave str; expected ResultTable"),
    ("get_flow_variables()", "HTML", "only there in a recipe that runs in the Flow"),
    ("SQLExecutor2.exec_recipe_fragment(None, 'select 1')", "HTML", "only be used in a recipe that runs in the Flow"),
])
def test_a_macro_that_answers_otherwise_than_it_says_fails(plugin, body, result_type, words):
    done = macro(plugin, body, result_type=result_type)
    assert done.answer is None
    assert words in done.log


def test_a_result_table_has_texts_only_as_many_as_columns():
    table = ResultTable()
    table.add_column("what")
    for record, words in (([3], "what: 3; expected a text"), ([], "expected a list of 1 values"), (("a",), "expected a list of 1 values")):
        with pytest.raises((TypeError, ValueError), match=words):
            table.add_record(record)
    with pytest.raises(ValueError, match="column what twice"):
        table.add_column("what")
    with pytest.raises(ValueError, match="expected STRING or STRING_LIST"):
        table.add_column("n", type="INT")


def test_choices_come_from_the_only_function_or_do(plugin):
    def offered(code):
        return plugin(choices=code).choices("custom-recipes", "probe-recipe", "choice", inputs={"source": "QA0.source"})
    told = "return {'choices': [{'value': inputs[0]['fullName'], 'label': payload['parameterName']}]}"
    assert offered(f"def do(payload, config, plugin_config, inputs):\n    {told}\n") == [{"value": "QA0.source", "label": "choice"}]
    with pytest.raises(AssertionError, match="the function gave None; expected a dict with choices"):
        offered("def do():\n    pass\n")
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        offered("def do(payload):\n    return 1 / 0\n")
