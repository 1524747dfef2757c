from datetime import date

import pytest

from alma_qa0.ui.uid_list import UidList
from alma_qa0.views import uid_list as view
from alma_qa0.views.quarantine import QuarantineView
from views.samples import listed

NOTHING = QuarantineView("", ())

FIRST, LAST = date(2025, 7, 8), date(2025, 7, 12)


@pytest.fixture
def calls():
    return []


@pytest.fixture
def uid_list(calls):
    return UidList(on_search=lambda: calls.append("search"), on_choose=calls.append)


def shown_days(uid_list):
    return tuple(date.fromisoformat(str(day)) for day in uid_list.dates.value)


def test_all_days_of_the_database_are_no_limit(uid_list, calls):
    uid_list.set_criteria(None, None, "")
    uid_list.set_bounds(FIRST, LAST)
    assert shown_days(uid_list) == (FIRST, LAST)
    assert uid_list.criteria() == (None, None, "")
    uid_list.set_bounds(FIRST, date(2025, 7, 20))
    assert shown_days(uid_list) == (FIRST, date(2025, 7, 20))
    assert calls == []


def test_the_last_day_chosen_is_asked_for(uid_list, calls):
    uid_list.set_bounds(FIRST, LAST)
    uid_list.dates.value = ("2025-07-09", "2025-07-11")
    assert uid_list.criteria() == (date(2025, 7, 9), date(2025, 7, 11), "")
    assert calls == ["search"]
    uid_list.set_bounds(FIRST, date(2025, 7, 20))
    assert uid_list.criteria()[:2] == (date(2025, 7, 9), date(2025, 7, 11))


@pytest.mark.parametrize(("link", "shown", "asked"), [
    ((date(2025, 7, 9), None), (date(2025, 7, 9), LAST), (date(2025, 7, 9), None)),
    ((None, date(2025, 7, 9)), (FIRST, date(2025, 7, 9)), (None, date(2025, 7, 9))),
    ((date(2025, 7, 9), date(2025, 7, 10)), (date(2025, 7, 9), date(2025, 7, 10)), (date(2025, 7, 9), date(2025, 7, 10))),
    ((date(1990, 1, 1), date(2025, 7, 9)), (date(1990, 1, 1), date(2025, 7, 9)), (date(1990, 1, 1), date(2025, 7, 9))),
    ((date(2030, 1, 1), None), (date(2030, 1, 1), date(2030, 1, 1)), (date(2030, 1, 1), date(2030, 1, 1))),
    ((None, date(1990, 1, 1)), (date(1990, 1, 1), date(1990, 1, 1)), (date(1990, 1, 1), date(1990, 1, 1)))])
def test_days_of_a_link_are_shown_whatever_the_database_holds(uid_list, link, shown, asked):
    uid_list.set_criteria(*link, "")
    assert uid_list.criteria()[:2] == link
    uid_list.set_bounds(FIRST, LAST)
    assert shown_days(uid_list) == shown
    assert uid_list.criteria()[:2] == asked
    assert str(uid_list.dates.min_date) <= str(shown[0]) <= str(shown[1]) <= str(uid_list.dates.max_date)


def test_the_text_searched_is_that_typed(uid_list, calls):
    uid_list.set_criteria(None, None, "hl_tau")
    assert uid_list.criteria()[2] == "hl_tau"
    assert calls == []
    uid_list.search.value_input = " X1fb2 "
    assert uid_list.criteria()[2] == "X1fb2"
    assert calls == ["search"]


def test_a_search_that_is_cleared_is_no_search(uid_list):
    uid_list.search.update(value="X1fb2", value_input="X1fb2")
    uid_list.search.value_input = ""  # as the browser tells it while the reader types: the value follows later
    assert uid_list.criteria()[2] == ""


def test_a_row_chosen_by_the_reader_is_a_uid_and_one_chosen_by_the_page_is_not_called_back(uid_list, calls):
    uid_list.show(view.show(listed({"uid": "uid://A002/X1/Xc"}, {"uid": "uid://A002/X1/Xd"}), 2), "uid://A002/X1/Xc", NOTHING)
    assert uid_list.source.selected.indices == [0]
    uid_list.source.selected.indices = [1]
    assert calls == ["uid://A002/X1/Xd"]


@pytest.mark.parametrize(
    ("n_rows", "n_total", "note"),
    [
        (0, 0, "0 Execution Blocks<"),
        (1, 1, "1 Execution Block<"),
        (2, 2, "2 Execution Blocks<"),
        (2, 9000, "9,000 Execution Blocks, the newest 2 shown<"),
        (2, None, "more than 2 Execution Blocks, the newest 2 shown<"),
    ],
)
def test_the_list_says_how_many_there_are(uid_list, n_rows, n_total, note):
    uid_list.show(view.show(listed({}, {}).iloc[:n_rows], n_total), None, NOTHING)
    assert note in uid_list.note.text


def test_the_filter_is_there_where_there_are_states(uid_list):
    assert not uid_list.filter.visible
    judged = UidList(on_search=lambda: None, on_choose=lambda _: None, findings=True, decisions=True)
    assert judged.filter.visible
    assert [column.field for column in judged.table.columns] == [*(column.field for column in uid_list.table.columns), "state", "findings"]


def test_a_filter_chosen_by_the_reader_searches_and_one_of_a_link_does_not(calls):
    uid_list = UidList(on_search=lambda: calls.append("search"), on_choose=calls.append, decisions=True)
    uid_list.set_criteria(None, None, "", "Fail")
    assert (uid_list.wanted(), calls) == ("Fail", [])
    uid_list.filter.value = "to decide"
    assert (uid_list.wanted(), calls) == ("to decide", ["search"])


def test_a_filter_of_a_link_that_is_not_offered_is_none(uid_list):
    uid_list.set_criteria(None, None, "", "Fail")
    assert uid_list.wanted() == "all"


def test_a_list_that_is_what_it_was_is_not_sent_again(uid_list):
    """Else the browser would scroll to the row chosen whenever the page looks again."""
    sent = []
    uid_list.source.on_change("data", lambda attr, old, new: sent.append("data"))
    for rows in (listed({}), listed({}), listed({"status": "Pass"})):
        uid_list.show(view.show(rows, 1), None, NOTHING)
    assert len(sent) == 2


def test_html_in_a_row_is_text(uid_list):
    for column in uid_list.table.columns:
        assert "<%=" not in getattr(column.formatter, "template", "")
