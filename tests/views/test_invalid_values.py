import pytest

from alma_qa0.core.blocks import InvalidKind
from alma_qa0.views import invalid_values
from alma_qa0.views.selection import Selection
from views.samples import invalid


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
