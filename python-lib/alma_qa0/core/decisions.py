"""A decision or a comment: what an astronomer says of an Execution Block. It is kept as it was made; a later decision supersedes it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alma_qa0.core.blocks import parse_uid
from alma_qa0.core.fields import DECISION
from alma_qa0.core.findings import Finding
from alma_qa0.core.proposal import REASONS, Reason, Status
from alma_qa0.core.rules import DEFAULTS
from alma_qa0.errors import BadRequest

LONGEST_NAME, LONGEST_COMMENT = int(DECISION.field("decided_by").longest or 0), int(DECISION.field("comment").longest or 0)
LARGEST_FRACTION = float(DECISION.field("execution_fraction").largest or 0)


@dataclass(frozen=True, slots=True)
class Decision:
    """What one astronomer says of one EB; when, and its name among the others, come from the store.

    A comment has no ``status``: it decides nothing. ``findings`` and ``limits`` are JSON: what was seen, and with which limits it was
    found. ``supersedes`` is the newest decision that was on the screen, None where there was none. ``source_version`` and
    ``evaluated_at`` say which rows and which evaluation were on it (see store.queries.Seen), None where nobody looked at a page.
    """

    uid: str
    decided_by: str
    status: Status | None
    reasons: tuple[Reason, ...]
    comment: str
    execution_fraction: float | None
    findings: str
    limits: str
    program_version: str
    supersedes: str | None
    source_version: str | None = None
    evaluated_at: str | None = None


def new_decision(
    uid: str, *, decided_by: str, status: str, reasons: Iterable[str] = (), comment: str = "", execution_fraction: float | None = None,
    findings: Sequence[Finding] = (), limits: str = "{}", program_version: str, supersedes: str | None = None,
    source_version: str | None = None, evaluated_at: str | None = None,
) -> Decision:
    """A decision from what a form holds; BadRequest, in words that can be shown beside the form, where it makes no sense."""
    by = _name(decided_by)
    chosen = parse_status(status)
    if execution_fraction is not None and not 0 <= execution_fraction <= LARGEST_FRACTION:
        raise BadRequest(f"execution fraction {execution_fraction}; expected a number from 0 to {LARGEST_FRACTION:g}, or none")
    return Decision(
        uid=parse_uid(uid), decided_by=by, status=chosen, reasons=parse_reasons(chosen, reasons), comment=_comment(comment),
        execution_fraction=execution_fraction, findings=seen(findings), limits=limits, program_version=program_version,
        supersedes=supersedes or None, source_version=source_version, evaluated_at=evaluated_at)


def new_comment(
    uid: str, *, decided_by: str, comment: str, findings: Sequence[Finding] = (), limits: str = "{}", program_version: str,
) -> Decision:
    """A comment, which decides nothing; BadRequest where it has no words or no author."""
    by = _name(decided_by)
    if not comment.strip():
        raise BadRequest("the comment is empty; expected some words")
    return Decision(
        uid=parse_uid(uid), decided_by=by, status=None, reasons=(), comment=_comment(comment), execution_fraction=None,
        findings=seen(findings), limits=limits, program_version=program_version, supersedes=None)


def _name(text: str) -> str:
    if not text.strip():
        raise BadRequest("nobody decides; expected the name of the astronomer")
    return _within("the name", text.strip(), LONGEST_NAME)


def _comment(text: str) -> str:
    return _within("the comment", text.strip(), LONGEST_COMMENT)


def _within(what: str, text: str, longest: int) -> str:
    if len(text) > longest:
        raise BadRequest(f"{what} has {len(text):,} characters; expected at most {longest:,}")
    return text


def parse_status(text: str) -> Status:
    """A state from its word."""
    for status in Status:
        if status.value == text:
            return status
    raise BadRequest(f"{repr(text) if text else 'nothing'} is not a state of QA0; expected {_listed(status.value for status in Status)}")


def parse_reasons(status: Status, texts: Iterable[str]) -> tuple[Reason, ...]:
    """The reasons of a state, each once and in the observatory's order.

    BadRequest for one that does not go with the state, and for none where it has any.
    """
    given, allowed = set(texts), REASONS[status]
    wrong = sorted(given - {reason.value for reason in allowed})
    if wrong or (allowed and not given):
        expected = f"one or more of {_listed(reason.value for reason in allowed)}" if allowed else "none"
        raise BadRequest(f"{status.value} with {f'the reason {wrong[0]!r}' if wrong else 'no reason'}; expected {expected}")
    return tuple(reason for reason in allowed if reason.value in given)


def limits_seen(judged_with: str | None) -> str:
    """As JSON, every limit behind a proposal: those of the evaluation (None: it was not judged), and the default of any other."""
    return json.dumps({**DEFAULTS, **json.loads(judged_with)} if judged_with else {})


def seen(findings: Iterable[Finding]) -> str:
    """Findings as the JSON that a decision keeps: enough to know, later and elsewhere, what the astronomer had before the eyes."""
    kept = ({"finding_id": finding.finding_id, "severity": finding.severity.value, "cause_id": finding.cause_id,
             "sentence": finding.sentence} for finding in findings)
    return json.dumps(list(kept), ensure_ascii=False)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
