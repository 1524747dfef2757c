"""What the tests cost: the slowest ones and the total of each folder, printed after a run with ``--slowest N`` (a plugin of pytest)."""

import os
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

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
        now = max(self.before, _processor_seconds())  # what a browser leaves behind when it ends, nobody counts
        report.processor_seconds, self.before = now - self.before, now
        return report


_servers: dict[int, float] = {}  # what each took, to the last
_TICKS = os.sysconf("SC_CLK_TCK")


def count_postgres(data: Path) -> None:
    """From now on the PostgreSQL of a folder counts, whoever started it."""
    process = int((data / "postmaster.pid").read_text(encoding="ascii").split()[0])
    if process not in _descendants(os.getpid()):
        _servers[process] = 0.0


def _processor_seconds() -> float:
    """Of this process, of all that it started, and of what counts beside."""
    for server, before in _servers.items():
        _servers[server] = max(before, _seconds_of(server))
    return _seconds_of(os.getpid()) + sum(_servers.values())


def _seconds_of(process: int) -> float:
    """Of a process, of the children that it waited for, and of those that live, each with its own."""
    with suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        times = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[11:15]
        return sum(map(int, times)) / _TICKS + sum(map(_seconds_of, _children_of(process)))
    return 0.0


def _descendants(process: int) -> set[int]:
    children = _children_of(process)
    return {*children, *(each for child in children for each in _descendants(child))}


def _children_of(process: int) -> list[int]:
    """As the kernel lists them, by thread; psutil looks at all processes of the machine, which takes longer than most tests."""
    found = []
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):
            found += map(int, thread.read_text(encoding="ascii").split())
    return found


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slowest", type=int, default=0, metavar="N", help="print the N slowest tests, and the total of each folder")


def pytest_configure(config: pytest.Config) -> None:
    slowest = config.getoption("slowest")
    if slowest:
        config.pluginmanager.register(Processor())
        if not hasattr(config, "workerinput"):
            config.pluginmanager.register(Costs(slowest))
