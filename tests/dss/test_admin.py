"""``alma-qa0 admin`` over HTTP, with the client of DSS as it is, against a look-alike of the public API."""

import base64
import json
import logging
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from alma_qa0 import cli
from alma_qa0.hosts import dss_admin, dss_plugin
from dss import public_api
from dss.public_api import PublicApi

KEY = "the-key-of-an-admin"
ENVIRONMENT = "plugin_alma-qa0_managed"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def api(monkeypatch):
    monkeypatch.setattr(dss_admin, "_FIRST_WAIT_SECONDS", 0.02)  # a look-alike is quick
    return PublicApi()


@pytest.fixture
def host(api):
    with api.serving() as url:
        yield url


@pytest.fixture
def key_file(tmp_path):
    return _key_file(tmp_path, KEY)


def _key_file(folder, key, mode=0o600):
    path = folder / "key"
    path.write_text(f"{key}\n", encoding="utf-8")
    path.chmod(mode)
    return path


@pytest.fixture
def of_version(archive, tmp_path):
    """The archive of this plugin as of some version."""
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


@pytest.fixture
def admin(host, key_file, archive, capsys):
    """Runs the command; the exit code, and what was printed on both."""
    def run(action, *options, timeout="20", file=key_file, zip_file=archive, at=None):
        arguments = ["admin", action, "--host", at or host, "--api-key-file", str(file), "--timeout", timeout]
        code = cli.main([*arguments, *([] if action == "uninstall" else ["--archive", str(zip_file)]), *map(str, options)])
        printed = capsys.readouterr()
        assert_no_key(printed.out + printed.err)
        return code, printed.out + printed.err
    return run


def assert_no_key(text, key=KEY):
    assert key not in text
    assert base64.b64encode(f"{key}:".encode()).decode() not in text


def installed(api, version="0.0.1", environment=ENVIRONMENT):
    """An instance that has the plugin of some version, with its code environment."""
    api.take("alma-qa0", version)
    if environment:
        api.add_code_env(environment)
        api.code_envs[environment]["_made_for"] = version
        api.plugins["alma-qa0"]["settings"]["codeEnvName"] = environment


def version_of(archive):
    return dss_plugin.read_archive(archive).version


def test_the_plugin_is_installed_with_a_code_environment_that_is_set(api, admin, archive):
    code, said = admin("install")
    assert code == cli.DONE
    plugin = api.plugins["alma-qa0"]
    assert plugin["version"] == version_of(archive)
    assert plugin["settings"]["codeEnvName"] == ENVIRONMENT
    assert api.code_envs[ENVIRONMENT]["_whole"]
    assert api.code_envs[ENVIRONMENT]["pythonInterpreter"] == "PYTHON311"
    assert said.splitlines() == [
        f"alma-qa0 {version_of(archive)} is installed", "creating a code environment with PYTHON311: this takes minutes",
        f"the code environment {ENVIRONMENT} is made and set", "done"]


def test_what_is_uploaded_is_the_archive_byte_by_byte(admin, archive, monkeypatch):
    taken = []
    read = public_api.read
    monkeypatch.setattr(public_api, "read", lambda content: taken.append(content) or read(content))
    assert admin("install")[0] == cli.DONE
    assert taken == [archive.read_bytes()]


def test_what_dss_does_not_take_is_told_in_its_words(admin, of_version):
    code, said = admin("install", zip_file=of_version("0.2.0", **{"recipes/alma-qa0-x/recipe.json": "{}"}))
    assert code == cli.REFUSED
    assert "recipes/: DSS passes over it without a word; expected custom-recipes/" in said


def test_installing_again_changes_nothing_and_says_so(api, admin):
    admin("install")
    api.add_webapp("QA0", "one", running="old")
    api.calls.clear()
    code, said = admin("install")
    assert code == cli.DONE
    assert api.writes() == []
    assert said.splitlines()[-1] == "nothing to do: everything is as it should be"


def test_an_upgrade_updates_plugin_and_code_environment_and_restarts_the_backends_that_run(api, admin, archive):
    installed(api)
    for name, running in (("runs", "0.0.1"), ("stopped", None)):
        api.add_webapp("QA0", name, running=running)
    other = api.add_webapp("QA0", "other", kind="BOKEH", running="its own")
    code, said = admin("upgrade")
    version = version_of(archive)
    webapps = api.projects["QA0"]["webapps"]
    assert code == cli.DONE
    assert api.plugins["alma-qa0"]["version"] == api.code_envs[ENVIRONMENT]["_made_for"] == version
    assert webapps["runs"]["_running"] == version
    assert webapps["stopped"]["_running"] is None
    assert other["_running"] == "its own"
    assert f"alma-qa0 {version} is installed (was 0.0.1)" in said
    assert "the backend of QA0.runs (Cockpit runs) runs the new code" in said
    assert "the backend of QA0.stopped (Cockpit stopped) does not run, and is left so" in said


