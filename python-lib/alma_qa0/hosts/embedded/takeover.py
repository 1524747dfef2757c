"""The data of an earlier major version of PostgreSQL taken over: dumped, restored into a new folder, counted, and the folders swapped.

Only ``postgres`` is ever started by others. Beside it: ``postgres.upgrade`` is being filled, ``postgres.upgraded`` is whole, and
``postgres.15`` holds the old data of a PostgreSQL 15. Whoever calls holds the start lock of the home.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from itertools import chain, count
from pathlib import Path
from typing import IO, cast
from urllib.parse import quote, urlsplit, urlunsplit

from alma_qa0.errors import DatabaseRefused, DatabaseUnavailable
from alma_qa0.hosts.embedded import server
from alma_qa0.hosts.embedded.accounts import account_for, needs_an_entry
from alma_qa0.hosts.embedded.failures import sentence_of
from alma_qa0.hosts.embedded.programs import VERSION, Programs, programs_for, programs_of, remove_old_copies
from alma_qa0.hosts.postgres import Postgres

Say = Callable[[str], None]
_READ_ONLY = {"default_transaction_read_only": "on"}
_OWN_ROLE = b"CREATE ROLE postgres;\n"  # initdb has made it, as it made it in the old data
_DATABASES = "select datname from pg_database where datallowconn and datname <> 'template0' order by datname"
_TABLES = """
    select
        format('%I.%I', namespace.nspname, relation.relname) as name,
        format('select count(*) as n from %I.%I', namespace.nspname, relation.relname) as counting
    from pg_class as relation
    inner join pg_namespace as namespace on relation.relnamespace = namespace.oid
    where
        relation.relkind = 'r'
        and namespace.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    order by namespace.nspname, relation.relname"""


def complete(data: Path) -> None:
    """End a takeover that was interrupted between its two renames: the new data are whole, and the old ones have their new name."""
    upgraded = _beside(data, "upgraded")
    if not data.exists() and upgraded.exists():
        upgraded.rename(data)


def take_over(data: Path, folder: Path | None, *, say: Say) -> bool:
    """Whether there were data of an earlier version, which are now of ours. Raises DatabaseUnavailable, DatabaseRefused."""
    complete(data)
    version = server.version_of(data)
    if not (version.isdigit() and int(version) < VERSION):
        server.is_initialised(data)
        return False
    account = account_for(data)
    if missing := needs_an_entry(account):
        raise DatabaseUnavailable(missing)
    old, new = programs_of(version, data, account, folder), programs_for(data, account, say=say)
    for leftover in (_beside(data, "upgrade"), _beside(data, "upgraded")):
        _end_and_delete(leftover)
    filling = _beside(data, "upgrade")
    say(f"taking over the data of PostgreSQL {version} with the programs in {old.folder}")
    server.initialise(filling, new)
    with _running(data, old, _READ_ONLY, say=say) as source, _running(filling, new, {}, say=say) as target:
        say("copying all databases, which takes minutes for each 10 GB")
        if words := _copy(source, target, Programs(new.folder, None)):
            raise DatabaseUnavailable(sentence_of(words, data=filling, log=None))
        say("counting the rows of all tables")
        n_rows = _compare(source, target)
    say(f"all {n_rows:,} rows are there; putting the new data in the place of the old")
    kept = next(name for name in _kept_names(data, version) if not name.exists())
    filling.rename(_beside(data, "upgraded"))
    data.rename(kept)
    complete(data)
    say(f"{data} is of PostgreSQL {VERSION} now; the old data are in {kept} until alma-qa0 upgrade-server --delete-old")
    return True


def delete_kept(data: Path) -> list[Path]:
    """Delete the old data that takeovers kept, and the programs for them; DatabaseUnavailable where they are not taken over."""
    complete(data)
    if not server.is_initialised(data):
        raise DatabaseUnavailable(f"there are no data of PostgreSQL {VERSION} in {data}: the old ones are all there is, and stay")
    kept = _kept(data)
    for folder in kept:
        _end_and_delete(folder)
    remove_old_copies(data)
    return kept


def delete_all_but(data: Path) -> None:
    """Delete old data that were kept, and what an interrupted takeover left."""
    for folder in (_beside(data, "upgrade"), _beside(data, "upgraded"), *_kept(data)):
        _end_and_delete(folder)


def _beside(data: Path, what: str) -> Path:
    return data.with_name(f"{data.name}.{what}")


def _kept_names(data: Path, version: str) -> Iterator[Path]:
    """What the old data may be called: an earlier takeover may have kept some, too."""
    return chain([_beside(data, version)], (_beside(data, f"{version}.{number}") for number in count(2)))


def _kept(data: Path) -> list[Path]:
    return [folder for folder in sorted(data.parent.iterdir())
            if folder.name.startswith(f"{data.name}.") and folder.name.removeprefix(f"{data.name}.").partition(".")[0].isdigit()]


def _end_and_delete(folder: Path) -> None:
    """A takeover that was killed leaves its servers running."""
    server.end(folder)
    server.delete(folder)


@contextmanager
def _running(data: Path, programs: Programs, options: Mapping[str, str], *, say: Say) -> Iterator[str]:
    """The URL of a server; stopped, with all on the disk, at the end."""
    server.end(data)
    url = server.start(data, programs, options, say=say)
    try:
        yield url
    finally:
        server.end(data)


def _copy(source: str, target: str, programs: Programs) -> str:
    """Roles, databases and all that is in them, through a pipe: no room for a dump is needed. What went wrong, empty if nothing did."""
    with tempfile.TemporaryFile() as of_dump, tempfile.TemporaryFile() as of_restore:
        dump = programs.spawn("pg_dumpall", "-d", source, at=Path("/"), words=of_dump, gives=subprocess.PIPE)
        restore = programs.spawn("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", target, "-o", os.devnull, at=Path("/"),
                                 words=of_restore, takes=subprocess.PIPE)
        try:
            with suppress(BrokenPipeError):  # psql has said why
                _pass_on(cast("IO[bytes]", dump.stdout), cast("IO[bytes]", restore.stdin))
            restored, dumped = restore.wait(), dump.wait()
        except BaseException:
            for process in (dump, restore):
                process.kill()
                process.wait()
            raise
        if not restored and not dumped:
            return ""
        words = of_restore if restored else of_dump  # pg_dumpall, too, ends when psql does
        words.seek(0)
        return words.read().decode(errors="replace") or "it said nothing"


def _pass_on(dump: IO[bytes], restore: IO[bytes]) -> None:
    """All but the role that is there already."""
    with dump, restore:
        for line in dump:
            if line == _OWN_ROLE:
                break
            restore.write(line)
        shutil.copyfileobj(dump, restore, 1 << 20)


def _compare(source: str, target: str) -> int:
    """How many rows all tables have; DatabaseRefused where one has not as many after as before."""
    before, after = _counts(source), _counts(target)
    wrong = [f"{name}: {before.get(name, 'no table')} before, {after.get(name, 'no table')} after"
             for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]
    if wrong:
        raise DatabaseRefused(f"the rows of {len(wrong)} tables differ, and the old data stay in their place: {'; '.join(wrong[:3])}")
    return sum(before.values())


def _counts(url: str) -> dict[str, int]:
    """The number of rows of each table, by database, schema and name."""
    counts = {}
    with closing(Postgres(url)) as whole:
        names = whole.run(_DATABASES)["datname"]
    for name in names:
        with closing(Postgres(urlunsplit(urlsplit(url)._replace(path=f"/{quote(name, safe='')}")))) as database:
            tables = database.run(_TABLES)
            for table, counting in zip(tables["name"], tables["counting"], strict=True):
                counts[f"{name}.{table}"] = int(database.run(counting)["n"].iloc[0])
    return counts
