import os
from pathlib import Path
from pwd import getpwuid

import pytest

from alma_qa0 import settings
from alma_qa0.errors import BadSetting


@pytest.mark.parametrize(("environment", "home"), [
    ({"HOME": "/x"}, "/x/.local/share/alma-qa0"),
    ({"HOME": "/x", "XDG_DATA_HOME": "/s"}, "/s/alma-qa0"),
    ({"HOME": "/x", "XDG_DATA_HOME": "/s", "ALMA_QA0_HOME": "/y"}, "/y"),
    ({"HOME": "/x", "XDG_DATA_HOME": "", "ALMA_QA0_HOME": ""}, "/x/.local/share/alma-qa0"),
])
def test_the_home_is_what_is_set_and_what_is_empty_is_not_set(environment, home):
    assert settings.from_environment(environment).home == Path(home)


@pytest.mark.parametrize("environment", [{}, {"HOME": ""}])
def test_without_home_it_is_that_of_the_user(environment):
    assert settings.from_environment(environment).home == Path(getpwuid(os.geteuid()).pw_dir, ".local/share/alma-qa0")


def test_a_user_without_a_home_folder_is_told_what_to_set(monkeypatch):
    def nobody(_number):
        raise KeyError

    monkeypatch.setattr(settings, "getpwuid", nobody)
    with pytest.raises(BadSetting, match="ALMA_QA0_HOME"):
        settings.from_environment({})
    assert settings.from_environment({"ALMA_QA0_HOME": "/y"}).home == Path("/y")


@pytest.mark.parametrize("text", ["-1", "1.5", "a", "1" * 5_000, "²"])
def test_what_stays_free_on_the_disk_is_a_number_of_megabytes(text):
    assert settings.from_environment({"HOME": "/x", "ALMA_QA0_FREE_MB": "20"}).free_mb == 20
    assert settings.from_environment({"HOME": "/x", "ALMA_QA0_FREE_MB": ""}).free_mb == 1_000
    with pytest.raises(BadSetting, match="ALMA_QA0_FREE_MB"):
        settings.from_environment({"HOME": "/x", "ALMA_QA0_FREE_MB": text})
