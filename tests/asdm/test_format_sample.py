"""The format sample that an independent writer (pyasdm) made and an independent reader decoded."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from alma_qa0.asdm.folder import open_asdm
from alma_qa0.asdm.reader import read_table
from alma_qa0.asdm.writer import write_asdm
from asdm.samples import make_tables

SAMPLE = Path(__file__).parent.parent / "data" / "asdm-format-sample"
UID = "uid://X0/X0/X0"


@pytest.mark.parametrize("encoding", ["xml", "bin"])
def test_the_format_sample_comes_out_right(tmp_path, encoding):
    write_asdm(tmp_path, UID, make_tables())
    (tmp_path / "CalAtmosphere.bin").unlink()
    for path in (SAMPLE / encoding).iterdir():
        shutil.copy(path, tmp_path)
    container = tmp_path / "ASDM.xml"
    container.write_text(container.read_text().replace(
        "<Name>CalAtmosphere</Name><NumberRows>3<", "<Name>CalAtmosphere</Name><NumberRows>1<"))
    with open_asdm(tmp_path) as asdm:
        (rows,) = read_table(asdm, "CalAtmosphere")
    assert (len(rows), rows.first, len(rows.columns)) == (1, 1, 30)
    found = {name: values[0] for name, values in rows.columns.items()}
    assert {name: found[name] for name in ("antennaName", "receiverBand", "basebandName", "calDataId", "calReductionId", "syscalType")} == {
        "antennaName": "DV03", "receiverBand": "ALMA_RB_06", "basebandName": "BB_1", "calDataId": "CalData_13",
        "calReductionId": "CalReduction_0", "syscalType": "TEMPERATURE_SCALE"}
    assert [found[name] for name in ("numFreq", "numLoad", "numReceptor")] == [4, 2, 2]
    assert [found["startValidTime"], found["endValidTime"]] == [5160000000000000000, 5160000010000000000]
    assert found["polarizationTypes"].tolist() == ["X", "Y"]
    assert found["frequencySpectrum"].tolist() == [230e9, 230.015625e9, 230.03125e9, 230.046875e9]
    assert found["tRecSpectrum"].tolist() == [[45, 46, 47, 48]] * 2
    assert found["tSysSpectrum"].tolist() == [[90, 91, 92, 93]] * 2
    assert found["tAtmSpectrum"].tolist() == [[250, 251, 252, 253]] * 2
    assert found["powerLoadSpectrum"].shape == (2, 2, 4)
    assert found["groundRelHumidity"] == 27.85
    assert found["water"].tolist() == [0.00067] * 2
    np.testing.assert_array_equal(found["tauSpectrum"].astype("f4"), np.full((2, 4), 0.05, dtype="f4"))
