"""The list of findings: one line per cause, its parts below when unfolded; and where each is to be seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alma_qa0.core.bands import BANDS
from alma_qa0.core.findings import Finding, Severity
from alma_qa0.views.quantities import SPECTRAL, SUMMARY, Quantity
from alma_qa0.views.selection import POLARISATIONS
from alma_qa0.views.words import EVERYWHERE, NO_WORDS, Words

SIGNS = {Severity.SEVERE: "◆", Severity.WARNING: "▲", Severity.INFO: "●"}  # a shape beside the word and the colour
_ORDER = {Severity.SEVERE: 0, Severity.WARNING: 1, Severity.INFO: 2}
_OF_THE_MEDIAN = ("trec_level", "tsys_level")  # rules whose limit is a factor on the median of the array
_MISSING = ("no_calibration", "missing_antenna", "missing_baseband", "missing_calibration", "missing_scan")  # rules of rows not there
_FEWEST = 3  # antennas of an array that has a median (see core/rules.py)


@dataclass(frozen=True, slots=True)
class FindingsView:
    """``columns`` are arrays of str of one length; ``n_lines`` counts causes, ``n_parts`` what is folded under them."""

    columns: dict[str, np.ndarray]
    n_lines: int
    n_parts: int
    unfolded: str | None


def show(findings: Sequence[Finding], unfolded: str | None = None) -> FindingsView:
    """Causes by severity, those with most parts first; the parts of the one that is unfolded stand below it."""
    causes = sorted((each for each in findings if each.cause_id is None), key=lambda each: (_ORDER[each.severity], -each.n_parts))
    lines: list[tuple[Finding, bool]] = []
    for cause in causes:
        lines.append((cause, False))
        if cause.finding_id == unfolded:
            lines += [(part, True) for part in findings if part.cause_id == cause.finding_id]
    columns = {
        "id": [each.finding_id for each, _ in lines],
        "severity": [each.severity.value for each, _ in lines],
        "sign": ["" if part else SIGNS[each.severity] for each, part in lines],
        "parts": ["" if part or not each.n_parts else str(each.n_parts) for each, part in lines],
        "sentence": [f"└ {each.sentence}" if part else each.sentence for each, part in lines],
    }
    return FindingsView(
        {name: np.array(values, dtype=object) for name, values in columns.items()}, len(causes), len(findings) - len(causes), unfolded
    )


def spectra_of(finding: Finding, summary: pd.DataFrame) -> frozenset[int] | None:
    """Ids of the spectra that a finding is about (see views/spectra); None where it is about the whole array.

    They are none where the antennas have no row there: what is missing cannot be drawn, and is said in words.
    """
    antennas = _antennas(finding)
    if not antennas or (finding.antenna_name is None and set(summary["antenna_name"]) <= set(antennas)):
        return None
    found = np.flatnonzero(_rows_of(finding, summary))
    ids = [2 * row + index for row in found.tolist() for index, name in enumerate(POLARISATIONS) if finding.polarisation in (None, name)]
    return frozenset(ids)


def words_of(finding: Finding | None, summary: pd.DataFrame) -> Words:
    """What is written in the facets that a finding is about, where it is about rows that are not there."""
    if finding is None or finding.rule_id not in _MISSING or (_rows_of(finding, summary) & _in_scan(finding, summary)).any():
        return NO_WORDS
    scan = finding.cal_data_id if finding.scan_number is None else f"scan {finding.scan_number}"
    place = " ".join(part for part in (", ".join(_antennas(finding)), finding.baseband_name, scan) if part)
    return {finding.baseband_name or EVERYWHERE: f"{place}: no calibration" if place else "no calibration"}


def _antennas(finding: Finding) -> tuple[str, ...]:
    """The antennas that a finding is about; none where that is the whole array."""
    return tuple(finding.antenna_names or ()) or ((finding.antenna_name,) if finding.antenna_name else ())


def _in_scan(finding: Finding, summary: pd.DataFrame) -> np.ndarray:
    """Rows in the scan of a finding, which may have no calibration that could name it."""
    if finding.scan_number is None:
        return np.ones(len(summary), dtype=bool)
    return np.asarray(pd.to_numeric(summary["scan_number"], errors="coerce").to_numpy(dtype=float, na_value=np.nan) == finding.scan_number)


def _rows_of(finding: Finding, summary: pd.DataFrame) -> np.ndarray:
    """Rows of scan_summary at the place of a finding, bool of shape (n_rows,)."""
    antennas = _antennas(finding)
    rows = summary["antenna_name"].isin(antennas).to_numpy() if antennas else np.ones(len(summary), dtype=bool)
    for column in ("receiver_band", "baseband_name", "cal_data_id"):
        wanted = getattr(finding, column)
        if wanted is not None:
            rows &= (summary[column] == wanted).to_numpy()
    return rows


def spectral_quantity(finding: Finding) -> str | None:
    """The quantity whose spectra show a finding; None where any will do."""
    return next((each.name for each in SPECTRAL if finding.quantity and finding.quantity.startswith(each.name)), None)


def summary_quantity(finding: Finding) -> Quantity | None:
    """The quantity whose points show a finding; None where any will do."""
    return next((each for each in SUMMARY if finding.quantity and finding.quantity.startswith(each.name)), None)


def limit_curve(finding: Finding, median: np.ndarray, *, n_antennas: int) -> np.ndarray:
    """The limit of a finding along a spectrum in K; NaN where it has no limit that can be drawn.

    ``median`` is that of the array in the scan and polarisation of the finding, over ``n_antennas``: so few have no median to be held
    against, but what the rule expected of them.
    """
    nowhere = np.full(len(median), np.nan)
    if finding.limit_value is None:
        return nowhere
    if finding.rule_id in _OF_THE_MEDIAN:
        expected = median if n_antennas >= _FEWEST else np.full(len(median), _expected(finding))
        return np.asarray(finding.limit_value * expected)
    if finding.rule_id == "trec_specification" and finding.receiver_band in BANDS:
        return np.full(len(median), finding.limit_value * BANDS[finding.receiver_band].trec_specification_k)
    return np.full(len(median), finding.limit_value) if finding.unit == "K" else nowhere


def _expected(finding: Finding) -> float:
    return np.nan if finding.reference_value is None else finding.reference_value
