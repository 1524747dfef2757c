"""What each fault does to the numbers, and that it leaves everything else as it was."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from alma_qa0.core.rows import Rows
from alma_qa0.core.spectra import edge_mask
from alma_qa0.errors import BadRequest
from alma_qa0.simulate.execution_block import simulate_execution_block
from alma_qa0.simulate.fault_kinds import NATURES, Fault, FaultKind
from alma_qa0.simulate.faults import disturbed_noise
from alma_qa0.simulate.places import parse_faults, with_placed_faults
from alma_qa0.simulate.plan import Plan, plan_execution_block, with_faults
from alma_qa0.simulate.receivers import tune

pytestmark = pytest.mark.slow  # each simulates

CALIBRATIONS = 4
IN_CAL_ATMOSPHERE = [
    kind for kind, nature in NATURES.items() if nature.is_fault and nature.quantity != "rows" and kind is not FaultKind.RADIOMETER]
WITH_A_STRENGTH = [
    kind for kind, nature in NATURES.items()
    if nature.size is not None and kind not in (FaultKind.DEAD, FaultKind.BAD_WATER, FaultKind.AIRMASS)]
TOUCHED = {"tRec", "tSys", "tAtm", "tau", "water", "waterError", "tRecSpectrum", "tSysSpectrum", "tAtmSpectrum", "tauSpectrum",
           "powerSkySpectrum", "powerLoadSpectrum"}


@lru_cache(maxsize=4)
def clean(channels: int = 128) -> Plan:
    drawn = plan_execution_block(3, 0, bands=[6], antennas=6, calibrations=CALIBRATIONS, channels=channels)
    return replace(drawn, faults=(), water_rise=0.0, edge_height=1.0)


@lru_cache(maxsize=4)
def clean_tables(channels: int = 128) -> dict[str, list[Rows]]:
    return simulate_execution_block(clean(channels))


def spectra(tables: dict[str, list[Rows]], name: str) -> np.ndarray:
    """A column of CalAtmosphere, shape (calibration, baseband, antenna, ...)."""
    values = np.concatenate([rows.columns[name] for rows in tables["CalAtmosphere"]])
    return values.reshape(CALIBRATIONS, 4, 6, *values.shape[1:])


def ratio(text: str, name: str, channels: int = 128) -> tuple[Fault, np.ndarray]:
    """The fault in its place, and a column of CalAtmosphere with it over the same without, shape (calibration, antenna, ...)."""
    plan = with_placed_faults(clean(channels), *parse_faults(text))
    tables = simulate_execution_block(plan)
    with np.errstate(divide="ignore", invalid="ignore"):
        return plan.faults[0], spectra(tables, name) / spectra(clean_tables(channels), name)


def at(fault: Fault, values: np.ndarray) -> np.ndarray:
    """The part of values (calibration, baseband, antenna, receptor, ...) that is in the fault's place, as (n, ...)."""
    turns = [turn - 1 for turn in fault.calibrations] or range(CALIBRATIONS)
    basebands = [int(fault.baseband[-1]) - 1] if fault.baseband else range(4)
    receptors = ["XY".index(fault.polarisation.value)] if fault.polarisation else range(2)
    antennas = [clean().antennas.index(fault.antenna)] if fault.antenna else range(6)
    place: np.ndarray = values[np.ix_(turns, basebands, antennas, receptors)]
    return place.reshape(-1, *values.shape[4:])


def away_from(fault: Fault, values: np.ndarray) -> np.ndarray:
    """The same array with zeros in the fault's place."""
    inside = np.zeros(values.shape, dtype=bool)
    turns = [turn - 1 for turn in fault.calibrations] or range(CALIBRATIONS)
    basebands = [int(fault.baseband[-1]) - 1] if fault.baseband else range(4)
    receptors = ["XY".index(fault.polarisation.value)] if fault.polarisation else range(2)
    antennas = [clean().antennas.index(fault.antenna)] if fault.antenna else range(6)
    channels = [range(*fault.channels or (0, values.shape[4]))] if values.ndim > 4 else []
    inside[np.ix_(turns, basebands, antennas, receptors, *channels)] = True
    return np.where(inside, 0, values)


