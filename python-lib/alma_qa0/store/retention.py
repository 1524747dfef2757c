"""Old calibrations taken out of the raw tables, once the marts are made of them. What is judged by, and decided, stays."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

from alma_qa0.core.fields import CAL_ATMOSPHERE, INVALID_VALUE_RAW
from alma_qa0.store import plans
from alma_qa0.store.batch import lock
from alma_qa0.store.database import Database
from alma_qa0.store.load import read_intake
from alma_qa0.store.render import render
from alma_qa0.store.tables import Tables

REMOVED = (INVALID_VALUE_RAW, CAL_ATMOSPHERE)  # nearly all that raw tables hold; the rules read the others


def find_old(database: Database, tables: Tables, before: datetime) -> Mapping[str, int]:
    """How many calibrations are kept of each EB that began before a time and whose marts are up to date, by uid."""
    found = database.run(render("retention/old", tables=tables.idents, before=before))
    pending = plans.look(database, tables, source="asdm", uids=found["uid"].tolist()).pending
    return {uid: n for uid, n in zip(found["uid"].tolist(), found["n_calibrations"].tolist(), strict=True) if uid not in pending}


def remove(database: Database, tables: Tables, uids: Sequence[str]) -> None:
    """Takes the calibrations of some EBs out, each EB whole; one that was taken in anew meanwhile stays."""
    for uid in uids:
        known = read_intake(database, tables, uid)
        if known is None or plans.look(database, tables, source="asdm", uids=[uid]).pending:
            continue
        database.execute([
            render("load/lock", uid=uid), lock(tables, [uid]),
            render("retention/mark", tables=tables.idents, uid=uid, content_hash=known.content_hash, n_readings=known.n_readings,
                   removed_at=datetime.now(timezone.utc)),
            *(render("retention/remove", tables=tables.idents, table=tables.of(relation), uid=uid) for relation in REMOVED)])
