import runpy
from pathlib import Path

import pytest

from alma_qa0.core.rules import RULES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def page():
    return runpy.run_path(str(ROOT / "tools" / "rules.py"))["rules_page"]()


def test_the_page_is_the_one_that_the_rules_make(page):
    assert (ROOT / "docs" / "rules.md").read_text() == page, "docs/rules.md is stale: run `make docs`"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_its_question_formula_limits_basis_and_source_on_the_page(page, rule):
    section = page.partition(f"\n## {rule.id}\n")[2].partition("\n## ")[0]
    assert rule.question in section
    assert rule.source in section
    assert rule.basis.value.replace("_", " ") in section
    for limit in rule.limits:
        assert f"`{rule.id}.{limit.name}` = {limit.default:g}" in section
