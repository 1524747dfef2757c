from alma_qa0.ui.invalid_values import InvalidValues
from alma_qa0.views import invalid_values as view
from alma_qa0.views.selection import Selection
from views.samples import invalid


def test_invalid_values_are_a_list_of_their_own():
    table, shown = InvalidValues(), view.show(invalid({}, {"polarisation": "Y"}), Selection())
    table.show(shown)
    assert {name: list(column) for name, column in table.source.data.items()} == {
        name: list(column) for name, column in shown.columns.items()
    }
    assert "2 lines; never drawn, never averaged" in table.note.text


def test_nothing_invalid_is_said():
    table = InvalidValues()
    table.show(view.show(invalid(), Selection()))
    assert "none; never drawn" in table.note.text
    assert [column.field for column in table.root.columns] == list(table.source.data)
