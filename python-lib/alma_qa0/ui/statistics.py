"""The table of what is selected: number, median and spread per baseband and polarisation."""

from bokeh.models import ColumnDataSource, Div, NumberFormatter, StringFormatter, TableColumn

from alma_qa0.ui.look import dress, html
from alma_qa0.ui.tables import data_table
from alma_qa0.views.statistics import StatisticsView

_NUMBERS = ("n", "median", "mad", "minimum", "maximum", "array")
_WIDTHS = {"baseband": 72}
_TITLES = {"polarisation": "pol", "mad": "MAD", "minimum": "min", "maximum": "max", "array": "array med."}


class Statistics:
    """``root`` is the table, ``note`` says of what, ``source`` holds the lines."""

    def __init__(self) -> None:
        names = ("baseband", "polarisation", *_NUMBERS)
        self.source = ColumnDataSource({name: [] for name in names}, name="statistics_rows")
        formatters = {name: NumberFormatter(format="0.[000]" if name != "n" else "0,0", text_align="right") for name in _NUMBERS}
        columns = [
            TableColumn(field=name, title=_TITLES.get(name, name), width=_WIDTHS.get(name, 60),
                        formatter=formatters.get(name, StringFormatter()))
            for name in names
        ]
        self.root = data_table(self.source, columns, "statistics", "Statistics", row_height=22, sizing_mode="stretch_both")
        self.note = dress(Div(text="", sizing_mode="stretch_width"), "statistics_note", "What the statistics are of", "note")

    def show(self, view: StatisticsView, *, label: str, selected: bool) -> None:
        self.source.data = view.columns
        of = "selected" if selected else "all shown"
        self.note.text = (
            f"<b>{html(label)} ({html(view.unit)})</b> <span class='note'>{of}: {view.n_values:,} values; MAD not scaled; "
            "array: the median of all antennas</span>"
        )
