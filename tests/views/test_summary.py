import numpy as np
import pandas as pd
import pytest

from alma_qa0.views import summary as view
from alma_qa0.views.quantities import SPECTRAL, SUMMARY, TREC, TSYS, quantity
from alma_qa0.views.selection import Selection
from views.samples import invalid, no_rows, summary

EVERYTHING = Selection()


def points(shown):
    """The points as a table."""
    return pd.DataFrame(shown.columns)


@pytest.mark.parametrize("each", SUMMARY, ids=lambda each: each.name)
def test_every_point_is_the_value_of_its_row_and_polarisation(each):
    rows = summary()
    shown = points(view.against_time(rows, EVERYTHING, each))
    assert len(shown) == 2 * len(rows)
    for point in shown.itertuples():
        assert point.y == rows[f"{each.name}_{point.polarisation.lower()}"].iloc[point.row] * each.factor
        row = rows.iloc[point.row]
        assert (point.antenna, point.baseband, point.scan, point.source) == (row.antenna_name, row.baseband_name, row.scan, row.source_name)
        assert point.time == f"{row.start_valid_time:%Y-%m-%d %H:%M:%S}"


def test_water_and_tau_say_their_units():
    assert quantity("water").axis_label == "water (mm)"
    assert quantity("tau").axis_label == "tau (no unit)"
    shown = points(view.against_time(summary(), EVERYTHING, quantity("water")))
    assert shown["value"].iloc[0] == "1 mm"
    assert points(view.against_time(summary(), EVERYTHING, quantity("tau")))["value"].iloc[0] == "0.05"


def test_invalid_values_are_counted_and_never_points():
    rows = summary()
    rows.loc[[0, 1], "trec_x"] = np.nan
    shown = view.against_time(rows, EVERYTHING, TREC)
    assert shown.n_points == 2 * len(rows) - 2
    assert shown.n_invalid == 2
    assert np.isfinite(shown.columns["y"]).all()
    assert (shown.columns["y"] > 0).all()


def test_all_values_invalid_leave_no_point_and_a_count():
    rows = summary()
    rows[["trec_x", "trec_y"]] = np.nan
    for shown in (view.against_time(rows, EVERYTHING, TREC), view.x_against_y(rows, EVERYTHING, TREC)):
        assert shown.n_points == 0
        assert shown.n_invalid > 0


def test_a_polarisation_that_the_data_do_not_have_is_not_invalid():
    rows = summary(polarisations="X")
    shown = view.against_time(rows, EVERYTHING, TREC)
    assert set(shown.columns["polarisation"]) == {"X"}
    assert shown.n_invalid == 0
    assert view.x_against_y(rows, EVERYTHING, TREC).n_invalid == 0
    assert view.x_against_y(rows, EVERYTHING, TREC).n_points == 0


def test_only_the_polarisations_chosen_are_drawn():
    shown = view.against_time(summary(), Selection(polarisations=frozenset({"Y"})), TREC)
    assert set(shown.columns["polarisation"]) == {"Y"}
    assert view.against_time(summary(), Selection(polarisations=frozenset()), TREC).n_points == 0


def test_x_against_y_needs_both():
    rows = summary()
    rows.loc[0, "tsys_y"] = np.nan
    shown = view.x_against_y(rows, EVERYTHING, TSYS)
    assert 0 not in shown.columns["row"]
    np.testing.assert_array_equal(shown.columns["x"], rows["tsys_x"].iloc[1:])
    np.testing.assert_array_equal(shown.columns["y"], rows["tsys_y"].iloc[1:])
    assert (shown.x_label, shown.y_label, shown.time_axis) == ("Tsys X (K)", "Tsys Y (K)", False)
    assert shown.columns["value"][0] == "X 81.6 K, Y 82.4 K"


def test_a_selection_carries_row_ids_not_values():
    rows = summary()
    rows["trec_x"] = rows["trec_y"] = 50.0  # all alike: a value tells nothing of which point was taken
    shown = view.against_time(rows, EVERYTHING, TREC)
    taken = [index for index, antenna in enumerate(shown.columns["antenna"]) if antenna == "DV02"][:1]
    row = int(shown.columns["row"][taken[0]])
    ids = view.spectrum_ids(shown, taken)
    assert ids == {2 * row}
    assert view.points_of(shown, ids) == taken


