import threading
from datetime import datetime, timezone
from importlib.resources import files

import pytest

from alma_qa0.core.decisions import new_comment, new_decision
from alma_qa0.core.fields import DECISION, JUDGEMENT, MARTS, RAW, STAGED
from alma_qa0.errors import BadRequest, DatabaseRefused
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.judge import judge
from alma_qa0.store.decisions import decide, read_decisions, read_history, read_newest_decisions, read_shift
from alma_qa0.store.load import delete_statements
from alma_qa0.store.plans import refresh
from alma_qa0.store.queries import Marts
from alma_qa0.store.render import Ident, render
from alma_qa0.store.tables import check_columns, columns_sql, create_decisions, create_judgement, index_statements
from store.samples import TABLES, UID, atmosphere, create_all, put_asdm


def decision(**changes):
    return new_decision(**{"uid": UID, "decided_by": "aod", "status": "Pass", "program_version": "0.1.0", **changes})


def ids(frame):
    return frame["decision_id"].tolist()


def test_a_decision_is_read_back_as_it_was_made(database):
    made = decide(database, TABLES, decision(
        status="SemiPass", reasons=["QA0_WEATHER", "QA0_ARRAY"], comment="it's 5 $ of \\ \"clouds\"; ${now}\n%s", execution_fraction=0.38,
        limits='{"tsys_high.ratio": 2.0}'))
    assert tuple(made.columns) == (*DECISION.columns, "n_decisions", "n_said", "unseen")
    row = read_decisions(database, TABLES, UID).iloc[0]
    assert row["status"] == "SemiPass"
    assert list(row["reasons"]) == ["QA0_ARRAY", "QA0_WEATHER"]
    assert row["comment"] == "it's 5 $ of \\ \"clouds\"; ${now}\n%s"
    assert row["execution_fraction"] == 0.38
    assert (row["findings"], row["limits"], row["program_version"]) == ("[]", '{"tsys_high.ratio": 2.0}', "0.1.0")
    assert row["supersedes"] is None
    assert row["unseen"] is None


def test_a_decision_without_reasons_and_execution_fraction_keeps_them_empty(database):
    row = decide(database, TABLES, decision()).iloc[0]
    assert list(row["reasons"]) == []
    assert row["execution_fraction"] != row["execution_fraction"]
    assert row["n_decisions"] == 1


def test_a_later_decision_supersedes_and_both_are_kept_newest_first(database):
    first = ids(decide(database, TABLES, decision()))[0]
    second = ids(decide(database, TABLES, decision(status="Fail", reasons=["QA0_CORR"], supersedes=first)))[0]
    history = read_decisions(database, TABLES, UID)
    assert ids(history) == [second, first]
    assert history["unseen"].tolist() == [None, None]
    assert read_newest_decisions(database, TABLES, [UID])["status"].tolist() == ["Fail"]


def test_of_two_that_decide_at_once_the_later_is_accepted_and_marked(database):
    opened = ids(decide(database, TABLES, decision()))[0]
    one = ids(decide(database, TABLES, decision(decided_by="one", supersedes=opened)))[0]
    other = decide(database, TABLES, decision(decided_by="other", status="Pending", reasons=["OTHER"], supersedes=opened))
    assert other["unseen"].tolist() == [[one]]
    assert read_decisions(database, TABLES, UID)["decided_by"].tolist() == ["other", "one", "aod"]
    after = decide(database, TABLES, decision(supersedes=ids(other)[0]))
    assert after["unseen"].tolist() == [None]
    assert read_decisions(database, TABLES, UID)["unseen"].tolist() == [None, [one], None, None]


def test_a_decision_that_supersedes_nothing_although_there_were_some_has_not_seen_them(database):
    first = ids(decide(database, TABLES, decision()))[0]
    assert decide(database, TABLES, decision())["unseen"].tolist() == [[first]]


def test_many_that_decide_at_the_same_moment_are_all_kept_in_one_order(database_url):
    def one(number):
        database = Postgres(database_url)
        for _ in range(5):
            decide(database, TABLES, decision(decided_by=f"aod {number}"))
        database.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database = Postgres(database_url)
    history = read_decisions(database, TABLES, UID)
    database.close()
    assert len(history) == 20
    assert history["decided_at"].is_unique
    assert [len(unseen or []) for unseen in history["unseen"]] == list(range(19, -1, -1))


