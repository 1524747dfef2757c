"""A fresh code environment: what its requirements do not bring is not there, and nothing of the sources that are installed here.

STANDIN_CODE_ENV names a JSON file with the ``hidden`` top-level modules and the folders that are ``kept_out`` of the path.
"""

import json
import os
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path


class _Hidden(MetaPathFinder):
    def __init__(self, names):
        self._names = names

    def find_spec(self, fullname, path=None, target=None):
        if path is None and fullname in self._names:
            raise ModuleNotFoundError(f"No module named {fullname!r}: the code environment of the plugin does not bring it", name=fullname)


if "STANDIN_CODE_ENV" in os.environ:
    _environment = json.loads(Path(os.environ["STANDIN_CODE_ENV"]).read_text(encoding="utf-8"))
    sys.path[:] = [place for place in sys.path if place not in _environment["kept_out"]]
    sys.meta_path[:] = [_Hidden(set(_environment["hidden"])), *(finder for finder in sys.meta_path if "editable" not in repr(finder))]
