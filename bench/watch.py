"""What a step costs: seconds, processor time and memory of this process and of the backends of a PostgreSQL beside it."""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Cost:
    """Memory is what a process has of its own: pages shared with others, as PostgreSQL's buffers are, do not count."""

    seconds: float
    process_cpu_s: float
    backends_cpu_s: float
    process_peak_mb: float
    backends_peak_mb: float

    @property
    def cpu_s(self) -> float:
        return self.process_cpu_s + self.backends_cpu_s

    @property
    def rounded(self) -> dict[str, float]:
        return {name: round(value, 2) for name, value in asdict(self).items()}


def cost_of(data: Path, function: Callable[..., Any], *arguments: object) -> tuple[Cost, Any]:
    """Call a function of a module in a process of its own, beside the server of the folder ``data``; what it gives back is small."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_measured, data, function, arguments).result()


def _measured(data: Path, function: Callable[..., Any], arguments: tuple[object, ...]) -> tuple[Cost, Any]:
    watch, this = _Watch(data), psutil.Process()
    before, started = _cpu_s(this), time.perf_counter()
    with watch:
        result = function(*arguments)
    seconds = time.perf_counter() - started
    cost = Cost(seconds, _cpu_s(this) - before, watch.cpu_s, watch.process_peak_mb, watch.backends_peak_mb)
    return cost, result


class _Watch:
    """Looks at the processes again and again while it is entered; what a backend does in its last tenth of a second is missed."""

    def __init__(self, data: Path) -> None:
        self._server = psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))
        self._this = psutil.Process(os.getpid())
        self._first: dict[int, float] = {}
        self._last: dict[int, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.process_peak_mb = self.backends_peak_mb = 0.0

    def __enter__(self) -> None:
        self._first = {child.pid: _cpu_s(child) for child in self._server.children()}
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._look()

    @property
    def cpu_s(self) -> float:
        return sum(last - self._first.get(pid, 0.0) for pid, last in self._last.items())

    def _run(self) -> None:
        while not self._over.wait(EVERY_S):
            self._look()

    def _look(self) -> None:
        backends_mb = 0.0
        for child in self._server.children():
            self._last[child.pid] = max(_cpu_s(child), self._last.get(child.pid, 0.0))
            backends_mb += _own_mb(child)
        self.backends_peak_mb = max(self.backends_peak_mb, backends_mb)
        self.process_peak_mb = max(self.process_peak_mb, _own_mb(self._this))


def _cpu_s(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
        return float(times.user + times.system)
    except psutil.NoSuchProcess:
        return 0.0


def _own_mb(process: psutil.Process) -> float:
    try:
        memory = process.memory_info()
        return float(memory.rss - memory.shared) / 1e6
    except psutil.NoSuchProcess:
        return 0.0
