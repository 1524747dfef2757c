"""The part ``disk``: commands on an embedded PostgreSQL whose disk fills up, that of its data or that of its WAL, at many sizes.

Each disk is one in memory. A command may fail on it, in words. When the disk has been made larger the same command works by itself, and
the rows are those of a disk that was never full. It needs a system that lets disks be mounted.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from alma_qa0.core.fields import JUDGEMENT, MARTS, QUARANTINE, RAW, REFRESH, Kind
from alma_qa0.errors import QA0Error
from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.simulate.execution_block import write_execution_block
from alma_qa0.simulate.plan import plan_execution_block
from alma_qa0.store.tables import Tables
from attacks.outcome import Outcome, Say

SIZES = 30
DATA, WAL = "data", "wal"
_BLOCKS = 4
_LARGE_MB = 2_000
_COMMAND_S = 300  # the longest that a command may take
_IN_WORDS = (0, 1, 3)  # exit codes: done, something was refused, no database
_SMALLEST_MB = {DATA: 20, WAL: 17}
_ENOUGH = 1.1  # times what is used in all: the largest disks are never full


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one disk: whether it was full, wrong relations, whether the next command failed, and the faults in words."""

    full: int
    wrong: int
    dead: int
    faults: tuple[str, ...]


def run(*, seed: int, share: float, deadline: float, workers: int, say: Say) -> Outcome:
    """``share`` of all sizes, or as many as are done before ``deadline`` (time.monotonic); none where nothing can be mounted."""
    n_asked, rng = max(round(share * SIZES), 1), random.Random(seed)
    figures = {"attacks": 0, "asked": n_asked, "full": 0, "wrong": 0, "dead": 0}
    with tempfile.TemporaryDirectory(prefix="alma-qa0-attack-") as temporary:
        base = Path(temporary)
        base.chmod(0o755)
        if reason := why_not(base):
            say(f"disk: skipped, since no disk can be mounted here: {reason}")
            return Outcome(figures, ())
        expected, used = _reference(base, seed)
        disks = [(number, kind, round(rng.uniform(_SMALLEST_MB[kind], _ENOUGH * used[kind])))
                 for number, kind in zip(range(n_asked), n_asked * (DATA, WAL), strict=False)]
        with ThreadPoolExecutor(workers) as pool:
            seen = [one for one in pool.map(lambda disk: _in_time(base, disk, expected, deadline, say), disks) if one]
    figures |= {"attacks": len(seen), **{name: sum(getattr(one, name) for one in seen) for name in ("full", "wrong", "dead")}}
    return Outcome(figures, tuple(fault for one in seen for fault in one.faults))


def why_not(base: Path) -> str:
    """Why no disk can be mounted here; empty where one can."""
    if os.geteuid():
        return "only root may"
    try:
        with _disk(base / "tried", 1):
            return ""
    except (OSError, subprocess.CalledProcessError) as error:
        return str(error)


def _in_time(base: Path, disk: tuple[int, str, int], expected: dict[str, str], deadline: float, say: Say) -> Seen | None:
    if time.monotonic() > deadline:
        return None
    number, kind, size = disk
    seen = attack(base, f"{number}", kind, size, expected)
    say(f"disk: {kind} on {size} MB: {'full' if seen.full else 'not full'}")
    return seen


def attack(base: Path, name: str, kind: str, size: int, expected: dict[str, str]) -> Seen:
    """Takes Execution Blocks in on a disk of ``size`` MB, makes it larger, and does the same again."""
    with _disk(base / name, size) as disk:
        home = disk if kind == DATA else base / f"{name}-home"
        try:
            if kind == WAL:
                _with_wal_on(disk, base, home)
            return _attack(base, home, disk, f"{kind} on {size} MB", expected)
        finally:
            embedded.stop(home)


