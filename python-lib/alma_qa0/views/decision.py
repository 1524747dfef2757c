"""What an astronomer needs to decide: the proposal in words, the states and reasons to choose from, and what was decided before."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from alma_qa0.core.proposal import REASONS, Proposal, Status

STATES = tuple(status.value for status in Status)


@dataclass(frozen=True, slots=True)
class DecisionView:
    """``history`` are sentences, newest first; ``newest`` is the id of the newest decision, which the next one supersedes."""

    proposed: str
    reasons_proposed: tuple[str, ...]
    because: str
    would_change: str
    history: tuple[str, ...]
    newest: str | None
    state: str


def show(proposal: Proposal, decisions: pd.DataFrame) -> DecisionView:
    """From the proposal and the rows of the decisions of one Execution Block, newest first."""
    history = tuple(_sentence(row) for row in decisions.to_dict("records"))
    newest = None if decisions.empty else str(decisions["decision_id"].iloc[0])
    state = Status.UNSET.value if decisions.empty else str(decisions["status"].iloc[0])
    return DecisionView(proposal.status.value, tuple(reason.value for reason in proposal.reasons), proposal.sentence,
                        proposal.what_would_change_it, history, newest, state)


def reasons_of(status: str) -> tuple[str, ...]:
    """The reason codes that a state can have; none for Pass and Unset."""
    return tuple(reason.value for reason in REASONS[Status(status)])


def _sentence(row: dict[Any, Any]) -> str:
    reasons = f" ({', '.join(row['reasons'])})" if len(row["reasons"]) else ""
    comment = f": {row['comment']}" if row["comment"] else ""
    unseen = row.get("unseen")
    beside = " - decided without having seen another decision" if isinstance(unseen, list | np.ndarray) and len(unseen) else ""
    return f"{row['decided_at']:%d %b %Y %H:%M} UTC, {row['decided_by']}: {row['status']}{reasons}{comment}{beside}"
