"""Starting and stopping the server of some data. Whoever calls holds the start lock of the home."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil

from alma_qa0.errors import DatabaseRefused, DatabaseUnavailable
from alma_qa0.hosts.embedded import postmaster
from alma_qa0.hosts.embedded.accounts import Account, account_for, make_private, needs_an_entry
from alma_qa0.hosts.embedded.failures import sentence_of
from alma_qa0.hosts.embedded.programs import HERE, VERSION, Programs, held_signals, is_place_of, place_of_data, programs_for, shared_places

Say = Callable[[str], None]
_SOCKET_FOLDER = "socket"  # where the data folder will not do
_SOCKET_LIMIT = 107 if sys.platform == "linux" else 103  # bytes that the kernel allows for the path of a socket
_READY_S = 600.0  # the longest wait for a server that recovers
_TELL_S = 3.0  # a wait that is worth a word
_LISTENS_S = 10.0  # the longest wait for a server that runs to listen
_LEFT_BEHIND_S = 20.0  # the longest wait for what a killed server left running
_OPTIONS = {
    "listen_addresses": "",  # reached through its socket only, which its owner alone can open
    "port": str(postmaster.PORT),  # which is in the name of the socket
    "synchronous_commit": "off",  # what is lost in a crash is made again from the files of the observatory
    "shared_buffers": "256MB",
    "work_mem": "64MB",
    "max_wal_size": "4GB",
    "jit": "off",  # compiling takes longer than any query here
    "timezone": "UTC",
    "log_timezone": "UTC",
    **({"dynamic_shared_memory_type": "sysv"} if sys.platform == "linux" else {}),  # containers have little /dev/shm, or none
}


def url_of(folder: Path) -> str:
    """The URL of the server that listens in a folder; nothing of PGPORT and the like changes its meaning."""
    return f"postgresql://postgres@/postgres?host={quote(os.fsencode(folder), safe='')}&port={postmaster.PORT}"


def is_initialised(data: Path) -> bool:
    """Whether there are data, whole and of our version; DatabaseUnavailable if they are of another one."""
    found = version_of(data)
    if found in ("", str(VERSION)):
        return bool(found)
    to_do = ("take them over with alma-qa0 upgrade-server" if found.isdigit() and int(found) < VERSION
             else "install the alma-qa0 that made them, or set another ALMA_QA0_HOME")
    raise DatabaseUnavailable(f"{data} holds the data of PostgreSQL {found}; expected {VERSION}: {to_do}")


def version_of(data: Path) -> str:
    """The major version of PostgreSQL whose data these are, empty where there are none."""
    file = data / "PG_VERSION"
    return file.read_text().strip() if file.exists() else ""


def runs(data: Path) -> bool:
    """Whether the server of these data runs, be it only to recover."""
    folder = _folder_of_socket(data)
    return postmaster.answers(folder) or postmaster.process_of(data, folder) is not None


def ensure_running(data: Path, options: Mapping[str, str], *, say: Say) -> str:
    """The URL of a server that takes connections, started or, if it runs already, joined. Raises DatabaseUnavailable."""
    account = account_for(data)
    if data.exists():
        make_private(data, account)
    initialised = is_initialised(data)
    if _joins(data, say):
        return url_of(_folder_of_socket(data))
    if not initialised and (missing := needs_an_entry(account)):
        raise DatabaseUnavailable(missing)
    programs = programs_for(data, account, say=say)
    if not initialised:
        say(f"making a new database below {data}")
        initialise(data, programs)
    return start(data, programs, options, say=say)


def start(data: Path, programs: Programs, options: Mapping[str, str], *, say: Say) -> str:
    """The URL of a server of data that none runs for, once it takes connections. Raises DatabaseUnavailable."""
    folder = _new_folder_of_socket(data, programs.account)
    _start(data, folder, programs, options, say=say)
    return url_of(folder)


def end(data: Path) -> None:
    """Stop the server if it runs, and take away the folder of its socket where that is not the data's. Raises DatabaseUnavailable."""
    folder = _folder_of_socket(data)
    server = postmaster.process_of(data, folder)
    if server:
        postmaster.stop(server, gently=_hears(folder))
    elif postmaster.answers(folder):
        raise DatabaseUnavailable(f"the PostgreSQL of {data} runs in another container, and can be stopped only there")
    if folder != data:
        shutil.rmtree(folder, ignore_errors=True)
        if folder.parent.is_dir() and not any(folder.parent.iterdir()):
            folder.parent.rmdir()


