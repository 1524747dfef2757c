"""A reader of the page without a browser: the Bokeh protocol over a websocket, as BokehJS speaks it.

It holds the ids of the models by their names and how many rows the columns have that it asks for; what a browser would draw it drops.
"""

import asyncio
import itertools
import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

TIMEOUT_S = 60
AsyncHTTPClient.configure(None, max_clients=200)  # else ten open the page at a time, and the others wait here instead of there
_TOKEN = re.compile(r'"token":"([^"]+)"')
_WATCHED = ("summary_points", "spectra_table", "uid_list_rows")


class Reader:
    """One session. ``rows`` has the number of rows of the watched sources, ``megabytes`` what was received."""

    def __init__(self, address: str) -> None:
        self.rows: dict[str, int] = {}
        self.megabytes = 0.0
        self._address = address
        self._numbers = itertools.count(1)
        self._ids: dict[str, dict[str, Any]] = {}
        self._news: dict[str, asyncio.Future[None]] = {}
        self._answers: dict[str, asyncio.Future[None]] = {}
        self._reading: asyncio.Task[None] | None = None
        self._turn = asyncio.Event()
        self._socket: WebSocketClientConnection | None = None

    async def open(self, **query: str) -> None:
        """Open the page as a browser does; returns when it has its spectra."""
        got = await AsyncHTTPClient().fetch(f"{self._address}?{urlencode(query)}", request_timeout=TIMEOUT_S)
        token = _TOKEN.search(got.body.decode())[1]
        wanted = HTTPRequest(self._address.replace("http", "ws", 1) + "ws", request_timeout=TIMEOUT_S)
        self._socket = await websocket_connect(wanted, subprotocols=["bokeh", token], max_message_size=1 << 28)
        self._socket.protocol.set_nodelay(True)  # as browsers do
        await self._receive()  # ACK
        await self._send("PULL-DOC-REQ", {})
        while "doc" not in (content := await self._receive()):  # a change that came before is in the document as well
            pass
        self._keep(content["doc"])
        drawn = self.next("spectra_table")
        self._reading = asyncio.create_task(self._read())
        if not self.rows["spectra_table"]:
            await self.answer(drawn)

    async def close(self) -> None:
        if self._reading:
            self._reading.cancel()
        if self._socket:
            self._socket.close()

    def next(self, source: str) -> "asyncio.Future[None]":
        """Done when the next columns of a source have come."""
        self._news[source] = asyncio.get_running_loop().create_future()
        return self._news[source]

    async def answer(self, waiting: "asyncio.Future[None]") -> None:
        """Wait for what the server sends; the error of the connection if that ends before."""
        reading = self._reading
        done, _ = await asyncio.wait({waiting, reading}, timeout=TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED)
        if reading in done:
            reading.result()
        if waiting not in done:
            raise TimeoutError(f"no answer within {TIMEOUT_S} s")

    async def change(self, *changes: tuple[Any, str, Any]) -> None:
        """Set attributes of models, (model, attribute, value) each; returns when the server says that it has done so."""
        events = [{"kind": "ModelChanged", "model": {"id": model["id"]}, "attr": attribute, "new": value}
                  for model, attribute, value in changes]
        for event in events:
            self._change(event)
        await self._patch(events)

    async def until(self, true: Callable[[], bool], seconds: float = TIMEOUT_S) -> None:
        """Wait for what the server's changes make true; TimeoutError if they do not in so many seconds."""
        end, reading = time.monotonic() + seconds, self._reading
        while not true():
            self._turn.clear()
            turn = asyncio.create_task(self._turn.wait())
            done, _ = await asyncio.wait({turn, reading}, timeout=end - time.monotonic(), return_when=asyncio.FIRST_COMPLETED)
            turn.cancel()
            if reading in done:
                reading.result()
            if not done:
                raise TimeoutError(f"not so within {seconds} s")

    async def notify(self, model: dict[str, Any], event: str, **values: float) -> None:
        """Tell of an event of the user interface; returns when the server says that it has dealt with it."""
        entries = [["model", {"id": model["id"]}], *([name, value] for name, value in values.items())]
        data = {"type": "event", "name": event, "values": {"type": "map", "entries": entries}}
        await self._patch([{"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": data}])

    def __getitem__(self, name: str) -> dict[str, Any]:
        """The model of a name, or the one of a class of ours: its id and its attributes as they are now."""
        return self._ids[name]

    def of(self, name: str, attribute: str) -> dict[str, Any]:
        """The model that an attribute of another one leads to."""
        return self._ids[self[name]["attributes"][attribute]["id"]]

    async def _patch(self, events: list[dict[str, Any]]) -> None:
        number = await self._send("PATCH-DOC", {"events": events})
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self.answer(self._answers[number])

    async def _send(self, kind: str, content: dict[str, Any]) -> str:
        number = str(next(self._numbers))
        for part in ({"msgid": number, "msgtype": kind}, {}, content):
            await self._socket.write_message(json.dumps(part))
        return number

    async def _read(self) -> None:
        while True:
            content = await self._receive()
            for event in content.get("events", ()):
                if event["kind"] == "ColumnDataChanged":
                    self._note(event["model"]["id"], event["data"])
                elif event["kind"] == "ModelChanged":
                    self._change(event)
            self._turn.set()

    def _change(self, event: dict[str, Any]) -> None:
        if event["model"]["id"] in self._ids:
            self._ids[event["model"]["id"]].setdefault("attributes", {})[event["attr"]] = event["new"]

    async def _receive(self) -> dict[str, Any]:
        header = json.loads(await self._part())
        await self._part()
        content = json.loads(await self._part())
        for _ in range(2 * header.get("num_buffers", 0)):
            await self._part()
        answered = self._answers.pop(header.get("reqid", ""), None)
        if header["msgtype"] == "ERROR":
            raise RuntimeError(f"the server refused: {content['text']}")
        if answered and not answered.done():
            answered.set_result(None)
        return content

    async def _part(self) -> str | bytes:
        part = await self._socket.read_message()
        if part is None:
            raise ConnectionError("the server closed the websocket")
        self.megabytes += len(part) / 1e6
        return part

    def _keep(self, document: dict[str, Any]) -> None:
        for model in _models(document["roots"]):
            self._ids[model["id"]] = model
            self._ids[model["name"].rpartition(".")[2]] = model
            if name := model.get("attributes", {}).get("name"):
                self._ids[name] = model
        for name in _WATCHED:
            self._note(self[name]["id"], self[name]["attributes"]["data"])

    def _note(self, number: str, columns: dict[str, Any]) -> None:
        name = self._ids[number]["attributes"].get("name")
        if name in _WATCHED:
            self.rows[name] = _length(columns["entries"][0][1])
            if (waiting := self._news.pop(name, None)) and not waiting.done():
                waiting.set_result(None)


def _models(value: Any):  # type: ignore[no-untyped-def]
    """All models inside a document's JSON."""
    if isinstance(value, dict):
        if value.get("type") == "object" and "id" in value:
            yield value
        for each in value.values():
            yield from _models(each)
    elif isinstance(value, list):
        for each in value:
            yield from _models(each)


def _length(column: Any) -> int:
    return int(column["shape"][0]) if isinstance(column, dict) else len(column)
