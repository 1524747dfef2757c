"""Many astronomers at once on one backend: how long each waits, what each costs, and whether all of it is given back.

The page is served by ``alma-qa0 serve`` in a process of its own (probed_serve.py). The readers are websockets that speak as BokehJS does
(websocket_reader.py), each with its own pauses for thought: they open Execution Blocks, take scans out and in, zoom, lasso points and
change quantities. A latency runs from the moment that the action is sent to the columns that answer it, or, for a zoom, to the server's
word that it is done; a browser's drawing is not in it (bench_page.py has that). Generator and backend share the machine's cores.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from filled_home import fill
from websocket_reader import TIMEOUT_S, Reader

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "load.json"
AIM_P95_MS = 500
THINK_S = 4.0
SETTLED_S = 36  # after so long the server has let go of the sessions of closed pages
SHARES = {1: 0.2, 10: 0.3, 50: 0.5}  # of the minutes
ARRIVE_EVERY_S = 1.2
ACTIONS = {"open": 2, "select": 3, "zoom": 4, "lasso": 4, "show all": 1, "spectra": 2, "summary": 1}  # how often, in parts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, default=Path(tempfile.gettempdir()) / "alma-qa0-bench",
                        help="where the filled database is kept for the next run (default: %(default)s)")
    parser.add_argument("--ebs", type=int, default=800)
    parser.add_argument("--simulated", type=int, default=24, help="so many of them are simulated, the others are their copies")
    parser.add_argument("--production", type=int, default=400, help="so many of them also stand in the old production table")
    parser.add_argument("--minutes", type=float, default=10.0, help="of readers at work, all numbers of them together")
    parser.add_argument("--readers", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--think", type=float, default=THINK_S, help="mean pause between two actions of a reader, s")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-write", action="store_true", help="print only")
    options = parser.parse_args()
    filled = fill(options.home, ebs=options.ebs, simulated=options.simulated, production=options.production)
    print(filled.sentence)
    shares = {n: SHARES.get(n, 1 / len(options.readers)) for n in options.readers}
    found = {}
    for number, share in shares.items():
        seconds = 60 * options.minutes * share / sum(shares.values())
        found[str(number)] = asyncio.run(stage(options, filled.uids, number, seconds))
        print_stage(number, found[str(number)])
    about = {"execution_blocks": len(filled.uids), "minutes": options.minutes, "think_s": options.think, "cores": os.cpu_count(),
             "load_average": os.getloadavg(), "aim_p95_ms": AIM_P95_MS}
    if not options.no_write:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps({"about": about, "readers": found}, indent=2) + "\n")


# --- one number of readers ------------------------------------------------------------------------------------------------------


async def stage(options: argparse.Namespace, uids: tuple[str, ...], number: int, seconds: float) -> dict[str, Any]:
    """So many readers for so long on a backend of their own: latencies by action, and what the backend cost before, during and after."""
    with served(options.home) as address:
        warm = Reader(address)
        await warm.open(uid=uids[0])
        await warm.close()
        await asyncio.sleep(SETTLED_S)
        before = await asyncio.to_thread(probe, address, collect=True)
        latencies: dict[str, list[float]] = defaultdict(list)
        ends, started_cpu_s = time.monotonic() + seconds, time.process_time()
        arrivals = min(ARRIVE_EVERY_S * number, seconds / 3)
        aods = [Aod(Reader(address), uids, latencies, random.Random(f"{options.seed} {number} {each}"), options.think)
                for each in range(number)]
        work = [asyncio.create_task(aod.work(arrivals * each / number, ends)) for each, aod in enumerate(aods)]
        await asyncio.sleep(arrivals + 1)
        opening, arriving = await asyncio.to_thread(probe, address), dict(latencies)
        latencies.clear()  # in place: the readers write into it
        done = await asyncio.gather(*work, return_exceptions=True)
        during, generator_cpu_s = await asyncio.to_thread(probe, address), time.process_time() - started_cpu_s
        await asyncio.gather(*(aod.reader.close() for aod in aods))
        await asyncio.sleep(SETTLED_S)
        after = await asyncio.to_thread(probe, address, collect=True)
    failures = [repr(each) for each in done if isinstance(each, BaseException)] + [each for aod in aods for each in aod.failures]
    return {
        "seconds": seconds, "arrivals_s": arrivals, "page_open": summed(arriving.get("page open", []) + latencies["page open"]),
        "arriving": summed(of_actions(arriving)), "actions": {name: summed(latencies[name]) for name in ACTIONS if latencies[name]},
        "all": summed(of_actions(latencies)), "failures": failures,
        "mb_per_session": (during["rss_mb"] - before["rss_mb"]) / number, "received_mb": sum(aod.reader.megabytes for aod in aods),
        "backend_cpu_share": (during["cpu_s"] - before["cpu_s"]) / seconds, "generator_cpu_share": generator_cpu_s / seconds,
        "backend_cpu_ms_per_action": 1e3 * (during["cpu_s"] - opening["cpu_s"]) / max(1, len(of_actions(latencies))),
        "before": before, "opening": opening, "during": during, "after": after}


def of_actions(latencies: dict[str, list[float]]) -> list[float]:
    return [ms for name in ACTIONS for ms in latencies.get(name, ())]


class Aod:
    """One reader at work; ``failures`` are the actions that had no answer, after which the reader goes on."""

    def __init__(self, reader: Reader, uids: tuple[str, ...], latencies: dict[str, list[float]], chance: random.Random, think_s: float):
        self.reader = reader
        self._uids, self._latencies, self._chance, self._think_s = uids, latencies, chance, think_s
        self.failures: list[str] = []
        self._quantities = {"spectra_quantity": 0, "summary_quantity": 0}
        self._all_scans = True

    async def work(self, arrives_after: float, ends: float) -> None:
        """Arrive, then act and think until the end."""
        await asyncio.sleep(arrives_after)
        await self._timed("page open", self.reader.open(uid=self._chance.choice(self._uids)))
        names, weights = list(ACTIONS), list(ACTIONS.values())
        acts = {"open": self._open, "select": self._select, "zoom": self._zoom, "lasso": self._lasso, "show all": self._show_all,
                "spectra": self._spectra, "summary": self._summary}
        while True:
            await asyncio.sleep(self._chance.expovariate(1 / self._think_s))
            if time.monotonic() > ends:
                return
            name = self._chance.choices(names, weights)[0]
            try:
                await self._timed(name, acts[name]())
            except (TimeoutError, asyncio.TimeoutError):  # one and the same from Python 3.11 on
                self.failures.append(f"{name}: no answer within {TIMEOUT_S} s")

    async def _timed(self, name: str, action: Any) -> None:
        started = time.perf_counter()
        await asyncio.wait_for(action, TIMEOUT_S)
        self._latencies[name].append(1e3 * (time.perf_counter() - started))

    async def _answered(self, source: str, *changes: tuple[Any, str, Any]) -> None:
        answer = self.reader.next(source)
        await self.reader.change(*changes)
        await self.reader.answer(answer)

    async def _open(self) -> None:
        selected = self.reader.of("uid_list_rows", "selected")
        others = set(range(self.reader.rows["uid_list_rows"])) - set(selected["attributes"].get("indices", ()))
        self._all_scans = True
        await self._answered("spectra_table", (selected, "indices", [self._chance.choice(sorted(others))]))

    async def _select(self) -> None:
        self._all_scans = not self._all_scans
        scans = list(range(8)) if self._all_scans else sorted(self._chance.sample(range(8), 4))
        await self._answered("spectra_table", (self.reader["scans"], "active", scans))

    async def _lasso(self) -> None:
        n = self.reader.rows["summary_points"]
        first = self._chance.randrange(max(n - 200, 1))
        taken = list(range(first, min(first + self._chance.randrange(3, 200), n)))
        await self._answered("spectra_table", (self.reader.of("summary_points", "selected"), "indices", taken))

    async def _show_all(self) -> None:
        answer = self.reader.next("spectra_table")
        await self.reader.notify(self.reader["spectra_clear"], "button_click")
        await self.reader.answer(answer)

    async def _spectra(self) -> None:
        await self._answered("spectra_table", self._other("spectra_quantity", 2))

    async def _summary(self) -> None:
        await self._answered("summary_points", self._other("summary_quantity", 5))

    def _other(self, name: str, n: int) -> tuple[Any, str, int]:
        self._quantities[name] = (self._quantities[name] + self._chance.randrange(1, n)) % n
        return self.reader[name], "active", self._quantities[name]

    async def _zoom(self) -> None:
        """A turn of the wheel on one facet: five new ranges, of which the last is waited for like the others."""
        name = f"spectra_bb_{self._chance.randrange(1, 5)}"
        x, y = self.reader.of(name, "x_range"), self.reader.of(name, "y_range")
        low, high, bottom, top = 100.0, 102.0, 40.0, 140.0
        for _ in range(5):
            low, high, bottom, top = low + 0.05, high - 0.05, bottom + 2, top - 2
            await self.reader.change((x, "start", low), (x, "end", high), (y, "start", bottom), (y, "end", top))
        await self.reader.notify(self.reader[name], "rangesupdate", x0=low, x1=high, y0=bottom, y1=top)


# --- the backend ----------------------------------------------------------------------------------------------------------------


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of the page, served by a process of its own."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "ALMA_QA0_HOME": str(home)}
    environment.pop("ALMA_QA0_DATABASE", None)
    with open(home / "load.log", "w", encoding="utf-8") as log:
        server = subprocess.Popen([sys.executable, HERE / "probed_serve.py", "serve", "--port", str(port)], env=environment, stderr=log)
    address = f"http://localhost:{port}/"
    try:
        await_answer(address, server)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def await_answer(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            probe(address)
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the page is not served; load.log in the home says why")


def probe(address: str, *, collect: bool = False) -> dict[str, Any]:
    """What the backend costs now, and how late its event loop was since the last time."""
    with urllib.request.urlopen(f"{address}probe{'?collect=1' if collect else ''}", timeout=300) as answer:
        return json.load(answer)


# --- figures --------------------------------------------------------------------------------------------------------------------


def summed(latencies_ms: list[float]) -> dict[str, float]:
    p50, p95, p99 = np.percentile(latencies_ms, (50, 95, 99)) if latencies_ms else (np.nan,) * 3
    return {"n": len(latencies_ms), "p50_ms": p50, "p95_ms": p95, "p99_ms": p99, "max_ms": max(latencies_ms, default=np.nan)}


def print_stage(number: int, found: dict[str, Any]) -> None:
    print(f"\n{number} readers, {found['seconds']:.0f} s, {len(found['failures'])} failed {found['failures'][:2]}")
    lines = {"page open": found["page_open"], "while they arrive": found["arriving"], **found["actions"], "all have arrived": found["all"]}
    for name, one in lines.items():
        print(f"  {name:20} n {one['n']:5}  p50 {one['p50_ms']:6.0f}  p95 {one['p95_ms']:6.0f}  p99 {one['p99_ms']:6.0f}"
              f"  max {one['max_ms']:6.0f} ms")
    before, during, after = found["before"], found["during"], found["after"]
    print(f"  memory {before['rss_mb']:.0f} -> {during['rss_mb']:.0f} -> {after['rss_mb']:.0f} MB, {found['mb_per_session']:.1f} MB a"
          f" session; sessions {during['sessions']} -> {after['sessions']}, connections {during['connections']} -> {after['connections']}")
    for name in ("opening", "during"):
        late, busy = found[name]["late"], found[name]["busy"]
        print(f"  event loop, {name}: late p99 {late['p99_ms']:.0f}, max {late['max_ms']:.0f} ms, {late['n_long']} over 50 ms; busy"
              f" itself p99 {busy['p99_ms']:.0f}, max {busy['max_ms']:.0f} ms, {busy['n_long']} times over 50 ms")
    print(f"  backend: {100 * found['backend_cpu_share']:.0f} % of a core, {found['backend_cpu_ms_per_action']:.0f} ms an action; readers:"
          f" {100 * found['generator_cpu_share']:.0f} %; load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
