"""What the tests cost: the slowest ones and the total of each folder, printed after a run with ``--slowest N`` (a plugin of pytest)."""

import os
from collections import defaultdict
from pathlib import Path

import psutil
import pytest


class Costs:
    """Adds up what each test took: its fixtures, itself and what is cleared away after it."""

    def __init__(self, slowest: int) -> None:
        self.slowest = slowest
        self.wall: dict[str, float] = defaultdict(float)
        self.processor: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.wall[report.nodeid] += report.duration
        self.processor[report.nodeid] += getattr(report, "processor_seconds", 0.0)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        folders: dict[str, list[str]] = defaultdict(list)
        for test in self.wall:
            folders[os.path.dirname(test.split("::")[0])].append(test)
        terminalreporter.section(f"the {self.slowest} slowest tests: seconds, seconds of processor")
        for test in sorted(self.wall, key=self.wall.__getitem__, reverse=True)[:self.slowest]:
            terminalreporter.write_line(f"{self._row([test])} {test}")
        terminalreporter.section("folders: seconds, seconds of processor, tests")
        for folder in sorted(folders, key=lambda name: -sum(self.wall[test] for test in folders[name])):
            terminalreporter.write_line(f"{self._row(folders[folder])} {len(folders[folder]):6} {folder}")
        terminalreporter.write_line(f"{self._row(list(self.wall))} {len(self.wall):6} in all")

    def _row(self, tests: list[str]) -> str:
        return f"{sum(self.wall[test] for test in tests):8.1f} {sum(self.processor[test] for test in tests):8.1f}"


class Processor:
    """Notes in each report the processor time since the report before."""

    def __init__(self) -> None:
        self.before = _processor_seconds()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self):  # type: ignore[no-untyped-def]
        report = yield
        now = _processor_seconds()
        report.processor_seconds, self.before = now - self.before, now
        return report


_servers: dict[psutil.Process, float] = {}
_ours: set[psutil.Process] = set()  # children of this process: once they ended, it counts them itself


def count(process: int) -> None:
    """From now on a process counts with its children, though the tests do not wait for it."""
    server = psutil.Process(process)
    _servers[server] = 0.0
    if os.getpid() in {parent.pid for parent in server.parents()}:
        _ours.add(server)


def count_postgres(data: Path) -> None:
    """The PostgreSQL of a folder."""
    count(int((data / "postmaster.pid").read_text(encoding="ascii").split()[0]))


def _processor_seconds() -> float:
    """Of this process, of the children that it waited for, and of what counts beside."""
    for server in _servers:
        try:
            _servers[server] = sum(server.cpu_times()[:4]) + sum(map(_seconds_of, _children_of(server.pid)))
        except (psutil.NoSuchProcess, FileNotFoundError):  # what it took until it was stopped
            _servers[server] *= server not in _ours
    return sum(os.times()[:4]) + sum(_servers.values())


def _children_of(process: int) -> list[int]:
    """As the kernel lists them; psutil looks at all processes of the machine, which takes longer than most tests."""
    with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as children:
        return [int(child) for child in children.read().split()]


def _seconds_of(backend: int) -> float:
    try:
        return sum(psutil.Process(backend).cpu_times()[:2])
    except psutil.NoSuchProcess:
        return 0.0


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slowest", type=int, default=0, metavar="N", help="print the N slowest tests, and the total of each folder")


def pytest_configure(config: pytest.Config) -> None:
    slowest = config.getoption("slowest")
    if slowest:
        config.pluginmanager.register(Processor())
        if not hasattr(config, "workerinput"):
            config.pluginmanager.register(Costs(slowest))
