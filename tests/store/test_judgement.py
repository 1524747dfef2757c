"""What SQL finds in the scalars and tables of an Execution Block: given rows, expected facts."""

import numpy as np
import pytest

from alma_qa0.core.fields import CAL_WVR, SCAN, WEATHER
from alma_qa0.core.rules import limits_from
from alma_qa0.store import plans
from alma_qa0.store.facts import read_blocks, read_scalar_facts
from alma_qa0.store.judgement import limits_text, pending, rules_version
from alma_qa0.store.tables import create_judgement
from store.samples import AXIS, TABLES, UID, atmosphere, create_all, insert, put_asdm

pytestmark = pytest.mark.slow  # each makes marts

LIMITS = limits_from({})
ANTENNAS = ("DA41", "DA42", "DA43", "DV01", "DV02")
CALIBRATIONS = ("CalData_1", "CalData_2", "CalData_3", "CalData_4")
BASEBANDS = ("BB_1", "BB_2", "BB_3")


@pytest.fixture
def database_url(server):
    """All tables are there, and empty."""
    with server.prepared(create_all) as url:
        yield url


def rows(change=None, *, antennas=ANTENNAS, calibrations=CALIBRATIONS, basebands=BASEBANDS):
    """A quiet array: antenna i has a Trx of 50 + i; ``change`` gives what is different about one row."""
    made = []
    for number, antenna in enumerate(antennas):
        for calibration in calibrations:
            for baseband in basebands:
                values = {"trec_x": 50.0 + number, "trec_y": 52.0 + number, "tsys_x": 90.0, "tsys_y": 92.0, "water_x": 0.001,
                          "water_y": 0.001, "tau_x": 0.05, "tau_y": 0.05}
                values |= change(antenna, calibration, baseband, values) or {} if change else {}
                spectra = {f"{name[:-2]}_spectrum{name[-2:]}": np.full(len(AXIS), value) for name, value in values.items()
                           if name[:4] in ("trec", "tsys") and value is not None}
                made.append(atmosphere(antenna_name=antenna, cal_data_id=calibration, baseband_name=baseband, **values, **spectra))
    return made


def facts(database, given, *, limits=LIMITS, only=None, **settings):
    put_asdm(database, given, antennas=settings.pop("antennas", ANTENNAS), **settings)
    plans.refresh(database, TABLES)
    return [fact for fact in read_scalar_facts(database, TABLES, [UID], limits)[UID] if only is None or fact.rule_id in only]


def places(found):
    return sorted((fact.rule_id, fact.antenna_name, fact.baseband_name, fact.polarisation, fact.scan_number) for fact in found)


RECEIVER = ("trec_level", "tsys_level", "polarisation_ratio", "baseband_ratio", "trec_jump", "tsys_jump", "trec_scatter", "array_trec",
            "array_tsys", "water", "tau", "trec_specification")


def test_a_quiet_array_has_no_fact(database):
    assert facts(database, rows(), only=RECEIVER) == []


def test_trx_and_tsys_above_twice_the_median_of_the_array_are_facts_with_value_and_reference(database):
    given = rows(lambda antenna, calibration, baseband, values: {"tsys_x": 262.0} if (antenna, calibration, baseband) == (
        "DV01", "CalData_2", "BB_2") else None)
    (fact,) = facts(database, given, only=("tsys_level", "trec_level"))
    assert places([fact]) == [("tsys_level", "DV01", "BB_2", "X", 5)]
    assert (fact.value, fact.reference, fact.limit_value, fact.n_of) == (pytest.approx(262), pytest.approx(90), 2.0, 5)


def test_half_of_the_median_is_too_low(database):
    given = rows(lambda antenna, *_: {"trec_x": 20.0, "trec_y": 20.0} if antenna == "DV01" else None)
    found = facts(database, given, only=("trec_level",))
    assert len(found) == len(CALIBRATIONS) * len(BASEBANDS) * 2
    assert {fact.limit_value for fact in found} == {0.5}


