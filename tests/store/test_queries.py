from datetime import date

import numpy as np
import pandas as pd
import pytest

from alma_qa0.core.decisions import new_decision
from alma_qa0.core.fields import DECISION, EVALUATION, EXECUTION_BLOCK, FINDING, REFRESH, SCAN_SUMMARY
from alma_qa0.errors import BadRequest
from alma_qa0.store.decisions import decide, read_newest_decisions
from alma_qa0.store.plans import refresh
from alma_qa0.store.queries import LISTED, Marts, Seen
from alma_qa0.store.tables import Tables, create_decisions, create_judgement
from store.samples import TABLES, UID, OnlyText, atmosphere, create_all, insert, put_asdm

STARTS = {
    "uid://A002/X1/Xa": "2026-07-16T23:59:59.999Z", "uid://A002/X1/Xb": "2026-07-17T00:00:00Z",
    "uid://A002/X1/Xc": "2026-07-18T23:59:59.999Z", "uid://A002/X1/Xd": "2026-07-19T00:00:00Z",
}


@pytest.fixture
def database_url(server):
    """All tables are there, and empty."""
    with server.prepared(create_all) as url:
        yield url


def four_blocks(database):
    create_all(database)
    create_judgement(database, TABLES)
    create_decisions(database, TABLES)
    for uid, start in STARTS.items():
        put_asdm(database, [atmosphere()], uid=uid, start=start)
    refresh(database, TABLES)


@pytest.fixture
def marts(prepared):
    return Marts(prepared(four_blocks), TABLES)


def listed(marts, *arguments, **named):
    return [uid.rsplit("X", 1)[1] for uid in marts.list_execution_blocks(*arguments, **named)["uid"]]


def test_blocks_are_listed_newest_first_with_the_columns_of_the_relation(marts):
    assert listed(marts) == ["d", "c", "b", "a"]
    assert tuple(marts.list_execution_blocks()) == LISTED


def test_both_ends_of_a_date_range_are_included(marts):
    assert listed(marts, date(2026, 7, 17), date(2026, 7, 18)) == ["c", "b"]
    assert listed(marts, None, date(2026, 7, 16)) == ["a"]
    assert listed(marts, date(2026, 7, 19), None) == ["d"]
    assert listed(marts, date(2027, 1, 1), None) == []


def test_the_count_is_that_without_the_limit(marts):
    found = marts.list_execution_blocks(limit=1)
    assert len(found) == 1
    assert found.attrs["n_found"] == 4
    assert marts.list_execution_blocks(search="nothing").attrs["n_found"] == 0


@pytest.mark.parametrize(("search", "n"), [
    ("", 4), ("xA", 1), ("UID://a002/x1", 4), (" hl_tau ", 4), ("array11", 4), ("A001/X1/xP", 4), ("a001/x1/xs", 4), ("12-M", 4),
    ("%", 0), ("_", 4), ("hlxtau", 0), ("\\", 0), ("$", 0), ("'", 0), ("' or true --", 0)])
def test_search_finds_words_in_any_case_and_takes_them_literally(marts, search, n):
    assert len(marts.list_execution_blocks(search=search)) == n


def test_more_that_are_searched_than_the_limit_are_not_counted(marts):
    found = marts.list_execution_blocks(search="x1", limit=3)
    assert len(found) == 3
    assert found.attrs["n_found"] is None
    assert marts.list_execution_blocks(search="x1", limit=4).attrs["n_found"] == 4


@pytest.fixture
def judged(marts):
    """a: decided twice, b: severe and Pending, c: a warning, decided Unset again, d: judged, nobody decided."""
    database = marts.database
    insert(database, EVALUATION, [
        {"uid": f"uid://A002/X1/X{name}", "limits": "{}", "n_info": 3, "n_warning": n_warning, "n_severe": n_severe}
        for name, n_warning, n_severe in (("a", 0, 0), ("b", 1, 2), ("c", 1, 0), ("d", 0, 0))])
    for name, status, reasons in (("a", "Fail", ["QA0_CORR"]), ("a", "Pass", []), ("b", "Pending", ["OTHER"]), ("c", "Pass", []),
                                  ("c", "Unset", [])):
        uid = f"uid://A002/X1/X{name}"
        decide(database, TABLES, new_decision(uid, decided_by="aod", status=status, reasons=reasons, program_version="1"))
    return marts