def interrupt(data: Path) -> None:
    """End a server that another thread of this process is starting, and that nobody uses yet: without the lock, which that one holds."""
    if process := postmaster.process_of(data, _folder_of_socket(data)):
        postmaster.stop(process, gently=False)


def delete(data: Path) -> None:
    """Take the data away, if there are any. They are given another name first: what an interruption leaves is never taken for data."""
    gone = data.with_name(f"{data.name}.gone")
    shutil.rmtree(gone, ignore_errors=True)
    if data.exists():
        data.rename(gone)
    for folder in (gone, _unfinished(data)):
        if folder.exists():
            shutil.rmtree(folder)


def _joins(data: Path, say: Say) -> bool:
    """Whether a server runs that can be used. One that stops, or that nobody can reach, is stopped."""
    folder = _folder_of_socket(data)
    server = postmaster.process_of(data, folder)
    if server is None:
        return postmaster.answers(folder) and _is_ready_in_time(folder, lambda: postmaster.answers(folder), say)
    if _listens_in_time(folder, server) and _is_ready_in_time(folder, lambda: postmaster.is_alive(server) and not _is_stopping(data), say):
        return True
    say("ending an earlier PostgreSQL")
    postmaster.stop(server, gently=_is_stopping(data))
    return False


def _listens_in_time(folder: Path, server: psutil.Process) -> bool:
    postmaster.wait_until(lambda: postmaster.answers(folder) or not postmaster.is_alive(server), _LISTENS_S)
    return postmaster.answers(folder)


def _start(data: Path, folder: Path, programs: Programs, options: Mapping[str, str], *, say: Say) -> None:
    """Start it, and again while what a killed one left running is in its way."""
    patience = time.monotonic() + _LEFT_BEHIND_S
    while words := _words_of_failed_start(data, folder, programs, options, say):
        if "still in use" not in words or time.monotonic() > patience:
            raise DatabaseUnavailable(sentence_of(words, data=data, log=data / "server.log"))
        postmaster.end_left_behind(data)


