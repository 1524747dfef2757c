"""The list of Execution Blocks: dates, search, and the rows to choose from."""

from collections.abc import Callable
from datetime import date

from bokeh.models import (
    Column,
    ColumnDataSource,
    DateRangePicker,
    Div,
    HTMLTemplateFormatter,
    Row,
    Select,
    StringFormatter,
    TableColumn,
    TextInput,
)

from alma_qa0.ui.look import dress, html, listen, picked
from alma_qa0.ui.tables import data_table
from alma_qa0.views.quarantine import QuarantineView
from alma_qa0.views.uid_list import ALL, FILTERS, UidListView, offered

_COLUMNS = (("uid", "UID", 112), ("time", "start (UTC)", 90), ("band", "band", 56))
_UID = """<span title="<%- value %>"><%- value.replace(/^uid:[/][/]A002[/]/, "") %></span>"""  # the header says it whole
_STATE, _FINDINGS = ("state", "QA0", 48), ("findings", "found", 40)


class UidList:
    """``root`` holds the widgets; ``source`` the rows; ``on_search`` and ``on_choose`` are called with nothing and with a uid."""

    def __init__(
        self, *, on_search: Callable[[], None], on_choose: Callable[[str], None], findings: bool = False, decisions: bool = False,
    ) -> None:
        self._columns = (*_COLUMNS, *([_STATE] if decisions else []), *([_FINDINGS] if findings else []))
        self.source = ColumnDataSource({name: [] for name, _, _ in (*_COLUMNS, _STATE, _FINDINGS)}, name="uid_list_rows")
        filters = offered(findings=findings, decisions=decisions)
        self.filter = dress(
            Select(options=filters, value=ALL, width=110, visible=len(filters) > 1, title="QA0"), "uid_filter", "QA0 state and findings")
        self.dates = dress(
            DateRangePicker(title="dates (UTC, both included)", value=None, sizing_mode="stretch_width"), "date_range", "Dates"
        )
        self.search = dress(
            TextInput(title="search", placeholder="uid, project, array, source", sizing_mode="stretch_width"), "search", "Search"
        )
        columns = [TableColumn(field=field, title=title, width=width, sortable=False, formatter=_formatter(field))
                   for field, title, width in self._columns]
        self.table = data_table(
            self.source, columns, "uid_list", "Execution Blocks", height=232, row_height=22, sizing_mode="stretch_width")
        self.note = dress(Div(text="loading", sizing_mode="stretch_width"), "uid_list_note", "Number of Execution Blocks", "note")
        searching = Row(self.search, self.filter, sizing_mode="stretch_width", spacing=6)
        self.root = Column(self.dates, searching, self.table, self.note, sizing_mode="stretch_width", spacing=4)
        self._on_choose = on_choose
        self._uids: list[str] = []
        self._bounds: tuple[date | None, date | None] = (None, None)
        self._link: tuple[date | None, date | None] = (None, None)
        self._quiet = False
        for widget, attribute in ((self.dates, "value"), (self.search, "value_input"), (self.filter, "value")):
            listen(widget, attribute, lambda: None if self._quiet else on_search())
        listen(self.source.selected, "indices", self._chosen)

    def criteria(self) -> tuple[date | None, date | None, str]:
        """First day, last day (None: no limit) and the text searched."""
        days = [_day(value) for value in self.dates.value] if len(self.dates.value or ()) == 2 else self._link
        # no limit where it is that of the database: the next Execution Blocks lie beyond it
        first, last = (None if day == bound else day for day, bound in zip(days, self._bounds, strict=True))
        return first, last, self.search.value_input.strip()

    def wanted(self) -> str:
        """What is to be listed, one of views.uid_list.FILTERS."""
        return str(self.filter.value) if self.filter.value in FILTERS else ALL

    def set_criteria(self, first: date | None, last: date | None, search: str, wanted: str = ALL) -> None:
        self._quiet = True
        self._link = (first, last)
        self.search.value = self.search.value_input = search
        self.filter.value = wanted if wanted in self.filter.options else ALL
        self._quiet = False

    def set_bounds(self, first: date, last: date) -> None:
        """The days that the database knows; unless the reader chose others, all of them."""
        self._quiet = True
        now = tuple(_day(value) for value in self.dates.value or ())
        chosen = now if now and now != self._bounds else self._link
        self._bounds, self._link = (first, last), (None, None)
        start = chosen[0] or min(first, chosen[1] or first)
        end = chosen[1] or max(last, start)
        self.dates.update(min_date=min(start, first), max_date=max(end, last))  # what the reader chose can always be shown
        if now != (start, end):
            self.dates.value = (start, end)
        self._quiet = False

    def show(self, view: UidListView, chosen: str | None, quarantine: QuarantineView) -> None:
        """Show the rows, mark the one that is chosen, and tell below them what is in quarantine."""
        self._quiet = True
        self._uids = [str(uid) for uid in view.columns["uid"]]
        if any(list(self.source.data[name]) != list(column) for name, column in view.columns.items()):  # else the list would scroll
            self.source.data = view.columns
        indices = [index for index, uid in enumerate(view.columns["uid"]) if uid == chosen]
        if self.source.selected.indices != indices:
            self.source.selected.indices = indices
        self._quiet = False
        self.note.text = f'<span class="note">{html(_counted(view))}</span>{_told(quarantine)}'

    def _chosen(self) -> None:
        chosen = picked(self._uids, self.source.selected.indices[:1])
        if chosen and not self._quiet:
            self._on_choose(chosen[0])


def _told(quarantine: QuarantineView) -> str:
    if not quarantine.headline:
        return ""
    lines = "<br>".join(html(f"{uid} {sentence} ({time} UTC)") for uid, sentence, time in quarantine.lines)
    return f'<details class="said"><summary>{html(quarantine.headline)}</summary>{lines}</details>'


def _counted(view: UidListView) -> str:
    if view.n_total is None:
        return f"more than {view.n_shown:,} Execution Blocks, the newest {view.n_shown:,} shown"
    more = f", the newest {view.n_shown:,} shown" if view.n_total > view.n_shown else ""
    return f"{view.n_total:,} Execution Block{'' if view.n_total == 1 else 's'}{more}"


def _formatter(field: str) -> StringFormatter | HTMLTemplateFormatter:
    return HTMLTemplateFormatter(template=_UID) if field == "uid" else StringFormatter()


def _day(value: object) -> date | None:
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value)[:10])