# --- what stays -----------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", IN_CAL_ATMOSPHERE, ids=lambda kind: kind.value)
def test_a_fault_of_an_antenna_changes_its_place_and_nothing_else(kind: FaultKind) -> None:
    plan = with_placed_faults(clean(), *parse_faults(kind.value))
    tables = simulate_execution_block(plan)
    for name, runs in clean_tables().items():
        for before, after in zip(runs, tables[name], strict=True):
            for column in before.columns.keys() - (TOUCHED if name == "CalAtmosphere" else set()):
                assert np.array_equal(before.columns[column], after.columns[column]), (name, column)
    columns = {name: (spectra(clean_tables(), name), spectra(tables, name)) for name in TOUCHED}
    before, after = (values.swapaxes(3, 4) for values in columns.pop("powerLoadSpectrum"))
    columns |= {"ambient": (before[..., 0, :], after[..., 0, :]), "hot": (before[..., 1, :], after[..., 1, :])}
    for name, (before, after) in columns.items():
        assert np.array_equal(away_from(plan.faults[0], before), away_from(plan.faults[0], after)), name
    quantity = {"trec": "tRecSpectrum", "water": "water"}[NATURES[kind].quantity]
    assert not np.array_equal(*columns[quantity])


@pytest.mark.parametrize("kind", WITH_A_STRENGTH, ids=lambda kind: kind.value)
def test_a_fault_of_no_strength_changes_nothing(kind: FaultKind) -> None:
    nature = NATURES[kind]
    assert nature.scaled(0) == nature.nothing
    assert nature.scaled(1) == pytest.approx(nature.size)
    for name in ("tSysSpectrum", "water"):
        _, values = ratio(f"{kind.value}:{nature.nothing}", name)
        assert np.all(values == 1)


def test_a_fault_more_leaves_the_faults_of_other_kinds_as_they_were() -> None:
    alone = simulate_execution_block(with_placed_faults(clean(), *parse_faults("teeth slope")))
    together = simulate_execution_block(with_placed_faults(clean(), *parse_faults("high jump noisy teeth slope")))
    one, other = (with_placed_faults(clean(), *parse_faults(text)) for text in ("teeth slope", "high jump noisy teeth slope"))
    assert one.faults == other.faults[3:]
    untouched = [row for row, name in enumerate(clean().antennas) if name not in {fault.antenna for fault in other.faults[:3]}]
    for column in ("tRecSpectrum", "tSysSpectrum"):
        assert np.array_equal(spectra(alone, column)[:, :, untouched], spectra(together, column)[:, :, untouched])


# --- receiver -------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("text", "factor"), [
    ("high:2", 2.0), ("high:3", 3.0), ("high", 2.5), ("low", 0.4), ("low:0.7", 0.7), ("baseband_off", 2.0), ("baseband_off:0.5", 0.5)])
def test_a_receiver_fault_multiplies_trx_and_is_diluted_in_tsys(text: str, factor: float) -> None:
    fault, trec = ratio(text, "tRec")
    _, tsys = ratio(text, "tSys")
    assert at(fault, trec) == pytest.approx(factor, rel=0.03)
    assert np.all(np.abs(at(fault, tsys) - 1) < 0.95 * abs(factor - 1))
    assert np.all(np.sign(at(fault, tsys) - 1) == np.sign(factor - 1))


def test_trx_and_tsys_stay_what_the_powers_say() -> None:
    tables = simulate_execution_block(with_placed_faults(clean(), *parse_faults("high slope noisy teeth birdie swapped")))
    loads = spectra(tables, "powerLoadSpectrum").astype(float)
    ambient, hot = loads[:, :, :, 0], loads[:, :, :, 1]
    assert spectra(tables, "tRecSpectrum") == pytest.approx((353 * ambient - 291 * hot) / (hot - ambient), abs=1 / 64)
    transmission = 0.95 * np.exp(-spectra(tables, "tauSpectrum").astype(float))
    tsys = spectra(tables, "powerSkySpectrum") * 62 / (hot - ambient) / transmission
    assert spectra(tables, "tSysSpectrum") == pytest.approx(tsys, abs=1 / 32)


def test_a_slope_rises_by_its_size_and_ripples() -> None:
    fault, trec = ratio("slope:0.4", "tRecSpectrum")
    inner = np.arange(8, 120)
    values = np.median(at(fault, trec), axis=0)[inner]
    line = np.polyfit(inner, values, 1)
    assert line[0] * 128 == pytest.approx(0.4, rel=0.25)
    assert 0.02 < np.std(values - np.polyval(line, inner)) < 0.1


