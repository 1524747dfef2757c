"""The samples, from their archives to what is said of them."""

from pathlib import Path

import pytest

from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.pages.decision_export import records
from alma_qa0.store import plans
from alma_qa0.store.queries import Marts
from alma_qa0.store.tables import Tables, create_decisions
from alma_qa0.views import header
from alma_qa0.views.findings import spectra_of
from alma_qa0.views.proposal import findings_of
from alma_qa0.views.selection import with_scan_keys

pytestmark = pytest.mark.slow  # each takes whole samples in

TABLES = Tables.in_schemas()
SAMPLES = Path(__file__).parents[2] / "samples"


def sample(database, name):
    """The marts with one sample, judged, and its uid."""
    assert not ingest(database, TABLES, [SAMPLES / f"uid___A002_X12007e9_{name}.tar.gz"]).failed
    plans.refresh(database, TABLES)
    judge(database, TABLES)
    create_decisions(database, TABLES)
    return Marts(database, TABLES), f"uid://A002/X12007e9/{name}"


def lines(marts, uid):
    """The findings that stand for themselves."""
    return [finding for finding in findings_of(marts.read_findings(uid)) if finding.cause_id is None]


def test_an_antenna_that_lacks_a_polarisation_is_usable_and_named(database_18):
    marts, uid = sample(database_18, "X743")
    evaluation = marts.read_evaluation(uid).iloc[0]
    assert tuple(evaluation[["n_antennas", "n_usable_antennas", "n_baselines", "n_usable_baselines_x", "n_usable_baselines_y"]]) == (
        41, 41, 820, 820, 780)
    assert (evaluation["unusable_antennas_x"], evaluation["unusable_antennas_y"]) == ([], ["DA52"])
    (record,) = records(marts, [uid], program_version="1")
    assert record["proposal"].startswith("Pass: 41 of 41 antennas can be used (nominal 43); DA52 without Y. Nothing severe")
    assert (record["n_usable_baselines_y"], record["unusable_antennas_y"]) == (780, ["DA52"])
    dead = next(finding for finding in lines(marts, uid) if finding.antenna_name == "DA52")
    assert "8 scans, first DA52 BB_1 Y: Trx and Tsys in scan 2 have no valid value" in dead.sentence


def test_an_antenna_that_is_bad_in_two_of_five_scans_is_usable(database_18):
    marts, uid = sample(database_18, "X1fb2")
    evaluation = marts.read_evaluation(uid).iloc[0]
    assert tuple(evaluation[["n_antennas", "n_usable_antennas", "n_usable_baselines_x", "n_usable_baselines_y"]]) == (4, 4, 6, 6)
    (record,) = records(marts, [uid], program_version="1")
    assert record["proposal"].startswith("Pass: 4 of 4 antennas can be used. ")
    assert any(finding.antenna_name == "PM01" and finding.severity.value == "severe" for finding in lines(marts, uid))


def test_scans_without_trx_and_with_a_low_tsys_are_found_and_cost_the_antenna(database_18):
    marts, uid = sample(database_18, "Xf68")
    rows = marts.read_findings(uid)
    low = rows[rows["rule_id"] == "tsys_without_trec"]
    assert (set(low["antenna_name"]), set(low["scan_number"]), len(low)) == ({"CM06"}, {4, 7}, 16)
    assert low["metric"].between(0.67, 0.72).all()
    invalid = rows[(rows["rule_id"] == "invalid_value") & rows["cause_id"].notna()]
    assert invalid["sentence"].str.contains(": Trx in scan [47] has no valid value").all()
    (record,) = records(marts, [uid], program_version="1")
    assert record["proposal"].startswith("Pass: 8 of 9 antennas can be used (nominal 10), not CM06. ")


def test_a_note_about_some_antennas_names_them_and_has_their_spectra(database_18):
    marts, uid = sample(database_18, "X9fa")
    note = next(finding for finding in lines(marts, uid) if finding.rule_id == "trec_specification")
    assert len(note.antenna_names) == 4
    assert note.sentence.startswith(f"4 of 14 antennas ({', '.join(note.antenna_names)}): 13 findings in 4 basebands, worst ")
    summary = with_scan_keys(marts.read_scan_summary(uid))
    assert {summary["antenna_name"].iloc[number // 2] for number in spectra_of(note, summary)} == set(note.antenna_names)


def test_a_water_vapour_just_above_that_of_the_octile_is_told_from_it(database_18):
    marts, uid = sample(database_18, "X48c")
    assert [finding.sentence for finding in lines(marts, uid)] == [
        "PWV 1.30 mm is 1.03 times the 1.26 mm up to which band 6 is planned (octile 4); limit 1"]


def test_each_of_two_receiver_bands_has_its_own_figures_in_the_header(database_18):
    marts, uid = sample(database_18, "X178d")
    facts = dict(header.show(marts.read_execution_block(uid).iloc[0], with_scan_keys(marts.read_scan_summary(uid))).facts)
    medians = {band: {name: database_18.run(
        f"select round(percentile_cont(0.5) within group (order by value)::numeric) as median from mart.scan_summary, lateral"
        f" (values ({name}_x), ({name}_y)) as each (value) where uid = '{uid}' and receiver_band = {band}")["median"][0]
        for name in ("trec", "tsys")} for band in (3, 7)}
    assert facts["Trx"] == f"B3 {medians[3]['trec']:.0f} K, B7 {medians[7]['trec']:.0f} K"
    assert facts["Tsys"] == f"B3 {medians[3]['tsys']:.0f} K, B7 {medians[7]['tsys']:.0f} K"
    assert facts["Tsys scans"] == "B3 2, B7 2"


@pytest.mark.parametrize("name", ["X1d5", "X121f", "X1cfb"])
def test_the_counts_of_the_evaluation_the_sentence_and_the_unusable_agree(database_18, name):
    marts, uid = sample(database_18, name)
    evaluation = marts.read_evaluation(uid).iloc[0]
    (record,) = records(marts, [uid], program_version="1")
    n, usable = evaluation["n_antennas"], evaluation["n_usable_antennas"]
    assert record["proposal"].startswith(f"Pass: {usable} of {n} antennas can be used")
    single = evaluation["unusable_antennas_y"] is None
    assert single is (name == "X1cfb")
    assert evaluation["n_usable_baselines_x"] == usable * (usable - 1) // 2
