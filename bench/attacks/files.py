"""The part ``files``: ASDMs whose bytes were changed, and archives and tables made to cost much, read as an ingest reads them.

A file is taken in or refused, within seconds and within memory; what an archive with a checksum gives is what it gave before the change.
"""

import gzip
import io
import random
import resource
import shutil
import signal
import struct
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from alma_qa0.errors import BadRequest, BrokenAsdm
from alma_qa0.jobs.ingest import read_through
from alma_qa0.simulate.execution_block import write_execution_block
from alma_qa0.simulate.plan import plan_execution_block
from attacks.mutations import CHANGES, flip
from attacks.outcome import Outcome, Say

ATTACKS = 100_000
MOST_SECONDS = 60  # of a processor, that one file may take
MOST_MEMORY = 300 << 20  # bytes beyond those at the start
_ADDRESS_SPACE = 6 << 30  # a program that asks for more has a fault, and the machine is spared
_BATCH = 100
_memory_at_start = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of some attacks."""

    taken: int = 0
    refused: int = 0
    silent: int = 0  # other values, with no error, where a checksum could have told
    crashes: int = 0
    hangs: int = 0
    memory: int = 0  # bytes beyond those at the start, the most of all
    seconds: float = 0  # the longest of all
    faults: tuple[str, ...] = ()

    def __add__(self, other: "Seen") -> "Seen":
        sums = {name: getattr(self, name) + getattr(other, name) for name in ("taken", "refused", "silent", "crashes", "hangs", "faults")}
        return Seen(**sums, memory=max(self.memory, other.memory), seconds=max(self.seconds, other.seconds))


class _Hang(BaseException):
    """The time of one file is over."""


def run(*, seed: int, share: float, deadline: float, workers: int, say: Say) -> Outcome:
    """``share`` of all the attacks, or as many as are done before ``deadline`` (time.monotonic); those that cost much first."""
    with tempfile.TemporaryDirectory(prefix="alma-qa0-attack-") as temporary:
        base = Path(temporary)
        bases = write_bases(base, seed)
        batches: list[tuple[Callable[..., Seen], tuple[object, ...]]] = [(costly, (name, base)) for name in COSTLY]
        for path in bases:
            digest(path)  # what is not changed is taken in
        n_batches = max(round(share * ATTACKS / _BATCH), 1)
        batches += [(mutated, (bases, seed, number)) for number in range(n_batches)]
        seen = _each(batches, workers, deadline, say)
    n_attacks = seen.taken + seen.refused + seen.crashes + seen.hangs
    figures = {"attacks": n_attacks, "asked": len(COSTLY) + n_batches * _BATCH, "taken": seen.taken, "refused": seen.refused,
               "crashes": seen.crashes, "hangs": seen.hangs, "silently_other": seen.silent,
               "memory_beyond_start_mb": round(seen.memory / 2**20, 1), "longest_s": round(seen.seconds, 2)}
    return Outcome(figures, seen.faults)


def _each(batches: Sequence[tuple[Callable[..., Seen], tuple[object, ...]]], workers: int, deadline: float, say: Say) -> Seen:
    """All batches, in processes of their own, until the deadline; one that does not come back is a hang."""
    seen, left, running = Seen(), iter(batches), {}
    with ProcessPoolExecutor(workers, initializer=_start) as pool:
        try:
            for number, (make, arguments) in enumerate(left, start=1):
                running[pool.submit(make, *arguments)] = number
                if len(running) < 2 * workers:
                    continue
                seen += _finished(running)
                if time.monotonic() > deadline:
                    break
                if number % 50 == 0:
                    say(f"files: {number} of {len(batches)} batches")
            while running:
                seen += _finished(running)
        except BrokenProcessPool as error:
            return seen + Seen(crashes=1, faults=(f"a process of the attack died: {error}",))
        except _Hang as error:
            for process in list(pool._processes.values()):
                process.kill()
            return seen + Seen(hangs=1, faults=(str(error),))
    return seen


def _finished(running: dict[object, int]) -> Seen:
    done, _ = wait(running, timeout=2 * MOST_SECONDS + _BATCH, return_when=FIRST_COMPLETED)  # type: ignore[call-overload]
    if not done:
        raise _Hang(f"batches {sorted(running.values())} do not come back")
    seen = Seen()
    for future in done:
        del running[future]
        seen += future.result()
    return seen


def _start() -> None:
    global _memory_at_start  # of this process, which is the attack's own
    _memory_at_start = _memory("VmRSS")
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    signal.signal(signal.SIGPROF, _hang)


def _hang(*_: object) -> None:
    raise _Hang


# --- changed files -----------------------------------------------------------------------------------------------------------

def write_bases(base: Path, seed: int) -> tuple[Path, ...]:
    """A small Execution Block in every form: folders of both encodings, and both archives."""
    plan = replace(plan_execution_block(seed, 0, bands=(6,), antennas=2, calibrations=1, channels=16), faults=())
    folders = [write_execution_block(base / encoding, plan, encoding=encoding, with_truth=False) for encoding in ("binary", "xml")]
    tars = [base / f"{folders[0].name}.{form}" for form in ("tar", "tar.gz")]
    for path, mode in zip(tars, ("w", "w:gz"), strict=True):
        with tarfile.open(path, mode) as tar:
            tar.add(folders[0], folders[0].name)
    return (*folders, *tars)


def mutated(bases: Sequence[Path], seed: int, number: int) -> Seen:
    """A batch of changed files."""
    rng, seen = random.Random(f"{seed} {number}"), Seen()
    with tempfile.TemporaryDirectory(prefix="alma-qa0-attack-") as temporary:
        for index in range(_BATCH):
            path = rng.choice(bases)
            target = Path(temporary) / path.name
            (shutil.copytree if path.is_dir() else shutil.copy)(path, target)
            file = rng.choice(sorted(target.iterdir())) if path.is_dir() else target
            content = bytearray(file.read_bytes())
            for _ in range(rng.choice((1, 1, 1, 2, 5))):
                (flip if path.suffix == ".gz" and rng.random() < 0.5 else rng.choice(CHANGES))(rng, content)
                content = content or bytearray(b"\0")
            file.write_bytes(content)
            has_checksum = path.suffix == ".gz"
            seen += attack(target, f"batch {number}, {index}: {file.name}", same_as=path if has_checksum else None)
            (shutil.rmtree if target.is_dir() else Path.unlink)(target)
    return seen


def attack(path: Path, name: str, *, same_as: Path | None = None) -> Seen:
    """Reads one file as an ingest does. ``same_as``: what is not refused has to give what this gives."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak of memory is counted from here
    start = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    try:
        given = digest(path)
    except (BrokenAsdm, BadRequest):
        seen = Seen(refused=1)
    except _Hang:
        seen = Seen(hangs=1, faults=(f"{name}: more than {MOST_SECONDS} s",))
    except Exception as error:  # whatever it is, it is a fault
        seen = Seen(crashes=1, faults=(f"{name}: {type(error).__name__}: {error}"[:300],))
    else:
        other = same_as is not None and given != digest(same_as)
        seen = Seen(taken=1, silent=int(other), faults=(f"{name}: taken with other values, though it has a checksum",) if other else ())
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    memory = max(_memory("VmHWM") - _memory_at_start, 0)
    if memory > MOST_MEMORY:
        seen += Seen(faults=(f"{name}: {memory >> 20} MB of memory",))
    return seen + Seen(memory=memory, seconds=time.process_time() - start)


