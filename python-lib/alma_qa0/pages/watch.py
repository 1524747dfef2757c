"""Looking again: what others did, and what arrived, is seen by whoever has the page before the eyes."""

from collections.abc import Callable
from functools import lru_cache
from time import monotonic

from bokeh.document import Document

from alma_qa0.pages.background import Background
from alma_qa0.store.queries import Marts, Seen

LOOK_MS = 8_000
_SHARED_S = 4


class Watch:
    """One per session. Every 8 s, while the page is in sight, ``on_look`` gets the version of the list, the uid and what is seen of it.

    ``uid`` tells which Execution Block is open. ``on_warning`` gets the sentence of ``warns_of``.
    """

    def __init__(
        self, marts: Marts, background: Background, *, uid: Callable[[], str | None],
        on_look: Callable[[str, str | None, Seen | None], None], on_warning: Callable[[str], None],
    ) -> None:
        self._marts, self._background, self._uid, self._on_look = marts, background, uid, on_look
        self._in_sight, self._looking = True, False
        self._warning: Callable[[], str] = str
        self._on_warning = on_warning

    def attach(self, document: Document) -> None:
        """Look from now on."""
        document.add_periodic_callback(self.look, LOOK_MS)

    def warns_of(self, warning: Callable[[], str]) -> None:
        """Ask for a warning at each look, also while the database does not answer."""
        self._warning = warning

    def attend(self, in_sight: bool) -> None:
        """Look only while the page is in sight, and at once when it comes back."""
        self._in_sight = in_sight
        self.look()

    def look(self) -> None:
        """Look now, unless the last look is still under way."""
        if self._in_sight and not self._looking:
            self._looking = True
            uid = self._uid()
            self._background.run("look at the disk", self._warning, self._on_warning)
            self._background.run("look", lambda: self._read(uid), lambda found: self._on_look(*found))

    def _read(self, uid: str | None) -> tuple[str, str | None, Seen | None]:
        try:
            return list_version(self._marts), uid, None if uid is None else self._marts.look(uid)
        finally:
            self._looking = False


def list_version(marts: Marts) -> str:
    """Changes when the list of Execution Blocks would; at most 4 s old."""
    return _list_version(marts, int(monotonic() / _SHARED_S))


@lru_cache(maxsize=4)  # all sessions of the process share one look at the whole list
def _list_version(marts: Marts, _period: int) -> str:
    return marts.list_version()
