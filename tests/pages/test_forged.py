"""What no page of ours sends: whatever a client puts into a message, the session goes on and nothing is kept that nobody decided."""

from math import inf, nan

import pytest
from bokeh.events import RangesUpdate

from pages.instant import UID, settle
from pages.test_judgement import Judged, marts, page  # noqa: F401 - fixtures

pytestmark = pytest.mark.slow  # each makes the page

NUMBERS = (-1, 0, 7, 10**9, -(10**9))
CHOICES = ("receiver_band", "summary_quantity", "summary_axes", "spectra_quantity", "decision_status")
GROUPS = ("antennas_da", "antennas_pm", "basebands", "scans", "polarisations", "decision_reasons")
WORDS = ("", "nonsense", "\0", "x" * 100_000, "<script>", "\ud800", "${projectKey}", "%' or 1 = 1 --")


@pytest.fixture(autouse=True)
def sound(page, marts, caplog):  # noqa: F811
    """After each attack the page is as good as new."""
    yield
    settle(page.document)
    assert "Traceback" not in caplog.text
    assert marts.decisions == []
    page.set("uid_filter", value="all")
    for name in GROUPS:
        page.set(name, active=[])
    page.decide("Pass")
    assert [(made["uid"], made["status"], made["decided_by"]) for made in marts.decisions] == [(UID, "Pass", "Ana")]


def send(page, model, attribute, value):  # noqa: F811
    """The message that changes one attribute, applied as the server does."""
    page.document.apply_json_patch({"events": [
        {"kind": "ModelChanged", "model": {"id": model.id}, "attr": attribute, "new": value}]})
    settle(page.document)


def test_a_choice_that_was_not_offered(page):  # noqa: F811
    for name in CHOICES:
        for number in NUMBERS:
            send(page, page[name], "active", number)


def test_members_that_were_not_offered(page):  # noqa: F811
    for name in GROUPS:
        send(page, page[name], "active", list(NUMBERS))
    send(page, page["polarisations"], "active", [0])


def test_labels_that_are_not_ours(page):  # noqa: F811
    for name in GROUPS:
        send(page, page[name], "labels", ["x"] * 50)
        send(page, page[name], "active", list(range(50)))


@pytest.mark.parametrize("name", ["summary_points", "uid_list_rows", "findings_rows"])
def test_lines_and_points_that_are_not_there(page, name):  # noqa: F811
    for number in NUMBERS:
        send(page, page[name].selected, "indices", [number] if number else list(range(10**5, 2 * 10**5)))


@pytest.mark.parametrize("name", ["uid_list_rows", "findings_rows"])
def test_lines_that_are_not_ours(page, name):  # noqa: F811
    send(page, page[name], "data", {"type": "map", "entries": [["uid", []]]})
    send(page, page[name].selected, "indices", [3])


def test_a_filter_and_a_search_of_any_words(page):  # noqa: F811
    for word in WORDS:
        send(page, page["uid_filter"], "value", word)
        send(page, page["search"], "value_input", word)
    send(page, page["search"], "value_input", "")


def test_days_beyond_all_reason(page):  # noqa: F811
    for days in (["9999-12-31", "9999-12-31"], ["0001-01-01", "9999-12-31"], ["2026-07-17", "2025-07-17"]):
        send(page, page["date_range"], "value", days)


def test_a_zoom_to_anywhere(page):  # noqa: F811
    (facet,) = page.document.select({"name": "spectra_bb_1"})
    for ends in ((None,) * 4, ("a",) * 4, (1, 0, 1, 0), (nan,) * 4, (-1e308, 1e308, -1e308, 1e308), (0, inf, 0, 1), ([], {}, 1, 2)):
        facet._trigger_event(RangesUpdate(facet, **dict(zip(("x0", "x1", "y0", "y1"), ends, strict=True))))
        settle(page.document)
