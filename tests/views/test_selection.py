import numpy as np
import pandas as pd
import pytest

from alma_qa0.views.selection import Choices, Scan, Selection, choices, with_scan_keys
from views.samples import no_rows, summary, summary_rows


def test_nothing_said_is_everything():
    assert Selection().rows(summary()).all()
    assert Selection().has_polarisation("X")
    assert Selection().has_polarisation("Y")


def test_none_of_them_is_not_all_of_them():
    for name in ("antennas", "basebands", "scans"):
        assert not Selection(**{name: frozenset()}).rows(summary()).any()
    assert not Selection(polarisations=frozenset()).has_polarisation("X")


def test_choices_are_met_together():
    rows = summary()
    chosen = rows[Selection(antennas=frozenset({"DA41", "PM01"}), basebands=frozenset({"BB_2"}), scans=frozenset({"7"})).rows(rows)]
    assert set(zip(chosen["antenna_name"], chosen["baseband_name"], chosen["scan_number"], strict=True)) == {
        ("DA41", "BB_2", 7),
        ("PM01", "BB_2", 7),
    }


def test_a_receiver_band_takes_only_its_rows():
    rows = summary(receiver_bands=(3, 7))
    assert set(rows["receiver_band"][Selection(receiver_band=7).rows(rows)]) == {7}
    assert choices(rows).receiver_bands == (3, 7)


def test_antennas_are_offered_by_family_and_none_is_lost():
    offered = choices(summary(antennas=("CM03", "DV02", "DA41", "PM01", "XX99", "DA40")))
    assert offered.families == {"DA": ("DA40", "DA41"), "DV": ("DV02",), "PM": ("PM01",), "CM": ("CM03",), "other": ("XX99",)}
    assert len(offered.antennas) == 6


def test_what_is_offered_is_that_of_the_receiver_band():
    rows = summary(receiver_bands=(3, 7))
    rows = rows[(rows["receiver_band"] == 3) | (rows["baseband_name"] == "BB_2")]
    assert choices(rows, 3).basebands == ("BB_1", "BB_2")
    assert choices(rows, 7).basebands == ("BB_2",)


@pytest.mark.parametrize("band", [None, 9])
def test_a_receiver_band_that_is_not_there_stands_for_the_first(band):
    rows = summary(receiver_bands=(3, 7))
    assert choices(rows, band) == choices(rows, 3)


def test_a_scan_is_a_scan_number_with_its_time_source_and_intent():
    assert [(scan.key, scan.label) for scan in choices(summary()).scans] == [
        ("3", "3  05:20  J1924-2914  ATMOSPHERE, TARGET"), ("7", "7  05:30  J1924-2914  ATMOSPHERE, TARGET")]


def test_a_row_counter_is_never_a_scan_number():
    rows = summary(scans=(3,)).assign(cal_data_id="CalData_13")
    assert list(rows["scan"].unique()) == ["3"]


def test_a_scan_that_the_source_does_not_know_is_named_by_its_calibration():
    rows = summary(scans=(None, None))
    assert [scan.key for scan in choices(rows).scans] == ["CalData_06", "CalData_16"]
    assert choices(rows).scans[0].label == "CalData_06 (scan unknown)  05:20"
    assert np.count_nonzero(Selection(scans=frozenset({"CalData_16"})).rows(rows)) == len(rows) // 2


def test_a_calibration_without_a_time_is_offered_without_one():
    rows = summary_rows(scans=(3,))
    rows["start_valid_time"] = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us, UTC]")
    assert choices(with_scan_keys(rows)).scans[0].label == "3  J1924-2914  ATMOSPHERE, TARGET"


def test_no_rows_offer_nothing():
    assert choices(no_rows()) == Choices()
    assert len(Selection(receiver_band=6, antennas=frozenset({"DA41"})).rows(no_rows())) == 0


def test_a_selection_leaves_spectra_where_it_leaves_all_of_them():
    rows = summary()
    of_first = Selection(antennas=frozenset({rows["antenna_name"].iloc[0]}), polarisations=frozenset({"X"}))
    assert of_first.leaves(rows, {0})
    assert of_first.leaves(rows, ())
    assert not of_first.leaves(rows, {1})
    assert not of_first.leaves(rows, {0, 2})
    assert Selection().leaves(rows, range(2 * len(rows)))


def test_names_that_an_execution_block_does_not_have_are_left_out_and_told():
    choices = Choices((6,), ("BB_1", "BB_2"), (Scan("2", "2"), Scan("5", "5")), {"DA": ("DA41", "DA42")})
    wanted = Selection(3, frozenset({"DA41", "ZZ99"}), frozenset({"BB_9"}), frozenset(), frozenset({"X"}))
    assert wanted.within(choices) == Selection(6, frozenset({"DA41"}), None, frozenset(), frozenset({"X"}))
    assert wanted.left_out(choices) == ("band 3", "antenna ZZ99", "baseband BB_9")
    assert Selection().left_out(choices) == ()
