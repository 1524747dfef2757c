import pytest
from hypothesis import given
from hypothesis import strategies as st

from alma_qa0.core.words import named, told_apart


@pytest.mark.parametrize(("value", "limit", "form", "digits", "said"), [
    (1.0317, 1.0, "g", 3, ("1.03", "1")), (1.0003, 1.0, "g", 2, ("1.0003", "1")), (0.9996, 0.9, "g", 3, ("0.9996", "0.9")),
    (2.4, 1.0, "g", 2, ("2.4", "1")), (1.0612, 1.0609, "g", 3, ("1.0612", "1.0609")), (1234.5, 2.0, "g", 3, ("1234", "2")),
    (0.076, 0.075, "%", 0, ("7.6%", "7.5%")), (0.31, 0.075, "%", 0, ("31%", "8%")), (0.19996, 0.2, "f", 3, ("0.19996", "0.2")),
    (31.0, 30.0, "f", 0, ("31", "30")), (1.0, 1.0, "g", 3, ("1", "1"))])
def test_a_value_and_its_limit_are_said_with_as_many_digits_as_tell_them_apart(value, limit, form, digits, said):
    assert told_apart(value, limit, form, digits) == said


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), st.sampled_from("g%f"), st.integers(0, 3))
def test_what_is_told_apart_stands_in_the_same_order_and_is_near_what_it_says(value, limit, form, digits):
    said, said_limit = (float(text.rstrip("%")) / (100 if form == "%" else 1) for text in told_apart(value, limit, form, digits))
    assert (said - said_limit) * (value - limit) >= 0
    assert said == pytest.approx(value, rel=0.5, abs=1)


def test_names_are_listed_or_those_that_are_not_among_them_whichever_are_fewer():
    array = ("DA41", "DA42", "DV01", "DV02")
    assert named(["DV01", "DA41"], array) == "DA41, DV01"
    assert named(["DV01", "DA41", "DA42"], array) == "all but DV02"
    assert named(array, array) == "all"
    assert named(["DV01"]) == "DV01"
