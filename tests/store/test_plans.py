import os
import signal
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest

from alma_qa0.core.fields import EXECUTION_BLOCK, MARTS, SCAN_SUMMARY
from alma_qa0.errors import BadRequest, DatabaseUnavailable
from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.store import batch, quarantine
from alma_qa0.store.batch import batch_statements, lock
from alma_qa0.store.plans import Refreshed, look, refresh, uids_of_days
from alma_qa0.store.queries import Marts
from store.samples import TABLES, UID, atmosphere, create_all, production, put_asdm, put_production

UIDS = [f"uid://A002/X1/X{i}" for i in range(1, 6)]


class Breaks:
    """A database on which a statement that holds certain words ends in an error, as when somebody pulls the plug."""

    def __init__(self, database, words, statement="select 1 / 0"):
        self._database, self._words, self._statement = database, words, statement
        self.run = database.run

    def execute(self, statements):
        self._database.execute([self._statement if self._words in statement else statement for statement in statements])


@pytest.fixture
def database_url(server):
    """All tables are there, and empty."""
    with server.prepared(create_all) as url:
        yield url


def five_blocks(database):
    create_all(database)
    for uid in UIDS:
        put_asdm(database, [atmosphere(), atmosphere(antenna_name="DV02")], uid=uid)


@pytest.fixture
def source(prepared):
    return prepared(five_blocks)


def contents(database):
    """Everything that the marts hold, as comparable values."""
    rows = {mart.name: database.run(f"select * from mart.{mart.name}").itertuples(index=False, name=None) for mart in MARTS}
    return {name: sorted(map(repr, found)) for name, found in rows.items()}


def noted(database):
    return set(database.run("select uid, relation, source, source_version, n_rows from mart.refresh").itertuples(index=False, name=None))


def change(database, uid, **values):
    database.execute([*(f"update raw.cal_atmosphere set {name} = {value} where uid = '{uid}'" for name, value in values.items()),
                      f"update raw.asdm set content_hash = content_hash || '!' where uid = '{uid}'"])


def test_a_refresh_makes_what_is_new_and_nothing_twice(source):
    assert refresh(source, TABLES, batch_size=2) == Refreshed(made=5, removed=0, unchanged=0)
    before = source.run("select max(refreshed_at) as t from mart.refresh")["t"][0]
    assert refresh(source, TABLES) == Refreshed(made=0, removed=0, unchanged=5)
    assert source.run("select max(refreshed_at) as t from mart.refresh")["t"][0] == before


def test_only_a_changed_block_is_made_again(source):
    refresh(source, TABLES)
    change(source, UIDS[2], trec_x=77)
    assert refresh(source, TABLES) == Refreshed(made=1, removed=0, unchanged=4)
    found = source.run("select uid, count(*) as n from mart.scan_summary where trec_x = 77 group by uid")
    assert found.to_numpy().tolist() == [[UIDS[2], 2]]
    assert source.run("select count(*) as n from mart.scan_summary")["n"][0] == 10


def test_a_block_that_is_gone_leaves_every_mart_and_the_bookkeeping(source):
    refresh(source, TABLES)
    source.execute([f"delete from raw.asdm where uid = '{UIDS[0]}'"])
    assert refresh(source, TABLES) == Refreshed(made=0, removed=1, unchanged=4)
    for relation in (*(mart.name for mart in MARTS), "refresh"):
        assert source.run(f"select count(*) as n from mart.{relation} where uid = '{UIDS[0]}'")["n"][0] == 0


def test_a_full_refresh_gives_the_same_and_clears_rows_of_unknown_origin(source):
    refresh(source, TABLES)
    before = contents(source)
    source.execute(["insert into mart.execution_block (uid) values ('uid://A002/X9/X9')"])
    assert refresh(source, TABLES, full=True) == Refreshed(made=5, removed=0, unchanged=0)
    assert contents(source) == before


def test_one_mart_is_refreshed_alone(source):
    assert refresh(source, TABLES, marts=(EXECUTION_BLOCK,)).made == 5
    assert source.run("select count(*) as n from mart.scan_summary")["n"][0] == 0
    assert refresh(source, TABLES, marts=(SCAN_SUMMARY,)).made == 5
    assert refresh(source, TABLES, marts=(EXECUTION_BLOCK, SCAN_SUMMARY)).made == 0
    assert refresh(source, TABLES).made == 5