def test_a_limit_that_is_set_goes_into_the_sql(database):
    given = rows(lambda antenna, *_: {"tsys_x": 150.0} if antenna == "DV01" else None)
    assert facts(database, given, only=("tsys_level",)) == []
    wide = limits_from({"tsys_level.high": 1.5})
    found = [fact for fact in read_scalar_facts(database, TABLES, [UID], wide)[UID] if fact.rule_id == "tsys_level"]
    assert len(found) == len(CALIBRATIONS) * len(BASEBANDS)


def test_the_polarisation_that_is_farther_from_the_array_is_the_one_that_is_off(database):
    given = rows(lambda antenna, *_: {"trec_y": 78.0} if antenna == "DV01" else None)
    assert places(facts(database, given, only=("polarisation_ratio",))) == [("polarisation_ratio", "DV01", None, "Y", None)]


def test_a_polarisation_that_is_off_in_one_baseband_is_held_against_the_antennas_others(database):
    given = rows(lambda antenna, calibration, baseband, values: {"trec_y": 80.0} if (antenna, baseband) == ("DV01", "BB_2") else None)
    (fact,) = facts(database, given, only=("polarisation_ratio",))
    assert places([fact]) == [("polarisation_ratio", "DV01", "BB_2", "Y", None)]
    assert fact.metric == pytest.approx(80 / 55, rel=0.02)


@pytest.mark.parametrize("antennas", [2, 3, 5])
def test_polarisations_that_differ_in_the_whole_array_alike_are_no_antennas_fault(database, antennas):
    given = rows(lambda antenna, calibration, baseband, values: {"trec_y": 1.2 * values["trec_x"]}, antennas=ANTENNAS[:antennas])
    assert facts(database, given, only=("polarisation_ratio",), antennas=ANTENNAS[:antennas]) == []


def test_where_one_cannot_tell_which_polarisation_is_off_none_is_named(database):
    given = rows(lambda antenna, *_: {"trec_x": 40.0, "trec_y": 68.0} if antenna == "DA43" else None)
    assert {fact.polarisation for fact in facts(database, given, only=("polarisation_ratio",))} == {None}


def test_a_baseband_is_held_against_the_antennas_other_basebands(database):
    given = rows(lambda antenna, calibration, baseband, values: {name: 1.6 * values[name] for name in ("trec_x", "trec_y")} if (
        antenna, baseband) == ("DV02", "BB_3") else None)
    assert places(facts(database, given, only=("baseband_ratio",))) == [("baseband_ratio", "DV02", "BB_3", one, None) for one in "XY"]


def test_a_jump_is_held_against_the_antennas_other_scans_even_in_an_array_of_three(database):
    given = rows(lambda antenna, calibration, *_: {"trec_x": 60.0} if (antenna, calibration) == ("DA41", "CalData_4") else None,
                 antennas=ANTENNAS[:3])
    assert places(facts(database, given, only=("trec_jump",), antennas=ANTENNAS[:3])) == [
        ("trec_jump", "DA41", baseband, "X", 9) for baseband in BASEBANDS]


def test_what_all_antennas_do_is_no_antennas_jump_but_the_arrays(database):
    given = rows(lambda antenna, calibration, baseband, values: {"tsys_x": 180.0, "tsys_y": 180.0} if calibration == "CalData_2" else None)
    found = facts(database, given, only=("tsys_jump", "tsys_level", "array_tsys"))
    assert places(found) == [("array_tsys", None, None, None, 5)]


def test_an_array_of_two_is_held_against_what_is_typical_of_the_band(database):
    given = rows(lambda antenna, *_: {"trec_x": 130.0} if antenna == "DA42" else None, antennas=ANTENNAS[:2])
    found = facts(database, given, only=("trec_level",), antennas=ANTENNAS[:2])
    assert {fact.antenna_name for fact in found} == {"DA42"}
    assert [fact.reference for fact in found] == pytest.approx([50.0] * len(found))


