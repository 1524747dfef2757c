import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from alma_qa0.core.blocks import invalid_kinds
from alma_qa0.core.fields import (
    CAL_ATMOSPHERE,
    CAL_DATA,
    CAL_WVR,
    INVALID_VALUE_RAW,
    RAW,
    RECEIVER,
    SCAN,
    SOURCE,
    SPECTRAL_WINDOW,
    STATION,
    WEATHER,
    Kind,
)
from alma_qa0.core.records import parse_cal_atmosphere, parse_records
from alma_qa0.core.rows import Rows
from alma_qa0.errors import BrokenAsdm

UID = "uid://A002/X1/X2"
NOON = 40587 * 86_400 * 10**9 + 43_200 * 10**9  # 1970-01-01T12:00:00
K = 6


def words(*texts):
    return np.array(texts, dtype=object)


def rows_of(table, first=1, **columns):
    return Rows(table, f"eb/{table}.xml", first, {name: np.asarray(values) for name, values in columns.items()})


def cal_atmosphere(n=1, types=("X", "Y"), k=K, first=1, **changes):
    """Rows of CalAtmosphere: receptor r of row i has Trx 100 r + i, and channel c of a spectrum 1000 (r + 1) + c."""
    r = len(types)
    scalar = np.add.outer(np.arange(n), 100.0 * np.arange(1, r + 1))
    spectrum = np.broadcast_to(np.add.outer(1000.0 * np.arange(1, r + 1), np.arange(k)), (n, r, k)).copy()
    columns = {
        "antennaName": words(*(f"DA{41 + i}" for i in range(n))), "receiverBand": words(*["ALMA_RB_06"] * n),
        "basebandName": words(*["BB_1"] * n), "calDataId": words(*["CalData_13"] * n), "calReductionId": words(*["CalReduction_0"] * n),
        "startValidTime": np.full(n, NOON), "groundPressure": np.full(n, 555.0), "groundTemperature": np.full(n, 270.0),
        "groundRelHumidity": np.full(n, 20.0), "numFreq": np.full(n, k), "numReceptor": np.full(n, r),
        "frequencySpectrum": np.tile(np.linspace(230e9, 232e9, k), (n, 1)), "polarizationTypes": np.tile(words(*types), (n, 1)),
        "syscalType": words(*["TEMPERATURE_SCALE"] * n),
        **{name: scalar.copy() for name in ("tRec", "tSys", "tAtm", "tau")}, "water": np.full((n, r), 0.001),
        **{name: spectrum.copy() for name in ("tRecSpectrum", "tSysSpectrum", "tAtmSpectrum", "tauSpectrum")},
    }
    return rows_of("CalAtmosphere", first, **columns | changes)


def invalid_rows(invalid):
    names = ("antenna_name", "polarisation", "quantity", "kind", "n_values")
    return sorted(zip(*(invalid[name].tolist() for name in names), strict=True))


# --- any table ---------------------------------------------------------------------------------------------------------------

def test_every_field_of_a_raw_table_but_those_of_our_own_says_where_it_comes_from():
    ours = {"asdm", "intake", "invalid_value_raw"}
    assert not [field for relation in RAW if relation.name not in ours for field in relation.fields if not field.source]


def test_times_become_timestamps_and_the_uid_is_that_of_the_asdm():
    columns = parse_records(SCAN, rows_of("Scan", scanNumber=[3], startTime=[NOON], endTime=[NOON + 1500], scanIntent=words("A", "B")[None],
                                          numSubscan=[2]), UID)
    assert columns["uid"].tolist() == [UID]
    assert columns["start_time"][0] == np.datetime64("1970-01-01T12:00:00")
    assert columns["end_time"][0] == np.datetime64("1970-01-01T12:00:00.000001")
    assert columns["scan_intents"].tolist() == [["A", "B"]]


def test_an_optional_column_that_is_absent_is_null():
    assert parse_records(SCAN, rows_of("Scan", scanNumber=[3], startTime=[NOON], endTime=[NOON]), UID)["source_name"] is None


def test_a_missing_column_of_the_key_is_an_error():
    with pytest.raises(BrokenAsdm, match=r"eb/Scan.xml, row 7, scanNumber: a required column is missing"):
        parse_records(SCAN, rows_of("Scan", 7, startTime=[NOON], endTime=[NOON]), UID)


def test_an_interval_is_its_start_and_its_end():
    columns = parse_records(WEATHER, rows_of("Weather", stationId=words("Station_1"), timeInterval=[[NOON, 10**9]]), UID)
    assert columns["end_time"][0] - columns["start_time"][0] == np.timedelta64(1, "s")


