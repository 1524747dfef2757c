"""What real files do that no schema foresees: each is taken for what it means, or refused by name."""

import gzip
import io
import shutil
import tarfile

import numpy as np
import pytest

from alma_qa0.core.blocks import to_array_time
from alma_qa0.core.fields import RAW
from alma_qa0.core.rows import Rows
from alma_qa0.jobs.ingest import ingest
from alma_qa0.store.tables import Tables, create_raw
from asdm.samples import make_rows
from jobs.samples import UID, cal_atmosphere, with_columns, words, write_sample

TABLES = Tables.in_schemas()


@pytest.fixture
def empty(module_database):
    create_raw(module_database, TABLES)
    module_database.execute([f"truncate raw.{relation.name}" for relation in RAW])
    return module_database


def joined(*runs):
    return Rows(runs[0].table, runs[0].source, 1, {name: np.concatenate([run.columns[name] for run in runs]) for name in runs[0].columns})


def only(database, columns, table):
    return database.run(f"select {columns} from raw.{table}").iloc[0].tolist()


@pytest.mark.parametrize("encoding", ["xml", "binary"])
def test_a_row_that_stands_there_again_counts_once(tmp_path, empty, encoding):
    weather = make_rows("Weather")
    folder = write_sample(tmp_path, encoding=encoding, Weather=[joined(weather, weather)])
    assert ingest(empty, TABLES, [folder]).taken == (UID,)
    assert only(empty, "count(*)", "weather") == [len(weather)]


@pytest.mark.parametrize("encoding", ["xml", "binary"])
def test_a_row_with_the_key_of_another_is_refused(tmp_path, empty, encoding):
    weather = make_rows("Weather")
    other = with_columns(weather, windSpeed=weather.columns["windSpeed"] + 1)
    report = ingest(empty, TABLES, [write_sample(tmp_path, encoding=encoding, Weather=[joined(weather, other)])])
    ((_, error),) = report.failed
    assert "row 4, stationId, timeInterval: a key is there twice" in str(error)
    assert "than that of row 1, or the same row" in str(error)


@pytest.mark.parametrize("encoding", ["xml", "binary"])
@pytest.mark.parametrize("later", [0, 1])
def test_of_a_calibration_reduced_twice_the_newest_counts(tmp_path, empty, encoding, later):
    runs = [with_columns(cal_atmosphere(), calReductionId=words(*[f"CalReduction_{n}"] * 6), tRec=np.full((6, 2), 50.0 + n))
            for n in (0, 1)]
    noon = to_array_time(np.array(["2025-07-01T12:00", "2025-07-01T12:00"], dtype="datetime64[m]"))
    noon[later] += 10**9
    reductions = with_columns(make_rows("CalReduction", 2), calReductionId=words("CalReduction_0", "CalReduction_1"), timeReduced=noon)
    folder = write_sample(tmp_path, encoding=encoding, CalAtmosphere=[joined(*runs)], CalReduction=[reductions])
    assert ingest(empty, TABLES, [folder]).taken == (UID,)
    assert only(empty, "count(*), min(trec_x), max(trec_x)", "cal_atmosphere") == [6, 50.0 + later, 50.0 + later]


def reduced_at(minute):
    time = to_array_time(np.array([f"2025-07-01T12:0{minute}"], dtype="datetime64[m]"))
    return with_columns(make_rows("CalReduction"), timeReduced=np.repeat(time, 3))


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_of_two_versions_of_an_execution_block_the_later_reduction_stays_and_the_other_is_told(tmp_path, empty, order):
    folders = [write_sample(tmp_path / f"{place}", CalReduction=[reduced_at(minute)], CalAtmosphere=[cal_atmosphere(minute)])
               for place, minute in enumerate(order)]
    said = []
    for _ in range(2):
        assert not ingest(empty, TABLES, [tmp_path], progress=said.append).failed
        assert only(empty, "count(*)", "cal_atmosphere") == [2]
    assert len(ingest(empty, TABLES, folders).unchanged) == 2
    assert any(f"passed over: another version of {UID} is there" in sentence for sentence in said)


