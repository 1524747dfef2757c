"""What is in quarantine, in words for the page: a headline, and a line for each Execution Block or file."""

from dataclasses import dataclass

import pandas as pd

_CANNOT = {"ingest": "cannot be taken in", "refresh": "cannot be summarised", "judge": "cannot be judged"}


@dataclass(frozen=True, slots=True)
class QuarantineView:
    """``headline`` is empty where there is nothing to tell; ``lines`` are of equal length and say of each: uid, sentence, time (UTC)."""

    headline: str
    lines: tuple[tuple[str, str, str], ...]


def show(rows: pd.DataFrame) -> QuarantineView:
    """The rows of QUARANTINE, in their order."""
    if rows.empty:
        return QuarantineView("", ())
    n_blocks = rows["uid"].nunique()
    told = "1 Execution Block is" if n_blocks == 1 else f"{n_blocks} Execution Blocks are"
    lines = tuple((row["uid"], f"{_CANNOT[row['step']]}: {row['sentence']}", row["failed_at"].strftime("%Y-%m-%d %H:%M"))
                  for row in rows.to_dict("records"))
    return QuarantineView(f"{told} in quarantine, and tried again when the file or the program is another", lines)
