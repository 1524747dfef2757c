"""What is painted is the database's: see browser/walk.py. ``make walk`` takes a hundred steps.

Of the ten steps of the tests, by this seed, two start the database and the server again, one breaks the line, and three decide or comment.
"""

import os
import sys

import pytest
from playwright.sync_api import Browser

from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.store import plans
from alma_qa0.store.tables import create_decisions
from browser.conftest import SAMPLES, free_port
from browser.line import Line
from browser.walk import TABLES, Walk, process

STEPS = int(os.environ.get("ALMA_QA0_WALK_STEPS", "10"))
SEED = int(os.environ.get("ALMA_QA0_WALK_SEED", "22"))
_LATER = ("X121f", "X48c", "Xcb1")  # what arrives meanwhile


@pytest.fixture
def walk(browser: Browser, tmp_path):
    asdms = sorted(SAMPLES.glob("*.tar.gz"))
    later = [asdm for asdm in asdms if asdm.name.removesuffix(".tar.gz").endswith(_LATER)]
    url = embedded.start(tmp_path)
    database = Postgres(url)
    ingest(database, TABLES, [asdm for asdm in asdms if asdm not in later])
    plans.refresh(database, TABLES)
    judge(database, TABLES)
    create_decisions(database, TABLES)
    port = free_port()
    command = [sys.executable, "-m", "alma_qa0.cli", "serve", "--database", url, "--port", str(port), "--address", "127.0.0.2"]
    environment = {**os.environ, "ALMA_QA0_HOME": str(tmp_path / "serve")}
    servers = [process(command, environment, tmp_path / "serve.log")]

    def restart():
        servers[-1].terminate()
        servers[-1].communicate(timeout=30)
        servers.append(process(command, environment, tmp_path / "serve.log"))

    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    with Line(port) as line:
        yield Walk(SEED, context, f"http://127.0.0.1:{port}/", line, database, tmp_path, restart, later, say=print)
        context.close()
    servers[-1].terminate()
    servers[-1].communicate(timeout=30)
    database.close()
    embedded.stop(tmp_path)


@pytest.mark.slow
def test_whatever_happens_the_screen_shows_one_execution_block_and_what_the_database_holds_of_it(walk):
    walk.go(STEPS)
    assert walk.differences == []
    assert len(walk.taken) == STEPS
