"""The line that says which Execution Block is looked at, and the line that says what is wrong or under way."""

from bokeh.models import Div

from alma_qa0.ui.look import dress, html
from alma_qa0.views.header import HeaderView


class Header:
    """``root`` shows the facts, ``message`` a sentence for the reader while there is one."""

    def __init__(self) -> None:
        self.root = dress(Div(text=_TITLE, sizing_mode="stretch_width"), "header", "Execution Block", "facts")
        self._said: dict[str, str] = {}
        let_through = {"pointer-events": "none"}  # it lies over the plots, whose buttons must still be reached
        self.message = dress(Div(text="", sizing_mode="stretch_width", styles=let_through), "message", "Message")

    def show(self, view: HeaderView | None) -> None:
        if view is None:
            self.root.text = _TITLE
            return
        tag = '<span class="tag" title="made by the simulator, not by the observatory">simulated</span>' if view.simulated else ""
        facts = "".join(f'<span class="fact"><b>{html(name)}</b>{html(text)}</span>' for name, text in view.facts)
        self.root.text = f'<div class="facts"><span class="uid">{html(view.uid)}</span>{tag}{facts}</div>'

    def say(self, about: str, sentence: str) -> None:
        """Show a sentence about something in the place of the last one about it; an empty one takes that away."""
        self._said = {**self._said, about: sentence}
        text = "<br>".join(html(said) for said in dict.fromkeys(self._said.values()) if said)
        self.message.text = f'<div class="said" role="status">{text}</div>' if text else ""


_TITLE = '<div class="facts"><span class="uid">alma-qa0</span><span class="note">QA0 of ALMA Execution Blocks</span></div>'
