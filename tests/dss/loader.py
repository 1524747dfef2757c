"""The installation of a plugin: an archive is unpacked if DSS would take it, and refused in words where it would not.

Stricter than DSS where that is silent: a folder that DSS passes over without a word is refused here.
"""

import ast
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO

from dss import code_environment, components, descriptors

DOCUMENTS = {"plugin.json", "README.md", "LICENSE", "CHANGELOG.md", "requirements.json", "release_info.json"}
FOLDERS = {*components.KINDS, "python-lib", "resource", "code-env", "js", "R-lib"}
_MEANT = {"recipes": "custom-recipes", "custom-webapps": "webapps", "macros": "python-runnables", "resources": "resource"}
_PLUGIN_KEYS = {"id", "version", "meta", "params"}
_META_KEYS = {"label", "description", "author", "icon", "category", "recipesCategory", "tags", "url", "licenseInfo", "supportLevel"}
_CATEGORIES = {"visual", "code", "genai", "other"}
_SUPPORT = {"SUPPORTED", "NOT_SUPPORTED"}


class Refused(Exception):
    """An archive that DSS would not take, or of which it would drop a part. ``problems`` are sentences."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin as it was unpacked. ``components`` are descriptors by kind and name, such as "custom-recipes"."""

    id: str
    version: str
    folder: Path
    accepted_interpreters: tuple[str, ...]
    components: dict[str, dict[str, dict]]


def load(archive: Path | IO[bytes], folder: Path, *, recipes_of_others: frozenset[str] = frozenset()) -> Plugin:
    """Unpacks an archive into ``folder``; Refused with all that is wrong with it, and nothing unpacked.

    ``recipes_of_others`` are the recipes of the plugins that are there: their names are global in DSS.
    """
    try:
        file = zipfile.ZipFile(archive)
    except zipfile.BadZipFile as problem:
        raise Refused([f"the archive: {problem}; expected a zip"]) from problem
    with file:
        problems = list(_entry_problems(file.infolist()))
        if problems:  # what it holds cannot be told
            raise Refused(problems)
        files = {name: file.read(name) for name in file.namelist() if not name.endswith("/")}
        plugin, problems = _read(files, recipes_of_others, folder)
        if problems or plugin is None:
            raise Refused(problems)
        file.extractall(folder)
    return plugin


def _entry_problems(entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    names = [entry.filename for entry in entries]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name}: twice in the archive; expected once"
    for entry in entries:
        if stat.S_ISLNK(entry.external_attr >> 16):
            yield f"{entry.filename}: a link; expected the file itself"
        if entry.filename.startswith("/") or ".." in PurePosixPath(entry.filename).parts:
            yield f"{entry.filename}: a path that leads out of the plugin"
    if "plugin.json" not in names:
        elsewhere = [name for name in names if PurePosixPath(name).name == "plugin.json"]
        yield f"plugin.json is {f'in {elsewhere[0]}' if elsewhere else 'missing'}; expected at the root of the archive"


def _read(files: dict[str, bytes], others: frozenset[str], folder: Path) -> tuple[Plugin | None, list[str]]:
    problems = [*_layout(files), *_python(files)]
    try:
        plugin = descriptors.strict(files["plugin.json"].decode())
    except ValueError as problem:
        return None, [*problems, f"plugin.json: {problem}; expected strict JSON"]
    problems += _plugin_problems(plugin)
    environment, found = code_environment.read(files)
    problems += found
    known, found = components.read(files, str(plugin.get("id", "")), others)
    problems += found
    accepted = tuple(environment.get("acceptedPythonInterpreters", ()))
    return Plugin(str(plugin.get("id")), str(plugin.get("version")), folder, accepted, known), problems


def _layout(files: dict[str, bytes]) -> Iterator[str]:
    for root in sorted({PurePosixPath(name).parts[0] for name in files}):
        if root in _MEANT:
            yield f"{root}/: DSS passes over it without a word; expected {_MEANT[root]}/"
        elif root not in FOLDERS | DOCUMENTS:
            yield f"{root}: not known to DSS at the root of a plugin; expected one of {', '.join(sorted(FOLDERS | DOCUMENTS))}"
    if not any(name.startswith("python-lib/") and name.count("/") > 1 for name in files):
        yield "python-lib/: holds no package; expected one, of a name of its own"


def _python(files: dict[str, bytes]) -> Iterator[str]:
    for name in sorted(name for name in files if name.endswith(".py")):
        for line, words in _code_problems(files[name]):
            yield f"{name}, line {line}: {words}"


@lru_cache(maxsize=1024)
def _code_problems(code: bytes) -> tuple[tuple[int, str], ...]:
    """What no accepted Python can read, and imports that DSS does not have, by line."""
    try:
        tree = ast.parse(code, feature_version=(3, 10))
    except SyntaxError as problem:
        return ((problem.lineno or 0, f"{problem.msg}; expected Python 3.10"),)
    wrong = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "dataiku.webapps"
             and "get_webapp_config" in [alias.name for alias in node.names]]
    return tuple((line, "dataiku.webapps has no get_webapp_config; expected dataiku.customwebapp") for line in wrong)


def _plugin_problems(plugin: dict) -> Iterator[str]:
    yield from descriptors.key_problems("plugin.json", plugin, _PLUGIN_KEYS, needed={"id", "version", "meta"})
    name, version, meta = str(plugin.get("id", "")), str(plugin.get("version", "")), plugin.get("meta", {})
    if not re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*", name) or "plugin" in name or "custom" in name:
        yield f"plugin.json, id: {name!r}; expected lower-case words joined by -, without 'plugin' and 'custom'"
    if not re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?", version):
        yield f"plugin.json, version: {version!r}; expected three numbers such as 1.2.3"
    yield from descriptors.key_problems("plugin.json, meta", meta, _META_KEYS, needed={"label", "description", "author", "icon"})
    yield from descriptors.icon_problems("plugin.json, meta", meta)
    if meta.get("recipesCategory", "other") not in _CATEGORIES:
        yield f"plugin.json, meta, recipesCategory: {meta['recipesCategory']!r}; expected one of {', '.join(sorted(_CATEGORIES))}"
    if meta.get("supportLevel", "NOT_SUPPORTED") not in _SUPPORT:
        yield f"plugin.json, meta, supportLevel: {meta['supportLevel']!r}; expected one of {', '.join(sorted(_SUPPORT))}"
