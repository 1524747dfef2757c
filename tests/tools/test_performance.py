import json
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_is_the_one_that_the_results_make():
    results = {path.stem: json.loads(path.read_text()) for path in (ROOT / "bench" / "results").glob("*.json")}
    made = runpy.run_path(str(ROOT / "tools" / "performance.py"))["page"](results)
    assert (ROOT / "docs" / "performance.md").read_text() == made, "docs/performance.md is stale: run `make docs`"
