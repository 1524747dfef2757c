import pytest

from alma_qa0.core.blocks import InvalidKind
from alma_qa0.views import invalid_values
from alma_qa0.views.quantities import TREC, quantity
from alma_qa0.views.selection import Selection
from views.samples import invalid, summary


def lines(view):
    return list(zip(*(view.columns[name] for name in ("antenna", "scan", "baseband", "polarisation", "kind", "what")), strict=True))


def test_a_line_gathers_what_is_invalid_for_one_reason_in_one_place():
    view = invalid_values.show(invalid({}, {"quantity": "tsys"}, {"quantity": "trec_spectrum", "n_values": 128}), Selection())
    assert lines(view) == [("DA41", "3", "BB_1", "X", "no solution (-1)", "Trx, Tsys, Trx spectrum, 128 channels")]


@pytest.mark.parametrize(
    "change", [{"antenna_name": "DV02"}, {"scan_number": 7}, {"baseband_name": "BB_2"}, {"polarisation": "Y"}, {"kind": "zero"}]
)
def test_another_place_or_reason_is_another_line(change):
    assert invalid_values.show(invalid({}, change), Selection()).n_lines == 2


@pytest.mark.parametrize("kind", [kind.value for kind in InvalidKind])
def test_every_kind_has_words(kind):
    ((*_, words, _),) = lines(invalid_values.show(invalid({"kind": kind}), Selection()))
    assert words != kind or kind in ("zero", "negative")


@pytest.mark.parametrize(("quantity", "n_values", "what"), [
    ("water", 1, "water"), ("tau", 1, "tau"), ("tatm", 1, "Tatm"), ("tsys_spectrum", 1, "Tsys spectrum, 1 channel"),
    ("tau_spectrum", 2, "tau spectrum, 2 channels"), ("frequency_hz", 3, "frequency spectrum, 3 channels")])
def test_every_quantity_has_words(quantity, n_values, what):
    ((*_, found),) = lines(invalid_values.show(invalid({"quantity": quantity, "n_values": n_values}), Selection()))
    assert found == what


@pytest.mark.parametrize(
    "selection",
    [
        Selection(receiver_band=7),
        Selection(antennas=frozenset({"DV02"})),
        Selection(basebands=frozenset()),
        Selection(scans=frozenset({"7"})),
        Selection(polarisations=frozenset({"Y"})),
    ],
)
def test_the_list_is_that_of_what_is_chosen(selection):
    assert invalid_values.show(invalid({}), selection).n_lines == 0


def test_nothing_invalid_is_an_empty_list():
    view = invalid_values.show(invalid(), Selection())
    assert view.n_lines == 0
    assert {len(column) for column in view.columns.values()} == {0}


def test_a_scan_that_the_source_does_not_know_is_named_by_its_calibration():
    view = invalid_values.show(invalid({"scan_number": None}), Selection(scans=frozenset({"CalData_06"})))
    assert list(view.columns["scan"]) == ["CalData_06"]


def test_a_line_leads_to_its_spectrum_and_to_a_quantity_that_shows_it():
    rows = summary()
    view = invalid_values.show(invalid({"quantity": "tau"}, {"antenna_name": "PM01", "polarisation": "Y", "quantity": "tsys_spectrum"}),
                               Selection())
    places = [rows.iloc[number // 2] for index in (0, 1) for number in invalid_values.ids_of(view, index, rows, 6)]
    assert [(place.antenna_name, place.baseband_name, place.scan) for place in places] == [("DA41", "BB_1", "3"), ("PM01", "BB_1", "3")]
    assert [number % 2 for index in (0, 1) for number in invalid_values.ids_of(view, index, rows, 6)] == [0, 1]
    assert [invalid_values.quantity_of(view, index, TREC).name for index in (0, 1)] == ["tau", "tsys"]
    assert invalid_values.quantity_of(invalid_values.show(invalid({}, {"quantity": "tau"}), Selection()), 0, quantity("tau")).name == "tau"


def test_reasons_are_those_of_the_quantity_and_all_that_is_invalid_at_the_place():
    found = invalid_values.reasons(
        invalid({}, {"quantity": "tsys", "kind": "zero"}, {"antenna_name": "DV02", "polarisation": "Y"}), summary(), "trec")
    assert {number: text for number, text in enumerate(found.kinds) if text} == {0: "no solution (-1)", 3: "no solution (-1)"}
    assert {number: text for number, text in enumerate(found.what) if text} == {0: "Trx, Tsys", 3: "Trx"}
    assert not any(invalid_values.reasons(invalid(), summary(), "trec").what)
