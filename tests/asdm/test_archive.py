import gzip
import io
import random
import subprocess
import tarfile

import pytest

from alma_qa0.asdm import archive
from alma_qa0.asdm.folder import find_asdms, open_asdm
from alma_qa0.asdm.writer import write_asdm
from alma_qa0.errors import BrokenAsdm, NotAnAsdm
from asdm.samples import UID, make_tables

NAME = "uid___A002_Xf8f6a9_X15c79"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "asdm" / NAME
    write_asdm(folder, UID, make_tables())
    return folder


def pack(path, *members, folder=None, mode="w"):
    """A tar of some members, each with a byte for each of its size, and of a folder."""
    with tarfile.open(path, mode, format=tarfile.PAX_FORMAT) as tar:
        if folder:
            tar.add(folder, folder.name)
        for member in members:
            info = tarfile.TarInfo(member) if isinstance(member, str) else member
            tar.addfile(info, io.BytesIO(b"x" * info.size))
    return path


def refuse(path, *parts):
    with pytest.raises(BrokenAsdm) as error, open_asdm(path):
        pass
    for part in parts:
        assert part in str(error.value)


@pytest.mark.slow
def test_a_bit_that_flips_anywhere_in_a_gzip_is_refused_or_changes_nothing(folder, tmp_path):
    path = pack(tmp_path / f"{NAME}.tar.gz", folder=folder, mode="w:gz")
    with open_asdm(path) as asdm:
        expected = asdm.content_hash
    content = path.read_bytes()
    rng, n_refused = random.Random(1), 0
    for place in rng.sample(range(8 * len(content)), 200):
        changed = bytearray(content)
        changed[place // 8] ^= 1 << place % 8
        path.write_bytes(changed)
        try:
            with open_asdm(path) as asdm:
                assert asdm.content_hash == expected
        except BrokenAsdm:
            n_refused += 1
    assert n_refused > 150


def test_the_rest_behind_the_last_member_is_read_too(folder, tmp_path):
    content = gzip.decompress(pack(tmp_path / "whole.tar.gz", folder=folder, mode="w:gz").read_bytes())
    for number, rest in enumerate((b"", b"rest" * 100_000)):
        path = tmp_path / f"{number}.tar.gz"
        compressed = gzip.compress(content + rest)
        path.write_bytes(compressed)
        with open_asdm(path) as asdm:
            assert asdm.uid == UID
        path.write_bytes(compressed[:-8] + bytes(8))  # checksum and length
        refuse(path, "cannot be unpacked", "CRC check failed")


@pytest.mark.parametrize("length", [-1, -8, -9, -100])
def test_a_gzip_cut_near_its_end_is_refused(folder, tmp_path, length):
    path = pack(tmp_path / "cut.tar.gz", folder=folder, mode="w:gz")
    path.write_bytes(path.read_bytes()[:length])
    refuse(path, "cut.tar.gz", "cannot be unpacked")


def test_a_tar_is_what_its_bytes_are_and_not_what_its_name_says(folder, tmp_path):
    for name, mode in ((f"{NAME}.tar", "w:gz"), (f"{NAME}.tar.gz", "w")):
        with open_asdm(pack(tmp_path / name, folder=folder, mode=mode)) as asdm:
            assert asdm.uid == UID


def test_a_tar_without_an_asdm_is_told_apart_from_a_broken_one(tmp_path):
    with pytest.raises(NotAnAsdm, match=r"exactly one ASDM\.xml"), open_asdm(pack(tmp_path / "product.tar", "a/image.fits")):
        pass


def test_folders_in_a_tar_may_lie_as_deep_as_a_name_is_long(folder, tmp_path):
    path = pack(tmp_path / "deep.tar", "/".join("d" * 450) + "/Scan.xml", folder=folder)
    with open_asdm(path) as asdm:
        assert asdm.uid == UID
    refuse(pack(tmp_path / "deeper.tar", "/".join("d" * 2000) + "/Scan.xml", folder=folder), "too long a name")


@pytest.mark.slow
def test_folders_on_disk_may_lie_deeper_than_python_calls_itself(folder, tmp_path, monkeypatch):
    deep = tmp_path / "deep"
    deep.mkdir()
    monkeypatch.chdir(deep)
    for _ in range(1100):
        (child := deep / "d").mkdir()
        deep = child
    deep.joinpath("a.tar").touch()
    try:
        assert find_asdms(tmp_path / "deep") == [deep / "a.tar"]
    finally:
        subprocess.run(["rm", "-r", str(tmp_path / "deep")], check=True)  # pytest would call itself too often


def test_many_members_are_refused(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MOST_MEMBERS", 50)
    refuse(pack(tmp_path / "many.tar", *(f"{n}" for n in range(60)), folder=folder), "too many members", "at most 50")


def test_tables_in_many_folders_are_refused(folder, tmp_path):
    refuse(pack(tmp_path / "many.tar", *(f"{n}/Scan.xml" for n in range(200)), folder=folder), "too many folders")


def test_long_headers_are_refused_before_they_are_in_memory(folder, tmp_path):
    info = tarfile.TarInfo("a")
    info.pax_headers = {"comment": "x" * (1 << 20)}
    refuse(pack(tmp_path / "long.tar", info, folder=folder), "too long headers")


def test_headers_that_gather_up_are_refused(folder, tmp_path):
    with tarfile.open(tmp_path / "many.tar", "w", format=tarfile.PAX_FORMAT, pax_headers={f"a{n}": "1" for n in range(200)}) as tar:
        tar.add(folder, folder.name)
    refuse(tmp_path / "many.tar", "too many headers")


def test_a_small_archive_that_grows_without_end_is_refused(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "FREELY_UNPACKED", 1 << 16)
    info = tarfile.TarInfo("zeros")
    info.size = 1 << 26
    with tarfile.open(tmp_path / "bomb.tar.gz", "w:gz") as tar:
        tar.add(folder, folder.name)
        tar.addfile(info, io.BytesIO(bytes(info.size)))
    refuse(tmp_path / "bomb.tar.gz", "too large when unpacked")
