"""``alma-qa0 serve``: the page, on a server of its own."""

import argparse
import fcntl
import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from alma_qa0 import __version__
from alma_qa0.cli.common import DONE, common_options, limit_options, limits_of, marts_of, open_database, room_of, say, tables_of
from alma_qa0.cli.marts import take_in
from alma_qa0.errors import BadRequest, BadSetting, DatabaseRefused
from alma_qa0.hosts import embedded
from alma_qa0.settings import PAGE, Settings, parse_port

if TYPE_CHECKING:
    from alma_qa0.cli.web import Door

_HEADER = re.compile(r"[A-Za-z0-9-]+")
_SHORTEST_TOKEN = 20
_ALL_ADDRESSES = ("", "0.0.0.0", "::")  # noqa: S104 - a comparison, nothing is bound here


def add_to(commands) -> None:  # type: ignore[no-untyped-def]
    """Adds the command to the parser."""
    serve = commands.add_parser("serve", parents=[common_options(), limit_options()], help="serve the page")
    serve.add_argument("--port", type=_port, help="default: PORT, else 5006")
    serve.add_argument("--address", default="localhost", help="the address to listen on (default: %(default)s). On one that other machines"
                       " reach the page is for who has the link with the token that is said, or comes through a proxy that names the user")
    serve.add_argument("--user-header", metavar="NAME", help="the header in which a proxy names who has logged in; needs --proxy")
    serve.add_argument("--proxy", metavar="ADDRESS", action="append", default=[],
                       help="the IP address, or network, of the proxy whose header is trusted; may be given several times")
    serve.add_argument("--origin", metavar="HOST", action="append", default=[],
                       help="the host, with its port if not the usual, under which browsers reach the page through a proxy")
    serve.add_argument("--ingest", type=Path, nargs="+", metavar="PATH", help="take these in first, as the command ingest does")
    serve.add_argument("--webgl", action="store_true", help="draw with WebGL: for readers who all have a graphics card")
    serve.set_defaults(command=_serve)


def _serve(settings: Settings, options: argparse.Namespace) -> int:
    port = options.port or settings.port
    door = _door(settings, options)
    with (_only_server(settings, port), _announced(options.address, port),
          open_database(settings, keep=True, fills=bool(options.ingest)) as database):
        from alma_qa0.store.tables import create_decisions, create_judgement, create_marts, create_quarantine

        tables = tables_of(settings)
        for create in (create_marts, create_judgement, create_decisions, create_quarantine):
            try:
                create(database, tables)
            except (BadRequest, DatabaseRefused) as error:  # what is there can be read
                say(f"the page only reads: {error}")
        code = take_in(settings, database, options.ingest, limits=limits_of(settings, options)) if options.ingest else DONE
        _run_server(settings, database.with_patience(PAGE), options.address, port, webgl=options.webgl, door=door)
        return code


def _door(settings: Settings, options: argparse.Namespace) -> "Door":
    """Who is let in: on an address that others reach, nobody without a token or the name that a proxy gives."""
    from alma_qa0.cli import web

    if bool(options.user_header) != bool(options.proxy):
        raise BadSetting("--user-header, --proxy", options.user_header or options.proxy[0], "both: the header, and who may send it")
    if options.user_header and not _HEADER.fullmatch(options.user_header):
        raise BadSetting("--user-header", options.user_header, "the name of a header such as X-Remote-User")
    needs_token = not options.user_header and not web.is_loopback(options.address)
    return web.Door(token=_token(settings.home) if needs_token else None, user_header=options.user_header,
                    proxies=web.networks(options.proxy), origins=frozenset(host.lower() for host in options.origin))


def _token(home: Path) -> str:
    """That of the home, which stays the same so that a link does; only its owner can read it."""
    embedded.make_home(home)
    path = home / "token"
    if not path.exists():
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(token_urlsafe(24))
    token = path.read_text(encoding="ascii").strip()
    if len(token) < _SHORTEST_TOKEN:
        raise BadSetting(str(path), token, f"a token of {_SHORTEST_TOKEN} characters or more; without the file another is made")
    return token


def _run_server(settings: Settings, database, address: str, port: int, *, webgl: bool, door: "Door") -> None:  # type: ignore[no-untyped-def]
    from alma_qa0.cli import web
    from alma_qa0.jobs import health
    from alma_qa0.pages import cockpit
    from alma_qa0.pages.ahead import PAGES

    marts, room = marts_of(settings, database), room_of(settings)
    warning = room.warning if room else str

    def page(document):  # type: ignore[no-untyped-def]
        cockpit.build(document, marts=marts, arguments=document.session_context.request.arguments, judged=True, webgl=webgl,
                      user=web.user_of(document, door), ahead=PAGES, warning=warning)

    with _taken_in_words(address, port):
        server = web.server(page, door, health=lambda: health.look(database, tables_of(settings), disk=room and room.warning),
                            address=address, port=port)
    server.start()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda *_: server.io_loop.add_callback_from_signal(server.io_loop.stop))
    if door.token:
        host = socket.gethostname() if address in _ALL_ADDRESSES else address
        say(f"alma-qa0 {__version__} serves http://{host}:{port}/?token={door.token} for whoever has this link (stop: Ctrl-C)")
    else:
        say(f"alma-qa0 {__version__} serves http://localhost:{port}/ (stop: Ctrl-C)")
    server.io_loop.start()
    server.stop()


@contextmanager
def _announced(address: str, port: int) -> Iterator[None]:
    """Says where the page will be, once it can be there: minutes of taking in are not spent in vain."""
    from bokeh.server.util import bind_sockets

    with _taken_in_words(address, port):
        for listening in bind_sockets(address, port)[0]:
            listening.close()
    say(f"alma-qa0 {__version__}: the page will be at http://localhost:{port}/")
    yield


@contextmanager
def _taken_in_words(address: str, port: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        expected = f"an address of this machine, a port that is free ({error.strerror})"
        raise BadSetting("--address, --port", f"{address}:{port}", expected) from None


def _port(text: str) -> int:
    try:
        return parse_port(text)
    except BadSetting as error:
        raise argparse.ArgumentTypeError(str(error)) from None


@contextmanager
def _only_server(settings: Settings, port: int) -> Iterator[None]:
    """Holds ``home/serving``, which says where the page is; a second server of the same home says so and ends."""
    embedded.make_home(settings.home)
    with open(settings.home / "serving", "a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            place = file.read().strip()
            raise BadRequest(f"alma-qa0 runs already for {settings.home}, at {place}: stop it, or set another ALMA_QA0_HOME") from None
        file.truncate(0)
        file.write(f"http://localhost:{port}/")
        file.flush()
        yield
