"""Where Bokeh keeps readers waiting: three of its methods are changed, once in a process, as DSS leaves us nothing else to change.

What they do stays the same, but for when and in how many messages it is sent; tests hold them against Bokeh's own. Garbage is
collected when a reader leaves.
"""

import gc
from collections.abc import Awaitable, Callable
from functools import cache, wraps
from typing import Any
from weakref import WeakKeyDictionary

from bokeh.core.has_props import HasProps
from bokeh.core.property.wrappers import PropertyValueContainer
from bokeh.document.events import DocumentPatchedEvent
from bokeh.server.connection import ServerConnection
from bokeh.server.views.ws import WSHandler

_RARELY = 200  # collections of the middle generation to one of all; 10 unless set


@cache  # for all sessions of the process
def quicken() -> None:
    """From now on messages go out at once and together, and models are written without what they do not say.

    Garbage is rarely sought among what is old: with the pages of fifty readers that takes more than a second. Bokeh seeks it itself
    whenever a reader has left.
    """
    gc.set_threshold(*gc.get_threshold()[:2], _RARELY)
    WSHandler.open = _without_delay(WSHandler.open)
    ServerConnection.send_patch_document = _together()
    HasProps.query_properties_with_values = _only_what_is_set(  # type: ignore[method-assign]
        HasProps.query_properties_with_values)


def _without_delay(opened: Any) -> Any:
    """A message goes out in three pieces or more: by Nagle's algorithm the second would wait 40 ms until the first is acknowledged."""
    def open_without_delay(handler: WSHandler, *arguments: Any, **options: Any) -> Any:
        handler.set_nodelay(True)
        return opened(handler, *arguments, **options)

    return open_without_delay


def _together() -> Callable[[ServerConnection, DocumentPatchedEvent], Awaitable[None]]:
    """What one callback changes goes out in one message when it has ended: the browser then paints a plot once, not for each change.

    Bokeh awaits what ``send`` returns after the callback, under the lock of the session; the first to be awaited takes all there is.
    """
    waiting: WeakKeyDictionary[ServerConnection, list[DocumentPatchedEvent]] = WeakKeyDictionary()

    def send(connection: ServerConnection, event: DocumentPatchedEvent) -> Awaitable[None]:
        waiting.setdefault(connection, []).append(event)
        return send_waiting(connection)

    async def send_waiting(connection: ServerConnection) -> None:
        if events := waiting.pop(connection, []):
            await connection._socket.send_message(connection.protocol.create("PATCH-DOC", events))

    return send


def _only_what_is_set(bokehs: Any) -> Any:
    """A model that is written for the browser leaves defaults out; Bokeh works out each of them first, four fifths of the whole work."""
    @wraps(bokehs)
    def query(model: HasProps, wanted: Callable[[Any], bool], *, include_defaults: bool = True, include_undefined: bool = False) -> Any:
        if include_defaults:
            return bokehs(model, wanted, include_defaults=include_defaults, include_undefined=include_undefined)
        themed = set(model.themed_values() or ())
        named = model._property_values.keys() | model._unstable_default_values.keys() | themed
        values = {}
        for name in (name for name in model.properties(_with_props=True) if name in named and wanted(model.lookup(name))):
            value = model.lookup(name).get_value(model)
            if name in themed or name not in model._unstable_default_values or not isinstance(value, PropertyValueContainer):
                values[name] = value
        return values

    return query
