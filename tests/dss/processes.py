"""The processes that DSS starts: forks of one interpreter per code environment, which has loaded the libraries of that already."""

import json
import select
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import IO

STANDIN = Path(__file__).parent / "standin"
LAUNCHER = Path(__file__).parent / "launcher.py"
_starting = Lock()
_launchers: dict[str, socket.socket] = {}  # until the tests are over: a launcher ends when nobody holds the other end


class Process:
    """A process as ``subprocess.Popen`` shows it, the leader of a group of its own."""

    def __init__(self, arguments: Sequence[str], answers: socket.socket) -> None:
        self.args = list(arguments)
        self.returncode: int | None = None
        self._answers = answers
        self.pid = self._answer()

    def poll(self) -> int | None:
        """The exit code, None while it runs."""
        try:
            return self.wait(timeout=0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """The exit code; subprocess.TimeoutExpired where the process still runs after ``timeout`` seconds."""
        if self.returncode is None:
            if not select.select([self._answers], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = self._answer()
            self._answers.close()
        return self.returncode

    def _answer(self) -> int:
        answer = self._answers.recv(32)
        assert answer, f"the launcher ended before {self.args}"
        return int(answer)


def start(
    arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdin: IO | int, stdout: IO | int, stderr: IO | int,
) -> Process:
    """As ``python <arguments>``, a script or a module after ``-m``, in an environment of ``Instance.environment``."""
    asked = json.dumps({"arguments": list(arguments), "folder": str(cwd), "environment": dict(env)}).encode()
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    streams = [stream if isinstance(stream, int) else stream.fileno() for stream in (stdin, stdout, stderr)]
    with its, _starting:
        socket.send_fds(_launcher(env), [asked], [*streams, its.fileno()])
    return Process(arguments, ours)


def _launcher(env: Mapping[str, str]) -> socket.socket:
    """The way to the launcher of a code environment, which is started where it was not. It knows no plugin."""
    code_environment = Path(env["STANDIN_CODE_ENV"]).read_text(encoding="utf-8")
    if code_environment not in _launchers:
        _launchers[code_environment], its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            subprocess.Popen([sys.executable, str(LAUNCHER), str(its.fileno())], env={**env, "PYTHONPATH": str(STANDIN)},
                             pass_fds=[its.fileno()], stdin=subprocess.DEVNULL, start_new_session=True)
    return _launchers[code_environment]
