import pandas as pd
import pytest

from alma_qa0.views import uid_list
from views.samples import blocks


def test_rows_keep_the_order_of_the_query():
    view = uid_list.show(blocks({"uid": "uid://A002/X1/Xd"}, {"uid": "uid://A002/X1/Xc"}), 12)
    assert list(view.columns["uid"]) == ["uid://A002/X1/Xd", "uid://A002/X1/Xc"]
    assert (view.n_shown, view.n_total) == (2, 12)


def test_a_row_says_when_which_bands_and_which_array():
    view = uid_list.show(blocks({"receiver_bands": [3, 7]}, {"receiver_bands": [], "array_family": None, "start_time": pd.NaT}), 2)
    assert list(view.columns["time"]) == ["25-07-12 05:20", ""]
    assert list(view.columns["band"]) == ["B3+B7 12-m", " "]


def test_an_empty_date_range_is_an_empty_list():
    view = uid_list.show(blocks({}).iloc[:0], 0)
    assert view.n_shown == view.n_total == 0
    assert {len(column) for column in view.columns.values()} == {0}


NAMES = ("none", "warned", "severe", "passed", "failed", "pending")
BLOCKS = blocks(*({"uid": f"uid://A002/X1/{name}"} for name in NAMES))
COUNTS = pd.DataFrame([{"uid": f"uid://A002/X1/{name}", "n_info": 9, "n_warning": warnings, "n_severe": severe}
                       for name, warnings, severe in (("none", 0, 0), ("warned", 2, 0), ("severe", 1, 1), ("passed", 1, 0))])
DECISIONS = pd.DataFrame([{"uid": f"uid://A002/X1/{name}", "status": status}
                          for name, status in (("passed", "Pass"), ("failed", "Fail"), ("pending", "Pending"))])


def listed(wanted=uid_list.ALL, **known):
    view = uid_list.show(BLOCKS, 6, **{"counts": COUNTS, "decisions": DECISIONS, **known}, wanted=wanted)
    return [uid.rpartition("/")[2] for uid in view.columns["uid"]], view


def test_a_row_says_its_state_and_how_much_was_found():
    _, view = listed()
    assert list(view.columns["state"]) == ["Unset", "Unset", "Unset", "Pass", "Fail", "Pending"]
    assert list(view.columns["findings"]) == ["", "▲2", "◆1 ▲1", "▲1", "", ""]


@pytest.mark.parametrize(("wanted", "names"), [
    ("all", list(NAMES)), ("to decide", ["none", "warned", "severe", "pending"]), ("with findings", ["warned", "severe", "passed"]),
    ("with severe ones", ["severe"]), ("Pass", ["passed"]), ("SemiPass", []), ("Fail", ["failed"]), ("Pending", ["pending"])])
def test_the_list_can_be_filtered_by_state_and_findings(wanted, names):
    found, view = listed(wanted)
    assert found == names
    assert (view.n_shown, view.n_total) == (len(names), 6)
    assert {len(column) for column in view.columns.values()} == {len(names)}


def test_every_filter_is_tested():
    assert uid_list.FILTERS == ("all", "to decide", "with findings", "with severe ones", "Pass", "SemiPass", "Fail", "Pending")


def test_where_nothing_was_judged_or_decided_all_are_unset_and_without_findings():
    _, view = listed(counts=COUNTS.iloc[:0], decisions=DECISIONS.iloc[:0])
    assert set(view.columns["state"]) == {"Unset"}
    assert set(view.columns["findings"]) == {""}
