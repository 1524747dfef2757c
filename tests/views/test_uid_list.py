import pandas as pd

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
