"""Takes Execution Blocks into the raw tables: each whole, in one transaction, or not at all."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from functools import cache
from pathlib import Path
from tempfile import SpooledTemporaryFile
from time import monotonic
from typing import IO, Protocol

import numpy as np

from alma_qa0.asdm.folder import Asdm, find_asdms, open_asdm, signature, uid_of_name
from alma_qa0.asdm.reader import read_table
from alma_qa0.core.blocks import SIMULATED_OBSERVER
from alma_qa0.core.fields import (
    ASDM,
    CAL_ATMOSPHERE,
    CAL_DATA,
    CAL_REDUCTION,
    CAL_WVR,
    EXEC_BLOCK,
    INTAKE,
    INVALID_VALUE_RAW,
    RAW,
    READ,
    Relation,
)
from alma_qa0.core.records import Columns, one_record, parse_cal_atmosphere, parse_records, record_rows, source_columns
from alma_qa0.core.rows import Rows
from alma_qa0.errors import BadRequest, BrokenAsdm, DatabaseUnavailable, NotAnAsdm, QA0Error
from alma_qa0.store import months, quarantine
from alma_qa0.store.database import Database
from alma_qa0.store.digests import code_meaning, digest
from alma_qa0.store.load import (
    HEADER,
    TRAILER,
    Intake,
    copy_statement,
    delete_statements,
    encode_rows,
    encode_stream,
    newest_reduction,
    read_intake,
)
from alma_qa0.store.quarantine import Refusal, Step
from alma_qa0.store.tables import Tables, create_quarantine, create_raw

Say = Callable[[str], None]

_LOG = logging.getLogger(__name__)

_OF_OUR_OWN = (ASDM, INTAKE, EXEC_BLOCK, CAL_DATA, CAL_ATMOSPHERE, INVALID_VALUE_RAW)  # those that are more than their table row by row
_REDUCED: Mapping[Relation, tuple[str, ...]] = {  # tables of results, and what of their keys names a calibration
    CAL_ATMOSPHERE: ("antennaName", "receiverBand", "basebandName", "calDataId", "syscalType"), CAL_WVR: ("antennaName", "calDataId")}
_SPOOL_IN_MEMORY = 1 << 23
_BLOCK = 1 << 18
_SECONDS_OF_SILENCE = 2.0


class LoadingDatabase(Database, Protocol):
    """A database that takes COPY streams, as hosts/postgres.py does."""

    def load(self, statements: Sequence[str], copies: Iterable[tuple[str, Iterable[bytes]]]) -> None:
        """The statements, then each COPY fed with its bytes as they come, all in one transaction."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of each ASDM: the uids of those taken in and of those that were there already; which failed, and why.

    ``passed_over`` are archives beside them that hold no ASDM.
    """

    taken: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: tuple[tuple[str, QA0Error], ...]
    passed_over: tuple[str, ...] = ()


def ingest(
    database: LoadingDatabase, tables: Tables, paths: Iterable[Path], *, again: bool = False, progress: Say | None = None,
) -> IngestReport:
    """Takes in every ASDM at or below ``paths``. One whose files are as they were changes nothing, another version replaces the last.

    The same files are read again where they hold tables or columns that were not read the last time, or, with ``again``, in any case.

    An ASDM that is broken, that the database refuses or that fails in any other way is left out whole, and the others go on. It is in
    quarantine until its file or this program is another. An archive that lies in a folder, has no name of an Execution Block and holds
    none is passed over. ``progress`` is told in sentences what is done. Raises DatabaseUnavailable.
    """
    say = progress or _silent
    paths = list(paths)
    create_raw(database, tables)
    create_quarantine(database, tables)
    asdms, failed = _find(paths)
    for _, error in failed:
        say(f"refused: {error}")
    run = _Run(database, tables, frozenset(paths), quarantine.held(database, tables, Step.INGEST), failed, again)
    for number, path in enumerate(asdms, start=1):
        run.take(path, _with_place(say, f"{number}/{len(asdms)} {path.name}"))
    run.note()
    return IngestReport(tuple(run.taken), tuple(run.unchanged), tuple(run.failed), tuple(run.passed_over))


@dataclass(slots=True)
class _Run:
    """One ingest: the ``paths`` that were named, what is in quarantine, and what has become of each ASDM so far."""

    database: LoadingDatabase
    tables: Tables
    paths: frozenset[Path]
    held: Mapping[str, Refusal]
    failed: list[tuple[str, QA0Error]]
    again: bool = False
    taken: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def take(self, path: Path, say: Say) -> None:
        place, version = str(path.absolute()), f"{_signature(path)} {_program()}"
        name = uid_of_name(path) or place
        held = self.held.get(name)
        if held and not self.again and (held.version, held.path) == (version, place):
            self._fail(path, BrokenAsdm(f"in quarantine until the file is another: {held.sentence}", source=path), say)
            return
        try:
            uid, is_new = _ingest_asdm(self.database, self.tables, path, say, {*self.taken, *self.unchanged}, again=self.again)
            (self.taken if is_new else self.unchanged).append(uid)
        except DatabaseUnavailable:
            raise
        except Exception as error:  # one Execution Block's trouble is its own, whatever it is
            if isinstance(error, NotAnAsdm) and name == place and path not in self.paths:
                self.passed_over.append(str(path))
                say(f"passed over: {error}")
                return
            _LOG.info("%s", path, exc_info=error)
            ours = _as_ours(error, path)
            self._fail(path, ours, say)
            self.refused.append(Refusal(name, version, quarantine.in_words(ours), quarantine.is_lasting(error), place))

    def _fail(self, path: Path, error: QA0Error, say: Say) -> None:
        self.failed.append((str(path), error))
        say(f"refused: {error}")

    def note(self) -> None:
        """Brings the quarantine up to date; a file that is there no more leaves it."""
        gone = {name for name, one in self.held.items() if not _is_there(one)}
        done = self.held.keys() & {*self.taken, *self.unchanged, *gone}
        quarantine.note(self.database, self.tables, Step.INGEST, refused=self.refused, done=done - {one.uid for one in self.refused})


def _is_there(refusal: Refusal) -> bool:
    return refusal.path is not None and Path(refusal.path).exists()


def _signature(path: Path) -> str:
    try:
        return signature(path)
    except OSError:
        return ""


@cache
def _program() -> str:
    """A digest of all that reads: when we change it, what is in quarantine is tried again."""
    return digest(code_meaning(("jobs.ingest", "store.load"), within=("asdm", "core")))


def read_through(path: Path) -> Iterator[bytes]:
    """The bytes that an ingest of an ASDM sends to the database, of one table after the other, without a database.

    Raises BrokenAsdm as an ingest would; the first bytes, with the time of the ingest, are left out.
    """
    with open_asdm(path) as asdm:
        intake = _Intake(asdm, _exec_block(asdm), Tables.in_schemas(), _silent)
        for number, (_, pieces) in enumerate(intake.copies()):
            yield from (piece for piece in pieces if number)


def _find(paths: Iterable[Path]) -> tuple[list[Path], list[tuple[str, QA0Error]]]:
    found: dict[Path, None] = {}
    failed: list[tuple[str, QA0Error]] = []
    for path in paths:
        try:
            found.update(dict.fromkeys(find_asdms(path)))
        except BadRequest as error:
            failed.append((str(path), error))
    return list(found), failed


def _as_ours(error: Exception, path: Path) -> QA0Error:
    return error if isinstance(error, QA0Error) else BrokenAsdm(f"cannot be read: {quarantine.in_words(error)}", source=path)


def _with_place(say: Say, place: str) -> Say:
    return lambda sentence: say(f"{place}: {sentence}")


def _silent(sentence: str) -> None:
    """Nobody listens."""


def _ingest_asdm(
    database: LoadingDatabase, tables: Tables, path: Path, say: Say, seen: Set[str], *, again: bool,
) -> tuple[str, bool]:
    """The uid of the ASDM, and whether it was taken in: it is not where the same files were taken in whole before, or a later reduction.

    ``again`` takes the same files in once more. ``seen`` are the Execution Blocks of this ingest so far: of two that were reduced at the
    same time the first stays.
    """
    with open_asdm(path) as asdm:
        known = read_intake(database, tables, asdm.uid)
        is_same = known is not None and known.content_hash == asdm.content_hash
        unread = _unread(asdm, known) if known and is_same else ()
        if is_same and not unread and not again:
            say("there already")
            return asdm.uid, False
        if not is_same and _is_older(database, tables, asdm, say, seen):
            return asdm.uid, False
        if unread:
            say(f"read again: {', '.join(unread)} {'was' if len(unread) == 1 else 'were'} not read before, or not whole")
        exec_block, n_readings = _exec_block(asdm), known.n_readings + 1 if known and is_same else 1
        months.make(database, tables, months.laid(database, tables, RAW), _months(exec_block, asdm.uid))
        intake = _Intake(asdm, exec_block, tables, say, n_readings)
        try:
            database.load(delete_statements(tables, asdm.uid), intake.copies())
        except _ReducedTwice:
            intake = _Intake(asdm, exec_block, tables, say, n_readings, _newest_reductions(asdm))
            database.load(delete_statements(tables, asdm.uid), intake.copies())
    say(f"taken in, {intake.n_records} calibrations" + (
        f"; {intake.n_passed_over} rows of CalAtmosphere that are no TEMPERATURE_SCALE passed over" if intake.n_passed_over else ""))
    return asdm.uid, True


def _unread(asdm: Asdm, known: Intake) -> tuple[str, ...]:
    """The tables that were not taken in with these files, or not with all the columns that are read now."""
    return tuple(sorted({relation.asdm_table for relation in READ if not known.is_whole(relation, asdm.table_hash(relation.asdm_table))}))


def _is_older(database: Database, tables: Tables, asdm: Asdm, say: Say, seen: Set[str]) -> bool:
    """Whether another version of the EB is there that was reduced later, or at the same time in this ingest."""
    before, now = newest_reduction(database, tables.of(CAL_REDUCTION), asdm.uid), _newest_reduction(asdm)
    if before is None or (now or 0) >= before + (asdm.uid in seen):
        return False
    say(f"passed over: another version of {asdm.uid} is there" + (", of a later reduction" if (now or 0) < before else ""))
    return True


@dataclass(slots=True)
class _Intake:
    """One ASDM on its way into the database: a COPY after the other, a run of rows after the other.

    ``kept`` are the numbers of the rows that count, of relations in which others are reductions that a later one replaces.
    """

    asdm: Asdm
    exec_block: Rows
    tables: Tables
    say: Say
    n_readings: int = 1
    kept: Mapping[Relation, frozenset[int]] = field(default_factory=dict)
    cal_data_ids: set[str] = field(default_factory=set)
    n_records: int = 0
    n_passed_over: int = 0

    def copies(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        """Each raw table's COPY statement and bytes. They depend on each other: CalData comes before what refers to it."""
        yield self._copy(ASDM, [self._asdm_record()])
        yield self._copy(INTAKE, [self._intake_record(relation) for relation in READ])
        yield self._copy(EXEC_BLOCK, [parse_records(EXEC_BLOCK, self.exec_block, self.asdm.uid)])
        yield self._copy(CAL_DATA, self._cal_data())
        for relation in RAW:
            if relation not in _OF_OUR_OWN:
                yield self._copy(relation, self._records(relation))
        with SpooledTemporaryFile(_SPOOL_IN_MEMORY) as spool:
            yield self._copy(CAL_ATMOSPHERE, self._cal_atmosphere(spool))
            yield copy_statement(self.tables, INVALID_VALUE_RAW), _stream(spool)

    def _copy(self, relation: Relation, runs: Iterable[Columns]) -> tuple[str, Iterable[bytes]]:
        return copy_statement(self.tables, relation), encode_stream(relation, runs)

    def _asdm_record(self) -> Columns:
        return one_record(ASDM, {
            "uid": self.asdm.uid, "schema_version": self.asdm.schema_version, "content_hash": self.asdm.content_hash,
            "simulated": self.exec_block.columns["observerName"][0] == SIMULATED_OBSERVER,
            "ingested_at": datetime.now(timezone.utc).replace(tzinfo=None), "n_readings": self.n_readings,
            "calibrations_removed_at": None,
        })

    def _intake_record(self, relation: Relation) -> Columns:
        table = relation.asdm_table
        return one_record(INTAKE, {
            "uid": self.asdm.uid, "relation": relation.name, "reader_version": relation.layout,
            "n_rows": self.asdm.table_rows.get(table), "content_hash": self.asdm.table_hash(table)})

    def _records(self, relation: Relation) -> Iterator[Columns]:
        keys = _Keys(relation)
        for rows in self._read(relation):
            yield keys.checked(rows, parse_records(relation, rows, self.asdm.uid))

    def _cal_data(self) -> Iterator[Columns]:
        for rows in _read(self.asdm, CAL_DATA, "execBlockUID"):
            _check_uid(self.asdm, rows)
            self.cal_data_ids.update(rows.columns["calDataId"].tolist())
            yield parse_records(CAL_DATA, rows, self.asdm.uid)

    def _cal_atmosphere(self, spool: IO[bytes]) -> Iterator[Columns]:
        """The records of CAL_ATMOSPHERE; those of INVALID_VALUE_RAW, which are few, go to ``spool`` meanwhile."""
        keys, said = _Keys(CAL_ATMOSPHERE), monotonic()
        for rows in self._read(CAL_ATMOSPHERE):
            self._check_cal_data(rows)
            columns, invalid = parse_cal_atmosphere(rows, self.asdm.uid)
            spool.write(encode_rows(INVALID_VALUE_RAW, invalid))
            self._count(rows, columns)
            yield keys.checked(rows, columns)
            if monotonic() - said > _SECONDS_OF_SILENCE:
                said = monotonic()
                self.say(f"{self.n_records + self.n_passed_over} of {self.asdm.table_rows['CalAtmosphere']} rows of CalAtmosphere")

    def _read(self, relation: Relation) -> Iterator[Rows]:
        kept = self.kept.get(relation)
        for rows in _read(self.asdm, relation):
            yield from [rows] if kept is None else rows.parts(np.isin(np.arange(rows.first, rows.first + len(rows)), list(kept)))

    def _count(self, rows: Rows, columns: Columns) -> None:
        n_records = len(_values(columns, "uid"))
        self.n_records += n_records
        self.n_passed_over += len(rows) - n_records

    def _check_cal_data(self, rows: Rows) -> None:
        for index, cal_data_id in enumerate(rows.columns["calDataId"].tolist()):
            if cal_data_id not in self.cal_data_ids:
                raise BrokenAsdm("refers to a row that is not there", source=rows.source, row=rows.first + index, field="calDataId",
                                 value=cal_data_id, expected="the calDataId of a row of CalData")


