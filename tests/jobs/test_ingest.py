import tarfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alma_qa0.asdm.schema import TABLES as ASDM_TABLES
from alma_qa0.core.blocks import SIMULATED_OBSERVER
from alma_qa0.core.fields import RAW, READ
from alma_qa0.core.records import source_columns
from alma_qa0.errors import BadRequest, BrokenAsdm, DatabaseRefused, DatabaseUnavailable
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.ingest import ingest
from alma_qa0.store.tables import Tables, create_raw
from asdm.samples import make_rows
from jobs.samples import N_CHANNELS, UID, cal_atmosphere, with_columns, words, write_sample

TABLES = Tables.in_schemas()
OTHER = "uid://A002/Xf8f6a9/X15c7a"


@pytest.fixture
def empty(module_database):
    """A database whose raw tables are there and hold nothing."""
    create_raw(module_database, TABLES)
    module_database.execute([f"truncate raw.{relation.name}" for relation in RAW])
    return module_database


def contents(database):
    """Every row of every raw table, but when it was taken in, in an order that does not depend on that of the rows."""
    return {relation.name: sorted(database.run(
        f"select (to_jsonb(t) - 'ingested_at')::text as row from raw.{relation.name} t")["row"]) for relation in RAW}


def rows_of(database, table, columns, order="antenna_name"):
    return database.run(f"select {columns} from raw.{table} order by {order}")


# --- what goes in ------------------------------------------------------------------------------------------------------------

def test_every_column_that_a_field_comes_from_is_one_of_the_asdm():
    for relation in RAW:
        if relation.name not in ("asdm", "intake", "invalid_value_raw"):
            table, columns = source_columns(relation)
            assert columns <= set(ASDM_TABLES[table].by_name), relation.name


@pytest.mark.parametrize("encoding", ["xml", "binary"])
def test_an_asdm_comes_into_the_raw_tables_as_it_is(tmp_path, empty, encoding):
    rows = cal_atmosphere()
    report = ingest(empty, TABLES, [write_sample(tmp_path, encoding=encoding, CalAtmosphere=[rows])])
    assert (report.taken, report.unchanged, report.failed) == ((UID,), (), ())
    frame = rows_of(empty, "cal_atmosphere", "*")
    assert frame["uid"].tolist() == [UID] * 6
    assert frame["receiver_band"].tolist() == [6] * 6
    assert frame["antenna_name"].tolist() == rows.columns["antennaName"].tolist()
    assert frame["ground_pressure_pa"].tolist() == [55500] * 6
    assert frame["trec_x"].tolist() == rows.columns["tRec"][:, 0].tolist()
    for name, column in (("tau", "tauSpectrum"), ("tsys", "tSysSpectrum")):
        np.testing.assert_array_equal(np.float32(frame[f"{name}_spectrum_y"].tolist()), np.float32(rows.columns[column][:, 1]))
    np.testing.assert_array_equal(np.stack(frame["frequency_hz"]), rows.columns["frequencySpectrum"])
    assert rows_of(empty, "cal_data", "scan_numbers", "cal_data_id")["scan_numbers"].tolist() == [[1], [2], [3]]
    assert {name: len(found) for name, found in contents(empty).items()} == {
        **{relation.name: 3 for relation in RAW}, "asdm": 1, "exec_block": 1, "cal_atmosphere": 6, "invalid_value_raw": 0,
        "intake": len(READ)}


def test_an_asdm_says_of_itself_what_it_is(tmp_path, empty):
    simulated = with_columns(make_rows("ExecBlock", 1), observerName=words(SIMULATED_OBSERVER))
    ingest(empty, TABLES, [write_sample(tmp_path, ExecBlock=[simulated]), write_sample(tmp_path, OTHER)])
    frame = rows_of(empty, "asdm", "uid, simulated, schema_version, ingested_at - now() < '1 min' as just_now", "uid")
    assert frame.to_numpy().tolist() == [[UID, True, 3, True], [OTHER, False, 3, True]]


