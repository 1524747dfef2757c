from dataclasses import replace

import numpy as np
import pytest
from bokeh.models import HoverTool, Range1d

from alma_qa0.ui.spectra import NAMED_LINES, Spectra
from alma_qa0.views import spectra as view
from alma_qa0.views.quantities import TREC, TSYS
from alma_qa0.views.selection import Selection
from views.samples import spectra_lines, summary


@pytest.fixture
def spectra():
    return Spectra(on_change=lambda: None, on_clear=lambda: None, on_zoom=lambda *_: None)


def shown(selected=None, selection=None, quantity=TREC, **options):
    rows = summary(**options)
    return view.show(rows, spectra_lines(rows), selection or Selection(), quantity, selected)


def sent(spectra):
    """What goes to the browser: values, frequencies, table, and what the table refers to."""
    return spectra._values.data["value"], spectra._axes.data["frequency"], spectra._table.data, spectra._table.tags[0]


def test_all_lines_travel_as_a_few_flat_columns(spectra):
    packed = view.pack(shown().lines)
    spectra.show(shown(), {})
    values, frequency, table, about = sent(spectra)
    np.testing.assert_array_equal(values, packed.values)
    np.testing.assert_array_equal(frequency, packed.frequency)
    assert {name: list(column) for name, column in table.items()} == {name: list(column) for name, column in packed.table.items()}
    assert (about["antennas"], about["scans"], about["few"]) == (packed.antennas, packed.scans, NAMED_LINES)
    assert values.dtype == np.float32


def test_lines_that_cannot_be_seen_are_counted(spectra):
    lines = shown()
    spectra.show(replace(lines, n_empty=3), {})
    assert f"{lines.n_shown:,} spectra, 3 without a valid value;" in spectra.note.text
    spectra.show(lines, {})
    assert "without" not in spectra.note.text


def test_many_lines_travel_as_an_image_and_not_as_lines(spectra):
    lines = shown()
    dense = replace(lines, dense=True)
    spectra.show(dense, {"BB_1": np.ones((2, 3), np.float32)})
    assert len(sent(spectra)[0]) == 0
    image = spectra._parts["BB_1"].image.data
    (x, y), (width, height) = (image["x"][0], image["y"][0]), (image["dw"][0], image["dh"][0])
    assert (x, x + width) == pytest.approx(view.frequency_range(lines.envelopes, "BB_1"))
    assert (y, y + height) == pytest.approx(lines.y_range)
    assert "density image" in spectra.note.text
    spectra.show(lines, {})
    assert len(spectra._parts["BB_1"].image.data["image"]) == 0


def test_the_envelope_stays_behind_a_selection(spectra):
    spectra.show(shown(selected=frozenset({0})), {})
    np.testing.assert_array_equal(spectra._parts["BB_1"].envelope.data["median"], view.curves(shown().envelopes, "BB_1")["median"])


def test_facets_share_the_temperature_and_not_the_frequency(spectra):
    plots = list(spectra.facets.figures.values())
    assert len({id(plot.y_range) for plot in plots}) == 1
    assert len({id(plot.x_range) for plot in plots}) == 4
    assert all(isinstance(plot.x_range, Range1d) for plot in plots)


def test_axes_are_in_ghz_and_kelvin_and_reset_to_what_was_shown(spectra):
    spectra.show(shown(quantity=TSYS), {})
    plot = spectra.facets.figures["BB_1"]
    assert (plot.xaxis[0].axis_label, plot.yaxis[0].axis_label) == ("frequency (GHz)", "Tsys (K)")
    assert (plot.x_range.start, plot.x_range.end) == (plot.x_range.reset_start, plot.x_range.reset_end)
    assert 229 < plot.x_range.start < plot.x_range.end < 231


def test_hover_says_antenna_polarisation_scan_frequency_and_value_with_unit(spectra):
    spectra.show(shown(), {})
    _, hover = (tool for tool in spectra.facets.figures["BB_1"].tools if isinstance(tool, HoverTool))
    for words in ("@antenna", "@polarisation", "@scan", "$snap_x{0.0000} GHz", "$snap_y{0.0} K"):
        assert words in hover.tooltips


@pytest.mark.parametrize(("selected", "note", "clear"), [
    (None, "24 spectra", False), (frozenset({0}), "1 selected of 24 spectra", True), (frozenset({999}), "0 selected of 24 spectra", True)])
def test_a_selection_can_always_be_seen_and_taken_away(spectra, selected, note, clear):
    spectra.show(shown(selected=selected), {})
    assert f">{note}" in spectra.note.text
    assert spectra.clear.visible is clear


def test_nothing_chosen_is_drawn_as_nothing(spectra):
    spectra.show(shown(selection=Selection(basebands=frozenset())), {})
    assert len(sent(spectra)[0]) == 0
    assert {plot.visible for plot in spectra.facets.figures.values()} == {True}


def test_few_lines_are_solid_and_many_are_veils(spectra):
    array = [f"DA{number}" for number in range(41, 66)]
    spectra.show(shown(selected=frozenset({0}), antennas=array), {})
    alone = spectra._parts["BB_1"].glyph.line_alpha
    spectra.show(shown(antennas=array), {})
    assert 0.1 < spectra._parts["BB_1"].glyph.line_alpha < alone < 1


def test_what_is_at_the_edge_of_a_facet_goes_when_it_is_no_more(spectra):
    lines = shown()
    marks = {name: np.array([value]) for name, value in {"x": 230.0, "y": 9e3, "marker": "@up", "text": "far"}.items()}
    spectra.show(replace(lines, marks={"BB_1": marks}, words={"BB_2": "no valid value in 8 scans"}), {})
    assert list(spectra._parts["BB_1"].marks.data["text"]) == ["far"]
    assert spectra.facets.figures["BB_2"].html_attributes["aria-label"] == "Spectra of BB_2: no valid value in 8 scans"
    spectra.show(lines, {})
    assert len(spectra._parts["BB_1"].marks.data["text"]) == 0
    assert spectra.facets.figures["BB_2"].html_attributes["aria-label"] == "Spectra of BB_2"


def test_the_note_says_what_the_grey_is_of(spectra):
    spectra.show(shown(selection=Selection(antennas=frozenset({"DA41"}))), {})
    assert "8 spectra; grey: median and 5 to 95 % of the array, 3 antennas" in spectra.note.text