def test_an_interval_of_all_time_ends_with_the_last_time_there_is():
    start, duration = 7090683272335387903 - 4265377529038775807 // 2, 4265377529038775807
    columns = parse_records(SOURCE, rows_of("Source", sourceId=[0], spectralWindowId=words("SpectralWindow_0"),
                                            timeInterval=[[start, duration]], sourceName=words("Mars")), UID)
    assert columns["start_time"][0] < columns["end_time"][0]


@pytest.mark.parametrize(("written", "pascal"), [(537.653, 53765.3), (53765.3, 53765.3), (79270.0, 79270.0)])
def test_a_pressure_in_hectopascal_becomes_pascal_and_one_in_pascal_stays(written, pascal):
    columns = parse_records(WEATHER, rows_of("Weather", stationId=words("Station_1"), timeInterval=[[NOON, 1]], pressure=[written]), UID)
    assert columns["pressure_pa"][0] == pytest.approx(pascal)


def test_a_receiver_of_no_band_has_a_null_band():
    columns = parse_records(RECEIVER, rows_of("Receiver", receiverId=[0, 1], spectralWindowId=words("SpectralWindow_0", "SpectralWindow_1"),
                                              timeInterval=[[NOON, 1]] * 2, frequencyBand=words("ALMA_RB_ALL", "ALMA_RB_07")), UID)
    assert columns["receiver_band"].tolist() == [None, 7]


def test_an_integer_that_the_column_cannot_hold_is_an_error_with_its_place():
    with pytest.raises(BrokenAsdm, match=r"SpectralWindow.xml, row 12, numChan: .*4294967296") as caught:
        parse_records(SPECTRAL_WINDOW, rows_of("SpectralWindow", 11, spectralWindowId=words("a", "b"), numChan=[1, 2**32]), UID)
    assert caught.value.row == 12


def test_a_text_that_the_database_cannot_hold_is_an_error_with_its_place():
    with pytest.raises(BrokenAsdm, match=r"Station.xml, row 2, name: a text with a NUL character"):
        parse_records(STATION, rows_of("Station", stationId=words("a", "b"), name=words("A001", "A\0")), UID)


def test_a_scalar_where_an_array_belongs_is_an_error():
    with pytest.raises(BrokenAsdm, match=r"CalData.xml, row 1, scanSet: the number of dimensions is wrong"):
        parse_records(CAL_DATA, rows_of("CalData", calDataId=words("CalData_0"), scanSet=[2]), UID)


def test_water_of_a_radiometer_that_means_nothing_is_null():
    rows = rows_of("CalWVR", antennaName=words(*"abcd"), calDataId=words(*"abcd"), water=[0.001, 1.0, -1.0, 0.0])
    columns = parse_records(CAL_WVR, rows, UID)
    assert np.isnan(columns["water_m"]).tolist() == [False, True, True, True]


# --- CalAtmosphere -----------------------------------------------------------------------------------------------------------

def test_polarisations_are_told_apart_by_their_names_and_not_by_their_order():
    straight, _ = parse_cal_atmosphere(cal_atmosphere(types=("X", "Y")), UID)
    turned, _ = parse_cal_atmosphere(cal_atmosphere(types=("Y", "X")), UID)
    assert straight["trec_x"].tolist() == turned["trec_y"].tolist() == [100]
    assert straight["tsys_spectrum_y"].tolist() == turned["tsys_spectrum_x"].tolist() == [[2000 + c for c in range(K)]]


def test_the_order_of_polarisations_may_change_from_row_to_row():
    types = np.array([["X", "Y"], ["Y", "X"]], dtype=object)
    columns, _ = parse_cal_atmosphere(cal_atmosphere(2, polarizationTypes=types), UID)
    assert columns["trec_x"].tolist() == [100, 201]
    assert columns["trec_spectrum_x"][:, 0].tolist() == [1000, 2000]


@pytest.mark.parametrize(("present", "absent"), [("X", "y"), ("Y", "x")])
def test_single_polarisation_leaves_the_other_null(present, absent):
    columns, invalid = parse_cal_atmosphere(cal_atmosphere(types=(present,)), UID)
    assert columns[f"trec_{absent}"] is None
    assert columns[f"trec_spectrum_{absent}"] is None
    assert columns[f"trec_{present.lower()}"].tolist() == [100]
    assert invalid_rows(invalid) == []


