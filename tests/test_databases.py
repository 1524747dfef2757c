"""The databases that the tests are given: each as good as new, whatever was done to the one before."""

import psycopg2
import pytest

from alma_qa0.hosts.postgres import Postgres
from databases import Server, _Database, _is_emptied, _is_measured, _is_truncated
from store.samples import atmosphere, create_all, put_asdm

ROWS = "select count(*) as n from raw.asdm"
ONE = "returns integer language sql as 'select 1'"
THIS_DATABASE = "do $$ begin execute format('{}', current_database()); end $$"


@pytest.fixture(scope="module", params=["server_15", "server_18"])
def databases(request):
    """The databases of a server; none that the tests of another file had."""
    databases = Server(request.getfixturevalue(request.param).url)
    databases._names = (f"of_{id(databases)}_{number}" for number in range(1000))
    yield databases
    names = databases._postgres.run("select datname::text as name from pg_database where starts_with(datname, 'test_of_')")["name"]
    for name in names:
        databases._outside_a_transaction(f"drop database {name} with (force)")
    databases.close()


def used(lent, *statements):
    """The URL of the database that was lent, after its use."""
    with lent as url:
        database = Postgres(url)
        database.execute(statements)
        database.close()
    return url


def count(url, query=ROWS):
    database = Postgres(url)
    found = database.run(query)["n"].item()
    database.close()
    return found


def of_two_rows(database):
    create_all(database)
    database.execute(["insert into raw.asdm (uid) values ('a'), ('b')"])


def test_an_empty_database_is_emptied_and_given_again(databases):
    first = used(databases.empty(), "create schema raw", "create table raw.asdm (a integer)", "create table raw.other (b text)")
    with databases.empty() as url:
        assert url == first
        assert count(url, "select count(*) as n from pg_class where oid >= 16384") == 0


@pytest.mark.parametrize("statement", [
    "create table public.left_over (a integer)", f"create function public.one() {ONE}", "create type public.state as enum ('a')",
    "revoke usage on schema public from public", "select lo_create(0)", "create cast (integer as date) with inout",
    "alter default privileges grant select on tables to public", "drop extension plpgsql",
    THIS_DATABASE.format("alter database %I set work_mem = ''5MB''"), THIS_DATABASE.format("revoke connect on database %I from public")])
def test_what_is_left_in_a_database_beside_schemas_is_seen(databases, statement):
    connection = psycopg2.connect(databases.url)
    cursor = connection.cursor()
    cursor.execute("create schema raw")
    assert _is_emptied(cursor, None)
    cursor.execute(statement)
    assert not _is_emptied(cursor, None)
    connection.rollback()
    connection.close()


def test_a_database_in_which_something_is_left_is_not_given_again(databases):
    first = used(databases.empty(), "create schema raw", "create table public.left_over (a integer)")
    assert used(databases.empty()) != first
    with pytest.raises(psycopg2.OperationalError, match="does not exist"):
        psycopg2.connect(first)


def test_a_prepared_database_is_what_one_call_made(databases):
    calls = []

    def prepare(database):
        calls.append(database)
        of_two_rows(database)

    for _time in range(3):
        with databases.prepared(prepare) as url:
            assert count(url) == 2
            used(databases.prepared(prepare), "delete from raw.asdm", "drop table raw.scan")
    assert len(calls) == 1


def test_a_prepared_database_that_was_only_read_is_given_again(databases):
    first = used(databases.prepared(of_two_rows), ROWS)
    assert used(databases.prepared(of_two_rows), "delete from raw.asdm where uid = 'a'") == first
    with databases.prepared(of_two_rows) as url:
        assert url != first
        assert count(url) == 2


def test_tables_that_were_filled_are_empty_again(databases):
    with databases.prepared(create_all) as first:
        database = Postgres(first)
        put_asdm(database, [atmosphere()])
        database.close()
        assert count(first) == 1
    with databases.prepared(create_all) as url:
        assert url == first
        assert count(url) == 0


@pytest.mark.parametrize("statement", [
    "alter table raw.scan add column more text", "drop table raw.scan cascade", "create table mart.more (a integer)",
    "grant select on raw.scan to public", "create index more on raw.scan (uid)", "alter table raw.scan set (fillfactor = 50)",
    "alter table raw.scan alter column uid set default 'a'", f"create function mart.one() {ONE}",
    "alter table raw.scan add constraint named check (uid > '')", "create view mart.more as select uid from raw.scan"])
def test_what_was_done_to_tables_beside_their_rows_is_seen(databases, statement):
    with databases.prepared(create_all) as url:
        connection = psycopg2.connect(url)
        cursor, database = connection.cursor(), _Database("", url)
        assert _is_measured(cursor, database)
        assert _is_truncated(cursor, database)
        cursor.execute(statement)
        assert not _is_truncated(cursor, database)
        connection.rollback()
        connection.close()


def test_tables_that_were_changed_are_not_given_again(databases):
    first = used(databases.prepared(create_all), "alter table raw.scan add column more text")
    assert used(databases.prepared(create_all)) != first


def test_connections_that_a_test_left_are_ended(databases):
    with databases.empty() as url:
        left = psycopg2.connect(url)
    with pytest.raises(psycopg2.OperationalError):
        left.cursor().execute("select 1")
