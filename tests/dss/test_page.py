"""The way of an installation: raw tables, the recipes, the macro, and the webapp in a browser, behind the nginx of DSS."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from alma_qa0.core.fields import DECISION, JUDGEMENT, MARTS
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.ingest import ingest
from alma_qa0.store.tables import Tables
from browser.cockpit import Cockpit, until
from dss.instance import Instance, free_port
from dss.proxy import BACKEND, proxied

pytestmark = pytest.mark.browser

SAMPLES = Path(__file__).parents[2] / "samples"
UIDS = ("uid://A002/X12007e9/X1fb2", "uid://A002/X12007e9/X1cfb")
RECIPES = {mart.name: f"alma-qa0-{mart.name.replace('_', '-')}" for mart in MARTS}


class Visitor(Cockpit):
    """A browser of one user: the page of DSS, and in its frame the webapp. ``elsewhere`` are requests beyond the webapp's own path."""

    def __init__(self, browser, proxy, ticket):
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.context.add_cookies([{"name": "dss_access_token", "value": ticket, "url": proxy.origin}])
        self.window, self.proxy, self.asked = self.context.new_page(), proxy, []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.window.on("websocket", lambda socket: self.asked.append(socket.url))
        super().__init__(self.window, proxy.view)

    def open(self, query=""):
        self.window.goto(f"{self.proxy.view}?{query}")
        self.page = self.window.frame("webapp")
        self.wait("window.Bokeh && Bokeh.documents.length > 0 && Bokeh.documents[0].is_idle")
        return self.settled()

    @property
    def elsewhere(self):
        inside = {self.proxy.origin + BACKEND, self.proxy.origin.replace("http:", "ws:") + BACKEND, self.proxy.view, "data:", "blob:"}
        return [url for url in self.asked if not url.startswith(tuple(inside))]


@pytest.fixture(scope="module")
def instance(server_18, plugin, tmp_path_factory):
    """An instance with raw tables of two Execution Blocks, whose recipes and macro have run, by a role that is no superuser."""
    with server_18.empty() as url:
        database = Postgres(url)
        database.execute([
            "create schema flow", "drop role if exists team", "create role team login", "grant usage, create on schema flow to team"])
        ingest(database, Tables.in_schemas(), [SAMPLES / f"uid___{uid[6:].replace('/', '_')}.tar.gz" for uid in UIDS])
        database.execute(["grant usage on schema raw to team", "grant select on all tables in schema raw to team"])
        instance = Instance(tmp_path_factory.mktemp("dss"), plugin, {"alma": database._url.replace("postgres@", "team@", 1)})
        instance.database = database
        build(instance)
        yield instance
        database.execute(["drop owned by team cascade", "drop role team"])
        database.close()


def build(instance):
    source = instance.add_dataset("cal_atmosphere", "alma", "raw", "cal_atmosphere")
    targets = {relation.name: instance.add_dataset(relation.name, "alma", "flow", f"${{projectKey}}_{relation.name}")
               for relation in (*MARTS, *JUDGEMENT, DECISION)}

    def run(mart):
        return instance.run_recipe(RECIPES[mart.name], {"cal_atmosphere": source}, {mart.name: targets[mart.name]})

    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(run, MARTS))
    inputs = {"cal_atmosphere": source} | {mart.name: targets[mart.name] for mart in MARTS}
    runs.append(instance.run_recipe("alma-qa0-finding", inputs, {name: targets[name] for name in ("finding", "evaluation")}))
    assert [done.stderr for done in runs if done.returncode] == []
    made = instance.run_macro("alma-qa0-make-decisions", decision=targets["decision"])
    assert made.answer is not None, made.log


class Backend:
    """The backend of the webapp with all datasets, always on the same port; in the group ``aods`` are those who may decide."""

    def __init__(self, instance, port):
        config = {relation.name: f"QA0.{relation.name}" for relation in (*MARTS, *JUDGEMENT, DECISION)}
        self._start = partial(instance.webapp, "qa0-cockpit", port=port, deciders=["aods"], **config)
        self.running = ExitStack()

    def restart(self):
        self.running.close()
        _url, self._log = self.running.enter_context(self._start())

    @property
    def log(self):
        return self._log.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def backend(instance, proxy):
    backend = Backend(instance, proxy.backend_port)
    with backend.running:
        backend.restart()
        yield backend


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    with proxied(tmp_path_factory.mktemp("nginx") / "nginx", free_port()) as proxy:
        yield proxy


