"""The API key reaches DSS and nobody else: no log, no output, no list of processes."""

import json
import logging
import os

import pytest

from alma_qa0 import cli
from alma_qa0.hosts import dss_admin
from dss.admin.command import HEADER, assert_no_key, key_file
from dss.public_api_records import KEY


def test_the_key_is_sent_as_the_client_sends_it_and_to_nobody_in_clear_elsewhere(api, admin):
    admin.run("status")
    assert api.headers[0]["Authorization"] == HEADER


def test_a_key_that_others_can_read_is_refused_before_anything_is_sent(api, admin, tmp_path):
    admin.is_misused("status", file=key_file(tmp_path, KEY, 0o644), says="which everybody can read or write (-rw-r--r--)")
    assert api.calls == []


def test_a_key_that_a_group_can_read_is_taken_with_a_warning(api, admin, tmp_path):
    api.add_plugin("0.0.1")
    admin.fails("status", file=key_file(tmp_path, KEY, 0o640), says=(
        "a group can read or write key (-rw-r-----)", "plugin      0.0.1"))


@pytest.mark.parametrize("content", ["", "\n", f"{KEY}\n{KEY}", f"key: {KEY}", "schlüssel", f"{KEY}\x00"])
def test_a_file_that_holds_no_key_is_refused(api, admin, tmp_path, content):
    admin.is_misused("status", file=key_file(tmp_path, content), says="--api-key-file")
    assert api.calls == []


def test_a_key_given_instead_of_its_file_is_not_repeated(admin):
    admin.is_misused("status", file=KEY, says="a path that cannot be read (No such file or directory)")


@pytest.mark.parametrize("option", ["--api-key", "--apikey", "--key", "--token", "--password"])
@pytest.mark.parametrize("place", ["before", "after", "joined"])
def test_a_key_on_the_command_line_is_refused_and_not_repeated(admin, capsys, place, option):
    arguments = ["status", "--host", admin.host, "--api-key-file", str(admin.file)]
    key = [f"{option}={KEY}"] if place == "joined" else [option, KEY]
    with pytest.raises(SystemExit) as ended:
        cli.main(["admin", *key, *arguments] if place == "before" else ["admin", *arguments, *key])
    assert ended.value.code == cli.MISUSED
    said = capsys.readouterr().err
    assert_no_key(said)
    assert "expected --api-key-file FILE" in said


def test_a_key_can_come_through_a_pipe(api, admin):
    api.add_plugin("0.0.1")
    reading, writing = os.pipe()
    os.write(writing, KEY.encode())
    os.close(writing)
    admin.fails("status", file=f"/dev/fd/{reading}", says="plugin      0.0.1")
    os.close(reading)


@pytest.mark.parametrize("trouble", ["none", "401 with the key", "500 with the header", "no JSON", "broken off"])
def test_the_key_is_nowhere_in_what_is_said_or_logged_at_the_finest_level(api, admin, caplog, trouble):
    """What is printed is looked through for the key at each run; here the logs, too, and where the server says the key back."""
    answers = {"401 with the key": (401, json.dumps({"message": f"Unknown key {KEY}"})), "500 with the header": (500, HEADER),
               "no JSON": (200, f"<html>{KEY}</html>"), "broken off": None}
    if trouble in answers:
        api.script["GET", "/plugins/"] = [answers[trouble]]
    caplog.set_level(logging.DEBUG)
    code = cli.DONE if trouble == "none" else cli.NO_DATABASE if trouble == "broken off" else cli.REFUSED
    said = admin.ends(code, "install", "--verbose")
    assert ("***" in said) == ("key" in trouble or "header" in trouble or "JSON" in trouble)
    assert_no_key(caplog.text)
    assert "localhost" in caplog.text  # what was logged includes the calls


def test_the_key_is_not_in_how_the_connection_shows_itself():
    assert_no_key(repr(dss_admin.connect("http://localhost", KEY, seconds=1)))
