"""The summary plot: a facet per baseband, X and Y told apart by colour and marker, points to be lassoed."""

from collections.abc import Callable
from typing import Any

from bokeh.models import (
    BoxSelectTool,
    BoxZoomTool,
    CDSView,
    DatetimeTicker,
    DatetimeTickFormatter,
    Div,
    GroupFilter,
    HoverTool,
    IntersectionFilter,
    LassoSelectTool,
    RadioButtonGroup,
    Range1d,
    Row,
    Scatter,
    Slope,
)

from alma_qa0.ui.facets import Facets
from alma_qa0.ui.look import COLOURS, MARKERS, NEUTRAL, dress, html, is_visible, listen, log_painted, picked
from alma_qa0.views.quantities import SPECTRAL, SUMMARY, Quantity
from alma_qa0.views.summary import SummaryView, plot_ranges

_COLUMNS = ("row", "polarisation", "x", "y", "value", "antenna", "baseband", "scan", "source", "time")
_AXES = ("time", "X against Y")
_TIPS = """<div style="font:12px system-ui">
<b>@antenna</b> @polarisation &nbsp; @baseband<br>scan @scan &nbsp; @source<br>@time UTC<br><b>@value</b></div>"""


class Summary:
    """``root`` is the plot, ``bar`` its choices, ``source`` its points; the callbacks get nothing and the selected indices."""

    def __init__(self, *, on_change: Callable[[], None], on_select: Callable[[list[int]], None]) -> None:
        self._ranges = Range1d(0, 1), Range1d(0, 1)  # one pair for all facets; following the data is a second painting in the browser
        self.facets = Facets("summary", "Summary plot", tools=_tools, x_range=self._ranges[0], y_range=self._ranges[1])
        self.root = self.facets.root
        self.source = self.facets.shared.source({name: [] for name in _COLUMNS}, "summary_points")
        self._scales = {True: (DatetimeTicker(), _clock()), False: (self.facets.shared.ticker, self.facets.shared.formatter)}
        self._glyphs = {polarisation: _glyphs(polarisation) for polarisation in COLOURS}
        self._slope = Slope(gradient=1, y_intercept=0, line_color=NEUTRAL, line_dash="dashed", line_width=1, visible=False)
        self._of_polarisation = {name: GroupFilter(column_name="polarisation", group=name) for name in COLOURS}
        self.painted = log_painted("summary", self.facets.figures.values())
        self.source.js_on_change("data", self.painted)
        for baseband, plot in self.facets.figures.items():
            self._draw(baseband, plot)
            self._scale(plot, time_axis=True)
        self.quantity = dress(
            RadioButtonGroup(labels=[each.label for each in SUMMARY], active=0), "summary_quantity", "Quantity of the summary plot"
        )
        self.axes = dress(RadioButtonGroup(labels=list(_AXES), active=0), "summary_axes", "Axes of the summary plot")
        self.note = dress(Div(text="", sizing_mode="stretch_width"), "summary_note", "Summary plot", "note")
        self.bar = dress(
            Row(self.note, self.quantity, self.axes, sizing_mode="stretch_width", spacing=12),
            "summary_bar",
            "Choices of the summary plot",
            "bar",
        )
        self._quiet = False
        for widget in (self.quantity, self.axes):
            listen(widget, "active", lambda: None if self._quiet else on_change())
        listen(self.source.selected, "indices", lambda: None if self._quiet else on_select(list(self.source.selected.indices)))

    def chosen(self) -> tuple[Quantity, bool]:
        """The quantity, and whether X is drawn against Y: where that makes no sense (tau, ...) Trx is taken."""
        against = self.axes.active == 1
        offered = SPECTRAL if against else SUMMARY
        return picked(offered, [self.quantity.active, 0])[0], against

    def choose(self, quantity: str, against: bool) -> None:
        """Set the choices without a callback."""
        self._quiet = True
        offered = SPECTRAL if against else SUMMARY
        names = [each.name for each in offered]
        self.axes.active = int(against)
        self.quantity.labels = [each.label for each in offered]
        self.quantity.active = names.index(quantity) if quantity in names else 0
        self._quiet = False

    def show(self, view: SummaryView, selected: list[int]) -> None:
        """Draw the points; ``selected`` are indices of those in front."""
        self._quiet = True
        self.source.data = {name: view.columns[name] for name in _COLUMNS}
        self.source.selected.indices = selected
        self._quiet = False
        self.facets.show_only(view.basebands)
        is_visible(self._slope, not view.time_axis)
        self.facets.label(view.x_label, view.y_label)
        for plot in self.facets.figures.values():
            self._scale(plot, time_axis=view.time_axis)
        for axis, wanted in zip(self._ranges, plot_ranges(view), strict=True):
            if (axis.reset_start, axis.reset_end) != wanted:  # else the reader's zoom stays
                axis.update(start=wanted[0], end=wanted[1], reset_start=wanted[0], reset_end=wanted[1])
        shown = f"{view.n_points:,}" if view.n_points == view.n_all else f"{view.n_points:,} of {view.n_all:,}"
        invalid = f", {view.n_invalid} invalid not drawn" if view.n_invalid else ""
        self.note.text = f"<b>{html(view.title)}</b> {_key(view)} <span class='note'>{shown} points{invalid}</span>"

    def _draw(self, baseband: str, plot: Any) -> None:
        plot.add_layout(self._slope)
        of_baseband = GroupFilter(column_name="baseband", group=baseband)
        drawn = [self._points(plot, of_baseband, polarisation) for polarisation in COLOURS]
        plot.add_tools(HoverTool(renderers=drawn, tooltips=_TIPS, limit=4))

    def _points(self, plot: Any, of_baseband: GroupFilter, polarisation: str) -> Any:
        here = CDSView(filter=IntersectionFilter(operands=[of_baseband, self._of_polarisation[polarisation]]))
        glyph, selected, others = self._glyphs[polarisation]
        return plot.add_glyph(self.source, glyph, selection_glyph=selected, nonselection_glyph=others, view=here,
                              name=f"{plot.name}_{polarisation.lower()}")

    def _scale(self, plot: Any, *, time_axis: bool) -> None:
        axis = plot.xaxis[0]
        ticker, formatter = self._scales[time_axis]
        if axis.ticker is not ticker:
            axis.ticker = plot.xgrid[0].ticker = ticker
            axis.formatter = formatter


def _tools() -> list[Any]:
    return [LassoSelectTool(continuous=False), BoxSelectTool(continuous=False), BoxZoomTool()]


def _glyphs(polarisation: str) -> list[Scatter]:
    """As they are, when selected, and when others are."""
    return [Scatter(x="x", y="y", size=5.5, marker=MARKERS[polarisation], fill_color=COLOURS[polarisation], fill_alpha=fill_alpha,
                    line_color=COLOURS[polarisation], line_alpha=line_alpha, line_width=0.7)
            for fill_alpha, line_alpha in ((0.55, 0.9), (0.9, 0.9), (0.08, 0.15))]


def _key(view: SummaryView) -> str:
    signs = {"X": "●", "Y": "▲"} if view.time_axis else {"XY": "■"}
    return " ".join(
        f'<span style="color:{COLOURS[name]}">{sign} {name if view.time_axis else "X against Y"}</span>' for name, sign in signs.items()
    )


def _clock() -> DatetimeTickFormatter:
    return DatetimeTickFormatter(seconds="%H:%M:%S", minsec="%H:%M:%S", minutes="%H:%M", hourmin="%H:%M", hours="%H:%M", days="%d %b")
