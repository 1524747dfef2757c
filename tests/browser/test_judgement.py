"""Findings, proposal and decision, as an astronomer on duty meets them."""

import json
from pathlib import Path

import numpy as np
import pytest

from alma_qa0.core.bands import BANDS
from alma_qa0.views.decision import reasons_of
from alma_qa0.views.findings import SIGNS
from browser.cockpit import until
from browser.test_page import FAULTS, LARGE, SINGLE, TWO_BANDS

NASTY = '<img src="/nowhere" onerror="window.harmed = true">'


def line(cockpit, words):
    """The first line of the findings that has these words."""
    return cockpit.page.locator('[data-name="findings"] .slick-row').filter(has_text=words).first


def look_at(cockpit, words):
    """Choose a finding and wait for its spectra."""
    cockpit.look('window.before = model("spectra_table").data')
    line(cockpit, words).click()
    return cockpit.wait('model("spectra_table").data !== window.before').settled()


def decide(cockpit, status, *reasons, by="Ana", comment=""):
    """Fill in the form with mouse and keyboard, and press the button."""
    fill_in(cockpit, status, *reasons, by=by, comment=comment)
    return cockpit.click("decide")


def fill_in(cockpit, status, *reasons, by="Ana", comment=""):
    cockpit.click("decision_status", status)
    for reason in reasons:
        cockpit.click("decision_reasons", reason)
    for name, text in (("by", by), ("comment", comment)):
        cockpit.page.locator(f'[data-name="decision_{name}"] input').fill(text)
        cockpit.page.locator(f'[data-name="decision_{name}"] input').press("Tab")


def state_in_list(cockpit, uid):
    rows = cockpit.data("uid_list_rows")
    return rows.set_index("uid")["state"].get(uid)


@pytest.fixture
def judged(new_page):
    """Opens the page of an Execution Block with its findings."""
    def opened(uid, query=""):
        cockpit = new_page(f"uid={uid}{query}")
        return cockpit.wait('model("decision_history").text !== "" && model("findings_note").text !== ""')
    return opened


def test_choosing_a_finding_shows_exactly_its_spectra_and_draws_its_limit(judged, database):
    of_block = f"select * from mart.finding where uid = '{TWO_BANDS}' and rule_id = 'trec_specification'"
    found = database.run(f"{of_block} and polarisation is not null and limit_value is not null order by finding_id").iloc[0]
    (cause,) = database.run(f"{of_block} and finding_id = '{found['cause_id']}'")["sentence"]
    facet = f"spectra_{found['baseband_name'].lower()}"
    cockpit = judged(TWO_BANDS)
    look_at(cockpit, cause).click("findings_parts").wait('model("findings_rows").data.id.includes(argument)', found["finding_id"])
    look_at(cockpit, found["sentence"])
    scans = database.run(f"""
        select scan_number::text as scan from mart.scan_summary where uid = '{TWO_BANDS}' and antenna_name = '{found['antenna_name']}'
        and baseband_name = '{found['baseband_name']}' and receiver_band = {found['receiver_band']}""")["scan"]
    lines = cockpit.data(f"{facet}_lines")
    assert set(zip(lines["antenna"], lines["polarisation"], strict=True)) == {(found["antenna_name"], found["polarisation"])}
    assert sorted(lines["scan"]) == sorted(scans)
    assert len(cockpit.drawn_ids()) == len(scans) > 0
    limit = cockpit.data(f"{facet}_envelope")["limit"].to_numpy(dtype=float)
    np.testing.assert_allclose(limit[:-1], found["limit_value"] * BANDS[int(found["receiver_band"])].trec_specification_k)
    assert cockpit.look(f'model("{facet}").y_range.end') > limit[0]
    cockpit.click("spectra_clear").wait(f'model("{facet}_lines").data.id.length > {len(scans)}')
    assert np.isnan(cockpit.data(f"{facet}_envelope")["limit"].to_numpy(dtype=float)).all()


def test_findings_are_folded_with_shape_and_word_and_their_parts_unfold_and_fold(judged, database):
    cockpit = judged(FAULTS)
    found = database.run(f"select finding_id, sentence, severity, n_parts from mart.finding where uid = '{FAULTS}' and cause_id is null")
    folded = cockpit.data("findings_rows")
    assert sorted(folded["id"]) == sorted(found["finding_id"])
    cause = found[found["n_parts"] > 0].sort_values("n_parts").iloc[-1]
    shown = line(cockpit, cause["sentence"]).inner_text()
    assert {severity.value: sign for severity, sign in SIGNS.items()}[cause["severity"]] in shown
    assert cause["severity"] in shown
    look_at(cockpit, cause["sentence"]).click("findings_parts")
    n = int(len(found) + cause["n_parts"])
    cockpit.wait('model("findings_rows").data.id.length === argument', n)
    at = list(cockpit.data("findings_rows")["id"]).index(cause["finding_id"])
    parts = database.run(f"select finding_id from mart.finding where uid = '{FAULTS}' and cause_id = '{cause['finding_id']}'")["finding_id"]
    assert set(cockpit.data("findings_rows")["id"][at + 1:at + 1 + int(cause["n_parts"])]) == set(parts)
    cockpit.click("findings_parts").wait('model("findings_rows").data.id.length === argument', len(found))


