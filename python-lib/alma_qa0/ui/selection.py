"""What is looked at: receiver band, antennas by family, basebands, scans, polarisations, each with all and none."""

from collections.abc import Callable
from typing import Any

from bokeh.models import Button, CheckboxButtonGroup, Column, Div, RadioButtonGroup, Row

from alma_qa0.ui.look import dress, is_visible, listen, picked
from alma_qa0.views.selection import FAMILIES, POLARISATIONS, Choices, Selection

_TIGHT, _CLOSE = (0, 5, 0, 5), (2, 5, 2, 5)


class SelectionPanel:
    """``root`` holds the widgets; ``on_change`` is called after every change that the reader makes."""

    def __init__(self, *, on_change: Callable[[], None], on_band: Callable[[int], None]) -> None:
        self._choices = Choices()
        self._quiet = False
        self._on_change = on_change
        self._on_band = on_band
        self.band = dress(RadioButtonGroup(labels=[], visible=False), "receiver_band", "Receiver band")
        listen(self.band, "active", self._band_chosen)
        self.families = {family: self._group(f"antennas_{family.lower()}", f"Antennas {family}", "grid") for family in (*FAMILIES, "other")}
        self.basebands = self._group("basebands", "Basebands", "grid", "wide")
        self.polarisations = self._group("polarisations", "Polarisations", "grid", "wide", labels=list(POLARISATIONS))
        self.scans = self._group("scans", "Scans", "rows")
        self._family_titles = {
            family: dress(Div(text=family, width=22, visible=False, margin=_CLOSE), f"antennas_{family.lower()}_title",
                          f"Antennas {family}", "note") for family in self.families}
        rows = [Row(self._family_titles[family], group, sizing_mode="stretch_width", spacing=2) for family, group in self.families.items()]
        basebands = Column(self._title("basebands", [self.basebands]), self.basebands, sizing_mode="stretch_width", spacing=2)
        polarisations = Column(self._title("polarisations", []), self.polarisations, width=94, spacing=2)
        self.root = Column(
            self.band, self._title("antennas", list(self.families.values())), *rows,
            Row(basebands, polarisations, sizing_mode="stretch_width", spacing=12),
            self._title("scans", [self.scans]), self.scans,
            sizing_mode="stretch_width", spacing=4)

    def offer(self, choices: Choices, selection: Selection) -> None:
        """Show what can be chosen and what is; nothing is called back."""
        self._quiet = True
        self._choices = choices
        labels = [f"Band {band}" for band in choices.receiver_bands]
        self.band.labels = labels
        self.band.active = (
            choices.receiver_bands.index(selection.receiver_band) if selection.receiver_band in choices.receiver_bands else None
        )
        is_visible(self.band, len(labels) > 1)
        for family, group in self.families.items():
            members = choices.families.get(family, ())
            group.labels = [name.removeprefix(family) for name in members]
            group.active = _active(members, selection.antennas)
            is_visible(group, bool(members))
            is_visible(self._family_titles[family], bool(members))
        self.basebands.labels = list(choices.basebands)
        self.basebands.active = _active(choices.basebands, selection.basebands)
        self.polarisations.active = _active(POLARISATIONS, selection.polarisations)
        self.scans.labels = [scan.label for scan in choices.scans]
        self.scans.active = _active(tuple(scan.key for scan in choices.scans), selection.scans)
        self._quiet = False

    def selection(self) -> Selection:
        """What is chosen now; None where all is."""
        choices, bands = self._choices, self._choices.receiver_bands
        antennas = [name for family, group in self.families.items() for name in picked(choices.families.get(family, ()), group.active)]
        return Selection(
            receiver_band=next(iter((*picked(bands, [self.band.active]), *bands)), None),
            antennas=_chosen(antennas, len(choices.antennas)),
            basebands=_chosen(picked(choices.basebands, self.basebands.active), len(choices.basebands)),
            scans=_chosen([scan.key for scan in picked(choices.scans, self.scans.active)], len(choices.scans)),
            polarisations=_chosen(picked(POLARISATIONS, self.polarisations.active), len(POLARISATIONS)),
        )

    def _group(self, name: str, label: str, *style: str, labels: list[str] | None = None) -> Any:
        group = dress(CheckboxButtonGroup(labels=labels or [], active=[], sizing_mode="stretch_width", margin=_CLOSE), name, label, *style)
        listen(group, "active", self._changed)
        return group

    def _title(self, what: str, groups: list[Any]) -> Row:
        title = dress(Div(text=what, sizing_mode="stretch_width", margin=_TIGHT), f"{what}_title", what, "note")
        if not groups:
            return Row(title, sizing_mode="stretch_width")
        every, none = (
            dress(Button(label=label, width=38, height=20, margin=_TIGHT), f"{what}_{label}", f"{label} {what}", "link")
            for label in ("all", "none")
        )
        every.on_click(lambda: self._set(groups, everything=True))
        none.on_click(lambda: self._set(groups, everything=False))
        return Row(title, every, none, sizing_mode="stretch_width")

    def _set(self, groups: list[Any], *, everything: bool) -> None:
        self._quiet = True
        for group in groups:
            group.active = list(range(len(group.labels))) if everything else []
        self._quiet = False
        self._on_change()

    def _changed(self) -> None:
        if not self._quiet:
            self._on_change()

    def _band_chosen(self) -> None:
        chosen = picked(self._choices.receiver_bands, [self.band.active])
        if not self._quiet and chosen:
            self._on_band(chosen[0])


def _active(members: tuple[str, ...], wanted: frozenset[str] | None) -> list[int]:
    return [index for index, name in enumerate(members) if wanted is None or name in wanted]


def _chosen(names: list[str], n_all: int) -> frozenset[str] | None:
    return None if len(names) == n_all else frozenset(names)
