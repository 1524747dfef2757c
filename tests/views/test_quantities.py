import pytest

from alma_qa0.views.quantities import SPECTRAL, SUMMARY, quantity


@pytest.mark.parametrize(("name", "label"), [
    ("trec", "Trx (K)"), ("tsys", "Tsys (K)"), ("tatm", "Tatm (K)"), ("tau", "tau (no unit)"), ("water", "water (mm)")])
def test_every_axis_says_its_unit(name, label):
    assert quantity(name).axis_label == label


def test_x_against_y_and_spectra_are_of_temperatures_of_the_receiver_and_the_system():
    assert [each.name for each in SPECTRAL] == ["trec", "tsys"]
    assert [each.name for each in SUMMARY] == ["trec", "tsys", "tatm", "tau", "water"]


def test_what_is_not_a_quantity_is_a_key_error():
    with pytest.raises(KeyError):
        quantity("phase")
