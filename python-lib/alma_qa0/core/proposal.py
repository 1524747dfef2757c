"""The states of QA0 with the observatory's reason codes, and the state that the findings of an Execution Block suggest.

States, codes and which go together: the observatory's QA0 page (AQUA, 2020). The ExecBlock's own status is another field and decides
nothing: real EBs failed and passed QA0, others succeeded and did not pass. The public sources give no numbers for a state; the limits
are ours. A fault of single antennas lowers no state: such data are flagged, and EBs with them passed. Nor does an array that is smaller
than nominal, which AQUA warns of: the execution fraction counts it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from types import MappingProxyType

from alma_qa0.core.array_size import lacking, n_baselines, unusable_at_all
from alma_qa0.core.execution_fraction import ExecutionFraction
from alma_qa0.core.findings import Finding, Severity
from alma_qa0.core.rules import DEFAULTS, Limits
from alma_qa0.core.words import named, told_apart

RULE_ID = "proposal"


class Status(Enum):
    UNSET = "Unset"
    PENDING = "Pending"
    PASS = "Pass"  # noqa: S105 - a state of QA0, no password
    SEMIPASS = "SemiPass"
    FAIL = "Fail"


class Reason(Enum):
    """The codes as the observatory writes them."""

    FLUX_CAL = "FLUX_CAL"
    CORRECT_ANT_POS = "CORRECT_ANT_POS"
    OTHER = "OTHER"
    QA0_ARRAY = "QA0_ARRAY"
    QA0_CORR = "QA0_CORR"
    QA0_AOD = "QA0_AOD"
    QA0_P2G = "QA0_P2G"
    QA0_AMPPHASE = "QA0_AMPPHASE"
    QA0_CALIBRATOR = "QA0_CALIBRATOR"
    QA0_FLUX = "QA0_FLUX"
    QA0_SCHED = "QA0_SCHED"
    QA0_WEATHER = "QA0_WEATHER"
    QA2_CORR = "QA2_CORR"
    QA2_ARRAY = "QA2_ARRAY"
    QA2_AMPPHASE = "QA2_AMPPHASE"
    QA2_TPOFF = "QA2_TPOFF"
    QA2_CALIBRATOR = "QA2_CALIBRATOR"
    QA2_SCHED = "QA2_SCHED"
    QA2_DATA = "QA2_DATA"


_PENDING = (Reason.FLUX_CAL, Reason.CORRECT_ANT_POS, Reason.OTHER)
_NOT_PASSED = tuple(reason for reason in Reason if reason not in _PENDING)
REASONS: Mapping[Status, tuple[Reason, ...]] = MappingProxyType({
    Status.UNSET: (), Status.PENDING: _PENDING, Status.PASS: (), Status.SEMIPASS: _NOT_PASSED, Status.FAIL: _NOT_PASSED,
})

# The code of each rule that is not one of the array. The observatory does not say what the codes mean: this is how we read them.
REASON_OF_RULE: Mapping[str, Reason] = MappingProxyType({
    **dict.fromkeys(("array_tsys", "water", "radiometer", "water_radiometer", "tau", "weather", "wind"), Reason.QA0_WEATHER),
    **dict.fromkeys(("invalid_channels", "missing_baseband", "platform"), Reason.QA0_CORR),
    **dict.fromkeys(("no_calibration", "missing_scan", "tsys_age", "missing_intent"), Reason.QA0_CALIBRATOR),
    "no_last_phase": Reason.QA0_AMPPHASE,
})


@dataclass(frozen=True, slots=True)
class ProposalLimits:
    """From where on a state is lowered: the limits ``proposal.*`` of core/rules.py, which says what each means."""

    least_baseline_fraction: float
    most_lost_calibrations: float
    least_execution_fraction: float


@dataclass(frozen=True, slots=True)
class BlockFacts:
    """What a proposal needs to know of an EB beside its findings; None where it is not known.

    ``unusable`` names, for each polarisation, the antennas that are not usable in it (core/array_size.py says when they are).
    """

    n_antennas: int
    n_usable_antennas: int
    nominal_antennas: int | None
    n_calibrations: int
    total_power: bool = False
    n_targets: int | None = None
    execution_fraction: ExecutionFraction | None = None
    aborted: bool | None = None
    unusable: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A state and why. ``because`` are the ids of the findings that led to it; the sentences are for the astronomer."""

    status: Status
    reasons: tuple[Reason, ...]
    because: tuple[str, ...]
    sentence: str
    what_would_change_it: str


@dataclass(frozen=True, slots=True)
class _Ground:
    """One thing that speaks against Pass, and without what it would not."""

    status: Status
    reason: Reason
    because: tuple[str, ...]
    sentence: str
    remedy: str


