import json
from time import sleep

import numpy as np
import pytest

from alma_qa0.core.findings import Severity
from alma_qa0.errors import DatabaseRefused, DatabaseUnavailable
from alma_qa0.pages import judgement
from alma_qa0.pages.ahead import Ahead
from alma_qa0.ui.decision import Press
from alma_qa0.ui.shown import Screen
from alma_qa0.views.decision import STATES
from pages.instant import UID, InstantMarts, Page, look_again, pass_time, settle, take_a_turn
from views.samples import blocks, finding, summary_rows

pytestmark = pytest.mark.slow  # each makes the page

NASTY = '<img src=x onerror="alert(1)">'
OTHER = "uid://A002/X12a3/Xc"
CAUSE = finding(finding_id="cause", severity=Severity.SEVERE, baseband_name=None, polarisation=None, n_parts=2, limit_value=None)
PARTS = tuple(finding(finding_id=f"part {name}", polarisation=name, cause_id="cause") for name in "XY")
ARRAY = finding(finding_id="array", rule_id="wind", quantity=None, antenna_name=None, baseband_name=None, polarisation=None, unit="m/s")
TSYS = finding(finding_id="tsys", rule_id="tsys_level", antenna_name="PM01", quantity="tsys", baseband_name="BB_2", scan_number=7,
               cal_data_id="CalData_16", limit_value=0.5)


class Judged(Page):
    """The page with findings and decisions."""

    def __init__(self, marts, query="", **options):
        super().__init__(marts, query, judged=True, **options)

    def look_at(self, finding_id):
        self["findings_rows"].selected.indices = [self.found.index(finding_id)]
        settle(self.document)

    @property
    def shown(self):
        return self.document.select_one({"type": Screen})

    @property
    def found(self):
        return list(self["findings_rows"].data["id"])

    @property
    def listed(self):
        return dict(zip(self["uid_list_rows"].data["uid"], self["uid_list_rows"].data["state"], strict=True))

    def limit(self, baseband=1):
        return np.array(self[f"spectra_bb_{baseband}_envelope"].data["limit"], dtype=float)

    def fill(self, status, *reasons, comment="", by="Ana", fraction=""):
        self.set("decision_status", active=STATES.index(status))
        self.set("decision_reasons", active=[self["decision_reasons"].labels.index(reason) for reason in reasons])
        for name, value in (("comment", comment), ("by", by), ("execution_fraction", fraction)):
            self.set(f"decision_{name}", value=value)

    def decide(self, *status_and_reasons, **words):
        self.fill(*status_and_reasons, **words)
        self.press()

    def choose(self, uid):
        self["uid_list_rows"].selected.indices = [list(self["uid_list_rows"].data["uid"]).index(uid)]
        settle(self.document)


@pytest.fixture
def marts(kept):
    marts = InstantMarts(listed=blocks({}, {"uid": OTHER}))
    marts.findings = (CAUSE, *PARTS, ARRAY, TSYS)
    return marts


@pytest.fixture
def page(marts, pool):
    return Judged(marts)


