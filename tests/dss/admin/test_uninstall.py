"""``alma-qa0 admin uninstall``: nothing that is used goes away unless that is forced."""

from dss.public_api_records import ENVIRONMENT


def test_uninstall_takes_the_plugin_and_its_code_environments_away(api, admin):
    api.add_plugin("0.0.1")
    api.add_code_env(f"{ENVIRONMENT}_1", whole=False)
    api.add_code_env("python311", mode="DESIGN_MANAGED")
    admin.does("uninstall", says="alma-qa0 0.0.1 is deleted")
    assert api.plugins == {}
    assert list(api.code_envs) == ["python311"]
    api.calls.clear()
    assert admin.does("uninstall") == "nothing to do: the plugin is not there\n"
    assert api.writes() == []


def test_a_plugin_that_is_used_stays_and_what_uses_it_is_named(api, admin):
    api.add_plugin()
    api.add_webapp("QA0", "one")
    api.project("QA0").recipes["compute_x"] = "CustomCode_alma-qa0-spectrum"
    admin.fails("uninstall", says=("WEB_APP QA0.one", "RECIPE QA0.compute_x"))
    assert api.writes() == []
    admin.does("uninstall", "--force")
    assert api.plugins == {}


def test_a_component_that_is_gone_is_a_usage_where_it_is_of_this_plugin(api, admin):
    api.add_plugin()
    lost = {"missingType": "CustomCode_alma-qa0-old", "objectType": "RECIPE", "objectId": "compute_y", "projectKey": "QA0"}
    api.missing_types = [lost | {"pluginId": "another"}]
    admin.fails("status", says="usages      0")
    api.missing_types += [lost | {"pluginId": "alma-qa0"}]
    admin.fails("uninstall", says="RECIPE QA0.compute_y (no longer in the plugin: CustomCode_alma-qa0-old)")


def test_usages_that_dss_cannot_tell_keep_the_plugin_unless_forced(api, admin):
    api.add_plugin()
    api.habits.unresolved = True
    admin.fails("status", says="Components of alma-qa0 are not resolved")
    admin.fails("uninstall", says="whether alma-qa0 is used is not known")
    admin.does("uninstall", "--force")


def test_a_list_of_usages_that_the_client_cannot_read_keeps_the_plugin(api, admin):
    plugin = api.add_plugin()
    api.missing_types = None
    admin.fails("uninstall", says="an answer that the client cannot take: TypeError")
    assert api.plugins == {"alma-qa0": plugin}


def test_a_plugin_that_is_listed_after_it_was_deleted_is_told(api, admin):
    api.add_plugin()
    api.habits.silent = True
    admin.fails("uninstall", says="says that alma-qa0 is deleted, but lists it still")
