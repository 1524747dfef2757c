import pytest

from alma_qa0.views.spectrum_names import SpectrumName, ids_of, left_out, names_of
from views.samples import UID, no_rows, summary


def test_an_id_has_one_name_and_a_name_one_id():
    rows = summary(receiver_bands=(3, 7))
    ids = range(2 * len(rows))
    names = [next(iter(names_of(rows, [number]))) for number in ids]
    assert len(set(names)) == len(ids)
    assert [ids_of(rows, [name]) for name in names] == [{number} for number in ids]
    first = rows.iloc[5]
    assert names[11] == SpectrumName(first["receiver_band"], first["baseband_name"], first["antenna_name"], first["cal_data_id"], "Y")


def test_names_stay_when_rows_are_in_another_order():
    rows = summary()
    mixed = rows.sample(frac=1, random_state=1).reset_index(drop=True)
    assert not mixed.equals(rows)
    ids = [0, 5, 6, 17]
    assert names_of(mixed, ids_of(mixed, names_of(rows, ids))) == names_of(rows, ids)
    assert ids_of(mixed, names_of(rows, ids)) != set(ids)


def test_ids_without_a_row_have_no_name():
    assert names_of(no_rows(), [0, 1]) == frozenset()
    assert len(names_of(summary(), [0, 10_000])) == 1


def test_a_name_that_the_execution_block_lacks_has_no_id():
    (name,) = names_of(summary(), [0])
    assert ids_of(summary(antennas=("DV02",)), [name]) == frozenset()
    assert ids_of(summary(), [name._replace(receiver_band=10**30)]) == frozenset()


@pytest.mark.parametrize(("now", "sentence"), [
    ({}, ""),
    ({"antennas": ("DV02", "PM01")}, f"8 of the 24 spectra selected are left out: {UID} does not have them; it has no antenna DA41."),
    ({"basebands": ("BB_1",)}, f"12 of the 24 spectra selected are left out: {UID} does not have them; it has no baseband BB_2."),
    ({"scans": (3,)}, f"12 of the 24 spectra selected are left out: {UID} does not have them; it has no calibration CalData_16."),
    ({"antennas": ("ZZ01",), "scans": (3,)},
     f"24 of the 24 spectra selected are left out: {UID} does not have them; it has no antenna DA41, no antenna DV02, no antenna PM01"
     " and 1 more."),
])
def test_what_is_there_no_longer_is_told_in_one_sentence(now, sentence):
    assert left_out(summary(**now), names_of(summary(), range(24)), UID) == sentence


def test_spectra_that_only_their_combination_lacks_are_counted():
    rows = summary()
    fewer = rows.drop(index=0).reset_index(drop=True)
    assert left_out(fewer, names_of(rows, range(24)), UID) == f"2 of the 24 spectra selected are left out: {UID} does not have them."