def test_install_upgrades_what_is_older(api, admin, archive):
    installed(api)
    assert admin("install")[0] == cli.DONE
    assert api.plugins["alma-qa0"]["version"] == version_of(archive)


def test_there_is_nothing_to_upgrade_where_the_plugin_is_not(api, admin):
    code, said = admin("upgrade")
    assert code == cli.MISUSED
    assert "nothing to upgrade; expected install" in said
    assert api.writes() == []


def test_an_older_archive_is_refused_unless_told_to_reinstall(api, admin, of_version):
    installed(api, "0.10.0")
    code, said = admin("install", zip_file=of_version("0.9.0"))
    assert code == cli.MISUSED
    assert "0.10.0 is installed, which is newer" in said
    assert api.writes() == []
    assert admin("install", "--reinstall", zip_file=of_version("0.9.0"))[0] == cli.DONE
    assert api.plugins["alma-qa0"]["version"] == "0.9.0"


def test_the_same_version_is_uploaded_again_when_told_so(api, admin, archive):
    installed(api, version_of(archive))
    api.add_webapp("QA0", "one", running="before")
    code, _said = admin("install", "--reinstall")
    assert code == cli.DONE
    assert ("POST", "/plugins/alma-qa0/actions/future/updateFromZip") in api.calls
    assert api.projects["QA0"]["webapps"]["one"]["_running"] == version_of(archive)


def test_a_development_plugin_bars_the_way(api, admin):
    installed(api)
    api.plugins["alma-qa0"]["isDev"] = True
    code, said = admin("install")
    assert code == cli.MISUSED
    assert "is a development plugin there" in said
    assert api.writes() == []


def test_a_failure_that_dss_answers_with_200_is_a_failure(api, admin):
    api.habits.failing["install"] = "Two components with the same id"
    code, said = admin("install")
    assert code == cli.REFUSED
    assert "uploading dss-plugin-alma-qa0" in said
    assert "Two components with the same id" in said
    assert api.plugins == {}


def test_a_plugin_that_somebody_else_installs_meanwhile_is_told(api, admin):
    api.script["GET", "/plugins/"] = [(200, "[]")]
    installed(api)
    code, said = admin("install")
    assert code == cli.REFUSED
    assert "alma-qa0 already exists" in said


def test_a_version_that_dss_does_not_list_afterwards_is_a_failure(api, admin):
    installed(api)
    api.habits.silent = True
    code, said = admin("upgrade")
    assert code == cli.REFUSED
    assert "but lists 0.0.1" in said


def test_what_dss_asks_for_after_an_upload_is_told(api, admin):
    api.habits.asks_for = ("needsReload", "needsRestart")
    said = admin("install")[1]
    assert "DSS asks for a reload before" in said
    assert "DSS asks for a restart before" in said


# Code environments


def test_the_python_that_is_asked_for_is_taken(api, admin):
    assert admin("install", "--python", "3.12")[0] == cli.DONE
    assert api.code_envs[ENVIRONMENT]["pythonInterpreter"] == "PYTHON312"


@pytest.mark.parametrize("python", ["3.9", "3", "PYTHON311", ""])
def test_a_python_that_the_plugin_does_not_run_with_is_refused_before_anything_is_sent(api, admin, python):
    code, said = admin("install", "--python", python)
    assert code == cli.MISUSED
    assert "expected one that the plugin runs with: 3.11, 3.10, 3.12" in said
    assert api.calls == []


def test_an_environment_of_another_python_is_replaced_only_if_that_was_asked_for(api, admin, archive):
    installed(api, version_of(archive))
    api.code_envs[ENVIRONMENT]["pythonInterpreter"] = "PYTHON310"
    assert "nothing to do" in admin("install")[1]
    assert admin("install", "--python", "3.10")[1].endswith("everything is as it should be\n")
    api.add_webapp("QA0", "one", running="before")
    assert admin("install", "--python", "3.12")[0] == cli.DONE
    assert {name: one["pythonInterpreter"] for name, one in api.code_envs.items()} == {f"{ENVIRONMENT}_1": "PYTHON312"}
    assert api.plugins["alma-qa0"]["settings"]["codeEnvName"] == f"{ENVIRONMENT}_1"
    assert api.projects["QA0"]["webapps"]["one"]["_running"] == version_of(archive)


