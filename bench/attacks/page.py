"""The part ``page``: what no browser sends, to the page of a running server, and what no page of ours sends over its websocket.

Forged links, requests, names of hosts, paths, headers, bodies and slow connections; messages that are cut, wrong, huge or of models that
are not there; decisions with scripts in their comments. No answer shows the inside of the program, nobody is served who should not be,
and after each batch the server gives the answers that it gave before.
"""

import asyncio
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import urlopen

from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketError, websocket_connect

from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.simulate.execution_block import write_execution_block
from alma_qa0.simulate.plan import plan_execution_block
from attacks.outcome import Outcome, Say
from websocket_reader import Reader

ATTACKS = 4_000
_LINKS, _BATCH = 5, 100  # of a kind at a time; a link makes a page, which costs a second
_ANSWER_S = 60.0
_SETTLED_S = 0.5  # with no answer for so long a session has nothing more to say
_SLOW = 100  # connections that say nothing to the end
_INSIDE = re.compile(r"Traceback|File \\?\"[^\"]*\.py|site-packages|psycopg2\.")
_TOKEN = re.compile(r'"token":\s*"([^"]+)"')
_SCRIPTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "=cmd|' /C calc'!A0",
    "{{ 7 * 7 }}",
    "<%= value %>",
    "</template><script>alert(1)</script>",
)
_WORDS: tuple[Any, ...] = ("", "\0", "\ud800", "x" * 100_000, "%00", "../" * 40, "' or 1=1 --", "$$", "${a}", "NaN", *_SCRIPTS)
_VALUES: tuple[Any, ...] = (
    *_WORDS,
    None,
    True,
    -1,
    0,
    2**31,
    2**63,
    10**400,
    1e308,
    -1e308,
    float("nan"),
    float("inf"),
    [],
    {},
    [[]],
    list(range(10_000)),
    ["x"] * 1_000,
    {"id": "p1001"},
    {"type": "object", "name": "os.system", "id": "x1"},
    {"type": "map", "entries": [["a", 1]]},
    {"type": "ndarray", "array": {"type": "bytes", "data": "AAAA"}, "dtype": "float64", "shape": [10**9], "order": "little"},
    {"type": "slice", "start": 0, "stop": 10**18, "step": 1},
    {"type": "number", "value": "nan"},
    {"type": "bytes", "data": "!!"},
    {"type": "nonsense"},
    {"type": "object", "name": "CustomJS", "id": "x2", "attributes": {"code": "alert(1)"}},
    {"type": "object", "name": "Div", "id": "x3", "attributes": {"text": _SCRIPTS[0]}},
)
_ATTRIBUTES = (
    "active",
    "value",
    "value_input",
    "data",
    "text",
    "labels",
    "indices",
    "selected",
    "options",
    "name",
    "tags",
    "x",
    "nonsense",
    "__class__",
    "document",
    "visible",
    "disabled",
    "source",
    "js_property_callbacks",
    "subscribed_events",
)
_NAMES = (
    "uid",
    "from",
    "to",
    "search",
    "qa0",
    "band",
    "antennas",
    "basebands",
    "scans",
    "polarisations",
    "plot",
    "axes",
    "spectra",
    "selected",
    "bokeh-theme",
    "bokeh-autoload-element",
    "token",
    "nonsense",
)
_UPGRADED = 101  # a websocket that is closed before it said anything
_DENIED = (400, 403, 404, 405, 413, 431)


@dataclass(slots=True)
class Seen:
    """How many attacks were made and refused, how many comments were kept, and the faults, in words, by their kind."""

    attacks: int = 0
    refused: int = 0
    decided: int = 0
    served: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)

    def look(self, name: str, answer: str) -> None:
        """An answer that shows the inside of the program is a fault."""
        if found := _INSIDE.search(answer):
            self.shown.append(f"{name}: {answer[max(found.start() - 60, 0) : found.end() + 120]!r}")


