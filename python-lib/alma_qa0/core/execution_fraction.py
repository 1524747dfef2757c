"""How much of what its Scheduling Block asked for an Execution Block has reached.

EF = (Tsys_OT / Tsys_EB)^2 x n_EB (n_EB - 1) / (n_OT (n_OT - 1)) x (time on source_EB / time on source_OT): what the radiometer equation
makes of noise, baselines and time. OT is what the ALMA Observing Tool expected. Total power has no baselines: its middle factor is
n_EB / n_OT. Source: the report of AQUA, recomputed from its worked example. Reports of 2022 show less than this for two very unstable
EBs: today's recipe of the observatory has one more factor, which is not public.
"""

import math
from dataclasses import dataclass

DEFAULT_CAP = 1.5  # what every good EB of the reports of 2022 shows; 2 in 2015, later more
UNKNOWN = 1.0  # what AQUA shows, beside a message, where an input is missing


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
    """``value`` is capped, ``uncapped`` is the product of the factors; it is None where one of them is.

    ``messages`` say in words what is not known, or that the cap was reached.
    """

    value: float
    uncapped: float | None
    tsys_factor: float | None
    antenna_factor: float | None
    time_factor: float | None
    messages: tuple[str, ...] = ()


def execution_fraction(inputs: Inputs, *, total_power: bool = False, cap: float = DEFAULT_CAP) -> ExecutionFraction:
    """By the formula of this module; 1, with a message, where an input is missing, not finite or impossible."""
    tsys = _ratio(inputs.tsys_ot_k, inputs.tsys_eb_k)
    antennas = _ratio(_weight(inputs.n_antennas_eb, total_power), _weight(inputs.n_antennas_ot, total_power))
    time = _ratio(inputs.time_on_source_eb_s, inputs.time_on_source_ot_s)
    if not tsys or antennas is None or time is None:  # a Tsys of 0 K expects nothing
        missing = ", ".join(_missing(inputs, fewest=1 if total_power else 2))
        message = f"execution fraction set to {UNKNOWN:g}, not known: {missing}"
        return ExecutionFraction(UNKNOWN, None, tsys and tsys**2, antennas, time, (message,))
    uncapped = tsys**2 * antennas * time
    messages = (f"execution fraction {uncapped:.3f} capped at {cap:g}",) if uncapped > cap else ()
    return ExecutionFraction(min(uncapped, cap), uncapped, tsys**2, antennas, time, messages)


def _ratio(upper: float | None, lower: float | None) -> float | None:
    if upper is None or lower is None or not math.isfinite(upper) or not math.isfinite(lower):
        return None
    return upper / lower if upper >= 0 and lower > 0 else None


def _weight(n_antennas: int | None, total_power: bool) -> float | None:
    """What noise depends on: twice the number of baselines, or the number of antennas."""
    return n_antennas if n_antennas is None or total_power else n_antennas * (n_antennas - 1)


def _missing(inputs: Inputs, *, fewest: int) -> list[str]:
    """In words, the inputs that are absent or cannot be: below what they may be least, or not finite."""
    smallest = math.ulp(0.0)
    needed = (
        ("Tsys expected", inputs.tsys_ot_k, smallest), ("Tsys observed", inputs.tsys_eb_k, smallest),
        ("antennas expected", inputs.n_antennas_ot, fewest), ("antennas observed", inputs.n_antennas_eb, 0),
        ("time on source expected", inputs.time_on_source_ot_s, smallest), ("time on source observed", inputs.time_on_source_eb_s, 0),
    )
    return [words for words, value, least in needed if value is None or not least <= value < math.inf]
