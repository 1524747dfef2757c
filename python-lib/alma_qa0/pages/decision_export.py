"""The export of what QA0 says of Execution Blocks: read from the database, proposed, put into records."""

from collections.abc import Sequence

from alma_qa0.core.fields import EVALUATION, EXECUTION_BLOCK, FINDING
from alma_qa0.errors import BadRequest
from alma_qa0.store.decisions import read_newest_decisions, read_of_blocks
from alma_qa0.store.queries import Marts
from alma_qa0.views import decision_export
from alma_qa0.views.decision_export import Record


def records(marts: Marts, uids: Sequence[str], *, program_version: str) -> list[Record]:
    """A record for each of ``uids``, in their order; BadRequest where one is not in the database."""
    database, tables = marts.database, marts.tables
    relations = (EXECUTION_BLOCK, EVALUATION, FINDING)
    blocks, evaluations, findings = (read_of_blocks(database, tables, relation, uids) for relation in relations)
    missing = sorted(set(uids) - set(blocks["uid"]))
    if missing:
        raise BadRequest(f"{missing[0]} is not in the database; expected the uid of an Execution Block that was taken in and refreshed")
    decisions = read_newest_decisions(database, tables, uids)
    return decision_export.records(blocks, evaluations, findings, decisions, uids=uids, program_version=program_version)
