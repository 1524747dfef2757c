"""The list of invalid values: which antenna, scan and baseband lacks what, and why."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from alma_qa0.views.quantities import SUMMARY, Quantity
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
    """One line per antenna, scan, baseband, polarisation and kind; ``columns`` are arrays of str and int of one length.

    ``quantities`` of each line are the names of those that are invalid, such as trec and trec_spectrum. ``absent`` says why there can be
    no lines.
    """

    columns: dict[str, np.ndarray]
    n_lines: int
    quantities: tuple[frozenset[str], ...]
    absent: str = ""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why values are invalid, in words: arrays of str by spectrum id (see views/spectra), empty where nothing is.

    ``kinds`` is of one quantity, ``what`` lists all that is invalid at that place.
    """

    kinds: np.ndarray
    what: np.ndarray


def show(invalid: pd.DataFrame, selection: Selection) -> InvalidValuesView:
    """The invalid values (with scan keys) that the selection leaves, quantities of one place and kind gathered in one line."""
    wanted = invalid["polarisation"].isin([name for name in POLARISATIONS if selection.has_polarisation(name)]).to_numpy()
    chosen = invalid[selection.rows(invalid) & wanted]
    place = ["antenna_name", "scan", "baseband_name", "polarisation", "kind"]
    if chosen.empty:
        return InvalidValuesView(
            {name: np.zeros(0, dtype=object) for name in ("antenna", "scan", "baseband", "polarisation", "kind", "what")}, 0, ()
        )
    what = chosen.assign(what=[_what(name, count) for name, count in zip(chosen["quantity"], chosen["n_values"], strict=True)])
    lines = what.groupby(place, sort=False).agg(what=("what", ", ".join), quantities=("quantity", frozenset)).reset_index()
    columns = {
        name: lines[column].to_numpy(dtype=object)
        for name, column in zip(("antenna", "scan", "baseband", "polarisation"), place, strict=False)
    }
    columns["kind"] = np.array([KINDS.get(kind, kind) for kind in lines["kind"]], dtype=object)
    columns["what"] = lines["what"].to_numpy(dtype=object)
    return InvalidValuesView(columns, len(lines), tuple(lines["quantities"]))


def reasons(invalid: pd.DataFrame | None, summary: pd.DataFrame, quantity_name: str) -> Reasons:
    """Why a quantity, such as trec or trec_spectrum, is invalid, for each row of scan_summary and polarisation."""
    if invalid is None or invalid.empty:
        return Reasons(*(np.full(2 * len(summary), "", dtype=object) for _ in range(2)))
    place = ["receiver_band", "baseband_name", "antenna_name", "cal_data_id"]
    row = pd.MultiIndex.from_frame(summary[place]).get_indexer(pd.MultiIndex.from_frame(invalid[place]))
    known = invalid.assign(id=2 * row + (invalid["polarisation"] == "Y").to_numpy())[row >= 0]
    what = known.assign(text=[_what(name, count) for name, count in zip(known["quantity"], known["n_values"], strict=True)])
    kinds = known.assign(text=[KINDS.get(kind, kind) for kind in known["kind"]])[known["quantity"] == quantity_name]
    return Reasons(_by_id(kinds, 2 * len(summary)), _by_id(what, 2 * len(summary)))


def ids_of(view: InvalidValuesView, index: int, summary: pd.DataFrame, receiver_band: int | None) -> frozenset[int]:
    """Ids of the spectra that a line is about (see views/spectra)."""
    line = {name: column[index] for name, column in view.columns.items()}
    chosen = Selection(receiver_band, *(frozenset({line[name]}) for name in ("antenna", "baseband", "scan")))
    rows = np.flatnonzero(chosen.rows(summary))
    return frozenset((2 * rows + POLARISATIONS.index(line["polarisation"])).tolist())


def quantity_of(view: InvalidValuesView, index: int, shown: Quantity) -> Quantity:
    """The quantity that shows a line: the one that is shown, if it is among those that are invalid."""
    lost = {name.removesuffix("_spectrum") for name in view.quantities[index]}
    return next((each for each in (shown, *SUMMARY) if each.name in lost), shown)


def _by_id(known: pd.DataFrame, count: int) -> np.ndarray:
    texts = np.full(count, "", dtype=object)
    joined = known.groupby("id")["text"].agg(lambda each: ", ".join(dict.fromkeys(each)))
    texts[joined.index.to_numpy(dtype=int)] = joined.to_numpy()
    return texts


def _what(quantity: str, count: int) -> str:
    labels = {"trec": "Trx", "tsys": "Tsys", "tatm": "Tatm", "tau": "tau", "water": "water", "frequency_hz": "frequency"}
    if quantity in labels and quantity != "frequency_hz":
        return labels[quantity]
    return f"{labels[quantity.removesuffix('_spectrum')]} spectrum, {count} channel{'s' if count != 1 else ''}"
