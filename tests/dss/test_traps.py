"""Each trap of DSS, fallen into on purpose: the look-alike must refuse, and say in words what is wrong."""

import json
import stat
import zipfile
from collections.abc import Callable

import pytest

from dss import code_environment, loader
from dss.archives import MACRO, RECIPE, WEBAPP, edited, read, small_plugin, write
from dss.code_environment import DESCRIPTION, REQUIREMENTS

SHIPPED_RECIPE = "custom-recipes/alma-qa0-spectrum/recipe.json"
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def shipped(archive):
    return read(archive)


@pytest.fixture
def refuse(tmp_path):
    """The sentences with which an archive of these files is refused."""
    def refused(files: Files, **others) -> str:
        with pytest.raises(loader.Refused) as problem:
            loader.load(write(tmp_path / "plugin.zip", files), tmp_path / "there", **others)
        assert not (tmp_path / "there").exists()
        return str(problem.value)
    return refused


def moved(old: str, new: str) -> Callable[[Files], Files]:
    return lambda files: {name.replace(old, new, 1) if name.startswith(old) else name: content for name, content in files.items()}


def with_file(name: str, content: str = "") -> Callable[[Files], Files]:
    return lambda files: files | {name: content.encode()}


def without(name: str) -> Callable[[Files], Files]:
    return lambda files: {one: content for one, content in files.items() if one != name}


def replaced(name: str, old: str, new: str) -> Callable[[Files], Files]:
    def change(files: Files) -> Files:
        assert old.encode() in files[name], f"{name} has no {old}"
        return files | {name: files[name].replace(old.encode(), new.encode(), 1)}
    return change


def in_json(name: str, change: Callable[[dict], object]) -> Callable[[Files], Files]:
    return lambda files: edited(files, name, change)


def parameter(**keys) -> Callable[[Files], Files]:
    """The shipped recipe with one more parameter."""
    one = {"name": "more", "type": "STRING", "label": "More", "description": "One more"} | keys
    return in_json(SHIPPED_RECIPE, lambda recipe: recipe["params"].append(one))


def in_role(**keys) -> Callable[[Files], Files]:
    return in_json(SHIPPED_RECIPE, lambda recipe: recipe["inputRoles"][0].update(keys))