NOT_EVALUATED = Proposal(Status.UNSET, (), (), "Not judged yet.", "An evaluation: refresh the findings of this Execution Block.")

_WORST_FIRST = (Status.FAIL, Status.SEMIPASS, Status.PENDING)


def proposal_limits(limits: Limits = DEFAULTS) -> ProposalLimits:
    """Those of the proposal among all limits; the default of one that is not there, as in evaluations of earlier versions."""
    names = (one.name for one in fields(ProposalLimits))
    return ProposalLimits(**{name: limits.get(key := f"{RULE_ID}.{name}", DEFAULTS[key]) for name in names})


def propose(findings: Sequence[Finding], facts: BlockFacts, limits: ProposalLimits | None = None) -> Proposal:
    """The state that the findings suggest; the astronomer decides. Findings folded under another count with it."""
    limits = limits or proposal_limits()
    own = [finding for finding in findings if finding.cause_id is None]
    severe = [finding for finding in own if finding.severity is Severity.SEVERE]
    if facts.n_calibrations == 0:
        grounds = [_nothing_to_judge_by(own)]
    else:
        grounds = [*_array_grounds(severe, facts, limits), *_block_grounds(severe), *_calibration_grounds(severe, facts, limits),
                   *_target_grounds(own, facts), *_execution_fraction_grounds(facts, limits)]
    proposal = _lowered(grounds) if grounds else _passed(own, facts, limits)
    return replace(proposal, sentence=f"{proposal.sentence} The ExecBlock says aborted: another field.") if facts.aborted else proposal


def reason_of(finding: Finding) -> Reason:
    """The code under which a finding about the whole array would lower the state: by its rule."""
    return REASON_OF_RULE.get(finding.rule_id, Reason.QA0_ARRAY)


def needed_antennas(facts: BlockFacts, limits: ProposalLimits) -> int:
    """The fewest antennas, usable in all polarisations, with which the size of the array does not speak against Pass."""
    own = max(facts.n_antennas, 1)
    least = limits.least_baseline_fraction * _size(own, facts)
    return next(n for n in range(1, own + 1) if _size(n, facts) >= least)


# --- what speaks against Pass ------------------------------------------------------------------------------------------------

def _nothing_to_judge_by(own: Iterable[Finding]) -> _Ground:
    because = tuple(finding.finding_id for finding in own if _is_of_the_block(finding))
    return _Ground(Status.PENDING, Reason.OTHER, because, "there is no atmosphere calibration to judge by", "atmosphere calibrations")


def _array_grounds(severe: Sequence[Finding], facts: BlockFacts, limits: ProposalLimits) -> Iterator[_Ground]:
    because = tuple(finding.finding_id for finding in severe if finding.antenna_name is not None)
    fraction, least = _usable_fraction(facts), limits.least_baseline_fraction
    if facts.n_usable_antennas == 0:
        yield _Ground(Status.FAIL, Reason.QA0_ARRAY, because, f"none of {facts.n_antennas} antennas can be used", "usable antennas")
    elif fraction < least:
        words, limit = told_apart(fraction, least, "%", 0)
        needed = f"{needed_antennas(facts, limits)} usable antennas{', in both polarisations' if lacking(facts.unusable) else ''}"
        yield _Ground(Status.SEMIPASS, Reason.QA0_ARRAY, because,
                      f"{_usable(facts)}: {words} of {_own_size(facts)}; limit {limit}, with {needed}", needed)


def _block_grounds(severe: Iterable[Finding]) -> Iterator[_Ground]:
    for finding in severe:
        if _is_of_the_block(finding):
            yield _ground([finding], finding.sentence.rstrip("."), f"no {finding.finding_id}")


def _calibration_grounds(severe: Iterable[Finding], facts: BlockFacts, limits: ProposalLimits) -> Iterator[_Ground]:
    found = [finding for finding in severe if finding.antenna_name is None and not _is_of_the_block(finding)]
    lost = {finding.cal_data_id or finding.scan_number for finding in found}
    most = int(limits.most_lost_calibrations * facts.n_calibrations)
    if len(lost) > most:
        scans = sorted({finding.scan_number for finding in found if finding.scan_number is not None})
        where = f" (scan{'s' if len(scans) > 1 else ''} {', '.join(map(str, scans))})" if scans else ""
        words = f"severe findings about the whole array in {len(lost)} of {facts.n_calibrations} calibrations{where}; limit {most}"
        yield _ground(found, words, f"{most} such calibrations or fewer")


