import numpy as np
import pandas as pd
import pytest

from alma_qa0.core.proposal import NOT_EVALUATED, REASONS, Proposal, Reason, Status
from alma_qa0.store.decisions import HISTORY
from alma_qa0.views.decision import STATES, news, reasons_of, show

PROPOSAL = Proposal(Status.SEMIPASS, (Reason.QA0_WEATHER,), ("water|DV02",), "Too wet.", "Less water.")


def decisions(*changes):
    """Rows of store.decisions.read_history, newest first."""
    usual = {"decision_id": "d", "decided_at": pd.Timestamp("2025-07-12T08:05:59Z"), "decided_by": "Ana", "status": "Pass", "reasons": [],
             "comment": "", "execution_fraction": np.nan, "unseen": None, "n_said": len(changes)}
    return pd.DataFrame([{**usual, **change} for change in changes], columns=[*HISTORY, "n_said", "unseen"])


def test_a_block_that_nobody_decided_is_unset():
    view = show(PROPOSAL, decisions())
    assert (view.state, view.newest, view.history) == ("Unset", None, ())


def test_the_proposal_is_told_with_its_reasons_and_what_would_change_it():
    view = show(PROPOSAL, decisions())
    assert (view.proposed, view.reasons_proposed, view.because, view.would_change) == (
        "SemiPass", ("QA0_WEATHER",), "Too wet.", "Less water.")
    assert show(NOT_EVALUATED, decisions()).proposed == "Unset"


def test_the_newest_decision_is_the_state_and_what_the_next_one_supersedes():
    view = show(PROPOSAL, decisions({"decision_id": "d2", "status": "Fail", "reasons": ["QA0_CORR"]}, {"decision_id": "d1"}))
    assert (view.state, view.newest, len(view.history)) == ("Fail", "d2", 2)


@pytest.mark.parametrize(("change", "sentence"), [
    ({}, "12 Jul 2025 08:05 UTC, Ana: Pass"),
    ({"status": "Fail", "reasons": ["QA0_CORR", "QA0_WEATHER"]}, "12 Jul 2025 08:05 UTC, Ana: Fail (QA0_CORR, QA0_WEATHER)"),
    ({"comment": "clouds from 3:00"}, "12 Jul 2025 08:05 UTC, Ana: Pass: clouds from 3:00"),
    ({"reasons": np.array(["OTHER"]), "status": "Pending"}, "12 Jul 2025 08:05 UTC, Ana: Pending (OTHER)")])
def test_a_decision_is_a_sentence_with_when_who_and_what(change, sentence):
    assert show(PROPOSAL, decisions(change)).history == (sentence,)


@pytest.mark.parametrize("unseen", [["d1"], np.array(["d1"])])
def test_a_decision_made_beside_another_says_so(unseen):
    newest, oldest = show(PROPOSAL, decisions({"unseen": unseen}, {})).history
    assert newest.endswith("Pass - decided without having seen another decision")
    assert oldest.endswith("Pass")


def test_the_execution_fraction_that_was_decided_is_told():
    assert show(PROPOSAL, decisions({"execution_fraction": 0.38})).history == (
        "12 Jul 2025 08:05 UTC, Ana: Pass, execution fraction 0.38",)


def test_what_was_decided_in_between_is_news_and_nothing_else():
    first, second = ({"decision_id": name, "decided_by": name} for name in ("d1", "d2"))
    before, now = show(PROPOSAL, decisions(first)), show(PROPOSAL, decisions(second, first))
    assert news(before, now) == (now.history[0],)
    assert "d2: Pass" in now.history[0]
    assert news(now, now) == news(now, before) == ()


def test_where_no_decisions_are_kept_all_is_unset():
    assert show(PROPOSAL, None) == show(PROPOSAL, decisions())


def test_each_state_offers_its_reasons():
    assert STATES == ("Unset", "Pending", "Pass", "SemiPass", "Fail")
    assert {state: reasons_of(state) for state in STATES} == {
        status.value: tuple(reason.value for reason in reasons) for status, reasons in REASONS.items()}
    assert reasons_of("Pass") == ()


def test_what_is_longer_than_it_may_be_is_cut_and_what_is_not_shown_is_counted():
    view = show(PROPOSAL, decisions({"decided_by": "A" * 101, "comment": "c" * 4_001, "n_said": 7}, {"n_said": 7}))
    assert view.history[0] == f"12 Jul 2025 08:05 UTC, {'A' * 100}...: Pass: {'c' * 4_000}..."
    assert view.n_earlier == 5
