"""The list of Execution Blocks to choose from, newest first."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, slots=True)
class UidListView:
    """``columns`` of str, one line per Execution Block; ``n_total`` matched, of which the first are shown."""

    columns: dict[str, np.ndarray]
    n_total: int

    @property
    def n_shown(self) -> int:
        return len(self.columns["uid"])


def show(blocks: pd.DataFrame, n_total: int) -> UidListView:
    """From rows of execution_block."""
    start = blocks["start_time"]
    time = [f"{pd.Timestamp(value):%y-%m-%d %H:%M}" if pd.notna(value) else "" for value in start]
    bands = ["+".join(f"B{band}" for band in value) for value in blocks["receiver_bands"]]
    return UidListView({
        "uid": blocks["uid"].to_numpy(dtype=object),
        "time": np.array(time, dtype=object),
        "band": np.array([f"{band} {family}" for band, family in zip(bands, blocks["array_family"].fillna(""), strict=True)], dtype=object),
    }, n_total)
