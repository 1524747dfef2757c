"""The part ``extremes``: Execution Blocks with extreme values in any column of any table, between others that are sound.

Each is taken in or refused; whatever it is, the sound ones are taken in, refreshed and judged, and what could not be done is told.
"""

import random
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from alma_qa0.core.blocks import file_name
from alma_qa0.core.fields import JUDGEMENT
from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.simulate.execution_block import write_execution_block
from alma_qa0.simulate.plan import plan_execution_block
from alma_qa0.store import plans, quarantine
from alma_qa0.store.tables import Tables
from attacks.outcome import Outcome, Say

ATTACKS = 1_000
_BATCH = 50  # Execution Blocks that come at once; one of five is sound
_SOUND = 5
_TABLES = Tables.in_schemas()
_COLUMN = re.compile(rb"<(\w+)>([^<>]+)</\1>")
_HEAD = re.compile(rb"(?:1 \d+|2 \d+ \d+|3 \d+ \d+ \d+) ")
_TEXTS = ("", " ", "'", '"', "\\", "\\x00", "$$", "${a}", "; drop table raw.asdm", "=1+1", "é" * 400, "\U0001f4a5", "a" * 999,
          "a" * 100_000, "&lt;script&gt;", "%s", "{{ hole }}", "null", "NaN")
_NUMBERS = ("nan", "inf", "-inf", "1e308", "-1e308", "1e39", "1e-308", "5e-324", "0", "-0.0", "-1", "1", "1e19", "9223372036854775807",
            "-9223372036854775808", "2147483648", "999999999999")


def run(*, seed: int, share: float, deadline: float, workers: int, say: Say) -> Outcome:
    """``share`` of all the attacks, or as many as are done before ``deadline`` (time.monotonic)."""
    n_asked, done, faults = max(round(share * ATTACKS), 1), 0, []
    figures = dict.fromkeys(("taken", "refused", "not_refreshed", "not_judged", "sound", "sound_stopped"), 0)
    with tempfile.TemporaryDirectory(prefix="alma-qa0-attack-") as temporary:
        home = Path(temporary) / "home"
        database = Postgres(embedded.start(home, options={"fsync": "off"}))
        try:
            while done < n_asked and time.monotonic() < deadline:
                folder = Path(temporary) / f"{done}"
                extreme, sound = write_batch(folder, seed, done, min(_BATCH, n_asked - done))
                faults += judge_batch(database, folder, extreme, sound, figures, workers)
                done += len(extreme)
                say(f"extremes: {done} of {n_asked}")
        finally:
            database.close()
            embedded.stop(home)
    return Outcome({"attacks": done, "asked": n_asked, **figures}, tuple(faults))


def write_batch(folder: Path, seed: int, number: int, count: int) -> tuple[set[str], set[str]]:
    """Some Execution Blocks below ``folder``, from the ``number``-th on: the uids of those with extreme values, and of sound ones."""
    plan = replace(plan_execution_block(seed, 0, bands=(6,), antennas=3, calibrations=2, channels=32), faults=())
    base = write_execution_block(folder / "base", plan, encoding="xml", with_truth=False)
    extreme, sound = set(), set()
    for index in range(number, number + count):
        rng = random.Random(f"{seed} {index}")
        extreme.add(_write(base, folder / "all", plan.uid, f"uid://A002/Xe{index:x}/X1", rng))
        if index % _SOUND == 0:
            sound.add(_write(base, folder / "all", plan.uid, f"uid://A002/Xe{index:x}/X2", None))
    return extreme, sound


def _write(base: Path, parent: Path, old: str, uid: str, rng: random.Random | None) -> str:
    """The Execution Block ``base`` under another uid, with extreme values where there is an ``rng``."""
    folder = parent / file_name(uid)
    folder.mkdir(parents=True)
    tables = {path.name: path.read_bytes().replace(old.encode(), uid.encode()) for path in base.iterdir()}
    for _ in range(rng.choice((1, 1, 1, 3, 10)) if rng else 0):
        name = rng.choice(sorted(tables.keys() - {"ASDM.xml"}))
        tables[name] = _with_extreme(rng, tables[name])
    for name, content in tables.items():
        (folder / name).write_bytes(content)
    return uid


def _with_extreme(rng: random.Random, content: bytes) -> bytes:
    """A column of a table with extreme values: in one row or in all, of an array in one element or in all."""
    start = content.index(b"<row>")
    column = rng.choice(_COLUMN.findall(content, start))[0]
    found = [match for match in _COLUMN.finditer(content, start) if match[1] == column]
    chosen = found if rng.random() < 0.5 else [rng.choice(found)]
    everywhere, value = rng.random() < 0.5, rng.choice(_NUMBERS if rng.random() < 0.8 else _TEXTS).encode()
    pieces, end = [], 0
    for match in chosen:
        pieces += [content[end:match.start(2)], _extreme(rng, match[2], value, everywhere)]
        end = match.end(2)
    return b"".join([*pieces, content[end:]])


def _extreme(rng: random.Random, text: bytes, value: bytes, everywhere: bool) -> bytes:
    head = _HEAD.match(text)
    if not head:
        return value
    values = text[head.end():].split()
    places = range(len(values)) if everywhere else [rng.randrange(len(values))] if values else []
    for place in places:
        values[place] = value
    return head[0] + b" ".join(values)


def judge_batch(
    database: Postgres, folder: Path, extreme: set[str], sound: set[str], figures: dict[str, int], workers: int,
) -> Iterator[str]:
    """Takes a batch in, refreshes and judges; the faults, in words. ``figures`` are added to."""
    try:
        report = ingest(database, _TABLES, [folder / "all"])
        made = plans.refresh(database, _TABLES, workers=workers)
        judged = judge(database, _TABLES, workers=workers)
    except Exception as error:  # whatever it is, it stopped the others
        figures["sound_stopped"] += len(sound)
        yield f"{folder.name}: {type(error).__name__}: {error}"[:300]
        return
    figures["taken"] += len(extreme & set(report.taken))
    figures["refused"] += len(report.failed)
    figures["not_refreshed"] += len({one.uid for one in made.refused} & extreme)
    figures["not_judged"] += len({one.uid for one in judged.refused} & extreme)
    figures["sound"] += len(sound)
    there = set(database.run("select uid from mart.evaluation")["uid"])
    figures["sound_stopped"] += len(sound - there)
    yield from (f"{uid}: sound, and not judged" for uid in sorted(sound - there))
    told = there | set(quarantine.read(database, _TABLES)["uid"])
    yield from (f"{uid}: neither judged nor in quarantine" for uid in sorted(extreme - told))
    wrong = database.run("select uid from mart.finding where metric in ('NaN', 'Infinity', '-Infinity')")["uid"].tolist()
    yield from (f"{uid}: a finding whose metric is not finite" for uid in wrong)
    unfinished = _relations_with(database, extreme - there)
    if unfinished:
        yield f"{folder.name}: rows of a refused Execution Block in {', '.join(unfinished)}"


def _relations_with(database: Postgres, uids: set[str]) -> list[str]:
    """The tables of the judgement that hold rows of Execution Blocks that were not judged."""
    wanted = ", ".join(f"'{uid}'" for uid in sorted(uids)) or "''"
    return [relation.name for relation in JUDGEMENT if len(database.run(f"select 1 from mart.{relation.name} where uid in ({wanted})"))]
