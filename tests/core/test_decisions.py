import json
from math import inf, nan

import pytest

from alma_qa0.core.decisions import limits_seen, new_comment, new_decision
from alma_qa0.core.findings import Basis, Finding, Severity
from alma_qa0.core.proposal import REASONS, Reason, Status
from alma_qa0.core.rules import DEFAULTS
from alma_qa0.errors import BadRequest

UID = "uid://A002/X1/X1"


def decision(**changes):
    return new_decision(**{"uid": UID, "decided_by": "aod", "status": "Pass", "program_version": "1", **changes})


def test_the_states_and_codes_are_those_of_the_observatory():
    assert [status.value for status in Status] == ["Unset", "Pending", "Pass", "SemiPass", "Fail"]
    assert [len(REASONS[status]) for status in Status] == [0, 3, 0, 16, 16]
    assert len(Reason) == 19


def test_reasons_are_kept_once_and_in_the_order_of_the_observatory():
    made = decision(status="SemiPass", reasons=["QA2_DATA", "QA0_ARRAY", "QA2_DATA"])
    assert made.reasons == (Reason.QA0_ARRAY, Reason.QA2_DATA)


@pytest.mark.parametrize(("status", "reasons", "words"), [
    ("Pass", ["QA0_ARRAY"], "Pass with the reason 'QA0_ARRAY'; expected none"),
    ("Unset", ["OTHER"], "Unset with the reason 'OTHER'; expected none"),
    ("Pending", [], "Pending with no reason; expected one or more of FLUX_CAL, CORRECT_ANT_POS, OTHER"),
    ("SemiPass", ["FLUX_CAL"], "SemiPass with the reason 'FLUX_CAL'"),
    ("Fail", [], "Fail with no reason"),
    ("Fail", ["nonsense"], "'nonsense'"),
    ("Passed", [], "'Passed' is not a state of QA0; expected Unset, Pending, Pass, SemiPass, Fail"),
])
def test_reasons_that_do_not_go_with_the_state_are_refused_in_words(status, reasons, words):
    with pytest.raises(BadRequest, match=words):
        decision(status=status, reasons=reasons)


@pytest.mark.parametrize("name", ["", "  "])
def test_nobody_cannot_decide(name):
    with pytest.raises(BadRequest, match="expected the name of the astronomer"):
        decision(decided_by=name)


@pytest.mark.parametrize("fraction", [nan, inf, -0.1, 100.1, 1e308])
def test_an_execution_fraction_that_is_none_is_refused(fraction):
    with pytest.raises(BadRequest, match="a number from 0 to 100"):
        decision(execution_fraction=fraction)


def test_a_name_and_a_comment_have_a_length():
    assert decision(decided_by="a" * 100, comment=" " + "c" * 4_000).comment == "c" * 4_000
    with pytest.raises(BadRequest, match=r"the name has 101 characters; expected at most 100"):
        decision(decided_by="a" * 101)
    for make in (decision, lambda comment: new_comment(UID, decided_by="aod", program_version="1", comment=comment)):
        with pytest.raises(BadRequest, match=r"the comment has 4,001 characters; expected at most 4,000"):
            make(comment="c" * 4_001)


def test_the_findings_seen_are_kept_in_words():
    finding = Finding(UID, "tsys_high|DV03", "tsys_high", Severity.SEVERE, Basis.ARRAY_MEDIAN, "DV03 é: high.", metric=nan)
    assert json.loads(decision(findings=[finding]).findings) == [
        {"finding_id": "tsys_high|DV03", "severity": "severe", "cause_id": None, "sentence": "DV03 é: high."}]


def test_the_limits_seen_are_those_of_the_evaluation_and_of_the_proposal():
    limits = json.loads(limits_seen('{"trec_level.high": 2.5, "proposal.least_baseline_fraction": 0.7}'))
    assert limits == {**DEFAULTS, "trec_level.high": 2.5, "proposal.least_baseline_fraction": 0.7}
    assert limits_seen(None) == "{}"
