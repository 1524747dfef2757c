import numpy as np

from alma_qa0.views import statistics, summary
from alma_qa0.views.quantities import TREC, TSYS, quantity
from alma_qa0.views.selection import Selection
from views.samples import no_rows
from views.samples import summary as rows_of


def lines(view):
    return {(baseband, polarisation): values for baseband, polarisation, *values in zip(*view.columns.values(), strict=True)}


def test_numbers_are_those_of_plain_numpy():
    rows = rows_of()
    points = summary.against_time(rows, Selection(), TREC)
    found = lines(statistics.show(points, TREC, None))
    assert set(found) == {(baseband, polarisation) for baseband in ("BB_1", "BB_2") for polarisation in "XY"}
    values = rows["trec_y"][rows["baseband_name"] == "BB_2"].to_numpy()
    median = np.median(values)
    assert found["BB_2", "Y"] == [len(values), median, np.median(np.abs(values - median)), values.min(), values.max(), median]


def test_numbers_of_a_selection_are_of_nothing_else():
    points = summary.against_time(rows_of(), Selection(), TSYS)
    found = statistics.show(points, TSYS, [0, 1])
    assert found.n_values == 2
    assert sum(values[0] for values in lines(found).values()) == 2


def test_x_against_y_counts_in_either_polarisation():
    rows = rows_of()
    against = lines(statistics.show(summary.x_against_y(rows, Selection(), TREC), TREC, None))
    assert against == lines(statistics.show(summary.against_time(rows, Selection(), TREC), TREC, None))


def test_a_quantity_without_a_unit_says_so():
    tau = quantity("tau")
    assert statistics.show(summary.against_time(rows_of(), Selection(), tau), tau, None).unit == "no unit"


def test_a_selection_of_nothing_and_no_rows_have_no_lines():
    points = summary.against_time(rows_of(), Selection(), TREC)
    assert statistics.show(points, TREC, []).n_values == 0
    assert lines(statistics.show(summary.against_time(no_rows(), Selection(), TREC), TREC, None)) == {}


def test_the_median_beside_is_the_arrays_whatever_antennas_are_chosen():
    rows = rows_of()
    for draw in (summary.against_time, summary.x_against_y):
        found = lines(statistics.show(draw(rows, Selection(antennas=frozenset({"DA41"}), scans=frozenset({"3"})), TREC), TREC, None))
        for (baseband, polarisation), values in found.items():
            array = rows[(rows["baseband_name"] == baseband) & (rows["scan"] == "3")][f"trec_{polarisation.lower()}"]
            assert values[-1] == np.median(array) != values[1]
        assert len(found) == 4
