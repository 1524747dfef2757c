"""What a form offers to choose from: what an input holds, newest first and not without end, and the limits of the rules."""

from alma_qa0.core.fields import EXEC_BLOCK, EXECUTION_BLOCK, PRODUCTION, Relation
from alma_qa0.core.rules import RULES
from alma_qa0.jobs.marts import Place, source_kind
from alma_qa0.store import flow
from alma_qa0.store.database import Database
from alma_qa0.store.render import Ident

MOST_UIDS, MOST_DAYS = 500, 366
Offered = list[tuple[str, str]]  # value and label


def offered(database: Database, role: str, place: Place, parameter: str) -> Offered:
    """The UIDs or days that the input of a role holds, for the parameter uids or days."""
    table, relation = _where(database, role, place)
    if parameter == "uids":
        return [(uid, f"{start or 'no start'} · {uid}") for uid, start in flow.newest_uids(database, table, relation, limit=MOST_UIDS)]
    days = flow.newest_days(database, table, relation, limit=MOST_DAYS)
    return [(day, f"{day} · {n} Execution Block{'' if n == 1 else 's'}") for day, n in days]


def limits() -> Offered:
    """Every limit with its default and its meaning."""
    named = [(f"{rule.id}.{limit.name}", limit) for rule in RULES for limit in rule.limits]
    return [(name, f"{name} = {limit.default:g}{f' {limit.unit}' if limit.unit else ''}: {limit.meaning}") for name, limit in named]


def _where(database: Database, role: str, place: Place) -> tuple[Ident, Relation]:
    """The table that has the start of every Execution Block: beside the cal_atmosphere of an ingest it is exec_block."""
    if role == EXECUTION_BLOCK.name:
        return Ident(*place), EXECUTION_BLOCK
    if source_kind(database, place) == "production":
        return Ident(*place), PRODUCTION
    return Ident(place[0], EXEC_BLOCK.name), EXEC_BLOCK
