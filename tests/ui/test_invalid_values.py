from alma_qa0.ui.invalid_values import InvalidValues
from alma_qa0.views import invalid_values as view
from alma_qa0.views.selection import Selection
from views.samples import invalid


def test_invalid_values_are_a_list_of_their_own():
    table, shown = InvalidValues(on_choose=lambda index: None), view.show(invalid({}, {"polarisation": "Y"}), Selection())
    table.show(shown)
    assert {name: list(column) for name, column in table.source.data.items()} == {
        name: list(column) for name, column in shown.columns.items()
    }
    assert "2 lines; never averaged" in table.note.text


def test_nothing_invalid_is_said():
    table = InvalidValues(on_choose=lambda index: None)
    table.show(view.show(invalid(), Selection()))
    assert "none; never averaged" in table.note.text
    assert [column.field for column in table.root.columns] == list(table.source.data)


def test_a_line_chosen_is_called_back_and_stays_chosen_while_the_lines_are_the_same():
    calls = []
    table, shown = InvalidValues(on_choose=calls.append), view.show(invalid({}, {"polarisation": "Y"}), Selection())
    table.show(shown)
    table.source.selected.indices = [1]
    table.show(view.show(invalid({}, {"polarisation": "Y"}), Selection()))
    assert (calls, table.source.selected.indices) == ([1], [1])
    table.show(view.show(invalid({}), Selection()))
    assert (calls, table.source.selected.indices) == ([1], [])
