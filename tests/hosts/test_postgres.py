import asyncio
import os
import socket
import threading
import tracemalloc
from contextlib import contextmanager, suppress
from urllib.parse import parse_qs, urlsplit, urlunsplit

import numpy as np
import psycopg2
import pytest

from alma_qa0.errors import BadRequest, BrokenAsdm, DatabaseRefused, DatabaseUnavailable
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.settings import PAGE, Patience
from hosts.locks import locked


def test_columns_come_with_the_types_of_the_server(database):
    frame = database.run("""
        select 1 as whole, 2.5::real as part, true as flag, 'a' as words, array[1.5, null]::real[] as some,
            timestamptz '2026-07-17 14:07:00.123456+02' as moment, 'abc'::bytea as packed
        union all
        select 2, null, false, null, null, null, null
    """)
    assert [str(kind) for kind in frame.dtypes[["whole", "part", "flag", "words", "some", "moment"]]] == [
        "int64", "float64", "bool", "object", "object", "datetime64[us, UTC]"]
    assert frame["moment"][0].isoformat() == "2026-07-17T12:07:00.123456+00:00"
    assert frame["some"].tolist() == [[1.5, None], None]
    assert frame["packed"].tolist() == [b"abc", None]
    assert frame["words"].tolist() == ["a", None]
    assert np.isnan(frame["part"][1])


def test_a_column_keeps_its_type_when_there_are_no_rows(database):
    frame = database.run("select 1 as whole, now() as moment, 1.5 as part, array[1] as some where false")
    assert list(map(str, frame.dtypes)) == ["int64", "datetime64[us, UTC]", "float64", "object"]
    assert len(frame) == 0


def test_arrays_of_one_length_stay_lists(database):
    assert database.run("select array[n, n + 1] as pair from generate_series(1, 2) as n order by n")["pair"].tolist() == [[1, 2], [2, 3]]


def test_integers_with_a_null_stay_integers(database):
    frame = database.run("select * from (values (1), (null)) as t (n)")
    assert str(frame["n"].dtype) == "Int64"


def test_columns_of_the_same_name_are_kept(database):
    assert database.run("select 1 as a, 2 as a").to_numpy().tolist() == [[1, 2]]


def test_a_query_begins_no_transaction_before_it_and_statements_share_one(database):
    assert database.run("select now() = statement_timestamp() as alone")["alone"][0]
    database.execute(["create table moments (moment timestamptz)", *["insert into moments values (now())"] * 2])
    assert database.run("select count(distinct moment) as n from moments")["n"][0] == 1


def test_statements_are_undone_together(database):
    with pytest.raises(DatabaseRefused, match="division by zero"):
        database.execute(["create table kept (n integer)", "select 1 / 0"])
    assert database.run("select to_regclass('kept') is null as gone")["gone"][0]


def test_a_percent_sign_is_only_a_percent_sign(database):
    assert database.run("select '100%s %(a)s %' as words")["words"][0] == "100%s %(a)s %"


def test_a_copy_streams_with_bounded_memory(database):
    line = b"x" * 999 + b"\n"
    tracemalloc.start()
    database.load(["create table loaded (words text)"], [("copy loaded from stdin", (line * 64 for _ in range(400)))])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert database.run("select count(*) as n from loaded")["n"][0] == 25_600
    assert peak < 2_000_000


def test_a_copy_out_gives_bytes_as_they_are(database):
    rows = database.read_bytes("copy (select 'é' as words, 'ab'::bytea as packed union all select '', null) to stdout (format binary)")
    assert rows == [("é".encode(), b"ab"), (b"", None)]
    assert database.read_bytes("copy (select 1 where false) to stdout (format binary)") == []


def test_an_error_of_the_source_of_a_copy_is_passed_on_and_undoes_everything(database):
    def pieces():
        yield b"1\n"
        raise BrokenAsdm("is cut short", source="CalAtmosphere.bin", row=2)

    with pytest.raises(BrokenAsdm, match=r"CalAtmosphere\.bin, row 2"):
        database.load(["create table loaded (n integer)"], [("copy loaded from stdin", pieces())])
    assert database.run("select to_regclass('loaded') is null as gone")["gone"][0]


def test_a_copy_that_the_server_refuses_is_undone(database):
    with pytest.raises(DatabaseRefused, match="invalid input syntax"):
        database.load(["create table loaded (n integer)"], [("copy loaded from stdin", [b"", b"one\n"])])
    assert database.run("select to_regclass('loaded') is null as gone")["gone"][0]


