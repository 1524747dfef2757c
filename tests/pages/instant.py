"""The page without a server and without a database: marts held in memory, work done at once, callbacks run when the test says."""

import json
from concurrent.futures import Future
from datetime import date
from itertools import count

import pandas as pd
from bokeh.document import Document
from bokeh.models import Button
from bokeh.server.callbacks import NextTickCallback, PeriodicCallback, SessionCallback, TimeoutCallback

from alma_qa0.core.fields import DECISION, EVALUATION, QUARANTINE
from alma_qa0.core.findings import Finding, Severity
from alma_qa0.errors import BadRequest
from alma_qa0.pages import cockpit, watch
from alma_qa0.store import decisions
from alma_qa0.store.queries import Seen
from alma_qa0.ui.browser import Address, Download
from alma_qa0.ui.decision import Press
from alma_qa0.ui.shown import Screen
from views.samples import UID, blocks, finding_rows, invalid_rows, spectrum_pack, summary_rows

_presses = count()


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
        self.findings: tuple[Finding, ...] = ()
        self.evaluated = True
        self.decisions: list[dict] = []  # oldest first
        self.quarantined: list[dict] = []
        self.database, self.tables, self.bookkeeping = self, None, ()  # see the fixture ``kept``
        self.lacking: set[str] = set()  # relations that have no tables
        self.version = 1  # of the source; 2 when the Execution Blocks were made again
        self.judged_at = "12:00"

    def has(self, *relations):
        return not self.lacking & {relation.name for relation in relations}

    def list_execution_blocks(self, first=None, last=None, search="", limit=1000, *, states=(), severity=None):
        self._note("list", first, last, search)
        found = self.listed[self.listed["uid"].str.contains(search, regex=False)].reset_index(drop=True)
        counts, decided = self.count_findings(found["uid"]), {each["uid"]: each["status"] for each in self.decisions if each["status"]}
        found = found.assign(status=found["uid"].map(decided), n_severe=counts["n_severe"], n_warning=counts["n_warning"])
        if states:
            found = found[found["status"].fillna("Unset").isin(states)]
        if severity:
            found = found[found["n_severe"] + found["n_warning"] * (severity == "warning") > 0]
        found.attrs["n_found"] = len(found)
        return found

    def read_quarantine(self):
        return pd.DataFrame(self.quarantined, columns=list(QUARANTINE.columns))

    def list_version(self):
        self._note("list version")
        return f"{len(self.quarantined)} {len(self.listed)} {len(self.decisions)} {self.version} {self.judged_at}"

    def look(self, uid):
        self._note("look", uid)
        newest = [each["decision_id"] for each in self.decisions if each["uid"] == uid][-1:]
        return Seen(self.source_version(uid), self.judged_at, *(newest or [None]))

    def date_bounds(self):
        return self.bounds

    def source_version(self, uid):
        self._note("version", uid)
        return f"{id(self)} {self.version}" if uid in set(self.listed["uid"]) else None

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

    def read_findings(self, uid):
        return finding_rows(*(finding for finding in self.findings if finding.uid == uid))

    def read_evaluation(self, uid):
        usual = {"uid": uid, "limits": '{"trec_level.high": 2.0}', "n_antennas": 3, "n_usable_antennas": 3, "nominal_antennas": 3}
        return pd.DataFrame([usual][:self.evaluated], columns=list(EVALUATION.columns))

    def count_findings(self, uids):
        counted = [{"uid": uid, **{f"n_{severity.value}": sum(finding.uid == uid and finding.severity is severity and not finding.cause_id
                                                              for finding in self.findings) for severity in Severity}} for uid in uids]
        return pd.DataFrame(counted, columns=["uid", "n_info", "n_warning", "n_severe"])

    def _note(self, *question) -> None:
        self.asked.append(question)
        if self.error is not None:
            raise self.error


def decide(marts: InstantMarts, _tables, decision, *, bookkeeping) -> None:
    """What store.decisions.decide does."""
    marts._note("decide", decision.uid)
    seen = marts.source_version(decision.uid), marts.judged_at
    if decision.source_version is not None and (decision.source_version, decision.evaluated_at) != seen:
        raise BadRequest(f"{decision.uid} was made or judged again after what the screen showed")
    made = [each["decision_id"] for each in marts.decisions if each["uid"] == decision.uid and each["status"]]
    unseen = made[made.index(decision.supersedes) + 1:] if decision.supersedes else made
    kept = {name: getattr(decision, name, None) for name in DECISION.columns}
    marts.decisions.append({
        **kept, "decision_id": f"d{len(marts.decisions)}", "status": decision.status and decision.status.value,
        "unseen": (decision.status and unseen) or None,
        "reasons": [reason.value for reason in decision.reasons],
        "decided_at": pd.Timestamp("2025-07-12T08:00Z") + pd.Timedelta(minutes=len(marts.decisions))})


