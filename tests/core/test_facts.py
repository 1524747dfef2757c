"""Facts from spectra made of numbers alone: a flat array with noise, and one thing in it at a time."""

import numpy as np
import pytest

from alma_qa0.core.cubes import cube, median, stretches
from alma_qa0.core.facts import spectral_facts
from alma_qa0.core.ozone import RANGES_GHZ, ozone_mask
from alma_qa0.core.rules import limits_from
from alma_qa0.core.spectra import SpectrumPack

LIMITS = limits_from({})
AXIS = 230e9 + 15.625e6 * np.arange(128)
FINE = 230e9 + 1e6 * np.arange(1920)


def pack(values, *, axis=AXIS, quantity="trec", baseband="BB_1"):
    """Spectra of shape (antenna, calibration, polarisation, channel)."""
    antennas, calibrations, polarisations, _ = values.shape
    names = np.array([(f"DA{41 + a}", f"CalData_{c}", "XY"[p]) for a in range(antennas) for c in range(calibrations)
                      for p in range(polarisations)])
    return SpectrumPack(6, baseband, quantity, axis, names[:, 0], names[:, 1], names[:, 2],
                        values.reshape(-1, values.shape[-1]).astype(np.float32))


def flat(antennas=8, calibrations=3, polarisations=2, *, axis=AXIS, noise=0.005, seed=1):
    generator = np.random.default_rng(seed)
    levels = generator.lognormal(0, 0.1, size=(antennas, 1, polarisations, 1))
    return 50 * levels * (1 + noise * generator.standard_normal((antennas, calibrations, polarisations, len(axis))))


def found(values, **settings):
    return spectral_facts([pack(values, **settings)], LIMITS)


def places(facts):
    return {(fact.antenna_name, fact.polarisation, fact.cal_data_id) for fact in facts}


@pytest.mark.parametrize(("axis", "antennas"), [*((AXIS, n) for n in (1, 2, 3, 4, 10, 43)), *((FINE, n) for n in (1, 2, 3, 4, 10))])
@pytest.mark.parametrize("calibrations", [1, 2, 5])
def test_a_flat_array_has_no_fact(antennas, calibrations, axis):
    assert found(flat(antennas, calibrations, axis=axis), axis=axis) == []


def test_one_channel_that_stands_out_is_a_birdie_with_its_channel():
    values = flat()
    values[2, :, 0, 70] *= 1.15
    facts = [fact for fact in found(values) if fact.rule_id == "birdie"]
    assert places(facts) == {("DA43", "X", None)}
    assert facts[0].channels == (70, 70)
    assert facts[0].metric == pytest.approx(0.15, abs=0.02)
    assert facts[0].frequency_hz == pytest.approx(AXIS[70])


def test_two_channels_together_do_not_hide_each_other():
    values = flat()
    values[2, :, 0, 70:72] *= 1.15
    assert [fact.channels for fact in found(values) if fact.rule_id == "birdie"] == [(70, 71)]


def test_a_line_of_ozone_is_a_birdie_in_trx_and_none_in_tsys():
    channel = int(np.argmin(np.abs(AXIS - 231.28e9)))
    assert ozone_mask(AXIS)[channel]
    values = flat()
    values[2, :, 0, channel] *= 1.2
    assert places(found(values)) == {("DA43", "X", None)}
    assert found(values, quantity="tsys") == []


def test_an_edge_that_spikes_tenfold_in_five_channels_is_no_fact():
    values = flat()
    spikes = 1 + 9 * np.exp(-np.arange(128) / 1.1)
    values[2:5] *= spikes
    values[3, :, 1] *= spikes[::-1]
    assert found(values) == []


def test_an_edge_that_reaches_far_into_the_band_is_a_fact_with_its_channels():
    values = flat()
    values[2, :, 1, -16:] *= 1 + 0.75 * np.linspace(0, 1, 16)
    facts = [fact for fact in found(values) if fact.rule_id == "edge"]
    assert places(facts) == {("DA43", "Y", None)}
    assert facts[0].channels[0] >= 110
    assert facts[0].channels[1] == 127


