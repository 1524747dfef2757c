"""Clean Execution Blocks are not quiet ones, and random ones cover what there is."""

from dataclasses import replace

import numpy as np

from alma_qa0.simulate.arrays import FAMILIES
from alma_qa0.simulate.fault_kinds import NATURES
from alma_qa0.simulate.plan import WATER_LIMIT_M, Plan, plan_execution_block, random_plan, with_antennas
from alma_qa0.simulate.receivers import receiver_noise_k, tune

DRAWN = [plan_execution_block(1, number, bands=[3, 6, 7], antennas=43) for number in range(200)]
RANDOM = [random_plan(1, number) for number in range(300)]


def noise_k(plan: Plan) -> np.ndarray:
    return receiver_noise_k(plan, plan.bands[0], tune(plan, plan.bands[0])[1])


def test_in_clean_execution_blocks_the_water_may_rise_by_half_and_clouds_pass() -> None:
    assert 0.03 < np.mean([plan.water_rise > 0.4 for plan in DRAWN]) < 0.15
    assert 0.03 < np.mean([bool(plan.faults) for plan in DRAWN]) < 0.15
    assert not any(NATURES[fault.kind].is_fault for plan in DRAWN + RANDOM for fault in plan.faults)


def test_some_antennas_are_chronically_noisier_than_the_rest() -> None:
    medians = np.concatenate([np.median(noise_k(replace(DRAWN[0], seed=seed, antennas=FAMILIES["12-m"].antennas)), axis=(1, 2))
                              for seed in range(4)])
    relative = medians / np.median(medians)
    assert 0.02 < np.mean(relative > 1.2) < 0.15
    assert relative.max() < 1.75


def test_band_edges_of_some_execution_blocks_spike_tenfold_in_coarse_and_in_fine_spectra() -> None:
    assert 0.08 < np.mean([plan.edge_height > 1 for plan in DRAWN]) < 0.25
    harsh = next(plan for plan in DRAWN if plan.edge_height > 1)
    for channels in (128, 1920):
        noise = noise_k(replace(harsh, channels=channels, faults=()))
        spikes = noise / np.median(noise, axis=-1, keepdims=True)
        assert 8 < spikes[..., [0, -1]].max() < 18
        assert np.percentile(spikes[..., channels // 16], 99) < 1.4


def test_random_execution_blocks_cover_bands_arrays_channels_and_weather() -> None:
    assert {plan.bands[0] for plan in RANDOM} == set(range(1, 11))
    assert {(plan.family, len(plan.antennas)) for plan in RANDOM} == {
        ("12-m", 43), ("12-m", 10), ("12-m", 3), ("7-m", 10), ("7-m", 3), ("TP", 4), ("TP", 3)}
    assert {plan.channels for plan in RANDOM} == {128, 1920}
    water = np.array([plan.water_m for plan in RANDOM])
    assert 0.3e-3 <= water.min() < 0.4e-3
    assert 4e-3 < water.max() <= 5e-3
    assert all(plan.water_m <= max(2 * WATER_LIMIT_M[plan.bands[0]], 0.8e-3) for plan in RANDOM)
    assert 0.1 < np.mean([bool(plan.faults) for plan in RANDOM]) < 0.35


def test_an_antenna_that_is_asked_for_takes_the_place_of_another() -> None:
    plan = random_plan(1, 0, arrays=[("12-m", 10)])
    absent = next(name for name in FAMILIES["12-m"].antennas if name not in plan.antennas)
    asked = with_antennas(plan, [absent, plan.antennas[4], "CM01"])
    assert len(asked.antennas) == 10
    assert {absent, plan.antennas[4]} < set(asked.antennas)
    assert len(set(asked.antennas) - set(plan.antennas)) == 1
    assert with_antennas(plan, []) == plan


def test_a_random_execution_block_depends_on_its_seed_and_number_alone() -> None:
    assert random_plan(1, 7) == RANDOM[7]
    assert len({plan.uid for plan in RANDOM}) == len(RANDOM)
    assert random_plan(2, 7).uid != RANDOM[7].uid
    assert {plan.bands for plan in (random_plan(1, number, bands=[6], arrays=[("TP", 2)], channels=[128]) for number in range(5))} == {(6,)}
