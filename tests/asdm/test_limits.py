"""What no ASDM goes beyond is refused before it takes memory."""

import struct

import pytest

from alma_qa0.asdm import binary_rows, limits, reader, xml_rows
from alma_qa0.asdm.folder import open_asdm
from alma_qa0.asdm.reader import read_table
from alma_qa0.asdm.writer import write_asdm
from alma_qa0.errors import BrokenAsdm
from asdm.samples import UID, make_rows, make_tables


def written(folder, encoding="xml", **tables):
    write_asdm(folder, UID, make_tables(**tables), encoding=encoding)
    return folder


def refuse(folder, table, *parts):
    with pytest.raises(BrokenAsdm) as error, open_asdm(folder) as asdm:
        list(read_table(asdm, table))
    for part in parts:
        assert part in str(error.value)


def replace(path, old, new):
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


def test_a_row_with_endless_elements_is_refused(tmp_path):
    replace(written(tmp_path) / "Scan.xml", b"<row>", b"<row>" + 100_000 * b"<a/>")
    refuse(tmp_path, "Scan", "a row is too large", f"{limits.MOST_MARKS} elements")


def test_a_row_with_endless_text_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(xml_rows, "LARGEST_ROW", 100_000)
    replace(written(tmp_path) / "Scan.xml", b"<row>", b"<row><!--" + 300_000 * b"x" + b"-->")
    refuse(tmp_path, "Scan", "a row is too large", "at most 100000 bytes")


def test_rows_that_are_long_together_are_read(tmp_path, monkeypatch):
    rows = make_rows("Weather", 2000)
    written(tmp_path, Weather=[rows])
    monkeypatch.setattr(xml_rows, "LARGEST_ROW", 100_000)
    assert (tmp_path / "Weather.xml").stat().st_size > 300_000
    with open_asdm(tmp_path) as asdm:
        assert sum(len(part) for part in read_table(asdm, "Weather")) == 2000


@pytest.mark.parametrize("shape", [b"1 25000000", b"1 100001", b"1 99999999999999999999", b"1 " + b"9" * 5000])
def test_an_array_of_far_too_many_texts_is_refused(tmp_path, shape):
    written(tmp_path)
    path = tmp_path / "Scan.xml"
    content = path.read_bytes()
    start = content.index(b"<scanIntent>") + len(b"<scanIntent>")
    path.write_bytes(content[:start] + shape + content[content.index(b"</scanIntent>"):])
    refuse(tmp_path, "Scan", "Scan.xml, row 1, scanIntent")


@pytest.mark.parametrize(("length", "problem"), [
    (0x5F000000, "a row is too large"), (limits.LARGEST_ROW, "a row is too large"), (-1, "a negative length"),
    (100_000, "the file ends inside")])
def test_a_length_in_a_binary_that_no_row_has_is_refused(tmp_path, length, problem):
    _set_first_length(written(tmp_path, "binary") / "CalAtmosphere.bin", length)
    refuse(tmp_path, "CalAtmosphere", "CalAtmosphere.bin", problem)


def _set_first_length(path, length):
    """Sets the length of the first text of the first row, which follows ten texts of two entities and the count of rows."""
    content = bytearray(path.read_bytes())
    place = content.index(b"\n\n", content.index(b"<content.bin>")) + 2
    for _ in range(10):
        place += 4 + struct.unpack_from("<i", content, place)[0]
    struct.pack_into("<i", content, place + 4, length)
    path.write_bytes(content)


def test_many_texts_in_a_row_of_a_binary_are_refused(tmp_path, monkeypatch):
    written(tmp_path, "binary")
    monkeypatch.setattr(binary_rows, "MOST_TEXTS", 3)
    refuse(tmp_path, "CalAtmosphere", "CalAtmosphere.bin, row 1", "at most 3")


def test_many_rows_are_refused_before_the_first_is_read(tmp_path, monkeypatch):
    written(tmp_path)
    monkeypatch.setattr(reader, "MOST_ROWS", 2)
    refuse(tmp_path, "Scan", "ASDM.xml, NumberRows of Scan: too many rows: 3", "at most 2")


def test_more_rows_than_announced_are_refused_as_soon_as_they_come(tmp_path):
    replace(written(tmp_path, Scan=[make_rows("Scan", 3000)]) / "ASDM.xml", b"<NumberRows>3000<", b"<NumberRows>2<")
    refuse(tmp_path, "Scan", "too many rows", "expected 2")


def test_a_long_text_in_a_key_is_refused(tmp_path):
    replace(written(tmp_path) / "Station.xml", b"<stationId>", b"<stationId>" + 200 * b"x")
    refuse(tmp_path, "Station", "Station.xml, row 1, stationId: a key is too long", "at most 100")


def test_a_table_of_tables_of_megabytes_is_refused(tmp_path):
    replace(written(tmp_path) / "ASDM.xml", b"</ASDM>", 200_000 * b"<Table/>" + b"</ASDM>")
    with pytest.raises(BrokenAsdm, match="too large"), open_asdm(tmp_path):
        pass
