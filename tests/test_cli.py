"""The command: what it does, what it says last, and its exit codes."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pandas as pd
import psutil
import pytest

from alma_qa0 import cli
from alma_qa0.core.decisions import new_decision
from alma_qa0.hosts import embedded
from alma_qa0.hosts.embedded import postmaster
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.store.decisions import decide
from alma_qa0.store.tables import Tables

pytestmark = pytest.mark.slow  # commands, servers and processes


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ALMA_QA0_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two small Execution Blocks."""
    out = tmp_path_factory.mktemp("asdms")
    assert cli.main(["simulate", str(out), "--ebs", "2", "--antennas", "4", "--scans", "2", "--bands", "3,6"]) == cli.DONE
    return out


def last_line(capsys):
    return capsys.readouterr().err.strip().splitlines()[-1]


def wait_for(command, words):
    """Reads what a command says until it says these words, and fails with all that it said if it ends before."""
    said = []
    for line in command.stderr:
        said.append(line)
        if words in line:
            return
    pytest.fail(f"it ended without {words!r}: {''.join(said)}")


def assert_no_data(home):
    """Of what was kept, the files of the locks alone are left."""
    assert {path.name for path in home.iterdir()} <= {"postgres.start.lock", "postgres.use.lock", "serving"}


def test_what_is_taken_in_can_be_exported(folder, database_url_18, home, capsys):
    assert cli.main(["ingest", str(folder), "--database", database_url_18]) == cli.DONE
    assert last_line(capsys) == "2 taken in, 0 unchanged, 0 failed"
    uid = "uid://" + min(folder.iterdir()).name.removeprefix("uid___").replace("_", "/")
    assert cli.main(["export", uid, "--database", database_url_18]) == cli.DONE
    table = pd.read_csv(io.StringIO(capsys.readouterr().out))
    known = Postgres(database_url_18).run(
        "select antenna_name, baseband_name, cal_data_id, trec_x from mart.scan_summary order by uid limit 1")
    row = known.iloc[0]
    same = table[(table.antenna_name == row.antenna_name) & (table.baseband_name == row.baseband_name)
                 & (table.cal_data_id == row.cal_data_id) & (table.polarisation == "X")]
    assert same.trec_k.tolist() == [row.trec_x]
    assert cli.main(["export", uid, "--what", "trec", "--output", str(home.parent / "out.csv"), "--database", database_url_18]) == cli.DONE
    assert len(pd.read_csv(home.parent / "out.csv")) == 4 * 4 * 2 * 2 * 128


def test_taking_in_again_changes_nothing(folder, database_url_18, home, capsys):
    for expected in ("2 taken in, 0 unchanged, 0 failed", "0 taken in, 2 unchanged, 0 failed"):
        assert cli.main(["ingest", str(folder), "--database", database_url_18]) == cli.DONE
        assert last_line(capsys) == expected


def test_a_broken_asdm_is_counted_and_the_others_go_in(folder, database_url_18, home, tmp_path, capsys):
    broken = tmp_path / "uid___A002_X1_X1"
    broken.mkdir()
    (broken / "ASDM.xml").write_text("<ASDM><Entity")
    assert cli.main(["ingest", str(folder), str(broken), "--database", database_url_18]) == cli.REFUSED
    said = capsys.readouterr().err.strip().splitlines()
    assert said[-1] == "2 taken in, 0 unchanged, 1 failed"
    assert any("ASDM.xml" in line and "refused" in line for line in said)


def test_a_database_that_does_not_answer_has_its_own_code_and_no_password_is_said(home, capsys):
    assert cli.main(["refresh", "--database", "postgresql://me:secret@127.0.0.1:1/none"]) == cli.NO_DATABASE
    assert "secret" not in capsys.readouterr().err


def test_an_unknown_uid_is_a_misuse_in_words(database_url_18, home, capsys):
    assert cli.main(["refresh", "--database", database_url_18]) == cli.DONE
    assert cli.main(["export", "uid://A002/X9/X9", "--database", database_url_18]) == cli.MISUSED
    assert "uid://A002/X9/X9 is not in the database" in capsys.readouterr().err
    assert cli.main(["export", "nonsense", "--database", database_url_18]) == cli.MISUSED


