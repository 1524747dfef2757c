"""What ``alma-qa0 admin`` does about the code environment of the plugin."""

import json

import pytest

from alma_qa0 import cli
from dss.admin.command import key_file
from dss.public_api_records import ENVIRONMENT, KEY_OF_DEVELOPER


def test_the_python_that_is_asked_for_is_taken(api, admin):
    admin.does("install", "--python", "3.12")
    assert api.code_envs[ENVIRONMENT].interpreter == "PYTHON312"


@pytest.mark.parametrize("python", ["3.9", "3", "PYTHON311", ""])
def test_a_python_that_the_plugin_does_not_run_with_is_refused_before_anything_is_sent(api, admin, python):
    admin.is_misused("install", "--python", python, says="expected one that the plugin runs with: 3.11, 3.10, 3.12")
    assert api.calls == []


def test_an_environment_of_another_python_is_replaced_only_if_that_was_asked_for(api, admin, version):
    api.add_plugin(version)
    api.code_envs[ENVIRONMENT].interpreter = "PYTHON310"
    admin.does("install", says="nothing to do")
    admin.does("install", "--python", "3.10", says="everything is as it should be\n")
    webapp = api.add_webapp("QA0", "one", running="before")
    admin.does("install", "--python", "3.12")
    assert {name: one.interpreter for name, one in api.code_envs.items()} == {f"{ENVIRONMENT}_1": "PYTHON312"}
    assert api.plugin.code_env == f"{ENVIRONMENT}_1"
    assert webapp.running == version


def test_a_code_environment_that_fails_is_told_in_the_words_of_dss_and_taken_away(api, admin):
    api.habits.failing["create-env"] = "No matching distribution found for bokeh>=3.8"
    admin.fails("install", says=("creating a code environment with PYTHON311", "No matching distribution found for bokeh>=3.8"))
    assert api.code_envs == {}
    assert api.plugin.code_env is None


def test_an_interpreter_that_the_server_has_not_is_told(api, admin):
    api.habits.interpreters = ("PYTHON310",)
    admin.fails("install", says="PYTHON311 is not on this server")
    admin.does("install", "--python", "3.10")
    assert list(api.code_envs) == [ENVIRONMENT]


@pytest.mark.parametrize("takes_again", [True, False], ids=["a new one gets a number", "a new one is refused"])
def test_a_half_made_environment_of_before_is_taken_away_first(api, admin, takes_again):
    api.habits.takes_again = takes_again
    api.add_code_env(ENVIRONMENT, whole=False)
    admin.does("install")
    assert {name: one.whole for name, one in api.code_envs.items()} == {ENVIRONMENT: True}


def test_code_environments_of_others_are_left_alone(api, admin):
    for name in ("plugin_alma-qa0-more_managed", "plugin_alma-qa0_managed_by_me", "python311"):
        api.add_code_env(name)
    api.add_code_env(f"{ENVIRONMENT}_1", mode="DESIGN_MANAGED")
    before = set(api.code_envs)
    admin.does("install")
    assert set(api.code_envs) == before | {ENVIRONMENT}


def test_a_half_made_environment_that_cannot_be_deleted_is_told_and_does_not_stop_the_rest(api, admin):
    api.add_code_env(ENVIRONMENT, whole=False)
    api.habits.failing["delete-env"] = "it is locked"
    admin.does("install", says=(f"the code environment {ENVIRONMENT} stays: deleting", "it is locked"))
    assert api.plugin.code_env == f"{ENVIRONMENT}_1"


def test_an_environment_that_dss_does_not_let_go_is_told_in_its_words(api, admin):
    api.add_plugin()
    api.add_plugin("1.0.0", name="another")
    admin.does("uninstall", says=(
        f"the code environment {ENVIRONMENT} stays: deleting", f"code env {ENVIRONMENT} is used by a plugin"))


def test_an_environment_that_is_set_but_gone_is_made_anew(api, admin, version):
    api.add_plugin(version)
    api.code_envs.clear()
    admin.does("install")
    assert api.code_envs[ENVIRONMENT].whole


def test_an_environment_under_a_name_of_the_administrator_stays(api, admin, version):
    api.add_plugin(code_env="our-python")
    api.code_envs["our-python"].mode = "DESIGN_MANAGED"
    admin.does("upgrade")
    assert api.plugin.code_env == "our-python"
    assert api.code_envs["our-python"].made_for == version


def test_an_update_goes_through_the_environment_where_dss_sees_none_for_the_plugin(api, admin, version):
    api.add_plugin()
    api.habits.blind = True
    admin.does("upgrade")
    assert api.code_envs[ENVIRONMENT].made_for == version


def test_after_an_update_of_the_environment_that_failed_the_same_command_with_reinstall_does_the_rest(api, admin, version):
    api.add_plugin()
    webapp = api.add_webapp("QA0", "one", running="0.0.1")
    api.habits.failing["update-env"] = "no route to the package index"
    admin.fails("upgrade", says=("no route to the package index", "the plugin itself is in: once that is put right, "
                                 "the same command with --reinstall does the rest"))
    assert webapp.running == "0.0.1"
    api.habits.failing.clear()
    admin.does("upgrade", "--reinstall")
    assert api.code_envs[ENVIRONMENT].made_for == webapp.running == version


@pytest.mark.parametrize(("answer", "words"), [
    ({"jobId": None, "hasResult": False, "aborted": True}, "DSS aborted it"), ({"hasResult": False}, "it ended without a result"),
    ({"hasResult": True, "result": []}, None), ({"hasResult": True, "result": "done"}, "the answer is 'done'; expected an object"),
    ({"messages": {"error": True, "messages": [{"severity": "WARNING", "details": "late"}]}}, "late"),
    ({"messages": {"fatal": True}}, "DSS gives no reason"), ({"success": False, "error": "too old"}, "too old")])
def test_an_update_that_is_answered_at_once_is_read(api, admin, answer, words):
    api.add_plugin()
    api.script["POST", "/plugins/alma-qa0/code-env/actions/update"] = [(200, json.dumps(answer))]
    admin.ends(cli.REFUSED if words else cli.DONE, "upgrade", says=words or ())


def test_a_setting_that_dss_says_it_saved_and_did_not_is_told(api, admin):
    api.habits.deaf = True
    admin.fails("install", says=f"was set to the code environment {ENVIRONMENT}, but DSS has it at None")


def test_a_developer_who_may_not_see_code_environments_can_install_all_the_same(api, admin, tmp_path):
    file = key_file(tmp_path, KEY_OF_DEVELOPER)
    admin.does("install", file=file, says="may not see code environments")
    assert api.plugin.code_env == ENVIRONMENT
    admin.does("install", file=file, says="nothing to do")
