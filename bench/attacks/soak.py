"""The part ``soak``: a day's work in ten minutes. Execution Blocks arrive and are judged, fifty readers come, read, decide and go, and
the database is restarted twice: once it is stopped, once killed.

Whatever was asked for has come within seconds, whatever was said to be kept is there, and readers who came later cost no more memory.
"""

import asyncio
import json
import os
import random
import re
import signal
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tornado.httpclient import HTTPClientError

from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.simulate.execution_block import write_execution_block
from alma_qa0.simulate.plan import plan_execution_block
from attacks import homes
from attacks.homes import Command
from attacks.kills import lost_of
from attacks.outcome import Outcome, Say
from bench_load import Aod, probe, served
from websocket_reader import Reader

SECONDS, READERS = 600, 50
MOST_LATE_S = 10.0
MOST_GROWTH_MB = 100  # from the first readers to the last
_ARRIVE_S = 15.0  # from one Execution Block to the next
_THINK_S = 8.0
_VISIT_S = 60.0  # of a reader, who then leaves and comes again
_HEALTH_S = 2.0
_OPEN_AGAIN_S = 1.0
_LEFT_S = 90.0  # after so long the server has let go of everybody
_EBS_BEFORE = 6
_FEWEST_SECONDS, _FEWEST_READERS = 15, 3
_TRACEBACK = re.compile(r"^Traceback.*\n(?: .*\n)*(.*)", re.MULTILINE)  # and the error at its end


@dataclass(slots=True)
class Day:
    """What there is to tell of a day: waits in ms by what was waited for, what was said to be kept, and what went wrong."""

    address: str
    home: Path
    uids: tuple[str, ...]
    begins: float
    ends: float
    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    kept: list[str] = field(default_factory=list)
    refused: int = 0
    arrived: list[str] = field(default_factory=list)
    restarts: int = 0
    faults: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)  # MB of the server, with all readers there

    def at(self, share: float) -> float:
        """The moment when so much of the day is over."""
        return self.begins + share * (self.ends - self.begins)

    async def timed(self, name: str, awaited: Awaitable[Any]) -> Any:
        """What it gives; its time is noted."""
        start = time.monotonic()
        given = await awaited
        self.waits[name].append(1e3 * (time.monotonic() - start))
        return given


def run(*, seed: int, share: float, deadline: float, workers: int, say: Say) -> Outcome:
    """A day of ``share`` of ten minutes, shorter where ``deadline`` (time.monotonic) comes before."""
    del workers  # the day has its own
    n_readers = max(round(min(share, 1) * READERS), _FEWEST_READERS)
    with tempfile.TemporaryDirectory(prefix="alma-qa0-attack-") as temporary:
        base, home = Path(temporary), Path(temporary) / "home"
        seconds = max(min(share * SECONDS, deadline - time.monotonic() - _LEFT_S), _FEWEST_SECONDS)
        n_arrive = int(seconds / _ARRIVE_S) + 1
        folders = [*_EBS_BEFORE * ("before",), *map(str, range(_EBS_BEFORE, _EBS_BEFORE + n_arrive))]
        uids = [_write(base / folder, seed, number) for number, folder in enumerate(folders)]
        if Command(home, "ingest", str(base / "before")).end().code != 0:
            raise RuntimeError("the Execution Blocks of before were not taken in")
        day, after = asyncio.run(_day(home, tuple(uids), seed, seconds, n_readers, say))
        day.faults += _kept_faults(home, day)
        day.faults += [f"the server said: {error}" for error in _TRACEBACK.findall((home / "load.log").read_text())]
    return _outcome(day, after, n_readers)


def _outcome(day: Day, after: dict[str, Any], n_readers: int) -> Outcome:
    late = [(name, ms) for name, every in day.waits.items() for ms in every if ms > 1e3 * MOST_LATE_S]
    growth = after["rss_mb"] - day.memory[0]
    faults = [*day.faults, *(f"{name}: {ms / 1e3:.1f} s" for name, ms in late)]
    if growth > MOST_GROWTH_MB:
        faults.append(f"the server grew by {growth:.0f} MB from the first readers to the end")
    if after["sessions"] or after["documents"]:
        faults.append(f"{after['sessions']} sessions and {after['documents']} documents are left")
    figures = {
        "attacks": len(day.arrived), "asked": len(day.arrived), "seconds": round(day.ends - day.begins), "readers": n_readers,
        "actions": sum(map(len, day.waits.values())), "late": len(late),
        "longest_s": round(max(ms for every in day.waits.values() for ms in every) / 1e3, 1), "restarts": day.restarts,
        "decided": len(day.kept), "not_kept": day.refused, "lost": sum(fault.startswith("decision") for fault in day.faults),
        "memory_at_first_mb": round(day.memory[0]), "memory_at_end_mb": round(after["rss_mb"]), "documents_left": after["documents"]}
    return Outcome(figures, tuple(faults))


def _write(folder: Path, seed: int, number: int) -> str:
    plan = replace(plan_execution_block(seed, number, bands=(3, 6), antennas=10, calibrations=8, channels=64), faults=())
    write_execution_block(folder, plan, encoding="binary", with_truth=False)
    return plan.uid


def _kept_faults(home: Path, day: Day) -> list[str]:
    """What was said to be kept, or has arrived, and is not there."""
    database = Postgres(embedded.start(home))
    try:
        comments = database.run("select comment from mart.decision")["comment"].tolist()
        judged = database.run("select uid from mart.evaluation")["uid"].tolist()
    finally:
        database.close()
        embedded.stop(home)
    return [*(f"decision {each} was said to be kept, and is not there" for each in lost_of(day.kept, comments)),
            *(f"{uid} arrived, and is not judged" for uid in lost_of(day.arrived, judged))]


