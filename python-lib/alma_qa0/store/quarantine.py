"""The quarantine: Execution Blocks, and files, that a step of the program cannot take, each with the reason.

What is in it is not tried again until its file, its source or the program is another. It keeps no other Execution Block waiting.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum
from json import dumps

import pandas as pd

from alma_qa0.core.fields import QUARANTINE
from alma_qa0.errors import BadRequest, BrokenAsdm, DatabaseRefused, DatabaseUnavailable, QA0Error
from alma_qa0.store.database import Database
from alma_qa0.store.render import Ident, Sql, render
from alma_qa0.store.tables import Tables, columns_sql

_LASTING = ("22", "23", "54")  # classes of SQLSTATE: data, integrity constraints, limits of the program; all else may pass
_LONGEST_SENTENCE = 1_000


class Step(Enum):
    """What can fail with an Execution Block."""

    INGEST = "ingest"
    REFRESH = "refresh"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An Execution Block, or the path of a file that does not say of which it is, that one step could not take, and why.

    ``version`` is that of what was tried: another is tried again. ``lasting``: the same would be refused again.
    """

    uid: str
    version: str
    sentence: str
    lasting: bool
    path: str | None = None


def is_kept(tables: Tables) -> bool:
    """Whether there is a table for it: in DSS there is none."""
    return QUARANTINE.name in tables.idents and not isinstance(tables.idents[QUARANTINE.name], Sql)


def is_lasting(error: BaseException) -> bool:
    """Whether the same file and program would fail again; a disk that cannot be read, a lock or a lack of memory may pass."""
    if isinstance(error, DatabaseRefused):
        return (error.code or "").startswith(_LASTING)
    if isinstance(error, BrokenAsdm):
        return not isinstance(error.__cause__, OSError | MemoryError)
    return not isinstance(error, OSError | MemoryError | BadRequest | DatabaseUnavailable)


def in_words(error: BaseException) -> str:
    """What an error says, as text that a database can hold; of one that nobody foresaw its kind, too."""
    words = str(error) if isinstance(error, QA0Error) else f"{type(error).__name__}: {error}"
    return _storable(words)[:_LONGEST_SENTENCE]


def read(database: Database, tables: Tables) -> pd.DataFrame:
    """All of QUARANTINE, the newest first."""
    return database.run(render("quarantine/read", table=tables.of(QUARANTINE), columns=[Ident(name) for name in QUARANTINE.columns]))


def held(database: Database, tables: Tables, step: Step) -> dict[str, Refusal]:
    """What is in quarantine for one step, by uid."""
    if not is_kept(tables):
        return {}
    rows = read(database, tables)
    return {row["uid"]: Refusal(row["uid"], row["version"], row["sentence"], True, row["path"])
            for row in rows[rows["step"] == step.value].to_dict("records")}


def still_held(held: Mapping[str, Refusal], versions: Mapping[str, str]) -> tuple[Refusal, ...]:
    """Those in quarantine whose version is still that which was refused."""
    return tuple(held[uid] for uid, version in versions.items() if uid in held and held[uid].version == version)


def note(database: Database, tables: Tables, step: Step, *, refused: Sequence[Refusal], done: Collection[str] = ()) -> None:
    """Puts what was refused for good into quarantine, and lets out what was done."""
    lasting = {one.uid: one for one in refused if one.lasting}  # of several files of one Execution Block the last
    uids = sorted({*done, *lasting})
    if not uids or not is_kept(tables):
        return
    table, now = tables.of(QUARANTINE), datetime.now(timezone.utc).isoformat()
    rows = [{"uid": one.uid, "step": step.value, "path": one.path, "version": one.version, "sentence": _storable(one.sentence),
             "failed_at": now} for one in lasting.values()]
    statements = [render("plans/lock", names=[f"{'.'.join(table.parts)} {step.value} {uid}" for uid in uids]),
                  render("quarantine/release", table=table, uids=uids, step=step.value)]
    if rows:
        statements.append(render("judgement/fill", table=table, **columns_sql(QUARANTINE), given_rows=dumps(rows)))
    database.execute(statements)


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
