"""The part ``kills``: kill -9 at any moment of every command that writes - the command, its PostgreSQL, or a backend of that.

Afterwards the same command is run again, and once more; what is then in the home is what an untouched run leaves. Beside that: decisions
that were said to be kept, through crashes, and four commands at once.
"""

import itertools
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import psutil

from alma_qa0 import __version__
from alma_qa0.core.decisions import new_decision
from alma_qa0.core.fields import PRODUCTION
from alma_qa0.hosts import embedded
from alma_qa0.hosts.embedded import postmaster
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.simulate.execution_block import write_execution_block
from alma_qa0.simulate.places import parse_faults
from alma_qa0.simulate.plan import plan_execution_block
from alma_qa0.store.decisions import decide
from alma_qa0.store.tables import Tables, create_production
from attacks import homes
from attacks.homes import Command, Ended, Found
from attacks.outcome import Outcome, Say
from filled_home import PRODUCTION_OF_RAW

KILLS, CRASHES, AT_ONCE = 300, 30, 30
PROCESS, POSTMASTER, BACKEND = "the command", "the postmaster", "a backend"
_EBS, _EARLIER_EBS = 4, 2
_MORE_KILLS = 0.25  # how often what is run again is killed, too
_DECIDERS = 2
_MOST_PAUSE_S = 0.3  # before a crash
_TABLES = Tables.in_schemas()
_ENDS = {PROCESS: (-9,), POSTMASTER: (0, 1, 3), BACKEND: (0, 1, 3)}  # exit codes of a command of which that was killed


@dataclass(frozen=True, slots=True)
class Attacked:
    """A command, the state of the home that it finds, and what can be killed. {asdms}, {home} and {uid} stand for what they say."""

    state: str
    arguments: tuple[str, ...]
    targets: tuple[str, ...] = (PROCESS, POSTMASTER, BACKEND)


