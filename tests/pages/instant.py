"""The page without a server and without a database: marts held in memory, work done at once, callbacks run when the test says."""

from concurrent.futures import Future
from datetime import date

import pandas as pd
from bokeh.document import Document
from bokeh.server.callbacks import NextTickCallback, SessionCallback, TimeoutCallback

from alma_qa0.errors import BadRequest
from views.samples import UID, blocks, invalid_rows, spectrum_pack, summary_rows


class InstantMarts:
    """What store.queries.Marts gives, from DataFrames. ``error``, while there is one, is raised by every call."""

    def __init__(self, *, listed: pd.DataFrame | None = None, summary: pd.DataFrame | None = None, invalid: pd.DataFrame | None = None,
                 bounds: tuple[date, date] | None = (date(2025, 7, 8), date(2025, 7, 12))) -> None:
        self.listed = blocks({}) if listed is None else listed
        self.summary = summary_rows() if summary is None else summary
        self.invalid = invalid_rows() if invalid is None else invalid
        self.bounds = bounds
        self.error: Exception | None = None
        self.asked: list[tuple] = []

    def list_execution_blocks(self, first=None, last=None, search="", limit=1000):
        self._note("list", first, last, search)
        found = self.listed[self.listed["uid"].str.contains(search, regex=False)].reset_index(drop=True)
        found.attrs["n_found"] = len(found)
        return found

    def date_bounds(self):
        return self.bounds

    def source_version(self, uid):
        self._note("version", uid)
        return f"{id(self)}" if uid in set(self.listed["uid"]) else None

    def read_execution_block(self, uid):
        self._note("block", uid)
        found = self.listed[self.listed["uid"] == uid].reset_index(drop=True)
        if found.empty:
            raise BadRequest(f"{uid} is not in the database; expected the uid of an Execution Block that was taken in and refreshed")
        return found

    def read_scan_summary(self, uid):
        return self.summary.assign(uid=uid)

    def read_invalid_values(self, uid):
        return self.invalid

    def read_spectra(self, uid, quantity, receiver_band=None):
        self._note("spectra", uid, quantity, receiver_band)
        places = self.summary[["receiver_band", "baseband_name"]].drop_duplicates().itertuples(index=False)
        return tuple(spectrum_pack(self.summary, place.baseband_name, receiver_band=place.receiver_band, quantity_name=quantity)
                     for place in places if receiver_band in (None, place.receiver_band))

    def _note(self, *question) -> None:
        self.asked.append(question)
        if self.error is not None:
            raise self.error


class InstantPool:
    """A pool whose work is done before submit returns, or, when ``held``, as the test lets it go."""

    def __init__(self) -> None:
        self.held = False
        self._waiting: list[tuple] = []

    def submit(self, work) -> Future:
        future: Future = Future()
        self._waiting.append((work, future))
        if not self.held:
            self.release()
        return future

    def release(self, *, newest_first: bool = False) -> None:
        waiting, self._waiting = self._waiting, []
        for work, future in reversed(waiting) if newest_first else waiting:
            try:
                future.set_result(work())
            except Exception as error:
                future.set_exception(error)


def settle(document: Document) -> None:
    """Run what waits for the next tick of the event loop, until nothing does."""
    while waiting := _waiting(document, NextTickCallback):
        for callback in waiting:
            document.remove_next_tick_callback(callback)
            callback.callback()


def pass_time(document: Document) -> int:
    """Run what waits for a time, as if it had come; how many there were."""
    waiting = _waiting(document, TimeoutCallback)
    for callback in waiting:
        document.remove_timeout_callback(callback)
        callback.callback()
    settle(document)
    return len(waiting)


def _waiting(document: Document, kind: type[SessionCallback]) -> list[SessionCallback]:
    return [callback for callback in document.session_callbacks if isinstance(callback, kind)]


__all__ = ["UID", "InstantMarts", "InstantPool", "pass_time", "settle"]
