"""The spectra: a facet per baseband, one temperature axis; the array's envelope behind, the selected lines in front."""

from collections.abc import Callable
from math import isfinite
from typing import Any

from bokeh.events import RangesUpdate
from bokeh.models import (
    BoxZoomTool,
    Button,
    ColumnDataSource,
    CustomJS,
    CustomJSTransform,
    Div,
    Image,
    Line,
    LinearColorMapper,
    MultiLine,
    RadioButtonGroup,
    Range1d,
    Row,
    Scatter,
    Text,
    VArea,
)

from alma_qa0.ui.facets import Facets, tips
from alma_qa0.ui.look import COLOURS, LIMIT, NEUTRAL, dress, html, listen, log_painted, picked, script
from alma_qa0.ui.sharing import Shared
from alma_qa0.views.quantities import SPECTRAL, Quantity
from alma_qa0.views.spectra import PackedLines, SpectraView, curves, frequency_range, pack

NAMED_LINES = 5  # so few lines of a facet carry their names, side by side
_MARKS = ("x", "y", "marker", "text")
_IMAGE_PALETTE = [f"#2b83ce{alpha:02x}" for alpha in range(20, 256, 5)]
_TIPS = """<div style="font:12px system-ui;white-space:nowrap"><b>@antenna</b> @polarisation &nbsp; scan @scan &nbsp;
$snap_x{0.0000} GHz &nbsp; <b>$snap_y{0.0} UNIT</b></div>"""
_MARK_TIPS = """<div style="font:12px system-ui;white-space:pre-line">@x{0.0000} GHz: <b>@text</b></div>"""


class Spectra:
    """``root`` is the plot, ``bar`` its choices; ``unpack`` draws in the browser what was sent before it was there.

    ``on_zoom`` gets baseband, x and y range when a facet is zoomed.
    """

    def __init__(self, *, on_change: Callable[[], None], on_clear: Callable[[], None],
                 on_zoom: Callable[[str, tuple[float, float], tuple[float, float]], None]) -> None:
        self._y_range = Range1d(0, 1)
        self.facets = Facets("spectra", "Spectra", tools=lambda: [BoxZoomTool()], y_range=self._y_range)
        self.root = self.facets.root
        glyphs = _Glyphs(self.facets.shared, self._y_range)
        self._parts = {baseband: _Facet(plot, self.facets.shared, glyphs) for baseband, plot in self.facets.figures.items()}
        nothing = pack(())
        self._values = ColumnDataSource(data={"value": nothing.values}, name="spectra_values")
        self._axes = ColumnDataSource(data={"frequency": nothing.frequency}, name="spectra_frequencies")
        self._table = ColumnDataSource(data=nothing.table, name="spectra_table")
        facets = {baseband: {"lines": part.lines, "labels": part.labels} for baseband, part in self._parts.items()}
        self.unpack = CustomJS(code=script("spectra.js"), args={
            "values": self._values, "axes_source": self._axes, "table": self._table, "facets": facets})
        self.painted = log_painted("spectra", self.facets.figures.values())
        self._table.js_on_change("data", self.unpack, self.painted)
        moved = CustomJS(code="for (const source of sources) source.change.emit()", args={"sources": [
            part.marks for part in self._parts.values()]})
        for end in ("start", "end"):
            self._y_range.js_on_change(end, moved)
        self.root.tags = [self._values, self._axes, self._table]  # part of the document only if a root holds them
        self.quantity = dress(
            RadioButtonGroup(labels=[each.label for each in SPECTRAL], active=0), "spectra_quantity", "Quantity of the spectra"
        )
        self.clear = dress(Button(label="show all", visible=False), "spectra_clear", "Show all spectra again", "link")
        self.note = dress(Div(text="", sizing_mode="stretch_width"), "spectra_note", "Spectra", "note")
        self.bar = dress(
            Row(self.note, self.clear, self.quantity, sizing_mode="stretch_width", spacing=12),
            "spectra_bar",
            "Choices of the spectra",
            "bar",
        )
        self._quiet = False
        listen(self.quantity, "active", lambda: None if self._quiet else on_change())
        self.clear.on_click(on_clear)
        for baseband, plot in self.facets.figures.items():
            plot.on_event(RangesUpdate, lambda event, name=baseband: _zoom(on_zoom, name, event))

    def chosen(self) -> Quantity:
        chosen: Quantity = picked(SPECTRAL, [self.quantity.active, 0])[0]
        return chosen

    def choose(self, quantity: str) -> None:
        """Set the quantity without a callback."""
        self._quiet = True
        self.quantity.active = next((index for index, each in enumerate(SPECTRAL) if each.name == quantity), 0)
        self._quiet = False

    def show(self, view: SpectraView, images: dict[str, Any]) -> None:
        """Draw the view; ``images`` by baseband stand for the lines where those are too many."""
        lines = pack(() if view.dense else view.lines)
        self._values.data = {"value": lines.values}  # the long message goes first: it draws nothing, and the short ones then come at once
        self._axes.data = {"frequency": lines.frequency}
        self.facets.show_only(view.basebands)
        self.facets.write(view.words)
        self.facets.label("frequency (GHz)", view.quantity.axis_label)
        self._y_range.update(start=view.y_range[0], end=view.y_range[1], reset_start=view.y_range[0], reset_end=view.y_range[1])
        for baseband, part in self._parts.items():
            part.show_envelopes(view, baseband)
            part.show_marks(view, baseband)
            part.show_image(images.get(baseband), part.ranges)
        self.clear.visible = view.n_selected is not None
        self.note.text = _note(view)
        self._draw(lines)

    def show_image(self, baseband: str, image: Any, x_range: tuple[float, float], y_range: tuple[float, float]) -> None:
        """Replace the image of one facet by a finer one of these ranges."""
        self._parts[baseband].show_image(image, (x_range, y_range))

    def _draw(self, lines: PackedLines) -> None:
        """Have the browser draw the values that it has already; the table goes last, for its change is the signal."""
        for baseband, part in self._parts.items():
            axes = [index for index, axis in enumerate(lines.axes) if axis["baseband"] == baseband]
            part.glyph.line_alpha = _alpha(sum(int((lines.table["axis"] == index).sum()) for index in axes))
        self._table.tags = [{"antennas": lines.antennas, "scans": lines.scans, "axes": lines.axes, "few": NAMED_LINES,
                             "colours": [COLOURS["X"], COLOURS["Y"]]}]
        self._table.data = lines.table


