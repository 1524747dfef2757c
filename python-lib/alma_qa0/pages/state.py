"""The state of the page as a link carries it: what is looked at and how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from alma_qa0.core.bands import BANDS
from alma_qa0.core.blocks import parse_uid
from alma_qa0.errors import BadRequest
from alma_qa0.pages import link
from alma_qa0.views.quantities import SPECTRAL, SUMMARY
from alma_qa0.views.selection import Selection
from alma_qa0.views.spectrum_names import SpectrumName
from alma_qa0.views.uid_list import ALL, FILTERS

_MOST_SHOWN = 60  # letters of a text that makes no sense
_SETS = ("antennas", "basebands", "scans", "polarisations")
_SUMMARY, _SPECTRAL = ({each.name: each.name for each in offered} for offered in (SUMMARY, SPECTRAL))
_FILTERS = {each: each for each in FILTERS}
_EVERYTHING = Selection()
_AXES = {"time": False, "xy": True}


@dataclass(frozen=True, slots=True)
class State:
    """Everything that a link restores. ``selected`` are spectra, None when nothing is selected.

    ``numbered`` is what a link of 0.1.0 selects instead: ids of spectra (see views/spectra) in the version of the marts that it was made
    from, which it does not say. ``qa0`` is one of the filters of the list (see views/uid_list).
    """

    uid: str | None = None
    first: date | None = None
    last: date | None = None
    search: str = ""
    qa0: str = ALL
    selection: Selection = _EVERYTHING
    summary_quantity: str = "trec"
    x_against_y: bool = False
    spectra_quantity: str = "trec"
    selected: frozenset[SpectrumName] | None = None
    numbered: frozenset[int] | None = None

    def query(self) -> str:
        """The part of the address after the question mark; only what differs from the page as it opens."""
        chosen = self.selection
        pairs = {
            "uid": self.uid, "from": self.first, "to": self.last, "search": self.search,
            "qa0": None if self.qa0 == ALL else self.qa0, "band": chosen.receiver_band,
            "antennas": _names(chosen.antennas), "basebands": _names(chosen.basebands), "scans": _names(chosen.scans),
            "polarisations": _names(chosen.polarisations), "plot": None if self.summary_quantity == "trec" else self.summary_quantity,
            "axes": "xy" if self.x_against_y else None, "spectra": None if self.spectra_quantity == "trec" else self.spectra_quantity,
            "selected": link.pack(self.selected) if self.selected is not None else
                        link.pack_numbers(self.numbered) if self.numbered is not None else None,
        }
        return urlencode({name: value for name, value in pairs.items() if value is not None and value != ""}, safe=":/,")


def parse(arguments: Mapping[str, Sequence[bytes]]) -> tuple[State, list[str]]:
    """The state in the arguments of a request, and a sentence for each one that makes no sense and is left out."""
    texts = {name: values[0].decode("utf-8", "replace") for name, values in arguments.items() if values}
    complaints: list[str] = []

    def read(name: str, convert, expected: str):  # type: ignore[no-untyped-def]
        text = texts.get(name)
        if not text:
            return None
        try:
            return convert(text)
        except (ValueError, KeyError, BadRequest):
            shown = text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
            complaints.append(f"The link's {name} was left out: {shown!r} is not {expected}.")
            return None

    day = "a day such as 2025-07-12"
    first, last = (read(name, date.fromisoformat, day) for name in ("from", "to"))
    if first and last and first > last:
        complaints.append(f"The link's from and to were left out: {first} is after {last}.")
        first = last = None
    selected = read("selected", link.unpack, "a selection of points that came whole")
    return State(
        uid=read("uid", parse_uid, "the uid of an Execution Block such as uid://A002/Xf8f6a9/X15c79"),
        first=first, last=last, search=read("search", _words, "words to search for") or "",
        qa0=read("qa0", _FILTERS.__getitem__, f"one of {', '.join(_FILTERS)}") or ALL,
        selection=Selection(read("band", _band, "a receiver band"), *(read(name, _set, "names parted by commas") for name in _SETS)),
        summary_quantity=read("plot", _SUMMARY.__getitem__, f"one of {', '.join(_SUMMARY)}") or "trec",
        x_against_y=read("axes", _AXES.__getitem__, f"one of {', '.join(_AXES)}") or False,
        spectra_quantity=read("spectra", _SPECTRAL.__getitem__, f"one of {', '.join(_SPECTRAL)}") or "trec",
        selected=selected.names if selected else None, numbered=selected.numbers if selected else None), complaints


def _words(text: str) -> str:
    """Words as PostgreSQL can hold them."""
    if "\0" in text:
        raise ValueError("NUL")
    return text


def _band(text: str) -> int:
    return BANDS[int(text)].number


def _names(names: frozenset[str] | None) -> str | None:
    return None if names is None else ",".join(sorted(names)) or "none"


def _set(text: str) -> frozenset[str]:
    names = frozenset(text.split(",")) - {"", "none"}
    if not names and text != "none":
        raise ValueError("no name")
    return names
