import numpy as np
import pytest

from alma_qa0.core.bands import BANDS
from alma_qa0.core.findings import Severity
from alma_qa0.views.findings import SIGNS, limit_curve, show, spectra_of, spectral_quantity, words_of
from views.samples import finding, no_rows, summary

ROWS = summary(receiver_bands=(3, 6))
MEDIAN = np.array([40.0, 50.0, np.nan])


def ids(view):
    return list(view.columns["id"])


def test_causes_stand_by_severity_and_those_with_most_parts_first():
    found = [finding(finding_id="a", severity=Severity.INFO), finding(finding_id="b"), finding(finding_id="c", n_parts=2),
             finding(finding_id="d", severity=Severity.SEVERE), *(finding(finding_id=f"c{index}", cause_id="c") for index in range(2))]
    view = show(found)
    assert ids(view) == ["d", "c", "b", "a"]
    assert list(view.columns["parts"]) == ["", "2", "", ""]
    assert (view.n_lines, view.n_parts, view.unfolded) == (4, 2, None)


def test_the_parts_of_the_cause_that_is_unfolded_and_of_no_other_stand_below_it():
    found = [finding(finding_id="a1", cause_id="a", sentence="DV02 X"), finding(finding_id="a", n_parts=1, sentence="DV02"),
             finding(finding_id="b1", cause_id="b"), finding(finding_id="b", n_parts=1)]
    view = show(found, "a")
    assert ids(view) == ["a", "a1", "b"]
    assert list(view.columns["sentence"][:2]) == ["DV02", "└ DV02 X"]
    assert [bool(sign) for sign in view.columns["sign"]] == [True, False, True]


def test_each_severity_has_a_shape_and_a_word_of_its_own():
    view = show([finding(finding_id=severity.value, severity=severity) for severity in Severity])
    assert len(set(view.columns["sign"])) == len(SIGNS) == len(Severity) == 3
    assert list(view.columns["severity"]) == ["severe", "warning", "info"]


def test_nothing_found_is_an_empty_list():
    view = show([])
    assert {len(column) for column in view.columns.values()} == {0}


