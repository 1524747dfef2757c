"""Tables by month: the same rows before and after, and everything goes on as on tables that are not."""

import subprocess
import sys
from datetime import date

import numpy as np
import pytest

from alma_qa0 import cli
from alma_qa0.core.fields import CAL_ATMOSPHERE, MARTS, RAW, SCAN_SUMMARY, SPECTRUM
from alma_qa0.errors import BadRequest, DatabaseRefused
from alma_qa0.hosts.postgres import Postgres, _frame
from alma_qa0.jobs import installation
from alma_qa0.jobs import marts as recipes
from alma_qa0.jobs.distribute import distribute
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.jobs.partition import partition
from alma_qa0.store import flow, months
from alma_qa0.store.plans import Refreshed, refresh
from alma_qa0.store.queries import Marts
from alma_qa0.store.render import Ident
from alma_qa0.store.tables import lay_lock
from asdm.samples import make_rows
from jobs.samples import cal_atmosphere, with_columns, write_sample
from store.samples import TABLES, atmosphere, create_all, production, put_asdm, put_production
from store.test_distributed import STAND_IN

pytestmark = pytest.mark.slow  # each makes marts several times

BY_MONTH = (CAL_ATMOSPHERE, SCAN_SUMMARY, SPECTRUM)
UIDS = [f"uid://A002/X1/X{i}" for i in range(1, 5)]
TIMES = ["2026-06-30T23:50:00Z", "2026-07-17T14:10:00Z", "2026-08-01T00:00:00Z", None]


def silent(_):
    pass


def rows_of(database, *names):
    """Whatever some tables hold, in an order of its own."""
    return {name: sorted(map(repr, database.run(f"select * from {name}").itertuples(index=False, name=None))) for name in names}


ALL = tuple(".".join(TABLES.of(relation).parts) for relation in (*RAW, *MARTS))


def partitions(database, name):
    """The partitions of a table, and how many rows each has."""
    found = database.run(f"select relid::regclass::text as name from pg_partition_tree('{name}') where isleaf")["name"]
    return {part.rpartition(".")[2]: int(database.run(f"select count(*) as n from {part}")["n"][0]) for part in sorted(found)}


def since_1858(time):
    """A time as the ASDM writes it."""
    return int((np.datetime64(time, "ns") - np.datetime64("1858-11-17", "ns")).astype(int))


def plan(database, query):
    return "\n".join(database.run(f"explain (costs off) {query}")["QUERY PLAN"])


def four_blocks(database):
    """An EB over the end of a month, one in the next, one at the first moment of another, and one without a time."""
    create_all(database)
    for uid, time in zip(UIDS, TIMES, strict=True):
        later = "2026-07-01T00:00:00Z" if time == TIMES[0] else time
        put_asdm(database, [atmosphere(start_valid_time=time),
                            atmosphere(antenna_name="DV02", cal_data_id="CalData_2", start_valid_time=later)], uid=uid)
    refresh(database, TABLES)


@pytest.fixture
def filled(prepared):
    return prepared(four_blocks)


def test_the_rows_are_the_same_and_lie_in_their_months(filled):
    before, said = rows_of(filled, *ALL), []
    assert partition(filled, TABLES, say=said.append) == 3
    assert rows_of(filled, *ALL) == before
    assert partitions(filled, "mart.scan_summary") == {"scan_summary_2026_06": 1, "scan_summary_2026_07": 3, "scan_summary_2026_08": 2,
                                                       "scan_summary_rest": 2}
    assert partitions(filled, "mart.spectrum") == {"spectrum_2026_06": 2, "spectrum_2026_07": 2, "spectrum_2026_08": 2, "spectrum_rest": 2}
    assert said[1] == "mart.scan_summary: laid by month of start_valid_time, 3 months"


def test_laying_again_changes_nothing_and_says_so(filled):
    partition(filled, TABLES, say=silent)
    before, said = rows_of(filled, "pg_class"), []
    assert partition(filled, TABLES, say=said.append) == 0
    assert said == [f"{'.'.join(TABLES.of(relation).parts)}: lies by month of start_valid_time" for relation in BY_MONTH]
    assert [row for row in rows_of(filled, "pg_class")["pg_class"] if "_20" in row] == [row for row in before["pg_class"] if "_20" in row]


