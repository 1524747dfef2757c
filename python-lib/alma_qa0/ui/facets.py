"""Four facets, one per baseband, with shared ranges and one toolbar: what the summary and the spectra are drawn in."""

from collections.abc import Callable

from bokeh.models import (
    BoxSelectTool,
    BoxZoomTool,
    FreehandDrawTool,
    GridPlot,
    MultiLine,
    PanTool,
    Range1d,
    ResetTool,
    SaveTool,
    Tool,
    Toolbar,
    ToolProxy,
    WheelZoomTool,
)

from alma_qa0.ui.look import BASEBANDS, dress, is_visible
from alma_qa0.ui.sharing import Shared


class Facets:
    """``root`` is the grid, ``figures`` its figures by baseband; a drag uses the first of the tools.

    ``shared`` has what their renderers may share. Strokes drawn on a figure stay until the reader removes them.
    """

    def __init__(
        self, name: str, label: str, *, tools: Callable[[], list[Tool]], x_range: Range1d | None = None, y_range: Range1d | None = None,
    ) -> None:
        self.shared = Shared()
        common = [PanTool(), WheelZoomTool(), SaveTool(), ResetTool()]
        strokes = MultiLine(xs="xs", ys="ys", line_width=2, line_color="#c2409a")
        self.figures = {
            baseband: self.shared.plot(baseband, x_range or Range1d(0, 1), y_range or Range1d(0, 1), name=f"{name}_{baseband.lower()}",
                                       sizing_mode="stretch_both", min_height=110) for baseband in BASEBANDS}
        own = []
        for baseband, plot in self.figures.items():
            plot.html_attributes = {"role": "img", "aria-label": f"{label} of {baseband}", "data-name": plot.name}
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

    def label(self, x_label: str, y_label: str) -> None:
        """Name the axes once: below the lowest facet of a column, left of the first of a row."""
        figures = [plot for plot in self.figures.values() if plot.visible]
        grid = {(index // 2, index % 2) for index, plot in enumerate(self.figures.values()) if plot.visible}
        for (row, column), plot in zip(sorted(grid), figures, strict=True):
            plot.xaxis[0].axis_label = x_label if (row + 1, column) not in grid else None
            plot.yaxis[0].axis_label = y_label if (row, column - 1) not in grid else None


def _share_handles(tools: list[Tool]) -> None:
    """One set of handles for all boxes that tools draw while they are used; none of them shows any."""
    boxes = [tool.overlay for tool in tools if isinstance(tool, BoxZoomTool | BoxSelectTool)]
    for box in boxes[1:]:
        box.handles = boxes[0].handles