def test_a_code_environment_that_fails_is_told_in_the_words_of_dss_and_taken_away(api, admin):
    api.habits.failing["create-env"] = "No matching distribution found for bokeh>=3.8"
    code, said = admin("install")
    assert code == cli.REFUSED
    assert "creating a code environment with PYTHON311" in said
    assert "No matching distribution found for bokeh>=3.8" in said
    assert api.code_envs == {}
    assert api.plugins["alma-qa0"]["settings"]["codeEnvName"] is None


def test_an_interpreter_that_the_server_has_not_is_told(api, admin):
    api.habits.interpreters = ("PYTHON310",)
    code, said = admin("install")
    assert code == cli.REFUSED
    assert "PYTHON311 is not on this server" in said
    assert admin("install", "--python", "3.10")[0] == cli.DONE
    assert list(api.code_envs) == [ENVIRONMENT]


@pytest.mark.parametrize("takes_again", [True, False], ids=["a new one gets a number", "a new one is refused"])
def test_a_half_made_environment_of_before_is_taken_away_first(api, admin, takes_again):
    api.habits.takes_again = takes_again
    api.add_code_env(ENVIRONMENT, whole=False)
    assert admin("install")[0] == cli.DONE
    assert {name: one["_whole"] for name, one in api.code_envs.items()} == {ENVIRONMENT: True}


def test_code_environments_of_others_are_left_alone(api, admin):
    for name in ("plugin_alma-qa0-more_managed", "plugin_alma-qa0_managed_by_me", "python311"):
        api.add_code_env(name)
    api.add_code_env(f"{ENVIRONMENT}_1", mode="DESIGN_MANAGED")
    before = set(api.code_envs)
    assert admin("install")[0] == cli.DONE
    assert set(api.code_envs) == before | {ENVIRONMENT}


def test_a_half_made_environment_that_cannot_be_deleted_is_told_and_does_not_stop_the_rest(api, admin):
    api.add_code_env(ENVIRONMENT, whole=False)
    api.habits.failing["delete-env"] = "it is locked"
    code, said = admin("install")
    assert code == cli.DONE
    assert f"the code environment {ENVIRONMENT} stays: deleting" in said
    assert "it is locked" in said
    assert api.plugins["alma-qa0"]["settings"]["codeEnvName"] == f"{ENVIRONMENT}_1"


def test_an_environment_that_dss_does_not_let_go_is_told_in_its_words(api, admin):
    installed(api)
    api.take("another", "1.0.0")
    api.plugins["another"]["settings"]["codeEnvName"] = ENVIRONMENT
    code, said = admin("uninstall")
    assert code == cli.DONE
    assert f"the code environment {ENVIRONMENT} stays: deleting" in said
    assert f"code env {ENVIRONMENT} is used by a plugin" in said


def test_an_environment_that_is_set_but_gone_is_made_anew(api, admin, archive):
    installed(api, version_of(archive))
    api.code_envs.clear()
    assert admin("install")[0] == cli.DONE
    assert api.code_envs[ENVIRONMENT]["_whole"]


def test_an_environment_under_a_name_of_the_administrator_stays(api, admin):
    installed(api, environment="our-python")
    api.code_envs["our-python"]["deploymentMode"] = "DESIGN_MANAGED"
    assert admin("upgrade")[0] == cli.DONE
    assert api.plugins["alma-qa0"]["settings"]["codeEnvName"] == "our-python"
    assert api.code_envs["our-python"]["_made_for"] == api.plugins["alma-qa0"]["version"]


def test_an_update_goes_through_the_environment_where_dss_sees_none_for_the_plugin(api, admin, archive):
    installed(api)
    api.habits.blind = True
    assert admin("upgrade")[0] == cli.DONE
    assert api.code_envs[ENVIRONMENT]["_made_for"] == version_of(archive)


