"""Pages made ahead of their readers, in a thread: to make one takes longer than everyone else on the event loop should be held up."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock, Timer
from time import monotonic
from typing import TypeVar

_LOG = logging.getLogger(__name__)
MOST_KINDS = 4
MOST_OF_A_KIND = 4  # some 3 MB each
FRESH_S = 600  # a page knows which relations there were when it was made
AFTER_S = 2.0  # the reader whose page was just taken is waiting for its data

Page = TypeVar("Page")


class Ahead:
    """A few pages of each kind that was asked for of late; bounded. Each session gets a page of its own."""

    def __init__(self, *, after_s: float = AFTER_S) -> None:
        self._after_s = after_s
        self._made: OrderedDict[Hashable, list[tuple[float, object]]] = OrderedDict()
        self._lock = Lock()
        self._making = False

    def take(self, kind: Hashable, make: Callable[[], Page]) -> Page:
        """One made ahead, or else one made now; others are made soon, one after the other."""
        with self._lock:
            ready = self._made.setdefault(kind, [])
            self._made.move_to_end(kind)
            while len(self._made) > MOST_KINDS:
                self._made.popitem(last=False)
            ready[:] = [(made_at, page) for made_at, page in ready if monotonic() - made_at < FRESH_S]
            page = ready.pop(0)[1] if ready else None
        self._make_more(kind, make)
        return make() if page is None else page  # type: ignore[return-value] # the kind says what it is

    def ready(self, kind: Hashable) -> int:
        """How many of a kind could be taken now."""
        with self._lock:
            return len(self._made.get(kind, ()))

    def _make_more(self, kind: Hashable, make: Callable[[], object]) -> None:
        with self._lock:
            if self._making:
                return
            self._making = True
        timer = Timer(self._after_s, self._fill, (kind, make))
        timer.daemon = True
        timer.start()

    def _fill(self, kind: Hashable, make: Callable[[], object]) -> None:
        try:
            while self._wants(kind):
                page = make()
                with self._lock:
                    if kind in self._made:
                        self._made[kind].append((monotonic(), page))
        except Exception:
            _LOG.exception("no page could be made ahead")  # the next reader's is made when it is asked for
        finally:
            self._making = False

    def _wants(self, kind: Hashable) -> bool:
        with self._lock:
            return kind in self._made and len(self._made[kind]) < MOST_OF_A_KIND


PAGES = Ahead()  # of all sessions of the process
