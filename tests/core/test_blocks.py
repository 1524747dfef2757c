import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from alma_qa0.core.bands import BANDS, band_name, parse_band
from alma_qa0.core.blocks import InvalidKind, array_family, file_name, invalid_kinds, parse_uid, to_array_time, to_datetime64
from alma_qa0.errors import BadRequest


@pytest.mark.parametrize("text", ["uid://A002/Xf8f6a9/X15c79", " uid://A002/Xf8f6a9/X15c79\n", "uid___A002_Xf8f6a9_X15c79"])
def test_a_uid_is_read_from_any_of_its_spellings(text):
    assert parse_uid(text) == "uid://A002/Xf8f6a9/X15c79"


def test_a_uid_keeps_letters_of_its_own_that_also_stand_in_the_prefix():
    """The page before this one stripped the characters of ``uid://`` from both ends of the id itself."""
    assert parse_uid("uid://A002/Xd1/Xdd") == "uid://A002/Xd1/Xdd"


@pytest.mark.parametrize("text", ["", "uid://A002", "uid://A002/Xf8f6a9", "uid://A002/Xf8f6a9/X15c79/X1", "A002_X1_X2", "uid://A002/X1/Y2"])
def test_what_is_no_uid_is_refused(text):
    with pytest.raises(BadRequest, match="is not the uid of an Execution Block"):
        parse_uid(text)


def test_a_uid_survives_its_name_on_disk():
    assert parse_uid(file_name("uid://A002/Xf8f6a9/X15c79")) == "uid://A002/Xf8f6a9/X15c79"


def test_the_modified_julian_date_40587_is_the_first_of_january_1970():
    assert to_datetime64(np.array([40587 * 86_400 * 10**9]))[0] == np.datetime64("1970-01-01T00:00:00")


@given(st.datetimes(min_value=np.datetime64("1900-01-01", "us").item(), max_value=np.datetime64("2100-01-01", "us").item()))
def test_a_time_survives_the_way_to_array_time_and_back(time):
    times = np.array([time], dtype="datetime64[us]")
    assert to_datetime64(to_array_time(times))[0] == times[0]


@given(arrays(np.float64, 20, elements=st.sampled_from([-1, 0, 1, 50, -20, np.nan, np.inf, -np.inf, 0.001])), st.booleans())
def test_a_value_is_valid_or_of_exactly_one_invalid_kind(values, water):
    kinds = sum(mask.astype(int) for mask in invalid_kinds(values, water=water).values())
    valid = (values > 0) & (values < np.inf) & ~(water & (values == 1))
    assert (kinds == ~valid).all()


def test_one_is_a_temperature_but_no_water():
    assert not any(mask.any() for mask in invalid_kinds(np.array([1.0])).values())
    assert invalid_kinds(np.array([1.0]), water=True)[InvalidKind.SENTINEL].all()


@pytest.mark.parametrize(("antennas", "family"), [
    (("DA41", "DV02", "PM01"), "12-m"), (("CM01", "PM02"), "7-m"), (("PM01", "PM02"), "TP"), (("ea01",), "unknown"), ((), "unknown")])
def test_an_array_is_named_by_its_antennas(antennas, family):
    assert array_family(antennas) == family


def test_every_band_is_read_from_its_name():
    assert [parse_band(band_name(number)) for number in BANDS] == list(BANDS)


@pytest.mark.parametrize("text", ["ALMA_RB_00", "ALMA_RB_11", "ALMA_RB_ALL", "6", "EVLA_X", ""])
def test_what_is_no_band_is_refused(text):
    if text == "6":
        assert parse_band(text) == 6
        return
    with pytest.raises(BadRequest, match="is not a receiver band"):
        parse_band(text)
