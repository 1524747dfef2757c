"""Whatever few or broken spectra an Execution Block has, what is said of them is said in words and numbers."""

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from alma_qa0.core.facts import spectral_facts
from alma_qa0.core.judgement import judge_block
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
        broken = draw(st.sampled_from(["no", "all", "channels", "spectra", "constant", "huge"]))
        if broken == "all":
            values[:] = np.nan
        elif broken == "channels":
            values[generator.random(values.shape) < 0.4] = np.nan
        elif broken == "spectra":
            values[generator.random(len(values)) < 0.5] = np.nan
        elif broken == "constant":
            values[:] = 60.0
        elif broken == "huge":
            values[0, generator.integers(n_channels)] = 1e30
        names = np.array(kept)
        axis = 230e9 + 2e9 * number + 2e9 / n_channels * np.arange(n_channels)
        found.append(SpectrumPack(6, f"BB_{1 + number}", draw(st.sampled_from(["trec", "tsys"])), axis, names[:, 0], names[:, 1],
                                  names[:, 2], values.astype(np.float32)))
    return found


@settings(deadline=None, max_examples=150)
@given(packs())
def test_whatever_is_found_has_a_finite_metric_and_limit_and_a_sentence_without_nan(given_packs):
    names = sorted({str(name) for pack in given_packs for name in pack.antenna_names})
    scans = {str(name): int(str(name)[8:]) for pack in given_packs for name in pack.cal_data_ids}
    setup = Setup(6, tuple(pack.baseband_name for pack in given_packs), ("X", "Y"), tuple(names), scans)
    block = Block("uid://A002/X1/X1", "12-m", len(names), None, (setup,))
    for finding in judge_block(block, [], spectral_facts(given_packs, LIMITS), LIMITS):
        assert np.isfinite(finding.metric)
        assert np.isfinite(finding.limit_value)
        assert finding.reference_value is None or np.isfinite(finding.reference_value)
        assert not NO_NUMBER.search(finding.sentence), finding.sentence
