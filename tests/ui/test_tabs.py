from bokeh.models import Div

from alma_qa0.ui.tabs import Tabs


def panels(*labels):
    return [(label, Div(text=f"note of {label}"), Div(text=label)) for label in labels]


def seen(parts):
    return [label for label, note, content in parts if note.visible and content.visible]


def test_one_panel_is_seen_with_its_note():
    parts = panels("findings", "invalid values")
    tabs = Tabs("problems", "Problems", parts)
    assert seen(parts) == ["findings"]
    tabs.choice.active = 1
    assert seen(parts) == ["invalid values"]
    assert [(note.visible, content.visible) for _, note, content in parts] == [(False, False), (True, True)]


def test_a_panel_that_is_alone_needs_no_choice():
    parts = panels("invalid values")
    assert not Tabs("problems", "Problems", parts).choice.visible
    assert seen(parts) == ["invalid values"]


def test_bar_choice_and_panels_have_names():
    tabs = Tabs("verdict", "Statistics and decision", panels("a", "b"))
    assert (tabs.root.name, tabs.bar.name, tabs.choice.name) == ("verdict", "verdict_bar", "verdict_tabs")
