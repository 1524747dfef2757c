import pytest
from bokeh.models import FreehandDrawTool, SaveTool

from alma_qa0.ui.spectra import Spectra
from alma_qa0.ui.summary import Summary


@pytest.fixture(params=["summary", "spectra"])
def facets(request):
    if request.param == "summary":
        return Summary(on_change=lambda: None, on_select=lambda _: None).facets
    return Spectra(on_change=lambda: None, on_clear=lambda: None, on_zoom=lambda *_: None).facets


def test_one_can_draw_on_every_facet_and_save_it(facets):
    for plot in facets.figures.values():
        (draw,) = (tool for tool in plot.tools if isinstance(tool, FreehandDrawTool))
        assert draw.renderers[0].data_source.name == f"{plot.name}_strokes"
        assert any(isinstance(tool, SaveTool) for tool in plot.tools)


def test_only_the_facets_of_basebands_that_are_there_are_seen(facets):
    facets.show_only(("BB_1", "BB_3"))
    assert [name for name, plot in facets.figures.items() if plot.visible] == ["BB_1", "BB_3"]
    facets.show_only(())
    assert all(plot.visible for plot in facets.figures.values())


def test_every_facet_is_named_for_scripts_and_for_screen_readers(facets):
    for baseband, plot in facets.figures.items():
        assert plot.name.endswith(baseband.lower())
        assert plot.html_attributes["role"] == "img"
        assert baseband in plot.html_attributes["aria-label"]


def test_words_are_written_in_the_facet_that_they_are_about_or_in_all(facets):
    facets.write({"BB_2": "no valid value in 8 scans"})
    assert [label.text for label in facets._words.values() if label.visible] == ["no valid value in 8 scans"]
    facets.write({"": "no atmosphere calibration"})
    assert [label.text for label in facets._words.values() if label.visible] == ["no atmosphere calibration"] * 4
    facets.write({})
    assert not any(label.visible for label in facets._words.values())


def test_each_focus_is_a_signal_to_the_facet_that_is_shown(facets):
    facets.show_only(("BB_2", "BB_3"))
    for baseband in ("BB_3", "BB_3", None, "BB_1"):
        facets.focus(baseband)
    assert {name: plot.tags for name, plot in facets.figures.items() if plot.tags} == {"BB_3": [2], "BB_2": [2]}