COMMANDS: Mapping[str, Attacked] = {
    "ingest into nothing": Attacked("empty", ("ingest", "{asdms}")),
    "ingest": Attacked("earlier", ("ingest", "{asdms}")),
    "refresh": Attacked("ingested", ("refresh",)),
    "refresh of the old table": Attacked("production", ("refresh", "--source", "production")),
    "judge": Attacked("full", ("judge", "--full", "--limit", "trec_level.high=1.2")),
    "partition": Attacked("full", ("partition",)),
    "grant": Attacked("full", ("grant",)),
    "serve": Attacked("earlier", ("serve", "--ingest", "{asdms}", "--port", "{port}")),
    "clean-data": Attacked("full", ("clean-data", "--with-decisions"), (PROCESS, POSTMASTER)),
    "export": Attacked("full", ("export", "{uid}", "--what", "trec", "--output", "{home}/trec.csv")),
    "simulate": Attacked("empty", ("simulate", "{home}/simulated", "--ebs", "4", "--antennas", "4"), (PROCESS,)),
}
# What may run beside each other on a home of a state, and with which exit codes it may end.
BESIDE: Mapping[str, Mapping[tuple[str, ...], tuple[int, ...]]] = {
    "earlier": {("ingest", "{asdms}"): (0,), ("refresh", "--full"): (0,), ("judge", "--full"): (0,), ("partition",): (0,), ("grant",): (0,),
                ("clean-data",): (2,)},
    "empty": {("ingest", "{asdms}"): (0,), ("refresh",): (0,), ("partition",): (0,), ("grant",): (0,), ("clean-data",): (0, 2)},
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of some attacks."""

    kills: int = 0
    wrong: int = 0  # homes whose rows, tables or files are not those of an untouched run
    repairs: int = 0  # commands that, run again, did not do it
    unforeseen: int = 0  # ends without a word, or with a traceback
    hangs: int = 0
    left: int = 0  # homes in which processes are left
    seconds: float = 0  # of a command run again, the longest
    decided: int = 0
    crashes: int = 0
    lost: int = 0
    at_once: int = 0
    failed: int = 0
    faults: tuple[str, ...] = ()

    def __add__(self, other: "Seen") -> "Seen":
        sums = {name: getattr(self, name) + getattr(other, name) for name in self.__slots__ if name != "seconds"}
        return Seen(**sums, seconds=max(self.seconds, other.seconds))


def run(*, seed: int, share: float, deadline: float, workers: int, say: Say) -> Outcome:
    """``share`` of all the attacks, or as many as are done before ``deadline`` (time.monotonic)."""
    n_crashes, n_at_once, n_kills = (max(round(share * number), 1) for number in (CRASHES, AT_ONCE, KILLS))
    with tempfile.TemporaryDirectory(prefix="alma-qa0-attack-") as temporary:
        states = States(Path(temporary), seed)
        attacks = itertools.chain(
            [partial(crashes, states, seed, n_crashes)], (partial(at_once, states, seed, number) for number in range(n_at_once)),
            (partial(killed, states, seed, number) for number in itertools.count()))
        seen = _each(attacks, n_kills, workers, deadline, say)
    figures = {"attacks": seen.kills, "asked": n_kills, "commands": len(COMMANDS), "wrong": seen.wrong, "repairs": seen.repairs,
               "unforeseen": seen.unforeseen, "hangs": seen.hangs, "processes_left": seen.left, "longest_s": round(seen.seconds, 1),
               "crashes": seen.crashes, "decided": seen.decided, "lost": seen.lost, "at_once": seen.at_once, "failed": seen.failed}
    return Outcome(figures, seen.faults)


def _each(attacks: Iterator[Callable[[], Seen]], n_kills: int, workers: int, deadline: float, say: Say) -> Seen:
    """All attacks, so many at a time, until there are enough kills or the deadline has come."""
    seen, running = Seen(), set[Future[Seen]]()
    with ThreadPoolExecutor(workers) as pool:
        while True:
            goes_on = seen.kills < n_kills and time.monotonic() < deadline
            running |= {pool.submit(attack) for attack in itertools.islice(attacks, workers - len(running) if goes_on else 0)}
            if not running:
                return seen
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                seen += future.result()
                say(f"kills: {seen.kills} of {n_kills}; {seen.at_once} times four at once, {seen.crashes} crashes")


# --- states of a home ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Truth:
    """What an untouched run of a command leaves, and how many seconds it takes."""

    found: Found
    seconds: float


@dataclass(slots=True)
class States:
    """Homes in the states that commands find, and what each command leaves; made when they are asked for, below ``base``."""

    base: Path
    seed: int
    uids: tuple[str, ...] = ()
    _made: dict[str, Path] = field(default_factory=dict)
    _truths: dict[str, Truth] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        plans = [replace(plan_execution_block(self.seed, number, bands=(6,), antennas=4, calibrations=2, channels=32), faults=())
                 for number in range(_EBS)]
        self.uids = tuple(plan.uid for plan in plans)
        for plan in plans:
            write_execution_block(self.base / "asdms", plan, encoding="binary", with_truth=False)
        for plan in plans[:_EARLIER_EBS]:
            earlier = replace(plan, faults=parse_faults("high:2"))
            write_execution_block(self.base / "earlier asdms", earlier, encoding="binary", with_truth=False)

    def copy(self, state: str) -> Path:
        """A home of its own in a state."""
        with self._lock:
            if state not in self._made:
                self._made[state] = getattr(self, f"_{state}")(self.base / state)
            target = self.base / f"{next(self._numbers)}"
        return homes.copy(self._made[state], target)

    def truth(self, name: str) -> Truth:
        """What an untouched run of a command leaves."""
        with self._lock:
            if name not in self._truths:
                self._truths[name] = self._run(name)
            return self._truths[name]

    def start(self, home: Path, arguments: Sequence[str]) -> Command:
        """A command on a home."""
        filled = [each.format(asdms=self.base / "asdms", home=home, uid=self.uids[0], port=_free_port()) for each in arguments]
        return Command(home, *filled)

    def _run(self, name: str) -> Truth:
        home = self.copy(COMMANDS[name].state)
        ended = self.start(home, COMMANDS[name].arguments).end()
        _check(ended, name)
        truth = Truth(homes.contents(home), ended.seconds)
        homes.remove(home)
        return truth

    def _command(self, home: Path, *arguments: str) -> Path:
        _check(self.start(home, arguments).end(), " ".join(arguments))
        return home

    def _empty(self, home: Path) -> Path:
        home.mkdir()
        return home

    def _earlier(self, home: Path) -> Path:
        """Some of the Execution Blocks, each in an earlier version, with decisions."""
        self._command(home, "ingest", str(self.base / "earlier asdms"))
        with (home / "postgres" / "postgresql.conf").open("a") as settings:
            settings.writelines(f"{name} = {value}\n" for name, value in homes.FORGETFUL.items())
        database = Postgres(embedded.start(home))
        for uid in self.uids[:_EARLIER_EBS]:
            decide(database, _TABLES, new_decision(uid, decided_by="Ana", status="Pass", program_version=__version__))
        database.close()
        embedded.stop(home)
        return home

    def _ingested(self, home: Path) -> Path:
        return self._command(self._renamed("earlier", home), "ingest", "--no-refresh", "{asdms}")

    def _full(self, home: Path) -> Path:
        return self._command(self._renamed("earlier", home), "ingest", "{asdms}")

    def _production(self, home: Path) -> Path:
        """All of them in the old production table, and nowhere else."""
        self._renamed("full", home)
        database = Postgres(embedded.start(home))
        create_production(database, _TABLES)
        database.execute([PRODUCTION_OF_RAW.format(columns=", ".join(PRODUCTION.columns)), "truncate raw.asdm, raw.cal_atmosphere",
                          "drop schema mart cascade"])
        database.close()
        embedded.stop(home)
        return home

    def _renamed(self, state: str, home: Path) -> Path:
        return self.copy(state).rename(home)


def _check(ended: Ended, what: str) -> None:
    if ended.code != 0:
        raise RuntimeError(f"{what}, untouched, ended with {ended.code}: {ended.words}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return int(free.getsockname()[1])


# --- kills ---------------------------------------------------------------------------------------------------------------------


def killed(states: States, seed: int, number: int) -> Seen:
    """A command killed at some moment, perhaps again when it is run again, and then run until its end."""
    name, target = _attacks(seed, number)
    rng, truth = random.Random(f"{seed} {number}"), states.truth(name)
    home, seen = states.copy(COMMANDS[name].state), Seen()
    what = f"{number}, {name}, {target} killed"
    for _ in range(1 + (rng.random() < _MORE_KILLS)):
        seen += _killed_once(states, home, COMMANDS[name], target, rng.uniform(0, truth.seconds), what)
    seen += _run_again(states, home, COMMANDS[name], truth, what)
    homes.remove(home)
    return seen


def _attacks(seed: int, number: int) -> tuple[str, str]:
    """The commands and what of them is killed, all in turn, in an order of the seed."""
    pairs = [(name, target) for name, command in COMMANDS.items() for target in command.targets]
    random.Random(seed).shuffle(pairs)
    return pairs[number % len(pairs)]


def _killed_once(states: States, home: Path, command: Attacked, target: str, moment: float, what: str) -> Seen:
    """Kill it so many seconds after its start; no kill where it has ended by then, or what is to be killed is not there."""
    running = states.start(home, command.arguments)
    hit = running.runs_for(moment) and _kill(home, running, target)
    ended = running.end()
    seen = Seen(kills=int(hit))
    if ended.code is None:
        return seen + Seen(hangs=1, faults=(f"{what}: hangs: {ended.words[-300:]}",))
    if "Traceback" in ended.words or ended.code not in (*_ENDS[target], 0):
        return seen + Seen(unforeseen=1, faults=(f"{what}: ended with {ended.code}: {ended.words[-600:]}",))
    return seen


def _kill(home: Path, running: Command, target: str) -> bool:
    """Whether what was to be killed was there."""
    if target == PROCESS:
        running.process.kill()
        return True
    server = homes.server_of(home)
    found = homes.backends_of(home) if target == BACKEND else [server] if server else []
    with suppress(psutil.NoSuchProcess):
        if found:
            found[-1].kill()
            return True
    return False


def _run_again(states: States, home: Path, command: Attacked, truth: Truth, what: str) -> Seen:
    """The command once more, untouched, and what it leaves."""
    ended = states.start(home, command.arguments).end()
    seen = Seen(seconds=ended.seconds)
    if ended.code != 0:
        return seen + Seen(repairs=1, faults=(f"{what}: run again it ended with {ended.code}: {ended.words[-600:]}",))
    different = homes.differences(truth.found, homes.contents(home))
    if different:
        seen += Seen(wrong=1, faults=(f"{what}: not as an untouched run leaves it: {', '.join(different)}",))
    left = homes.left_in(home)
    return seen if not left else seen + Seen(left=1, faults=(f"{what}: left running: {', '.join(map(str, left))}",))


# --- decisions through crashes -------------------------------------------------------------------------------------------------


class Decider:
    """A process that decides; ``said`` are the ids of the decisions that it was told are kept."""

    def __init__(self, url: str, uid: str, name: str) -> None:
        self.said: list[str] = []
        self.process = subprocess.Popen([sys.executable, Path(__file__).with_name("decider.py"), url, uid, name], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()

    def has_decided(self, n_before: int) -> bool:
        """Whether it said more than so many."""
        return len(self.said) > n_before

    def kill(self) -> list[str]:
        """End it; all that it has said."""
        self.process.kill()
        self.process.wait()
        self._listening.join()
        return self.said

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            if line.endswith("\n"):
                self.said.append(line.strip())


def crashes(states: States, seed: int, n_crashes: int) -> Seen:
    """Decisions of some who decide all the time, while the postmaster, a backend or who decides is killed again and again."""
    rng, home = random.Random(f"{seed} crashes"), states.copy("earlier")
    url = embedded.start(home)
    deciders = [Decider(url, states.uids[number], f"{number}") for number in range(_DECIDERS)]
    said: list[str] = []
    faults: list[str] = []
    for crash in range(n_crashes):
        if not _all_decide(deciders):
            faults.append(f"crash {crash}: nobody could decide afterwards")
            break
        time.sleep(rng.uniform(0, _MOST_PAUSE_S))
        target = (POSTMASTER, BACKEND, PROCESS)[crash % 3]
        if target == PROCESS:
            said += deciders[0].kill()
            deciders[0] = Decider(url, states.uids[0], f"{crash}")
        else:
            _crash(home, target, rng)
            embedded.start(home)
    said += [each for decider in deciders for each in decider.kill()]
    database = Postgres(embedded.start(home))
    lost = lost_of(said, database.run("select decision_id from mart.decision")["decision_id"].tolist())
    database.close()
    embedded.stop(home)
    homes.remove(home)
    faults += [f"decision {each} was said to be kept, and is not there" for each in lost]
    return Seen(crashes=n_crashes, decided=len(said), lost=len(lost), faults=tuple(faults))


def lost_of(said: Sequence[str], kept: Sequence[str]) -> list[str]:
    """The decisions that were said to be kept and are not."""
    return sorted(set(said) - set(kept))


def _all_decide(deciders: Sequence[Decider]) -> bool:
    before = [len(decider.said) for decider in deciders]
    return postmaster.wait_until(lambda: all(map(Decider.has_decided, deciders, before)), homes.MOST_SECONDS)


def _crash(home: Path, target: str, rng: random.Random) -> None:
    server = homes.server_of(home)
    if server is None:
        return
    backends = homes.backends_of(home)
    process = rng.choice(backends) if target == BACKEND and backends else server
    process.kill()
    postmaster.wait_until(lambda: not postmaster.is_alive(process), homes.MOST_SECONDS)


# --- four at once --------------------------------------------------------------------------------------------------------------


def at_once(states: States, seed: int, number: int) -> Seen:
    """Four commands at once on a home, and then an ingest: what it leaves is what it would have left alone, but for limits and months."""
    rng, state = random.Random(f"{seed} at once {number}"), list(BESIDE)[number % len(BESIDE)]
    home, ingest = states.copy(state), ("ingest", "{asdms}")
    chosen = [ingest, *rng.choices(list(BESIDE[state]), k=3)]
    rng.shuffle(chosen)
    what = f"at once {number}: {', '.join(arguments[0] for arguments in chosen)}"
    running = [(arguments, states.start(home, arguments)) for arguments in chosen]
    faults = [f"{what}: {arguments[0]} ended with {ended.code}: {ended.words[-600:]}" for arguments, command in running
              if (ended := command.end()).code not in BESIDE[state][arguments]]
    again = states.start(home, ingest).end()
    if again.code != 0:
        faults.append(f"{what}: an ingest afterwards ended with {again.code}: {again.words[-600:]}")
    else:
        truth = states.truth("ingest" if state == "earlier" else "ingest into nothing").found
        different = [name for name in homes.differences(truth, homes.contents(home)) if name != "shape"]
        faults += [f"{what}: not as an ingest leaves it: {', '.join(different)}"] if different else []
    homes.remove(home)
    return Seen(at_once=1, failed=int(bool(faults)), faults=tuple(faults))
