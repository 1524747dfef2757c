"""A simulated Execution Block against published numbers, against itself, and against the readers of others."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lxml import etree

from alma_qa0.asdm.folder import open_asdm
from alma_qa0.asdm.reader import read_table
from alma_qa0.core.blocks import SIMULATED_OBSERVER, Polarisation, array_family
from alma_qa0.core.rows import Rows
from alma_qa0.core.spectra import edge_mask, segment_starts
from alma_qa0.errors import BadRequest
from alma_qa0.simulate.execution_block import simulate, simulate_execution_block, write_execution_block
from alma_qa0.simulate.fault_kinds import Fault, FaultKind
from alma_qa0.simulate.places import parse_faults, with_placed_faults
from alma_qa0.simulate.plan import Plan, plan_execution_block, with_antennas, with_faults
from alma_qa0.simulate.receivers import AMBIENT_LOAD_K, HOT_LOAD_K

pytestmark = pytest.mark.slow  # each simulates

SCHEMAS = Path(__file__).parents[1] / "data" / "asdm-xsd"


def plan(band: int = 6, *, antennas: int = 6, calibrations: int = 3, **changes: object) -> Plan:
    options = {key: changes.pop(key) for key in ("kind", "channels") if key in changes}
    drawn = plan_execution_block(1, 0, bands=[band], antennas=antennas, calibrations=calibrations, **options)  # type: ignore[arg-type]
    return replace(drawn, water_rise=0.0, **changes)  # type: ignore[arg-type]


def column(tables: dict[str, list[Rows]], table: str, name: str) -> np.ndarray:
    return np.concatenate([rows.columns[name] for rows in tables[table]])


def n_rows(tables: dict[str, list[Rows]], table: str) -> int:
    return sum(len(rows) for rows in tables[table])


# --- published numbers --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("water_mm", "tsys_k"), [(0.24, 65.4), (0.63, 73.95), (0.84, 81.4), (1.49, 99.8), (2.37, 123.6), (2.85, 137.0)])
def test_tsys_of_band_6_follows_the_water_like_the_real_qa0_reports(water_mm: float, tsys_k: float) -> None:
    tables = simulate_execution_block(plan(6, antennas=20, water_m=water_mm / 1e3))
    assert np.median(column(tables, "CalAtmosphere", "tSys")) == pytest.approx(tsys_k, rel=0.25)


@pytest.mark.parametrize(("band", "water_mm", "trec_k", "tsys_k"), [(3, 1.0, 33.4, 51.5), (7, 1.0, 75, 158), (9, 0.47, 110, 1160)])
def test_trx_and_tsys_of_other_bands_are_near_what_is_seen(band: int, water_mm: float, trec_k: float, tsys_k: float) -> None:
    tables = simulate_execution_block(plan(band, antennas=20, water_m=water_mm / 1e3))
    assert np.median(column(tables, "CalAtmosphere", "tRec")) == pytest.approx(trec_k, rel=0.15)
    assert np.median(column(tables, "CalAtmosphere", "tSys")) == pytest.approx(tsys_k, rel=0.25)


@pytest.mark.parametrize("band", range(1, 11))
def test_tsys_is_never_below_trx(band: int) -> None:
    tables = simulate_execution_block(plan(band))
    assert np.all(column(tables, "CalAtmosphere", "tSysSpectrum") > column(tables, "CalAtmosphere", "tRecSpectrum"))


def test_tau_and_water_rise_together() -> None:
    dry, wet = (simulate_execution_block(plan(7, water_m=water)) for water in (0.5e-3, 1.5e-3))
    assert np.all(column(wet, "CalAtmosphere", "tauSpectrum") > column(dry, "CalAtmosphere", "tauSpectrum"))
    assert np.median(column(wet, "CalAtmosphere", "water")) == pytest.approx(1.5e-3, rel=0.1)
    assert np.median(column(wet, "CalWVR", "water")) == pytest.approx(1.5e-3, rel=0.1)


# --- the model against itself -------------------------------------------------------------------------------------------------

def test_trx_comes_out_of_the_powers_on_the_loads() -> None:
    tables = simulate_execution_block(plan(6))
    loads = column(tables, "CalAtmosphere", "powerLoadSpectrum").astype(float)
    ambient, hot = loads[:, 0], loads[:, 1]
    trec = (HOT_LOAD_K * ambient - AMBIENT_LOAD_K * hot) / (hot - ambient)
    assert column(tables, "CalAtmosphere", "tRecSpectrum") == pytest.approx(trec, abs=1 / 64)


def test_edge_channels_spike_and_the_inner_ones_do_not() -> None:
    tables = simulate_execution_block(plan(6, antennas=30))
    spectra = column(tables, "CalAtmosphere", "tRecSpectrum")
    normal = spectra / np.median(spectra, axis=-1, keepdims=True)
    assert np.percentile(normal[..., 0], 95) > 2
    assert np.percentile(normal[..., 6:-6], 99.9) < 1.3


def test_2sb_basebands_lie_two_in_each_sideband_and_fall_in_the_lower() -> None:
    blocks = simulate_execution_block(plan(6))["CalAtmosphere"][:4]
    steps = [float(block.columns["frequencySpectrum"][0, 1] - block.columns["frequencySpectrum"][0, 0]) for block in blocks]
    assert steps == [-15.625e6, -15.625e6, 15.625e6, 15.625e6]
    middles = [float(block.columns["frequencySpectrum"][0].mean()) for block in blocks]
    assert max(middles[:2]) < min(middles[2:])


def test_dsb_receivers_say_so_in_their_sideband_gain() -> None:
    assert np.median(column(simulate_execution_block(plan(9)), "CalAtmosphere", "sbGain")) == pytest.approx(0.5, abs=0.02)
    assert np.all(column(simulate_execution_block(plan(6)), "CalAtmosphere", "sbGain") > 0.95)


@pytest.mark.parametrize(("changes", "shape"), [
    ({}, (2, 128)), ({"kind": "7-m"}, (2, 124)), ({"kind": "TP", "antennas": 4}, (2, 124)), ({"channels": 1920}, (2, 1920)),
    ({"channels": 256, "polarisations": 1}, (1, 256)), ({"channels": 1}, (2, 1)), ({"joined": True}, (2, 128)),
])
def test_spectra_have_the_channels_of_their_correlator(changes: dict[str, object], shape: tuple[int, int]) -> None:
    tables = simulate_execution_block(plan(6, **changes))  # type: ignore[arg-type]
    assert column(tables, "CalAtmosphere", "tSysSpectrum").shape[1:] == shape
    assert set(column(tables, "CalAtmosphere", "numFreq")) == {shape[1]}


def test_two_joined_windows_are_two_segments_with_edges_of_their_own() -> None:
    rows = simulate_execution_block(plan(6, joined=True))["CalAtmosphere"][0]
    frequency = rows.columns["frequencySpectrum"][0]
    assert list(segment_starts(frequency)) == [0, 64]
    assert edge_mask(frequency).sum() == 16


def test_two_bands_are_calibrated_in_turn() -> None:
    tables = simulate_execution_block(plan(3, calibrations=2, bands=(3, 7)))
    assert set(column(tables, "CalAtmosphere", "receiverBand")) == {"ALMA_RB_03", "ALMA_RB_07"}
    assert n_rows(tables, "CalAtmosphere") == 6 * 4 * 2 * 2


# --- numbers of rows, keys and times --------------------------------------------------------------------------------------------

def test_a_usual_execution_block_has_the_usual_number_of_rows() -> None:
    tables = simulate_execution_block(plan(6, antennas=43, calibrations=8))
    assert n_rows(tables, "CalAtmosphere") == 1376
    assert n_rows(tables, "CalWVR") == 43 * 8
    assert 30 <= n_rows(tables, "Scan") <= 80
    assert 80 <= n_rows(tables, "Subscan") <= 300
    start, end = int(column(tables, "ExecBlock", "startTime")[0]), int(column(tables, "ExecBlock", "endTime")[0])
    assert 45 * 60e9 < end - start < 80 * 60e9
    assert n_rows(tables, "Weather") == pytest.approx((end - start) / 60e9, abs=1)


def test_the_number_of_a_calibration_is_not_its_scan() -> None:
    tables = simulate_execution_block(plan(6, calibrations=8))
    scan_of = {
        name: int(scans[0]) for rows in tables["CalData"]
        for name, scans in zip(rows.columns["calDataId"], rows.columns["scanSet"], strict=True)}
    intent_of = {
        int(number): intents for rows in tables["Scan"]
        for number, intents in zip(rows.columns["scanNumber"], rows.columns["scanIntent"], strict=True)}
    used = set(column(tables, "CalAtmosphere", "calDataId"))
    assert len(used) == 8
    assert all("CALIBRATE_ATMOSPHERE" in intent_of[scan_of[name]] for name in used)
    assert len({scan_of[name] - int(name.removeprefix("CalData_")) for name in used}) > 4


def test_seven_metre_antennas_have_no_radiometers() -> None:
    tables = simulate_execution_block(plan(6, kind="7-m"))
    assert n_rows(tables, "CalWVR") == 0
    assert n_rows(tables, "CalAtmosphere") == 6 * 4 * 3


@pytest.mark.parametrize(("kind", "antennas"), [("12-m", 43), ("12-m", 52), ("7-m", 10), ("TP", 4)])
def test_an_array_stands_on_different_pads_and_says_that_it_is_simulated(kind: str, antennas: int) -> None:
    tables = simulate_execution_block(plan(6, kind=kind, antennas=antennas, calibrations=1))
    names = tuple(column(tables, "Antenna", "name"))
    assert len(set(names)) == antennas
    assert array_family(names) == kind
    assert set(column(tables, "ExecBlock", "observerName")) == {SIMULATED_OBSERVER}
    positions = column(tables, "Station", "position")
    assert len(np.unique(positions, axis=0)) == antennas + 1
    assert np.linalg.norm(positions, axis=1) == pytest.approx(6_379_000, abs=4_000)


# --- random numbers -------------------------------------------------------------------------------------------------------------

def test_the_first_of_many_execution_blocks_are_the_same_as_of_few(tmp_path: Path) -> None:
    few = simulate(tmp_path / "few", ebs=1, seed=7, bands=[3, 6], antennas=3, calibrations=1)
    many = simulate(tmp_path / "many", ebs=2, seed=7, bands=[3, 6], antennas=3, calibrations=1)
    assert len({folder.name for folder in many}) == 2
    assert {path.name: path.read_bytes() for path in few[0].iterdir()} == {path.name: path.read_bytes() for path in many[0].iterdir()}


def test_an_antenna_keeps_its_receivers_from_one_execution_block_to_the_next() -> None:
    first, second = (plan_execution_block(1, number, bands=[6], antennas=50, calibrations=1) for number in (0, 1))
    trec = [column(simulate_execution_block(drawn), "CalAtmosphere", "tRec")[:50] for drawn in (first, second)]
    assert first.antennas == second.antennas
    assert np.corrcoef(trec[0].ravel(), trec[1].ravel())[0, 1] > 0.9


def test_progress_is_told_after_each_execution_block(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    simulate(tmp_path, ebs=2, seed=1, bands=[3], antennas=2, calibrations=1, progress=lambda done, of, _: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]


# --- faults ---------------------------------------------------------------------------------------------------------------------

def faulty(fault: Fault) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray]:
    """CalAtmosphere without and with the fault, and where the rows of its antenna are."""
    clean = plan(6)
    antenna = clean.antennas[2]
    tables = [simulate_execution_block(drawn) for drawn in (clean, with_faults(clean, replace(fault, antenna=antenna)))]
    names = tables[0]["CalAtmosphere"][0].columns
    without, with_it = ({name: column(one, "CalAtmosphere", name) for name in names} for one in tables)
    return without, with_it, with_it["antennaName"] == antenna


def test_a_fault_changes_nothing_outside_its_place() -> None:
    clean, bad, here = faulty(Fault(FaultKind.HIGH, 2.5, baseband="BB_2", polarisation=Polarisation.X))
    here = here & (bad["basebandName"] == "BB_2")
    for name in ("tRecSpectrum", "tSysSpectrum", "powerLoadSpectrum"):
        assert np.array_equal(clean[name][~here], bad[name][~here])
        assert np.array_equal(clean[name][here][..., 1, :], bad[name][here][..., 1, :])
    ratio = bad["tRec"][here][:, 0] / clean["tRec"][here][:, 0]
    assert ratio == pytest.approx(2.5, rel=0.02)


def test_a_bad_load_makes_trx_negative() -> None:
    _, bad, here = faulty(Fault(FaultKind.BAD_LOAD, 30))
    assert np.all(bad["tRec"][here] < -10)
    assert np.all(bad["tRec"][~here] > 10)


@pytest.mark.parametrize("value", [-1.0, 0.0, float("nan")])
def test_a_dead_polarisation_holds_its_value_in_scalars_and_spectra(value: float) -> None:
    _, bad, here = faulty(Fault(FaultKind.DEAD, value, polarisation=Polarisation.Y, calibrations=(2,)))
    assert np.array_equal(np.unique(bad["tSysSpectrum"][here][4:8, 1]), [value], equal_nan=True)
    assert np.array_equal(np.unique(bad["tRec"][here][4:8, 1]), [value], equal_nan=True)
    assert np.all(bad["tSys"][here][:4] > 0)
    assert np.all(bad["tSys"][here][:, 0] > 0)


def test_bad_water_is_written_and_a_missing_scan_is_not() -> None:
    _, bad, here = faulty(Fault(FaultKind.BAD_WATER, 1.0))
    assert np.all(bad["water"][here] == 1.0)
    assert np.all(bad["water"][~here] < 0.02)
    clean, missing, here = faulty(Fault(FaultKind.MISSING_SCAN, calibrations=(2,)))
    assert len(missing["tRec"]) == len(clean["tRec"]) - 4
    assert here.sum() == 8


def test_what_cannot_be_simulated_is_refused() -> None:
    for wrong in ({"bands": [11]}, {"bands": []}, {"antennas": 0}, {"antennas": 60}, {"kind": "30-m"}, {"channels": 0},
                  {"first_night": "1899-12-31"}, {"first_night": "2100-01-01"}):
        with pytest.raises(BadRequest, match="expected"):
            plan_execution_block(1, 0, **{"bands": [6], "antennas": 4, **wrong})  # type: ignore[arg-type]
    with pytest.raises(BadRequest, match="antenna of the array"):
        with_faults(plan(6), Fault(FaultKind.HIGH, 2, antenna="XX01"))


# --- the readers of others ------------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMAS / "sdm_all.xsd"))


@pytest.mark.parametrize("changes", [{"bands": (3, 7)}, {"kind": "7-m"}, {"polarisations": 1}])
def test_files_are_valid_by_the_official_schemas(tmp_path: Path, schema: etree.XMLSchema, changes: dict[str, object]) -> None:
    folder = write_execution_block(tmp_path, plan(3, antennas=2, calibrations=2, **changes), encoding="xml")  # type: ignore[arg-type]
    for path in folder.glob("*.xml"):
        document = etree.parse(path)
        for attribute in ("schemaVersion", "schemaRevision"):  # the observatory's files have them, its schemas do not know them
            document.getroot().attrib.pop(attribute, None)
        assert schema.validate(document), f"{path.name}: {schema.error_log.last_error}"


@pytest.mark.parametrize("encoding", ["xml", "binary"])
def test_pyasdm_reads_what_was_simulated(tmp_path: Path, encoding: str) -> None:
    pyasdm = pytest.importorskip("pyasdm")
    drawn = plan(6, antennas=3, calibrations=2)
    tables = simulate_execution_block(drawn)
    data_set = pyasdm.ASDM()
    data_set.setFromFile(str(write_execution_block(tmp_path, drawn, encoding=encoding)))
    for name in tables:
        assert len(getattr(data_set, f"get{name}")().get()) == n_rows(tables, name), name
    read = data_set.getCalAtmosphere().get()
    tsys = np.array([[[float(value.get()) for value in receptor] for receptor in row.getTSysSpectrum()] for row in read])
    assert np.array_equal(tsys, column(tables, "CalAtmosphere", "tSysSpectrum"))


@pytest.mark.parametrize("encoding", ["xml", "binary"])
def test_our_reader_reads_faults_of_every_kind(tmp_path: Path, encoding: str) -> None:
    faults = parse_faults(" ".join(kind.value for kind in FaultKind) + " dead:nan missing_scan@DV01")
    drawn = with_placed_faults(with_antennas(plan(6, antennas=4), ["DV01"]), *faults)
    tables = simulate_execution_block(drawn)
    with open_asdm(write_execution_block(tmp_path, drawn, encoding=encoding)) as asdm:
        read = np.concatenate([rows.columns["tSysSpectrum"] for rows in read_table(asdm, "CalAtmosphere")])
    assert np.array_equal(read, column(tables, "CalAtmosphere", "tSysSpectrum"), equal_nan=True)


def test_an_execution_block_without_any_calibration_can_be_read(tmp_path: Path) -> None:
    folder = write_execution_block(tmp_path, with_faults(plan(6, antennas=2), Fault(FaultKind.MISSING_SCAN)))
    with open_asdm(folder) as asdm:
        assert list(read_table(asdm, "CalAtmosphere")) == []
        assert sum(map(len, read_table(asdm, "Antenna"))) == 2
