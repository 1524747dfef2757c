"""One Execution Block as the page holds it: the rows of its marts."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from alma_qa0.views.selection import with_scan_keys


@dataclass(frozen=True, slots=True)
class ExecutionBlock:
    """``block`` is its row of execution_block, ``summary`` its scan_summary with scan keys, ``invalid`` its invalid values.

    ``version`` changes when any of them was made again from another version of the source. ``absent`` are the marts that are not there.
    """

    uid: str
    version: str | None
    block: pd.Series
    summary: pd.DataFrame
    invalid: pd.DataFrame
    absent: frozenset[str] = frozenset()


def execution_block(
    uid: str, version: str | None, block: pd.DataFrame, summary: pd.DataFrame, invalid: pd.DataFrame, *, absent: Iterable[str] = (),
) -> ExecutionBlock:
    """From the rows of the marts; ``block`` has one."""
    return ExecutionBlock(uid, version, block.iloc[0], with_scan_keys(summary), with_scan_keys(invalid), frozenset(absent))
