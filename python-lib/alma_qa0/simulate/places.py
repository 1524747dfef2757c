"""Faults as text, such as ``teeth:0.05@DV17/BB_2/X``, and the choice by the seed of what a text leaves open."""

import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from alma_qa0.core.blocks import Polarisation
from alma_qa0.core.spectra import edge_mask, segment_starts
from alma_qa0.errors import BadRequest
from alma_qa0.simulate.atmosphere import opacity
from alma_qa0.simulate.fault_kinds import ALL_PARTS, BUMP_HZ, NATURES, Fault, FaultKind, check_fault
from alma_qa0.simulate.plan import Plan, cloud, stream, with_faults
from alma_qa0.simulate.receivers import tune

_FORM = "kind:size@antenna/baseband/polarisation/Tsys scans/channels, such as birdie:0.3 or teeth:0.05@DV17/BB_2/X/2-4"
_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")
_LEAST_OZONE_OPACITY = 2e-3


def parse_faults(text: str) -> tuple[Fault, ...]:
    """Faults from words between blanks or commas, each ``kind[:size][@antenna/baseband/polarisation/scans/channels]``.

    Without a size it has the usual one. Scans are those with Tsys, counted from 1, such as ``2`` or ``2-4``; channels count from 0, the
    last one is included. A part of the place that is empty or not there is left open, for the seed to choose; ``*`` stands for all.
    BadRequest for what is none of this.
    """
    return tuple(_parse_fault(word) for word in re.split(r"[\s,]+", text) if word)


def with_placed_faults(plan: Plan, *faults: Fault) -> Plan:
    """The same Execution Block with these faults besides its own; the seed chooses what their places leave open.

    What it chooses for the second of two faults of a kind does not depend on the first.
    """
    for fault in faults:
        nth = sum(other.kind is fault.kind for other in plan.faults)
        plan = with_faults(plan, _placed(plan, fault, stream(plan.seed, f"place {fault.kind.value}", plan.number, nth)))
    return plan


# --- text -------------------------------------------------------------------------------------------------------------------------

def _parse_fault(word: str) -> Fault:
    what, _, where = word.partition("@")
    name, colon, size = what.partition(":")
    kinds = {kind.value: kind for kind in FaultKind}
    if name not in kinds:
        raise _wrong(word, f"{name!r} is no kind of fault", f"one of {', '.join(kinds)}")
    nature = NATURES[kinds[name]]
    if colon and nature.size is None:
        raise _wrong(word, f"{name} has no size", f"{name} alone, or with a place")
    parts = where.split("/") if where else []
    if len(parts) > len(ALL_PARTS):
        raise _wrong(word, f"{len(parts)} parts of a place", _FORM)
    fault = Fault(
        kinds[name], _size(word, size) if colon else nature.size or 0.0, all_of=_all_of(parts),
        **{part: _part(word, part, text) for part, text in zip(ALL_PARTS, parts, strict=False) if text not in ("", "*")})  # type: ignore[arg-type]
    check_fault(fault)
    return fault


def _all_of(parts: Iterable[str]) -> frozenset[str]:
    return frozenset(part for part, text in zip(ALL_PARTS, parts, strict=False) if text == "*")


