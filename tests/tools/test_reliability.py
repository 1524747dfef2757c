import json
import runpy
from pathlib import Path

import attack

ROOT = Path(__file__).parents[2]
RELIABILITY = runpy.run_path(str(ROOT / "tools" / "reliability.py"))


def results():
    return json.loads((ROOT / "bench" / "results" / "attack.json").read_text())


def test_the_page_is_the_one_that_the_results_make():
    made = RELIABILITY["page"](results())
    assert (ROOT / "docs" / "reliability.md").read_text() == made, "docs/reliability.md is stale: run `make docs`"


def test_every_part_of_the_attack_has_its_place_on_the_page():
    assert set(RELIABILITY["PARTS"]) == set(attack.PARTS)


def test_every_figure_of_the_page_is_measured():
    for name, result in results().items():
        assert {figure for figure, _, _ in RELIABILITY["PARTS"][name][2]} <= result["figures"].keys()


def test_a_fault_is_on_the_page():
    found = results()
    found["files"]["faults"] = ["one: taken with other values"]
    assert "1 faults:\n\n- one: taken with other values" in RELIABILITY["page"](found)
