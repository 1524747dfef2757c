"""Work that must not hold up the event loop: run in a thread, its result handed back to the document, superseded work dropped."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from bokeh.application.application import SessionContext
from bokeh.document import Document

from alma_qa0.errors import DatabaseUnavailable, QA0Error

_LOG = logging.getLogger(__name__)
_POOL = ThreadPoolExecutor(max_workers=4, thread_name_prefix="alma-qa0")  # shared by all sessions; holds no state of any
RETRY_MS = 3_000


@dataclass(frozen=True, slots=True)
class _Job:
    slot: str
    number: int
    work: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None] | None
    retried: bool


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

    def run(
        self, slot: str, work: Callable[[], Any], done: Callable[[Any], None], *, failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Call ``work`` in a thread, then ``done`` with its result under the document's lock.

        While the database does not answer it is tried again. ``failed`` gets any other error, after it was said; nothing is tried again.
        """
        self._start(_Job(slot, self._next(slot), work, done, failed, retried=True))

    def run_once(self, slot: str, work: Callable[[], Any], done: Callable[[Any], None], *, failed: Callable[[Exception], None]) -> None:
        """The same, for what must not happen later than it was asked for: ``failed`` gets every error, and has to say it."""
        self._start(_Job(slot, self._next(slot), work, done, failed, retried=False))

    def drop(self, *slots: str) -> None:
        """Answer nothing of what these slots have under way."""
        for slot in slots:
            self._next(slot)
            self._say(slot, "")

    def soon(self, callback: Callable[[], None]) -> None:
        """Call back in a turn of the event loop of its own, after those that were asked for before."""
        if not self._closed:
            self._document.add_next_tick_callback(callback)

    def _next(self, slot: str) -> int:
        self._newest[slot] = self._newest.get(slot, 0) + 1
        return self._newest[slot]

    def _start(self, job: "_Job") -> None:
        _POOL.submit(partial(self._unless_overtaken, job)).add_done_callback(partial(self._hand_over, job))

    def _unless_overtaken(self, job: "_Job") -> Any:
        """Work whose result would be dropped takes no time from the others."""
        return job.work() if self._is_newest(job) else None

    def _hand_over(self, job: "_Job", future: "Future[Any]") -> None:
        self.soon(partial(self._answer, job, future))

    def _answer(self, job: "_Job", future: "Future[Any]") -> None:
        if self._closed or not self._is_newest(job):
            return
        try:
            result = future.result()
            self._say(job.slot, "")
            job.done(result)
        except DatabaseUnavailable as error:
            if job.retried:
                self._say(job.slot, f"The database does not answer ({error}). Trying again every {RETRY_MS // 1000} s.")
                self._document.add_timeout_callback(partial(self._again, job), RETRY_MS)
            elif job.failed:
                job.failed(error)
        except QA0Error as error:
            self._say(job.slot, f"{error}.")
            if job.failed:
                job.failed(error)
        except Exception as error:
            _LOG.exception("the page failed in %s", job.slot)
            self._say(job.slot, "Something went wrong in the page; the log of the server says what. The rest of the page goes on.")
            if job.failed:
                job.failed(error)

    def _again(self, job: "_Job") -> None:
        if self._is_newest(job):
            self._start(job)

    def _is_newest(self, job: "_Job") -> bool:
        return self._newest[job.slot] == job.number

    @property
    def _closed(self) -> bool:
        """Asked of the session, and not told by it: Bokeh collects the garbage of all sessions before it goes on from telling one."""
        return self._context is not None and self._context.destroyed