def test_invalid_values_are_null_in_their_row_and_listed_beside(tmp_path, empty):
    rows = cal_atmosphere()
    rows.columns["tRec"][0, 1] = -1
    rows.columns["tSysSpectrum"][1, 0, :5] = 0
    ingest(empty, TABLES, [write_sample(tmp_path, CalAtmosphere=[rows])])
    assert rows_of(empty, "cal_atmosphere", "trec_y is null as null_trec")["null_trec"].tolist() == [True] + [False] * 5
    spectrum = rows_of(empty, "cal_atmosphere", "tsys_spectrum_x")["tsys_spectrum_x"][1]
    assert spectrum[:5] == [None] * 5
    np.testing.assert_array_equal(np.float32(spectrum[5:]), np.float32(rows.columns["tSysSpectrum"][1, 0, 5:]))
    listed = rows_of(empty, "invalid_value_raw", "antenna_name, cal_data_id, polarisation, quantity, kind, n_values")
    assert listed.to_numpy().tolist() == [
        ["DA1", "CalData_1", "Y", "trec", "no_solution", 1], ["DA2", "CalData_2", "X", "tsys_spectrum", "zero", 5]]


def test_runs_of_several_layouts_come_in_as_one_table(tmp_path, empty):
    runs = [cal_atmosphere(4), cal_atmosphere(3, first=5, n_channels=1), cal_atmosphere(2, first=8)]
    ingest(empty, TABLES, [write_sample(tmp_path, CalAtmosphere=runs)])
    frame = rows_of(empty, "cal_atmosphere", "n_channels, cardinality(trec_spectrum_x) as n")
    assert frame["n_channels"].tolist() == frame["n"].tolist() == [N_CHANNELS] * 4 + [1] * 3 + [N_CHANNELS] * 2


def test_rows_that_are_no_temperature_scale_are_passed_over_and_said(tmp_path, empty):
    rows = with_columns(cal_atmosphere(), syscalType=words(*["TEMPERATURE_SCALE"] * 4, *["SKYDIP"] * 2))
    said = []
    ingest(empty, TABLES, [write_sample(tmp_path, CalAtmosphere=[rows])], progress=said.append)
    assert len(rows_of(empty, "cal_atmosphere", "uid")) == 4
    assert said == [f"1/1 {tmp_path.joinpath('uid___A002_Xf8f6a9_X15c79').name}: taken in, 4 calibrations; "
                    "2 rows of CalAtmosphere that are no TEMPERATURE_SCALE passed over"]


def test_an_execution_block_without_a_system_temperature_is_taken_in(tmp_path, empty):
    report = ingest(empty, TABLES, [write_sample(tmp_path, CalAtmosphere=[])])
    assert report.taken == (UID,)


def test_a_folder_of_many_and_a_tar_are_taken_in(tmp_path, empty):
    write_sample(tmp_path / "many")
    other = write_sample(tmp_path / "elsewhere", OTHER)
    with tarfile.open(tmp_path / "many" / f"{other.name}.tar", "w") as tar:
        tar.add(other, other.name)
    assert set(ingest(empty, TABLES, [tmp_path / "many"]).taken) == {UID, OTHER}


# --- again -------------------------------------------------------------------------------------------------------------------

def test_the_same_asdm_again_changes_nothing(tmp_path, empty):
    folder = write_sample(tmp_path)
    ingest(empty, TABLES, [folder])
    before = empty.run("select xmin::text, ctid::text, * from raw.asdm").to_numpy().tolist()
    report = ingest(empty, TABLES, [folder])
    assert (report.taken, report.unchanged, report.failed) == ((), (UID,), ())
    assert empty.run("select xmin::text, ctid::text, * from raw.asdm").to_numpy().tolist() == before


