"""The parameters of a recipe, webapp or macro: whole numbers may arrive as 20.0, and what is optional may be absent."""

import re
from collections.abc import Mapping

import dataiku

from alma_qa0.errors import BadSetting

_BETWEEN = re.compile(r"""[\s,;"'\[\]]+""")  # between the words of a text, which may be a list as JSON writes it
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")


def recipe_config() -> dict[str, object]:
    """The parameters of the recipe that runs."""
    from dataiku import customrecipe  # these modules belong to one kind of process each
    config: dict[str, object] = customrecipe.get_recipe_config()
    return config


def webapp_config() -> dict[str, object]:
    """The parameters of the webapp that runs."""
    from dataiku import customwebapp
    config: dict[str, object] = customwebapp.get_webapp_config()
    return config


def boolean(config: Mapping[str, object], name: str, default: bool) -> bool:
    """A BOOLEAN parameter; the default where it is absent."""
    value = config.get(name)
    if value is None:
        return default
    if isinstance(value, bool):
        return value
    raise BadSetting(name, value, "true or false")


def integer(config: Mapping[str, object], name: str, default: int, *, least: int = 1) -> int:
    """An INT parameter, which DSS may give as 20.0; the default where it is absent."""
    value = config.get(name)
    if value is None:
        return default
    if isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer() and value >= least:
        return int(value)
    raise BadSetting(name, value, f"a whole number from {least} up")


def text(config: Mapping[str, object], name: str, default: str | None = None) -> str:
    """A parameter that holds a word: a dataset, a choice. BadSetting where it is absent and has no default."""
    value = config.get(name)
    if isinstance(value, str) and value:
        return value
    if value in (None, "") and default is not None:
        return default
    raise BadSetting(name, value, "a choice in the settings of the webapp or recipe")


def dataset(config: Mapping[str, object], name: str, project_key: str) -> str:
    """A DATASET parameter, with its project: one of the same project comes without."""
    chosen = text(config, name)
    return chosen if "." in chosen else f"{project_key}.{chosen}"


def texts(config: Mapping[str, object], *names: str) -> tuple[str, ...]:
    """The words of parameters that hold lists, or texts with commas or blanks between; each word once, variables in place.

    DSS puts variables in place in some fields and not in others, so what it left is done here.
    """
    words: list[str] = []
    for name in names:
        value = config.get(name)
        if value is not None and not isinstance(value, str | list):
            raise BadSetting(name, value, "a list of words")
        for given in [value] if isinstance(value, str) else value or []:
            words += _BETWEEN.split(_with_variables(name, str(given)))
    return tuple(dict.fromkeys(filter(None, words)))


def names(config: Mapping[str, object], name: str) -> tuple[str, ...]:
    """A STRINGS parameter: logins, groups and the like, which may have blanks inside."""
    value = config.get(name) or []
    if not isinstance(value, list):
        raise BadSetting(name, value, "a list of names")
    return tuple(filter(None, (_with_variables(name, str(one)).strip() for one in value)))


def mapping(config: Mapping[str, object], name: str) -> dict[str, object]:
    """A MAP parameter, with variables in place in its values."""
    value = config.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadSetting(name, value, "names with values")
    return {str(key).strip(): _with_variables(name, one).strip() if isinstance(one, str) else one for key, one in value.items()}


def _with_variables(name: str, value: str) -> str:
    if "${" not in value:
        return value
    variables = dataiku.get_custom_variables()

    def in_place(found: re.Match[str]) -> str:
        if found[1] not in variables:
            raise BadSetting(name, found[0], "a variable that the project or the scenario sets")
        return str(variables[found[1]])

    return _VARIABLE.sub(in_place, value)