def test_a_decision_is_made_kept_and_seen_when_the_page_is_opened_again(judged, database):
    cockpit = judged(SINGLE)
    n_before = len(database.run(f"select uid from mart.decision where uid = '{SINGLE}'"))
    cockpit.click("verdict_tabs", "decision")
    decide(cockpit, "SemiPass", comment="clouds").wait('model("message").text.includes("SemiPass with no reason; expected one or more of")')
    assert len(database.run(f"select uid from mart.decision where uid = '{SINGLE}'")) == n_before
    decide(cockpit, "SemiPass", "QA0_WEATHER", comment=f"clouds {NASTY}").wait('model("decision_history").text.includes("QA0_WEATHER")')
    made = database.run(f"select * from mart.decision where uid = '{SINGLE}' order by decided_at").iloc[-1]
    assert (made["status"], list(made["reasons"]), made["comment"], made["decided_by"]) == (
        "SemiPass", ["QA0_WEATHER"], f"clouds {NASTY}", "Ana")
    seen = database.run(f"select finding_id from mart.finding where uid = '{SINGLE}'")["finding_id"]
    assert {each["finding_id"] for each in json.loads(made["findings"])} == set(seen)
    assert "trec_level.high" in json.loads(made["limits"])
    assert until(lambda: state_in_list(cockpit, SINGLE) == "SemiPass", cockpit.page)
    again = judged(SINGLE)
    assert state_in_list(again, SINGLE) == "SemiPass"
    again.click("verdict_tabs", "decision")
    said = again.page.locator('[data-name="decision_history"] .bk-clearfix').first.inner_text()
    assert f"Ana: SemiPass (QA0_WEATHER): clouds {NASTY}" in said
    assert again.look("window.harmed") is None


def test_two_that_decide_at_once_both_see_it_without_doing_anything(judged):
    one, other = judged(TWO_BANDS), judged(TWO_BANDS)
    for cockpit in (one, other):
        cockpit.click("verdict_tabs", "decision")
    fill_in(one, "Pass")
    fill_in(other, "Fail", "QA0_CORR", by="Ben")
    one.click("decide").wait('model("decision_history").text.includes("Ana: Pass")')
    other.click("decide").wait('model("decision_history").text.includes("Ben: Fail (QA0_CORR)")')  # before its page looks again
    said = other.look('model("decision_history").text')
    assert "Ben: Fail (QA0_CORR) - decided without having seen another decision<br>" in said
    assert "Ana: Pass" in said
    one.wait('model("decision_history").text === argument', said)  # which nobody asked for
    assert "Ben: Fail (QA0_CORR)" in one.page.locator('[data-name="decision_news"] [role="status"]').inner_text()


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (390, 844)])
def test_every_reason_can_be_seen_and_pressed_whatever_the_screen(new_page, size):
    cockpit = new_page(f"uid={SINGLE}", viewport={"width": size[0], "height": size[1]})
    cockpit.wait('model("decision_history").text !== ""')
    for status in ("SemiPass", "Pending"):
        cockpit.click("decision_status", status)
        reasons = list(reasons_of(status))
        cockpit.wait('model("decision_reasons").labels.length === argument', len(reasons))
        for reason in reasons:
            cockpit.click("decision_reasons", reason)  # which Playwright refuses where something else lies over it
        cockpit.wait('model("decision_reasons").active.length === argument', len(reasons))
        room = cockpit.page.locator('[data-name="decision"]').bounding_box()
        for button in cockpit.page.locator('[data-name="decision_reasons"] button').all():
            place = button.bounding_box()
            assert room["x"] <= place["x"]
            assert place["x"] + place["width"] <= room["x"] + room["width"] + 1


def test_the_browser_remembers_who_decides(judged, new_page):
    cockpit = judged(SINGLE)
    cockpit.page.locator('[data-name="decision_by"] input').fill("Ana López")
    cockpit.page.locator('[data-name="decision_by"] input').press("Tab")
    cockpit.wait('model("decision_by").value === "Ana López"')
    cockpit.open(f"uid={SINGLE}")
    cockpit.wait('model("decision_by").value === "Ana López"')


def test_what_is_said_of_a_block_is_saved_as_json(judged):
    cockpit = judged(FAULTS)
    with cockpit.page.expect_download() as download:
        cockpit.click("decision_json")
    made = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert download.value.suggested_filename == f"{FAULTS.replace('://', '___').replace('/', '_')}_qa0.json"
    assert (made["eb_uid"], made["aborted"]) == (FAULTS, False)
    assert made["time_on_source_s"] > 0


def test_the_list_is_filtered_by_what_was_found_and_a_link_keeps_it(judged, database):
    cockpit = judged(LARGE)
    cockpit.page.locator('[data-name="uid_filter"] select').select_option("with severe ones")
    severe = set(database.run("select uid from mart.evaluation where n_severe > 0")["uid"])
    assert 0 < len(severe) < 5
    cockpit.wait('model("uid_list_rows").data.uid.length === argument', len(severe))
    assert set(cockpit.data("uid_list_rows")["uid"]) == severe
    cockpit.wait('location.search.includes("qa0=with+severe+ones")')
    again = judged(LARGE, "&qa0=with+severe+ones")
    assert set(again.data("uid_list_rows")["uid"]) == severe
    assert again.page.locator('[data-name="uid_filter"] select').input_value() == "with severe ones"


def test_html_in_a_finding_is_text(judged, database):
    harm = f"update mart.finding set sentence = {{}} where uid = '{LARGE}'"
    before = database.run(f"select finding_id, sentence from mart.finding where uid = '{LARGE}'")
    assert len(before)
    database.execute([harm.format(f"'{NASTY} ' || sentence")])
    cockpit = judged(LARGE)
    assert until(lambda: NASTY in line(cockpit, "nowhere").inner_text(), cockpit.page)
    assert cockpit.look("window.harmed") is None
    assert cockpit.page.locator("img[src='/nowhere']").count() == 0
    database.execute([harm.format(f"substr(sentence, {len(NASTY) + 2})")])
