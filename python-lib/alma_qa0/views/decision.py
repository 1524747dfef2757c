"""What an astronomer needs to decide: the proposal in words, the states and reasons to choose from, and what was decided before."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from alma_qa0.core.proposal import REASONS, Proposal, Status

STATES = tuple(status.value for status in Status)


@dataclass(frozen=True, slots=True)
class DecisionView:
    """``history`` are sentences, newest first, ``ids`` the decisions and comments that they tell.

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


def show(proposal: Proposal, decisions: pd.DataFrame | None) -> DecisionView:
    """From the proposal and what was said of one Execution Block, newest first; None where decisions are not kept."""
    made = [] if decisions is None else decisions.to_dict("records")
    newest = next((row for row in made if row["status"] is not None), None)
    state = str(newest["status"]) if newest else Status.UNSET.value
    return DecisionView(
        proposal.status.value, tuple(reason.value for reason in proposal.reasons), proposal.sentence, proposal.what_would_change_it,
        tuple(_sentence(row) for row in made), tuple(str(row["decision_id"]) for row in made), state,
        str(newest["decision_id"]) if newest else None)


def news(before: DecisionView, now: DecisionView) -> tuple[str, ...]:
    """The sentences of what was decided or said in between, newest first."""
    return tuple(sentence for name, sentence in zip(now.ids, now.history, strict=True) if name not in before.ids)


def reasons_of(status: str) -> tuple[str, ...]:
    """The reason codes that a state can have; none for Pass and Unset."""
    return tuple(reason.value for reason in REASONS[Status(status)])


def _sentence(row: dict[Any, Any]) -> str:
    when = f"{row['decided_at']:%d %b %Y %H:%M} UTC, {row['decided_by']}"
    if row["status"] is None:
        return f"{when} commented: {row['comment']}"
    reasons = f" ({', '.join(row['reasons'])})" if len(row["reasons"]) else ""
    fraction = f", execution fraction {row['execution_fraction']:g}" if pd.notna(row["execution_fraction"]) else ""
    comment = f": {row['comment']}" if row["comment"] else ""
    unseen = row.get("unseen")
    beside = " - decided without having seen another decision" if isinstance(unseen, list | np.ndarray) and len(unseen) else ""
    return f"{when}: {row['status']}{reasons}{fraction}{comment}{beside}"
