"""Everything that the program says to a database in shards, held to the rules of tests/store/shard_rules.py.

No Citus is at hand: its catalog and its function are stood in for by tables of the test, so that the program takes the form of statements
that it takes there, on a real PostgreSQL, and every statement is recorded.
"""

from pathlib import Path

import pytest

from alma_qa0.core.decisions import new_decision
from alma_qa0.core.fields import DECISION, JUDGEMENT, MARTS, PRODUCTION, QUARANTINE, RAW, REFRESH
from alma_qa0.errors import BadRequest, DatabaseRefused
from alma_qa0.hosts.postgres import Postgres, _frame
from alma_qa0.jobs.distribute import distribute
from alma_qa0.jobs.judge import judge
from alma_qa0.jobs.partition import partition
from alma_qa0.store import decisions, plans
from alma_qa0.store.render import _environment, source_of
from alma_qa0.store.tables import create_marts, create_production, create_raw
from store.everything import STAND_IN, Recording, steps
from store.samples import TABLES, UID
from store.shard_rules import brought, faults, refused

SQL = Path(plans.__file__).parent / "sql"
# One stands for the other on one machine only, and tables are laid by month before they are laid in shards.
NOT_IN_SHARDS = {"plans/make", "plans/gate", "queries/copy", "tables/append_only", "tables/append_only_trigger", "tables/column",
                 "tables/lay_lock", "load/lost", "plans/forget_mart", "judgement/forget",
                 *(f"months/{name}" for name in ("by_month", "detach", "drop", "grant", "grants", "indexes", "lock", "put_back", "rename"))}
# Asked of the counts of one PostgreSQL, and by what runs in DSS.
ROOMS_OF_ONE_POSTGRESQL = ("changes/", "flow/", "grants/", "installation/health")
IN_SHARDS = {".".join(TABLES.of(relation).parts) for relation in (*RAW, *MARTS, REFRESH, *JUDGEMENT, DECISION, QUARANTINE, PRODUCTION)}
# What passes by the coordinator: of all EBs the newest, how many there are, and one row with the time of one clock.
BY_THE_COORDINATOR = {"queries/execution_blocks", "queries/count_execution_blocks", "queries/list_version", "decisions/decide"}


class Keeper:
    """The same database as a role that is no superuser."""

    def __init__(self, database):
        self._database = database

    def run(self, sql):
        with self._database._transaction() as cursor:
            cursor.execute("set local role keeper")
            cursor.execute(sql)
            return _frame(cursor)

    def execute(self, statements):
        self._database.execute(["set local role keeper", *statements])


@pytest.fixture
def cluster(database_18):
    database_18.execute([STAND_IN])
    return database_18


def test_every_table_is_laid_in_shards_beside_the_first(cluster):
    said = []
    assert distribute(cluster, TABLES, n_shards=8, say=said.append) == len(IN_SHARDS) - 1
    found = cluster.run("select logicalrelid::text as name, colocated_with as beside, shard_count as n from pg_dist_partition")
    assert set(found["name"]) == IN_SHARDS - {"raw.cal_atmosphere_production"}
    beside = dict(zip(found["name"], found["beside"], strict=True))
    assert beside.pop("raw.asdm") == "none"
    assert set(beside.values()) == {'"raw"."asdm"'}
    assert found.set_index("name")["n"]["raw.asdm"] == 8
    assert len(said) == len(IN_SHARDS) - 1


def test_a_decision_in_shards_is_kept_by_rights(cluster):
    """Nobody's rights stop a superuser, so that the tables have to be another's."""
    cluster.execute(["create role keeper", "grant create on database " + cluster.run("select current_database() as name")["name"][0]
                     + " to keeper", "grant all on table pg_dist_partition to keeper"])
    try:
        keeper = Keeper(cluster)
        decisions.decide(keeper, TABLES, new_decision(uid=UID, decided_by="aod", status="Pass", program_version="0"))
        distribute(keeper, TABLES, say=lambda _: None)
        decisions.decide(keeper, TABLES, new_decision(uid=UID, decided_by="aod", status="Pass", program_version="0"))
        assert decisions.count_decisions(keeper, TABLES) == 2
        for change in ("update mart.decision set status = 'Pass'", "delete from mart.decision", "truncate mart.decision"):
            with pytest.raises(DatabaseRefused, match="permission denied"):
                keeper.execute([change])
    finally:
        cluster.execute(["drop owned by keeper cascade", "drop role keeper"])


def test_distributing_again_changes_nothing_and_what_is_missing_is_added(cluster):
    distribute(cluster, TABLES, say=lambda _: None)
    assert distribute(cluster, TABLES, say=lambda _: None) == 0
    cluster.execute(["delete from pg_dist_partition where logicalrelid = 'mart.spectrum'::regclass"])
    said = []
    assert distribute(cluster, TABLES, say=said.append) == 1
    assert "mart.spectrum: laid in shards by uid, beside raw.asdm" in said


