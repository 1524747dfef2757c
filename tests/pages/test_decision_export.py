import pytest

from alma_qa0.core.decisions import new_decision
from alma_qa0.core.fields import EVALUATION, EXECUTION_BLOCK, FINDING
from alma_qa0.errors import BadRequest
from alma_qa0.pages.decision_export import records
from alma_qa0.store.decisions import decide
from alma_qa0.store.plans import refresh
from alma_qa0.store.queries import Marts
from alma_qa0.store.tables import Tables, create_decisions, create_judgement
from store.samples import TABLES, UID, atmosphere, create_all, insert, put_asdm

OTHER = "uid://A002/X1/X2"


@pytest.fixture
def marts(database):
    create_all(database)
    create_judgement(database, TABLES)
    create_decisions(database, TABLES)
    for uid in (UID, OTHER):
        put_asdm(database, [atmosphere()], uid=uid)
    refresh(database, TABLES)
    return Marts(database, TABLES)


def test_records_hold_what_was_found_what_is_proposed_and_what_was_decided(marts):
    insert(marts.database, EVALUATION, [{
        "uid": UID, "limits": "{}", "n_antennas": 2, "n_usable_antennas": 0, "nominal_antennas": 43, "n_severe": 1, "n_warning": 1}])
    insert(marts.database, FINDING, [
        {"uid": UID, "finding_id": "a", "rule_id": "invalid_value", "severity": "severe", "basis": "public_criterion",
         "antenna_name": "DA41", "sentence": "DA41: nothing.", "channels": [0, 15], "n_parts": 1},
        {"uid": UID, "finding_id": "b", "rule_id": "no_last_phase", "severity": "warning", "basis": "public_criterion",
         "sentence": "No phase scan.", "n_parts": 0}])
    decide(marts.database, TABLES, new_decision(OTHER, decided_by="aod", status="Pass", program_version="1"))
    other, one = records(marts, [OTHER, UID], program_version="1")
    assert (one["proposed_status"], one["proposed_reasons"], one["because"]) == ("Fail", ["QA0_ARRAY"], ["a"])
    assert (one["warnings"], one["antenna_issues"][0]["antenna"], one["status"]) == (["No phase scan."], "DA41", "Unset")
    assert other["eb_uid"] == OTHER
    assert (other["status"], other["proposed_status"], other["n_usable_antennas"]) == ("Pass", "Unset", None)


def test_a_block_that_is_not_there_is_named(marts):
    with pytest.raises(BadRequest, match="uid://A002/X9/X9 is not in the database"):
        records(marts, [UID, "uid://A002/X9/X9"], program_version="1")


def test_a_shift_without_blocks_has_no_records(marts):
    assert records(marts, [], program_version="1") == []


def test_where_nothing_is_judged_or_decided_a_record_says_so(marts):
    bare = Marts(marts.database, Tables({EXECUTION_BLOCK.name: TABLES.of(EXECUTION_BLOCK)}))
    (one,) = records(bare, [UID], program_version="1")
    assert (one["proposed_status"], one["status"], one["n_severe"], one["n_decisions"]) == ("Unset", "Unset", None, 0)
    assert (one["aborted"], one["time_on_source_s"]) == (False, 600.0)
