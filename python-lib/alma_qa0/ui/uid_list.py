"""The list of Execution Blocks: dates, search, and the rows to choose from."""

from collections.abc import Callable
from datetime import date

from bokeh.models import Column, ColumnDataSource, DataTable, DateRangePicker, Div, StringFormatter, TableColumn, TextInput

from alma_qa0.ui.look import dress, html, listen
from alma_qa0.views.uid_list import UidListView

_COLUMNS = (("uid", "UID", 172), ("time", "start (UTC)", 92), ("band", "band", 60))


class UidList:
    """``root`` holds the widgets; ``source`` the rows; ``on_search`` and ``on_choose`` are called with nothing and with a uid."""

    def __init__(self, *, on_search: Callable[[], None], on_choose: Callable[[str], None]) -> None:
        self.source = ColumnDataSource({name: [] for name, _, _ in _COLUMNS}, name="uid_list_rows")
        self.dates = dress(DateRangePicker(title="dates (UTC, both included)", value=None, sizing_mode="stretch_width"), "date_range", "Dates")
        self.search = dress(TextInput(title="search", placeholder="uid, project, array, source", sizing_mode="stretch_width"), "search", "Search")
        columns = [TableColumn(field=field, title=title, width=width, sortable=False, formatter=StringFormatter())
                   for field, title, width in _COLUMNS]
        self.table = dress(DataTable(source=self.source, columns=columns, index_position=None, height=232, row_height=22, header_row=True,
                                     autosize_mode="force_fit", sizing_mode="stretch_width", selectable=True), "uid_list", "Execution Blocks")
        self.note = dress(Div(text="loading", sizing_mode="stretch_width"), "uid_list_note", "Number of Execution Blocks", "note")
        self.root = Column(self.dates, self.search, self.table, self.note, sizing_mode="stretch_width", spacing=4)
        self._on_choose = on_choose
        self._bounds: tuple[date | None, date | None] = (None, None)
        self._quiet = False
        for widget, attribute in ((self.dates, "value"), (self.search, "value_input")):
            listen(widget, attribute, lambda: None if self._quiet else on_search())
        listen(self.source.selected, "indices", self._chosen)

    def criteria(self) -> tuple[date | None, date | None, str]:
        """First day, last day (None: no limit) and the text searched."""
        first, last = (_day(value) for value in self.dates.value or (None, None))
        if (first, last) == self._bounds:  # all days: also those that the next Execution Blocks will bring
            first = last = None
        return first, last, (self.search.value_input or self.search.value or "").strip()

    def set_criteria(self, first: date | None, last: date | None, search: str) -> None:
        self._quiet = True
        if first and last:
            self.dates.value = (first, last)
        self.search.value = self.search.value_input = search
        self._quiet = False

    def set_bounds(self, first: date, last: date) -> None:
        """The days that the database knows; unless the reader chose others, all of them."""
        self._quiet = True
        everything = self.dates.value is None or tuple(_day(value) for value in self.dates.value) == self._bounds
        self._bounds = self.dates.min_date, self.dates.max_date = first, last
        if everything:
            self.dates.value = self._bounds
        self._quiet = False

    def show(self, view: UidListView, chosen: str | None) -> None:
        self._quiet = True
        self.source.data = view.columns
        indices = [index for index, uid in enumerate(view.columns["uid"]) if uid == chosen]
        self.source.selected.indices = indices
        self._quiet = False
        more = f", the newest {view.n_shown} shown" if view.n_total > view.n_shown else ""
        self.note.text = f'<span class="note">{html(view.n_total)} Execution Block{"" if view.n_total == 1 else "s"}{more}</span>'

    def _chosen(self) -> None:
        indices = self.source.selected.indices
        if indices and not self._quiet:
            self._on_choose(str(self.source.data["uid"][indices[0]]))


def _day(value: object) -> date | None:
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value)[:10])
