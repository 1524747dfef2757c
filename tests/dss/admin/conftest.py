"""A DSS that answers as the public API does, and ``alma-qa0 admin`` to be run against it."""

import json
import zipfile

import pytest

from alma_qa0.hosts import dss_admin, dss_plugin
from dss.admin.command import Admin, key_file
from dss.public_api import PublicApi
from dss.public_api_records import KEY
from dss.public_api_server import serving


@pytest.fixture
def api(monkeypatch):
    monkeypatch.setattr(dss_admin, "_FIRST_WAIT_SECONDS", 0.02)  # a look-alike is quick
    return PublicApi()


@pytest.fixture
def host(api):
    with serving(api) as url:
        yield url


@pytest.fixture
def admin(host, tmp_path, archive, capsys):
    return Admin(host, key_file(tmp_path, KEY), archive, capsys.readouterr)


@pytest.fixture
def version(archive):
    """The version of the plugin that is built."""
    return dss_plugin.read_archive(archive).version


@pytest.fixture
def of_version(archive, tmp_path):
    """The archive of this plugin as of some version, other ``files`` in it; those that are None are left out."""
    def make(version, **files):
        path = tmp_path / f"dss-plugin-alma-qa0-{version}.zip"
        with zipfile.ZipFile(archive) as old, zipfile.ZipFile(path, "w") as new:
            contents = {name: old.read(name) for name in old.namelist()}
            contents["plugin.json"] = json.dumps(json.loads(contents["plugin.json"]) | {"version": version})
            for name, content in (contents | files).items():
                if content is not None:
                    new.writestr(name, content)
        return path
    return make
