"""How large an array is, how large it should be, and how much of it can be used."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from alma_qa0.core.findings import Finding, Severity

# 12-m: since Cycle 8 (36 in Cycle 3). 7-m: 10 of 12. Total power: 3 of 4, which is ours, as no public source says it.
NOMINAL_ANTENNAS: Mapping[str, int] = MappingProxyType({"12-m": 43, "7-m": 10, "TP": 3})


def nominal_antennas(array_family: str, nominal: Mapping[str, int] = NOMINAL_ANTENNAS) -> int | None:
    """How many antennas an array of this family has as a rule; None for a family that is not known."""
    return nominal.get(array_family)


def n_baselines(n_antennas: int) -> int:
    """The pairs of antennas, N (N - 1) / 2."""
    return max(n_antennas, 0) * max(n_antennas - 1, 0) // 2


def usable_antennas(antenna_names: Iterable[str], calibrated: Iterable[str], findings: Iterable[Finding]) -> tuple[str, ...]:
    """Those of the array, ascending, that have a calibration and no severe finding about the antenna as a whole."""
    lost = {finding.antenna_name for finding in findings if finding.severity is Severity.SEVERE and _is_of_a_whole_antenna(finding)}
    return tuple(sorted((set(antenna_names) & set(calibrated)) - lost))


def _is_of_a_whole_antenna(finding: Finding) -> bool:
    return finding.antenna_name is not None and (finding.baseband_name, finding.polarisation, finding.cal_data_id, finding.scan_number) == (
        None, None, None, None)