def test_a_decision_is_later_than_all_before_it_though_the_clock_was_set_back(database):
    create_decisions(database, TABLES)
    database.execute([f"insert into mart.decision (uid, decision_id, decided_at) values ('{UID}', 'future', '2199-01-01T00:00:00Z')"])
    made = ids(decide(database, TABLES, decision(supersedes="future")))[0]
    assert ids(read_decisions(database, TABLES, UID)) == [made, "future"]


@pytest.mark.parametrize("statement", [
    "update mart.decision set status = 'Fail'",
    "update mart.decision set status = 'Fail' where false",
    "delete from mart.decision",
    "delete from mart.decision using mart.decision as d where false",
    "truncate mart.decision",
    "with gone as (delete from mart.decision returning 1) select * from gone",
    "insert into mart.decision select * from mart.decision on conflict (uid, decision_id) do update set status = 'Fail'",
    "merge into mart.decision as d using (select 1) as s on true when matched then update set status = 'Fail'",
    "merge into mart.decision as d using (select 1) as s on true when matched then delete",
])
def test_no_statement_changes_or_takes_out_a_decision(database, statement):
    made = decide(database, TABLES, decision())
    with pytest.raises(DatabaseRefused, match=r"mart\.decision is append-only"):
        database.execute([statement])
    assert ids(read_decisions(database, TABLES, UID)) == ids(made)
    assert read_decisions(database, TABLES, UID)["status"].tolist() == ["Pass"]


def test_no_statement_of_ours_would_change_or_take_out_a_decision():
    templates = list((files("alma_qa0.store") / "sql" / "decisions").iterdir())
    assert len(templates) == 6
    for template in templates:
        assert not set(template.read_text().lower().split()) & {"update", "delete", "truncate", "drop", "alter", "merge"}
    assert DECISION not in (*RAW, *MARTS, *JUDGEMENT, *STAGED), "what is in these is cleared and made again"


def test_nothing_that_is_done_to_an_execution_block_touches_its_decisions(database):
    create_all(database)
    put_asdm(database, [atmosphere()])
    refresh(database, TABLES)
    made = decide(database, TABLES, decision())
    refresh(database, TABLES, full=True)
    judge(database, TABLES, full=True)
    database.execute(delete_statements(TABLES, UID))  # what an ingest of another version does
    assert refresh(database, TABLES).removed == 1
    judge(database, TABLES)
    create_decisions(database, TABLES)
    assert read_decisions(database, TABLES, UID).equals(made)


def test_the_newest_decision_of_each_of_many_blocks_is_read_at_once(database):
    other = "uid://A002/X1/X2"
    decide(database, TABLES, decision())
    decide(database, TABLES, decision(status="Fail", reasons=["QA0_ARRAY"]))
    decide(database, TABLES, decision(uid=other))
    newest = read_newest_decisions(database, TABLES, [UID, other, "uid://A002/X1/X3"])
    assert newest[["uid", "status", "n_decisions"]].to_numpy().tolist() == [[UID, "Fail", 2], [other, "Pass", 1]]
    assert read_newest_decisions(database, TABLES, []).empty


def prepare(database):
    """An Execution Block in the marts, not judged."""
    create_all(database)
    put_asdm(database, [atmosphere()])
    refresh(database, TABLES)
    create_judgement(database, TABLES)
    create_decisions(database, TABLES)


def seen_on_a_page(database, uid=UID):
    seen = Marts(database, TABLES).look(uid)
    return {"uid": uid, "source_version": seen.source_version, "evaluated_at": seen.evaluated_at}


