from datetime import date
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from bokeh.document import Document
from bokeh.models import Plot

from alma_qa0.errors import DatabaseUnavailable
from alma_qa0.pages import cockpit, link
from alma_qa0.ui.browser import Attention
from alma_qa0.ui.shown import Screen
from pages.instant import UID, InstantMarts, Page, look_again, pass_time, settle
from views.samples import blocks, invalid_rows, no_rows, summary_rows

pytestmark = pytest.mark.slow  # each makes the page

NASTY = '<img src=x onerror="alert(1)">'
OTHER = "uid://A002/X12a3/Xc"


@pytest.fixture
def marts():
    return InstantMarts(listed=blocks({}, {"uid": OTHER}))


@pytest.fixture
def page(marts, pool):
    return Page(marts)


def test_the_page_opens_with_the_first_of_the_list_which_is_the_newest(page):
    assert list(page["uid_list_rows"].data["uid"]) == [UID, OTHER]
    assert page["uid_list_rows"].selected.indices == [0]
    assert UID in page["header"].text
    assert len(page.points) == 2 * 12
    assert sorted(page.spectra) == list(range(24))
    assert page.message == ""
    assert page.query == f"uid={UID}&band=6"


def test_a_uid_that_ends_in_d_keeps_its_d(page):
    page.click("download_summary")
    ((name, text),) = page.saved
    assert name == "uid___A002_X12a3_Xabcd_trec_summary.csv"
    assert f"{UID}," in text
    assert f">{UID}<" in page["header"].text


def test_the_last_day_is_included(page, marts):
    page.set("date_range", value=("2025-07-09", "2025-07-11"))
    assert marts.asked[-1] == ("list", date(2025, 7, 9), date(2025, 7, 11), "")
    assert "from=2025-07-09&to=2025-07-11" in page.query


def test_days_without_execution_blocks_are_a_sentence_and_no_error(page, marts):
    marts.listed = marts.listed.iloc[:0]
    page.set("date_range", value=("2025-07-09", "2025-07-11"))
    assert "No Execution Block in these days matches the search." in page.message
    assert UID in page["header"].text  # what was looked at stays


def test_a_search_leaves_what_is_looked_at(page):
    page.set("search", value_input="X12a3/Xc")
    assert list(page["uid_list_rows"].data["uid"]) == [OTHER]
    assert UID in page["header"].text
    page.set("search", value_input="nothing")
    assert "matches the search" in page.message
    page.set("search", value_input="")
    assert page.message == ""


def test_an_empty_database_says_what_to_do(pool):
    page = Page(InstantMarts(listed=blocks({}).iloc[:0], bounds=None))
    assert "holds no Execution Block yet: ingest some" in page.message


def test_the_first_execution_block_that_arrives_opens_by_itself(pool):
    marts = InstantMarts(listed=blocks({}).iloc[:0], bounds=None)
    page = Page(marts)
    marts.listed, marts.bounds = blocks({}), (date(2025, 7, 12), date(2025, 7, 12))
    look_again(page.document)
    assert list(page["uid_list_rows"].data["uid"]) == [UID]
    assert UID in page["header"].text
    assert page.message == ""


def test_another_that_arrives_is_in_the_list_and_what_is_looked_at_stays(page, marts):
    page["uid_list_rows"].selected.indices = [1]
    settle(page.document)
    marts.listed = blocks({"uid": "uid://A002/X12a3/Xd"}, {}, {"uid": OTHER})
    look_again(page.document)
    assert list(page["uid_list_rows"].data["uid"]) == ["uid://A002/X12a3/Xd", UID, OTHER]
    assert page["uid_list_rows"].selected.indices == [2]
    assert OTHER in page["header"].text


def test_what_is_in_quarantine_is_told_below_the_list_as_soon_as_it_is(page, marts):
    assert "quarantine" not in page["uid_list_note"].text
    marts.quarantined = [{"uid": OTHER, "step": "judge", "path": None, "version": "1", "sentence": f"OverflowError {NASTY}",
                          "failed_at": pd.Timestamp("2025-07-12T08:00Z")}]
    look_again(page.document)
    said = page["uid_list_note"].text
    assert "1 Execution Block is in quarantine" in said
    assert f"{OTHER} cannot be judged: OverflowError" in said
    assert "<img" not in said


