"""The command that checks an installation, from an empty database to one that is used."""

from pathlib import Path

import pytest

from alma_qa0 import cli
from alma_qa0.core.fields import MARTS

SAMPLE = sorted((Path(__file__).parents[1] / "samples").glob("*.tar.gz"))[-1]


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("ALMA_QA0_HOME", str(tmp_path / "home"))


def checked(url, capsys):
    code = cli.main(["check", "--database", url])
    return code, capsys.readouterr().out.splitlines()


def test_an_empty_database_is_a_problem_and_says_what_to_run(database_url_18, capsys):
    code, lines = checked(database_url_18, capsys)
    assert code == cli.REFUSED
    for mart in MARTS:
        assert f"X table mart.{mart.name}: no such table" in lines
    assert any("without DSS, alma-qa0 refresh." in line for line in lines)


def test_a_database_in_use_has_no_problem_and_says_what_waits(database_url_18, database_18, capsys):
    assert cli.main(["ingest", str(SAMPLE), "--database", database_url_18]) == cli.DONE
    assert cli.main(["judge", "--database", database_url_18]) == cli.DONE
    code, lines = checked(database_url_18, capsys)
    assert code == cli.DONE, lines
    assert any(line.startswith("  PostgreSQL: 18") for line in lines)
    assert any(line.startswith("  rows of mart.execution_block: 1 rows of 1 Execution Blocks; the newest starts ") for line in lines)
    assert "! table mart.decision: no such table" in lines
    assert not any(line.startswith("X") for line in lines)
    database_18.execute(["update raw.asdm set content_hash = 'another'"])
    code, lines = checked(database_url_18, capsys)
    assert [line for line in lines if "1 Execution Blocks wait" in line] != []