def run(*, seed: int, share: float, deadline: float, workers: int, say: Say) -> Outcome:
    """``share`` of all the attacks, or as many as are done before ``deadline`` (time.monotonic); one server, one attacker."""
    del workers
    n_asked, seen = max(round(share * ATTACKS), 1), Seen()
    with tempfile.TemporaryDirectory(prefix="alma-qa0-attack-") as temporary, served(Path(temporary), seed) as (server, port, uids):
        expected = asyncio.run(_answers(port, uids))
        number = 0
        while (seen.attacks < n_asked or number < len(KINDS)) and time.monotonic() < deadline and not seen.dead:
            name = list(KINDS)[number % len(KINDS)]
            asyncio.run(KINDS[name](port, random.Random(f"{seed} {number}"), seen, uids))
            number += 1
            _check(name, server, port, uids[number % 2 :][:1], expected, seen)
            say(f"page: {seen.attacks} of {n_asked}")
        rows = _scripts_in(port, uids)
        seen.served += [f"a comment is served as HTML: {text[:100]!r}" for text in rows]
    figures = {
        "attacks": seen.attacks,
        "asked": n_asked,
        "refused": seen.refused,
        "decided": seen.decided,
        "served_wrongly": len(seen.served),
        "tracebacks_shown": len(seen.shown),
        "dead": len(seen.dead),
    }
    return Outcome(figures, (*seen.served, *seen.shown, *seen.dead))


@contextmanager
def served(base: Path, seed: int) -> Iterator[tuple["subprocess.Popen[bytes]", int, list[str]]]:
    """The page of two Execution Blocks on the loopback: its process, its port and their uids."""
    for index in range(2):
        plan = replace(plan_execution_block(seed, index, bands=(6,), antennas=3, calibrations=2, channels=32), faults=())
        write_execution_block(base / "blocks", plan, encoding="binary", with_truth=False)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = base / "home"
    environment = {**os.environ, "ALMA_QA0_HOME": str(home), "ALMA_QA0_FREE_MB": "0"}
    environment.pop("ALMA_QA0_DATABASE", None)
    base.chmod(0o755)
    command = [sys.executable, "-m", "alma_qa0.cli", "serve", "--port", str(port), "--ingest", str(base / "blocks")]
    with (base / "log").open("wb") as log, subprocess.Popen(command, env=environment, stderr=log, stdout=log) as server:
        try:
            while " serves http" not in (base / "log").read_text(errors="replace"):
                if server.poll() is not None:
                    raise RuntimeError((base / "log").read_text(errors="replace"))
                time.sleep(0.1)
            database = Postgres(embedded.start(home))
            uids = database.run("select uid from mart.execution_block order by uid")["uid"].tolist()
            database.close()
            yield server, port, uids
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(_ANSWER_S)
            embedded.stop(home)


# --- what is right ------------------------------------------------------------------------------------------------------------


async def _answers(port: int, uids: Sequence[str]) -> Mapping[str, object]:
    """What an honest reader is given: the health, and of each Execution Block the numbers of rows and what its header says."""
    given: dict[str, object] = {"health": json.loads(await asyncio.to_thread(_get, port, "/health"))}
    for uid in uids:
        reader = Reader(f"http://localhost:{port}/")
        await asyncio.wait_for(reader.open(uid=uid), _ANSWER_S)
        given[uid] = dict(reader.rows)
        await reader.close()
    return given


def _get(port: int, path: str) -> str:
    with urlopen(f"http://localhost:{port}{path}", timeout=_ANSWER_S) as answer:
        return str(answer.read().decode())


def _check(
    name: str, server: "subprocess.Popen[bytes]", port: int, uids: Sequence[str], expected: Mapping[str, object], seen: Seen
) -> None:
    if server.poll() is not None:
        seen.dead.append(f"{name}: the server ended with exit code {server.returncode}")
        return
    try:
        found = asyncio.run(_answers(port, uids))
    except (OSError, TimeoutError, RuntimeError, KeyError) as error:
        seen.dead.append(f"{name}: an honest reader is not answered: {type(error).__name__}: {error}")
        return
    seen.served += [f"{name}: {what} is {found[what]}, and was {was}" for what, was in expected.items() if found.get(what, was) != was]


def _scripts_in(port: int, uids: Sequence[str]) -> list[str]:
    """Texts of the page that a browser would take for HTML and that hold what somebody typed as it was typed."""

    async def read() -> list[str]:
        found = []
        for uid in uids:
            async with _session(port, Seen(), uid=uid) as (connection, _):
                for text in await _said(connection):
                    found += [one for one in _html_in(json.loads(text)) if any(script in one for script in _SCRIPTS if "<" in script)]
        return found

    return asyncio.run(read())


