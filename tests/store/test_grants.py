"""What each role of ``alma-qa0 grant`` can do, by trying everything with each."""

import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import pytest

from alma_qa0 import cli
from alma_qa0.core.decisions import new_decision
from alma_qa0.core.fields import DECISION, JUDGEMENT, MARTS, PRODUCTION, RAW, REFRESH
from alma_qa0.errors import DatabaseRefused
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.settings import PAGE
from alma_qa0.store.decisions import decide, read_history
from alma_qa0.store.grants import grant
from alma_qa0.store.plans import refresh
from alma_qa0.store.queries import Marts
from alma_qa0.store.tables import lay_lock
from jobs.samples import UID, write_sample
from store.samples import TABLES, create_all

pytestmark = pytest.mark.slow  # each takes in, judges and grants

EVERYTHING = (*RAW, PRODUCTION, *MARTS, *JUDGEMENT, REFRESH, DECISION)


def statements(relation):
    """Each way in which a table can be read or harmed, by the right that it needs; none takes or leaves a row."""
    table, columns = ".".join(TABLES.of(relation).parts), ", ".join(relation.columns)
    return {
        "read": f"select {columns} from {table} limit 0",
        "add": f"insert into {table} ({columns}) select {', '.join(['null'] * len(relation.columns))} where false",
        "change": f"update {table} set uid = uid where false", "take out": f"delete from {table} where false",
        "empty": f"truncate {table}", "drop": f"drop table {table}", "alter": f"alter table {table} add column more integer",
        "index": f"create index on {table} (uid)", "trigger": f"alter table {table} disable trigger all"}


def rights(kind, relation):
    """What a role is meant to be able to do with a table."""
    shown, made = relation in (*MARTS, *JUDGEMENT, REFRESH, DECISION), relation in (*RAW, *MARTS, *JUDGEMENT, REFRESH)
    if kind == "job":
        return {"read", "add", "change", "take out"} if made else {"read"}
    return ({"read"} if shown else set()) | ({"add"} if kind == "decider" and relation is DECISION else set())


@pytest.fixture
def roles(database, database_url, tmp_path):
    """A login of each role, on a database with one Execution Block."""
    create_all(database)
    ingest(database, TABLES, [write_sample(tmp_path)])
    refresh(database, TABLES)
    judge(database, TABLES)
    prefix = urlsplit(database_url).path[1:]
    assert cli.main(["grant", "--database", database_url, "--prefix", prefix]) == cli.DONE
    logins = {}
    for kind in ("reader", "decider", "job"):
        database.execute([f"create role {prefix}_{kind}_login login in role {prefix}_{kind}"])
        parts = urlsplit(database_url)
        logins[kind] = Postgres(urlunsplit(parts._replace(netloc=f"{prefix}_{kind}_login@")))
    yield logins
    for kind, login in logins.items():
        login.close()
        database.execute([f"drop owned by {prefix}_{kind}", f"drop role {prefix}_{kind}_login", f"drop role {prefix}_{kind}"])


def may(database, statement):
    try:
        database.execute([statement])
    except DatabaseRefused as error:
        if any(words in str(error) for words in ("permission denied", "must be owner", "append-only")):
            return False
        raise
    return True


@pytest.mark.parametrize("kind", ["reader", "decider", "job"])
def test_a_role_can_do_with_each_table_what_it_needs_and_nothing_else(roles, kind):
    for relation in EVERYTHING:
        allowed = {name for name, statement in statements(relation).items() if may(roles[kind], statement)}
        assert allowed == rights(kind, relation), relation.name


@pytest.mark.parametrize("kind", ["reader", "decider", "job"])
def test_a_role_makes_nothing_of_its_own(roles, kind):
    for statement in ("create table mart.own (n integer)", "create table raw.own (n integer)", "create schema own",
                      "create role another", "create or replace function mart.decision_is_append_only() returns trigger"
                                             " language plpgsql as 'begin return null; end'"):
        assert not may(roles[kind], statement), statement


@pytest.mark.parametrize("kind", ["reader", "decider", "job"])
def test_each_role_does_its_work_and_not_that_of_the_others(roles, kind, tmp_path):
    login, page = roles[kind], roles[kind].with_patience(PAGE)
    marts = Marts(page, TABLES)
    assert marts.list_execution_blocks()["uid"].tolist() == [UID]
    assert len(marts.read_scan_summary(UID))
    marts.look(UID)
    tries = {
        "decider": lambda: decide(page, TABLES, new_decision(UID, decided_by="aod", status="Pass", program_version="1")),
        "job": lambda: (ingest(login, TABLES, [write_sample(tmp_path / "next", "uid://A002/Xf8f6a9/X15c7a")]),
                        refresh(login, TABLES, full=True), judge(login, TABLES, full=True))}
    for name, work in tries.items():
        if name == kind:
            work()
        else:
            with pytest.raises(DatabaseRefused, match="permission denied"):
                work()
    assert len(read_history(page, TABLES, UID)) == (kind == "decider")
    assert len(marts.list_execution_blocks()) == 1 + (kind == "job")
    page.close()


@pytest.mark.parametrize("kind", ["reader", "decider"])
def test_who_may_not_look_into_the_raw_tables_can_check_the_others(roles, kind, capsys):
    assert cli.main(["check", "--database", roles[kind]._url]) == cli.DONE, capsys.readouterr().out
    assert "rows of mart.execution_block: 1 rows of 1 Execution Blocks" in capsys.readouterr().out


def test_what_a_role_could_do_before_is_taken_from_it(roles, database, database_url):
    prefix = urlsplit(database_url).path[1:]
    database.execute([f"grant all on mart.decision, mart.spectrum to {prefix}_reader"])
    assert may(roles["reader"], "delete from mart.spectrum where false")
    grant(database, TABLES, prefix=prefix)
    assert not may(roles["reader"], "delete from mart.spectrum where false")
    assert may(roles["reader"], "select uid from mart.spectrum")


def test_of_two_commands_at_once_one_waits(database, database_url):
    prefix = urlsplit(database_url).path[1:]
    command = [sys.executable, "-m", "alma_qa0.cli", "grant", "--database", database_url, "--prefix", prefix]
    with database.holding(lay_lock()):  # until both wait
        both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        while database.run("select count(*) as n from pg_locks join pg_database on database = pg_database.oid"
                           " where locktype = 'advisory' and not granted and datname = current_database()")["n"][0] < 2:
            assert all(process.poll() is None for process in both)
    ended = [(process.communicate()[1], process.returncode) for process in both]
    assert [code for _, code in ended] == [cli.DONE, cli.DONE], ended
    roles = [f"{prefix}_{kind}" for kind in ("reader", "decider", "job")]
    database.execute([statement for role in roles for statement in (f"drop owned by {role}", f"drop role {role}")])
