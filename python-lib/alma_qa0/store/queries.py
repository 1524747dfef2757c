"""What the page asks of the marts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

import numpy as np
import pandas as pd

from alma_qa0.core.fields import DECISION, EVALUATION, EXECUTION_BLOCK, FINDING, INVALID_VALUE, QUARANTINE, REFRESH, SCAN_SUMMARY, Relation
from alma_qa0.core.proposal import Status
from alma_qa0.core.spectra import SpectrumPack
from alma_qa0.errors import BadRequest
from alma_qa0.store import quarantine
from alma_qa0.store.database import Database
from alma_qa0.store.packed import read_columns, read_packed
from alma_qa0.store.render import Ident, Sql, render
from alma_qa0.store.tables import Tables

LISTED = ("uid", "start_time", "receiver_bands", "array_family", "status", "n_severe", "n_warning")
SPECTRUM_QUANTITIES = ("trec", "tsys")


@dataclass(frozen=True, slots=True)
class Seen:
    """By what one notices that an EB, its findings or its decisions are others than before; None where there are none."""

    source_version: str | None
    evaluated_at: str | None
    newest_decision: str | None


@dataclass(frozen=True, slots=True)
class Marts:
    """The marts of one database. A relation comes as a DataFrame with the columns of core/fields.py, in their order.

    ``bookkeeping`` are the tables that say how the marts were made, where each mart has its own. ``absent`` are the names of marts that
    are not there: for each a query without rows stands in ``tables``.
    """

    database: Database
    tables: Tables
    bookkeeping: tuple[Ident, ...] = ()
    absent: frozenset[str] = frozenset()

    def has(self, *relations: Relation) -> bool:
        """Whether all these relations have tables here. All but execution_block may be lacking, each by itself."""
        return all(relation.name in self.tables.idents and relation.name not in self.absent for relation in relations)

    def list_execution_blocks(
        self, first: date | None = None, last: date | None = None, search: str = "", limit: int = 1000, *, states: Sequence[str] = (),
        severity: str | None = None,
    ) -> pd.DataFrame:
        """LISTED of the EBs that start from day ``first`` to ``last`` (UTC, both included), newest first.

        ``search``, in any case, is found in the uid, project, Scheduling Block, array or sources. ``states`` are those of QA0 wanted,
        none for all; ``severity``, warning or severe, is that of the least finding wanted. ``attrs["n_found"]`` is how many there are
        without the limit; None where there are more and the search or what is wanted makes counting slow.
        """
        days = {"first": _midnight(first), "end": _midnight(last + timedelta(days=1) if last and last < date.max else None)}
        words = search.strip()
        found = self.database.run(render(
            "queries/execution_blocks", tables=self.tables.idents, **days, pattern=f"%{_escaped(words)}%" if words else None,
            limit=limit + 1, branches=_branches(states), states=list(states), severity=severity, judged=self.has(EVALUATION),
            decided=self.has(DECISION)))
        n_found: int | None = len(found)
        if len(found) > limit:
            counted = not (words or states or severity)
            n_found = self._number("count_execution_blocks", **days) if counted else None
        blocks = found.iloc[:limit]
        blocks.attrs["n_found"] = n_found
        return blocks

    def list_version(self) -> str:
        """Changes when the list of EBs would."""
        return str(self.database.run(render(
            "queries/list_version", tables=self.tables.idents, bookkeeping=self._books(), judged=self.has(EVALUATION),
            decided=self.has(DECISION), quarantined=self.has(QUARANTINE)))["list_version"].iloc[0])

    def look(self, uid: str) -> Seen:
        """What may have changed of one EB since it was read."""
        version = render("queries/source_version", bookkeeping=self._books(), uid=uid)
        found = self.database.run(render("queries/seen", tables=self.tables.idents, source_version=version, uid=uid,
                                         judged=self.has(EVALUATION), decided=self.has(DECISION))).iloc[0]
        return Seen(*(None if pd.isna(found[name]) else str(found[name]) for name in ("source_version", "evaluated_at", "newest_decision")))

    def date_bounds(self) -> tuple[date, date] | None:
        """The first and the last day, UTC, on which an EB starts; None where there is none."""
        first, last = self.database.run(render("queries/date_bounds", tables=self.tables.idents)).iloc[0]
        return None if pd.isna(first) else (date.fromisoformat(str(first)[:10]), date.fromisoformat(str(last)[:10]))

    def read_execution_block(self, uid: str) -> pd.DataFrame:
        """EXECUTION_BLOCK of one EB: one row; BadRequest if the marts do not know it."""
        block = self._read("queries/execution_block", EXECUTION_BLOCK, uid)
        if len(block) == 0:
            raise BadRequest(f"{uid} is not in the database; expected the uid of an Execution Block that was taken in and refreshed")
        return block

    def read_scan_summary(self, uid: str) -> pd.DataFrame:
        """SCAN_SUMMARY of one EB, by start_valid_time, receiver_band, baseband, antenna."""
        return read_columns(self.database, SCAN_SUMMARY, self._rows("queries/scan_summary", SCAN_SUMMARY, uid))

    def read_invalid_values(self, uid: str) -> pd.DataFrame:
        """INVALID_VALUE of one EB, by scan, receiver_band, baseband, antenna."""
        return read_columns(self.database, INVALID_VALUE, self._rows("queries/invalid_values", INVALID_VALUE, uid))

    def read_spectra(self, uid: str, quantity: str, receiver_band: int | None = None) -> tuple[SpectrumPack, ...]:
        """All spectra of trec or tsys of one EB, a pack for each receiver band, baseband and frequency axis."""
        if quantity not in SPECTRUM_QUANTITIES:
            raise BadRequest(f"{quantity!r} has no spectra; expected {' or '.join(SPECTRUM_QUANTITIES)}")
        packs = render("queries/spectra", tables=self.tables.idents, uid=uid, quantity=quantity, receiver_band=receiver_band)
        return tuple(_pack(quantity, contents, packed) for contents, packed in read_packed(self.database, packs))

    def read_findings(self, uid: str) -> pd.DataFrame:
        """FINDING of one EB: worst first, each followed by those that are folded under it."""
        return self._read("queries/findings", FINDING, uid)

    def read_evaluation(self, uid: str) -> pd.DataFrame:
        """EVALUATION of one EB: one row, or none where it was not judged yet."""
        return self._read("queries/evaluation", EVALUATION, uid)

    def read_quarantine(self) -> pd.DataFrame:
        """QUARANTINE, the newest first: what no step could take. Empty where there is none, as in DSS."""
        if not self.has(QUARANTINE):
            return pd.DataFrame(columns=list(QUARANTINE.columns))
        return quarantine.read(self.database, self.tables)

    def source_version(self, uid: str) -> str | None:
        """Changes when any mart of the EB was made from another version of its source; None if there is none. For keys of caches."""
        version = self.database.run(render("queries/source_version", bookkeeping=self._books(), uid=uid))["source_version"].iloc[0]
        return None if pd.isna(version) else str(version)

    def _books(self) -> list[Ident]:
        return list(self.bookkeeping) or [self.tables.of(REFRESH)]

    def _number(self, template: str, **holes: object) -> int:
        return int(self.database.run(render(f"queries/{template}", tables=self.tables.idents, **holes))["n"].iloc[0])

    def _read(self, template: str, relation: Relation, uid: str) -> pd.DataFrame:
        return self.database.run(self._rows(template, relation, uid))

    def _rows(self, template: str, relation: Relation, uid: str) -> Sql:
        return render(template, tables=self.tables.idents, columns=_columns(relation), uid=uid)


def _branches(states: Sequence[str]) -> list[str]:
    """The ways in which an EB can have one of these states: that of whom nobody has decided is Unset, too."""
    if not states:
        return ["any"]
    return ["undecided", "stated"] if Status.UNSET.value in states else ["stated"]


def _columns(relation: Relation) -> list[Ident]:
    return [Ident(name) for name in relation.columns]


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), timezone.utc) if day else None


def _escaped(words: str) -> str:
    """Words for LIKE that stand for themselves."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _pack(quantity: str, contents: str | bytes, packed: bytes) -> SpectrumPack:
    known = json.loads(contents)
    values = np.frombuffer(packed, dtype=">f4").astype(np.float32).reshape(-1, known["n_channels"])
    return SpectrumPack(
        receiver_band=known["receiver_band"], baseband_name=known["baseband_name"], quantity=quantity,
        frequency_hz=np.array(known["frequency_hz"], dtype=np.float64), antenna_names=np.array(known["antenna_names"], dtype=str),
        cal_data_ids=np.array(known["cal_data_ids"], dtype=str), polarisations=np.array(known["polarisations"], dtype=str), values=values)
