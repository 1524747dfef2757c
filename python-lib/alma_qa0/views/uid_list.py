"""The list of Execution Blocks to choose from, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from alma_qa0.core.findings import Severity
from alma_qa0.core.proposal import Status

ALL = "all"


@dataclass(frozen=True, slots=True)
class Filter:
    """What is listed: ``states`` of QA0, none for all, and the severity of the least finding, None for any or no finding."""

    states: tuple[str, ...] = ()
    severity: str | None = None


FILTERS: Mapping[str, Filter] = MappingProxyType({
    ALL: Filter(), "to decide": Filter(states=(Status.UNSET.value, Status.PENDING.value)),
    "with findings": Filter(severity=Severity.WARNING.value), "with severe ones": Filter(severity=Severity.SEVERE.value),
    **{status.value: Filter(states=(status.value,)) for status in (Status.PASS, Status.SEMIPASS, Status.FAIL, Status.PENDING)},
})


@dataclass(frozen=True, slots=True)
class UidListView:
    """``columns`` of str, one line per Execution Block; ``n_total`` matched, None if more than are shown and nobody counted them."""

    columns: dict[str, np.ndarray]
    n_total: int | None

    @property
    def n_shown(self) -> int:
        return len(self.columns["uid"])


def offered(*, findings: bool, decisions: bool) -> list[str]:
    """The filters that make sense where there are findings, and where there are decisions."""
    return [name for name, wanted in FILTERS.items() if (findings or not wanted.severity) and (decisions or not wanted.states)]


def show(blocks: pd.DataFrame, n_total: int | None) -> UidListView:
    """From the rows that the list asks for: execution_block with the newest state and the number of severe findings and warnings."""
    start = blocks["start_time"]
    time = [f"{pd.Timestamp(value):%y-%m-%d %H:%M}" if pd.notna(value) else "" for value in start]
    bands = ["+".join(f"B{band}" for band in value) for value in blocks["receiver_bands"]]
    columns = {
        "uid": list(blocks["uid"]), "time": time,
        "band": [f"{band} {family}" for band, family in zip(bands, blocks["array_family"].fillna(""), strict=True)],
        "state": list(blocks["status"].fillna(Status.UNSET.value)),
        "findings": [_counted(*numbers) for numbers in zip(blocks["n_severe"], blocks["n_warning"], strict=True)],
    }
    return UidListView({name: np.array(values, dtype=object) for name, values in columns.items()}, n_total)


def _counted(n_severe: float | None, n_warning: float | None) -> str:
    """Severe findings and warnings that stand for themselves; nothing where there are none or an EB was not judged."""
    return " ".join(f"{sign}{int(number)}" for sign, number in (("◆", n_severe), ("▲", n_warning)) if pd.notna(number) and number)