def test_one_that_a_link_asked_for_too_early_opens_when_it_arrives(pool):
    marts = InstantMarts(listed=blocks({}))
    page = Page(marts, f"uid={OTHER}")
    assert "is not in the database" in page.message
    look_again(page.document)
    assert "is not in the database" in page.message
    marts.listed = blocks({}, {"uid": OTHER})
    look_again(page.document)
    assert OTHER in page["header"].text
    assert page.message == ""


def test_out_of_sight_nothing_is_asked_and_back_in_sight_at_once(page, marts):
    attention = page.document.select_one({"type": Attention})
    attention.here = False
    settle(page.document)
    marts.asked.clear()
    look_again(page.document)
    assert marts.asked == []
    attention.here = True
    settle(page.document)
    assert ("look", UID) in marts.asked


def test_a_look_that_takes_long_is_not_repeated_meanwhile(page, marts, pool):
    pool.held = True
    marts.asked.clear()
    look_again(page.document)
    look_again(page.document)
    pool.release()
    assert [what for what, *_ in marts.asked].count("look") == 1


def test_another_execution_block_is_shown_whole(page):
    page.set("antennas_da", active=[])
    page.select(0)
    page["uid_list_rows"].selected.indices = [1]
    settle(page.document)
    assert OTHER in page["header"].text
    assert len(page.points) == len(page.spectra) == 24
    assert page.query == f"uid={OTHER}&band=6"


def test_a_lasso_takes_its_points_and_no_others(page, marts):
    marts.summary["trec_x"] = marts.summary["trec_y"] = 50.0  # the same value everywhere: nothing but the row tells points apart
    page = Page(marts)
    taken = [1, 14]
    expected = sorted(2 * int(page.points["row"][index]) + (page.points["polarisation"][index] == "Y") for index in taken)
    page.select(*taken)
    assert sorted(page.spectra) == expected
    assert sum(page["statistics_rows"].data["n"]) == 2
    assert "selected" in page["statistics_note"].text


def test_a_link_restores_the_selection(page, marts):
    page.select(1, 14)
    page.set("summary_axes", active=1)
    page.set("summary_quantity", active=1)
    page.set("spectra_quantity", active=1)
    page.set("antennas_pm", active=[])
    again = Page(marts, page.query)
    assert again.query == page.query
    assert sorted(again.spectra) == sorted(page.spectra)
    pd.testing.assert_frame_equal(again.points, page.points)
    assert again["summary_points"].selected.indices == page["summary_points"].selected.indices != []
    assert again["antennas_pm"].active == []


def test_a_link_selects_the_same_spectra_after_the_execution_block_was_taken_in_again_with_other_antennas(page, pool):
    page.select(*page.points.index[page.points["antenna"].isin(["DV02", "PM01"]) & (page.points["scan"] == "7")])
    assert what_is_drawn(page) == {(antenna, "7", polarisation) for antenna in ("DV02", "PM01") for polarisation in "XY"}
    again = Page(InstantMarts(summary=summary_rows(antennas=("CM01", "DA41", "DV01", "DV02", "PM01"))), page.query)
    assert again.spectra != page.spectra
    assert what_is_drawn(again) == what_is_drawn(page)
    assert again.query == page.query
    assert again.message == ""


def test_what_the_execution_block_has_no_longer_is_told_and_the_rest_is_selected(page, pool):
    page.select(*page.points.index[page.points["antenna"].isin(["DA41", "DV02"])])
    again = Page(InstantMarts(summary=summary_rows(antennas=("DA41", "PM01"), scans=(3,))), page.query)
    assert what_is_drawn(again) == {("DA41", "3", polarisation) for polarisation in "XY"}
    assert (f"12 of the 16 spectra selected are left out: {UID} does not have them; it has no antenna DV02, no calibration CalData_16."
            in again.message)
    assert "4 selected of" in again["spectra_note"].text


def test_a_selection_of_which_nothing_is_left_is_told_and_all_is_shown(page, pool):
    page.select(list(page.points["antenna"]).index("DA41"))
    again = Page(InstantMarts(summary=summary_rows(antennas=("DV02", "PM01"))), page.query)
    assert "1 of the 1 spectra selected are left out" in again.message
    assert "selected=" not in again.query
    assert len(again.spectra) == 16


def test_what_is_selected_stays_selected_when_the_open_execution_block_is_taken_in_again(page, marts):
    page.select(*page.points.index[page.points["antenna"] == "DV02"])
    before = what_is_drawn(page)
    marts.summary = summary_rows(antennas=("CM01", "DA41", "DV02"))
    marts.version = 2
    look_again(page.document)
    assert "CM01" in set(page.points["antenna"])
    assert what_is_drawn(page) == before


