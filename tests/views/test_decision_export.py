import csv
import io
import json

import numpy as np
import pandas as pd
import pytest

from alma_qa0.core.fields import DECISION
from alma_qa0.views.decision_export import COLUMNS, as_csv, as_json, record, records
from alma_qa0.views.proposal import findings_of, show
from views.samples import UID, block, blocks
from views.test_proposal import evaluation, findings


def decision(**changes):
    """One row as read_newest_decisions gives it."""
    usual = {"uid": UID, "decision_id": "d1", "decided_at": pd.Timestamp("2025-07-12T07:00:00.5Z"), "decided_by": "aod",
             "status": "SemiPass", "reasons": ["QA0_WEATHER", "QA0_ARRAY"],
             "comment": 'clouds, "many"\nsince 6', "execution_fraction": 0.38, "findings": "[]",
             "limits": "{}", "program_version": "1", "supersedes": None, "n_decisions": 2, "unseen": ["d0"]}
    return pd.DataFrame([{**usual, **changes}], columns=[*DECISION.columns, "n_decisions", "unseen"])


FOUND = findings(
    {}, {"severity": "severe", "sentence": "DV03: all of it."}, {"antenna_name": "DA41", "sentence": "DA41: a birdie."},
    {"antenna_name": None, "sentence": "No phase calibration after the last target."},
    {"severity": "info", "sentence": "A note."}, {"cause_id": "other", "sentence": "A part."})


def one(block_row=None, judged=True, found=FOUND, decided=None):
    block_row = block() if block_row is None else block_row
    row = evaluation() if judged else None
    found = findings_of(found)
    return record(block_row, row, found, None if decided is None else decided.iloc[0], show(block_row, row, found), program_version="1.2")


def test_a_record_tells_the_decision_and_the_proposal_apart():
    made = one(decided=decision())
    assert (made["status"], made["reasons"], made["proposed_status"], made["proposed_reasons"]) == (
        "SemiPass", ["QA0_WEATHER", "QA0_ARRAY"], "Pass", [])
    assert (made["decided_by"], made["decided_at"]) == ("aod", "2025-07-12T07:00:00Z")
    assert (made["n_decisions"], made["decisions_not_seen"]) == (2, 1)
    assert (made["execution_fraction"], made["execution_fraction_message"]) == (0.38, None)
    assert made["program"] == "alma-qa0 1.2"


def test_warnings_are_of_the_block_and_antenna_issues_by_antenna_with_the_worst_first():
    made = one()
    assert made["warnings"] == ["No phase calibration after the last target."]
    assert made["antenna_issues"] == [
        {"antenna": "DA41", "severity": "warning", "sentences": ["DA41: a birdie."]},
        {"antenna": "DV03", "severity": "severe", "sentences": ["DV03: all of it.", "DV03: high."]}]


def test_without_a_decision_the_state_is_unset_and_the_execution_fraction_says_what_is_missing():
    made = one()
    assert (made["status"], made["reasons"], made["decided_by"], made["n_decisions"]) == ("Unset", [], None, 0)
    assert made["execution_fraction"] == 1
    assert made["execution_fraction_message"].startswith("execution fraction set to 1, not known: Tsys expected")


def test_a_block_of_which_little_is_known_gives_nulls_and_never_a_nan():
    bare = block(project_uid=None, start_time=pd.NaT, end_time=pd.NaT, receiver_bands=[], water_m=np.nan, tsys_k=np.nan, source_names=None,
                 n_antennas=np.nan)
    silent = decision(execution_fraction=np.nan, unseen=None, comment="")
    made = json.loads(as_json(one(bare, judged=False, found=findings(), decided=silent)))
    assert [made[name] for name in ("start_time", "pwv_mm", "pwv_octile", "n_usable_antennas", "comment")] == [None] * 5
    assert made["proposed_status"] == "Unset"
    assert "nan" not in as_csv([one(bare, judged=False, found=findings())]).lower()


def test_water_is_in_mm_with_its_octile():
    assert (one()["pwv_mm"], one()["pwv_octile"]) == (0.24, "<1")


def test_json_of_one_is_an_object_and_of_a_shift_an_array_however_many():
    assert json.loads(as_json(one(decided=decision())))["comment"] == 'clouds, "many"\nsince 6'
    assert len(json.loads(as_json([one()]))) == 1
    assert json.loads(as_json([])) == []


def test_csv_has_a_line_per_block_under_all_entries_of_a_record():
    text = as_csv([one(decided=decision()), one()])
    lines = list(csv.DictReader(io.StringIO(text)))
    assert set(COLUMNS) == set(one())
    assert len(lines) == 2
    assert lines[0]["reasons"] == "QA0_WEATHER | QA0_ARRAY"
    assert lines[0]["comment"] == 'clouds, "many"\nsince 6'
    assert lines[0]["antenna_issues"] == "DA41 (warning): DA41: a birdie. | DV03 (severe): DV03: all of it. DV03: high."
    assert (lines[1]["decided_by"], lines[1]["simulated"], lines[1]["receiver_bands"]) == ("", "true", "6")
    assert as_csv([]).strip().split(",") == list(COLUMNS)


def test_records_come_in_the_order_asked_for_each_with_its_own_rows():
    other = "uid://A002/X9/X9"
    rows = (blocks({}, {"uid": other}), evaluation().to_frame().T, FOUND, decision(uid=other))
    made = records(*rows, uids=[other, UID], program_version="1")
    assert [(row["eb_uid"], row["status"], row["proposed_status"], len(row["warnings"])) for row in made] == [
        (other, "SemiPass", "Unset", 0), (UID, "Unset", "Pass", 1)]


def test_a_shift_of_many_blocks_is_written_at_once():
    assert len(as_csv([one()] * 300).splitlines()) == 301


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_json_that_is_none_is_never_written(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json({"a": value})