def test_water_is_held_against_the_array(database):
    given = rows(lambda antenna, *_: {"water_x": 0.0013, "water_y": 0.0013} if antenna == "DV01" else None)
    found = facts(database, given, only=("water",))
    assert places(found) == [("water", "DV01", None, None, None)]
    assert found[0].metric == pytest.approx(1.3)


@pytest.mark.parametrize(("cloudy", "too_much", "expected"), [
    (CALIBRATIONS[:2], 1.6, ["DV01"]), (CALIBRATIONS, 1.6, ["DV01"]), (CALIBRATIONS, 1.3, []), ((), 1.3, ["DV01"])])
def test_under_a_cloud_in_which_the_basebands_disagree_only_much_too_much_water_is_a_fact(database, cloudy, too_much, expected):
    def wet(antenna, calibration, baseband, values):
        water = 0.001 * (1.4 if baseband == "BB_1" and calibration in cloudy else 1.0) * (too_much if antenna == "DV01" else 1.0)
        return {"water_x": water, "water_y": water}

    assert sorted({fact.antenna_name for fact in facts(database, rows(wet), only=("water",))}) == expected


def test_a_passing_cloud_that_hangs_over_one_antenna_is_not_its_fault(database):
    def wet(antenna, calibration, baseband, values):
        passing = calibration == "CalData_2"
        water = 0.001 * (1.4 if baseband == "BB_1" and passing else 1.0) * (1.6 if antenna == "DV01" and passing else 1.0)
        return {"water_x": water, "water_y": water}

    assert facts(database, rows(wet), only=("water",)) == []


def test_a_radiometer_is_held_against_the_others(database):
    put_asdm(database, rows(), antennas=ANTENNAS)
    database.execute(["delete from raw.cal_wvr"])
    insert(database, CAL_WVR, [{"uid": UID, "antenna_name": name, "cal_data_id": "CalData_0", "water_m": water}
                               for name, water in zip(ANTENNAS, (0.001, 0.0013, 0.001, 0.001, 0.001), strict=True)])
    plans.refresh(database, TABLES)
    found = [fact for fact in read_scalar_facts(database, TABLES, [UID], LIMITS)[UID] if fact.rule_id == "radiometer"]
    assert places(found) == [("radiometer", "DA42", None, None, None)]


def test_an_antenna_of_the_array_without_a_row_is_missing(database):
    assert places(facts(database, rows(), antennas=(*ANTENNAS, "PM01"), only=("missing_antenna",))) == [
        ("missing_antenna", "PM01", None, None, None)]


def test_a_row_that_others_have_is_missing_and_a_baseband_that_none_has(database):
    given = [row for row in rows() if (row["antenna_name"], row["cal_data_id"], row["baseband_name"]) != ("DA43", "CalData_2", "BB_1")
             and (row["cal_data_id"], row["baseband_name"]) != ("CalData_3", "BB_2")]
    assert places(facts(database, given, only=("missing_calibration", "missing_baseband"))) == [
        ("missing_baseband", None, "BB_2", None, 7), ("missing_calibration", "DA43", "BB_1", None, 5)]


def test_a_tsys_scan_without_rows_is_missing(database):
    put_asdm(database, rows(), antennas=ANTENNAS)
    insert(database, SCAN, [{"uid": UID, "scan_number": 50, "scan_intents": ["CALIBRATE_ATMOSPHERE"]}])
    plans.refresh(database, TABLES)
    found = [fact for fact in read_scalar_facts(database, TABLES, [UID], LIMITS)[UID] if fact.rule_id == "missing_scan"]
    assert places(found) == [("missing_scan", None, None, None, 50)]


@pytest.mark.parametrize(("start", "expected"), [("2026-07-17T14:35:00Z", []), ("2026-07-17T14:45:00Z", [35.0])])
def test_a_target_more_than_half_an_hour_from_a_tsys_scan_is_a_fact(database, start, expected):
    put_asdm(database, rows(), antennas=ANTENNAS)
    database.execute([f"update raw.scan set start_time = '{start}', end_time = '{start}' where scan_number = 100"])
    plans.refresh(database, TABLES)
    found = [fact for fact in read_scalar_facts(database, TABLES, [UID], LIMITS)[UID] if fact.rule_id == "tsys_age"]
    assert [fact.metric for fact in found] == expected


