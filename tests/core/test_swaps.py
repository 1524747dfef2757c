"""X and Y exchanged, in some scans or in a baseband: where it shows, and where it cannot."""

import numpy as np
import pytest

from alma_qa0.core.facts import spectral_facts
from alma_qa0.core.rules import limits_from
from alma_qa0.core.spectra import SpectrumPack

LIMITS = limits_from({})
BASEBANDS = ("BB_1", "BB_2", "BB_3", "BB_4")


def array(ratio=0.08, *, antennas=6, calibrations=4, swapped=(), noise=0.004, between_hz=2e9, seed=2):
    """Packs of four basebands that follow each other; ``swapped`` are (antenna, baseband, calibrations) whose X and Y are exchanged."""
    generator = np.random.default_rng(seed)
    ratios = ratio * generator.uniform(0.8, 1.2, antennas) * generator.choice([-1, 1], antennas)
    packs = []
    for number, baseband in enumerate(BASEBANDS):
        axis = 220e9 + between_hz * number + 15.625e6 * np.arange(128)
        course = 1 + 0.02 * np.cos(2 * np.pi * axis / 3e9 + generator.permuted(np.arange(antennas))[:, None])
        values = 50 * np.exp(np.stack([ratios, -ratios], axis=1) / 2)[:, None, :, None] * course[:, None, None]
        values = values * (1 + noise * generator.standard_normal((antennas, calibrations, 2, 128)))
        for antenna, name, turns in swapped:
            if name == baseband:
                values[antenna, turns] = values[antenna, turns][:, ::-1]
        places = np.array([(f"DA{41 + a}", f"CalData_{c}", p) for a in range(antennas) for c in range(calibrations) for p in "XY"])
        packs.append(SpectrumPack(6, baseband, "trec", axis, places[:, 0], places[:, 1], places[:, 2],
                                  values.reshape(-1, 128).astype(np.float32)))
    return packs


def places(packs):
    found = (fact for fact in spectral_facts(packs, LIMITS) if fact.rule_id == "swapped")
    return {(fact.antenna_name, fact.baseband_name, fact.cal_data_id) for fact in found}


@pytest.mark.parametrize("ratio", [0.0, 0.03, 0.1, 0.2])
@pytest.mark.parametrize("calibrations", [1, 2, 5])
def test_receivers_whose_polarisations_differ_are_not_swapped(ratio, calibrations):
    assert places(array(ratio, calibrations=calibrations)) == set()


def test_a_scan_whose_polarisations_are_exchanged_is_found():
    assert places(array(swapped=[(2, "BB_3", [1])])) == {("DA43", "BB_3", "CalData_1")}


@pytest.mark.parametrize("baseband", BASEBANDS)
@pytest.mark.parametrize("calibrations", [1, 4])
def test_a_baseband_that_is_exchanged_in_all_scans_does_not_run_on_from_the_others(baseband, calibrations):
    packs = array(calibrations=calibrations, swapped=[(2, baseband, list(range(calibrations)))])
    assert places(packs) == {("DA43", baseband, None)}


def test_an_antenna_whose_polarisations_are_alike_shows_nothing():
    assert places(array(0.0, swapped=[(2, "BB_3", [0, 1, 2, 3])])) == set()


def test_an_antenna_that_is_exchanged_throughout_shows_nothing():
    assert places(array(swapped=[(2, baseband, [0, 1, 2, 3]) for baseband in BASEBANDS])) == set()


def test_a_jump_of_one_polarisation_is_no_exchange():
    packs = array()
    packs[1].values[(packs[1].antenna_names == "DA43") & (packs[1].polarisations == "X") & (packs[1].cal_data_ids == "CalData_2")] *= 1.3
    assert places(packs) == set()
