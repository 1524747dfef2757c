"""From facts to findings: the sentence of each, and the folding by which one cause makes one line."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log

from alma_qa0.core.array_size import nominal_antennas
from alma_qa0.core.findings import Finding, Severity
from alma_qa0.core.octiles import PLANNED_OCTILES, UPPER_EDGES_M
from alma_qa0.core.rules import RULE, Limits
from alma_qa0.core.spectral_fact import SpectralFact

_NAMES = {"trec": "Trx", "tsys": "Tsys", "tatm": "Tatm", "tau": "tau", "water": "water"}
_ORDER = {rule_id: place for place, rule_id in enumerate((
    "no_calibration", "missing_antenna", "missing_scan", "missing_baseband", "missing_calibration", "invalid_value", "invalid_channels",
    "array_trec", "trec_jump", "trec_level", "tsys_level", "swapped", "polarisation_ratio", "baseband_ratio", "tsys_jump", "trec_scatter",
    "edge", "bump", "teeth", "roughness", "ripple", "slope", "platform", "shape", "birdie", "water", "radiometer", "tau"))}
_TOPICS = {"water": "water", "radiometer": "water", "tau": "water", "missing_calibration": "missing", "missing_antenna": "missing"}


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


@dataclass(frozen=True, slots=True)
class Setup:
    """What one receiver band of an Execution Block has: the whole, against which a place is a part."""

    receiver_band: int
    basebands: tuple[str, ...]
    polarisations: tuple[str, ...]
    antennas: tuple[str, ...]
    scans: Mapping[str, int | None]  # scan number of each calibration


@dataclass(frozen=True, slots=True)
class Block:
    """What the rules need to know of an Execution Block as a whole."""

    uid: str
    array_family: str
    n_antennas: int
    water_m: float | None
    setups: tuple[Setup, ...]

    def setup(self, receiver_band: int | None) -> Setup | None:
        return next((one for one in self.setups if one.receiver_band == receiver_band), None)


def judge_block(block: Block, scalar: Iterable[ScalarFact], spectral: Iterable[SpectralFact], limits: Limits) -> list[Finding]:
    """All findings of an Execution Block but that of its usable antennas, folded: each has its cause, or stands for itself."""
    found = [*(_from_scalar(block, fact, limits) for fact in scalar), *(_from_spectrum(block, fact) for fact in spectral),
             *_weather(block, limits)]
    unique = list({finding.finding_id: finding for finding in found}.values())
    return fold(block, unique, limits)


def usable_antennas_finding(block: Block, n_usable: int, limits: Limits) -> Finding | None:
    """A finding where too few antennas are usable: a warning if of the array's own, a note if of the nominal number."""
    if not block.n_antennas or not block.setups:
        return None
    nominal = nominal_antennas(block.array_family)
    least, noted = limits["usable_antennas.fraction"], limits["usable_antennas.nominal"]
    if n_usable < least * block.n_antennas:
        return _finding(
            block, ScalarFact("usable_antennas", metric=n_usable / block.n_antennas, limit_value=least), severity=Severity.WARNING,
            sentence=f"{n_usable} of the {block.n_antennas} antennas are usable: {n_usable / block.n_antennas:.0%}; limit {least:.0%}")
    if nominal and n_usable < noted * nominal:
        return _finding(
            block, ScalarFact("usable_antennas", metric=n_usable / nominal, limit_value=noted), severity=Severity.INFO,
            sentence=f"{n_usable} usable antennas are {n_usable / nominal:.0%} of the {nominal} of a {block.array_family} array;"
                     f" limit {noted:.0%}")
    return None


# --- findings from facts ------------------------------------------------------------------------------------------------------

def _finding(
    block: Block, fact: ScalarFact, *, sentence: str, severity: Severity | None = None, unit: str | None = None,
    channels: tuple[int, ...] | None = None, reference: float | None = None,
) -> Finding:
    rule = RULE[fact.rule_id]
    return Finding(
        uid=block.uid, finding_id=finding_id(fact), rule_id=fact.rule_id, severity=severity or rule.severity, basis=rule.basis,
        sentence=sentence, receiver_band=fact.receiver_band, antenna_name=fact.antenna_name, baseband_name=fact.baseband_name,
        polarisation=fact.polarisation, cal_data_id=fact.cal_data_id, scan_number=fact.scan_number, quantity=fact.quantity,
        metric=fact.metric, unit=unit, limit_value=fact.limit_value, reference_value=reference, channels=channels)