@pytest.mark.parametrize("mart", ["execution_block", "scan_summary", "spectrum", "invalid_value", "refresh"])
def test_a_refresh_that_ends_in_the_middle_leaves_no_trace_and_can_be_repeated(source, mart):
    refresh(source, TABLES)
    before, before_noted = contents(source), noted(source)
    change(source, UIDS[1], trec_x=77)
    done = refresh(Breaks(source, f'insert into "mart"."{mart}"'), TABLES)
    assert [one.uid for one in done.refused] == [UIDS[1]]
    assert "division by zero" in done.refused[0].sentence
    assert (contents(source), noted(source)) == (before, before_noted)
    assert refresh(source, TABLES, uids=[UIDS[1]]) == Refreshed(made=1, removed=0, unchanged=0)
    assert refresh(source, TABLES) == Refreshed(made=0, removed=0, unchanged=5)


def test_a_server_that_goes_away_in_the_middle_leaves_no_trace_and_can_be_repeated(source):
    refresh(source, TABLES)
    before = contents(source)
    change(source, UIDS[1], trec_x=77)
    with pytest.raises(DatabaseUnavailable):
        refresh(Breaks(source, 'insert into "mart"."spectrum"', "select pg_terminate_backend(pg_backend_pid())"), TABLES)
    assert contents(source) == before
    assert refresh(source, TABLES).made == 1


def test_a_block_that_the_database_refuses_does_not_hold_up_the_others(database):
    put_production(database, [production(uid=uid, trecspectrum_x="1,none,3" if uid == UIDS[3] else "1,2,3") for uid in UIDS])
    done = refresh(database, TABLES, source="production")
    assert (done.made, [one.uid for one in done.refused]) == (4, [UIDS[3]])
    assert '"none"' in done.refused[0].sentence
    assert set(database.run("select uid from mart.execution_block")["uid"]) == set(UIDS) - {UIDS[3]}


def test_a_block_that_was_refused_is_in_quarantine_until_its_source_is_another(database):
    create_all(database)
    put_production(database, [production(uid=uid, trecspectrum_x="1,none,3" if uid == UIDS[3] else "1,2,3") for uid in UIDS])
    told = refresh(database, TABLES, source="production").refused
    again = refresh(Breaks(database, 'insert into "mart"."execution_block"', "this is no SQL"), TABLES, source="production")
    assert (again.made, again.refused) == (0, told)
    held = quarantine.read(database, TABLES)
    assert held[["uid", "step", "sentence"]].to_numpy().tolist() == [[UIDS[3], "refresh", told[0].sentence]]
    assert [one.uid for one in refresh(database, TABLES, source="production", uids=[UIDS[3]]).refused] == [UIDS[3]]
    database.execute([f"update raw.cal_atmosphere_production set trecspectrum_x = '1,2,3' where uid = '{UIDS[3]}'"])
    assert refresh(database, TABLES, source="production") == Refreshed(made=1, removed=0, unchanged=4)
    assert quarantine.read(database, TABLES).empty


def test_what_a_lock_or_a_right_refused_is_tried_again_at_once(source, database_url):
    refresh(source, TABLES)
    change(source, UIDS[1], trec_x=77)
    done = refresh(Breaks(source, 'insert into "mart"."spectrum"', "select * from mart.none"), TABLES)
    assert [(one.uid, one.lasting) for one in done.refused] == [(UIDS[1], False)]
    assert quarantine.read(source, TABLES).empty
    assert refresh(source, TABLES) == Refreshed(made=1, removed=0, unchanged=4)


def test_refreshes_at_once_neither_hinder_each_other_nor_make_a_row_twice(source):
    errors = []

    def work():
        database = Postgres(source._url)
        try:
            refresh(database, TABLES, batch_size=1)
        except Exception as error:
            errors.append(error)
        database.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert source.run("select count(*) as n from mart.scan_summary")["n"][0] == 10
    assert source.run("select count(*) as n from mart.refresh")["n"][0] == 20
    after = contents(source)
    refresh(source, TABLES, full=True)
    assert contents(source) == after


