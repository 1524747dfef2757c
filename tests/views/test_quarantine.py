import pandas as pd

from alma_qa0.core.fields import QUARANTINE
from alma_qa0.views.quarantine import show


def rows(*steps):
    time = pd.Timestamp("2026-07-17T14:07:33Z")
    return pd.DataFrame([[f"uid://A002/X1/X{n}", step, None, "1", "Scan.xml, row 3: a key is there twice", time]
                         for n, step in enumerate(steps, start=1)], columns=list(QUARANTINE.columns))


def test_nothing_in_quarantine_is_told_by_no_word():
    assert (show(rows()).headline, show(rows()).lines) == ("", ())


def test_each_is_told_with_what_could_not_be_done_and_why():
    view = show(rows("ingest", "judge"))
    assert view.headline == "2 Execution Blocks are in quarantine, and tried again when the file or the program is another"
    assert view.lines == (
        ("uid://A002/X1/X1", "cannot be taken in: Scan.xml, row 3: a key is there twice", "2026-07-17 14:07"),
        ("uid://A002/X1/X2", "cannot be judged: Scan.xml, row 3: a key is there twice", "2026-07-17 14:07"))
    assert show(rows("refresh")).headline.startswith("1 Execution Block is in quarantine")