def finding_id(fact: ScalarFact | Finding) -> str:
    """The rule and the place: the same in every evaluation."""
    band = f"B{fact.receiver_band}" if fact.receiver_band is not None else None
    scan = f"scan{fact.scan_number}" if fact.cal_data_id is None and fact.scan_number is not None else None
    words = fact.words if isinstance(fact, ScalarFact) and fact.rule_id == "missing_intent" else None
    parts = (fact.rule_id, band, fact.antenna_name, fact.baseband_name, fact.polarisation, fact.cal_data_id, scan, fact.quantity, words)
    return "|".join(part for part in parts if part)


def _from_scalar(block: Block, fact: ScalarFact, limits: Limits) -> Finding:
    return _finding(block, fact, sentence=_sentence(block, fact), severity=_severity(fact, limits),
                    unit={"tsys_age": "min", "wind": "m/s"}.get(fact.rule_id), reference=_expected(fact))


def _expected(fact: ScalarFact) -> float | None:
    """What the value should have been for the metric to be 1: what it was held against, with what the whole array does put in."""
    return fact.value / fact.metric if fact.value and fact.metric and fact.rule_id != "trec_scatter" else None


def _severity(fact: ScalarFact, limits: Limits) -> Severity | None:
    if fact.rule_id in ("trec_level", "tsys_level") and fact.metric:
        return Severity.SEVERE if abs(log(fact.metric)) > log(limits[f"{fact.rule_id}.severe"]) else Severity.WARNING
    if fact.rule_id == "trec_specification" and fact.metric:
        return Severity.WARNING if fact.metric > limits["trec_specification.warning"] else Severity.INFO
    if fact.rule_id == "invalid_value" and fact.quantity != "trec":
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
            yield _finding(block, fact, sentence=(
                f"PWV {block.water_m * 1e3:.2f} mm is {ratio:.2g} times the {edge * 1e3:.2f} mm up to which band {setup.receiver_band} is"
                f" planned (octile {octile}); limit {limit:g}"))


def _from_spectrum(block: Block, fact: SpectralFact) -> Finding:
    setup = block.setup(fact.receiver_band)
    scan = setup.scans.get(fact.cal_data_id) if setup and fact.cal_data_id else None
    place = ScalarFact(
        fact.rule_id, receiver_band=fact.receiver_band, antenna_name=fact.antenna_name, baseband_name=fact.baseband_name,
        polarisation=fact.polarisation, cal_data_id=fact.cal_data_id, scan_number=scan, quantity=fact.quantity, metric=fact.metric,
        limit_value=fact.limit)
    words = _SPECTRAL[fact.rule_id].format(
        metric=fact.metric, limit=fact.limit, name=_NAMES[fact.quantity], ghz=(fact.frequency_hz or 0) / 1e9,
        mhz=(fact.period_hz or 0) / 1e6, pp=2 * fact.metric)
    when = _when(place) or (f" in the median of {fact.n_calibrations} scans" if fact.n_calibrations > 1 else "")
    where = f", {_channel_words(fact.channels)}" if fact.channels else ""
    return _finding(block, place, sentence=f"{_place(place)}: {words.replace('@', when + where)}", channels=fact.channels,
                    reference=fact.level_k)