def _size(word: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise _wrong(word, f"{text!r} is no size", "a number, or nan") from None


def _part(word: str, part: str, text: str) -> object:
    """One part of a place from its text."""
    name = {"antenna": r"[A-Z]{2}\d\d", "baseband": "BB_[1-4]"}.get(part)
    if name and re.fullmatch(name, text):
        return text
    if part == "polarisation" and text in ("X", "Y"):
        return Polarisation(text)
    match = _RANGE.fullmatch(text)
    if part in ("calibrations", "channels") and match:
        first, last = int(match[1]), int(match[2] or match[1])
        if first <= last and (part == "channels" or first > 0):
            return (first, last + 1) if part == "channels" else tuple(range(first, last + 1))
    expected = {"antenna": "an antenna such as DV17", "baseband": "BB_1 to BB_4", "polarisation": "X or Y",
                "calibrations": "Tsys scans, counted from 1, such as 2 or 2-4", "channels": "channels, counted from 0, such as 60 or 60-64"}
    raise _wrong(word, f"{text!r} is no part {ALL_PARTS.index(part) + 1} of a place", f"{expected[part]}, * for all, or nothing")


def _wrong(word: str, problem: str, expected: str) -> BadRequest:
    return BadRequest(f"the fault {word!r} cannot be simulated: {problem}; expected {expected}")


# --- choices of the seed ----------------------------------------------------------------------------------------------------------

def _placed(plan: Plan, fault: Fault, generator: np.random.Generator) -> Fault:
    """The fault with the parts of its place that its kind wants and nobody gave. Every part has its draw, wanted or not."""
    draws = dict(zip(ALL_PARTS, generator.random((len(ALL_PARTS), 3)), strict=True))
    for part in NATURES[fault.kind].chosen:
        if part not in fault.all_of and not getattr(fault, part):
            fault = replace(fault, **{part: _choice(plan, fault, part, draws[part])})  # type: ignore[arg-type]
    return fault


def _choice(plan: Plan, fault: Fault, part: str, draws: np.ndarray) -> object:
    draw = float(draws[0])
    if part == "antenna":
        return plan.antennas[int(draw * len(plan.antennas))]
    if part == "baseband":
        return _baseband_with_ozone(plan) if fault.kind is FaultKind.OZONE else f"BB_{1 + int(draw * 4)}"
    if part == "polarisation":
        return Polarisation("XY"[int(draw * plan.polarisations)])
    return _calibrations(plan, fault.kind, draw) if part == "calibrations" else _channels(plan, fault, draws)


def _calibrations(plan: Plan, kind: FaultKind, draw: float) -> tuple[int, ...]:
    """The Tsys scans of a fault: one that is missing, all from one on for a jump, one or two for a load, up to three for a cloud."""
    count = plan.calibrations
    if kind is FaultKind.CLOUD:
        return cloud(plan).calibrations
    if kind is FaultKind.JUMP:
        if count < 2:
            raise BadRequest("jump in one Tsys scan cannot be simulated; expected two Tsys scans or more")
        return tuple(range(2 + int(draw * (count - 1)), count + 1))
    first = 1 + int(draw * count)
    return (first, first + 1) if kind is FaultKind.BAD_LOAD and first < count else (first,)


def _channels(plan: Plan, fault: Fault, draws: np.ndarray) -> tuple[int, int]:
    """The channels of a birdie, a bump or a bad edge, within one spectral window and, but for the edge, off its edges."""
    baseband = next(one for one in tune(plan, plan.bands[0]) if one.name == (fault.baseband or "BB_1"))
    count = len(baseband.frequency_hz)
    if fault.kind is FaultKind.EDGE:
        width = max(count // 8, 1)
        return (0, width) if draws[0] < 0.5 else (count - width, count)
    starts = [*segment_starts(baseband.frequency_hz), count]
    window = int(draws[0] * (len(starts) - 1))
    inner = starts[window] + np.flatnonzero(~edge_mask(baseband.frequency_hz)[starts[window]:starts[window + 1]])
    width = 1 + int(2 * draws[1]) if fault.kind is FaultKind.BIRDIE else round(BUMP_HZ / baseband.channel_width_hz)
    width = min(max(width, 1), len(inner))
    first = int(inner[int(draws[2] * (len(inner) - width + 1))])
    return first, first + width


def _baseband_with_ozone(plan: Plan) -> str:
    """The baseband in which ozone absorbs most; BadRequest where it absorbs next to nothing in all."""
    peaks = {one.name: float(opacity(one.frequency_hz).ozone.max()) for band in plan.bands for one in tune(plan, band)}
    best = max(peaks, key=lambda name: peaks[name])
    if peaks[best] < _LEAST_OZONE_OPACITY:
        raise BadRequest(f"ozone in band {plan.bands[0]} cannot be simulated; expected a tuning with a line of ozone in it")
    return best
