"""The recipes of the archive, run as DSS runs them, against what plans.refresh makes directly."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from alma_qa0.core.fields import EXECUTION_BLOCK, INVALID_VALUE, MARTS, PRODUCTION, SCAN_SUMMARY, SPECTRUM
from alma_qa0.jobs.ingest import ingest
from alma_qa0.store import plans
from alma_qa0.store.tables import Tables, create_production
from dss.instance import Instance

SAMPLES = Path(__file__).parents[2] / "samples"
RECIPES = {EXECUTION_BLOCK: "alma-qa0-execution-block", SCAN_SUMMARY: "alma-qa0-scan-summary", SPECTRUM: "alma-qa0-spectrum",
           INVALID_VALUE: "alma-qa0-invalid-value"}
OLD = Tables.in_schemas()

# Three EBs of 2 antennas x 2 basebands x 2 calibrations, 16 channels; one value is the observatory's mark for "no solution".
OLD_ROWS = """
insert into raw.cal_atmosphere_production
select
    'uid://A002/X1/X' || eb, antenna, 'BB_' || baseband, 'CalData_' || (10 * calibration), 'ALMA_RB_06', date '2026-07-17' + eb,
    timestamptz '2026-07-17 23:30:00+00' + eb * interval '1 day' + calibration * interval '10 minutes', 260, 261,
    50 + eb, case when eb = 2 and antenna = 'DA41' then -1 else 55 end, 90 + baseband, 95, 0.1, 0.001, false, 230e9, 231e9, 232e9,
    (select string_agg((230e9 + 15625000.0 * channel)::text, ',' order by channel) from generate_series(0, 15) as channel),
    (select string_agg((50 + eb + channel / 10.0)::text, ',' order by channel) from generate_series(0, 15) as channel),
    (select string_agg(case when channel = 7 then '-1' else '55.5' end, ',' order by channel) from generate_series(0, 15) as channel),
    (select string_agg((90 + channel)::text, ',' order by channel) from generate_series(0, 15) as channel), null
from generate_series(1, 3) as eb, unnest(array['DA41', 'DV02']) as antenna, generate_series(1, 2) as baseband,
    generate_series(1, 2) as calibration
"""


@pytest.fixture
def instance(tmp_path, archive, database, database_url):
    """Connections: ``alma`` by a role that may do no more than it must, and ``other``."""
    database.execute([
        "create schema raw", "create schema flow", "drop role if exists analyst", "create role analyst login",
        "grant usage on schema raw to analyst", "alter default privileges in schema raw grant select on tables to analyst",
        "grant usage, create on schema flow to analyst",
    ])
    as_analyst = database_url.replace("postgres@", "analyst@", 1)
    yield Instance(tmp_path, archive, {"alma": as_analyst, "other": database_url})
    database.execute(["drop owned by analyst cascade", "drop role analyst"])


@pytest.fixture
def old_table(instance, database):
    create_production(database, OLD)
    database.execute([OLD_ROWS])
    return instance.add_dataset("tsys_calibrations", "alma", "raw", PRODUCTION.name)


@pytest.fixture
def ingested(instance, database):
    report = ingest(database, OLD, sorted(SAMPLES.glob("*.tar.gz"))[-2:])
    assert len(report.taken) == 2
    return instance.add_dataset("cal_atmosphere", "alma", "raw", "cal_atmosphere")


# What a recipe refuses does not depend on the PostgreSQL.
on_18 = pytest.mark.parametrize("database_url", [18], indirect=True, ids=["postgresql18"])


def output(instance, mart, table=None):
    return instance.add_dataset(mart.name, "alma", "flow", table or f"${{projectKey}}_{mart.name}")


def run(instance, source, mart, target=None, **config):
    target = target or output(instance, mart)
    return instance.run_recipe(RECIPES[mart], {"cal_atmosphere": source}, {mart.name: target}, **config)


def run_well(*args, **config):
    done = run(*args, **config)
    assert done.returncode == 0, done.stderr
    return done.stderr


def assert_same_rows(database, mart, table):
    """Nothing of either table is not in the other, and both hold something."""
    made, expected = f'flow."QA0_{mart.name}"', f"mart.{mart.name}"
    difference = database.run(f"(select * from {made} except all select * from {expected}) union all "
                              f"(select * from {expected} except all select * from {made})")
    assert difference.empty, difference
    assert database.run(f"select count(*) as n from {made}")["n"].item() == table


def count(database, mart):
    return database.run(f"select count(*) as n from mart.{mart.name}")["n"].item()


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
def test_a_full_rebuild_makes_everything_again(instance, old_table):
    run_well(instance, old_table, EXECUTION_BLOCK)
    assert "3 Execution Blocks made" in run_well(instance, old_table, EXECUTION_BLOCK, full_rebuild=True)


@on_18
def test_the_log_tells_how_far_a_run_is(instance, old_table):
    log = run_well(instance, old_table, EXECUTION_BLOCK, batch_size=2)
    assert "2 of 3 Execution Blocks" in log
    assert "3 of 3 Execution Blocks" in log


@on_18
def test_what_changed_or_is_gone_in_the_source_is_so_in_the_output(instance, database, old_table):
    run_well(instance, old_table, SCAN_SUMMARY)
    database.execute(["update raw.cal_atmosphere_production set tsys_x = 77 where uid = 'uid://A002/X1/X1'",
                      "delete from raw.cal_atmosphere_production where uid = 'uid://A002/X1/X3'"])
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


def assert_refused(done, database, words):
    assert done.returncode != 0
    assert words in done.stderr.strip().splitlines()[-1]
    assert database.run("select tablename::text as name from pg_tables where schemaname = 'flow'")["name"].tolist() in ([], ["taken"])


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
