"""Recipes that are killed, and two at once: whatever happens, what a later run leaves is right."""

import threading
from time import monotonic, sleep

import pytest

from alma_qa0.core.fields import EVALUATION, FINDING, SCAN_SUMMARY
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.judge import judge
from alma_qa0.store import plans
from dss.flows import COUNTED, OLD, RECIPES, assert_same_rows, make_marts, on_18, output, run_well

pytestmark = on_18
PATIENCE_S = 60
X2 = "uid://A002/X1/X2"


def start(instance, source, **config):
    target = output(instance, SCAN_SUMMARY)
    return instance.start_recipe(RECIPES[SCAN_SUMMARY], {"cal_atmosphere": source}, {SCAN_SUMMARY.name: target}, batch_size=1, **config)


class Held:
    """A lock on one row, so that what touches it waits, until it is let go."""

    def __init__(self, url, statement):
        self._database, self._statement = Postgres(url), statement
        self._go, self._held = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold, daemon=True)

    def _hold(self):
        with self._database._transaction() as cursor:
            cursor.execute(self._statement)
            self._held.set()
            self._go.wait(PATIENCE_S)
            cursor.connection.rollback()

    def __enter__(self):
        self._thread.start()
        assert self._held.wait(PATIENCE_S)
        return self

    def __exit__(self, *_):
        self._go.set()
        self._thread.join()
        self._database.close()


def wait_until(there, what):
    end = monotonic() + PATIENCE_S
    while not there():
        assert monotonic() < end, what
        sleep(0.02)


def waiting(database):
    found = database.run("select count(*) as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")
    return found["n"].item()


def working(database):
    found = database.run("select count(*) as n from pg_stat_activity where usename = 'analyst' and datname = current_database()")
    return found["n"].item()


def made_at(database):
    """When each Execution Block was made."""
    found = database.run("""select uid, refreshed_at from flow."QA0_scan_summary_refresh" where uid like 'uid%'""")
    return dict(zip(found["uid"], found["refreshed_at"], strict=True))


def same_as_in_one_go(database):
    plans.refresh(database, OLD, source="production")
    assert_same_rows(database, SCAN_SUMMARY, 24)


def test_a_run_that_is_killed_inside_a_transaction_leaves_it_undone_and_the_next_ends_right(instance, database, database_url, old_table):
    run_well(instance, old_table, SCAN_SUMMARY)
    database.execute(["update raw.cal_atmosphere_production set tsys_x = tsys_x + 1", COUNTED])
    before = made_at(database)
    in_the_way = """select 1 from flow."QA0_scan_summary" where uid = 'uid://A002/X1/X2' for update"""
    with Held(database_url, in_the_way):
        run = start(instance, old_table)
        wait_until(lambda: waiting(database) > 0, run.log)
        run.kill()
    wait_until(lambda: working(database) == 0, "PostgreSQL notices that nobody is there any more")
    after = made_at(database)
    assert after[X2] == before[X2]
    assert after.keys() == before.keys()
    assert database.run("""select count(*) as n from flow."QA0_scan_summary" where uid = 'uid://A002/X1/X2'""")["n"].item() == 8
    run_well(instance, old_table, SCAN_SUMMARY)
    same_as_in_one_go(database)


@pytest.mark.parametrize("words", ["(production)", "1 of 3", "2 of 3"])
def test_a_run_that_is_killed_anywhere_is_finished_by_the_next(instance, database, old_table, words):
    run = start(instance, old_table)
    run.wait_for(words)
    run.kill()
    wait_until(lambda: working(database) == 0, "PostgreSQL notices that nobody is there any more")
    run_well(instance, old_table, SCAN_SUMMARY)
    same_as_in_one_go(database)


def test_two_runs_at_once_make_what_one_makes(instance, database, old_table):
    runs = [start(instance, old_table, mode=mode) for mode in ("changed", "all")]
    done = [run.finish() for run in runs]
    assert [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
    same_as_in_one_go(database)


def test_two_that_judge_at_once_and_one_that_is_killed_leave_what_one_leaves(instance, database, old_table):
    given = make_marts(instance, database, old_table)
    outputs = {relation.name: output(instance, relation) for relation in (FINDING, EVALUATION)}
    killed = instance.start_recipe("alma-qa0-finding", given, outputs, batch_size=1)
    killed.wait_for("1 of 3")
    killed.kill()
    done = [run.finish() for run in [instance.start_recipe("alma-qa0-finding", given, outputs, batch_size=1, mode=mode)
                                     for mode in ("changed", "all")]]
    assert [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
    plans.refresh(database, OLD, source="production")
    judge(database, OLD)
    for columns, table in (("uid, finding_id, sentence", "finding"), ("uid, n_warning, n_severe", "evaluation")):
        made, expected = f'select {columns} from flow."QA0_{table}"', f"select {columns} from mart.{table}"
        assert database.run(f"({made} except all {expected}) union all ({expected} except all {made})").empty