def test_blocks_that_are_not_there_cannot_be_refreshed_or_judged(folder, database_url_18, home, capsys):
    assert cli.main(["ingest", str(folder), "--database", database_url_18]) == cli.DONE
    known = "uid://" + min(folder.iterdir()).name.removeprefix("uid___").replace("_", "/")
    for command in ("refresh", "judge"):
        assert cli.main([command, known, "--database", database_url_18]) == cli.DONE
        assert cli.main([command, known, "uid://A002/X9/X9", "--database", database_url_18]) == cli.MISUSED
        assert "1 of the 2 Execution Blocks that were named are not there" in last_line(capsys)


def test_what_cannot_be_written_is_said_in_words(folder, database_url_18, home, tmp_path, capsys):
    assert cli.main(["ingest", str(folder), "--database", database_url_18]) == cli.DONE
    uid = "uid://" + min(folder.iterdir()).name.removeprefix("uid___").replace("_", "/")
    export = ["export", uid, "--database", database_url_18]
    for output, reason in ((tmp_path / "no" / "x.csv", "No such file"), (tmp_path, "Is a directory"), ("/dev/full", "No space left")):
        assert cli.main([*export, "--output", str(output)]) == cli.MISUSED
        assert f"{str(output)!r} cannot be used; expected a file that can be written to its end ({reason}" in last_line(capsys)
    (tmp_path / "file").write_text("mine")
    assert cli.main(["simulate", str(tmp_path / "file")]) == cli.MISUSED
    assert "expected a folder, or a place where one can be made" in last_line(capsys)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device")
@pytest.mark.parametrize(("reader", "code", "words"), [
    ("/dev/full", cli.REFUSED, "the output: No space left on device"), ("head", cli.DONE, "")])
def test_an_output_that_takes_no_more_is_no_traceback(folder, database_url_18, home, reader, code, words):
    assert cli.main(["ingest", str(folder), "--database", database_url_18]) == cli.DONE
    uid = "uid://" + min(folder.iterdir()).name.removeprefix("uid___").replace("_", "/")
    export = [sys.executable, "-m", "alma_qa0.cli", "export", uid, "--what", "tsys", "--database", database_url_18]
    with subprocess.Popen(export, stdout=open(reader, "w") if reader != "head" else subprocess.PIPE, stderr=subprocess.PIPE) as command:
        if command.stdout is not None:
            command.stdout.readline()
            command.stdout.close()
        said = command.stderr.read().decode()
    assert command.returncode == code
    assert words in said
    assert "Traceback" not in said


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """The folder of the socket of a PostgreSQL that asks the role qa0_login for its password."""
    home = tmp_path_factory.mktemp("guarded")
    database = Postgres(embedded.start(home))
    database.execute(["create role qa0_login login superuser password 'se:cr/et'"])
    (home / "postgres" / "pg_hba.conf").write_text("local all qa0_login scram-sha-256\nlocal all postgres trust\n")
    database.run("select pg_reload_conf()")
    yield home / "postgres"
    database.close()
    embedded.stop(home)


def test_a_password_comes_from_a_variable_a_file_or_a_service(guarded, home, tmp_path, monkeypatch, capsys):
    url = f"postgresql://qa0_login@/postgres?host={guarded}"
    assert cli.main(["refresh", "--database", url]) == cli.NO_DATABASE
    monkeypatch.setenv("PGPASSWORD", "se:cr/et")
    assert cli.main(["refresh", "--database", url]) == cli.DONE
    monkeypatch.delenv("PGPASSWORD")
    private_file(tmp_path / "passwords", "*:*:*:qa0_login:se\\:cr/et\n")
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "passwords"))
    assert cli.main(["refresh", "--database", url]) == cli.DONE
    monkeypatch.delenv("PGPASSFILE")
    private_file(tmp_path / "services", f"[qa0]\nhost={guarded}\nuser=qa0_login\ndbname=postgres\npassword=se:cr/et\n")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    for address in ("service=qa0", "postgresql://?service=qa0"):
        assert cli.main(["refresh", "--database", address]) == cli.DONE
    said = capsys.readouterr().err
    assert "se:cr/et" not in said
    assert "list of processes" not in said


def private_file(path, text):
    path.write_text(text)
    path.chmod(0o600)


def test_a_password_that_everybody_can_read_is_told(guarded, home, monkeypatch, capsys):
    url = f"postgresql://qa0_login:se%3Acr%2Fet@/postgres?host={guarded}"
    assert cli.main(["refresh", "--database", url]) == cli.DONE
    assert "the password in --database can be read by all" in capsys.readouterr().err.splitlines()[0]
    monkeypatch.setenv("ALMA_QA0_DATABASE", url)
    assert cli.main(["refresh"]) == cli.DONE
    assert "list of processes" not in capsys.readouterr().err