def test_tables_made_later_follow_by_themselves(cluster):
    distribute(cluster, TABLES, say=lambda _: None)
    cluster.execute(["delete from pg_dist_partition where logicalrelid in ('mart.finding'::regclass, 'mart.decision'::regclass)",
                     "drop table mart.finding", "drop table mart.decision"])
    judge(cluster, TABLES)
    decisions.count_decisions(cluster, TABLES)
    for name in ("finding", "decision"):
        assert cluster.run(f"select count(*) as n from pg_dist_partition where logicalrelid = 'mart.{name}'::regclass")["n"][0] == 1


def test_the_old_production_table_is_laid_in_shards_only_when_told_to(cluster):
    create_production(cluster, TABLES)
    assert distribute(cluster, TABLES, say=lambda _: None) == len(IN_SHARDS) - 1
    assert distribute(cluster, TABLES, production=True, say=lambda _: None) == 1


def test_without_the_extension_it_says_what_is_missing(database_18):
    with pytest.raises(BadRequest, match="the extension Citus is not in this database; expected `create extension citus`"):
        distribute(database_18, TABLES, say=lambda _: None)


@pytest.fixture(scope="module")
def recorded(server_18):
    """All that is said while everything is done, and the templates that were used for it."""
    with server_18.empty() as url, pytest.MonkeyPatch.context() as monkeypatch:
        cluster = Postgres(url)
        cluster.execute([STAND_IN])
        found = _record(cluster, monkeypatch)
        cluster.close()
    return found


def _record(cluster, monkeypatch):
    used, get_template = set(), _environment().get_template

    def remembered(name):
        used.add(name.removesuffix(".sql"))
        return get_template(name)

    monkeypatch.setattr(_environment(), "get_template", remembered)
    database = Recording(cluster)
    for create in (create_raw, create_production, create_marts):
        create(database, TABLES)
    before = set(used)
    partition(cluster, TABLES, say=lambda _: None)
    used.intersection_update(before)
    distribute(database, TABLES, production=True, say=lambda _: None)
    for _, step in steps(database):
        step()
    return database.statements, used


@pytest.mark.slow
def test_every_statement_that_can_be_rendered_keeps_to_the_rules(recorded):
    statements, used = recorded
    by_the_coordinator = {source_of(template).splitlines()[0] for template in BY_THE_COORDINATOR}
    told = {statement for statement in statements if not statement.startswith("copy")}
    assert {(statement.splitlines()[0], fault) for statement in told for fault in refused(statement, IN_SHARDS)} == set()
    found = {(statement.splitlines()[0], fault) for statement in told for fault in brought(statement, IN_SHARDS)}
    assert {(name, fault) for name, fault in found if name not in by_the_coordinator} == set()
    every = {str(path.relative_to(SQL).with_suffix("")) for path in SQL.rglob("*.sql")}
    assert {name for name in every - used if not name.startswith(ROOMS_OF_ONE_POSTGRESQL)} == NOT_IN_SHARDS


@pytest.mark.slow
def test_in_shards_a_batch_is_one_execution_block(recorded):
    statements, _ = recorded
    for template in ("plans/clear", "judgement/clear", "facts/levels"):
        about = [statement for statement in statements if statement.startswith(source_of(template).splitlines()[0])]
        assert about
        assert all(statement.count("uid://") == 1 for statement in about)


