"""One Execution Block judged: its findings, and what is said of it as a whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alma_qa0.core.array_size import UsableArray, n_baselines, nominal_antennas, usable_array
from alma_qa0.core.findings import Finding, Severity
from alma_qa0.core.folding import fold
from alma_qa0.core.judgement import findings_of, usable_antennas_finding
from alma_qa0.core.octiles import pwv_octile
from alma_qa0.core.rules import Limits
from alma_qa0.core.scalar_fact import ScalarFact
from alma_qa0.core.setups import Block
from alma_qa0.core.spectral_fact import SpectralFact


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The findings of an Execution Block, folded, and the columns of EVALUATION that follow from them and from its array."""

    findings: tuple[Finding, ...]
    columns: Mapping[str, object]


def evaluate(block: Block, scalar: Iterable[ScalarFact], spectral: Iterable[SpectralFact], limits: Limits) -> Evaluation:
    """Judges an Execution Block by what is known of its scalars and its spectra."""
    found = findings_of(block, scalar, spectral, limits)
    array = usable_array(block, found)
    of_array = usable_antennas_finding(block, array, limits)
    findings = (*fold(block, found, limits), *([of_array] if of_array else []))
    return Evaluation(findings, _columns(block, findings, array))


def _columns(block: Block, findings: Iterable[Finding], array: UsableArray) -> dict[str, object]:
    own = [finding.severity for finding in findings if finding.cause_id is None]
    return {
        "uid": block.uid, "n_antennas": block.n_antennas, "n_usable_antennas": array.n_usable, "n_baselines": n_baselines(block.n_antennas),
        **{f"unusable_antennas_{name.lower()}": list(antennas) for name, antennas in array.unusable.items()},
        **{f"n_usable_baselines_{name.lower()}": n_baselines(len(antennas)) for name, antennas in array.usable.items()},
        "nominal_antennas": nominal_antennas(block.array_family), "pwv_octile": pwv_octile(block.water_m),
        **{f"n_{severity.value}": own.count(severity) for severity in Severity},
    }
