"""The parameters of a component, of which DSS makes a form."""

import re
from collections.abc import Iterator
from typing import Any

from dss.descriptors import flag_problems, key_problems

_EVERYWHERE = {"type", "name", "label", "description", "defaultValue", "mandatory", "visibilityCondition"}
_CHOOSING = {"selectChoices", "getChoicesFromPython", "disableAutoReload", "triggerParameters"}
_WHOLE, _REAL = {"minI", "maxI"}, {"minD", "maxD"}
KEYS: dict[str, set[str]] = {
    "STRING": set(), "STRINGS": {"allowDuplicates"}, "TEXTAREA": set(), "PASSWORD": set(), "BOOLEAN": set(), "DATE": set(),
    "INT": _WHOLE, "INTS": _WHOLE, "DOUBLE": _REAL, "DOUBLES": _REAL,
    "SELECT": _CHOOSING, "MULTISELECT": _CHOOSING, "MAP": set(), "KEY_VALUE_LIST": set(), "ARRAY": set(), "OBJECT_LIST": {"subParams"},
    "DATASET": {"canSelectForeign"}, "DATASETS": {"canSelectForeign"},
    "DATASET_COLUMN": {"datasetParamName", "allowedColumnTypes"}, "DATASET_COLUMNS": {"datasetParamName", "allowedColumnTypes"},
    "COLUMN": {"columnRole", "allowedColumnTypes"}, "COLUMNS": {"columnRole", "allowedColumnTypes"},
    "CONNECTION": set(), "CONNECTIONS": set(), "MANAGED_FOLDER": {"canSelectForeign"}, "SAVED_MODEL": {"canSelectForeign"},
    "SCENARIO": set(), "PROJECT": set(), "PLUGIN": set(), "CODE_ENV": set(), "CLUSTER": set(),
    "PRESET": {"parameterSetId"}, "PRESETS": {"parameterSetId"}, "SEPARATOR": set(),
}
_COLUMNS_OF_RECIPES, _COLUMNS_ELSEWHERE = {"COLUMN", "COLUMNS"}, {"DATASET_COLUMN", "DATASET_COLUMNS"}
_STORAGE_TYPES = {"string", "date", "dateonly", "datetimenotz", "geopoint", "geometry", "array", "map", "object", "boolean", "double",
                  "float", "bigint", "int", "smallint", "tinyint"}
_FLAGS = ("mandatory", "canSelectForeign", "getChoicesFromPython", "disableAutoReload", "allowDuplicates")
_DEFAULTS: dict[str, type | tuple[type, ...]] = {
    "STRING": str, "TEXTAREA": str, "SELECT": str, "DATE": str, "BOOLEAN": bool, "INT": int, "DOUBLE": (int, float), "STRINGS": list,
    "MULTISELECT": list, "INTS": list, "DOUBLES": list, "KEY_VALUE_LIST": list, "OBJECT_LIST": list, "ARRAY": list, "MAP": dict}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")  # others cannot be said as model.<name>; names with dashes break triggers
_TOKEN = re.compile(
    r"\s+|(?P<text>'[^']*'|\"[^\"]*\")|(?P<parameter>model\.[A-Za-z_]\w*)|(?P<word>true|false|null|undefined|\d+(?:\.\d+)?)"
    r"|(?P<method>\.(?:length|indexOf|includes))|(?P<sign>===|!==|==|!=|>=|<=|&&|\|\||[!<>(),+-])")


def problems(place: str, parameters: Any, *, in_recipe: bool, roles: list[str], setup: str | None, sets: set[str]) -> Iterator[str]:
    """What is wrong with the parameters of one component.

    ``roles`` are the input roles of a recipe, ``setup`` is the file that gives choices, ``sets`` are the parameter sets there are.
    """
    if not isinstance(parameters, list) or not all(isinstance(one, dict) for one in parameters):
        yield f"{place}, params: {parameters!r}; expected a list of objects"
        return
    names = [str(one.get("name")) for one in parameters]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{place}: parameter {name} twice; expected once"
    for parameter in parameters:
        here = f"{place}, parameter {parameter.get('name')}"
        yield from _problems(here, parameter, setup)
        yield from _reference_problems(here, parameter, parameters, roles, sets, in_recipe)
        yield from _condition_problems(here, parameter.get("visibilityCondition"), parameters)


def _problems(place: str, parameter: dict, setup: str | None) -> Iterator[str]:
    kind = parameter.get("type")
    if kind not in KEYS:
        yield f"{place}: type {kind!r}; expected one of {', '.join(sorted(KEYS))}"
        return
    yield from key_problems(place, parameter, _EVERYWHERE | KEYS[kind], needed={"type", "name", "label"})
    if not _NAME.fullmatch(str(parameter.get("name"))):
        yield f"{place}: the name; expected letters, digits and _"
    yield from flag_problems(place, parameter, *_FLAGS)
    if kind in ("SELECT", "MULTISELECT"):
        yield from _choice_problems(place, parameter, setup)
    yield from _default_problems(place, parameter)


