"""What Bokeh answers to a message that it cannot take, and how much of one it holds."""

import asyncio
import json
import logging

import pytest
from bokeh.protocol import Protocol
from bokeh.protocol.exceptions import ValidationError
from bokeh.protocol.receiver import Receiver
from bokeh.server.connection import ServerConnection

from alma_qa0.pages import forged


@pytest.fixture(autouse=True)
def _refused():
    forged.refuse_forged()


def test_a_refusal_says_nothing_of_the_inside_of_the_program():
    message = Protocol().create("SERVER-INFO-REQ")
    try:
        raise KeyError("secret")
    except KeyError as error:
        reply = ServerConnection.error(None, message, repr(error))
    assert reply.content == {"text": forged.REFUSED, "traceback": None}
    assert reply.header["reqid"] == message.header["msgid"]


def test_a_message_has_an_end_and_the_next_begins_anew(monkeypatch):
    async def consumed(receiver, pieces):
        return [await receiver.consume(piece) for piece in pieces]

    whole = [json.dumps({"msgid": "1", "msgtype": "SERVER-INFO-REQ"}), "{}", "{}"]
    monkeypatch.setattr(forged, "_MOST_BYTES", 2 * sum(map(len, whole)))
    assert [bool(found) for found in asyncio.run(consumed(Receiver(Protocol()), 5 * whole))] == 5 * [False, False, True]
    endless = [json.dumps({"msgid": "1", "msgtype": "PATCH-DOC", "num_buffers": 10**9}), "{}", "{}", '{"id": "1"}', bytes(200)]
    with pytest.raises(ValidationError, match="a message of more than"):
        asyncio.run(consumed(Receiver(Protocol()), endless))


def test_the_log_of_a_refused_message_is_short_and_keeps_where_it_failed(caplog):
    try:
        raise ValueError("x" * 10**6)
    except ValueError:
        logging.getLogger("bokeh.server.protocol_handler").error("error handling %r", "y" * 10**6, exc_info=True)
    assert len(caplog.text) < 20_000
    assert "test_the_log_of_a_refused_message" in caplog.text