LAYOUT = {
    "recipes where they lie in the sources": (moved("custom-recipes/", "recipes/"), "recipes/: DSS passes over it without a word"),
    "webapps in a folder that is none": (moved("webapps/", "custom-webapps/"), "expected webapps/"),
    "plugin.json in a folder": (moved("", "alma-qa0/"), "plugin.json is in alma-qa0/plugin.json; expected at the root"),
    "tests in the archive": (with_file("tests/test_a.py"), "tests: not known to DSS at the root of a plugin"),
    "a recipe without its code": (without(SHIPPED_RECIPE.replace(".json", ".py")), "alma-qa0-spectrum: no recipe.py; expected one"),
    "a recipe without its descriptor": (without(SHIPPED_RECIPE), "alma-qa0-spectrum: no recipe.json; expected one"),
    "a component that is a file": (with_file("webapps/page.py"), "webapps/page.py: a file; expected a folder"),
    "names that differ by case only": (
        with_file("custom-recipes/ALMA-QA0-spectrum/recipe.py"), "two components of this name; expected each once"),
    "a recipe without the plugin's name, as names are global": (
        moved("custom-recipes/alma-qa0-spectrum", "custom-recipes/spectrum"), "expected it to begin with alma-qa0-"),
    "a path that leads out": (with_file("python-lib/../../escaped.py"), "a path that leads out of the plugin"),
    "syntax of a later Python": (
        with_file("python-lib/alma_qa0/later.py", "type Uid = str\n"), "python-lib/alma_qa0/later.py, line 1"),
    "no library": (lambda files: {name: content for name, content in files.items() if not name.startswith("python-lib/")},
                   "python-lib/: holds no package"),
}
DESCRIPTORS = {
    "a comment in plugin.json": (replaced("plugin.json", "{", "{ // ours\n"), "plugin.json: Expecting property name"),
    "a key twice in plugin.json": (replaced("plugin.json", "{", '{"id": "other",'), "plugin.json: the key 'id' twice"),
    "a version that is none": (in_json("plugin.json", lambda found: found.update(version="new")), "version: 'new'; expected three numbers"),
    "an id with plugin in it": (in_json("plugin.json", lambda found: found.update(id="qa0-plugin")), "without 'plugin' and 'custom'"),
    "an unknown key": (in_json(SHIPPED_RECIPE, lambda found: found.update(inputs=[])), "unknown key 'inputs'"),
    "a trailing comma": (replaced(SHIPPED_RECIPE, '"kind": "PYTHON"', '"kind": "PYTHON",'), "recipe.json: "),
    "a recipe of kind SQL": (in_json(SHIPPED_RECIPE, lambda found: found.update(kind="SQL")), "kind: 'SQL'; expected one of PYTHON"),
    "unary for arity": (in_role(unary=True), "unary is no key of a role; expected arity, UNARY or NARY"),
    "an arity that is none": (in_role(arity="ONE"), "arity: 'ONE'; expected one of NARY, UNARY"),
    "a role twice": (in_json(SHIPPED_RECIPE, lambda found: found["inputRoles"].append(found["inputRoles"][0])), "twice; expected once"),
    "selectable from no role": (
        in_json(SHIPPED_RECIPE, lambda found: found.update(selectableFromDataset="input")), "an input role, one of cal_atmosphere"),
    "required as a text": (in_role(required="true"), "required: 'true'; expected true or false"),
    "a colour that DSS has not": (
        in_json(SHIPPED_RECIPE, lambda found: found["meta"].update(iconColor="teal")), "iconColor: 'teal'; expected one of"),
}
PARAMETERS = {
    "a type that DSS has not": (parameter(type="TEXT"), "type 'TEXT'; expected one of ARRAY"),
    "a parameter twice": (lambda files: parameter()(parameter()(files)), "parameter more twice; expected once"),
    "a key of another type": (parameter(minI=1), "unknown key 'minI'"),
    "a default beyond its bounds": (parameter(type="INT", defaultValue=0, minI=1), "defaultValue 0; expected minI 1 kept"),
    "a default of another type": (parameter(type="INT", defaultValue="3"), "defaultValue '3'; expected one for INT"),
    "a choice of nothing": (parameter(type="SELECT"), "expected a list of value and label, or getChoicesFromPython"),
    "a default that is no choice": (
        parameter(type="SELECT", selectChoices=[{"value": "a", "label": "A"}], defaultValue="b"), "defaultValue 'b'; expected one of a"),
    "a column of no role": (parameter(type="COLUMN", columnRole="input"), "COLUMN of the role 'input'"),
    "a dataset's column in a recipe": (parameter(type="DATASET_COLUMN", datasetParamName="d"), "or COLUMN in a recipe"),
    "a parameter set that is not there": (parameter(type="PRESET", parameterSetId="p"), "parameterSetId 'p'; expected one of []"),
    "a condition on nothing": (parameter(visibilityCondition="model.mod == 'all'"), "asks for 'mod'; expected the name of a parameter"),
    "a condition on a choice that is not there": (
        lambda files: parameter(visibilityCondition="model.kind == 'b'")(
            parameter(name="kind", type="SELECT", selectChoices=[{"value": "a", "label": "A"}])(files)), "asks for 'b'; expected one of a"),
    "a condition in Python": (parameter(visibilityCondition="model.more is None"), "at 'is None'; expected comparisons of model"),
    "a condition that is true": (parameter(visibilityCondition=True), "visibilityCondition True; expected a text"),
    "a name with a dash": (parameter(name="batch-size"), "the name; expected letters, digits and _"),
}
CODE_ENVIRONMENT = {
    "no six, which dataikuapi imports": (replaced(REQUIREMENTS, "six", "tenacity"), "no six; expected it"),
    "no requests": (replaced(REQUIREMENTS, "requests", "httpx"), "no requests; expected it"),
    "pandas without a bound": (replaced(REQUIREMENTS, ",<3\npsycopg2", "\npsycopg2"), "expected pandas below 3"),
    "an option": (replaced(REQUIREMENTS, "six", "--extra-index-url https://a/b\nsix"), f"{REQUIREMENTS}: "),
    "a package from an address": (replaced(REQUIREMENTS, "six", "own @ https://a/b.zip\nsix"), "expected the name of a package"),
    "a Python that DSS has not": (
        in_json(DESCRIPTION, lambda found: found.update(acceptedPythonInterpreters=["PYTHON3.11"])), "'PYTHON3.11'; expected of PYTHON310"),
    "no Python": (in_json(DESCRIPTION, lambda found: found.pop("acceptedPythonInterpreters")), "no acceptedPythonInterpreters"),
    "a set of packages that DSS has not": (
        in_json(DESCRIPTION, lambda found: found.update(corePackagesSet="PANDAS22")), "corePackagesSet: 'PANDAS22'; expected one of AUTO"),
    "no requirements": (without(REQUIREMENTS), f"{REQUIREMENTS}: missing"),
}


