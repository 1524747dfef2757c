"""Everything that the program says to a database in shards, held to the rules of tests/store/shard_rules.py.

No Citus is at hand: its catalog and its function are stood in for by tables of the test, so that the program takes the form of statements
that it takes there, on a real PostgreSQL, and every statement is recorded.
"""

from datetime import date, datetime, timezone
from pathlib import Path

import pytest

from alma_qa0.core.decisions import new_decision
from alma_qa0.core.fields import DECISION, EVALUATION, FINDING, JUDGEMENT, MARTS, PRODUCTION, RAW, REFRESH
from alma_qa0.errors import BadRequest, DatabaseRefused
from alma_qa0.hosts.postgres import _frame
from alma_qa0.jobs.distribute import distribute
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.store import decisions, plans
from alma_qa0.store.queries import Marts
from alma_qa0.store.render import _environment, source_of
from alma_qa0.store.tables import create_production
from store.samples import TABLES, UID, production, put_production
from store.shard_rules import faults

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.tar.gz"))[:2]
SQL = Path(plans.__file__).parent / "sql"
# One stands for the other on one machine only; the last two are asked of the catalogs of one PostgreSQL, by what runs in DSS.
NOT_IN_SHARDS = {"plans/make", "plans/gate", "queries/copy", "tables/append_only", "tables/append_only_trigger", "tables/column",
                 *(f"changes/{name}" for name in ("count", "flush", "forget", "keep", "mark", "read", "suspects"))}
ROOMS_OF_ONE_POSTGRESQL = ("flow/", "installation/")
IN_SHARDS = {".".join(TABLES.of(relation).parts) for relation in (*RAW, *MARTS, REFRESH, *JUDGEMENT, DECISION, PRODUCTION)}
# Lists that go to the coordinator: of all EBs the newest, and how many there are.
LISTS = {"queries/execution_blocks", "queries/count_execution_blocks", "queries/list_version"}

STAND_IN = """
create table pg_dist_partition (logicalrelid regclass primary key, partmethod "char", colocated_with text, shard_count integer);
create function create_distributed_table(
    table_name regclass, distribution_column text, distribution_type text default 'hash', colocate_with text default 'default',
    shard_count integer default null) returns void language plpgsql as $$
begin
    if exists (select from pg_dist_partition where logicalrelid = table_name) then raise '% is distributed already', table_name; end if;
    if exists (select from pg_trigger where tgrelid = table_name and not tgisinternal) then raise '% has triggers', table_name; end if;
    if exists (select from pg_constraint where conrelid = table_name and contype = 'f') then raise '% has foreign keys', table_name; end if;
    if exists (select from pg_index where indrelid = table_name and indisunique and not exists (
        select from pg_attribute where attrelid = table_name and attname = distribution_column and attnum = any(indkey)))
    then raise '% has a unique index without %', table_name, distribution_column; end if;
    if colocate_with != 'none' and not exists (select from pg_dist_partition where logicalrelid = colocate_with::regclass)
    then raise '% is not distributed', colocate_with; end if;
    insert into pg_dist_partition values (table_name, 'h', colocate_with, shard_count);
end $$
"""


class Recording:
    """A database that remembers what it was told; it reads text, as DSS does."""

    def __init__(self, database):
        self._database, self.statements = database, []

    def run(self, sql):
        self.statements.append(sql)
        return self._database.run(sql)

    def execute(self, statements):
        self.statements.extend(statements)
        self._database.execute(statements)

    def load(self, statements, copies):
        self.statements.extend(statements)
        self._database.load(statements, copies)


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


@pytest.fixture
def recorded(cluster, monkeypatch):
    """All that is said while everything is done, and the templates that were used for it."""
    used, get_template = set(), _environment().get_template

    def remembered(name):
        used.add(name.removesuffix(".sql"))
        return get_template(name)

    monkeypatch.setattr(_environment(), "get_template", remembered)
    database = Recording(cluster)
    create_production(database, TABLES)
    distribute(database, TABLES, production=True, say=lambda _: None)
    _use(database, cluster)
    return database.statements, used