def read_history(marts: InstantMarts, _tables, uid) -> pd.DataFrame:
    """What store.decisions.read_history does: newest first."""
    made = [each for each in reversed(marts.decisions) if each["uid"] == uid]
    return pd.DataFrame([{**each, "n_said": len(made)} for each in made], columns=[*decisions.HISTORY, "n_said", "unseen"])


def read_newest_decisions(marts: InstantMarts, _tables, uids) -> pd.DataFrame:
    """What store.decisions.read_newest_decisions does."""
    newest = {each["uid"]: each for each in marts.decisions if each["uid"] in uids and each["status"]}
    return pd.DataFrame(list(newest.values()), columns=[*DECISION.columns, "unseen"])


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
    while _waiting(document, NextTickCallback):
        take_a_turn(document)


def take_a_turn(document: Document) -> None:
    """Run what waits for the next tick of the event loop now, and not what that asks for in turn."""
    for callback in _waiting(document, NextTickCallback):
        document.remove_next_tick_callback(callback)
        callback.callback()


def look_again(document: Document) -> None:
    """What the page does every few seconds, as if they had passed."""
    watch._list_version.cache_clear()
    for callback in _waiting(document, PeriodicCallback):
        callback.callback()
    settle(document)


def pass_time(document: Document) -> int:
    """Run what waits for a time, as if it had come; how many there were."""
    waiting = _waiting(document, TimeoutCallback)
    for callback in waiting:
        document.remove_timeout_callback(callback)
        callback.callback()
    settle(document)
    return len(waiting)


def _waiting(document: Document, kind: type[SessionCallback]) -> list[SessionCallback]:
    """In the order in which they were asked for, as the event loop runs them: the ids of Bokeh's callbacks are counted up."""
    found = [callback for callback in document.session_callbacks if isinstance(callback, kind)]
    return sorted(found, key=lambda callback: (len(callback.id), callback.id))


class Page:
    """The page of one session."""

    def __init__(self, marts, query="", *, judged=False, **options):
        pairs = [pair.split("=", 1) for pair in query.split("&") if pair]
        self.document = Document()
        cockpit.build(self.document, marts=marts, arguments={name: [value.encode()] for name, value in pairs}, judged=judged,
                      **options)
        self.saved = []
        self._pieces = []
        download = self.document.select_one({"type": Download})
        download.on_change("part", lambda attr, old, new: self._receive(download, new))
        settle(self.document)

    def __getitem__(self, name):
        return self.document.get_model_by_name(name)

    def set(self, name, **values):
        """What the reader does to a widget."""
        self[name].update(**values)
        settle(self.document)

    def click(self, name):
        button = self[name]
        assert isinstance(button, Button)
        for callback in button._event_callbacks["button_click"]:
            callback()
        settle(self.document)

    def press(self, kind="decision", **others):
        """Press a button of the form, as ui/press.js does; ``others`` replace what it sends."""
        status, reasons = self["decision_status"], self["decision_reasons"]
        shown = self.document.select_one({"type": Screen})
        sent = {
            "kind": kind, "uid": shown.uid, "versions": json.loads(shown.versions),
            "status": "" if status.active is None else status.labels[status.active],
            "reasons": [reasons.labels[index] for index in reasons.active], "comment": self["decision_comment"].value,
            "decided_by": self["decision_by"].value, "execution_fraction": self["decision_execution_fraction"].value, "at": next(_presses)}
        self.document.select_one({"type": Press}).text = json.dumps({**sent, **others})
        settle(self.document)

    def select(self, *indices):
        self["summary_points"].selected.indices = list(indices)
        settle(self.document)

    @property
    def message(self):
        return self["message"].text

    @property
    def query(self):
        return self.document.select_one({"type": Address}).query

    @property
    def points(self):
        return pd.DataFrame(dict(self["summary_points"].data))

    @property
    def spectra(self):
        """The ids of the spectra sent to the browser."""
        return [int(number) for number in self["spectra_table"].data["id"]]

    def _receive(self, download, part):
        self._pieces = [] if part == 1 else self._pieces
        self._pieces.append(download.text)
        if part and part == download.parts:
            self.saved.append((download.file_name, "".join(self._pieces)))


__all__ = ["UID", "InstantMarts", "InstantPool", "Page", "look_again", "pass_time", "settle", "take_a_turn"]