# @ stands for when and in which channels.
_SPECTRAL = {
    "invalid_channels": "{metric:.0%} of the channels of {name} have no value@; limit {limit:.0%}",
    "roughness": "the noise of {name} from channel to channel@ is {metric:.2g} times the array median; limit {limit:.2g}",
    "swapped": "X and Y of {name} look exchanged@: turned round they agree with the antenna's other scans and basebands, by {metric:.2g};"
               " limit {limit:.2g}",
    "slope": "{name} leans and ripples over the baseband@ {metric:.2g} times as much as the array's do; limit {limit:.2g}",
    "shape": "{name} is {metric:.0%} off the array's spectrum in the mean@; limit {limit:.0%}",
    "bump": "{name} has a bump of {metric:.0%} at {ghz:.2f} GHz@, against the array; limit {limit:.0%}",
    "edge": "{name} is {metric:.0%} too high next to the band edge@, against the array; limit {limit:.0%}",
    "birdie": "{name} stands out by {metric:.0%} at {ghz:.3f} GHz@; limit {limit:.0%}",
    "teeth": "{name} has teeth of period {mhz:.0f} MHz and amplitude {metric:.1%}@; limit {limit:.1%}",
    "ripple": "{name} has a ripple of period {mhz:.0f} MHz and amplitude {metric:.1%}@; limit {limit:.1%}",
    "platform": "{name} has steps of {metric:.1%} between stretches of 58.6 MHz@; limit {limit:.1%}",
}


def _channel_words(channels: tuple[int, ...]) -> str:
    pairs = list(zip(channels[::2], channels[1::2], strict=True))
    listed = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in pairs[:3])
    return f"channels {listed}{' and more' if len(pairs) > 3 else ''}"


def _place(fact: ScalarFact | Finding) -> str:
    parts = [fact.antenna_name, fact.baseband_name, fact.polarisation]
    return " ".join(part for part in parts if part) or "The array"


def _when(fact: ScalarFact | Finding) -> str:
    if fact.scan_number is not None:
        return f" in scan {fact.scan_number}"
    return f" in {fact.cal_data_id}" if fact.cal_data_id else ""


def _sentence(block: Block, fact: ScalarFact) -> str:
    place, when = _place(fact), _when(fact)
    name = _NAMES.get(fact.quantity or "", fact.quantity or "")
    metric, limit = fact.metric or 0.0, fact.limit_value or 0.0
    against = f"is {metric:.3g} times" if metric else "is"
    end = f"; limit {limit:.3g}"
    match fact.rule_id:
        case "trec_level" | "tsys_level":
            reference = "the array median" if (fact.n_of or 0) > 2 else f"what is typical of band {fact.receiver_band}"
            return f"{place}: {name} {fact.value:.0f} K{when} {against} {reference} ({fact.reference:.0f} K){end}"
        case "trec_specification":
            return f"{place}: Trx {fact.value:.0f} K {against} the specification of band {fact.receiver_band} ({fact.reference:.0f} K){end}"
        case "polarisation_ratio":
            other = "Y" if fact.polarisation == "X" else "X"
            which = f"Trx {fact.value:.0f} K" if fact.polarisation else "Trx of one polarisation"
            than = f"that of {other} ({fact.reference:.0f} K)" if fact.polarisation else "that of the other, one cannot tell which is off"
            return f"{place}: {which} {against} {than}, in terms of the array's ratio of the two{end}"
        case "baseband_ratio":
            return (f"{place}: Trx {fact.value:.0f} K {against} the median of its basebands ({fact.reference:.0f} K), in terms of the"
                    f" array's{end}")
        case "trec_jump" | "tsys_jump":
            return (f"{place}: {name} {fact.value:.0f} K{when} {against} that of the other scans ({fact.reference:.0f} K), the array's"
                    f" change taken out{end}")
        case "trec_scatter":
            return f"{place}: Trx {fact.value:.0f} K scatters by {metric:.1%} from scan to scan; limit {limit:.1%}"
        case "array_trec" | "array_tsys":
            what = "no antenna's fault: the sky changed" if fact.rule_id == "array_tsys" else "the loads or the tuning, no single antenna"
            return f"The array: {name} of all antennas{when} {against} that of the other scans; {what}{end}"
        case "water":
            reference = "the array" if not block.n_antennas or block.n_antennas > 2 else "the radiometers"
            return (f"{place}: water {_mm(fact.value)}{when or ' in the median of its scans'} {against} that of {reference}"
                    f" ({_mm(fact.reference)}){end}")
        case "radiometer":
            return f"{place}: the water of its radiometer, {_mm(fact.value)}, {against} that of the array ({_mm(fact.reference)}){end}"
        case "water_radiometer":
            return (f"The array: water {_mm(fact.value)} of the atmosphere calibrations {against} that of the radiometers"
                    f" ({_mm(fact.reference)}){end}")
        case "tau":
            return f"{place}: the opacity {against} that of the array{end}"
        case "invalid_value":
            return f"{place}: {_invalid_name(fact)}{when} has no valid value ({(fact.words or '').replace('_', ' ')})"
        case "no_calibration":
            return "There is no atmosphere calibration: nothing can be said of Trx and Tsys"
        case "missing_antenna":
            return f"{place} is in the array and has no atmosphere calibration"
        case "missing_baseband":
            return f"{fact.baseband_name} has no atmosphere calibration{when}, the other basebands have"
        case "missing_calibration":
            return f"{place} has no atmosphere calibration{when}, other antennas have"
        case "missing_scan":
            return f"Scan {fact.scan_number} is an atmosphere calibration without any result"
        case "tsys_age":
            return (f"Target scan {fact.scan_number} is {metric:.0f} min from the nearest Tsys scan{end} min"
                    f" ({fact.n_of} target scan{'s' if fact.n_of != 1 else ''} beyond it)")
        case "missing_intent":
            return f"No scan has the intent {fact.words}"
        case "no_last_phase":
            return f"No scan calibrates the phase after the last target scan ({fact.scan_number})"
        case "wind":
            return f"The wind reached {metric:.1f} m/s{end} m/s"
    raise AssertionError(fact.rule_id)


