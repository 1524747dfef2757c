"""Partitions as the Flow gives them to a recipe: one value of one dimension a run, told in flow variables."""

import re
from datetime import datetime, timedelta

_FORMATS = {"YEAR": "%Y", "MONTH": "%Y-%m", "DAY": "%Y-%m-%d", "HOUR": "%Y-%m-%d-%H"}
_PARTS = {"YEAR": "%Y", "MONTH": "%m", "DAY": "%d", "HOUR": "%H"}
_SHIFTS = {"": timedelta(), "_1DAYAFTER": timedelta(days=1), "_1DAYBEFORE": timedelta(days=-1), "_7DAYSAFTER": timedelta(days=7),
           "_7DAYSBEFORE": timedelta(days=-7)}


def dimension(config: dict) -> dict | None:
    """The dimension by which a dataset is partitioned; None where it is not."""
    dimensions = config.get("partitioning", {}).get("dimensions", [])
    assert len(dimensions) < 2, f"the look-alike plays one dimension: {dimensions}"
    return dimensions[0] if dimensions else None


def check(value: str, of: dict) -> None:
    """A day is 2026-07-17; a discrete value has letters and digits only, since / , and | mean something else to DSS."""
    if of["type"] == "time":
        datetime.strptime(value, _FORMATS[of["params"]["period"]])
    elif not re.fullmatch(r"[A-Za-z0-9]+", value):
        raise ValueError(f"partition {value!r} of {of['name']}: expected letters and digits only")


def flow_variables(inputs: list[tuple[str, dict | None, list[str]]], outputs: list[tuple[str, dict | None, str | None]]) -> dict[str, str]:
    """DKU_DST_... and DKU_SRC_...; inputs as (dataset, dimension, its partitions), outputs as (dataset, dimension, partition)."""
    told: dict[str, str] = {}
    for _dataset, of, partition in outputs:
        if of and partition is not None:
            told |= _told("DKU_DST", of, partition)
    for dataset, of, found in inputs:
        if of and len(found) == 1:
            told |= _told(f"DKU_SRC_{dataset}", of, found[0])
            if len(inputs) == 1:
                told |= _told("DKU_SRC", of, found[0])
        if of and found and len(inputs) == 1 and of["type"] == "time":
            told |= {"DKU_SRC_FIRST_DATE": min(found), "DKU_SRC_LAST_DATE": max(found)}
    return told


def _told(prefix: str, of: dict, value: str) -> dict[str, str]:
    told = {f"{prefix}_{of['name']}": value}
    if of["type"] != "time":
        return told
    period = of["params"]["period"]
    time = datetime.strptime(value, _FORMATS[period])
    for name, shift in _SHIFTS.items():
        for part, pattern in _PARTS.items():
            told[f"{prefix}_{part}{name}"] = (time + shift).strftime(pattern)
            if part == period:
                break
        if period in ("DAY", "HOUR"):
            told[f"{prefix}_DATE{name}"] = (time + shift).strftime("%Y-%m-%d")
    return told
