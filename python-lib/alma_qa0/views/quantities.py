"""The quantities that the page draws: their names, symbols and the units in which an astronomer reads them."""

from dataclasses import dataclass

from alma_qa0.core.fields import CAL_ATMOSPHERE

_READ_IN = {"K": ("K", 1.0), "m": ("mm", 1e3), "Hz": ("GHz", 1e-9), None: (None, 1.0)}  # SI inside -> unit and factor on the page


@dataclass(frozen=True, slots=True)
class Quantity:
    """``name`` is the stem of the columns name_x and name_y; values of the database times ``factor`` are in ``unit``."""

    name: str
    label: str
    meaning: str
    unit: str | None
    factor: float

    @property
    def axis_label(self) -> str:
        return f"{self.label} ({self.unit})" if self.unit else f"{self.label} (no unit)"


def _quantity(name: str, label: str) -> Quantity:
    field = CAL_ATMOSPHERE.field(f"{name}_x")
    unit, factor = _READ_IN[field.unit]
    return Quantity(name, label, field.meaning.removesuffix(", polarisation X"), unit, factor)


TREC, TSYS = _quantity("trec", "Trx"), _quantity("tsys", "Tsys")
SUMMARY = (TREC, TSYS, _quantity("tatm", "Tatm"), _quantity("tau", "tau"), _quantity("water", "water"))
SPECTRAL = (TREC, TSYS)  # those that have spectra, and that are drawn X against Y


def quantity(name: str) -> Quantity:
    """The quantity of that name; KeyError where there is none."""
    return {each.name: each for each in SUMMARY}[name]