def test_the_command_says_what_it_did_and_then_that_there_is_nothing_to_do(filled, capsys):
    for last in ("3 tables laid by month", "nothing to do"):
        assert cli.main(["partition", "--database", filled._url]) == cli.DONE
        assert capsys.readouterr().err.splitlines()[-1] == last


def test_of_two_commands_at_once_one_waits_and_finds_nothing_to_do(filled):
    before = rows_of(filled, *ALL)
    command = [sys.executable, "-m", "alma_qa0.cli", "partition", "--database", filled._url]
    with filled.holding(lay_lock()):  # until both wait
        both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        while filled.run("select count(*) as n from pg_locks join pg_database on database = pg_database.oid"
                         " where locktype = 'advisory' and not granted and datname = current_database()")["n"][0] < 2:
            assert all(process.poll() is None for process in both)
    ended = [(process.communicate()[1].splitlines()[-1], process.returncode) for process in both]
    assert sorted(ended) == [("3 tables laid by month", 0), ("nothing to do", 0)]
    assert rows_of(filled, *ALL) == before


def test_tables_that_are_not_there_are_made(database):
    assert partition(database, TABLES, say=silent) == 3
    assert partitions(database, "raw.cal_atmosphere") == {"cal_atmosphere_rest": 0}


def test_a_month_is_kept_up_as_the_table_was(filled):
    keeping = """select c.relname::text as name, c.reloptions::text as options, a.attstorage::text as storage, a.attstattarget as target
        from pg_class as c inner join pg_attribute as a on a.attrelid = c.oid
        where c.relname like 'spectrum%' and a.attname = 'packed' and c.relkind = 'r'"""
    (before,) = filled.run(keeping).itertuples(index=False, name=None)
    assert before == ("spectrum", "{autovacuum_vacuum_scale_factor=0.05}", "e", 0)
    partition(filled, TABLES, say=silent)
    put_asdm(filled, [atmosphere(start_valid_time="2026-12-12T00:00:00Z")], uid="uid://A002/X9/X9")
    refresh(filled, TABLES)
    found = set(filled.run(keeping).itertuples(index=False, name=None))
    assert found == {(f"spectrum_{part}", *before[1:]) for part in ("2026_06", "2026_07", "2026_08", "2026_12", "rest")}


def test_a_refresh_makes_the_months_that_its_blocks_need(filled):
    partition(filled, TABLES, say=silent)
    put_asdm(filled, [atmosphere(start_valid_time="2026-12-31T23:59:59Z")], uid="uid://A002/X9/X9")
    assert refresh(filled, TABLES) == Refreshed(made=1, removed=0, unchanged=4)
    for name in ("scan_summary", "spectrum"):
        assert partitions(filled, f"mart.{name}")[f"{name}_2026_12"] > 0
    assert refresh(filled, TABLES, full=True, workers=2, batch_size=1) == Refreshed(made=5, removed=0, unchanged=0)


def test_both_sources_give_the_same_marts_as_on_tables_that_are_not_by_month(filled):
    put_production(filled, [production(uid=uid, antennaname=name, startvalidtime=time, day=(time or "2026-07-01")[:10])
                            for uid, time in zip(UIDS, TIMES, strict=True) for name in ("DA41", "DV02")])
    names = tuple(".".join(TABLES.of(mart).parts) for mart in MARTS)
    for source in ("production", "asdm"):
        refresh(filled, TABLES, source=source, full=True)
    made = {}
    for source in ("asdm", "production"):
        refresh(filled, TABLES, source=source, full=True)
        made[source] = rows_of(filled, *names)
    partition(filled, TABLES, say=silent)
    for source in ("asdm", "production"):
        refresh(filled, TABLES, source=source, full=True, workers=2, batch_size=1)
        assert rows_of(filled, *names) == made[source]


def test_a_block_whose_times_changed_leaves_its_old_month(filled):
    partition(filled, TABLES, say=silent)
    filled.execute([f"update raw.cal_atmosphere set start_valid_time = '2026-09-09' where uid = '{UIDS[1]}'",
                    f"update raw.asdm set content_hash = 'h2' where uid = '{UIDS[1]}'"])
    assert partitions(filled, "raw.cal_atmosphere")["cal_atmosphere_rest"] == 4, "a month that nobody made is refused to no row"
    refresh(filled, TABLES)
    assert partitions(filled, "mart.scan_summary") == {"scan_summary_2026_06": 1, "scan_summary_2026_07": 1, "scan_summary_2026_08": 2,
                                                       "scan_summary_2026_09": 2, "scan_summary_rest": 2}


