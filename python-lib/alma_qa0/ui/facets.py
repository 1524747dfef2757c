"""Four facets, one per baseband, with shared ranges and one toolbar: what the summary and the spectra are drawn in."""

from collections.abc import Callable

from bokeh.models import (
    BoxSelectTool,
    BoxZoomTool,
    CustomJS,
    FreehandDrawTool,
    GlyphRenderer,
    GridPlot,
    HoverTool,
    Label,
    MultiLine,
    Node,
    PanTool,
    Range1d,
    ResetTool,
    SaveTool,
    Tool,
    Toolbar,
    ToolProxy,
    WheelZoomTool,
)

from alma_qa0.ui.look import BASEBANDS, NEUTRAL, dress, is_visible, script
from alma_qa0.ui.sharing import Shared
from alma_qa0.views.words import EVERYWHERE, Words


class Facets:
    """``root`` is the grid, ``figures`` its figures by baseband; a drag uses the first of the tools.

    ``shared`` has what their renderers may share. Strokes drawn on a figure stay until the reader removes them.
    """

    def __init__(
        self, name: str, label: str, *, tools: Callable[[], list[Tool]], x_range: Range1d | None = None, y_range: Range1d | None = None,
    ) -> None:
        self.shared = Shared()
        self._name, self._label = name, label
        common = [PanTool(), WheelZoomTool(), SaveTool(), ResetTool()]
        strokes = MultiLine(xs="xs", ys="ys", line_width=2, line_color="#c2409a")
        self.figures = {
            baseband: self.shared.plot(baseband, x_range or Range1d(0, 1), y_range or Range1d(0, 1), name=f"{name}_{baseband.lower()}",
                                       sizing_mode="stretch_both", min_height=110) for baseband in BASEBANDS}
        own = []
        centre, bring = Node(target="frame", symbol="center"), CustomJS(code=script("focus.js"))
        self._words = {baseband: Label(x=centre, y=centre, text_align="center", text_baseline="middle", text_color=NEUTRAL,
                                       text_font_size="13px", text_font_style="bold", visible=False) for baseband in self.figures}
        for baseband, plot in self.figures.items():
            plot.html_attributes = self._attributes(baseband, "")
            plot.add_layout(self._words[baseband])
            plot.js_on_change("tags", bring)
            drawn = plot.add_glyph(self.shared.source({"xs": [], "ys": []}, f"{plot.name}_strokes"), strokes, view=self.shared.every_row())
            own.append([*tools(), FreehandDrawTool(renderers=[drawn])])
            plot.toolbar.tools = [*own[-1][:-1], *common, own[-1][-1]]
            plot.toolbar.active_drag = own[-1][0]
        _share_handles([tool for each in own for tool in each])
        *before, drawing = [ToolProxy(tools=list(each)) for each in zip(*own, strict=True)]
        # not the common ones themselves: a button of the grid would take the grid for a plot. Saving is of the whole grid.
        buttons = [*before, *(ToolProxy(tools=[tool]) for tool in common if not isinstance(tool, SaveTool)), SaveTool(), drawing]
        self.root = GridPlot(
            children=[(plot, index // 2, index % 2) for index, plot in enumerate(self.figures.values())], sizing_mode="stretch_both",
            toolbar=Toolbar(tools=buttons, active_drag=buttons[0], logo=None, autohide=True), toolbar_location="right")
        dress(self.root, name, label)

    def show_only(self, basebands: tuple[str, ...]) -> None:
        """Show the facets of these basebands; where there is none, all stay, empty."""
        for baseband, plot in self.figures.items():
            is_visible(plot, baseband in basebands or not basebands)

    def write(self, words: Words) -> None:
        """Write the words of each facet in its middle, and have them read out with its name."""
        for baseband, label in self._words.items():
            text = words.get(baseband, words.get(EVERYWHERE, ""))
            if label.text != text:
                label.update(text=text, visible=bool(text))
                self.figures[baseband].html_attributes = self._attributes(baseband, text)

    def focus(self, baseband: str | None) -> None:
        """Bring a facet into sight, None the first that is shown."""
        shown = [name for name, plot in self.figures.items() if plot.visible]
        plot = self.figures.get(baseband if baseband in shown else shown[0]) if shown else None
        if plot is not None:
            plot.tags = [(plot.tags or [0])[0] + 1]  # its change is the signal

    def label(self, x_label: str, y_label: str) -> None:
        """Name the axes once: below the lowest facet of a column, left of the first of a row."""
        figures = [plot for plot in self.figures.values() if plot.visible]
        grid = {(index // 2, index % 2) for index, plot in enumerate(self.figures.values()) if plot.visible}
        for (row, column), plot in zip(sorted(grid), figures, strict=True):
            plot.xaxis[0].axis_label = x_label if (row + 1, column) not in grid else None
            plot.yaxis[0].axis_label = y_label if (row, column - 1) not in grid else None

    def _attributes(self, baseband: str, words: str) -> dict[str, str]:
        said = f": {words}" if words else ""
        return {"role": "img", "aria-label": f"{self._label} of {baseband}{said}", "data-name": f"{self._name}_{baseband.lower()}"}


def tips(
    drawn: GlyphRenderer, words: str, marks: GlyphRenderer, marks_words: str, *, limit: int, most: int | None = None,
) -> list[HoverTool]:
    """Hover of what is drawn and of the marks at its edge; of what is drawn only the ``most`` nearest. Neither covers the other."""
    alone = CustomJS(code=script("nearest.js"), args={"marks": marks.data_source, "most": most})
    return [HoverTool(renderers=[marks], tooltips=marks_words, limit=3, attachment="vertical"),  # first: the other asks what it is on
            HoverTool(renderers=[drawn], tooltips=words, limit=limit, line_policy="nearest", filters={"$index": alone})]


def _share_handles(tools: list[Tool]) -> None:
    """One set of handles for all boxes that tools draw while they are used; none of them shows any."""
    boxes = [tool.overlay for tool in tools if isinstance(tool, BoxZoomTool | BoxSelectTool)]
    for box in boxes[1:]:
        box.handles = boxes[0].handles
