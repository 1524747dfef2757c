"""What only the browser can do: keep the state in the address, copy the link, save a file, turn the colours."""

from collections.abc import Callable, Sequence
from functools import partial

from bokeh.core.properties import Bool, Int, String
from bokeh.model import DataModel
from bokeh.models import Button, CustomJS, GridPlot, Row

from alma_qa0.ui.look import dress, script


class Address(DataModel):  # type: ignore[misc] # Bokeh is not followed
    """The part of the address after the question mark, without it."""

    query = String(default="")


class Attention(DataModel):  # type: ignore[misc] # Bokeh is not followed
    """Whether the page is in sight."""

    here = Bool(default=True)


class Download(DataModel):  # type: ignore[misc] # Bokeh is not followed
    """One piece of a file on its way to the browser; ``part`` of ``parts``, from 1."""

    file_name = String(default="")
    text = String(default="")
    part = Int(default=0)
    parts = Int(default=0)


class Browser:
    """``root`` holds the buttons; set_query and write_address write the address; save sends a file piece by piece.

    ``watch_attention`` is a script that tells when the page comes in sight and goes out of it; ``on_attention`` is called then. ``reopen``
    is a script for a connection that was lost.
    """

    def __init__(
        self, *, on_save_summary: Callable[[], None], on_save_spectra: Callable[[], None], on_attention: Callable[[bool], None],
    ) -> None:
        self._address, self._download, self._attention = Address(), Download(), Attention()
        self._attention.on_change("here", lambda attr, old, new: on_attention(new))
        self.watch_attention = CustomJS(code=script("attention.js"), args={"attention": self._attention})
        self.write_address = CustomJS(code=script("address.js"), args={"address": self._address})
        self._address.js_on_change("query", self.write_address)
        self._download.js_on_change("part", CustomJS(code=script("download.js"), args={"download": self._download}))
        link = self._button("copy_link", "copy link", "Copy the link of this view")
        link.js_on_click(CustomJS(code="navigator.clipboard?.writeText(location.href)"))
        theme = self._button("theme", "light / dark", "Turn the colours")
        theme.js_on_click(CustomJS(code=script("theme.js")))
        summary = self._button("download_summary", "CSV", "Save the values shown as CSV")
        summary.on_click(on_save_summary)
        spectra = self._button("download_spectra", "CSV of spectra", "Save the spectra shown as CSV")
        spectra.on_click(on_save_spectra)
        self.reopen = CustomJS(code="window.almaQa0Reopen()")
        self.root = Row(link, summary, spectra, theme, name="actions", spacing=6, tags=[self._address, self._download, self._attention])

    def arrange(self, *grids: GridPlot) -> CustomJS:
        """A script that lays the facets out for the width of the window, now and whenever it changes."""
        return CustomJS(code=script("narrow.js"), args={"grids": list(grids)})

    def set_query(self, query: str) -> None:
        self._address.query = query

    def save(self, file_name: str, pieces: Sequence[str], *, soon: Callable[[Callable[[], None]], None]) -> None:
        """Each piece goes out in a turn of its own, which ``soon`` gives: others have theirs, and the browser sees all states of it."""
        for number, text in enumerate(pieces, start=1):
            soon(partial(self._download.update, file_name=file_name, text=text, parts=len(pieces), part=number))
        soon(partial(self._download.update, text="", part=0))

    def _button(self, name: str, label: str, says: str) -> Button:
        return dress(Button(label=label), name, says)
