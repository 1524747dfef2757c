"""Tables that an earlier version of alma-qa0 made, or a later one: dumps of what version 0.1.0 left are in tests/data/layouts."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import psycopg2
import pytest

from alma_qa0.asdm import folder as asdm_folder
from alma_qa0.asdm.folder import open_asdm
from alma_qa0.core.decisions import new_decision
from alma_qa0.core.fields import (
    ASDM,
    DECISION,
    EVALUATION,
    EXECUTION_BLOCK,
    INTAKE,
    JUDGEMENT,
    OURS,
    QUARANTINE,
    RAW,
    SPECTRUM,
    WEATHER,
    Field,
    Kind,
)
from alma_qa0.errors import BadRequest, DatabaseRefused
from alma_qa0.hosts.postgres import _frame
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.jobs.upgrade import upgrade
from alma_qa0.store import batch, decisions, flow, layouts, plans
from alma_qa0.store.queries import Marts
from alma_qa0.store.render import quoted, render
from alma_qa0.store.tables import create_decisions
from jobs.samples import UID, write_sample
from store.samples import TABLES

DUMPS = Path(__file__).parents[1] / "data" / "layouts"
OTHER = "uid://A002/Xf8f6a9/X2"
PLACES = {relation: TABLES.of(relation) for relation in OURS}


@cache
def restored(name):
    """What puts a dump into an empty database."""
    def restore(database):
        with psycopg2.connect(database._url) as connection:
            connection.cursor().execute((DUMPS / f"{name}.sql").read_text(encoding="utf-8"))
        connection.close()
    return restore


@pytest.fixture(params=["0.1.0-alone", "0.1.0-by-month"])
def old(request, prepared):
    return prepared(restored(request.param))


@pytest.fixture
def alone(prepared):
    return prepared(restored("0.1.0-alone"))


def rows(database, relation, columns=None):
    names = ", ".join(columns or relation.first_layout.columns)
    found = database.run(f"select {names} from {'.'.join(TABLES.of(relation).parts)}")
    return sorted(map(repr, found.itertuples(index=False, name=None)))


def everything(database, relations=OURS):
    return {relation.name: rows(database, relation) for relation in relations if flow.present(database, TABLES, (relation,))}


def test_the_first_layout_of_each_relation_is_what_version_0_1_0_made(old):
    for relation in OURS:
        found = old.run(render("tables/columns", table=str(quoted(TABLES.of(relation)))))["name"].tolist()
        gone = {"n_usable_baselines"} if relation is EVALUATION else set()
        assert set(found) - gone == (set(relation.first_layout.columns) if relation.since == "0.1.0" else set()), relation.name


def test_an_upgrade_loses_no_row_and_run_again_does_nothing(old):
    before = everything(old)
    assert len(before["decision"]) == 2
    said = upgrade(old, TABLES)
    assert "mart.decision: from the layout of alma-qa0 0.1.0 to that of 0.2.0; evaluated_at, source_version added" in said
    assert "mart.quarantine: made" in said
    after = everything(old)
    assert {name: after[name] for name in before} == before
    assert {relation: layout.version for relation, layout in layouts.read(old, PLACES).items()} == {
        relation: relation.layout for relation in OURS}
    for relation in OURS:
        old.run(f"select {', '.join(relation.columns)} from {'.'.join(TABLES.of(relation).parts)} limit 1")
    assert upgrade(old, TABLES) == []


def test_an_upgraded_table_of_decisions_is_append_only_and_has_its_limits(alone):
    upgrade(alone, TABLES)
    for statement in ("delete from mart.decision", "update mart.decision set comment = ''",
                      f"insert into mart.decision (uid, decision_id, comment) values ('{UID}', 'x', repeat('x', 5000))"):
        with pytest.raises(DatabaseRefused):
            alone.execute([statement])


@pytest.mark.parametrize("words", ["create table", "alter table", "comment on table"])
def test_an_upgrade_that_is_interrupted_can_be_run_again(alone, words):
    class Interrupted:
        run = alone.run

        def execute(self, statements):
            alone.execute(["select 1 / 0" if words in statement else statement for statement in statements])

    before = everything(alone)
    with pytest.raises(DatabaseRefused):
        upgrade(Interrupted(), TABLES)
    assert everything(alone, [relation for relation in OURS if relation.name in before]) == before
    upgrade(alone, TABLES)
    assert upgrade(alone, TABLES) == []


def test_every_command_that_writes_brings_up_to_date_what_it_writes(old, tmp_path):
    report = ingest(old, TABLES, [write_sample(tmp_path / "a", UID), write_sample(tmp_path / "b", OTHER)])
    assert (report.taken, report.failed) == ((), ())
    assert set(report.unchanged) == {UID, OTHER}, "the same files make the same content hash in every version"
    assert plans.refresh(old, TABLES).made == 2
    assert judge(old, TABLES).made == 2
    decisions.decide(old, TABLES, new_decision(UID, decided_by="C. Later", status="Pass", program_version="0.2.0"))
    assert upgrade(old, TABLES) == []
    assert len(decisions.read_decisions(old, TABLES, UID)) == 3


def reading(patch, weather):
    """Has the raw relation Weather read otherwise than today, or, by None, not at all."""
    raw = tuple(weather if relation is WEATHER else relation for relation in RAW if relation is not WEATHER or weather)
    for module in ("store.tables", "store.load", "jobs.ingest"):
        patch.setattr(f"alma_qa0.{module}.RAW", raw)
    for module in ("store.batch", "jobs.ingest"):
        patch.setattr(f"alma_qa0.{module}.READ", raw[2:])
    batch.recipe.cache_clear()


def made_from(database, uid):
    """The version of the source that a mart of an EB was made from."""
    noted = database.run(f"select source_version from mart.refresh where uid = '{uid}' and relation = 'spectrum'")["source_version"][0]
    return noted.partition(":")[2]


def unread(database):
    found = database.run("select uid, unread_tables from mart.execution_block")
    return dict(zip(found["uid"], found["unread_tables"], strict=True))


def test_a_column_that_is_read_from_now_on_is_read_when_the_files_are_named_again(alone, tmp_path, monkeypatch):
    folder = write_sample(tmp_path, UID)
    gusts = Field("gust_m_s", Kind.DOUBLE, "gusts", "m/s", "Weather.windSpeed", since="9.0.0")
    ingest(alone, TABLES, [folder])
    with monkeypatch.context() as patch:
        reading(patch, replace(WEATHER, fields=(*WEATHER.fields, gusts)))
        plans.refresh(alone, TABLES)
        assert unread(alone) == {UID: ["Weather"], OTHER: ["Weather"]}
        before = made_from(alone, UID)
        assert ingest(alone, TABLES, [folder]).taken == (UID,)
        assert alone.run("select uid from raw.weather where gust_m_s = wind_speed_m_s")["uid"].unique().tolist() == [UID]
        assert plans.refresh(alone, TABLES) == plans.Refreshed(made=1, removed=0, unchanged=1)
        assert unread(alone) == {UID: [], OTHER: ["Weather"]}
        assert made_from(alone, UID) == f"{before}:2"
        assert ingest(alone, TABLES, [folder]).unchanged == (UID,)
    batch.recipe.cache_clear()


def test_a_table_that_is_read_from_now_on_is_taken_in_from_the_same_files(database, tmp_path, monkeypatch):
    folder = write_sample(tmp_path, UID)
    with monkeypatch.context() as patch:
        reading(patch, None)
        assert ingest(database, TABLES, [folder]).taken == (UID,)
        plans.refresh(database, TABLES)
    assert database.run("select to_regclass('raw.weather') is null as absent")["absent"][0]
    hashed = rows(database, ASDM, ("content_hash",))
    with monkeypatch.context() as patch:
        reading(patch, replace(WEATHER, since="9.0.0"))
        plans.refresh(database, TABLES)
        assert unread(database) == {UID: ["Weather"]}
        assert ingest(database, TABLES, [folder]).taken == (UID,)
        plans.refresh(database, TABLES)
        assert unread(database) == {UID: []}
    batch.recipe.cache_clear()
    assert database.run("select count(*) as n from raw.weather")["n"][0] > 0
    assert rows(database, ASDM, ("content_hash",)) == hashed


def test_files_are_read_again_when_that_is_asked_for(database, tmp_path):
    folder = write_sample(tmp_path, UID)
    ingest(database, TABLES, [folder])
    assert ingest(database, TABLES, [folder]).unchanged == (UID,)
    assert ingest(database, TABLES, [folder], again=True).taken == (UID,)
    assert rows(database, ASDM, ("n_readings",)) == ["(2,)"]
    assert len(rows(database, INTAKE)) == len(RAW) - 2


def test_a_table_that_an_asdm_has_not_is_noted_as_absent_and_not_as_unread(database, tmp_path):
    ingest(database, TABLES, [write_sample(tmp_path, UID, Weather=[])])
    plans.refresh(database, TABLES)
    found = database.run("select n_rows from raw.intake where relation = 'weather'")["n_rows"]
    assert found.fillna(0).tolist() == [0]
    assert unread(database) == {UID: []}


def test_the_content_hash_leaves_out_tables_that_later_versions_read(tmp_path, monkeypatch):
    path = write_sample(tmp_path, UID)
    with open_asdm(path) as asdm:
        usual = asdm.content_hash
        assert asdm.table_hash("Weather") is None
    monkeypatch.setattr(asdm_folder, "_FILES", asdm_folder._FILES | {"CalNew.xml"})
    (path / "CalNew.xml").write_text("<CalNewTable/>")
    with open_asdm(path) as asdm:
        assert asdm.content_hash == usual


def test_an_earlier_layout_can_be_read_by_who_may_change_nothing(alone):
    tables = flow.readable(alone, TABLES, OURS)
    marts = Marts(alone, tables)
    assert len(marts.list_execution_blocks()) == 2
    assert len(marts.read_findings(UID)) == len(alone.run(f"select uid from mart.finding where uid = '{UID}'"))
    assert marts.read_evaluation(UID)["unusable_antennas_x"].tolist() == [None]
    history = decisions.read_history(alone, tables, UID)
    assert history["status"].tolist() == ["Fail", "Pass"]
    with pytest.raises(BadRequest, match="the table of decisions has the layout of an earlier alma-qa0"):
        decisions.decide(alone, tables, new_decision(UID, decided_by="C. Later", status="Pass", program_version="0.2.0"))
    assert flow.readable(alone, TABLES, (QUARANTINE,)).idents["quarantine"] != TABLES.idents["quarantine"]
    upgrade(alone, TABLES)
    assert flow.readable(alone, TABLES, OURS) is TABLES


def test_marts_are_made_of_raw_tables_of_an_earlier_layout(alone):
    before = set(alone.run("select relname::text as n from pg_class where relnamespace = 'raw'::regnamespace")["n"])
    assert plans.refresh(alone, TABLES).made == 2
    assert set(alone.run("select relname::text as n from pg_class where relnamespace = 'raw'::regnamespace")["n"]) == before
    assert alone.run("select unread_tables from mart.execution_block")["unread_tables"].tolist() == [[], []]


def test_a_role_that_owns_nothing_is_told_who_can_bring_the_tables_up_to_date(alone):
    alone.execute(["create role passer_by", "grant usage on schema mart to passer_by", "grant all on mart.decision to passer_by"])

    class PasserBy:
        def run(self, sql):
            with alone._transaction() as cursor:
                cursor.execute("set local role passer_by")
                cursor.execute(sql)
                return _frame(cursor)

        def execute(self, statements):
            alone.execute(["set local role passer_by", *statements])

    try:
        with pytest.raises(DatabaseRefused, match=r"^mart\.decision: not there, or of an earlier layout, .* `alma-qa0 upgrade`"):
            create_decisions(PasserBy(), TABLES)
    finally:
        alone.execute(["drop owned by passer_by", "drop role passer_by"])


@pytest.mark.parametrize(("relation", "write"), [
    (ASDM, lambda database, path: ingest(database, TABLES, [path])),
    (EXECUTION_BLOCK, lambda database, _: plans.refresh(database, TABLES)),
    (JUDGEMENT[0], lambda database, _: judge(database, TABLES)),
    (DECISION, lambda database, _: decisions.decide(database, TABLES, new_decision(
        UID, decided_by="A", status="Pass", program_version="0.2.0"))),
])
def test_a_table_of_a_later_version_is_not_written_to(alone, tmp_path, relation, write):
    upgrade(alone, TABLES)
    before = everything(alone, (relation,))
    alone.execute([f"comment on table {'.'.join(TABLES.of(relation).parts)} is 'alma-qa0 layout 12.0.1'"])
    with pytest.raises(BadRequest, match=r"the layout is that of alma-qa0 12\.0\.1, and this is .* expected alma-qa0 12\.0\.1 or later"):
        write(alone, write_sample(tmp_path, "uid://A002/X1/X1"))
    assert everything(alone, (relation,)) == before


def test_findings_that_were_lost_beside_their_evaluation_are_made_again(alone):
    plans.refresh(alone, TABLES)
    judge(alone, TABLES, full=True)
    found = rows(alone, JUDGEMENT[0])
    assert found
    n = len(alone.run("select uid from mart.evaluation where n_info + n_warning + n_severe > 0"))
    alone.execute(["drop table mart.finding"])
    assert judge(alone, TABLES).made == n
    assert rows(alone, JUDGEMENT[0]) == found


def test_a_raw_table_that_lacks_a_column_gets_it_and_is_taken_in_again(database, tmp_path):
    folder = write_sample(tmp_path, UID)
    ingest(database, TABLES, [folder])
    database.execute(["alter table raw.asdm drop column n_readings"])
    assert ingest(database, TABLES, [write_sample(tmp_path / "other", OTHER)]).taken == (OTHER,)


@pytest.mark.parametrize(("table", "column", "again"), [
    ("mart.scan_summary", "trec_x", "refresh"), ("mart.finding", "sentence", "judge"), ("mart.evaluation", "n_antennas", "judge")])
def test_what_a_dropped_column_held_is_made_again(alone, table, column, again):
    plans.refresh(alone, TABLES)
    judge(alone, TABLES)
    held = f"select count({column}) as n from {table}"
    before = alone.run(held)["n"][0]
    assert before > 0
    alone.execute([f"alter table {table} drop column {column}"])
    assert "added" in " ".join(upgrade(alone, TABLES))
    assert alone.run(held)["n"][0] == 0
    assert plans.refresh(alone, TABLES).made == (2 if again == "refresh" else 0)
    assert judge(alone, TABLES).made == (2 if again == "judge" else 0)
    assert alone.run(held)["n"][0] == before


@pytest.mark.parametrize(("loss", "column"), [
    ("drop table raw.weather", "pressure_pa"), ("alter table raw.weather drop column pressure_pa", "pressure_pa")])
def test_what_a_raw_table_lost_is_told_and_read_again_from_the_same_files(alone, tmp_path, loss, column):
    folder = write_sample(tmp_path, UID)
    alone.execute([loss])
    plans.refresh(alone, TABLES)
    upgrade(alone, TABLES)
    plans.refresh(alone, TABLES, full=True)
    assert unread(alone) == {UID: ["Weather"], OTHER: ["Weather"]}
    assert ingest(alone, TABLES, [folder]).taken == (UID,)
    plans.refresh(alone, TABLES)
    assert unread(alone) == {UID: [], OTHER: ["Weather"]}
    assert alone.run(f"select count({column}) as n from raw.weather")["n"][0] > 0


def test_a_comment_of_somebody_else_stays(alone):
    alone.execute(["comment on table mart.finding is 'Owned by Ana'"])
    upgrade(alone, TABLES)
    comment = alone.run("select obj_description('mart.finding'::regclass) as said")["said"][0]
    assert comment == "Owned by Ana; alma-qa0 layout 0.2.0"
    alone.execute([f"comment on table mart.finding is '{comment.replace('0.2.0', '12.0')}, ask first'"])
    with pytest.raises(BadRequest, match=r"alma-qa0 12\.0"):
        judge(alone, TABLES)


def test_the_marts_that_there_are_keep_their_rows_when_one_was_dropped(alone):
    plans.refresh(alone, TABLES)
    before = rows(alone, SPECTRUM)
    alone.execute(["drop table mart.spectrum"])
    assert plans.refresh(alone, TABLES).made == 2
    assert rows(alone, SPECTRUM) == before != []
    assert rows(alone, EXECUTION_BLOCK) != []

