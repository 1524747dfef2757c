"""What all widgets share: the template and style of the page, the colours of the polarisations, stable names and labels."""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any, TypeVar

from bokeh.document import Document
from bokeh.models import AbstractButton, CustomJS, InputWidget, ToggleButtonGroup, UIElement
from bokeh.settings import settings
from bokeh.themes import Theme

Item = TypeVar("Item")
_HERE = Path(__file__).parent
_WIDGETS_CSS = (_HERE / "widgets.css").read_text()
_PAGE_CSS = (_HERE / "page.css").read_text()
_TEMPLATE = (_HERE / "page.html").read_text()
_SCRIPTS = {name: (_HERE / f"{name}.js").read_text() for name in ("lists", "connection")}
_THEME = Theme(filename=str(_HERE / "theme.yaml"))  # read once for all sessions

# Okabe-Ito blue and vermilion, lightened to read on white and on black: apart for all common kinds of colour blindness.
COLOURS = {"X": "#2b83ce", "Y": "#e0702a", "XY": "#8b6fc0"}
MARKERS = {"X": "circle", "Y": "triangle", "XY": "square"}
NEUTRAL = "#8492a3"
LIMIT = "#c2409a"  # reddish purple: apart from both polarisations
_ASKED = (AbstractButton, ToggleButtonGroup, InputWidget)
BASEBANDS = ("BB_1", "BB_2", "BB_3", "BB_4")


def apply(document: Document) -> None:
    """Give the document the template, the title and the theme of the figures."""
    document.title = "alma-qa0"
    document.template = _TEMPLATE
    document.template_variables.update(page_css=_PAGE_CSS, **{f"{name}_js": text for name, text in _SCRIPTS.items()})
    document.theme = _THEME
    # A session is not taken up again: the page opens anew from its link, see connection.js.
    document.config.update(reconnect_session=False, notify_connection_status=False)
    settings.perform_document_validation = False  # else Bokeh walks through all models several times for each reader; a test does so once


def script(name: str) -> str:
    """The text of a script beside this module."""
    return (_HERE / name).read_text()


def log_painted(what: str, plots: Iterable[Any]) -> CustomJS:
    """A script, to be run when plots have new data, that logs in the browser when they are painted."""
    return CustomJS(code=script("painted.js"), args={"what": what, "plots": list(plots)})


def dress(model: Any, name: str, label: str, *classes: str) -> Any:
    """Give a widget its stable name, what a screen reader says of it, and the style of the page; returns it."""
    model.name = name
    role = {"role": "group"} if isinstance(model, _ASKED) else {}  # without a role nobody reads the label out
    model.html_attributes = {"aria-label": label, "data-name": name, **role}
    model.css_classes = list(classes)
    model.stylesheets = [*model.stylesheets, _WIDGETS_CSS]  # as text: a model each would have to be made and sent each
    return model


def html(text: object) -> str:
    """Text from the database made safe to stand in HTML."""
    return escape(str(text), quote=True)


def listen(model: Any, attribute: str, callback: Callable[[], None]) -> None:
    """Call back, with nothing, after every change of an attribute."""
    model.on_change(attribute, lambda attr, old, new: callback())


def picked(items: Sequence[Item], indices: Sequence[int | None]) -> list[Item]:
    """The items at some indices; the browser may send any, and those at which there is none are passed over."""
    return [items[index] for index in indices if index is not None and 0 <= index < len(items)]


def is_visible(model: UIElement, visible: bool) -> None:
    """Set the visibility only where it changes, so that nothing is sent for nothing."""
    if model.visible != visible:
        model.visible = visible
