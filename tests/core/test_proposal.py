import pytest
from hypothesis import given
from hypothesis import strategies as st

from alma_qa0.core.execution_fraction import Inputs, execution_fraction
from alma_qa0.core.findings import Basis, Finding, Severity
from alma_qa0.core.proposal import REASON_OF_RULE, REASONS, BlockFacts, Reason, Status, needed_antennas, proposal_limits, propose
from alma_qa0.core.rules import RULE, limits_from

UID = "uid://A002/X1/X1"
FULL = Inputs(tsys_ot_k=100, tsys_eb_k=100, n_antennas_ot=43, n_antennas_eb=43, time_on_source_ot_s=1800, time_on_source_eb_s=1800)


def finding(name="f", severity=Severity.SEVERE, **parts):
    return Finding(UID, name, parts.pop("rule_id", "rule"), severity, Basis.OWN_LIMIT, f"Sentence of {name}.", **parts)


def facts(**changes):
    return BlockFacts(**{"n_antennas": 43, "n_usable_antennas": 43, "nominal_antennas": 43, "n_calibrations": 8, **changes})


def test_an_execution_block_without_findings_passes_and_says_what_would_change_it():
    proposal = propose([], facts())
    assert (proposal.status, proposal.reasons, proposal.because) == (Status.PASS, (), ())
    assert proposal.sentence == "Pass: 43 of 43 antennas can be used. Nothing severe about the array or the Execution Block as a whole."
    assert "SemiPass with fewer than 31 usable antennas" in proposal.what_would_change_it


def test_bad_antennas_alone_lower_no_state_but_are_named():
    proposal = propose([finding("a", antenna_name="DV23"), finding("b", Severity.WARNING, antenna_name="DA54"),
                        finding("c", Severity.INFO, antenna_name="DA41")], facts(n_usable_antennas=42))
    assert proposal.status is Status.PASS
    assert proposal.because == ("a", "b")
    assert proposal.sentence.endswith("Single antennas to look at: DA54, DV23.")


def test_too_few_baselines_are_a_semipass_of_the_array():
    proposal = propose([finding("a", antenna_name="DV23")], facts(n_usable_antennas=30))
    assert (proposal.status, proposal.reasons, proposal.because) == (Status.SEMIPASS, (Reason.QA0_ARRAY,), ("a",))
    assert proposal.sentence == (
        "SemiPass: 30 of 43 antennas can be used (nominal 43): 48% of 903 baselines; limit 50%, with 31 usable antennas.")
    assert proposal.what_would_change_it == "Pass with 31 usable antennas."
    assert propose([], facts(n_usable_antennas=31)).status is Status.PASS


@pytest.mark.parametrize(("n", "nominal", "total_power", "needed"), [
    (43, 43, False, 31), (3, 3, True, 2), (4, None, True, 2), (10, 43, False, 8), (3, 43, False, 3), (1, None, False, 1),
    (0, None, False, 1)])
def test_the_antennas_needed_are_the_fewest_with_half_of_the_baselines(n, nominal, total_power, needed):
    block = facts(n_antennas=n, nominal_antennas=nominal, total_power=total_power)
    assert needed_antennas(block, proposal_limits({})) == needed


def test_an_array_of_one_antenna_of_an_unknown_family_can_pass():
    assert propose([], facts(n_antennas=1, n_usable_antennas=1, nominal_antennas=None)).status is Status.PASS


def test_an_array_smaller_than_nominal_passes_and_says_so():
    proposal = propose([], facts(n_antennas=10, n_usable_antennas=10))
    assert proposal.status is Status.PASS
    assert proposal.sentence.startswith("Pass: 10 of 10 antennas can be used (nominal 43). ")


def test_antennas_usable_in_one_polarisation_or_in_none_are_named():
    unusable = {"X": ("DA41", "DV10"), "Y": ("DA41", "DA52", "DA54")}
    sentence = propose([], facts(n_usable_antennas=42, unusable=unusable)).sentence
    assert sentence.startswith(
        "Pass: 42 of 43 antennas can be used (nominal 43), not DA41; DV10 without X; DA52, DA54 without Y. Nothing severe")
    sentence = propose([], facts(unusable={"X": (), "Y": ("DA52",)})).sentence
    assert sentence.startswith("Pass: 43 of 43 antennas can be used; DA52 without Y. Nothing severe")


def test_baselines_count_in_each_polarisation():
    """With 903 baselines in each: 903 of X and 300 of Y are two thirds, 300 of X and of Y are not half."""
    one = tuple(f"DA{number}" for number in range(41, 59))
    assert propose([], facts(unusable={"X": (), "Y": one})).status is Status.PASS
    other = tuple(f"DV{number:02}" for number in range(1, 19))
    proposal = propose([], facts(unusable={"X": other, "Y": one}))
    assert (proposal.status, proposal.reasons) == (Status.SEMIPASS, (Reason.QA0_ARRAY,))
    assert ": 33% of 903 baselines in each polarisation; limit 50%, with 31 usable antennas, in both polarisations." in proposal.sentence


def test_no_usable_antenna_is_a_fail():
    proposal = propose([finding("a", antenna_name="DV23")], facts(n_usable_antennas=0))
    assert (proposal.status, proposal.reasons) == (Status.FAIL, (Reason.QA0_ARRAY,))
    assert proposal.sentence == "Fail: none of 43 antennas can be used."


def test_a_severe_finding_about_the_whole_block_is_a_semipass_for_its_sentence():
    proposal = propose([finding("intents"), finding("w", Severity.WARNING)], facts())
    assert (proposal.status, proposal.because) == (Status.SEMIPASS, ("intents",))
    assert proposal.sentence == "SemiPass: Sentence of intents."
    assert proposal.what_would_change_it == "Pass with no intents."


