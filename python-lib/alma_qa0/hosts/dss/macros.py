"""What a macro of DSS is made of."""

from collections.abc import Iterable, Sequence

from dataiku.runnables import ResultTable, Runnable

__all__ = ["Runnable", "result_table"]


def result_table(name: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> ResultTable:
    """A table as the result of a macro: columns as (name, label), and rows of texts in their order."""
    table = ResultTable()
    table.set_name(name)
    for column, label in columns:
        table.add_column(column, label, "STRING")
    for row in rows:
        table.add_record(list(row))
    return table