@pytest.mark.parametrize("address", ["nonsense", "mysql://me@host/name", "postgresql://me:secret@[host/name"])
def test_an_address_that_is_none_of_a_database_is_a_misuse(address, home, capsys):
    assert cli.main(["check", "--database", address]) == cli.MISUSED
    assert last_line(capsys).endswith("expected one like postgresql://user@host/name")


@pytest.mark.parametrize("port", ["no", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused_as_an_option(port, home, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["serve", f"--port={port}"])
    assert ended.value.code == cli.MISUSED
    assert "a number from 1 to 65535" in capsys.readouterr().err


def test_an_address_of_another_machine_cannot_be_served(database_url_18, home, capsys):
    assert cli.main(["serve", "--address", "203.0.113.7", "--port", "5734", "--database", database_url_18]) == cli.MISUSED
    assert "'203.0.113.7:5734' cannot be used; expected an address of this machine" in last_line(capsys)


@pytest.mark.parametrize("port", ["no", "0", "70000"])
def test_a_port_that_is_none_is_refused(port, home, monkeypatch, capsys):
    monkeypatch.setenv("PORT", port)
    assert cli.main(["serve"]) == cli.MISUSED
    assert "a number from 1 to 65535" in capsys.readouterr().err


def test_without_what_the_embedded_postgresql_needs_another_one_can_be_used(database_url_18, home):
    program = "import sys; sys.modules['psutil'] = None; from alma_qa0 import cli; sys.exit(cli.main(sys.argv[1:]))"
    for more, code in (["--database", database_url_18], cli.DONE), ([], cli.NO_DATABASE):
        done = subprocess.run([sys.executable, "-c", program, "refresh", *more], capture_output=True, text=True,
                              env={**os.environ, "ALMA_QA0_HOME": str(home)})
        assert done.returncode == code, done.stderr
    assert done.stderr.splitlines()[-1].startswith("alma-qa0: no PostgreSQL: install alma-qa0[embedded], or name a PostgreSQL of your own")


def test_bare_command_says_how_to_use_it():
    with pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == cli.MISUSED


def test_a_second_server_of_one_home_says_so_and_a_signal_ends_the_first(database_url_18, home, capsys):
    command = [sys.executable, "-m", "alma_qa0.cli", "serve", "--port", "5731", "--database", database_url_18]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "ALMA_QA0_HOME": str(home)}) as first:
        assert "the page will be at http://localhost:5731/" in first.stderr.readline()
        wait_for(first, " serves http")
        assert cli.main(["serve", "--port", "5732", "--database", database_url_18]) == cli.MISUSED
        assert "http://localhost:5731/" in capsys.readouterr().err
        first.terminate()
        assert first.wait(timeout=20) == cli.DONE
    assert not Path(home, "postgres").exists()


def test_serve_starts_its_postgresql_again_when_that_was_killed(home):
    command = [sys.executable, "-m", "alma_qa0.cli", "serve", "--port", "5735"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "ALMA_QA0_HOME": str(home)}) as serve:
        wait_for(serve, " serves http")
        postmaster.process_of(home / "postgres", home / "postgres").kill()
        wait_for(serve, "PostgreSQL has stopped; starting it again")
        wait_for(serve, "PostgreSQL runs again")
        assert b"<title>alma-qa0</title>" in urlopen("http://localhost:5735/", timeout=30).read()
        serve.terminate()
        assert serve.wait(timeout=30) == cli.DONE
    assert not embedded.runs(home)


def test_data_in_use_are_not_taken_away(home, capsys):
    with subprocess.Popen([sys.executable, "-m", "alma_qa0.cli", "serve", "--port", "5733"], stderr=subprocess.PIPE, text=True) as server:
        wait_for(server, " serves http")
        assert cli.main(["clean-data"]) == cli.MISUSED
        assert (home / "postgres").is_dir()
        server.terminate()
        server.wait(timeout=20)
    assert cli.main(["clean-data"]) == cli.DONE
    assert_no_data(home)


