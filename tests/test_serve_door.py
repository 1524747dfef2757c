"""Who is let in by ``alma-qa0 serve``, from where and under which name; and what a browser may do with the page."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from bokeh.util.token import generate_jwt_token, generate_session_id
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from alma_qa0 import cli

SAMPLES = Path(__file__).parents[1] / "samples"

pytestmark = pytest.mark.slow  # each serves the page


@contextmanager
def serve(url, home, *options, address="0.0.0.0"):
    """The command, listening; gives its port and the last line that it said."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "alma_qa0.cli", "serve", "--address", address, "--port", str(port), "--database", url, *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "ALMA_QA0_HOME": str(home)}) as server:
        try:
            yield port, next(line for line in server.stderr if " serves http" in line)
        finally:
            server.terminate()
            said = server.communicate(timeout=30)[1]
    assert "Traceback" not in said


def ask(port, path="/", headers=(), host="127.0.0.1"):
    """Status, headers and text of an answer."""
    try:
        with urlopen(Request(f"http://{host}:{port}{path}", headers=dict(headers))) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except HTTPError as error:
        return error.code, error.headers, error.read().decode()


def token_in(html):
    return json.loads(re.search(r'"token":\s*("[^"]+")', html)[1])


def converses(port, token, headers=()):
    """Whether the server goes on with a browser that has the token of a session."""
    async def talk():
        request = HTTPRequest(f"ws://127.0.0.1:{port}/ws", headers={"Origin": f"http://127.0.0.1:{port}", **dict(headers)})
        try:
            connection = await websocket_connect(request, subprotocols=["bokeh", token])
        except HTTPClientError:
            return False
        first = await connection.read_message()
        connection.close()
        return first is not None and "ACK" in first

    return asyncio.run(talk())


def test_on_an_address_that_others_reach_only_the_link_with_the_token_leads_to_the_page(database_url_18, tmp_path):
    with serve(database_url_18, tmp_path) as (port, said):
        token = re.search(r"\?token=([\w-]{32})", said)[1]
        assert ask(port)[0] == ask(port, "/?token=wrong")[0] == ask(port, "/", {"Cookie": "alma-qa0=wrong"})[0] == 403
        status, headers, html = ask(port, f"/?token={token}")
        assert status == 200
        cookie = {"Cookie": headers["Set-Cookie"].split(";")[0]}
        assert "HttpOnly" in headers["Set-Cookie"]
        assert ask(port, "/", cookie)[0] == 200
        assert converses(port, token_in(html), cookie)
        assert not converses(port, token_in(html))
        assert not converses(port, token_in(html), {**cookie, "Origin": "http://elsewhere.org"})
        assert (tmp_path / "token").stat().st_mode & 0o077 == 0
    with serve(database_url_18, tmp_path) as (port, said):
        assert token in said, "a link goes on leading to the page"


def test_whom_the_proxy_names_is_let_in_under_that_name_and_nobody_else(database_url_18, tmp_path):
    options = ["--user-header", "X-Remote-User", "--proxy", "127.0.0.2", "--proxy", "127.0.0.1", "--origin", "qa0.alma.cl"]
    ana = {"X-Remote-User": "ana"}
    with serve(database_url_18, tmp_path, *options) as (port, said):
        assert "token" not in said
        assert ask(port)[0] == ask(port, "/", {"X-Remote-User": "ana,ben"})[0] == ask(port, "/", {"X-Remote-User": " "})[0] == 403
        status, _, html = ask(port, "/", ana)
        assert status == 200
        assert converses(port, token_in(html), ana)
        assert converses(port, token_in(html), {**ana, "Origin": "http://qa0.alma.cl"})
        assert not converses(port, token_in(html), {**ana, "Origin": "http://elsewhere.org"})
        assert not converses(port, token_in(html))


