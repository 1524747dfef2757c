"""The PostgreSQL of a home started again when it goes away, for as long as somebody needs it."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from time import monotonic

from alma_qa0.errors import QA0Error
from alma_qa0.hosts import embedded
from alma_qa0.hosts.embedded import server

_LOOK_S = 0.5
_SHORTEST_S, _LONGEST_S = 1.0, 60.0  # between two attempts; each is twice the one before
_STEADY_S = 60.0  # one that has run for so long is no sign of another failure


class Keeper:
    """Looks after a server that its process has started. ``say`` is told when it is started again, and why it cannot be."""

    def __init__(self, home: Path, *, say: Callable[[str], None]) -> None:
        self._home, self._say = home, say
        self._failure = ""
        self._closed = Event()
        self._thread = Thread(target=self._keep, name="alma-qa0-keeper", daemon=True)
        self._thread.start()

    def trouble(self) -> str:
        """Why the database does not answer, as a sentence for the page; empty while its server runs."""
        if embedded.runs(self._home):
            return ""
        failure = f" The last attempt failed: {self._failure}" if self._failure else ""
        return f"the embedded PostgreSQL has stopped and is being started again.{failure}".removesuffix(".")

    def close(self) -> None:
        """Look after it no more. A start that is under way, and may take the minutes of a recovery, is ended."""
        self._closed.set()
        self._thread.join(_LOOK_S)
        while self._thread.is_alive():
            server.interrupt(self._home.absolute() / "postgres")
            self._thread.join(_LOOK_S)

    def _keep(self) -> None:
        pause, started = _SHORTEST_S, monotonic()
        while not self._closed.wait(_LOOK_S):
            if embedded.runs(self._home):
                continue
            if monotonic() - started > _STEADY_S:
                pause = _SHORTEST_S
            self._say("PostgreSQL has stopped; starting it again")
            self._start_again()
            started = monotonic()
            if self._closed.wait(pause):
                return
            pause = min(2 * pause, _LONGEST_S)

    def _start_again(self) -> None:
        try:
            embedded.start(self._home, say=self._say)
            self._failure = ""
            self._say("PostgreSQL runs again")
        except QA0Error as error:
            if self._closed.is_set():
                return
            self._failure = str(error)
            self._say(f"PostgreSQL cannot be started: {error}")
