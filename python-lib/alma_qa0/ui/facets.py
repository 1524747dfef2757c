"""Four facets, one per baseband, with shared ranges and one toolbar: what the summary and the spectra are drawn in."""

from typing import Any

from bokeh.layouts import gridplot
from bokeh.models import ColumnDataSource, FreehandDrawTool, GridPlot, MultiLine
from bokeh.plotting import figure

from alma_qa0.ui.look import BASEBANDS, dress, is_visible


class Facets:
    """``root`` is the grid, ``figures`` its figures by baseband; a drag uses the first of the tools.

    Strokes drawn on a figure stay until the reader removes them.
    """

    def __init__(self, name: str, label: str, *, tools: Any, **options: Any) -> None:
        self.figures = {
            baseband: _figure(f"{name}_{baseband.lower()}", f"{label} of {baseband}", baseband, tools(), options) for baseband in BASEBANDS
        }
        figures = list(self.figures.values())
        self.root: GridPlot = gridplot([figures[:2], figures[2:]], sizing_mode="stretch_both", merge_tools=True,
                                       toolbar_location="right", toolbar_options={"logo": None, "autohide": True})
        self.root.toolbar.active_drag = self.root.toolbar.tools[0]
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


def _figure(name: str, label: str, title: str, tools: list[Any], options: dict[str, Any]) -> Any:
    plot = figure(name=name, title=title, tools=tools, sizing_mode="stretch_both", **options)
    plot.html_attributes = {"role": "img", "aria-label": label, "data-name": name}
    plot.min_height = 110
    plot.toolbar.active_drag = tools[0]
    drawn = ColumnDataSource({"xs": [], "ys": []}, name=f"{name}_strokes")
    strokes = plot.add_glyph(drawn, MultiLine(xs="xs", ys="ys", line_width=2, line_color="#c2409a"))
    plot.add_tools(FreehandDrawTool(renderers=[strokes]))
    return plot
