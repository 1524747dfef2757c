"""What was put into a simulated Execution Block, written beside its tables: ``truth.json``. Whoever reads the ASDM ignores it."""

import json
from pathlib import Path

from alma_qa0.simulate.fault_kinds import NATURES, Fault
from alma_qa0.simulate.observation import Scan, tsys_scans
from alma_qa0.simulate.plan import Plan

FILE_NAME = "truth.json"


def truth(plan: Plan, scans: list[Scan]) -> dict[str, object]:
    """uid, seed, number, and for each fault its kind, size, quantity, whether it is one, and its place.

    A part of a place that is null means all of them. ``scan_numbers`` are the scans of ``calibrations``, which counts those with Tsys of
    each band from 1; ``channels`` are first and last, counted from 0. A size of NaN is the text "NaN".
    """
    return {
        "uid": plan.uid, "seed": plan.seed, "number": plan.number, "receiver_bands": list(plan.bands),
        "faults": [_fault(plan, fault, scans) for fault in plan.faults]}


def write_truth(folder: Path, plan: Plan, scans: list[Scan]) -> None:
    """Writes the truth into the folder of an ASDM."""
    (folder / FILE_NAME).write_text(json.dumps(truth(plan, scans), indent=1, allow_nan=False) + "\n", encoding="utf-8")


def _fault(plan: Plan, fault: Fault, scans: list[Scan]) -> dict[str, object]:
    nature = NATURES[fault.kind]
    size = None if nature.size is None else fault.size if fault.size == fault.size else "NaN"
    turns = fault.calibrations
    numbers = sorted(tsys_scans(scans, band)[turn - 1].number for band in plan.bands for turn in turns)
    return {
        "kind": fault.kind.value, "size": size, "is_fault": nature.is_fault, "quantity": nature.quantity,
        "place": {
            "antenna": fault.antenna, "baseband": fault.baseband, "polarisation": fault.polarisation and fault.polarisation.value,
            "calibrations": list(turns) or None, "scan_numbers": numbers or None,
            "channels": [fault.channels[0], fault.channels[1] - 1] if fault.channels else None}}