def test_a_finding_folded_under_another_counts_with_it_only():
    assert propose([finding("part", cause_id="cause"), finding("cause", Severity.WARNING)], facts()).status is Status.PASS


def test_a_cloud_in_a_few_scans_passes_and_in_most_is_a_semipass_for_weather():
    def clouds(n):
        return [finding(f"cloud {scan}", rule_id="water", scan_number=scan, cal_data_id=f"CalData_{scan}") for scan in range(n)]

    assert propose(clouds(4), facts()).status is Status.PASS
    proposal = propose(clouds(5), facts())
    assert (proposal.status, proposal.reasons) == (Status.SEMIPASS, (Reason.QA0_WEATHER,))
    assert proposal.sentence == (
        "SemiPass: severe findings about the whole array in 5 of 8 calibrations (scans 0, 1, 2, 3, 4); limit 4.")
    assert len(proposal.because) == 5


def test_without_any_calibration_there_is_nothing_to_judge_by():
    proposal = propose([finding("no calibration")], facts(n_calibrations=0, n_usable_antennas=0))
    assert (proposal.status, proposal.reasons, proposal.because) == (Status.PENDING, (Reason.OTHER,), ("no calibration",))


def test_without_a_scan_of_a_target_it_is_a_semipass():
    """A real EB of 2023 that failed before its first target scan was a SemiPass."""
    proposal = propose([finding("intent", Severity.WARNING, rule_id="missing_intent")], facts(n_targets=0))
    assert (proposal.status, proposal.reasons, proposal.because) == (Status.SEMIPASS, (Reason.QA0_SCHED,), ("intent",))
    assert propose([], facts(n_targets=None)).status is Status.PASS


def test_every_rule_that_has_a_reason_of_its_own_is_a_rule():
    assert set(REASON_OF_RULE) <= set(RULE)


@pytest.mark.parametrize(("change", "reason"), [
    ({"tsys_eb_k": 300.0}, Reason.QA0_WEATHER), ({"time_on_source_eb_s": 60.0}, Reason.QA0_SCHED), ({"n_antennas_eb": 5}, Reason.QA0_ARRAY),
    ({"time_on_source_eb_s": 0.0}, Reason.QA0_SCHED)])
def test_a_low_execution_fraction_is_a_semipass_for_its_worst_factor(change, reason):
    fraction = execution_fraction(Inputs(**{name: change.get(name, getattr(FULL, name)) for name in Inputs.__slots__}))
    proposal = propose([], facts(execution_fraction=fraction))
    assert (proposal.status, proposal.reasons) == (Status.SEMIPASS, (reason,))
    assert f"execution fraction {fraction.value:.3f}; limit 0.2" in proposal.sentence


def test_an_execution_fraction_that_is_not_known_decides_nothing():
    assert propose([], facts(execution_fraction=execution_fraction(Inputs()))).status is Status.PASS


def test_the_lowest_real_pass_still_passes():
    """A real EB of 2022 passed with an execution fraction of 0.38, though its ExecBlock says FAIL."""
    fraction = execution_fraction(Inputs(**{name: getattr(FULL, name) for name in Inputs.__slots__} | {"time_on_source_eb_s": 0.38 * 1800}))
    assert propose([], facts(execution_fraction=fraction, aborted=True)).status is Status.PASS


def test_that_the_execblock_was_aborted_decides_nothing_but_is_said():
    plain, aborted = propose([], facts()), propose([], facts(aborted=True))
    assert (aborted.status, aborted.reasons) == (plain.status, plain.reasons)
    assert aborted.sentence == f"{plain.sentence} The ExecBlock says aborted: another field."


def test_several_grounds_give_the_worst_state_and_all_reasons_of_it():
    proposal = propose([finding("weather", rule_id="wind")], facts(n_usable_antennas=20))
    assert proposal.status is Status.SEMIPASS
    assert proposal.reasons == (Reason.QA0_ARRAY, Reason.QA0_WEATHER)
    assert proposal.what_would_change_it == "Pass with 31 usable antennas and no weather."


def test_limits_can_be_changed_by_name():
    limits = proposal_limits(limits_from({"proposal.least_baseline_fraction": 0.9}))
    assert propose([], facts(n_usable_antennas=38), limits).status is Status.SEMIPASS


def test_limits_of_an_evaluation_that_knew_none_of_the_proposal_are_the_defaults():
    assert proposal_limits({"trec_level.high": 2.0}) == proposal_limits()


_FINDINGS = st.lists(st.builds(
    finding, st.text(max_size=3), st.sampled_from(Severity), antenna_name=st.none() | st.just("DV23"),
    scan_number=st.none() | st.integers(1, 9),
    rule_id=st.sampled_from([*REASON_OF_RULE, "rule"]), metric=st.none() | st.floats(), cause_id=st.none() | st.just("f")), max_size=6)
_FACTS = st.builds(BlockFacts, st.integers(0, 66), st.integers(0, 66), st.none() | st.integers(1, 66), st.integers(0, 9), st.booleans(),
                   st.none() | st.integers(0, 2))


@given(_FINDINGS, _FACTS)
def test_whatever_was_found_the_proposal_is_whole(findings, block):
    proposal = propose(findings, block)
    assert set(proposal.reasons) <= set(REASONS[proposal.status])
    assert bool(proposal.reasons) == bool(REASONS[proposal.status])
    assert set(proposal.because) <= {finding.finding_id for finding in findings}
    assert proposal.sentence.endswith(".")
    assert proposal.what_would_change_it.endswith(".")