def test_a_new_version_of_an_asdm_replaces_the_last(tmp_path, empty):
    ingest(empty, TABLES, [write_sample(tmp_path / "first", CalAtmosphere=[cal_atmosphere(6)]), write_sample(tmp_path, OTHER)])
    report = ingest(empty, TABLES, [write_sample(tmp_path / "second", CalAtmosphere=[cal_atmosphere(4)])])
    assert report.taken == (UID,)
    counts = empty.run("select uid, count(*) as n from raw.cal_atmosphere group by 1 order by 1")
    assert counts.to_numpy().tolist() == [[UID, 4], [OTHER, 6]]


def test_two_that_take_in_the_same_asdm_at_once_do_no_harm(tmp_path, empty):
    folders = [write_sample(tmp_path / f"{n}", CalAtmosphere=[cal_atmosphere(4 + n)]) for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda folder: ingest(empty, TABLES, [folder]), folders))
    assert [report.failed for report in reports] == [()] * 4
    assert [report.taken for report in reports] == [(UID,)] * 4
    n_rows = len(empty.run("select uid from raw.cal_atmosphere"))
    assert n_rows in (4, 5, 6, 7)
    digest = empty.run("select content_hash from raw.asdm")["content_hash"].tolist()
    ingest(empty, TABLES, [folders[n_rows - 4]])
    assert empty.run("select content_hash from raw.asdm")["content_hash"].tolist() == digest


# --- what is broken ----------------------------------------------------------------------------------------------------------

def truncated(path):
    path.write_bytes(path.read_bytes()[:-300])


def truncated_xml(parent):
    truncated(write_sample(parent, encoding="xml") / "CalAtmosphere.xml")


def truncated_binary(parent):
    truncated(write_sample(parent) / "CalAtmosphere.bin")


def dimensions(parent):
    path = write_sample(parent, encoding="xml") / "CalAtmosphere.xml"
    head, tail = path.read_text().split("<tSysSpectrum>2 2 8 ", 1)
    path.write_text(head + "<tSysSpectrum>2 2 7 " + tail)


def count_of_channels(parent):
    write_sample(parent, CalAtmosphere=[with_columns(cal_atmosphere(), numFreq=[8, 8, 9, 8, 8, 8])])


def absent_cal_data(parent):
    write_sample(parent, CalAtmosphere=[with_columns(cal_atmosphere(), calDataId=words(*["CalData_1"] * 3, *["CalData_77"] * 3))])


def duplicate_keys(parent):
    rows = cal_atmosphere()
    keys = {name: rows.columns[name][[0, 1, 2, 1, 4, 5]] for name in ASDM_TABLES["CalAtmosphere"].key}
    write_sample(parent, CalAtmosphere=[with_columns(rows, **keys)])


def duplicate_antenna(parent):
    write_sample(parent, Antenna=[with_columns(make_rows("Antenna"), antennaId=words("Antenna_1", "Antenna_2", "Antenna_1"))])


def wrong_uid(parent):
    write_sample(parent, ExecBlock=[with_columns(make_rows("ExecBlock", 1), execBlockUID=words(OTHER))])


def cal_data_of_another(parent):
    write_sample(parent, CalData=[with_columns(make_rows("CalData"), execBlockUID=words(UID, OTHER, UID))])


def two_execution_blocks(parent):
    write_sample(parent, ExecBlock=[make_rows("ExecBlock", 2)])


def another_polarisation(parent):
    rows = cal_atmosphere()
    rows.columns["polarizationTypes"][4, 1] = "R"
    write_sample(parent, CalAtmosphere=[rows])


def another_band(parent):
    write_sample(parent, CalAtmosphere=[with_columns(cal_atmosphere(), receiverBand=words(*["ALMA_RB_06"] * 5, "EVLA_X"))])


def climbing_tar(parent):
    folder = write_sample(parent / "inside")
    with tarfile.open(parent / "eb.tar", "w") as tar:
        tar.add(folder / "ASDM.xml", "../ASDM.xml")
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


