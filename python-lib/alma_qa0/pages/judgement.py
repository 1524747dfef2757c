"""Findings, proposal and decisions on the page: what was found leads to its spectra, and the astronomer decides."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic

from alma_qa0 import __version__
from alma_qa0.core.decisions import Decision, limits_seen, new_comment, new_decision
from alma_qa0.core.fields import DECISION, EVALUATION, FINDING
from alma_qa0.core.findings import Finding
from alma_qa0.core.proposal import Proposal
from alma_qa0.errors import BadRequest, DatabaseUnavailable, QA0Error
from alma_qa0.pages import decision_export, form
from alma_qa0.pages.background import Background
from alma_qa0.pages.form import COMMENT, Form
from alma_qa0.pages.form import fraction as execution_fraction
from alma_qa0.store import decisions
from alma_qa0.store.queries import Marts, Seen
from alma_qa0.ui.decision import DecisionForm
from alma_qa0.ui.findings import Findings
from alma_qa0.ui.shown import Shown
from alma_qa0.views import decision, findings, proposal
from alma_qa0.views import decision_export as exports
from alma_qa0.views.decision import DecisionView
from alma_qa0.views.execution_block import ExecutionBlock

KEEP_WITHIN_S = 10  # what waited longer for the database is not kept: the reader has gone on


@dataclass(frozen=True, slots=True)
class Judged:
    """All that is known of an Execution Block's quality; ``limits`` is the JSON of the limits it was judged with, None if it was not.

    ``seen`` tells when it is another.
    """

    uid: str
    findings: tuple[Finding, ...]
    proposal: Proposal
    decision: DecisionView
    limits: str | None
    seen: Seen


def are_there(marts: Marts) -> tuple[bool, bool]:
    """Whether there are findings, and whether there are decisions."""
    return marts.has(FINDING, EVALUATION), marts.has(DECISION)


class Judgement:
    """One session's findings and form.

    ``on_choose`` gets a finding that the reader wants to see; ``on_decided`` is called when a decision is kept; ``on_save`` gets the uid
    and json or csv.
    """

    def __init__(
        self, marts: Marts, background: Background, shown: Shown, *, say: Callable[[str, str], None], on_choose: Callable[[Finding], None],
        on_decided: Callable[[], None], on_save: Callable[[str, str], None],
    ) -> None:
        self._marts, self._background, self._say, self._on_choose, self._on_decided = marts, background, say, on_choose, on_decided
        self._on_save, self._shown = on_save, shown
        self._user: str | None = None
        self._loaded: ExecutionBlock | None = None
        self._deciding = False
        self._judged: Judged | None = None
        self._unfolded: str | None = None
        self._looked_at: Finding | None = None
        self._may_decide = False
        self.findings = Findings(on_choose=self._chosen, on_unfold=self._unfold)
        self.form = DecisionForm(shown, on_press=self._press, on_save=self._save, decisions=are_there(marts)[1])

    def is_for(self, user: str | None, *, may_decide: bool) -> None:
        """Say who reads, before anybody does (see ui/decision)."""
        self._user, self._may_decide = user, may_decide
        self.form.is_for(user, may_decide=may_decide)

    def leave(self) -> None:
        """Another Execution Block is being opened: nothing can be decided until it is shown."""
        self._judged = None
        if not self._deciding:
            self._say("decision", "")  # it was about the last one

    def open(self, loaded: ExecutionBlock, judged: Judged | None) -> None:
        """Show what is known of an Execution Block; None where it could not be read, and nothing can be decided."""
        if self._loaded is None or self._loaded.uid != loaded.uid:  # else it was made again while somebody may be writing
            self.form.clear()
        self._loaded, self._unfolded, self._looked_at = loaded, None, None
        self._set(judged)
        self._show_findings(None)

    def notice(self, seen: Seen) -> None:
        """Show what others found and decided since: what is written in the form stays."""
        judged, loaded = self._judged, self._loaded
        if judged is not None and loaded is not None and judged.seen != seen and not self._deciding:
            self._background.run("judgement", lambda: read(self._marts, loaded), self._renew)

    def look_away(self) -> None:
        """Let no finding be chosen: the reader looks at something else."""
        self._looked_at = None
        self.findings.look_away()

    def _set(self, judged: Judged | None) -> None:
        """Show proposal and history, and tell the browser what they were read from."""
        self._judged = judged
        self.form.show(judged.decision if judged else None)
        seen = judged.seen if judged else None
        self._shown.show_versions(
            source_version=seen and seen.source_version, evaluated_at=seen and seen.evaluated_at,
            newest_decision=judged and judged.decision.newest)

    def _renew(self, judged: Judged) -> None:
        before = self._judged
        self._set(judged)
        if before is None or before.findings != judged.findings:
            self._show_findings(self._looked_at.finding_id if self._looked_at else None)
        news = decision.news(before.decision, judged.decision) if before else ()
        if news:
            self.form.tell(news)

    def _show_findings(self, chosen: str | None) -> None:
        self.findings.show(findings.show(self._judged.findings if self._judged else (), self._unfolded), chosen)

    def _chosen(self, finding_id: str) -> None:
        found = next((each for each in self._judged.findings if each.finding_id == finding_id), None) if self._judged else None
        if found is None:
            return
        self._looked_at = found
        self._show_findings(finding_id)
        self._on_choose(found)

    def _unfold(self) -> None:
        """Show the parts of the cause that was chosen, or fold them again."""
        if self._looked_at is not None:
            cause = self._looked_at.cause_id or self._looked_at.finding_id
            self._unfolded = None if self._unfolded == cause else cause
            self._show_findings(cause)

    def _press(self, pressed: str) -> None:
        """Keep a decision or a comment about what was on the screen when the button was pressed, now or not at all."""
        if not self._may_decide or self._deciding:  # a double click decides once
            return
        try:
            sent, judged = form.parse(pressed, self._user), self._judged
            if judged is None or judged.uid != sent.uid:
                raise BadRequest(f"the page was no longer showing {sent.uid}")
        except BadRequest as error:
            self._say("decision", f"Not kept: {error}.")
            return
        self._deciding = True
        self.form.lock(True)
        self._say("decision", f"Keeping the {sent.kind}.")
        latest = monotonic() + KEEP_WITHIN_S
        self._background.run_once("decision", lambda: keep(self._marts, judged, sent, latest), partial(self._kept, sent.kind),
                                  failed=self._not_kept)

    def _kept(self, kind: str, judged: Judged) -> None:
        self._done()
        if self._judged is not None and judged.uid == self._judged.uid:  # else the reader has gone on to another one
            self._set(judged)
            if kind == COMMENT:
                self.form.comment.value = ""
            else:
                self.form.clear()
        self._on_decided()

    def _not_kept(self, error: Exception) -> None:
        """The form stays as it is."""
        self._done()
        why = f"the database does not answer ({error})" if isinstance(error, DatabaseUnavailable) else str(error)
        self._say("decision", f"Not kept: {why if isinstance(error, QA0Error) else 'the log of the server says why'}.")
        loaded = self._loaded
        if loaded is not None and self._judged is not None:  # there may be other findings to look at
            self._background.run("judgement", lambda: read(self._marts, loaded), self._renew)

    def _done(self) -> None:
        self._deciding = False
        self.form.lock(False)

    def _save(self, kind: str) -> None:
        if self._loaded is not None:
            self._on_save(self._loaded.uid, kind)


def read(marts: Marts, loaded: ExecutionBlock) -> Judged:
    """What is known of an Execution Block now."""
    seen = marts.look(loaded.uid)  # first: what changes while the rest is read will be noticed
    has_findings, _ = are_there(marts)
    evaluation = marts.read_evaluation(loaded.uid) if has_findings else None
    row = None if evaluation is None or evaluation.empty else evaluation.iloc[0]
    found = proposal.findings_of(marts.read_findings(loaded.uid)) if has_findings else ()
    row = None if row is None or proposal.are_lost(row, found) else row
    proposed = proposal.show(loaded.block, row, found)
    return Judged(loaded.uid, found, proposed, _history(marts, loaded.uid, proposed), None if row is None else str(row["limits"]), seen)


def keep(marts: Marts, judged: Judged, form: Form, latest: float) -> Judged:
    """Keep what was on the screen, with its findings and limits; what is known afterwards.

    BadRequest where the form makes no sense or the Execution Block was made or judged again since, DatabaseUnavailable where it is later
    than ``latest`` (by time.monotonic).
    """
    made = _comment(judged, form) if form.kind == COMMENT else _decision(judged, form)
    if monotonic() > latest:
        raise DatabaseUnavailable(f"no answer within {KEEP_WITHIN_S} s")
    decisions.decide(marts.database, marts.tables, made, bookkeeping=marts.bookkeeping)
    return replace(judged, seen=marts.look(judged.uid), decision=_history(marts, judged.uid, judged.proposal))


def _comment(judged: Judged, form: Form) -> Decision:
    return new_comment(form.uid, decided_by=form.decided_by, comment=form.comment, findings=judged.findings,
                       limits=limits_seen(judged.limits), program_version=__version__)


def _decision(judged: Judged, form: Form) -> Decision:
    seen = judged.seen
    if (form.source_version, form.evaluated_at) != (seen.source_version, seen.evaluated_at):
        raise BadRequest(f"{form.uid} was made or judged again meanwhile; look at it as it is now, and decide again")
    return new_decision(
        form.uid, decided_by=form.decided_by, status=form.status, reasons=form.reasons, comment=form.comment,
        execution_fraction=execution_fraction(form.execution_fraction), findings=judged.findings, limits=limits_seen(judged.limits),
        program_version=__version__, supersedes=form.newest_decision, source_version=seen.source_version, evaluated_at=seen.evaluated_at)


def export(marts: Marts, uid: str, kind: str) -> str:
    """What QA0 says of an Execution Block, as json or csv."""
    made = decision_export.records(marts, [uid], program_version=__version__)
    return exports.as_json(made[0]) if kind == "json" else exports.as_csv(made)


def _history(marts: Marts, uid: str, proposed: Proposal) -> DecisionView:
    _, has_decisions = are_there(marts)
    made = decisions.read_history(marts.database, marts.tables, uid) if has_decisions else None
    return decision.show(proposed, made)
