"""What was made or judged is made or judged again when code that it depends on does something else, and only then."""

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, DictLoader

from alma_qa0.core.fields import INVALID_VALUE, MARTS, SPECTRUM
from alma_qa0.store import batch, facts
from alma_qa0.store.digests import PACKAGE, python_meaning, sql_meaning
from alma_qa0.store.judgement import rules_version
from alma_qa0.store.render import _environment, source_of

COMMENT = "-- said in other words\n"


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return Path(shutil.copytree(PACKAGE, tmp_path_factory.mktemp("package") / "alma_qa0", ignore=shutil.ignore_patterns("__pycache__")))


def judging_files():
    """What an interpreter of its own has loaded of our rooms for judging, by their paths below the package."""
    loaded = "import json, sys; from alma_qa0.core import evaluation, facts; print(json.dumps([m.__file__ for n, m in sys.modules.items()" \
        " if n.startswith('alma_qa0.core.')]))"
    answer = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    return [str(Path(name).relative_to(PACKAGE)) for name in json.loads(answer.stdout) if not name.endswith("core/__init__.py")]


def with_other_constant(text):
    """A module with one number, text or name in it that is another."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | int) and not isinstance(node.value, bool):
            node.value += 1
            return ast.unparse(tree)
    return text + "\n_ONE_MORE = 1\n"


def versions(package, path, *texts):
    """The version of the rules with each of some texts in one file."""
    file = package / path
    usual = file.read_text(encoding="utf-8")
    found = []
    for text in texts:
        file.write_text(text, encoding="utf-8")
        rules_version.cache_clear()
        found.append(rules_version(package))
    file.write_text(usual, encoding="utf-8")
    rules_version.cache_clear()
    return found


def test_a_copy_of_the_package_has_its_version(package):
    rules_version.cache_clear()
    assert rules_version(package) == rules_version()


def test_another_token_in_a_module_that_judges_is_another_version_and_another_comment_is_none(package):
    modules = judging_files()
    assert {"core/folding.py", "core/sentences.py", "core/setups.py", "core/scalar_fact.py"} <= set(modules)
    for path in (*modules, "core/bands.py", "store/facts.py"):
        text = (package / path).read_text(encoding="utf-8")
        told = f'# said in other words\n{text.replace(ast.get_docstring(ast.parse(text), clean=False) or "", "Something else.", 1)}\n\n'
        other, same = versions(package, path, with_other_constant(text), told)
        assert (other != rules_version(), same) == (True, rules_version()), path


def test_another_token_in_sql_that_judges_is_another_version_and_another_comment_is_none(package):
    written = {f"facts/{path.stem}" for path in (PACKAGE / "store/sql/facts").iterdir()}
    assert set(facts.TEMPLATES) == written
    for template in written:
        text = source_of(template)
        word = re.search(r"^select|^    select", text, re.MULTILINE)[0]
        other, same = versions(package, f"store/sql/{template}.sql", text.replace(word, f"{word} 1 as more,", 1),
                               COMMENT + text.replace("\n    ", "\n\n  "))
        assert (other != rules_version(), same) == (True, rules_version()), template


def recipes(monkeypatch, template=None, text=""):
    """The version of the SQL of each mart and source, with another text in one template."""
    environment = _environment()
    with monkeypatch.context() as patch:
        if template:
            patch.setattr(environment, "loader", ChoiceLoader([DictLoader({f"{template}.sql": text}), environment.loader]))
        environment.cache.clear()
        batch.recipe.cache_clear()
        found = {(source, mart.name): batch.recipe(source, mart) for source in ("asdm", "production") for mart in MARTS}
    environment.cache.clear()
    batch.recipe.cache_clear()
    return found


def changed(monkeypatch, template, text):
    usual, other = recipes(monkeypatch), recipes(monkeypatch, template, text)
    return {key for key in usual if usual[key] != other[key]}


@pytest.mark.parametrize("mart", [mart.name for mart in MARTS])
def test_other_sql_of_a_mart_is_another_version_of_it_alone(monkeypatch, mart):
    text = source_of(f"marts/{mart}")
    assert changed(monkeypatch, f"marts/{mart}", text.replace("select", "select all", 1)) == {("asdm", mart), ("production", mart)}
    assert changed(monkeypatch, f"marts/{mart}", COMMENT + text.replace("    ", "  ")) == set()


def test_other_staging_is_another_version_of_the_marts_that_read_it(monkeypatch):
    def others(template):
        return changed(monkeypatch, template, source_of(template).replace("select", "select all", 1))

    assert others("staging/asdm/cal_atmosphere") == {("asdm", mart.name) for mart in MARTS if mart is not INVALID_VALUE}
    assert others("staging/asdm/execution_block") == {("asdm", "execution_block")}
    assert ("asdm", SPECTRUM.name) not in others("staging/asdm/invalid_value")
    assert others("staging/production/parsed") >= {("production", SPECTRUM.name), ("production", INVALID_VALUE.name)}


def test_a_number_that_staging_is_given_is_part_of_the_version(monkeypatch):
    usual = recipes(monkeypatch)
    monkeypatch.setattr(batch, "EDGE_CHANNELS", batch.EDGE_CHANNELS + 1)
    assert recipes(monkeypatch) != usual


def test_the_meaning_of_sql_keeps_what_is_quoted_and_leaves_comments_and_white_space_out():
    assert sql_meaning("select 'a  -- b',\n  \"c  d\" -- why\nfrom t /* one */ where x>=-1") == sql_meaning(
        "select 'a  -- b', \"c  d\" from t where x >= - 1")
    assert sql_meaning("select 'a  b'") != sql_meaning("select 'a b'")
    assert sql_meaning("select it''s") != sql_meaning("select its")
    assert sql_meaning("select ab") != sql_meaning("select a b")


def test_the_meaning_of_python_is_its_syntax_without_docstrings():
    text = '"""A module."""\ndef f(x: int) -> str:\n    """What it does."""\n    return f"{x!r}"  # so\n'
    assert python_meaning(text) == python_meaning("def f(x: int) -> str:\n\n    return f'{x!r}'\n")
    assert python_meaning(text) != python_meaning(text.replace("!r", "!s"))
    assert python_meaning("x = None") != python_meaning("x = 'None'")
    assert python_meaning("x = 1") != python_meaning("x = 1.0")
