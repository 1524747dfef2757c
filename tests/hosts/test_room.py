"""The room on the disk of an embedded PostgreSQL: told before it is little, and demanded before more is taken in."""

import json
import shutil

import pytest

from alma_qa0 import cli
from alma_qa0.errors import DatabaseUnavailable
from alma_qa0.hosts import embedded
from alma_qa0.hosts.embedded.room import Room
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs import health
from alma_qa0.simulate.execution_block import write_execution_block
from alma_qa0.simulate.plan import plan_execution_block
from alma_qa0.store.tables import Tables, create_judgement, create_marts

FREE = shutil.disk_usage
MORE_THAN_THERE_IS = 10**8  # MB


def test_what_is_free_is_what_an_ordinary_user_may_take(tmp_path):
    free, place = Room(tmp_path, 0).left()
    assert place == tmp_path
    assert free == pytest.approx(FREE(tmp_path).free / 1e6, rel=0.02)


def test_the_fuller_disk_counts(tmp_path):
    (tmp_path / "postgres").mkdir()
    other = "/dev/shm"
    (tmp_path / "postgres" / "pg_wal").symlink_to(other)
    free, place = Room(tmp_path, 0).left()
    fuller = min((tmp_path / "postgres", tmp_path / "postgres" / "pg_wal"), key=lambda disk: FREE(disk).free)
    assert place == fuller
    assert free == pytest.approx(FREE(fuller).free / 1e6, rel=0.02)


def test_a_disk_with_little_room_is_told_and_one_with_less_takes_nothing_in(tmp_path):
    free, _ = Room(tmp_path, 0).left()
    assert Room(tmp_path, 0).warning() == ""
    little = Room(tmp_path, free // 2)
    little.demand()
    assert f"below {free // 2:,} MB nothing more is taken in" in little.warning()
    less = Room(tmp_path, MORE_THAN_THERE_IS)
    assert "nothing more is taken in until 100,000,000 MB are" in less.warning()
    with pytest.raises(DatabaseUnavailable, match=r"MB free, and 100,000,000 MB are needed\. Make room"):
        less.demand()


def test_a_write_is_stopped_before_it_begins_and_a_query_is_not(database_url_18, tmp_path):
    asked = Postgres(database_url_18, before_writing=Room(tmp_path, MORE_THAN_THERE_IS).demand)
    with pytest.raises(DatabaseUnavailable, match="stopped before the disk is full"):
        asked.execute(["create table made (n integer)"])
    assert asked.run("select to_regclass('made')::text as made")["made"].tolist() == [None]


def test_health_tells_the_disk(database_18):
    tables = Tables.in_schemas()
    create_marts(database_18, tables)
    create_judgement(database_18, tables)
    assert health.look(database_18, tables)[1]["disk"] is None
    assert health.look(database_18, tables, disk=str)[1]["disk"] == "ok"
    assert health.look(database_18, tables, disk=lambda: "full")[1]["disk"] == "full"


@pytest.mark.slow
def test_ingest_and_refresh_stop_in_words_and_go_on_when_there_is_room(tmp_path, monkeypatch, capsys):
    home = tmp_path / "home"
    monkeypatch.setenv("ALMA_QA0_HOME", str(home))
    plan = plan_execution_block(1, 0, bands=(6,), antennas=2, calibrations=1, channels=16)
    folder = str(write_execution_block(tmp_path, plan, encoding="binary", with_truth=False))
    for command in (["ingest", folder], ["refresh"], ["judge", "--full"]):
        monkeypatch.setenv("ALMA_QA0_FREE_MB", str(MORE_THAN_THERE_IS))
        assert cli.main(command) == cli.NO_DATABASE
        assert "stopped before the disk is full" in capsys.readouterr().err
        assert cli.main(["check"]) == cli.REFUSED
        assert any(line.startswith("X disk: ") for line in capsys.readouterr().out.splitlines())
        monkeypatch.setenv("ALMA_QA0_FREE_MB", "0")
        assert cli.main([*command, *(["--no-refresh"] if command[0] == "ingest" else [])]) == cli.DONE
    free, _ = Room(home, 0).left()
    monkeypatch.setenv("ALMA_QA0_FREE_MB", str(free // 2))
    capsys.readouterr()
    cli.main(["check"])
    assert any(line.startswith("! disk: ") for line in capsys.readouterr().out.splitlines())
    assert not embedded.runs(home)


def test_of_a_postgresql_elsewhere_nothing_is_said(database_url_18, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ALMA_QA0_HOME", str(tmp_path))
    monkeypatch.setenv("ALMA_QA0_FREE_MB", str(MORE_THAN_THERE_IS))
    assert cli.main(["refresh", "--database", database_url_18]) == cli.DONE
    cli.main(["check", "--database", database_url_18])
    assert "disk" not in json.dumps(capsys.readouterr().out.splitlines())
