"""How much of what its Scheduling Block asked for an Execution Block has reached.

EF = (Tsys_OT / Tsys_EB)^2 x n_EB (n_EB - 1) / (n_OT (n_OT - 1)) x (time on source_EB / time on source_OT): what the radiometer equation
makes of noise, baselines and time. OT is what the ALMA Observing Tool expected. n_EB counts all antennas of the array, usable or not.
Total power has no baselines: its middle factor is n_EB / n_OT. Source: the report of AQUA, recomputed from its worked example. Reports of
2022 show less than this for two very unstable EBs: today's recipe of the observatory has one more factor, which is not public.
"""

from dataclasses import dataclass

from alma_qa0.core.rules import DEFAULTS, Limits

CAP = "execution_fraction.cap"
DEFAULT_CAP = DEFAULTS[CAP]
UNKNOWN = 1.0  # what AQUA shows, beside a message, where an input is missing
_SMALLEST, _LARGEST = 1e-6, 1e9  # in K, s or antennas: beyond, it is no measurement
_IN_WORDS = ("Tsys expected", "Tsys observed", "antennas expected", "antennas observed", "time on source expected",
             "time on source observed")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the formula needs; None where it is not known. Temperatures are those at the representative frequency."""

    tsys_ot_k: float | None = None
    tsys_eb_k: float | None = None
    n_antennas_ot: int | None = None
    n_antennas_eb: int | None = None
    time_on_source_ot_s: float | None = None
    time_on_source_eb_s: float | None = None


@dataclass(frozen=True, slots=True)
class ExecutionFraction:
    """``value`` is capped, ``uncapped`` is the product of the three factors; these four are None where it is not known.

    ``messages`` say in words what is not known, or that the cap was reached.
    """

    value: float
    uncapped: float | None
    tsys_factor: float | None
    antenna_factor: float | None
    time_factor: float | None
    messages: tuple[str, ...] = ()


def cap_of(limits: Limits) -> float:
    """The cap among all limits; the default where it is not there, as in evaluations of earlier versions."""
    return limits.get(CAP, DEFAULT_CAP)


def execution_fraction(inputs: Inputs, *, total_power: bool = False, cap: float = DEFAULT_CAP) -> ExecutionFraction:
    """By the formula of this module; 1, with a message, where an input is missing, not finite or impossible."""
    fewest = 1 if total_power else 2
    tsys_ot, tsys_eb, n_ot, n_eb, time_ot, time_eb = values = (
        _within(inputs.tsys_ot_k, _SMALLEST), _within(inputs.tsys_eb_k, _SMALLEST),
        _within(inputs.n_antennas_ot, fewest), _within(inputs.n_antennas_eb, 0),
        _within(inputs.time_on_source_ot_s, _SMALLEST), _within(inputs.time_on_source_eb_s, 0))
    if tsys_ot is None or tsys_eb is None or n_ot is None or n_eb is None or time_ot is None or time_eb is None:
        missing = ", ".join(words for words, value in zip(_IN_WORDS, values, strict=True) if value is None)
        return ExecutionFraction(UNKNOWN, None, None, None, None, (f"execution fraction set to {UNKNOWN:g}, not known: {missing}",))
    tsys = (tsys_ot / tsys_eb) ** 2
    antennas = n_eb / n_ot if total_power else n_eb * (n_eb - 1) / (n_ot * (n_ot - 1))
    time = time_eb / time_ot
    uncapped = tsys * antennas * time
    messages = (f"execution fraction {uncapped:.3f} capped at {cap:g}",) if uncapped > cap else ()
    return ExecutionFraction(min(uncapped, cap), uncapped, tsys, antennas, time, messages)


def _within(value: float | None, least: float) -> float | None:
    return value if value is not None and least <= value <= _LARGEST else None
