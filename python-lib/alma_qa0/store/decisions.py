"""The decisions and comments of astronomers: added, read, and never changed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

import pandas as pd

from alma_qa0.core.decisions import Decision
from alma_qa0.core.fields import DECISION, EVALUATION, REFRESH, Relation
from alma_qa0.errors import BadRequest
from alma_qa0.store.database import Database
from alma_qa0.store.render import Ident, Sql, render
from alma_qa0.store.tables import Tables, create_decisions

HISTORY = ("decision_id", "decided_at", "decided_by", "status", "reasons", "comment", "execution_fraction")
NEWEST_SHOWN = 20


def decide(database: Database, tables: Tables, decision: Decision, *, bookkeeping: Sequence[Ident] = ()) -> pd.DataFrame:
    """Keep one decision or comment more, and give it as read_decisions does: one row, whose ``unseen`` were made since it was looked at.

    It is kept whatever others decided meanwhile. A decision made on a page is refused where the marts (``bookkeeping`` says what they were
    made from; see store.queries.Marts) or the evaluation are no longer those that were on the screen: BadRequest. The table is made if it
    is not there.
    """
    if isinstance(tables.idents[DECISION.name], Sql):
        raise BadRequest("the table of decisions has the layout of an earlier alma-qa0, and nothing can be kept; expected its owner to run"
                         " `alma-qa0 upgrade`, or in DSS the macro Make the table of decisions")
    decision_id = uuid4().hex
    create_decisions(database, tables)
    database.execute([
        render("decisions/durable"),
        render("decisions/lock", uid=decision.uid),
        render("decisions/decide", table=tables.of(DECISION), decision=decision, decision_id=decision_id,
               status=decision.status and decision.status.value, reasons=[reason.value for reason in decision.reasons],
               **_versions_now(tables, decision, bookkeeping)),
    ])
    kept = _read(database, tables, [decision.uid], decision_id=decision_id)
    if kept.empty:
        raise BadRequest(f"{decision.uid} was made or judged again after what the screen showed; look at it as it is now, and decide again")
    return kept


def read_decisions(database: Database, tables: Tables, uid: str) -> pd.DataFrame:
    """DECISION of one EB with its comments, newest first, with ``n_decisions`` and ``unseen``.

    ``n_decisions`` counts no comments. ``unseen`` are the ids of decisions that were made after the one which a decision supersedes and
    before itself, so that its author did not see them; None where there are none.
    """
    return _read(database, tables, [uid])


def read_history(database: Database, tables: Tables, uid: str) -> pd.DataFrame:
    """The NEWEST_SHOWN newest decisions and comments of one EB: HISTORY, ``n_said``, how many there are, and ``unseen``.

    A text of an earlier version that is longer than it may be comes with one character more than that, and not whole.
    """
    return _read(database, tables, [uid], columns=HISTORY, newest=NEWEST_SHOWN)


def read_newest_decisions(database: Database, tables: Tables, uids: Sequence[str]) -> pd.DataFrame:
    """The newest decision of each of some EBs that has one, by uid; columns as of read_decisions; none where decisions have no table."""
    if DECISION.name not in tables.idents:
        return pd.DataFrame(columns=[*DECISION.columns, "n_decisions", "unseen"])
    return _read(database, tables, uids, newest=1, with_comments=False)


def count_decisions(database: Database, tables: Tables) -> int:
    """How many decisions there are. The table is made if it is not there."""
    create_decisions(database, tables)
    return int(database.run(render("decisions/count", table=tables.of(DECISION)))["n"].iloc[0])


def read_shift(database: Database, tables: Tables, first: datetime, end: datetime) -> list[str]:
    """The uids of the EBs that ended from ``first`` up to, and without, ``end``, in that order; both moments have a time zone."""
    if first >= end:
        raise BadRequest(f"a shift from {first:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} has no time in it; expected its beginning first")
    return database.run(render("decisions/shift", tables=tables.idents, first=first, end=end))["uid"].tolist()


def read_of_blocks(database: Database, tables: Tables, relation: Relation, uids: Sequence[str]) -> pd.DataFrame:
    """The rows of some EBs in any relation, by its key; none where the relation has no table."""
    if relation.name not in tables.idents:
        return pd.DataFrame(columns=list(relation.columns))
    return database.run(render("queries/of_blocks", table=tables.idents[relation.name], columns=[Ident(name) for name in relation.columns],
                               key=[Ident(name) for name in relation.key], uids=list(uids)))


def _versions_now(tables: Tables, decision: Decision, bookkeeping: Sequence[Ident]) -> dict[str, Sql | None]:
    """The queries of what a decision made on a page is compared with; none for another."""
    if decision.source_version is None:
        return {"source_version": None, "evaluated_at": None}
    books, judged = list(bookkeeping) or [tables.of(REFRESH)], EVALUATION.name in tables.idents
    return {
        "source_version": render("queries/source_version", bookkeeping=books, uid=decision.uid),
        "evaluated_at": render("queries/evaluated_at", tables=tables.idents, uid=decision.uid) if judged else None}


def _read(
    database: Database, tables: Tables, uids: Sequence[str], *, columns: Sequence[str] | None = None, newest: int | None = None,
    with_comments: bool = True, decision_id: str | None = None,
) -> pd.DataFrame:
    most = {field.name: field.longest + 1 for field in DECISION.fields if field.longest and columns}
    return database.run(render(
        "decisions/decisions", table=tables.idents[DECISION.name], uids=list(uids),
        said_columns=[(Ident(name), most.get(name)) for name in columns or DECISION.columns], newest=newest, with_comments=with_comments,
        decision_id=decision_id))