def test_rows_of_one_polarisation_each_may_stand_in_one_run():
    rows = cal_atmosphere(2, types=("X",), polarizationTypes=words("X", "Y")[:, None], tRec=np.array([[30.0], [-1.0]]))
    columns, invalid = parse_cal_atmosphere(rows, UID)
    np.testing.assert_array_equal(columns["trec_x"], [30, np.nan])
    assert columns["tsys_spectrum_x"][1] is None
    assert columns["tsys_spectrum_y"][0] is None
    assert columns["tsys_spectrum_y"][1].tolist() == [1000 + c for c in range(K)]
    assert invalid_rows(invalid) == [("DA42", "Y", "trec", "no_solution", 1)]


@pytest.mark.parametrize("types", [("X", "R"), ("X", "X"), ("L",)])
def test_polarisations_other_than_one_x_and_one_y_are_refused(types):
    with pytest.raises(BrokenAsdm, match=r"CalAtmosphere.xml, row 5, polarizationTypes: .*expected X, Y or both"):
        parse_cal_atmosphere(cal_atmosphere(types=types, first=5), UID)


def test_invalid_values_become_null_and_are_listed_by_kind():
    spectrum = np.full((1, 2, K), 60.0)
    spectrum[0, 0, :3] = [-1, -1, 0]
    spectrum[0, 1, 5] = np.inf
    rows = cal_atmosphere(tRec=np.array([[-1.0, 40.0]]), tSys=np.array([[0.0, -35.0]]), water=np.array([[1.0, 0.002]]),
                          tSysSpectrum=spectrum)
    columns, invalid = parse_cal_atmosphere(rows, UID)
    assert invalid_rows(invalid) == [
        ("DA41", "X", "trec", "no_solution", 1), ("DA41", "X", "tsys", "zero", 1), ("DA41", "X", "tsys_spectrum", "no_solution", 2),
        ("DA41", "X", "tsys_spectrum", "zero", 1), ("DA41", "X", "water", "sentinel", 1), ("DA41", "Y", "tsys", "negative", 1),
        ("DA41", "Y", "tsys_spectrum", "not_finite", 1)]
    np.testing.assert_array_equal(columns["tsys_spectrum_x"], [[np.nan] * 3 + [60] * 3])
    assert np.isnan([columns["trec_x"][0], columns["tsys_x"][0], columns["tsys_y"][0], columns["water_x"][0]]).all()
    assert columns["trec_y"].tolist() == [40]


def test_an_invalid_value_is_keyed_like_its_row():
    _, invalid = parse_cal_atmosphere(cal_atmosphere(3, tau=np.array([[1, 1], [1, 0], [1, 1.0]])), UID)
    assert set(invalid) == set(INVALID_VALUE_RAW.columns)
    assert {name: values.tolist() for name, values in invalid.items()} == {
        "uid": [UID], "receiver_band": [6], "baseband_name": ["BB_1"], "antenna_name": ["DA42"], "cal_data_id": ["CalData_13"],
        "polarisation": ["Y"], "quantity": ["tau"], "kind": ["zero"], "n_values": [1]}


def test_a_channel_without_a_frequency_counts_for_every_polarisation_of_its_row():
    frequency = np.linspace(230e9, 232e9, K)[None].copy()
    frequency[0, 2] = np.nan
    columns, invalid = parse_cal_atmosphere(cal_atmosphere(frequencySpectrum=frequency), UID)
    assert np.isnan(columns["frequency_hz"]).sum() == 1
    assert invalid_rows(invalid) == [("DA41", "X", "frequency_hz", "not_finite", 1), ("DA41", "Y", "frequency_hz", "not_finite", 1)]


def test_values_beyond_all_that_the_quantity_can_be_are_invalid():
    spectrum = np.full((1, 2, K), 60.0)
    spectrum[0, 0, :2] = 1e12, 1e-20
    frequency = np.linspace(230e9, 232e9, K)[None].copy()
    frequency[0, 2] = 1e15
    columns, invalid = parse_cal_atmosphere(cal_atmosphere(
        tRec=np.array([[1e10, 1e-300]]), water=np.array([[5.0, 1e-3]]), tRecSpectrum=spectrum, frequencySpectrum=frequency), UID)
    assert np.isnan(columns["trec_x"]).all()
    assert invalid_rows(invalid) == sorted([
        ("DA41", "X", "frequency_hz", "out_of_range", 1), ("DA41", "Y", "frequency_hz", "out_of_range", 1),
        ("DA41", "X", "trec", "out_of_range", 1), ("DA41", "Y", "trec", "out_of_range", 1),
        ("DA41", "X", "trec_spectrum", "out_of_range", 2), ("DA41", "X", "water", "out_of_range", 1)])