def test_after_an_update_of_the_environment_that_failed_the_same_command_with_reinstall_does_the_rest(api, admin, archive):
    installed(api)
    api.add_webapp("QA0", "one", running="0.0.1")
    api.habits.failing["update-env"] = "no route to the package index"
    code, said = admin("upgrade")
    assert code == cli.REFUSED
    assert "no route to the package index" in said
    assert "the plugin itself is in: once that is put right, the same command with --reinstall does the rest" in said
    assert api.projects["QA0"]["webapps"]["one"]["_running"] == "0.0.1"
    api.habits.failing.clear()
    assert admin("upgrade", "--reinstall")[0] == cli.DONE
    assert api.code_envs[ENVIRONMENT]["_made_for"] == api.projects["QA0"]["webapps"]["one"]["_running"] == version_of(archive)


def test_a_setting_that_dss_says_it_saved_and_did_not_is_told(api, admin):
    api.habits.deaf = True
    code, said = admin("install")
    assert code == cli.REFUSED
    assert f"was set to the code environment {ENVIRONMENT}, but DSS has it at None" in said


def test_a_developer_who_may_not_see_code_environments_can_install_all_the_same(api, admin, tmp_path):
    file = _key_file(tmp_path, "the-key-of-a-developer")
    code, said = admin("install", file=file)
    assert code == cli.DONE
    assert "may not see code environments" in said
    assert api.plugins["alma-qa0"]["settings"]["codeEnvName"] == ENVIRONMENT
    assert "nothing to do" in admin("install", file=file)[1]


# Tasks, and the time they take


@pytest.mark.parametrize("kind", ["install", "create-env"])
def test_a_task_that_takes_long_is_waited_for(api, admin, kind):
    api.habits.polls = 4
    assert admin("install")[0] == cli.DONE


def test_tasks_that_are_done_at_once_need_no_waiting(api, admin):
    installed(api)
    api.add_webapp("QA0", "one", running="0.0.1")
    api.habits.at_once = {"install", "update", "create-env", "update-env", "delete-env", "delete", "restart"}
    assert admin("upgrade")[0] == cli.DONE
    assert admin("uninstall", "--force")[0] == cli.DONE
    assert not [path for _method, path in api.calls if path.startswith("/futures/")]


def test_a_task_that_never_ends_is_stopped_and_told_and_what_it_left_is_taken_away(api, admin):
    api.habits.never = {"create-env"}
    code, said = admin("install", timeout="0.6")
    assert code == cli.NO_DATABASE
    assert "not done after 0.6 s (--timeout); DSS was told to stop it" in said
    assert ("DELETE", "/futures/task-2") in api.calls
    assert api.code_envs == {}


@pytest.mark.parametrize(("habit", "words"), [("aborted", "DSS aborted it"), ("vanished", "it ended without a result")])
@pytest.mark.parametrize("kind", ["install", "create-env"])
def test_a_task_that_ends_without_a_result_does_not_hold_the_command(api, admin, habit, words, kind):
    setattr(api.habits, habit, {kind})
    code, said = admin("install")
    assert code == cli.REFUSED
    assert words in said
    assert api.code_envs == {}


def test_a_few_answers_lost_while_waiting_do_no_harm(api, admin):
    api.script["GET", "/futures/task-1"] = [(502, "<html>Bad Gateway</html>"), None, (503, "")]
    assert admin("install")[0] == cli.DONE


def test_a_server_that_stops_answering_while_waiting_is_told(api, admin):
    api.script["GET", "/futures/task-1"] = [(502, "<html>Bad Gateway</html>")] * 9
    code, said = admin("install")
    assert code == cli.NO_DATABASE
    assert "HTTP 502" in said


def test_an_answer_that_does_not_come_is_not_waited_for_without_end(api, admin):
    api.seconds = 1.5
    code, said = admin("status", timeout="0.3")
    assert code == cli.NO_DATABASE
    assert "no answer in time" in said


# Webapps


def test_a_backend_that_does_not_start_is_named_and_the_others_are_restarted(api, admin, archive):
    installed(api)
    api.add_webapp("A", "one", running="0.0.1")
    api.add_webapp("B", "two", running="0.0.1")
    api.script["PUT", "/projects/A/webapps/one/backend/actions/restart"] = [(500, json.dumps({"message": "no port is free"}))]
    code, said = admin("upgrade")
    assert code == cli.REFUSED
    assert "no port is free" in said
    assert "the backends of A.one (Cockpit one) were not restarted, and keep the old code" in said
    assert api.projects["B"]["webapps"]["two"]["_running"] == version_of(archive)


