from pathlib import Path

import numpy as np
import pytest
from lxml import etree

from alma_qa0.asdm.schema import TABLES
from alma_qa0.asdm.writer import write_asdm, write_table
from alma_qa0.core.rows import Rows
from alma_qa0.errors import BadRequest
from asdm.samples import UID, make_rows, make_tables

XSD = Path(__file__).parent.parent / "data" / "asdm-xsd" / "sdm_all.xsd"


@pytest.fixture(scope="module")
def schema():
    return etree.XMLSchema(etree.parse(XSD))


@pytest.mark.parametrize("optional", [True, False])
def test_xml_files_are_valid_by_the_official_schema(tmp_path, schema, optional):
    tables = make_tables(**{name: [make_rows(name, optional=optional)] for name in TABLES})
    write_asdm(tmp_path, UID, tables, encoding="xml", schema_version=3)
    paths = sorted(tmp_path.iterdir())
    assert len(paths) == 1 + len(TABLES)
    for path in paths:
        document = etree.parse(path)
        for attribute in ("schemaVersion", "schemaRevision"):  # in every file of the observatory, but not in its schema
            del document.getroot().attrib[attribute]
        assert schema.validate(document), (path.name, schema.error_log)


def test_the_tables_that_the_observatory_writes_as_binary_are_binary(tmp_path):
    write_asdm(tmp_path, UID, make_tables())
    assert {path.stem for path in tmp_path.glob("*.bin")} == {"CalAtmosphere", "CalData", "CalReduction"}


def test_the_same_rows_make_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_asdm(tmp_path / name, UID, make_tables())
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


@pytest.mark.parametrize(("version", "there"), [(3, False), (4, True)])
@pytest.mark.parametrize("encoding", ["xml", "binary"])
def test_a_column_that_the_version_does_not_know_is_left_out(tmp_path, encoding, version, there):
    write_table(tmp_path, UID, "ExecBlock", [make_rows("ExecBlock")], encoding=encoding, schema_version=version)
    assert (b"arrayName" in (tmp_path / "ExecBlock.xml").read_bytes()) == there


def changed(table, **columns):
    return Rows(table, "", 1, {**make_rows(table).columns, **columns})


@pytest.mark.parametrize(("rows", "part"), [
    (changed("Scan", flux=np.zeros(3)), "Scan.flux is not a column"),
    (changed("Scan", scanNumber=np.zeros((3, 2))), "shape"),
    (changed("Scan", scanNumber=np.zeros(2)), "shape"),
    (Rows("Scan", "", 1, {"scanNumber": np.arange(3)}), "no calDataType, "),
    (changed("CalData", numScan=np.ones(3)), "CalData for Scan"),
    (changed("Scan", sourceName=np.array(["a\0"] * 3, dtype=object)), "sourceName"),
    (changed("Scan", fieldName=np.array([['"']] * 3, dtype=object)), "fieldName"),
    (changed("Scan", execBlockId=np.array(["Exec Block"] * 3, dtype=object)), "execBlockId"),
])
def test_rows_that_do_not_fit_are_refused(tmp_path, rows, part):
    with pytest.raises(BadRequest, match=part):
        write_table(tmp_path, UID, "Scan", [rows], encoding="xml")


@pytest.mark.parametrize("options", [{"encoding": "json"}, {"encoding": "binary", "byte_order": "middle"}])
def test_an_unknown_form_is_refused(tmp_path, options):
    with pytest.raises(BadRequest, match="expected binary or xml"):
        write_table(tmp_path, UID, "Scan", [], **options)


def test_an_unknown_version_or_table_is_refused(tmp_path):
    with pytest.raises(BadRequest, match="version 2"):
        write_asdm(tmp_path, UID, {}, schema_version=2)
    with pytest.raises(BadRequest, match="Pointing"):
        write_asdm(tmp_path, UID, {"Pointing": []})
