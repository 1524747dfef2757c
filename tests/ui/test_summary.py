import pytest
from bokeh.models import HoverTool, LassoSelectTool

from alma_qa0.ui.look import COLOURS, MARKERS, script
from alma_qa0.ui.summary import Summary
from alma_qa0.views import summary as view
from alma_qa0.views.quantities import SUMMARY, TREC, quantity
from alma_qa0.views.selection import Selection
from views.samples import no_rows
from views.samples import summary as rows_of


@pytest.fixture
def calls():
    return []


@pytest.fixture
def summary(calls):
    return Summary(on_change=lambda: calls.append("change"), on_select=lambda indices: calls.append(indices))


NOTHING = view.LookedAt(None, [], {})


def glyphs(summary, baseband="BB_1"):
    return {
        one.name.rsplit("_", 1)[1].upper(): one
        for one in summary.facets.figures[baseband].renderers
        if one.name and one.name.rsplit("_", 1)[1].upper() in COLOURS
    }


def test_the_points_of_a_view_are_those_of_the_source(summary, calls):
    shown = view.against_time(rows_of(), Selection(), TREC)
    summary.show(shown, view.LookedAt([2, 3], [], {}))
    assert {name: list(column) for name, column in summary.source.data.items()} == {
        name: list(shown.columns[name]) for name in summary.source.data
    }
    assert summary.source.selected.indices == [2, 3]
    assert calls == []


def test_x_and_y_differ_in_colour_and_in_marker(summary):
    drawn = glyphs(summary)
    assert {name: one.glyph.fill_color for name, one in drawn.items()} == COLOURS
    assert len(set(COLOURS.values())) == len(set(MARKERS.values())) == 3
    assert all(f'{name}: "{marker}"' in script("edges.js") for name, marker in MARKERS.items())


def test_a_facet_shows_the_points_of_its_baseband_and_polarisation(summary):
    for baseband in ("BB_1", "BB_4"):
        for name, one in glyphs(summary, baseband).items():
            assert {(each.column_name, each.group) for each in one.view.filter.operands} == {("baseband", baseband), ("polarisation", name)}


def test_a_lasso_selects_once_when_it_is_closed(summary):
    tools = [tool for plot in summary.facets.figures.values() for tool in plot.tools if isinstance(tool, LassoSelectTool)]
    assert len(tools) == 4
    assert not any(tool.continuous for tool in tools)


def test_a_selection_by_the_reader_is_called_back_with_its_indices(summary, calls):
    summary.show(view.against_time(rows_of(), Selection(), TREC), NOTHING)
    summary.source.selected.indices = [1, 4]
    assert calls == [[1, 4]]


def test_hover_names_antenna_scan_baseband_source_time_value_and_escapes_them(summary):
    for plot in summary.facets.figures.values():
        of_marks, of_points = (tool for tool in plot.tools if isinstance(tool, HoverTool))
        for hover, source, own in ((of_points, summary.source, ["value"]), (of_marks, summary.marks, ["kind", "what"])):
            for name in ("antenna", "polarisation", "scan", "baseband", "source", "time", *own):
                assert f"@{name}" in hover.tooltips
                assert name in source.data
            assert "{safe}" not in hover.tooltips


def test_all_points_have_one_tooltip_so_that_none_covers_another(summary):
    for plot in summary.facets.figures.values():
        *_, of_points = (tool for tool in plot.tools if isinstance(tool, HoverTool))
        (drawn,) = of_points.renderers
        assert (drawn.data_source, drawn.view.filter.column_name) == (summary.source, "baseband")


def test_a_lasso_takes_points_and_no_marks(summary):
    for plot in summary.facets.figures.values():
        (lasso,) = (tool for tool in plot.tools if isinstance(tool, LassoSelectTool))
        assert {one.data_source for one in lasso.renderers} == {summary.source}


def test_what_is_looked_at_and_has_no_point_has_its_marks_and_words_and_all_points_stand_back(summary):
    rows = rows_of()
    rows.loc[rows["antenna_name"] == "DV02", "trec_y"] = float("nan")
    shown = view.against_time(rows, Selection(), TREC)
    dead = frozenset(2 * index + 1 for index in rows.index[rows["antenna_name"] == "DV02"])
    summary.show(shown, view.look_at(shown, dead))
    plain, _, others = summary._glyphs["X"]
    assert plain.fill_alpha == others.fill_alpha
    assert summary.marks.selected.indices == [0, 1, 2, 3]
    plot = summary.facets.figures["BB_1"]
    assert plot.html_attributes["aria-label"] == "Summary plot of BB_1: DV02 Y: no valid value in 2 scans"
    summary.look_at(view.look_at(shown, None))
    assert plain.fill_alpha > others.fill_alpha
    assert plot.html_attributes["aria-label"] == "Summary plot of BB_1"


def test_the_readers_zoom_stays_while_the_scale_of_the_array_does(summary):
    summary.show(view.against_time(rows_of(), Selection(), TREC), NOTHING)
    _, y_range = summary._ranges
    y_range.update(start=50, end=60)
    summary.show(view.against_time(rows_of(), Selection(antennas=frozenset({"DA41"})), TREC), NOTHING)
    assert (y_range.start, y_range.end) == (50, 60)


def test_x_against_y_offers_what_it_can_draw(summary):
    summary.choose("water", False)
    assert summary.chosen() == (quantity("water"), False)
    assert summary.quantity.labels == [each.label for each in SUMMARY]
    summary.axes.active = 1
    assert summary.chosen() == (TREC, True)
    summary.choose("tsys", True)
    assert summary.quantity.labels == ["Trx", "Tsys"]
    assert summary.chosen() == (quantity("tsys"), True)


def test_a_choice_by_the_page_is_not_called_back_and_one_by_the_reader_is(summary, calls):
    summary.choose("tsys", True)
    assert calls == []
    summary.quantity.active = 0
    assert calls == ["change"]


def test_axes_say_their_units_once_at_the_edge_of_the_grid(summary):
    summary.show(view.against_time(rows_of(basebands=("BB_1", "BB_2", "BB_3")), Selection(), quantity("water")), NOTHING)
    labels = {name: (plot.xaxis[0].axis_label, plot.yaxis[0].axis_label) for name, plot in summary.facets.figures.items() if plot.visible}
    assert labels == {"BB_1": (None, "water (mm)"), "BB_2": ("time (UTC)", None), "BB_3": ("time (UTC)", "water (mm)")}


def test_the_line_of_equality_is_there_only_for_x_against_y(summary):
    for shown in (view.x_against_y(rows_of(), Selection(), TREC), view.against_time(rows_of(), Selection(), TREC)):
        summary.show(shown, NOTHING)
        assert summary._slope.visible == (not shown.time_axis)


def test_what_is_invalid_is_counted_in_words(summary):
    rows = rows_of()
    rows.loc[0, "trec_x"] = float("nan")
    summary.show(view.against_time(rows, Selection(), TREC), NOTHING)
    assert "23 points, 1 invalid (× at the edge); grey: median and 5 to 95 % of the array, 3 antennas" in summary.note.text


def test_no_point_is_an_empty_source(summary):
    summary.show(view.against_time(no_rows(), Selection(), TREC), NOTHING)
    assert {len(column) for column in summary.source.data.values()} == {0}
    assert "0 points" in summary.note.text