def test_of_two_versions_of_one_reduction_the_first_stays(tmp_path, empty):
    for place in (1, 2):
        write_sample(tmp_path / f"{place}", CalReduction=[reduced_at(0)], CalAtmosphere=[cal_atmosphere(place)])
    for _ in range(2):
        ingest(empty, TABLES, [tmp_path])
        assert only(empty, "count(*)", "cal_atmosphere") == [1]


def test_a_time_that_nobody_set_and_a_wind_that_is_none_are_null(tmp_path, empty):
    weather = with_columns(make_rows("Weather"), windSpeed=np.array([np.inf, 9999.0, 5.0]))
    block = with_columns(make_rows("ExecBlock", 1), endTime=np.array([0]))
    assert ingest(empty, TABLES, [write_sample(tmp_path, Weather=[weather], ExecBlock=[block])]).taken == (UID,)
    assert only(empty, "start_time is null, end_time is null", "exec_block") == [False, True]
    assert only(empty, "count(wind_speed_m_s), max(wind_speed_m_s)", "weather") == [1, 5.0]


def test_a_frequency_beyond_all_receivers_is_null_and_a_start_of_no_time_refused(tmp_path, empty):
    summary = with_columns(make_rows("SBSummary"), frequency=np.full(3, 1e308))
    assert ingest(empty, TABLES, [write_sample(tmp_path, SBSummary=[summary])]).taken == (UID,)
    assert only(empty, "count(representative_frequency_ghz)", "sb_summary") == [0]
    block = with_columns(make_rows("ExecBlock", 1), startTime=np.array([0]))
    ((_, error),) = ingest(empty, TABLES, [write_sample(tmp_path / "other", ExecBlock=[block])]).failed
    assert "ExecBlock.xml, row 1, startTime: a number without a physical meaning" in str(error)


def test_utf_8_in_a_file_that_says_iso_8859_1_is_read_as_utf_8(tmp_path, empty):
    folder = write_sample(tmp_path, encoding="xml", Source=[with_columns(make_rows("Source"), sourceName=words("Añañuca", "b", "c"))])
    path = folder / "Source.xml"
    text = path.read_bytes().decode()
    path.write_text('<?xml version="1.0" encoding="ISO-8859-1"?>' + text.partition("?>")[2], encoding="utf-8")
    ingest(empty, TABLES, [folder])
    assert only(empty, "min(source_name)", "source") == ["Añañuca"]
    path.write_bytes(path.read_bytes().decode().encode("latin-1"))
    ingest(empty, TABLES, [folder])
    assert only(empty, "min(source_name)", "source") == ["Añañuca"]


@pytest.mark.parametrize("version", [3, 4])
def test_a_file_that_only_says_where_its_schema_is_has_that_version(tmp_path, empty, version):
    folder = write_sample(tmp_path)
    path = folder / "ASDM.xml"
    text = path.read_text().replace('schemaVersion="3" schemaRevision="-1"', "")
    path.write_text(text.replace("XASDM/3/ASDM.xsd", f"XASDM/{version}/ASDM.xsd"))
    assert 'schemaVersion="3"' not in path.read_text().partition("<Entity")[0]
    ingest(empty, TABLES, [folder])
    assert only(empty, "schema_version", "asdm") == [version]


def test_a_gzip_that_is_called_tar_is_taken_and_a_product_beside_it_passed_over(tmp_path, empty):
    folder = write_sample(tmp_path / "made")
    many = tmp_path / "many"
    many.mkdir()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add(folder, folder.name)
    (many / f"{folder.name}.tar").write_bytes(gzip.compress(packed.getvalue()))
    with tarfile.open(many / "member_auxiliary.tar", "w") as tar:
        tar.add(folder / "Scan.xml" if (folder / "Scan.xml").exists() else folder / "Scan.bin", "products/image.fits")
    report = ingest(empty, TABLES, [many])
    assert (report.taken, report.failed, report.passed_over) == ((UID,), (), (str(many / "member_auxiliary.tar"),))
    shutil.copy(many / "member_auxiliary.tar", many / f"{folder.name}.asdm.sdm.tar")
    assert len(ingest(empty, TABLES, [many]).failed) == 1  # it has the name of an Execution Block
    assert len(ingest(empty, TABLES, [many / "member_auxiliary.tar"]).failed) == 1  # it was asked for
