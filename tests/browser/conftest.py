"""The page in a real browser, served by the real command from a real PostgreSQL."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from playwright.sync_api import Browser

import failures
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.simulate.execution_block import simulate
from browser.cockpit import Cockpit

SAMPLES = Path(__file__).parents[2] / "samples"


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(database_url: str, home: Path, *asdms: Path, port: int | None = None, address: str = "localhost") -> Iterator[str]:
    """``alma-qa0 serve`` of a database, the ASDMs taken in first; gives the address of the page."""
    port = port or free_port()
    taken_in = ["--ingest", *map(str, asdms)] if asdms else []
    command = [sys.executable, "-m", "alma_qa0.cli", "serve", "--database", database_url, "--port", str(port), "--address", address,
               *taken_in]
    home.mkdir(exist_ok=True)
    log = home / "serve.log"
    with open(log, "w", encoding="utf-8") as out:
        server = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=out, text=True, env={**os.environ, "ALMA_QA0_HOME": str(home)})
    said = []
    for line in server.stderr or ():
        said.append(line)
        if " serves http" in line:
            break
    else:
        pytest.fail(f"alma-qa0 serve ended: {''.join(said)}")
    yield f"http://localhost:{port}/"
    server.terminate()
    server.communicate(timeout=20)


def uid_of(asdm: Path) -> str:
    """The uid in the name of an archive or folder."""
    return asdm.name.removesuffix(".tar.gz").replace("uid___", "uid://").replace("_", "/")


@pytest.fixture(scope="session")
def fine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An Execution Block with 1,920 channels: 320 spectra of a quantity, more than half a million points."""
    folder = tmp_path_factory.mktemp("fine")
    simulate(folder, ebs=1, seed=7, bands=(6,), antennas=10, kind="12-m", encoding="binary", channels=1920, calibrations=4,
             first_night="2025-06-01", progress=lambda *_: None)
    return next(folder.iterdir())


@pytest.fixture(scope="session")
def database(postgres_18: str) -> Iterator[Postgres]:
    """A database of the session: its marts are filled when ``url`` is up."""
    connection = Postgres(postgres_18)._connect()
    connection.autocommit = True
    connection.cursor().execute("create database browser template template0")
    connection.close()
    database = Postgres(urlunsplit(urlsplit(postgres_18)._replace(path="/browser")))
    yield database
    database.close()


@pytest.fixture(scope="session")
def url(database: Postgres, fine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page, with the large array, two receiver bands, faults, one polarisation, a dead one, and 1,920 channels."""
    samples = [SAMPLES / f"uid___A002_X12007e9_{name}.tar.gz" for name in ("X1d5", "X178d", "X1fb2", "X1cfb", "X743")]
    with serving(database._url, tmp_path_factory.mktemp("serve"), *samples, fine) as address:
        yield address


@pytest.fixture
def new_page(browser: Browser, url: str) -> Iterator[Callable[..., Cockpit]]:
    """Opens pages of a browser of their own; fails the test at the end if any had an error on its console."""
    opened: list[Cockpit] = []

    def new(query: str = "", *, at: str = url, **options) -> Cockpit:  # type: ignore[no-untyped-def]
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        opened.append(Cockpit(context.new_page(), at))
        return opened[-1].open(query)

    yield new
    for cockpit in opened:
        cockpit.page.context.close()
    assert [cockpit.complaints for cockpit in opened if cockpit.complaints] == []


@pytest.fixture(scope="session")
def _shared(browser: Browser, url: str) -> Iterator[Cockpit]:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    yield Cockpit(page, url).open()
    page.context.close()


@pytest.fixture
def cockpit(_shared: Cockpit) -> Iterator[Cockpit]:
    """The page that the tests share, for those that say themselves what they look at."""
    yield _shared
    failures.forget(_shared.page.context)
    assert _shared.complaints == []
