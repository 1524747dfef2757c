"""The state of the page as a link carries it: what is looked at and how."""

import base64
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

import numpy as np

from alma_qa0.core.blocks import parse_uid
from alma_qa0.errors import BadRequest
from alma_qa0.views.selection import Selection

_MOST_SPECTRA = 1_000_000  # more ids than an Execution Block can have: a longer list is no honest link


@dataclass(frozen=True, slots=True)
class State:
    """Everything that a link restores. ``selected`` are spectrum ids (see views/spectra), None when nothing is selected."""

    uid: str | None = None
    first: date | None = None
    last: date | None = None
    search: str = ""
    selection: Selection = Selection()
    summary_quantity: str = "trec"
    x_against_y: bool = False
    spectra_quantity: str = "trec"
    selected: tuple[int, ...] | None = None

    def query(self) -> str:
        """The part of the address after the question mark; only what differs from the page as it opens."""
        chosen = self.selection
        pairs = {
            "uid": self.uid, "from": self.first, "to": self.last, "search": self.search, "band": chosen.receiver_band,
            "antennas": _names(chosen.antennas), "basebands": _names(chosen.basebands), "scans": _names(chosen.scans),
            "polarisations": _names(chosen.polarisations), "plot": None if self.summary_quantity == "trec" else self.summary_quantity,
            "axes": "xy" if self.x_against_y else None, "spectra": None if self.spectra_quantity == "trec" else self.spectra_quantity,
            "selected": None if self.selected is None else _packed(self.selected),
        }
        return urlencode({name: value for name, value in pairs.items() if value is not None and value != ""}, safe=":/,")


def parse(arguments: Mapping[str, Sequence[bytes]]) -> tuple[State, list[str]]:
    """The state in the arguments of a request, and a sentence for each one that makes no sense and is left out."""
    texts = {name: values[0].decode("utf-8", "replace") for name, values in arguments.items() if values}
    complaints: list[str] = []

    def read(name: str, convert):  # type: ignore[no-untyped-def]
        text = texts.get(name)
        if not text:
            return None
        try:
            return convert(text)
        except (ValueError, BadRequest, zlib.error) as error:
            complaints.append(f"The link's {name} was left out: {error}.")
            return None

    selection = Selection(read("band", int), *(read(name, _set) for name in ("antennas", "basebands", "scans", "polarisations")))
    return State(
        uid=read("uid", parse_uid), first=read("from", date.fromisoformat), last=read("to", date.fromisoformat), search=texts.get("search", ""),
        selection=selection, summary_quantity=texts.get("plot", "trec"), x_against_y=texts.get("axes") == "xy",
        spectra_quantity=texts.get("spectra", "trec"), selected=read("selected", _unpacked)), complaints


def _names(names: frozenset[str] | None) -> str | None:
    return None if names is None else ",".join(sorted(names)) or "none"


def _set(text: str) -> frozenset[str]:
    return frozenset() if text == "none" else frozenset(text.split(","))


def _packed(ids: Sequence[int]) -> str:
    """Ids as the bits of a mask, compressed: some hundred characters for any selection of an Execution Block."""
    mask = np.zeros(max(ids, default=0) + 1, dtype=bool)
    mask[list(ids)] = True
    return base64.urlsafe_b64encode(zlib.compress(np.packbits(mask).tobytes(), 9)).decode().rstrip("=")


def _unpacked(text: str) -> tuple[int, ...]:
    compressed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    inflate = zlib.decompressobj()
    bits = inflate.decompress(compressed, _MOST_SPECTRA // 8)
    return tuple(int(index) for index in np.flatnonzero(np.unpackbits(np.frombuffer(bits, dtype=np.uint8))))
