"""Old calibrations taken out of the raw tables: what was made of them stays, whatever is run afterwards."""

from datetime import datetime, timezone
from pathlib import Path

import pytest

from alma_qa0 import cli
from alma_qa0.core.fields import JUDGEMENT, MARTS
from alma_qa0.core.rules import limits_from
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.store import batch, plans, retention
from alma_qa0.store.tables import Tables

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.tar.gz"))[:2]
TABLES = Tables.in_schemas()
LATER = datetime(2100, 1, 1, tzinfo=timezone.utc)


def made(database):
    assert ingest(database, TABLES, SAMPLES).failed == ()
    assert plans.refresh(database, TABLES).made == 2
    assert judge(database, TABLES).made == 2


@pytest.fixture
def filled(prepared):
    return prepared(made)


def contents(database, *, judged=True):
    relations = (*MARTS, *JUDGEMENT) if judged else MARTS
    return {relation.name: database.run(
        "select md5(string_agg(one, '' order by one)) as digest from (select (to_jsonb(t) - 'evaluated_at' - 'source_version')::text as one"
        f" from mart.{relation.name} as t) as made")["digest"].item() for relation in relations}


def n_raw(database, table="cal_atmosphere"):
    return database.run(f"select count(*) as n from raw.{table}")["n"].item()


def remove_all(database):
    old = retention.find_old(database, TABLES, LATER)
    retention.remove(database, TABLES, list(old))
    return old


def test_only_what_is_older_and_in_the_marts_is_old(filled):
    first, second = filled.run("select uid from raw.exec_block order by start_time")["uid"]
    start = filled.run("select max(start_time) as start from raw.exec_block")["start"].item()
    old = retention.find_old(filled, TABLES, start)
    assert old == {first: filled.run(f"select count(*) as n from raw.cal_atmosphere where uid = '{first}'")["n"].item()}
    filled.execute([f"update raw.asdm set content_hash = 'another' where uid = '{second}'"])
    assert list(retention.find_old(filled, TABLES, LATER)) == [first]


def test_no_refresh_and_no_judging_takes_away_what_was_made_of_them(filled, monkeypatch):
    before = contents(filled)
    assert sum(remove_all(filled).values()) > 0
    assert n_raw(filled) == n_raw(filled, "invalid_value_raw") == 0
    uids = filled.run("select uid from raw.asdm")["uid"].tolist()
    for again in ({}, {"full": True}, {"uids": uids}, {"uids": uids, "full": True}):
        done = plans.refresh(filled, TABLES, **again)
        assert (done.made, done.removed, done.unchanged, done.refused) == (0, 0, 2, ())
        assert judge(filled, TABLES, full=True).made == 2
        assert contents(filled) == before
    monkeypatch.setattr(batch, "recipe", lambda source, mart: "another")
    assert plans.refresh(filled, TABLES).made == 0, "the SQL of a later version finds nothing to make them from"
    assert contents(filled) == before
    assert retention.find_old(filled, TABLES, LATER) == {}


def test_other_limits_judge_them_as_if_nothing_had_been_taken_out(filled):
    limits = limits_from({"trec_level.high": 1.01})
    assert judge(filled, TABLES, limits=limits).made == 2
    wanted = contents(filled)
    judge(filled, TABLES)
    remove_all(filled)
    assert judge(filled, TABLES, limits=limits).made == 2
    assert contents(filled) == wanted


def test_the_same_file_changes_nothing_and_another_version_is_made(filled):
    before = contents(filled)
    remove_all(filled)
    assert len(ingest(filled, TABLES, SAMPLES).unchanged) == 2
    assert plans.refresh(filled, TABLES).made == 0
    assert len(ingest(filled, TABLES, SAMPLES, again=True).taken) == 2
    assert plans.refresh(filled, TABLES, full=True).made == 2
    assert judge(filled, TABLES, full=True).made == 2
    assert contents(filled) == before


def test_check_tells_of_what_a_mart_lost_and_cannot_be_made_again(filled, capsys):
    remove_all(filled)
    filled.execute(["drop table mart.spectrum"])
    assert plans.refresh(filled, TABLES).made == 0
    assert cli.main(["check", "--database", filled._url]) == cli.DONE
    said = capsys.readouterr().out
    assert said.count("2 Execution Blocks are not in it, and their calibrations were taken out of the raw tables") == 1
    assert "alma-qa0 ingest --again" in said
    ingest(filled, TABLES, SAMPLES, again=True)
    plans.refresh(filled, TABLES)
    assert cli.main(["check", "--database", filled._url]) == cli.DONE
    assert "are not in it" not in capsys.readouterr().out


def test_one_that_is_taken_in_anew_meanwhile_stays(filled):
    old = retention.find_old(filled, TABLES, LATER)
    filled.execute(["update raw.asdm set content_hash = 'another'"])
    retention.remove(filled, TABLES, list(old))
    assert n_raw(filled) == sum(old.values())


def test_the_command_only_tells_unless_it_is_told_to_remove(filled, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ALMA_QA0_HOME", str(tmp_path))
    n, database = n_raw(filled), ["--database", filled._url]
    assert cli.main(["retain", "--days", "1", *database]) == cli.DONE
    assert f"{n} calibrations of 2 Execution Blocks" in (told := capsys.readouterr().err)
    assert "nothing is taken out without --remove" in told
    assert n_raw(filled) == n
    assert cli.main(["retain", "--days", "99999", "--remove", *database]) == cli.DONE
    assert n_raw(filled) == n
    assert cli.main(["retain", "--days", "1", "--remove", *database]) == cli.DONE
    assert n_raw(filled) == 0
    capsys.readouterr()
    assert cli.main(["check", *database]) == cli.DONE
    assert "wait" not in capsys.readouterr().out
