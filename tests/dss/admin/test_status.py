"""``alma-qa0 admin status`` tells what is there, and changes nothing."""

import pytest

from dss.admin.command import key_file
from dss.public_api_records import ENVIRONMENT, KEY_OF_DEVELOPER


def test_status_tells_what_is_there_and_changes_nothing(api, admin, archive, version, of_version):
    api.add_plugin("0.0.1")
    api.add_webapp("QA0", "one", running="0.0.1")
    api.project("QA0").recipes["compute_x"] = "CustomCode_alma-qa0-spectrum"
    assert admin.fails("status").splitlines() == [
        f"plugin      0.0.1; {archive.name} holds {version}", f"code env    {ENVIRONMENT} (PYTHON311)", "usages      2",
        "            WEB_APP QA0.one (webapps webapp_alma-qa0_qa0-cockpit)",
        "            RECIPE QA0.compute_x (custom-recipes CustomCode_alma-qa0-spectrum)",
        "webapps     1", "            QA0.one (Cockpit one): running"]
    assert api.writes() == []
    admin.does("status", archive=of_version("0.0.1"))


def test_status_of_nothing_is_not_installed(admin):
    assert admin.fails("status").startswith("plugin      not installed;")


@pytest.mark.parametrize(("name", "words"), [(None, "none is set"), ("gone", "gone is set, but not there")])
def test_status_tells_a_code_environment_that_is_missing(api, admin, version, name, words):
    api.add_plugin(version, code_env=None).code_env = name
    admin.fails("status", says=f"code env    {words}\n")


def test_status_says_what_the_key_may_not_see(api, admin, version, tmp_path):
    api.add_plugin(version)
    api.project("SECRET").hidden = True
    admin.does("status", file=key_file(tmp_path, KEY_OF_DEVELOPER), says=(
        "this API key may not see code environments", "not seen    webapps of SECRET"))
