import re

import pytest
from bokeh.document import Document
from bokeh.models import Button, RadioButtonGroup, Select, TextInput

from alma_qa0.ui import look
from alma_qa0.ui.summary import Summary


def test_the_page_needs_nothing_from_elsewhere():
    for text in (look._TEMPLATE, look._PAGE_CSS, look._WIDGETS_CSS):
        assert not re.search(r"https?://|@import|<link|<script[^>]+src", text)


def test_light_and_dark_have_the_same_colours_defined():
    light, *dark = (set(re.findall(r"(--[a-z-]+): #", block)) for block in re.findall(r"color-scheme: \w+;([^}]*)", look._PAGE_CSS))
    assert len(dark) == 2
    assert all(one == light for one in dark)


def test_a_widget_has_a_name_a_label_and_the_style_of_the_page():
    summary = Summary(on_change=lambda: None, on_select=lambda _: None)
    for widget in (summary.quantity, summary.axes, summary.root):
        assert widget.name
        assert widget.html_attributes["aria-label"]
        assert widget.html_attributes["data-name"] == widget.name
        assert widget.stylesheets


def test_text_for_html_is_escaped():
    assert look.html("<b>\"&'") == "&lt;b&gt;&quot;&amp;&#x27;"


def test_the_document_gets_the_template_and_the_theme():
    document = Document()
    look.apply(document)
    assert document.template_variables["page_css"]
    assert document.theme is not None


@pytest.mark.parametrize("widget", [
    Button(label="all"), TextInput(placeholder="EF"), RadioButtonGroup(labels=["X"]), Select(options=["all"])])
def test_what_a_widget_is_for_is_read_out(widget):
    attributes = look.dress(widget, "a_name", "All antennas").html_attributes
    assert (attributes["role"], attributes["aria-label"]) == ("group", "All antennas")