def test_a_backend_that_is_down_after_its_restart_is_told(api, admin):
    installed(api)
    api.add_webapp("A", "one", running="0.0.1")
    api.habits.failing["restart"] = "it crashes"
    code, said = admin("upgrade")
    assert code == cli.REFUSED
    assert "the backend does not run; its log is in the webapp's page" in said


def test_only_the_projects_that_are_named_are_looked_into(api, admin):
    installed(api)
    for project in ("A", "B"):
        api.add_webapp(project, "one", running="0.0.1")
    assert admin("upgrade", "--project", "B")[0] == cli.DONE
    assert api.projects["A"]["webapps"]["one"]["_running"] == "0.0.1"
    assert api.projects["B"]["webapps"]["one"]["_running"] != "0.0.1"


def test_a_project_that_may_not_be_read_is_told_and_is_an_error_only_if_it_was_named(api, admin):
    installed(api)
    api.project("SECRET")["hidden"] = True
    code, said = admin("upgrade")
    assert code == cli.DONE
    assert "may not look into SECRET: restart the plugin's webapps there by hand" in said
    assert admin("upgrade", "--reinstall", "--project", "SECRET")[0] == cli.REFUSED


# Status


def test_status_tells_what_is_there_and_changes_nothing(api, admin, archive, of_version):
    installed(api)
    api.add_webapp("QA0", "one", running="0.0.1")
    api.project("QA0")["recipes"]["compute_x"] = "CustomCode_alma-qa0-spectrum"
    code, said = admin("status")
    assert code == cli.REFUSED
    assert said.splitlines() == [
        f"plugin      0.0.1; {archive.name} holds {version_of(archive)}", f"code env    {ENVIRONMENT} (PYTHON311)", "usages      2",
        "            WEB_APP QA0.one (webapps webapp_alma-qa0_qa0-cockpit)",
        "            RECIPE QA0.compute_x (custom-recipes CustomCode_alma-qa0-spectrum)",
        "webapps     1", "            QA0.one (Cockpit one): running"]
    assert api.writes() == []
    assert admin("status", zip_file=of_version("0.0.1"))[0] == cli.DONE


def test_status_of_nothing_is_not_installed(api, admin):
    code, said = admin("status")
    assert code == cli.REFUSED
    assert said.startswith("plugin      not installed;")


@pytest.mark.parametrize(("name", "words"), [(None, "none is set"), ("gone", "gone is set, but not there")])
def test_status_tells_a_code_environment_that_is_missing(api, admin, archive, name, words):
    installed(api, version_of(archive), environment=None)
    api.plugins["alma-qa0"]["settings"]["codeEnvName"] = name
    code, said = admin("status")
    assert code == cli.REFUSED
    assert f"code env    {words}\n" in said


def test_status_says_what_the_key_may_not_see(api, admin, archive, tmp_path):
    installed(api, version_of(archive))
    api.project("SECRET")["hidden"] = True
    code, said = admin("status", file=_key_file(tmp_path, "the-key-of-a-developer"))
    assert code == cli.DONE
    assert "this API key may not see code environments" in said
    assert "not seen    webapps of SECRET" in said


# Uninstall


def test_uninstall_takes_the_plugin_and_its_code_environments_away(api, admin):
    installed(api)
    api.add_code_env(f"{ENVIRONMENT}_1", whole=False)
    api.add_code_env("python311", mode="DESIGN_MANAGED")
    code, said = admin("uninstall")
    assert code == cli.DONE
    assert api.plugins == {}
    assert list(api.code_envs) == ["python311"]
    assert "alma-qa0 0.0.1 is deleted" in said
    api.calls.clear()
    code, said = admin("uninstall")
    assert (code, said) == (cli.DONE, "nothing to do: the plugin is not there\n")
    assert api.writes() == []


def test_a_plugin_that_is_used_stays_and_what_uses_it_is_named(api, admin):
    installed(api)
    api.add_webapp("QA0", "one")
    api.project("QA0")["recipes"]["compute_x"] = "CustomCode_alma-qa0-spectrum"
    code, said = admin("uninstall")
    assert code == cli.REFUSED
    assert "WEB_APP QA0.one" in said
    assert "RECIPE QA0.compute_x" in said
    assert api.writes() == []
    assert admin("uninstall", "--force")[0] == cli.DONE
    assert api.plugins == {}


