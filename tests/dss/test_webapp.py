"""The webapp of the archive, run as DSS runs it: the text of its backend and nothing else, again for each session."""

from time import monotonic, sleep

import pytest
from bokeh.client import pull_session

from alma_qa0.core.fields import MARTS
from alma_qa0.pages import cockpit  # noqa: F401 - pull_session makes the models of the page again, and has to know them
from alma_qa0.store import plans
from alma_qa0.store.render import Ident
from alma_qa0.store.tables import Tables, create_production
from dss.flows import OLD_ROWS
from dss.instance import Instance

ROOTS = {"header", "rail", "summary", "spectra", "problems", "verdict"}


@pytest.fixture
def instance(tmp_path, plugin, database_18, database_url_18):
    """Its connections are of a role that may only read the outputs of the recipes."""
    database_18.execute(["create schema flow", "drop role if exists reader", "create role reader login",
                         "grant usage on schema flow to reader",
                         "alter default privileges in schema flow grant select on tables to reader"])
    as_reader = database_url_18.replace("postgres@", "reader@", 1)
    yield Instance(tmp_path, plugin, {"alma": as_reader, "other": as_reader})
    database_18.execute(["drop owned by reader cascade", "drop role reader"])


@pytest.fixture
def datasets(instance):
    return {mart.name: instance.add_dataset(mart.name, "alma", "flow", f"${{projectKey}}_{mart.name}") for mart in MARTS}


@pytest.fixture
def marts(database_18):
    """The marts as the recipes leave them: each with bookkeeping of its own."""
    tables = Tables.in_schemas(mart="flow")
    create_production(database_18, tables)
    database_18.execute([OLD_ROWS])
    for mart in MARTS:
        own = {mart.name: Ident("flow", f"QA0_{mart.name}"), "refresh": Ident("flow", f"QA0_{mart.name}_refresh")}
        plans.refresh(database_18, tables.with_tables(**own), source="production", marts=(mart,))


def test_every_session_gets_the_page_with_the_execution_blocks_of_the_datasets(instance, datasets, marts):
    with instance.webapp("qa0-cockpit", **datasets) as (url, log):
        for _session in range(2):
            with pull_session(url=f"{url}/backend") as session:
                assert {root.name for root in session.document.roots} >= ROOTS
                page = eventually(session.id, url, drawn)
                assert listed(page) == {f"uid://A002/X1/X{number}" for number in (1, 2, 3)}
                assert drawn(page) == 16
        assert "Traceback" not in log.read_text(encoding="utf-8")


def eventually(session_id, url, look, patience_s=30):
    """The page of a session as it is when ``look`` finds something in it."""
    end = monotonic() + patience_s
    while True:
        with pull_session(session_id=session_id, url=f"{url}/backend") as session:
            if look(session.document) or monotonic() > end:
                return session.document
        sleep(0.05)


def listed(document):
    """The Execution Blocks in the list of the page."""
    return {str(uid) for uid in document.get_model_by_name("uid_list_rows").data["uid"]}


def drawn(document):
    """How many points the summary plot of the newest Execution Block has: 8 rows, two polarisations."""
    return len(document.get_model_by_name("summary_points").data["row"])


def test_a_dataset_that_was_not_chosen_is_told_on_the_page(instance, datasets):
    del datasets["execution_block"]
    assert notice(instance, datasets) == "execution_block: None cannot be used; expected a choice in the settings of the webapp or recipe."


def test_datasets_on_two_connections_are_told_on_the_page(instance, datasets):
    datasets["spectrum"] = instance.add_dataset("spectra", "other", "flow", "spectra")
    assert "spectra: 'other' cannot be used; expected the connection of execution_block" in notice(instance, datasets)


def notice(instance, config):
    with instance.webapp("qa0-cockpit", **config) as (url, _log), pull_session(url=f"{url}/backend") as session:
        (root,) = session.document.roots
        return root.text
