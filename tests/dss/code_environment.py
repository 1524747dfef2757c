"""The code environment of a plugin: whether DSS can make it, what its requirements bring, and what else is installed here."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from dss.descriptors import flag_problems, key_problems, strict

DESCRIPTION, REQUIREMENTS = "code-env/python/desc.json", "code-env/python/spec/requirements.txt"
_KEYS = {"acceptedPythonInterpreters", "corePackagesSet", "forceConda", "conda", "installCorePackages", "installJupyterSupport",
         "basePackagesInstallMethod"}
_INTERPRETERS = {f"PYTHON3{minor}" for minor in range(9, 15)}  # 3.6 to 3.8 are deprecated
_CORE_SETS = {"AUTO", "PANDAS10", "PANDAS13", "PANDAS23", "LEGACY_PANDAS023"}
_NEEDED_BY_DATAIKU = {"numpy", "pandas", "python-dateutil", "requests", "six"}
# What DSS puts beside the environment: its own client, and what the stand-in needs where DSS has JDBC.
OF_DSS = {"dataiku-api-client", "psycopg2-binary"}
_WITHOUT_WHEELS = {"dataiku-api-client"}  # pure Python that pip builds; but for another Python than its own, pip takes wheels only


def requirements(text: str) -> list[Requirement]:
    """The lines of a requirements.txt; InvalidRequirement for what is none, such as an option."""
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return [Requirement(line) for line in lines if line]


def read(files: dict[str, bytes]) -> tuple[dict, list[str]]:
    """The description of the environment, and what DSS would not take of it or of its requirements."""
    missing = [f"{name}: missing; expected the code environment of the plugin" for name in (DESCRIPTION, REQUIREMENTS) if name not in files]
    if missing:
        return {}, missing
    try:
        description = strict(files[DESCRIPTION].decode())
    except ValueError as problem:
        return {}, [f"{DESCRIPTION}: {problem}; expected strict JSON"]
    return description, [*_problems(description), *_requirement_problems(description, files[REQUIREMENTS].decode())]


def _problems(description: dict) -> Iterator[str]:
    yield from key_problems(DESCRIPTION, description, _KEYS, needed={"acceptedPythonInterpreters"})
    yield from flag_problems(DESCRIPTION, description, "forceConda", "conda", "installCorePackages", "installJupyterSupport")
    for unknown in sorted(set(description.get("acceptedPythonInterpreters", ())) - _INTERPRETERS):
        yield f"{DESCRIPTION}, acceptedPythonInterpreters: {unknown!r}; expected of {', '.join(sorted(_INTERPRETERS))}"
    if description.get("corePackagesSet", "AUTO") not in _CORE_SETS:
        yield f"{DESCRIPTION}, corePackagesSet: {description['corePackagesSet']!r}; expected one of {', '.join(sorted(_CORE_SETS))}"


def _requirement_problems(description: dict, text: str) -> Iterator[str]:
    try:
        wanted = {canonicalize_name(one.name): one for one in requirements(text)}
    except InvalidRequirement as problem:
        yield f"{REQUIREMENTS}: {problem}"
        return
    if len(wanted) < len(requirements(text)):
        yield f"{REQUIREMENTS}: a package twice; expected each once"
    for one in wanted.values():
        if one.url:
            yield f"{REQUIREMENTS}: {one} from an address; expected the name of a package"
    if "pandas" in wanted and wanted["pandas"].specifier.contains("3.0.0"):
        yield f"{REQUIREMENTS}: {wanted['pandas']}; expected pandas below 3, which DSS does not support"
    if not description.get("installCorePackages"):
        for missing in sorted(_NEEDED_BY_DATAIKU - wanted.keys()):
            yield f"{REQUIREMENTS}: no {missing}; expected it, since installCorePackages is false and the package dataiku needs it"


def resolution_problems(text: str, interpreters: tuple[str, ...]) -> list[str]:
    """What pip says where it cannot make the environment with an accepted interpreter, from wheels only. Asks the package index."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "requirements.txt")
        wanted = [str(one) for one in requirements(text) if canonicalize_name(one.name) not in _WITHOUT_WHEELS]
        file.write_text("\n".join(wanted), encoding="utf-8")
        tries = {name: _pip(file, name.removeprefix("PYTHON3"), Path(folder, name)) for name in interpreters}
        said = {name: process.communicate()[1] for name, process in tries.items()}
    return [f"{REQUIREMENTS} for {name}: {said[name].strip().splitlines()[-1]}" for name, process in tries.items() if process.returncode]


def _pip(file: Path, minor: str, target: Path) -> subprocess.Popen[str]:
    options = ["--quiet", "--disable-pip-version-check", "--dry-run", "--ignore-installed", "--only-binary=:all:",
               f"--python-version=3.{minor}", f"--target={target}"]
    if int(minor) > sys.version_info.minor:  # pip would hold the packages of a later Python against its own
        options.append("--ignore-requires-python")
    return subprocess.Popen([sys.executable, "-m", "pip", "install", *options, "-r", str(file)],
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


@cache
def hidden(text: str) -> tuple[str, ...]:
    """The top-level modules installed here that an environment made from ``text`` would not have."""
    brought = _closure(requirements(text)) | OF_DSS
    return tuple(sorted(module for module, owners in packages_distributions().items()
                        if not any(canonicalize_name(owner) in brought for owner in owners)))


def _closure(wanted: list[Requirement]) -> set[str]:
    """The names of all distributions that come with those wanted."""
    brought: set[str] = set()
    extras: set[tuple[str, str]] = set()
    while wanted:
        requirement = wanted.pop()
        name = canonicalize_name(requirement.name)
        new = {(name, extra) for extra in ("", *requirement.extras)} - extras
        if not new or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        extras |= new
        brought.add(name)
        wanted += [Requirement(str(needed).split(";")[0]) for needed in _needs(name) if _applies(needed, [extra for _name, extra in new])]
    return brought


def _needs(name: str) -> list[Requirement]:
    try:
        return [Requirement(line) for line in distribution(name).requires or ()]
    except PackageNotFoundError:  # the process that imports it will say so
        return []


def _applies(needed: Requirement, extras: list[str]) -> bool:
    return needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras)
