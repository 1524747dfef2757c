"""``alma-qa0 judge`` and the limits of a flag, a file and the environment."""

import json

import pytest

from alma_qa0 import cli
from alma_qa0.core.rules import DEFAULTS
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.simulate.execution_block import write_execution_block
from alma_qa0.simulate.plan import plan_execution_block
from alma_qa0.store.queries import Marts
from alma_qa0.store.tables import Tables


@pytest.fixture
def run(database_url_18, monkeypatch, capsys):
    """Runs one command on an empty database; its exit code and what it said."""
    monkeypatch.setenv("ALMA_QA0_DATABASE", database_url_18)

    def command(*arguments):
        code = cli.main([str(argument) for argument in arguments])
        return code, capsys.readouterr().err

    return command


@pytest.fixture
def plan():
    return plan_execution_block(3, 0, bands=(6,), antennas=3, calibrations=2)


def test_what_is_taken_in_is_judged(run, tmp_path, plan):
    code, said = run("ingest", write_execution_block(tmp_path, plan))
    assert code == cli.DONE
    assert "findings: 1 judged, 0 removed, 0 up to date" in said
    assert "0 judged, 0 removed, 1 up to date" in run("judge")[1]
    assert "1 judged" in run("judge", "--full")[1]
    assert "1 judged" in run("judge", plan.uid, "--limit", "trec_level.high=2.5")[1]


def test_a_flag_goes_before_the_file_and_the_file_before_the_defaults(run, tmp_path, plan, monkeypatch, database_url_18):
    run("ingest", write_execution_block(tmp_path, plan))
    file = tmp_path / "limits.json"
    file.write_text(json.dumps({"limits": {"trec_level.high": 3.0, "birdie.height": 0.2}}))
    monkeypatch.setenv("ALMA_QA0_LIMITS", str(file))
    run("judge", "--limit", "trec_level.high=2.5")
    database = Postgres(database_url_18)
    limits = json.loads(Marts(database, Tables.in_schemas()).read_evaluation(plan.uid)["limits"].iloc[0])
    database.close()
    assert limits == {**DEFAULTS, "trec_level.high": 2.5, "birdie.height": 0.2}


@pytest.mark.parametrize(("arguments", "said"), [
    (["--limit", "trec_level.hight=2"], "trec_level.hight"),
    (["--limit", "trec_level.high=two"], "trec_level.high"),
    (["--settings", "/no/such/file.json"], "/no/such/file.json"),
])
def test_a_limit_that_cannot_be_used_is_refused_by_name(run, arguments, said):
    code, words = run("judge", *arguments)
    assert code == cli.MISUSED
    assert said in words


def test_a_settings_file_that_is_none_is_refused(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the name alone: of a long path, words show the beginning
    for text in ("no json", "[]", '{"limits": 3}', "{}"):
        (tmp_path / "limits.json").write_text(text)
        code, words = run("judge", "--settings", "limits.json")
        assert code == cli.MISUSED
        assert "limits.json" in words