@pytest.fixture
def visit(browser, backend, proxy):
    """Opens the page as a user.

    At the end nobody may have asked for anything outside its path, nor had an error on the console, nor the backend in its log.
    """
    visitors = []

    def opened(ticket, uid):
        visitors.append(Visitor(browser, proxy, ticket))
        return visitors[-1].open(f"uid={quote(uid, safe='')}")

    yield opened
    for visitor in visitors:
        visitor.context.close()
    assert [(visitor.elsewhere, visitor.complaints) for visitor in visitors] == [([], [])] * len(visitors)
    assert "Traceback" not in backend.log


COMMENTS = {UIDS[0]: 'fine, by $1 and ${me}', UIDS[1]: "it's \"clouds\" -- all of them; 100 % ?"}


def decide(visitor, status, uid, *reasons):
    """Decide with the comment of an Execution Block; wait until the history has it, whose words may be escaped."""
    visitor.click("verdict_tabs", "decision").click("decision_status", status)
    for reason in reasons:
        visitor.click("decision_reasons", reason)
    typed = visitor.page.locator('[data-name="decision_comment"] input')
    typed.fill(COMMENTS[uid])
    typed.press("Tab")
    visitor.click("decide")
    assert until(lambda: f": {status}" in visitor.look("model('decision_history').text"), visitor.page), visitor.message
    return visitor


def test_two_astronomers_open_execution_blocks_and_decide_by_their_logins(instance, proxy, visit):
    first, second = (visit(instance.add_user(login, "aods"), UIDS[0]) for login in ("ana", "ben"))
    assert set(first.data("uid_list_rows")["uid"].astype(str)) == set(UIDS)
    assert len(first.data("spectra_table")) == len(second.data("spectra_table")) > 0
    decide(first, "Pass", UIDS[0])
    second.choose(UIDS[1])
    decide(second, "Fail", UIDS[1], "QA0_WEATHER")
    made = instance.database.run('select uid, decided_by, status, comment from flow."QA0_decision" order by decided_at')
    assert made.values.tolist() == [[UIDS[0], "ana", "Pass", COMMENTS[UIDS[0]]], [UIDS[1], "ben", "Fail", COMMENTS[UIDS[1]]]]
    assert {status for path, status in proxy.requests() if path.startswith(BACKEND)} <= {101, 200, 499}


def test_who_is_in_no_group_that_may_decide_sees_no_form(visit):
    visitor = visit("ticket-of-aod", UIDS[0]).click("verdict_tabs", "decision")
    assert visitor.page.locator('[data-name="decision_history"]').filter(visible=True).count() == 1
    assert visitor.page.locator('[data-name="decide"] button').filter(visible=True).count() == 0


def test_nothing_but_the_path_of_the_webapp_leads_to_it(backend, proxy):
    page = urlopen(f"{proxy.backend}backend").read().decode()
    assert "<title>" in page
    for path in ("/", "/backend", "/backend/ws", "/static/js/bokeh.min.js", "/plugins/alma-qa0/resource/choices.py"):
        with pytest.raises(HTTPError, match="404"):
            urlopen(proxy.origin + path)


def test_a_backend_that_was_restarted_has_the_decisions_that_were_made_before(instance, backend, proxy, visit):
    database = instance.database
    decided = dict(database.run('select uid, status from flow."QA0_decision"').values.tolist())
    if not decided:
        decide(before := visit(instance.add_user("ana", "aods"), UIDS[1]), "Pass", UIDS[1])
        before.context.close()
        decided = {UIDS[1]: "Pass"}
    backend.running.close()
    with pytest.raises(HTTPError, match="502"):
        urlopen(f"{proxy.backend}backend")
    backend.restart()
    again = visit("ticket-of-aod", UIDS[1])
    states = again.data("uid_list_rows").set_index("uid")["state"].to_dict()
    assert {uid: states[uid] for uid in decided} == decided
    again.click("verdict_tabs", "decision").wait("model('decision_history').text.includes('clouds')")
