"""The data as CSV: every value that is shown, never a thinned-out one, with the unit in the name of its column."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from alma_qa0.views.selection import POLARISATIONS, Selection
from alma_qa0.views.spectra import Lines

_PER_POLARISATION = {"trec": "trec_k", "tsys": "tsys_k", "tatm": "tatm_k", "tau": "tau", "water": "water_m",
                     "trec_median": "trec_median_k", "trec_mad": "trec_mad_k", "tsys_median": "tsys_median_k", "tsys_mad": "tsys_mad_k"}
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet runs
_IDENTITY = ["uid", "receiver_band", "baseband_name", "antenna_name", "cal_data_id", "scan_number", "source_name", "start_valid_time",
             "frequency_min_hz", "frequency_max_hz", "n_channels"]


def summary_table(summary: pd.DataFrame, selection: Selection, selected: frozenset[int] | None = None) -> pd.DataFrame:
    """scan_summary, a line per polarisation; SI units, empty where invalid. ``selected`` are spectrum ids (see views/spectra)."""
    chosen = np.flatnonzero(selection.rows(summary))
    parts = []
    for index, polarisation in enumerate(POLARISATIONS):
        if not selection.has_polarisation(polarisation):
            continue
        rows = chosen if selected is None else chosen[np.isin(2 * chosen + index, np.fromiter(selected, dtype=int))]
        part = summary.iloc[rows][_IDENTITY].assign(polarisation=polarisation)
        for column, name in _PER_POLARISATION.items():
            part[name] = summary.iloc[rows][f"{column}_{polarisation.lower()}"]
        parts.append(part)
    table = pd.concat(parts) if parts else pd.DataFrame(columns=[*_IDENTITY, "polarisation", *_PER_POLARISATION.values()])
    return table.sort_index(kind="stable")


def spectra_tables(summary: pd.DataFrame, lines: tuple[Lines, ...], quantity_name: str) -> Iterator[pd.DataFrame]:
    """One table per frequency axis: a line per spectrum and channel, value in K, empty where invalid."""
    for group in lines:
        n_lines, n_channels = group.values.shape
        identity = summary.iloc[group.ids // 2][["uid", "receiver_band", "baseband_name", "antenna_name", "cal_data_id", "scan_number"]]
        table = identity.iloc[np.repeat(np.arange(n_lines), n_channels)].reset_index(drop=True)
        table["polarisation"] = np.repeat(group.polarisations, n_channels)
        table["channel"] = np.tile(np.arange(n_channels), n_lines)
        table["frequency_ghz"] = np.tile(group.frequency_ghz, n_lines)
        table[f"{quantity_name}_k"] = group.values.ravel()
        yield table


def as_text(value: Any) -> Any:
    """The same value; a text that a spreadsheet would run as a formula with an apostrophe before it, so that it is shown."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULAS) else value


def _without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    changed = {name: {text: as_text(text) for text in pd.unique(table[name])} for name in table.columns if table[name].dtype == object}
    formulas = {name: texts for name, texts in changed.items() if any(text is not shown for text, shown in texts.items())}
    return table.assign(**{name: table[name].map(texts) for name, texts in formulas.items()})


def csv_chunks(tables: Iterator[pd.DataFrame], *, rows_per_chunk: int = 20_000) -> Iterator[str]:
    """CSV text in pieces, the column names only in the first."""
    header = True
    for table in map(_without_formulas, tables):
        for start in range(0, max(len(table), 1), rows_per_chunk):
            yield table.iloc[start:start + rows_per_chunk].to_csv(index=False, header=header)
            header = False
