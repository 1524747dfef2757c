"""Of a test that fails in the browser a trace and a screenshot are kept."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = """
import pytest
pytestmark = pytest.mark.browser

def page_of(browser, words):
    page = browser.new_context().new_page()
    page.set_content(f"<p>{words}</p>")
    return page

@pytest.fixture
def held(browser):
    page = page_of(browser, "in a fixture")
    yield page
    page.context.close()

def test_good(browser):
    page_of(browser, "well").context.close()

def test_bad(held):
    held.locator("p").click()
    assert held.locator("p").inner_text() == "another"
"""


def test_a_trace_and_a_screenshot_are_kept_of_a_test_that_fails_and_of_no_other(tmp_path):
    (tmp_path / "test_probe.py").write_text(TESTS, encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", ROOT, "-p", "conftest",
                           "--snapshots", "--failures", tmp_path / "kept", tmp_path / "test_probe.py"], cwd=ROOT,
                          capture_output=True, text=True)
    assert "1 failed, 1 passed" in done.stdout, done.stdout
    (folder,) = (tmp_path / "kept").iterdir()
    assert folder.name.endswith("test_bad")
    assert sorted(path.name for path in folder.iterdir()) == ["page-1.png", "trace-1.zip"]
    assert f"playwright show-trace {folder / 'trace-1.zip'}" in done.stdout
    with zipfile.ZipFile(folder / "trace-1.zip") as trace:
        told = trace.read("trace.trace").decode()
    assert '"method":"click"' in told
    assert "in a fixture" in told
