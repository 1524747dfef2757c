import io
import shutil
import tarfile

import pytest

from alma_qa0.asdm.folder import find_asdms, open_asdm
from alma_qa0.asdm.reader import read_table
from alma_qa0.asdm.writer import write_asdm
from alma_qa0.errors import BadRequest, BrokenAsdm
from asdm.samples import UID, make_rows, make_tables

NAME = "uid___A002_Xf8f6a9_X15c79"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / f"{NAME}.asdm.sdm"
    write_asdm(folder, UID, make_tables())
    (folder / "ASDMBinary").mkdir()
    (folder / "ASDMBinary" / "uid___A002_Xf8f6a9_X15c80").write_text("visibilities")
    return folder


def pack(folder, path, arcname="", mode="w"):
    with tarfile.open(path, mode) as tar:
        tar.add(folder, arcname=arcname or folder.name)
    return path


def pack_members(path, *members):
    with tarfile.open(path, "w") as tar:
        for member in members:
            info = tarfile.TarInfo(member) if isinstance(member, str) else member
            tar.addfile(info, io.BytesIO(b"x" * info.size))
    return path


def refuse(path, *parts):
    with pytest.raises(BrokenAsdm) as error, open_asdm(path):
        pass
    for part in parts:
        assert part in str(error.value)


def test_an_open_asdm_says_who_it_is_and_what_it_has(folder):
    with open_asdm(folder) as asdm:
        assert (asdm.uid, asdm.schema_version, asdm.name) == (UID, 3, folder.name)
        assert asdm.table_rows["CalAtmosphere"] == 3


@pytest.mark.parametrize(("name", "arcname", "mode"), [
    (f"{NAME}.tar", "", "w"), (f"2021.1.00690.S_{NAME}.asdm.sdm.tar", "", "w"), (f"{NAME}.tar.gz", f"2021.1.00690.S/raw/{NAME}", "w:gz"),
    (f"{NAME}.tgz", ".", "w:gz"), ("anything.tar", "./whatever", "w"),
])
def test_a_tar_gives_what_its_folder_gives(folder, tmp_path, name, arcname, mode):
    path = pack(folder, tmp_path / name, arcname, mode)
    with open_asdm(folder) as expected, open_asdm(path) as asdm:
        assert asdm.content_hash == expected.content_hash
        assert (asdm.uid, asdm.table_rows) == (expected.uid, expected.table_rows)
        (rows,) = read_table(asdm, "CalAtmosphere", ["antennaName"])
        assert rows.source == f"{name}/CalAtmosphere.bin"
        unpacked = asdm.folder
        assert not (unpacked / "ASDMBinary").exists()
    assert not unpacked.exists()


def test_the_digest_changes_with_any_file_that_is_read_and_with_no_other(folder):
    with open_asdm(folder) as asdm:
        before = asdm.content_hash
    (folder / "Pointing.bin").write_text("not read")
    with open_asdm(folder) as asdm:
        assert asdm.content_hash == before
    path = folder / "CalAtmosphere.bin"
    path.write_bytes(path.read_bytes().replace(b"BB_1", b"BB_2", 1))
    with open_asdm(folder) as asdm:
        assert asdm.content_hash != before


def test_asdms_are_found_wherever_they_are(folder, tmp_path):
    pack(folder, tmp_path / "b.tar")
    shutil.copytree(folder, tmp_path / "project" / "raw" / folder.name)
    (tmp_path / "project" / "circle").symlink_to(tmp_path)
    (tmp_path / "notes.txt").write_text("no ASDM")
    expected = [tmp_path / "b.tar", tmp_path / "project" / "raw" / folder.name, folder]
    assert find_asdms(tmp_path) == sorted(expected)
    assert find_asdms(folder) == [folder]
    assert find_asdms(tmp_path / "b.tar") == [tmp_path / "b.tar"]


def test_a_folder_with_the_name_of_an_asdm_is_found_although_it_is_broken(folder, tmp_path):
    (folder / "ASDM.xml").unlink()
    assert find_asdms(tmp_path) == [folder]
    refuse(folder, f"{folder.name}/ASDM.xml", "no such file")


@pytest.mark.parametrize("name", ["absent", "empty", "notes.txt"])
def test_a_place_without_an_asdm_is_a_bad_request(tmp_path, name):
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("no ASDM")
    with pytest.raises(BadRequest, match=name):
        find_asdms(tmp_path / name)


def test_what_does_not_exist_cannot_be_opened(tmp_path):
    with pytest.raises(BadRequest, match="absent"), open_asdm(tmp_path / "absent"):
        pass


