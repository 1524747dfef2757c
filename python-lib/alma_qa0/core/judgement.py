"""From facts to findings: each with its rule, its place, its severity and its sentence."""

from collections.abc import Iterable, Iterator
from math import log

from alma_qa0.core.array_size import UsableArray, nominal_antennas, unusable_at_all
from alma_qa0.core.findings import Finding, Severity, finding_id
from alma_qa0.core.octiles import PLANNED_OCTILES, UPPER_EDGES_M
from alma_qa0.core.rules import RULE, Limits
from alma_qa0.core.scalar_fact import ScalarFact
from alma_qa0.core.sentences import scalar_sentence, spectral_sentence
from alma_qa0.core.setups import Block
from alma_qa0.core.spectral_fact import SpectralFact
from alma_qa0.core.words import named, told_apart


def findings_of(block: Block, scalar: Iterable[ScalarFact], spectral: Iterable[SpectralFact], limits: Limits) -> list[Finding]:
    """All findings of an Execution Block but that of its usable antennas, before they are folded: each by itself."""
    found = [*(_from_scalar(block, fact, limits) for fact in scalar), *(_from_spectrum(block, fact) for fact in spectral),
             *_weather(block, limits)]
    return list({finding.finding_id: finding for finding in found}.values())


def usable_antennas_finding(block: Block, array: UsableArray, limits: Limits) -> Finding | None:
    """A finding where too few antennas are usable: a warning if of the array's own, a note if of the nominal number."""
    if not block.n_antennas or not block.setups:
        return None
    usable, nominal = array.n_usable, nominal_antennas(block.array_family)
    least, noted = limits["usable_antennas.fraction"], limits["usable_antennas.nominal"]
    if usable < least * block.n_antennas:
        fraction, limit = told_apart(usable / block.n_antennas, least, "%", 0)
        lost = unusable_at_all(array.unusable) or array.antennas
        return _finding(
            block, ScalarFact("usable_antennas", metric=usable / block.n_antennas, limit_value=least), severity=Severity.WARNING,
            sentence=f"{usable} of the {block.n_antennas} antennas are usable, not {named(lost)}: {fraction}; limit {limit}",
            antenna_names=lost)
    if nominal and usable < noted * nominal:
        fraction, limit = told_apart(usable / nominal, noted, "%", 0)
        return _finding(
            block, ScalarFact("usable_antennas", metric=usable / nominal, limit_value=noted), severity=Severity.INFO,
            sentence=f"{usable} usable antennas are {fraction} of the {nominal} of a {block.array_family} array; limit {limit}")
    return None


# --- findings from facts ------------------------------------------------------------------------------------------------------

def _finding(
    block: Block, fact: ScalarFact, *, sentence: str, severity: Severity | None = None, unit: str | None = None,
    channels: tuple[int, ...] | None = None, reference: float | None = None, antenna_names: tuple[str, ...] | None = None,
) -> Finding:
    rule = RULE[fact.rule_id]
    return Finding(
        uid=block.uid, finding_id=finding_id(fact), rule_id=fact.rule_id, severity=severity or rule.severity, basis=rule.basis,
        sentence=sentence, receiver_band=fact.receiver_band, antenna_name=fact.antenna_name, baseband_name=fact.baseband_name,
        polarisation=fact.polarisation, cal_data_id=fact.cal_data_id, scan_number=fact.scan_number, quantity=fact.quantity,
        metric=fact.metric, unit=unit, limit_value=fact.limit_value, reference_value=reference, channels=channels,
        antenna_names=antenna_names)


def _from_scalar(block: Block, fact: ScalarFact, limits: Limits) -> Finding:
    return _finding(block, fact, sentence=scalar_sentence(block, fact), severity=_severity(fact, limits),
                    unit={"tsys_age": "min", "wind": "m/s"}.get(fact.rule_id), reference=_expected(fact))


def _expected(fact: ScalarFact) -> float | None:
    """What the value should have been for the metric to be 1: what it was held against, with what the whole array does put in."""
    return fact.value / fact.metric if fact.value and fact.metric and fact.rule_id != "trec_scatter" else None


def _severity(fact: ScalarFact, limits: Limits) -> Severity | None:
    if fact.rule_id in ("trec_level", "tsys_level") and fact.metric:
        return Severity.SEVERE if abs(log(fact.metric)) > log(limits[f"{fact.rule_id}.severe"]) else Severity.WARNING
    if fact.rule_id == "trec_specification" and fact.metric:
        return Severity.WARNING if fact.metric > limits["trec_specification.warning"] else Severity.INFO
    if fact.rule_id == "invalid_value" and fact.quantity not in ("trec", "tsys"):
        return Severity.WARNING
    if fact.rule_id == "missing_intent" and fact.words == "CALIBRATE_POINTING":
        return Severity.INFO
    return None


def _weather(block: Block, limits: Limits) -> Iterator[Finding]:
    if not block.water_m:
        return
    for setup in block.setups:
        octile = PLANNED_OCTILES.get(setup.receiver_band)
        if octile is None:
            continue
        edge = UPPER_EDGES_M[octile - 1]
        ratio, limit = block.water_m / edge, limits["weather.ratio"]
        if ratio > limit:
            fact = ScalarFact("weather", receiver_band=setup.receiver_band, quantity="water", metric=ratio, limit_value=limit)
            words, limit_words = told_apart(ratio, limit)
            yield _finding(block, fact, sentence=(
                f"PWV {block.water_m * 1e3:.2f} mm is {words} times the {edge * 1e3:.2f} mm up to which band {setup.receiver_band} is"
                f" planned (octile {octile}); limit {limit_words}"))


def _from_spectrum(block: Block, fact: SpectralFact) -> Finding:
    setup = block.setup(fact.receiver_band)
    scan = setup.scans.get(fact.cal_data_id) if setup and fact.cal_data_id else None
    place = ScalarFact(
        fact.rule_id, receiver_band=fact.receiver_band, antenna_name=fact.antenna_name, baseband_name=fact.baseband_name,
        polarisation=fact.polarisation, cal_data_id=fact.cal_data_id, scan_number=scan, quantity=fact.quantity, metric=fact.metric,
        limit_value=fact.limit)
    return _finding(block, place, sentence=spectral_sentence(fact, place), channels=fact.channels, reference=fact.level_k)
