"""From facts to sentences, and the folding by which one cause makes one line."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alma_qa0.core.array_size import UsableArray
from alma_qa0.core.findings import Severity
from alma_qa0.core.folding import fold
from alma_qa0.core.judgement import findings_of, usable_antennas_finding
from alma_qa0.core.rules import RULE, limits_from
from alma_qa0.core.scalar_fact import ScalarFact
from alma_qa0.core.setups import Block, Setup
from alma_qa0.core.spectral_fact import SpectralFact

LIMITS = limits_from({})
BASEBANDS = ("BB_1", "BB_2", "BB_3", "BB_4")
ANTENNAS = ("DA41", "DA42", "DV03", "DV04", "DV05", "DV06")
SCANS = {"CalData_3": 5, "CalData_9": 12, "CalData_15": 20}
BLOCK = Block("uid://A002/X1/X2", "12-m", 6, 0.001, (Setup(6, BASEBANDS, ("X", "Y"), ANTENNAS, SCANS),))


def high(antenna="DV03", baseband="BB_2", polarisation="X", calibration="CalData_9", ratio=2.6, **changes):
    return ScalarFact(**{
        "rule_id": "tsys_level", "receiver_band": 6, "antenna_name": antenna, "baseband_name": baseband, "polarisation": polarisation,
        "cal_data_id": calibration, "scan_number": SCANS.get(calibration), "quantity": "tsys", "value": 101 * ratio, "reference": 101.0,
        "metric": ratio, "limit_value": 2.0, "n_of": 6, **changes})


def judged(*facts, spectral=(), block=BLOCK):
    return fold(block, findings_of(block, facts, spectral, LIMITS), LIMITS)


def lines(findings):
    return [(one.antenna_name, one.baseband_name, one.polarisation, one.scan_number) for one in findings if one.cause_id is None]


def test_a_sentence_says_place_value_scan_reference_and_limit():
    (finding,) = judged(high())
    assert finding.sentence == "DV03 BB_2 X: Tsys 263 K in scan 12 is 2.6 times the array median (101 K); limit 2"
    assert (finding.metric, finding.limit_value, finding.basis.value) == (2.6, 2.0, "array_median")


def test_metric_and_limit_are_in_terms_of_the_reference_value():
    (level,) = judged(high())
    assert level.reference_value == pytest.approx(101)
    (jump,) = judged(high(rule_id="trec_jump", quantity="trec", value=66.0, reference=50.0, metric=1.2, limit_value=1.06))
    assert jump.reference_value * jump.metric == pytest.approx(66)  # the array's own change is in it
    (scatter,) = judged(high(rule_id="trec_scatter", quantity="trec", value=66.0, reference=None, metric=0.08, limit_value=0.05))
    assert scatter.reference_value is None
    bump = SpectralFact("bump", 6, "BB_2", "DV03", "X", None, "trec", 0.2, 0.09, 3, level_k=55.0)
    assert [finding.reference_value for finding in judged(spectral=[bump])] == [55.0]


def test_a_single_finding_is_a_line_of_its_own_and_has_no_parts():
    (finding,) = judged(high())
    assert (finding.cause_id, finding.n_parts) == (None, 0)
    assert finding.finding_id == "tsys_level|B6|DV03|BB_2|X|CalData_9|tsys"


@pytest.mark.parametrize(("places", "expected"), [
    ([(b, "X") for b in BASEBANDS], ("DV03", None, "X", 12)),
    ([("BB_3", p) for p in "XY"], ("DV03", "BB_3", None, 12)),
    ([(b, p) for b in BASEBANDS for p in "XY"], ("DV03", None, None, 12)),
])
def test_what_fills_a_polarisation_a_baseband_or_an_antenna_is_one_line(places, expected):
    findings = judged(*(high(baseband=baseband, polarisation=polarisation) for baseband, polarisation in places))
    assert lines(findings) == [expected]
    head = next(one for one in findings if one.cause_id is None)
    assert head.n_parts == len(places) == sum(one.cause_id == head.finding_id for one in findings)


def test_two_faults_of_one_antenna_are_two_lines():
    facts = [*(high(baseband="BB_1", polarisation="X", calibration=one) for one in SCANS),
             *(high(baseband="BB_4", polarisation="Y", calibration=one) for one in SCANS)]
    assert sorted(lines(judged(*facts))) == [("DV03", "BB_1", "X", None), ("DV03", "BB_4", "Y", None)]


def test_too_many_antennas_at_a_time_are_the_scan():
    findings = judged(*(high(antenna=name) for name in ANTENNAS[:4]))
    assert lines(findings) == [(None, "BB_2", None, 12)]


def test_half_of_the_antennas_are_the_antennas():
    assert len(lines(judged(*(high(antenna=name) for name in ANTENNAS[:3])))) == 3


def test_too_many_antennas_in_every_scan_are_one_line():
    facts = [high(antenna=name, calibration=one) for name in ANTENNAS for one in SCANS]
    assert lines(judged(*facts)) == [(None, "BB_2", None, None)]


def test_the_head_is_as_bad_as_its_worst_part():
    findings = judged(high(), high(calibration="CalData_3", ratio=5.0))
    assert [one.severity for one in findings if one.cause_id is None] == [Severity.SEVERE]


def test_a_ratio_that_does_not_know_its_polarisation_goes_with_those_that_do():
    ratio = ScalarFact("polarisation_ratio", 6, "DV03", "BB_2", None, quantity="trec", value=90.0, reference=50.0, metric=1.8,
                       limit_value=1.28)
    assert lines(judged(high(), ratio)) == [("DV03", "BB_2", "X", None)]


def test_notes_of_one_rule_are_one_line():
    notes = [ScalarFact("trec_specification", 6, name, "BB_1", "X", quantity="trec", value=100.0, reference=83.0, metric=1.2,
                        limit_value=1.0) for name in ANTENNAS]
    findings = judged(*notes)
    assert lines(findings) == [(None, None, None, None)]
    assert {one.severity for one in findings} == {Severity.INFO}


def test_a_spectral_fact_says_its_channels_and_scans():
    fact = SpectralFact("birdie", 6, "BB_2", "DV03", "X", None, "trec", 0.31, 0.075, 3, (70, 71, 90, 90), 230.5e9)
    (finding,) = judged(spectral=[fact])
    assert finding.channels == (70, 71, 90, 90)
    assert finding.sentence == "DV03 BB_2 X: Trx stands out by 31% at 230.500 GHz in the median of 3 scans, channels 70-71, 90; limit 8%"


def test_much_water_is_noted_for_the_band_that_is_not_planned_for_it():
    wet = Block("uid://A002/X1/X2", "12-m", 6, 0.003, BLOCK.setups)
    (finding,) = judged(block=wet)
    assert finding.sentence == "PWV 3.00 mm is 2.38 times the 1.26 mm up to which band 6 is planned (octile 4); limit 1"


def test_few_usable_antennas_of_the_array_are_a_warning_and_a_small_array_a_note():
    few = usable_antennas_finding(BLOCK, UsableArray(ANTENNAS, {"X": ANTENNAS[:2], "Y": ANTENNAS[1:3]}), LIMITS)
    assert few.severity is Severity.WARNING
    assert few.sentence == "3 of the 6 antennas are usable, not DV04, DV05, DV06: 50%; limit 67%"
    assert few.antenna_names == ("DV04", "DV05", "DV06")
    assert usable_antennas_finding(BLOCK, UsableArray(ANTENNAS, {"X": ANTENNAS}), LIMITS).severity is Severity.INFO
    names = tuple(f"DA{number}" for number in range(43))
    full = Block("uid://A002/X1/X2", "12-m", 43, 0.001, BLOCK.setups)
    assert usable_antennas_finding(full, UsableArray(names, {"X": names}), LIMITS) is None
    assert "67%; limit 66.7" not in usable_antennas_finding(full, UsableArray(names, {"X": names[:28]}), LIMITS).sentence


def test_a_ratio_just_above_its_limit_is_told_from_it():
    (finding,) = judged(block=replace(BLOCK, water_m=0.0013))
    assert finding.sentence.startswith("PWV 1.30 mm is 1.03 times the 1.26 mm")
    (level,) = judged(high(ratio=2.001))
    assert level.sentence.endswith("is 2.001 times the array median (101 K); limit 2")
    rough = SpectralFact("roughness", 6, "BB_2", "DV03", "X", None, "trec", 1.3004, 1.3, 3)
    (finding,) = judged(spectral=[rough])
    assert "is 1.3004 times the array median; limit 1.3" in finding.sentence


@pytest.mark.parametrize(("quantity", "n", "said"), [
    ("trec", 1, "DV03 BB_2 X: Trx in scan 12 has no valid value (no solution)"),
    ("tsys", 1, "DV03 BB_2 X: Tsys in scan 12 has no valid value (no solution)"),
    ("trec", 2, "DV03 BB_2 X: Trx and Tsys in scan 12 have no valid value (no solution)")])
def test_it_is_said_which_of_trx_and_tsys_has_no_value(quantity, n, said):
    (finding,) = judged(high(rule_id="invalid_value", quantity=quantity, n_of=n, value=None, metric=None, limit_value=None,
                             words="no_solution"))
    assert (finding.sentence, finding.severity) == (said, Severity.SEVERE)


def test_a_line_about_some_antennas_names_them():
    notes = [ScalarFact("trec_specification", 6, name, "BB_1", "X", quantity="trec", value=100.0, reference=83.0, metric=1.2,
                        limit_value=1.0) for name in ("DV03", "DA41")]
    head = judged(*notes)[0]
    assert head.sentence.startswith("2 of 6 antennas (DA41, DV03): 2 findings, worst DA41 BB_1 X: ")
    assert head.antenna_names == ("DA41", "DV03")
    most = next(one for one in judged(*(high(antenna=name) for name in ANTENNAS[:4])) if one.cause_id is None)
    assert most.sentence.startswith("4 of 6 antennas (all but DV05, DV06) BB_2 in scan 12: ")


def test_the_first_scan_is_that_of_the_lowest_number():
    scans = {"CalData_10": 7, "CalData_9": 5, "CalData_100": 20}
    block = replace(BLOCK, setups=(replace(BLOCK.setups[0], scans=scans),))
    facts = [high(rule_id="invalid_value", quantity="trec", n_of=2, value=None, metric=None, limit_value=None, words="zero",
                  calibration=name, scan_number=number) for name, number in scans.items()]
    head, *parts = judged(*facts, block=block)
    assert "3 scans, first DV03 BB_2 X: Trx and Tsys in scan 5 have" in head.sentence
    assert [part.scan_number for part in parts] == [5, 7, 20]
    unknown = [replace(fact, scan_number=None) for fact in facts]
    head, *parts = judged(*unknown, block=block)
    assert [part.cal_data_id for part in parts] == ["CalData_9", "CalData_10", "CalData_100"]


PLACES = st.tuples(st.sampled_from(ANTENNAS), st.sampled_from(BASEBANDS), st.sampled_from("XY"), st.sampled_from(sorted(SCANS)))


@given(st.sets(PLACES, max_size=40), st.sets(st.tuples(st.sampled_from(ANTENNAS), st.sampled_from(BASEBANDS), st.sampled_from("XY"))))
def test_folding_loses_nothing_names_nothing_twice_and_is_one_deep(places, birdies):
    facts = [high(*place) for place in sorted(places)]
    spectral = [SpectralFact("birdie", 6, baseband, antenna, polarisation, None, "trec", 0.2, 0.1, 3)
                for antenna, baseband, polarisation in sorted(birdies)]
    findings = judged(*facts, spectral=spectral)
    ids = [one.finding_id for one in findings]
    assert len(set(ids)) == len(ids)
    assert {f"tsys_level|B6|{a}|{b}|{p}|{c}|tsys" for a, b, p, c in places} <= set(ids)
    by_id = {one.finding_id: one for one in findings}
    for one in findings:
        if one.cause_id is not None:
            assert by_id[one.cause_id].cause_id is None
            assert one.n_parts == 0
        else:
            assert one.n_parts == sum(other.cause_id == one.finding_id for other in findings)


@given(st.permutations([high(a, b, p, c) for a, b, p, c in itertools.product(ANTENNAS[:2], BASEBANDS, "XY", sorted(SCANS)[:2])][:20]))
def test_the_order_of_the_facts_does_not_matter(facts):
    assert judged(*facts) == judged(*sorted(facts, key=repr))


@pytest.mark.parametrize("rule_id", sorted(set(RULE) - {
    "slope", "shape", "bump", "edge", "birdie", "teeth", "ripple", "platform", "roughness", "invalid_channels", "swapped", "weather",
    "usable_antennas", "folding", "proposal", "execution_fraction"}))
def test_every_rule_has_a_sentence_even_where_next_to_nothing_is_known(rule_id):
    (finding,) = judged(high(rule_id=rule_id, value=90.0, reference=30.0, words="zero"))
    assert finding.sentence
    assert "None" not in finding.sentence
