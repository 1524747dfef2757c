"""A finding: something in an Execution Block that an astronomer should know of, with its place, its size and its sentence."""

from dataclasses import dataclass
from enum import Enum

from alma_qa0.core.scalar_fact import ScalarFact


class Severity(Enum):
    INFO = "info"
    WARNING = "warning"
    SEVERE = "severe"


class Basis(Enum):
    """What a metric was held against."""

    ARRAY_MEDIAN = "array_median"  # the other antennas in that scan
    SPECIFICATION = "specification"  # of the receiver
    OWN_PAST = "own_past"  # the antenna's own other scans, basebands or polarisation
    PUBLIC_CRITERION = "public_criterion"  # one that the observatory has published
    OWN_LIMIT = "own_limit"  # one of ours, where nothing public exists


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the relation ``finding``, whose fields say what each part means. None where a part does not apply."""

    uid: str
    finding_id: str
    rule_id: str
    severity: Severity
    basis: Basis
    sentence: str
    receiver_band: int | None = None
    antenna_name: str | None = None
    baseband_name: str | None = None
    polarisation: str | None = None
    cal_data_id: str | None = None
    scan_number: int | None = None
    quantity: str | None = None
    metric: float | None = None
    unit: str | None = None
    limit_value: float | None = None
    channels: tuple[int, ...] | None = None
    antenna_names: tuple[str, ...] | None = None
    reference_value: float | None = None
    cause_id: str | None = None
    n_parts: int = 0


def finding_id(fact: ScalarFact | Finding) -> str:
    """The rule and the place: the same in every evaluation."""
    band = f"B{fact.receiver_band}" if fact.receiver_band is not None else None
    scan = f"scan{fact.scan_number}" if fact.cal_data_id is None and fact.scan_number is not None else None
    words = fact.words if isinstance(fact, ScalarFact) and fact.rule_id == "missing_intent" else None
    parts = (fact.rule_id, band, fact.antenna_name, fact.baseband_name, fact.polarisation, fact.cal_data_id, scan, fact.quantity, words)
    return "|".join(part for part in parts if part)
