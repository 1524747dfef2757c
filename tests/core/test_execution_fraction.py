import csv
import re
from dataclasses import replace
from math import inf, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alma_qa0.core.execution_fraction import CAP, DEFAULT_CAP, Inputs, cap_of, execution_fraction
from alma_qa0.core.rules import limits_from

FACTS = Path(__file__).parents[1] / "data" / "aqua_screens_facts.csv"
FULL = Inputs(tsys_ot_k=100, tsys_eb_k=100, n_antennas_ot=43, n_antennas_eb=43, time_on_source_ot_s=1800, time_on_source_eb_s=1800)


def worked_example():
    """The inputs and the result that a report of AQUA shows."""
    with FACTS.open(newline="") as file:
        fact = next(row for row in csv.DictReader(file) if row["quantity"].startswith("execution fraction"))
    n_eb, n_ot = map(int, re.findall(r"\d+", fact["n_ant"]))
    tsys_ot, tsys_eb, time_eb, time_ot = map(float, re.findall(r"\d+\.?\d*", fact["quantity"].partition(":")[2]))
    return Inputs(tsys_ot, tsys_eb, n_ot, n_eb, time_ot / 1000, time_eb / 1000), float(fact["value"])


def test_the_worked_example_of_aqua_is_met_to_its_last_digit():
    inputs, shown = worked_example()
    found = execution_fraction(inputs, cap=2)
    assert (inputs.tsys_ot_k, inputs.n_antennas_eb) == (81.613, 32)
    assert round(found.value, 3) == shown == 1.542
    assert found.messages == ()


def test_the_cap_is_the_configured_one_and_is_said():
    inputs, _ = worked_example()
    found = execution_fraction(inputs)
    assert found.value == DEFAULT_CAP
    assert found.uncapped == pytest.approx(1.5424, abs=5e-5)
    assert found.messages == ("execution fraction 1.542 capped at 1.5",)


def test_what_was_asked_for_is_an_execution_fraction_of_one():
    assert execution_fraction(FULL).value == 1
    assert execution_fraction(FULL, total_power=True).value == 1


@pytest.mark.parametrize(("change", "value"), [
    ({"tsys_eb_k": 200.0}, 0.25), ({"time_on_source_eb_s": 900.0}, 0.5), ({"n_antennas_eb": 42}, 42 * 41 / (43 * 42)),
    ({"time_on_source_eb_s": 0.0}, 0), ({"n_antennas_eb": 1}, 0), ({"n_antennas_eb": 0}, 0),
])
def test_each_factor_counts_by_its_own_power(change, value):
    assert execution_fraction(replace(FULL, **change)).value == pytest.approx(value)


def test_total_power_counts_antennas_and_no_baselines():
    inputs = replace(FULL, n_antennas_ot=4, n_antennas_eb=1)
    assert execution_fraction(inputs, total_power=True).value == 0.25
    assert execution_fraction(inputs).value == 0


@pytest.mark.parametrize(("change", "words"), [
    ({"tsys_ot_k": None}, "Tsys expected"), ({"tsys_eb_k": 0.0}, "Tsys observed"), ({"tsys_eb_k": -1.0}, "Tsys observed"),
    ({"tsys_ot_k": nan}, "Tsys expected"), ({"tsys_ot_k": 0.0}, "Tsys expected"), ({"n_antennas_ot": 1}, "antennas expected"),
    ({"n_antennas_eb": None}, "antennas observed"), ({"time_on_source_ot_s": 0.0}, "time on source expected"),
    ({"time_on_source_eb_s": inf}, "time on source observed"),
])
def test_without_an_input_it_is_one_with_a_message_that_names_it(change, words):
    found = execution_fraction(replace(FULL, **change))
    assert found.value == 1
    assert found.uncapped is None
    assert found.messages == (f"execution fraction set to 1, not known: {words}",)


def test_with_no_input_at_all_the_message_names_all_six():
    assert execution_fraction(Inputs()).messages[0].count(",") == 6


_NUMBERS = st.none() | st.floats() | st.integers(-5, 5).map(float)


@given(st.builds(Inputs, _NUMBERS, _NUMBERS, st.none() | st.integers(-3, 99), st.none() | st.integers(-3, 99), _NUMBERS, _NUMBERS),
       st.booleans())
def test_whatever_comes_in_the_value_is_from_zero_to_the_cap_and_one_that_is_not_known_says_why(inputs, total_power):
    found = execution_fraction(inputs, total_power=total_power)
    assert 0 <= found.value <= DEFAULT_CAP
    assert found.uncapped is not None or found.messages[0].partition("not known: ")[2]


def test_the_cap_is_a_limit_like_others_and_evaluations_that_knew_none_have_the_default():
    assert cap_of(limits_from({CAP: 2.0})) == 2.0
    assert cap_of({}) == DEFAULT_CAP == 1.5