def test_intents_that_no_scan_has_are_named_and_total_power_needs_but_two(database):
    found = facts(database, rows(), only=("missing_intent",))
    assert {fact.words for fact in found} == {"CALIBRATE_BANDPASS", "CALIBRATE_FLUX", "CALIBRATE_PHASE", "CALIBRATE_POINTING"}
    database.execute(["update raw.antenna set antenna_name = replace(replace(antenna_name, 'DA', 'PM'), 'DV', 'PM1')"])
    assert [fact for fact in read_scalar_facts(database, TABLES, [UID], LIMITS)[UID] if fact.rule_id == "missing_intent"] == []


@pytest.mark.parametrize(("time", "expected"), [("14:20", [100]), ("15:20", [])])
def test_a_phase_scan_must_follow_the_last_target(database, time, expected):
    put_asdm(database, rows(), antennas=ANTENNAS)
    database.execute(["update raw.scan set start_time = '2026-07-17T15:00:00Z' where scan_number = 100"])
    insert(database, SCAN, [{"uid": UID, "scan_number": 101, "scan_intents": ["CALIBRATE_PHASE"], "start_time": f"2026-07-17T{time}:00Z"}])
    plans.refresh(database, TABLES)
    found = [fact for fact in read_scalar_facts(database, TABLES, [UID], LIMITS)[UID] if fact.rule_id == "no_last_phase"]
    assert [fact.scan_number for fact in found] == expected


def test_wind_beyond_the_limit_is_a_fact(database):
    put_asdm(database, rows(), antennas=ANTENNAS)
    insert(database, WEATHER, [{"uid": UID, "station_id": "Station_9", "start_time": "2026-07-17T14:10:00Z", "wind_speed_m_s": 23.5}])
    plans.refresh(database, TABLES)
    found = [fact for fact in read_scalar_facts(database, TABLES, [UID], LIMITS)[UID] if fact.rule_id == "wind"]
    assert [(fact.metric, fact.limit_value) for fact in found] == [(23.5, 20.0)]


def test_an_invalid_scalar_and_its_spectrum_are_one_fact(database):
    given = rows(lambda antenna, calibration, baseband, values: {"trec_x": None} if (antenna, calibration, baseband) == (
        "DA41", "CalData_1", "BB_1") else None)
    invalid = [{"polarisation": "X", "quantity": quantity, "kind": "no_solution", "n_values": n}
               for quantity, n in (("trec", 1), ("tsys", 1), ("trec_spectrum", 16))]
    found = facts(database, given, invalid=invalid, only=("invalid_value",))
    assert places(found) == [("invalid_value", "DA41", "BB_1", "X", 3)]
    assert (found[0].words, found[0].quantity, found[0].n_of) == ("no_solution", "trec", 2)


@pytest.mark.parametrize(("without", "quantity", "n"), [(["trec"], "trec", 1), (["tsys"], "tsys", 1), (["tsys", "trec"], "trec", 2)])
def test_trx_and_tsys_are_one_fact_that_says_which_of_them_has_no_value(database, without, quantity, n):
    invalid = [{"polarisation": "X", "quantity": name, "kind": "zero", "n_values": 1} for name in without]
    (fact,) = facts(database, rows(), invalid=invalid, only=("invalid_value",))
    assert (fact.quantity, fact.n_of) == (quantity, n)


def test_half_of_either_spectrum_is_not_the_whole_of_one(database):
    invalid = [{"polarisation": "X", "quantity": f"{name}_spectrum", "kind": "zero", "n_values": 8} for name in ("trec", "tsys")]
    assert facts(database, rows(), invalid=invalid, only=("invalid_value",)) == []