def _choice_problems(place: str, parameter: dict, setup: str | None) -> Iterator[str]:
    choices = parameter.get("selectChoices")
    if parameter.get("getChoicesFromPython"):
        if not setup:
            yield f"{place}: getChoicesFromPython; expected paramsPythonSetup beside params, the name of a file in resource/"
        return
    if not choices or not all(isinstance(one, dict) and one.keys() == {"value", "label"} for one in choices):
        yield f"{place}: selectChoices {choices!r}; expected a list of value and label, or getChoicesFromPython"
        return
    values = [one["value"] for one in choices]
    if len(set(values)) < len(values):
        yield f"{place}: choices {values}; expected each value once"
    default = parameter.get("defaultValue", values[0])
    for value in default if isinstance(default, list) else [default]:
        if value not in values:
            yield f"{place}: defaultValue {value!r}; expected one of {', '.join(values)}"


def _default_problems(place: str, parameter: dict) -> Iterator[str]:
    default, expected = parameter.get("defaultValue"), _DEFAULTS.get(parameter["type"])
    if default is None or expected is None:
        return
    if not isinstance(default, expected) or (isinstance(default, bool) and expected is not bool):
        yield f"{place}: defaultValue {default!r}; expected one for {parameter['type']}"
        return
    for key, wrong in (("minI", -1), ("minD", -1), ("maxI", 1), ("maxD", 1)):
        for value in (default if isinstance(default, list) else [default]) if key in parameter else []:
            if (value - parameter[key]) * wrong > 0:
                yield f"{place}: defaultValue {value!r}; expected {key} {parameter[key]} kept"


def _reference_problems(
    place: str, parameter: dict, parameters: list[dict], roles: list[str], sets: set[str], in_recipe: bool,
) -> Iterator[str]:
    """What a parameter names must be there: a role, a dataset's parameter, a parameter set, a type of column."""
    kind = parameter.get("type")
    if kind in _COLUMNS_OF_RECIPES and (not in_recipe or parameter.get("columnRole") not in roles):
        yield f"{place}: {kind} of the role {parameter.get('columnRole')!r}; expected a recipe with this input role, or DATASET_COLUMN"
    datasets = [one.get("name") for one in parameters if one.get("type") == "DATASET"]
    if kind in _COLUMNS_ELSEWHERE and (in_recipe or parameter.get("datasetParamName") not in datasets):
        yield f"{place}: {kind} of {parameter.get('datasetParamName')!r}; expected a parameter of type DATASET, or COLUMN in a recipe"
    if kind in ("PRESET", "PRESETS") and parameter.get("parameterSetId") not in sets:
        yield f"{place}: parameterSetId {parameter.get('parameterSetId')!r}; expected one of {sorted(sets)}"
    for unknown in sorted(set(parameter.get("allowedColumnTypes", ())) - _STORAGE_TYPES):
        yield f"{place}: allowedColumnTypes {unknown!r}; expected storage types of DSS"
    for unknown in sorted(set(parameter.get("triggerParameters", ())) - {one.get("name") for one in parameters}):
        yield f"{place}: triggerParameters {unknown!r}; expected names of parameters"


def _condition_problems(place: str, condition: Any, parameters: list[dict]) -> Iterator[str]:
    """An expression over model.<parameter>, which a form evaluates; what it cannot read hides the parameter for ever."""
    if condition is None:
        return
    if not isinstance(condition, str):
        yield f"{place}: visibilityCondition {condition!r}; expected a text"
        return
    tokens, end = [], 0
    while end < len(condition):
        found = _TOKEN.match(condition, end)
        if not found:
            yield f"{place}: visibilityCondition {condition!r} at {condition[end:]!r}; expected comparisons of model.<parameter>"
            return
        end = found.end()
        if found.lastgroup:
            tokens.append((found.lastgroup, found[found.lastgroup]))
    if [text for _kind, text in tokens].count("(") != [text for _kind, text in tokens].count(")"):
        yield f"{place}: visibilityCondition {condition!r}; expected as many ( as )"
    yield from _comparison_problems(place, condition, tokens, {one.get("name"): one for one in parameters})


def _comparison_problems(place: str, condition: str, tokens: list[tuple[str, str]], parameters: dict) -> Iterator[str]:
    names = [text.removeprefix("model.") for kind, text in tokens if kind == "parameter"]
    if not names:
        yield f"{place}: visibilityCondition {condition!r}; expected model.<parameter> in it"
    for unknown in sorted(set(names) - parameters.keys()):
        yield f"{place}: visibilityCondition {condition!r} asks for {unknown!r}; expected the name of a parameter"
    for (_, named), (_, sign), (kind, text) in zip(tokens, tokens[1:], tokens[2:], strict=False):
        asked = parameters.get(named.removeprefix("model."), {})
        if sign in ("==", "===", "!=", "!==") and kind == "text" and "selectChoices" in asked:
            values = [one["value"] for one in asked["selectChoices"]]
            if text[1:-1] not in values:
                yield f"{place}: visibilityCondition {condition!r} asks for {text}; expected one of {', '.join(values)}"
