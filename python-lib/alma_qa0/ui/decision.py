"""The form in which the astronomer decides, and what was decided before."""

from collections.abc import Callable
from dataclasses import dataclass

from bokeh.models import Button, Column, Div, MultiChoice, RadioButtonGroup, Row, TextInput

from alma_qa0.ui.look import dress, html, listen
from alma_qa0.views.decision import STATES, DecisionView, reasons_of


@dataclass(frozen=True, slots=True)
class Form:
    """What the form holds: words as they were typed."""

    status: str
    reasons: tuple[str, ...]
    comment: str
    decided_by: str
    execution_fraction: str


class DecisionForm:
    """``root`` holds the form and the history; ``on_decide`` is called with the form when the button is pressed."""

    def __init__(self, *, on_decide: Callable[[Form], None], decided_by: str = "") -> None:
        self.note = dress(Div(text="", sizing_mode="stretch_width"), "decision_note", "State and proposed state", "note")
        self.proposal = dress(Div(text="", sizing_mode="stretch_width"), "proposal", "Proposed status", "note")
        self.status = dress(RadioButtonGroup(labels=list(STATES), active=None), "decision_status", "Status")
        self.reasons = dress(MultiChoice(options=[], placeholder="reasons", sizing_mode="stretch_width"), "decision_reasons", "Reasons")
        self.comment = dress(TextInput(placeholder="comment", sizing_mode="stretch_width"), "decision_comment", "Comment")
        self.decided_by = dress(TextInput(placeholder="your name", value=decided_by, width=110), "decision_by", "Who decides")
        self.fraction = dress(TextInput(placeholder="EF", width=56), "decision_execution_fraction", "Execution fraction")
        self.button = dress(Button(label="decide", width=70), "decide", "Keep this decision")
        self.history = dress(Div(text="", sizing_mode="stretch_width"), "decision_history", "Decisions so far", "note")
        self.root = dress(Column(
            Row(self.status, self.fraction, self.decided_by, sizing_mode="stretch_width", spacing=6),
            Row(self.reasons, self.comment, self.button, sizing_mode="stretch_width", spacing=6), self.proposal, self.history,
            sizing_mode="stretch_both", spacing=4, visible=False), "decision", "Decision", "scrolls")
        listen(self.status, "active", self._offer_reasons)
        self.button.on_click(lambda: on_decide(self._form()))

    def show(self, view: DecisionView) -> None:
        """Show the proposal and the history, and clear the form: nothing is chosen for the astronomer."""
        reasons = f" ({html(', '.join(view.reasons_proposed))})" if view.reasons_proposed else ""
        self.note.text = f"<b>{html(view.state)}</b>; proposed: <b>{html(view.proposed)}</b>{reasons}"
        self.proposal.text = f"{html(view.because)} What would change it: {html(view.would_change)}"
        self.history.text = "<br>".join(html(sentence) for sentence in view.history) or "not decided yet"
        self.status.active, self.reasons.value, self.comment.value, self.fraction.value = None, [], "", ""

    def _offer_reasons(self) -> None:
        offered = list(reasons_of(STATES[self.status.active])) if self.status.active is not None else []
        self.reasons.value = [reason for reason in self.reasons.value if reason in offered]
        self.reasons.options = offered

    def _form(self) -> Form:
        status = STATES[self.status.active] if self.status.active is not None else ""
        return Form(status, tuple(self.reasons.value), self.comment.value, self.decided_by.value, self.fraction.value)