def _html_in(value: Any) -> Iterator[str]:
    """The texts of Div and the like, in a document or in its changes, that are not shown as plain text."""
    if isinstance(value, dict):
        attributes = value.get("attributes") or {}
        if value.get("kind") == "ModelChanged" and value.get("attr") == "text" and isinstance(value.get("new"), str):
            yield value["new"]
        if value.get("name") in ("Div", "Paragraph", "HTML", "PreText") and not attributes.get("render_as_text"):
            yield str(attributes.get("text", ""))
        for each in value.values():
            yield from _html_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _html_in(each)


# --- requests -----------------------------------------------------------------------------------------------------------------


async def _links(port: int, rng: random.Random, seen: Seen, uids: Sequence[str]) -> None:
    """Links whose arguments make no sense; some of them are opened to the end."""
    for index in range(_LINKS):
        seen.attacks += 1
        pairs = [
            (rng.choice(_NAMES), rng.choice([*_WORDS[:2], *_WORDS[4:], *uids, "0" * 5_000, "9999-12-31", "-1", "1e9"]))
            for _ in range(rng.randint(1, 6))
        ]
        path = "/?" + urlencode([(name, str(value).encode("utf-8", "surrogatepass")) for name, value in pairs])
        status, answer = await asyncio.to_thread(
            _raw, port, f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode()
        )
        seen.look(f"link {path[:200]}", answer)
        seen.refused += status in _DENIED
        if status not in (200, *_DENIED):
            seen.served.append(f"link {path[:200]}: status {status}")
        token = _TOKEN.search(answer)
        if index % 2 == 0 and token:
            connection = await _connect(port, token[1])
            for text in await _said(connection):
                seen.look(f"link {path[:200]}", text)
            connection.close()


async def _requests(port: int, rng: random.Random, seen: Seen, _uids: Sequence[str]) -> None:
    """Requests of any method, path, host, origin, header and body."""
    for _ in range(_BATCH):
        seen.attacks += 1
        request, must_fail = rng.choice(_REQUESTS)(port, rng)
        status, answer = await asyncio.to_thread(_raw, port, request)
        name = f"request {request[:120]!r}"
        seen.look(name, answer)
        seen.refused += status in _DENIED or status == 0
        if status >= 500:
            seen.served.append(f"{name}: status {status}")
        elif must_fail and status not in (0, *_DENIED) and (status != _UPGRADED or "msgtype" in answer):
            seen.served.append(f"{name}: served with status {status}")


def _request(method: str, path: str, port: int, *, host: str | None = None, headers: str = "", body: bytes = b"") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: {host or f'localhost:{port}'}\r\n{headers}Connection: close\r\n\r\n"
    return head.encode("latin-1", "replace") + body


def _of_a_host(port: int, rng: random.Random) -> tuple[bytes, bool]:
    host = rng.choice(
        (
            "elsewhere.org",
            f"elsewhere.org:{port}",
            "localhost.elsewhere.org",
            "127.0.0.1.nip.io",
            "[::1",
            "localhost@elsewhere.org",
            "0x7f000001.org",
            "a" * 5_000,
        )
    )
    return _request("GET", rng.choice(("/", "/ws", "/autoload.js", "/metadata")), port, host=host), True


def _of_an_origin(port: int, rng: random.Random) -> tuple[bytes, bool]:
    origin = rng.choice(
        ("http://elsewhere.org", "null", f"http://localhost:{port + 1}", f"http://elsewhere.org:{port}", "file://", "http://[")
    )
    upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
    path = rng.choice(("/", "/ws"))
    return _request("GET", path, port, headers=f"Origin: {origin}\r\n{upgrade if path == '/ws' else ''}"), True


def _of_a_path(port: int, rng: random.Random) -> tuple[bytes, bool]:
    way = rng.choice(("/static/", "/static/js/", "/static/extensions/", "/"))
    name = rng.choice(
        (
            "../" * 8 + "etc/passwd",
            quote("../" * 8 + "etc/passwd", safe=""),
            "%2e%2e/" * 8 + "etc/passwd",
            "..%5c" * 8 + "etc",
            "%00",
            "js/%00",
            "bokeh.min.js%00.py",
            "a" * 9_000,
            "%FF%FE",
            "//etc/passwd",
            "server.py",
            "..;/",
            "%c0%ae%c0%ae/",
        )
    )
    return _request("GET", way + name, port), True


