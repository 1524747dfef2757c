"""Writes the table of names in docs/page.md from the page itself: ``python tools/page.py``."""

import re
from collections.abc import Iterator
from pathlib import Path

from bokeh.document import Document
from bokeh.model import Model
from bokeh.models import ColumnDataSource, GlyphRenderer

from alma_qa0.pages.cockpit import Cockpit
from alma_qa0.store.queries import Marts
from alma_qa0.store.tables import Tables

PAGE = Path(__file__).parents[1] / "docs" / "page.md"
FIRST, LAST = "<!-- names: made by tools/page.py -->", "<!-- end of names -->"


def names() -> str:
    """Every named model of the page as a table, those of the four basebands in one line: N stands for 1 to 4."""
    document = Document()
    marts = Marts(None, Tables.in_schemas())  # type: ignore[arg-type] # nothing is asked of the database until the page starts
    Cockpit(marts, judged=True).attach(document)
    lines = {line: None for model in sorted(filter(_is_named, document.models), key=_order) for line in _line(model)}
    return "\n".join([FIRST, "", "| name | model | what it is |", "|---|---|---|", *lines, "", LAST])


def _is_named(model: Model) -> bool:
    return bool(model.name)


def _order(model: Model) -> tuple[int, str]:
    kinds = (ColumnDataSource, GlyphRenderer)
    return next((index for index, kind in enumerate(kinds, start=1) if isinstance(model, kind)), 0), str(model.name)


def _line(model: Model) -> Iterator[str]:
    text = f"| `{model.name}` | {type(model).__name__} | {_what(model)} |"
    yield re.sub(r"(bb_|BB_)[1-4]", r"\1N", text)


def _what(model: Model) -> str:
    if isinstance(model, ColumnDataSource):
        return f"columns {', '.join(f'`{name}`' for name in model.data)}"
    if isinstance(model, GlyphRenderer):
        return f"draws `{model.data_source.name}`"
    return str(getattr(model, "html_attributes", {}).get("aria-label", "")) or "widgets"


def with_names(page: str) -> str:
    """The page with its table made anew."""
    before, _, rest = page.partition(FIRST)
    return before + names() + rest.partition(LAST)[2]


if __name__ == "__main__":
    PAGE.write_text(with_names(PAGE.read_text()))
