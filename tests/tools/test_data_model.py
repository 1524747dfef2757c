import runpy
from pathlib import Path

import pytest

from alma_qa0.core.fields import DECISION, JUDGEMENT, MARTS, PRODUCTION, QUARANTINE, RAW, REFRESH, STAGED

ROOT = Path(__file__).parents[2]
RELATIONS = (*RAW, PRODUCTION, *STAGED, *MARTS, *JUDGEMENT, DECISION, REFRESH, QUARANTINE)


@pytest.fixture(scope="module")
def page():
    return runpy.run_path(str(ROOT / "tools" / "data_model.py"))["data_model"]()


def test_the_page_is_the_one_that_the_fields_make(page):
    assert (ROOT / "docs" / "data-model.md").read_text() == page, "docs/data-model.md is stale: run `make docs`"


def test_every_relation_and_every_column_is_on_the_page(page):
    for relation in RELATIONS:
        section = page.partition(f"### {relation.name}\n")[2].partition("\n### ")[0]
        assert [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")] == list(relation.columns)


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.name)
def test_every_key_is_made_of_columns_and_holds_the_uid(relation):
    assert set(relation.key) <= set(relation.columns)
    assert relation.key[0] == "uid"


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.name)
def test_no_column_is_there_twice(relation):
    assert len(set(relation.columns)) == len(relation.columns)
