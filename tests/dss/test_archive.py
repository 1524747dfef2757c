"""The archive that an admin installs, and the descriptors in it, as DSS reads them."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import PurePosixPath

import pytest

import alma_qa0
from dss import code_environment, loader
from dss.code_environment import REQUIREMENTS
from dss.instance import ROOT, Instance


@pytest.fixture(scope="module")
def entries(archive):
    with zipfile.ZipFile(archive) as file:
        return {info.filename: (info, file.read(info)) for info in file.infolist()}


def test_the_archive_is_named_after_the_plugin_and_its_version(archive):
    assert archive.name == f"dss-plugin-alma-qa0-{alma_qa0.__version__}.zip"


def test_the_same_sources_make_the_same_bytes(make_plugin, tmp_path):
    once, again = (make_plugin.make(folder=tmp_path / name).read_bytes() for name in ("once", "again"))
    assert once == again


def test_the_archive_is_sorted_dateless_and_of_one_mode(entries):
    assert list(entries) == sorted(entries)
    assert {(info.date_time, info.external_attr >> 16) for info, _content in entries.values()} == {((1980, 1, 1, 0, 0, 0), 0o100644)}


def test_the_archive_holds_only_what_dss_reads(plugin, entries):
    assert {PurePosixPath(name).parts[0] for name in entries} <= loader.FOLDERS | loader.DOCUMENTS
    assert {"LICENSE", "README.md", "CHANGELOG.md"} <= entries.keys()
    assert not [name for name in entries if re.search(r"__pycache__|\.pyc$|egg-info|/\.|(^|/)(tests?|samples)/|~$", name)]
    assert (plugin.id, plugin.version) == ("alma-qa0", alma_qa0.__version__)


def test_files_that_tools_leave_behind_stay_out(make_plugin, tmp_path):
    (tmp_path / "python-lib" / "__pycache__").mkdir(parents=True)
    left_out = ("Makefile", "python-lib/__pycache__/a.cpython-311.pyc", "python-lib/.a.py.swp", "python-lib/a.py~")
    for name in ("plugin.json", "python-lib/a.py", *left_out):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    assert list(make_plugin.contents(tmp_path)) == ["plugin.json", "python-lib/a.py"]


def test_every_component_of_the_sources_lies_where_dss_looks_for_it(plugin):
    sources = {"custom-recipes": "recipes", "webapps": "webapps", "python-runnables": "python-runnables"}
    for kind, folder in sources.items():
        assert plugin.components[kind].keys() == {path.parent.name for path in (ROOT / folder).glob("*/*.json")}, kind
        assert plugin.components[kind]


def test_every_recipe_works_in_the_database_and_says_so(plugin):
    for recipe in plugin.components["custom-recipes"].values():
        roles = recipe["inputRoles"] + recipe["outputRoles"]
        assert all(role["mustBeSQL"] and role["acceptsDataset"] for role in roles)
        assert recipe["selectableFromDataset"] in [role["name"] for role in recipe["inputRoles"]]
        assert all(role["label"] and role["description"] for role in roles)


def test_every_parameter_has_help(plugin):
    for component in (one for components in plugin.components.values() for one in components.values()):
        for parameter in component["params"]:
            assert parameter["type"] == "SEPARATOR" or parameter["description"], parameter["name"]


def test_the_webapp_is_a_bokeh_one(plugin):
    assert plugin.components["webapps"]["qa0-cockpit"]["baseType"] == "BOKEH"


def test_every_shell_is_a_shell(entries):
    for name, (_info, content) in entries.items():
        if name.endswith(("recipe.py", "backend.py", "runnable.py", "choices.py")) and not name.startswith("python-lib"):
            assert 5 <= len(content.decode().splitlines()) <= 40, name


def test_the_code_environment_is_for_the_pythons_of_the_program(plugin):
    assert set(plugin.accepted_interpreters) == {"PYTHON310", "PYTHON311", "PYTHON312"}


def test_pip_makes_the_code_environment_for_each_python_that_is_accepted(plugin, entries):
    """Asks the package index; skips where there is none, but not in CI."""
    required = entries[REQUIREMENTS][1].decode()
    if code_environment.resolution_problems("pip\n", ("PYTHON311",)):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no package index answers")
    assert code_environment.resolution_problems(required, plugin.accepted_interpreters) == []
    assert "No matching distribution found for pandas>=99" in code_environment.resolution_problems("pandas>=99\n", ("PYTHON311",))[0]


def test_the_library_of_the_archive_is_the_one_that_runs(plugin, tmp_path):
    instance = Instance(tmp_path, plugin, {})
    found = subprocess.run([sys.executable, "-c", "import alma_qa0; print(alma_qa0.__file__)"], cwd=tmp_path, env=instance.environment(),
                           capture_output=True, text=True, check=True)
    assert found.stdout.startswith(str(instance.plugin / "python-lib"))
