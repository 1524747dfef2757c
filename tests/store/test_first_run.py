"""The first run on a cluster, or on any other PostgreSQL: everything is asked of it once, and the rows are those of one PostgreSQL.

``ALMA_QA0_TEST_DATABASE=postgresql://user@coordinator/name pytest tests/store/test_first_run.py`` says of each step that was refused what
the database said; one that fails does not keep the others from being tried. Without that variable Citus' catalog is stood in for.
"""

import pandas as pd
import pytest

from alma_qa0.core.fields import EVALUATION, FINDING, MARTS
from alma_qa0.errors import QA0Error
from alma_qa0.jobs.distribute import distribute
from alma_qa0.store import distribution
from alma_qa0.store.decisions import read_of_blocks
from alma_qa0.store.tables import create_production
from conftest import GIVEN
from store.everything import STAND_IN, steps
from store.samples import TABLES


@pytest.fixture
def of_one_postgresql(database_18):
    """What the same makes on one PostgreSQL, each relation by its name."""
    create_production(database_18, TABLES)
    assert not distribution.is_present(database_18)
    assert refusals(database_18) == []
    return rows(database_18)


def refusals(database):
    """What the database said to each step that it refused."""
    return [f"{name}: {said}" for name, step in steps(database) if (said := _refusal(step))]


def _refusal(step):
    try:
        step()
    except QA0Error as error:
        return str(error)
    return None


def rows(database):
    """All rows of the marts, the findings and the evaluations, but for when they were made."""
    uids = database.run("select uid from mart.execution_block order by uid")["uid"].tolist()
    found = {relation.name: read_of_blocks(database, TABLES, relation, uids) for relation in (*MARTS, FINDING, EVALUATION)}
    return {name: frame.drop(columns=["evaluated_at"], errors="ignore") for name, frame in found.items()}


@pytest.mark.slow
def test_everything_runs_in_shards_and_makes_what_one_postgresql_makes(database, of_one_postgresql):
    if not GIVEN:
        database.execute([STAND_IN])
        create_production(database, TABLES)
        distribute(database, TABLES, production=True, say=lambda _: None)
    create_production(database, TABLES)
    assert refusals(database) == []
    for name, frame in rows(database).items():
        assert len(frame) > 0
        pd.testing.assert_frame_equal(frame, of_one_postgresql[name], obj=name)


@pytest.mark.slow
def test_a_step_that_is_refused_is_told_and_the_others_go_on(database_18):
    create_production(database_18, TABLES)
    database_18.execute(["alter table raw.cal_atmosphere_production drop column tau"])
    assert [said.partition(":")[0] for said in refusals(database_18)][:2] == ["rows of the old table", "refresh production"]
