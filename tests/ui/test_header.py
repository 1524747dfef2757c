import pytest

from alma_qa0.ui.header import Header
from alma_qa0.views import header as view
from views.samples import block, summary

NASTY = '<img src=x onerror="alert(1)">'


@pytest.fixture
def header():
    return Header()


def test_html_in_names_is_text(header):
    header.show(view.show(block(array_name=NASTY, source_names=[NASTY], uid=NASTY), summary()))
    assert "<img" not in header.root.text
    assert "&lt;img" in header.root.text


def test_a_simulated_execution_block_says_so(header):
    header.show(view.show(block(simulated=True), summary()))
    assert ">simulated<" in header.root.text
    header.show(view.show(block(simulated=False), summary()))
    assert "simulated" not in header.root.text


def test_a_sentence_takes_the_place_of_the_last_one_about_the_same(header):
    header.say("block", "Loading one.")
    header.say("list", "Loading the list.")
    header.say("block", "Loading two.")
    assert "one" not in header.message.text
    assert header.message.text.index("Loading two.") < header.message.text.index("Loading the list.")


def test_nothing_to_say_is_not_shown(header):
    header.say("block", "Loading.")
    header.say("block", "")
    assert header.message.text == ""


def test_one_sentence_about_two_things_is_said_once(header):
    for about in ("list", "block"):
        header.say(about, "The database does not answer.")
    assert header.message.text.count("does not answer") == 1


def test_a_sentence_with_html_is_text(header):
    header.say("block", NASTY)
    assert "<img" not in header.message.text
