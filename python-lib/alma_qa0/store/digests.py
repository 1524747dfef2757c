"""Digests of what our code means: another one where it does something else, the same where only comments or white space differ.

What was made, judged or read is made again where the digest of the code that did it is another. What a digest covers is found: modules by
their imports, SQL by the templates that are rendered.
"""

import ast
import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from alma_qa0.store.render import PACKAGE

_LENGTH = 12
_SQL_TOKEN = re.compile(r"""
    --[^\n]* | /\*.*?\*/ | \{\#.*?\#\}            # comments
    | (?P<kept>'(?:[^']|'')*' | "(?:[^"]|"")*" | [\w.]+ | \S)
    """, re.VERBOSE | re.DOTALL)
_HAS_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def digest(parts: Iterable[str]) -> str:
    """Twelve hexadecimal digits for some texts in their order."""
    return sha256("\0".join(parts).encode()).hexdigest()[:_LENGTH]


def sql_meaning(text: str) -> str:
    """A statement, or a template of one, without comments and with one blank between words."""
    return " ".join(token["kept"] for token in _SQL_TOKEN.finditer(text) if token["kept"])


def python_meaning(text: str) -> str:
    """The syntax tree of a module without docstrings, written alike by every version of Python."""
    return _written(ast.parse(text))


def code_meaning(modules: Sequence[str], *, within: Sequence[str], package: Path = PACKAGE) -> list[str]:
    """The meaning of some modules, such as ``core.judgement``, and of all that they import from the rooms ``within``, in order.

    ``package`` is the folder of alma_qa0.
    """
    texts = read_modules(modules, within=within, package=package)
    return [f"{name} {python_meaning(text)}" for name, text in sorted(texts.items())]


def read_modules(modules: Sequence[str], *, within: Sequence[str], package: Path = PACKAGE) -> dict[str, str]:
    """The text of some modules and of all that they import, at any depth, from the rooms ``within``, by name."""
    texts: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name not in texts:
            texts[name] = package.joinpath(*_path(package, name)).read_text(encoding="utf-8")
            waiting += [found for found in _imported(package, texts[name]) if found.split(".")[0] in within]
    return texts


def _imported(package: Path, text: str) -> Iterable[str]:
    """The modules of alma_qa0 that a text imports, without the name of the package."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        inside = [name.removeprefix("alma_qa0.") for name in names if name.startswith("alma_qa0.")]
        yield from (name for name in inside if _path(package, name))


def _path(package: Path, name: str) -> tuple[str, ...]:
    """Where a module lies below the package; empty where the name is that of no module."""
    *folders, last = name.split(".")
    paths = ((*folders, f"{last}.py"), (*folders, last, "__init__.py"))
    return next((path for path in paths if package.joinpath(*path).is_file()), ())


def _written(node: object) -> str:
    """A syntax tree as text: what is absent or empty is left out, since versions of Python differ in what they leave out."""
    if isinstance(node, list):
        return f"[{' '.join(map(_written, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = [(name, value) for name, value in ast.iter_fields(node) if value is not None and value != []]
    if isinstance(node, _HAS_DOCSTRING) and ast.get_docstring(node, clean=False) is not None:
        fields = [(name, value[1:] if name == "body" else value) for name, value in fields]
    return f"{type(node).__name__}({' '.join(f'{name}={_written(value)}' for name, value in fields)})"
