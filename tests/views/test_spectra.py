from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alma_qa0.core.spectra import edge_mask
from alma_qa0.views import spectra
from alma_qa0.views.array import PERCENTILES
from alma_qa0.views.quantities import TREC, quantity
from alma_qa0.views.selection import Selection
from views.samples import AXIS_HZ, finding, invalid, no_rows, spectra_lines, spectrum_pack, summary

LONG_AXIS = 230e9 + 15.625e6 * np.arange(64)


def shown(rows, *, selection=None, selected=None, **options):
    return spectra.show(rows, spectra_lines(rows, **options), selection or Selection(), TREC, selected)


def test_every_spectrum_is_named_by_its_row_and_polarisation():
    rows = summary()
    pack = spectrum_pack(rows, "BB_2")
    lines = spectra.lines_of(rows, pack, TREC)
    assert len(lines.ids) == len(pack.values)
    for number, values in zip(lines.ids, lines.values, strict=True):
        row, polarisation = rows.iloc[number // 2], "XY"[number % 2]
        (at,) = np.flatnonzero((pack.antenna_names == row.antenna_name) & (pack.cal_data_ids == row.cal_data_id)
                               & (pack.polarisations == polarisation))
        np.testing.assert_array_equal(values, pack.values[at])


def test_x_is_not_hidden_under_y():
    assert list(shown(summary()).lines[0].polarisations[:4]) == ["X", "Y", "X", "Y"]


def test_a_spectrum_without_a_row_in_the_summary_is_left_out():
    rows = summary()
    lines = spectra.lines_of(rows, spectrum_pack(summary(antennas=("DA41", "DV99"))), TREC)
    assert set(lines.antennas) == {"DA41"}
    assert len(spectra.lines_of(no_rows(), spectrum_pack(rows), TREC).ids) == 0


def test_no_channel_is_dropped_at_the_edges():
    for lines in shown(summary()).lines:
        assert lines.values.shape[1] == len(lines.frequency_ghz) == len(AXIS_HZ)
    for envelope in shown(summary()).envelopes:
        assert len(envelope.frequency_ghz) == len(AXIS_HZ)


def test_the_scale_is_that_of_the_channels_inside_the_band():
    rows = summary()
    (lines, *others) = spectra_lines(rows, frequency_hz=LONG_AXIS)
    values = lines.values.copy()
    values[:, edge_mask(LONG_AXIS)] = 1e5
    view = spectra.show(rows, (spectra.Lines(lines.baseband, lines.frequency_ghz, values, *(getattr(lines, name) for name in (
        "ids", "antennas", "scans", "polarisations"))), *others), Selection(), TREC, None)
    assert view.y_range[1] < 100
    assert view.n_off_scale >= np.count_nonzero(values == 1e5)


def test_selected_spectra_are_exactly_those_of_the_ids():
    rows = summary()
    view = shown(rows, selected=frozenset({0, 5}))
    assert {int(number) for group in view.lines for number in group.ids} == {0, 5}
    assert (view.n_selected, view.n_shown) == (2, 2 * len(rows))


def test_the_envelope_behind_a_selection_is_that_of_the_whole_array():
    rows = summary()
    for alone, all_of_them in zip(shown(rows, selected=frozenset({0})).envelopes, shown(rows).envelopes, strict=True):
        np.testing.assert_array_equal(alone.median, all_of_them.median)


@pytest.mark.parametrize("antennas", [frozenset({"DA45"}), frozenset()])
def test_the_envelope_and_the_scale_are_the_arrays_whatever_antennas_are_chosen(antennas):
    rows = summary(antennas=[f"DA{number}" for number in range(41, 61)])
    lines = spectra_lines(rows)
    for group in lines:
        group.values[group.antennas == "DA45"] *= 2.5
    everything, part = (spectra.show(rows, lines, Selection(antennas=chosen), TREC, None) for chosen in (None, antennas))
    assert (part.y_range, part.n_antennas, part.basebands) == (everything.y_range, 20, everything.basebands)
    for own, all_of_them in zip(part.envelopes, everything.envelopes, strict=True):
        for name in ("low", "median", "high"):
            np.testing.assert_array_equal(getattr(own, name), getattr(all_of_them, name))
    assert part.n_shown == 8 * len(antennas)


def test_the_envelope_is_that_of_the_scans_and_polarisations_chosen():
    rows = summary()
    lines = spectra_lines(rows)
    chosen = Selection(antennas=frozenset({"DA41"}), scans=frozenset({"7"}), polarisations=frozenset({"Y"}))
    for envelope, group in zip(spectra.show(rows, lines, chosen, TREC, None).envelopes, lines, strict=True):
        peers = group.values[(group.scans == "7") & (group.polarisations == "Y")]
        assert len(peers) == 3
        np.testing.assert_array_equal(envelope.median, np.median(peers, axis=0))


def changed(lines, **places):
    """The lines of the first baseband with values put at (line, channel)."""
    first, *others = lines
    values = first.values.copy()
    for place, value in places.values():
        values[place] = value
    return (replace(first, values=values), *others)


def test_values_off_the_scale_are_one_mark_a_channel_that_names_the_farthest():
    rows = summary(antennas=[f"DA{number}" for number in range(41, 51)])
    lines = changed(spectra_lines(rows, frequency_hz=LONG_AXIS), far=((2, 0), 9e3), farther=((5, 0), 1e4), other=((7, 30), 5e3))
    view = spectra.show(rows, lines, Selection(), TREC, None)
    marks, first = view.marks["BB_1"], lines[0]
    assert (list(marks["x"]), list(marks["y"]), list(marks["marker"])) == (
        [LONG_AXIS[0] / 1e9, LONG_AXIS[30] / 1e9], [1e4, 5e3], ["@up", "@up"])
    name = [f"{first.antennas[line]} {first.polarisations[line]} scan {first.scans[line]}" for line in range(8)]
    assert list(marks["text"]) == [f"{name[5]}: 1e+04 K\n{name[2]}: 9,000 K", f"{name[7]}: 5,000 K"]
    assert view.n_off_scale == 3


def test_a_channel_without_a_value_is_a_mark_that_says_whose_and_why():
    rows = summary()
    lines = changed(spectra_lines(rows), hole=((0, 5), np.nan), empty=(3, np.nan))
    places = invalid({"quantity": "trec_spectrum", "kind": "negative"})
    marks = spectra.show(rows, lines, Selection(), TREC, None, invalid=places).marks["BB_1"]
    assert (lines[0].ids[0], list(marks["x"]), list(marks["marker"])) == (0, [AXIS_HZ[5] / 1e9], ["x"])
    assert list(marks["text"]) == ["DA41 X scan 3: negative"]
    assert np.isnan(marks["y"]).all()


def test_a_facet_in_which_nothing_is_valid_says_whose():
    rows = summary()
    lines = spectra_lines(rows)
    dead = [index for index, place in enumerate(zip(lines[0].antennas, lines[0].polarisations, strict=True)) if place == ("DV02", "Y")]
    lines = changed(lines, dead=(dead, np.nan))
    ids = frozenset(lines[0].ids[dead].tolist())
    assert spectra.show(rows, lines, Selection(), TREC, ids).words == {"BB_1": "DV02 Y: no valid value in 2 scans"}
    assert spectra.show(rows, lines, Selection(), TREC, None).words == {}
    assert spectra.show(no_rows(), (), Selection(), TREC, None).words == {"": "no atmosphere calibration"}


def test_nothing_selected_is_told_from_a_selection_that_is_not_among_those_shown():
    assert shown(summary()).n_selected is None
    view = shown(summary(), selected=frozenset({0}), selection=Selection(antennas=frozenset({"PM01"})))
    assert (view.n_selected, view.lines) == (0, ())


def test_only_the_polarisations_chosen_are_drawn():
    view = shown(summary(), selection=Selection(polarisations=frozenset({"Y"})))
    assert {name for group in view.lines for name in group.polarisations} == {"Y"}
    assert shown(summary(), selection=Selection(polarisations=frozenset())).n_shown == 0


def test_nothing_chosen_is_an_empty_view_with_a_scale():
    view = shown(summary(), selection=Selection(basebands=frozenset()))
    assert (view.lines, view.envelopes, view.basebands, view.n_shown) == ((), (), (), 0)
    assert view.y_range == (0, 1)
    assert spectra.frequency_range(view.envelopes, "BB_1") == (0, 1)


def test_two_receiver_bands_are_not_drawn_together():
    rows = summary(receiver_bands=(3, 7))
    view = shown(rows, selection=Selection(receiver_band=7))
    assert {int(rows["receiver_band"].iloc[number // 2]) for group in view.lines for number in group.ids} == {7}


@pytest.mark.parametrize("polarisations", ["X", "Y"])
def test_single_polarisation_data_have_the_spectra_that_they_have(polarisations):
    view = shown(summary(polarisations=polarisations), polarisations=polarisations)
    assert {name for group in view.lines for name in group.polarisations} == {polarisations}


def test_one_channel_is_a_spectrum():
    view = shown(summary(antennas=("DA41",), scans=(3,)), frequency_hz=AXIS_HZ[:1])
    assert view.n_shown == 4
    low, high = spectra.frequency_range(view.envelopes, "BB_1")
    assert low < AXIS_HZ[0] / 1e9 < high
    assert view.y_range[0] < view.y_range[1]


def test_spectra_with_no_valid_channel_are_lines_of_nothing():
    rows = summary()
    (lines, *_) = spectra_lines(rows)
    empty = spectra.Lines(lines.baseband, lines.frequency_ghz, np.full_like(lines.values, np.nan), lines.ids, lines.antennas, lines.scans,
                          lines.polarisations)
    view = spectra.show(rows, (empty,), Selection(), TREC, None)
    assert view.y_range == (0, 1)
    assert np.isnan(view.envelopes[0].median).all()
    assert view.n_empty == view.n_shown == len(lines.ids)
    assert spectra.show(rows, (lines,), Selection(), TREC, None).n_empty == 0


def test_an_envelope_ascends_whatever_the_order_of_the_axis():
    rows = summary()
    upward, downward = (spectra.show(rows, spectra_lines(rows, frequency_hz=axis), Selection(), TREC, None).envelopes[0]
                        for axis in (AXIS_HZ, AXIS_HZ[::-1]))
    assert (np.diff(upward.frequency_ghz) > 0).all()
    np.testing.assert_array_equal(upward.frequency_ghz, downward.frequency_ghz)
    np.testing.assert_array_equal(upward.median, downward.median[::-1])


def test_curves_of_two_axes_of_a_baseband_are_parted_by_a_gap():
    rows = summary()
    packs = [spectrum_pack(rows, frequency_hz=axis) for axis in (AXIS_HZ, AXIS_HZ + 4e9)]
    lines = tuple(spectra.lines_of(rows, pack, TREC) for pack in packs)
    columns = spectra.curves(spectra.show(rows, lines, Selection(), TREC, None).envelopes, "BB_1")
    assert np.isnan(columns["frequency"][[len(AXIS_HZ), -1]]).all()
    assert len(columns["frequency"]) == 2 * len(AXIS_HZ) + 2
    assert len({len(column) for column in columns.values()}) == 1


@given(
    values=st.lists(st.lists(st.one_of(st.floats(-1e3, 1e6, width=32), st.just(np.nan)), min_size=3, max_size=3), min_size=1, max_size=40)
)
def test_an_envelope_is_the_value_nearest_to_the_percentile_of_plain_numpy(values):
    cube = np.array(values, dtype=np.float32)
    n = len(cube)
    lines = spectra.Lines(
        "BB_1", np.array([1.0, 2.0, 3.0]), cube, np.arange(n), np.array(["DA41"] * n), np.array(["1"] * n), np.array(["X"] * n)
    )
    envelope = spectra._envelope(lines, lines, None)
    for channel in range(3):
        found = [envelope.low[channel], envelope.median[channel], envelope.high[channel]]
        valid = cube[:, channel][~np.isnan(cube[:, channel])]
        if not len(valid):
            assert np.isnan(found).all()
            continue
        for value, percentile in zip(found, PERCENTILES, strict=True):
            below, above = (np.percentile(valid, percentile, method=method) for method in ("lower", "higher"))
            assert value in (below, above)
            assert abs(value - np.percentile(valid, percentile)) <= (above - below) * 0.5001


@given(st.lists(st.tuples(st.floats(0, 4), st.floats(-10, 110, width=32)), max_size=60), st.integers(1, 9), st.integers(1, 9))
def test_a_density_image_counts_as_a_plain_histogram_does(channels, width, height):
    frequency, values = (np.array([pair[index] for pair in channels]) for index in (0, 1))
    groups = (spectra.Lines("BB_1", frequency, values[np.newaxis].astype(np.float32), np.zeros(1, int), *[np.array(["X"])] * 3),)
    image = spectra.density(groups, (1.0, 3.0), (0.0, 100.0), width=width, height=height)
    column = np.floor((frequency - 1) / 2 * width)
    row = np.floor(values.astype(np.float32) * np.float32(height / 100.0))
    expected = np.zeros((height, width))
    for x, y in zip(column, row, strict=True):
        if 0 <= x < width and 0 <= y < height:
            expected[int(y), int(x)] += 1
    counted = np.where(np.isnan(image), 0, 10.0 ** np.nan_to_num(image) - 1)
    np.testing.assert_allclose(counted, expected, atol=1e-4)
    assert image.dtype == np.float32


def test_a_channel_without_a_value_is_not_in_the_image():
    groups = (
        spectra.Lines("BB_1", np.array([1.5, 2.5]), np.array([[np.nan, 50.0]], np.float32), np.zeros(1, int), *[np.array(["X"])] * 3),
    )
    image = spectra.density(groups, (1, 3), (0, 100), width=2, height=1)
    assert np.isnan(image[0, 0])
    assert image[0, 1] == pytest.approx(np.log10(2))


@pytest.mark.parametrize(("n_lines", "n_channels", "dense"), [(3_000, 1, False), (3_001, 1, True), (50, 10_000, False), (51, 10_000, True)])
def test_too_many_lines_or_points_become_an_image(n_lines, n_channels, dense):
    rows = summary(antennas=[f"DA{number:04d}" for number in range(n_lines)], basebands=("BB_1",), scans=(3,), polarisations="X")
    ids = 2 * np.arange(n_lines)
    lines = spectra.Lines("BB_1", np.arange(1.0, n_channels + 1), np.ones((n_lines, n_channels), np.float32), ids,
                          rows["antenna_name"].to_numpy(dtype=str), np.array(["3"] * n_lines), np.array(["X"] * n_lines))
    assert spectra.show(rows, (lines,), Selection(), TREC, None).dense is dense
    assert spectra.show(rows, (lines,), Selection(), TREC, frozenset({0, 2})).dense is False


def test_packed_lines_can_be_taken_apart_again():
    rows = summary()
    groups = shown(rows).lines
    packed = spectra.pack(groups)
    at = line = 0
    for index, group in enumerate(groups):
        axis = packed.axes[index]
        assert axis["baseband"] == group.baseband
        np.testing.assert_array_equal(packed.frequency[axis["first"]:axis["first"] + axis["n_channels"]], group.frequency_ghz)
        for number in range(len(group.ids)):
            np.testing.assert_array_equal(packed.values[at:at + axis["n_channels"]], group.values[number])
            place = {name: column[line] for name, column in packed.table.items()}
            assert (place["axis"], place["id"]) == (index, group.ids[number])
            assert (packed.antennas[place["antenna"]], packed.scans[place["scan"]]) == (group.antennas[number], group.scans[number])
            assert "XY"[place["polarisation"]] == group.polarisations[number]
            at, line = at + axis["n_channels"], line + 1
    assert (at, line) == (len(packed.values), len(packed.table["id"]))
    assert {column.dtype for column in packed.table.values()} == {np.dtype(np.int32)}
    assert packed.values.dtype == np.float32


def test_no_lines_pack_into_empty_columns():
    packed = spectra.pack(())
    assert (len(packed.values), len(packed.frequency), packed.axes) == (0, 0, [])
    assert all(len(column) == 0 for column in packed.table.values())


def test_values_are_in_the_unit_of_the_page():
    rows = summary()
    lines = spectra.lines_of(rows, spectrum_pack(rows), quantity("water"))
    np.testing.assert_allclose(lines.values.max(), 1e3 * spectrum_pack(rows).values.max(), rtol=1e-6)


def test_the_limit_of_a_finding_is_a_factor_on_the_median_of_the_array_in_its_scan_and_polarisation():
    rows = summary(antennas=("DA41", "DA42", "DV02", "DV03", "PM01"))
    lines = spectra_lines(rows)
    view = spectra.show(rows, lines, Selection(), TREC, frozenset({4}), finding(limit_value=2.0))
    (own,) = (group for group in lines if group.baseband == "BB_1")
    peers = own.values[(own.scans == "3") & (own.polarisations == "X")]
    assert len(peers) == 5
    limits = {envelope.baseband: envelope.limit for envelope in view.envelopes}
    np.testing.assert_allclose(limits["BB_1"], 2 * np.median(peers, axis=0), rtol=1e-6)
    assert np.isnan(limits["BB_2"]).all()
    assert view.y_range[1] > limits["BB_1"].max()  # what is drawn is on the scale


def test_a_limit_is_a_matter_of_the_whole_array_whatever_is_chosen():
    rows = summary(antennas=("DA41", "DA42", "DV02", "DV03", "PM01"))
    lines = spectra_lines(rows)
    whole = spectra.show(rows, lines, Selection(), TREC, None, finding())
    part = spectra.show(rows, lines, Selection(antennas=frozenset({"DV02"}), scans=frozenset({"7"})), TREC, None, finding())
    np.testing.assert_array_equal(part.envelopes[0].limit, whole.envelopes[0].limit)


def test_in_an_array_of_two_the_limit_is_on_what_was_expected_and_nowhere_if_nobody_knows():
    rows = summary(antennas=("DV02", "DV03"))
    for reference, limit in ((45.0, 90.0), (None, np.nan)):
        view = spectra.show(rows, spectra_lines(rows), Selection(), TREC, None, finding(reference_value=reference))
        np.testing.assert_array_equal(view.envelopes[0].limit, limit)


@pytest.mark.parametrize("found", [None, finding(quantity="tsys"), finding(quantity=None), finding(limit_value=None)])
def test_without_a_limit_on_this_quantity_none_is_drawn(found):
    rows = summary()
    view = spectra.show(rows, spectra_lines(rows), Selection(), TREC, None, found)
    assert all(np.isnan(envelope.limit).all() for envelope in view.envelopes)
