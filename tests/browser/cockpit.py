"""The page as a reader meets it: opened in a real browser, looked at through its models, worked with the mouse."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image
from playwright.sync_api import ConsoleMessage, Page

PATIENCE_MS = 60_000  # a download of half a million points, while another worker and its browser take the other core
_IDLE = "window.Bokeh && Bokeh.documents.length > 0 && Bokeh.documents[0].is_idle"
# The note says how many spectra there are: so many were sent, and so many are lines, but where they are an image.
_DRAWN = """((said) => {
  const sent = model("spectra_table").data.id.length
  const lines = [1, 2, 3, 4].reduce((n, index) => n + model(`spectra_bb_${index}_lines`).data.id.length, 0)
  return said !== null && lines === sent && (sent === Number(said[1].replaceAll(",", "")) || model("spectra_note").text.includes("image"))
})(model("spectra_note").text.match(/>([0-9,]+) (selected of [0-9,]+ )?spectra/))"""
_READY = "document.querySelector('.page').getAttribute('aria-busy') === 'false'"
# A tooltip has its words in a shadow root, beside its styles; each point that it tells of is an element of its own.
_SAID = """(tips) => tips.filter((tip) => tip.checkVisibility()).map((tip) =>
  [...tip.shadowRoot.children].filter((part) => part.tagName !== "STYLE").map((part) => part.innerText).join("\\n"))"""
# A button held down for 0.3 s before the mouse moves is no drag to Bokeh, and a busy machine takes longer than that from one to the other.
_PATIENT = f'Bokeh.require("core/ui_gestures").UIGestures.press_threshold = {PATIENCE_MS}'
_MODEL = "Bokeh.documents[0].get_model_by_name"


class Cockpit:
    """One page of the browser. ``complaints`` are the errors of its console and its scripts: there must be none."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)

    def open(self, query: str = "") -> "Cockpit":
        """Go to the page and wait until what the link asks for is there."""
        self.page.goto(self.url + (f"?{query}" if query else ""))
        return self.wait(_IDLE).settled()

    def wait(self, condition: str, argument: Any = None) -> "Cockpit":
        """Wait until an expression of JavaScript is true; ``model(name)`` gives a model of the page."""
        self.page.wait_for_function(f"(argument) => {{ const model = (name) => {_MODEL}(name); return {condition} }}", arg=argument)
        return self

    def settled(self) -> "Cockpit":
        """Wait until nothing is loading any more, and what was sent is drawn."""
        return self.wait(
            f'!model("message").text.includes("oading") && '
            f'(model("message").text.includes("not in the database") || ({_READY} && {_DRAWN}))'
        )

    def look(self, expression: str, argument: Any = None) -> Any:
        """The value of an expression of JavaScript, in which ``model(name)`` gives a model of the page."""
        return self.page.evaluate(f"(argument) => {{ const model = (name) => {_MODEL}(name); return {expression} }}", argument)

    def data(self, source: str) -> pd.DataFrame:
        """The columns of a source as the browser holds them."""
        columns = self.look("Object.fromEntries(Object.entries(model(argument).data).map(([name, column]) => [name, Array.from(column, "
                            "(value) => value?.length === undefined || typeof value === 'string' ? value : Array.from(value))]))", source)
        return pd.DataFrame(columns)

    def drawn_ids(self) -> list[int]:
        """The ids of all spectra drawn as lines."""
        return sorted(self.look("[1, 2, 3, 4].flatMap((index) => Array.from(model(`spectra_bb_${index}_lines`).data.id))"))

    @property
    def message(self) -> str:
        return self.look('model("message").text')

    def click(self, name: str, label: str | None = None) -> "Cockpit":
        """Press a button, or the one of a group that has this label."""
        button = self.page.locator(f'[data-name="{name}"] button')
        (button.filter(has_text=label) if label else button).first.click()
        return self

    def choose(self, uid: str) -> "Cockpit":
        """Take an Execution Block from the list, and wait for it."""
        self.look('window.before = model("spectra_table").data')
        self.page.locator(f'[data-name="uid_list"] [title="{uid}"]').first.click()
        return self.wait('model("header").text.includes(`>${argument}<`) && model("spectra_table").data !== window.before', uid).settled()

    def activate(self, plot: str, tool: str) -> "Cockpit":
        """Make a tool of a plot the one that a drag uses."""
        self.look(
            "(() => { const tools = model(argument[0]).toolbar.tools; "
            "const found = tools.find((tool) => (tool.tools?.[0] ?? tool).type === argument[1]); found.active = true })()",
            [plot, tool],
        )
        return self

    def place(self, plot: str, x: float, y: float) -> tuple[float, float]:
        """Where on the screen a place of a plot is."""
        found = self.look(
            "(() => { const of = (view, id) => view.model.id === id ? view : view.children().map((one) => of(one, id)).find(Boolean);"
            " const wanted = model(argument[0]);"
            " const view = [...Bokeh.index.roots].map((root) => of(root, wanted.id)).find(Boolean);"
            " const box = view.el.getBoundingClientRect();"
            " return [box.x + view.frame.x_scale.compute(argument[1]), box.y + view.frame.y_scale.compute(argument[2])] })()",
            [plot, float(x), float(y)],
        )
        return found[0], found[1]

    def hover(self, plot: str, x: float, y: float, *, saying: str = "") -> list[str]:
        """Put the mouse on a place of a plot: what each tooltip says, as soon as one says ``saying``."""
        def tips() -> list[str]:
            self.page.mouse.move(5, 5)
            self.page.mouse.move(*self.place(plot, x, y))
            said = self.page.locator(".bk-Tooltip").evaluate_all(_SAID)
            return said if any(saying in each for each in said) else []

        return until(tips, self.page)

    def at(self, picture: np.ndarray, plot: str, x: float, y: float, *, around: int = 3) -> np.ndarray:
        """The pixels of a picture of the window around a place of a plot, int of shape (n, n, 3)."""
        column, row = (round(each) for each in self.place(plot, x, y))
        return picture[row - around:row + around + 1, column - around:column + around + 1].astype(int)

    def drag(self, plot: str, places: list[tuple[float, float]]) -> "Cockpit":
        """Draw with the mouse from place to place of a plot, the button held down."""
        first, *others = [self.place(plot, *one) for one in places]
        self.page.evaluate(_PATIENT)
        self.page.mouse.move(*first)
        self.page.mouse.down()
        for one in others:
            self.page.mouse.move(*one, steps=8)
        self.page.mouse.up()
        return self

    def save(self, name: str) -> tuple[str, pd.DataFrame]:
        """Press a button that saves; the name of the file and what is in it."""
        with self.page.expect_download() as download:
            self.click(name)
        with open(download.value.path(), encoding="utf-8") as file:
            table = pd.read_csv(file, float_precision="round_trip", dtype={"scan_number": "Int64"})
        return download.value.suggested_filename, table

    def picture(self, name: str | None = None) -> np.ndarray:
        """A screenshot of a widget or of the window, uint8 of shape (height, width, 3)."""
        taken = self.page.locator(f'[data-name="{name}"]').first.screenshot() if name else self.page.screenshot()
        return np.asarray(Image.open(io.BytesIO(taken)).convert("RGB"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} {message.location}")


def until(look: Callable[[], Any], page: Page) -> Any:
    """What ``look`` finds, as soon as it finds something; the last it found when patience ends."""
    found = look()
    for _ in range(PATIENCE_MS // 50):
        if found:
            break
        page.wait_for_timeout(50)
        found = look()
    return found
