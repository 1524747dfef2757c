"""The folding of findings, by which one cause makes one line."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import log

from alma_qa0.core.findings import Finding, Severity, finding_id
from alma_qa0.core.rules import Limits
from alma_qa0.core.sentences import place_words, when_words
from alma_qa0.core.setups import Block, Setup
from alma_qa0.core.words import named

_ORDER = {rule_id: place for place, rule_id in enumerate((
    "no_calibration", "missing_antenna", "missing_scan", "missing_baseband", "missing_calibration", "invalid_value", "invalid_channels",
    "array_trec", "trec_jump", "trec_level", "tsys_level", "swapped", "polarisation_ratio", "baseband_ratio", "tsys_jump",
    "tsys_without_trec", "trec_scatter",
    "edge", "bump", "teeth", "roughness", "ripple", "slope", "platform", "shape", "birdie", "water", "radiometer", "tau"))}
_TOPICS = {"water": "water", "radiometer": "water", "tau": "water", "missing_calibration": "missing", "missing_antenna": "missing"}

_Place = dict[str, object]
_Group = tuple[_Place, list[Finding]]


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
    return worst_first[finding.severity], finding.cause_id is not None, _ORDER.get(finding.rule_id, 99), _by_scan(finding)


def _by_scan(finding: Finding) -> tuple[object, ...]:
    """By the number of the scan: as texts, CalData_10 would go before CalData_9."""
    number = finding.scan_number if finding.scan_number is not None else -1
    calibration = finding.cal_data_id or ""
    return number, len(calibration), calibration, finding.finding_id


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
    head = replace(head, finding_id=finding_id(head), severity=worst, n_parts=len(members), antenna_names=_antennas_of(head, members))
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
            *_by_scan(finding))


def _antennas_of(head: Finding, members: Sequence[Finding]) -> tuple[str, ...] | None:
    """The antennas of a head that is about several."""
    return None if head.antenna_name else tuple(sorted({finding.antenna_name for finding in members if finding.antenna_name})) or None


def _head_sentence(block: Block, head: Finding, members: Sequence[Finding], first: Finding) -> str:
    antennas = head.antenna_names or ()
    names = named(antennas, {antenna for setup in block.setups for antenna in setup.antennas} | set(antennas))
    which = names if names != "all" else "all calibrated ones" if len(antennas) < block.n_antennas else ""
    of_array = f"{len(antennas)} of {block.n_antennas} antennas{f' ({which})' if which else ''}"
    who = place_words(head) if head.antenna_name else " ".join(filter(None, [of_array, head.baseband_name]))
    scans = {finding.scan_number for finding in members if finding.scan_number is not None}
    where = []
    basebands = {finding.baseband_name for finding in members if finding.baseband_name}
    if head.baseband_name is None and len(basebands) > 1:
        where.append(f"{len(basebands)} basebands")
    if head.scan_number is None and len(scans) > 1:
        where.append(f"{len(scans)} scans")
    begin = f"{who}{when_words(head)}: {len(members)} findings{' in ' + ' and '.join(where) if where else ''}"
    return f"{begin}, {'worst' if first.metric else 'first'} {first.sentence}{_also(members, first)}"


def _also(members: Sequence[Finding], first: Finding) -> str:
    """The other rules that found something, and how often."""
    counts = Counter(finding.rule_id for finding in members if finding.rule_id != first.rule_id)
    words = ", ".join(f"{rule_id.replace('_', ' ')} ({count})" for rule_id, count in counts.most_common(4))
    return f"; also {words}" if words else ""
