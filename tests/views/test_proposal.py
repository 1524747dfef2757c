import numpy as np
import pandas as pd
import pytest

from alma_qa0.core.execution_fraction import Inputs
from alma_qa0.core.fields import EVALUATION, FINDING
from alma_qa0.core.findings import Basis, Finding, Severity
from alma_qa0.core.proposal import NOT_EVALUATED, Status
from alma_qa0.views.proposal import are_lost, facts_of, findings_of, fraction_of, limits_of, show
from views.samples import UID, block


def findings(*changes):
    """Rows of finding; each changes the usual one, a warning about DV03."""
    usual = {"uid": UID, "finding_id": "trec_level|DV03", "rule_id": "trec_level", "severity": "warning", "antenna_name": "DV03",
             "basis": "array_median", "sentence": "DV03: high.", "n_parts": 0}
    return pd.DataFrame([{**usual, **change} for change in changes], columns=list(FINDING.columns))


def evaluation(**changes):
    """One row of evaluation."""
    usual = {"uid": UID, "source_version": "1", "limits": "{}", "rules_version": "1", "n_antennas": 3, "n_usable_antennas": 3,
             "n_baselines": 3, "n_usable_baselines_x": 3, "n_usable_baselines_y": 3, "unusable_antennas_x": [],
             "unusable_antennas_y": [], "nominal_antennas": 3, "pwv_octile": 1, "n_info": 0, "n_warning": 0, "n_severe": 0}
    return pd.DataFrame([{**usual, **changes}], columns=list(EVALUATION.columns)).iloc[0]


def test_rows_become_records_with_none_for_every_way_of_being_absent():
    rows = findings({"receiver_band": 6, "scan_number": np.nan, "metric": np.nan, "channels": [3, 5, 9, 9], "n_parts": 2.0},
                    {"receiver_band": pd.NA, "scan_number": 12.0, "metric": 2.6, "severity": "severe", "channels": np.nan, "cause_id": "c"})
    usual = {"uid": UID, "finding_id": "trec_level|DV03", "rule_id": "trec_level", "basis": Basis.ARRAY_MEDIAN, "sentence": "DV03: high.",
             "antenna_name": "DV03"}
    assert findings_of(rows) == (
        Finding(**usual, severity=Severity.WARNING, receiver_band=6, channels=(3, 5, 9, 9), n_parts=2),
        Finding(**usual, severity=Severity.SEVERE, scan_number=12, metric=2.6, cause_id="c"))
    assert all(type(finding.scan_number) in (int, type(None)) for finding in findings_of(rows))


def test_a_block_that_was_not_judged_has_no_proposal():
    assert show(block(), None, ()) is NOT_EVALUATED


def test_a_judged_block_has_one():
    proposal = show(block(), evaluation(), findings_of(findings({})))
    assert (proposal.status, proposal.because) == (Status.PASS, ("trec_level|DV03",))


def test_an_evaluation_whose_findings_were_lost_says_nothing():
    assert are_lost(evaluation(n_warning=1), ())
    assert not are_lost(evaluation(n_warning=1), findings_of(findings({})))
    assert not are_lost(evaluation(), ())
    assert not are_lost(evaluation(n_info=np.nan, n_warning=None, n_severe=pd.NA), ())


def test_antennas_that_lack_a_polarisation_are_named():
    sentence = show(block(), evaluation(unusable_antennas_y=["DA41"]), ()).sentence
    assert sentence.startswith("Pass: 3 of 3 antennas can be used; DA41 without Y.")
    single = evaluation(unusable_antennas_x=["DA41"], unusable_antennas_y=None, n_usable_antennas=2)
    assert facts_of(block(), single).unusable == {"X": ("DA41",)}
    assert "2 of 3 antennas can be used (nominal 3), not DA41" in show(block(), single, ()).sentence
    assert facts_of(block(), evaluation(unusable_antennas_x=None, unusable_antennas_y=np.nan)).unusable == {}


def test_an_execution_block_of_several_receiver_bands_has_no_tsys_for_the_execution_fraction():
    expected = Inputs(tsys_ot_k=65.2, n_antennas_ot=3, time_on_source_ot_s=1800)
    assert fraction_of(block(), expected).uncapped == pytest.approx(1)
    both = fraction_of(block(receiver_bands=[3, 6]), expected)
    assert (both.uncapped, both.messages) == (None, ("execution fraction set to 1, not known: Tsys observed",))


def test_what_the_source_does_not_say_decides_nothing():
    assert facts_of(block(source_names=None), evaluation(nominal_antennas=np.nan)).n_targets is None
    assert facts_of(block(source_names=None), evaluation(nominal_antennas=np.nan)).nominal_antennas == 43
    assert facts_of(block(source_names=[]), evaluation()).n_targets == 0
    assert facts_of(block(array_family="unknown"), evaluation(nominal_antennas=None)).nominal_antennas is None


def test_the_time_on_source_that_was_reached_is_that_of_the_block():
    expected = Inputs(tsys_ot_k=65.2, n_antennas_ot=3, time_on_source_ot_s=2400)
    assert fraction_of(block(time_on_source_s=1800.0), expected).value == pytest.approx(0.75)


@pytest.mark.parametrize(("aborted", "known"), [(True, True), (np.False_, False), (None, None), (np.nan, None), (pd.NA, None)])
def test_an_aborted_block_says_so_and_is_no_other_state(aborted, known):
    assert facts_of(block(aborted=aborted), evaluation()).aborted is known
    proposed = show(block(aborted=aborted), evaluation(), ())
    assert (proposed.status, "aborted" in proposed.sentence) == (Status.PASS, bool(known))


def test_the_execution_fraction_needs_what_the_observing_tool_expected():
    assert fraction_of(block()).messages == (
        "execution fraction set to 1, not known: Tsys expected, antennas expected, time on source expected",)
    assert fraction_of(block(time_on_source_s=np.nan)).messages[0].endswith("time on source expected, time on source observed")
    expected = Inputs(tsys_ot_k=65.2, n_antennas_ot=3, time_on_source_ot_s=100, time_on_source_eb_s=50)
    assert fraction_of(block(), expected).value == pytest.approx(0.5)
    assert fraction_of(block(array_family="TP", n_antennas=1), Inputs(65.2, None, 3, None, 100, 100)).value == pytest.approx(1 / 3)


def test_the_limits_of_the_proposal_are_those_that_the_block_was_judged_with():
    judged = evaluation(limits='{"proposal.least_baseline_fraction": 0.9}', n_usable_antennas=2)
    assert show(block(), evaluation(n_usable_antennas=3), ()).status is Status.PASS
    assert show(block(), judged, ()).status is Status.SEMIPASS
    assert limits_of(judged)["trec_level.high"] == 2.0
    assert limits_of(None) == limits_of(evaluation(limits=None))
