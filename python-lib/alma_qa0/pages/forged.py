"""What reaches the server and is no message of our page: it is refused without a word about the inside of the program, and costs little.

Two methods of Bokeh are changed, once in a process, as DSS leaves us nothing else to change; and its log is kept short.
"""

import logging
from functools import cache, wraps
from typing import Any

from bokeh.protocol.exceptions import ValidationError
from bokeh.protocol.messages.error import Error, error
from bokeh.protocol.receiver import Receiver
from bokeh.server.connection import ServerConnection

REFUSED = "the server could not take this message; its log says why"
_MOST_BYTES = 16 << 20  # of a message with its buffers; a selection of all points has less than one
_LONGEST = 4_000  # characters of what the log says of a message, and of where it failed
_LOGGERS = ("bokeh.server.protocol_handler", "bokeh.server.views.ws")


@cache  # for all sessions of the process
def refuse_forged() -> None:
    """From now on a refusal of Bokeh has no traceback, a message has an end, and what the log says of it has one, too."""
    ServerConnection.error = _without_traceback
    Receiver.consume = _bounded(Receiver.consume)
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_shorten)


def _without_traceback(_connection: ServerConnection, message: Any, _text: str) -> error:
    return error(error.create_header(request_id=message.header["msgid"]), {}, Error(text=REFUSED, traceback=None))


def _bounded(consume: Any) -> Any:
    """Bokeh bounds each piece of a message, and would keep as many pieces as a header says that there are."""
    @wraps(consume)
    async def bounded(receiver: Receiver, fragment: str | bytes) -> Any:
        taken = getattr(receiver, "_taken", 0) + len(fragment)
        if taken > _MOST_BYTES:
            raise ValidationError(f"a message of more than {_MOST_BYTES} bytes")
        message = await consume(receiver, fragment)
        receiver._taken = 0 if message else taken
        return message

    return bounded


def _shorten(record: logging.LogRecord) -> bool:
    """A message can have megabytes, and an error repeats them."""
    record.msg, record.args = _short(record.getMessage()), ()
    if record.exc_info:
        record.exc_text, record.exc_info = _short(logging.Formatter().formatException(record.exc_info)), None
    return True


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST // 2]} ... {text[-_LONGEST // 2:]}"
