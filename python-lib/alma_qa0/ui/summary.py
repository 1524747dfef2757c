"""The summary plot: a facet per baseband, X and Y told apart by colour and marker, points to be lassoed."""

from collections.abc import Callable
from typing import Any

from bokeh.models import (
    BoxSelectTool,
    BoxZoomTool,
    CDSView,
    CustomJS,
    CustomJSTransform,
    DatetimeTicker,
    DatetimeTickFormatter,
    Div,
    GroupFilter,
    IntersectionFilter,
    LassoSelectTool,
    Quad,
    RadioButtonGroup,
    Range1d,
    Row,
    Scatter,
    Segment,
    Slope,
)

from alma_qa0.ui.facets import Facets, tips
from alma_qa0.ui.look import COLOURS, NEUTRAL, dress, html, is_visible, listen, log_painted, picked, script
from alma_qa0.views.quantities import SPECTRAL, SUMMARY, Quantity
from alma_qa0.views.summary import LookedAt, SummaryView

_COLUMNS = ("row", "polarisation", "x", "y", "value", "antenna", "baseband", "scan", "source", "time")
_MARKS = ("row", "polarisation", "x", "y", "kind", "what", "antenna", "baseband", "scan", "source", "time")
_BAND = ("baseband", "left", "right", "low", "median", "high")
_AXES = ("time", "X against Y")
_TIPS = """<div style="font:12px system-ui">
<b>@antenna</b> @polarisation &nbsp; @baseband<br>scan @scan &nbsp; @source<br>@time UTC<br><b>@value</b></div>"""
_MARK_TIPS = _TIPS.replace("@value", "@kind").replace("</div>", "<br>@what</div>")
_ALPHAS = ((0.55, 0.9), (0.9, 0.9), (0.08, 0.15))  # of fill and line: as they are, when selected, and when others are


