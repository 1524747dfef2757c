"""Sees to it that there are the programs of the tests, a Chromium and an nginx: ``python tools/test_programs.py``.

Installs Debian's where apt is there.
"""

import os
import shutil
import subprocess
import sys

_SUPER = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))  # where Debian has nginx, on root's path alone
_PROGRAMS = {  # Debian's package: the names of the program
    "chromium": ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "nginx-light": ("nginx",),
}


def find(package: str) -> str | None:
    """The path of the program that a package brings: for Chromium the variable CHROMIUM, else the first of its names on the path."""
    named = os.environ.get("CHROMIUM") if package == "chromium" else None
    return named or next((path for name in _PROGRAMS[package] if (path := shutil.which(name, path=_SUPER))), None)


def missing() -> list[str]:
    """The packages whose programs are not there."""
    return [package for package in _PROGRAMS if not find(package)]


def install(packages: list[str]) -> None:
    """Install packages of Debian; as another user than root through sudo, which may ask."""
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        subprocess.run([*prefix, "apt-get", *arguments], check=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


if __name__ == "__main__":
    if missing() and shutil.which("apt-get"):
        print(f"installing for the tests: {', '.join(missing())}")
        install(missing())
    if missing():
        sys.exit(
            f"no {' and no '.join(missing())}, and no apt to install it with: install Chromium or Google Chrome (its path may stand in "
            "CHROMIUM) and nginx. Run `.venv/bin/python -m pytest -m 'not browser'` for the other tests."
        )
