"""The database goes away under the page, and comes back."""

import pytest

from alma_qa0.hosts import embedded
from browser.conftest import SAMPLES, serving, uid_of

ASDMS = [SAMPLES / f"uid___A002_X12007e9_{name}.tar.gz" for name in ("X1a44", "X121f")]


@pytest.fixture
def home(tmp_path):
    yield tmp_path
    embedded.stop(tmp_path)


def test_a_database_that_goes_away_is_a_sentence_and_the_page_recovers_by_itself(home, new_page, tmp_path):
    with serving(embedded.start(home), tmp_path / "serve", *ASDMS) as address:
        cockpit = new_page(f"uid={uid_of(ASDMS[0])}", at=address)
        embedded.stop(home)
        cockpit.page.locator(f'[data-name="uid_list"] [title="{uid_of(ASDMS[1])}"]').click()
        cockpit.wait('model("message").text.includes("The database does not answer")')
        assert "Trying again every 3 s." in cockpit.message
        assert "Traceback" not in cockpit.message
        assert uid_of(ASDMS[0]) in cockpit.look('model("header").text')
        embedded.start(home)
        cockpit.wait('model("header").text.includes(argument) && !model("message").text', uid_of(ASDMS[1]))
        cockpit.wait('model("spectra_bb_1_lines").data.id.length > 0')
        cockpit.page.close()  # before the server goes, of which it would complain
