"""The archive that an admin installs, and the descriptors in it, as DSS reads them."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import PurePosixPath

import pytest

import alma_qa0
from dss.instance import Instance

# What DSS knows at the root of a plugin; it passes over anything else without a word.
COMPONENTS = {"custom-recipes": "recipe.json", "webapps": "webapp.json"}
FOLDERS = {*COMPONENTS, "code-env", "python-lib", "resource"}
DOCUMENTS = {"plugin.json", "CHANGELOG.md", "LICENSE", "README.md"}
PARAMETER_TYPES = {"BOOLEAN", "INT", "STRING", "DATASET", "SELECT"}


@pytest.fixture(scope="module")
def entries(archive):
    with zipfile.ZipFile(archive) as file:
        return {info.filename: (info, file.read(info)) for info in file.infolist()}


def descriptors(entries, folder):
    return {PurePosixPath(name).parts[1]: json.loads(content) for name, (_info, content) in entries.items()
            if PurePosixPath(name).match(f"{folder}/*/{COMPONENTS[folder]}")}


def test_the_archive_is_named_after_the_plugin_and_its_version(archive):
    assert archive.name == f"dss-plugin-alma-qa0-{alma_qa0.__version__}.zip"


def test_the_same_sources_make_the_same_bytes(make_plugin, tmp_path):
    once, again = (make_plugin.make(folder=tmp_path / name).read_bytes() for name in ("once", "again"))
    assert once == again


def test_the_archive_is_sorted_dateless_and_of_one_mode(entries):
    assert list(entries) == sorted(entries)
    assert {(info.date_time, info.external_attr >> 16) for info, _content in entries.values()} == {((1980, 1, 1, 0, 0, 0), 0o100644)}


def test_the_archive_holds_only_what_dss_reads(entries):
    roots = {PurePosixPath(name).parts[0] for name in entries}
    assert roots <= FOLDERS | DOCUMENTS
    assert {"plugin.json", "LICENSE", "code-env", "custom-recipes", "python-lib", "webapps"} <= roots
    assert not [name for name in entries if re.search(r"__pycache__|\.pyc$|egg-info|/\.|(^|/)tests?/|~$", name)]


def test_files_that_tools_leave_behind_stay_out(make_plugin, tmp_path):
    (tmp_path / "python-lib" / "__pycache__").mkdir(parents=True)
    left_out = ("Makefile", "python-lib/__pycache__/a.cpython-311.pyc", "python-lib/.a.py.swp", "python-lib/a.py~")
    for name in ("plugin.json", "python-lib/a.py", *left_out):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    assert list(make_plugin.contents(tmp_path)) == ["plugin.json", "python-lib/a.py"]


def test_recipes_lie_where_dss_looks_for_them(entries):
    assert set(descriptors(entries, "custom-recipes")) == {
        "alma-qa0-execution-block", "alma-qa0-scan-summary", "alma-qa0-spectrum", "alma-qa0-invalid-value"}
    assert "custom-recipes/alma-qa0-spectrum/recipe.py" in entries
    assert not [name for name in entries if name.startswith("recipes/")]


def test_the_plugin_has_the_version_of_the_program(entries):
    plugin = json.loads(entries["plugin.json"][1])
    assert plugin["id"] == "alma-qa0"
    assert plugin["version"] == alma_qa0.__version__
    assert plugin["meta"]["licenseInfo"] == "Apache-2.0"
    assert {"label", "description", "author", "icon", "category"} <= plugin["meta"].keys()


def test_every_recipe_begins_with_the_plugin_since_recipe_names_are_global_in_dss(entries):
    assert all(name.startswith("alma-qa0-") for name in descriptors(entries, "custom-recipes"))


def test_every_recipe_works_in_the_database_and_says_so(entries):
    for recipe in descriptors(entries, "custom-recipes").values():
        roles = recipe["inputRoles"] + recipe["outputRoles"]
        assert recipe["kind"] == "PYTHON"
        assert all(role["mustBeSQL"] and role["arity"] in ("UNARY", "NARY") and role["acceptsDataset"] for role in roles)
        assert recipe["selectableFromDataset"] in [role["name"] for role in recipe["inputRoles"]]
        assert all(role["label"] and role["description"] for role in roles)


def test_every_parameter_has_a_known_type_a_label_and_help(entries):
    found = {**descriptors(entries, "custom-recipes"), **descriptors(entries, "webapps")}
    for component in found.values():
        assert component["meta"].keys() >= {"label", "description", "icon"}
        for parameter in component["params"]:
            assert parameter["type"] in PARAMETER_TYPES
            assert parameter["label"]
            assert parameter["description"]


def test_the_webapp_is_a_bokeh_one_with_a_backend(entries):
    webapp = descriptors(entries, "webapps")["qa0-cockpit"]
    assert webapp["baseType"] == "BOKEH"
    assert (webapp["hasBackend"], webapp["noJSSecurity"]) == ("true", "true")  # words, as in the files of DSS itself


def test_every_shell_is_a_shell(entries):
    for name, (_info, content) in entries.items():
        if name.endswith(("recipe.py", "backend.py")):
            assert 5 <= len(content.decode().splitlines()) <= 40, name


def test_the_code_environment_is_for_the_pythons_of_the_program(entries):
    environment = json.loads(entries["code-env/python/desc.json"][1])
    assert set(environment["acceptedPythonInterpreters"]) == {"PYTHON310", "PYTHON311", "PYTHON312"}


def test_the_code_environment_brings_what_the_dataiku_package_needs(entries):
    # DSS's own set of these is not asked for: its pins differ from version to version and would fight with ours
    assert json.loads(entries["code-env/python/desc.json"][1])["installCorePackages"] is False
    required = {re.split(r"[<>=!~]", line)[0] for line in entries["code-env/python/spec/requirements.txt"][1].decode().split()}
    assert {"numpy", "pandas", "python-dateutil", "requests", "six"} <= required


def test_the_library_of_the_archive_is_the_one_that_runs(archive, tmp_path):
    instance = Instance(tmp_path, archive, {})
    found = subprocess.run([sys.executable, "-c", "import alma_qa0; print(alma_qa0.__file__)"], cwd=tmp_path, env=instance.environment(),
                           capture_output=True, text=True, check=True)
    assert found.stdout.startswith(str(instance.plugin / "python-lib"))
