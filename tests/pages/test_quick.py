"""What is changed in Bokeh: a reader who speaks as a browser does meets a real server."""

import gc
import json
import re
import socket

import pytest
from bokeh.core.has_props import HasProps
from bokeh.core.json_encoder import serialize_json
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

from pages.instant import UID, InstantMarts, Page
from pages.test_sessions import served, shows_spectra

pytestmark = pytest.mark.slow  # each serves the page


class Browser:
    """A reader of the page whose spectra are shown."""

    async def open(self, server):
        at = f"localhost:{server.port}"
        page = await AsyncHTTPClient().fetch(f"http://{at}/?uid={UID}")
        token = re.search(r'"token":"([^"]+)"', page.body.decode())[1]
        self._socket = await websocket_connect(HTTPRequest(f"ws://{at}/ws"), subprotocols=["bokeh", token])
        assert (await self.receive())[0] == "ACK"
        (self.session,) = server.get_sessions("/")
        await shows_spectra(self.session)
        return self

    async def receive(self):
        """The kind of the next message, and its content."""
        header = json.loads(await self._socket.read_message())
        await self._socket.read_message()
        content = json.loads(await self._socket.read_message())
        for _ in range(2 * header.get("num_buffers", 0)):
            await self._socket.read_message()
        return header["msgtype"], content

    async def receive_until(self, last):
        """All changes up to one of this attribute: for each message, its attributes with their new values.

        What the page itself changes, now and then, comes between.
        """
        messages = []
        while not messages or last not in [attribute for attribute, _ in messages[-1]]:
            _, content = await self.receive()
            messages.append([(event.get("attr"), event.get("new")) for event in content["events"]])
        return messages


def test_what_one_callback_changes_travels_in_one_message_in_its_order():
    def change(document):
        document.get_model_by_name("spectra_note").text = "one"
        document.get_model_by_name("spectra_bb_1").x_range.update(start=1, end=2, reset_start=1, reset_end=2)
        document.get_model_by_name("spectra_bb_1").title.text = "two"
        document.get_model_by_name("spectra_clear").label = "last"

    async def work(server):
        browser = await Browser().open(server)
        await browser.session.with_document_locked(change, browser.session.document)
        return await browser.receive_until("label")

    *_, message = served(work, [InstantMarts()])
    assert message == [("text", "one"), ("start", 1), ("end", 2), ("reset_start", 1), ("reset_end", 2), ("text", "two"), ("label", "last")]


def test_what_two_callbacks_change_travels_apart():
    async def work(server):
        browser = await Browser().open(server)
        note = browser.session.document.get_model_by_name("spectra_note")
        for text in ("one", "two"):
            await browser.session.with_document_locked(setattr, note, "text", text)
        await browser.session.with_document_locked(setattr, browser.session.document.get_model_by_name("spectra_clear"), "label", "last")
        return await browser.receive_until("label")

    ours = ("text", "one"), ("text", "two"), ("label", "last")
    messages = served(work, [InstantMarts()])
    assert [message for message in messages if any(each in message for each in ours)] == [[each] for each in ours]


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")  # Bokeh does not, after a callback that failed
def test_what_was_changed_before_a_callback_failed_is_not_lost():
    """Else the browser would show something else than the server knows."""
    def fail(document):
        document.get_model_by_name("spectra_note").text = "before"
        raise ValueError

    async def work(server):
        browser = await Browser().open(server)
        document = browser.session.document
        try:
            await browser.session.with_document_locked(fail, document)
        except ValueError:
            await browser.session.with_document_locked(setattr, document.get_model_by_name("spectra_clear"), "label", "last")
        return await browser.receive_until("label")

    assert [change for message in served(work, [InstantMarts()]) for change in message if change[1] == "before"] == [("text", "before")]


def test_no_message_waits_for_the_one_before_to_be_acknowledged():
    async def work(server):
        await Browser().open(server)
        (connection,) = server._tornado._clients
        return connection._socket.ws_connection.stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    assert served(work, [InstantMarts()])


def test_the_page_is_written_as_bokeh_itself_writes_it(pool, monkeypatch):
    page = Page(InstantMarts(), judged=True)
    ours = serialize_json(page.document.to_json(deferred=False))
    monkeypatch.setattr(HasProps, "query_properties_with_values", HasProps.query_properties_with_values.__wrapped__)
    assert ours == serialize_json(page.document.to_json(deferred=False))


def test_no_reader_waits_for_the_garbage_of_all(pool):
    Page(InstantMarts())
    assert gc.get_threshold()[2] == 200
