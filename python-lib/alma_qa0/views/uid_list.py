"""The list of Execution Blocks to choose from, newest first."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

ALL = "all"
UNDECIDED = "Unset"
FILTERS = (ALL, "to decide", "with findings", "with severe ones", "Pass", "SemiPass", "Fail", "Pending")


@dataclass(frozen=True, slots=True)
class UidListView:
    """``columns`` of str, one line per Execution Block; ``n_total`` matched, of which the first are shown."""

    columns: dict[str, np.ndarray]
    n_total: int

    @property
    def n_shown(self) -> int:
        return len(self.columns["uid"])


def show(
    blocks: pd.DataFrame, n_total: int, *, counts: pd.DataFrame | None = None, decisions: pd.DataFrame | None = None, wanted: str = ALL,
) -> UidListView:
    """From rows of execution_block, and those of their findings' counts and newest decisions; ``wanted`` is one of FILTERS."""
    states, found = _states(blocks, decisions), _findings(blocks, counts)
    kept = np.array([_is_wanted(wanted, state, *numbers) for state, numbers in zip(states, found, strict=True)], dtype=bool)
    view = _view(blocks[kept], n_total)
    signs = [" ".join(f"{sign}{number}" for sign, number in zip("◆▲", numbers, strict=True) if number) for numbers in found]
    columns = {**view.columns, "state": np.array(states, dtype=object)[kept], "findings": np.array(signs, dtype=object)[kept]}
    return UidListView(columns, n_total)


def _states(blocks: pd.DataFrame, decisions: pd.DataFrame | None) -> list[str]:
    known = {} if decisions is None else dict(zip(decisions["uid"], decisions["status"], strict=True))
    return [str(known.get(uid, UNDECIDED)) for uid in blocks["uid"]]


def _findings(blocks: pd.DataFrame, counts: pd.DataFrame | None) -> list[tuple[int, int]]:
    """Severe findings and warnings that stand for themselves; none where an EB was not judged."""
    known = {} if counts is None else {row["uid"]: (int(row["n_severe"]), int(row["n_warning"])) for row in counts.to_dict("records")}
    return [known.get(uid, (0, 0)) for uid in blocks["uid"]]


def _is_wanted(wanted: str, state: str, n_severe: int, n_warning: int) -> bool:
    passes = {ALL: True, "to decide": state in (UNDECIDED, "Pending"), "with findings": n_severe + n_warning > 0,
              "with severe ones": n_severe > 0}
    return passes.get(wanted, state == wanted)


def _view(blocks: pd.DataFrame, n_total: int) -> UidListView:
    start = blocks["start_time"]
    time = [f"{pd.Timestamp(value):%y-%m-%d %H:%M}" if pd.notna(value) else "" for value in start]
    bands = ["+".join(f"B{band}" for band in value) for value in blocks["receiver_bands"]]
    return UidListView({
        "uid": blocks["uid"].to_numpy(dtype=object),
        "time": np.array(time, dtype=object),
        "band": np.array([f"{band} {family}" for band, family in zip(bands, blocks["array_family"].fillna(""), strict=True)], dtype=object),
    }, n_total)