def test_the_second_to_come_finds_its_batch_made(source):
    refresh(source, TABLES)
    before = source.run("select max(refreshed_at) as t from mart.refresh")["t"][0]
    change(source, UIDS[0], trec_x=77)
    planned = look(source, TABLES, source="asdm").pending
    assert list(planned) == [UIDS[0]]
    source.execute(batch_statements(TABLES, planned, source="asdm"))
    after = source.run("select max(refreshed_at) as t from mart.refresh")["t"][0]
    assert after > before
    source.execute(batch_statements(TABLES, planned, source="asdm"))
    assert source.run("select max(refreshed_at) as t from mart.refresh")["t"][0] == after
    source.execute(batch_statements(TABLES, planned, source="asdm", full=True))
    assert source.run("select max(refreshed_at) as t from mart.refresh")["t"][0] > after


def test_what_another_source_made_is_not_gone(source):
    put_production(source, [production(uid="uid://A002/X7/X7")])
    refresh(source, TABLES)
    refresh(source, TABLES, source="production")
    assert refresh(source, TABLES) == Refreshed(made=0, removed=0, unchanged=5)
    assert source.run("select count(*) as n from mart.execution_block")["n"][0] == 6
    source.execute(["delete from raw.cal_atmosphere_production"])
    assert refresh(source, TABLES, source="production").removed == 1


@pytest.mark.parametrize("change", ["tsys_x = 91", "water = null", "startvalidtime = startvalidtime + interval '1 s'",
                                    "tsysspectrum_y = tsysspectrum_y || ',1'", "antennaname = 'DV09'"])
def test_a_changed_production_row_makes_its_block_again(database, change):
    put_production(database, [production(uid=uid) for uid in UIDS])
    assert refresh(database, TABLES, source="production").made == 5
    assert refresh(database, TABLES, source="production").made == 0
    database.execute([f"update raw.cal_atmosphere_production set {change} where uid = '{UIDS[0]}'"])
    assert refresh(database, TABLES, source="production").made == 1


def test_a_mart_that_cannot_be_made_from_a_source_is_left_as_it_is(database):
    create_all(database)
    put_production(database, [production()])
    of_asdms = replace(SCAN_SUMMARY, sources=("asdm",))
    assert refresh(database, TABLES, source="production", marts=(EXECUTION_BLOCK, of_asdms)) == Refreshed(made=1, removed=0, unchanged=0)
    assert refresh(database, TABLES, source="production", marts=(EXECUTION_BLOCK, of_asdms)) == Refreshed(made=0, removed=0, unchanged=1)
    assert refresh(database, TABLES, source="production", marts=(of_asdms,)) == Refreshed(made=0, removed=0, unchanged=0)
    assert look(database, TABLES, source="production", marts=(of_asdms,)).pending == {}
    assert database.run("select count(*) as n from mart.scan_summary")["n"][0] == 0


def test_production_rows_that_came_or_went_make_their_block_again(database):
    put_production(database, [production(), production(antennaname="DV02")])
    refresh(database, TABLES, source="production")
    database.execute(["delete from raw.cal_atmosphere_production where antennaname = 'DV02'"])
    assert refresh(database, TABLES, source="production").made == 1
    assert Marts(database, TABLES).read_scan_summary(UID)["antenna_name"].tolist() == ["DA41"]


def test_the_version_of_production_rows_does_not_depend_on_their_order(database):
    rows = [production(antennaname=f"DA{i}") for i in range(41, 49)]
    put_production(database, rows)
    refresh(database, TABLES, source="production")
    database.execute(["truncate raw.cal_atmosphere_production"])
    put_production(database, rows[::-1])
    assert refresh(database, TABLES, source="production").made == 0


def test_a_source_that_cannot_be_read_is_refused_before_anything_is_written(database):
    database.execute(["drop schema mart cascade", "alter table raw.cal_atmosphere_production drop column tau"])
    with pytest.raises(BadRequest, match=r"raw\.cal_atmosphere_production: no column tau; expected double precision"):
        refresh(database, TABLES, source="production")
    assert database.run("select to_regnamespace('mart') is null as absent")["absent"][0]


def test_a_source_that_does_not_exist_is_refused(database_18):
    with pytest.raises(BadRequest, match="'oracle' is not a source; expected asdm or production"):
        refresh(database_18, TABLES, source="oracle")