def test_a_lasso_that_comes_late_passes_over_points_that_are_gone():
    shown = view.against_time(summary(), EVERYTHING, TREC)
    gone = len(shown.columns["row"])
    assert view.spectrum_ids(shown, [0, gone, gone + 800]) == view.spectrum_ids(shown, [0])
    assert view.spectrum_ids(shown, [gone]) == frozenset()


def test_a_selection_survives_a_change_of_quantity_and_axes():
    rows = summary()
    rows.loc[0, "tsys_x"] = np.nan
    ids = view.spectrum_ids(view.against_time(rows, EVERYTHING, TREC), [0, 1, 2])
    of_tsys = view.against_time(rows, EVERYTHING, TSYS)
    assert view.spectrum_ids(of_tsys, view.points_of(of_tsys, ids)) == ids - {0}
    against = view.x_against_y(rows, EVERYTHING, TREC)
    assert [int(against.columns["row"][index]) for index in view.points_of(against, ids)] == [0, 1, 2]


def test_a_point_x_against_y_stands_for_both_its_spectra():
    shown = view.x_against_y(summary(), EVERYTHING, TREC)
    assert view.spectrum_ids(shown, [1]) == {2, 3}


def test_no_point_is_no_spectrum():
    shown = view.against_time(summary(), EVERYTHING, TREC)
    assert view.spectrum_ids(shown, []) == frozenset()
    assert view.points_of(shown, None) == view.points_of(shown, frozenset()) == []


def test_antennas_of_one_calibration_stand_side_by_side_near_its_time():
    rows = summary()
    shown = points(view.against_time(rows, EVERYTHING, TREC))
    of_scan = shown[(shown["scan"] == "3") & (shown["baseband"] == "BB_1") & (shown["polarisation"] == "X")]
    assert list(of_scan.sort_values("x")["antenna"]) == ["DA41", "DV02", "PM01"]
    middle = pd.Timestamp("2025-07-12T05:20:00").value / 1e6
    assert of_scan["x"].mean() == middle
    assert np.abs(of_scan["x"] - middle).max() < 300e3  # half the pause to the next one
    assert np.ptp(of_scan["x"]) > 0


@pytest.mark.parametrize(
    "options", [{"antennas": ("DA41",)}, {"scans": (3,)}, {"antennas": ("DA41",), "scans": (3,), "basebands": ("BB_4",)}]
)
def test_one_of_a_kind_is_drawn_at_a_finite_time(options):
    rows = summary(**options)
    shown = view.against_time(rows, EVERYTHING, TREC)
    assert shown.n_points == 2 * len(rows)
    assert np.isfinite(shown.columns["x"]).all()


def test_a_calibration_without_a_time_does_not_move_the_others():
    rows = summary()
    with_time = view.against_time(rows[rows["scan"] == "7"].reset_index(drop=True), EVERYTHING, TREC)
    rows["start_valid_time"] = rows["start_valid_time"].where(rows["scan"] == "7")
    shown = points(view.against_time(rows, EVERYTHING, TREC))
    np.testing.assert_array_equal(shown["x"][shown["scan"] == "7"], with_time.columns["x"])
    assert shown["x"][shown["scan"] == "3"].isna().all()


def test_ranges_hold_all_points_with_room_whatever_is_not_known():
    rows = summary()
    rows["start_valid_time"] = rows["start_valid_time"].where(rows["scan"] == "7")
    shown = view.against_time(rows, EVERYTHING, TREC)
    for name, (low, high) in (("x", shown.x_range), ("y", shown.y_range)):
        assert low < np.nanmin(shown.columns[name]) <= np.nanmax(shown.columns[name]) < high
    nothing = view.against_time(no_rows(), EVERYTHING, TREC)
    assert (nothing.x_range, nothing.y_range) == ((0, 1), (0, 1))
    alone = view.x_against_y(summary(antennas=("DA41",), basebands=("BB_1",), scans=(3,)), EVERYTHING, TREC)
    assert alone.x_range[0] < alone.x_range[1]


