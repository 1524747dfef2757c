"""Decides again and again, as somebody at a page does: ``python decider.py DATABASE UID NAME``. The id of each decision is said once the
store has said that it is kept.
"""

import sys
import time
from itertools import count

from alma_qa0 import __version__
from alma_qa0.core.decisions import new_decision
from alma_qa0.errors import DatabaseUnavailable
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.store.decisions import decide
from alma_qa0.store.tables import Tables

_PAUSE_S = 0.02


def main(url: str, uid: str, name: str) -> None:
    database, tables = Postgres(url), Tables.in_schemas()
    for number in count():
        decision = new_decision(uid, decided_by=name, status="Pass", reasons=(), comment=f"{number}", program_version=__version__)
        try:
            kept = decide(database, tables, decision)
        except DatabaseUnavailable:
            time.sleep(_PAUSE_S)
            continue
        print(kept["decision_id"].iloc[0], flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
