"""Whether the packages that run are those that the plugin requires."""

import re
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from operator import eq, ge, gt, le, lt
from pathlib import Path

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)\s*(.*)")
_BOUND = re.compile(r"(>=|<=|==|<|>)\s*([0-9.]+)")
_HOLDS: Mapping[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {">=": ge, "<=": le, "==": eq, "<": lt, ">": gt}
_REQUIREMENTS = Path(__file__).parents[3] / "code-env" / "python" / "spec" / "requirements.txt"


def required() -> list[str]:
    """The requirements that lie beside the library, in the plugin and in a checkout; none where they are not there."""
    return _REQUIREMENTS.read_text(encoding="utf-8").splitlines() if _REQUIREMENTS.is_file() else []


def compare(requirements: Iterable[str]) -> list[tuple[str, str | None, str, bool]]:
    """For each requirement, such as pandas>=2.2,<3: the package, its version here, the versions required, whether they agree.

    The version is None where the package is not there.
    """
    found = (_REQUIREMENT.fullmatch(line.strip()) for line in requirements)
    return [_compare(one[1], one[2]) for one in found if one]


def _compare(package: str, wanted: str) -> tuple[str, str | None, str, bool]:
    try:
        here = version(package)
    except PackageNotFoundError:
        return package, None, wanted, False
    return package, here, wanted, all(_HOLDS[sign](*_padded(here, bound)) for sign, bound in _BOUND.findall(wanted))


def _padded(one: str, other: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two versions as numbers, equally many: 3 is 3.0.0."""
    numbers = [tuple(int(part) for part in re.match(r"\d+(?:\.\d+)*", text)[0].split(".")) for text in (one, other)]  # type: ignore[index]
    longest = max(map(len, numbers))
    first, second = (number + (0,) * (longest - len(number)) for number in numbers)
    return first, second