@pytest.mark.parametrize("draw", [view.against_time, view.x_against_y])
def test_the_band_the_medians_and_the_scale_are_the_arrays_whatever_antennas_are_chosen(draw):
    rows = summary(antennas=[f"DA{number}" for number in range(41, 61)])
    rows["trec_x"], rows["trec_y"] = (40.0 + np.arange(len(rows)) % (7 + index) for index in (0, 2))
    rows.loc[rows["antenna_name"] == "DA45", ["trec_x", "trec_y"]] *= 2.5
    everything, one, none = (draw(rows, Selection(antennas=chosen), TREC) for chosen in (None, frozenset({"DA45"}), frozenset()))
    assert 0 < one.n_points < everything.n_points
    assert none.n_points == 0
    for part in (one, none):
        assert (part.x_range, part.y_range, part.medians, part.n_antennas) == (
            everything.x_range, everything.y_range, everything.medians, 20)
        for name in everything.band:
            np.testing.assert_array_equal(part.band[name], everything.band[name])
    assert one.columns["y"].min() > 2 * everything.band["high"].max()


def test_the_band_is_that_of_the_scans_and_polarisations_chosen():
    rows = summary(antennas=[f"DA{number}" for number in range(41, 62)])
    shown = view.against_time(rows, Selection(scans=frozenset({"7"}), polarisations=frozenset({"Y"}), antennas=frozenset({"DA41"})), TREC)
    for line in pd.DataFrame(shown.band).itertuples():
        values = rows["trec_y"][(rows["scan"] == "7") & (rows["baseband_name"] == line.baseband)].to_numpy()
        assert [line.low, line.median, line.high] == list(np.percentile(values, [5, 50, 95], method="nearest"))
        assert line.left < shown.columns["x"][shown.columns["baseband"] == line.baseband][0] < line.right
    assert len(shown.band["low"]) == 2


def test_the_band_is_wide_enough_to_be_seen_and_ends_where_the_next_calibration_begins():
    rows = summary(scans=(3, 4, 7))
    start = rows["start_valid_time"].iloc[0]
    rows["start_valid_time"] = rows["scan"].map({"3": start, "4": start + pd.Timedelta("40s"), "7": start + pd.Timedelta("1h")})
    shown = view.against_time(rows, EVERYTHING, TREC)
    band = pd.DataFrame(shown.band).query("baseband == 'BB_2'").sort_values("left")
    assert ((band["right"] - band["left"]) / 1e3).round(1).tolist() == [74.0, 74.0, 108.0]
    assert band["right"].iloc[0] == band["left"].iloc[1]
    assert (shown.columns["x"] > band["left"].min()).all()


def test_a_value_far_above_the_array_does_not_press_the_others_together():
    rows = summary(antennas=[f"DA{number}" for number in range(41, 81)])
    rows.loc[7, "trec_x"] = 1e5
    shown = view.against_time(rows, EVERYTHING, TREC)
    assert shown.n_off_scale == 1
    assert shown.y_range[1] < 6 * rows["trec_x"].drop(7).max()
    assert 1e5 in shown.columns["y"]


def test_each_invalid_value_is_a_mark_at_its_time_that_says_its_kind_and_all_that_is_invalid_there():
    rows = summary()
    rows.loc[0, ["trec_x", "tsys_x"]] = np.nan
    rows.loc[1, "trec_y"] = np.nan
    shown = view.against_time(rows, EVERYTHING, TREC, invalid=invalid({}, {"quantity": "tsys", "kind": "zero"}))
    marks = pd.DataFrame(shown.marks)
    assert marks[["row", "polarisation", "kind", "what"]].values.tolist() == [
        [0, "X", "Trx: no solution (-1)", "Trx, Tsys"], [1, "Y", "Trx: no value", ""]]
    assert marks["y"].isna().all()
    whole = points(view.against_time(summary(), EVERYTHING, TREC)).set_index(["row", "polarisation"])["x"]
    assert list(marks["x"]) == [whole[0, "X"], whole[1, "Y"]]