def test_what_qa0_says_is_exported_for_one_block_and_for_a_shift(folder, database_url_18, home, capsys):
    assert cli.main(["ingest", str(folder), "--database", database_url_18]) == cli.DONE
    database = Postgres(database_url_18)
    uids = database.run("select uid from mart.execution_block order by end_time")["uid"].tolist()
    tables = Tables.in_schemas()
    decide(database, tables, new_decision(uids[0], decided_by="aod", status="Fail", reasons=["QA0_CORR"], program_version="1"))
    capsys.readouterr()
    export = ["export", "--database", database_url_18]
    assert cli.main([*export, uids[0], "--what", "decision"]) == cli.DONE
    one = json.loads(capsys.readouterr().out)
    assert (one["eb_uid"], one["status"], one["reasons"]) == (uids[0], "Fail", ["QA0_CORR"])
    assert cli.main([*export, uids[1], "--what", "decision", "--format", "csv"]) == cli.DONE
    assert pd.read_csv(io.StringIO(capsys.readouterr().out))[["eb_uid", "status"]].to_numpy().tolist() == [[uids[1], "Unset"]]
    assert cli.main([*export, "--shift", "2025-06-30", "2025-08-01T00:00Z", "--output", str(home.parent / "shift.json")]) == cli.DONE
    assert [record["eb_uid"] for record in json.loads((home.parent / "shift.json").read_text())] == uids
    assert cli.main([*export, "--shift", "2024-06-30", "2024-07-01"]) == cli.DONE
    assert json.loads(capsys.readouterr().out) == []
    database.close()


@pytest.mark.parametrize(("arguments", "words"), [
    ([], "expected either UID or --shift"), (["uid://A002/X1/X1", "--shift", "2025-06-30", "2025-07-01"], "expected either UID or --shift"),
    (["uid://A002/X1/X1", "--what", "tsys", "--format", "json"], "tsys is exported as CSV"),
    (["--shift", "2025-06-30", "2025-07-01", "--what", "tsys"], "of a shift its decisions are exported, not tsys")])
def test_an_export_that_cannot_be_meant_so_is_refused_before_the_database_is_asked(arguments, words, home, capsys):
    assert cli.main(["export", *arguments, "--database", "postgresql://127.0.0.1:1/none"]) == cli.MISUSED
    assert words in capsys.readouterr().err


def test_decisions_are_not_taken_away_unasked(folder, home, capsys):
    assert cli.main(["ingest", str(folder)]) == cli.DONE
    url = embedded.start(home)
    uid = "uid://" + min(folder.iterdir()).name.removeprefix("uid___").replace("_", "/")
    decide(Postgres(url), Tables.in_schemas(), new_decision(uid, decided_by="Ada", status="Pass", program_version="1"))
    embedded.stop(home)
    assert cli.main(["clean-data"]) == cli.MISUSED
    assert "holds 1 decision" in capsys.readouterr().err
    assert (home / "postgres").is_dir()
    assert cli.main(["clean-data", "--with-decisions"]) == cli.DONE
    assert_no_data(home)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_a_command_with_all_that_it_started(number, folder, home, tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    many = [str(link(path, tmp_path / "many" / str(n) / path.name)) for n in range(40) for path in folder.iterdir() if path.is_dir()]
    command = [sys.executable, "-m", "alma_qa0.cli", "ingest", *many]
    environment = {**os.environ, "ALMA_QA0_HOME": str(home), "TMPDIR": str(temporary)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as ingest:
        wait_for(ingest, "1/80 ")
        ingest.send_signal(number)
        ingest.send_signal(number)
        said = ingest.stderr.read()
    assert ingest.returncode == cli.REFUSED, said
    assert said.splitlines()[-1] == "alma-qa0: interrupted; what was under way is undone, what was done stays"
    assert not embedded.runs(home)
    assert not list(temporary.iterdir())


def link(folder, place):
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(folder)
    return place


def test_a_signal_while_postgresql_is_made_leaves_nothing_running(home):
    command = [sys.executable, "-m", "alma_qa0.cli", "ingest", "nothing"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "ALMA_QA0_HOME": str(home)}) as ingest:
        wait_for(ingest, "making a new database")
        ingest.terminate()
        ingest.communicate()
    assert ingest.returncode == cli.REFUSED
    assert not embedded.runs(home)
    assert not [process for process in psutil.process_iter() if runs_in(process, home)]


def runs_in(process, home):
    try:
        return process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).is_relative_to(home)
    except psutil.Error:
        return False