def test_the_spectra_of_a_finding_are_its_own_and_no_others():
    (only,) = spectra_of(finding(), ROWS)
    row = ROWS.iloc[only // 2]
    assert (row["receiver_band"], row["antenna_name"], row["baseband_name"], row["cal_data_id"]) == (6, "DV02", "BB_1", "CalData_06")
    assert only % 2 == 0


@pytest.mark.parametrize(("wider", "n"), [
    ({"polarisation": None}, 2), ({"baseband_name": None}, 2), ({"cal_data_id": None, "scan_number": None}, 2),
    ({"polarisation": None, "baseband_name": None, "cal_data_id": None}, 8),
    ({"polarisation": None, "baseband_name": None, "cal_data_id": None, "receiver_band": None}, 16)])
def test_what_a_finding_leaves_open_takes_all(wider, n):
    found = spectra_of(finding(**wider), ROWS)
    assert len(found) == n
    assert {ROWS["antenna_name"].iloc[number // 2] for number in found} == {"DV02"}


def test_a_finding_about_the_array_takes_no_spectra():
    assert spectra_of(finding(antenna_name=None), ROWS) is None


def test_a_finding_about_some_antennas_has_their_spectra():
    some = finding(antenna_name=None, antenna_names=("DA41", "PM01"), polarisation=None, baseband_name=None, cal_data_id=None)
    found = spectra_of(some, ROWS)
    assert {ROWS["antenna_name"].iloc[number // 2] for number in found} == {"DA41", "PM01"}
    assert {ROWS["receiver_band"].iloc[number // 2] for number in found} == {6}
    assert len(found) == 2 * 8
    whole = finding(antenna_name=None, antenna_names=("DA41", "DV02", "PM01"), polarisation=None)
    assert spectra_of(whole, ROWS) is None


@pytest.mark.parametrize("nowhere", [{"antenna_name": "DV99"}, {"cal_data_id": "CalData_99"}])
def test_a_finding_about_what_is_not_there_has_no_spectra(nowhere):
    assert spectra_of(finding(**nowhere), ROWS) == frozenset()
    assert spectra_of(finding(), no_rows()) == frozenset()


@pytest.mark.parametrize(("place", "words"), [
    ({"rule_id": "missing_antenna", "antenna_name": "DV99"}, {"": "DV99: no calibration"}),
    ({"rule_id": "missing_calibration", "cal_data_id": "CalData_99", "scan_number": 9}, {"BB_1": "DV02 BB_1 scan 9: no calibration"}),
    ({"rule_id": "missing_baseband", "antenna_name": None, "cal_data_id": "CalData_99", "scan_number": 9},
     {"BB_1": "BB_1 scan 9: no calibration"}),
    ({"rule_id": "missing_antenna", "antenna_name": None, "antenna_names": ("DV98", "DV99")}, {"": "DV98, DV99: no calibration"}),
    ({"rule_id": "missing_scan", "antenna_name": None, "scan_number": 9}, {"": "scan 9: no calibration"})])
def test_what_is_not_there_is_said_in_the_facets_that_a_finding_is_about(place, words):
    nothing = {"receiver_band": None, "baseband_name": None, "polarisation": None, "cal_data_id": None, "scan_number": None}
    about = {**nothing, **place, **({"baseband_name": "BB_1"} if "BB_1" in words else {})}
    assert words_of(finding(**about), ROWS) == words
    assert words_of(finding(**{**about, "rule_id": "trec_level"}), ROWS) == {}


def test_what_is_there_needs_no_words():
    assert words_of(finding(rule_id="missing_calibration"), ROWS) == words_of(None, ROWS) == {}


@pytest.mark.parametrize(("quantity", "shown"), [("trec", "trec"), ("tsys", "tsys"), ("water", None), ("tau", None), (None, None)])
def test_a_finding_is_seen_in_the_spectra_of_its_quantity(quantity, shown):
    assert spectral_quantity(finding(quantity=quantity)) == shown


@pytest.mark.parametrize("rule_id", ["trec_level", "tsys_level"])
def test_the_limit_on_a_level_is_a_factor_on_the_median_of_the_array(rule_id):
    np.testing.assert_array_equal(limit_curve(finding(rule_id=rule_id, limit_value=0.5), MEDIAN, n_antennas=3), [20, 25, np.nan])


@pytest.mark.parametrize("n_antennas", [1, 2])
def test_so_few_antennas_that_they_have_no_median_are_held_against_what_was_expected_of_them(n_antennas):
    expected = limit_curve(finding(limit_value=2.0, reference_value=45.0), MEDIAN, n_antennas=n_antennas)
    np.testing.assert_array_equal(expected, 90.0)
    assert np.isnan(limit_curve(finding(limit_value=2.0), MEDIAN, n_antennas=n_antennas)).all()


def test_the_limit_of_a_specification_is_a_factor_on_it():
    curve = limit_curve(finding(rule_id="trec_specification", limit_value=1.2), MEDIAN, n_antennas=1)
    np.testing.assert_allclose(curve, 1.2 * BANDS[6].trec_specification_k)


def test_a_limit_in_kelvin_is_itself():
    np.testing.assert_array_equal(limit_curve(finding(rule_id="other", unit="K", limit_value=7.0), MEDIAN, n_antennas=1), 7.0)


@pytest.mark.parametrize("found", [
    finding(limit_value=None), finding(rule_id="ripple", limit_value=0.015), finding(rule_id="wind", unit="m/s", limit_value=20.0),
    finding(rule_id="trec_specification", receiver_band=None)])
def test_a_limit_that_is_no_temperature_is_not_drawn(found):
    curve = limit_curve(found, MEDIAN, n_antennas=3)
    assert curve.shape == MEDIAN.shape
    assert np.isnan(curve).all()
