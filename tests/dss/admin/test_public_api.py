"""The look-alike of the public API holds what the real one is said to hold: strict where it is, and with its habits."""

import io

import dataikuapi
import pytest
import requests
from dataikuapi.utils import DataikuException

from dss.public_api_records import ENVIRONMENT, KEY, KEY_OF_DEVELOPER
from dss.public_api_server import BASE


@pytest.fixture
def client(host):
    return dataikuapi.DSSClient(host, KEY)


@pytest.fixture
def installed(api):
    return api.add_plugin("0.0.1", code_env=None)


def named(content):
    file = io.BytesIO(content)
    file.name = "plugin.zip"
    return file


def test_a_client_that_does_not_look_at_the_answer_takes_a_failure_for_a_success(api, client):
    """The habit for which the command starts a task and reads its result."""
    assert client.install_plugin_from_archive(named(b"no zip")) is None
    assert api.plugins == {}


def test_the_task_of_the_same_upload_tells_the_failure(client):
    result = client.start_install_plugin_from_archive(named(b"no zip")).wait_for_result()
    assert result["success"] is False
    assert "expected a zip" in result["installationError"]["message"]


def test_installing_what_is_there_fails_and_updating_it_does_not(api, client, archive, installed):
    with archive.open("rb") as file:
        result = client.start_install_plugin_from_archive(file).wait_for_result()
    assert result["installationError"]["message"] == "Plugin alma-qa0 already exists"
    with archive.open("rb") as file:
        assert client.get_plugin("alma-qa0").start_update_from_zip(file).wait_for_result()["success"] is True
    assert installed.version != "0.0.1"


def test_creating_a_code_environment_does_not_set_the_plugin_to_it(api, client, installed):
    created = client.get_plugin("alma-qa0").create_code_env(python_interpreter="PYTHON311").wait_for_result()
    assert created["envName"] == ENVIRONMENT
    assert created["messages"]["success"] is False  # which is no failure
    assert installed.code_env is None
    settings = client.get_plugin("alma-qa0").get_settings()
    settings.set_code_env(created["envName"])
    assert installed.code_env is None
    settings.save()
    assert installed.code_env == created["envName"]


def test_a_code_environment_that_failed_stays(api, client, installed):
    api.habits.failing["create-env"] = "no index"
    created = client.get_plugin("alma-qa0").create_code_env(python_interpreter="PYTHON311").wait_for_result()
    assert created["messages"]["error"]
    assert not api.code_envs[created["envName"]].whole


def test_a_backend_runs_the_old_code_until_it_is_restarted(api, client, archive, installed):
    client.get_plugin("alma-qa0").create_code_env(python_interpreter="PYTHON311").wait_for_result()
    installed.code_env = ENVIRONMENT
    webapp = api.add_webapp("QA0", "one", running="0.0.1")
    with archive.open("rb") as file:
        client.get_plugin("alma-qa0").start_update_from_zip(file).wait_for_result()
    assert webapp.running == "0.0.1"
    client.get_project("QA0").get_webapp("one").start_or_restart_backend().wait_for_result()
    assert webapp.running == installed.version


def test_a_plugin_that_is_used_is_not_deleted_unless_forced(api, client, installed):
    api.add_webapp("QA0", "one")
    plugin = client.get_plugin("alma-qa0")
    assert [usage.object_id for usage in plugin.list_usages().usages] == ["one"]
    assert plugin.delete().wait_for_result()["success"] is False
    assert plugin.delete(force=True).wait_for_result()["success"] is True
    assert api.plugins == {}


def test_a_result_is_given_once(client, installed):
    future = client.get_plugin("alma-qa0").create_code_env()
    future.wait_for_result()
    with pytest.raises(DataikuException, match="no such future"):
        future.get_state()


@pytest.mark.parametrize("client_of", [
    lambda host: dataikuapi.DSSClient(host, KEY), lambda host: dataikuapi.DSSClient(host, internal_ticket=KEY),
    lambda host: dataikuapi.DSSClient(host, jwt_bearer_token=KEY)], ids=["basic", "ticket", "bearer"])
def test_a_key_is_taken_in_each_way_that_the_client_sends_one(host, client_of):
    assert client_of(host).list_plugins() == []


@pytest.mark.parametrize("auth", [None, ("another", ""), (KEY, "with a password")])
def test_another_key_is_refused(host, auth):
    assert requests.get(f"{host}{BASE}/plugins/", auth=auth, timeout=10).status_code == 401


def test_a_key_without_the_right_is_refused(host, installed):
    with pytest.raises(DataikuException, match="Action forbidden"):
        dataikuapi.DSSClient(host, KEY_OF_DEVELOPER).list_code_envs()


@pytest.mark.parametrize(("method", "path", "content", "status"), [
    ("GET", "/plugins", {}, 404), ("PUT", "/plugins/", {}, 404), ("GET", "/plugins/alma-qa0", {}, 404),
    ("POST", "/plugins/actions/future/installFromZip", {"files": {"archive": ("a.zip", b"")}}, 400),
    ("POST", "/plugins/actions/future/installFromZip", {"data": b"PK"}, 400),
    ("POST", "/plugins/alma-qa0/code-env/actions/create", {"json": {"pythonInterpreter": "PYTHON311"}}, 400),
    ("POST", "/plugins/alma-qa0/settings", {"json": {"codeEnvName": "x"}}, 400),
    ("POST", "/plugins/alma-qa0/actions/delete", {"json": {}}, 400),
    ("POST", "/plugins/another/actions/delete", {"json": {"force": True}}, 404)])
def test_a_call_that_dss_does_not_have_is_refused(host, installed, method, path, content, status):
    assert requests.request(method, f"{host}{BASE}{path}", auth=(KEY, ""), timeout=10, **content).status_code == status
