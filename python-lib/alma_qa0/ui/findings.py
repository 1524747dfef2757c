"""The list of findings: severity by shape, word and colour; choosing a line shows what it is about."""

from collections.abc import Callable

from bokeh.models import Button, ColumnDataSource, Div, HTMLTemplateFormatter, Row, StringFormatter, TableColumn

from alma_qa0.ui.look import dress, is_visible, listen, picked
from alma_qa0.ui.tables import data_table
from alma_qa0.views.findings import FindingsView

_NAMES = ("id", "severity", "sign", "parts", "sentence")
_FINDING = """<span class="finding" title="<%- sentence %>">
<% if (sign) { %><span class="severity <%- severity %>"><%- sign %> <%- severity %></span> <% } %><%- sentence %></span>"""


class Findings:
    """``root`` is the table, ``bar`` says how many there are and unfolds them; ``on_choose`` gets the id of the finding that was chosen."""

    def __init__(self, *, on_choose: Callable[[str], None], on_unfold: Callable[[], None]) -> None:
        self.source = ColumnDataSource({name: [] for name in _NAMES}, name="findings_rows")
        columns = [TableColumn(field="sentence", title="finding", width=520, formatter=HTMLTemplateFormatter(template=_FINDING)),
                   TableColumn(field="parts", title="parts", width=44, formatter=StringFormatter(text_align="right"))]
        for column in columns:
            column.sortable = False
        self.root = data_table(self.source, columns, "findings", "Findings", row_height=36, sizing_mode="stretch_both")
        self.note = dress(Div(text="", sizing_mode="stretch_width"), "findings_note", "Number of findings", "note")
        self.unfold = dress(
            Button(label="parts", visible=False, width=44), "findings_parts", "Show or fold the parts of the finding chosen", "link")
        self.unfold.on_click(on_unfold)
        self.bar = Row(self.note, self.unfold, sizing_mode="stretch_width")
        self._on_choose = on_choose
        self._lines: list[tuple[str, bool]] = []
        self._quiet = False
        listen(self.source.selected, "indices", self._chosen)

    def show(self, view: FindingsView, chosen: str | None) -> None:
        """Show the lines, worst first; ``chosen`` is the id of the one that is looked at."""
        self._quiet = True
        columns = view.columns
        self._lines = [(str(name), bool(parts or not sign)) for name, parts, sign in zip(
            columns["id"], columns["parts"], columns["sign"], strict=True)]
        self.source.data = columns
        self.source.selected.indices = [index for index, name in enumerate(view.columns["id"]) if name == chosen]
        self._quiet = False
        self._offer_parts()
        counted = f"{view.n_lines:,}, {view.n_parts:,} parts folded" if view.n_lines else "none"
        self.note.text = counted

    def look_away(self) -> None:
        """Let no line be chosen, so that each can be chosen again."""
        self._quiet = True
        self.source.selected.indices = []
        self._quiet = False
        self._offer_parts()

    def _offer_parts(self) -> None:
        """Only a cause with parts can be unfolded, and only from it or one of its parts folded again."""
        is_visible(self.unfold, any(is_part for _, is_part in picked(self._lines, self.source.selected.indices)))

    def _chosen(self) -> None:
        chosen = picked(self._lines, self.source.selected.indices[:1])
        if chosen and not self._quiet:
            self._on_choose(chosen[0][0])
