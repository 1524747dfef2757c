"""Archives to try the look-alike with: the shipped one with something changed, and a small plugin around the code of a test."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

META = {"label": "Probe", "description": "Runs what a test gives it.", "icon": "icon-puzzle-piece"}
RECIPE, WEBAPP, MACRO = "custom-recipes/probe-recipe", "webapps/probe-page", "python-runnables/probe-macro"
CHOICES = "def do(payload):\n    return {'choices': [{'value': payload['parameterName'], 'label': 'name'}]}\n"


def read(archive: Path) -> dict[str, bytes]:
    """The files of an archive by name."""
    with zipfile.ZipFile(archive) as file:
        return {name: file.read(name) for name in file.namelist()}


def write(archive: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(archive, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return archive


def edited(files: dict[str, bytes], name: str, change: Callable[[dict], object]) -> dict[str, bytes]:
    """The same files, the object in one of them changed by ``change`` in place."""
    found = json.loads(files[name])
    change(found)
    return files | {name: json.dumps(found).encode()}


def small_plugin(
    archive: Path, *, recipe: str = "", backend: str = "", macro: str = "", choices: str = CHOICES, result_type: str = "RESULT_TABLE",
    requirements: str = "bokeh>=3.8\nnumpy\npandas<3\npython-dateutil\nrequests\nsix\n",
) -> Path:
    """A plugin that DSS takes: one recipe, from any number of ``source`` to one ``target``, one webapp, one macro."""
    role = {"label": "Datasets", "description": "Some", "arity": "NARY", "acceptsDataset": True, "mustBeSQL": True}
    parameters = [{"name": "number", "type": "INT", "label": "Number", "defaultValue": 3, "mandatory": False},
                  {"name": "words", "type": "MAP", "label": "Words"},
                  {"name": "choice", "type": "SELECT", "label": "Choice", "getChoicesFromPython": True}]
    files = {
        "plugin.json": {"id": "probe", "version": "1.0.0", "meta": META | {"author": "tests"}},
        "code-env/python/desc.json": {"acceptedPythonInterpreters": ["PYTHON310", "PYTHON311", "PYTHON312"], "installCorePackages": False},
        "code-env/python/spec/requirements.txt": requirements,
        "python-lib/probe_lib/__init__.py": "calls = []\n",
        "resource/choices.py": dedent(choices),
        f"{RECIPE}/recipe.json": {
            "meta": META, "kind": "PYTHON", "inputRoles": [role | {"name": "source", "required": False}],
            "outputRoles": [role | {"name": "target", "required": True}], "params": parameters, "paramsPythonSetup": "choices.py"},
        f"{RECIPE}/recipe.py": dedent(recipe),
        f"{WEBAPP}/webapp.json": {"meta": META, "baseType": "BOKEH", "hasBackend": "true", "noJSSecurity": "true", "params": []},
        f"{WEBAPP}/backend.py": dedent(backend),
        f"{MACRO}/runnable.json": {"meta": META, "impersonate": True, "resultType": result_type, "params": [], "adminParams": []},
        f"{MACRO}/runnable.py": dedent(macro) or "from dataiku.runnables import Runnable\nclass Probe(Runnable):\n    pass\n",
    }
    texts = {name: content if isinstance(content, str) else json.dumps(content) for name, content in files.items()}
    return write(archive, {name: text.encode() for name, text in texts.items()})
