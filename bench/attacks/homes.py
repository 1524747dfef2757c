"""Homes under attack: what a part starts on them, and what is in them afterwards, to compare."""

import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import psutil

from alma_qa0 import cli
from alma_qa0.hosts import embedded
from alma_qa0.hosts.embedded import postmaster
from alma_qa0.hosts.postgres import Postgres

MOST_SECONDS = 120  # that a command takes; one that takes longer hangs
# What is killed are processes: the machine stays, and writes what it was given.
FORGETFUL = {"fsync": "off", "full_page_writes": "off"}
_MOST_WORDS = 1 << 20  # bytes
_POLL_S = 0.005
_SERVES = "serves http"
_OF_THE_HOME = {"postgres", "postgres.start.lock", "postgres.use.lock", "serving", "token"}
_OF_THE_RUN = ("ingested_at", "refreshed_at", "evaluated_at", "failed_at")  # when something was done
_COUNTED = "relation <> 'source' or uid <> ''"  # how often the old table was changed depends on what was undone

_SHAPE = """
select format('%s.%s %s %s %s', space.nspname, class.relname, class.relkind, class.relacl, pg_get_expr(class.relpartbound, class.oid))
from pg_class as class inner join pg_namespace as space on space.oid = class.relnamespace
where space.nspname in ('raw', 'mart') and class.relkind in ('r', 'p', 'i', 'I', 'v', 'm')
union all
select format('%s.%s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull)
from pg_attribute inner join pg_class as class on class.oid = attrelid inner join pg_namespace as space on space.oid = class.relnamespace
where space.nspname in ('raw', 'mart') and attnum > 0 and not attisdropped
union all
select format('%s %s', conrelid::regclass, pg_get_constraintdef(constraints.oid))
from pg_constraint as constraints inner join pg_namespace as space on space.oid = constraints.connamespace
where space.nspname in ('raw', 'mart')
union all
select format('%s %s', pg_get_indexdef(indexrelid), indisvalid)
from pg_index inner join pg_class as class on class.oid = indrelid inner join pg_namespace as space on space.oid = class.relnamespace
where space.nspname in ('raw', 'mart')
union all
select format('%s %s', pg_get_triggerdef(triggers.oid), tgenabled)
from pg_trigger as triggers inner join pg_class as class on class.oid = tgrelid inner join pg_namespace as space on space.oid = relnamespace
where space.nspname in ('raw', 'mart') and not tgisinternal
"""
_TABLES = """
select format('%I.%I', space.nspname, class.relname) as name
from pg_class as class inner join pg_namespace as space on space.oid = class.relnamespace
where space.nspname in ('raw', 'mart') and class.relkind in ('r', 'p') and not class.relispartition
order by name
"""
_ROWS = """
select md5(string_agg(row_digest, ',' order by row_digest)) as digest
from (select md5((to_jsonb(t) - '{{{of_the_run}}}'::text[])::text) as row_digest from {table} as t where {counted}) as digests
"""

_LOADED = multiprocessing.get_context("forkserver")  # a process that has loaded what commands need, and is what they begin as
_LOADED.set_forkserver_preload([f"alma_qa0.{name}" for name in (
    "cli.web", "hosts.embedded.keeper", "hosts.postgres", "jobs.health", "jobs.ingest", "jobs.judge", "jobs.partition", "pages.cockpit",
    "pages.decision_export", "simulate.execution_block", "store.grants", "store.plans")])

