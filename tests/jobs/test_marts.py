"""One mart in a table of its own: what a run makes, the partitions it fills, and what it refuses."""

import pytest

from alma_qa0.core.fields import EXECUTION_BLOCK, MARTS, PRODUCTION, REFRESH, SCAN_SUMMARY, SPECTRUM
from alma_qa0.errors import BadRequest
from alma_qa0.jobs import marts
from alma_qa0.jobs.choice import choose
from alma_qa0.store import flow, plans
from alma_qa0.store.render import Ident
from alma_qa0.store.tables import Tables, create_production
from dss.flows import OLD_ROWS

SOURCE = ("raw", PRODUCTION.name)
UIDS = tuple(f"uid://A002/X1/X{number}" for number in (1, 2, 3))  # they start on 18, 19 and 20 July at 23:40 UTC


def old_table(database):
    create_production(database, Tables.in_schemas())
    database.execute([OLD_ROWS, "create schema flow"])


@pytest.fixture
def source(prepared):
    return prepared(old_table)


def refresh(database, *words, mart=EXECUTION_BLOCK, **chosen):
    return marts.refresh(database, mart, source=SOURCE, target=("flow", mart.name), choice=choose(*(words or ("changed",)), **chosen))


def held(database, mart=EXECUTION_BLOCK):
    """Each Execution Block of the table, with its partition."""
    found = database.run(f"select distinct uid, day from flow.{mart.name} order by uid")
    return dict(zip(found["uid"], found["day"], strict=True))


def uids(database):
    return database.run("select uid from flow.execution_block order by uid")["uid"].tolist()


def times(database):
    found = database.run("select uid, refreshed_at from flow.execution_block_refresh")
    return dict(zip(found["uid"], found["refreshed_at"], strict=True))


def test_an_input_whose_execution_blocks_no_index_finds_is_told_in_the_log(source, caplog):
    source.execute([f"alter table raw.{PRODUCTION.name} drop constraint {PRODUCTION.name}_pkey"])
    refresh(source)
    assert "raw.cal_atmosphere_production has no index on uid: all of it is read for every 8 Execution Blocks" in caplog.text
    source.execute([f"create index on raw.{PRODUCTION.name} (uid)"])
    caplog.clear()
    refresh(source)
    assert "no index" not in caplog.text


def test_given_execution_blocks_are_made_again_and_the_others_stay_as_they_are(source):
    assert refresh(source, "uids", uids=[UIDS[2], UIDS[0]]).made == 2
    assert uids(source) == [UIDS[0], UIDS[2]]
    before = times(source)
    assert refresh(source, "uids", uids=[UIDS[0]]).made == 1
    after = times(source)
    assert (after[UIDS[0]] > before[UIDS[0]], after[UIDS[2]] == before[UIDS[2]]) == (True, True)


def test_execution_blocks_that_the_input_does_not_have_are_refused_by_name_before_anything_is_written(source):
    unknown = [f"uid://A002/X9/X{number}" for number in range(7)]
    with pytest.raises(BadRequest, match=r"X9/X0, .*X9/X4 and 2 more: not in raw.cal_atmosphere_production; expected the UIDs"):
        refresh(source, "uids", uids=[UIDS[0], *unknown])
    assert not flow.present(source, tables(), (EXECUTION_BLOCK, REFRESH))


def tables():
    return marts.tables_of(EXECUTION_BLOCK, SOURCE, ("flow", "execution_block"))


def test_execution_blocks_of_given_days_are_made(source):
    refresh(source, "days", days=["2026-07-18", "2026-07-20/2026-07-25"])
    assert uids(source) == [UIDS[0], UIDS[2]]


def test_days_without_execution_blocks_make_an_empty_table(source):
    assert refresh(source, "days", days=["2026-01-01"]).made == 0
    assert uids(source) == []


def test_a_run_of_some_execution_blocks_leaves_alone_those_that_are_gone_elsewhere(source):
    refresh(source)
    source.execute([f"delete from raw.{PRODUCTION.name} where uid = '{UIDS[2]}'"])
    assert refresh(source, "uids", uids=[UIDS[0]]).removed == 0
    assert refresh(source).removed == 1


# --- partitions ---


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.name)
def test_a_run_makes_one_partition_of_any_mart(source, mart):
    refresh(source, mart=mart, partition=("day", "2026-07-19"))
    assert held(source, mart) == {UIDS[1]: "2026-07-19"}
    refresh(source, mart=mart, partition=("day", "2026-07-18"))
    assert held(source, mart) == {UIDS[0]: "2026-07-18", UIDS[1]: "2026-07-19"}


def test_a_partition_is_made_again_only_where_it_changed_unless_everything_is_asked_for(source):
    assert refresh(source, partition=("day", "2026-07-19")).made == 1
    assert refresh(source, partition=("day", "2026-07-19")).made == 0
    assert refresh(source, "all", partition=("day", "2026-07-19")).made == 1


