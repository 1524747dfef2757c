"""The webapp of the stand-in in a browser: run again for each session, and with no other scripts than those of its own path."""

from urllib.request import urlopen

import pytest

from dss import loader
from dss.archives import small_plugin
from dss.instance import Instance, free_port
from dss.proxy import proxied

pytestmark = pytest.mark.browser

# The query says from where the page takes its scripts, and whether the backend wants a module beside it.
BACKEND = '''
from bokeh.io import curdoc
from bokeh.models import Div
from bokeh.settings import settings
asked = {name: value[0].decode() for name, value in curdoc().session_context.request.arguments.items()}
settings.resources = asked.get("resources", "inline")
if "beside" in asked:
    import helper
import probe_lib
probe_lib.calls.append(1)
calls = [*globals().get("calls", []), 1]
curdoc().add_root(Div(text=f"{len(calls)} of {len(probe_lib.calls)}", name="count"))
'''
DRAWN = "window.Bokeh && Bokeh.documents.length > 0 && Bokeh.documents[0].is_idle"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A webapp behind the proxy, the URL of its backend and its log."""
    folder, port = tmp_path_factory.mktemp("webapp"), free_port()
    instance = Instance(folder, loader.load(small_plugin(folder / "plugin.zip", backend=BACKEND), folder / "plugins"), {})
    with instance.webapp("probe-page", port=port) as (url, log), proxied(folder / "nginx", port) as proxy:
        yield proxy, f"{url}/backend", log


@pytest.fixture
def page(browser):
    page = browser.new_page()
    yield page
    page.close()


def test_the_backend_is_run_again_for_each_session_while_modules_stay(served, page):
    texts = []
    for _session in range(2):
        page.goto(served[1])
        page.wait_for_function(DRAWN)
        texts.append(page.evaluate("Bokeh.documents[0].get_model_by_name('count').text"))
    (first, second) = [int(text.removeprefix("1 of ")) for text in texts]
    assert second == first + 1


def test_a_module_beside_the_backend_is_not_there(served):
    urlopen(f"{served[1]}?beside=1").close()
    assert "No module named 'helper'" in served[2].read_text(encoding="utf-8")


@pytest.mark.parametrize(("resources", "asked"), [
    ("cdn", "https://cdn.bokeh.org/"), ("server", "/static/js/bokeh.min.js"), ("inline", None)])
def test_a_page_that_fetches_its_scripts_from_elsewhere_does_not_come_up(served, page, resources, asked):
    proxy, requests = served[0], []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{proxy.view}?resources={resources}")
    frame = page.frame("webapp")
    frame.wait_for_load_state()
    if asked is None:
        frame.wait_for_function(DRAWN)
    else:
        assert frame.evaluate("window.Bokeh === undefined")
    outside = [url for url in requests if not url.startswith((proxy.backend, proxy.view, "data:"))]
    assert bool(outside) == (asked is not None)
    assert all(asked in url or "/static/js/bokeh" in url for url in outside)
