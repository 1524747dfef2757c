"""The database goes away under the page, and comes back."""

import pytest

from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
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


def test_a_decision_while_the_database_is_away_is_not_kept_then_nor_later_and_the_form_stays(home, new_page, tmp_path):
    with serving(embedded.start(home), tmp_path / "serve", ASDMS[0]) as address:
        cockpit = new_page(f"uid={uid_of(ASDMS[0])}", at=address)
        embedded.stop(home)
        cockpit.page.locator('[data-name="decision_by"] input').fill("Ana")
        cockpit.page.locator('[data-name="decision_comment"] input').fill("half a sen")
        cockpit.click("decision_status", "Pass").click("decide")
        said = cockpit.page.locator('[data-name="message"] .said').filter(has_text="Not kept: the database does not answer")
        said.wait_for()
        assert cockpit.page.locator('[data-name="decision_comment"] input').input_value() == "half a sen"
        url = embedded.start(home)
        cockpit.wait('!model("message").text.includes("Trying again")')
        database = Postgres(url)
        assert database.run("select * from mart.decision").empty
        cockpit.click("decide").wait('model("decision_history").text.includes("half a sen")')
        assert database.run("select comment from mart.decision")["comment"].tolist() == ["half a sen"]
        database.close()
        cockpit.page.close()  # before the server goes, of which it would complain
