"""The sky of the model against what is known of the sky over Chajnantor."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alma_qa0.simulate.atmosphere import opacity


def zenith(frequency_ghz: float, water_mm: float) -> float:
    return float(opacity(np.array([frequency_ghz * 1e9])).zenith(water_mm / 1e3)[0])


@pytest.mark.parametrize(("frequency_ghz", "water_mm", "expected"), [
    (93, 1.0, 0.019),  # AQUA, 7-m array, Band 3
    (225, 1.0, 0.045),  # 0.04 per mm and some dry air
    (345, 1.0, 0.16),
    (690, 0.5, 0.60),
])
def test_the_opacity_of_a_window_is_near_what_is_measured_there(frequency_ghz: float, water_mm: float, expected: float) -> None:
    assert zenith(frequency_ghz, water_mm) == pytest.approx(expected, rel=0.25)


@pytest.mark.parametrize("frequency_ghz", [118.75, 183.31, 325.15, 380.2, 448.0, 556.9])
def test_oxygen_and_water_lines_close_the_sky(frequency_ghz: float) -> None:
    assert zenith(frequency_ghz, 1.0) > 1
    assert zenith(frequency_ghz, 1.0) > 3 * zenith(frequency_ghz + 12, 1.0)


def test_an_ozone_line_is_narrow_and_cold() -> None:
    frequency = np.array([231.0e9, 231.285e9, 231.6e9])
    at = opacity(frequency)
    assert at.ozone[1] > 20 * max(at.ozone[0], at.ozone[2])
    assert at.temperature(1e-3)[1] < at.temperature(1e-3)[0] - 5


@given(st.floats(67e9, 950e9), st.floats(0.1e-3, 5e-3), st.floats(0.01e-3, 2e-3), st.floats(1, 4))
def test_more_water_never_makes_the_sky_clearer_or_darker(frequency_hz: float, water_m: float, more_m: float, airmass: float) -> None:
    at = opacity(np.array([frequency_hz]))
    assert at.zenith(water_m + more_m)[0] > at.zenith(water_m)[0] > 0
    assert 2.7 < at.sky(water_m, airmass)[0] <= at.sky(water_m + more_m, airmass)[0] + 0.01 < 268


def test_the_radiometers_channels_see_less_the_farther_they_are_from_the_line() -> None:
    seen = opacity(np.array([184.19e9, 185.25e9, 186.485e9, 188.51e9])).sky(0.6e-3, 1.0)
    assert np.all(np.diff(seen) < 0)
    assert seen == pytest.approx([166, 80.5, 45.6, 33.9], rel=0.5)  # one example seen in public; its water is not known
