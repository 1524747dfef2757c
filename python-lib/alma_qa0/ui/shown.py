"""Which Execution Block is on the screen, and with which versions: the browser veils what is left of another."""

import json
from typing import Any

from bokeh.core.properties import Bool, String
from bokeh.model import DataModel
from bokeh.models import ColumnDataSource, CustomJS, UIElement

from alma_qa0.ui.look import script


class Screen(DataModel):  # type: ignore[misc] # Bokeh is not followed
    """``uid`` is what is painted, ``opening`` what is being read, empty when nothing is; ``nothing``: there is none to open.

    ``versions`` is JSON, see Shown.show_versions.
    """

    uid = String(default="")
    opening = String(default="")
    nothing = Bool(default=False)
    versions = String(default="{}")


class Shown:
    """``screen`` is the model that the browser reads. It changes in the same message as all that it tells of.

    ``veil`` is a script that shows how things stand: run it when the page is there.
    """

    def __init__(self, uid_list: ColumnDataSource, *locked: UIElement) -> None:
        self.screen = Screen()
        self.veil = CustomJS(code=script("veil.js"), args={"screen": self.screen, "list": uid_list, "locked": list(locked)})
        self.screen.js_on_change("uid", self.veil)
        self.screen.js_on_change("opening", self.veil)
        self.screen.js_on_change("nothing", self.veil)
        uid_list.selected.js_on_change("indices", self.veil)  # at once: the server hears of it later

    def leave_for(self, uid: str) -> None:
        """Veil what is on the screen until ``uid`` is."""
        self.screen.opening = uid

    def show_nothing(self) -> None:
        """There is no Execution Block to open: the page is ready, and its plots and form stay locked."""
        self.screen.nothing = True

    def show(self, uid: str) -> None:
        """All of ``uid`` is in the models."""
        self.screen.update(uid=uid, opening="")

    def show_versions(self, **versions: Any) -> None:
        """What was read of it: source_version, evaluated_at and newest_decision. A form that is sent carries them back."""
        self.screen.versions = json.dumps(versions)
