"""The archive that ``make plugin`` makes, built once from these sources."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def make_plugin():
    """The program behind ``make plugin``."""
    spec = spec_from_file_location("make_plugin", ROOT / "tools" / "plugin.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def archive(make_plugin, tmp_path_factory):
    return make_plugin.make(ROOT, tmp_path_factory.mktemp("dist"))
