"""Findings, proposal and decisions on the page: what was found leads to its spectra, and the astronomer decides."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from alma_qa0 import __version__
from alma_qa0.core.decisions import limits_seen, new_decision
from alma_qa0.core.findings import Finding
from alma_qa0.core.proposal import Proposal, ProposalLimits
from alma_qa0.errors import BadRequest
from alma_qa0.pages.background import Background
from alma_qa0.store import decisions
from alma_qa0.store.queries import Marts
from alma_qa0.ui.decision import DecisionForm, Form
from alma_qa0.ui.findings import Findings
from alma_qa0.views import decision, findings, proposal
from alma_qa0.views.decision import DecisionView
from alma_qa0.views.execution_block import ExecutionBlock

_LIMITS = ProposalLimits()


@dataclass(frozen=True, slots=True)
class Judged:
    """All that is known of an Execution Block's quality; ``limits`` is the JSON of the limits it was judged with."""

    uid: str
    findings: tuple[Finding, ...]
    proposal: Proposal
    decision: DecisionView
    limits: str


class Judgement:
    """One session's findings and form.

    ``on_choose`` gets a finding that the reader wants to see; ``on_decided`` is called when a decision is kept.
    """

    def __init__(
        self, marts: Marts, background: Background, *, say: Callable[[str, str], None], on_choose: Callable[[Finding], None],
        on_decided: Callable[[], None],
    ) -> None:
        self._marts, self._background, self._say, self._on_choose, self._on_decided = marts, background, say, on_choose, on_decided
        self._uid: str | None = None
        self._deciding = False
        self._judged: Judged | None = None
        self._unfolded: str | None = None
        self._looked_at: Finding | None = None
        self.findings = Findings(on_choose=self._chosen, on_unfold=self._unfold)
        self.form = DecisionForm(on_decide=self._decide)

    def open(self, loaded: ExecutionBlock) -> None:
        """Show what is known of an Execution Block."""
        self._uid, self._judged = loaded.uid, None  # until it is known, nothing can be decided: the form may show the last one's
        self._unfolded = self._looked_at = None
        self._background.run("judgement", lambda: read(self._marts, loaded), self._show)

    def look_away(self) -> None:
        """Let no finding be chosen: the reader looks at something else."""
        self._looked_at = None
        self.findings.look_away()

    def _show(self, judged: Judged) -> None:
        self._judged = judged
        self._show_findings(None)
        self.form.show(judged.decision)

    def _show_findings(self, chosen: str | None) -> None:
        if self._judged is not None:
            self.findings.show(findings.show(self._judged.findings, self._unfolded), chosen)

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

    def _decide(self, form: Form) -> None:
        judged = self._judged
        if judged is None:
            self._say("decision", "Choose an Execution Block first: there is nothing to decide.")
        elif not self._deciding:  # a double click decides once
            self._deciding = True
            self._background.run("decision", lambda: self._keep(judged, form), self._decided)

    def _keep(self, judged: Judged, form: Form) -> Judged:
        try:
            return decide(self._marts, judged, form)
        except Exception:
            self._deciding = False
            raise

    def _decided(self, judged: Judged) -> None:
        self._deciding = False
        if judged.uid == self._uid:  # else the reader has gone on to another one
            self._judged = judged
            self.form.show(judged.decision)
        self._on_decided()


def known_of(marts: Marts, uids: list[str]) -> dict[str, Any]:
    """What the list of Execution Blocks shows of each: its findings' counts and its newest decision."""
    return {"counts": marts.count_findings(uids), "decisions": decisions.read_newest_decisions(marts.database, marts.tables, uids)}


def read(marts: Marts, loaded: ExecutionBlock) -> Judged:
    """What is known of an Execution Block now."""
    evaluation = marts.read_evaluation(loaded.uid)
    row = None if evaluation.empty else evaluation.iloc[0]
    found = proposal.findings_of(marts.read_findings(loaded.uid))
    proposed = proposal.show(loaded.block, row, found, _LIMITS)
    made = decisions.read_decisions(marts.database, marts.tables, loaded.uid)
    return Judged(loaded.uid, found, proposed, decision.show(proposed, made), "{}" if row is None else str(row["limits"]))


def decide(marts: Marts, judged: Judged, form: Form) -> Judged:
    """Keep what the form says, with the findings and limits that were seen; what is known afterwards."""
    made = new_decision(
        judged.uid, decided_by=form.decided_by, status=form.status, reasons=form.reasons, comment=form.comment,
        execution_fraction=_fraction(form.execution_fraction), findings=judged.findings, limits=limits_seen(judged.limits, _LIMITS),
        program_version=__version__, supersedes=judged.decision.newest)
    decisions.decide(marts.database, marts.tables, made)
    history = decisions.read_decisions(marts.database, marts.tables, judged.uid)
    return Judged(judged.uid, judged.findings, judged.proposal, decision.show(judged.proposal, history), judged.limits)


def _fraction(text: str) -> float | None:
    try:
        return float(text) if text.strip() else None
    except ValueError:
        raise BadRequest(f"execution fraction {text!r}; expected a number from 0 up, or none") from None
