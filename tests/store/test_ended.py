"""A server, or a worker of a cluster, that ends the connection before a statement: it is told, nothing is half done, a rerun is right.

One PostgreSQL stands in for it: pg_terminate_backend before the first, the second and each following statement of the transaction.
"""

from contextlib import contextmanager
from pathlib import Path

import pytest

from alma_qa0.core.decisions import new_decision
from alma_qa0.core.fields import DECISION, JUDGEMENT, MARTS, RAW, REFRESH
from alma_qa0.errors import DatabaseUnavailable
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.store import decisions, plans
from alma_qa0.store.tables import Tables

pytestmark = pytest.mark.slow  # each step is run once for each of its statements

SAMPLE = sorted((Path(__file__).parents[2] / "samples").glob("*.tar.gz"))[-1]
TABLES = Tables.in_schemas()
TIMES = "array['ingested_at', 'refreshed_at', 'evaluated_at', 'decided_at', 'decision_id']"


class Ended(Postgres):
    """A PostgreSQL that ends the connection before the statement number ``left`` of all that write, counted from 0; once."""

    __slots__ = ("_other", "left")

    def __init__(self, url):
        super().__init__(url)
        self._other, self.left = Postgres(url), None

    @contextmanager
    def _transaction(self):
        with super()._transaction() as cursor:
            yield _Counting(cursor, self)

    def next_statement(self, cursor):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                pid = cursor.connection.info.backend_pid
                self._other.run(f"select pg_terminate_backend({pid}, 10000)")


class _Counting:
    def __init__(self, cursor, database):
        self._cursor, self._database = cursor, database

    def execute(self, statement):
        self._database.next_statement(self._cursor)
        self._cursor.execute(statement)

    def copy_expert(self, *arguments):
        self._database.next_statement(self._cursor)
        self._cursor.copy_expert(*arguments)


def ingested(database):
    ingest(database, TABLES, [SAMPLE])


def refreshed(database):
    plans.refresh(database, TABLES)


def judged(database):
    judge(database, TABLES)


def decided(database):
    uid = database.run("select uid from mart.execution_block")["uid"].item()
    made = new_decision(uid, status="Pass", decided_by="Ana", program_version="0")
    decisions.decide(database, TABLES, made)


STEPS = {"ingest": ingested, "refresh": refreshed, "judging": judged, "decision": decided}
CHANGED = {"ingest": RAW, "refresh": (*MARTS, REFRESH), "judging": JUDGEMENT, "decision": (DECISION,)}

FEWEST = {"ingest": 2 * len(RAW), "refresh": 10, "judging": 4, "decision": 3}  # statements of each


def rows(database, relations):
    """A digest of the rows of each table, without times."""
    return {relation.name: database.run(
        f"select md5(coalesce(string_agg(one, '' order by one), '')) as digest from (select (to_jsonb(t) - {TIMES})::text as one"
        f" from {'.'.join(TABLES.of(relation).parts)} as t) as made")["digest"].item() for relation in relations}


@pytest.mark.parametrize("step", STEPS)
def test_a_connection_that_ends_before_any_statement_is_told_and_the_rerun_is_right(step, database_18, database_url_18):
    for before in STEPS:
        STEPS[before](database_18)
        if before == step:
            break
    whole = rows(database_18, CHANGED[step])
    empty(database_18, CHANGED[step])
    nothing, ended, told = rows(database_18, CHANGED[step]), Ended(database_url_18), 0
    while True:
        ended.left = told
        sentence = refusal(STEPS[step], ended)
        if sentence:
            told += 1
            assert "\n" not in sentence
            assert rows(database_18, CHANGED[step]) in (nothing, whole), f"half done before statement {told}"
            STEPS[step](database_18)
            assert rows(database_18, CHANGED[step]) == whole
            empty(database_18, CHANGED[step])
            continue
        assert ended.left is not None, "ended, and not told"
        break
    assert rows(database_18, CHANGED[step]) == whole
    assert told >= FEWEST[step]


def refusal(step, database):
    try:
        step(database)
    except DatabaseUnavailable as error:
        return str(error)
    return ""


def empty(database, relations):
    """As before the step."""
    if DECISION in relations:
        database.execute(["alter table mart.decision disable trigger all", "delete from mart.decision",
                          "alter table mart.decision enable trigger all"])
        return
    database.execute([f"delete from {'.'.join(TABLES.of(relation).parts)}" for relation in relations])
