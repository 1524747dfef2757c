"""What docs/operations.md tells the administrator to run, run as it stands there."""

import os
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

from alma_qa0.core.decisions import new_decision
from alma_qa0.core.fields import DECISION, JUDGEMENT, MARTS, RAW, REFRESH
from alma_qa0.errors import DatabaseRefused
from alma_qa0.hosts.embedded import programs
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.jobs.partition import partition
from alma_qa0.pages.execution_block import lines, load
from alma_qa0.simulate.execution_block import simulate
from alma_qa0.store import plans
from alma_qa0.store.decisions import count_decisions, decide, read_decisions
from alma_qa0.store.queries import Marts
from alma_qa0.store.tables import Tables, create_decisions, create_raw
from dss.flows import on_18
from store.samples import atmosphere, put_asdm

ROOT = Path(__file__).parents[2]
UID = "uid://A002/X1/X1"
TABLES = Tables.in_schemas()
ROLES = ("qa0_recipes", "qa0_page", "qa0_decider")
REFUSED = r"permission denied|must be owner"
DEBIAN_PROGRAMS = Path("/usr/lib/postgresql/15/bin")


def told(language, words):
    """The one block of the page in a language that has these words."""
    blocks = re.findall(rf"```{language}\n(.*?)```", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"), re.DOTALL)
    found = [block for block in blocks if words in block]
    assert len(found) == 1, words
    return found[0]


def statements(block):
    return [statement for statement in re.sub(r"--[^\n]*", "", block).split(";") if statement.strip()]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A folder of two small Execution Blocks."""
    folder = tmp_path_factory.mktemp("asdms")
    simulate(folder, ebs=2, seed=1, bands=(3, 6), antennas=4, calibrations=2)
    return folder


@pytest.fixture(scope="module")
def owner(module_database, small):
    """A database with two small Execution Blocks, and the three roles."""
    assert len(ingest(module_database, TABLES, [small]).taken) == 2
    for block in ("-- roles", "-- quarantine"):
        module_database.execute(statements(told("sql", block)))
    yield module_database
    for role in ROLES:
        module_database.execute([f"drop owned by {role} cascade", f"drop role {role}"])


@pytest.fixture(scope="module")
def role(owner):
    """The database as one of the roles sees it, with the marts that one of them made, and the table of decisions of the owner."""
    hosts = {name: Postgres(owner._url.replace("postgres@", f"{name}@", 1)) for name in ROLES}
    assert plans.refresh(hosts["qa0_recipes"], TABLES).made == 2
    assert judge(hosts["qa0_recipes"], TABLES).made == 2
    create_decisions(owner, TABLES)
    owner.execute(statements(told("sql", "-- decisions")))
    yield hosts
    for host in hosts.values():
        host.close()


def decision(uid, status="Pass", **others):
    return new_decision(uid, decided_by="aod", status=status, program_version="1", **others)


def test_the_role_of_the_page_reads_everything_that_the_page_shows(role, owner):
    page = Marts(role["qa0_page"], TABLES)
    uids = owner.run("select uid from mart.execution_block order by uid")["uid"].tolist()
    assert sorted(page.list_execution_blocks()["uid"]) == uids
    for uid in uids:
        assert len(page.read_evaluation(uid)) == 1
        assert len(page.read_findings(uid)) == owner.run(f"select count(*) as n from mart.finding where uid = '{uid}'")["n"].item()
        loaded = load(page, uid)
        assert all(len(lines(page, loaded, quantity, None)) for quantity in ("trec", "tsys"))
        assert page.source_version(uid)
        assert read_decisions(page.database, TABLES, uid).empty


@pytest.mark.parametrize("name", ["qa0_page", "qa0_decider"])
def test_the_roles_of_the_page_write_nothing_but_decisions(role, owner, name):
    host = role[name]
    tables = [*(f"mart.{relation.name}" for relation in (*MARTS, *JUDGEMENT)), "mart.refresh"]
    for table in tables:
        for statement in (f"insert into {table} select * from {table} limit 1", f"delete from {table}", f"truncate {table}",
                          f"update {table} set uid = 'x'", f"drop table {table}"):
            with pytest.raises(DatabaseRefused, match=REFUSED):
                host.execute([statement])
    for statement in ("create table mart.own (a integer)", "create schema own", "select * from raw.asdm", "drop table mart.decision",
                      "delete from mart.decision", "truncate mart.decision", "update mart.decision set uid = 'x'",
                      "alter table mart.decision disable trigger all"):
        with pytest.raises(DatabaseRefused, match=REFUSED):
            host.execute([statement])
    assert owner.run("select count(*) as n from mart.execution_block")["n"].item() == 2


def test_the_role_that_decides_can_and_the_role_that_reads_cannot(role):
    before = count_decisions(role["qa0_page"], TABLES)
    assert len(decide(role["qa0_decider"], TABLES, decision(UID))) == 1
    with pytest.raises(DatabaseRefused, match="permission denied"):
        decide(role["qa0_page"], TABLES, decision(UID))
    assert count_decisions(role["qa0_page"], TABLES) == before + 1


def test_neither_the_recipes_nor_the_owner_can_take_a_decision_out(role, owner):
    decide(role["qa0_decider"], TABLES, decision(UID))
    for statement in ("delete from mart.decision", "truncate mart.decision", "drop table mart.decision",
                      "alter table mart.decision disable trigger all", "drop function mart.decision_is_append_only() cascade"):
        with pytest.raises(DatabaseRefused, match=REFUSED):
            role["qa0_recipes"].execute([statement])
    for statement in ("delete from mart.decision", "truncate mart.decision", "update mart.decision set status = 'Fail'"):
        with pytest.raises(DatabaseRefused, match="append-only"):
            owner.execute([statement])


def test_what_the_recipes_make_later_the_page_can_read(role, owner):
    """Marts that are dropped and made again have the rights of before."""
    owner.execute(["drop table mart.spectrum"])
    plans.refresh(role["qa0_recipes"], TABLES, full=True)
    assert role["qa0_page"].run("select count(*) as n from mart.spectrum")["n"].item() > 0


def test_decisions_come_back_from_their_backup_as_they_were_made_and_once(tmp_path, request, database, database_url, as_other):
    create_decisions(database, TABLES)
    for comment in ("first", "$ and \t'quotes'\nin two lines"):
        decide(database, TABLES, decision(UID, status="Fail", comment=comment, reasons=["QA0_WEATHER"]))
    programs = programs_of(request)
    assert shell(told("sh", "--file decision.dump"), database_url, tmp_path, programs).returncode == 0
    other_url, other = as_other
    create_decisions(other, TABLES)
    restored = shell(told("sh", "--exit-on-error decision.dump"), other_url, tmp_path, programs)
    assert restored.returncode == 0, restored.stderr
    read = (read_decisions(host, TABLES, UID) for host in (database, other))
    assert next(read).equals(next(read))
    assert count_decisions(other, TABLES) == 2
    again = shell(told("sh", "--exit-on-error decision.dump"), other_url, tmp_path, programs)
    assert again.returncode != 0
    assert "duplicate key" in again.stderr
    assert count_decisions(other, TABLES) == 2
    with pytest.raises(DatabaseRefused, match="append-only"):
        other.execute(["delete from mart.decision"])


@pytest.fixture
def as_other(database, database_url):
    """Another database of the same server."""
    name = f"{database_url.rsplit('/', 1)[1].partition('?')[0]}_restored"
    outside_a_transaction(database, f"create database {name} template template0")
    url = database_url.replace(f"/{name.removesuffix('_restored')}?", f"/{name}?")
    assert url != database_url
    other = Postgres(url)
    yield url, other
    other.close()
    outside_a_transaction(database, f"drop database {name} with (force)")


def outside_a_transaction(host, statement):
    connection = host._connect()
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def programs_of(request):
    """The programs of the server's own version: an older pg_dump refuses a newer server."""
    if "postgresql15" in request.node.name:
        return DEBIAN_PROGRAMS
    return programs.tools()


def test_after_all_is_lost_a_dump_of_everything_gives_the_same_page_and_decisions(
    tmp_path, request, database, database_url, as_other, small,
):
    ingest(database, TABLES, [small])
    plans.refresh(database, TABLES)
    judge(database, TABLES)
    create_decisions(database, TABLES)
    decide(database, TABLES, decision(UID, status="Fail", comment="lost and found", reasons=["QA0_WEATHER"]))
    before = everything(database)
    programs = programs_of(request)
    assert shell(told("sh", "--file everything.dump"), database_url, tmp_path, programs).returncode == 0
    database.execute(["drop schema raw cascade", "drop schema mart cascade"])
    other_url, other = as_other
    restored = shell(told("sh", "--exit-on-error everything.dump"), other_url, tmp_path, programs)
    assert restored.returncode == 0, restored.stderr
    assert everything(other) == before
    assert plans.refresh(other, TABLES) == plans.Refreshed(made=0, removed=0, unchanged=2)
    assert judge(other, TABLES).made == 0
    with pytest.raises(DatabaseRefused, match="append-only"):
        other.execute(["delete from mart.decision"])
    with pytest.raises(DatabaseRefused, match="decision_comment_limit"):
        other.execute(["insert into mart.decision (uid, decision_id, comment) values ('u', 'd', repeat('c', 5000))"])


def everything(database):
    """All rows of all tables, as comparable values."""
    names = [".".join(TABLES.of(relation).parts) for relation in (*RAW, *MARTS, *JUDGEMENT, REFRESH, DECISION)]
    return {name: sorted(map(repr, database.run(f"select * from {name}").itertuples(index=False, name=None))) for name in names}


def shell(command, url, folder, programs):
    return subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, "DATABASE": url, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"})


# The scenario


@pytest.fixture
def scenario(monkeypatch):
    """What DSS has for the Python of a scenario; ``builds`` has what it was told to build."""
    builds = []

    class Scenario:
        def build_dataset(self, dataset_name, project_key=None, build_mode="RECURSIVE_BUILD", partitions=None, step_name=None,
                          asynchronous=False, fail_fatal=True):
            builds.append((dataset_name, build_mode))

    monkeypatch.setitem(sys.modules, "dataiku.scenario", types.SimpleNamespace(Scenario=Scenario))
    return builds


@on_18
def test_the_step_of_the_scenario_brings_all_marts_up_to_date(scenario, instance, database, small):
    """Each dataset is made by the recipe of its name, as it is shipped."""
    assert len(ingest(database, TABLES, [small]).taken) == 2
    ingested = instance.add_dataset("cal_atmosphere", "alma", "raw", "cal_atmosphere")
    outputs = {one.name: instance.add_dataset(one.name, "alma", "flow", f"QA0_{one.name}") for one in (*MARTS, *JUDGEMENT)}
    exec(told("python", "build_dataset"), {})
    for name, mode in scenario:
        assert mode == "NON_RECURSIVE_FORCED_BUILD"  # the default builds what DSS sees as changed; it sees no rows
        ends = {"cal_atmosphere": ingested}, {name: outputs[name]}
        if name == "finding":
            ends = {mart.name: outputs[mart.name] for mart in MARTS} | ends[0], {one.name: outputs[one.name] for one in JUDGEMENT}
        done = instance.run_recipe(f"alma-qa0-{name.replace('_', '-')}", *ends)
        assert done.returncode == 0, done.stderr
    for name in ("execution_block", "scan_summary", "spectrum", "evaluation"):
        assert database.run(f'select count(distinct uid) as n from flow."QA0_{name}"')["n"].item() == 2


def test_the_query_of_the_trigger_answers_otherwise_after_an_arrival_only(role, owner):
    def answer():
        return role["qa0_recipes"].run(told("sql", "-- arrivals")).values.tolist()

    before = answer()
    assert answer() == before
    owner.execute(["create temporary table newer as select * from raw.asdm limit 1", "update newer set uid = 'uid://A002/X1/X2'",
                   "insert into raw.asdm select * from newer", "drop table newer"])
    assert answer() != before
    owner.execute(["delete from raw.asdm where uid = 'uid://A002/X1/X2'"])


def test_a_month_is_taken_out_for_good_as_the_page_says(database):
    create_raw(database, TABLES)
    for uid, time in (("uid://A002/X1/X1", "2026-06-30T23:50:00Z"), ("uid://A002/X1/X2", "2026-07-17T14:10:00Z")):
        rows = [atmosphere(start_valid_time=time), atmosphere(start_valid_time="2026-07-17T14:10:00Z", cal_data_id="CalData_2")]
        put_asdm(database, rows, uid=uid, start=time)
    plans.refresh(database, TABLES)
    judge(database, TABLES)
    partition(database, TABLES, say=lambda _: None)
    database.execute(statements(told("sql", "-- a month")))
    assert plans.refresh(database, TABLES) == plans.Refreshed(made=0, removed=1, unchanged=1)
    judge(database, TABLES)
    for name in ("raw.cal_atmosphere", *(f"mart.{relation.name}" for relation in (*MARTS, *JUDGEMENT))):
        assert set(database.run(f"select uid from {name}")["uid"]) <= {"uid://A002/X1/X2"}, name
    assert len(Marts(database, TABLES).read_scan_summary("uid://A002/X1/X2")) == 2


def test_the_macro_and_the_settings_that_the_page_names_are_those_of_the_plugin():
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    shipped = "".join(path.read_text(encoding="utf-8") for pattern in ("python-runnables/*/runnable.json", "webapps/*/webapp.json")
                      for path in ROOT.glob(pattern))
    for label in ("Make the table of decisions", "Check this installation", "QA0 cockpit", "Who may decide"):
        assert f'"{label}"' in page
        assert f'"label": "{label}"' in shipped


def test_the_decision_table_is_the_only_one_that_cannot_be_made_again():
    assert DECISION.append_only
    assert not [relation.name for relation in (*MARTS, *JUDGEMENT) if relation.append_only]
