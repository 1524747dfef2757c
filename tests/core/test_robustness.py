"""Whatever few or broken spectra an Execution Block has, what is said of them is said in words and numbers."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alma_qa0.core.evaluation import evaluate
from alma_qa0.core.facts import spectral_facts
from alma_qa0.core.rules import limits_from
from alma_qa0.core.setups import Block, Setup
from alma_qa0.core.spectra import SpectrumPack

LIMITS = limits_from({})
NO_NUMBER = re.compile(r"\b(nan|inf|None)\b")


@st.composite
def packs(draw):
    """One to four antennas, one to three scans, one or two polarisations, few channels or many, broken in one way or another."""
    antennas, calibrations = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    polarisations, n_channels = draw(st.sampled_from(["X", "Y", "XY"])), draw(st.sampled_from([1, 2, 8, 33, 64, 128, 960]))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    places = [(f"DA{41 + a}", f"CalData_{c}", p) for a in range(antennas) for c in range(calibrations) for p in polarisations]
    kept = [place for place in places if generator.random() > draw(st.sampled_from([0.0, 0.3]))] or places[:1]
    found = []
    for number in range(draw(st.integers(1, 4))):
        values = draw(st.sampled_from([0.02, 50.0, 3e4])) * generator.lognormal(0, draw(st.sampled_from([0.0, 0.01, 1.0])),
                                                                              (len(kept), n_channels))
        broken = draw(st.sampled_from(["no", "all", "channels", "spectra", "constant", "one moves", "huge"]))
        if broken == "all":
            values[:] = np.nan
        elif broken == "channels":
            values[generator.random(values.shape) < 0.4] = np.nan
        elif broken == "spectra":
            values[generator.random(len(values)) < 0.5] = np.nan
        elif broken == "constant":
            values[:] = 60.0
        elif broken == "one moves":
            values[1:] = 60.0
        elif broken == "huge":
            values[0, generator.integers(n_channels)] = 1e30
        names = np.array(kept)
        axis = 230e9 + 2e9 * number + 2e9 / n_channels * np.arange(n_channels)
        lost = draw(st.sampled_from(["no", "no", "one", "many", "all", "the same"]))
        if lost == "the same":
            axis[:] = axis[0]
        elif lost != "no":
            axis[generator.random(n_channels) < {"one": 1 / n_channels, "many": 0.5, "all": 1}[lost]] = np.nan
        found.append(SpectrumPack(6, f"BB_{1 + number}", draw(st.sampled_from(["trec", "tsys"])), axis, names[:, 0], names[:, 1],
                                  names[:, 2], values.astype(np.float32)))
    return found


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(packs())
def test_whatever_is_found_has_a_finite_metric_and_limit_and_a_sentence_without_nan(given_packs):
    names = sorted({str(name) for pack in given_packs for name in pack.antenna_names})
    scans = {str(name): int(str(name)[8:]) for pack in given_packs for name in pack.cal_data_ids}
    setup = Setup(6, tuple(pack.baseband_name for pack in given_packs), ("X", "Y"), tuple(names), scans)
    block = Block("uid://A002/X1/X1", "12-m", len(names), None, (setup,))
    for finding in evaluate(block, [], spectral_facts(given_packs, LIMITS), LIMITS).findings:
        assert np.isfinite(finding.metric)
        assert np.isfinite(finding.limit_value)
        assert finding.reference_value is None or np.isfinite(finding.reference_value)
        assert not NO_NUMBER.search(finding.sentence), finding.sentence


def flat_but_one(n_channels=128):
    """Six antennas, five of them with spectra without any noise."""
    values = np.full((6, n_channels), 60.0, dtype=np.float32)
    values[2] += np.random.default_rng(1).normal(0, 1, n_channels)
    names = np.array([f"DA{41 + n}" for n in range(6)])
    return SpectrumPack(6, "BB_1", "trec", 230e9 + 15.6e6 * np.arange(n_channels), names, np.array(["CalData_1"] * 6), np.array(["X"] * 6),
                        values)


def test_spectra_that_are_flat_in_all_antennas_but_one_give_finite_metrics():
    assert all(np.isfinite(fact.metric) for fact in spectral_facts([flat_but_one()], LIMITS))


def test_a_channel_without_a_frequency_is_named_invalid_and_the_others_are_judged():
    pack = flat_but_one()
    pack.frequency_hz[60:64] = np.nan
    found = [fact for fact in spectral_facts([pack], {**LIMITS, "invalid_channels.fraction": 0.01}) if fact.rule_id == "invalid_channels"]
    assert {fact.channels for fact in found} == {(60, 63)}
    assert len(found) == 6
