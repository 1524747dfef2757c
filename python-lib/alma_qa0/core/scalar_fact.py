"""One number of an Execution Block beyond its limit, as the SQL of the rules gives it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScalarFact:
    """One row that the SQL of the rules gives: where it is, what was measured, against what. None where it does not apply."""

    rule_id: str
    receiver_band: int | None = None
    antenna_name: str | None = None
    baseband_name: str | None = None
    polarisation: str | None = None
    cal_data_id: str | None = None
    scan_number: int | None = None
    quantity: str | None = None
    value: float | None = None
    reference: float | None = None
    metric: float | None = None
    limit_value: float | None = None
    n_of: int | None = None
    words: str | None = None
