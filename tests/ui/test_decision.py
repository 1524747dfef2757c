import pytest

from alma_qa0.ui.decision import DecisionForm, Form
from alma_qa0.views.decision import STATES, DecisionView, reasons_of

NASTY = '<img src=x onerror="alert(1)">'


@pytest.fixture
def calls():
    return []


@pytest.fixture
def form(calls):
    return DecisionForm(on_decide=calls.append)


def known(**changes):
    usual = {"proposed": "SemiPass", "reasons_proposed": ("QA0_WEATHER",), "because": "Too wet.", "would_change": "Less water.",
             "history": (), "newest": None, "state": "Unset"}
    return DecisionView(**{**usual, **changes})


def press(form):
    for callback in form.button._event_callbacks["button_click"]:
        callback()


def choose(form, status):
    form.status.active = STATES.index(status)


def test_a_form_as_it_opens_chooses_nothing_for_the_astronomer(form, calls):
    form.show(known())
    press(form)
    assert calls == [Form("", (), "", "", "")]


def test_the_form_is_handed_over_as_it_was_filled(form, calls):
    form.show(known())
    choose(form, "Fail")
    form.reasons.value = ["QA0_CORR", "QA0_WEATHER"]
    form.comment.value, form.decided_by.value, form.fraction.value = "clouds", "Ana", "0.4"
    press(form)
    assert calls == [Form("Fail", ("QA0_CORR", "QA0_WEATHER"), "clouds", "Ana", "0.4")]


def test_each_state_offers_its_reasons_and_keeps_those_that_go_with_it(form):
    for state in STATES:
        choose(form, state)
        assert form.reasons.options == list(reasons_of(state))
    choose(form, "SemiPass")
    form.reasons.value = ["QA0_CORR"]
    choose(form, "Fail")
    assert form.reasons.value == ["QA0_CORR"]
    choose(form, "Pass")
    assert form.reasons.value == []


def test_the_proposal_the_state_and_the_history_are_told(form):
    form.show(known(state="Pass", history=("newest", "oldest")))
    assert form.note.text == "<b>Pass</b>; proposed: <b>SemiPass</b> (QA0_WEATHER)"
    assert form.proposal.text == "Too wet. What would change it: Less water."
    assert form.history.text == "newest<br>oldest"
    form.show(known())
    assert form.history.text == "not decided yet"


def test_after_a_decision_the_form_is_empty_but_for_the_name(form, calls):
    choose(form, "Pass")
    form.comment.value, form.decided_by.value, form.fraction.value = "fine", "Ana", "1"
    form.show(known(state="Pass"))
    press(form)
    assert calls == [Form("", (), "", "Ana", "")]


def test_html_in_what_was_decided_and_proposed_is_text(form):
    form.show(known(state=NASTY, proposed=NASTY, reasons_proposed=(NASTY,), because=NASTY, would_change=NASTY, history=(NASTY, NASTY)))
    for widget in (form.note, form.proposal, form.history):
        assert "<img" not in widget.text
        assert "&lt;img" in widget.text