class _Glyphs:
    """What all facets draw alike."""

    def __init__(self, shared: Shared, y_range: Range1d) -> None:
        colours = LinearColorMapper(palette=_IMAGE_PALETTE, nan_color="#00000000")
        self.band = VArea(x="frequency", y1="low", y2="high", fill_color=NEUTRAL, fill_alpha=0.28)
        self.median = Line(x="frequency", y="median", line_color=NEUTRAL, line_width=1.4)
        self.limit = Line(x="frequency", y="limit", line_color=LIMIT, line_width=1.4, line_dash="dashed")
        self.image = Image(image="image", x="x", y="y", dw="dw", dh="dh", color_mapper=colours)
        self.names = Text(x="x", y="y", text="text", text_color="colour", text_font_size="10px", text_align="right", y_offset=-4)
        at_edge = CustomJSTransform(v_func=script("spectra_edges.js"), args={"y_range": y_range})
        self.marks = Scatter(x="x", y={"field": "y", "transform": at_edge}, marker="marker", defs=shared.arrows, size=9,
                             fill_color=NEUTRAL, line_color=NEUTRAL)


class _Facet:
    """One facet: the image, the envelope, the lines and the names of the lines."""

    def __init__(self, plot: Any, shared: Shared, glyphs: "_Glyphs") -> None:
        self.plot = plot
        empty: dict[str, list[float]] = {"frequency": [], "low": [], "median": [], "high": [], "limit": []}
        self.envelope = shared.source(empty, f"{plot.name}_envelope")
        self.lines = shared.source(
            {"xs": [], "ys": [], "antenna": [], "scan": [], "polarisation": [], "id": [], "colour": []}, f"{plot.name}_lines")
        self.labels = shared.source({"x": [], "y": [], "text": [], "colour": []}, f"{plot.name}_labels")
        self.marks = shared.source({name: [] for name in _MARKS}, f"{plot.name}_marks")
        self.image = shared.source({"image": [], "x": [], "y": [], "dw": [], "dh": []}, f"{plot.name}_image")
        # add_glyph, not plot.line and its kin: those make two or three more glyphs each, for what is never selected here.
        behind = shared.every_row()
        plot.add_glyph(self.envelope, glyphs.band, view=behind, level="underlay")
        plot.add_glyph(self.image, glyphs.image, view=shared.every_row())
        self.glyph = MultiLine(xs="xs", ys="ys", line_color="colour", line_width=1)
        drawn = plot.add_glyph(self.lines, self.glyph, name=f"{plot.name}_multi_line", view=shared.every_row(), selection_glyph=None,
                               nonselection_glyph=None)
        plot.add_glyph(self.envelope, glyphs.median, view=behind)
        plot.add_glyph(self.envelope, glyphs.limit, view=behind)
        plot.add_glyph(self.labels, glyphs.names, view=shared.every_row())
        marks = plot.add_glyph(self.marks, glyphs.marks, name=f"{plot.name}_edge", view=shared.every_row(), selection_glyph=None,
                               nonselection_glyph=None)
        of_marks, self.hover = tips(drawn, _TIPS, marks, _MARK_TIPS, limit=8)  # Bokeh finds few: each line is nearer than the one before
        plot.add_tools(of_marks, self.hover)

    @property
    def ranges(self) -> tuple[tuple[float, float], tuple[float, float]]:
        x, y = self.plot.x_range, self.plot.y_range
        return (x.start, x.end), (y.start, y.end)

    def show_envelopes(self, view: SpectraView, baseband: str) -> None:
        self.envelope.data = curves(view.envelopes, baseband)
        self.hover.tooltips = _TIPS.replace("UNIT", view.quantity.unit or "")
        start, end = frequency_range(view.envelopes, baseband)
        self.plot.x_range.update(start=start, end=end, reset_start=start, reset_end=end)

    def show_marks(self, view: SpectraView, baseband: str) -> None:
        nothing: dict[str, Any] = {name: [] for name in _MARKS}
        wanted = view.marks.get(baseband, nothing)
        if len(wanted["x"]) or len(self.marks.data["x"]):
            self.marks.data = dict(wanted)

    def show_image(self, image: Any | None, ranges: tuple[tuple[float, float], tuple[float, float]]) -> None:
        (x0, x1), (y0, y1) = ranges
        if image is not None:
            self.image.data = {"image": [image], "x": [x0], "y": [y0], "dw": [x1 - x0], "dh": [y1 - y0]}
        elif len(self.image.data["image"]):
            self.image.data = {"image": [], "x": [], "y": [], "dw": [], "dh": []}


