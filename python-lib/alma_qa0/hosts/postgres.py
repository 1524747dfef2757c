"""A PostgreSQL reached directly: the only place that imports psycopg2."""

import select
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from queue import Empty, LifoQueue
from threading import BoundedSemaphore
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import pandas as pd
import psycopg2
import psycopg2.extensions

from alma_qa0.errors import BadRequest, DatabaseRefused, DatabaseUnavailable
from alma_qa0.settings import JOB, Patience

OLDEST_VERSION = 15
MAX_CONNECTIONS = 4
# A server that the network no longer reaches is given up after half a minute, whether something was sent to it or is waited for.
_NETWORK: Mapping[str, Any] = MappingProxyType({
    "connect_timeout": 10, "keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000})
_COPY_BUFFER = 1 << 18
_COPY_HEADER = 19  # signature, flags, length of an extension

_INTEGERS, _FLOATS = {20, 21, 23, 26}, {700, 701, 1700}  # the numbers of the types in pg_type, fixed for ever
_BOOLEAN, _BYTES, _TIME, _TIME_WITH_ZONE = 16, 17, 1114, 1184
# What the server says when it is not there, or not there yet; every other refusal of a connection is final.
_TRY_AGAIN = ("starting up", "shutting down", "recovery mode", "too many clients", "remaining connection slots", "not yet accepting")
_TRY_AGAIN_CLASSES = ("08", "53", "57P")  # connection exceptions, insufficient resources, operator intervention


class Postgres:
    """One PostgreSQL, usable from many threads at once. Connections are made when they are needed, and again when they broke.

    ``trouble`` says why the database does not answer, where somebody knows better than the failed connection; empty if not. What takes
    longer than ``patience`` is DatabaseUnavailable. ``before_writing`` is called before each transaction that writes, and keeps it
    from that by raising.
    """

    __slots__ = ("_before_writing", "_idle", "_patience", "_seats", "_secrets", "_trouble", "_url")

    def __init__(
        self, url: str, *, max_connections: int = MAX_CONNECTIONS, trouble: Callable[[], str] = str, patience: Patience = JOB,
        before_writing: Callable[[], object] = str,
    ) -> None:
        self._url, self._trouble, self._patience, self._before_writing = url, trouble, patience, before_writing
        self._idle: LifoQueue[psycopg2.extensions.connection] = LifoQueue()
        self._seats = BoundedSemaphore(max_connections)
        self._secrets = _secrets(url)

    def __repr__(self) -> str:
        return f"Postgres({_without(self._url, self._secrets)!r})"

    def with_patience(self, patience: Patience) -> "Postgres":
        """The same database, with connections of its own; nothing is asked before it is written."""
        return Postgres(self._url, trouble=self._trouble, patience=patience)

    def run(self, sql: str) -> pd.DataFrame:
        """The rows of one query.

        Integers are int64 (Int64 where a value is null), floats float64, times UTC, arrays lists, bytea bytes, text object with None.
        """
        with self._connected() as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return _frame(cursor)

    def read_bytes(self, copy_statement: str) -> list[tuple[bytes | None, ...]]:
        """The rows of one COPY ... TO STDOUT (FORMAT binary), each value in the server's form: text in UTF-8, bytea as it is.

        It hands over a bytea as its bytes, where psycopg2 would ask for twice as many hexadecimal digits and read them back.
        """
        stream = BytesIO()
        with self._connected() as connection, connection.cursor() as cursor:
            cursor.copy_expert(copy_statement, stream)
        return _read_copy(stream.getbuffer())

    def execute(self, statements: Sequence[str]) -> None:
        """All statements in one transaction, which is committed, or undone at the first error."""
        with self._transaction() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def load(self, statements: Sequence[str], copies: Iterable[tuple[str, Iterable[bytes]]]) -> None:
        """The statements, then each COPY ... FROM STDIN fed from its bytes as they come, all in one transaction.

        No more than one piece of the bytes is held at a time. An error that the iterators raise undoes everything and is passed on.
        """
        with self._transaction() as cursor:
            for statement in statements:
                cursor.execute(statement)
            for copy_statement, pieces in copies:
                _copy(cursor, copy_statement, pieces)

    @contextmanager
    def holding(self, lock: str) -> Iterator[None]:
        """What a statement locks is held until the end, on a connection of its own."""
        with self._errors_in_our_words():
            connection = self._connect()
            try:
                connection.cursor().execute(lock)
            except BaseException:
                connection.close()
                raise
        try:
            yield
        finally:
            connection.close()

    def close(self) -> None:
        """Close the connections that are not in use; the next call opens new ones."""
        with suppress(Empty):
            while True:
                self._idle.get_nowait().close()

    @contextmanager
    def _transaction(self) -> Iterator[psycopg2.extensions.cursor]:
        self._before_writing()
        with self._connected() as connection, connection, connection.cursor() as cursor:
            if self._patience.reads_only:
                cursor.execute("set transaction read write")
            yield cursor

    @contextmanager
    def _connected(self) -> Iterator[psycopg2.extensions.connection]:
        """A connection on which each statement is a transaction of its own: one round trip instead of three."""
        with self._seats, self._errors_in_our_words():
            connection = self._connection()
            try:
                yield connection
            except BaseException:
                if connection.closed or connection.status != psycopg2.extensions.STATUS_READY:
                    connection.close()
                raise
            finally:
                if not connection.closed:
                    self._idle.put(connection)

    def _connection(self) -> psycopg2.extensions.connection:
        with suppress(Empty):
            while True:
                connection = self._idle.get_nowait()
                if not _is_broken(connection):
                    return connection
                connection.close()
        return self._connect()

    def _connect(self) -> psycopg2.extensions.connection:
        try:
            connection: psycopg2.extensions.connection = psycopg2.connect(
                self._url, application_name="alma-qa0", client_encoding="UTF8", options=self._options(), **_NETWORK)
        except psycopg2.ProgrammingError:  # its words may hold the password
            raise BadRequest("the address of the database cannot be read; expected one like postgresql://user@host/name") from None
        if connection.server_version < OLDEST_VERSION * 10_000:
            connection.close()
            raise DatabaseRefused(f"PostgreSQL {connection.server_version // 10_000} is too old; expected {OLDEST_VERSION} or newer")
        connection.autocommit = True
        return connection

    def _options(self) -> str:
        patience = self._patience
        settings = {"timezone": "UTC", "statement_timeout": f"{patience.statement_s}s", "lock_timeout": f"{patience.lock_s}s",
                    "default_transaction_read_only": "on" if patience.reads_only else "off"}
        return " ".join(f"-c {name}={value}" for name, value in settings.items())

    @contextmanager
    def _errors_in_our_words(self) -> Iterator[None]:
        try:
            yield
        except psycopg2.Error as error:
            words = _without(" ".join(str(error).split()) or type(error).__name__, self._secrets)
            if told := self._patience.told(words):
                raise DatabaseUnavailable(f"the database: {told}") from None
            if _may_pass(error):
                raise DatabaseUnavailable(self._trouble() or f"the database: {words}") from None
            raise DatabaseRefused(f"the database: {words}", code=error.pgcode) from None


def has_password(url: str) -> bool:
    """Whether an address holds a password; one that cannot be read holds none."""
    try:
        return bool(psycopg2.extensions.parse_dsn(url).get("password"))
    except psycopg2.ProgrammingError:
        return False


def _is_broken(connection: psycopg2.extensions.connection) -> bool:
    """A server that went away leaves its last words, or the end of the stream, to be read on a connection that should be silent."""
    return bool(connection.closed) or bool(select.select([connection], [], [], 0)[0])


def _may_pass(error: psycopg2.Error) -> bool:
    if not isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError):
        return False
    if error.pgcode:
        return error.pgcode.startswith(_TRY_AGAIN_CLASSES)
    return "FATAL:" not in str(error) or any(words in str(error) for words in _TRY_AGAIN)


def _secrets(url: str) -> tuple[str, ...]:
    """The password as it is written and as it is meant, the longest first."""
    try:
        written = urlsplit(url).password or ""
        meant = psycopg2.extensions.parse_dsn(url).get("password") or ""
    except (ValueError, psycopg2.ProgrammingError):
        written = meant = url
    return tuple(sorted({secret for secret in (written, unquote(written), meant) if secret}, key=len, reverse=True))


def _without(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, "***")
    return text


# --- rows to columns ------------------------------------------------------------------------------------------------------


def _frame(cursor: psycopg2.extensions.cursor) -> pd.DataFrame:
    if cursor.description is None:
        return pd.DataFrame()
    names = [column.name for column in cursor.description]
    rows = cursor.fetchall()
    values = zip(*rows, strict=True) if rows else ((),) * len(names)
    columns = [_column(column.type_code, list(one)) for column, one in zip(cursor.description, values, strict=True)]
    frame = pd.DataFrame(dict(enumerate(columns)), copy=False)
    frame.columns = pd.Index(names, dtype=object)
    return frame


def _column(type_code: int, values: list[Any]) -> Any:
    if type_code in _INTEGERS:
        return pd.array(values, dtype="Int64") if None in values else np.array(values, dtype="int64")
    if type_code in _FLOATS:
        return np.array(values, dtype="float64")  # None becomes NaN
    if type_code == _BOOLEAN:
        return pd.array(values, dtype="boolean") if None in values else np.array(values, dtype="bool")
    if type_code in (_TIME, _TIME_WITH_ZONE):
        return pd.to_datetime(np.array(values, dtype=object), utc=True).as_unit("us")
    if type_code == _BYTES:
        values = [None if value is None else bytes(value) for value in values]
    column = np.empty(len(values), dtype=object)
    for row, value in enumerate(values):  # one by one: numpy would make a table of lists that are equally long
        column[row] = value
    return column


# --- COPY -----------------------------------------------------------------------------------------------------------------


class _Pieces:
    """An iterator of bytes as the file that psycopg2 reads; keeps the error of the iterator, which psycopg2 would swallow."""

    __slots__ = ("_pieces", "error")

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self.error: BaseException | None = None

    def read(self, _size: int = -1, /) -> bytes:
        try:
            return next((piece for piece in self._pieces if piece), b"")
        except BaseException as error:
            self.error = error
            raise

    def readline(self, size: int = -1, /) -> bytes:  # psycopg2 asks that it be there
        return self.read(size)


def _read_copy(stream: memoryview) -> list[tuple[bytes | None, ...]]:
    """The tuples of a binary COPY stream (PostgreSQL manual, COPY, "Binary Format")."""
    rows: list[tuple[bytes | None, ...]] = []
    place = _COPY_HEADER + int.from_bytes(stream[15:19], "big")
    while (n_fields := int.from_bytes(stream[place:place + 2], "big", signed=True)) >= 0:
        place += 2
        fields: list[bytes | None] = []
        for _ in range(n_fields):
            size = int.from_bytes(stream[place:place + 4], "big", signed=True)
            place += 4
            fields.append(bytes(stream[place:place + size]) if size >= 0 else None)
            place += max(size, 0)
        rows.append(tuple(fields))
    return rows


def _copy(cursor: psycopg2.extensions.cursor, copy_statement: str, pieces: Iterable[bytes]) -> None:
    source = _Pieces(pieces)
    try:
        cursor.copy_expert(copy_statement, source, _COPY_BUFFER)
    except psycopg2.Error:
        if source.error is not None:
            raise source.error from None
        raise