def test_a_connection_that_the_server_ended_is_made_again(database, database_url):
    database.run("select 1 as n")
    other = Postgres(database_url)
    other.run("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
    other.close()
    assert database.run("select 2 as n")["n"][0] == 2


def test_a_connection_that_ends_inside_a_query_is_unavailable_and_the_next_call_works(database):
    with pytest.raises(DatabaseUnavailable):
        database.run("select pg_terminate_backend(pg_backend_pid())")
    assert database.run("select 2 as n")["n"][0] == 2


def test_a_server_that_is_not_there_is_unavailable(tmp_path):
    with pytest.raises(DatabaseUnavailable, match="No such file"):
        Postgres(f"postgresql://postgres@/postgres?host={tmp_path}").run("select 1")


def test_a_database_that_does_not_exist_is_refused(database_url):
    with pytest.raises(DatabaseRefused, match="does not exist"):
        Postgres(database_url.replace("/test_", "/absent_")).run("select 1")


@pytest.mark.parametrize("url", ["postgresql://me:se%40cret@localhost:1/x", "postgresql//me:se%40cret@localhost/x",
                                 "host=localhost port=1 user=me password=se@cret", "postgresql://me:se%40cret@localhost:wrong/x"])
def test_the_password_is_never_said(url):
    database = Postgres(url)
    with pytest.raises((DatabaseUnavailable, DatabaseRefused, BadRequest)) as caught:
        database.run("select 1")
    for text in (repr(database), str(caught.value), repr(caught.value.__context__) if not caught.value.__suppress_context__ else ""):
        assert "cret" not in text


def test_a_server_older_than_15_is_refused_in_words(monkeypatch):
    class Old:
        server_version = 140_011

        def close(self):
            pass

    monkeypatch.setattr(psycopg2, "connect", lambda *_, **__: Old())
    with pytest.raises(DatabaseRefused, match="PostgreSQL 14 is too old; expected 15 or newer"):
        Postgres("postgresql://x").run("select 1")


def test_more_threads_than_connections_wait_for_their_turn(database_url):
    database, seen = Postgres(database_url, max_connections=2), []

    def work():
        seen.append(database.run("select pg_backend_pid() as pid, pg_sleep(0.02)")["pid"][0])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()
    assert len(seen) == 8
    assert len(set(seen)) <= 2


def test_what_a_page_asks_is_read_only_and_what_it_keeps_is_not(database_url):
    page = Postgres(database_url, patience=PAGE)
    page.execute(["create table kept (n integer)", "insert into kept values (1)"])
    for _ in range(2):
        with pytest.raises(DatabaseRefused, match="read-only transaction"):
            page.run("insert into kept values (2) returning n")
        assert page.run("select n from kept")["n"].tolist() == [1]
        page.execute(["update kept set n = n"])
    page.close()


@pytest.mark.parametrize("ask", [lambda page: page.run("select n from kept"), lambda page: page.execute(["insert into kept values (1)"]),
                                 lambda page: page.read_bytes("copy kept to stdout (format binary)")])
def test_what_is_locked_is_not_waited_for_longer_than_there_is_patience(database, database_url, ask):
    database.execute(["create table kept (n integer)"])
    page = database.with_patience(Patience(30, 0.1, True))
    with locked(database_url, "kept"), pytest.raises(DatabaseUnavailable, match=r"what is asked for was locked by others for 0\.1 s"):
        ask(page)
    assert page.run("select count(*) as n from kept")["n"][0] == 0
    page.close()


def test_a_statement_takes_no_longer_than_there_is_patience(database):
    page = database.with_patience(Patience(0.1, 1, True))
    with pytest.raises(DatabaseUnavailable, match=r"no answer within 0\.1 s"):
        page.run("select pg_sleep(60)")
    assert page.run("select 1 as n")["n"][0] == 1
    page.close()
    assert database.run("select current_setting('statement_timeout') as s, current_setting('lock_timeout') as l").iloc[0].tolist() == [
        "6h", "1h"]


def test_a_server_that_the_network_no_longer_reaches_is_given_up_after_half_a_minute(database_url):
    with forwarded(database_url) as url:
        connection = Postgres(url)._connect()
        with socket.socket(fileno=os.dup(connection.fileno())) as wire:
            assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000
            assert wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            idle, interval, n = (wire.getsockopt(socket.IPPROTO_TCP, option)
                                 for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT))
            assert idle + interval * n == 30
        connection.close()


@contextmanager
def forwarded(url):
    """The URL of the same server over TCP."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    path = f"{query['host']}/.s.PGSQL.{query.get('port', 5432)}"

    async def serve(reader, writer):
        server_reader, server_writer = await asyncio.open_unix_connection(path)
        await asyncio.gather(pump(reader, server_writer), pump(server_reader, writer))

    async def pump(reader, writer):
        with suppress(ConnectionError):
            while piece := await reader.read(65536):
                writer.write(piece)
        writer.close()

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        port = server.sockets[0].getsockname()[1]
        yield urlunsplit(parts._replace(netloc=f"postgres@127.0.0.1:{port}", query=""))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
