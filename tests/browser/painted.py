"""What is painted on the page, and what the database holds of the Execution Block in its header: the two are compared here."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from alma_qa0.pages import screen
from alma_qa0.pages.screen import Screen
from alma_qa0.pages.state import State, parse
from alma_qa0.store.queries import Marts
from alma_qa0.ui.spectra import _note
from alma_qa0.views import findings, header, spectrum_names, statistics, summary, uid_list
from alma_qa0.views.quantities import quantity

_READ = (Path(__file__).parent / "painted.js").read_text()
_NEAR = 1.0  # pixel
_COLOURED, _FAINT = 40, 4  # a mark is so much more of one colour than of another; one line of hundreds, or what is behind, is faint


def painted(page: Page) -> dict[str, Any]:
    """One moment of the page, see painted.js."""
    return json.loads(page.evaluate(f"JSON.stringify(({_READ})())"))  # as a text: thousands of places one by one take seconds


def state_of(seen: dict[str, Any]) -> State:
    """The state of the page, from its address."""
    pairs = parse_qs(seen["address"].removeprefix("?"), keep_blank_values=True)
    return parse({name: [value.encode() for value in values] for name, values in pairs.items()})[0]


def truth_of(marts: Marts, seen: dict[str, Any]) -> Screen:
    """What the database holds of the Execution Block in the header, under the state in the address."""
    return screen.read(marts, seen["uid"], state_of(seen), judged=True)


def of_another(seen: dict[str, Any], truth: Screen) -> list[str]:
    """Words and marks that are not those of the Execution Block in the header."""
    return [*_header(seen, truth), *_findings(seen, truth), *_proposal(seen, truth), *_points(seen, truth), *_invalid(seen, truth)]


def late(seen: dict[str, Any], truth: Screen, marts: Marts) -> list[str]:
    """What may follow within some seconds, since others change it: history and state, the list, spectra just chosen."""
    return [*_decisions(seen, truth), *_list(seen, marts), *_spectra(seen, truth), *_statistics(seen, truth)]


def wrong_pixels(page: Page, seen: dict[str, Any]) -> list[str]:
    """Facets whose marks and lines have no colour where their glyphs are."""
    picture = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)
    least = {"points": _FAINT if "selected=" in seen["address"] else _COLOURED, "spectra": _FAINT}
    colour = picture.max(axis=2) - picture.min(axis=2)
    wrong = []
    facets = [(kind, name, facet) for kind in ("points", "spectra") for name, facet in seen[kind].items() if facet]
    for kind, name, facet in facets:
        inner = facet["frame"]
        places = [place for one in facet["marks"].values() for place in one] if kind == "points" else [
            line[4:6] for line in facet["lines"] if line[5] is not None]
        inside = [(x, y) for x, y in places if _is_inside(inner, x, y) and _is_inside(seen["plots"], x, y)]
        for x, y in inside[:: max(1, len(inside) // 5)]:
            if colour[int(y) - 2:int(y) + 4, int(x) - 2:int(x) + 4].max() < least[kind]:
                wrong.append(f"{kind} of {name}: no mark at {x:.0f}, {y:.0f}")
    return wrong


def _is_inside(frame: dict[str, float], x: float, y: float) -> bool:
    room = 4
    return (frame["x"] + room < x < frame["x"] + frame["width"] - room) and (frame["y"] + room < y < frame["y"] + frame["height"] - room)


def _squeezed(text: str | None) -> str:
    return re.sub(r"\s+", "", text or "")


def _plain(html_text: str) -> str:
    return re.sub(r"<[^>]+>", "", html_text)


def _header(seen: dict[str, Any], truth: Screen) -> Iterator[str]:
    view = header.show(truth.loaded.block, truth.loaded.summary)
    for name, text in view.facts:
        if _squeezed(f"{name}{text}") not in _squeezed(seen["words"]["header"]):
            yield f"header: no {name} {text!r} in {seen['words']['header']!r}"


def _findings(seen: dict[str, Any], truth: Screen) -> Iterator[str]:
    table = seen["tables"]["findings"]
    if table is None or truth.judged is None:
        return
    columns = findings.show(truth.judged.findings, None).columns
    if table["length"] != len(columns["id"]):
        yield f"findings: {table['length']} rows, the database has {len(columns['id'])}"
    for index, cells in table["rows"].items():
        sentence = columns["sentence"][int(index)] if int(index) < len(columns["id"]) else None
        if sentence is None or _squeezed(sentence) not in _squeezed(cells[0]):
            yield f"findings: row {index} is {cells[0]!r}, the database has {sentence!r}"


def _proposal(seen: dict[str, Any], truth: Screen) -> Iterator[str]:
    said = seen["words"]["proposal"]
    if said is not None and truth.judged is not None and _squeezed(truth.judged.decision.because) not in _squeezed(said):
        yield f"proposal: {said!r}, the database has {truth.judged.decision.because!r}"


def _points(seen: dict[str, Any], truth: Screen) -> Iterator[str]:
    view = truth.plots.points
    if not _squeezed(seen["words"]["summary_note"]).startswith(_squeezed(view.title)):
        return  # another quantity is on its way
    for baseband, facet in seen["points"].items():
        if facet is None:
            if baseband in view.basebands:
                yield f"points: no facet {baseband}"
            continue
        for name, places in facet["marks"].items():
            chosen = (view.columns["baseband"] == baseband) & (view.columns["polarisation"] == name.rsplit("_", 1)[1].upper())
            x, y = view.columns["x"][chosen], _at_edge(view.columns["y"][chosen], facet["y"])
            x = x if view.time_axis else _at_edge(x, facet["x"])
            yield from _misplaced(f"points of {name}", places, _on_screen(facet, x, y))


def _at_edge(values: np.ndarray, scale: tuple[float, float]) -> np.ndarray:
    """Where values stand: those off the scale as arrows at its edge."""
    low, high = scale
    return np.where(values > high, low + 0.96 * (high - low), np.where(values < low, low + 0.04 * (high - low), values))


def _on_screen(facet: dict[str, Any], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    (x0, x1), (y0, y1), frame = facet["x"], facet["y"], facet["frame"]
    return np.stack([frame["x"] + (x - x0) / (x1 - x0) * frame["width"],
                     frame["y"] + frame["height"] - (y - y0) / (y1 - y0) * frame["height"]], axis=1)


def _misplaced(what: str, places: list[list[float]], expected: np.ndarray) -> Iterator[str]:
    if len(places) != len(expected):
        yield f"{what}: {len(places)}, the database has {len(expected)}"
    elif len(places) and not np.allclose(np.array(places), expected, atol=_NEAR):
        yield f"{what}: elsewhere than the values of the database"


def _invalid(seen: dict[str, Any], truth: Screen) -> Iterator[str]:
    table = seen["tables"]["invalid_values"]
    if table is not None:
        yield from _rows("invalid values", table, truth.plots.invalid.columns, ("antenna", "scan", "baseband", "polarisation", "kind"))


def _rows(what: str, table: dict[str, Any], columns: dict[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    n = len(columns[names[0]])
    if table["length"] != n:
        yield f"{what}: {table['length']} rows, the database has {n}"
    for index, cells in table["rows"].items():
        expected = [str(columns[name][int(index)]) for name in names] if int(index) < n else []
        if cells[:len(names)] != expected:
            yield f"{what}: row {index} is {cells[:len(names)]}, the database has {expected}"


def _decisions(seen: dict[str, Any], truth: Screen) -> Iterator[str]:
    if truth.judged is None:
        return
    history = seen["words"]["decision_history"]
    expected = " ".join(truth.judged.decision.history) or "not decided yet"
    if history is not None and _squeezed(history) != _squeezed(expected):
        yield f"history: {history!r}, the database has {expected!r}"
    note = seen["words"]["decision_note"]
    if note is not None and not note.startswith(truth.judged.decision.state):
        yield f"state: {note!r}, the database has {truth.judged.decision.state}"


def _list(seen: dict[str, Any], marts: Marts) -> Iterator[str]:
    state = state_of(seen)
    wanted = uid_list.FILTERS[state.qa0]
    blocks = marts.list_execution_blocks(state.first, state.last, state.search, 1_000, states=wanted.states, severity=wanted.severity)
    columns = uid_list.show(blocks, blocks.attrs["n_found"]).columns
    shown = {**columns, "uid": [uid.removeprefix("uid://A002/") for uid in columns["uid"]]}
    yield from _rows("list", seen["tables"]["uid_list"], shown, ("uid", "time", "band", "state", "findings"))
    expected = [seen["uid"]] if seen["uid"] in list(columns["uid"]) else []
    if seen["marked"] != expected:
        yield f"list: {seen['marked']} is marked, the header says {expected}"


def _spectra(seen: dict[str, Any], truth: Screen) -> Iterator[str]:
    view = truth.curves.view
    if _squeezed(seen["words"]["spectra_note"]) != _squeezed(_plain(_note(view))):
        yield f"spectra: {seen['words']['spectra_note']!r}, the database has {_plain(_note(view))!r}"
    for baseband, facet in seen["spectra"].items():
        if facet is None:
            continue
        expected = [] if view.dense else sorted(_lines(facet, view, baseband))
        drawn = sorted((*line[:4], line[5]) for line in facet["lines"])
        if [line[:4] for line in drawn] != [line[:4] for line in expected]:
            yield f"spectra of {baseband}: {len(drawn)} lines, not the {len(expected)} of the database"
        elif drawn and not _are_near([line[4] for line in drawn], [line[4] for line in expected]):
            yield f"spectra of {baseband}: lines elsewhere than the values of the database"


def _are_near(drawn: list[float | None], expected: list[float]) -> bool:
    return np.allclose(np.array(drawn, dtype=float), expected, atol=_NEAR, equal_nan=True)


def _lines(facet: dict[str, Any], view: Any, baseband: str) -> Iterator[tuple[Any, ...]]:
    (low, high), frame = facet["y"], facet["frame"]
    for group in (each for each in view.lines if each.baseband == baseband):
        middle = group.values[:, group.values.shape[1] // 2].astype(float)
        places = frame["y"] + frame["height"] - (middle - low) / (high - low) * frame["height"]
        for antenna, scan, number, place in zip(group.antennas, group.scans, group.ids, places, strict=True):
            yield str(antenna), str(scan), "XY"[int(number) % 2], group.values.shape[1], float(place)


def _statistics(seen: dict[str, Any], truth: Screen) -> Iterator[str]:
    table = seen["tables"]["statistics"]
    if table is None:
        return
    state, points = truth.state, truth.plots.points
    chosen = None if state.selected is None else summary.points_of(points, spectrum_names.ids_of(truth.loaded.summary, state.selected))
    columns = statistics.show(points, quantity(state.summary_quantity), chosen).columns
    yield from _rows("statistics", table, columns, ("baseband", "polarisation"))
    for index, cells in table["rows"].items():
        if int(index) < len(columns["n"]) and cells[2].replace(",", "") != str(int(columns["n"][int(index)])):
            yield f"statistics: row {index} has {cells[2]} values, the database {columns['n'][int(index)]}"