def spectrum(page):
    """Of the only spectrum shown: antenna, baseband, scan, polarisation."""
    (number,) = page.spectra
    row = summary_rows().iloc[number // 2]
    return row["antenna_name"], row["baseband_name"], row["scan_number"], "XY"[number % 2]


# --- findings

def test_the_findings_of_the_execution_block_are_listed_folded_and_worst_first(page):
    assert page.found == ["cause", "array", "tsys"]
    assert page["findings_note"].text == "3, 2 parts folded"
    page.choose(OTHER)
    assert page.found == []
    assert page["findings_note"].text == "none"


def test_choosing_a_finding_shows_its_spectra_and_no_others_with_its_limit(page, marts):
    page.look_at("tsys")
    assert spectrum(page) == ("PM01", "BB_2", 7, "X")
    assert page["spectra_quantity"].active == 1
    assert "spectra=tsys" in page.query
    assert np.isnan(page.limit(1)).all()
    assert (page.limit(2)[:-1] > 0).all()
    assert page["summary_points"].selected.indices
    assert Judged(marts, page.query).spectra == page.spectra


def test_a_finding_that_the_choices_hide_is_shown_all_the_same(page):
    page.set("antennas_pm", active=[])
    page.look_at("tsys")
    assert spectrum(page)[0] == "PM01"
    assert page["antennas_pm"].active == [0]


def test_choices_that_hide_nothing_of_a_finding_stay(page):
    page.set("antennas_da", active=[])
    page.look_at("tsys")
    assert page["antennas_da"].active == []


def test_a_finding_of_another_receiver_band_goes_there(kept, pool):
    marts = InstantMarts(summary=summary_rows(receiver_bands=(3, 6)))
    marts.findings = (finding(),)
    page = Judged(marts)
    assert "band=3" in page.query
    page.look_at(finding().finding_id)
    assert "band=6" in page.query
    assert len(page.spectra) == 1
    assert np.isfinite(page.limit()).any()
    page.set("receiver_band", active=0)  # where its limit means nothing
    assert np.isnan(page.limit()).all()


def test_a_finding_about_the_array_takes_no_spectra(page):
    page.look_at("array")
    assert len(page.spectra) == 24
    assert "selected=" not in page.query


def test_a_finding_with_nothing_to_draw_is_said_in_its_facets_and_comes_into_sight(marts, pool):
    marts.findings = (finding(finding_id="gone", rule_id="missing_antenna", antenna_name="DV99", baseband_name=None, polarisation=None,
                              cal_data_id=None, scan_number=None, quantity=None),)
    page = Judged(marts)
    page.look_at("gone")
    for name in ("summary_bb_1", "summary_bb_2", "spectra_bb_1", "spectra_bb_2"):
        assert page[name].html_attributes["aria-label"].endswith(": DV99: no calibration")
    assert (page.spectra, page["spectra_bb_1"].tags) == ([], [1])
    assert len(page.points) == 24
    page.click("spectra_clear")
    assert page["spectra_bb_1"].html_attributes["aria-label"] == "Spectra of BB_1"
    assert len(page.spectra) == 24


def test_a_limit_is_not_drawn_on_another_quantity(page):
    page.look_at("tsys")
    page.set("spectra_quantity", active=0)
    assert np.isnan(page.limit(2)).all()


@pytest.mark.parametrize("look_away", [lambda page: page.click("spectra_clear"), lambda page: page.select(0)])
def test_taking_other_points_takes_the_limit_away_and_the_finding_can_be_chosen_again(page, look_away):
    page.look_at("tsys")
    look_away(page)
    assert np.isnan(page.limit(2)).all()
    assert page["findings_rows"].selected.indices == []
    page.look_at("tsys")
    assert np.isfinite(page.limit(2)).any()


def test_parts_unfold_and_fold(page):
    assert not page["findings_parts"].visible
    page.look_at("cause")
    page.click("findings_parts")
    assert page.found == ["cause", "part X", "part Y", "array", "tsys"]
    page.look_at("part Y")
    assert spectrum(page) == ("DV02", "BB_1", 3, "Y")
    page.click("findings_parts")
    assert page.found == ["cause", "array", "tsys"]
    assert page["findings_rows"].selected.indices == [0]


def test_a_finding_of_the_execution_block_that_the_reader_has_left_moves_nothing(page, pool):
    pool.held = True
    page.choose(OTHER)
    page.look_at("tsys")
    pool.held = False
    pool.release()
    settle(page.document)
    assert OTHER in page["header"].text
    assert "selected=" not in page.query
    assert np.isnan(page.limit(2)).all()


# --- the proposal and the decision

def test_the_proposal_is_told_and_nothing_is_chosen_for_the_astronomer(page):
    assert page["decision_note"].text == "<b>Unset</b>; proposed: <b>Pass</b>"
    assert "What would change it" in page["proposal"].text
    assert page["decision_status"].active is None
    assert page["decision_history"].text == "not decided yet"


def test_what_was_not_judged_has_no_proposal_and_can_be_decided(marts, pool):
    marts.evaluated, marts.findings = False, ()
    page = Judged(marts)
    assert "Not judged yet." in page["proposal"].text
    page.decide("Pass")
    assert [each["status"] for each in marts.decisions] == ["Pass"]


@pytest.mark.parametrize(("filled", "words", "sentence"), [
    (("Fail",), {}, "Fail with no reason; expected one or more of QA0_ARRAY"),
    (("Pending",), {}, "Pending with no reason; expected one or more of FLUX_CAL, CORRECT_ANT_POS, OTHER."),
    (("Pass",), {"by": "  "}, "nobody decides; expected the name of the astronomer."),
    (("Pass",), {"fraction": "much"}, "execution fraction 'much'; expected a number from 0 to 100, or none."),
    (("Pass",), {"fraction": "-1"}, "execution fraction -1.0; expected a number from 0 to 100, or none."),
    (("Pass",), {"fraction": "1e308"}, "execution fraction 1e+308; expected a number from 0 to 100, or none."),
    (("Pass",), {"by": "A" * 101}, "the name has 101 characters; expected at most 100."),
    (("Pass",), {"fraction": "nan"}, "execution fraction nan; expected a number from 0 to 100, or none.")])
def test_a_decision_that_makes_no_sense_is_a_sentence_and_is_not_kept(page, marts, filled, words, sentence):
    page.decide(*filled, comment="as I typed it", **words)
    assert sentence in page["message"].text.replace("&#x27;", "'")
    assert marts.decisions == []
    assert page["decision_comment"].value == "as I typed it"
    page.decide("Pass")
    assert page.message == ""


def test_a_decision_without_a_state_is_a_sentence(page, marts):
    page.set("decision_by", value="Ana")
    page.press()
    assert "nothing is not a state of QA0; expected Unset, Pending, Pass, SemiPass, Fail." in page.message
    assert marts.decisions == []


def test_a_complete_decision_is_kept_with_what_was_seen_and_told_everywhere(page, marts):
    page.decide("SemiPass", "QA0_WEATHER", comment="clouds", fraction="0.38")
    (made,) = marts.decisions
    assert (made["uid"], made["status"], made["reasons"], made["comment"], made["decided_by"], made["execution_fraction"]) == (
        UID, "SemiPass", ["QA0_WEATHER"], "clouds", "Ana", 0.38)
    assert {each["finding_id"] for each in json.loads(made["findings"])} == {each.finding_id for each in marts.findings}
    assert json.loads(made["limits"])["trec_level.high"] == 2.0
    assert made["supersedes"] is None
    assert "Ana: SemiPass (QA0_WEATHER), execution fraction 0.38: clouds" in page["decision_history"].text
    assert "<b>SemiPass</b>; proposed" in page["decision_note"].text
    assert page.listed == {UID: "SemiPass", OTHER: "Unset"}
    assert (page["decision_status"].active, page["decision_comment"].value, page["decision_by"].value) == (None, "", "Ana")
    again = Judged(marts)
    assert again.listed == page.listed
    assert again["decision_history"].text == page["decision_history"].text


def test_a_later_decision_supersedes_and_the_first_stays_in_the_history(page, marts):
    page.decide("Pass")
    page.decide("Fail", "QA0_CORR")
    assert [each["supersedes"] for each in marts.decisions] == [None, "d0"]
    newest, oldest = page["decision_history"].text.split("<br>")
    assert "Fail" in newest
    assert "Pass" in oldest
    assert "without having seen" not in page["decision_history"].text


def test_two_that_decide_at_once_both_see_it_without_doing_anything(page, marts):
    other = Judged(marts)
    page.decide("Pass")
    other.decide("Fail", "QA0_CORR", by="Ben")
    assert "Ben: Fail (QA0_CORR) - decided without having seen another decision<br>" in other["decision_history"].text
    assert "Ana: Pass" in other["decision_history"].text
    assert "Ben" not in page["decision_history"].text
    look_again(page.document)
    assert page["decision_history"].text == other["decision_history"].text
    assert page.listed[UID] == "Fail"
    assert "Ben: Fail" in page["decision_news"].text
    look_again(other.document)
    assert not other["decision_news"].visible


def test_who_is_writing_is_told_what_another_decided_and_supersedes_that(page, marts):
    page.fill("Fail", "QA0_CORR", comment="half a sen")
    Judged(marts).decide("Pass", by="Ben")
    look_again(page.document)
    assert page["decision_news"].visible
    assert "Ben: Pass" in page["decision_news"].text
    assert (page["decision_comment"].value, page["decision_status"].active) == ("half a sen", STATES.index("Fail"))
    page.press()
    assert [each["supersedes"] for each in marts.decisions] == [None, "d0"]
    assert "without having seen" not in page["decision_history"].text
    assert not page["decision_news"].visible


def test_what_was_judged_again_is_shown_and_what_is_written_stays(page, marts):
    page.look_at("tsys")
    page.fill("Fail", "QA0_CORR", comment="half a sen")
    marts.findings, marts.judged_at = (ARRAY, TSYS), "13:00"
    look_again(page.document)
    assert page.found == ["array", "tsys"]
    assert page["findings_rows"].selected.indices == [1]
    assert page["decision_comment"].value == "half a sen"
    assert not page["decision_news"].visible


def test_an_execution_block_that_was_made_again_is_shown_again_and_what_is_written_stays(page, marts):
    page.fill("Fail", "QA0_CORR", comment="half a sen")
    marts.version, marts.summary = 2, summary_rows(antennas=("DA41", "DA42", "DV02", "PM01"))
    look_again(page.document)
    assert len(page.points) == 2 * 16
    assert page["decision_comment"].value == "half a sen"
    assert page.found == ["cause", "array", "tsys"]


def test_where_nothing_is_new_nothing_is_read_again(page, marts):
    marts.asked.clear()
    look_again(page.document)
    assert [what for what, *_ in marts.asked] == ["list version", "look", "version"]


def test_a_look_of_the_execution_block_that_the_reader_has_left_changes_nothing(page, marts, pool):
    Judged(marts).decide("Pass", by="Ben")
    pool.held = True
    look_again(page.document)
    page["uid_list_rows"].selected.indices = [1]
    pool.held = False
    pool.release(newest_first=True)
    settle(page.document)
    assert OTHER in page["header"].text
    assert page["decision_history"].text == "not decided yet"


def test_deciding_keeps_what_is_looked_at(page):
    page.look_at("tsys")
    page.decide("Pass")
    assert len(page.spectra) == 1
    assert np.isfinite(page.limit(2)).any()
    assert page["findings_rows"].selected.indices == [2]


def test_a_double_click_decides_once(page, marts, pool):
    page.fill("Pass")
    pool.held = True
    page.press()
    page.press()
    pool.held = False
    pool.release()
    settle(page.document)
    assert len(marts.decisions) == 1
    page.decide("Fail", "QA0_CORR")
    assert len(marts.decisions) == 2


def test_a_decision_that_comes_back_late_does_not_show_over_another_execution_block(page, marts, pool):
    page.fill("Pass")
    pool.held = True
    page.press()
    page.choose(OTHER)
    pool.held = False
    pool.release(newest_first=True)
    settle(page.document)
    assert [each["uid"] for each in marts.decisions] == [UID]
    assert page["decision_history"].text == "not decided yet"
    page.decide("Fail", "QA0_CORR")
    assert [each["uid"] for each in marts.decisions] == [UID, OTHER]


def test_while_another_execution_block_is_being_read_nothing_of_it_is_shown_and_nothing_can_be_decided(page, marts, pool):
    page.look_at("tsys")
    header, found, note = page["header"].text, page.found, page["decision_note"].text
    pool.held = True
    page.choose(OTHER)
    assert (page.shown.uid, page.shown.opening) == (UID, OTHER)
    assert (page["header"].text, page.found, page["decision_note"].text) == (header, found, note)
    page.fill("Pass")
    page.press()  # what the browser refuses
    assert "Not kept: the page was no longer showing" in page.message
    pool.held = False
    pool.release()
    settle(page.document)
    assert marts.decisions == []
    assert (page.shown.uid, page.shown.opening, page.found) == (OTHER, "", [])
    assert OTHER in page["header"].text


def test_an_execution_block_comes_with_all_that_belongs_to_it_in_one_turn(page, pool):
    pool.held = True
    page.choose(OTHER)
    seen = []
    for name in ("header", "proposal"):
        page[name].on_change("text", lambda attr, old, new: seen.append(new))
    page["findings_rows"].on_change("data", lambda attr, old, new: seen.append(new))
    page["spectra_table"].on_change("data", lambda attr, old, new: seen.append(new))
    pool.held = False
    pool.release()
    take_a_turn(page.document)
    assert len(seen) >= 3
    assert page.shown.uid == OTHER


def test_what_is_asked_for_while_an_execution_block_is_opened_is_what_it_opens_with(page, pool):
    pool.held = True
    page.choose(OTHER)
    page["summary_quantity"].active = 1
    page["spectra_quantity"].active = 1
    pool.held = False
    pool.release()
    settle(page.document)
    assert OTHER in page["header"].text
    assert "Tsys" in page["summary_note"].text
    assert "Tsys" in page["spectra_note"].text


def test_findings_that_cannot_be_read_leave_the_plots_and_nothing_can_be_decided(page, marts, monkeypatch):
    def refuse(_uid):
        raise DatabaseRefused("the database: no column sentence")

    monkeypatch.setattr(marts, "read_findings", refuse)
    page.choose(OTHER)
    assert "Findings and decisions cannot be read: the database: no column sentence." in page.message
    assert len(page.spectra) == 24
    assert (page.found, page["decision_note"].text) == ([], "")
    page.decide("Pass")
    assert marts.decisions == []


def test_a_decision_while_the_database_is_away_is_not_kept_then_nor_later(page, marts):
    page.fill("Fail", "QA0_CORR", comment="half a sen")
    marts.error = DatabaseUnavailable("the database: connection refused")
    page.press()
    assert "Not kept: the database does not answer (the database: connection refused)." in page.message
    assert (page["decision_comment"].value, page["decision_status"].active) == ("half a sen", STATES.index("Fail"))
    assert not page["decide"].disabled
    marts.error = None
    pass_time(page.document)
    look_again(page.document)
    assert marts.decisions == []
    page.press()
    assert [each["status"] for each in marts.decisions] == ["Fail"]
    assert page.message == ""


def test_a_decision_that_waited_too_long_is_not_kept(page, marts, pool, monkeypatch):
    page.fill("Pass")
    pool.held = True
    page.press()
    assert page["decide"].disabled
    monkeypatch.setattr(judgement, "monotonic", lambda: 1e12)
    pool.held = False
    pool.release()
    settle(page.document)
    assert marts.decisions == []
    assert "Not kept: the database does not answer (no answer within 10 s)." in page.message


def test_a_decision_on_what_was_judged_again_is_refused_and_what_is_there_now_is_shown(page, marts):
    page.fill("Pass")
    marts.findings, marts.judged_at = (TSYS,), "13:00"
    page.press()
    assert "Not kept:" in page.message
    assert "made or judged again" in page.message
    assert marts.decisions == []
    assert page.found == ["tsys"]
    page.press()
    assert [(each["status"], each["evaluated_at"]) for each in marts.decisions] == [("Pass", "13:00")]


def test_a_form_that_was_filled_in_beside_other_versions_is_refused(page, marts):
    page.fill("Pass")
    versions = json.loads(page.shown.versions)
    page.press(versions={**versions, "evaluated_at": "11:00"})
    page.press(versions={**versions, "source_version": "older"})
    page.press(uid=OTHER)
    assert marts.decisions == []
    page.press()
    assert len(marts.decisions) == 1


@pytest.mark.parametrize("wrong", [
    {"kind": "nonsense"}, {"kind": 1}, {"uid": "u" * 10_000}, {"status": "Pass" * 100}, {"status": ["Pass"]}, {"reasons": "QA0_WEATHER"},
    {"reasons": ["Q" * 10_000]}, {"reasons": [[]]}, {"reasons": None}, {"execution_fraction": "1" * 10_000}, {"execution_fraction": 1},
    {"versions": None}, {"versions": {"source_version": 7}}, {"comment": None}, {"comment": "c" * 10_000_000}, {"decided_by": {}}])
def test_a_forged_form_is_a_short_sentence_and_is_not_kept(page, marts, wrong):
    page.fill("Pass")
    page.press(**wrong)
    assert "Not kept: " in page.message
    assert len(page.message) < 300
    assert marts.decisions == []


def test_a_comment_that_is_too_long_is_a_sentence_and_stays_in_the_form(page, marts):
    page.fill("Pass", comment="c" * 4_001)
    page.press()
    assert "Not kept: the comment has 4,001 characters; expected at most 4,000." in page.message
    assert page["decision_comment"].value == "c" * 4_001
    assert marts.decisions == []


@pytest.mark.parametrize("sent", ["", "[]", "{}", "null", '{"kind": "decision"}', "[" * 100_000])
def test_a_form_that_no_page_of_ours_sends_is_a_sentence(page, marts, sent):
    page.document.select_one({"type": Press}).text = sent + " "
    settle(page.document)
    assert "Not kept: the form did not come whole" in page.message
    assert marts.decisions == []


def test_a_comment_is_kept_without_a_decision(page, marts):
    page.fill("Pass", comment="clouds from the west")
    page.press("comment")
    assert [(each["status"], each["comment"]) for each in marts.decisions] == [(None, "clouds from the west")]
    assert "Ana commented: clouds from the west" in page["decision_history"].text
    assert "<b>Unset</b>" in page["decision_note"].text
    assert page.listed[UID] == "Unset"
    assert (page["decision_comment"].value, page["decision_status"].active) == ("", STATES.index("Pass"))
    page.press()
    assert "without having seen" not in page["decision_history"].text
    assert page.listed[UID] == "Pass"


def test_an_empty_comment_is_a_sentence(page, marts):
    page.fill("Pass")
    page.press("comment")
    assert "Not kept: the comment is empty" in page.message
    assert marts.decisions == []


# --- the list

def test_the_list_is_filtered_and_the_link_carries_it(page, marts):
    page.decide("Pass")
    page.set("uid_filter", value="to decide")
    assert page.listed == {OTHER: "Unset"}
    assert "qa0=to+decide" in page.query
    assert UID in page["header"].text
    page.set("uid_filter", value="all")
    assert "qa0" not in page.query


def test_a_link_with_a_filter_opens_the_first_that_it_leaves(page, marts):
    page.decide("Pass")
    again = Judged(marts, "qa0=to decide")
    assert again["uid_filter"].value == "to decide"
    assert OTHER in again["header"].text
    assert again.query == f"uid={OTHER}&qa0=to+decide&band=6"


def test_a_filter_that_leaves_nothing_is_a_sentence(page):
    page.set("uid_filter", value="SemiPass")
    assert "No Execution Block in these days matches the search and the QA0 state chosen." in page.message
    page.set("uid_filter", value="all")
    assert page.message == ""


def test_a_page_without_judgement_has_no_filter(marts, pool):
    page = Page(marts, "qa0=Fail")
    assert len(page["uid_list_rows"].data["uid"]) == 2
    assert "qa0" not in page.query
    assert page["findings"] is None
    assert page["decision"] is None


@pytest.mark.parametrize("lacking", [("finding",), ("evaluation",), ("finding", "evaluation")])
def test_a_page_without_findings_takes_decisions(marts, pool, lacking):
    marts.lacking = set(lacking)
    page = Judged(marts)
    assert page["findings"] is None
    page.decide("Pass")
    assert [each["status"] for each in marts.decisions] == ["Pass"]
    assert "with findings" not in page["uid_filter"].options


def test_a_page_without_decisions_shows_findings_and_what_they_propose(marts, pool):
    marts.lacking = {"decision"}
    page = Judged(marts)
    assert page.found == ["cause", "array", "tsys"]
    assert "proposed: <b>Pass</b>" in page["decision_note"].text
    assert not page["decision_form"].visible
    assert not page["decision_history"].visible
    assert "Pass" not in page["uid_filter"].options
    look_again(page.document)
    assert page.message == ""


def test_who_is_known_decides_under_that_name_whatever_is_typed(marts, pool):
    page = Judged(marts, user="ana.lopez")
    assert (page["decision_by"].value, page["decision_by"].disabled) == ("ana.lopez", True)
    page.decide("Pass", by="somebody else")
    assert [each["decided_by"] for each in marts.decisions] == ["ana.lopez"]


def test_a_page_that_was_made_ahead_is_for_who_opens_it(marts, pool):
    ahead = Ahead(after_s=0)
    pages = []
    for user, may_decide in (("ana", True), ("ben", False)):
        pages.append(Judged(marts, user=user, may_decide=may_decide, ahead=ahead))
        while not ahead.ready((marts, True, False)):
            sleep(0.01)
    assert [page["decision_by"].value for page in pages] == ["ana", "ben"]
    assert [page["decision_form"].visible for page in pages] == [True, False]


def test_who_may_not_decide_sees_the_history_and_cannot_decide(marts, pool):
    Judged(marts).decide("Pass")
    page = Judged(marts, may_decide=False)
    assert "Ana: Pass" in page["decision_history"].text
    assert not page["decision_form"].visible
    page.decide("Fail", "QA0_CORR")  # a browser that was tampered with
    assert len(marts.decisions) == 1


def test_what_is_said_of_the_execution_block_is_saved_as_json_and_csv(page, monkeypatch):
    asked = []
    monkeypatch.setattr(judgement, "export", lambda marts, uid, kind: asked.append((uid, kind)) or "text")
    page.click("decision_json")
    page.click("decision_csv")
    assert asked == [(UID, "json"), (UID, "csv")]
    assert page.saved == [(f"uid___A002_X12a3_Xabcd_qa0.{kind}", "text") for kind in ("json", "csv")]


def test_html_in_findings_names_and_comments_is_text(marts, pool):
    marts.findings = (finding(sentence=NASTY, severity=Severity.SEVERE), finding(finding_id=NASTY, sentence=NASTY, antenna_name=NASTY))
    page = Judged(marts)
    page.decide("Fail", "QA0_CORR", comment=NASTY, by=NASTY)
    page.decide("Pass", fraction=NASTY)
    page.look_at(NASTY)
    for name in ("decision_note", "proposal", "decision_history", "findings_note", "message", "header", "uid_list_note", "spectra_note"):
        assert "<img" not in page[name].text
    assert page["decision_history"].text.count("&lt;img") == 2
    assert "&lt;img" in page["message"].text
