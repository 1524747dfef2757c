"""The modes of a recipe as DSS gives them: words in parameters, variables of scenarios, partitions, choices in the form."""

import pytest

from alma_qa0.core.fields import EXECUTION_BLOCK, SPECTRUM
from dss.flows import RECIPES, assert_refused, on_18, output, run, run_well

pytestmark = on_18
UIDS = tuple(f"uid://A002/X1/X{number}" for number in (1, 2, 3))  # they start on 18, 19 and 20 July at 23:40 UTC


def held(database, column="uid"):
    return database.run(f'select {column} as held from flow."QA0_execution_block" order by uid')["held"].tolist()


def test_given_execution_blocks_are_made_and_no_others(instance, database, old_table):
    run_well(instance, old_table, EXECUTION_BLOCK, mode="uids", uids=[UIDS[2]], more_uids=f"{UIDS[0]}, {UIDS[2]}")
    assert held(database) == [UIDS[0], UIDS[2]]


def test_execution_blocks_that_the_input_does_not_have_are_refused_by_name(instance, database, old_table):
    done = run(instance, old_table, EXECUTION_BLOCK, mode="uids", more_uids=f"{UIDS[0]},uid://A002/X9/X9")
    assert_refused(done, database, "uid://A002/X9/X9: not in raw.cal_atmosphere_production; expected the UIDs of Execution Blocks")


def test_a_mode_without_what_it_asks_for_is_refused(instance, database, old_table):
    done = run(instance, old_table, EXECUTION_BLOCK, mode="uids", uids=[], more_uids=" , ")
    assert_refused(done, database, "uids: None cannot be used; expected the UID of at least one Execution Block")


def test_days_are_those_of_the_start_in_utc_whatever_the_zone_of_dss(instance, database, old_table):
    database.execute(["update raw.cal_atmosphere_production set startvalidtime = startvalidtime + interval '1 hour'"])
    run_well(instance, old_table, EXECUTION_BLOCK, mode="days", more_days="2026-07-20/2026-07-21")
    assert held(database) == [UIDS[1], UIDS[2]]  # they start at 00:40 in Greenwich, which is the evening before in Santiago


def test_a_scenario_says_days_and_execution_blocks_by_variables(instance, database, old_table):
    instance.set_variables(night="2026-07-19", repeated=f'["{UIDS[0]}"]')
    run_well(instance, old_table, EXECUTION_BLOCK, mode="days", more_days="${night}")
    assert held(database) == [UIDS[1]]
    run_well(instance, old_table, EXECUTION_BLOCK, mode="uids", more_uids="${repeated}")
    assert held(database) == list(UIDS[:2])


def test_a_variable_that_nobody_sets_is_refused(instance, database, old_table):
    done = run(instance, old_table, EXECUTION_BLOCK, mode="days", more_days="${night}")
    assert_refused(done, database, "more_days: '${night}' cannot be used; expected a variable that the project or the scenario sets")


@pytest.mark.parametrize(("period", "partition"), [("DAY", "2026-07-19"), (None, "20260719")], ids=["of time", "of values"])
def test_a_run_makes_one_partition_and_dss_finds_it_by_its_column(instance, database, old_table, period, partition):
    dataset = output(instance, EXECUTION_BLOCK)
    instance.partition(dataset, "day", period)
    run_well(instance, old_table, EXECUTION_BLOCK, dataset, partition=partition)
    assert (held(database), held(database, "day")) == ([UIDS[1]], [partition])
    *_others, last = instance.schema(dataset)
    assert (last["name"], last["type"]) == ("day", "string")


def test_a_partition_that_is_no_day_is_refused(instance, database, old_table):
    dataset = output(instance, EXECUTION_BLOCK)
    instance.partition(dataset, "month", "MONTH")
    done = run(instance, old_table, EXECUTION_BLOCK, dataset, partition="2026-07")
    assert_refused(done, database, "month: '2026-07' cannot be used; expected a day such as 2026-07-17")


# --- what the form offers ---


def offered(instance, source, parameter):
    return instance.choices("custom-recipes", RECIPES[SPECTRUM], parameter, inputs={"cal_atmosphere": source} if source else {})


def test_the_form_offers_the_execution_blocks_of_the_input_newest_first(instance, old_table):
    choices = offered(instance, old_table, "uids")
    assert [choice["value"] for choice in choices] == [*reversed(UIDS)]
    assert choices[0]["label"] == f"2026-07-20 23:40 · {UIDS[2]}"


def test_the_form_offers_the_days_of_the_input_newest_first(instance, database, old_table):
    later = "update raw.cal_atmosphere_production set startvalidtime = startvalidtime + interval '1 day'"
    database.execute([f"{later} where uid = '{UIDS[1]}'"])
    assert [(choice["value"], choice["label"]) for choice in offered(instance, old_table, "days")] == [
        ("2026-07-20", "2026-07-20 · 2 Execution Blocks"), ("2026-07-18", "2026-07-18 · 1 Execution Block")]


def test_the_form_offers_what_an_ingest_took_in(instance, ingested):
    assert len(offered(instance, ingested, "uids")) == 2


def test_the_form_offers_nothing_before_an_input_is_chosen(instance, old_table):
    assert offered(instance, None, "uids") == []


def test_a_form_over_an_input_without_calibrations_says_so(instance, database, old_table):
    database.execute(["create table raw.weather_report (uid text)"])
    with pytest.raises(AssertionError, match=r"raw\.weather_report holds no atmosphere calibrations"):
        offered(instance, instance.add_dataset("weather_report", "alma", "raw", "weather_report"), "uids")
