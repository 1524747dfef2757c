"""The server process of some data: whether it runs, which it is, and how it ends.

A number in postmaster.pid proves nothing, since the kernel gives numbers again. Whoever answers at the socket in a folder that only its
owner enters is the server; one that does not listen yet is known by its name, its folder and its start.
"""

import os
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from alma_qa0.errors import DatabaseUnavailable

PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}"
FAST_S, IMMEDIATE_S = 20.0, 20.0  # the longest wait for either way to stop; PostgreSQL itself kills what hangs after 5 s of the latter
_POLL_S = 0.02
_SAME_START_S = 10.0  # a clock that was set since may move the start of a process by this much
_PID_LINES = 8
_LOCAL_PEERPID = 2  # macOS: sys/un.h


@dataclass(frozen=True, slots=True)
class PidFile:
    """What a server wrote into postmaster.pid (``miscinit.h`` of PostgreSQL): seconds of the epoch, and a word like ready."""

    pid: int
    started: float
    socket_folder: str
    status: str


def read_pid_file(data: Path) -> PidFile | None:
    """None where there is none, or one that is cut short."""
    try:
        lines = (data / "postmaster.pid").read_text(errors="replace").splitlines()
        lines += [""] * (_PID_LINES - len(lines))
        return PidFile(int(lines[0]), float(lines[2]), lines[4], lines[7].strip())
    except (OSError, ValueError, IndexError):
        return None


def answers(folder: Path) -> bool:
    """Whether somebody listens at the socket; also while it only says that the database is starting."""
    return _peer(folder) is not None


def process_of(data: Path, socket_folder: Path) -> psutil.Process | None:
    """The server of these data, if it runs; it may not listen yet, or no longer."""
    with suppress(psutil.Error, ValueError):
        if peer := _peer(socket_folder):
            return psutil.Process(peer)
        if (file := read_pid_file(data)) and _is_server(process := psutil.Process(file.pid), data, file.started):
            return process
    return None


def is_alive(process: psutil.Process) -> bool:
    """A process that ended, and whose parent has not asked how, is not alive."""
    try:
        return process.is_running() and process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.Error:
        return False


def stop(process: psutil.Process, *, gently: bool) -> None:
    """End a server, ``gently`` as long as that takes no longer than 20 s; else as after a crash, from which its next start recovers.

    One that is recovering is not to be stopped gently: PostgreSQL 18 would wait for itself for ever.

    Raises DatabaseUnavailable.
    """
    steps = [(signal.SIGINT, FAST_S), (signal.SIGQUIT, IMMEDIATE_S)]
    try:
        for number, patience in steps if gently else steps[1:]:
            process.send_signal(number)
            if wait_until(lambda: not is_alive(process), patience):
                reap(process)
                return
    except psutil.NoSuchProcess:
        return
    except psutil.AccessDenied:
        raise DatabaseUnavailable(f"PostgreSQL (process {process.pid}) runs as another user and cannot be stopped:"
                                  " stop it as that user or as root") from None
    raise DatabaseUnavailable(f"PostgreSQL (process {process.pid}) does not end: see whether its disk answers,"
                              f" then end it with kill -9 {process.pid} and repeat the command")


def clear_traces(data: Path, socket_folder: Path) -> None:
    """Take away what a server left that is gone: PostgreSQL trusts the number in it, whose ever it is now."""
    with suppress(psutil.Error, ValueError):
        if file := read_pid_file(data):
            reap(psutil.Process(file.pid))
    for path in (data / "postmaster.pid", socket_folder / SOCKET_NAME, socket_folder / f"{SOCKET_NAME}.lock"):
        path.unlink(missing_ok=True)


def end_left_behind(data: Path) -> None:
    """End what a server that was killed left running: it holds the data, and nobody waits for its answers."""
    for process in psutil.process_iter(["name"]):
        with suppress(psutil.Error):
            if process.info["name"] == "postgres" and _same_folder(process.cwd(), data) and not _is_server_child(process):
                process.send_signal(signal.SIGQUIT)


def reap(process: psutil.Process) -> None:
    """Take a child of ours that ended off the list of processes; nothing else is done to it, nor to any other."""
    with suppress(psutil.Error, psutil.TimeoutExpired):
        process.wait(0)


def wait_until(true: Callable[[], bool], patience: float) -> bool:
    """Whether it became true in so many seconds."""
    end = time.monotonic() + patience
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(_POLL_S)
    return True


def _is_server_child(process: psutil.Process) -> bool:
    parent = process.parent()
    return parent is not None and parent.name() == "postgres"


def _is_server(process: psutil.Process, data: Path, started: float) -> bool:
    if not is_alive(process) or process.name() != "postgres":
        return False
    with suppress(psutil.AccessDenied):  # of another user's process, where root is not quite root
        return _same_folder(process.cwd(), data)
    return bool(abs(process.create_time() - started) < _SAME_START_S)


def _same_folder(one: str, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _peer(folder: Path) -> int | None:
    """The number of the process that listens at the socket, 0 if it is not of our number space; None if nobody does."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(os.fsencode(folder / SOCKET_NAME))
        except BlockingIOError:  # its queue is full: it is there, and busy
            return 0
        except OSError:
            return None
        if sys.platform == "darwin":
            return connection.getsockopt(0, _LOCAL_PEERPID)
        pid, _, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
        return int(pid)
