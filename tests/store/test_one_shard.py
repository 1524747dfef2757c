"""What is said of one Execution Block goes to one shard of a cluster, where all SQL runs, however it is written.

Citus sends a statement to one shard if PostgreSQL's planner has found, for each table that it reads, that uid is one constant: it looks at
the conditions which the planner worked out, not at the text. So this looks at PostgreSQL's plan.
"""

import pytest

from alma_qa0.core.fields import DECISION, EVALUATION, FINDING, JUDGEMENT, MARTS, PRODUCTION, QUARANTINE, RAW, REFRESH
from alma_qa0.core.rules import limits_from
from alma_qa0.store import decisions
from alma_qa0.store.batch import batch_statements
from alma_qa0.store.facts import TEMPLATES, read_blocks, read_scalar_facts
from alma_qa0.store.judgement import judgement_statements
from alma_qa0.store.load import delete_statements
from alma_qa0.store.plans import look
from alma_qa0.store.queries import Marts
from alma_qa0.store.tables import create_decisions, create_judgement
from store.everything import Recording
from store.samples import TABLES, UID, create_all

IN_SHARDS = {TABLES.of(relation).parts for relation in (*RAW, *MARTS, REFRESH, *JUDGEMENT, DECISION, QUARANTINE, PRODUCTION)}
CONDITIONS = ("Index Cond", "Filter", "Recheck Cond")


@pytest.fixture(scope="module")
def empty(module_database):
    create_all(module_database)
    create_judgement(module_database, TABLES)
    create_decisions(module_database, TABLES)
    return module_database


def read_in_many_shards(database, statement):
    """The tables in shards that a statement reads without one uid, each with its conditions."""
    (plan,) = database.run(f"explain (format json, verbose, costs false) {statement}").iloc[0, 0]
    return [(node["Schema"], node["Relation Name"], [node[name] for name in CONDITIONS if name in node])
            for node in _nodes(plan["Plan"]) if _is_of_many(node)]


def _nodes(node):
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)


def _is_of_many(node):
    if "Scan" not in node["Node Type"] or (node.get("Schema"), node.get("Relation Name")) not in IN_SHARDS:
        return False
    uid = f"({node['Alias']}.uid = '{UID}'::text)"
    return not any(uid in node.get(name, "") for name in CONDITIONS)


@pytest.mark.parametrize("source", ["asdm", "production"])
def test_making_the_marts_of_one_execution_block_is_of_one_shard(empty, source):
    for statement in batch_statements(TABLES, {UID: "1"}, source=source, distributed=True):
        assert read_in_many_shards(empty, statement) == [], statement


@pytest.mark.parametrize("source", ["asdm", "production"])
def test_looking_at_one_execution_block_or_none_is_of_one_shard(empty, source):
    database = Recording(empty)
    look(database, TABLES, source=source, uids=[UID])
    *_, statement = database.statements
    assert read_in_many_shards(empty, statement) == []
    assert look(empty, TABLES, source=source, uids=[]).pending == {}


def test_judging_one_execution_block_is_of_one_shard(empty):
    database = Recording(empty)
    read_blocks(database, TABLES, [UID])
    read_scalar_facts(database, TABLES, [UID], limits_from({}))
    assert len(database.statements) >= len(TEMPLATES)
    for statement in (*database.statements, *judgement_statements(TABLES, [], [{"uid": UID}])):
        assert read_in_many_shards(empty, statement) == [], statement


def test_taking_one_execution_block_in_is_of_one_shard(empty):
    for statement in delete_statements(TABLES, UID):
        assert read_in_many_shards(empty, statement) == [], statement


def test_reading_one_execution_block_is_of_one_shard(empty):
    database = Recording(empty)
    marts = Marts(database, TABLES)
    marts.look(UID)
    for read in (marts.read_scan_summary, marts.read_invalid_values, marts.read_findings, marts.read_evaluation, marts.source_version):
        read(UID)
    marts.read_spectra(UID, "trec")
    for relation in (FINDING, EVALUATION, *MARTS):
        decisions.read_of_blocks(database, TABLES, relation, [UID])
    for statement in database.statements:
        assert read_in_many_shards(empty, statement) == [], statement


def test_a_statement_of_many_shards_is_found(empty):
    statement = f"select a.uid from raw.asdm as a left join raw.scan as s on a.ingested_at = s.start_time where a.uid = '{UID}'"
    assert [name for _, name, _ in read_in_many_shards(empty, statement)] == ["scan"]
