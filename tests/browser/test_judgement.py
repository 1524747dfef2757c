"""Findings, proposal and decision, as an astronomer on duty meets them."""

import json

import numpy as np
import pytest

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
    cockpit.click("decision_status", status)
    for reason in reasons:
        typed = cockpit.page.locator('[data-name="decision_reasons"] input.choices__input')
        typed.fill(reason)
        typed.press("Enter")
    for name, text in (("by", by), ("comment", comment)):
        cockpit.page.locator(f'[data-name="decision_{name}"] input').fill(text)
        cockpit.page.locator(f'[data-name="decision_{name}"] input').press("Tab")
    return cockpit.click("decide")


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


def finding_with_a_limit(database):
    """A finding about one spectrum whose limit is a factor on the array's median."""
    return database.run("""
        select finding.*, receiver_bands from mart.finding inner join mart.execution_block using (uid)
        where rule_id in ('trec_level', 'tsys_level') and limit_value is not null and polarisation is not null
            and baseband_name is not null and finding.cal_data_id is not null and n_antennas > 3
        order by (cause_id is not null), finding_id limit 1""").iloc[0]


def test_choosing_a_finding_shows_exactly_its_spectra_and_draws_its_limit(judged, database):
    found = finding_with_a_limit(database)
    cockpit = judged(found["uid"])
    if found["cause_id"]:
        (cause,) = database.run(f"select sentence from mart.finding where uid = '{found['uid']}' and finding_id = '{found['cause_id']}'"
                                )["sentence"]
        look_at(cockpit, cause).click("findings_parts").wait('model("findings_rows").data.id.includes(argument)', found["finding_id"])
    look_at(cockpit, found["sentence"])
    lines = cockpit.data(f"spectra_{found['baseband_name'].lower()}_lines")
    assert lines[["antenna", "scan", "polarisation"]].values.tolist() == [
        [found["antenna_name"], str(found["scan_number"]), found["polarisation"]]]
    assert len(cockpit.drawn_ids()) == 1
    envelope = cockpit.data(f"spectra_{found['baseband_name'].lower()}_envelope")
    limit = envelope["limit"].to_numpy(dtype=float)
    assert np.isfinite(limit).sum() >= len(limit) - 1
    name = f"{found['quantity']}_spectrum_{found['polarisation'].lower()}"
    of_array = np.array(database.run(f"""
        select {name} as values from raw.cal_atmosphere where uid = '{found['uid']}' and cal_data_id = '{found['cal_data_id']}'
        and baseband_name = '{found['baseband_name']}' and receiver_band = {found['receiver_band']}""")["values"].tolist(), dtype=float)
    expected = found["limit_value"] * np.nanmedian(np.median(of_array, axis=0))
    assert 0.8 * expected < np.nanmedian(limit) < 1.25 * expected
    assert cockpit.look(f'model("spectra_{found["baseband_name"].lower()}").y_range.end') > np.nanmedian(limit)
    cockpit.click("spectra_clear").settled()
    assert np.isnan(cockpit.data(f"spectra_{found['baseband_name'].lower()}_envelope")["limit"].to_numpy(dtype=float)).all()


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
    said = again.page.locator('[data-name="decision_history"]').first.inner_text()
    assert f"Ana: SemiPass (QA0_WEATHER): clouds {NASTY}" in said
    assert again.look("window.harmed") is None


def test_two_that_decide_at_once_both_see_it(judged):
    one, other = judged(TWO_BANDS), judged(TWO_BANDS)
    for cockpit in (one, other):
        cockpit.click("verdict_tabs", "decision")
    decide(one, "Pass").wait('model("decision_history").text.includes("Ana: Pass")')
    decide(other, "Fail", "QA0_CORR", by="Ben").wait('model("decision_history").text.includes("Ben: Fail (QA0_CORR)")')
    said = other.look('model("decision_history").text')
    assert "Ben: Fail (QA0_CORR) - decided without having seen another decision<br>" in said
    assert "Ana: Pass" in said
    one.choose(FAULTS).choose(TWO_BANDS).wait('model("decision_history").text === argument', said)


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
