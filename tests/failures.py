"""What is kept of a test that fails in the browser: a trace of Playwright and a screenshot of every page (a plugin of pytest)."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

FOLDER = Path(__file__).parents[1] / "build" / "failures"
_browsers: "list[Browser]" = []


def watch(browser: "Browser", *, snapshots: bool) -> None:
    """From now on each context of this browser is traced; with ``snapshots`` of the page before and after each step."""
    new_context = browser.new_context

    def traced(**options) -> "BrowserContext":  # type: ignore[no-untyped-def]
        context = new_context(**options)
        context.tracing.start(snapshots=snapshots)
        context.tracing.start_chunk()
        return context

    browser.new_context = traced  # type: ignore[method-assign]
    _browsers.append(browser)


def forget(context: "BrowserContext") -> None:
    """A context that goes on to another test begins its trace again."""
    context.tracing.stop_chunk()
    context.tracing.start_chunk()


def keep(folder: Path) -> list[Path]:
    """The trace of every context that is open, as trace-1.zip, and a screenshot of every page, as page-1.png."""
    from playwright.sync_api import Error  # most tests do without
    folder.mkdir(parents=True, exist_ok=True)
    contexts = [context for browser in _browsers for context in browser.contexts]
    pages = [page for context in contexts for page in context.pages]
    for number, page in enumerate(pages, 1):
        with suppress(Error):  # a page that hangs; its trace tells more
            page.screenshot(path=folder / f"page-{number}.png", timeout=10_000)
    for number, context in enumerate(contexts, 1):
        context.tracing.stop_chunk(path=folder / f"trace-{number}.zip")
        context.tracing.start_chunk()
    return sorted(folder.iterdir())


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--snapshots", action="store_true", help="traces show the page before and after each step, which takes long")
    parser.addoption("--failures", type=Path, default=FOLDER, metavar="FOLDER", help="where traces and screenshots are kept")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:  # type: ignore[type-arg]
    report = yield
    if report.failed and call.when in ("setup", "call") and _browsers and item.get_closest_marker("browser"):
        kept = keep(item.config.getoption("failures") / re.sub(r"[^\w.-]+", "-", item.nodeid))
        look = "".join(f"\n.venv/bin/playwright show-trace {path}" if path.suffix == ".zip" else f"\n{path}" for path in kept)
        report.sections.append(("kept", look.strip()))
    return report
