"""Two or more panels in one place, of which one is seen."""

from typing import Any

from bokeh.models import Column, RadioButtonGroup, Row

from alma_qa0.ui.look import dress, is_visible, listen


class Tabs:
    """``bar`` holds the choice and the note of the panel that is seen, ``root`` the panels; ``panels`` are (label, note, panel)."""

    def __init__(self, name: str, label: str, panels: list[tuple[str, Any, Any]]) -> None:
        self._panels = panels
        labels = [each for each, _, _ in panels]
        self.choice = dress(RadioButtonGroup(labels=labels, active=0, visible=len(panels) > 1), f"{name}_tabs", label)
        notes, contents = [note for _, note, _ in panels], [content for _, _, content in panels]
        self.bar = dress(Row(self.choice, *notes, sizing_mode="stretch_width", spacing=8), f"{name}_bar", label, "bar")
        self.root = dress(Column(*contents, sizing_mode="stretch_both"), name, label)
        listen(self.choice, "active", self._show)
        self._show()

    def _show(self) -> None:
        for index, (_, note, content) in enumerate(self._panels):
            for model in (note, content):
                is_visible(model, index == self.choice.active)