@pytest.mark.parametrize(("statement", "fault"), [
    ("create table mart.a (uid text, n bigserial, primary key (uid))", "a sequence"),
    ("create table mart.a (uid text, n bigint generated always as identity, primary key (uid))", "a sequence"),
    ("create temporary table a as select uid from mart.a", "a temporary table"),
    ("create table mart.a (uid text references mart.b (uid), primary key (uid))", "a key into another table"),
    ("create table mart.a (uid text, n integer, primary key (n))", "a key without uid"),
    ("create unique index i on mart.a (n)", "a key without uid"),
    ("create trigger t before delete on mart.a for each statement execute function f()", "a trigger on a table in shards"),
    ("set local time zone 'UTC'", "a setting that does not reach the workers"),
    ("delete from mart.a where n = 3", "rows changed or taken out without uid"),
    ("delete from mart.a", "rows changed or taken out without uid"),
    ("update mart.a set n = 1 where n = 3", "rows changed or taken out without uid"),
    ("update mart.a set n = b.n from mart.b where a.uid in ('u') and a.n = b.n", "a join without uid"),
    ("select a.n from mart.a inner join mart.b on a.n = b.n", "a join without uid"),
    ("select a.n from mart.a cross join mart.b", "a join without uid"),
    ("with s as (select uid, n from mart.b) select a.n from mart.a left join s on a.n = s.n", "a join without uid"),
    ("select a.n from mart.a inner join mart.b using (n)", "a join without uid"),
    ("select v.uid from (values ('u')) as v (uid) left join mart.a on v.uid = a.uid", "an outer join from what does not lie in shards"),
    ("select max(c.n) from (select a.n, count(*) as m from mart.a group by a.n) as c", "a group without uid"),
    ("select max(c.n) from (select max(a.n) as n from mart.a) as c", "an aggregate over all EBs"),
    ("select a.uid, row_number() over (order by a.n) as n from mart.a", "a window without uid"),
    ("select count(*) from (select distinct a.n from mart.a) as d", "distinct without uid"),
    ("select count(*) from (select a.uid from mart.a limit 3) as d", "limit or offset inside a query"),
    ("select a.uid from mart.a where a.n in (select b.n from mart.b)", "a subquery that is not about the EB of its row"),
    ("select a.uid, (select count(*) from mart.b) as n from mart.a", "a subquery that is not about the EB of its row"),
    ("select a.uid from mart.a for update", "rows locked in many shards"),
    ("select a.n from mart.a union all select b.n from mart.b", "a union without uid"),
    ("insert into mart.a (uid) select distinct on (b.n) b.uid from mart.b order by b.n", "distinct on without uid in an insert"),
    ("insert into mart.a (uid, n) select c.uid, c.n from (select b.uid, b.n from mart.b offset 0) as c", "limit or offset inside a query"),
    ("insert into mart.a (n) select max(b.n) from mart.b", "an aggregate over all EBs"),
    ("insert into mart.a (uid, n) with s as (select b.uid, b.n from mart.b) select t.uid, t.n from s inner join s as t on s.uid = t.uid",
     "a step that is read more than once in an insert: s"),
    ("insert into mart.a (uid, n) select b.uid, c.n from mart.b cross join lateral (select b.n + 1 as n) as c",
     "a subquery without from in an insert"),
    ("insert into mart.a (uid, n) select b.uid, random() from mart.b", "a function that is not the same on every machine, in an insert"),
    ("delete from mart.a where a.uid in ('u', 'v') and a.t < clock_timestamp()", "a function that is not the same on every machine"),
    ("with recursive s as (select a.uid, a.n from mart.a union all select s.uid, s.n + 1 from s) select s.uid from s", "a recursive step"),
    ("with s as materialized (select a.uid from mart.a) select s.uid from s where exists (select 1 from mart.b where b.uid = s.uid)",
     "a subquery about rows that do not lie in shards"),
    ("with s as (select a.uid from mart.a) select s.uid from s inner join s as t on s.uid = t.uid where exists"
     " (select 1 from mart.b where b.uid = s.uid)", "a subquery about rows that do not lie in shards"),
    ("select a.n from mart.a left join mart.b on a.uid = b.uid where a.uid in (null)", "a constant condition beside an outer join"),
    ("select a.n from mart.a full join mart.b on a.uid = b.uid where 1 = 2", "a constant condition beside an outer join"),
    ("select a.uid, max(a.n), (select b.n from mart.b where b.uid = a.uid) as m from mart.a group by a.uid",
     "a subquery in the list of a group"),
    ("select a.uid from mart.a inner join json_to_recordset('[]') as c (uid text) on a.uid = c.uid", "a function as a table"),
    ("select a.uid from mart.a cross join (values (now())) as v (t) where a.t < v.t", "values that are not the same on every machine"),
    ("select a.uid from mart.a inner join (values " + ", ".join(f"('{n}')" for n in range(101)) + ") as v (uid) on a.uid = v.uid",
     "more than 100 values beside shards"),
])
def test_what_breaks_a_rule_is_found(statement, fault):
    assert any(found.startswith(fault) for found in faults(statement, {"mart.a", "mart.b"})), faults(statement, {"mart.a", "mart.b"})


@pytest.mark.parametrize("statement", [
    "select count(*) as n, max(a.n) as most from mart.a", "select a.n from mart.a left join mart.b on a.uid = b.uid and a.n = b.n",
    "delete from mart.a where a.uid in ('u', 'v')", "delete from mart.a where not exists (select 1 from mart.b where b.uid = a.uid)",
    "select x.n from mart.a cross join lateral unnest(a.n) as x (n)", "select a.n from mart.a where a.uid = 'u' for update",
    "select count(*) over () as n from mart.a where a.uid = 'u'", "create table public.a (n bigserial primary key)",
    "insert into mart.a (uid, n) select b.uid, percentile_cont(0.5) within group (order by b.n) from mart.b group by b.uid",
    "insert into mart.a (uid, n) with s as not materialized (select b.uid, b.n from mart.b) select t.uid, t.n from s inner join s as t"
    " on s.uid = t.uid", "insert into mart.a (uid) select distinct on (b.uid) b.uid from mart.b order by b.uid",
    "with s as (select a.uid from mart.a where a.uid in ('u')) select s.uid from s where exists (select 1 from s as t) limit 3",
    "select a.uid, (select max(b.n) from mart.b where b.uid = a.uid) as n from mart.a where a.uid in ('u', 'v')",
    "select a.n, (select array_agg(v.x) from unnest(a.n) as v (x)) as m from mart.a cross join lateral (values (a.n), (a.m)) as w (n)",
])
def test_what_keeps_to_the_rules_is_let_pass(statement):
    assert faults(statement, {"mart.a", "mart.b"}) == []

