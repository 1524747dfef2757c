"""The judging recipe of the archive, run as DSS runs it, against what jobs.judge makes directly."""

import pytest

from alma_qa0.core.fields import EVALUATION, FINDING
from alma_qa0.core.rules import DEFAULTS
from alma_qa0.jobs.judge import judge
from alma_qa0.store import plans
from dss.flows import COUNTED, OLD, make_marts, on_18, output

RECIPE = "alma-qa0-finding"
SAID = "finding_id, rule_id, severity, antenna_name, baseband_name, polarisation, scan_number, metric, limit_value, sentence, cause_id"


def run(instance, given, source=None, outputs=None, partition=None, **config):
    targets = outputs or {relation.name: output(instance, relation) for relation in (FINDING, EVALUATION)}
    sources = given | ({"cal_atmosphere": source} if source else {})
    return instance.run_recipe(RECIPE, sources, targets, partition=partition, **config)


def run_well(*args, **config):
    done = run(*args, **config)
    assert done.returncode == 0, done.stderr
    return done.stderr


def rules(database, where="true"):
    found = database.run(f'select distinct rule_id from flow."QA0_finding" where {where} order by rule_id')
    return set(found["rule_id"])


@pytest.mark.parametrize("kind", ["production", "asdm"])
def test_the_recipe_finds_what_judging_finds(kind, instance, database, request):
    source = request.getfixturevalue("old_table" if kind == "production" else "ingested")
    log = run_well(instance, make_marts(instance, database, source), source, batch_size=1, workers=2)
    assert ("rules that read them find nothing" in log) == (kind == "production")
    plans.refresh(database, OLD, source=kind)
    judge(database, OLD)
    for columns, table in ((SAID, "finding"), ("uid, limits, rules_version, n_warning, n_severe, pwv_octile", "evaluation")):
        made, expected = f'select {columns} from flow."QA0_{table}"', f"select {columns} from mart.{table}"
        assert database.run(f"({made} except all {expected}) union all ({expected} except all {made})").empty
        assert len(database.run(made)) > 0


@on_18
def test_without_the_tables_of_an_ingest_rules_that_read_them_find_nothing(instance, database, ingested):
    given = make_marts(instance, database, ingested)
    database.execute(["update raw.weather set wind_speed_m_s = 40"])
    run_well(instance, given)
    assert "wind" not in rules(database)
    run_well(instance, given, ingested, mode="all")
    assert "wind" in rules(database)


@on_18
def test_only_what_changed_is_judged_again(instance, database, old_table):
    given = make_marts(instance, database, old_table)
    assert "3 Execution Blocks judged, 0 removed, 0 as they were" in run_well(instance, given, old_table, batch_size=2)
    database.execute(["update raw.cal_atmosphere_production set tsys_x = 77 where uid = 'uid://A002/X1/X1'",
                      "delete from raw.cal_atmosphere_production where uid = 'uid://A002/X1/X3'",
                      COUNTED])
    log = run_well(instance, make_marts(instance, database, old_table), old_table)
    assert "1 Execution Blocks judged, 1 removed, 1 as they were" in log


@on_18
def test_given_days_and_execution_blocks_are_judged(instance, database, old_table):
    given = make_marts(instance, database, old_table)
    assert "1 Execution Blocks judged" in run_well(instance, given, mode="days", more_days="2026-07-19")
    assert "1 Execution Blocks judged" in run_well(instance, given, mode="uids", uids=["uid://A002/X1/X3"])
    found = database.run('select uid from flow."QA0_evaluation" order by uid')["uid"].tolist()
    assert found == ["uid://A002/X1/X2", "uid://A002/X1/X3"]