def test_rows_that_could_not_be_put_into_their_month_are_sorted_in_by_the_command(filled):
    partition(filled, TABLES, say=silent)
    filled.execute([f"update raw.cal_atmosphere set start_valid_time = '2026-09-09' where uid = '{UIDS[3]}'"])
    before, said = rows_of(filled, "raw.cal_atmosphere"), []
    assert partition(filled, TABLES, say=said.append) == 1
    assert said[0] == "raw.cal_atmosphere: lies by month of start_valid_time; rows of 1 month sorted in"
    assert rows_of(filled, "raw.cal_atmosphere") == before
    assert partitions(filled, "raw.cal_atmosphere")["cal_atmosphere_2026_09"] == 2
    assert partition(filled, TABLES, say=silent) == 0


def test_rows_that_come_into_the_rest_meanwhile_keep_their_month_from_being_made_and_no_row_out(filled, monkeypatch):
    """As those of an ingest that began before the table was laid, and ends while another asks for the month."""
    partition(filled, TABLES, say=silent)
    look = months.months_of

    def look_too_early(*place):
        found = look(*place)
        monkeypatch.setattr(months, "months_of", look)
        put_asdm(filled, [atmosphere(start_valid_time="2026-12-12T00:00:00Z")], uid="uid://A002/X9/X9")
        return found

    monkeypatch.setattr(months, "months_of", look_too_early)
    months.make(filled, TABLES, [CAL_ATMOSPHERE], [date(2026, 12, 1)])
    assert partitions(filled, "raw.cal_atmosphere")["cal_atmosphere_rest"] == 3
    partition(filled, TABLES, say=silent)
    assert partitions(filled, "raw.cal_atmosphere")["cal_atmosphere_2026_12"] == 1


def test_a_time_beyond_all_reason_has_no_month_and_is_kept(filled):
    partition(filled, TABLES, say=silent)
    put_asdm(filled, [atmosphere(start_valid_time="1858-11-17T00:00:00Z")], uid="uid://A002/X9/X9")
    refresh(filled, TABLES)
    assert partitions(filled, "mart.scan_summary")["scan_summary_rest"] == 3
    assert partition(filled, TABLES, say=silent) == 0


def test_an_ingest_makes_the_months_in_which_its_execution_block_begins_and_ends(database, tmp_path):
    partition(database, TABLES, say=silent)
    start, end = (since_1858(time) for time in ("2026-12-31T23:30", "2027-01-01T00:40"))
    exec_block = with_columns(make_rows("ExecBlock", 1), startTime=[start], endTime=[end])
    calibrated = with_columns(cal_atmosphere(), startValidTime=[start, start, end, end, end, end])
    path = write_sample(tmp_path, ExecBlock=[exec_block], CalAtmosphere=[calibrated])
    assert len(ingest(database, TABLES, [path]).taken) == 1
    assert partitions(database, "raw.cal_atmosphere") == {
        "cal_atmosphere_2026_12": 2, "cal_atmosphere_2027_01": 4, "cal_atmosphere_rest": 0}
    assert refresh(database, TABLES).made == 1
    assert partitions(database, "mart.scan_summary") == {"scan_summary_2026_12": 2, "scan_summary_2027_01": 4, "scan_summary_rest": 0}
    judge(database, TABLES)
    assert len(Marts(database, TABLES).read_scan_summary("uid://A002/Xf8f6a9/X15c79")) == 6


def test_where_the_time_is_given_other_months_are_not_looked_at(filled):
    partition(filled, TABLES, say=silent)
    pruned = plan(filled, "select * from mart.scan_summary where uid = 'u' and start_valid_time = '2026-07-17T14:10:00Z'")
    assert "scan_summary_2026_07" in pruned
    assert "2026_06" not in pruned
    assert "scan_summary_2026_06" in plan(filled, "select * from mart.scan_summary where uid = 'u'")


