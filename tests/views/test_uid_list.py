import pandas as pd
import pytest

from alma_qa0.views import uid_list
from views.samples import listed


def test_rows_keep_the_order_of_the_query():
    view = uid_list.show(listed({"uid": "uid://A002/X1/Xd"}, {"uid": "uid://A002/X1/Xc"}), 12)
    assert list(view.columns["uid"]) == ["uid://A002/X1/Xd", "uid://A002/X1/Xc"]
    assert (view.n_shown, view.n_total) == (2, 12)


def test_a_row_says_when_which_bands_and_which_array():
    view = uid_list.show(listed({"receiver_bands": [3, 7]}, {"receiver_bands": [], "array_family": None, "start_time": pd.NaT}), 2)
    assert list(view.columns["time"]) == ["25-07-12 05:20", ""]
    assert list(view.columns["band"]) == ["B3+B7 12-m", " "]


def test_an_empty_date_range_is_an_empty_list():
    view = uid_list.show(listed({}).iloc[:0], 0)
    assert view.n_shown == view.n_total == 0
    assert {len(column) for column in view.columns.values()} == {0}


def test_a_row_says_its_state_and_how_much_was_found():
    view = uid_list.show(listed(
        {}, {"n_severe": 0, "n_warning": 0}, {"n_severe": 0, "n_warning": 2}, {"status": "Pass", "n_severe": 1, "n_warning": 1}), 4)
    assert list(view.columns["state"]) == ["Unset", "Unset", "Unset", "Pass"]
    assert list(view.columns["findings"]) == ["", "", "▲2", "◆1 ▲1"]


def test_more_than_anybody_counted_is_not_a_number():
    assert uid_list.show(listed({}), None).n_total is None


def test_the_filters_are_the_states_that_can_be_decided_and_the_findings_that_can_be_made():
    assert tuple(uid_list.FILTERS) == ("all", "to decide", "with findings", "with severe ones", "Pass", "SemiPass", "Fail", "Pending")
    assert uid_list.FILTERS["to decide"].states == ("Unset", "Pending")
    assert uid_list.FILTERS["all"] == uid_list.Filter()


@pytest.mark.parametrize(("findings", "decisions", "names"), [
    (True, True, list(uid_list.FILTERS)), (False, False, ["all"]), (True, False, ["all", "with findings", "with severe ones"]),
    (False, True, ["all", "to decide", "Pass", "SemiPass", "Fail", "Pending"])])
def test_a_filter_is_offered_where_it_can_leave_something(findings, decisions, names):
    assert uid_list.offered(findings=findings, decisions=decisions) == names