def test_every_statement_that_can_be_rendered_keeps_to_the_rules(recorded):
    statements, used = recorded
    lists = {source_of(template).splitlines()[0] for template in LISTS}
    found = {(statement.splitlines()[0], fault) for statement in dict.fromkeys(statements) if not statement.startswith("copy")
             for fault in faults(statement, IN_SHARDS)}
    assert {(name, fault) for name, fault in found if name not in lists} == set()
    every = {str(path.relative_to(SQL).with_suffix("")) for path in SQL.rglob("*.sql")}
    assert {name for name in every - used if not name.startswith(ROOMS_OF_ONE_POSTGRESQL)} == NOT_IN_SHARDS


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
    ("insert into mart.a (uid) select distinct on (b.uid) b.uid from mart.b order by b.uid", "distinct on in an insert"),
    ("insert into mart.a (uid, n) select c.uid, c.n from (select b.uid, b.n from mart.b offset 0) as c", "limit or offset inside a query"),
    ("insert into mart.a (n) select max(b.n) from mart.b", "an aggregate over all EBs"),
])
def test_what_breaks_a_rule_is_found(statement, fault):
    assert any(found.startswith(fault) for found in faults(statement, {"mart.a", "mart.b"})), faults(statement, {"mart.a", "mart.b"})


@pytest.mark.parametrize("statement", [
    "select count(*) as n, max(a.n) as most from mart.a", "select a.n from mart.a left join mart.b on a.uid = b.uid and a.n = b.n",
    "delete from mart.a where a.uid in ('u', 'v')", "delete from mart.a where not exists (select 1 from mart.b where b.uid = a.uid)",
    "select x.n from mart.a cross join lateral unnest(a.n) as x (n)", "select a.n from mart.a where a.uid = 'u' for update",
    "select count(*) over () as n from mart.a where a.uid = 'u'", "create table public.a (n bigserial primary key)",
    "insert into mart.a (uid, n) select b.uid, percentile_cont(0.5) within group (order by b.n) from mart.b group by b.uid",
])
def test_what_keeps_to_the_rules_is_let_pass(statement):
    assert faults(statement, {"mart.a", "mart.b"}) == []


def _use(database, cluster):
    """Everything once: both sources, what is new, changed and gone, whole and in part; judging, reading, deciding."""
    taken = ingest(database, TABLES, SAMPLES).taken
    put_production(cluster, [production(uid=uid, water=1.0) for uid in (UID, f"{UID}1")])
    for source in ("asdm", "production"):
        plans.uids_of_days(database, TABLES, source=source, days=[date(2026, 7, 17)])
        plans.refresh(database, TABLES, source=source)
        plans.refresh(database, TABLES, source=source, full=True)
        plans.refresh(database, TABLES, source=source, full=True, uids=[UID, *taken])
    judge(database, TABLES)
    judge(database, TABLES, uids=list(taken), full=True)
    cluster.execute([f"delete from raw.cal_atmosphere_production where uid = '{UID}1'"])
    plans.refresh(database, TABLES, source="production")
    judge(database, TABLES)
    _read(Marts(database, TABLES), taken[0])
    _decide(database, taken[0])


def _read(marts, uid):
    marts.list_execution_blocks()
    marts.list_execution_blocks(limit=1)
    for states in ((), ("Unset",), ("Pass", "Fail")):
        for severity in (None, "warning", "severe"):
            marts.list_execution_blocks(date(2026, 7, 1), date(2026, 7, 31), "x", 10, states=states, severity=severity)
    marts.list_version()
    marts.look(uid)
    marts.date_bounds()
    for read in (marts.read_execution_block, marts.read_scan_summary, marts.read_invalid_values, marts.read_findings, marts.read_evaluation,
                 marts.source_version):
        read(uid)
    marts.read_spectra(uid, "trec")
    marts.read_spectra(uid, "tsys", 6)
    marts.count_findings()
    marts.count_findings([uid, UID])
    for relation in (FINDING, EVALUATION, *MARTS):
        decisions.read_of_blocks(marts.database, TABLES, relation, [uid, UID])


def _decide(database, uid):
    decisions.decide(database, TABLES, new_decision(uid=uid, decided_by="aod", status="Pass", program_version="0"))
    decisions.read_decisions(database, TABLES, uid)
    decisions.read_newest_decisions(database, TABLES, [uid, UID])
    decisions.count_decisions(database, TABLES)
    decisions.read_shift(database, TABLES, datetime(2026, 1, 1, tzinfo=timezone.utc), datetime(2027, 1, 1, tzinfo=timezone.utc))
