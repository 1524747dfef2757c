"""Databases for tests on one server, each as good as new and quickly there: used again where that shows in nothing, else copied.

A database that a test only read goes to the next test as it is. One that was empty is emptied again, and one that is left with
anything that a new one has not is dropped. Nothing that a test does reaches another.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2.extensions import cursor

from alma_qa0.hosts.postgres import Postgres

Prepare = Callable[[Postgres], object]
_MOST_USES = 20  # of one database: what is dropped leaves dead rows in its catalog
_CATALOGS = ("pg_class", "pg_proc", "pg_type", "pg_namespace", "pg_operator", "pg_cast", "pg_extension", "pg_event_trigger", "pg_policy",
             "pg_publication", "pg_default_acl", "pg_largeobject_metadata", "pg_foreign_data_wrapper", "pg_collation", "pg_ts_config")
# What is in a database beyond a new one, and what is said of it.
_LEFT = " union all ".join([f"select '{catalog}' || oid from {catalog} where oid >= 16384" for catalog in _CATALOGS] + [
    "select 'no language' where not exists (select from pg_extension where extname = 'plpgsql')",
    "select 'settings' from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())",
    "select 'rights of public' from pg_namespace where nspname = 'public'"
    " and nspacl::text != '{pg_database_owner=UC/pg_database_owner,=U/pg_database_owner}'",
    "select 'rights' from pg_database where datname = current_database() and datacl is not null"])
_TABLES = "select c.oid::regclass::text from pg_class as c where c.relkind in ('r', 'p') and c.oid >= 16384 and not c.relispartition"
# All that a table is, but where its rows are kept.
_SHAPE = """
select md5(string_agg(line, E'\\n' order by line)) from (
    select concat_ws(' ', 'class', oid, relname, relkind, relnamespace, relowner, relacl::text, reloptions, relpersistence, relam)
    from pg_class where oid >= 16384
    union all select concat_ws(' ', 'attribute', attrelid, attnum, attname, atttypid, attnotnull, attstorage, attisdropped, attacl::text)
    from pg_attribute where attrelid >= 16384
    union all select concat_ws(' ', 'default', oid, pg_get_expr(adbin, adrelid)) from pg_attrdef
    union all select concat_ws(' ', 'constraint', oid, conname) from pg_constraint where oid >= 16384
    union all select concat_ws(' ', 'function', oid, prosrc, proacl::text) from pg_proc where oid >= 16384
    union all select concat_ws(' ', 'trigger', oid, tgname, tgenabled) from pg_trigger
    union all select concat_ws(' ', 'schema', oid, nspname, nspowner, nspacl::text) from pg_namespace
    union all select concat_ws(' ', 'privileges', oid, defaclacl::text) from pg_default_acl
    union all select concat_ws(' ', 'other', oid) from pg_extension
    union all select concat_ws(' ', 'type', oid, typname) from pg_type where oid >= 16384
) as lines(line)
"""


@dataclass(slots=True)
class _Database:
    """One that was made from a template. ``shape`` is that of its tables, where they are empty."""

    name: str
    url: str
    uses: int = 0
    shape: str | None = None


class Server:
    """A PostgreSQL of the tests, reached as its superuser; only the tests of this process use it, one after the other."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._postgres = Postgres(url)
        self._names = count()
        self._templates: dict[Prepare, str] = {}
        self._spare: dict[str, list[_Database]] = {}

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The URL of a database in which there is nothing."""
        with self._lent("template0", _is_emptied) as url:
            yield url

    @contextmanager
    def prepared(self, prepare: Prepare) -> Iterator[str]:
        """The URL of a database as ``prepare``, a function of a module, leaves an empty one; it runs once, and the others are copies."""
        if prepare not in self._templates:
            template = self._new("template0")
            database = Postgres(template.url)
            prepare(database)
            database.close()
            self._templates[prepare] = template.name
        with self._lent(self._templates[prepare], _is_truncated) as url:
            yield url

    def close(self) -> None:
        self._postgres.close()

    @contextmanager
    def _lent(self, template: str, is_cleared: Callable[[cursor, _Database], bool]) -> Iterator[str]:
        spare = self._spare.setdefault(template, [])
        database = spare.pop() if spare else self._new(template)
        database.uses += 1
        before = self._next_transaction()
        yield database.url
        self._postgres.run(f"select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '{database.name}'")
        if self._next_transaction() == before or (database.uses < _MOST_USES and self._is(is_cleared, database)):
            spare.append(database)
        else:
            self._outside_a_transaction(f"drop database {database.name} with (force)")

    def _new(self, template: str) -> _Database:
        name = f"test_{next(self._names)}"
        database = _Database(name, urlunsplit(urlsplit(self.url)._replace(path=f"/{name}")))
        self._outside_a_transaction(f"create database {name} template {template} strategy file_copy")
        if template != "template0":
            self._is(_is_measured, database)
        return database

    def _next_transaction(self) -> int:
        """The number of the next transaction that writes: while it is the same, nothing was written."""
        return int(self._postgres.run("select pg_snapshot_xmax(pg_current_snapshot())::text as number")["number"][0])

    def _is(self, what: Callable[[cursor, _Database], bool], database: _Database) -> bool:
        connection = psycopg2.connect(database.url)
        connection.autocommit = True
        try:
            return what(connection.cursor(), database)
        except psycopg2.Error:  # a test may leave what cannot even be looked at
            return False
        finally:
            connection.close()

    def _outside_a_transaction(self, statement: str) -> None:
        with self._postgres._connected() as connection:
            connection.cursor().execute(statement)


def _rows(cursor: cursor, query: str) -> list[str]:
    cursor.execute(query)
    return [row[0] for row in cursor.fetchall()]


def _is_emptied(cursor: cursor, _database: _Database) -> bool:
    """Whether the schemas could be taken out, and nothing else was there."""
    schemas = _rows(cursor, "select quote_ident(nspname) from pg_namespace where oid >= 16384 and nspname not like 'pg\\_%'")
    if schemas:
        cursor.execute(f"drop schema {', '.join(schemas)} cascade")
    return not _rows(cursor, _LEFT)


def _is_measured(cursor: cursor, database: _Database) -> bool:
    """Notes the shape of its tables, where all are empty."""
    if not _filled(cursor):
        database.shape = _rows(cursor, _SHAPE)[0]
    return database.shape is not None


def _is_truncated(cursor: cursor, database: _Database) -> bool:
    """Whether it has the tables that it had, now empty as they were."""
    if database.shape is None or _rows(cursor, _SHAPE)[0] != database.shape:
        return False
    if filled := _filled(cursor):
        cursor.execute("set session_replication_role = replica")  # no trigger has a say
        cursor.execute(f"truncate {', '.join(filled)} restart identity")
    return True


def _filled(cursor: cursor) -> list[str]:
    """The tables that hold rows."""
    tables = _rows(cursor, _TABLES)
    return _rows(cursor, " union all ".join(f"select '{name}' where exists (select from {name})" for name in tables)) if tables else []