def _read(asdm: Asdm, relation: Relation, *more: str) -> Iterator[Rows]:
    table, columns = source_columns(relation)
    return read_table(asdm, table, columns | set(more))


def _exec_block(asdm: Asdm) -> Rows:
    """The row of ExecBlock, which says of which Execution Block it is."""
    count = asdm.table_rows.get("ExecBlock", 0)
    if count != 1:
        raise BrokenAsdm("not one Execution Block", source=asdm.source("ASDM.xml"), field="NumberRows of ExecBlock", value=count,
                         expected="1")
    (rows,) = _read(asdm, EXEC_BLOCK, "execBlockUID")
    _check_uid(asdm, rows)
    return rows


def _months(exec_block: Rows, uid: str) -> set[date]:
    """The months in which an Execution Block begins and ends, each by its first day: its calibrations are of one or the other."""
    columns = parse_records(EXEC_BLOCK, exec_block, uid)
    return {time.date().replace(day=1) for name in ("start_time", "end_time") for time in _values(columns, name)
            if isinstance(time, datetime)}


def _check_uid(asdm: Asdm, rows: Rows) -> None:
    for index, uid in enumerate(rows.columns["execBlockUID"].tolist()):
        if uid != asdm.uid:
            raise BrokenAsdm("belongs to another Execution Block", source=rows.source, row=rows.first + index, field="execBlockUID",
                             value=uid, expected=asdm.uid)