@pytest.mark.parametrize("step", [0.05, 0.025])
@pytest.mark.parametrize("axis", [AXIS, FINE], ids=["128", "1920"])
def test_teeth_of_four_channels_are_found(step, axis):
    values = flat(axis=axis, noise=0.008)
    values[2, :, 0] *= 1 + step * (np.arange(len(axis)) // 4 % 2 - 0.5)
    assert ("teeth", "DA43", "X") in {(fact.rule_id, fact.antenna_name, fact.polarisation) for fact in found(values, axis=axis)}


def test_teeth_say_their_period():
    values = flat()
    values[2, :, 0] *= 1 + 0.05 * (np.arange(128) // 4 % 2 - 0.5)
    (fact,) = (fact for fact in found(values) if fact.rule_id == "teeth")
    assert fact.period_hz == pytest.approx(125e6, rel=0.05)


@pytest.mark.parametrize("antennas", [3, 10])
def test_a_bump_half_a_ghz_wide_is_found_where_it_is(antennas):
    values = flat(antennas)
    values[1, :, 0] *= 1 + 0.16 * np.exp(-4 * np.log(2) * ((np.arange(128) - 60) / 24) ** 2)
    (fact,) = (fact for fact in found(values) if fact.rule_id == "bump")
    assert (fact.antenna_name, fact.polarisation) == ("DA42", "X")
    assert fact.channels[0] <= 60 <= fact.channels[1]


def test_a_bump_that_all_antennas_share_is_none():
    values = flat() * (1 + 0.3 * np.exp(-(((np.arange(128) - 60) / 16) ** 2)))
    assert found(values) == []


def test_a_slope_is_held_against_the_array():
    lean = np.linspace(0.8, 1.2, 128)
    values = flat()
    values[4, :, 1] *= lean
    assert {(fact.rule_id, fact.antenna_name) for fact in found(values)} == {("slope", "DA45")}
    assert found(flat() * lean) == []


def test_a_spectrum_twice_as_noisy_as_the_others_is_rough():
    values = flat()
    values[4, :, 1] += 50 * 0.015 * np.random.default_rng(3).standard_normal((3, 128))
    assert {(fact.rule_id, fact.antenna_name, fact.polarisation, fact.cal_data_id) for fact in found(values)} == {
        ("roughness", "DA45", "Y", None)}


def test_a_noisy_receiver_with_a_high_trx_is_not_rough():
    values = flat(noise=0.0)
    values[4] *= 3
    noise = 0.1 * (values.mean(axis=-1, keepdims=True) + 300) * np.random.default_rng(3).standard_normal(values.shape) / 50
    assert found(values + noise) == []


def test_what_shows_in_one_scan_only_is_a_fact_of_that_scan():
    values = flat(calibrations=5)
    values[2, 3, 0, 70] *= 1.4
    assert places(found(values)) == {("DA43", "X", "CalData_3")}


def test_steps_between_the_filters_of_a_fine_spectrum_are_platforms():
    values = flat(axis=FINE, noise=0.01)
    values[2, :, 0] *= 1 + 0.05 * (np.random.default_rng(2).integers(0, 2, 40)[np.arange(1920) // 59])
    assert ("platform", "DA43") in {(fact.rule_id, fact.antenna_name) for fact in found(values, axis=FINE)}


def test_missing_channels_are_counted_and_bridged():
    values = flat()
    values[2, :, 0, 40:60] = np.nan
    facts = found(values)
    assert {(fact.rule_id, fact.antenna_name, fact.channels) for fact in facts} == {("invalid_channels", "DA43", (40, 59))}
    assert {fact.cal_data_id for fact in facts} == {"CalData_0", "CalData_1", "CalData_2"}


@pytest.mark.parametrize("n_channels", [1, 2, 5, 16, 31])
def test_few_channels_have_no_shape_and_are_no_error(n_channels):
    assert found(flat(axis=AXIS[:n_channels]), axis=AXIS[:n_channels]) == []


def test_spectra_without_any_value_give_no_fact():
    assert found(np.full((4, 2, 2, 128), np.nan)) == []


def test_a_limit_that_is_set_is_the_one_that_counts():
    values = flat()
    values[2, :, 0, 70] *= 1.15
    wide = limits_from({"birdie.height": 0.5})
    assert spectral_facts([pack(values)], wide) == []


def test_the_median_passes_over_what_is_missing():
    values = np.array([[1.0, np.nan], [2.0, np.nan], [np.nan, np.nan], [9.0, 4.0]])
    assert median(values, 0).tolist() == [2.0, 4.0]
    assert np.isnan(median(values, 1)[2])


def test_a_cube_has_a_place_for_every_spectrum():
    one = cube(pack(flat(3, 2)))
    assert one.values.shape == (3, 2, 2, 128)
    assert one.present.all()


@pytest.mark.parametrize(("bad", "expected"), [([0, 1, 1, 0, 1], (1, 2, 4, 4)), ([0, 0], ()), ([1, 1], (0, 1))])
def test_stretches_are_first_and_last_of_each_run(bad, expected):
    assert stretches(np.array(bad, dtype=bool)) == expected


def test_ozone_ranges_ascend_and_their_margin_widens_them():
    first, last = np.array(RANGES_GHZ).T
    assert (np.diff(first) > 0).all()
    assert (np.diff(last) > 0).all()
    assert (first <= last).all()
    edge = np.array([first[0] * 1e9 - 10e6])
    assert ozone_mask(edge).tolist() == [False]
    assert ozone_mask(edge, 20e6).tolist() == [True]


def test_a_birdie_on_the_flank_of_an_edge_is_found():
    spikes = 1 + 3 * np.exp(-np.arange(128) / 1.1)
    values = flat()
    values[2:5] *= spikes
    values[3, :, 0, 6] *= 1.15
    assert places(found(values)) == {("DA44", "X", None)}


def test_an_edge_that_falls_where_those_of_the_array_rise_is_no_birdie():
    values = flat() * (1 + 5 * np.exp(-np.arange(128) / 1.1))
    values[3] /= 1 + 5 * np.exp(-np.arange(128) / 1.1)
    assert found(values) == []


def test_five_edge_channels_that_hold_garbage_are_no_fact():
    values = flat(antennas=10)
    generator = np.random.default_rng(8)
    values[..., :5] *= generator.uniform(1, 10, size=(10, 1, 2, 5))
    values[..., -5:] *= generator.uniform(1, 10, size=(10, 3, 2, 5))
    assert found(values) == []
