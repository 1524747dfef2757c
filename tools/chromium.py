"""Sees to it that there is a Chromium for the browser tests: ``python tools/chromium.py``. Installs it where apt is there."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a Chromium: CHROMIUM, else the first on the path."""
    return os.environ.get("CHROMIUM") or next((path for path in map(shutil.which, NAMES) if path), None)


def install() -> None:
    """Install Debian's chromium; as another user than root through sudo, which may ask."""
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        subprocess.run([*prefix, "apt-get", *arguments], check=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


if __name__ == "__main__":
    if not find() and shutil.which("apt-get"):
        print("no Chromium: installing Debian's for the browser tests")
        install()
    if not find():
        sys.exit(
            "no Chromium, and no apt to install it with: install Chromium or Google Chrome and put it on the path, or name it in CHROMIUM; "
            "without it: make test would skip the page. Run `.venv/bin/python -m pytest -m 'not browser'` for the other tests."
        )