def _target_grounds(own: Iterable[Finding], facts: BlockFacts) -> Iterator[_Ground]:
    if facts.n_targets == 0:
        because = tuple(finding.finding_id for finding in own if finding.rule_id == "missing_intent")
        yield _Ground(Status.SEMIPASS, Reason.QA0_SCHED, because, "there is no scan of a target", "a scan of the target")


def _execution_fraction_grounds(facts: BlockFacts, limits: ProposalLimits) -> Iterator[_Ground]:
    fraction = facts.execution_fraction
    if fraction is None or fraction.uncapped is None or fraction.uncapped >= limits.least_execution_fraction:
        return
    factors = (
        (fraction.tsys_factor, Reason.QA0_WEATHER), (fraction.antenna_factor, Reason.QA0_ARRAY), (fraction.time_factor, Reason.QA0_SCHED))
    reason = min(factors, key=lambda factor: factor[0] or 0)[1]
    words, limit = told_apart(fraction.value, limits.least_execution_fraction, "f")
    yield _Ground(Status.SEMIPASS, reason, (), f"execution fraction {words}; limit {limit}",
                  f"an execution fraction of {limits.least_execution_fraction:g}")


def _ground(found: Sequence[Finding], sentence: str, remedy: str) -> _Ground:
    """With the reason of most of the findings."""
    reasons = [reason_of(finding) for finding in found]
    reason = max(dict.fromkeys(reasons), key=reasons.count)
    status = Status.PENDING if reason in REASONS[Status.PENDING] else Status.SEMIPASS
    return _Ground(status, reason, tuple(finding.finding_id for finding in found), sentence, remedy)


def _is_of_the_block(finding: Finding) -> bool:
    return finding.antenna_name is None and finding.cal_data_id is None and finding.scan_number is None


# --- the proposal in words ---------------------------------------------------------------------------------------------------

def _lowered(grounds: Sequence[_Ground]) -> Proposal:
    status = next(worst for worst in _WORST_FIRST if any(ground.status is worst for ground in grounds))
    given = {ground.reason for ground in grounds}
    because = dict.fromkeys(finding_id for ground in grounds for finding_id in ground.because)
    return Proposal(
        status, tuple(reason for reason in REASONS[status] if reason in given), tuple(because),
        f"{status.value}: {'; '.join(ground.sentence for ground in grounds)}.",
        f"Pass with {' and '.join(ground.remedy for ground in grounds)}.")


def _passed(own: Sequence[Finding], facts: BlockFacts, limits: ProposalLimits) -> Proposal:
    notable = [finding for finding in own if finding.severity is not Severity.INFO]
    antennas = sorted({finding.antenna_name for finding in notable if finding.antenna_name is not None})
    of_antennas = f" Single antennas to look at: {', '.join(antennas)}." if antennas else ""
    change = (f"SemiPass with fewer than {needed_antennas(facts, limits)} usable antennas, with a severe finding about the whole Execution"
              f" Block, with one about the whole array in more than {limits.most_lost_calibrations:.0%} of the calibrations, or with an"
              f" execution fraction below {limits.least_execution_fraction:g}.")
    return Proposal(
        Status.PASS, (), tuple(finding.finding_id for finding in notable),
        f"Pass: {_usable(facts)}. Nothing severe about the array or the Execution Block as a whole.{of_antennas}", change)


def _usable(facts: BlockFacts) -> str:
    """How many antennas can be used, which cannot, and which can in one polarisation only."""
    nominal = facts.nominal_antennas or 0
    small = f" (nominal {nominal})" if facts.n_usable_antennas < nominal else ""
    lost = unusable_at_all(facts.unusable)
    without = f", not {', '.join(lost)}" if lost else ""
    in_part = "".join(f"; {named(antennas)} without {polarisation}" for polarisation, antennas in lacking(facts.unusable).items())
    return f"{facts.n_usable_antennas} of {facts.n_antennas} antennas can be used{small}{without}{in_part}"


def _usable_fraction(facts: BlockFacts) -> float:
    """Usable baselines over those of the array, each polarisation counted by itself; of total power antennas."""
    lost = [len(antennas) for antennas in lacking(facts.unusable).values()]
    both = [0] * (max(len(facts.unusable), 1) - len(lost))
    usable = [_size(facts.n_usable_antennas - n, facts) for n in (*lost, *both)]
    return sum(usable) / len(usable) / _size(facts.n_antennas, facts) if _size(facts.n_antennas, facts) else 1.0


def _own_size(facts: BlockFacts) -> str:
    each = " in each polarisation" if lacking(facts.unusable) else ""
    return f"{_size(facts.n_antennas, facts)} {'antennas' if facts.total_power else 'baselines'}{each}"


def _size(n_antennas: int, facts: BlockFacts) -> int:
    return n_antennas if facts.total_power else n_baselines(n_antennas)


