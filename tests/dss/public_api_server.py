"""The look-alike of the public API over HTTP, on a port of its own, in a thread."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from dss.public_api import PublicApi, Refusal, Request

BASE = "/dip/publicapi"


@contextmanager
def serving(api: PublicApi, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of an instance, while it answers."""
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"api": api}))
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http{'s' if context else ''}://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """Who hangs up, or does not trust the certificate, is no error of the server."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # an answer is two packets, of which the second would wait 40 ms for the first to be acknowledged
    api: PublicApi

    def _do(self) -> None:
        place = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        api, path = self.api, place.path.removeprefix(BASE)
        api.calls.append((self.command, path))
        api.headers.append(dict(self.headers))
        time.sleep(api.seconds)
        scripted = api.script.get((self.command, path))
        if scripted:
            return self._scripted(scripted.pop(0))
        try:
            if not place.path.startswith(BASE + "/"):
                raise Refusal(404, f"not the API: {place.path}")
            query = {name: values[-1] for name, values in parse_qs(place.query).items()}
            answer = api.answer(self.command, path, Request(query, {name.lower(): value for name, value in self.headers.items()}, body))
        except Refusal as refusal:
            return self._send(refusal.status, json.dumps(refusal.body))
        return self._send(200 if answer is not None else 204, "" if answer is None else json.dumps(answer))

    do_GET = do_POST = do_PUT = do_DELETE = _do  # noqa: N815 - the names are http.server's

    def _scripted(self, answer: tuple | None) -> None:
        if answer is None:
            self.close_connection = True
            return
        status, text, *more = answer
        self._send(status, text, **(more[0] if more else {}))

    def _send(self, status: int, text: str, **headers: str) -> None:
        content = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """No log."""