def test_a_decision_is_refused_where_the_execution_block_was_judged_again_and_kept_on_what_is_there_now(database):
    prepare(database)
    judge(database, TABLES)
    before = seen_on_a_page(database)
    made = decide(database, TABLES, decision(**before)).iloc[0]
    assert (made["source_version"], str(made["evaluated_at"])[:19]) == (before["source_version"], before["evaluated_at"][:19])
    judge(database, TABLES, full=True)
    with pytest.raises(BadRequest, match="was made or judged again after what the screen showed"):
        decide(database, TABLES, decision(**before, status="Fail", reasons=["QA0_ARRAY"]))
    decide(database, TABLES, decision(**seen_on_a_page(database), decided_by="second"))
    assert read_decisions(database, TABLES, UID)["decided_by"].tolist() == ["second", "aod"]


def test_a_decision_is_refused_where_the_marts_were_made_again(database):
    prepare(database)
    before = seen_on_a_page(database)
    assert before["evaluated_at"] is None
    database.execute([f"update mart.refresh set source_version = 'another' where uid = '{UID}' and relation = 'spectrum'"])
    with pytest.raises(BadRequest, match="look at it as it is now"):
        decide(database, TABLES, decision(**before))
    assert read_decisions(database, TABLES, UID).empty


def test_what_another_decided_meanwhile_refuses_nothing(database):
    prepare(database)
    before = seen_on_a_page(database)
    decide(database, TABLES, decision(**before, decided_by="one"))
    assert len(decide(database, TABLES, decision(**before, decided_by="other"))["unseen"].iloc[0]) == 1


def test_a_comment_decides_nothing_and_stands_among_the_decisions(database):
    prepare(database)
    marts = Marts(database, TABLES)

    def comment(text):
        return decide(database, TABLES, new_comment(UID, decided_by="aod", comment=text, program_version="1"))

    comment("clouds from the west")
    assert marts.list_execution_blocks(states=["Unset"])["uid"].tolist() == [UID]
    first = ids(decide(database, TABLES, decision()))[0]
    before = marts.list_version()
    comment("they have gone")
    assert marts.list_version() != before
    assert marts.list_execution_blocks(states=["Pass"])["status"].tolist() == ["Pass"]
    assert marts.list_execution_blocks(states=["Unset"]).empty
    assert read_newest_decisions(database, TABLES, [UID])[["status", "n_decisions"]].to_numpy().tolist() == [["Pass", 1]]
    assert decide(database, TABLES, decision(supersedes=first))["unseen"].tolist() == [None]
    history = read_decisions(database, TABLES, UID)
    assert history["status"].tolist() == ["Pass", None, "Pass", None]
    assert history["comment"].tolist() == ["", "they have gone", "", "clouds from the west"]


def test_a_table_of_version_0_1_0_gets_what_it_lacks_and_keeps_its_rows(database):
    database.execute(["create schema mart", render("tables/table", table=TABLES.of(DECISION), **columns_sql(DECISION.first_layout))])
    database.execute([f"insert into mart.decision (uid, decision_id, decided_at, decided_by, status, reasons)"
                      f" values ('{UID}', 'old', '2026-07-17T10:00:00Z', 'aod', 'Fail', array['QA0_ARRAY'])"])
    create_decisions(database, TABLES)
    check_columns(database, TABLES, (DECISION,))
    assert read_decisions(database, TABLES, UID)[["decision_id", "status", "source_version"]].to_numpy().tolist() == [["old", "Fail", None]]
    decide(database, TABLES, decision(supersedes="old"))
    assert ids(read_decisions(database, TABLES, UID))[1:] == ["old"]


def at(hour, minute=0):
    return datetime(2026, 7, 17, hour, minute, tzinfo=timezone.utc)


def test_a_block_belongs_to_the_shift_in_which_it_ends(database):
    create_all(database)
    put_asdm(database, [atmosphere()], start="2026-07-17T14:07:00Z")  # to 15:25
    refresh(database, TABLES)
    assert read_shift(database, TABLES, at(15, 25), at(23)) == [UID]
    assert read_shift(database, TABLES, at(6), at(15, 25)) == []


def test_a_shift_that_ends_before_it_begins_is_refused(database_18):
    with pytest.raises(BadRequest, match="expected its beginning first"):
        read_shift(database_18, TABLES, at(15), at(15))


