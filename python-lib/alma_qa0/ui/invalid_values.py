"""The list of invalid values beside the plots: they are never points."""

from collections.abc import Callable

from bokeh.models import ColumnDataSource, Div, HTMLTemplateFormatter, TableColumn

from alma_qa0.ui.look import dress, html, listen
from alma_qa0.ui.tables import data_table
from alma_qa0.views.invalid_values import InvalidValuesView

_COLUMNS = (("antenna", "antenna", 58), ("scan", "scan", 40), ("baseband", "baseband", 66), ("polarisation", "pol", 30),
            ("kind", "kind", 96), ("what", "what", 150))
_WHOLE = """<span title="<%- value %>"><%- value %></span>"""  # for what is longer than its column


class InvalidValues:
    """``root`` is the table, ``note`` says how many lines it has, ``source`` holds them; ``on_choose`` gets the index of a line chosen."""

    def __init__(self, *, on_choose: Callable[[int], None]) -> None:
        self.source = ColumnDataSource({name: [] for name, _, _ in _COLUMNS}, name="invalid_values_rows")
        columns = [TableColumn(field=field, title=title, width=width, formatter=HTMLTemplateFormatter(template=_WHOLE))
                   for field, title, width in _COLUMNS]
        self.root = data_table(
            self.source, columns, "invalid_values", "Invalid values", row_height=22, sizing_mode="stretch_both")
        self.note = dress(Div(text="", sizing_mode="stretch_width"), "invalid_values_note", "Number of invalid values", "note")
        self._on_choose = on_choose
        self._quiet = False
        listen(self.source.selected, "indices", self._chosen)

    def show(self, view: InvalidValuesView) -> None:
        """Show the lines; the one that is chosen stays so while they are the same."""
        if {name: list(column) for name, column in view.columns.items()} != {name: list(self.source.data[name]) for name in view.columns}:
            self.look_away()
        self.source.data = view.columns
        counted = f"{view.n_lines:,} line{'' if view.n_lines == 1 else 's'}" if view.n_lines else "none"
        told = html(view.absent) or f"{counted}; never averaged; choose one to see where it is"
        self.note.text = f"<b>invalid values</b> <span class='note'>{told}</span>"

    def look_away(self) -> None:
        """Let no line be chosen, so that each can be chosen again."""
        self._quiet = True
        self.source.selected.indices = []
        self._quiet = False

    def _chosen(self) -> None:
        indices = self.source.selected.indices
        if indices and not self._quiet:
            self._on_choose(indices[0])
