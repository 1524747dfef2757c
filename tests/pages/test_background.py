import logging
from types import SimpleNamespace

import pytest
from bokeh.document import Document

from alma_qa0.errors import BadRequest, DatabaseUnavailable
from alma_qa0.pages.background import Background
from pages.instant import pass_time, settle


@pytest.fixture
def said():
    return {}


@pytest.fixture
def document():
    return Document()


@pytest.fixture
def background(document, said, pool):
    background = Background(say=said.__setitem__)
    background.attach(document)
    return background


def failing(error):
    def work():
        raise error
    return work


def test_a_result_is_handed_back_on_the_next_tick(background, document, said):
    got = []
    background.run("block", lambda: 42, got.append)
    assert got == []
    settle(document)
    assert got == [42]
    assert said == {"block": ""}


@pytest.mark.parametrize("newest_first", [False, True])
def test_of_the_work_of_one_slot_only_the_newest_is_answered(background, document, pool, newest_first):
    got, pool.held = [], True
    for number in range(3):
        background.run("spectra", lambda number=number: number, got.append)
    background.run("block", lambda: "block", got.append)
    pool.release(newest_first=newest_first)
    settle(document)
    assert sorted(got, key=str) == [2, "block"]


def test_a_database_that_is_away_is_told_and_asked_again_until_it_is_back(background, document, said):
    got, errors = [], [DatabaseUnavailable("the database: connection refused"), DatabaseUnavailable("the database: starting up"), None]

    def work():
        error = errors.pop(0)
        if error:
            raise error
        return "rows"

    background.run("block", work, got.append)
    settle(document)
    assert said["block"] == "The database does not answer (the database: connection refused). Trying again every 3 s."
    assert pass_time(document) == 1
    assert "starting up" in said["block"]
    assert pass_time(document) == 1
    assert (got, said["block"]) == (["rows"], "")
    assert pass_time(document) == 0


def test_work_that_was_superseded_is_not_asked_again(background, document, said):
    got = []
    background.run("block", failing(DatabaseUnavailable("away")), got.append)
    settle(document)
    background.run("block", lambda: "newer", got.append)
    settle(document)
    pass_time(document)
    assert got == ["newer"]
    assert said["block"] == ""


def test_an_error_that_a_reader_may_meet_is_its_sentence(background, document, said):
    background.run("block", failing(BadRequest("uid://A002/X1/Xd is not in the database")), lambda _: None)
    settle(document)
    assert said["block"] == "uid://A002/X1/Xd is not in the database."
    assert pass_time(document) == 0


@pytest.mark.parametrize("where", ["work", "done"])
def test_an_error_that_nobody_expected_is_a_sentence_and_in_the_log(background, document, said, caplog, where):
    fail = failing(KeyError("secret"))
    with caplog.at_level(logging.ERROR):
        background.run("block", fail if where == "work" else lambda: None, lambda _: fail())
        settle(document)
    assert said["block"] == "Something went wrong in the page; the log of the server says what. The rest of the page goes on."
    assert "KeyError" in caplog.text
    assert "Traceback" not in said["block"]


def test_a_session_that_was_closed_is_not_answered(said, document, pool):
    got, pool.held = [], True
    session = SimpleNamespace(destroyed=False)
    document._session_context = lambda: session
    background = Background(say=said.__setitem__)
    background.attach(document)
    background.run("block", lambda: 1, got.append)
    session.destroyed = True
    pool.release()
    settle(document)
    assert got == []
    assert not document.session_callbacks