@pytest.mark.parametrize("size", [0.05, 0.025])
def test_teeth_are_four_channels_wide_and_as_high_as_was_asked(size: float) -> None:
    fault, trec = ratio(f"teeth:{size}", "tRecSpectrum")
    values = np.median(at(fault, trec), axis=0)[8:-8]
    high = values > 1
    assert values[high].mean() - values[~high].mean() == pytest.approx(size, rel=0.1)
    runs = np.diff(np.flatnonzero(np.diff(high)))
    assert np.mean(runs == 4) > 0.6  # a channel near the middle may fall on either side


def test_teeth_of_fine_spectra_are_four_channels_or_those_of_the_correlators_filters() -> None:
    widths = set()
    for number in range(8):
        plan = with_placed_faults(replace(clean(1920), number=number), *parse_faults("teeth@//X"))
        baseband = next(one for one in tune(plan, 6) if one.name == plan.faults[0].baseband)
        noise = disturbed_noise(plan, baseband, np.ones((CALIBRATIONS, 6, 2, 1920)))
        values = at(replace(plan.faults[0], baseband="BB_1"), noise[:, None])[0]
        widths.add(int(np.median(np.diff(np.flatnonzero(np.diff(values))))))
    assert widths == {4, 64}


@pytest.mark.parametrize("channels", [128, 1920])
def test_a_bump_is_half_a_gigahertz_wide_and_highest_in_its_middle(channels: int) -> None:
    fault, trec = ratio("bump:0.3", "tRecSpectrum", channels)
    assert fault.channels
    first, end = fault.channels
    frequency = clean_tables(channels)["CalAtmosphere"][int(fault.baseband[-1]) - 1].columns["frequencySpectrum"][0]  # type: ignore[index]
    assert abs(frequency[end - 1] - frequency[first]) == pytest.approx(0.5e9, rel=0.05)
    assert not edge_mask(frequency)[first:end].any()
    values = np.median(at(fault, trec), axis=0)
    assert values[(first + end) // 2] == pytest.approx(1.3, abs=0.03)
    assert values[first] == pytest.approx(1.0, abs=0.05)


def test_a_birdie_is_one_channel_or_two_off_the_edges() -> None:
    widths = set()
    for number in range(12):
        fault = with_placed_faults(replace(clean(), number=number), *parse_faults("birdie")).faults[0]
        assert fault.channels
        assert 4 <= fault.channels[0] < fault.channels[1] <= 124
        widths.add(fault.channels[1] - fault.channels[0])
    assert widths == {1, 2}
    fault, trec = ratio("birdie:0.6", "tRecSpectrum")
    assert at(fault, trec)[:, slice(*fault.channels)] == pytest.approx(1.6, abs=0.03)  # type: ignore[misc]


def test_edge_trouble_reaches_beyond_the_channels_that_are_left_out() -> None:
    fault, trec = ratio("edge@///", "tRecSpectrum")
    assert fault.channels in ((0, 16), (112, 128))
    values = np.median(at(fault, trec), axis=0)
    values = values if fault.channels == (0, 16) else values[::-1]
    assert np.all(np.diff(values[:16]) < 0)
    assert values[6] > 1.7
    assert np.all(values[17:] == 1)


@pytest.mark.parametrize("channels", [128, 1920])
@pytest.mark.parametrize("size", [0.2, 0.1])
def test_a_noisy_spectrum_scatters_by_its_size(size: float, channels: int) -> None:
    fault, trec = ratio(f"noisy:{size}", "tRecSpectrum", channels)
    inner = at(fault, trec)[:, channels // 16:-channels // 16]
    assert 1.4826 * np.median(np.abs(inner - 1)) == pytest.approx(size, rel=0.2)


def test_trx_jumps_from_one_scan_on_and_stays() -> None:
    fault, trec = ratio("jump:0.3", "tRec")
    assert fault.calibrations == tuple(range(fault.calibrations[0], CALIBRATIONS + 1))
    assert fault.calibrations[0] >= 2
    assert at(fault, trec) == pytest.approx(1.3, rel=0.02)
    assert np.all(at(replace(fault, calibrations=tuple(range(1, fault.calibrations[0]))), trec) == 1)


def test_swapped_cables_give_x_what_was_y() -> None:
    plan = with_placed_faults(clean(), *parse_faults("swapped"))
    before, after = (spectra(tables, "tRec") for tables in (clean_tables(), simulate_execution_block(plan)))
    fault = plan.faults[0]
    assert at(fault, after).reshape(-1, 2) == pytest.approx(at(fault, before).reshape(-1, 2)[:, ::-1], rel=0.01)


def test_a_bad_load_and_a_dead_polarisation_stand_where_they_were_put() -> None:
    fault, _ = ratio("bad_load", "tRec")
    assert np.all(at(fault, spectra(simulate_execution_block(with_faults(clean(), fault)), "tRec")) < 0)
    for text in ("-1", "0", "nan"):
        fault, _ = ratio(f"dead:{text}", "tRec")
        values = at(fault, spectra(simulate_execution_block(with_faults(clean(), fault)), "tSysSpectrum"))
        assert np.array_equal(np.unique(values), [float(text)], equal_nan=True)


# --- water, rows, sky -----------------------------------------------------------------------------------------------------------

def test_wrong_water_makes_tau_and_tsys_wrong_but_no_power() -> None:
    fault, water = ratio("wrong_water:1.5", "water")
    _, tau = ratio("wrong_water:1.5", "tau")
    _, tsys = ratio("wrong_water:1.5", "tSys")
    _, trec = ratio("wrong_water:1.5", "tRec")
    assert at(fault, water) == pytest.approx(1.5, rel=1e-3)
    assert np.all((at(fault, tau) > 1.2) & (at(fault, tsys) > 1))
    assert np.all(trec == 1)


def test_a_radiometer_that_reads_too_much_is_that_of_one_antenna() -> None:
    plan = with_placed_faults(clean(), *parse_faults("radiometer:1.5@///2"))
    water = [np.concatenate([rows.columns["water"] for rows in tables["CalWVR"]]).reshape(CALIBRATIONS, 6)
             for tables in (clean_tables(), simulate_execution_block(plan))]
    expected = np.ones((CALIBRATIONS, 6))
    expected[1, plan.antennas.index(str(plan.faults[0].antenna))] = 1.5
    assert water[1] / water[0] == pytest.approx(expected, rel=1e-3)


def test_a_missing_scan_has_no_row_and_a_missing_antenna_none_at_all() -> None:
    fault = Fault(FaultKind.MISSING_SCAN, calibrations=(2,))
    rows = simulate_execution_block(with_faults(clean(), fault))
    assert len(rows["CalAtmosphere"]) == 4 * (CALIBRATIONS - 1)
    assert sum(map(len, rows["CalData"])) == sum(map(len, clean_tables()["CalData"]))
    plan = with_placed_faults(clean(), *parse_faults("missing_antenna"))
    tables = simulate_execution_block(plan)
    assert plan.faults[0].antenna not in {name for rows in tables["CalAtmosphere"] for name in rows.columns["antennaName"]}
    assert plan.faults[0].antenna in {name for rows in tables["Antenna"] for name in rows.columns["name"]}
    everything = simulate_execution_block(with_faults(clean(), Fault(FaultKind.MISSING_SCAN)))
    assert everything["CalAtmosphere"] == []


def test_a_cloud_raises_tsys_and_the_water_of_all_antennas_alike_and_no_trx() -> None:
    fault, tsys = ratio("cloud:0.1", "tSys")
    _, trec = ratio("cloud:0.1", "tRec")
    _, water = ratio("cloud:0.1", "water")
    under = [turn - 1 for turn in fault.calibrations]
    assert np.all(tsys[under] > 1.1)
    assert np.all(np.std(tsys[under], axis=2) < 0.1 * (tsys[under].mean(axis=2) - 1) + 0.01)
    assert np.all(tsys[[turn for turn in range(CALIBRATIONS) if turn not in under]] == 1)
    assert trec == pytest.approx(1, abs=0.01)
    assert np.all(water[under] > 1.3)


def test_more_ozone_is_a_line_at_the_same_channels_in_all_antennas() -> None:
    fault, tsys = ratio("ozone", "tSysSpectrum")
    line = at(fault, tsys).max(axis=0)
    assert line.max() > 1.05
    assert np.median(line) < 1.02
    assert np.all(np.argmax(at(fault, tsys), axis=-1) == np.argmax(line))
    with pytest.raises(BadRequest, match="line of ozone"):
        with_placed_faults(replace(clean(), bands=(1,)), *parse_faults("ozone"))


def test_a_setting_target_lets_tsys_drift_up_over_all_antennas() -> None:
    tables = simulate_execution_block(with_placed_faults(clean(), *parse_faults("airmass:3")))
    tau = np.median(spectra(tables, "tau"), axis=(1, 2, 3))
    assert tau[-1] > 1.4 * np.median(spectra(clean_tables(), "tau"))
    assert spectra(tables, "tRec") == pytest.approx(spectra(clean_tables(), "tRec"), rel=0.01)
