"""The form in which the astronomer decides or comments, and what was decided before."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from bokeh.core.properties import String
from bokeh.model import DataModel
from bokeh.models import Button, CheckboxButtonGroup, Column, CustomJS, Div, RadioButtonGroup, Row, TextInput

from alma_qa0.ui.look import dress, html, is_visible, listen, picked, script
from alma_qa0.ui.shown import Shown
from alma_qa0.views.decision import LONGEST, STATES, DecisionView, reasons_of

_CLOSE = (2, 5, 2, 5)


class Press(DataModel):  # type: ignore[misc] # Bokeh is not followed
    """A form as it was on the screen when a button was pressed, as JSON: see press.js."""

    text = String(default="")


class DecisionForm:
    """``root`` holds the proposal, the form, the history and its export.

    ``on_press`` gets the form as it was on the screen (see Press) when a button is pressed, ``on_save`` json or csv. ``keep_draft`` is a
    script for when the connection is lost. Where there are no decisions there is neither form nor history.
    """

    def __init__(
        self, shown: Shown, *, on_press: Callable[[str], None], on_save: Callable[[str], None], decisions: bool = True,
    ) -> None:
        self._user: str | None = None
        self.note = dress(Div(text="", sizing_mode="stretch_width"), "decision_note", "State and proposed state", "note")
        self.proposal = dress(Div(text="", sizing_mode="stretch_width", margin=_CLOSE), "proposal", "Proposed status", "note")
        self.status = dress(RadioButtonGroup(labels=list(STATES), active=None, margin=_CLOSE), "decision_status", "Status")
        self.fraction = dress(TextInput(placeholder="EF", max_length=LONGEST["execution_fraction"], width=50, margin=_CLOSE),
                              "decision_execution_fraction", "Execution fraction")
        self.reasons = dress(
            CheckboxButtonGroup(labels=[], active=[], visible=False, sizing_mode="stretch_width", margin=_CLOSE), "decision_reasons",
            "Reasons", "chips")
        self.comment = dress(
            TextInput(placeholder="comment", max_length=LONGEST["comment"], sizing_mode="stretch_width", margin=_CLOSE),
            "decision_comment", "Comment")
        self.decided_by = dress(
            TextInput(placeholder="your name", max_length=LONGEST["decided_by"], width=100, margin=_CLOSE), "decision_by", "Who decides")
        self.button = dress(Button(label="decide", width=64, margin=_CLOSE), "decide", "Keep this decision", "main")
        self.remark = dress(
            Button(label="comment", width=68, margin=_CLOSE), "decision_comment_only", "Keep the comment without a decision")
        self.news = dress(Div(text="", visible=False, sizing_mode="stretch_width"), "decision_news", "Decided meanwhile")
        self.history = dress(
            Div(text="", sizing_mode="stretch_width", visible=decisions), "decision_history", "Decisions so far", "note")
        self.form = dress(Column(
            Row(self.status, self.fraction, sizing_mode="stretch_width", spacing=6), self.reasons,
            Row(self.comment, self.decided_by, self.remark, self.button, sizing_mode="stretch_width", spacing=6),
            self.news,
            sizing_mode="stretch_width", spacing=4, visible=decisions), "decision_form", "Form of the decision")
        self.root = dress(Column(
            self.proposal, self.form, Row(self.history, self._saves(on_save), sizing_mode="stretch_width", spacing=6),
            sizing_mode="stretch_both", spacing=4, visible=False), "decision", "Decision", "scrolls")
        listen(self.status, "active", self._offer_reasons)
        self._send(shown, on_press)

    def is_for(self, user: str | None, *, may_decide: bool) -> None:
        """Say who reads: ``user`` decides, where that is known and must not be changed; who may not decide has no form."""
        self._user = user
        self.decided_by.update(value=user or "", disabled=user is not None)
        self.form.visible = self.form.visible and may_decide

    def lock(self, locked: bool) -> None:
        """Take no other press while one is being kept."""
        for button in (self.button, self.remark):
            button.disabled = locked

    def at_first(self) -> list[CustomJS]:
        """Scripts to run when the page is there."""
        return [each for each in (self.remember_name(), self.restore_draft) if each is not None]

    def remember_name(self) -> CustomJS | None:
        """A script that has the browser remember who decides; None where that is known."""
        return None if self._user is not None else CustomJS(code=script("name.js"), args={"name": self.decided_by})

    def show(self, view: DecisionView | None) -> None:
        """Show the proposal and the history, None where they are not known; what is written in the form stays."""
        if view is None:
            self.note.text = self.proposal.text = self.history.text = ""
            return
        reasons = f" ({html(', '.join(view.reasons_proposed))})" if view.reasons_proposed else ""
        self.note.text = f"<b>{html(view.state)}</b>; proposed: <b>{html(view.proposed)}</b>{reasons}"
        self.proposal.text = f"{html(view.because)} <details><summary>What would change it</summary>{html(view.would_change)}</details>"
        told = "<br>".join(html(sentence) for sentence in view.history) or "not decided yet"
        self.history.text = told + (f"<br>and {view.n_earlier} earlier" if view.n_earlier else "")

    def clear(self) -> None:
        """Empty the form, but for who decides: nothing is chosen for the astronomer."""
        self.status.active, self.comment.value, self.fraction.value = None, "", ""
        self.tell(())

    def tell(self, news: Sequence[str]) -> None:
        """Say what others decided while this form was open; nothing where nobody did."""
        told = "".join(f"<br>{html(sentence)}" for sentence in news)
        self.news.text = f'<div class="said" role="status"><b>Decided while this was open</b>{told}</div>' if news else ""
        is_visible(self.news, bool(news))

    def _saves(self, on_save: Callable[[str], None]) -> Any:
        buttons = []
        for kind in ("json", "csv"):
            says = f"Save status, findings and decision as {kind.upper()}"
            button = dress(Button(label=kind.upper(), width=44), f"decision_{kind}", says)
            button.on_click(partial(on_save, kind))
            buttons.append(button)
        return Row(*buttons, spacing=4)

    def _offer_reasons(self) -> None:
        offered = [reason for status in picked(STATES, [self.status.active]) for reason in reasons_of(status)]
        chosen = self._reasons()
        self.reasons.update(labels=offered, active=[index for index, reason in enumerate(offered) if reason in chosen])
        is_visible(self.reasons, bool(offered))

    def _reasons(self) -> tuple[str, ...]:
        return tuple(picked(self.reasons.labels, self.reasons.active))

    def _send(self, shown: Shown, on_press: Callable[[str], None]) -> None:
        """Have the buttons send the form as it is in the browser."""
        press = Press()
        fields = {"screen": shown.screen, "status": self.status, "fraction": self.fraction, "reasons": self.reasons,
                  "comment": self.comment, "decided_by": self.decided_by}
        for button, kind in ((self.button, "decision"), (self.remark, "comment")):
            button.js_on_click(CustomJS(code=script("press.js"), args={**fields, "press": press, "kind": kind}))
        press.on_change("text", lambda attr, old, new: on_press(new))
        self.form.tags = [press]
        self.keep_draft, self.restore_draft = (
            CustomJS(code=script(name), args=fields) for name in ("keep_draft.js", "restore_draft.js"))
        shown.screen.js_on_change("uid", self.restore_draft)
