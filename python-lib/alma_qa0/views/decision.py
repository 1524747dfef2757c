"""What an astronomer needs to decide: the proposal in words, the states and reasons to choose from, and what was decided before."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from alma_qa0.core.decisions import LONGEST_COMMENT, LONGEST_NAME
from alma_qa0.core.proposal import REASONS, Proposal, Status

LONGEST = {"decided_by": LONGEST_NAME, "comment": LONGEST_COMMENT, "execution_fraction": 20}  # characters of what is typed
STATES = tuple(status.value for status in Status)


@dataclass(frozen=True, slots=True)
class DecisionView:
    """``history`` are sentences, newest first, ``ids`` the decisions and comments that they tell, ``n_earlier`` how many more there are.

    ``newest`` is the decision that the next one supersedes, None where there is none.
    """

    proposed: str
    reasons_proposed: tuple[str, ...]
    because: str
    would_change: str
    history: tuple[str, ...]
    ids: tuple[str, ...]
    state: str
    newest: str | None
    n_earlier: int = 0


def show(proposal: Proposal, decisions: pd.DataFrame | None) -> DecisionView:
    """From the proposal and what was said last of one Execution Block, newest first; None where decisions are not kept."""
    made = [] if decisions is None else decisions.to_dict("records")
    newest = next((row for row in made if row["status"] is not None), None)
    state = str(newest["status"]) if newest else Status.UNSET.value
    n_earlier = int(made[0]["n_said"]) - len(made) if made else 0
    return DecisionView(
        proposal.status.value, tuple(reason.value for reason in proposal.reasons), proposal.sentence, proposal.what_would_change_it,
        tuple(_sentence(row) for row in made), tuple(str(row["decision_id"]) for row in made), state,
        str(newest["decision_id"]) if newest else None, n_earlier)


def news(before: DecisionView, now: DecisionView) -> tuple[str, ...]:
    """The sentences of what was decided or said in between, newest first."""
    return tuple(sentence for name, sentence in zip(now.ids, now.history, strict=True) if name not in before.ids)


def reasons_of(status: str) -> tuple[str, ...]:
    """The reason codes that a state can have; none for Pass and Unset."""
    return tuple(reason.value for reason in REASONS[Status(status)])


def _sentence(row: dict[Any, Any]) -> str:
    when = f"{row['decided_at']:%d %b %Y %H:%M} UTC, {_cut(row['decided_by'], LONGEST_NAME)}"
    said = _cut(row["comment"], LONGEST_COMMENT)
    if row["status"] is None:
        return f"{when} commented: {said}"
    reasons = f" ({', '.join(row['reasons'])})" if len(row["reasons"]) else ""
    fraction = f", execution fraction {row['execution_fraction']:g}" if pd.notna(row["execution_fraction"]) else ""
    comment = f": {said}" if said else ""
    unseen = row.get("unseen")
    beside = " - decided without having seen another decision" if isinstance(unseen, list | np.ndarray) and len(unseen) else ""
    return f"{when}: {row['status']}{reasons}{fraction}{comment}{beside}"


def _cut(text: str | None, longest: int) -> str:
    """A text as long as it may be; one of an earlier version, or of others, may be longer."""
    return f"{text[:longest]}..." if text and len(text) > longest else text or ""
