"""What the tests of recipes share: an old production table, the flow that is made from it, and what is compared."""

import pytest

from alma_qa0.core.fields import CAL_ATMOSPHERE, EXECUTION_BLOCK, INVALID_VALUE, MARTS, PRODUCTION, SCAN_SUMMARY, SPECTRUM
from alma_qa0.jobs import marts
from alma_qa0.store.tables import Tables

RECIPES = {EXECUTION_BLOCK: "alma-qa0-execution-block", SCAN_SUMMARY: "alma-qa0-scan-summary", SPECTRUM: "alma-qa0-spectrum",
           INVALID_VALUE: "alma-qa0-invalid-value"}
OLD = Tables.in_schemas()
# Has PostgreSQL count at once what a test changed in the old table: connections of this program are taken to change nothing there.
COUNTED = "select pg_stat_force_next_flush()"

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

# What a recipe refuses does not depend on the PostgreSQL.
on_18 = pytest.mark.parametrize("server", [18], indirect=True, ids=["postgresql18"])


def output(instance, mart, table=None):
    return instance.add_dataset(mart.name, "alma", "flow", table or f"${{projectKey}}_{mart.name}")


def run(instance, source, mart, target=None, **config):
    target = target or output(instance, mart)
    return instance.run_recipe(RECIPES[mart], {"cal_atmosphere": source}, {mart.name: target}, **config)


def run_well(*args, **config):
    done = run(*args, **config)
    assert done.returncode == 0, done.stderr
    return done.stderr


def make_marts(instance, database, source):
    """The four marts as their recipes leave them, by role; ``source`` is a fixture's dataset."""
    table = source.partition(".")[2]
    place = ("raw", CAL_ATMOSPHERE.name if table == CAL_ATMOSPHERE.name else PRODUCTION.name)
    for mart in MARTS:
        marts.refresh(database, mart, source=place, target=("flow", f"QA0_{mart.name}"))
    database.execute(["grant all on all tables in schema flow to analyst"])
    return {mart.name: output(instance, mart) for mart in MARTS}


def assert_same_rows(database, mart, table):
    """Nothing of either table is not in the other, and both hold something."""
    made, expected = f'flow."QA0_{mart.name}"', f"mart.{mart.name}"
    difference = database.run(f"(select * from {made} except all select * from {expected}) union all "
                              f"(select * from {expected} except all select * from {made})")
    assert difference.empty, difference
    assert database.run(f"select count(*) as n from {made}")["n"].item() == table


def count(database, mart):
    return database.run(f"select count(*) as n from mart.{mart.name}")["n"].item()


def assert_refused(done, database, words):
    assert done.returncode != 0
    assert words in done.stderr.strip().splitlines()[-1]
    assert database.run("select tablename::text as name from pg_tables where schemaname = 'flow'")["name"].tolist() in ([], ["taken"])