def test_a_component_that_is_gone_is_a_usage_where_it_is_of_this_plugin(api, admin):
    installed(api)
    lost = {"missingType": "CustomCode_alma-qa0-old", "objectType": "RECIPE", "objectId": "compute_y", "projectKey": "QA0"}
    api.missing_types = [lost | {"pluginId": "another"}]
    assert "usages      0" in admin("status")[1]
    api.missing_types += [lost | {"pluginId": "alma-qa0"}]
    code, said = admin("uninstall")
    assert code == cli.REFUSED
    assert "RECIPE QA0.compute_y (no longer in the plugin: CustomCode_alma-qa0-old)" in said


def test_usages_that_dss_cannot_tell_keep_the_plugin_unless_forced(api, admin):
    installed(api)
    api.habits.unresolved = True
    assert "Components of alma-qa0 are not resolved" in admin("status")[1]
    code, said = admin("uninstall")
    assert code == cli.REFUSED
    assert "whether alma-qa0 is used is not known" in said
    assert admin("uninstall", "--force")[0] == cli.DONE


def test_a_list_of_usages_that_the_client_cannot_read_keeps_the_plugin(api, admin):
    installed(api)
    api.missing_types = None
    code, said = admin("uninstall")
    assert code == cli.REFUSED
    assert "an answer that the client cannot take: TypeError" in said
    assert "alma-qa0" in api.plugins


def test_a_plugin_that_is_listed_after_it_was_deleted_is_told(api, admin):
    installed(api)
    api.habits.silent = True
    code, said = admin("uninstall")
    assert code == cli.REFUSED
    assert "says that alma-qa0 is deleted, but lists it still" in said


# Whom one talks to


@pytest.mark.parametrize(("status", "code", "words"), [
    (401, cli.REFUSED, "HTTP 401, E: no; expected the API key of an administrator"), (403, cli.REFUSED, "HTTP 403, E: no"),
    (500, cli.REFUSED, "HTTP 500, E: no"), (503, cli.NO_DATABASE, "HTTP 503, E: no")])
def test_an_error_of_the_server_is_told_in_its_words(api, admin, host, status, code, words):
    api.script["GET", "/plugins/"] = [(status, json.dumps({"errorType": "E", "message": "no"}))]
    assert admin("status") == (code, f"alma-qa0: listing the plugins at {host}: {words}"
                               + (", or of one who may develop plugins" if status == 401 else "") + "\n")


@pytest.mark.parametrize(("answer", "words"), [
    ((200, "<!doctype html><title>Log in</title>"), "the answer is not JSON: '<!doctype html><title>Log in</title>'"),
    ((200, "null"), "an answer that the client cannot take"), ((200, '[{"name": "x"}]'), "an answer that the client cannot take"),
    ((500, "<html>Oops</html>"), "HTTP 500, <html>Oops</html>"), ((404, ""), "HTTP 404, DSS gives no reason")])
def test_what_is_not_the_answer_of_a_dss_is_told(api, admin, answer, words):
    api.script["GET", "/plugins/"] = [answer]
    code, said = admin("status")
    assert code == cli.REFUSED
    assert words in said


@pytest.mark.parametrize("answer", ["null", "[]", '"done"', "{}", '{"jobId": "unknown"}'])
def test_an_upload_that_is_answered_with_something_else_is_no_success(api, admin, answer):
    api.script["POST", "/plugins/actions/future/installFromZip"] = [(200, answer)]
    assert admin("install")[0] == cli.REFUSED


@pytest.mark.parametrize(("answer", "words"), [
    ({"jobId": None, "hasResult": False, "aborted": True}, "DSS aborted it"), ({"hasResult": False}, "it ended without a result"),
    ({"hasResult": True, "result": []}, None), ({"hasResult": True, "result": "done"}, "the answer is 'done'; expected an object"),
    ({"messages": {"error": True, "messages": [{"severity": "WARNING", "details": "late"}]}}, "late"),
    ({"messages": {"fatal": True}}, "DSS gives no reason"), ({"success": False, "error": "too old"}, "too old")])
def test_an_update_of_the_environment_that_is_answered_at_once_is_read(api, admin, answer, words):
    installed(api)
    api.script["POST", "/plugins/alma-qa0/code-env/actions/update"] = [(200, json.dumps(answer))]
    code, said = admin("upgrade")
    assert code == (cli.REFUSED if words else cli.DONE)
    assert (words or "") in said


def test_an_address_that_leads_elsewhere_is_not_followed(api, admin):
    with PublicApi().serving() as elsewhere:
        api.script["GET", "/plugins/"] = [(302, "", {"Location": f"{elsewhere}/login"})]
        code, said = admin("status")
    assert code == cli.REFUSED
    assert f"it redirects to {elsewhere}/login; expected the address at which DSS itself answers" in said


