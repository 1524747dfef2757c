"""The archive that ``make plugin`` makes, built once from these sources and installed once, and an instance with a flow on it."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from alma_qa0.core.fields import PRODUCTION
from alma_qa0.jobs.ingest import ingest
from alma_qa0.store.tables import create_production
from dss import loader
from dss.flows import OLD, OLD_ROWS
from dss.instance import Instance

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"


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


@pytest.fixture(scope="session")
def plugin(archive, tmp_path_factory):
    """The plugin as DSS takes it: the loader refuses what DSS would not load."""
    return loader.load(archive, tmp_path_factory.mktemp("plugins") / "installed")


@pytest.fixture
def instance(tmp_path, plugin, database, database_url):
    """Connections: ``alma`` by a role that may do no more than it must, and ``other``."""
    database.execute([
        "create schema raw", "create schema flow", "drop role if exists analyst", "create role analyst login",
        "grant usage on schema raw to analyst", "alter default privileges in schema raw grant select on tables to analyst",
        "grant usage, create on schema flow to analyst",
    ])
    as_analyst = database_url.replace("postgres@", "analyst@", 1)
    yield Instance(tmp_path, plugin, {"alma": as_analyst, "other": database_url})
    database.execute(["drop owned by analyst cascade", "drop role analyst"])


@pytest.fixture
def old_table(instance, database):
    create_production(database, OLD)
    database.execute([OLD_ROWS])
    return instance.add_dataset("tsys_calibrations", "alma", "raw", PRODUCTION.name)


@pytest.fixture
def ingested(instance, database):
    report = ingest(database, OLD, sorted(SAMPLES.glob("*.tar.gz"))[-2:])
    assert len(report.taken) == 2
    return instance.add_dataset("cal_atmosphere", "alma", "raw", "cal_atmosphere")