def _invalid_name(fact: ScalarFact) -> str:
    return "Trx or Tsys" if fact.quantity == "trec" else _NAMES.get(fact.quantity or "", fact.quantity or "")


def _mm(water_m: float | None) -> str:
    return f"{(water_m or 0.0) * 1e3:.2f} mm"


# --- folding ------------------------------------------------------------------------------------------------------------------

def fold(block: Block, findings: Sequence[Finding], limits: Limits) -> list[Finding]:
    """The same findings with their causes, and a finding for each cause that is not one of them."""
    notes = [finding for finding in findings if finding.severity is Severity.INFO]
    others = [finding for finding in findings if finding.severity is not Severity.INFO]
    of_array, left = _array_groups(block, others, limits)
    groups = [*of_array, *_antenna_groups(block, left), *_note_groups(notes)]
    taken = {finding.finding_id for finding in findings}
    folded = []
    for place, members in groups:
        folded += _under_one(block, place, members, taken)
    return sorted(folded, key=_line_order)


def _line_order(finding: Finding) -> tuple[object, ...]:
    worst_first = {Severity.SEVERE: 0, Severity.WARNING: 1, Severity.INFO: 2}
    return worst_first[finding.severity], finding.cause_id is not None, _ORDER.get(finding.rule_id, 99), finding.finding_id


_Place = dict[str, object]
_Group = tuple[_Place, list[Finding]]


def _array_groups(block: Block, findings: Sequence[Finding], limits: Limits) -> tuple[list[_Group], list[Finding]]:
    """Findings that so many antennas share that the scan, or the array, is their cause; and the others."""
    shared: dict[tuple[object, ...], set[str]] = {}
    for finding in findings:
        if finding.antenna_name:
            shared.setdefault(_shared_key(finding), set()).add(finding.antenna_name)
    least, fraction = limits["folding.least"], limits["folding.fraction"]
    everyone = max(len({antenna for setup in block.setups for antenna in setup.antennas}), 2)
    wide = {key for key, names in shared.items() if len(names) >= min(max(least, fraction * block.n_antennas), everyone)}
    members: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        if finding.antenna_name and _shared_key(finding) in wide:
            members.setdefault((finding.rule_id, finding.receiver_band, finding.quantity), []).append(finding)
    groups = [group for (_, band, _), found in members.items() for group in _by_calibration(block, band, found)]
    inside = {finding.finding_id for _, found in groups for finding in found}
    return groups, [finding for finding in findings if finding.finding_id not in inside]