def test_a_host_where_nobody_answers_is_told(admin):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code, said = admin("status", at=f"http://127.0.0.1:{port}")
    assert code == cli.NO_DATABASE
    assert said == f"alma-qa0: listing the plugins at http://127.0.0.1:{port}: [Errno 111] Connection refused\n"


@pytest.mark.parametrize("address", ["{}/", "{}/dip/publicapi", "{}/dip/publicapi/"])
def test_an_address_may_end_as_people_write_it(api, admin, host, address):
    installed(api)
    assert "plugin      0.0.1" in admin("status", at=address.format(host))[1]


@pytest.mark.parametrize("address", ["dss.example.org", "ftp://dss", "https://", "https://dss?x=1", "http://dss:port", "http://[dss"])
def test_an_address_that_is_none_is_refused(admin, address):
    code, said = admin("status", at=address)
    assert code == cli.MISUSED
    assert "--host" in said


def test_a_password_in_the_address_is_refused_and_not_repeated(admin):
    code, said = admin("status", at="https://me:secret@dss")
    assert code == cli.MISUSED
    assert "secret" not in said


# The certificate


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "ca.pem"],
                   check=True, capture_output=True)
    return folder


@pytest.fixture
def encrypted(api, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "ca.pem", certificate / "key.pem")
    with api.serving(context) as url:
        yield url


def test_a_certificate_that_nobody_vouches_for_is_refused_before_the_key_is_sent(api, admin, encrypted):
    code, said = admin("status", at=encrypted)
    assert code == cli.REFUSED
    assert "the certificate is not trusted" in said
    assert "expected one of a known authority, or of the one in --ca FILE" in said
    assert api.calls == []


def test_a_certificate_that_was_named_is_trusted(api, admin, encrypted, certificate):
    installed(api)
    assert "plugin      0.0.1" in admin("status", "--ca", certificate / "ca.pem", at=encrypted)[1]


def test_any_certificate_is_trusted_when_told_so_and_that_is_said(api, admin, encrypted):
    installed(api)
    said = admin("status", "--insecure", at=encrypted)[1]
    assert said.startswith("plugin      0.0.1")
    assert said.endswith("\nthe certificate of DSS is not checked (--insecure)\n")  # on stderr, once, and no other warning


def test_a_file_without_certificates_is_told(api, admin, encrypted, tmp_path):
    (tmp_path / "junk.pem").write_text("junk", encoding="utf-8")
    code, said = admin("status", "--ca", tmp_path / "junk.pem", at=encrypted)
    assert code == cli.REFUSED
    assert "certificate" in said
    assert api.calls == []


def test_a_file_of_certificates_that_is_not_there_is_refused(admin, tmp_path):
    code, said = admin("status", "--ca", tmp_path / "none.pem")
    assert code == cli.MISUSED
    assert "expected a file with certificates (PEM)" in said


# The key


def test_the_key_is_sent_as_the_client_sends_it_and_to_nobody_in_clear_elsewhere(api, admin):
    admin("status")
    assert api.headers[0]["Authorization"] == "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()


def test_a_key_that_others_can_read_is_refused_before_anything_is_sent(api, admin, tmp_path):
    code, said = admin("status", file=_key_file(tmp_path, KEY, 0o644))
    assert code == cli.MISUSED
    assert "which everybody can read or write (-rw-r--r--)" in said
    assert api.calls == []


def test_a_key_that_a_group_can_read_is_taken_with_a_warning(api, admin, tmp_path):
    installed(api)
    said = admin("status", file=_key_file(tmp_path, KEY, 0o640))[1]
    assert "a group can read or write key (-rw-r-----)" in said
    assert "plugin      0.0.1" in said


@pytest.mark.parametrize("content", ["", "\n", f"{KEY}\n{KEY}", f"key: {KEY}", "schlüssel", f"{KEY}\x00"])
def test_a_file_that_holds_no_key_is_refused(api, admin, tmp_path, content):
    code, said = admin("status", file=_key_file(tmp_path, content))
    assert code == cli.MISUSED
    assert "--api-key-file" in said
    assert api.calls == []


def test_a_key_given_instead_of_its_file_is_not_repeated(admin):
    code, said = admin("status", file=KEY)
    assert code == cli.MISUSED
    assert "a path that cannot be read (No such file or directory)" in said


