"""What QA0 asks of an Execution Block: every rule with its question, formula, limits, basis and source.

``docs/rules.md`` is written from here, and every limit that the facts, of SQL or of core, use comes from here. Where the observatory has
published no number the limit is ours and says so; each can be set to another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType

from alma_qa0.core.array_size import USABLE_ANTENNA, USABLE_BASELINE, USABLE_POLARISATION
from alma_qa0.core.findings import Basis, Severity
from alma_qa0.errors import BadSetting


@dataclass(frozen=True, slots=True)
class Limit:
    """One number of a rule that can be set. ``unit`` None: a ratio, a fraction or a count."""

    name: str
    default: float
    unit: str | None
    meaning: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One question. ``severity`` is that of a finding that stands for itself, unless the limits say otherwise."""

    id: str
    question: str
    formula: str
    limits: tuple[Limit, ...]
    severity: Severity
    basis: Basis
    source: str


_S, _B = Severity, Basis
_OURS = "own"
_PIPELINE = "ALMA pipeline, hifa_tsysflag"
_AQUA = "AQUA"
_SPREAD = "standard deviations of the array, from its median absolute deviation, that the limit is at least"

RULES: tuple[Rule, ...] = (
    # --- values that are none ---
    Rule("invalid_value", "Has every calibration a Trx and a Tsys?",
         "scalar Trx, Tsys, Tatm, tau or water that is -1, 0, negative or not finite, or water of exactly 1 m",
         (), _S.SEVERE, _B.PUBLIC_CRITERION, "conventions of AQUA and the ALMA pipeline"),
    Rule("invalid_channels", "Has the spectrum values where the band is open?",
         "channels without a value over channels, band edges left out",
         (Limit("fraction", 0.05, None, "of the channels may be missing"),), _S.WARNING, _B.PUBLIC_CRITERION,
         "ALMA pipeline: score of newly flagged data, 1 up to 0.05"),
    # --- levels ---
    Rule("trec_level", "Is Trx that of the array?",
         "Trx over the median of the array in that scan, baseband and polarisation; in an array of one or two antennas over the typical Trx"
         " of the receiver band",
         (Limit("high", 2.0, None, "times the reference is too high"), Limit("low", 0.5, None, "times the reference is too low"),
          Limit("severe", 4.0, None, "times the reference, or its inverse, is severe")),
         _S.WARNING, _B.ARRAY_MEDIAN, f"{_PIPELINE} (nmedian 2.0); the lower limit is the pipeline's for gains (lowgainflag 0.5)"),
    Rule("tsys_level", "Is Tsys that of the array?",
         "Tsys over the median of the array in that scan, baseband and polarisation; arrays of three antennas or more",
         (Limit("high", 2.0, None, "times the median is too high"), Limit("low", 0.5, None, "times the median is too low"),
          Limit("severe", 4.0, None, "times the median, or its inverse, is severe")),
         _S.WARNING, _B.ARRAY_MEDIAN, f"{_PIPELINE} (nmedian 2.0)"),
    Rule("trec_specification", "Is Trx within the receiver's specification?",
         "median over calibrations of Trx, over the specification for 80 % of the band (double sideband in bands 9 and 10)",
         (Limit("ratio", 1.0, None, "times the specification is noted"),
          Limit("warning", 2.5, None, "times the specification is a warning")),
         _S.INFO, _B.SPECIFICATION, "specifications as published; AQUA flags Trx above specification; the factor of a warning is own"),
    Rule("polarisation_ratio", "Do X and Y agree?",
         "Trx of X over that of Y, over the median of the array and of one antenna of ratio 1: the median over the basebands; and each"
         " baseband over that median",
         (Limit("ratio", 1.28, None, "or its inverse is too much"), Limit("sigmas", 3.3, None, _SPREAD),
          Limit("most", 1.32, None, "is too much whatever the array's spread"),
          Limit("array", 8.0, None, "antennas at least have a spread of their own"),
          Limit("baseband", 1.3, None, "or its inverse is too much for a baseband against the others of its antenna"),
          Limit("ambiguous", 0.22, None, "is the difference between the logarithms of how far X and Y are from the array below which one"
                                         " cannot tell which is off")),
         _S.WARNING, _B.ARRAY_MEDIAN,
         "own: the two receivers of an antenna lie within a tenth or so of each other, and a chronic antenna is high in both"),
    Rule("swapped", "Are X and Y where they belong?",
         "ln(X/Y) of Trx over frequency: in a scan, its distance from that of the other scans while turned round it agrees with them;"
         " of a baseband, by how many standard deviations of the array turning it round makes the basebands agree better",
         (Limit("scan", 0.07, None, "is too much in a scan"), Limit("sigmas", 5.0, None, "times the array's typical distance at least"),
          Limit("discord", 7.0, None, "standard deviations are too much for a baseband")), _S.WARNING, _B.OWN_PAST,
         "own: X over Y belongs to the receivers, which are the same in all scans and run on from baseband to baseband"),
    Rule("baseband_ratio", "Do the basebands agree?",
         "Trx of a baseband over the median of the same polarisation's basebands, median over calibrations, over the same of the array",
         (Limit("ratio", 1.25, None, "or its inverse is too much"), Limit("sigmas", 5.0, None, _SPREAD),
          Limit("most", 1.4, None, "is too much whatever the array's spread, and in an array of one or two antennas")),
         _S.WARNING, _B.ARRAY_MEDIAN,
         "own: one receiver feeds all basebands, so that a chronic antenna is high in all of them"),
    Rule("trec_jump", "Does Trx stay the same from scan to scan?",
         "Trx over its median over the other calibrations, over the same of the array",
         (Limit("ratio", 1.06, None, "or its inverse is too much"), Limit("sigmas", 6.0, None, _SPREAD)),
         _S.WARNING, _B.OWN_PAST, "ALMA pipeline, sd_qa_utils: 5 sigma by median absolute deviation; the floor is own"),
    Rule("trec_scatter", "Is Trx of an antenna steady?",
         "1.4826 times the median absolute deviation of Trx over calibrations, over its median; four calibrations or more",
         (Limit("fraction", 0.05, None, "is too much"),), _S.WARNING, _B.OWN_PAST,
         "AQUA: HIGH RMS in TRX measurements; its number is not public, this one is own"),
    Rule("tsys_jump", "Does Tsys follow that of the array from scan to scan?",
         "Tsys over its median over the calibrations, over the same of the array; three antennas or more",
         (Limit("ratio", 1.5, None, "or its inverse is too much"), Limit("sigmas", 6.0, None, _SPREAD)),
         _S.WARNING, _B.ARRAY_MEDIAN, _OURS),
    Rule("tsys_without_trec", "Is Tsys right where Trx has no valid value?",
         "Tsys of a calibration without a valid Trx over its median over the antenna's calibrations that have one, over the same of the"
         " array (three antennas or more)",
         (Limit("ratio", 0.8, None, "times that of the other scans is too low"),), _S.WARNING, _B.OWN_PAST,
         "own: what spoils Trx, such as a load out of its place, makes Tsys too low"),
    Rule("array_trec", "Does Trx of the whole array stay the same?",
         "median over the antennas of Trx over its median over the calibrations",
         (Limit("ratio", 1.3, None, "or its inverse is too much"),), _S.WARNING, _B.OWN_PAST, _OURS),
    Rule("array_tsys", "Did the sky change?",
         "median over the antennas of Tsys over its median over the calibrations, while Trx stays",
         (Limit("ratio", 1.5, None, "or its inverse is noted"),), _S.INFO, _B.OWN_PAST, _OURS),
    # --- whole spectra ---
    Rule("roughness", "Is the spectrum as smooth as the others?",
         "noise from channel to channel (second differences), over the median of the array; by itself and by the radiometer equation",
         (Limit("ratio", 1.3, None, "is too much"), Limit("sigmas", 8.0, None, _SPREAD),
          Limit("few", 6.0, None, "over the root of the number of channels, plus 1, is the limit at least: few tell noise badly"),
          Limit("noise", 0.003, None, "of the level is noise too small to matter")),
         _S.WARNING, _B.ARRAY_MEDIAN, f"{_PIPELINE} (derivative: 13 % whatever the channels' width); the limits are own"),
    Rule("slope", "Does the spectrum lean and ripple?",
         "root of the sum of the squares of two: the rise of Trx from the first channel to the last, against the array, over the array's"
         " typical one (1.4826 times the median), and 1.2 times the largest ripple over the array's median",
         (Limit("times", 7.5, None, "the array's is too much, 0.72 of it in arrays of three antennas, 0.8 of four and five"),
          Limit("rise", 0.03, None, "is the least that counts as the typical rise"),
          Limit("ripple", 0.004, None, "is the least that counts as the typical ripple")), _S.WARNING, _B.ARRAY_MEDIAN,
         "own: a bad mixer leans and ripples at once, a receiver in order does a little of either"),
    Rule("shape", "Has the spectrum of Tsys the shape of the others?", "mean of |n - array median of n|, n the spectrum over its level",
         (Limit("size", 0.13, None, "is too much"), Limit("sigmas", 7.0, None, _SPREAD)), _S.WARNING, _B.ARRAY_MEDIAN,
         f"{_PIPELINE} (fieldshape 13 %), held against the array"),
    Rule("bump", "Is there a bump half a GHz wide?",
         "height of the Gaussian of 0.5 GHz that fits best: geometric mean of that beside a parabola and that beside a cubic",
         (Limit("size", 0.096, None, "is too much, 0.72 of it in arrays of three antennas, 0.8 of four and five"),
          Limit("sigmas", 6.0, None, _SPREAD)), _S.WARNING, _B.ARRAY_MEDIAN,
         "own: waves of a receiver, a GHz long, are cut into bumps of up to 8 % by a baseband of 2 GHz"),
    Rule("edge", "Do the filters' edges reach into the band?",
         "mean of the channels 125 to 250 MHz from the end above the line through those further in",
         (Limit("size", 0.08, None, "is too much"), Limit("sigmas", 6.0, None, _SPREAD)), _S.WARNING, _B.ARRAY_MEDIAN,
         f"{_PIPELINE} (edgechans flags them without a limit of length); the limit is own"),
    Rule("birdie", "Does a channel stand out?",
         "height of a channel above its neighbours, over the level; ozone ranges are left out of Tsys",
         (Limit("height", 0.075, None, "is too much"), Limit("diluted", 0.045, None, "is too much in Tsys, where the sky dilutes it"),
          Limit("sigmas", 5.9, None, "times the noise from channel to channel at least"),
          Limit("channels", 0.1, None, "of the channels at most: more are no birdies")),
         _S.WARNING, _B.ARRAY_MEDIAN, f"{_PIPELINE} (birdies 0.15, earlier 0.05)"),
    Rule("teeth", "Are there teeth?",
         "largest amplitude of a short period in the residual; in arrays of fewer than eight antennas Trx against its own course",
         (Limit("amplitude", 0.006, None, "is too much, twice that where channels are so wide that their teeth are longer"),
          Limit("longest_period", 150.0, "MHz", "longer ones are ripple"),
          Limit("sigmas", 5.7, None, "of the noise, and of the array's amplitudes, that the limit is at least")),
         _S.WARNING, _B.ARRAY_MEDIAN, "own, after a case of DV17: 4 channels, 5 % peak to peak"),
    Rule("ripple", "Is there a standing wave?", "largest amplitude of a period in the residual from the array",
         (Limit("size", 0.03, None, "is too much"), Limit("longest_period", 700.0, "MHz", "longer ones are the receiver's shape"),
          Limit("sigmas", 6.0, None, _SPREAD)),
         _S.WARNING, _B.ARRAY_MEDIAN,
         "own: standing waves of 1 or 2 % are every receiver's own"),
    Rule("platform", "Do the correlator's filters show as steps?", "typical step between stretches of 58.6 MHz of a fine spectrum",
         (Limit("step", 0.02, None, "is too much"), Limit("sigmas", 4.0, None, "times the median of the array at least")),
         _S.WARNING, _B.ARRAY_MEDIAN, "ALMA pipeline, subband_qa; there of phases and amplitudes, the limit is own"),
    # --- water and weather ---
    Rule("water", "Do the antennas see the same water?",
         "water of an antenna in a scan (median over basebands and polarisations) over the median of the array, or of CalWVR where fewer"
         " than three antennas have one",
         (Limit("ratio", 1.18, None, "or its inverse is too much"), Limit("sigmas", 7.0, None, _SPREAD),
          Limit("most", 1.21, None, "is too much whatever the array's spread"),
          Limit("single", 1.4, None, "or its inverse is too much in a single scan, or where all scans have clouds")),
         _S.WARNING, _B.ARRAY_MEDIAN, "ALMA pipeline, wvrgcalflag: 10 MAD; the others are own"),
    Rule("radiometer", "Do the radiometers see the same water?",
         "water of an antenna's CalWVR over the median of the array at that time, median over the Execution Block",
         (Limit("ratio", 1.18, None, "or its inverse is too much"), Limit("sigmas", 7.0, None, _SPREAD),
          Limit("most", 1.21, None, "is too much whatever the array's spread")),
         _S.WARNING, _B.ARRAY_MEDIAN, "ALMA pipeline, wvrgcalflag: 10 MAD; the others are own"),
    Rule("water_radiometer", "Does the water of CalAtmosphere agree with CalWVR?", "median of one over the median of the other",
         (Limit("ratio", 1.3, None, "or its inverse is noted"),), _S.INFO, _B.PUBLIC_CRITERION, "AQUA: PWV is that of CalWVR; limit own"),
    Rule("tau", "Does the opacity agree with the array's?",
         "tau of an antenna in a scan and baseband over the median of the array, beyond what its water explains",
         (Limit("ratio", 1.3, None, "or its inverse is too much"),), _S.WARNING, _B.ARRAY_MEDIAN, _OURS),
    Rule("weather", "Is the weather good enough for the band?", "PWV over the upper edge of the octile that the band is scheduled in",
         (Limit("ratio", 1.0, None, "is noted"),), _S.INFO, _B.PUBLIC_CRITERION,
         "PWV octiles and default octile of each band, scheduler of the AoDs"),
    Rule("wind", "Is the wind below the antennas' limit?", "fastest wind of the weather stations during the Execution Block",
         (Limit("speed", 20.0, "m/s", "is too much"),), _S.WARNING, _B.OWN_LIMIT, "own: about where the antennas are stowed"),
    # --- what is not there ---
    Rule("no_calibration", "Is there a Tsys calibration at all?", "rows of CalAtmosphere", (), _S.SEVERE, _B.PUBLIC_CRITERION,
         "AQUA: missing ATMOSPHERE is a warning"),
    Rule("missing_antenna", "Is every antenna of the array calibrated?", "antennas of ExecBlock without a row of CalAtmosphere", (),
         _S.WARNING, _B.OWN_LIMIT, _OURS),
    Rule("missing_baseband", "Has every Tsys scan all basebands?", "basebands of the receiver band without a row in the scan", (),
         _S.WARNING, _B.OWN_LIMIT, _OURS),
    Rule("missing_calibration", "Has every antenna all Tsys scans?", "antenna, scan and baseband without a row though others have one", (),
         _S.WARNING, _B.OWN_LIMIT, _OURS),
    Rule("missing_scan", "Has every Tsys scan a result?", "scans with CALIBRATE_ATMOSPHERE without any row", (),
         _S.WARNING, _B.OWN_LIMIT, _OURS),
    Rule("tsys_age", "Is there a Tsys scan near every target scan?", "minutes from the target scan to the nearest Tsys scan",
         (Limit("minutes", 30.0, "min", "is too long"),), _S.WARNING, _B.OWN_LIMIT, _OURS),
    Rule("missing_intent", "Has the Execution Block all intents?",
         "ATMOSPHERE, BANDPASS, FLUX, PHASE and OBSERVE_TARGET must be there, POINTING is noted; total power: first and last only",
         (), _S.WARNING, _B.PUBLIC_CRITERION, _AQUA),
    Rule("no_last_phase", "Is there a phase calibration after the last target?", "scans with CALIBRATE_PHASE after the last OBSERVE_TARGET",
         (), _S.WARNING, _B.PUBLIC_CRITERION, _AQUA),
    # --- the array ---
    Rule("usable_antennas", "Are enough antennas usable?",
         f"usable antennas over those of the array; {USABLE_POLARISATION}; {USABLE_ANTENNA}",
         (Limit("fraction", 0.667, None, "of the array's own antennas at least"),
          Limit("nominal", 0.8, None, "of the nominal number of antennas: fewer are noted")),
         _S.INFO, _B.PUBLIC_CRITERION, "AQUA: fewer antennas than acceptable for the cycle are a warning; the numbers are own"),
    # --- folding ---
    Rule("folding", "How many antennas may be bad at a time?", "antennas with the same finding in a scan, over those of the array",
         (Limit("fraction", 0.666, None, "or more: it is the scan, not the antennas"), Limit("least", 3.0, None, "antennas at least")),
         _S.WARNING, _B.PUBLIC_CRITERION, f"{_PIPELINE} (toomany, tmf1 0.666)"),
    # --- the proposal: it finds nothing of its own ---
    Rule("proposal", "From where on is a lower state than Pass proposed?",
         f"usable baselines (total power: antennas) over those of the array, in the mean over the polarisations; {USABLE_BASELINE};"
         " calibrations with a severe finding about the whole array over"
         " all calibrations; the execution fraction without its cap",
         (Limit("least_baseline_fraction", 0.5, None, "of the array's own baselines: fewer are a SemiPass"),
          Limit("most_lost_calibrations", 0.5, None, "of the calibrations: more are a SemiPass"),
          Limit("least_execution_fraction", 0.2, None, "as execution fraction: less is a SemiPass")),
         _S.INFO, _B.OWN_LIMIT, "own: real Execution Blocks passed with an execution fraction of 0.38, and did not with 0"),
    Rule("execution_fraction", "How much of what was asked for counts at most?",
         "(Tsys expected / Tsys)^2 x n (n - 1) / (n expected (n expected - 1)) x time on source / time on source expected",
         (Limit("cap", 1.5, None, "is the largest execution fraction"),), _S.INFO, _B.PUBLIC_CRITERION,
         "AQUA; every good Execution Block of the reports of 2022 shows 1.5; the cap was 2 in 2015"),
)
RULE: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in RULES})
DEFAULTS: Mapping[str, float] = MappingProxyType({f"{rule.id}.{limit.name}": limit.default for rule in RULES for limit in rule.limits})

Limits = Mapping[str, float]


def limits_from(overrides: Mapping[str, object]) -> Limits:
    """Every limit, those of ``overrides`` in place of the defaults; BadSetting for a name that is none or a value that is no number."""
    limits = dict(DEFAULTS)
    for name, value in overrides.items():
        if name not in limits:
            raise BadSetting("limit", name, f"a name like {next(iter(DEFAULTS))}; docs/rules.md has them all")
        limits[name] = _number(name, value)
    return MappingProxyType(limits)


def _number(name: str, value: object) -> float:
    if not isinstance(value, bool) and isinstance(value, int | float | str):
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if isfinite(number):
            return number
    raise BadSetting(name, value, "a number")