def without_trec(tsys, *, of=("CalData_1", "CalData_2")):
    """DV01 BB_2 has no Trx X in some calibrations, and this Tsys X in them; the sky of CalData_2 is twice that of the others."""
    def change(antenna, calibration, baseband, values):
        sky = 2.0 if calibration == "CalData_2" else 1.0
        here = antenna == "DV01" and baseband == "BB_2" and calibration in of
        return {"tsys_y": 92.0 * sky, "tsys_x": (tsys if here else 90.0) * sky, **({"trec_x": None} if here else {})}
    return rows(change)


def test_a_tsys_that_is_low_where_there_is_no_trx_is_a_fact_against_the_scans_that_have_one(database):
    found = facts(database, without_trec(63.0), only=("tsys_without_trec",))
    assert places(found) == [("tsys_without_trec", "DV01", "BB_2", "X", scan) for scan in (3, 5)]
    assert [(fact.metric, fact.value, fact.reference, fact.limit_value) for fact in sorted(found, key=lambda fact: fact.scan_number)] == [
        (pytest.approx(0.7), pytest.approx(63), pytest.approx(90), 0.8), (pytest.approx(0.7), pytest.approx(126), pytest.approx(90), 0.8)]


@pytest.mark.parametrize(("tsys", "of"), [(85.0, ("CalData_1",)), (63.0, CALIBRATIONS), (120.0, ("CalData_1",))])
def test_a_tsys_like_that_of_the_other_scans_or_without_any_to_compare_is_none(database, tsys, of):
    assert facts(database, without_trec(tsys, of=of), only=("tsys_without_trec",)) == []


def test_a_tsys_that_is_low_where_there_is_a_trx_is_not_this_fact(database):
    given = rows(lambda antenna, calibration, *_: {"tsys_x": 60.0} if (antenna, calibration) == ("DV01", "CalData_1") else None)
    assert facts(database, given, only=("tsys_without_trec",)) == []


def test_some_invalid_channels_are_no_invalid_value(database):
    invalid = [{"polarisation": "X", "quantity": "trec_spectrum", "kind": "zero", "n_values": 3}]
    assert facts(database, rows(), invalid=invalid, only=("invalid_value",)) == []


def test_an_execution_block_without_rows_has_no_calibration_and_nothing_else_is_said_of_its_antennas(database):
    found = facts(database, [])
    assert {fact.rule_id for fact in found} <= {"no_calibration", "missing_intent"}
    assert read_blocks(database, TABLES, [UID])[UID].setups == ()


def test_a_block_knows_its_basebands_polarisations_antennas_and_scans(database):
    facts(database, rows())
    block = read_blocks(database, TABLES, [UID])[UID]
    (setup,) = block.setups
    assert (block.array_family, block.n_antennas) == ("12-m", 5)
    assert (setup.receiver_band, setup.basebands, setup.polarisations, setup.antennas) == (6, BASEBANDS, ("X", "Y"), ANTENNAS)
    assert setup.scans == {"CalData_1": 3, "CalData_2": 5, "CalData_3": 7, "CalData_4": 9}


def test_what_was_judged_with_this_version_these_limits_and_these_rules_is_not_pending(database):
    facts(database, rows())
    create_judgement(database, TABLES)
    found = pending(database, TABLES, LIMITS)
    assert found[["uid", "pending"]].values.tolist() == [[UID, True]]
    version = found["source_version"].iloc[0]
    insert_evaluation = "insert into mart.evaluation (uid, source_version, limits, rules_version) values ('{}', '{}', '{}', '{}')"
    database.execute([insert_evaluation.format(UID, version, limits_text(LIMITS), rules_version())])
    assert pending(database, TABLES, LIMITS)["pending"].tolist() == [False]
    assert pending(database, TABLES, LIMITS, full=True)["pending"].tolist() == [True]
    assert pending(database, TABLES, limits_from({"trec_level.high": 3}))["pending"].tolist() == [True]
    assert pending(database, TABLES, LIMITS, uids=[]).empty
    database.execute(["update mart.refresh set source_version = 'another' where relation = 'spectrum'"])
    assert pending(database, TABLES, LIMITS)["pending"].tolist() == [True]