@pytest.mark.parametrize(("wanted", "found"), [
    ({}, ["d", "c", "b", "a"]), ({"states": ["Unset"]}, ["d", "c"]), ({"states": ["Unset", "Pending"]}, ["d", "c", "b"]),
    ({"states": ["Pending"]}, ["b"]), ({"states": ["Pass"]}, ["a"]), ({"states": ["Fail"]}, []), ({"severity": "warning"}, ["c", "b"]),
    ({"severity": "severe"}, ["b"]), ({"severity": "warning", "states": ["Unset"]}, ["c"]),
    ({"states": ["Unset"], "last": date(2026, 7, 18)}, ["c"]), ({"states": ["Pass"], "search": "xb"}, [])])
def test_the_list_is_filtered_by_the_newest_state_and_the_findings_over_all_blocks(judged, wanted, found):
    assert listed(judged, **wanted) == found
    for limit in (1, 2):
        part = judged.list_execution_blocks(limit=limit, **wanted)
        assert [uid.rsplit("X", 1)[1] for uid in part["uid"]] == found[:limit]
        if wanted:
            assert part.attrs["n_found"] == (len(found) if len(found) <= limit else None)


def test_a_line_of_the_list_tells_the_newest_state_and_what_was_found(judged):
    rows = judged.list_execution_blocks().set_index("uid")
    assert [rows.loc[f"uid://A002/X1/X{name}", "status"] for name in "abcd"] == ["Pass", "Pending", "Unset", None]
    assert rows.loc["uid://A002/X1/Xb", ["n_severe", "n_warning"]].tolist() == [2, 1]


def only(marts, *relations):
    idents = {relation.name: marts.tables.of(relation) for relation in relations}
    return Marts(marts.database, Tables(idents), bookkeeping=(marts.tables.of(REFRESH),))


def test_what_has_no_table_is_not_asked_for(judged):
    bare = only(judged, EXECUTION_BLOCK)
    assert (judged.has(FINDING, EVALUATION, DECISION), bare.has(EVALUATION), bare.has(DECISION)) == (True, False, False)
    rows = bare.list_execution_blocks()
    assert len(rows) == 4
    assert rows[["status", "n_severe", "n_warning"]].isna().all(axis=None)
    seen = bare.look("uid://A002/X1/Xb")
    assert (seen.evaluated_at, seen.newest_decision) == (None, None)
    assert seen.source_version == bare.source_version("uid://A002/X1/Xb")
    assert bare.list_version() == bare.list_version() != judged.list_version()


def test_whatever_changes_the_list_changes_its_version(judged):
    database, versions = judged.database, [judged.list_version()]

    def changed(*statements):
        database.execute(list(statements))
        versions.append(judged.list_version())

    assert judged.list_version() == versions[0]
    decide(database, TABLES, new_decision("uid://A002/X1/Xd", decided_by="aod", status="Pass", program_version="1"))
    versions.append(judged.list_version())
    changed("update mart.evaluation set evaluated_at = now()")
    changed("delete from mart.execution_block where uid = 'uid://A002/X1/Xd'")
    changed("update mart.refresh set refreshed_at = now() + interval '1 second'")
    assert len(set(versions)) == len(versions)


