"""The settings of the webapp: what the page shows with some datasets and without, who decides, and what is told on the page."""

import json
import re
from time import sleep
from urllib.request import Request, urlopen

import pytest
from bokeh.client.session import ClientSession
from bokeh.client.util import websocket_url_for_server_url
from bokeh.util.token import get_session_id

from alma_qa0.core.fields import DECISION, EVALUATION, FINDING
from alma_qa0.store.render import Ident
from alma_qa0.store.tables import Tables, create_decisions, create_judgement
from dss.flows import make_marts, on_18, output

pytestmark = on_18
_PATIENCE_S = 60
TABLES = Tables({relation.name: Ident("flow", f"QA0_{relation.name}") for relation in (FINDING, EVALUATION, DECISION)})


@pytest.fixture
def marts(instance, database, old_table):
    """Their datasets; the role of the connection may read them and nothing more."""
    given = make_marts(instance, database, old_table)
    database.execute(["revoke create on schema flow from analyst", "revoke all on all tables in schema flow from analyst",
                      "grant select on all tables in schema flow to analyst"])
    return given


class Sent:
    """What a session sends to the browser, in place of a document: to make its models again takes longer than all the rest."""

    def replace_with_json(self, sent):
        self.roots = [root["attributes"] for root in sent.content["roots"]]
        self.by_name = dict(named(sent.content["roots"]))


def named(sent):
    """The attributes of each model that has a name; those that are as Bokeh has them are not among them."""
    if isinstance(sent, list):
        for each in sent:
            yield from named(each)
    elif isinstance(sent, dict):
        attributes = sent.get("attributes", {})
        if isinstance(attributes, dict) and "name" in attributes:
            yield attributes["name"], attributes
        yield from named(list(sent.values()))


def shows_a_block(sent):
    return "uid://" in sent.by_name["header"]["text"]


def page(instance, config, ticket="ticket-of-aod", *, until=lambda _sent: True):
    """What the session that the browser of a user opens has sent, when it is as wanted, and the log."""
    with instance.webapp("qa0-cockpit", **config) as (url, log):
        request = Request(f"{url}/backend", headers={"Cookie": f"dss_access_token={ticket}"})
        with urlopen(request) as answer:
            token = re.search(r'"token":\s*"([^"]+)"', answer.read().decode())[1]
        session, sent = ClientSession(get_session_id(json.loads(f'"{token}"')), websocket_url_for_server_url(f"{url}/backend")), Sent()
        session.connect()
        for _ in range(_PATIENCE_S * 10):
            session._connection.pull_doc(sent)
            if until(sent):
                break
            sleep(0.1)
        session.close()
        return sent, log.read_text(encoding="utf-8")


def notice(instance, config):
    sent, _log = page(instance, config)
    (root,) = sent.roots
    return root["text"]


def form(sent):
    found = sent.by_name.get("decision_form", {"visible": False})
    return found if found.get("visible", True) else None


def with_decisions(instance, database):
    create_decisions(database, TABLES)
    database.execute(['grant select, insert on flow."QA0_decision" to analyst'])
    return {"decision": output(instance, DECISION)}


def test_a_role_that_may_only_read_is_enough_for_a_page_without_decisions(instance, database, marts):
    create_judgement(database, TABLES)
    database.execute(["grant select on all tables in schema flow to analyst"])
    sent, log = page(instance, {**marts, "finding": output(instance, FINDING), "evaluation": output(instance, EVALUATION)})
    assert form(sent) is None
    assert "findings" in sent.by_name
    assert "Traceback" not in log


def test_the_page_shows_no_findings_where_there_are_none_to_read(instance, marts):
    sent, log = page(instance, marts)
    assert "summary_points" in sent.by_name
    assert "findings" not in sent.by_name
    assert form(sent) is None
    assert "Traceback" not in log


def test_whoever_decides_is_known_by_the_login_and_cannot_type_another(instance, database, marts):
    who = page(instance, {**marts, **with_decisions(instance, database)})[0].by_name["decision_by"]
    assert (who["value"], who["disabled"]) == ("aod", True)


@pytest.mark.parametrize(("deciders", "may"), [
    (["aod"], True), (["QA0 astronomers"], True), (["ana"], False), ([], True), (None, True),
], ids=["the login", "a group with a blank in its name", "another", "an empty list", "nothing"])
def test_those_who_are_named_or_in_a_group_that_is_may_decide(instance, database, marts, deciders, may):
    ticket = instance.add_user("aod", "readers", "QA0 astronomers")
    config = {**marts, **with_decisions(instance, database), "deciders": deciders}
    assert (form(page(instance, config, ticket)[0]) is not None) == may


@pytest.mark.parametrize("deciders", [["aod"], [], None], ids=["named", "an empty list", "nothing"])
def test_nobody_may_decide_whom_dss_does_not_know_whatever_the_settings(instance, database, marts, deciders):
    config = {**marts, **with_decisions(instance, database), "deciders": deciders}
    assert form(page(instance, config, "no ticket")[0]) is None


def test_a_mart_that_was_not_chosen_is_told_where_it_would_be_shown_and_the_rest_is(instance, marts):
    few = {name: dataset for name, dataset in marts.items() if name not in ("spectrum", "invalid_value")}
    sent, log = page(instance, few, until=shows_a_block)
    assert "not shown: this page was given no table spectrum" in sent.by_name["spectra_note"]["text"]
    assert "not shown: this page was given no table invalid_value" in sent.by_name["invalid_values_note"]["text"]
    assert "no table" not in sent.by_name["summary_note"]["text"]
    assert len(sent.by_name["summary_points"]["data"]["entries"]) > 0
    assert "Traceback" not in log


def test_without_scan_summaries_the_list_and_the_header_are_shown(instance, marts):
    sent, log = page(instance, {"execution_block": marts["execution_block"], "spectrum": marts["spectrum"]}, until=shows_a_block)
    assert "Traceback" not in log, log
    assert "not shown: this page was given no table scan_summary" in sent.by_name["summary_note"]["text"]
    assert "no table scan_summary" in sent.by_name["spectra_note"]["text"]
    assert "uid://" in sent.by_name["header"]["text"]
    assert "Traceback" not in log


def test_without_execution_blocks_the_page_says_what_is_missing(instance, marts):
    words = notice(instance, {name: dataset for name, dataset in marts.items() if name != "execution_block"})
    assert "execution_block" in words
    assert "expected a choice in the settings of the webapp or recipe" in words


def test_the_table_of_decisions_is_made_when_the_page_is_opened_if_the_role_may(instance, database, marts):
    decision = {"decision": output(instance, DECISION)}
    words = notice(instance, {**marts, **decision})
    assert "flow.QA0_decision, the table of decisions, is not there and cannot be made" in words
    assert "by the macro Make the table of decisions" in words
    database.execute(["grant create on schema flow to analyst"])
    assert form(page(instance, {**marts, **decision})[0]) is not None


def test_another_table_in_the_place_of_decisions_is_told_on_the_page(instance, marts):
    words = notice(instance, {**marts, "decision": marts["spectrum"]})
    assert "This is no table of decisions: choose another dataset" in words


def test_findings_without_evaluations_are_told_on_the_page(instance, marts):
    words = notice(instance, {**marts, "finding": output(instance, FINDING)})
    assert words == "only one of finding and evaluation was chosen; expected both outputs of the judging recipe, or neither."
