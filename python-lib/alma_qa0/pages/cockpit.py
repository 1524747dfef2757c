"""The cockpit: choose an Execution Block, see its calibrations, take points and see their spectra."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from time import perf_counter

from bokeh.document import Document
from bokeh.events import ConnectionLost, DocumentReady
from bokeh.models import Column

from alma_qa0.core.blocks import file_name
from alma_qa0.core.findings import Finding
from alma_qa0.pages import judgement, screen
from alma_qa0.pages.ahead import Ahead
from alma_qa0.pages.background import Background
from alma_qa0.pages.forged import refuse_forged
from alma_qa0.pages.judgement import Judgement
from alma_qa0.pages.quick import quicken
from alma_qa0.pages.screen import Curves, Plots, Screen
from alma_qa0.pages.state import State, parse
from alma_qa0.pages.watch import Watch, list_version
from alma_qa0.store.queries import Marts, Seen
from alma_qa0.ui import look
from alma_qa0.ui.browser import Browser
from alma_qa0.ui.header import Header
from alma_qa0.ui.invalid_values import InvalidValues
from alma_qa0.ui.look import BASEBANDS
from alma_qa0.ui.selection import SelectionPanel
from alma_qa0.ui.shown import Shown
from alma_qa0.ui.spectra import Spectra
from alma_qa0.ui.statistics import Statistics
from alma_qa0.ui.summary import Summary
from alma_qa0.ui.tabs import Tabs
from alma_qa0.ui.uid_list import UidList
from alma_qa0.views import (
    export,
    findings,
    header,
    invalid_values,
    quarantine,
    selection,
    spectra,
    spectrum_names,
    statistics,
    summary,
    uid_list,
)
from alma_qa0.views.execution_block import ExecutionBlock
from alma_qa0.views.quantities import SPECTRAL, Quantity
from alma_qa0.views.quarantine import QuarantineView
from alma_qa0.views.selection import Selection

_LOG = logging.getLogger(__name__)
LIST_LIMIT = 1_000  # rows of the list of Execution Blocks; the search finds the others
_NOTHING_TO_SAVE = "There is nothing to save: nothing is shown."


def build(
    document: Document, *, marts: Marts, arguments: Mapping[str, Sequence[bytes]], judged: bool = False, webgl: bool = False,
    user: str | None = None, may_decide: bool = True, ahead: Ahead | None = None,
    warning: Callable[[], str] = str,
) -> None:
    """Put the page on a document; ``arguments`` are those of the request, in which the state is.

    ``judged`` shows findings and takes decisions, each where the marts have its relations. ``user`` is who decides, None where the reader
    has to say so; one who not ``may_decide`` sees what was decided. ``webgl`` draws with WebGL, which is faster with a graphics card and
    very much slower without one. ``ahead`` has pages that were made before somebody asks for them. ``warning`` gives a sentence that
    every reader shall see, such as that the disk is nearly full; it is empty else.
    """
    look.apply(document)
    quicken()
    refuse_forged()
    state, complaints = parse(arguments)
    make = partial(Cockpit, marts, judged=judged, webgl=webgl)
    cockpit = ahead.take((marts, judged, webgl), make) if ahead else make()
    cockpit.is_for(user, may_decide=may_decide)
    cockpit.warns_of(warning)
    cockpit.attach(document)
    cockpit.start(state, complaints)


class Cockpit:
    """One session of the page: its widgets, its state, and what happens when either changes."""

    def __init__(self, marts: Marts, *, judged: bool, webgl: bool = False) -> None:
        self._marts, self._state = marts, State()
        self._loaded: ExecutionBlock | None = None
        self._opening = False
        self._points: summary.SummaryView | None = None
        self._curves: Curves | None = None
        self.header = Header()
        self._list_version: str | None = None
        has_findings, has_decisions = judgement.are_there(marts) if judged else (False, False)
        self.uid_list = UidList(on_search=self._search, on_choose=self._choose, findings=has_findings, decisions=has_decisions)
        self.selection = SelectionPanel(on_change=self._selection_changed, on_band=self._band_changed)
        self.summary = Summary(on_change=self._summary_changed, on_select=self._points_selected)
        self.spectra = Spectra(on_change=self._spectra_changed, on_clear=self._clear, on_zoom=self._zoomed)
        self.invalid_values, self.statistics = InvalidValues(on_choose=self._look_at_invalid), Statistics()
        self._background = Background(say=self.header.say)
        self.shown = Shown(self.uid_list.source, self.selection.root)
        self._watch = Watch(marts, self._background, uid=lambda: self._state.uid, on_look=self._notice, on_warning=self._show_warning)
        self.browser = Browser(
            on_save_summary=self._save_summary, on_save_spectra=self._save_spectra, on_attention=self._watch.attend)
        self._has_findings = has_findings
        self._judgement = Judgement(
            marts, self._background, self.shown, say=self.header.say, on_choose=self._look_at, on_decided=self._search,
            on_save=self._save_judgement,
        ) if has_findings or has_decisions else None
        self._looked_at: Finding | None = None
        self._invalid: invalid_values.InvalidValuesView | None = None
        problems, verdict = self._lower()
        rail = Column(self.uid_list.root, self.selection.root, name="rail", sizing_mode="stretch_width", spacing=6)
        self._roots = (self.header.root, self.header.message, self.browser.root, rail, self.summary.bar, self.summary.root,
                       self.spectra.bar, self.spectra.root, problems.bar, problems.root, verdict.bar, verdict.root)
        if webgl:
            self._draw_with_webgl()

    def is_for(self, user: str | None, *, may_decide: bool) -> None:
        """Say who reads, before anybody does."""
        if self._judgement:
            self._judgement.is_for(user, may_decide=may_decide)

    def warns_of(self, warning: Callable[[], str]) -> None:
        """Show a sentence while there is one, now and whenever the page looks again."""
        self._watch.warns_of(warning)
        self._show_warning(warning())

    def attach(self, document: Document) -> None:
        """Put it on the document of a session."""
        self._background.attach(document)
        self._watch.attach(document)
        with document.models.freeze():  # else Bokeh walks through all models again for each root
            for root in self._roots:
                document.add_root(root)
        at_first = (self.shown.veil, self.spectra.unpack, self.spectra.painted, self.browser.write_address,
                    self.browser.arrange(self.summary.root, self.spectra.root), self.browser.watch_attention,
                    *(self._judgement.form.at_first() if self._judgement else ()))
        document.js_on_event(DocumentReady, *at_first)  # for what was sent before the browser was there
        document.js_on_event(ConnectionLost, *filter(None, [self._judgement and self._judgement.form.keep_draft]), self.browser.reopen)

    def _draw_with_webgl(self) -> None:
        for plot in (*self.summary.facets.figures.values(), *self.spectra.facets.figures.values()):
            plot.output_backend = "webgl"

    def _lower(self) -> tuple[Tabs, Tabs]:
        problems = [("invalid values", self.invalid_values.note, self.invalid_values.root)]
        verdict = [("statistics", self.statistics.note, self.statistics.root)]
        if self._judgement:
            verdict.insert(0, ("decision", self._judgement.form.note, self._judgement.form.root))
            if self._has_findings:
                problems.insert(0, ("findings", self._judgement.findings.bar, self._judgement.findings.root))
        return Tabs("problems", "Problems", problems), Tabs("verdict", "Decision and statistics", verdict)

    def start(self, state: State, complaints: list[str]) -> None:
        """Show the state that the link gave, as soon as the database answers."""
        self.uid_list.set_criteria(state.first, state.last, state.search, state.qa0)
        self.summary.choose(state.summary_quantity, state.x_against_y)
        # tau has no X against Y, and a page without decisions has no states
        self._state = replace(state, summary_quantity=self.summary.chosen()[0].name, qa0=self.uid_list.wanted())
        self.spectra.choose(state.spectra_quantity)
        self.header.say("link", " ".join(complaints))
        self.header.say("list", "Loading the list of Execution Blocks.")
        self._background.run("list", self._read_list, lambda found: self._show_list(*found))
        if state.uid:
            self._open(state.uid)

    # --- the list of Execution Blocks

    def _search(self) -> None:
        first, last, text = self.uid_list.criteria()
        self._state = replace(self._state, first=first, last=last, search=text, qa0=self.uid_list.wanted())
        self._background.run("list", self._read_list, lambda found: self._show_list(*found))

    def _read_list(self) -> tuple[uid_list.UidListView, QuarantineView, tuple[date, date] | None, str]:
        state, wanted = self._state, uid_list.FILTERS[self._state.qa0]
        version = list_version(self._marts)  # first: what changes while the list is read will be noticed
        blocks = self._marts.list_execution_blocks(
            state.first, state.last, state.search, LIST_LIMIT, states=wanted.states, severity=wanted.severity)
        quarantined = quarantine.show(self._marts.read_quarantine())
        return uid_list.show(blocks, blocks.attrs["n_found"]), quarantined, self._marts.date_bounds(), version

    def _show_list(
        self, view: uid_list.UidListView, quarantined: QuarantineView, bounds: tuple[date, date] | None, version: str,
    ) -> None:
        self._list_version = version
        if view.n_shown and not self._state.uid:
            self._open(str(view.columns["uid"][0]))
        self.uid_list.show(view, self._state.uid, quarantined)
        if not self._state.uid:
            self.shown.show_nothing()
        if bounds is None:
            self.header.say("list", "The database holds no Execution Block yet: ingest some, then refresh.")
            return
        self.uid_list.set_bounds(*bounds)
        if not view.n_shown:
            state = "" if self._state.qa0 == uid_list.ALL else " and the QA0 state chosen"
            self.header.say("list", f"No Execution Block in these days matches the search{state}.")
        self._write_address()

    def _show_warning(self, sentence: str) -> None:
        self.header.say("warning", f"Attention: {sentence}." if sentence else "")

    def _notice(self, version: str, uid: str | None, seen: Seen | None) -> None:
        """Show what is new since the last look."""
        if version != self._list_version:
            self._search()
        loaded = self._loaded if self._loaded is not None and self._loaded.uid == uid else None
        if uid != self._state.uid or uid is None or seen is None or seen.source_version is None:
            return  # the reader has gone on, or the marts do not have it
        if loaded is None or loaded.version != seen.source_version:
            if not self._opening:
                self._open(uid)
        elif self._judgement:
            self._judgement.notice(seen)

    def _choose(self, uid: str) -> None:
        if uid != self._state.uid:  # else the browser has marked what is open
            self.header.say("link", "")
            self._open(uid)

    # --- one Execution Block

    def _open(self, uid: str) -> None:
        """Show an Execution Block: all of it at once, and until then nothing of another."""
        if uid != self._state.uid:
            self._state = replace(self._state, uid=uid, selection=Selection(), selected=None, numbered=None)
        self.header.say("block", f"Loading {uid}.")
        self._opening = True
        self.shown.leave_for(uid)
        self._background.drop("summary", "spectra", "judgement", *map(_zoom_slot, BASEBANDS))
        if self._judgement:
            self._judgement.leave()
        self._read_block(uid)

    def _read_block(self, uid: str) -> None:
        started, state, judged = perf_counter(), self._state, self._judgement is not None
        self._background.run("block", lambda: screen.read(self._marts, uid, state, judged=judged),
                             lambda found: self._show_block(found, started=started), failed=self._not_opened)

    def _not_opened(self, _error: Exception) -> None:
        """What was on the screen stays veiled, and the watch looks out for what was asked for."""
        self._opening = False

    def _show_block(self, found: Screen, *, started: float) -> None:
        self._opening, self._loaded, self._looked_at = False, found.loaded, None
        self.header.show(header.show(found.loaded.block, found.loaded.summary))
        self.selection.offer(found.offered, found.state.selection)
        self._state = replace(self._state, selection=found.state.selection, selected=found.state.selected, numbered=None)
        self._show_plots(found.loaded, found.plots)
        self._show_curves(found.curves, started=started)
        self.header.say("judgement", found.trouble)
        self.header.say("absent", found.left_out)
        if self._judgement:
            self._judgement.open(found.loaded, found.judged)
        self._write_address()
        self.shown.show(found.loaded.uid)
        _LOG.info("%s shown after %.0f ms", found.loaded.uid, 1e3 * (perf_counter() - started))

    def _band_changed(self, band: int) -> None:
        self._look_away()
        self._state = replace(self._state, selection=Selection(receiver_band=band), selected=None)
        if self._loaded is not None:
            self.selection.offer(selection.choices(self._loaded.summary, band), self._state.selection)
        self._draw()

    def _selection_changed(self) -> None:
        self._state = replace(self._state, selection=self.selection.selection())
        self._draw()

    def _summary_changed(self) -> None:
        quantity, against = self.summary.chosen()
        self.summary.choose(quantity.name, against)
        self._state = replace(self._state, summary_quantity=quantity.name, x_against_y=against)
        self._draw_summary()
        self._write_address()

    def _spectra_changed(self) -> None:
        self._state = replace(self._state, spectra_quantity=self.spectra.chosen().name)
        self._draw_spectra()
        self._write_address()

    def _points_selected(self, indices: list[int]) -> None:
        loaded, points = self._loaded, self._points
        if loaded is None or points is None or loaded.uid != self._state.uid:
            return
        self._look_away()
        ids = summary.spectrum_ids(points, indices) or None
        self._state = replace(self._state, selected=ids and spectrum_names.names_of(loaded.summary, ids), numbered=None)
        self.summary.look_at(summary.look_at(points, ids))
        self._show_statistics()
        self._draw_spectra()
        self._write_address()

    def _look_at(self, finding: Finding) -> None:
        """Show the spectra that a finding is about, in front of the array's and with its limit."""
        loaded, chosen = self._loaded, self._state.selection
        if loaded is None or self._opening or finding.uid != loaded.uid:  # the reader has gone on to another Execution Block
            return
        self._looked_at = finding
        self.invalid_values.look_away()
        self._choose_quantity(findings.summary_quantity(finding))
        self._select(findings.spectra_of(finding, loaded.summary), finding.receiver_band or chosen.receiver_band, loaded)
        facets = self.summary.facets if finding.quantity and not findings.spectral_quantity(finding) else self.spectra.facets
        facets.focus(finding.baseband_name)

    def _look_at_invalid(self, line: int) -> None:
        """Show the place of a line of the invalid values: its mark above, what there is of its spectra below."""
        loaded, invalid, band = self._loaded, self._invalid, self._state.selection.receiver_band
        if loaded is None or self._opening or invalid is None or line >= invalid.n_lines:
            return
        self._look_away_from_finding()
        quantity = invalid_values.quantity_of(invalid, line, self.summary.chosen()[0])
        self._choose_quantity(quantity)
        self._select(invalid_values.ids_of(invalid, line, loaded.summary, band), band, loaded)
        facets = self.summary.facets if quantity.name in invalid.quantities[line] else self.spectra.facets
        facets.focus(str(invalid.columns["baseband"][line]))

    def _choose_quantity(self, wanted: Quantity | None) -> None:
        """Show a quantity above, and below where it has spectra."""
        if wanted is None:
            return
        self.summary.choose(wanted.name, self.summary.chosen()[1] and wanted in SPECTRAL)
        quantity, against = self.summary.chosen()
        self.spectra.choose(wanted.name if wanted in SPECTRAL else self.spectra.chosen().name)
        self._state = replace(self._state, summary_quantity=quantity.name, x_against_y=against)

    def _select(self, ids: frozenset[int] | None, band: int | None, loaded: ExecutionBlock) -> None:
        """Bring spectra to the front, all of the receiver band chosen where some of them were not."""
        chosen = self._state.selection
        if band != chosen.receiver_band or not replace(chosen, receiver_band=None).leaves(loaded.summary, ids or ()):
            self._state = replace(self._state, selection=Selection(receiver_band=band))
            self.selection.offer(selection.choices(loaded.summary, band), self._state.selection)
        names = None if ids is None else spectrum_names.names_of(loaded.summary, ids)
        self._state = replace(self._state, selected=names, spectra_quantity=self.spectra.chosen().name)
        self._draw()

    def _look_away(self) -> None:
        self._look_away_from_finding()
        self.invalid_values.look_away()

    def _look_away_from_finding(self) -> None:
        self._looked_at = None
        if self._judgement:
            self._judgement.look_away()

    def _clear(self) -> None:
        self._look_away()
        self._state = replace(self._state, selected=None)
        self._draw()

    # --- drawing

    def _draw(self) -> None:
        self._draw_summary()
        self._draw_spectra()
        self._write_address()

    def _is_shown(self) -> ExecutionBlock | None:
        """What can be drawn otherwise; what is just being opened is read anew, for it was not what the reader has now asked for."""
        if self._opening and self._state.uid is not None:
            self._read_block(self._state.uid)
            return None
        return self._loaded

    def _draw_summary(self) -> None:
        loaded, state = self._is_shown(), self._state
        if loaded is not None:
            self._background.run("summary", lambda: screen.plots(loaded, state), lambda found: self._show_plots(loaded, found))

    def _show_plots(self, loaded: ExecutionBlock, plots: Plots) -> None:
        self._points, self._invalid = plots.points, plots.invalid
        self.header.say("points", _nothing(loaded, plots.points))
        words = findings.words_of(self._looked_at, loaded.summary)
        self.summary.show(plots.points, summary.look_at(plots.points, self._selected(loaded), words))
        self.invalid_values.show(plots.invalid)
        self._show_statistics()

    def _selected(self, loaded: ExecutionBlock) -> frozenset[int] | None:
        """The ids of the spectra selected, in the version that is shown."""
        return None if self._state.selected is None else spectrum_names.ids_of(loaded.summary, self._state.selected)

    def _show_statistics(self) -> None:
        if self._points is None or self._loaded is None:
            return
        quantity, _ = self.summary.chosen()
        selected = self._selected(self._loaded)
        chosen = None if selected is None else summary.points_of(self._points, selected)
        self.statistics.show(statistics.show(self._points, quantity, chosen), label=quantity.label, selected=chosen is not None)

    def _draw_spectra(self) -> None:
        loaded, state, held, finding = self._is_shown(), self._state, self._curves, self._looked_at
        if loaded is not None:
            started = perf_counter()
            self._background.run("spectra", lambda: screen.curves(self._marts, loaded, state, held=held, finding=finding),
                                 lambda found: self._show_curves(found, started=started))

    def _show_curves(self, curves: Curves, *, started: float) -> None:
        self._curves, view = curves, curves.view
        self.spectra.show(view, curves.images)
        _LOG.info(
            "%d spectra sent after %.0f ms", view.n_shown if view.n_selected is None else view.n_selected, 1e3 * (perf_counter() - started)
        )

    def _zoomed(self, baseband: str, x_range: tuple[float, float], y_range: tuple[float, float]) -> None:
        view = self._curves.view if self._curves else None
        if view is None or self._opening or not view.dense or x_range[0] >= x_range[1] or y_range[0] >= y_range[1]:
            return
        groups = tuple(group for group in view.lines if group.baseband == baseband)
        width, height = screen.IMAGE_CELLS
        self._background.run(_zoom_slot(baseband), lambda: spectra.density(groups, x_range, y_range, width=width, height=height),
                             lambda image: self.spectra.show_image(baseband, image, x_range, y_range))

    # --- what leaves the page

    def _write_address(self) -> None:
        self.browser.set_query(self._state.query())

    def _save_summary(self) -> None:
        loaded, state, quantity = self._loaded, self._state, self.summary.chosen()[0]
        if self._opening or loaded is None or self._points is None or not self._points.columns["row"].size:
            self.header.say("save", _NOTHING_TO_SAVE)
            return
        selected = self._selected(loaded)
        self._background.run(
            "save",
            lambda: list(export.csv_chunks(iter([export.summary_table(loaded.summary, state.selection, selected)]))),
            lambda pieces: self._send_file(f"{file_name(loaded.uid)}_{quantity.name}_summary.csv", pieces),
        )

    def _save_judgement(self, uid: str, kind: str) -> None:
        self._background.run("save", lambda: judgement.export(self._marts, uid, kind),
                             lambda text: self._send_file(f"{file_name(uid)}_qa0.{kind}", [text]))

    def _save_spectra(self) -> None:
        loaded, view = self._loaded, self._curves.view if self._curves else None
        if self._opening or loaded is None or view is None or not view.lines:
            self.header.say("save", _NOTHING_TO_SAVE)
            return
        name = view.quantity.name
        self.header.say("save", "Preparing the CSV of the spectra.")
        self._background.run("save", lambda: list(export.csv_chunks(export.spectra_tables(loaded.summary, view.lines, name))),
                             lambda pieces: self._send_file(f"{file_name(loaded.uid)}_{name}_spectra.csv", pieces))

    def _send_file(self, name: str, pieces: list[str]) -> None:
        self.browser.save(name, pieces, soon=self._background.soon)


def _nothing(loaded: ExecutionBlock, view: summary.SummaryView) -> str:
    """Why there is no point to see; empty where there is one."""
    if loaded.summary.empty:
        return f"{loaded.uid} has no atmosphere calibration: there is nothing to plot."
    if view.n_points:
        return ""
    if view.n_invalid:
        return "All values of this choice are invalid: the list below says why."
    return "Nothing is chosen: choose antennas, basebands, scans and polarisations on the left."


def _zoom_slot(baseband: str) -> str:
    return f"zoom {baseband}"