@pytest.mark.parametrize(("change", "words"), [pytest.param(*trap, id=name) for traps in (LAYOUT, DESCRIPTORS, PARAMETERS, CODE_ENVIRONMENT)
                                               for name, trap in traps.items()])
def test_the_shipped_archive_with_a_trap_in_it_is_refused(change, words, shipped, refuse):
    assert words in refuse(change(shipped))


@pytest.fixture
def small(tmp_path):
    """The files of a small plugin that is taken as it is."""
    loader.load(small_plugin(tmp_path / "small.zip"), tmp_path / "taken")
    return read(tmp_path / "small.zip")


SMALL = {
    "a module beside the backend": (with_file(f"{WEBAPP}/helper.py"), "DSS brings nothing but the text of backend.py"),
    "a template beside the backend": (with_file(f"{WEBAPP}/templates/index.html"), "DSS brings nothing but the text of backend.py"),
    "the parameters of the webapp from the wrong module": (
        with_file(f"{WEBAPP}/backend.py", "from dataiku.webapps import get_webapp_config\n"), "expected dataiku.customwebapp"),
    "a backend that is true, not a text": (
        in_json(f"{WEBAPP}/webapp.json", lambda found: found.update(hasBackend=True)), "hasBackend: True; expected one of false, true"),
    "a role of no parameter": (
        in_json(f"{WEBAPP}/webapp.json", lambda found: found.update(roles=[{"type": "DATASET", "targetParamsKey": "input"}])),
        "targetParamsKey 'input'; expected the name of a parameter"),
    "choices from a file that is not in resource": (without("resource/choices.py"), "'choices.py'; expected a file in resource/"),
    "choices without do": (
        with_file("resource/choices.py", "def one():\n    pass\ndef two():\n    pass\n"), "has one, two; expected do(payload, config"),
    "do with too many arguments": (with_file("resource/choices.py", "def do(a, b, c, d, e):\n    pass\n"), "do takes 5 arguments"),
    "choices without a file": (
        in_json(f"{RECIPE}/recipe.json", lambda found: found.pop("paramsPythonSetup")), "expected paramsPythonSetup beside params"),
    "a macro that is no Runnable": (with_file(f"{MACRO}/runnable.py", "class Probe:\n    pass\n"), "0 classes that extend"),
    "a macro with an answer that DSS has not": (
        in_json(f"{MACRO}/runnable.json", lambda found: found.update(resultType="TABLE")), "resultType: 'TABLE'; expected one of FILE"),
}


@pytest.mark.parametrize(("change", "words"), SMALL.values(), ids=SMALL)
def test_a_small_plugin_with_a_trap_in_it_is_refused(change, words, small, refuse):
    assert words in refuse(change(small))


def test_comments_are_read_in_descriptors_of_components_and_in_their_texts_left(small, tmp_path):
    text = small[f"{RECIPE}/recipe.json"].decode().replace("Runs what a test gives it.", "See https://a.b /* there */")
    files = small | {f"{RECIPE}/recipe.json": f"// ours\n{text}/* the end */".encode()}
    plugin = loader.load(write(tmp_path / "plugin.zip", files), tmp_path / "there")
    assert plugin.components["custom-recipes"]["probe-recipe"]["meta"]["description"] == "See https://a.b /* there */"


def test_a_recipe_of_a_name_that_another_plugin_has_is_refused(small, refuse):
    assert "a recipe of another plugin has this name" in refuse(small, recipes_of_others=frozenset({"probe-recipe"}))


def test_an_archive_with_a_file_twice_or_a_link_is_refused(small, tmp_path):
    link = zipfile.ZipInfo("resource/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(write(tmp_path / "plugin.zip", small), "a") as file:
        file.writestr(link, "../python-lib")
        with pytest.warns(UserWarning, match="Duplicate name"):
            file.writestr("plugin.json", "{}")
    with pytest.raises(loader.Refused, match="twice in the archive") as problem:
        loader.load(tmp_path / "plugin.zip", tmp_path / "there")
    assert "resource/link: a link; expected the file itself" in problem.value.problems


def test_what_is_no_zip_is_refused(tmp_path):
    (tmp_path / "plugin.zip").write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(loader.Refused, match="File is not a zip file; expected a zip"):
        loader.load(tmp_path / "plugin.zip", tmp_path / "there")


def test_a_code_environment_has_what_its_requirements_bring_and_no_more():
    hidden = code_environment.hidden("pandas\n")
    assert {"pytest", "bokeh", "lxml"} <= set(hidden)
    assert {"pandas", "numpy", "dateutil"}.isdisjoint(hidden)