def test_a_header_that_does_not_come_from_the_proxy_names_nobody(database_url_18, tmp_path):
    with serve(database_url_18, tmp_path, "--user-header", "X-Remote-User", "--proxy", "10.1.0.0/24") as (port, _):
        assert ask(port, "/", {"X-Remote-User": "ana"})[0] == 403
        assert ask(port, "/", {"X-Remote-User": "ana", "X-Forwarded-For": "10.1.0.7", "X-Real-Ip": "10.1.0.7"})[0] == 403


def test_on_the_loopback_everybody_of_this_machine_is_let_in_and_no_page_of_another_site(database_url_18, tmp_path):
    with serve(database_url_18, tmp_path, address="127.0.0.1") as (port, _):
        status, headers, html = ask(port)
        assert status == 200
        assert converses(port, token_in(html))
        assert not converses(port, token_in(html), {"Origin": "http://elsewhere.org"})
        assert ask(port, "/", {"Host": f"elsewhere.org:{port}"})[0] == 403
        assert ask(port, "/", {"Host": "[::1"})[0] == ask(port, "/", {"Origin": "http://["})[0] == 403
        assert ask(port, "/ws", {"Origin": "http://["})[0] == 403
        forged = generate_jwt_token(generate_session_id(signed=False), signed=False, extra_payload={"headers": {"X-Remote-User": "ben"}})
        for token in (forged, "x", "", "e30.e30", "%00"):
            assert token == "" or not converses(port, token)
            assert ask(port, f"/?bokeh-token={token}x")[0] == 403
        assert ask(port, "/?bokeh-session-id=mine")[0] == 403
        for path in ("/static/js/%00", "/static/%00", "/%00", "/static/js/..%2f..%2fserver.py", "/static/" + "a" * 5_000, "/static/js/%FF"):
            assert ask(port, path)[0] in (400, 403, 404), path
        for name, value in {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer"}.items():
            assert headers[name] == value
        policy = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "'unsafe-inline'" not in re.search("script-src[^;]*", policy)[0]
        assert ask(port, "/static/js/bokeh.min.js")[1]["X-Content-Type-Options"] == "nosniff"


def test_what_watches_over_the_service_is_told_how_it_is(database_18, database_url_18, tmp_path):
    with serve(database_url_18, tmp_path, "--ingest", str(SAMPLES / "uid___A002_X12007e9_X1d5.tar.gz")) as (port, _):
        status, headers, text = ask(port, "/health")
        assert (status, headers["Content-Type"]) == (200, "application/json; charset=UTF-8")
        block = database_18.run("select to_char(start_time, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') as start from mart.execution_block")
        assert json.loads(text) == {
            "database": "ok", "newest_execution_block": block["start"].item(), "not_made": 0, "not_judged": 0, "disk": None}
        database_18.execute(["delete from mart.evaluation"])
        assert json.loads(ask(port, "/health")[2])["not_judged"] == 1
        database_18.execute(["delete from mart.execution_block"])
        assert json.loads(ask(port, "/health")[2]) == {
            "database": "ok", "newest_execution_block": None, "not_made": 1, "not_judged": 0, "disk": None}
        database_18.execute(["drop table mart.evaluation"])
        status, _, text = ask(port, "/health")
        assert status == 503
        assert "mart.evaluation" in json.loads(text)["database"]


@pytest.mark.parametrize(("options", "words"), [
    (["--user-header", "X-User"], "expected both: the header, and who may send it"), (["--proxy", "127.0.0.1"], "expected both"),
    (["--user-header", "X User", "--proxy", "127.0.0.1"], "the name of a header"),
    (["--user-header", "X-User", "--proxy", "proxy.alma.cl"], "the IP address of a proxy, or a network"),
])
def test_options_that_make_no_sense_are_refused_in_words(options, words, database_url_18, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ALMA_QA0_HOME", str(tmp_path))
    assert cli.main(["serve", "--database", database_url_18, *options]) == cli.MISUSED
    assert words in capsys.readouterr().err