async def _day(home: Path, uids: tuple[str, ...], seed: int, seconds: float, n_readers: int, say: Say) -> tuple[Day, dict[str, Any]]:
    """The day, and what the server costs when all have left."""
    with served(home) as address:
        begins = time.monotonic()
        day = Day(address, home, uids[:_EBS_BEFORE], begins, begins + seconds)
        rng = random.Random(f"{seed} soak")
        work = [_read(day, random.Random(f"{seed} {number}"), number, n_readers) for number in range(n_readers)]
        await asyncio.gather(*work, _arrive(day, uids[_EBS_BEFORE:]), _restart(day, rng, say), _watch(day, say))
        return day, await _when_all_left(day)


async def _when_all_left(day: Day) -> dict[str, Any]:
    end = time.monotonic() + _LEFT_S
    while True:
        after = await asyncio.to_thread(probe, day.address, collect=True)
        if (not after["sessions"] and not after["documents"]) or time.monotonic() > end:
            return after
        await asyncio.sleep(_HEALTH_S)


# --- who is at work ------------------------------------------------------------------------------------------------------------


async def _read(day: Day, rng: random.Random, number: int, n_readers: int) -> None:
    """One who comes, looks around and decides, and goes, again and again until the end of the day."""
    await asyncio.sleep(number / n_readers * (day.at(0.1) - day.begins))
    visit = 0
    while time.monotonic() < day.ends - 1:
        reader = Reader(day.address)
        aod = Aod(reader, day.uids, day.waits, rng, _THINK_S)
        try:
            await aod.work(0, min(time.monotonic() + rng.uniform(0.5, 1.5) * _VISIT_S, day.ends))
            await _decide(day, reader, f"reader {number}, visit {visit}.")
        except (OSError, KeyError, HTTPClientError, TimeoutError, asyncio.TimeoutError) as error:
            day.faults.append(f"reader {number}: {type(error).__name__}: {error}")
        finally:
            await reader.close()
        day.faults += [f"reader {number}: {failure}" for failure in aod.failures]
        visit += 1


async def _decide(day: Day, reader: Reader, comment: str) -> None:
    """A decision about what is on the screen, by the form of the page; one that is refused with a word is not kept."""
    screen = reader["Screen"]["attributes"]
    form = {"kind": "decision", "uid": screen["uid"], "versions": json.loads(screen["versions"]), "status": "Pass", "reasons": [],
            "comment": comment, "decided_by": "Ana", "execution_fraction": ""}

    def is_kept() -> bool:
        return comment in reader["decision_history"]["attributes"].get("text", "")

    async def press() -> None:
        await reader.change((reader["Press"], "text", json.dumps(form)))
        await reader.until(lambda: is_kept() or "Not kept" in reader["message"]["attributes"].get("text", ""))

    await day.timed("decide", press())
    if is_kept():
        day.kept.append(comment)
    else:
        day.refused += 1


async def _arrive(day: Day, uids: tuple[str, ...]) -> None:
    """An Execution Block after the other is taken in and judged by a command of its own, again where the database was away."""
    for number, uid in enumerate(uids):
        await asyncio.sleep(max(day.at(0) + number * _ARRIVE_S - time.monotonic(), 0))
        if time.monotonic() > day.ends:
            return
        ended = await day.timed("ingest", asyncio.to_thread(_take_in, day.home, day.home.parent / f"{_EBS_BEFORE + number}"))
        if ended.code == 0:
            day.arrived.append(uid)
        else:
            day.faults.append(f"{uid}: not taken in: {ended.words[-300:]}")


def _take_in(home: Path, path: Path) -> homes.Ended:
    ended = Command(home, "ingest", str(path)).end()
    return Command(home, "ingest", str(path)).end() if ended.code == 3 else ended


async def _restart(day: Day, rng: random.Random, say: Say) -> None:
    """The database stopped in the first half of the day, and killed in the second; serve starts it again."""
    for share, number in ((rng.uniform(0.3, 0.4), signal.SIGINT), (rng.uniform(0.6, 0.7), signal.SIGKILL)):
        await asyncio.sleep(max(day.at(share) - time.monotonic(), 0))
        if server := homes.server_of(day.home):
            say(f"soak: PostgreSQL gets {number.name}")
            server.send_signal(number)
            day.restarts += 1


async def _watch(day: Day, say: Say) -> None:
    """Somebody who watches over the service: it answers, whatever it says. Its memory is noted when all readers are there, and later."""
    noted = iter((0.25, 0.5, 0.75, 0.9))
    due = day.at(next(noted))
    while time.monotonic() < day.ends or not day.memory:
        await asyncio.sleep(_HEALTH_S)
        try:
            await day.timed("health", asyncio.to_thread(_health, day.address))
        except OSError as error:
            day.faults.append(f"health: {type(error).__name__}: {error}")
        if time.monotonic() > due:
            day.memory.append((await asyncio.to_thread(probe, day.address, collect=True))["rss_mb"])
            say(f"soak: {day.memory[-1]:.0f} MB, {len(day.arrived)} arrived, {len(day.kept)} decided, load {os.getloadavg()[0]:.1f}")
            due = day.at(next(noted, 1))


def _health(address: str) -> None:
    try:
        urllib.request.urlopen(f"{address}health", timeout=60).close()
    except urllib.error.HTTPError as error:
        error.close()  # 503: the database is away
