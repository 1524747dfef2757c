"""What of an Execution Block is looked at: which rows the antennas, basebands, scans and polarisations chosen leave."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

POLARISATIONS = ("X", "Y")
FAMILIES = ("DA", "DV", "PM", "CM")


@dataclass(frozen=True, slots=True)
class Scan:
    """One choice of the list of scans. ``key`` is the scan number, or the calibration where the source knows no scan."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Choices:
    """All that can be chosen in one receiver band of an Execution Block."""

    receiver_bands: tuple[int, ...] = ()
    basebands: tuple[str, ...] = ()
    scans: tuple[Scan, ...] = ()
    families: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def antennas(self) -> tuple[str, ...]:
        return tuple(name for names in self.families.values() for name in names)


@dataclass(frozen=True, slots=True)
class Selection:
    """What is chosen; None stands for all."""

    receiver_band: int | None = None
    antennas: frozenset[str] | None = None
    basebands: frozenset[str] | None = None
    scans: frozenset[str] | None = None
    polarisations: frozenset[str] | None = None

    def rows(self, summary: pd.DataFrame) -> np.ndarray:
        """Rows of scan_summary that are chosen, bool of shape (n_rows,)."""
        chosen = np.ones(len(summary), dtype=bool)
        if self.receiver_band is not None:
            chosen &= (summary["receiver_band"] == self.receiver_band).to_numpy()
        for column, wanted in (("antenna_name", self.antennas), ("baseband_name", self.basebands), ("scan", self.scans)):
            if wanted is not None:
                chosen &= summary[column].isin(wanted).to_numpy()
        return chosen

    @property
    def of_array(self) -> "Selection":
        """The same of all antennas: what those chosen are held against."""
        return replace(self, antennas=None)

    def leaves(self, summary: pd.DataFrame, ids: Iterable[int]) -> bool:
        """Whether all these spectra (ids: see views/spectra) are among those chosen."""
        rows = self.rows(summary)
        return all(rows[number // 2] and self.has_polarisation(POLARISATIONS[number % 2]) for number in ids)

    def within(self, choices: Choices) -> "Selection":
        """What of it can be chosen: unknown names are left out, and all of a kind is None; the first receiver band where it has another."""
        bands = choices.receiver_bands
        return Selection(
            receiver_band=self.receiver_band if self.receiver_band in bands else next(iter(bands), None),
            antennas=_of(self.antennas, choices.antennas), basebands=_of(self.basebands, choices.basebands),
            scans=_of(self.scans, tuple(scan.key for scan in choices.scans)), polarisations=_of(self.polarisations, POLARISATIONS))

    def left_out(self, choices: Choices) -> tuple[str, ...]:
        """What of it cannot be chosen, kind and name."""
        known = {"antenna": (self.antennas, choices.antennas), "baseband": (self.basebands, choices.basebands),
                 "scan": (self.scans, tuple(scan.key for scan in choices.scans)), "polarisation": (self.polarisations, POLARISATIONS)}
        names = [f"{kind} {name}" for kind, (wanted, members) in known.items() for name in sorted((wanted or frozenset()) - {*members})]
        absent = self.receiver_band is not None and self.receiver_band not in choices.receiver_bands
        return (*([f"band {self.receiver_band}"] if absent else []), *names)

    def has_polarisation(self, name: str) -> bool:
        return self.polarisations is None or name in self.polarisations


def with_scan_keys(summary: pd.DataFrame) -> pd.DataFrame:
    """scan_summary with the column ``scan``: the scan number as text, or the calibration where the source knows no scan."""
    number = pd.to_numeric(summary["scan_number"], errors="coerce")
    known = number.notna()
    keys = np.where(known, number.fillna(0).astype(int).astype(str), summary["cal_data_id"].astype(str))
    return summary.assign(scan=keys)


def choices(summary: pd.DataFrame, receiver_band: int | None = None) -> Choices:
    """What scan_summary (with scan keys) offers in one receiver band; None takes the first."""
    if summary.empty:
        return Choices()
    bands = tuple(int(band) for band in sorted(summary["receiver_band"].unique()))
    of_band = summary[summary["receiver_band"] == (receiver_band if receiver_band in bands else bands[0])]
    return Choices(
        receiver_bands=bands,
        basebands=tuple(sorted(of_band["baseband_name"].unique())),
        scans=tuple(_scan(row) for row in of_band.drop_duplicates("scan").to_dict("records")),
        families=_families(of_band["antenna_name"].unique()),
    )


def _of(wanted: frozenset[str] | None, members: tuple[str, ...]) -> frozenset[str] | None:
    chosen = None if wanted is None else wanted.intersection(members)
    if chosen is None or len(chosen) == len(members) or (wanted and not chosen):  # only unknown names are no choice
        return None
    return chosen


def _scan(row: Mapping[Hashable, Any]) -> Scan:
    named = row["scan"] if pd.notna(row["scan_number"]) else f"{row['scan']} (scan unknown)"
    time = f"{row['start_valid_time']:%H:%M}" if pd.notna(row["start_valid_time"]) else ""
    source = row["source_name"] if isinstance(row["source_name"], str) else ""
    intents = row["scan_intents"] if isinstance(row["scan_intents"], (list, tuple, np.ndarray)) else ()
    what = ", ".join(_short_intent(intent) for intent in intents)
    return Scan(str(row["scan"]), "  ".join(part for part in (str(named), time, source, what) if part))


def _short_intent(intent: str) -> str:
    """CALIBRATE_ATMOSPHERE is ATMOSPHERE, OBSERVE_TARGET is TARGET."""
    return intent.removeprefix("CALIBRATE_").removeprefix("OBSERVE_")


def _families(antennas: Iterable[str]) -> dict[str, tuple[str, ...]]:
    names = sorted(antennas)
    families = {family: tuple(name for name in names if name.startswith(family)) for family in FAMILIES}
    rest = tuple(name for name in names if not name.startswith(FAMILIES))
    return {family: members for family, members in {**families, "other": rest}.items() if members}
