import runpy
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from bokeh.document import Document

from alma_qa0.pages import cockpit
from alma_qa0.pages.state import State, parse
from alma_qa0.store.queries import Marts
from alma_qa0.store.tables import Tables
from alma_qa0.views.selection import Selection
from alma_qa0.views.spectrum_names import SpectrumName

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "page.md").read_text()


@pytest.fixture(scope="module")
def tool():
    return runpy.run_path(str(ROOT / "tools" / "page.py"))


@pytest.fixture(scope="module")
def models():
    document = Document()
    cockpit.Cockpit(Marts(None, Tables.in_schemas()), judged=True).attach(document)
    return [model for model in document.models if model.name]


def test_the_names_are_those_of_the_page(tool):
    assert tool["with_names"](PAGE) == PAGE, "docs/page.md is stale: run `python tools/page.py`"


def test_no_name_is_there_twice(models):
    names = [model.name for model in models]
    assert sorted(set(names)) == sorted(names)


def test_every_widget_figure_and_source_has_a_name(models):
    named = {model.name for model in models}
    assert named >= {"uid_list", "date_range", "search", "scans", "basebands", "summary", "spectra", "summary_points", "invalid_values"}
    for family in ("da", "dv", "pm", "cm", "other"):
        assert f"antennas_{family}" in named
    for index in (1, 2, 3, 4):
        assert named >= {f"{name}_bb_{index}" for name in ("summary", "spectra")} | {f"spectra_bb_{index}_lines", f"summary_bb_{index}_x"}


def test_every_parameter_of_a_link_is_on_the_page():
    everything = State(
        uid="uid://A002/X1/Xd", first=parse({"from": [b"2025-07-08"]})[0].first, last=parse({"to": [b"2025-07-12"]})[0].last,
        search="a", qa0="Fail",
        selection=Selection(6, *[frozenset({"X"})] * 4), summary_quantity="tsys", x_against_y=True, spectra_quantity="tsys",
        selected=frozenset({SpectrumName(6, "BB_1", "DA41", "CalData_1", "X")}))
    documented = {
        line.split("`")[1] for line in PAGE.partition("## The link")[2].partition("\n## ")[0].splitlines() if line.startswith("| `")
    }
    assert documented == {*parse_qs(everything.query()), "theme"}