def test_the_table_of_decisions_has_the_columns_of_its_relation_and_other_names_are_used_as_they_are(database):
    tables = TABLES.with_tables(decision=Ident("mart", "QA0 decisions"))
    create_decisions(database, tables)
    check_columns(database, tables, (DECISION,))
    decide(database, tables, decision())
    with pytest.raises(DatabaseRefused, match=r"mart\.QA0 decisions is append-only"):
        database.execute(['delete from mart."QA0 decisions"'])


class AsRole:
    """The database as one of its roles sees it."""

    def __init__(self, database, role):
        self._database, self._role = database, role

    def run(self, sql):
        return self._database.run(sql)

    def execute(self, statements):
        self._database.execute([f"set local role {self._role}", *statements])


def test_a_role_that_may_only_add_and_read_can_decide(database):
    create_decisions(database, TABLES)
    database.execute([
        "drop role if exists astronomer", "create role astronomer", "grant usage on schema mart to astronomer",
        "grant select, insert on mart.decision to astronomer"])
    try:
        decide(AsRole(database, "astronomer"), TABLES, decision())
    finally:
        database.execute(["drop owned by astronomer", "drop role astronomer"])


_LIMITED = ("uid, decision_id, decided_at, decided_by, status, reasons, comment, execution_fraction) values"
            " ('uid://A002/X1/X1', '{}', '2026-07-17T{:02}:00:00Z', repeat('a', {}), 'Pass', array[]::text[], repeat('c', {}), {})")


@pytest.mark.parametrize("beyond", [(101, 1, 1), (1, 4_001, 1), (1, 1, 100.1), (1, 1, -0.1), (1, 1, "'NaN'"), (1, 1, "'Infinity'")])
def test_the_database_refuses_what_is_longer_or_larger_than_it_may_be(database, beyond):
    create_decisions(database, TABLES)
    database.execute([f"insert into mart.decision ({_LIMITED.format('most', 8, 100, 4_000, 100)}"])
    with pytest.raises(DatabaseRefused, match=r"decision_[a-z_]+_limit"):
        database.execute([f"insert into mart.decision ({_LIMITED.format('more', 9, *beyond)}"])


def test_an_older_table_gets_the_limits_and_keeps_rows_beyond_them_which_make_no_page_slow(database):
    database.execute(["create schema mart", render("tables/table", table=TABLES.of(DECISION), **columns_sql(DECISION))])
    database.execute([f"insert into mart.decision ({_LIMITED.format('old', 10, 100_000, 1_000_000, '1e308')}"])
    create_decisions(database, TABLES)
    with pytest.raises(DatabaseRefused, match="decision_decided_by_limit"):
        database.execute([f"insert into mart.decision ({_LIMITED.format('new', 11, 101, 1, 1)}"])
    decide(database, TABLES, decision(supersedes="old"))
    assert read_decisions(database, TABLES, UID)["comment"].str.len().tolist() == [0, 1_000_000]
    history = read_history(database, TABLES, UID)
    assert history[["decided_by", "comment"]].map(len).to_numpy().tolist() == [[3, 0], [101, 4_001]]


def test_limits_are_not_added_by_a_role_that_does_not_own_the_table(database):
    database.execute(["create schema mart", render("tables/table", table=TABLES.of(DECISION), **columns_sql(DECISION))])
    database.execute([*index_statements(TABLES.of(DECISION), DECISION), "drop role if exists astronomer", "create role astronomer login",
                      "grant usage on schema mart to astronomer", "grant select, insert on mart.decision to astronomer"])
    astronomer = Postgres(database._url.replace("postgres@", "astronomer@"))
    try:
        decide(astronomer, TABLES, decision())
        assert len(read_decisions(database, TABLES, UID)) == 1
    finally:
        astronomer.close()
        database.execute(["drop owned by astronomer", "drop role astronomer"])


def test_the_history_of_many_is_its_newest_with_a_count(database):
    for number in range(25):
        last = ids(decide(database, TABLES, decision(decided_by=str(number))))[0]
    history = read_history(database, TABLES, UID)
    assert history["decided_by"].tolist() == [str(number) for number in range(24, 4, -1)]
    assert set(history["n_said"]) == {25}
    assert history["decision_id"][0] == last
