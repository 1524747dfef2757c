"""Given rows of the sources, expected rows of staging and of the marts, on both PostgreSQLs."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alma_qa0.core.fields import EXECUTION_BLOCK, INVALID_VALUE, MARTS, SCAN_SUMMARY, STAGED, STAGED_FREQUENCY_AXIS
from alma_qa0.core.spectra import edge_mask, segment_starts
from alma_qa0.store import batch, plans
from alma_qa0.store.queries import Marts
from alma_qa0.store.render import Sql, quoted, render
from store.samples import AXIS, TABLES, UID, atmosphere, create_all, production, put_asdm, put_production

NAN = float("nan")


@pytest.fixture
def database_url(server):
    """All tables are there, and empty."""
    with server.prepared(create_all) as url:
        yield url


@pytest.fixture
def marts(database):
    return Marts(database, TABLES)


def refreshed(marts, source="asdm"):
    plans.refresh(marts.database, TABLES, source=source)
    return marts.read_scan_summary(UID)


@pytest.mark.parametrize("source", ["asdm", "production"])
def test_the_sql_of_each_relation_yields_its_columns_with_their_types(database, source):
    """Before anything casts them to the columns of a table."""
    staged = batch.staged_sql(TABLES, [UID], source=source)
    with database._transaction() as cursor:
        for relation in STAGED:
            check_columns_of(cursor, f"select * from {staged[relation.name.removeprefix('staged_')]} as staged", relation)
        for mart in MARTS:
            for distributed in (False, True):
                check_columns_of(cursor, render(f"marts/{mart.name}", staged=staged, distributed=distributed), mart)


def check_columns_of(cursor, sql, relation):
    cursor.execute(f"create temporary table probe as select * from (\n{sql}\n) as query")
    cursor.execute("select attname, format_type(atttypid, atttypmod) from pg_attribute"
                   " where attrelid = 'probe'::regclass and attnum > 0 order by attnum")
    assert cursor.fetchall() == [(field.name, field.kind.value) for field in relation.fields]
    cursor.execute("drop table probe")


def test_a_scan_is_found_through_cal_data_and_not_in_the_name_of_a_calibration(marts):
    put_asdm(marts.database, [atmosphere(), atmosphere(cal_data_id="CalData_13")])
    summary = refreshed(marts).set_index("cal_data_id")
    assert summary["scan_number"].to_dict() == {"CalData_1": 3, "CalData_13": 27}
    assert summary.loc["CalData_13", "scan_intents"] == ["CALIBRATE_ATMOSPHERE", "CALIBRATE_WVR"]
    assert summary.loc["CalData_13", "source_name"] == "J1924-2914"


def test_the_header_of_an_execution_block(marts):
    put_asdm(marts.database, [atmosphere(), atmosphere(antenna_name="DV02", tsys_x=110.0, tsys_y=None, trec_x=70.0),
                              atmosphere(receiver_band=3, cal_data_id="CalData_2", tsys_x=None, tsys_y=None)],
             invalid=[{"polarisation": "Y", "quantity": "tsys", "kind": "no_solution", "n_values": 1},
                      {"polarisation": "Y", "quantity": "tsys_spectrum", "kind": "no_solution", "n_values": 16}])
    refreshed(marts)
    block = marts.read_execution_block(UID)
    assert tuple(block) == EXECUTION_BLOCK.columns
    assert block.iloc[0].drop(["start_time", "end_time"]).to_dict() == {
        "uid": UID, "simulated": True, "project_uid": "uid://A001/X1/Xp", "sb_uid": "uid://A001/X1/Xs", "array_name": "Array11-BLC",
        "array_family": "12-m", "receiver_bands": [3, 6], "representative_frequency_hz": 230.5e9, "source_names": ["HL_Tau"],
        "n_antennas": 2, "n_antennas_calibrated": 2, "n_calibrations": 2, "n_rows": 3, "n_invalid_values": 1,
        "water_m": 0.002, "tsys_k": 92.0, "trec_k": 52.0, "aborted": False, "time_on_source_s": 600.0, "unread_tables": [],
        "search_text": "uid://a002/x1/x1 uid://a001/x1/xp uid://a001/x1/xs array11-blc 12-m hl_tau"}
    assert block["start_time"][0] == pd.Timestamp("2026-07-17T14:07:00Z")


@pytest.mark.parametrize(("change", "seconds"), [
    ("delete from raw.scan where scan_number = 100", 0.0), ("delete from raw.scan", None),
    ("update raw.scan set end_time = null", None),
    ("insert into raw.scan (uid, scan_number, start_time, end_time, scan_intents) select uid, 101, start_time, end_time + interval '1.5 s',"
     " array['CALIBRATE_PHASE', 'OBSERVE_TARGET'] from raw.scan where scan_number = 100", 1201.5)])
def test_the_time_on_source_is_that_of_the_scans_of_the_target(database, change, seconds):
    put_asdm(database, [atmosphere()])
    database.execute([change])
    plans.refresh(database, TABLES)
    (found,) = database.run("select time_on_source_s from mart.execution_block")["time_on_source_s"].tolist()
    assert found == pytest.approx(seconds) if seconds is not None else pd.isna(found)


def test_the_old_table_knows_neither_the_time_on_source_nor_whether_it_was_aborted(database):
    put_production(database, [production()])
    plans.refresh(database, TABLES, source="production")
    (block,) = database.run("select aborted, time_on_source_s from mart.execution_block").to_dict("records")
    assert pd.isna(block["aborted"])
    assert pd.isna(block["time_on_source_s"])


@pytest.mark.parametrize(("antennas", "family"), [(["CM01", "CM02", "PM01"], "7-m"), (["PM01", "PM02"], "TP"), (["DA41", "PM01"], "12-m"),
                                                  (["CM01", "DV02"], "12-m"), (["XX01"], "unknown"), ([], "unknown")])
def test_the_family_of_an_array_is_that_of_core_blocks(marts, antennas, family):
    from alma_qa0.core.blocks import array_family
    put_asdm(marts.database, [atmosphere()], antennas=antennas or ["nobody"])
    if not antennas:
        marts.database.execute(["delete from raw.antenna"])
    refreshed(marts)
    assert marts.read_execution_block(UID)["array_family"][0] == family == array_family(tuple(antennas))


def test_water_is_that_of_the_calibrations_where_there_are_no_radiometers(marts):
    put_asdm(marts.database, [atmosphere(water_x=0.003, water_y=0.005)])
    marts.database.execute(["delete from raw.cal_wvr"])
    refreshed(marts)
    assert marts.read_execution_block(UID)["water_m"][0] == pytest.approx(0.004)


def test_a_block_without_calibrations_has_a_header(marts):
    put_asdm(marts.database, [])
    assert len(refreshed(marts)) == 0
    block = marts.read_execution_block(UID).iloc[0]
    assert block["n_rows"] == 0
    assert block["receiver_bands"] == []
    assert marts.read_spectra(UID, "trec") == ()


def test_both_sources_give_the_same_where_both_know(marts):
    given_rows = [{}, {"antenna": "DV02", "trec": 70.0}, {"antenna": "PM03", "band": 3, "cal": "CalData_13"}]
    put_asdm(marts.database, [atmosphere(antenna_name=row.get("antenna", "DA41"), trec_x=row.get("trec", 50.0),
                                         receiver_band=row.get("band", 6), cal_data_id=row.get("cal", "CalData_1")) for row in given_rows])
    put_production(marts.database, [production(antennaname=row.get("antenna", "DA41"), trec_x=row.get("trec", 50.0),
                                               receiverband=f"ALMA_RB_{row.get('band', 6):02d}", caldataid=row.get("cal", "CalData_1"))
                                    for row in given_rows])
    from_asdm, spectra = refreshed(marts), marts.read_spectra(UID, "tsys")
    from_production = refreshed(marts, "production")
    unknown = ["scan_number", "scan_intents", "source_name"]
    assert from_production[unknown].isna().all(axis=None)
    pd.testing.assert_frame_equal(from_asdm.drop(columns=unknown), from_production.drop(columns=unknown))
    for one, other in zip(spectra, marts.read_spectra(UID, "tsys"), strict=True):
        np.testing.assert_array_equal(one.values, other.values)
        np.testing.assert_array_equal(one.frequency_hz, other.frequency_hz)
        assert one.antenna_names.tolist() == other.antenna_names.tolist()


def expected_centre(spectrum, frequency=AXIS):
    inside = np.asarray(spectrum, dtype=np.float32)[~edge_mask(np.asarray(frequency))]
    centre = np.nanmedian(inside.astype(float)) if np.isfinite(inside).any() else NAN
    return centre, np.nanmedian(np.abs(inside - centre)) if np.isfinite(inside).any() else NAN


def test_invalid_values_never_enter_a_median(marts):
    """16 channels, the first and last 4 at the edges: of the 8 inside, 4 are invalid, and the edges are wild."""
    spectrum = np.array([999.0] * 4 + [50, 51, NAN, NAN, NAN, NAN, 52, 90] + [-500.0] * 4)
    put_asdm(marts.database, [atmosphere(trec_spectrum_x=[None if np.isnan(value) else float(value) for value in spectrum])])
    words = ",".join(["999"] * 4 + ["50", "51", "-1", "0", "nan", "-33", "52", "90"] + ["-500"] * 4)
    put_production(marts.database, [production(trecspectrum_x=words)])
    for source in ("asdm", "production"):
        row = refreshed(marts, source).iloc[0]
        assert row["trec_median_x"] == 51.5
        assert row["trec_mad_x"] == 1.0


def test_medians_and_mads_are_those_of_numpy(marts):
    random = np.random.default_rng(1)
    spectra = {name: random.lognormal(4, 0.3, 16).astype(np.float32)
               for name in ("trec_spectrum_x", "trec_spectrum_y", "tsys_spectrum_x", "tsys_spectrum_y")}
    put_asdm(marts.database, [atmosphere(**spectra)])
    row = refreshed(marts).iloc[0]
    for name, values in spectra.items():
        quantity, _, polarisation = name.split("_")
        centre, mad = expected_centre(values)
        assert row[f"{quantity}_median_{polarisation}"] == pytest.approx(centre, rel=1e-6)
        assert row[f"{quantity}_mad_{polarisation}"] == pytest.approx(mad, rel=1e-5)


def test_one_channel_and_one_polarisation(marts):
    nothing = dict.fromkeys(["trec_y", "tsys_y", "tatm_y", "tau_y", "water_y", "trec_spectrum_y", "tsys_spectrum_y"])
    put_asdm(marts.database, [atmosphere(n_channels=1, frequency_hz=[230e9], trec_spectrum_x=[50.0], tsys_spectrum_x=[90.0], **nothing)])
    put_production(marts.database, [production(
        trec_y=None, tsys_y=None, tatm_y=None, frequencyspectrum="230e9", trecspectrum_x="50", tsysspectrum_x="90",
        trecspectrum_y="", tsysspectrum_y=None)])
    for source in ("asdm", "production"):
        row = refreshed(marts, source).iloc[0]
        assert (row["n_channels"], row["n_segments"], row["trec_median_x"], row["trec_mad_x"]) == (1, 1, 50.0, 0.0)
        assert pd.isna(row[["trec_y", "tau_y", "water_y", "trec_median_y", "tsys_mad_y"]]).all()
        assert row["tau_x"] == 0.05
        (pack,) = marts.read_spectra(UID, "trec")
        assert pack.values.tolist() == [[50.0]]
        assert pack.polarisations.tolist() == ["X"]
        assert len(marts.read_invalid_values(UID)) == 0


def test_a_descending_axis_keeps_its_order(marts):
    put_asdm(marts.database, [atmosphere(frequency_hz=AXIS[::-1])])
    row = refreshed(marts).iloc[0]
    assert (row["frequency_min_hz"], row["frequency_max_hz"], row["n_segments"]) == (AXIS[0], AXIS[-1], 1)
    assert marts.read_spectra(UID, "trec")[0].frequency_hz.tolist() == AXIS[::-1].tolist()


AXES = st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(windows=AXES, gap=st.sampled_from([1.2, 2.0, 30.0]))
def test_segments_and_edges_are_those_of_core_spectra(module_database, windows, gap):
    """Any number of joined windows, each ascending or descending, some of one channel."""
    axis, start = [], 230e9
    for n, descends in windows:
        window = start + 15.625e6 * np.arange(n)
        axis.extend((window[::-1] if descends else window).tolist())
        start = window[-1] + gap * 15.625e6
    values = ", ".join(map(quoted, axis))
    axes = Sql(f"select 'u' as uid, 'a' as axis_id, array[{values}] as frequency_hz")
    with module_database._transaction() as cursor:
        cursor.execute(render("staging/frequency_axis", axes=axes, distributed=False, **batch.constants()))
        (row,) = [dict(zip([column.name for column in cursor.description], values, strict=True)) for values in cursor]
    assert set(row) == set(STAGED_FREQUENCY_AXIS.columns)
    assert row["n_segments"] == len(segment_starts(np.array(axis)))
    inside = ~edge_mask(np.array(axis))
    assert row["inside"] == inside.tolist()
    channels = 1 + np.flatnonzero(inside)
    is_stretch = len(channels) == channels[-1] - channels[0] + 1
    assert (row["first_inside"], row["last_inside"]) == ((channels[0], channels[-1]) if is_stretch else (None, None))
    assert row["frequency_hz"] == axis
    assert (row["n_channels"], row["frequency_min_hz"], row["frequency_max_hz"]) == (len(axis), min(axis), max(axis))


def test_spectra_are_packed_by_antenna_time_and_polarisation_with_nan_where_invalid(marts):
    holes = [None, *np.arange(1.0, 16.0)]
    put_asdm(marts.database, [
        atmosphere(antenna_name="DV02", start_valid_time="2026-07-17T14:50:00Z", cal_data_id="CalData_2"),
        atmosphere(antenna_name="DV02", start_valid_time="2026-07-17T14:10:00Z", cal_data_id="CalData_9", trec_spectrum_y=holes),
        atmosphere(antenna_name="DA41", trec_spectrum_x=None), atmosphere(baseband_name="BB_2"), atmosphere(receiver_band=3)])
    refreshed(marts)
    packs = marts.read_spectra(UID, "trec", receiver_band=6)
    assert [(pack.receiver_band, pack.baseband_name, pack.quantity) for pack in packs] == [(6, "BB_1", "trec"), (6, "BB_2", "trec")]
    first = packs[0]
    assert list(zip(first.antenna_names, first.cal_data_ids, first.polarisations, strict=True)) == [
        ("DA41", "CalData_1", "Y"), ("DV02", "CalData_9", "X"), ("DV02", "CalData_9", "Y"),
        ("DV02", "CalData_2", "X"), ("DV02", "CalData_2", "Y")]
    assert first.values.dtype == np.float32
    np.testing.assert_array_equal(first.values[2], np.array([NAN, *np.arange(1.0, 16.0)], dtype=np.float32))
    np.testing.assert_array_equal(first.values[0], 52 + np.arange(16, dtype=np.float32))
    assert len(marts.read_spectra(UID, "trec")) == 3


def test_calibrations_tuned_otherwise_have_an_axis_of_their_own(marts):
    names = [f"{quantity}_spectrum_{polarisation}" for quantity in ("trec", "tsys") for polarisation in "xy"]
    put_asdm(marts.database, [atmosphere(), atmosphere(cal_data_id="CalData_2"), atmosphere(
        cal_data_id="CalData_3", frequency_hz=AXIS[:8], n_channels=8, **{name: np.full(8, 60.0) for name in names})])
    refreshed(marts)
    assert sorted(pack.values.shape for pack in marts.read_spectra(UID, "trec")) == [(2, 8), (4, 16)]


def test_kinds_of_invalid_values_of_the_old_table(marts):
    put_production(marts.database, [production(
        trec_x=-1.0, trec_y=0.0, tsys_x=-20.0, tsys_y=float("nan"), water=1.0, tau=float("inf"),
        trecspectrum_x=",".join(["-1"] * 3 + ["0", "nan", "1e39", "-7"] + ["5"] * 9), tsysspectrum_y="1,2,3")])
    row = refreshed(marts, "production").iloc[0]
    assert pd.isna(row[["trec_x", "trec_y", "tsys_x", "tsys_y", "water_x", "water_y", "tau_x", "tau_y", "tsys_median_y"]]).all()
    invalid = marts.read_invalid_values(UID)
    assert tuple(invalid) == INVALID_VALUE.columns
    assert sorted(invalid[["quantity", "polarisation", "kind", "n_values"]].itertuples(index=False, name=None)) == [
        ("tau", "X", "not_finite", 1), ("tau", "Y", "not_finite", 1), ("trec", "X", "no_solution", 1),
        ("trec", "Y", "zero", 1), ("trec_spectrum", "X", "negative", 1), ("trec_spectrum", "X", "no_solution", 3),
        ("trec_spectrum", "X", "not_finite", 2), ("trec_spectrum", "X", "zero", 1), ("tsys", "X", "negative", 1),
        ("tsys", "Y", "not_finite", 1), ("tsys_spectrum", "Y", "wrong_length", 3), ("water", "X", "sentinel", 1),
        ("water", "Y", "sentinel", 1)]
    assert (row["n_invalid_scalars"], row["n_invalid_channels"]) == (8, 10)
    assert marts.read_execution_block(UID)["n_invalid_values"][0] == 8


def test_values_beyond_all_that_the_quantity_can_be_are_invalid_in_the_old_table(marts):
    put_production(marts.database, [production(
        trec_x=1e10, trec_y=1e-300, water=5.0, trecspectrum_x=",".join(["1e12", "1e-20"] + ["5"] * 14),
        frequencyspectrum=",".join(map(str, [1e15, 5.0, *AXIS[2:]])))])
    row = refreshed(marts, "production").iloc[0]
    assert pd.isna(row[["trec_x", "trec_y", "water_x", "water_y"]]).all()
    invalid = marts.read_invalid_values(UID)
    beyond = invalid[invalid["kind"] == "out_of_range"]
    assert sorted(beyond[["quantity", "polarisation", "n_values"]].itertuples(index=False, name=None)) == [
        ("frequency_hz", "X", 2), ("frequency_hz", "Y", 2), ("trec", "X", 1), ("trec_spectrum", "X", 2), ("water", "X", 1),
        ("water", "Y", 1)]
    zero = invalid[invalid["kind"] == "zero"]
    assert zero[["quantity", "polarisation"]].to_numpy().tolist() == [["trec", "Y"]]  # less than a number of 4 bytes can hold


def test_invalid_values_of_an_asdm_keep_their_kind_and_get_their_scan(marts):
    put_asdm(marts.database, [atmosphere(trec_x=None)],
             invalid=[{"polarisation": "X", "quantity": "trec", "kind": "no_solution", "n_values": 1}])
    refreshed(marts)
    (row,) = marts.read_invalid_values(UID).to_dict("records")
    assert (row["scan_number"], row["quantity"], row["kind"]) == (3, "trec", "no_solution")


def test_a_row_that_stands_for_two_days_counts_once_with_the_later(marts):
    put_production(marts.database, [production(), production(day="2026-07-18", trec_x=66.0)])
    assert refreshed(marts, "production")["trec_x"].tolist() == [66.0]


def test_a_row_without_a_frequency_axis_keeps_its_scalars(marts):
    put_production(marts.database, [production(frequencyspectrum=None)])
    row = refreshed(marts, "production").iloc[0]
    assert row["trec_x"] == 50.0
    assert pd.isna(row["n_channels"])
    assert pd.isna(row["trec_median_x"])
    assert marts.read_spectra(UID, "trec") == ()


def test_a_source_with_times_without_zone_and_float32_gives_the_same(marts):
    marts.database.execute(["alter table raw.cal_atmosphere_production alter column startvalidtime type timestamp,"
                            " alter column trec_x type real, alter column receiverband type varchar(20)"])
    put_production(marts.database, [production(startvalidtime="2026-07-17 14:10:00")])
    row = refreshed(marts, "production").iloc[0]
    assert row["start_valid_time"] == pd.Timestamp("2026-07-17T14:10:00Z")
    assert row["trec_x"] == 50.0


def test_every_mart_has_its_columns_in_order(marts):
    put_asdm(marts.database, [atmosphere()])
    assert tuple(refreshed(marts)) == SCAN_SUMMARY.columns


def test_two_windows_in_one_row_lose_the_edges_of_both(marts):
    axis = np.concatenate([AXIS, AXIS[-1] + 3e9 + 15.625e6 * np.arange(16)])
    spectrum = np.random.default_rng(2).lognormal(4, 0.3, 32).astype(np.float32)
    spectrum[[0, 15, 16, 31]] = 900
    put_asdm(marts.database, [atmosphere(n_channels=32, frequency_hz=axis, trec_spectrum_x=spectrum, trec_spectrum_y=None,
                                         tsys_spectrum_x=spectrum, tsys_spectrum_y=None)])
    put_production(marts.database, [production(
        frequencyspectrum=",".join(map(str, axis)), trecspectrum_x=",".join(map(str, spectrum)), trecspectrum_y="",
        tsysspectrum_x=",".join(map(str, spectrum)), tsysspectrum_y=None)])
    centre, spread = expected_centre(spectrum, axis)
    for source in ("asdm", "production"):
        row = refreshed(marts, source).iloc[0]
        assert row["n_segments"] == 2
        assert row["trec_median_x"] == pytest.approx(centre, rel=1e-6)
        assert row["trec_mad_x"] == pytest.approx(spread, rel=1e-5)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.none() | st.floats(float(np.finfo(np.float32).tiny), float(np.finfo(np.float32).max), width=32),
                       min_size=1, max_size=12))
def test_any_valid_spectrum_is_packed_as_it_is(module_database, values):
    """Whatever its digits are: the packing takes eight of them out before each value."""
    column = f"array[{', '.join('null' if value is None else f'{quoted(value)}::real' for value in values)}]::real[]"
    nothing = "null::real[]"
    staged = {"cal_atmosphere": Sql(f"(select 'u' as uid, 6 as receiver_band, 'BB_1' as baseband_name, 'DA41' as antenna_name,"
                                    f" 'a' as axis_id, 'c' as cal_data_id, now() as start_valid_time, {column} as trec_spectrum_x,"
                                    f" {nothing} as trec_spectrum_y, {nothing} as tsys_spectrum_x, {nothing} as tsys_spectrum_y)"),
              "frequency_axis": Sql("(select 'u' as uid, 'a' as axis_id, 1 as n_channels, null::float8[] as frequency_hz)")}
    packed = module_database.run(render("marts/spectrum", staged=staged))["packed"][0]
    expected = np.array([NAN if value is None else value for value in values], dtype=np.float32)
    np.testing.assert_array_equal(np.frombuffer(packed, dtype=">f4"), expected)
