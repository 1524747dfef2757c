"""All that the page shows of one Execution Block, read in one piece so that it is shown in one."""

from dataclasses import dataclass, replace
from typing import Any

from alma_qa0.core.fields import INVALID_VALUE, SCAN_SUMMARY, SPECTRUM, Relation
from alma_qa0.core.findings import Finding
from alma_qa0.errors import DatabaseUnavailable, QA0Error
from alma_qa0.pages import execution_block, judgement
from alma_qa0.pages.judgement import Judged
from alma_qa0.pages.state import State
from alma_qa0.store.queries import Marts
from alma_qa0.views import findings, invalid_values, selection, spectra, spectrum_names, summary
from alma_qa0.views.execution_block import ExecutionBlock
from alma_qa0.views.quantities import quantity
from alma_qa0.views.selection import Choices
from alma_qa0.views.spectrum_names import SpectrumName

IMAGE_CELLS = (480, 240)


@dataclass(frozen=True, slots=True)
class Plots:
    """The points and the invalid values beside them."""

    points: summary.SummaryView
    invalid: invalid_values.InvalidValuesView


@dataclass(frozen=True, slots=True)
class Curves:
    """The spectra; ``images`` by baseband stand for the lines where those are too many.

    ``lines`` are all spectra of one EB, version, quantity and receiver band, which ``what`` names.
    """

    view: spectra.SpectraView
    images: dict[str, Any]
    what: tuple[object, ...]
    lines: tuple[spectra.Lines, ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """One Execution Block under one state of the page, whose selection is one that it has.

    ``judged`` is None where the page shows no judgement, or where it could not be read: ``trouble`` then says why. ``left_out`` is what of
    the state that was asked for the Execution Block does not have, as sentences.
    """

    loaded: ExecutionBlock
    offered: Choices
    state: State
    plots: Plots
    curves: Curves
    judged: Judged | None
    trouble: str
    left_out: str


def read(marts: Marts, uid: str, state: State, *, judged: bool) -> Screen:
    """BadRequest where the marts do not have ``uid``."""
    loaded = execution_block.load(marts, uid)
    offered = selection.choices(loaded.summary, state.selection.receiver_band)
    absent = state.selection.left_out(offered)
    state, sentences = _with_what_is_there(replace(state, uid=uid, selection=state.selection.within(offered)), loaded)
    left_out = " ".join([*([f"Left out: {uid} has no {', no '.join(absent)}."] if absent else []), *sentences])
    known, trouble = _judgement(marts, loaded) if judged else (None, "")
    return Screen(loaded, offered, state, plots(loaded, state), curves(marts, loaded, state), known, trouble, left_out)


def _with_what_is_there(state: State, loaded: ExecutionBlock) -> tuple[State, list[str]]:
    """The state with those of the spectra selected that the Execution Block has, and what is to be said of the others."""
    wanted, said = state.selected, []
    if state.numbered is not None:
        wanted, sentence = _of_numbers(state.numbered, state.selection.receiver_band, loaded)
        said.append(sentence)
    if wanted:
        said.append(spectrum_names.left_out(loaded.summary, wanted, loaded.uid))
        wanted = spectrum_names.names_of(loaded.summary, spectrum_names.ids_of(loaded.summary, wanted)) or None
    return replace(state, selected=wanted, numbered=None), [sentence for sentence in said if sentence]


def _of_numbers(
    numbers: frozenset[int], receiver_band: int | None, loaded: ExecutionBlock,
) -> tuple[frozenset[SpectrumName] | None, str]:
    """What a link of 0.1.0 selects, if its numbers can be of the present version; and what is to be said of it."""
    names = spectrum_names.names_of(loaded.summary, numbers)
    if len(names) < len(numbers) or any(name.receiver_band != receiver_band for name in names):
        return None, (f"The link's selection was left out: alma-qa0 0.1.0 named spectra by numbers, and those of the link are of another"
                      f" version of {loaded.uid}.")
    return names, (f"The link is of alma-qa0 0.1.0, which named spectra by numbers: it selects others if {loaded.uid} was taken in again"
                   " since it was made. The address of this page names them lastingly.")


def plots(loaded: ExecutionBlock, state: State) -> Plots:
    """What stands above: the points of the quantity that is looked at."""
    show = summary.x_against_y if state.x_against_y else summary.against_time
    points = show(loaded.summary, state.selection, quantity(state.summary_quantity), invalid=loaded.invalid)
    invalid = invalid_values.show(loaded.invalid, state.selection)
    return Plots(replace(points, absent=_absence(loaded, SCAN_SUMMARY)), replace(invalid, absent=_absence(loaded, INVALID_VALUE)))


def _absence(loaded: ExecutionBlock, *relations: Relation) -> str:
    """Why there can be nothing to show of some marts; empty where they are there."""
    absent = [relation.name for relation in relations if relation.name in loaded.absent]
    return f"not shown: this page was given no table {' and no table '.join(absent)}" if absent else ""


def curves(
    marts: Marts, loaded: ExecutionBlock, state: State, *, held: Curves | None = None, finding: Finding | None = None,
) -> Curves:
    """What stands below, with the limit of ``finding``. ``held`` is what is shown: with many readers the shared cache may have lost it."""
    what = loaded.uid, loaded.version, state.spectra_quantity, state.selection.receiver_band
    same = held is not None and held.what == what
    lines = held.lines if held is not None and same else execution_block.lines(marts, loaded, what[2], what[3])
    selected = None if state.selected is None else spectrum_names.ids_of(loaded.summary, state.selected)
    view = spectra.show(loaded.summary, lines, state.selection, quantity(state.spectra_quantity), selected, finding,
                        invalid=loaded.invalid, words=findings.words_of(finding, loaded.summary))
    view = replace(view, absent=_absence(loaded, SPECTRUM, SCAN_SUMMARY))
    images = {baseband: _image(view, baseband) for baseband in view.basebands} if view.dense else {}
    return Curves(view, images, what, lines)


def _image(view: spectra.SpectraView, baseband: str) -> Any:
    groups = tuple(group for group in view.lines if group.baseband == baseband)
    width, height = IMAGE_CELLS
    return spectra.density(groups, spectra.frequency_range(view.envelopes, baseband), view.y_range, width=width, height=height)


def _judgement(marts: Marts, loaded: ExecutionBlock) -> tuple[Judged | None, str]:
    """What cannot be read of the judgement keeps nobody from the calibrations."""
    try:
        return judgement.read(marts, loaded), ""
    except DatabaseUnavailable:
        raise
    except QA0Error as error:
        return None, f"Findings and decisions cannot be read: {error}."