def test_each_month_has_the_key(filled):
    partition(filled, TABLES, say=silent)
    for relation in BY_MONTH:
        assert flow.has_key(filled, TABLES.of(relation), relation)
    with pytest.raises(DatabaseRefused, match="duplicate key"):
        filled.execute(["insert into mart.scan_summary select * from mart.scan_summary"])
    filled.execute(["alter table mart.spectrum_2026_07 drop constraint spectrum_2026_07_pkey"])
    assert not flow.has_key(filled, TABLES.of(SPECTRUM), SPECTRUM)


def test_a_month_is_taken_out_whole_and_is_not_missed(filled):
    partition(filled, TABLES, say=silent)
    filled.execute(["alter table mart.scan_summary detach partition mart.scan_summary_2026_08", "drop table mart.scan_summary_2026_08"])
    assert UIDS[2] not in set(filled.run("select uid from mart.scan_summary")["uid"])
    assert refresh(filled, TABLES).made == 1, "what is still in its source is made again"
    assert partitions(filled, "mart.scan_summary")["scan_summary_2026_08"] == 2


def test_a_month_that_was_detached_and_kept_does_not_stand_in_the_way(filled):
    partition(filled, TABLES, say=silent)
    filled.execute(["alter table mart.scan_summary detach partition mart.scan_summary_2026_08"])
    refresh(filled, TABLES, full=True)
    for _ in range(2):
        assert partitions(filled, "mart.scan_summary")["scan_summary_rest"] == 4
        assert partition(filled, TABLES, say=silent) == 0
    filled.execute(["drop table mart.scan_summary_2026_08"])
    assert partition(filled, TABLES, say=silent) == 1
    assert partitions(filled, "mart.scan_summary")["scan_summary_2026_08"] == 2


def test_a_recipe_writes_into_a_table_by_month_and_finds_nothing_amiss(filled, caplog):
    partition(filled, TABLES, say=silent)
    filled.execute(["drop table mart.refresh"])
    done = recipes.refresh(filled, SCAN_SUMMARY, source=("raw", "cal_atmosphere"), target=("mart", "scan_summary"))
    assert done == Refreshed(made=4, removed=0, unchanged=0)
    assert "lacks its key" not in caplog.text
    places = {"scan_summary": ("mart", "scan_summary"), "spectrum": ("mart", "spectrum")}
    books = dict.fromkeys(places, Ident("mart", "refresh"))
    lines = installation.check(filled, installation.Installed(places=places, books=books, source=("raw", "cal_atmosphere")))
    assert [line.found for line in lines if line.what.startswith("key and indexes")] == ["1", "1"]


def test_a_column_and_an_index_of_others_go_along(filled):
    flow.fill_partition(filled, TABLES.of(SPECTRUM), "day", "2026-07-17", [UIDS[1]])
    partition(filled, TABLES, say=silent)
    assert flow.partition_uids(filled, TABLES.of(SPECTRUM), "day", "2026-07-17") == [UIDS[1]]
    found = filled.run("select indexdef from pg_indexes where tablename = 'spectrum_2026_07'")["indexdef"]
    assert any(definition.endswith("(day)") for definition in found)


def test_rights_go_along_and_who_may_only_read_needs_no_rights_on_a_month(filled):
    filled.execute(["create role reader", "create role author", "grant usage, create on schema mart to reader, author",
                    "grant select on mart.scan_summary to reader", "alter table mart.scan_summary owner to author"])
    try:
        partition(filled, TABLES, say=silent)
        put_asdm(filled, [atmosphere(start_valid_time="2026-12-12T00:00:00Z")], uid="uid://A002/X9/X9")
        refresh(filled, TABLES)
        owners = filled.run("select distinct pg_get_userbyid(relowner)::text as o from pg_class where relname like 'scan_summary%'")
        assert owners["o"].tolist() == ["author"]
        with filled._transaction() as cursor:
            cursor.execute("set local role reader")
            cursor.execute("select count(*)::integer as n from mart.scan_summary")
            assert _frame(cursor)["n"][0] == 9
        with pytest.raises(DatabaseRefused, match="permission denied"):
            filled.execute(["set local role reader", "delete from mart.scan_summary"])
    finally:
        filled.execute(["drop owned by reader, author cascade", "drop role reader, author"])


