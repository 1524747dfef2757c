"""The components of a plugin: a folder each, with a descriptor and the code that DSS runs."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from dss import descriptors, parameters
from dss.descriptors import flag_problems, key_problems, meta_problems, word_problems

# The descriptor and the code of each kind that is played here.
KINDS = {
    "custom-recipes": ("recipe.json", "recipe.py"), "webapps": ("webapp.json", "backend.py"),
    "python-runnables": ("runnable.json", "runnable.py"), "parameter-sets": ("parameter-set.json", None),
}
_ROLE_KEYS = {"name", "label", "description", "arity", "required", "acceptsDataset", "acceptsManagedFolder", "acceptsSavedModel",
              "mustBeSQL", "mustBeStrictlyType"}
_RECIPE_KEYS = {"meta", "kind", "selectableFromDataset", "selectableFromFolder", "selectableFromSavedModel", "inputRoles", "outputRoles",
                "params", "resourceKeys", "paramsPythonSetup", "paramsModule", "paramsTemplate"}
_WEBAPP_KEYS = {"meta", "baseType", "hasBackend", "noJSSecurity", "standardWebAppLibraries", "params", "roles", "paramsPythonSetup",
                "paramsModule", "paramsTemplate", "useContextualCodeEnv", "virtualWebAppAffinity", "chart"}
_RUNNABLE_KEYS = {"meta", "impersonate", "permissions", "requiresGlobalAdmin", "resultType", "resultLabel", "extension", "mimeType",
                  "macroRoles", "params", "adminParams", "paramsPythonSetup"}
_SET_KEYS = {"meta", "defaultDefinableInline", "defaultDefinableAtProjectLevel", "pluginParams", "params"}
_RESULTS = {"NONE", "HTML", "URL", "FILE", "FOLDER_FILE", "RESULT_TABLE", "JSON_OBJECT"}
_MACRO_ROLES = {"DATASET", "DATASETS", "API_SERVICE", "API_SERVICE_VERSION", "BUNDLE", "VISUAL_ANALYSIS", "SAVED_MODEL", "MANAGED_FOLDER",
                "PROJECT_MACROS", "PROJECT_CREATOR"}


def read(files: dict[str, bytes], plugin: str, others: frozenset[str]) -> tuple[dict[str, dict[str, dict]], list[str]]:
    """The descriptors by kind and name, and what is wrong with them."""
    found: dict[str, dict[str, dict]] = {kind: {} for kind in KINDS}
    problems: list[str] = []
    for kind in KINDS:
        names = sorted({PurePosixPath(name).parts[1] for name in files if name.startswith(f"{kind}/")})
        for name in names:
            descriptor, wrong = _descriptor(files, kind, name)
            problems += wrong
            if descriptor is not None:
                found[kind][name] = descriptor
        problems += _name_problems(kind, names, plugin, others)
    for kind, check in _CHECKS.items():
        for name, descriptor in found[kind].items():
            problems += check(f"{kind}/{name}", descriptor, files, set(found["parameter-sets"]))
    return found, problems


def _descriptor(files: dict[str, bytes], kind: str, name: str) -> tuple[dict | None, list[str]]:
    file, code = KINDS[kind]
    place = f"{kind}/{name}"
    if place in files:
        return None, [f"{place}: a file; expected a folder with {file}"]
    missing = [f"{place}: no {needed}; expected one" for needed in (file, code) if needed and f"{place}/{needed}" not in files]
    if f"{place}/{file}" not in files:
        return None, missing
    try:
        return descriptors.with_comments(files[f"{place}/{file}"].decode()), missing
    except ValueError as problem:
        return None, [*missing, f"{place}/{file}: {problem}; expected JSON, in which comments may stand"]


def _name_problems(kind: str, names: list[str], plugin: str, others: frozenset[str]) -> Iterator[str]:
    folded = [name.lower() for name in names]
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
            yield f"{kind}/{name}: the name; expected letters, digits, - and _"
        if folded.count(name.lower()) > 1:
            yield f"{kind}/{name}: two components of this name; expected each once"
        if kind == "custom-recipes" and name in others:
            yield f"{kind}/{name}: a recipe of another plugin has this name; expected one that is free on the whole instance"
        if kind == "custom-recipes" and not name.startswith(f"{plugin}-"):
            yield f"{kind}/{name}: the name, which is global in DSS; expected it to begin with {plugin}-"


def _recipe(place: str, recipe: dict, files: dict[str, bytes], sets: set[str]) -> Iterator[str]:
    here = f"{place}/recipe.json"
    yield from key_problems(here, recipe, _RECIPE_KEYS, needed={"meta", "kind", "inputRoles", "outputRoles"})
    yield from meta_problems(here, recipe.get("meta"), {"iconColor", "displayOrderRank"})
    yield from word_problems(here, recipe, "kind", {"PYTHON"})
    inputs, outputs = recipe.get("inputRoles", []), recipe.get("outputRoles", [])
    for side, roles in (("inputRoles", inputs), ("outputRoles", outputs)):
        names = [role.get("name") for role in roles]
        for role in roles:
            yield from _role(f"{here}, {side} {role.get('name')}", role)
            if names.count(role.get("name")) > 1:
                yield f"{here}, {side} {role.get('name')}: twice; expected once"
    roles = [role.get("name") for role in inputs]
    for key in ("selectableFromDataset", "selectableFromFolder", "selectableFromSavedModel"):
        if key in recipe and recipe[key] not in roles:
            yield f"{here}, {key}: {recipe[key]!r}; expected an input role, one of {', '.join(map(str, roles))}"
    yield from _form(here, recipe, files, sets, roles=roles, in_recipe=True)


def _role(place: str, role: dict) -> Iterator[str]:
    if "unary" in role:
        yield f"{place}: unary is no key of a role; expected arity, UNARY or NARY"
    yield from key_problems(place, role, _ROLE_KEYS, needed={"name", "arity"})
    yield from word_problems(place, role, "arity", {"UNARY", "NARY"})
    yield from flag_problems(place, role, "required", "acceptsDataset", "acceptsManagedFolder", "acceptsSavedModel", "mustBeSQL")
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", str(role.get("name"))):
        yield f"{place}: the name; expected letters, digits and _"


def _webapp(place: str, webapp: dict, files: dict[str, bytes], sets: set[str]) -> Iterator[str]:
    here = f"{place}/webapp.json"
    yield from key_problems(here, webapp, _WEBAPP_KEYS, needed={"meta", "baseType"})
    yield from meta_problems(here, webapp.get("meta"))
    yield from word_problems(here, webapp, "baseType", {"BOKEH"})
    for key in ("hasBackend", "noJSSecurity"):
        yield from word_problems(here, webapp, key, {"true", "false"})
    if webapp.get("hasBackend") != "true":
        yield f"{here}, hasBackend: {webapp.get('hasBackend')!r}; expected the text \"true\", since Bokeh has a backend"
    for beside in sorted(name for name in files if name.startswith(f"{place}/")):
        if PurePosixPath(beside).name not in ("webapp.json", "backend.py") or beside.count("/") > 2:
            yield f"{beside}: DSS brings nothing but the text of backend.py; expected it in python-lib/ or resource/"
    names = [one.get("name") for one in webapp.get("params", [])]
    for role in webapp.get("roles") or ():
        yield from key_problems(f"{here}, role", role, {"type", "targetParamsKey"}, needed={"type", "targetParamsKey"})
        if role.get("targetParamsKey") not in names:
            yield f"{here}, role: targetParamsKey {role.get('targetParamsKey')!r}; expected the name of a parameter"
    yield from _form(here, webapp, files, sets)


def _runnable(place: str, runnable: dict, files: dict[str, bytes], sets: set[str]) -> Iterator[str]:
    here = f"{place}/runnable.json"
    yield from key_problems(here, runnable, _RUNNABLE_KEYS, needed={"meta", "resultType"})
    yield from meta_problems(here, runnable.get("meta"), {"category"})
    yield from flag_problems(here, runnable, "impersonate", "requiresGlobalAdmin")
    yield from word_problems(here, runnable, "resultType", _RESULTS)
    for unknown in sorted(set(runnable.get("permissions", ())) - {"ADMIN", "READ_CONF", "WRITE_CONF"}):
        yield f"{here}, permissions: {unknown!r}; expected ADMIN, READ_CONF or WRITE_CONF"
    names = [one.get("name") for one in runnable.get("params", [])]
    for role in runnable.get("macroRoles") or ():
        yield from key_problems(f"{here}, macroRoles", role, {"type", "targetParamsKey", "applicableToForeign"}, needed={"type"})
        yield from word_problems(f"{here}, macroRoles", role, "type", _MACRO_ROLES)
        if role.get("targetParamsKey") not in names:
            yield f"{here}, macroRoles: targetParamsKey {role.get('targetParamsKey')!r}; expected the name of a parameter"
    yield from _runnable_class(f"{place}/runnable.py", files)
    yield from _form(here, runnable, files, sets)
    yield from parameters.problems(f"{here}, adminParams", runnable.get("adminParams", []), in_recipe=False, roles=[],
                                   setup=runnable.get("paramsPythonSetup"), sets=sets)


def _runnable_class(file: str, files: dict[str, bytes]) -> Iterator[str]:
    tree = _tree(files, file)
    bases = [ast.unparse(base).split(".")[-1] for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases]
    if bases.count("Runnable") != 1:
        yield f"{file}: {bases.count('Runnable')} classes that extend dataiku.runnables.Runnable; expected one"


def _set(place: str, found: dict, files: dict[str, bytes], sets: set[str]) -> Iterator[str]:
    here = f"{place}/parameter-set.json"
    yield from key_problems(here, found, _SET_KEYS, needed={"meta", "params"})
    yield from meta_problems(here, found.get("meta"))
    yield from flag_problems(here, found, "defaultDefinableInline", "defaultDefinableAtProjectLevel")
    for key in ("params", "pluginParams"):
        yield from parameters.problems(f"{here}, {key}", found.get(key, []), in_recipe=False, roles=[], setup=None, sets=sets)


def _form(
    here: str, component: dict, files: dict[str, bytes], sets: set[str], *, roles: list[str] | None = None, in_recipe: bool = False,
) -> Iterator[str]:
    """The parameters, and the file that gives choices."""
    setup = component.get("paramsPythonSetup")
    yield from parameters.problems(here, component.get("params", []), in_recipe=in_recipe, roles=roles or [], setup=setup, sets=sets)
    if setup is not None:
        yield from _setup(f"{here}, paramsPythonSetup", setup, files)


def _setup(place: str, setup: str, files: dict[str, bytes]) -> Iterator[str]:
    """The function that DSS will find in the file: the only one in its namespace, else ``do``."""
    if f"resource/{setup}" not in files:
        yield f"{place}: {setup!r}; expected a file in resource/"
        return
    functions = {node.name: node for node in _tree(files, f"resource/{setup}").body if isinstance(node, ast.FunctionDef)}
    chosen = functions.get("do")
    if chosen is None:
        yield f"{place}: resource/{setup} has {', '.join(functions) or 'no function'}; expected do(payload, config, plugin_config, inputs)"
    elif len(chosen.args.args) > 4 or chosen.args.kwonlyargs or chosen.args.vararg:
        yield f"{place}: do takes {len(chosen.args.args)} arguments; expected at most payload, config, plugin_config, inputs"


def _tree(files: dict[str, bytes], name: str) -> ast.Module:
    try:
        return ast.parse(files.get(name, b""))
    except SyntaxError:  # told by the loader
        return ast.Module([], [])


_CHECKS: dict[str, Callable[[str, dict, dict[str, bytes], set[str]], Iterator[str]]] = {
    "custom-recipes": _recipe, "webapps": _webapp, "python-runnables": _runnable, "parameter-sets": _set}