def test_a_link_of_0_1_0_is_understood_and_the_reader_is_warned(marts, pool):
    page = Page(marts, f"uid={UID}&band=6&selected={link.pack_numbers(frozenset({1, 14}))}")
    assert sorted(page.spectra) == [1, 14]
    assert "The link is of alma-qa0 0.1.0, which named spectra by numbers" in page.message
    again = Page(marts, page.query)
    assert sorted(again.spectra) == [1, 14]
    assert again.message == ""


@pytest.mark.parametrize(("bands", "number"), [((6,), 24), ((3, 6), 0)], ids=["no such row", "a row of another receiver band"])
def test_a_link_of_0_1_0_that_is_of_another_version_selects_nothing_and_says_so(pool, bands, number):
    marts = InstantMarts(summary=summary_rows(receiver_bands=bands))
    page = Page(marts, f"uid={UID}&band=6&selected={link.pack_numbers(frozenset({number}))}")
    assert "named spectra by numbers, and those of the link are of another version" in page.message
    assert "selected=" not in page.query
    assert len(page.spectra) == 24


def what_is_drawn(page):
    """Antenna, scan and polarisation of the spectra sent to the browser."""
    table, (names,) = page["spectra_table"].data, page["spectra_table"].tags
    return {(names["antennas"][antenna], names["scans"][scan], "XY"[polarisation])
            for antenna, scan, polarisation in zip(table["antenna"], table["scan"], table["polarisation"], strict=True)}


def test_a_selection_can_be_taken_back(page):
    page.select(0)
    assert len(page.spectra) == 1
    assert page["spectra_clear"].visible
    page.click("spectra_clear")
    assert len(page.spectra) == 24
    assert page["summary_points"].selected.indices == []
    assert "selected=" not in page.query


def test_a_selection_that_is_not_among_those_shown_can_be_taken_back(page):
    page.select(list(page.points["antenna"]).index("PM01"))
    page.set("antennas_pm", active=[])
    assert page.spectra == []
    page.click("spectra_clear")
    assert len(page.spectra) == 16


def test_nothing_chosen_is_a_plain_sentence(page):
    page.click("antennas_none")
    assert "Nothing is chosen: choose antennas, basebands, scans and polarisations" in page.message
    assert len(page.points) == len(page.spectra) == 0
    page.click("antennas_all")
    assert page.message == ""
    assert len(page.points) == 24


def test_nothing_shown_is_not_saved_in_silence(page):
    page.click("antennas_none")
    for button in ("download_summary", "download_spectra"):
        page.click(button)
        assert "There is nothing to save" in page.message
    assert page.saved == []


def test_saving_before_an_execution_block_is_there_is_a_sentence(pool):
    page = Page(InstantMarts(listed=blocks({}).iloc[:0], bounds=None))
    page.click("download_spectra")
    assert "There is nothing to save" in page.message


def test_the_csv_is_of_what_is_selected(page, marts):
    page.select(0, 13)
    for button in ("download_summary", "download_spectra"):
        page.click(button)
    (summary_name, summary), (spectra_name, spectra) = ((name, pd.read_csv(StringIO(text))) for name, text in page.saved)
    assert (summary_name, spectra_name) == ("uid___A002_X12a3_Xabcd_trec_summary.csv", "uid___A002_X12a3_Xabcd_trec_spectra.csv")
    taken = page.points.iloc[[0, 13]]
    assert set(
        zip(summary["antenna_name"], summary["baseband_name"], summary["polarisation"], summary["trec_k"].round(9), strict=True)
    ) == set(zip(taken["antenna"], taken["baseband"], taken["polarisation"], taken["y"].round(9), strict=True))
    assert len(spectra) == 2 * 16


def test_invalid_values_are_a_list_and_never_points(pool):
    summary = summary_rows()
    summary.loc[0, "trec_x"] = np.nan
    page = Page(InstantMarts(summary=summary, invalid=invalid_rows({})))
    assert list(page["invalid_values_rows"].data["antenna"]) == ["DA41"]
    assert len(page.points) == 23
    assert (page.points["y"] > 0).all()


def test_all_values_invalid_is_a_plain_sentence(pool):
    summary = summary_rows()
    summary[["trec_x", "trec_y"]] = np.nan
    page = Page(InstantMarts(summary=summary))
    assert "All values of this choice are invalid" in page.message