@pytest.mark.parametrize("member", ["../ASDM.xml", "/tmp/ASDM.xml", "a/../../ASDM.xml"])
def test_a_tar_that_climbs_out_of_its_folder_is_refused(tmp_path, member):
    refuse(pack_members(tmp_path / "evil.tar", member), "evil.tar", "climbs out", member)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_a_tar_with_links_or_devices_is_refused(tmp_path, kind):
    info = tarfile.TarInfo("a/ASDM.xml")
    info.type, info.linkname = kind, "/etc/passwd"
    refuse(pack_members(tmp_path / "evil.tar", info), "evil.tar", "link", "a/ASDM.xml")


def test_a_tar_with_a_file_twice_or_with_two_asdms_is_refused(tmp_path):
    refuse(pack_members(tmp_path / "twice.tar", "a/Scan.xml", "a/Scan.xml"), "twice")
    refuse(pack_members(tmp_path / "two.tar", "a/ASDM.xml", "b/ASDM.xml"), "exactly one ASDM.xml")
    refuse(pack_members(tmp_path / "none.tar", "a/Scan.xml"), "exactly one ASDM.xml")


def test_a_tar_that_would_fill_the_disk_is_refused_before_it_is_unpacked(folder, tmp_path, monkeypatch):
    path = pack(folder, tmp_path / f"{NAME}.tar.gz", mode="w:gz")
    size = sum(file.stat().st_size for file in folder.glob("*.*"))
    monkeypatch.setattr("alma_qa0.asdm.archive.MOST_UNPACKED", size)
    with open_asdm(path) as asdm:
        assert asdm.uid == UID
    monkeypatch.setattr("alma_qa0.asdm.archive.MOST_UNPACKED", size - 1)
    refuse(path, path.name, "too large when unpacked", f"at most {size - 1} bytes together")


@pytest.mark.parametrize(("name", "mode"), [("cut.tar", "w"), ("cut.tar.gz", "w:gz")])
def test_a_tar_cut_anywhere_is_refused(folder, tmp_path, name, mode):
    path = pack(folder, tmp_path / name, mode=mode)
    content = path.read_bytes()
    for length in range(0, len(content) // 2, len(content) // 40):
        path.write_bytes(content[:length])
        refuse(path, name)


def test_a_name_of_another_execution_block_is_refused(folder, tmp_path):
    refuse(folder.rename(tmp_path / "uid___A002_X1_X2"), "another Execution Block", "uid___A002_X1_X2", f"expected {NAME}")


def test_a_tar_named_after_another_execution_block_is_refused(folder, tmp_path):
    refuse(pack(folder, tmp_path / "uid___A002_X1_X2.asdm.sdm.tar"), "another Execution Block", f"expected {NAME}")
    renamed = pack(folder, tmp_path / "fine.tar", arcname="uid___A002_X1_X2")
    refuse(renamed, "fine.tar", "another Execution Block")


@pytest.mark.parametrize(("old", "new", "parts"), [
    (f'entityId="{UID}"', 'entityId="uid://A002"', ["Entity", "'uid://A002'", "expected one like"]),
    ('schemaVersion="3"', 'schemaVersion="5"', ["schemaVersion: ", "5", "2, 3 or 4"]),
    ('schemaVersion="3"', 'schemaVersion="three"', ["schemaVersion", "'three'"]),
    ("<NumberRows>3<", "<NumberRows>many<", ["NumberRows of ExecBlock", "'many'"]),
    ("<Name>Scan<", "<Name>ExecBlock<", ["listed twice", "ExecBlock"]),
    ("<Name>Scan<", "<Name>Scam<", ["Scan", "required table has no rows"]),
    ("<Name>CalData<", "<Name>CalDatum<", ["CalData", "required table has no rows"]),
    ("</ASDM>", "", ["ASDM.xml", "cannot be read"]),
    ("<ASDM ", "<!DOCTYPE ASDM><ASDM ", ["DOCTYPE"]),
])
def test_a_wrong_table_of_tables_is_refused(folder, old, new, parts):
    path = folder / "ASDM.xml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    refuse(folder, f"{folder.name}/ASDM.xml", *parts)


@pytest.mark.parametrize("table", ["ExecBlock", "Scan", "Antenna", "CalData", "Weather"])
def test_a_table_with_rows_but_without_a_file_is_refused(folder, table):
    (folder / f"{table}.xml").unlink()
    (folder / f"{table}.bin").unlink(missing_ok=True)
    refuse(folder, f"{table}.xml", "no such file", "3 rows")


def test_an_execution_block_without_tsys_needs_no_cal_data(tmp_path):
    tables = {name: [make_rows(name)] for name in ("ExecBlock", "Scan", "Antenna")}
    write_asdm(tmp_path, UID, tables)
    with open_asdm(tmp_path) as asdm:
        assert list(read_table(asdm, "CalAtmosphere")) == []
