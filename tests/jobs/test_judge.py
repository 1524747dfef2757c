"""From the marts to findings: whole Execution Blocks, small and broken ones too."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from alma_qa0.core.blocks import Polarisation
from alma_qa0.core.fields import EVALUATION, FINDING
from alma_qa0.core.rules import DEFAULTS, limits_from
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import Judged, judge
from alma_qa0.simulate.execution_block import write_execution_block
from alma_qa0.simulate.fault_kinds import Fault, FaultKind
from alma_qa0.simulate.plan import plan_execution_block, with_faults
from alma_qa0.store import plans
from alma_qa0.store.load import delete_statements
from alma_qa0.store.queries import Marts
from alma_qa0.store.tables import Tables, create_judgement, create_marts
from store.samples import UID, create_all, production, put_production

pytestmark = pytest.mark.slow  # each simulates, takes in and judges

TABLES = Tables.in_schemas()


def all_tables(database):
    create_all(database)
    create_judgement(database, TABLES)


@pytest.fixture
def database_url(server):
    """All tables are there, and empty."""
    with server.prepared(all_tables) as url:
        yield url


@pytest.fixture
def database_url_18(server_18):
    with server_18.prepared(all_tables) as url:
        yield url


def quiet_plan(number=0, *, antennas=6, calibrations=3, channels=128, bands=(6,), **changes):
    plan = plan_execution_block(11, number, bands=bands, antennas=antennas, calibrations=calibrations, channels=channels)
    return replace(plan, faults=(), edge_height=1.0, **changes)


def judged(database, tmp_path, plan, **settings):
    """The findings and the evaluation of one simulated Execution Block."""
    report = ingest(database, TABLES, [write_execution_block(tmp_path, plan)])
    assert not report.failed
    plans.refresh(database, TABLES)
    judge(database, TABLES, **settings)
    marts = Marts(database, TABLES)
    return marts.read_findings(plan.uid), marts.read_evaluation(plan.uid).iloc[0]


def alarms(findings):
    return findings[(findings["severity"] != "info") & findings["cause_id"].isna()]


def test_an_execution_block_without_faults_has_no_warning(database, tmp_path):
    findings, evaluation = judged(database, tmp_path, quiet_plan())
    assert alarms(findings).empty
    assert (evaluation["n_warning"], evaluation["n_severe"]) == (0, 0)
    assert (evaluation["n_antennas"], evaluation["n_usable_antennas"], evaluation["n_baselines"]) == (6, 6, 15)


def test_one_noisy_polarisation_is_one_line_with_its_parts_under_it(database, tmp_path):
    plan = quiet_plan()
    plan = with_faults(plan, Fault(FaultKind.HIGH, 2.6, plan.antennas[2], polarisation=Polarisation.X))
    findings, evaluation = judged(database, tmp_path, plan)
    line = alarms(findings)
    assert line[["antenna_name", "polarisation"]].values.tolist() == [[plan.antennas[2], "X"]]
    assert line["baseband_name"].isna().all()
    parts = findings[findings["cause_id"] == line["finding_id"].iloc[0]]
    assert len(parts) == line["n_parts"].iloc[0] > 8
    assert evaluation["n_warning"] == 1


def test_the_columns_are_those_of_the_relations(database, tmp_path):
    findings, evaluation = judged(database, tmp_path, quiet_plan())
    assert tuple(findings.columns) == FINDING.columns
    assert tuple(evaluation.index) == EVALUATION.columns


def test_a_dead_antenna_is_severe_and_not_usable(database, tmp_path):
    plan = quiet_plan()
    findings, evaluation = judged(database, tmp_path, with_faults(plan, Fault(FaultKind.DEAD, -1, plan.antennas[1])))
    assert alarms(findings)[["severity", "antenna_name"]].values.tolist() == [["severe", plan.antennas[1]]]
    assert tuple(evaluation[["n_usable_antennas", "n_usable_baselines_x", "n_usable_baselines_y"]]) == (5, 10, 10)
    assert (evaluation["unusable_antennas_x"], evaluation["unusable_antennas_y"]) == ([plan.antennas[1]], [plan.antennas[1]])


def test_what_all_antennas_share_is_the_arrays(database, tmp_path):
    plan = quiet_plan()
    findings, _ = judged(database, tmp_path, with_faults(plan, Fault(FaultKind.DEAD, 0, calibrations=(2,))))
    line = alarms(findings)
    assert len(line) == 1
    assert line["antenna_name"].isna().all()
    assert line["cal_data_id"].notna().all()


@pytest.mark.parametrize("changes", [
    {"antennas": 1}, {"antennas": 2}, {"calibrations": 1}, {"channels": 1}, {"channels": 7},
    {"antennas": 1, "calibrations": 1, "channels": 1},
    {"antennas": 2, "polarisations": 1}, {"channels": 128, "joined": True}, {"bands": (3, 7)},
], ids=str)
@pytest.mark.parametrize("dead", [None, -1.0, math.nan], ids=["alive", "no solution", "nan"])
def test_small_and_dead_execution_blocks_give_sentences_and_never_a_nan(database_18, tmp_path, changes, dead):
    bands = changes.get("bands", (6,))
    plan = replace(quiet_plan(**{name: value for name, value in changes.items() if name != "bands"}), bands=bands)
    if dead is not None:
        plan = with_faults(plan, Fault(FaultKind.DEAD, dead))
    with np.errstate(all="raise", under="ignore"):
        findings, evaluation = judged(database_18, tmp_path, plan)
    assert not findings["sentence"].str.contains(r"\bnan\b|\bNone\b|\binf\b", case=False, regex=True).any()
    assert evaluation["n_severe"] == (0 if dead is None else len(bands))
    if dead is None:
        assert alarms(findings).empty


def test_an_execution_block_without_calibrations_says_so(database, tmp_path):
    plan = quiet_plan(antennas=2)
    plan = with_faults(plan, *(Fault(FaultKind.MISSING_ANTENNA, 0, antenna) for antenna in plan.antennas))
    findings, evaluation = judged(database, tmp_path, plan)
    severe = findings[findings["severity"] == "severe"]
    assert severe["sentence"].tolist() == ["There is no atmosphere calibration: nothing can be said of Trx and Tsys"]
    assert evaluation["n_usable_antennas"] == 0


def test_only_what_is_new_changed_or_judged_with_other_limits_is_judged(database, tmp_path):
    plan = quiet_plan(antennas=3)
    judged(database, tmp_path, plan)
    assert judge(database, TABLES) == Judged(0, 0, 1)
    other = limits_from({"trec_level.high": 1.8})
    assert judge(database, TABLES, limits=other) == Judged(1, 0, 0)
    kept = Marts(database, TABLES).read_evaluation(plan.uid)["limits"].iloc[0]
    assert json.loads(kept) == {**DEFAULTS, "trec_level.high": 1.8}
    assert judge(database, TABLES, limits=other, full=True) == Judged(1, 0, 0)


def test_judging_again_gives_the_same_findings(database, tmp_path):
    plan = quiet_plan()
    plan = with_faults(plan, Fault(FaultKind.BIRDIE, 0.4, plan.antennas[0], "BB_2", Polarisation.Y, channels=(60, 61)))
    first, _ = judged(database, tmp_path, plan)
    judge(database, TABLES, full=True)
    second = Marts(database, TABLES).read_findings(plan.uid)
    assert first.astype(str).equals(second.astype(str))
    assert first.loc[first["rule_id"] == "birdie", "channels"].tolist() == [[60, 60], [60, 60]]  # in Trx, and in Tsys


def test_what_the_marts_no_longer_have_is_no_longer_judged(database, tmp_path):
    plan = quiet_plan(antennas=3)
    judged(database, tmp_path, plan)
    database.execute(delete_statements(TABLES, plan.uid))
    plans.refresh(database, TABLES)
    assert judge(database, TABLES) == Judged(0, 1, 0)
    assert database.run("select uid from mart.evaluation").empty


def test_marts_of_nothing_are_judged_without_a_word(server):
    with server.empty() as url:
        database = Postgres(url)
        create_marts(database, TABLES)
        assert judge(database, TABLES) == Judged(0, 0, 0)
        database.close()


def test_only_the_execution_blocks_asked_for_are_judged(database, tmp_path):
    both = [quiet_plan(number, antennas=3) for number in (0, 1)]
    ingest(database, TABLES, [write_execution_block(tmp_path, plan) for plan in both])
    plans.refresh(database, TABLES)
    assert judge(database, TABLES, uids=[both[1].uid]) == Judged(1, 0, 0)
    assert database.run("select uid from mart.evaluation")["uid"].tolist() == [both[1].uid]


def test_two_at_a_time_find_what_one_finds(database, tmp_path):
    plans_made = [quiet_plan(number, antennas=4) for number in range(3)]
    plans_made[1] = with_faults(plans_made[1], Fault(FaultKind.BIRDIE, 0.4, plans_made[1].antennas[0], "BB_2", Polarisation.Y,
                                                     channels=(60, 61)))
    ingest(database, TABLES, [write_execution_block(tmp_path, plan) for plan in plans_made])
    plans.refresh(database, TABLES)
    marts, heard = Marts(database, TABLES), []
    judge(database, TABLES)
    first = [marts.read_findings(plan.uid).astype(str) for plan in plans_made]
    assert judge(database, TABLES, full=True, workers=2, progress=lambda *counts: heard.append(counts)) == Judged(3, 0, 0)
    assert all(one.equals(marts.read_findings(plan.uid).astype(str)) for one, plan in zip(first, plans_made, strict=True))
    assert heard[-1] == (3, 3)


def test_the_old_production_table_is_judged_too(database):
    put_production(database, [production(antennaname=name, caldataid=f"CalData_{n}", basebandname=baseband)
                              for name in ("DA41", "DA42", "DV01") for n in (1, 2) for baseband in ("BB_1", "BB_2")])
    plans.refresh(database, TABLES, source="production")
    assert judge(database, TABLES) == Judged(1, 0, 0)
    assert not (Marts(database, TABLES).read_findings(UID)["severity"] == "severe").any()
