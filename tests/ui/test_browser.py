import pytest

from alma_qa0.ui.browser import Browser


@pytest.fixture
def browser():
    return Browser(on_save_summary=lambda: None, on_save_spectra=lambda: None, on_attention=lambda here: None)


def at_once(send):
    send()


def test_a_file_goes_out_piece_by_piece_in_order(browser):
    got = []
    browser._download.on_change("part", lambda attr, old, new: got.append((new, browser._download.parts, browser._download.text)))
    browser.save("uid___A002_X1_Xd_trec_summary.csv", ["a,b\n", "1,2\n", "3,4\n"], soon=at_once)
    assert got == [(1, 3, "a,b\n"), (2, 3, "1,2\n"), (3, 3, "3,4\n"), (0, 3, "")]
    assert browser._download.file_name == "uid___A002_X1_Xd_trec_summary.csv"


def test_the_same_file_can_be_saved_twice(browser):
    parts = []
    browser._download.on_change("part", lambda attr, old, new: parts.append(new))
    for _ in range(2):
        browser.save("name.csv", ["a\n"], soon=at_once)
    assert parts == [1, 0, 1, 0]


def test_the_page_hears_when_it_goes_out_of_sight_and_comes_back():
    heard = []
    browser = Browser(on_save_summary=lambda: None, on_save_spectra=lambda: None, on_attention=heard.append)
    for here in (False, True):
        browser._attention.here = here
    assert heard == [False, True]
