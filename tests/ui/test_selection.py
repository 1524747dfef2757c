import pytest

from alma_qa0.ui.selection import SelectionPanel
from alma_qa0.views.selection import Selection, choices
from views.samples import no_rows, summary

ROWS = summary(antennas=("DA41", "DA42", "DV02", "XX1"), receiver_bands=(3, 7))


@pytest.fixture
def calls():
    return []


@pytest.fixture
def panel(calls):
    panel = SelectionPanel(on_change=lambda: calls.append("change"), on_band=calls.append)
    panel.offer(choices(ROWS, 3), Selection(receiver_band=3))
    return panel


@pytest.mark.parametrize(
    "selection",
    [
        Selection(receiver_band=3),
        Selection(receiver_band=7, antennas=frozenset({"DA42", "XX1"})),
        Selection(receiver_band=3, antennas=frozenset()),
        Selection(receiver_band=3, basebands=frozenset({"BB_2"}), scans=frozenset({"7"}), polarisations=frozenset({"Y"})),
        Selection(receiver_band=3, basebands=frozenset(), scans=frozenset(), polarisations=frozenset()),
    ],
)
def test_what_is_offered_as_chosen_is_chosen(panel, calls, selection):
    panel.offer(choices(ROWS, selection.receiver_band), selection)
    assert panel.selection() == selection
    assert calls == []


def test_names_that_are_not_there_are_left_out(panel):
    panel.offer(choices(ROWS, 3), Selection(receiver_band=3, antennas=frozenset({"DA41", "DV99"})))
    assert panel.selection().antennas == {"DA41"}


def test_antennas_are_a_grid_by_family_without_the_family_in_each_name(panel):
    assert panel.families["DA"].labels == ["41", "42"]
    assert panel.families["other"].labels == ["XX1"]
    assert [family for family, group in panel.families.items() if group.visible] == ["DA", "DV", "other"]


def test_every_change_by_the_reader_is_called_back_once(panel, calls):
    panel.families["DA"].active = [0]
    assert calls == ["change"]
    assert panel.selection().antennas == {"DA41", "DV02", "XX1"}


@pytest.mark.parametrize(("what", "names"), [("antennas", frozenset()), ("basebands", frozenset()), ("scans", frozenset())])
def test_none_and_all_are_one_change_each(panel, calls, what, names):
    none, every = (panel.root.select_one({"name": f"{what}_{which}"}) for which in ("none", "all"))
    click(none)
    assert (getattr(panel.selection(), what), calls) == (names, ["change"])
    click(every)
    assert (getattr(panel.selection(), what), calls) == (None, ["change", "change"])


def click(button):
    for callback in button._event_callbacks["button_click"]:
        callback()


def test_a_receiver_band_is_offered_only_where_there_are_two(panel, calls):
    assert (panel.band.labels, panel.band.visible) == (["Band 3", "Band 7"], True)
    panel.band.active = 1
    assert calls == [7]
    panel.offer(choices(summary()), Selection(receiver_band=6))
    assert panel.band.visible is False
    assert panel.selection().receiver_band == 6


def test_nothing_to_choose_from_is_no_error(panel):
    panel.offer(choices(no_rows()), Selection())
    assert panel.selection() == Selection()
    assert not any(group.visible for group in panel.families.values())
