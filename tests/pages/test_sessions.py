"""Several sessions on one real server: what one waits for, the others do not."""

import asyncio
from threading import Event

import pytest
from bokeh.application import Application
from bokeh.application.handlers import FunctionHandler
from bokeh.server.server import Server
from tornado.httpclient import AsyncHTTPClient

from alma_qa0.pages import cockpit
from alma_qa0.pages.ahead import Ahead
from pages.instant import UID, InstantMarts

pytestmark = pytest.mark.slow  # each serves the page

WITHIN_S = 30  # far more than it takes; a session that waits for the other one waits for ever


class HeldMarts(InstantMarts):
    """A database that answers nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = Event()

    def __getattribute__(self, name):
        if name.startswith(("read_", "list_", "source_version", "date_bounds", "look")):
            object.__getattribute__(self, "let_go").wait(WITHIN_S)
        return super().__getattribute__(name)


async def opened(server: Server, number: int):
    """The session that reader 1 or 2 gets, who looks at one polarisation."""
    known = {session.id for session in server.get_sessions("/")}
    await AsyncHTTPClient().fetch(f"http://localhost:{server.port}/?uid={UID}&polarisations={'XY'[number - 1]}")
    (session,) = (each for each in server.get_sessions("/") if each.id not in known)
    return session


async def shows_spectra(session) -> None:
    while not len(session.document.get_model_by_name("spectra_table").data["id"]):
        await asyncio.sleep(0.01)


def served(work, databases, **options):
    """Run ``work`` with a server whose sessions get these databases in turn."""
    turns = iter(databases)

    async def run():
        def page(document):
            cockpit.build(document, marts=next(turns), arguments=document.session_context.request.arguments, **options)

        server = Server({"/": Application(FunctionHandler(page))}, port=0)
        server.start()
        try:
            return await asyncio.wait_for(work(server), WITHIN_S)
        finally:
            for database in databases:
                getattr(database, "let_go", Event()).set()
            server.stop()

    return asyncio.run(run())


def test_a_database_that_hangs_in_one_session_does_not_hold_up_another():
    held, quick = HeldMarts(), InstantMarts()

    async def work(server):
        waiting = await opened(server, 1)
        answered = await opened(server, 2)
        await shows_spectra(answered)
        change = answered.document.get_model_by_name("spectra_quantity")
        await answered.with_document_locked(lambda: setattr(change, "active", 1))
        while "Tsys" not in answered.document.get_model_by_name("spectra_note").text:
            await asyncio.sleep(0.01)
        before = len(waiting.document.get_model_by_name("spectra_table").data["id"])
        held.let_go.set()
        await shows_spectra(waiting)
        return before

    assert served(work, [held, quick]) == 0


def test_each_reader_gets_a_page_of_its_own_though_it_was_made_ahead():
    marts, ahead = InstantMarts(), Ahead(after_s=0)

    async def work(server):
        first = await opened(server, 1)
        while not ahead.ready((marts, False, False)):
            await asyncio.sleep(0.01)
        second = await opened(server, 2)
        for session in (first, second):
            await shows_spectra(session)
        documents = [session.document for session in (first, second)]
        models = [{model.id for model in document.models} for document in documents]
        polarisations = [document.get_model_by_name("polarisations").active for document in documents]
        return models, polarisations

    (one, other), (of_one, of_other) = served(work, [marts, marts], ahead=ahead)
    assert not one & other
    assert (of_one, of_other) == ([0], [1])
