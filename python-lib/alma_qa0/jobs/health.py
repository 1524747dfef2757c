"""How the service is, for whatever watches over it: one look that costs little."""

from collections.abc import Callable

from alma_qa0.core.fields import ASDM
from alma_qa0.errors import QA0Error
from alma_qa0.store import flow
from alma_qa0.store.database import Database
from alma_qa0.store.render import render
from alma_qa0.store.tables import Tables

Health = dict[str, str | int | None]


def look(database: Database, tables: Tables, *, disk: Callable[[], str] | None = None) -> tuple[bool, Health]:
    """Whether all is well, and what is known.

    ``database`` is ok or a sentence, ``newest_execution_block`` the start of the newest (UTC), ``not_made`` how many were taken in and are
    in no mart, ``not_judged`` how many were never judged, ``disk`` ok or a sentence; None where it is not known. The function ``disk``
    gives the sentence, empty while there is room.
    """
    room = None if disk is None else disk() or "ok"
    try:
        taken_in = bool(flow.present(database, tables, (ASDM,)))
        row = database.run(render("installation/health", tables=tables.idents, taken_in=taken_in)).iloc[0]
    except QA0Error as error:
        return False, {"database": str(error), "newest_execution_block": None, "not_made": None, "not_judged": None, "disk": room}
    newest = None if row["newest_start"] is None else str(row["newest_start"])
    not_made = int(row["n_not_made"]) if taken_in else None
    return True, {"database": "ok", "newest_execution_block": newest, "not_made": not_made, "not_judged": int(row["n_not_judged"]),
                  "disk": room}