def test_progress_is_told_after_each_batch(source):
    told = []
    refresh(source, TABLES, batch_size=2, progress=lambda *numbers: told.append(numbers))
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_statements_are_rendered_without_a_server_and_hold_no_dollar():
    for distributed in (False, True):
        statements = batch_statements(TABLES, {"uid://A002/X1/X$1": "$"}, source="production", distributed=distributed)
        assert all("$" not in statement for statement in statements)
        assert "pg_advisory_xact_lock" in statements[0]


def test_marts_are_made_again_when_their_sql_changed(source, monkeypatch):
    refresh(source, TABLES)
    monkeypatch.setattr("alma_qa0.store.batch.recipe", lambda *_: "another")
    assert refresh(source, TABLES) == Refreshed(made=5, removed=0, unchanged=0)
    assert {version.partition(":")[0] for _, _, _, version, _ in noted(source)} == {"another"}


def test_only_the_mart_whose_sql_changed_is_made_again(source, monkeypatch):
    refresh(source, TABLES)
    before, times = noted(source), "select relation, min(refreshed_at) as t from mart.refresh group by relation order by relation"
    made_at = dict(source.run(times).itertuples(index=False, name=None))
    usual = batch.recipe
    monkeypatch.setattr(batch, "recipe", lambda name, mart: "another" if mart is SCAN_SUMMARY else usual(name, mart))
    source.execute([f"update raw.asdm set content_hash = 'new' where uid = '{UIDS[0]}'"])
    assert refresh(source, TABLES, batch_size=2) == Refreshed(made=5, removed=0, unchanged=0)
    later = f"select relation, count(*) as n from mart.refresh where refreshed_at > '{max(made_at.values())}' group by relation"
    again = dict(source.run(later).itertuples(index=False, name=None))
    assert again == {"scan_summary": 5, "execution_block": 1, "spectrum": 1, "invalid_value": 1}
    assert {row[:2] for row in noted(source)} == {row[:2] for row in before}
    assert refresh(source, TABLES) == Refreshed(made=0, removed=0, unchanged=5)


def test_only_the_blocks_asked_for_are_looked_at(source):
    refresh(source, TABLES)
    for uid in UIDS[:3]:
        change(source, uid, trec_x=77)
    source.execute([f"delete from raw.asdm where uid in ('{UIDS[3]}', '{UIDS[4]}')"])
    assert refresh(source, TABLES, uids=[UIDS[0], UIDS[3]]) == Refreshed(made=1, removed=1, unchanged=0)
    assert refresh(source, TABLES, uids=[UIDS[0]], full=True) == Refreshed(made=1, removed=0, unchanged=0)
    assert refresh(source, TABLES, uids=[]) == Refreshed(made=0, removed=0, unchanged=0)
    assert refresh(source, TABLES) == Refreshed(made=2, removed=1, unchanged=1)


def test_blocks_are_found_by_the_day_in_utc_on_which_they_start(database):
    starts = dict(zip(UIDS, ("2026-07-16T23:59:59Z", "2026-07-17T00:00:00Z", "2026-07-17T23:59:59Z", "2026-07-18T00:00:00Z"), strict=False))
    for uid, start in starts.items():
        put_asdm(database, [], uid=uid, start=start)
    put_production(database, [production(uid=uid, startvalidtime=start) for uid, start in starts.items()])
    put_production(database, [production(uid=UIDS[0], antennaname="DV09", startvalidtime="2026-07-17T00:30:00Z")])
    for name in ("asdm", "production"):
        assert uids_of_days(database, TABLES, source=name, days=[date(2026, 7, 17)]) == [UIDS[1], UIDS[2]]
        assert uids_of_days(database, TABLES, source=name, days=[date(2026, 7, 16), date(2026, 7, 18)]) == [UIDS[0], UIDS[3]]
        assert uids_of_days(database, TABLES, source=name, days=[]) == []


@pytest.mark.parametrize("name", ["asdm", "production"])
def test_workers_make_what_one_makes(source, name):
    put_production(source, [production(uid=uid) for uid in UIDS])
    refresh(source, TABLES, source=name)
    before = contents(source)
    told = []
    done = refresh(source, TABLES, source=name, full=True, batch_size=1, workers=3, progress=lambda *numbers: told.append(numbers))
    assert done.made == 5
    assert contents(source) == before
    assert told == [(n, 5) for n in range(1, 6)]