def test_a_look_at_a_block_tells_when_it_its_findings_or_its_decisions_are_others(judged):
    uid = "uid://A002/X1/Xb"
    seen = [judged.look(uid)]
    assert judged.look(uid) == seen[0]
    assert seen[0].newest_decision == read_newest_decisions(judged.database, TABLES, [uid])["decision_id"].iloc[0]
    decide(judged.database, TABLES, new_decision(uid, decided_by="aod", status="Pass", program_version="1"))
    seen.append(judged.look(uid))
    judged.database.execute([f"update mart.evaluation set evaluated_at = now() where uid = '{uid}'"])
    seen.append(judged.look(uid))
    judged.database.execute([f"update raw.asdm set content_hash = 'other' where uid = '{uid}'"])
    refresh(judged.database, TABLES)
    seen.append(judged.look(uid))
    assert len(set(seen)) == 4
    assert judged.look("uid://A002/X9/X9") == Seen(None, None, None)


def test_the_bounds_are_days_in_utc(marts):
    assert marts.date_bounds() == (date(2026, 7, 16), date(2026, 7, 19))


def test_an_empty_database_has_no_bounds_and_no_blocks(database):
    marts = only(Marts(database, TABLES), EXECUTION_BLOCK, SCAN_SUMMARY)
    assert marts.date_bounds() is None
    assert tuple(marts.list_execution_blocks()) == LISTED
    assert tuple(marts.read_scan_summary(UID)) == SCAN_SUMMARY.columns


def test_a_block_that_is_not_there_is_said_in_words(marts):
    with pytest.raises(BadRequest, match="uid://A002/X9/X9 is not in the database"):
        marts.read_execution_block("uid://A002/X9/X9")
    assert marts.source_version("uid://A002/X9/X9") is None


def test_the_summary_comes_by_time_band_baseband_and_antenna(database):
    rows = [atmosphere(antenna_name=antenna, baseband_name=baseband, receiver_band=band, cal_data_id=f"CalData_{n}",
                       start_valid_time=f"2026-07-17T14:{n:02d}:00Z")
            for antenna in ("DV02", "DA41") for baseband in ("BB_2", "BB_1") for band in (6, 3) for n in (2, 1)]
    put_asdm(database, rows)
    refresh(database, TABLES)
    summary = Marts(database, TABLES).read_scan_summary(UID)
    assert len(summary) == 16
    order = ["start_valid_time", "receiver_band", "baseband_name", "antenna_name"]
    pd.testing.assert_frame_equal(summary[order], summary[order].sort_values(order, ignore_index=True))


def test_spectra_are_the_same_from_a_host_that_reads_text(marts):
    uid = "uid://A002/X1/Xa"
    as_text = Marts(OnlyText(marts.database), TABLES)
    for one, other in zip(marts.read_spectra(uid, "tsys"), as_text.read_spectra(uid, "tsys"), strict=True):
        np.testing.assert_array_equal(one.values, other.values)
        np.testing.assert_array_equal(one.frequency_hz, other.frequency_hz)
        assert (one.receiver_band, one.baseband_name, one.quantity) == (other.receiver_band, other.baseband_name, other.quantity)
        assert one.cal_data_ids.tolist() == other.cal_data_ids.tolist()


def test_spectra_can_be_written_to(marts):
    """The page masks them in place."""
    (pack,) = marts.read_spectra("uid://A002/X1/Xa", "trec", receiver_band=6)
    pack.values[0, 0] = np.nan
    assert marts.read_spectra("uid://A002/X1/Xa", "trec", receiver_band=3) == ()


def test_a_quantity_without_spectra_is_refused(marts):
    with pytest.raises(BadRequest, match="'water' has no spectra; expected trec or tsys"):
        marts.read_spectra(UID, "water")


def test_the_version_of_a_block_changes_with_its_source(marts):
    uid = "uid://A002/X1/Xa"
    before = marts.source_version(uid)
    assert marts.source_version(uid) == before
    marts.database.execute([f"update raw.asdm set content_hash = 'other' where uid = '{uid}'"])
    refresh(marts.database, TABLES)
    assert marts.source_version(uid) not in (None, before)


def test_the_first_and_the_last_day_that_there_are_can_be_asked_for(marts):
    everything = marts.list_execution_blocks()
    assert len(everything)
    assert marts.list_execution_blocks(date.min, date.max)["uid"].tolist() == everything["uid"].tolist()
    assert marts.list_execution_blocks(date.max, date.max).empty
