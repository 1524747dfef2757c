"""Work that must not hold up the event loop: run in a thread, its result handed back to the document, superseded work dropped."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from bokeh.application.application import SessionContext
from bokeh.document import Document

from alma_qa0.errors import DatabaseUnavailable, QA0Error

_LOG = logging.getLogger(__name__)
_POOL = ThreadPoolExecutor(max_workers=4, thread_name_prefix="alma-qa0")  # shared by all sessions; holds no state of any
RETRY_MS = 3_000


class Background:
    """One per session. Of the work of one slot only the newest is answered.

    ``say`` gets the slot and a sentence, empty when all is well.
    """

    def __init__(self, *, say: Callable[[str, str], None]) -> None:
        self._document: Document
        self._say = say
        self._newest: dict[str, int] = {}
        self._context: SessionContext | None = None

    def attach(self, document: Document) -> None:
        """Hand results to this document from now on; nothing can be run before."""
        self._document, self._context = document, document.session_context

    def run(self, slot: str, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Call ``work`` in a thread, then ``done`` with its result under the document's lock."""
        number = self._newest[slot] = self._newest.get(slot, 0) + 1
        _POOL.submit(partial(self._unless_overtaken, slot, number, work)).add_done_callback(
            partial(self._hand_over, slot, number, work, done))

    def soon(self, callback: Callable[[], None]) -> None:
        """Call back in a turn of the event loop of its own, after those that were asked for before."""
        if not self._closed:
            self._document.add_next_tick_callback(callback)

    def _unless_overtaken(self, slot: str, number: int, work: Callable[[], Any]) -> Any:
        """Work whose result would be dropped takes no time from the others."""
        return work() if self._newest[slot] == number else None

    def _hand_over(self, slot: str, number: int, work: Callable[[], Any], done: Callable[[Any], None], future: "Future[Any]") -> None:
        self.soon(partial(self._answer, slot, number, work, done, future))

    def _answer(self, slot: str, number: int, work: Callable[[], Any], done: Callable[[Any], None], future: "Future[Any]") -> None:
        if self._closed or self._newest[slot] != number:
            return
        try:
            result = future.result()
            self._say(slot, "")
            done(result)
        except DatabaseUnavailable as error:
            self._say(slot, f"The database does not answer ({error}). Trying again every {RETRY_MS // 1000} s.")
            self._document.add_timeout_callback(partial(self._again, slot, number, work, done), RETRY_MS)
        except QA0Error as error:
            self._say(slot, f"{error}.")
        except Exception:
            _LOG.exception("the page failed in %s", slot)
            self._say(slot, "Something went wrong in the page; the log of the server says what. The rest of the page goes on.")

    def _again(self, slot: str, number: int, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        if self._newest[slot] == number:
            self.run(slot, work, done)

    @property
    def _closed(self) -> bool:
        """Asked of the session, and not told by it: Bokeh collects the garbage of all sessions before it goes on from telling one."""
        return self._context is not None and self._context.destroyed
