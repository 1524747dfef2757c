"""``alma-qa0 admin install``: over HTTP, with the client of DSS as it is, against a look-alike of the public API."""

import json
import signal
import subprocess
import sys

import pytest

from alma_qa0 import cli
from alma_qa0.hosts import dss_plugin
from dss.admin.command import assert_no_key
from dss.instance import ROOT
from dss.public_api_records import ENVIRONMENT


def test_the_plugin_is_installed_with_a_code_environment_that_is_set(api, admin, version):
    said = admin.does("install")
    assert (api.plugin.version, api.plugin.code_env) == (version, ENVIRONMENT)
    assert api.code_envs[ENVIRONMENT].whole
    assert api.code_envs[ENVIRONMENT].interpreter == "PYTHON311"
    assert said.splitlines() == [
        f"alma-qa0 {version} is installed", "creating a code environment with PYTHON311: this takes minutes",
        f"the code environment {ENVIRONMENT} is made and set", "done"]


def test_what_is_uploaded_is_the_archive_byte_by_byte(api, admin, archive):
    admin.does("install")
    assert api.uploads == [archive.read_bytes()]


def test_what_dss_does_not_take_is_told_in_its_words(admin, of_version):
    admin.fails("install", archive=of_version("0.2.0", **{"recipes/alma-qa0-x/recipe.json": "{}"}),
                says="recipes/: DSS passes over it without a word; expected custom-recipes/")


def test_installing_again_changes_nothing_and_says_so(api, admin):
    admin.does("install")
    api.add_webapp("QA0", "one", running="old")
    api.calls.clear()
    assert admin.does("install").splitlines()[-1] == "nothing to do: everything is as it should be"
    assert api.writes() == []


def test_a_development_plugin_bars_the_way(api, admin):
    api.add_plugin().development = True
    admin.is_misused("install", says="is a development plugin there")
    assert api.writes() == []


def test_a_failure_that_dss_answers_with_200_is_a_failure(api, admin):
    api.habits.failing["install"] = "Two components with the same id"
    admin.fails("install", says=("uploading dss-plugin-alma-qa0", "Two components with the same id"))
    assert api.plugins == {}


def test_a_plugin_that_somebody_else_installs_meanwhile_is_told(api, admin):
    api.script["GET", "/plugins/"] = [(200, "[]")]
    api.add_plugin()
    admin.fails("install", says="alma-qa0 already exists")


def test_what_dss_asks_for_after_an_upload_is_told(api, admin):
    api.habits.asks_for = ("needsReload", "needsRestart")
    admin.does("install", says=("DSS asks for a reload before", "DSS asks for a restart before"))


@pytest.mark.parametrize("answer", ["null", "[]", '"done"', "{}", '{"jobId": "unknown"}'])
def test_an_upload_that_is_answered_with_something_else_is_no_success(api, admin, answer):
    api.script["POST", "/plugins/actions/future/installFromZip"] = [(200, answer)]
    admin.fails("install")


@pytest.mark.parametrize(("files", "words"), [
    ({"plugin.json": None}, "no plugin.json at the root"),
    ({"plugin.json": None, "alma-qa0/plugin.json": "{}"}, "no plugin.json at the root"),
    ({"plugin.json": "{ // mine"}, "cannot be read"),
    ({"plugin.json": '{"id": "another", "version": "1"}'}, "the archive of 'another'"),
    ({"plugin.json": '{"id": "alma-qa0"}'}, "KeyError('version')"),
    ({"code-env/python/desc.json": None}, "no code-env/python/desc.json at the root")])
def test_an_archive_that_dss_would_not_take_is_refused_before_anything_is_sent(api, admin, of_version, files, words):
    admin.is_misused("install", archive=of_version("0.2.0", **files), says=words)
    assert api.calls == []


@pytest.mark.parametrize("content", [None, b"no zip"])
def test_an_archive_that_is_none_is_refused(api, admin, tmp_path, content):
    path = tmp_path / "a.zip"
    if content:
        path.write_bytes(content)
    admin.is_misused("install", archive=path, says="expected an archive that make plugin wrote")
    assert api.calls == []


def test_the_plugin_that_is_administered_is_the_one_that_is_built():
    assert json.loads((ROOT / "plugin.json").read_text(encoding="utf-8"))["id"] == dss_plugin.PLUGIN_ID


def test_interrupting_says_what_dss_goes_on_with(api, admin):
    """In a process of its own, for the signal is to reach the command as Ctrl-C does."""
    api.habits.never = {"create-env"}
    command = [sys.executable, "-m", "alma_qa0.cli", "admin", "install", "--host", admin.host, "--api-key-file", str(admin.file),
               "--archive", str(admin.archive)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True,  # whatever started the tests may ignore the signal
                          preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) as process:
        while "creating" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == cli.REFUSED
    assert "DSS goes on with what it has begun" in said
    assert_no_key(said)
