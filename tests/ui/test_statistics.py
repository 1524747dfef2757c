from alma_qa0.ui.statistics import Statistics
from alma_qa0.views import statistics as view
from alma_qa0.views import summary
from alma_qa0.views.quantities import TREC
from alma_qa0.views.selection import Selection
from views.samples import summary as rows_of


def test_the_table_says_of_what_it_is_and_in_which_unit():
    table, points = Statistics(), summary.against_time(rows_of(), Selection(), TREC)
    table.show(view.show(points, TREC, None), label="Trx", selected=False)
    assert "<b>Trx (K)</b>" in table.note.text
    assert "all shown: 24 values" in table.note.text
    table.show(view.show(points, TREC, [0]), label="Trx", selected=True)
    assert "selected: 1 value" in table.note.text
    assert list(table.source.data["n"]) == [1]
    assert [column.field for column in table.root.columns] == list(table.source.data)
