"""The list of invalid values: which antenna, scan and baseband lacks what, and why."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from alma_qa0.views.selection import POLARISATIONS, Selection

KINDS = {
    "no_solution": "no solution (-1)",
    "zero": "zero",
    "negative": "negative",
    "not_finite": "not a number",
    "out_of_range": "out of any range",
    "sentinel": "placeholder (1 m)",
    "wrong_length": "does not fit its frequencies",
}


@dataclass(frozen=True, slots=True)
class InvalidValuesView:
    """One line per antenna, scan, baseband, polarisation and kind; ``columns`` are arrays of str and int of one length."""

    columns: dict[str, np.ndarray]
    n_lines: int


def show(invalid: pd.DataFrame, selection: Selection) -> InvalidValuesView:
    """The invalid values (with scan keys) that the selection leaves, quantities of one place and kind gathered in one line."""
    wanted = invalid["polarisation"].isin([name for name in POLARISATIONS if selection.has_polarisation(name)]).to_numpy()
    chosen = invalid[selection.rows(invalid) & wanted]
    place = ["antenna_name", "scan", "baseband_name", "polarisation", "kind"]
    if chosen.empty:
        return InvalidValuesView(
            {name: np.zeros(0, dtype=object) for name in ("antenna", "scan", "baseband", "polarisation", "kind", "what")}, 0
        )
    what = chosen.assign(what=[_what(name, count) for name, count in zip(chosen["quantity"], chosen["n_values"], strict=True)])
    lines = what.groupby(place, sort=False)["what"].agg(", ".join).reset_index()
    columns = {
        name: lines[column].to_numpy(dtype=object)
        for name, column in zip(("antenna", "scan", "baseband", "polarisation"), place, strict=False)
    }
    columns["kind"] = np.array([KINDS.get(kind, kind) for kind in lines["kind"]], dtype=object)
    columns["what"] = lines["what"].to_numpy(dtype=object)
    return InvalidValuesView(columns, len(lines))


def _what(quantity: str, count: int) -> str:
    labels = {"trec": "Trx", "tsys": "Tsys", "tatm": "Tatm", "tau": "tau", "water": "water", "frequency_hz": "frequency"}
    if quantity in labels and quantity != "frequency_hz":
        return labels[quantity]
    return f"{labels[quantity.removesuffix('_spectrum')]} spectrum, {count} channel{'s' if count != 1 else ''}"