def test_an_execution_block_without_calibrations_is_a_plain_sentence(pool):
    page = Page(InstantMarts(listed=blocks({"receiver_bands": []}), summary=no_rows().drop(columns="scan")))
    assert f"{UID} has no atmosphere calibration" in page.message


def test_scans_that_the_source_does_not_know_are_drawn_all_the_same(pool):
    page = Page(InstantMarts(summary=summary_rows(scans=(None, None))))
    assert set(page.points["scan"]) == {"CalData_06", "CalData_16"}
    page.set("scans", active=[1])
    assert set(page.points["scan"]) == {"CalData_16"}
    assert "scans=CalData_16" in page.query


def test_a_receiver_band_shows_its_own_and_drops_the_selection(pool):
    page = Page(InstantMarts(summary=summary_rows(receiver_bands=(3, 7))))
    page.select(0)
    page.set("receiver_band", active=1)
    assert "band=7" in page.query
    assert "selected=" not in page.query
    assert len(page.points) == len(page.spectra) == 24


def test_only_the_polarisation_chosen_is_drawn(page):
    page.set("polarisations", active=[1])
    assert set(page.points["polarisation"]) == {"Y"}
    assert {number % 2 for number in page.spectra} == {1}


def test_a_uid_that_is_not_there_is_a_sentence_and_the_page_goes_on(marts, pool):
    page = Page(marts, "uid=uid://A002/X9/X9")
    assert "uid://A002/X9/X9 is not in the database" in page.message
    page["uid_list_rows"].selected.indices = [0]
    settle(page.document)
    assert UID in page["header"].text
    assert page.message == ""


def test_what_a_link_says_wrongly_is_told_until_the_reader_goes_on(marts, pool):
    page = Page(marts, "uid=nonsense&plot=phase&band=66")
    assert UID in page["header"].text
    assert page.message.count("was left out") == 3
    page["uid_list_rows"].selected.indices = [1]
    settle(page.document)
    assert page.message == ""


def test_a_band_or_antenna_of_a_link_that_the_execution_block_lacks_is_not_an_error(marts, pool):
    page = Page(marts, f"uid={UID}&band=9&antennas=DA41,DV99&scans=99&selected=eJxjZAAAAAQAAg")
    assert "band=6" in page.query
    assert set(page.points["antenna"]) == {"DA41"}
    assert "no band 9, no antenna DV99, no scan 99" in page.message


def test_tau_has_no_x_against_y_and_the_link_says_what_is_drawn(marts, pool):
    page = Page(marts, f"uid={UID}&plot=tau&axes=xy")
    assert page["summary_quantity"].active == 0
    assert "plot=" not in page.query
    assert set(page.points["polarisation"]) == {"XY"}


def test_html_in_names_is_text_wherever_html_is_written(pool):
    page = Page(
        InstantMarts(listed=blocks({"array_name": NASTY, "source_names": [NASTY]}), summary=summary_rows().assign(source_name=NASTY))
    )
    for name in ("header", "message", "summary_note", "spectra_note", "uid_list_note", "statistics_note", "invalid_values_note"):
        assert "<img" not in page[name].text


def test_a_database_that_is_away_is_a_sentence_and_the_page_recovers_by_itself(marts, pool):
    marts.error = DatabaseUnavailable("the database: connection refused")
    page = Page(marts)
    assert "The database does not answer (the database: connection refused). Trying again every 3 s." in page.message
    assert pass_time(page.document) == 1
    marts.error = None
    pass_time(page.document)
    assert page.message == ""
    assert len(page.points) == 24


def test_spectra_of_the_last_execution_block_are_not_saved_as_those_of_the_next(page, pool):
    pool.held = True
    page["uid_list_rows"].selected.indices = [1]
    settle(page.document)
    for name in ("download_summary", "download_spectra"):
        page.click(name)
        assert "There is nothing to save" in page.message
    pool.release()
    settle(page.document)
    assert page.saved == []


