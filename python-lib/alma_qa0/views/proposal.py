"""The state of QA0 that the findings of one Execution Block suggest, from the rows that the database gives."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from alma_qa0.core.array_size import nominal_antennas
from alma_qa0.core.execution_fraction import DEFAULT_CAP, ExecutionFraction, Inputs, cap_of, execution_fraction
from alma_qa0.core.findings import Basis, Finding, Severity
from alma_qa0.core.proposal import NOT_EVALUATED, BlockFacts, Proposal, proposal_limits, propose
from alma_qa0.core.rules import DEFAULTS, Limits
from alma_qa0.views.selection import POLARISATIONS

TOTAL_POWER = "TP"

Row = Mapping[str, Any] | pd.Series  # of a relation, by the names of its columns


def show(block: Row, evaluation: Row | None, findings: Sequence[Finding]) -> Proposal:
    """From a row of execution_block, its row of evaluation (None where it was not judged), whose limits count, and its findings."""
    if evaluation is None:
        return NOT_EVALUATED
    return propose(findings, facts_of(block, evaluation), proposal_limits(limits_of(evaluation)))


def are_lost(evaluation: Row, findings: Sequence[Finding]) -> bool:
    """Whether an evaluation counts findings and there are none, as when their table was emptied: without them it says nothing."""
    return not findings and any((_integer(evaluation[f"n_{severity.value}"]) or 0) > 0 for severity in Severity)


def limits_of(evaluation: Row | None) -> Limits:
    """The limits that an EB was judged with; the defaults where it was not."""
    text = None if evaluation is None else known(evaluation["limits"])
    return {**DEFAULTS, **json.loads(text)} if text else DEFAULTS


def findings_of(rows: pd.DataFrame) -> tuple[Finding, ...]:
    """Rows of the relation finding as records."""
    names = [field.name for field in fields(Finding)]
    columns = [_column(name, rows[name]) for name in names]
    return tuple(Finding(**dict(zip(names, values, strict=True))) for values in zip(*columns, strict=True))


def facts_of(block: Row, evaluation: Row) -> BlockFacts:
    """What a proposal needs to know of the EB beside its findings."""
    targets = block["source_names"]
    return BlockFacts(
        n_antennas=_integer(evaluation["n_antennas"]) or 0, n_usable_antennas=_integer(evaluation["n_usable_antennas"]) or 0,
        nominal_antennas=_integer(evaluation["nominal_antennas"]) or nominal_antennas(str(block["array_family"])),
        n_calibrations=int(block["n_calibrations"]), total_power=block["array_family"] == TOTAL_POWER,
        n_targets=len(targets) if isinstance(targets, list | np.ndarray) else None,
        execution_fraction=fraction_of(block, cap=cap_of(limits_of(evaluation))), aborted=flag(block["aborted"]),
        unusable=unusable_of(evaluation))


def unusable_of(evaluation: Row) -> dict[str, tuple[str, ...]]:
    """For each polarisation that was calibrated the antennas that are not usable in it."""
    named = {polarisation: known(evaluation[f"unusable_antennas_{polarisation.lower()}"]) for polarisation in POLARISATIONS}
    return {polarisation: tuple(map(str, antennas)) for polarisation, antennas in named.items() if antennas is not None}


def fraction_of(block: Row, expected: Inputs | None = None, *, cap: float = DEFAULT_CAP) -> ExecutionFraction:
    """The execution fraction. What the Observing Tool expected is in no table: it comes as ``expected``, and may say better of the EB.

    An EB of several receiver bands has no Tsys of its own: it is not known at which the formula means it.
    """
    given = expected or Inputs()
    tsys_k = known(block["tsys_k"]) if len(block["receiver_bands"]) == 1 else None
    inputs = Inputs(
        tsys_ot_k=given.tsys_ot_k, tsys_eb_k=given.tsys_eb_k or tsys_k, n_antennas_ot=given.n_antennas_ot,
        n_antennas_eb=given.n_antennas_eb or _integer(block["n_antennas"]), time_on_source_ot_s=given.time_on_source_ot_s,
        time_on_source_eb_s=given.time_on_source_eb_s if given.time_on_source_eb_s is not None else known(block["time_on_source_s"]))
    return execution_fraction(inputs, total_power=block["array_family"] == TOTAL_POWER, cap=cap)


def _column(name: str, column: pd.Series) -> list[Any]:
    values = column.astype(object).where(column.notna(), None).tolist()
    convert = _CONVERT.get(name)
    return [None if value is None else convert(value) for value in values] if convert else values


def flag(value: Any) -> bool | None:
    """A boolean, or None where it is not known."""
    return None if known(value) is None else bool(value)


def _integer(value: Any) -> int | None:
    return None if known(value) is None else int(value)


def _channels(values: Sequence[int]) -> tuple[int, ...]:
    return tuple(map(int, values))


_CONVERT: Mapping[str, Callable[[Any], Any]] = MappingProxyType({
    "severity": Severity, "basis": Basis, "receiver_band": int, "scan_number": int, "n_parts": int, "channels": _channels,
    "antenna_names": tuple,
})


def known(value: Any) -> Any:
    """None for every way in which a DataFrame says that there is nothing."""
    return None if not isinstance(value, list | np.ndarray) and pd.isna(value) else value