def _of_headers(port: int, rng: random.Random) -> tuple[bytes, bool]:
    headers = rng.choice(
        (
            "X: " + "a" * 200_000 + "\r\n",
            "".join(f"X-{n}: a\r\n" for n in range(5_000)),
            "Cookie: " + "a=b;" * 5_000 + "\r\n",
            "Content-Length: -1\r\n",
            "Content-Length: a\r\n",
            "Content-Length: 5\r\nContent-Length: 6\r\n",
            "Transfer-Encoding: nonsense\r\n",
            " folded\r\n",
            ": empty\r\n",
            "If-None-Match: " + '"a",' * 5_000 + "\r\n",
            "Range: bytes=0-18446744073709551615,-1\r\n",
            "Accept-Encoding: " + "gzip," * 1000 + "\r\n",
            "X-Remote-User: ana\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: elsewhere.org\r\n",
            "Bokeh-Session-Id: mine\r\n",
        )
    )
    return _request("GET", rng.choice(("/static/js/bokeh.min.js", "/health")), port, headers=headers), False


def _of_a_body(port: int, rng: random.Random) -> tuple[bytes, bool]:
    method = rng.choice(("POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "NONSENSE"))
    size = rng.choice((0, 10, 1 << 20, 8 << 20))
    return _request(
        method, rng.choice(("/", "/ws", "/health", "/metadata")), port, headers=f"Content-Length: {size}\r\n", body=bytes(size)
    ), True


def _of_a_session(port: int, rng: random.Random) -> tuple[bytes, bool]:
    value = rng.choice(("mine", "x" * 5_000, "e30.e30", "%00", "eyJzZXNzaW9uX2lkIjogIngifQ", "../.."))
    return _request("GET", f"/?{rng.choice(('bokeh-token', 'bokeh-session-id'))}={value}", port), True


def _of_nothing(port: int, rng: random.Random) -> tuple[bytes, bool]:
    del port
    return rng.choice(
        (
            b"",
            b"\r\n\r\n",
            b"\0" * 100,
            b"GET\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            rng.randbytes(500) + b"\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        )
    ), True


_REQUESTS = (_of_a_host, _of_an_origin, _of_a_path, _of_headers, _of_a_body, _of_a_session, _of_nothing)


def _raw(port: int, request: bytes) -> tuple[int, str]:
    """Status, 0 where the connection is closed without one, and the whole answer."""
    answer = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_ANSWER_S) as connection:
            try:
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # closed before all was sent; what it said is read
            while piece := connection.recv(1 << 16):
                answer += piece
    except OSError:
        pass
    found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    return int(found[1]) if found else 0, answer.decode("utf-8", "replace")


async def _slow(port: int, rng: random.Random, seen: Seen, _uids: Sequence[str]) -> None:
    """Connections that begin a request and never end it; others are answered meanwhile."""
    seen.attacks += _SLOW
    waiting = [socket.create_connection(("127.0.0.1", port), timeout=_ANSWER_S) for _ in range(_SLOW)]
    try:
        for connection in waiting:
            connection.sendall(
                rng.choice(
                    (
                        b"",
                        b"G",
                        b"GET / HTTP/1.1\r\n",
                        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ",
                        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\na",
                    )
                )
            )
        try:
            seen.look("slow connections", await asyncio.to_thread(_get, port, "/"))
        except (OSError, HTTPError) as error:
            seen.served.append(f"slow connections: others are not answered: {error}")
    finally:
        for connection in waiting:
            connection.close()


# --- messages -----------------------------------------------------------------------------------------------------------------


class _Opened:
    """A websocket of the page, and the models of its document by their ids."""

    def __init__(self, port: int, seen: Seen, uid: str) -> None:
        self._port, self._seen, self._uid = port, seen, uid

    async def __aenter__(self) -> tuple[WebSocketClientConnection, dict[str, dict[str, Any]]]:
        html = await asyncio.to_thread(_get, self._port, f"/?uid={self._uid}")
        token = _TOKEN.search(html)
        if token is None:
            raise RuntimeError("the page has no token")
        self._connection = await _connect(self._port, token[1])
        await asyncio.wait_for(self._connection.read_message(), _ANSWER_S)  # the header of ACK: before it nothing is taken
        await _send(self._connection, "PULL-DOC-REQ", {})
        models: dict[str, dict[str, Any]] = {}
        while not models:
            text = await asyncio.wait_for(self._connection.read_message(), _ANSWER_S)
            if text is None:
                raise ConnectionError("the server closed the websocket")
            if isinstance(text, str) and text.startswith('{"doc"'):
                models = {one["id"]: one for one in _models(json.loads(text))}
        return self._connection, models

    async def __aexit__(self, *_: object) -> None:
        self._connection.close()


_session = _Opened


async def _messages(port: int, rng: random.Random, seen: Seen, uids: Sequence[str]) -> None:
    """Messages that are cut, wrong, huge, or of models that are not there; a session that is closed is opened again."""
    left = _BATCH
    while left > 0:
        async with _session(port, seen, rng.choice(uids)) as (connection, models):
            while left > 0:
                left -= 1
                seen.attacks += 1
                try:
                    for part in rng.choices(_MESSAGES, weights=(12, 3, 2, 1, 1))[0](rng, models):
                        await connection.write_message(part, binary=isinstance(part, bytes))
                except WebSocketError:  # it was closed
                    seen.refused += 1
                    break
            for text in await _said(connection):
                seen.look("message", text)
                seen.refused += '"msgtype":"ERROR"' in text.replace(" ", "")


def _message(kind: str, content: object, **header: object) -> list[str]:
    return [json.dumps({"msgid": "1", "msgtype": kind, **header}), "{}", json.dumps(content)]


def _patch(rng: random.Random, models: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Some forged events, of models that are there or not."""
    return _message("PATCH-DOC", {"events": [_event(rng, models) for _ in range(rng.choice((1, 1, 1, 5)))]})


def _event(rng: random.Random, models: Mapping[str, Mapping[str, Any]]) -> object:
    named = [number for number, model in models.items() if model.get("attributes", {}).get("name")]
    number = rng.choice((*rng.choices(named, k=6), *rng.choices(list(models), k=2), "p0", "", None, 7, {"id": "p1001"}))
    own = list(models.get(number, {}).get("attributes", {})) if isinstance(number, str) else []
    model, value = {"id": number}, rng.choice(_VALUES)
    clicked = {
        "type": "event",
        "name": rng.choice(("button_click", "rangesupdate", "document_ready", "selectiongeometry", "nonsense", "lodend")),
        "values": {"type": "map", "entries": [["model", model], ["x0", value], ["x1", value], ["y0", value], ["y1", value]]},
    }
    return rng.choice(
        (
            {"kind": "ModelChanged", "model": model, "attr": rng.choice((*own, *_ATTRIBUTES)), "new": value},
            {"kind": "ModelChanged", "model": model, "attr": rng.choice((*own, *_ATTRIBUTES)), "new": value},
            {"kind": "ModelChanged", "model": model, "attr": rng.choice((*own, *_ATTRIBUTES)), "new": rng.choice(_VALUES)},
            {"kind": "MessageSent", "msg_type": rng.choice(("bokeh_event", "nonsense")), "msg_data": rng.choice((clicked, value))},
            {"kind": "ColumnDataChanged", "model": model, "attr": "data", "data": value, "cols": rng.choice((None, ["uid"], "x", 1))},
            {
                "kind": "ColumnsStreamed",
                "model": model,
                "attr": "data",
                "data": {"uid": [value]},
                "rollover": rng.choice((None, -1, 10**18)),
            },
            {"kind": "ColumnsPatched", "model": model, "attr": "data", "patches": {"uid": [[rng.choice((0, -1, 10**9)), value]]}},
            {"kind": "RootAdded", "model": rng.choice((model, value))},
            {"kind": "RootRemoved", "model": model},
            {"kind": "TitleChanged", "title": value},
            {"kind": rng.choice(("Nonsense", "", None, 7))},
            value,
        )
    )


def _of_a_kind(rng: random.Random, models: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A message of any kind with any content."""
    kind = rng.choice(("PUSH-DOC", "PULL-DOC-REPLY", "ACK", "OK", "ERROR", "SERVER-INFO-REQ", "NONSENSE", "PATCH-DOC", "PULL-DOC-REQ", ""))
    document = {"doc": {"roots": [dict(next(iter(models.values())))], "title": "x", "version": "3", "defs": []}}
    return _message(
        kind, rng.choice((document, *_VALUES)), **rng.choice(({}, {"num_buffers": 2}, {"reqid": "1"}, {"num_buffers": -1}, {"msgid": None}))
    )


def _broken(rng: random.Random, _models_there: Mapping[str, Mapping[str, Any]]) -> list[str | bytes]:
    """Pieces that are no message."""
    return list(
        rng.choice(
            (
                (b"\0" * 100,),
                ("{",),
                ("[]", "[]", "[]"),
                ("null",) * 3,
                ("{}",) * 3,
                ('{"msgid": 1}', "{}", "{}"),
                ("[" * 100_000,) * 3,
                ('{"msgid":"1","msgtype":"PATCH-DOC"}', "{}", '{"events":' + "[" * 50_000),
                ("",) * 3,
                ("\ufeff{}",) * 3,
            )
        )
    )


def _huge(rng: random.Random, models: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Megabytes in one value."""
    return _message(
        "PATCH-DOC",
        {
            "events": [
                {
                    "kind": "ModelChanged",
                    "model": {"id": rng.choice(list(models))},
                    "attr": rng.choice(("name", "text", "value")),
                    "new": "x" * rng.choice((1 << 20, 3 << 20, 5 << 20)),
                }
            ]
        },
    )


def _endless(rng: random.Random, _models_there: Mapping[str, Mapping[str, Any]]) -> list[str | bytes]:
    """Buffers without end for one message."""
    head: list[str | bytes] = [*_message("PATCH-DOC", {"events": []}, num_buffers=10**9)]
    for number in range(rng.choice((2, 40))):
        head += [json.dumps({"id": str(number)}), bytes(1 << 20)]
    return head


_MESSAGES: Sequence[Callable[..., list[Any]]] = (_patch, _of_a_kind, _broken, _huge, _endless)


async def _comments(port: int, rng: random.Random, seen: Seen, uids: Sequence[str]) -> None:
    """Decisions and comments with scripts, as the form would send them and as it never would; they may be kept, and are only text."""
    async with _session(port, seen, rng.choice(uids)) as (connection, models):
        await _said(connection)
        press = next(
            number for number, model in models.items() if "text" not in model.get("attributes", {}) and "Press" in str(model.get("name"))
        )
        for index in range(_BATCH):
            seen.attacks += 1
            form = {
                "kind": "comment",
                "uid": rng.choice(uids),
                "versions": {},
                "status": "",
                "reasons": [],
                "comment": rng.choice(_SCRIPTS),
                "decided_by": rng.choice(_SCRIPTS),
                "execution_fraction": "",
                "at": index,
            }
            for _ in range(rng.choice((0, 0, 1, 2))):
                form[rng.choice(list(form))] = rng.choice(_VALUES)
            text = rng.choice((json.dumps(form), json.dumps(form), json.dumps(form)[: rng.randint(0, 200)]))
            event = {"kind": "ModelChanged", "model": {"id": press}, "attr": "text", "new": text}
            try:
                for part in _message("PATCH-DOC", {"events": [event]}):
                    await connection.write_message(part)
            except WebSocketError:
                seen.refused += 1
                break
        for text in await _said(connection):
            seen.look("comment", text)
            seen.decided += text.count("Keeping the comment")


async def _connect(port: int, token: str) -> WebSocketClientConnection:
    request = HTTPRequest(f"ws://localhost:{port}/ws", headers={"Origin": f"http://localhost:{port}"}, request_timeout=_ANSWER_S)
    return await websocket_connect(request, subprotocols=["bokeh", token], max_message_size=1 << 28)


async def _send(connection: WebSocketClientConnection, kind: str, content: object) -> None:
    for part in _message(kind, content):
        await connection.write_message(part)


async def _said(connection: WebSocketClientConnection) -> list[str]:
    """The JSON texts that a session gives until it has nothing more to say, or is closed."""
    texts = []
    while True:
        try:
            text = await asyncio.wait_for(connection.read_message(), _SETTLED_S)
        except (TimeoutError, asyncio.TimeoutError):
            return texts
        if text is None:
            return texts
        if isinstance(text, str) and len(text) > 2:
            texts.append(text)


def _models(value: Any) -> Iterator[dict[str, Any]]:
    """All models inside a document's JSON."""
    if isinstance(value, dict):
        if value.get("type") == "object" and "id" in value:
            yield value
        for each in value.values():
            yield from _models(each)
    elif isinstance(value, list):
        for each in value:
            yield from _models(each)


KINDS: Mapping[str, Callable[[int, random.Random, Seen, Sequence[str]], Awaitable[None]]] = {
    "links": _links,
    "messages": _messages,
    "requests": _requests,
    "more messages": _messages,
    "comments": _comments,
    "slow": _slow,
}