def test_an_execution_block_that_is_gone_leaves_its_partition(source):
    for day in ("2026-07-18", "2026-07-19"):
        refresh(source, partition=("day", day))
    source.execute([f"delete from raw.{PRODUCTION.name} where uid = '{UIDS[1]}'"])
    assert refresh(source, partition=("day", "2026-07-19")).removed == 1
    assert held(source) == {UIDS[0]: "2026-07-18"}


@pytest.mark.parametrize("order", [("2026-07-19", "2026-07-22"), ("2026-07-22", "2026-07-19")], ids=["old day first", "new day first"])
def test_an_execution_block_that_starts_on_another_day_changes_its_partition(source, order):
    refresh(source, partition=("day", "2026-07-19"))
    source.execute([f"update raw.{PRODUCTION.name} set startvalidtime = startvalidtime + interval '3 days' where uid = '{UIDS[1]}'"])
    for day in order:
        refresh(source, partition=("day", day))
    assert held(source) == {UIDS[1]: "2026-07-22"}


def test_the_column_of_the_partitions_has_an_index_since_dss_lists_its_values(source):
    refresh(source, mart=SPECTRUM, partition=("day", "2026-07-19"))
    found = source.run("select indexdef from pg_indexes where schemaname = 'flow' and tablename = 'spectrum'")["indexdef"].tolist()
    assert any("(day)" in one for one in found)


# --- outputs ---


def test_a_table_that_lost_its_key_and_indexes_gets_them_again(source):
    refresh(source)
    key = source.run("select conname::text as name from pg_constraint where conrelid = 'flow.execution_block'::regclass and contype = 'p'")
    source.execute([f'alter table flow.execution_block drop constraint "{key["name"].item()}"',
                    *source.run("select 'drop index flow.' || quote_ident(indexname) as drop from pg_indexes"
                                " where tablename = 'execution_block' and indexname not like '%pkey'")["drop"]])
    table = Ident("flow", "execution_block")
    assert not flow.has_key(source, table, EXECUTION_BLOCK)
    assert len(flow.missing_indexes(source, table, EXECUTION_BLOCK)) == len(EXECUTION_BLOCK.indexes) > 0
    refresh(source)
    assert flow.has_key(source, table, EXECUTION_BLOCK)
    assert flow.missing_indexes(source, table, EXECUTION_BLOCK) == []


def test_a_key_of_other_columns_is_not_the_key(source):
    source.execute(["create table flow.summary (uid text, receiver_band integer, primary key (uid))"])
    assert not flow.has_key(source, Ident("flow", "summary"), SCAN_SUMMARY)


@pytest.mark.parametrize(("statement", "words"), [
    ("create table flow.spectrum as select 42 as answer", "flow.spectrum: no column uid; expected text"),
    ("create table flow.spectrum_refresh as select 42 as answer", "flow.spectrum_refresh: no column uid; expected text"),
], ids=["the output", "the table beside it"])
def test_an_output_of_another_shape_is_refused_before_anything_is_written(source, statement, words):
    source.execute([statement])
    with pytest.raises(BadRequest) as refused:
        refresh(source, mart=SPECTRUM)
    assert words in str(refused.value)
    assert "drop it, or choose another output" in str(refused.value)
    assert len(source.run("select 1 as n from pg_tables where schemaname = 'flow'")) == 1


def test_an_output_of_the_wrong_types_is_refused(source):
    refresh(source)
    source.execute(["alter table flow.execution_block alter column n_rows type text"])
    with pytest.raises(BadRequest, match=r"column n_rows is text; expected integer.*drop it, or choose another output"):
        refresh(source)


def test_an_input_that_is_the_output_is_refused(source):
    with pytest.raises(BadRequest, match=r"raw.cal_atmosphere_production is the input and the output; expected an output of its own"):
        marts.refresh(source, SPECTRUM, source=SOURCE, target=SOURCE)


def test_an_input_whose_column_has_the_wrong_type_is_refused(source):
    source.execute([f"alter table raw.{PRODUCTION.name} alter column tsys_x type text"])
    with pytest.raises(BadRequest, match=r"column tsys_x is text; expected double precision"):
        refresh(source)
    assert not flow.present(source, tables(), (EXECUTION_BLOCK, REFRESH))


def test_what_a_catalogue_is_told_of_a_column_has_its_meaning_and_its_unit():
    described = {name: (kind, meaning) for name, kind, meaning in marts.described(SCAN_SUMMARY)}
    assert described["tsys_x"] == ("double precision", "system temperature Tsys, polarisation X [K]")
    assert described["uid"] == ("text", "Execution Block")
    assert tuple(described) == SCAN_SUMMARY.columns


def test_several_workers_make_the_same_rows(source):
    marts.refresh(source, SPECTRUM, source=SOURCE, target=("flow", "spectrum"), batch_size=1, workers=3)
    plans.refresh(source, Tables.in_schemas(), source="production", marts=(SPECTRUM,))
    assert source.run("select * from flow.spectrum except all select * from mart.spectrum").empty
    assert len(source.run("select uid from flow.spectrum")) == len(source.run("select uid from mart.spectrum")) > 0