class _ReducedTwice(BrokenAsdm):
    """A calibration stands there more than once, by reductions of their own."""


def _newest_reduction(asdm: Asdm) -> int | None:
    """When the newest reduction was made, in microseconds since 1970; None where there is none."""
    times = [parse_records(CAL_REDUCTION, rows, asdm.uid)["time_reduced"] for rows in _read(asdm, CAL_REDUCTION)]
    known = [int(time) for run in times if run is not None for time in run[~np.isnat(run)].astype("datetime64[us]").astype(np.int64)]
    return max(known, default=None)


def _newest_reductions(asdm: Asdm) -> Mapping[Relation, frozenset[int]]:
    """The rows that count of each table of results, by their numbers: of one calibration reduced several times the newest."""
    reduced: dict[str, int] = {}
    for rows in read_table(asdm, "CalReduction", ("calReductionId", "timeReduced")):
        reduced.update(zip(rows.columns["calReductionId"].tolist(), rows.columns["timeReduced"].tolist(), strict=True))
    return {relation: _newest(asdm, relation, reduced) for relation in _REDUCED}


def _newest(asdm: Asdm, relation: Relation, reduced: Mapping[str, int]) -> frozenset[int]:
    newest: dict[tuple[object, ...], tuple[int, int]] = {}
    for rows in read_table(asdm, source_columns(relation)[0], {*_REDUCED[relation], "calReductionId"}):
        times = [reduced.get(name, 0) for name in rows.columns["calReductionId"].tolist()]
        keys = zip(*(rows.columns[name].tolist() for name in _REDUCED[relation]), strict=True)
        for number, (key, time) in enumerate(zip(keys, times, strict=True), start=rows.first):
            newest[key] = max(newest.get(key, (0, 0)), (time, number))
    return frozenset(number for _, number in newest.values())


@dataclass(slots=True)
class _Keys:
    """The keys of a relation that were there; fewer columns than the key of the ASDM's table, which may let twins pass."""

    relation: Relation
    seen: set[tuple[object, ...]] = field(default_factory=set)

    def checked(self, rows: Rows, columns: Columns) -> Columns:
        """``columns``, made from ``rows``; BrokenAsdm at a key that was there before."""
        names, error = self.relation.key[1:], _ReducedTwice if self.relation in _REDUCED else BrokenAsdm
        for index, key in enumerate(zip(*(_values(columns, name) for name in names), strict=True)):
            if key in self.seen:
                raise error("a key is there twice", source=rows.source, row=int(record_rows(rows)[index]), field=", ".join(names),
                                 value=key, expected=self.relation.grain)
            self.seen.add(key)
        return columns


def _values(columns: Columns, name: str) -> list[object]:
    values = columns[name]
    return [] if values is None else values.tolist()


def _stream(spool: IO[bytes]) -> Iterator[bytes]:
    yield HEADER
    spool.seek(0)
    while block := spool.read(_BLOCK):
        yield block
    yield TRAILER
