"""Tables that show their rows whenever these change."""

from collections.abc import Sequence
from typing import Any

from bokeh.models import ColumnDataSource, CustomJS, DataTable, TableColumn

from alma_qa0.ui.look import dress, script

_REPAINT = script("repaint.js")


def data_table(source: ColumnDataSource, columns: Sequence[TableColumn], name: str, label: str, **options: Any) -> DataTable:
    """A table of the rows of ``source``; ``options`` are those of DataTable.

    Bokeh 3.9 draws a table again only where the number of its rows changes: this one is drawn again at every change.
    """
    table = dress(DataTable(source=source, columns=list(columns), index_position=None, autosize_mode="force_fit", reorderable=False,
                            **options), name, label)
    source.js_on_change("data", CustomJS(code=_REPAINT, args={"table": table}))
    return table