def test_too_many_spectra_are_an_image_that_a_zoom_refines(pool, monkeypatch):
    monkeypatch.setattr(cockpit.spectra, "MAX_LINES", 10)
    page = Page(InstantMarts())
    assert page.spectra == []
    coarse = page["spectra_bb_1_image"].data
    assert np.isfinite(coarse["image"][0]).any()
    zoom = next(iter(page["spectra_bb_1"]._event_callbacks["rangesupdate"]))
    zoom(type("Event", (), {"x0": 230.05, "x1": 230.1, "y0": 40.0, "y1": 50.0}))
    settle(page.document)
    fine = page["spectra_bb_1_image"].data
    assert (fine["x"], fine["y"], fine["dh"]) == ([230.05], [40.0], [10.0])
    page.select(0)
    assert len(page.spectra) == 1
    assert len(page["spectra_bb_1_image"].data["image"]) == 0


def test_the_figures_are_drawn_on_a_canvas_unless_webgl_is_asked_for():
    for webgl, backend in ((False, "canvas"), (True, "webgl")):
        document = Document()
        cockpit.build(document, marts=InstantMarts(), arguments={}, webgl=webgl)
        assert {plot.output_backend for plot in document.select({"type": Plot})} == {backend}


def test_a_line_of_the_invalid_values_takes_its_spectrum_in_a_quantity_that_shows_it_and_brings_its_facet_into_sight(pool):
    rows = summary_rows()
    rows.loc[rows["antenna_name"] == "PM01", "tsys_y"] = np.nan
    page = Page(InstantMarts(summary=rows, invalid=invalid_rows(
        {"antenna_name": "PM01", "baseband_name": "BB_2", "polarisation": "Y", "quantity": "tsys"})))
    page["invalid_values_rows"].selected.indices = [0]
    settle(page.document)
    at = rows.index[(rows["antenna_name"] == "PM01") & (rows["baseband_name"] == "BB_2") & (rows["scan_number"] == 3)][0]
    assert page.spectra == [2 * at + 1]
    assert "plot=tsys" in page.query
    assert [page["summary_marks"].data["row"][index] for index in page["summary_marks"].selected.indices] == [at]
    assert page["summary_bb_2"].html_attributes["aria-label"] == "Summary plot of BB_2: PM01 Y: no valid value in scan 3"
    assert {name: page[name].tags for name in ("summary_bb_1", "summary_bb_2")} == {"summary_bb_1": [], "summary_bb_2": [1]}
    assert page["invalid_values_rows"].selected.indices == [0]
    page.click("spectra_clear")
    assert page["summary_bb_2"].html_attributes["aria-label"] == "Summary plot of BB_2"
    assert page["invalid_values_rows"].selected.indices == []


def test_a_lasso_after_a_line_of_the_invalid_values_takes_its_words_away(pool):
    rows = summary_rows()
    rows.loc[0, "trec_x"] = np.nan
    page = Page(InstantMarts(summary=rows, invalid=invalid_rows({})))
    page["invalid_values_rows"].selected.indices = [0]
    settle(page.document)
    assert ": DA41 X" in page["summary_bb_1"].html_attributes["aria-label"]
    page.select(3)
    assert page["summary_bb_1"].html_attributes["aria-label"] == "Summary plot of BB_1"
    assert page["summary_marks"].selected.indices == []


def test_what_a_link_asks_for_and_the_execution_block_does_not_have_is_told_until_another_is_opened(marts, pool):
    page = Page(marts, f"uid={UID}&antennas=DA41,ZZ99&band=3")
    assert "Left out:" in page.message
    assert "no band 3, no antenna ZZ99" in page.message
    page["uid_list_rows"].selected.indices = [1]
    settle(page.document)
    assert page.message == ""


def test_a_search_that_no_database_can_hold_is_left_out_of_a_link(marts, pool):
    page = Page(marts, "search=a\0b")
    assert "search was left out" in page.message
    assert UID in page["header"].text


def test_a_page_without_an_execution_block_to_open_says_that_it_is_ready(pool):
    page = Page(InstantMarts(listed=blocks({}).iloc[:0], bounds=None))
    shown = page.document.select_one({"type": Screen})
    assert (shown.uid, shown.nothing) == ("", True)


def test_a_warning_is_shown_as_long_as_there_is_one(marts, pool):
    warnings = ["the disk has 900 MB free"]
    page = Page(marts, warning=lambda: warnings[0])
    assert "Attention: the disk has 900 MB free." in page["message"].text
    warnings[0] = ""
    look_again(page.document)
    assert "Attention" not in page["message"].text
    warnings[0], marts.error = "<b>full", DatabaseUnavailable("away")
    look_again(page.document)
    assert "Attention: &lt;b&gt;full." in page["message"].text