def test_a_refresh_of_other_blocks_does_not_wait(source):
    """One holds the lock of an EB as if it were making it; another makes the rest meanwhile."""
    other = Postgres(source._url)
    with other._transaction() as cursor:
        cursor.execute(lock(TABLES, [UIDS[0]]))
        assert refresh(source, TABLES, uids=UIDS[1:]).made == 4
    other.close()


@pytest.mark.parametrize("name", ["asdm", "production"])
def test_both_forms_of_the_statements_make_the_same(source, name):
    put_production(source, [production(uid=uid, trecspectrum_x=",".join(["-1"] * 8 + ["5"] * 8)) for uid in UIDS])
    refresh(source, TABLES, source=name)
    before = contents(source)
    pending = look(source, TABLES, source=name, full=True).pending
    source.execute([f"delete from mart.{mart.name}" for mart in MARTS])
    source.execute(batch_statements(TABLES, pending, source=name, distributed=True))
    assert contents(source) == before


class Listens:
    """A database that remembers its queries."""

    def __init__(self, database):
        self._database, self.execute, self.asked = database, database.execute, []

    def run(self, sql):
        self.asked.append(sql)
        return self._database.run(sql)

    def has_read_all(self):
        return any("hash_record_extended" in sql and "and uid in" not in sql for sql in self.asked)


@pytest.fixture
def old_table(database):
    """No copy: what PostgreSQL counts of a table is not copied with it."""
    put_production(database, [production(uid=uid) for uid in UIDS])
    assert refresh(database, TABLES, source="production").made == 5
    return database


def test_an_arrival_is_found_without_reading_what_was_there(old_table):
    for number in range(2):
        listens = Listens(old_table)
        put_production(old_table, [production(uid=f"uid://A002/X7/X{number}", antennaname=name) for name in ("DA41", "DV09")])
        assert refresh(listens, TABLES, source="production") == Refreshed(made=1, removed=0, unchanged=5 + number)
        assert not listens.has_read_all()
    listens = Listens(old_table)
    assert refresh(listens, TABLES, source="production") == Refreshed(made=0, removed=0, unchanged=7)
    assert not listens.has_read_all()


@pytest.mark.parametrize("changes", [
    ["update raw.cal_atmosphere_production set tsys_x = 91 where uid = '{uid}'"],
    ["update raw.cal_atmosphere_production set antennaname = 'DV09' where uid = '{uid}'"],
    ["insert into raw.cal_atmosphere_production (uid, antennaname, basebandname, caldataid, receiverband, day)"
     " values ('{uid}', 'DV09', 'BB_1', 'CalData_1', 'ALMA_RB_06', '2026-07-17')"],
    ["create temporary table kept on commit drop as select * from raw.cal_atmosphere_production",
     "update kept set tsys_x = 91 where uid = '{uid}'", "truncate raw.cal_atmosphere_production",
     "insert into raw.cal_atmosphere_production select * from kept"],
])
@pytest.mark.parametrize("arrives", [False, True])
def test_a_change_of_what_was_there_is_seen_beside_an_arrival(old_table, changes, arrives):
    old_table.execute([change.format(uid=UIDS[2]) for change in changes])
    if arrives:
        put_production(old_table, [production(uid="uid://A002/X7/X7")])
    assert refresh(old_table, TABLES, source="production") == Refreshed(made=1 + arrives, removed=0, unchanged=4)


def test_all_is_read_while_another_connection_may_have_changes_that_are_not_counted_yet(old_table):
    other = psycopg2.connect(old_table._url)
    with other, other.cursor() as cursor:
        cursor.execute("update raw.cal_atmosphere_production set tsys_x = 91 where uid = %s", (UIDS[0],))
    listens = Listens(old_table)
    assert refresh(listens, TABLES, source="production").made == 1
    assert listens.has_read_all()
    other.close()


def test_all_is_read_without_an_index_that_tells_the_blocks(old_table):
    old_table.execute(["alter table raw.cal_atmosphere_production drop constraint cal_atmosphere_production_pkey"])
    listens = Listens(old_table)
    assert refresh(listens, TABLES, source="production") == Refreshed(made=0, removed=0, unchanged=5)
    assert listens.has_read_all()