Found = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, None where it hangs and was killed, its words, and how many seconds it took."""

    code: int | None
    words: str
    seconds: float


class Command:
    """``alma-qa0`` with some arguments in a process of its own, on a home of its own; what it imports is loaded already."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self._words = tempfile.NamedTemporaryFile()  # noqa: SIM115 - as long as the command
        self._started = time.monotonic()
        self.process = _LOADED.Process(target=_main, args=(str(home), arguments, self._words.name), daemon=True)
        self.process.start()

    @property
    def words(self) -> str:
        """What it has said so far."""
        return os.pread(self._words.fileno(), _MOST_WORDS, 0).decode(errors="replace")

    def runs_for(self, seconds: float) -> bool:
        """Whether it still runs after so many seconds."""
        end = time.monotonic() + seconds
        while self._is_at_work() and time.monotonic() < end:
            time.sleep(_POLL_S)
        return self._is_at_work()

    def end(self) -> Ended:
        """Wait for its end; one that serves is told to stop."""
        self.runs_for(MOST_SECONDS)
        if _SERVES in self.words:
            self.process.terminate()
            self.process.join(MOST_SECONDS)
        code = self.process.exitcode
        if code is None:
            self.process.kill()
        self.process.join()
        return Ended(code, self.words, time.monotonic() - self._started)

    def _is_at_work(self) -> bool:
        return self.process.exitcode is None and _SERVES not in self.words


def _main(home: str, arguments: Sequence[str], words: str) -> None:
    """A command as a shell starts it, in the process that it gets."""
    for name in [name for name in os.environ if name.startswith(("ALMA_QA0_", "PG"))]:
        del os.environ[name]
    os.environ["ALMA_QA0_HOME"] = home
    for stream, flags in ((0, os.O_RDONLY), (1, os.O_WRONLY | os.O_APPEND), (2, os.O_WRONLY | os.O_APPEND)):
        os.dup2(os.open(words if stream else os.devnull, flags), stream)
    sys.exit(cli.main(list(arguments)))


def copy(home: Path, target: Path) -> Path:
    """A copy of a home in which nothing runs."""
    subprocess.run(["cp", "-a", home, target], check=True)
    return target


def remove(home: Path) -> None:
    """Take a home away, with what runs in it."""
    for process in left_in(home):
        with suppress(psutil.NoSuchProcess):
            process.kill()
            process.wait(10)
    shutil.rmtree(home)


def server_of(home: Path) -> psutil.Process | None:
    """The postmaster of a home, if it runs."""
    data = home / "postgres"
    return postmaster.process_of(data, data)


def backends_of(home: Path) -> list[psutil.Process]:
    """The processes of a home's PostgreSQL that serve connections."""
    with suppress(psutil.Error):
        return [child for child in server.children() if "[local]" in " ".join(child.cmdline())] if (server := server_of(home)) else []
    return []


def left_in(home: Path) -> list[psutil.Process]:
    """The processes that stand in a home."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if Path(process.cwd()).is_relative_to(home):
                found.append(process)
    return found


def contents(home: Path) -> Found:
    """Digests of all that is in a home, without what depends on the time: of its files, and of its database by table, and its shape."""
    files = sorted(path for path in home.rglob("*") if path.relative_to(home).parts[0] not in _OF_THE_HOME and path.is_file())
    found = {str(path.relative_to(home)): sha256(path.read_bytes()).hexdigest() for path in files}
    if (home / "postgres").exists():
        database = Postgres(embedded.start(home))
        try:
            found |= {"shape": shape(database), **rows(database)}
        finally:
            database.close()
            embedded.stop(home)
    return found


def rows(database: Postgres) -> Found:
    """A digest of the rows of each table that has some."""
    tables = database.run(_TABLES)["name"]
    digests = {table: database.run(_rows_sql(table))["digest"].iloc[0] for table in tables}
    return {table: str(digest) for table, digest in digests.items() if digest is not None}


def _rows_sql(table: str) -> str:
    return _ROWS.format(table=table, of_the_run=",".join(_OF_THE_RUN), counted=_COUNTED if table == "mart.refresh" else "true")


def shape(database: Postgres) -> str:
    """A digest of the tables, columns, keys, indexes, triggers and rights."""
    return sha256("\n".join(sorted(database.run(_SHAPE)["format"])).encode()).hexdigest()


def differences(truth: Found, found: Found) -> Sequence[str]:
    """The names of what is not as it should be."""
    return sorted(name for name in truth.keys() | found.keys() if truth.get(name) != found.get(name))