def _words_of_failed_start(data: Path, folder: Path, programs: Programs, options: Mapping[str, str], say: Say) -> str:
    """What the server said before it ended, or nothing if it takes connections now."""
    settings = {**_OPTIONS, "unix_socket_directories": _as_option(folder, data), **options}
    arguments = [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
    postmaster.clear_traces(data, folder)
    with _log_of(data, programs.account) as log, held_signals() as release:
        begin = log.tell()
        process = programs.spawn("postgres", "-D", str(place_of_data(data)), *arguments, at=data, words=log)
        server = psutil.Process(process.pid)
        try:
            release()
            if _is_ready_in_time(folder, lambda: postmaster.is_alive(server), say):
                return ""
        except BaseException:
            postmaster.stop(server, gently=False)
            raise
        finally:
            process.returncode = 0  # it outlives us: nobody waits for it
        postmaster.reap(server)
        log.seek(begin)
        return log.read().decode(errors="replace") or "it said nothing"


def _is_ready_in_time(folder: Path, alive: Callable[[], bool], say: Say) -> bool:
    """Whether a server takes connections before it ends; DatabaseUnavailable if it does neither for ten minutes."""
    def settled() -> bool:
        return not alive() or _takes_connections(folder)

    if not postmaster.wait_until(settled, _TELL_S):
        say("waiting for PostgreSQL; after a crash it recovers, which may take minutes")
        if not postmaster.wait_until(settled, _READY_S):
            raise DatabaseUnavailable(f"the PostgreSQL at {folder} has been recovering for {_READY_S / 60:.0f} minutes:"
                                      " wait, and repeat the command")
    return alive()


def _takes_connections(folder: Path) -> bool:
    """Asked as any query is; a server with too many readers takes connections, too. DatabaseUnavailable if it never will."""
    from alma_qa0.hosts.postgres import Postgres

    if not postmaster.answers(folder):
        return False
    database = Postgres(url_of(folder))
    try:
        database.run("select 1")
    except DatabaseUnavailable as error:
        return "too many clients" in str(error) or "remaining connection slots" in str(error)
    except DatabaseRefused as error:
        raise DatabaseUnavailable(sentence_of(str(error), data=folder, log=None)) from None
    finally:
        database.close()
    return True


def _hears(folder: Path) -> bool:
    """Whether a server can be told to stop gently."""
    try:
        return _takes_connections(folder)
    except DatabaseUnavailable:
        return False


def _is_stopping(data: Path) -> bool:
    file = postmaster.read_pid_file(data)
    return file is not None and file.status == "stopping"


# --- new data -------------------------------------------------------------------------------------------------------------


def initialise(data: Path, programs: Programs) -> None:
    """Makes the data beside their place and moves them there when they are whole: what an interruption leaves cannot be started.

    Raises DatabaseUnavailable.
    """
    new = _unfinished(data)
    if new.exists():
        shutil.rmtree(new)
    make_private(new, programs.account)
    code, words = programs.run("initdb", "-D", str(place_of_data(new)), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C",
                               "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions", at=new)
    if code:
        shutil.rmtree(new, ignore_errors=True)
        raise DatabaseUnavailable(sentence_of(words, data=data, log=None))
    new.rename(data)


def _unfinished(data: Path) -> Path:
    return data.with_name(f"{data.name}.new")


@contextmanager
def _log_of(data: Path, account: Account | None) -> Iterator[IO[bytes]]:
    """The log of the server, at its end. A link in its place is not followed: root would write where the account points."""
    number = os.open(data / "server.log", os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(number, "r+b") as log:
        if account:
            os.fchown(number, account.uid, account.gid)
        log.seek(0, os.SEEK_END)
        yield log


# --- the folder of the socket ---------------------------------------------------------------------------------------------


def _folder_of_socket(data: Path) -> Path:
    """Where the server listens, or did: it says so itself, since another process may have another temporary folder.

    Only folders made for these data count: a home that was copied says where the server of the other one listens.
    """
    file = postmaster.read_pid_file(data)
    named = Path(file.socket_folder) if file and file.socket_folder else data
    return named if named.name == _SOCKET_FOLDER and is_place_of(named.parent, data) else data


def _new_folder_of_socket(data: Path, account: Account | None) -> Path:
    """The data folder, which nobody else can enter; another private one where its path is too long, or a list to libpq."""
    if _fits(data):
        return data
    for place in shared_places(data):
        folder = place / _SOCKET_FOLDER
        try:
            make_private(place, None)
            place.chmod(0o755)
            make_private(folder, account)
        except (OSError, DatabaseUnavailable):
            continue
        if _fits(folder):
            return folder
    raise DatabaseUnavailable(f"the path {data} is too long for a socket, and none of {', '.join(map(str, shared_places(data)))} can be"
                              " made in its place: set ALMA_QA0_HOME to a shorter path")


def _fits(folder: Path) -> bool:
    path = os.fsencode(folder / postmaster.SOCKET_NAME)
    return len(path) <= _SOCKET_LIMIT and b"," not in path


def _as_option(folder: Path, data: Path) -> str:
    return str(place_of_data(data)) if folder == data and place_of_data(data) == HERE else '"' + str(folder).replace('"', '""') + '"'