@pytest.mark.slow
@pytest.mark.parametrize(("breakage", "source", "row", "field"), [
    (truncated_xml, "CalAtmosphere.xml", None, None),
    (truncated_binary, "CalAtmosphere.bin", None, None),
    (dimensions, "CalAtmosphere.xml", 1, "tSysSpectrum"),
    (count_of_channels, "CalAtmosphere.bin", 3, None),
    (absent_cal_data, "CalAtmosphere.bin", 4, "calDataId"),
    (duplicate_keys, "CalAtmosphere.bin", 4, None),
    (duplicate_antenna, "Antenna.xml", 3, "antennaId"),
    (wrong_uid, "ExecBlock.xml", 1, "execBlockUID"),
    (cal_data_of_another, "CalData.bin", 2, "execBlockUID"),
    (two_execution_blocks, "ASDM.xml", None, "NumberRows of ExecBlock"),
    (another_polarisation, "CalAtmosphere.bin", 5, "polarizationTypes"),
    (another_band, "CalAtmosphere.bin", 6, "receiverBand"),
    (climbing_tar, "eb.tar", None, "member"),
], ids=lambda value: value.__name__ if callable(value) else "")
def test_what_is_broken_is_refused_whole_with_its_place_and_the_others_go_on(tmp_path, empty, breakage, source, row, field):
    ingest(empty, TABLES, [write_sample(tmp_path / "before", CalAtmosphere=[cal_atmosphere(4)])])
    before = contents(empty)
    breakage(tmp_path / "many")
    write_sample(tmp_path / "many" / "z", OTHER)
    report = ingest(empty, TABLES, [tmp_path / "many"])
    assert report.taken == (OTHER,)
    (_, error), = report.failed
    assert isinstance(error, BrokenAsdm)
    assert str(error.source).endswith(source)
    assert row is None or error.row == row
    assert field is None or error.field == field
    after = contents(empty)
    for name, rows in before.items():
        assert [found for found in after[name] if UID in found] == rows


def test_a_path_that_is_not_there_is_reported_and_the_others_go_on(tmp_path, empty):
    said = []
    report = ingest(empty, TABLES, [tmp_path / "nowhere", write_sample(tmp_path / "there")], progress=said.append)
    assert said[0].startswith(f"refused: {tmp_path / 'nowhere'} does not exist; expected")
    assert report.taken == (UID,)
    assert [(source, type(error)) for source, error in report.failed] == [(str(tmp_path / "nowhere"), BadRequest)]


def test_what_the_database_refuses_is_reported_and_the_others_go_on(tmp_path, empty):
    empty.execute(["alter table raw.cal_atmosphere add constraint strict check (antenna_name <> 'DA6')"])
    try:
        report = ingest(empty, TABLES, [write_sample(tmp_path), write_sample(tmp_path, OTHER, CalAtmosphere=[cal_atmosphere(3)])])
    finally:
        empty.execute(["alter table raw.cal_atmosphere drop constraint strict"])
    assert report.taken == (OTHER,)
    assert [type(error) for _, error in report.failed] == [DatabaseRefused]
    assert len(empty.run("select uid from raw.asdm")) == 1


def test_a_database_that_is_away_stops_the_work(tmp_path):
    with pytest.raises(DatabaseUnavailable):
        ingest(Postgres("postgresql://nobody@/nothing?host=/nonexistent"), TABLES, [write_sample(tmp_path)])


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_with_damage_anywhere_is_taken_in_or_refused_and_nothing_else(tmp_path_factory, empty, data):
    folder = write_sample(tmp_path_factory.mktemp("damaged"), encoding=data.draw(st.sampled_from(["binary", "xml"])))
    path = data.draw(st.sampled_from([*sorted(folder.glob("Cal*")), *(folder / f"{name}.xml" for name in ("ASDM", "ExecBlock", "Source"))]))
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    damage = data.draw(st.binary(max_size=4) | st.sampled_from([b"nan", b"-1", b"1e999", b"</"]))
    content[place:place + data.draw(st.integers(0, 8))] = damage
    path.write_bytes(content)
    before = contents(empty)
    report = ingest(empty, TABLES, [folder])
    assert len(report.taken) + len(report.unchanged) + len(report.failed) == 1
    assert report.taken or contents(empty) == before