def _alpha(n_lines: int) -> float:
    """Few lines are solid, hundreds are veils that add up."""
    return float(min(max(6 / max(n_lines, 1) ** 0.7, 0.12), 0.95))


def _note(view: SpectraView) -> str:
    what = f"{view.n_shown:,} spectra" if view.n_selected is None else f"{view.n_selected:,} selected of {view.n_shown:,} spectra"
    how = ", drawn as a density image; zoom in for detail" if view.dense else ""
    empty = f", {view.n_empty:,} without a valid value" if view.n_empty else ""
    off = f", {view.n_off_scale:,} values off the scale (arrows)" if view.n_off_scale else ""
    if view.absent:
        return f"<b>{html(view.quantity.label)} against frequency</b> <span class='note'>{html(view.absent)}</span>"
    return (f"<b>{html(view.quantity.label)} against frequency</b> <span class='note'>{what}{empty}{how}{off}; "
            f"grey: median and 5 to 95 % of the array, {view.n_antennas} antennas</span>")


def _zoom(on_zoom: Callable[[str, tuple[float, float], tuple[float, float]], None], baseband: str, event: Any) -> None:
    """Passes on a zoom; the browser may send anything."""
    ends = (event.x0, event.x1, event.y0, event.y1)
    if all(isinstance(end, int | float) and isfinite(end) for end in ends):
        on_zoom(baseband, ends[:2], ends[2:])
