"""What holds no state of its own - scales, tickers, filters that let all pass - is made once for all facets that use it.

Every model of a page costs half a millisecond or more on the server and again in the browser.
"""

from typing import Any

from bokeh.models import (
    AllIndices,
    AllLabels,
    BasicTicker,
    BasicTickFormatter,
    CDSView,
    ColumnDataSource,
    CustomJS,
    Grid,
    LinearAxis,
    LinearScale,
    Plot,
    Range1d,
    Title,
    Toolbar,
    UnionRenderers,
)

from alma_qa0.ui.look import script

UP, RIGHT, DOWN, LEFT = "@up", "@right", "@down", "@left"  # markers


class Shared:
    """The stateless models of some plots; BokehJS copies the scale for each plot and makes views of the others.

    ``plot`` and ``source`` make what uses them; ``arrows`` are markers of scatters that Bokeh does not have.
    """

    def __init__(self) -> None:
        self.scale, self.labels = LinearScale(), AllLabels()
        self.ticker, self.formatter = BasicTicker(), BasicTickFormatter()
        self.all_rows, self._selects = AllIndices(), UnionRenderers()
        self.arrows = {name: CustomJS(code=script("arrow.js"), args={"turns": turns}) for turns, name in enumerate((UP, RIGHT, DOWN, LEFT))}

    def plot(self, title: str, x_range: Range1d, y_range: Range1d, **options: Any) -> Plot:
        """A plot with linear axes below and at the left, and a grid."""
        toolbar = Toolbar(logo=None, autohide=True)
        plot = Plot(x_range=x_range, y_range=y_range, x_scale=self.scale, y_scale=self.scale, title=Title(text=title), toolbar=toolbar,
                    **options)
        for dimension, place in enumerate(("below", "left")):
            axis = LinearAxis(ticker=self.ticker, formatter=self.formatter, major_label_policy=self.labels)
            plot.add_layout(axis, place)
            plot.add_layout(Grid(axis=axis, dimension=dimension, ticker=self.ticker))
        return plot

    def source(self, columns: dict[str, Any], name: str) -> ColumnDataSource:
        """Columns that renderers draw."""
        return ColumnDataSource(columns, name=name, selection_policy=self._selects)

    def every_row(self) -> CDSView:
        """A view of all rows of a source; for the renderers of one source only."""
        return CDSView(filter=self.all_rows)