def _attack(base: Path, home: Path, disk: Path, name: str, expected: dict[str, str]) -> Seen:
    faults, dead, full = [], 0, 0
    for command in (["ingest", str(base / "blocks")], ["refresh", "--full"], ["judge"]):
        code, said = _command(home, *command)
        full |= int(code != 0)
        if code not in _IN_WORDS or "Traceback" in said or (code and "alma-qa0: " not in said and "refused" not in said):
            faults.append(f"{name}: {command[0]} ends with {code}, and not in words: {said[-300:]}")
    subprocess.run(["mount", "-o", f"remount,size={_LARGE_MB}m", str(disk)], check=True)
    code, said = _command(home, "ingest", str(base / "blocks"))
    if code:
        dead = 1
        faults.append(f"{name}: with room again the command fails: {said[-300:]}")
    return _compared(home, name, expected, full=full, dead=dead, faults=faults)


def _compared(home: Path, name: str, expected: dict[str, str], *, full: int, dead: int, faults: list[str]) -> Seen:
    try:
        found = _rows(home)
    except QA0Error as error:
        return Seen(full, 0, 1, (*faults, f"{name}: {error}"))
    wrong = [relation for relation, digest in expected.items() if found[relation] != digest]
    return Seen(full, len(wrong), dead, (*faults, *(f"{name}: wrong rows in {relation}" for relation in wrong)))


def _reference(base: Path, seed: int) -> tuple[dict[str, str], dict[str, float]]:
    """The rows as they shall be, by relation, and what data and WAL take, in MB. The Execution Blocks come into ``base/blocks``."""
    for index in range(_BLOCKS):
        plan = replace(plan_execution_block(seed, index, bands=(6,), antennas=8, calibrations=4, channels=128), faults=())
        write_execution_block(base / "blocks", plan, encoding="binary", with_truth=False)
    home = base / "reference"
    embedded.start(home)
    embedded.stop(home)
    subprocess.run(["cp", "-a", home, base / "new"], check=True)
    code, said = _command(home, "ingest", str(base / "blocks"))
    if code:
        raise RuntimeError(f"with room enough the command fails: {said}")
    rows = _rows(home)
    used = {DATA: _size(home), WAL: _size(home / "postgres" / "pg_wal")}
    shutil.rmtree(home)
    return rows, used


def _with_wal_on(disk: Path, base: Path, home: Path) -> None:
    """A new database, whose WAL lies on the disk."""
    subprocess.run(["cp", "-a", base / "new", home], check=True)
    wal = home / "postgres" / "pg_wal"
    subprocess.run(["cp", "-a", wal, disk / "wal"], check=True)
    shutil.rmtree(wal)
    wal.symlink_to(disk / "wal")
    disk.chmod(0o755)


@contextmanager
def _disk(place: Path, size: int) -> Iterator[Path]:
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}m", "alma-qa0-attack", str(place)], check=True, capture_output=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def _command(home: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and words of a command, which stops for no lack of room by itself: it shall meet the full disk."""
    environment = {**os.environ, "ALMA_QA0_HOME": str(home), "ALMA_QA0_FREE_MB": "0"}
    environment.pop("ALMA_QA0_DATABASE", None)
    try:
        done = subprocess.run([sys.executable, "-m", "alma_qa0.cli", *arguments], env=environment, capture_output=True, text=True,
                              timeout=_COMMAND_S, check=False)
    except subprocess.TimeoutExpired:
        return -1, "None of it in time"
    return done.returncode, done.stdout + done.stderr


def _rows(home: Path) -> dict[str, str]:
    """A digest of the rows of each relation, without the times at which they were made."""
    tables, database = Tables.in_schemas(), Postgres(embedded.start(home))
    try:
        found = {}
        for relation in (*RAW, *MARTS, REFRESH, *JUDGEMENT, QUARANTINE):
            names = ", ".join(field.name for field in relation.fields if field.kind is not Kind.TIME or not field.name.endswith("ed_at"))
            digest = database.run(f"select md5(coalesce(string_agg(one, '' order by one), '')) as digest from"
                                  f" (select row({names})::text as one from {'.'.join(tables.of(relation).parts)}) as made")
            found[relation.name] = str(digest["digest"].iloc[0])
        return found
    finally:
        database.close()
        embedded.stop(home)


def _size(folder: Path) -> float:
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file()) / 1e6
