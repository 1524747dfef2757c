"""The web server of ``alma-qa0 serve``: who is let in, under which name, and what a browser may do with the page."""

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from bokeh.document import Document
from bokeh.server.auth_provider import AuthProvider
from bokeh.server.server import Server
from bokeh.server.views.ws import WSHandler
from bokeh.util.token import check_token_signature
from tornado.httputil import HTTPServerRequest
from tornado.ioloop import IOLoop
from tornado.routing import Matcher
from tornado.web import HTTPError, OutputTransform, RequestHandler

from alma_qa0.errors import BadSetting

COOKIE = "alma-qa0"
_MOST_BYTES = 4 << 20  # of a message from a browser; a selection of all points has less than one
_MOST_BODY = 1 << 16  # bytes of a request; none of ours has a body
_SLOW_S = 60.0  # the longest wait for a request on a connection that is open
_SCRIPT = re.compile(rb"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)
_POLICY = ("default-src 'none'; script-src 'self' 'unsafe-eval' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
           " font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")


@dataclass(frozen=True, slots=True)
class Door:
    """Who is let in: everybody, or who has the ``token``, or whom a proxy at one of ``proxies`` names in ``user_header``.

    ``origins`` are hosts, with their ports, under which browsers know the page: beside the one that they ask, or, where everybody is
    let in, beside the names of this machine to itself. Else a page of another site could take its own name for ours.
    """

    token: str | None = None
    user_header: str | None = None
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    origins: frozenset[str] = frozenset()

    def user(self, handler: RequestHandler) -> str | None:
        """The name of whoever asks, "" where names are typed; None for one who is not let in."""
        if not self._is_at_home(handler):
            return None
        if self.user_header:
            return self._named(handler)
        return "" if self.token is None or self._has_token(handler) else None

    def _named(self, handler: RequestHandler) -> str | None:
        """A header that came twice is one that somebody put beside that of the proxy."""
        names = handler.request.headers.get_list(str(self.user_header))
        known = _is_one_of(handler.request.remote_ip, self.proxies)
        return names[0] if known and len(names) == 1 and names[0].isprintable() and names[0].strip() and "," not in names[0] else None

    def _has_token(self, handler: RequestHandler) -> bool:
        link = handler.get_query_argument("token", "")
        given = link or handler.get_cookie(COOKIE) or ""
        if not compare_digest(given.encode(), str(self.token).encode()):
            return False
        if link:
            handler.set_cookie(COOKIE, given, httponly=True, samesite="Lax")
        return True

    def _is_at_home(self, handler: RequestHandler) -> bool:
        """A page of another site asks nothing of ours; a token of a session is only what we gave."""
        origin, host = handler.request.headers.get("Origin"), handler.request.host.lower()
        if handler.get_query_arguments("bokeh-token") or handler.get_query_arguments("bokeh-session-id"):
            return False
        if isinstance(handler, WSHandler) and not _is_ours(handler):
            return False
        try:
            if not (self.token or self.user_header or host in self.origins or is_loopback(urlsplit(f"//{host}").hostname or "")):
                return False
            return origin is None or urlsplit(origin).netloc.lower() in {host, *self.origins}
        except ValueError:  # such as http://[
            return False


class Admission(AuthProvider):  # type: ignore[misc] # Bokeh is not followed
    """A door, as Bokeh asks for it."""

    def __init__(self, door: Door) -> None:
        self._door = door
        super().__init__()

    @property
    def get_user(self) -> Callable[[Any], Any]:
        # an empty name is one who is let in
        return lambda handler: None if (user := self._door.user(handler)) is None else user or "anybody"

    @property
    def get_login_url(self) -> Callable[[Any], Any]:
        return _refuse


def _refuse(_handler: RequestHandler) -> str:
    raise HTTPError(403, reason="Not let in: open the link that alma-qa0 serve said, or log in at the proxy")


def _is_ours(handler: WSHandler) -> bool:
    """Whether the token of a session is one that this server signed; forged ones cannot even be read."""
    try:
        return bool(check_token_signature(handler._token, secret_key=handler.application.secret_key, signed=True))
    except Exception:
        return False


class _NotFound(RequestHandler):
    def get(self) -> None:
        raise HTTPError(404)


class _UnreadableOrigin(Matcher):
    """Requests from an origin such as http://[, on which Tornado's own check of websockets fails."""

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        try:
            urlsplit(request.headers.get("Origin", ""))
            return None
        except ValueError:
            return {}


class _Forbidden(RequestHandler):
    def get(self) -> None:
        raise HTTPError(403)


class _Safe(OutputTransform):
    """What a browser may do with an answer: run our scripts and no others, show it in no frame, and take it for nothing else."""

    def transform_first_chunk(self, status_code: int, headers: Any, chunk: bytes, finishing: bool) -> tuple[int, Any, bytes]:
        scripts = ""
        if headers.get("Content-Type", "").startswith("text/html"):
            headers["Cache-Control"] = "no-store"
            scripts = " ".join(_digests(chunk))
        headers["Content-Security-Policy"] = _POLICY.format(scripts=scripts)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "no-referrer"
        headers.pop("Server", None)
        return status_code, headers, chunk


def _digests(html: bytes) -> list[str]:
    """Of the scripts in a page, so that no other can run."""
    texts = [found["text"] for found in _SCRIPT.finditer(html) if b"application/json" not in found["attributes"] and found["text"].strip()]
    return [f"'sha256-{b64encode(sha256(text).digest()).decode()}'" for text in texts]


class _Health(RequestHandler):
    """JSON for what watches over the service: from this machine, or from whoever is let in; status 503 where the database is away."""

    def initialize(self, look: Callable[[], tuple[bool, Any]], door: Door) -> None:
        self._look, self._door = look, door

    async def get(self) -> None:
        if not is_loopback(self.request.remote_ip or "") and self._door.user(self) is None:
            raise HTTPError(403)
        is_well, known = await IOLoop.current().run_in_executor(None, self._look)
        self.set_status(200 if is_well else 503)
        self.write(known)


def server(
    page: Callable[[Document], None], door: Door, *, health: Callable[[], tuple[bool, Any]], address: str, port: int,
) -> Server:
    """A server of the page, which is not started yet. Sessions are signed: a browser cannot make up one, nor its headers."""
    from bokeh.application import Application
    from bokeh.application.handlers import FunctionHandler

    serving = Server(
        {"/": Application(FunctionHandler(page))}, port=port, address=address, auth_provider=Admission(door),
        allow_websocket_origin=["*"],  # the door looks at the origin
        sign_sessions=True, secret_key=token_urlsafe(32), websocket_max_message_size=_MOST_BYTES,
        http_server_kwargs={"max_body_size": _MOST_BODY, "idle_connection_timeout": _SLOW_S, "body_timeout": _SLOW_S})
    serving._tornado.add_handlers(r".*", [
        (_UnreadableOrigin(), _Forbidden),
        (r"/health", _Health, {"look": health, "door": door}), (r".*%00.*", _NotFound)])  # Bokeh's own handlers fail on such a path
    serving._tornado.add_transform(_Safe)
    return serving


def user_of(document: Document, door: Door) -> str | None:
    """Who reads a page, where the door knows it."""
    if not door.user_header:
        return None
    headers = {name.lower(): value for name, value in document.session_context.request.headers.items()}
    return str(headers[door.user_header.lower()])


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return address == "localhost" or ip_address(address).is_loopback
    except ValueError:
        return False


def networks(texts: Sequence[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses of proxies, or networks of them; BadSetting for one that is none."""
    try:
        return tuple(ip_network(text) for text in texts)
    except ValueError as error:
        raise BadSetting("--proxy", ", ".join(texts), f"the IP address of a proxy, or a network such as 10.1.0.0/24 ({error})") from None


def _is_one_of(address: str | None, known: Sequence[IPv4Network | IPv6Network]) -> bool:
    try:
        place = ip_address(address or "")
    except ValueError:
        return False
    place = getattr(place, "ipv4_mapped", None) or place
    return any(place in network for network in known)
