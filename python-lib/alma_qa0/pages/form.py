"""The form of a decision or comment as the browser sends it."""

import json
from dataclasses import dataclass

from alma_qa0.core.decisions import LARGEST_FRACTION
from alma_qa0.errors import BadRequest

_LONGEST = 65_536  # a comment as long as can be, and what stands around it
_LONGEST_WORD = 100  # of what the page chooses from; beside it stand only the uid, a version and what is typed
DECISION, COMMENT = "decision", "comment"
_TEXTS = ("kind", "uid", "status", "comment", "decided_by", "execution_fraction")
_VERSIONS = ("source_version", "evaluated_at", "newest_decision")


@dataclass(frozen=True, slots=True)
class Form:
    """What was on the screen when a button was pressed: words as they were typed, and the uid and versions that they stood beside.

    ``kind`` is DECISION or COMMENT. Versions are those of store.queries.Seen, None for none.
    """

    kind: str
    uid: str
    status: str
    reasons: tuple[str, ...]
    comment: str
    decided_by: str
    execution_fraction: str
    source_version: str | None
    evaluated_at: str | None
    newest_decision: str | None


def parse(pressed: str, user: str | None) -> Form:
    """From the JSON of ui/press.js; ``user`` decides where that is known. BadRequest for what no page of ours sends."""
    try:
        sent = json.loads(pressed[:_LONGEST])
        texts = {name: _text(sent[name]) for name in _TEXTS}
        seen = {name: None if (found := sent["versions"].get(name)) is None else _text(found) for name in _VERSIONS}
        reasons = tuple(map(_word, sent["reasons"]))
        if texts["kind"] not in (DECISION, COMMENT):
            raise ValueError
        for name in ("uid", "status", "execution_fraction"):
            _word(texts[name])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadRequest("the form did not come whole; expected that of the page") from None
    return Form(
        texts["kind"], texts["uid"], texts["status"], reasons, texts["comment"], user or texts["decided_by"], texts["execution_fraction"],
        seen["source_version"], seen["evaluated_at"], seen["newest_decision"])


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _word(value: object) -> str:
    if len(text := _text(value)) > _LONGEST_WORD:
        raise ValueError
    return text


def fraction(text: str) -> float | None:
    """The execution fraction as it was typed, None where nothing was; BadRequest where it is no number."""
    try:
        return float(text) if text.strip() else None
    except ValueError:
        raise BadRequest(f"execution fraction {text!r}; expected a number from 0 to {LARGEST_FRACTION:g}, or none") from None
