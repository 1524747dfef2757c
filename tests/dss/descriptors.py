"""The JSON of descriptors as DSS reads it, and the checks that all of them share."""

import json
import re
from collections.abc import Iterator
from typing import Any

_COMMENT_OR_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_ICON = re.compile(r"icon-[a-z0-9-]+|(fas|far|fab) fa-[a-z0-9-]+|dku-icon-[a-z0-9-]+")  # FontAwesome 3.2.1, 5.15.4, those of DSS
ICON_COLORS = {"red", "pink", "purple", "blue", "green", "sky", "yellow", "orange", "brown", "gray"}


def strict(text: str) -> dict[str, Any]:
    """The object of a JSON text; ValueError for comments, trailing commas, NaN, and a key that is there twice."""
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _value in pairs]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"the key {sorted(twice)[0]!r} twice")
        return dict(pairs)

    def number(text: str) -> float:
        raise ValueError(f"{text} is no JSON")

    found = json.loads(text, object_pairs_hook=once, parse_constant=number)
    if not isinstance(found, dict):
        raise ValueError(f"a {type(found).__name__}, not an object")
    return found


def with_comments(text: str) -> dict[str, Any]:
    """The object of a component's descriptor, in which // and /* */ may stand outside of texts."""
    return strict(_COMMENT_OR_TEXT.sub(lambda found: found[0] if found[0].startswith('"') else " ", text))


def key_problems(place: str, found: Any, known: set[str], *, needed: set[str]) -> Iterator[str]:
    """Keys that DSS does not know, or does not find."""
    if not isinstance(found, dict):
        yield f"{place}: {found!r}; expected an object"
        return
    for key in sorted(found.keys() - known):
        yield f"{place}: unknown key {key!r}; expected of {', '.join(sorted(known))}"
    for key in sorted(needed):
        if found.get(key) in (None, "", []):
            yield f"{place}: no {key}; expected one"


def meta_problems(place: str, meta: Any, more: set[str] = frozenset()) -> Iterator[str]:
    """What is wrong with the name, description and icon of a component."""
    yield from key_problems(f"{place}, meta", meta, {"label", "description", "icon"} | more, needed={"label", "description", "icon"})
    if isinstance(meta, dict):
        yield from icon_problems(f"{place}, meta", meta)
        if meta.get("iconColor", "blue") not in ICON_COLORS:
            yield f"{place}, meta, iconColor: {meta['iconColor']!r}; expected one of {', '.join(sorted(ICON_COLORS))}"
        if type(meta.get("displayOrderRank", 1)) is not int:
            yield f"{place}, meta, displayOrderRank: {meta['displayOrderRank']!r}; expected a whole number"


def icon_problems(place: str, meta: dict) -> Iterator[str]:
    if meta.get("icon") and not _ICON.fullmatch(str(meta["icon"])):
        yield f"{place}, icon: {meta['icon']!r}; expected icon-..., fas fa-... or dku-icon-..."


def word_problems(place: str, found: dict, key: str, words: set[str]) -> Iterator[str]:
    """A key whose value must be one of some words, if it is there."""
    if key in found and found[key] not in words:
        yield f"{place}, {key}: {found[key]!r}; expected one of {', '.join(sorted(words))}"


def flag_problems(place: str, found: dict, *keys: str) -> Iterator[str]:
    """Keys whose value must be true or false, if they are there."""
    for key in keys:
        if key in found and type(found[key]) is not bool:
            yield f"{place}, {key}: {found[key]!r}; expected true or false"