def test_who_may_write_and_is_not_the_owner_writes_into_the_rest(filled):
    filled.execute(["create role writer", "grant usage, create on schema mart, raw to writer",
                    "grant all on all tables in schema mart, raw to writer"])
    try:
        with pytest.raises(BadRequest, match="another role's table; expected to be run as the role that owns it"):
            partition(As(filled, "writer"), TABLES, say=silent)
        partition(filled, TABLES, say=silent)
        put_asdm(filled, [atmosphere(start_valid_time="2026-12-12T00:00:00Z")], uid="uid://A002/X9/X9")
        assert refresh(As(filled, "writer"), TABLES).made == 1
        assert partitions(filled, "mart.scan_summary")["scan_summary_rest"] == 3
    finally:
        filled.execute(["drop owned by writer cascade", "drop role writer"])


def test_a_table_that_a_view_needs_is_left_as_it_is(filled):
    filled.execute(["create view mart.mine as select uid from mart.scan_summary"])
    before = rows_of(filled, *ALL)
    with pytest.raises(DatabaseRefused, match=r"other objects depend on it|depends on table"):
        partition(filled, TABLES, say=silent)
    assert rows_of(filled, *ALL) == before
    assert months.laid(filled, TABLES, BY_MONTH) == [CAL_ATMOSPHERE], "one table is one transaction"


def test_tables_in_shards_are_not_laid_by_month_but_the_other_way_round(database_18):
    database_18.execute([STAND_IN])
    partition(database_18, TABLES, say=silent)
    distribute(database_18, TABLES, say=silent)
    found = set(database_18.run("select logicalrelid::text as name from pg_dist_partition")["name"])
    assert {"raw.cal_atmosphere", "mart.scan_summary", "mart.spectrum"} <= found
    with pytest.raises(BadRequest, match="in shards already; expected `alma-qa0 partition` before `alma-qa0 distribute`"):
        partition(database_18, TABLES, say=silent)
    put_asdm(database_18, [atmosphere(start_valid_time="2026-12-12T00:00:00Z")])
    assert refresh(database_18, TABLES).made == 1
    assert partitions(database_18, "mart.scan_summary")["scan_summary_2026_12"] == 1


def test_a_production_table_by_month_is_read_whole_since_its_changes_are_not_counted(filled):
    put_production(filled, [production(uid=uid) for uid in UIDS])
    filled.execute([
        "alter table raw.cal_atmosphere_production rename to old",
        "create table raw.cal_atmosphere_production (like raw.old) partition by range (day)",
        "create table raw.of_2026 partition of raw.cal_atmosphere_production for values from ('2026-01-01') to ('2027-01-01')",
        "insert into raw.cal_atmosphere_production select * from raw.old", "create index on raw.cal_atmosphere_production (uid)"])
    assert refresh(filled, TABLES, source="production").made == 4
    assert refresh(filled, TABLES, source="production").unchanged == 4
    filled.execute([f"update raw.cal_atmosphere_production set trec_x = 77 where uid = '{UIDS[0]}'"])
    assert refresh(filled, TABLES, source="production") == Refreshed(made=1, removed=0, unchanged=3)


def test_two_that_need_the_same_month_at_once_make_it_once(filled):
    partition(filled, TABLES, say=silent)
    for number in range(4):
        put_asdm(filled, [atmosphere(start_valid_time="2026-12-12T00:00:00Z")], uid=f"uid://A002/X9/X{number}")
    assert refresh(filled, TABLES, workers=4, batch_size=1).made == 4
    assert partitions(filled, "mart.scan_summary")["scan_summary_2026_12"] == 4


@pytest.mark.parametrize(("month", "end"), [(date(2026, 1, 1), date(2026, 2, 1)), (date(2026, 12, 1), date(2027, 1, 1))])
def test_a_month_ends_where_the_next_begins(month, end):
    assert months._next(month) == end


class As:
    """The same database as another role."""

    def __init__(self, database: Postgres, role: str) -> None:
        self._database, self._role = database, role

    def run(self, sql):
        with self._database._transaction() as cursor:
            cursor.execute(f"set local role {self._role}")
            cursor.execute(sql)
            return _frame(cursor)

    def execute(self, statements):
        self._database.execute([f"set local role {self._role}", *statements])