def digest(path: Path) -> str:
    """A digest of all that an ingest would send to the database."""
    given = sha256()
    for piece in read_through(path):
        given.update(piece)
    return given.hexdigest()


def _memory(name: str) -> int:
    return 1024 * int(Path("/proc/self/status").read_text().partition(f"{name}:")[2].split()[0])


# --- files made to cost much -------------------------------------------------------------------------------------------------

def costly(name: str, base: Path) -> Seen:
    """One file that is small, or cheap to make, and would cost much if it were believed."""
    with tempfile.TemporaryDirectory(prefix="alma-qa0-attack-") as temporary:
        path = COSTLY[name](base, Path(temporary))
        seen = attack(path, name)
    return seen if not seen.taken else seen + Seen(faults=(f"{name}: taken",))


def _folder(base: Path, target: Path, encoding: str) -> Path:
    (source,) = (base / encoding).iterdir()
    return Path(shutil.copytree(source, target / source.name))


def _tar(base: Path, target: Path, members: Iterator[tarfile.TarInfo], **options: object) -> Path:
    with tarfile.open(target / "hostile.tar.gz", "w:gz", compresslevel=1, format=tarfile.PAX_FORMAT, **options) as tar:  # type: ignore[call-overload]
        for member in members:
            tar.addfile(member, io.BytesIO(bytes(member.size)) if member.size else None)
        folder = _folder(base, target, "binary")
        tar.add(folder, folder.name)
    return target / "hostile.tar.gz"