@on_18
def test_a_run_makes_one_partition_of_both_outputs(instance, database, old_table):
    given = make_marts(instance, database, old_table)
    outputs = {relation.name: output(instance, relation) for relation in (FINDING, EVALUATION)}
    for dataset in outputs.values():
        instance.partition(dataset, "day")
    run_well(instance, given, old_table, outputs, partition="2026-07-19")
    for table in ("finding", "evaluation"):
        found = database.run(f'select distinct uid, day from flow."QA0_{table}"')
        assert found.values.tolist() == [["uid://A002/X1/X2", "2026-07-19"]]


@on_18
def test_a_limit_that_was_set_is_used_and_kept(instance, database, old_table):
    given = make_marts(instance, database, old_table)
    run_well(instance, given, old_table)
    instance.set_variables(ratio="0.001")
    log = run_well(instance, given, old_table, limits={"trec_specification.ratio": "${ratio}"})
    assert "3 Execution Blocks judged" in log
    assert "trec_specification" in rules(database)
    limits = database.run("""select distinct limits::json ->> 'trec_specification.ratio' as ratio from flow."QA0_evaluation" """)
    assert limits["ratio"].tolist() == ["0.001"]


@on_18
@pytest.mark.parametrize(("limits", "words"), [
    ({"trec_level.hihg": 3}, "'trec_level.hihg' cannot be used; expected a name like"),
    ({"trec_level.high": "three"}, "trec_level.high: 'three' cannot be used; expected a number"),
], ids=["its name", "its value"])
def test_a_limit_that_is_none_is_refused_by_name(instance, database, old_table, limits, words):
    refused(run(instance, make_marts(instance, database, old_table), limits=limits), database, words)


def refused(done, database, words):
    assert done.returncode != 0
    assert words in done.stderr.strip().splitlines()[-1]
    assert database.run("select 1 as n from pg_tables where tablename in ('QA0_finding', 'QA0_evaluation')").empty


@on_18
def test_marts_whose_recipe_has_not_run_are_refused_by_name(instance, database, old_table):
    given = make_marts(instance, database, old_table)
    database.execute(['drop table flow."QA0_spectrum", flow."QA0_spectrum_refresh"'])
    refused(run(instance, given), database, "flow.QA0_spectrum_refresh: no such table")


@on_18
def test_one_table_for_both_outputs_is_refused(instance, database, old_table):
    outputs = {"finding": output(instance, FINDING), "evaluation": output(instance, EVALUATION, "QA0_finding")}
    done = run(instance, make_marts(instance, database, old_table), outputs=outputs)
    refused(done, database, "flow.QA0_finding is finding and something else besides; expected a table of its own")


@on_18
def test_outputs_that_are_not_partitioned_alike_are_refused(instance, database, old_table):
    outputs = {relation.name: output(instance, relation) for relation in (FINDING, EVALUATION)}
    instance.partition(outputs["finding"], "day")
    done = run(instance, make_marts(instance, database, old_table), outputs=outputs, partition="2026-07-19")
    refused(done, database, "expected the partitions of QA0.finding")


@on_18
def test_the_output_datasets_get_their_columns_with_meanings_and_units(instance, database, old_table):
    outputs = {relation.name: output(instance, relation) for relation in (FINDING, EVALUATION)}
    run_well(instance, make_marts(instance, database, old_table), outputs=outputs)
    for relation in (FINDING, EVALUATION):
        columns = instance.schema(outputs[relation.name])
        assert tuple(column["name"] for column in columns) == relation.columns
        assert all(column["comment"] for column in columns)


def test_the_form_lists_every_limit_with_its_default(instance):
    choices = instance.choices("custom-recipes", RECIPE, "limit_names")
    assert {choice["value"] for choice in choices} == set(DEFAULTS)
    assert "trec_level.high = 2: times the reference is too high" in [choice["label"] for choice in choices]


@on_18
def test_the_form_offers_the_execution_blocks_of_the_marts(instance, database, old_table):
    given = make_marts(instance, database, old_table)
    choices = instance.choices("custom-recipes", RECIPE, "uids", inputs=given)
    assert [choice["value"] for choice in choices] == [f"uid://A002/X1/X{number}" for number in (3, 2, 1)]
