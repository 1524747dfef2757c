"""Every table of the page shows its new rows, also where they are as many as the old ones."""

import pytest

from browser.test_page import FAULTS, fresh

TABLES = {"findings": ("problems_tabs", "findings"), "invalid_values": ("problems_tabs", "invalid values"),
          "statistics": ("verdict_tabs", "statistics"), "uid_list": None}
_CELLS = """(name) => [...Bokeh.index.find_one(Bokeh.documents[0].get_model_by_name(name)).el.shadowRoot.querySelectorAll(".slick-row")]
    .sort((one, other) => parseFloat(one.style.top) - parseFloat(other.style.top)).map((row) => row.innerText)"""
_TURNED = """((source) => {
  source.data = Object.fromEntries(Object.entries(source.data).map(([name, column]) => [name, Array.from(column).reverse()]))
})(model(argument).source)"""


def cells(cockpit, name):
    return cockpit.page.evaluate(_CELLS, name)


def test_this_file_knows_every_table(cockpit):
    names = cockpit.look("[...Bokeh.documents[0]._all_models.values()].filter((one) => one.type === 'DataTable').map((one) => one.name)")
    assert sorted(names) == sorted(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_as_many_other_rows_are_painted(cockpit, name):
    fresh(cockpit, FAULTS)
    if TABLES[name]:
        cockpit.click(*TABLES[name])
    cockpit.page.wait_for_function(f"(name) => ({_CELLS})(name).length > 1", arg=name)
    n = len(cockpit.look("Array.from(model(argument).source.data[Object.keys(model(argument).source.data)[0]])", name))
    before = cells(cockpit, name)
    cockpit.look(_TURNED, name)
    if n == len(before):  # all rows are in sight
        assert cells(cockpit, name) == before[::-1]
    else:
        assert cells(cockpit, name) != before
    cockpit.look(_TURNED, name)
    assert cells(cockpit, name) == before


def test_rows_that_come_while_their_table_is_out_of_sight_are_there_when_it_comes_in_sight(cockpit):
    fresh(cockpit, FAULTS)
    cockpit.click("problems_tabs", "findings")
    before = cells(cockpit, "findings")
    assert len(before) > 1
    cockpit.click("problems_tabs", "invalid values")
    cockpit.look(_TURNED, "findings")
    cockpit.click("problems_tabs", "findings")
    cockpit.page.wait_for_function(f"(before) => ({_CELLS})('findings').join() === before", arg=",".join(before[::-1]))


def test_what_the_reader_sorted_stays_sorted(cockpit):
    fresh(cockpit, FAULTS)
    cockpit.click("verdict_tabs", "statistics")
    cockpit.page.locator('[data-name="statistics"] .slick-header-column').filter(has_text="median").click()
    cockpit.click("summary_quantity", "Tsys").wait('model("summary_note").text.includes("Tsys against time")')
    shown = [float(row.split("\n")[3]) for row in cells(cockpit, "statistics")]
    assert len(shown) > 2
    assert shown == sorted(shown)
