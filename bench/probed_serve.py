"""``alma-qa0 serve`` with a window into its process: ``python bench/probed_serve.py serve --port ...``, then GET /probe.

The answer is JSON: resident memory, sessions, connections, and by how much the event loop was late since the last time somebody asked;
with ?collect=1 after a garbage collection. Documents are those of sessions, and of closed ones that something still holds. A clock on the
loop asks to be woken every few milliseconds. What it is late by is how long the loop was held up, by its own callbacks or because other
processes had the cores; the processor time of the loop's thread in between is the part of its own callbacks.
"""

import gc
import json
import sys
import time
from weakref import WeakSet

import numpy as np
import psutil
from bokeh.application.handlers import FunctionHandler
from bokeh.document import Document
from bokeh.server import server as bokeh_server
from tornado.web import RequestHandler

from alma_qa0.cli import main

EVERY_S = 0.005
LONG_MS = 50
_documents: WeakSet[Document] = WeakSet()  # gc.get_objects would hold tuples that other threads are still making, which then fail


class ProbedServer(bokeh_server.Server):
    """The server of the page, whose event loop and documents are watched."""

    def __init__(self, applications, **options) -> None:
        super().__init__(applications, **options)
        for application in applications.values():
            application.add(FunctionHandler(_documents.add))

    def start(self) -> None:
        super().start()
        clock = LoopClock(self.io_loop)
        self._tornado.add_handlers(".*", [("/probe", Probe, {"server": self, "clock": clock})])


class LoopClock:
    """By how many ms the loop was late, and how many it was busy itself, tick by tick, since the last ``take``."""

    def __init__(self, loop) -> None:
        self._loop, self._late_ms, self._busy_ms = loop, [], []
        self._wait()

    def take(self) -> dict[str, dict[str, float]]:
        taken = {"late": _summed(self._late_ms), "busy": _summed(self._busy_ms)}
        self._late_ms, self._busy_ms = [], []
        return taken

    def _wait(self) -> None:
        self._due, self._used = time.perf_counter() + EVERY_S, time.thread_time()
        self._loop.call_later(EVERY_S, self._tick)

    def _tick(self) -> None:
        self._late_ms.append(max(0.0, 1e3 * (time.perf_counter() - self._due)))
        self._busy_ms.append(1e3 * (time.thread_time() - self._used))
        self._wait()


def _summed(ms: list[float]) -> dict[str, float]:
    found = np.array(ms or [0.0])
    return {"p50_ms": float(np.median(found)), "p99_ms": float(np.percentile(found, 99)), "max_ms": float(found.max()),
            "n_long": int(np.count_nonzero(found > LONG_MS)), "n_ticks": len(found)}


class Probe(RequestHandler):
    """Answers with what the process costs now."""

    def initialize(self, server: ProbedServer, clock: LoopClock) -> None:
        self._server, self._clock = server, clock

    def get(self) -> None:
        loop = self._clock.take()  # before the collection, which holds the loop up itself
        if self.get_argument("collect", ""):
            gc.collect()
            self._clock.take()
        process = psutil.Process()
        cpu = process.cpu_times()
        self.write(json.dumps({
            "rss_mb": process.memory_info().rss / 1e6, "documents": len(_documents), "cpu_s": cpu.user + cpu.system, **loop,
            "sessions": len(self._server.get_sessions()), "connections": len(self._server._tornado._clients)}))


if __name__ == "__main__":
    bokeh_server.Server = ProbedServer
    sys.exit(main(sys.argv[1:]))
