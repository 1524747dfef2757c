import pytest
from bokeh.models import Button, ColumnDataSource

from alma_qa0.ui.decision import DecisionForm, Press
from alma_qa0.ui.shown import Shown
from alma_qa0.views.decision import STATES, DecisionView, reasons_of

NASTY = '<img src=x onerror="alert(1)">'


@pytest.fixture
def calls():
    return []


def form_of(calls, **options):
    return DecisionForm(Shown(ColumnDataSource({"uid": []})), on_press=calls.append, on_save=calls.append, **options)


@pytest.fixture
def form(calls):
    return form_of(calls)


def known(**changes):
    usual = {"proposed": "SemiPass", "reasons_proposed": ("QA0_WEATHER",), "because": "Too wet.", "would_change": "Less water.",
             "history": (), "ids": (), "state": "Unset", "newest": None}
    return DecisionView(**{**usual, **changes})


def take(form, *reasons):
    form.reasons.active = [form.reasons.labels.index(reason) for reason in reasons]


def taken(form):
    return [form.reasons.labels[index] for index in form.reasons.active]


def choose(form, status):
    form.status.active = STATES.index(status)


def test_a_form_as_it_opens_chooses_nothing_for_the_astronomer(form):
    form.show(known())
    assert (form.status.active, form.reasons.active, form.comment.value, form.fraction.value) == (None, [], "", "")


def test_what_the_browser_sends_is_handed_over(form, calls):
    (press,) = form.form.select({"type": Press})
    press.text = "the form"
    assert calls == ["the form"]


def test_while_one_is_being_kept_no_button_can_be_pressed(form):
    for locked in (True, False):
        form.lock(locked)
        assert {form.button.disabled, form.remark.disabled} == {locked}


def test_each_state_offers_its_reasons_and_keeps_those_that_go_with_it(form):
    for state in STATES:
        choose(form, state)
        assert form.reasons.labels == list(reasons_of(state))
        assert form.reasons.visible == bool(reasons_of(state))
    choose(form, "SemiPass")
    take(form, "QA0_CORR", "QA2_DATA")
    choose(form, "Fail")
    assert taken(form) == ["QA0_CORR", "QA2_DATA"]
    choose(form, "Pending")
    assert taken(form) == []


def test_the_proposal_the_state_and_the_history_are_told(form):
    form.show(known(state="Pass", history=("newest", "oldest")))
    assert form.note.text == "<b>Pass</b>; proposed: <b>SemiPass</b> (QA0_WEATHER)"
    assert form.proposal.text == "Too wet. <details><summary>What would change it</summary>Less water.</details>"
    assert form.history.text == "newest<br>oldest"
    form.show(known(state="Pass", history=("newest", "next"), n_earlier=7))
    assert form.history.text == "newest<br>next<br>and 7 earlier"
    form.show(known())
    assert form.history.text == "not decided yet"


def test_after_a_decision_the_form_is_empty_but_for_the_name(form):
    choose(form, "Pass")
    form.comment.value, form.decided_by.value, form.fraction.value = "fine", "Ana", "1"
    form.tell(["Ben: Fail"])
    form.clear()
    assert not form.news.visible
    assert (form.status.active, form.reasons.active, form.comment.value, form.fraction.value) == (None, [], "", "")
    assert form.decided_by.value == "Ana"


def test_what_is_shown_anew_leaves_what_is_written(form):
    choose(form, "Fail")
    take(form, "QA0_CORR")
    form.comment.value = "half a sen"
    form.show(known(history=("Ben: Pass",), ids=("d1",)))
    form.tell(["Ben: Pass"])
    assert (STATES[form.status.active], taken(form), form.comment.value) == ("Fail", ["QA0_CORR"], "half a sen")
    assert form.news.visible
    assert "Ben: Pass" in form.news.text


def test_a_user_who_is_known_cannot_be_another(calls):
    form = form_of(calls)
    form.is_for("ana", may_decide=True)
    assert (form.decided_by.value, form.decided_by.disabled) == ("ana", True)
    assert form.remember_name() is None


def test_a_name_that_is_typed_is_remembered_by_the_browser(form):
    assert not form.decided_by.disabled
    assert form.remember_name().args == {"name": form.decided_by}


@pytest.mark.parametrize(("may_decide", "decisions", "form_seen", "history_seen"), [
    (True, True, True, True), (False, True, False, True), (True, False, False, False)])
def test_who_may_not_decide_sees_the_history_and_no_form(may_decide, decisions, form_seen, history_seen):
    form = form_of([], decisions=decisions)
    form.is_for(None, may_decide=may_decide)
    assert (form.form.visible, form.history.visible, form.proposal.visible) == (form_seen, history_seen, True)


def test_what_was_decided_can_be_saved(form, calls):
    for button in form.root.select({"type": Button}):
        if button.label in ("JSON", "CSV"):
            for callback in button._event_callbacks["button_click"]:
                callback()
    assert sorted(calls) == ["csv", "json"]


def test_html_in_what_was_decided_and_proposed_is_text(form):
    form.show(known(state=NASTY, proposed=NASTY, reasons_proposed=(NASTY,), because=NASTY, would_change=NASTY, history=(NASTY, NASTY)))
    form.tell([NASTY])
    for widget in (form.note, form.proposal, form.history, form.news):
        assert "<img" not in widget.text
        assert "&lt;img" in widget.text
