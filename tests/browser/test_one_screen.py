"""Nothing is decided but on what is on the screen; a lost connection loses nothing."""

import pytest

from alma_qa0.hosts.postgres import Postgres
from browser.conftest import free_port, serving
from browser.line import Line
from browser.painted import painted
from browser.test_page import FAULTS, SINGLE, TWO_BANDS

BUTTON = """Bokeh.index.find_one(Bokeh.documents[0].get_model_by_name("decide")).el.shadowRoot.querySelector("button").click()"""


@pytest.fixture(scope="module")
def far(database, url, tmp_path_factory):
    """The address of a page of the same database behind a line, and the line."""
    port = free_port()
    with serving(database._url, tmp_path_factory.mktemp("far"), port=port, address="127.0.0.2"), Line(port) as line:
        yield f"http://127.0.0.1:{port}/", line


@pytest.fixture
def slow(far, new_page):
    address, line = far
    cockpit = new_page(f"uid={SINGLE}", at=address)
    line.slow()
    yield cockpit
    line.fast()


def decisions(database: Postgres, uid: str) -> int:
    return int(database.run(f"select count(*) as n from mart.decision where uid = '{uid}'")["n"].iloc[0])


def write(cockpit, name, text):
    cockpit.page.locator(f'[data-name="{name}"] input').fill(text)


def test_on_a_slow_line_what_is_left_of_another_is_locked_from_the_click_on_and_all_comes_at_once(slow, database):
    before = {uid: decisions(database, uid) for uid in (SINGLE, FAULTS)}
    write(slow, "decision_by", "Ana")
    slow.click("decision_status", "Pass")
    slow.page.locator(f'[data-name="uid_list"] [title="{FAULTS}"]').click()
    moments = []
    while not moments or moments[-1]["busy"]:
        moments.append(painted(slow.page))
        slow.page.evaluate(BUTTON)  # as a script may, for a hand cannot
    assert len(moments) > 3
    uids = [moment["uid"] for moment in moments]  # the new one is whole in the page a frame or two before it is painted and unlocked
    assert uids == [SINGLE] * uids.count(SINGLE) + [FAULTS] * uids.count(FAULTS)
    assert uids[0] == SINGLE
    assert all(moment["locked"] for moment in moments[:-1])
    assert moments[-1]["uid"] == FAULTS
    assert {uid: decisions(database, uid) for uid in before} == before


def test_what_was_written_stands_in_the_form_again_after_the_line_was_cut(far, new_page, database):
    address, line = far
    cockpit = new_page(f"uid={TWO_BANDS}", at=address)
    write(cockpit, "decision_by", "Ana")
    cockpit.click("decision_status", "Fail").wait('model("decision_reasons").labels.length > 0')
    cockpit.click("decision_reasons", "QA0_CORR").wait('model("decision_reasons").active.length === 1')
    write(cockpit, "decision_comment", "half a sen")
    cockpit.page.evaluate("window.isOld = true")
    line.cut()
    cockpit.page.wait_for_function(
        "() => window.isOld === undefined && document.querySelector('.page')?.getAttribute('aria-busy') === 'false'")
    cockpit.wait('model("decision_reasons").active.length === 1')
    assert cockpit.page.locator('[data-name="decision_comment"] input').input_value() == "half a sen"
    assert cockpit.page.locator('[data-name="decision_status"] .bk-active').inner_text() == "Fail"
    assert cockpit.page.locator('[data-name="decision_reasons"] .bk-active').inner_text() == "QA0_CORR"
    assert cockpit.page.locator(".lost").is_hidden()
    before = decisions(database, TWO_BANDS)
    cockpit.click("decide").wait('model("decision_history").text.includes("half a sen")')
    assert decisions(database, TWO_BANDS) == before + 1
    cockpit.complaints.clear()  # of the socket


def test_a_comment_is_kept_without_a_decision_and_the_list_is_as_before(new_page, database):
    cockpit = new_page(f"uid={TWO_BANDS}")
    state = cockpit.page.locator('[data-name="uid_list"] .slick-row').filter(has_text="X178d").inner_text()
    write(cockpit, "decision_by", "Ana")
    write(cockpit, "decision_comment", "clouds from the west")
    cockpit.click("decision_comment_only").wait('model("decision_history").text.includes("Ana commented: clouds from the west")')
    row = database.run(f"select * from mart.decision where uid = '{TWO_BANDS}' order by decided_at").iloc[-1]
    assert (row["status"], row["comment"]) == (None, "clouds from the west")
    assert cockpit.page.locator('[data-name="decision_comment"] input').input_value() == ""
    assert cockpit.page.locator('[data-name="uid_list"] .slick-row').filter(has_text="X178d").inner_text() == state


def test_an_execution_block_that_was_chosen_when_the_line_was_cut_is_what_opens_again(slow, far):
    _, line = far
    slow.page.evaluate("window.isOld = true")
    slow.page.locator(f'[data-name="uid_list"] [title="{FAULTS}"]').click()
    line.cut()
    line.fast()
    slow.page.wait_for_function(
        "() => window.isOld === undefined && document.querySelector('.page')?.getAttribute('aria-busy') === 'false'")
    assert painted(slow.page)["uid"] == FAULTS
    slow.complaints.clear()  # of the socket