def test_what_float32_cannot_hold_is_invalid():
    spectrum = np.full((1, 2, K), 60.0)
    spectrum[0, 0, 0] = 1e60
    _, invalid = parse_cal_atmosphere(cal_atmosphere(tRecSpectrum=spectrum), UID)
    assert invalid_rows(invalid) == [("DA41", "X", "trec_spectrum", "not_finite", 1)]


@given(arrays(np.float64, (3, 2, 4), elements=st.sampled_from([-1.0, 0.0, 1.0, 80.0, -30.0, np.nan, np.inf])))
def test_every_value_is_kept_or_counted(values):
    columns, invalid = parse_cal_atmosphere(cal_atmosphere(3, k=4, tRecSpectrum=values), UID)
    kept = sum(np.isfinite(columns[f"trec_spectrum_{polarisation}"]).sum() for polarisation in "xy")
    assert kept + invalid["n_values"].sum() == values.size
    for kind, mask in invalid_kinds(values).items():
        assert invalid["n_values"][invalid["kind"] == kind.value].sum() == mask.sum()


def test_rows_that_are_no_temperature_scale_are_passed_over():
    rows = cal_atmosphere(3, syscalType=words("SKYDIP", "TEMPERATURE_SCALE", "SIDEBAND_RATIO"))
    columns, _ = parse_cal_atmosphere(rows, UID)
    assert columns["antenna_name"].tolist() == ["DA42"]


def test_a_run_without_a_temperature_scale_gives_no_records():
    columns, invalid = parse_cal_atmosphere(cal_atmosphere(2, syscalType=words("SKYDIP", "SKYDIP")), UID)
    assert len(columns["uid"]) == len(invalid["uid"]) == 0


def test_an_error_names_the_row_of_the_file_even_behind_rows_that_were_passed_over():
    rows = cal_atmosphere(3, first=11, syscalType=words("SKYDIP", "TEMPERATURE_SCALE", "TEMPERATURE_SCALE"),
                          receiverBand=words("ALMA_RB_06", "ALMA_RB_06", "ALMA_RB_66"))
    with pytest.raises(BrokenAsdm, match=r"CalAtmosphere.xml, row 13, receiverBand: not a receiver band: 'ALMA_RB_66'"):
        parse_cal_atmosphere(rows, UID)


@pytest.mark.parametrize(("column", "shape"), [
    ("tRecSpectrum", (2, 2, K + 1)), ("tRecSpectrum", (2, 3, K)), ("tauSpectrum", (2, 2)), ("tSys", (2, 1)), ("water", (2,)),
    ("frequencySpectrum", (2, K - 1))])
def test_dimensions_that_disagree_are_an_error_with_their_place(column, shape):
    with pytest.raises(BrokenAsdm, match=rf"CalAtmosphere.xml, row 9, {column}: the dimensions disagree: .*expected \("):
        parse_cal_atmosphere(cal_atmosphere(2, first=9, **{column: np.ones(shape)}), UID)


def test_a_row_that_counts_its_channels_wrongly_is_the_one_named():
    with pytest.raises(BrokenAsdm, match=r"row 2, frequencySpectrum: .*expected \(7,\) by numFreq"):
        parse_cal_atmosphere(cal_atmosphere(2, numFreq=np.array([K, K + 1])), UID)


def test_a_single_channel_is_enough():
    columns, _ = parse_cal_atmosphere(cal_atmosphere(k=1), UID)
    assert columns["trec_spectrum_x"].tolist() == [[1000]]


def test_a_required_column_that_is_missing_is_an_error():
    rows = cal_atmosphere()
    less = Rows(rows.table, rows.source, 1, {name: values for name, values in rows.columns.items() if name != "tAtm"})
    with pytest.raises(BrokenAsdm, match=r"CalAtmosphere.xml, row 1, tAtm: a required column is missing"):
        parse_cal_atmosphere(less, UID)


def test_spectra_are_float32_and_frequencies_float64():
    columns, _ = parse_cal_atmosphere(cal_atmosphere(2), UID)
    assert set(columns) == set(CAL_ATMOSPHERE.columns)
    assert {columns[field.name].dtype for field in CAL_ATMOSPHERE.fields if field.kind is Kind.SPECTRUM} == {np.dtype("float32")}
    assert columns["frequency_hz"].dtype == np.float64


def test_the_rows_given_are_left_as_they_are():
    rows = cal_atmosphere(tRec=np.array([[-1.0, 0.0]]), groundPressure=np.array([555.0]))
    parse_cal_atmosphere(rows, UID)
    assert rows.columns["tRec"].tolist() == [[-1.0, 0.0]]
    assert rows.columns["groundPressure"].tolist() == [555]