def _shared_key(finding: Finding) -> tuple[object, ...]:
    return finding.rule_id, finding.receiver_band, finding.baseband_name, finding.cal_data_id, finding.quantity


def _by_calibration(block: Block, band: object, found: list[Finding]) -> list[_Group]:
    """One group where all calibrations are concerned, or none in particular; else one for each."""
    setup = block.setup(band if isinstance(band, int) else None)
    calibrations = {finding.cal_data_id for finding in found}
    common = {"receiver_band": band, "baseband_name": _only(finding.baseband_name for finding in found)}
    if None in calibrations or (setup and len(setup.scans) > 1 and calibrations >= set(setup.scans)):
        return [(common, found)]
    return [({**common, "cal_data_id": one, "scan_number": _only(finding.scan_number for finding in found if finding.cal_data_id == one)},
             [finding for finding in found if finding.cal_data_id == one]) for one in sorted(filter(None, calibrations))]


def _only(values: Iterable[object]) -> object:
    """The value that all have; None if they differ."""
    seen = set(values)
    return seen.pop() if len(seen) == 1 else None


def _antenna_groups(block: Block, findings: Sequence[Finding]) -> list[_Group]:
    topics: dict[tuple[object, ...], list[Finding]] = {}
    groups: list[_Group] = []
    for finding in findings:
        if finding.antenna_name is None:
            groups.append((_place_of(finding), [finding]))
            continue
        topic = _TOPICS.get(finding.rule_id, "water" if finding.quantity in ("water", "tau") else "receiver")
        topics.setdefault((finding.antenna_name, topic, finding.receiver_band), []).append(finding)
    for (antenna, _, band), members in topics.items():
        setup = block.setup(band if isinstance(band, int) else None)
        groups += [({"receiver_band": band, "antenna_name": antenna, **place}, found) for place, found in _lines(setup, members)]
    return groups


def _place_of(finding: Finding) -> _Place:
    names = ("receiver_band", "antenna_name", "baseband_name", "polarisation", "cal_data_id", "scan_number")
    return {name: getattr(finding, name) for name in names}


def _lines(setup: Setup | None, members: list[Finding]) -> Iterator[tuple[_Place, list[Finding]]]:
    """The fewest places of one antenna that cover its findings: the antenna, a polarisation, a baseband, or one of each."""
    basebands = setup.basebands if setup else ()
    polarisations = setup.polarisations if setup else ()
    named = {finding.baseband_name for finding in members if finding.polarisation}
    hit = {(baseband, polarisation) for finding in members for baseband in _all_or(finding.baseband_name, basebands)
           for polarisation in _all_or(finding.polarisation, polarisations) if finding.polarisation or finding.baseband_name not in named}
    everything = {(baseband, polarisation) for baseband in basebands for polarisation in polarisations}
    if not hit or hit >= everything:
        yield _with_calibration({}, members), members
        return
    left = list(members)
    places: list[tuple[_Place, set[tuple[str, str]]]] = []
    places += [({"polarisation": one}, {(baseband, one) for baseband in basebands}) for one in polarisations]
    places += [({"baseband_name": one}, {(one, polarisation) for polarisation in polarisations}) for one in basebands]
    places += [({"baseband_name": baseband, "polarisation": one}, {(baseband, one)}) for baseband, one in sorted(hit)]
    for place, cells in places:
        if cells <= hit:
            taken = [finding for finding in left if _is_inside(finding, place)]
            left = [finding for finding in left if finding not in taken]
            if taken:
                yield _with_calibration(place, taken), taken
    if left:
        yield _with_calibration({}, left), left


def _all_or(name: str | None, names: Sequence[str]) -> Sequence[str]:
    return names if name is None else (name,)


def _is_inside(finding: Finding, place: _Place) -> bool:
    """Whether a finding belongs to a place; one that does not know its polarisation belongs to any."""
    baseband, polarisation = place.get("baseband_name"), place.get("polarisation")
    return (baseband is None or finding.baseband_name == baseband) and (
        polarisation is None or finding.polarisation in (polarisation, None))