@pytest.mark.parametrize("option", ["--api-key", "--apikey", "--key", "--token", "--password"])
@pytest.mark.parametrize("place", ["before", "after", "joined"])
def test_a_key_on_the_command_line_is_refused_and_not_repeated(host, key_file, capsys, place, option):
    arguments = ["status", "--host", host, "--api-key-file", str(key_file)]
    key = [f"{option}={KEY}"] if place == "joined" else [option, KEY]
    with pytest.raises(SystemExit) as ended:
        cli.main(["admin", *key, *arguments] if place == "before" else ["admin", *arguments, *key])
    assert ended.value.code == cli.MISUSED
    said = capsys.readouterr().err
    assert_no_key(said)
    assert "expected --api-key-file FILE" in said


def test_a_key_can_come_through_a_pipe(api, admin, host):
    installed(api)
    reading, writing = os.pipe()
    os.write(writing, KEY.encode())
    os.close(writing)
    assert "plugin      0.0.1" in admin("status", file=f"/dev/fd/{reading}")[1]
    os.close(reading)


@pytest.mark.parametrize("trouble", ["none", "401 with the key", "500 with the header", "no JSON", "broken off"])
def test_the_key_is_nowhere_in_what_is_said_or_logged_at_the_finest_level(api, admin, host, caplog, trouble):
    """The fixture admin looks through all that is printed; here through the logs, too, and where the server says the key back."""
    header = base64.b64encode(f"{KEY}:".encode()).decode()
    answers = {"401 with the key": (401, json.dumps({"message": f"Unknown key {KEY}"})), "500 with the header": (500, f"Basic {header}"),
               "no JSON": (200, f"<html>{KEY}</html>"), "broken off": None}
    if trouble in answers:
        api.script["GET", "/plugins/"] = [answers[trouble]]
    caplog.set_level(logging.DEBUG)
    code, said = admin("install", "--verbose")
    assert code == (cli.DONE if trouble == "none" else cli.NO_DATABASE if trouble == "broken off" else cli.REFUSED)
    assert ("***" in said) == ("key" in trouble or "header" in trouble or "JSON" in trouble)
    assert_no_key(caplog.text)
    assert "localhost" in caplog.text  # what was logged includes the calls


def test_the_key_is_not_in_how_the_connection_shows_itself():
    assert_no_key(repr(dss_admin.connect("http://localhost", KEY, seconds=1)))


# The archive


@pytest.mark.parametrize(("files", "words"), [
    ({"plugin.json": None}, "no plugin.json at the root"),
    ({"plugin.json": None, "alma-qa0/plugin.json": "{}"}, "no plugin.json at the root"),
    ({"plugin.json": "{ // mine"}, "cannot be read"),
    ({"plugin.json": '{"id": "another", "version": "1"}'}, "the archive of 'another'"),
    ({"plugin.json": '{"id": "alma-qa0"}'}, "KeyError('version')"),
    ({"code-env/python/desc.json": None}, "no code-env/python/desc.json at the root")])
def test_an_archive_that_dss_would_not_take_is_refused_before_anything_is_sent(api, admin, of_version, files, words):
    code, said = admin("install", zip_file=of_version("0.2.0", **files))
    assert code == cli.MISUSED
    assert words in said
    assert api.calls == []


@pytest.mark.parametrize("content", [None, b"no zip"])
def test_an_archive_that_is_none_is_refused(api, admin, tmp_path, content):
    path = tmp_path / "a.zip"
    if content:
        path.write_bytes(content)
    code, said = admin("install", zip_file=path)
    assert code == cli.MISUSED
    assert "expected an archive that make plugin wrote" in said
    assert api.calls == []


def test_the_plugin_that_is_administered_is_the_one_that_is_built():
    assert json.loads((ROOT / "plugin.json").read_text(encoding="utf-8"))["id"] == dss_plugin.PLUGIN_ID


def test_interrupting_says_what_dss_goes_on_with(host, key_file, archive):
    """In a process of its own, for the signal is to reach the command as Ctrl-C does."""
    api = PublicApi()
    api.habits.never = {"create-env"}
    with api.serving() as url, subprocess.Popen(
            [sys.executable, "-m", "alma_qa0.cli", "admin", "install", "--host", url, "--api-key-file", str(key_file), "--archive",
             str(archive)], stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) as process:  # whatever started the tests may ignore it
        while "creating" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == cli.REFUSED
    assert "DSS goes on with what it has begun" in said
    assert_no_key(said)
