"""What the tests share: a fresh database on either PostgreSQL, the embedded 18 and Debian's 15."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import settings

import failures
import slowest
from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.distribute import distribute
from alma_qa0.store import distribution
from alma_qa0.store.tables import Tables, create_production
from databases import Prepare, Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DEBIAN_PROGRAMS = Path("/usr/lib/postgresql/15/bin")
BROWSER_TESTS = Path(__file__).parent / "browser"
_OF_SECONDS = [Path(__file__).parent / "dss", Path(__file__).parent / "first_run"]  # each of their tests starts processes
_FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-gpu",
          "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]  # there is no internet where the page is used
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FORGETFUL = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "256MB"}  # a test's data need not outlive the machine
_MEMORY = Path("/dev/shm")  # data are made and dropped there in a third of the time
_MOST_WORKERS = 6  # each has two PostgreSQLs and a Chromium
_ENOUGH_BYTES = 4 << 30  # a server takes up to 200 MB
# A database to run the tests of the store on instead, such as that of a cluster's coordinator (docs/operations.md): they empty it.
GIVEN = os.environ.get("ALMA_QA0_TEST_DATABASE", "")
_SERVERS: list[str | int] = [GIVEN] if GIVEN else [15, 18]
_SERVER_IDS = ["given"] if GIVEN else ["postgresql15", "postgresql18"]
_OURS = Tables.in_schemas()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="one PostgreSQL, no browser, no look-alike of DSS, few examples, nothing slow")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("quick"):
        settings.register_profile("quick", max_examples=20)
        settings.load_profile("quick")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """For ``-n auto``. Tests in a browser wait as long as they work: three processes of pytest use two cores. No other test waits."""
    cores = os.cpu_count() or 1
    return min(cores if config.getoption("quick") else cores * 3 // 2, _MOST_WORKERS)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The quick set does not even load what it leaves out."""
    return True if config.getoption("quick") and collection_path in (BROWSER_TESTS, *_OF_SECONDS) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests in a browser are marked, and files that hold some go last: Playwright keeps an event loop running in their thread.

    Of both kinds, files that take long go first, then those with many tests. Small files at the end keep all processes busy.
    """
    for item in items:
        if BROWSER_TESTS in item.path.parents:
            item.add_marker("browser")
    last = {item.path for item in items if item.get_closest_marker("browser")}
    long = {item.path for item in items if item.get_closest_marker("slow") or not {*_OF_SECONDS}.isdisjoint(item.path.parents)}
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path in last, item.path not in long, -tests[item.path]))
    if config.getoption("quick"):
        left_out = [item for item in items if not _is_quick(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _is_quick(item)]


def _is_quick(item: pytest.Item) -> bool:
    given = item.callspec.params if hasattr(item, "callspec") else {}
    other_server = {given.get(name) for name in ("server", "module_database", "databases")} & {15, "server_15"}
    return not (other_server or item.get_closest_marker("slow") or item.get_closest_marker("browser"))


@pytest.fixture(scope="session")
def browser(pytestconfig: pytest.Config) -> Iterator["Browser"]:
    """A Chromium that reaches this machine and nothing else; skips where there is none, but not in CI. Tests that use it are marked."""
    from playwright.sync_api import sync_playwright  # most tests do without
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
            "no Chromium: apt-get install chromium, or name one in CHROMIUM")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        failures.watch(chromium, snapshots=pytestconfig.getoption("snapshots"))
        yield chromium
        chromium.close()


def _place_of_data() -> Path | None:
    """The memory where it holds enough, else a folder of temporary files: pytest may sweep its own while another run is going on."""
    return _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES else None


@pytest.fixture(scope="session")
def postgres_18() -> Iterator[str]:
    """The URL of an embedded PostgreSQL of this test run."""
    home = Path(tempfile.mkdtemp(prefix="qa0-pg18-", dir=_place_of_data()))
    url = embedded.start(home, options=_FORGETFUL)
    slowest.count_postgres(home / "postgres")
    yield url
    embedded.stop(home)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_15() -> Iterator[str]:
    """The URL of a PostgreSQL 15 of this test run; skips where Debian's is not installed, but not in CI."""
    if not DEBIAN_PROGRAMS.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"PostgreSQL 15 is not installed: {DEBIAN_PROGRAMS} is absent")
        pytest.skip(f"PostgreSQL 15 is not installed: {DEBIAN_PROGRAMS} is absent")
    user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    data = Path(tempfile.mkdtemp(prefix="qa0-pg15-", dir=_place_of_data()))
    if user:
        os.chown(data, user.pw_uid, user.pw_gid)

    def run(program: str, *arguments: str) -> None:
        subprocess.run([str(DEBIAN_PROGRAMS / program), *arguments], check=True, cwd="/", stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, user=user.pw_name if user else None)

    run("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
    settings = " ".join(f"-c {name}={value}" for name, value in {**_FORGETFUL, "unix_socket_directories": str(data)}.items())
    run("pg_ctl", "start", "-D", str(data), "-w", "-s", "-l", str(data / "log"), "-o", f"-c listen_addresses= {settings}")
    slowest.count_postgres(data)
    yield f"postgresql://postgres@/postgres?host={quote(str(data), safe='')}"
    run("pg_ctl", "stop", "-D", str(data), "-m", "immediate", "-w", "-s")
    shutil.rmtree(data)


def _emptied(url: str) -> Iterator[str]:
    """The database that was given, with our tables in shards where it has Citus; what was made in it is dropped afterwards."""
    database = Postgres(url)
    schemas = _schemas(database)
    if not schemas.isdisjoint(("raw", "mart")):
        pytest.exit("ALMA_QA0_TEST_DATABASE has a schema raw or mart, and the tests would drop it; expected a database of their own")
    try:
        if distribution.is_present(database):
            create_production(database, _OURS)
            distribute(database, _OURS, n_shards=4, production=True, say=lambda _: None)
        yield url
    finally:
        database.execute([f"drop schema {name} cascade" for name in _schemas(database) - schemas])
        database.close()


def _schemas(database: Postgres) -> set[str]:
    return set(database.run("select quote_ident(nspname) as name from pg_namespace where nspname not like 'pg\\_%'")["name"])


@pytest.fixture(scope="session")
def server_15(postgres_15: str) -> Iterator[Server]:
    """The databases of a PostgreSQL 15."""
    server = Server(postgres_15)
    yield server
    server.close()


@pytest.fixture(scope="session")
def server_18(postgres_18: str) -> Iterator[Server]:
    """The databases of the embedded PostgreSQL."""
    server = Server(postgres_18)
    yield server
    server.close()


class Given:
    """The database that was given, emptied for each test, in place of a server."""

    @contextmanager
    def empty(self) -> Iterator[str]:
        yield from _emptied(GIVEN)

    @contextmanager
    def prepared(self, prepare: Prepare) -> Iterator[str]:
        for url in _emptied(GIVEN):
            database = Postgres(url)
            prepare(database)
            database.close()
            yield url


def _server_of(request: pytest.FixtureRequest) -> "Server | Given":
    return Given() if request.param == GIVEN else request.getfixturevalue(f"server_{request.param}")


@pytest.fixture
def database_url_18(server_18: Server) -> Iterator[str]:
    """The URL of an empty database on the embedded PostgreSQL."""
    with server_18.empty() as url:
        yield url


@pytest.fixture
def database_18(database_url_18: str) -> Iterator[Postgres]:
    """An empty database on the embedded PostgreSQL."""
    with _reached(database_url_18) as database:
        yield database


@pytest.fixture(params=_SERVERS, ids=_SERVER_IDS)
def server(request: pytest.FixtureRequest) -> "Server | Given":
    """The databases of either PostgreSQL in turn, or the one that was given."""
    return _server_of(request)


@pytest.fixture
def database_url(server: Server) -> Iterator[str]:
    """The URL of an empty database, on either PostgreSQL in turn, or of the one that was given."""
    with server.empty() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Postgres]:
    """An empty database, on either PostgreSQL in turn."""
    with _reached(database_url) as database:
        yield database


@pytest.fixture
def prepared(server: Server) -> Iterator[Callable[[Prepare], Postgres]]:
    """Databases as a function leaves an empty one, which runs once: ``prepared(of_a_night)``; on either PostgreSQL in turn."""
    with ExitStack() as stack:
        yield lambda prepare: stack.enter_context(_reached(stack.enter_context(server.prepared(prepare))))


@pytest.fixture(scope="module", params=_SERVERS, ids=_SERVER_IDS)
def module_database(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """A database that the tests of one module share, on either PostgreSQL in turn: for tests that only read, or that undo."""
    with _server_of(request).empty() as url, _reached(url) as database:
        yield database


@contextmanager
def _reached(url: str) -> Iterator[Postgres]:
    database = Postgres(url)
    yield database
    database.close()