def test_an_arrival_that_takes_the_place_of_another_is_seen(old_table):
    old_table.execute([f"update raw.cal_atmosphere_production set uid = 'uid://A002/X7/X7' where uid = '{UIDS[1]}'"])
    assert refresh(old_table, TABLES, source="production") == Refreshed(made=1, removed=1, unchanged=4)


_TABLE = "raw.cal_atmosphere_production"
_CHANGE = f"update {_TABLE} set tsys_x = 91 where uid = '{UIDS[2]}'"
_INSERT = (f"insert into {_TABLE} (uid, antennaname, basebandname, caldataid, receiverband, day)"
           " values ('{}', 'DV09', 'BB_1', 'CalData_1', 'ALMA_RB_06', '2026-07-17')")


def session(url, *statements, keep=False):
    """Another program that writes to the database, and ends unless it is kept."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    if not keep:
        connection.close()
    return connection


@pytest.mark.parametrize("reset", ["pg_stat_reset()", f"pg_stat_reset_single_table_counters('{_TABLE}'::regclass)"])
def test_a_change_is_seen_though_the_counts_were_reset_before_the_mark_and_after_the_change(old_table, database_url, reset):
    session(database_url, f"select {reset}")
    assert refresh(old_table, TABLES, source="production").unchanged == 5
    session(database_url, _CHANGE)
    session(database_url, f"select {reset}")
    assert refresh(old_table, TABLES, source="production") == Refreshed(made=1, removed=0, unchanged=4)


@pytest.mark.slow
def test_a_change_is_seen_though_the_server_crashed_before_the_mark_and_after_the_change(tmp_path):
    url = embedded.start(tmp_path)
    database = Postgres(url)
    try:
        create_all(database)
        put_production(database, [production(uid=uid) for uid in UIDS])
        crash(database)
        assert refresh(database, TABLES, source="production").made == 5
        session(url, _CHANGE)
        crash(database)
        assert refresh(database, TABLES, source="production") == Refreshed(made=1, removed=0, unchanged=4)
    finally:
        database.close()
        embedded.stop(tmp_path)


def crash(database):
    """Kill a process of the server, which then ends all others and recovers, and wait until it answers."""
    database.run("checkpoint")
    server_process = int(database.run("select pg_backend_pid() as pid")["pid"].iloc[0])
    os.kill(server_process, signal.SIGKILL)
    with pytest.raises(DatabaseUnavailable):
        _ask_until_it_fails(database)
    while True:
        with suppress(DatabaseUnavailable):
            database.run("select 1")
            return


def _ask_until_it_fails(database):
    while True:
        database.run("select 1")


def test_a_change_is_seen_in_a_copy_of_the_database(old_table, database_url):
    session(database_url, "select pg_stat_reset()")
    assert refresh(old_table, TABLES, source="production").unchanged == 5
    session(database_url, _CHANGE)
    old_table.close()
    name = urlsplit(database_url).path[1:]
    server = urlunsplit(urlsplit(database_url)._replace(path="/postgres"))
    session(server, f"create database {name}_copy template {name}")
    copy = Postgres(urlunsplit(urlsplit(database_url)._replace(path=f"/{name}_copy")))
    try:
        assert refresh(copy, TABLES, source="production") == Refreshed(made=1, removed=0, unchanged=4)
    finally:
        copy.close()
        session(server, f"drop database {name}_copy with (force)")


def test_a_column_that_was_made_anew_with_a_default_is_seen(old_table):
    old_table.execute([f"alter table {_TABLE} drop column tsys_x", f"alter table {_TABLE} add column tsys_x real default 91"])
    assert refresh(old_table, TABLES, source="production") == Refreshed(made=5, removed=0, unchanged=0)


def test_two_columns_that_changed_their_names_are_seen(old_table):
    old_table.execute([f"alter table {_TABLE} rename column {old} to {new}"
                       for old, new in (("tsys_x", "kept"), ("tsys_y", "tsys_x"), ("kept", "tsys_y"))])
    assert refresh(old_table, TABLES, source="production") == Refreshed(made=5, removed=0, unchanged=0)


def test_rows_of_a_child_table_are_seen(old_table):
    old_table.execute([f"create table raw.child () inherits ({_TABLE})", _INSERT.replace(_TABLE, "raw.child").format(UIDS[2])])
    for tsys in (91, 92):
        old_table.execute([f"update raw.child set tsys_x = {tsys}"])
        assert refresh(old_table, TABLES, source="production") == Refreshed(made=1, removed=0, unchanged=4)


def test_rows_that_a_policy_hides_and_shows_are_seen(old_table, database_url):
    name = f"reader_{urlsplit(database_url).path[1:]}"
    session(database_url, f"create role {name} login", f"grant all on schema raw, mart to {name}",
            f"grant all on all tables in schema raw, mart to {name}", f"grant pg_read_all_stats to {name}",
            f"alter table {_TABLE} enable row level security", f"create policy rows on {_TABLE} using (uid != '{UIDS[0]}')")
    reader = Postgres(as_role(database_url, name))
    assert refresh(reader, TABLES, source="production") == Refreshed(made=0, removed=1, unchanged=4)
    session(database_url, f"alter policy rows on {_TABLE} using (true)")
    assert refresh(reader, TABLES, source="production") == Refreshed(made=1, removed=0, unchanged=4)
    reader.close()
    session(database_url, f"drop owned by {name}", f"drop role {name}")


def as_role(url, name):
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{name}@{parts.netloc.rpartition('@')[2]}"))


def test_sessions_that_the_role_may_not_look_at_count_as_at_work(old_table, database_url):
    name = f"job_{urlsplit(database_url).path[1:]}"
    session(database_url, f"create role {name} login", f"grant all on schema raw, mart to {name}",
            f"grant all on all tables in schema raw, mart to {name}")
    job = Postgres(as_role(database_url, name))
    other = session(database_url, _CHANGE, keep=True)  # what it changed is not counted yet, and its state is hidden
    listens = Listens(job)
    assert refresh(listens, TABLES, source="production") == Refreshed(made=1, removed=0, unchanged=4)
    assert listens.has_read_all()
    other.close()
    job.close()
    session(database_url, f"drop owned by {name}", f"drop role {name}")


def test_all_is_read_where_some_role_does_not_count(old_table, database_url):
    name = f"quiet_{urlsplit(database_url).path[1:]}"
    session(database_url, f"create role {name} superuser login", f"alter role {name} set track_counts = off")
    session(as_role(database_url, name), _CHANGE)
    assert refresh(old_table, TABLES, source="production") == Refreshed(made=1, removed=0, unchanged=4)
    session(database_url, f"drop role {name}")


def test_a_change_is_seen_beside_a_block_that_the_database_refused_before(database):
    create_all(database)
    put_production(database, [production(uid=uid) for uid in UIDS])
    database.execute([f"alter table mart.scan_summary add constraint refused check (uid != '{UIDS[4]}')"])
    first = refresh(database, TABLES, source="production")
    assert (first.made, [one.uid for one in first.refused]) == (4, [UIDS[4]])
    database.execute([_INSERT.format(UIDS[2])])  # as many rows as the refused one has
    second = refresh(database, TABLES, source="production")
    assert (second.made, [one.uid for one in second.refused]) == (1, [UIDS[4]])


def test_a_change_is_seen_beside_a_block_that_its_marts_lost(old_table):
    old_table.execute([f"delete from mart.{mart.name} where uid = '{UIDS[4]}'" for mart in MARTS])
    old_table.execute([f"delete from mart.refresh where uid = '{UIDS[4]}' and n_rows = 0", _INSERT.format(UIDS[2])])
    assert refresh(old_table, TABLES, source="production") == Refreshed(made=2, removed=0, unchanged=3)


def test_a_change_is_seen_beside_a_block_that_another_source_took_over(old_table):
    put_asdm(old_table, [atmosphere()], uid=UIDS[4])
    assert refresh(old_table, TABLES, source="asdm").made == 1
    old_table.execute([_INSERT.format(UIDS[2])])
    assert refresh(old_table, TABLES, source="production") == Refreshed(made=2, removed=0, unchanged=3)


def test_what_one_mart_was_made_from_says_nothing_of_another(old_table):
    old_table.execute([_CHANGE])
    assert refresh(old_table, TABLES, source="production", marts=(SCAN_SUMMARY,)).made == 1
    assert refresh(old_table, TABLES, source="production", marts=(EXECUTION_BLOCK,)).made == 1