def test_an_invalid_value_x_against_y_is_a_mark_at_the_value_of_the_other():
    rows = summary()
    rows.loc[0, ["trec_x", "trec_y"]] = np.nan
    rows.loc[1, "trec_y"] = np.nan
    both = invalid({}, {"polarisation": "Y", "kind": "not_finite"})
    marks = pd.DataFrame(view.x_against_y(rows, EVERYTHING, TREC, invalid=both).marks)
    assert marks["kind"].tolist() == ["Trx X: no solution (-1); Trx Y: not a number", "Trx Y: no value"]
    assert marks["what"].tolist() == ["X: Trx; Y: Trx", ""]
    np.testing.assert_array_equal(marks[["x", "y"]], [[np.nan, np.nan], [rows.loc[1, "trec_x"], np.nan]])


def test_a_facet_without_a_point_says_so():
    rows = summary()
    rows.loc[rows["baseband_name"] == "BB_2", "trec_x"] = np.nan
    only_x = Selection(polarisations=frozenset({"X"}))
    assert view.against_time(rows, only_x, TREC).words == {
        "BB_2": "DA41 X, DV02 X, PM01 X: no valid value in 2 scans"}
    assert view.against_time(rows, Selection(scans=frozenset({"3"}), polarisations=frozenset({"X"})), TREC).words == {
        "BB_2": "DA41 X, DV02 X, PM01 X: no valid value in scan 3"}
    many = summary(antennas=("DA41", "DA42", "DA43", "DA44")).assign(trec_x=np.nan)
    assert view.against_time(many, only_x, TREC).words["BB_1"] == "4 antennas: no valid value in 2 scans"
    assert view.against_time(rows, EVERYTHING, TREC).words == {}
    assert view.against_time(no_rows(), EVERYTHING, TREC).words == {"": "no atmosphere calibration"}


def test_what_is_looked_at_and_has_no_value_is_said_in_its_facets():
    rows = summary()
    rows.loc[rows["antenna_name"] == "DV02", "trec_y"] = np.nan
    shown = view.against_time(rows, EVERYTHING, TREC)
    of_dv02 = np.flatnonzero((rows["antenna_name"] == "DV02") & (rows["baseband_name"] == "BB_1"))
    dead = view.look_at(shown, frozenset(2 * of_dv02 + 1))
    assert dead.points == []
    assert [shown.marks["row"][index] for index in dead.marks] == of_dv02.tolist()
    assert dead.words == {"BB_1": "DV02 Y: no valid value in 2 scans"}
    assert view.look_at(shown, frozenset(2 * of_dv02)).words == view.look_at(shown, None).words == {}
    assert view.look_at(shown, None).points is None


def test_an_unknown_source_is_called_unknown():
    assert set(view.against_time(summary(scans=(None,)), EVERYTHING, TREC).columns["source"]) == {"unknown"}


def test_facets_are_those_of_what_is_chosen():
    assert view.against_time(summary(), Selection(basebands=frozenset({"BB_2"})), TREC).basebands == ("BB_2",)


def test_two_receiver_bands_are_not_drawn_together():
    rows = summary(receiver_bands=(3, 7))
    shown = points(view.against_time(rows, Selection(receiver_band=7), TREC))
    assert set(rows["receiver_band"].iloc[shown["row"]]) == {7}


@pytest.mark.parametrize("each", SUMMARY, ids=lambda each: each.name)
def test_no_rows_make_an_empty_plot(each):
    assert view.against_time(no_rows(), EVERYTHING, each).n_points == 0
    if each in SPECTRAL:
        assert view.x_against_y(no_rows(), EVERYTHING, each).n_points == 0


@pytest.mark.parametrize("draw", [view.against_time, view.x_against_y])
def test_what_the_selection_leaves_out_is_counted(draw):
    rows = summary()
    everything, one = draw(rows, EVERYTHING, TREC), draw(rows, Selection(antennas=frozenset({"DA41"})), TREC)
    assert everything.n_points == everything.n_all == one.n_all
    assert 0 < one.n_points < one.n_all
