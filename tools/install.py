"""Installs alma-qa0 with some of its extras into the virtual environment that runs this, and says how far it is.

``python tools/install.py embedded,test``; a checkout that cannot be written to is installed as a copy.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
_NEEDED = ("pyproject.toml", "README.md", "LICENSE", "code-env", "python-lib")
_DOWNLOAD = re.compile(r"\s*(?:Downloading|Using cached) (?:.*/)?(?P<name>[^/\s]+)-\d\S*\.(?:whl|tar\.gz)(?: \((?P<size>[^)]*)\))?")
_INSTALL = re.compile(r"Installing collected packages: (?P<names>.*)")


def install(extras: str) -> int:
    """pip's exit code."""
    if os.access(CHECKOUT, os.W_OK):
        return _pip("--editable", f"{CHECKOUT}[{extras}]")
    with tempfile.TemporaryDirectory(prefix="alma-qa0-") as temporary:
        for name in _NEEDED:
            source, copy = CHECKOUT / name, Path(temporary) / name
            shutil.copytree(source, copy) if source.is_dir() else shutil.copyfile(source, copy)
        return _pip(f"{temporary}[{extras}]")


def _pip(*what: str) -> int:
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off", *what]
    n_downloads = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace") as pip:
        for line in pip.stdout or ():
            if download := _DOWNLOAD.match(line):
                n_downloads += 1
                print(f"  {n_downloads}. {download['name']} ({download['size'] or 'size unknown'})", flush=True)
            elif packages := _INSTALL.match(line):
                print(f"  unpacking {len(packages['names'].split(','))} packages", flush=True)
    return pip.returncode


if __name__ == "__main__":
    sys.exit(install(sys.argv[1]))
