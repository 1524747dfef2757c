"""The recipes of the archive, run as DSS runs them, against what plans.refresh makes directly."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from alma_qa0.core.fields import EXECUTION_BLOCK, MARTS, SCAN_SUMMARY, SPECTRUM
from alma_qa0.store import plans
from dss.flows import COUNTED, OLD, assert_refused, assert_same_rows, count, on_18, output, run, run_well


@pytest.mark.parametrize("kind", ["production", "asdm"])
def test_each_recipe_makes_the_rows_of_the_refresh_and_all_may_run_at_once(kind, instance, database, request):
    source = request.getfixturevalue("old_table" if kind == "production" else "ingested")
    targets = {mart: output(instance, mart) for mart in MARTS}
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda mart: run(instance, source, mart, targets[mart]), MARTS))
    assert [done.returncode for done in runs] == [0, 0, 0, 0], [done.stderr for done in runs]
    plans.refresh(database, OLD, source=kind)
    for mart in MARTS:
        assert count(database, mart) > 0
        assert_same_rows(database, mart, count(database, mart))


@on_18
def test_a_recipe_makes_its_own_table_and_bookkeeping_and_no_other(instance, database, old_table):
    run_well(instance, old_table, SPECTRUM)
    tables = database.run("select tablename::text as name from pg_tables where schemaname = 'flow' order by 1")
    assert tables["name"].tolist() == ["QA0_spectrum", "QA0_spectrum_refresh"]


@on_18
def test_the_output_dataset_gets_the_columns_of_its_mart(instance, old_table):
    target = output(instance, SCAN_SUMMARY)
    run_well(instance, old_table, SCAN_SUMMARY, target)
    columns = {column["name"]: column["type"] for column in instance.schema(target)}
    assert tuple(columns) == SCAN_SUMMARY.columns
    assert (columns["uid"], columns["receiver_band"], columns["tsys_x"], columns["tsys_median_x"]) == ("string", "int", "double", "float")
    assert (columns["start_valid_time"], columns["scan_intents"]) == ("date", "string")


@on_18
def test_a_second_run_makes_nothing_again(instance, old_table):
    assert "3 Execution Blocks made, 0 removed, 0 as they were" in run_well(instance, old_table, EXECUTION_BLOCK)
    assert "0 Execution Blocks made, 0 removed, 3 as they were" in run_well(instance, old_table, EXECUTION_BLOCK)


@on_18
def test_everything_is_made_again_on_several_connections_at_once(instance, database, old_table):
    run_well(instance, old_table, SCAN_SUMMARY)
    log = run_well(instance, old_table, SCAN_SUMMARY, mode="all", batch_size=1, workers=3)
    assert "3 Execution Blocks made" in log
    plans.refresh(database, OLD, source="production")
    assert_same_rows(database, SCAN_SUMMARY, 24)


@on_18
def test_the_log_tells_how_far_a_run_is(instance, old_table):
    log = run_well(instance, old_table, EXECUTION_BLOCK, batch_size=2)
    assert "2 of 3 Execution Blocks" in log
    assert "3 of 3 Execution Blocks" in log


@on_18
def test_what_changed_or_is_gone_in_the_source_is_so_in_the_output(instance, database, old_table):
    run_well(instance, old_table, SCAN_SUMMARY)
    database.execute(["update raw.cal_atmosphere_production set tsys_x = 77 where uid = 'uid://A002/X1/X1'",
                      "delete from raw.cal_atmosphere_production where uid = 'uid://A002/X1/X3'",
                      COUNTED])
    assert "1 Execution Blocks made, 1 removed, 1 as they were" in run_well(instance, old_table, SCAN_SUMMARY)
    plans.refresh(database, OLD, source="production")
    assert_same_rows(database, SCAN_SUMMARY, 16)


def test_an_output_that_was_cleared_or_dropped_is_filled_again(instance, database, old_table):
    for statement in ('truncate flow."QA0_scan_summary"', 'drop table flow."QA0_scan_summary"'):
        run_well(instance, old_table, SCAN_SUMMARY)
        database.execute([statement])
    run_well(instance, old_table, SCAN_SUMMARY)
    plans.refresh(database, OLD, source="production")
    assert_same_rows(database, SCAN_SUMMARY, 24)


@on_18
def test_input_and_output_on_two_connections_are_refused_before_anything_is_written(instance, database, old_table):
    elsewhere = instance.add_dataset("elsewhere", "other", "flow", "elsewhere")
    done = run(instance, old_table, SCAN_SUMMARY, elsewhere)
    words = "QA0.elsewhere: 'other' cannot be used; expected the connection of QA0.tsys_calibrations, which is 'alma'"
    assert_refused(done, database, words)


@on_18
def test_an_input_that_holds_no_calibrations_is_refused_with_what_is_expected(instance, database):
    database.execute(["create table raw.weather_report (uid text, temperature real)"])
    done = run(instance, instance.add_dataset("weather_report", "alma", "raw", "weather_report"), SCAN_SUMMARY)
    assert_refused(done, database, "raw.weather_report holds no atmosphere calibrations; expected the columns")


@on_18
def test_an_input_that_lacks_a_column_is_refused_with_its_name(instance, database, old_table):
    database.execute(["alter table raw.cal_atmosphere_production drop column tsysspectrum_y"])
    assert_refused(run(instance, old_table, SCAN_SUMMARY), database, "no column tsysspectrum_y")


@on_18
def test_an_output_table_of_another_shape_is_refused_as_it_is(instance, database, old_table):
    database.execute(["create table flow.taken as select 42 as answer", "grant all on flow.taken to analyst"])
    done = run(instance, old_table, SCAN_SUMMARY, output(instance, SCAN_SUMMARY, "taken"))
    assert done.returncode != 0
    assert "flow.taken: no column uid; expected text" in done.stderr
    assert database.run("select answer from flow.taken")["answer"].tolist() == [42]


@on_18
def test_a_batch_of_none_is_refused(instance, database, old_table):
    done = run(instance, old_table, SCAN_SUMMARY, batch_size=0)
    assert_refused(done, database, "batch_size: 0.0 cannot be used; expected a whole number from 1 up")
