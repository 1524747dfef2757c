"""The sentences of findings: where, what, how much, against what, and the limit."""

from alma_qa0.core.findings import Finding
from alma_qa0.core.scalar_fact import ScalarFact
from alma_qa0.core.setups import Block
from alma_qa0.core.spectral_fact import SpectralFact
from alma_qa0.core.words import told_apart

_NAMES = {"trec": "Trx", "tsys": "Tsys", "tatm": "Tatm", "tau": "tau", "water": "water"}
BOTH = 2  # n_of of an invalid_value: of Trx and Tsys


# @ stands for when and in which channels; behind each its form and digits (see words.told_apart).
_SPECTRAL = {
    "invalid_channels": ("{metric} of the channels of {name} have no value@; limit {limit}", "%", 0),
    "roughness": ("the noise of {name} from channel to channel@ is {metric} times the array median; limit {limit}", "g", 2),
    "swapped": ("X and Y of {name} look exchanged@: turned round they agree with the antenna's other scans and basebands, by {metric};"
                " limit {limit}", "g", 2),
    "slope": ("{name} leans and ripples over the baseband@ {metric} times as much as the array's do; limit {limit}", "g", 2),
    "shape": ("{name} is {metric} off the array's spectrum in the mean@; limit {limit}", "%", 0),
    "bump": ("{name} has a bump of {metric} at {ghz:.2f} GHz@, against the array; limit {limit}", "%", 0),
    "edge": ("{name} is {metric} too high next to the band edge@, against the array; limit {limit}", "%", 0),
    "birdie": ("{name} stands out by {metric} at {ghz:.3f} GHz@; limit {limit}", "%", 0),
    "teeth": ("{name} has teeth of period {mhz:.0f} MHz and amplitude {metric}@; limit {limit}", "%", 1),
    "ripple": ("{name} has a ripple of period {mhz:.0f} MHz and amplitude {metric}@; limit {limit}", "%", 1),
    "platform": ("{name} has steps of {metric} between stretches of 58.6 MHz@; limit {limit}", "%", 1),
}
_AS_PERCENT = ("trec_scatter",)
_IN_UNITS = {"tsys_age": 0, "wind": 1}  # digits behind the point


def scalar_sentence(block: Block, fact: ScalarFact) -> str:
    """What a number shows, against what, and its limit."""
    place, when = place_words(fact), when_words(fact)
    name = _NAMES.get(fact.quantity or "", fact.quantity or "")
    metric, limit = _metric_words(fact)
    against = f"is {metric} times" if fact.metric else "is"
    end = f"; limit {limit}"
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
            return f"{place}: Trx {fact.value:.0f} K scatters by {metric} from scan to scan{end}"
        case "tsys_without_trec":
            return (f"{place}: Tsys {fact.value:.0f} K{when}, where Trx has no valid value, {against} that of the antenna's other scans"
                    f" ({fact.reference:.0f} K), the array's change taken out{end}")
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
            return f"{place}: {_without_value(fact, when)} ({(fact.words or '').replace('_', ' ')})"
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
            return (f"Target scan {fact.scan_number} is {metric} min from the nearest Tsys scan{end} min"
                    f" ({fact.n_of} target scan{'s' if fact.n_of != 1 else ''} beyond it)")
        case "missing_intent":
            return f"No scan has the intent {fact.words}"
        case "no_last_phase":
            return f"No scan calibrates the phase after the last target scan ({fact.scan_number})"
        case "wind":
            return f"The wind reached {metric} m/s{end} m/s"
    raise AssertionError(fact.rule_id)


def _metric_words(fact: ScalarFact) -> tuple[str, str]:
    metric, limit = fact.metric or 0.0, fact.limit_value or 0.0
    if fact.rule_id in _AS_PERCENT:
        return told_apart(metric, limit, "%", 1)
    if fact.rule_id in _IN_UNITS:
        return told_apart(metric, limit, "f", _IN_UNITS[fact.rule_id])
    return told_apart(metric, limit)


def _without_value(fact: ScalarFact, when: str) -> str:
    if fact.n_of == BOTH:
        return f"Trx and Tsys{when} have no valid value"
    return f"{_NAMES.get(fact.quantity or '', fact.quantity or '')}{when} has no valid value"


def _mm(water_m: float | None) -> str:
    return f"{(water_m or 0.0) * 1e3:.2f} mm"


def spectral_sentence(fact: SpectralFact, place: ScalarFact) -> str:
    """What a spectrum shows; ``place`` is the same fact with its scan."""
    template, form, digits = _SPECTRAL[fact.rule_id]
    metric, limit = told_apart(fact.metric, fact.limit, form, digits)
    words = template.format(
        metric=metric, limit=limit, name=_NAMES[fact.quantity], ghz=(fact.frequency_hz or 0) / 1e9, mhz=(fact.period_hz or 0) / 1e6)
    when = when_words(place) or (f" in the median of {fact.n_calibrations} scans" if fact.n_calibrations > 1 else "")
    where = f", {_channel_words(fact.channels)}" if fact.channels else ""
    return f"{place_words(place)}: {words.replace('@', when + where)}"


def _channel_words(channels: tuple[int, ...]) -> str:
    pairs = list(zip(channels[::2], channels[1::2], strict=True))
    listed = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in pairs[:3])
    return f"channels {listed}{' and more' if len(pairs) > 3 else ''}"


def place_words(fact: ScalarFact | Finding) -> str:
    """Antenna, baseband and polarisation, as far as they are named."""
    parts = [fact.antenna_name, fact.baseband_name, fact.polarisation]
    return " ".join(part for part in parts if part) or "The array"


def when_words(fact: ScalarFact | Finding) -> str:
    """The scan, or the calibration whose scan is not known, with a blank before it; empty for all of them."""
    if fact.scan_number is not None:
        return f" in scan {fact.scan_number}"
    return f" in {fact.cal_data_id}" if fact.cal_data_id else ""
