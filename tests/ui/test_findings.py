import re

import pytest

from alma_qa0.core.findings import Severity
from alma_qa0.ui.findings import Findings
from alma_qa0.ui.look import _WIDGETS_CSS
from alma_qa0.views import findings as view
from views.samples import finding

FOUND = [finding(finding_id="cause", severity=Severity.SEVERE, n_parts=2), finding(finding_id="part", cause_id="cause"),
         finding(finding_id="other")]


@pytest.fixture
def calls():
    return []


@pytest.fixture
def findings(calls):
    return Findings(on_choose=calls.append, on_unfold=lambda: calls.append("unfold"))


def test_the_lines_of_a_view_are_those_of_the_source(findings, calls):
    findings.show(view.show(FOUND), None)
    assert list(findings.source.data["id"]) == ["cause", "other"]
    assert findings.source.selected.indices == []
    assert findings.note.text == "2, 1 parts folded"
    assert calls == []


def test_nothing_found_is_said(findings):
    findings.show(view.show([]), None)
    assert findings.note.text == "none"


def test_a_line_chosen_by_the_reader_is_called_back_and_one_chosen_by_the_page_is_not(findings, calls):
    findings.show(view.show(FOUND), "cause")
    assert findings.source.selected.indices == [0]
    assert calls == []
    findings.source.selected.indices = [1]
    assert calls == ["other"]


def test_a_line_that_was_looked_away_from_can_be_chosen_again(findings, calls):
    findings.show(view.show(FOUND), "cause")
    findings.look_away()
    assert findings.source.selected.indices == []
    findings.source.selected.indices = [0]
    assert calls == ["cause"]


@pytest.mark.parametrize(("chosen", "offered"), [("cause", True), ("part", True), ("other", False), (None, False), ("gone", False)])
def test_parts_are_offered_where_there_are_some(findings, chosen, offered):
    findings.show(view.show(FOUND, "cause"), chosen)
    assert findings.unfold.visible is offered
    findings.look_away()
    assert not findings.unfold.visible


def test_html_in_a_finding_is_text(findings):
    (template,) = (column.formatter.template for column in findings.root.columns if hasattr(column.formatter, "template"))
    assert template.count("<%- sentence %>") == 2
    assert "<%=" not in template  # which would not escape


def test_each_severity_has_a_colour_of_its_own():
    colours = [re.search(rf"\.severity\.{severity.value} {{ color: ([^;]+);", _WIDGETS_CSS).group(1) for severity in Severity]
    assert len(set(colours)) == len(Severity)
