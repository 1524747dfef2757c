"""The line that says which Execution Block is looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True, slots=True)
class HeaderView:
    """``facts`` are (name, value with its unit) in the order of the page; only what is known."""

    uid: str
    simulated: bool
    facts: tuple[tuple[str, str], ...]


def show(block: pd.Series, summary: pd.DataFrame) -> HeaderView:
    """From one row of execution_block, and the rows of scan_summary with scan keys, from which each of several bands has its figures."""
    bands = {int(band): summary[summary["receiver_band"] == band] for band in _items(block["receiver_bands"])}
    facts = (
        ("array", _array(block)),
        ("band", ", ".join(f"B{band}" for band in bands)),
        ("time", time_span(block["start_time"], block["end_time"])),
        ("antennas", _antennas(block)),
        ("PWV", _number(block["water_m"], 1e3, "mm", 2)),
        ("Tsys", _of_bands({band: _median(rows, "tsys") for band, rows in bands.items()}) or _number(block["tsys_k"], 1, "K", 0)),
        ("Trx", _of_bands({band: _median(rows, "trec") for band, rows in bands.items()}) or _number(block["trec_k"], 1, "K", 0)),
        ("Tsys scans", _of_bands({band: str(rows["scan"].nunique()) for band, rows in bands.items()}) or str(block["n_calibrations"])),
        ("target", ", ".join(map(str, _items(block["source_names"])))),
        ("not read", _unread(_items(block["unread_tables"]))),
    )
    return HeaderView(str(block["uid"]), bool(block["simulated"]), tuple((name, text) for name, text in facts if text))


def time_span(start: Any, end: Any) -> str:
    """``17 Jul 2022 14:07-15:25 UTC``; empty where the start is unknown."""
    if pd.isna(start):
        return ""
    last = f"–{pd.Timestamp(end):%H:%M}" if pd.notna(end) else ""
    return f"{pd.Timestamp(start):%d %b %Y %H:%M}{last} UTC"


def _array(block: pd.Series) -> str:
    name = block["array_name"]
    return f"{block['array_family']} ({name})" if isinstance(name, str) and name else str(block["array_family"])


def _antennas(block: pd.Series) -> str:
    total, calibrated = block["n_antennas"], block["n_antennas_calibrated"]
    if pd.isna(total) or total == calibrated:
        return str(calibrated)
    return f"{calibrated} of {int(total)} calibrated"


def _unread(tables: Sequence[str]) -> str:
    """What the reader lacks of an EB that was taken in before all was read that is read now."""
    return f"{', '.join(tables)}: taken in before this was read; ingest it again" if tables else ""


def _of_bands(texts: Mapping[int, str]) -> str:
    """What each of several receiver bands has; empty where there is but one."""
    return ", ".join(f"B{band} {text or 'no valid value'}" for band, text in texts.items()) if len(texts) > 1 else ""


def _median(rows: pd.DataFrame, name: str) -> str:
    """Over antennas, basebands, polarisations and calibrations, as tsys_k and trec_k of execution_block."""
    return _number(pd.concat([rows[f"{name}_x"], rows[f"{name}_y"]]).dropna().median(), 1, "K", 0)


def _number(value: Any, factor: float, unit: str, digits: int) -> str:
    return "" if pd.isna(value) else f"{value * factor:.{digits}f} {unit}"


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple, np.ndarray)) else []