class Summary:
    """``root`` is the plot, ``bar`` its choices, ``source`` its points; the callbacks get nothing and the selected indices."""

    def __init__(self, *, on_change: Callable[[], None], on_select: Callable[[list[int]], None]) -> None:
        self._ranges = Range1d(0, 1), Range1d(0, 1)  # one pair for all facets; following the data is a second painting in the browser
        self.facets = Facets("summary", "Summary plot", tools=_tools, x_range=self._ranges[0], y_range=self._ranges[1])
        self.root = self.facets.root
        self.source = self.facets.shared.source({name: [] for name in _COLUMNS}, "summary_points")
        self.marks = self.facets.shared.source({name: [] for name in (*_MARKS, "colour")}, "summary_marks")
        self.band = self.facets.shared.source({name: [] for name in _BAND}, "summary_band")
        self._scales = {True: (DatetimeTicker(), _clock()), False: (self.facets.shared.ticker, self.facets.shared.formatter)}
        self._of_points, self._of_marks = self._at_edges(self.source), self._at_edges(self.marks)
        self._glyphs = {polarisation: self._scatters(polarisation) for polarisation in COLOURS}
        self._mark_glyphs = [
            Scatter(x=self._of_marks["x"], y=self._of_marks["y"], marker="x", line_color="colour", size=size, line_width=width,
                    line_alpha=alpha) for size, width, alpha in ((6.5, 1.5, 0.9), (9, 2.5, 1), (6.5, 1, 0.25))]
        self._anything = Scatter(x="x", y=self._of_points["y"], size=7, fill_alpha=0, line_alpha=0)
        self._grey = Quad(left="left", right="right", bottom="low", top="high", fill_color=NEUTRAL, fill_alpha=0.28, line_alpha=0)
        self._median = Segment(x0="left", x1="right", y0="median", y1="median", line_color=NEUTRAL, line_width=1.4)
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

    def show(self, view: SummaryView, looked_at: LookedAt) -> None:
        """Draw the points and the marks of what is invalid, those looked at in front."""
        for axis, wanted in zip(self._ranges, (view.x_range, view.y_range), strict=True):  # first: what is drawn depends on them
            if (axis.reset_start, axis.reset_end) != wanted:  # else the reader's zoom stays
                axis.update(start=wanted[0], end=wanted[1], reset_start=wanted[0], reset_end=wanted[1])
        self.band.data = {name: view.band[name] for name in _BAND}
        self.marks.data = {**{name: view.marks[name] for name in _MARKS},
                           "colour": [COLOURS[name] for name in view.marks["polarisation"]]}
        self._quiet = True
        self.source.data = {name: view.columns[name] for name in _COLUMNS}
        self._quiet = False
        self.look_at(looked_at)
        self.facets.show_only(view.basebands)
        is_visible(self._slope, not view.time_axis)
        self.facets.label(view.x_label, view.y_label)
        for plot in self.facets.figures.values():
            self._scale(plot, time_axis=view.time_axis)
        self.note.text = f"<b>{html(view.title)}</b> {_key(view)} <span class='note'>{html(view.absent) or _said(view)}</span>"

    def look_at(self, looked_at: LookedAt) -> None:
        """Bring points and marks to the front; where there is no point to bring, the others stand back all the same."""
        self._quiet = True
        self.source.selected.indices = looked_at.points or []
        self._quiet = False
        self.marks.selected.indices = looked_at.marks
        self.facets.write(looked_at.words)
        fill, line = _ALPHAS[2 if looked_at.points == [] else 0]
        for glyph, _, _ in self._glyphs.values():
            if glyph.fill_alpha != fill:
                glyph.update(fill_alpha=fill, line_alpha=line)

    def _draw(self, baseband: str, plot: Any) -> None:
        plot.add_layout(self._slope)
        of_baseband = GroupFilter(column_name="baseband", group=baseband)
        here, behind = CDSView(filter=of_baseband), CDSView(filter=of_baseband)
        plot.add_glyph(self.band, self._grey, view=behind, level="underlay", name=f"{plot.name}_band")
        plot.add_glyph(self.band, self._median, view=behind, level="underlay")
        drawn = [self._points(plot, of_baseband, polarisation) for polarisation in COLOURS]
        glyph, selected, others = self._mark_glyphs
        marks = plot.add_glyph(self.marks, glyph, selection_glyph=selected, nonselection_glyph=others, view=CDSView(filter=of_baseband),
                               name=f"{plot.name}_marks")
        # one renderer of all points has one tooltip of all that the mouse is on; one each would cover each other
        anything = plot.add_glyph(self.source, self._anything, view=here, selection_glyph=None, nonselection_glyph=None)
        for tool in plot.tools:
            if isinstance(tool, LassoSelectTool | BoxSelectTool):
                tool.renderers = drawn
        plot.add_tools(*tips(anything, _TIPS, marks, _MARK_TIPS, most=4, limit=4))

    def _points(self, plot: Any, of_baseband: GroupFilter, polarisation: str) -> Any:
        here = CDSView(filter=IntersectionFilter(operands=[of_baseband, self._of_polarisation[polarisation]]))
        glyph, selected, others = self._glyphs[polarisation]
        return plot.add_glyph(self.source, glyph, selection_glyph=selected, nonselection_glyph=others, view=here,
                              name=f"{plot.name}_{polarisation.lower()}")

    def _scatters(self, polarisation: str) -> list[Scatter]:
        """As they are, when selected, and when others are; X and Y keep their time, whatever it is."""
        of = self._of_points
        x = of["x"] if polarisation == "XY" else "x"
        colour, arrows = COLOURS[polarisation], self.facets.shared.arrows
        return [Scatter(x=x, y=of["y"], size=of["size"], marker=of["marker"], defs=arrows, fill_color=colour, fill_alpha=fill_alpha,
                        line_color=colour, line_alpha=line_alpha, line_width=0.7)
                for fill_alpha, line_alpha in _ALPHAS]

    def _at_edges(self, source: Any) -> dict[str, dict[str, Any]]:
        """Where and as what the rows of a source are drawn: at the edge of the scale what is beyond it, or has no value."""
        x_range, y_range = self._ranges
        args = {"source": source, "x_range": x_range, "y_range": y_range}
        transforms = {field: CustomJSTransform(v_func=script("edges.js"), args={**args, "field": field, "drawn": []})
                      for field in ("x", "y", "marker", "size")}
        moved = CustomJS(code=script("edges_moved.js"), args={**args, "transform": transforms["y"]})
        for each in self._ranges:
            for end in ("start", "end"):
                each.js_on_change(end, moved)
        return {field: {"field": "row", "transform": transform} for field, transform in transforms.items()}

    def _scale(self, plot: Any, *, time_axis: bool) -> None:
        axis = plot.xaxis[0]
        ticker, formatter = self._scales[time_axis]
        if axis.ticker is not ticker:
            axis.ticker = plot.xgrid[0].ticker = ticker
            axis.formatter = formatter


def _tools() -> list[Any]:
    return [LassoSelectTool(continuous=False), BoxSelectTool(continuous=False), BoxZoomTool()]


def _key(view: SummaryView) -> str:
    signs = {"X": "●", "Y": "▲"} if view.time_axis else {"XY": "■"}
    return " ".join(
        f'<span style="color:{COLOURS[name]}">{sign} {name if view.time_axis else "X against Y"}</span>' for name, sign in signs.items()
    )


def _said(view: SummaryView) -> str:
    shown = f"{view.n_points:,}" if view.n_points == view.n_all else f"{view.n_points:,} of {view.n_all:,}"
    off = f", {view.n_off_scale:,} off the scale (arrows)" if view.n_off_scale else ""
    invalid = f", {view.n_invalid:,} invalid (\u00d7 at the edge)" if view.n_invalid else ""
    median = "median and 5 to 95 %" if view.time_axis else "5 to 95 % in X and Y"
    return f"{shown} points{off}{invalid}; grey: {median} of the array, {view.n_antennas} antennas"


def _clock() -> DatetimeTickFormatter:
    return DatetimeTickFormatter(seconds="%H:%M:%S", minsec="%H:%M:%S", minutes="%H:%M", hourmin="%H:%M", hours="%H:%M", days="%d %b")
