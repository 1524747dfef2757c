"""What the evaluation of the rules judges, and how it counts."""

from argparse import Namespace

import numpy as np
import pytest

import evaluate
from alma_qa0.asdm.folder import open_asdm
from alma_qa0.asdm.reader import read_table
from alma_qa0.core.blocks import Polarisation
from alma_qa0.core.spectra import SpectrumPack
from alma_qa0.simulate.fault_kinds import NATURES, Fault, FaultKind
from alma_qa0.simulate.plan import with_faults
from published_metrics import published_strengths
from rough_world import rough_plan, write_rough_block


def cases(world="usual", *, faults=None, ebs=3, clean=2):
    return list(evaluate._cases(Namespace(seed=3, ebs=ebs, clean=clean, faults=faults, world=world)))


@pytest.mark.parametrize("world", ["usual", "rough"])
def test_every_kind_and_size_is_put_in_as_often_as_asked_for_and_the_last_are_clean(world):
    made = cases(world, faults="high,teeth,dead,swapped")
    placed = [(fault.kind.value, size) for case in made for fault, size in zip(case.faults, case.sizes, strict=True)]
    assert {key: placed.count(key) for key in placed} == dict.fromkeys(
        [*(("high", size) for size in ("3", "2.5", "2", "1.75", "1.5")), ("teeth", "0.05"), ("teeth", "0.025"),
         *(("dead", size) for size in ("-1", "0", "nan")), ("swapped", "all")], 3)
    assert [case.faults for case in made[-2:]] == [(), ()]


def test_several_faults_of_an_execution_block_are_of_different_kinds_in_different_antennas_and_a_small_array_has_one():
    for case in cases(ebs=4, clean=0):
        antennas = [fault.antenna for fault in case.faults]
        assert len(set(antennas)) == len(antennas)
        assert len({fault.kind for fault in case.faults}) == len(antennas)
        assert len(antennas) <= max(len(case.plan.antennas) // 5, 1)
        if any(NATURES[fault.kind].quantity == "rows" and fault.antenna is None for fault in case.faults):
            assert len(antennas) == 1


def trx(folder):
    """Trx of each row by antenna, baseband and polarisation, as medians over channels and calibrations."""
    with open_asdm(folder) as asdm:
        (rows,) = list(read_table(asdm, "CalAtmosphere", {"antennaName", "basebandName", "tRecSpectrum"}))
    levels = {}
    for antenna, baseband, spectrum in zip(*(rows.columns[name] for name in ("antennaName", "basebandName", "tRecSpectrum")), strict=True):
        for polarisation, values in zip("XY", np.asarray(spectrum), strict=False):
            levels.setdefault((antenna, baseband, polarisation), []).append(np.median(values))
    return {place: float(np.median(values)) for place, values in levels.items()}


def test_a_fault_of_the_rough_world_touches_its_place_alone(tmp_path):
    plan = next(plan for plan in (rough_plan(5, number) for number in range(50)) if len(plan.antennas) < 5 and plan.polarisations == 2)
    fault = Fault(FaultKind.HIGH, 2.0, antenna=plan.antennas[0], polarisation=Polarisation.X)
    clean = trx(write_rough_block(tmp_path / "clean", plan))
    faulty = trx(write_rough_block(tmp_path / "faulty", with_faults(plan, fault)))
    for place, level in clean.items():
        expected = 2.0 if (place[0], place[2]) == (plan.antennas[0], "X") else 1.0
        assert faulty[place] / level == pytest.approx(expected, rel=1e-6)


def strengths(factor):
    generator = np.random.default_rng(1)
    places = [(f"DA{41 + antenna}", "CalData_1", polarisation) for antenna in range(6) for polarisation in "XY"]
    values = 90 * (1 + 0.01 * generator.standard_normal((len(places), 128)))
    values[2] *= factor
    names = np.array(places)
    pack = SpectrumPack(6, "BB_1", "tsys", 230e9 + 15.625e6 * np.arange(128), names[:, 0], names[:, 1], names[:, 2],
                        values.astype(np.float32))
    return {(one.antenna_name, one.polarisation): one for one in published_strengths([pack], {"CalData_1": "J0423"}, frozenset({"J0423"}))}


def test_the_published_metrics_flag_what_is_above_twice_the_median_and_say_how_far_the_rest_goes():
    assert {place for place, one in strengths(2.2).items() if one.flagged} == {("DA42", "X")}
    half = strengths(1.6)[("DA42", "X")]
    assert not half.flagged
    assert half.beyond == pytest.approx(0.6, abs=0.02)


@pytest.mark.parametrize(("warnings", "scale"), [(0, 0.9), (1, 0.5), (2, 0.3)])
def test_at_equal_alarms_the_published_limits_flag_as_many_antennas_as_the_rules_warn_of(warnings, scale):
    clean = [evaluate.CleanOutcome("clean", warnings, 0, 0, (0.9, 0.1, 0.3, 0.5), ())]
    assert evaluate._scale_of_equal_alarms(clean) == scale
    assert sum(value > scale for one in clean for value in one.beyond) == warnings
