"""Makes dist/dss-plugin-<id>-<version>.zip: what Dataiku DSS installs, and nothing else.

The same files give the same bytes on every machine: sorted names, one date, one mode, and no compression (deflate differs
between builds of zlib).
"""

import json
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
# DSS looks for recipes in custom-recipes/ only, and passes over a folder it does not know without a word.
PLACES = {
    "plugin.json": "plugin.json",
    "CHANGELOG.md": "CHANGELOG.md",
    "LICENSE": "LICENSE",
    "README.md": "README.md",
    "code-env": "code-env",
    "python-lib": "python-lib",
    "python-runnables": "python-runnables",
    "recipes": "custom-recipes",
    "resource": "resource",
    "webapps": "webapps",
}
LEFT_OUT = ("__pycache__", ".egg-info", ".pyc", ".orig", ".rej", ".swp", "~")


def contents(root: Path = ROOT) -> dict[str, Path]:
    """The file behind each name in the archive, names sorted."""
    files = {}
    for source, target in PLACES.items():
        for path in (root / source, *(root / source).rglob("*")):
            if path.is_file() and _belongs(path.relative_to(root)):
                files[(Path(target) / path.relative_to(root / source)).as_posix()] = path
    return dict(sorted(files.items()))


def make(root: Path = ROOT, folder: Path | None = None) -> Path:
    """Writes the archive into ``folder``, ``dist`` below the root unless told; returns its path."""
    plugin = json.loads((root / "plugin.json").read_text(encoding="utf-8"))
    archive = (folder or root / "dist") / f"dss-plugin-{plugin['id']}-{plugin['version']}.zip"
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
        for name, path in contents(root).items():
            file.writestr(_entry(name), path.read_bytes())
    return archive


def _belongs(path: Path) -> bool:
    return not any(part.startswith(".") or part.endswith(LEFT_OUT) for part in path.parts)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.create_system = 3  # Unix, whatever the machine, so that the mode below is read
    entry.external_attr = 0o100644 << 16
    return entry


if __name__ == "__main__":
    sys.stdout.write(f"{make()}\n")