def _with_calibration(place: _Place, members: Sequence[Finding]) -> _Place:
    """The place, and the scan where all members are of one."""
    calibration = _only(finding.cal_data_id for finding in members)
    scan = _only(finding.scan_number for finding in members)
    return {**place, "cal_data_id": calibration, "scan_number": scan if calibration is not None or len(members) == 1 else None}


def _note_groups(notes: Sequence[Finding]) -> list[_Group]:
    """Notes of one rule about antennas are one line."""
    kinds: dict[tuple[object, ...], list[Finding]] = {}
    for finding in notes:
        key = (finding.rule_id, finding.receiver_band, None if finding.antenna_name else finding.finding_id)
        kinds.setdefault(key, []).append(finding)
    return [({"receiver_band": band}, found) if len(found) > 1 else (_place_of(found[0]), found) for (_, band, _), found in kinds.items()]


def _under_one(block: Block, place: _Place, members: list[Finding], taken: set[str]) -> list[Finding]:
    """The members under one head: one of them if it has this very place, else a finding of its own."""
    if len(members) == 1:
        return members
    ordered = sorted(members, key=_strength)
    first = ordered[0]
    worst = next(severity for severity in (Severity.SEVERE, Severity.WARNING, Severity.INFO)
                 if any(finding.severity is severity for finding in members))
    wide = replace(
        first, **dict.fromkeys(_place_of(first)), channels=_only(finding.channels for finding in members))  # type: ignore[arg-type]
    head = replace(wide, **place)  # type: ignore[arg-type]
    head = replace(head, finding_id=finding_id(head), severity=worst, n_parts=len(members))
    same = next((finding for finding in members if finding.finding_id == head.finding_id), None)
    if same:
        head = replace(same, severity=worst, n_parts=len(members) - 1, sentence=f"{same.sentence}{_also(members, same)}")
    else:
        if head.finding_id in taken:  # another line has this name already: its rule there is this one's first
            head = replace(head, finding_id=f"{head.finding_id}|{first.finding_id}")
        head = replace(head, sentence=_head_sentence(block, head, members, first))
    taken.add(head.finding_id)
    return [head, *(replace(finding, cause_id=head.finding_id) for finding in members if finding is not same)]


def _strength(finding: Finding) -> tuple[object, ...]:
    """Worst and plainest first: by severity, rule, what lasts, then by how far beyond its limit it is."""
    beyond = 0.0
    if finding.metric and finding.limit_value and finding.metric > 0 and finding.limit_value > 0:
        beyond = -abs(log(finding.metric / finding.limit_value))
    return (finding.severity is not Severity.SEVERE, _ORDER.get(finding.rule_id, 99), finding.cal_data_id is not None, beyond,
            finding.finding_id)


def _head_sentence(block: Block, head: Finding, members: Sequence[Finding], first: Finding) -> str:
    antennas = {finding.antenna_name for finding in members if finding.antenna_name}
    of_array = f"{len(antennas)} of {block.n_antennas} antennas"
    who = _place(head) if head.antenna_name else " ".join(filter(None, [of_array, head.baseband_name]))
    scans = {finding.scan_number for finding in members if finding.scan_number is not None}
    where = []
    basebands = {finding.baseband_name for finding in members if finding.baseband_name}
    if head.baseband_name is None and len(basebands) > 1:
        where.append(f"{len(basebands)} basebands")
    if head.scan_number is None and len(scans) > 1:
        where.append(f"{len(scans)} scans")
    begin = f"{who}{_when(head)}: {len(members)} findings{' in ' + ' and '.join(where) if where else ''}"
    return f"{begin}, first {first.sentence}{_also(members, first)}"


def _also(members: Sequence[Finding], first: Finding) -> str:
    """The other rules that found something, and how often."""
    counts = Counter(finding.rule_id for finding in members if finding.rule_id != first.rule_id)
    words = ", ".join(f"{rule_id.replace('_', ' ')} ({count})" for rule_id, count in counts.most_common(4))
    return f"; also {words}" if words else ""

