"""How large an array is, how large it should be, and how much of it can be used.

What can be used is said here and nowhere else: the rules, the columns of ``evaluation`` and docs/rules.md take these words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from alma_qa0.core.findings import Finding, Severity
from alma_qa0.core.setups import Block, Setup

USABLE_POLARISATION = (
    "a polarisation of an antenna is usable if more than half of its calibrations, one for each scan and baseband that the array has, are"
    " there, valid and without a severe finding")
USABLE_ANTENNA = "an antenna is usable if one of its polarisations is"
USABLE_BASELINE = "a baseline is usable in a polarisation if both antennas are"

# 12-m: since Cycle 8 (36 in Cycle 3). 7-m: 10 of 12. Total power: 3 of 4, which is ours, as no public source says it.
NOMINAL_ANTENNAS: Mapping[str, int] = MappingProxyType({"12-m": 43, "7-m": 10, "TP": 3})
_POLARISATIONS = ("X", "Y")
_LOSSES = ("missing_calibration",)  # rules whose findings cost the calibration, whatever their severity


@dataclass(frozen=True, slots=True)
class UsableArray:
    """The antennas of an array, ascending, and those of them that are usable in each polarisation that was calibrated."""

    antennas: tuple[str, ...]
    usable: Mapping[str, tuple[str, ...]]

    @property
    def n_usable(self) -> int:
        """Antennas that are usable in one polarisation or more."""
        return len({antenna for antennas in self.usable.values() for antenna in antennas})

    @property
    def unusable(self) -> Mapping[str, tuple[str, ...]]:
        """For each polarisation the antennas that are not usable in it."""
        return {polarisation: tuple(sorted(set(self.antennas) - set(usable))) for polarisation, usable in self.usable.items()}


def nominal_antennas(array_family: str, nominal: Mapping[str, int] = NOMINAL_ANTENNAS) -> int | None:
    """How many antennas an array of this family has as a rule; None for a family that is not known."""
    return nominal.get(array_family)


def n_baselines(n_antennas: int) -> int:
    """The pairs of antennas, N (N - 1) / 2."""
    return max(n_antennas, 0) * max(n_antennas - 1, 0) // 2


def usable_array(block: Block, findings: Sequence[Finding]) -> UsableArray:
    """What can be used of an array, by the findings before they are folded: a cause covers more than what was found."""
    calibrated = {antenna for setup in block.setups for antenna in setup.antennas}
    uncalibrated = {finding.antenna_name for finding in findings if finding.rule_id == "missing_antenna" and finding.antenna_name}
    antennas = tuple(sorted(calibrated | uncalibrated))
    absent = {(finding.receiver_band, finding.baseband_name, finding.cal_data_id) for finding in findings
              if finding.rule_id == "missing_baseband"}
    losses: dict[str, list[Finding]] = {antenna: [] for antenna in antennas}
    for finding in findings:
        if finding.antenna_name in losses and (finding.severity is Severity.SEVERE or finding.rule_id in _LOSSES):
            losses[finding.antenna_name].append(finding)
    observed = {(finding.receiver_band, finding.polarisation) for finding in findings}  # one without any valid value, too
    usable = {}
    for polarisation in _POLARISATIONS:
        setups = [setup for setup in block.setups
                  if polarisation in setup.polarisations or (setup.receiver_band, polarisation) in observed]
        cells = [(setup, baseband, calibration) for setup in setups for baseband in setup.basebands for calibration in setup.scans
                 if (setup.receiver_band, baseband, calibration) not in absent]
        if setups:
            usable[polarisation] = tuple(
                antenna for antenna in antennas if 2 * _n_good(antenna, polarisation, cells, losses[antenna]) > len(cells))
    return UsableArray(antennas, usable)


def unusable_at_all(unusable: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The antennas, ascending, that no polarisation can use."""
    return tuple(sorted(set.intersection(*map(set, unusable.values())))) if unusable else ()


def lacking(unusable: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """For each polarisation that an otherwise usable antenna lacks, those antennas, ascending."""
    at_all = set(unusable_at_all(unusable))
    in_part = {polarisation: tuple(sorted(set(antennas) - at_all)) for polarisation, antennas in unusable.items()}
    return {polarisation: antennas for polarisation, antennas in in_part.items() if antennas}


def _n_good(antenna: str, polarisation: str, cells: Iterable[tuple[Setup, str, str]], losses: Sequence[Finding]) -> int:
    return sum(antenna in setup.antennas and not any(_covers(finding, setup.receiver_band, baseband, polarisation, calibration)
                                                     for finding in losses) for setup, baseband, calibration in cells)


def _covers(finding: Finding, receiver_band: int, baseband: str, polarisation: str, calibration: str) -> bool:
    return (finding.receiver_band in (None, receiver_band) and finding.baseband_name in (None, baseband)
            and finding.polarisation in (None, polarisation) and finding.cal_data_id in (None, calibration))
