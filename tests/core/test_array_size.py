import itertools
from dataclasses import replace

import pytest

from alma_qa0.core.array_size import lacking, n_baselines, nominal_antennas, unusable_at_all, usable_array
from alma_qa0.core.findings import Basis, Finding, Severity
from alma_qa0.core.setups import Block, Setup


@pytest.mark.parametrize(("n", "baselines"), [(43, 903), (10, 45), (2, 1), (1, 0), (0, 0)])
def test_baselines_are_pairs_of_antennas(n, baselines):
    assert n_baselines(n) == baselines


def test_the_nominal_number_is_that_of_the_family_and_can_be_configured():
    assert [nominal_antennas(family) for family in ("12-m", "7-m", "TP", "unknown")] == [43, 10, 3, None]
    assert nominal_antennas("12-m", {"12-m": 36}) == 36


CALIBRATIONS = {f"CalData_{number}": number for number in range(1, 6)}
PLACES = list(itertools.product(("BB_1", "BB_2"), CALIBRATIONS))  # the calibrations of a polarisation: ten
BLOCK = Block("uid://A002/X1/X1", "12-m", 3, 0.001, (Setup(6, ("BB_1", "BB_2"), ("X", "Y"), ("DA41", "DA42", "DA43"), CALIBRATIONS),))


def lost(n, polarisation="Y", antenna="DA42", severity=Severity.SEVERE, rule_id="invalid_value"):
    return [Finding("uid://A002/X1/X1", f"{rule_id}{place}", rule_id, severity, Basis.ARRAY_MEDIAN, "Words.", receiver_band=6,
                    antenna_name=antenna, baseband_name=place[0], cal_data_id=place[1], polarisation=polarisation)
            for place in PLACES[:n]]


@pytest.mark.parametrize(("n", "usable"), [(0, True), (4, True), (5, False), (10, False)])
def test_a_polarisation_is_usable_if_more_than_half_of_its_calibrations_have_no_severe_finding(n, usable):
    array = usable_array(BLOCK, lost(n))
    assert ("DA42" in array.usable["Y"]) is usable
    assert array.usable["X"] == ("DA41", "DA42", "DA43")
    assert array.n_usable == 3  # one polarisation is enough


def test_an_antenna_is_not_usable_if_no_polarisation_is():
    array = usable_array(BLOCK, [*lost(6, "X"), *lost(6, "Y")])
    assert (array.n_usable, unusable_at_all(array.unusable), lacking(array.unusable)) == (2, ("DA42",), {})


def test_a_polarisation_that_some_antennas_lack_names_them():
    array = usable_array(BLOCK, [*lost(6, "Y"), *lost(6, "X", "DA41")])
    assert array.n_usable == 3
    assert lacking(array.unusable) == {"X": ("DA41",), "Y": ("DA42",)}


def test_warnings_cost_nothing_and_missing_calibrations_do():
    assert usable_array(BLOCK, lost(10, severity=Severity.WARNING, rule_id="trec_level")).n_usable == 3
    assert usable_array(BLOCK, lost(6, None, severity=Severity.WARNING, rule_id="missing_calibration")).n_usable == 2


def test_a_baseband_that_the_whole_array_lacks_in_a_scan_is_no_calibration():
    absent = [replace(each, antenna_name=None) for each in lost(5, None, severity=Severity.WARNING, rule_id="missing_baseband")]
    assert "DA42" in usable_array(BLOCK, lost(4)).usable["Y"]
    assert "DA42" not in usable_array(BLOCK, [*absent, *lost(8)]).usable["Y"]  # 3 of the 5 that are left


def test_an_antenna_without_any_calibration_is_named_and_not_usable():
    missing = Finding("uid://A002/X1/X1", "m", "missing_antenna", Severity.WARNING, Basis.OWN_LIMIT, "Words.", antenna_name="DV01")
    array = usable_array(BLOCK, [missing])
    assert (array.antennas[-1], array.n_usable, array.unusable["X"]) == ("DV01", 3, ("DV01",))


def test_a_polarisation_without_a_valid_value_in_the_whole_array_is_not_usable_and_one_that_was_not_observed_is_not_asked_for():
    setup = replace(BLOCK.setups[0], polarisations=("X",))
    block = replace(BLOCK, setups=(setup,))
    assert set(usable_array(block, []).usable) == {"X"}
    dead = [finding for antenna in setup.antennas for finding in lost(10, "Y", antenna)]
    assert usable_array(block, dead).usable == {"X": setup.antennas, "Y": ()}


def test_an_antenna_that_lacks_a_receiver_band_lacks_its_calibrations():
    other = Setup(3, ("BB_1", "BB_2"), ("X", "Y"), ("DA41", "DA42"), {f"CalData_{number}": number for number in range(10, 15)})
    array = usable_array(replace(BLOCK, setups=(*BLOCK.setups, other)), [])
    assert array.usable["X"] == ("DA41", "DA42")
