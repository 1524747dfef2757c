"""``alma-qa0 admin upgrade``: the plugin, its code environment, and the backends of its webapps."""

import json

from dss.public_api_records import ENVIRONMENT


def test_an_upgrade_updates_plugin_and_code_environment_and_restarts_the_backends_that_run(api, admin, version):
    api.add_plugin("0.0.1")
    runs, stopped = api.add_webapp("QA0", "runs", running="0.0.1"), api.add_webapp("QA0", "stopped")
    other = api.add_webapp("QA0", "other", kind="BOKEH", running="its own")
    admin.does("upgrade", says=(
        f"alma-qa0 {version} is installed (was 0.0.1)", "the backend of QA0.runs (Cockpit runs) runs the new code",
        "the backend of QA0.stopped (Cockpit stopped) does not run, and is left so"))
    assert api.plugin.version == api.code_envs[ENVIRONMENT].made_for == version
    assert (runs.running, stopped.running, other.running) == (version, None, "its own")


def test_install_upgrades_what_is_older(api, admin, version):
    api.add_plugin("0.0.1")
    admin.does("install")
    assert api.plugin.version == version


def test_there_is_nothing_to_upgrade_where_the_plugin_is_not(api, admin):
    admin.is_misused("upgrade", says="nothing to upgrade; expected install")
    assert api.writes() == []


def test_an_older_archive_is_refused_unless_told_to_reinstall(api, admin, of_version):
    api.add_plugin("0.10.0")
    admin.is_misused("install", archive=of_version("0.9.0"), says="0.10.0 is installed, which is newer")
    assert api.writes() == []
    admin.does("install", "--reinstall", archive=of_version("0.9.0"))
    assert api.plugin.version == "0.9.0"


def test_the_same_version_is_uploaded_again_when_told_so(api, admin, version):
    api.add_plugin(version)
    webapp = api.add_webapp("QA0", "one", running="before")
    admin.does("install", "--reinstall")
    assert ("POST", "/plugins/alma-qa0/actions/future/updateFromZip") in api.calls
    assert webapp.running == version


def test_a_version_that_dss_does_not_list_afterwards_is_a_failure(api, admin):
    api.add_plugin("0.0.1")
    api.habits.silent = True
    admin.fails("upgrade", says="but lists 0.0.1")


def test_a_backend_that_does_not_start_is_named_and_the_others_are_restarted(api, admin, version):
    api.add_plugin()
    api.add_webapp("A", "one", running="0.0.1")
    two = api.add_webapp("B", "two", running="0.0.1")
    api.script["PUT", "/projects/A/webapps/one/backend/actions/restart"] = [(500, json.dumps({"message": "no port is free"}))]
    admin.fails("upgrade", says=(
        "no port is free", "the backends of A.one (Cockpit one) were not restarted, and keep the old code"))
    assert two.running == version


def test_a_backend_that_is_down_after_its_restart_is_told(api, admin):
    api.add_plugin()
    api.add_webapp("A", "one", running="0.0.1")
    api.habits.failing["restart"] = "it crashes"
    admin.fails("upgrade", says="the backend does not run; its log is in the webapp's page")


def test_only_the_projects_that_are_named_are_looked_into(api, admin, version):
    api.add_plugin()
    in_a, in_b = (api.add_webapp(project, "one", running="0.0.1") for project in ("A", "B"))
    admin.does("upgrade", "--project", "B")
    assert (in_a.running, in_b.running) == ("0.0.1", version)


def test_a_project_that_may_not_be_read_is_told_and_is_an_error_only_if_it_was_named(api, admin):
    api.add_plugin()
    api.project("SECRET").hidden = True
    admin.does("upgrade", says="may not look into SECRET: restart the plugin's webapps there by hand")
    admin.fails("upgrade", "--reinstall", "--project", "SECRET")