def _member(name: str, size: int = 0, **headers: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.pax_headers = size, headers
    return member


def _many_members(base: Path, target: Path) -> Path:
    """A million headers of empty members, the same one, compressed."""
    header = _member("a").tobuf()
    with gzip.open(target / "hostile.tar.gz", "wb", compresslevel=1) as file:
        for _ in range(1000):
            file.write(1000 * header)
    return target / "hostile.tar.gz"


def _long_headers(base: Path, target: Path) -> Path:
    """Headers of a gigabyte for one member."""
    header = tarfile.TarInfo("PaxHeaders")
    header.type, header.size = tarfile.XHDTYPE, 1 << 30
    with gzip.open(target / "hostile.tar.gz", "wb", compresslevel=1) as file:
        file.write(header.tobuf())
        file.write(b"1073741823 a=")
        for _ in range(1024):
            file.write(bytes(1 << 20))
    return target / "hostile.tar.gz"


def _chained_headers(base: Path, target: Path) -> Path:
    """Headers before headers before headers."""
    header = tarfile.TarInfo("PaxHeaders")
    header.type, header.size = tarfile.XHDTYPE, 8
    with gzip.open(target / "hostile.tar.gz", "wb", compresslevel=1) as file:
        file.write((header.tobuf() + b"8 ab=cd\n".ljust(512, b"\0")) * 20_000)
    return target / "hostile.tar.gz"


def _deep_name(base: Path, target: Path) -> Path:
    return _tar(base, target, iter([_member("/".join("d" * 2000) + "/Scan.xml")]))


def _zeros(base: Path, target: Path) -> Path:
    """Four gigabytes of zeros in four megabytes: members of gzip may follow each other."""
    zeros = gzip.compress(bytes(64 << 20))
    header = gzip.compress(_member("a", 4 << 30).tobuf())
    (target / "hostile.tar.gz").write_bytes(header + 64 * zeros)
    return target / "hostile.tar.gz"


def _hole(base: Path, target: Path) -> Path:
    """A length of 1.5 GB in a binary of that size, which is a hole on the disk."""
    folder = _folder(base, target, "binary")
    path = folder / "CalAtmosphere.bin"
    content = path.read_bytes()
    place = content.index(b"\r\n\r\n", content.index(b"content.bin")) + 4 if b"\r\n\r\n" in content else _binary_part(content)
    path.write_bytes(content[:place] + struct.pack("<i", 1_500_000_000))
    with path.open("r+b") as file:
        file.truncate(1_600_000_000)
    return folder


def _binary_part(content: bytes) -> int:
    return content.index(b"\n\n", content.index(b"<content.bin>")) + 2


def _empty_texts(base: Path, target: Path) -> Path:
    """As many texts in an array of XML as the parser lets one element hold, announced as twenty-five million."""
    folder = _folder(base, target, "xml")
    return _with_value(folder, "Scan", b"scanIntent", b"1 25000000 " + b"a " * 4_500_000)


def _many_values(base: Path, target: Path) -> Path:
    return _with_value(_folder(base, target, "xml"), "CalAtmosphere", b"tSysSpectrum", b"2 2147483647 2147483647 1")


def _many_elements(base: Path, target: Path) -> Path:
    """Twenty million elements in a row."""
    return _before_row(_folder(base, target, "xml"), "Scan", b"<row>" + 20_000_000 * b"<a/>")


def _many_attributes(base: Path, target: Path) -> Path:
    return _before_row(_folder(base, target, "xml"), "Scan", b"<row " + b" ".join(b'a%d=""' % n for n in range(3_000_000)) + b">")


def _long_row(base: Path, target: Path) -> Path:
    """A gigabyte of comment."""
    return _before_row(_folder(base, target, "xml"), "Scan", b"<!--" + b"x" * (400 << 20) + b"-->")


def _nested(base: Path, target: Path) -> Path:
    return _before_row(_folder(base, target, "xml"), "Scan", 1_000_000 * b"<a>")


def _entities(base: Path, target: Path) -> Path:
    folder = _folder(base, target, "xml")
    path = folder / "ASDM.xml"
    bomb = b'<!DOCTYPE ASDM [<!ENTITY a0 "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)) + b"]>"
    content = path.read_bytes()
    place = content.index(b"<ASDM")
    path.write_bytes(content[:place] + bomb + content[place:].replace(b"<TimeOfCreation>", b"<TimeOfCreation>&a11;", 1))
    return folder


def _many_tables(base: Path, target: Path) -> Path:
    folder = _folder(base, target, "xml")
    path = folder / "ASDM.xml"
    path.write_bytes(path.read_bytes().replace(b"</ASDM>", 5_000_000 * b"<Table/>" + b"</ASDM>"))
    return folder


def _digits(base: Path, target: Path) -> Path:
    folder = _folder(base, target, "xml")
    path = folder / "ASDM.xml"
    path.write_bytes(path.read_bytes().replace(b"<NumberRows>", b"<NumberRows>" + b"9" * 5000, 1))
    return folder


def _many_rows(base: Path, target: Path) -> Path:
    """Two million rows of a table, of which none was announced."""
    folder = _folder(base, target, "xml")
    content = (folder / "Station.xml").read_bytes()
    start, stop = content.index(b"<row>"), content.index(b"</row>") + 6
    (folder / "Station.xml").write_bytes(content[:start] + 500_000 * content[start:stop] + content[stop:])
    container = folder / "ASDM.xml"
    text = container.read_bytes()
    place = text.index(b"<NumberRows>", text.index(b"<Name>Station<")) + len(b"<NumberRows>")
    container.write_bytes(text[:place] + b"999999" + text[place:])
    return folder


def _with_value(folder: Path, table: str, column: bytes, value: bytes) -> Path:
    path = folder / f"{table}.xml"
    content = path.read_bytes()
    start = content.index(b"<" + column + b">") + len(column) + 2
    path.write_bytes(content[:start] + value + content[content.index(b"</" + column, start):])
    return folder


def _before_row(folder: Path, table: str, inserted: bytes) -> Path:
    path = folder / f"{table}.xml"
    content = path.read_bytes()
    place = content.index(b"<row>")
    path.write_bytes(content[:place] + inserted + content[place:])
    return folder


COSTLY: dict[str, Callable[[Path, Path], Path]] = {
    "a million members": _many_members, "headers of a gigabyte": _long_headers, "chained headers": _chained_headers,
    "a name of 2,000 folders": _deep_name, "four gigabytes of zeros": _zeros, "a text of 1.5 GB in a binary": _hole,
    "25 million texts": _empty_texts, "an array of 4 x 10^18 values": _many_values, "20 million elements": _many_elements,
    "3 million attributes": _many_attributes, "a comment of 400 MB": _long_row, "a million levels": _nested, "entities": _entities,
    "5 million tables": _many_tables, "a count of 5,000 digits": _digits, "500,000 rows": _many_rows,
}
