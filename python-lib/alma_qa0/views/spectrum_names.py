"""Spectra by names that last: those of the observatory, which an Execution Block keeps when it is taken in again.

The ids of views/spectra count the rows of one version of the marts. They are quick, and mean something else in the next version.
"""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from alma_qa0.views.selection import POLARISATIONS

_MOST_NAMED = 3
_MOST_LETTERS = 40  # of a name that a link gives


class SpectrumName(NamedTuple):
    """What tells a spectrum of either quantity from all others of its Execution Block."""

    receiver_band: int
    baseband_name: str
    antenna_name: str
    cal_data_id: str
    polarisation: str


_KEY = list(SpectrumName._fields[:-1])


def names_of(summary: pd.DataFrame, ids: Iterable[int]) -> frozenset[SpectrumName]:
    """The names of ids; those without a row of scan_summary are passed over."""
    keys = _keys(summary)
    return frozenset(SpectrumName(*keys[number // 2], POLARISATIONS[number % 2]) for number in ids if number // 2 < len(keys))


def ids_of(summary: pd.DataFrame, names: Iterable[SpectrumName]) -> frozenset[int]:
    """The ids of names; those that scan_summary does not have are passed over."""
    rows = {key: row for row, key in enumerate(_keys(summary))}
    return frozenset(2 * rows[name[:-1]] + POLARISATIONS.index(name.polarisation) for name in names if name[:-1] in rows)


def left_out(summary: pd.DataFrame, names: frozenset[SpectrumName], uid: str) -> str:
    """How many of these spectra the Execution Block does not have, and what it lacks, as a sentence; empty where it has all."""
    keys = _keys(summary)
    known = frozenset(keys)
    lost = [name for name in names if name[:-1] not in known]
    if not lost:
        return ""
    kinds = {"band": (0,), "baseband": (0, 1), "antenna": (2,), "calibration": (3,)}
    lacks = [f"no {kind} {name}" for kind, place in kinds.items() for name in _lacks(keys, lost, place)]
    why = f"; it has {', '.join(lacks[:_MOST_NAMED])}{_and_more(len(lacks) - _MOST_NAMED)}" if lacks else ""
    return f"{len(lost):,} of the {len(names):,} spectra selected are left out: {uid} does not have them{why}."


def _lacks(keys: list[tuple[int, str, str, str]], lost: list[SpectrumName], place: tuple[int, ...]) -> list[str]:
    there = {tuple(key[at] for at in place) for key in keys}
    wanted = {tuple(name[at] for at in place) for name in lost}
    return sorted(str(parts[-1])[:_MOST_LETTERS] for parts in wanted - there)


def _and_more(n: int) -> str:
    return f" and {n:,} more" if n > 0 else ""


def _keys(summary: pd.DataFrame) -> list[tuple[int, str, str, str]]:
    """For each row of scan_summary what names its spectra but for the polarisation."""
    return list(zip(*(summary[column].tolist() for column in _KEY), strict=True))
