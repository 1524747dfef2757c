"""Whom ``alma-qa0 admin`` talks to: the address, the answers of what is no DSS, and the certificate."""

import json
import shutil
import ssl
import subprocess

import pytest

from alma_qa0 import cli
from dss.instance import free_port
from dss.public_api import PublicApi
from dss.public_api_server import serving


@pytest.mark.parametrize(("status", "code", "words"), [
    (401, cli.REFUSED, "HTTP 401, E: no; expected the API key of an administrator"), (403, cli.REFUSED, "HTTP 403, E: no"),
    (500, cli.REFUSED, "HTTP 500, E: no"), (503, cli.NO_DATABASE, "HTTP 503, E: no")])
def test_an_error_of_the_server_is_told_in_its_words(api, admin, status, code, words):
    api.script["GET", "/plugins/"] = [(status, json.dumps({"errorType": "E", "message": "no"}))]
    assert admin.run("status") == (code, f"alma-qa0: listing the plugins at {admin.host}: {words}"
                                   + (", or of one who may develop plugins" if status == 401 else "") + "\n")


@pytest.mark.parametrize(("answer", "words"), [
    ((200, "<!doctype html><title>Log in</title>"), "the answer is not JSON: '<!doctype html><title>Log in</title>'"),
    ((200, "null"), "an answer that the client cannot take"), ((200, '[{"name": "x"}]'), "an answer that the client cannot take"),
    ((500, "<html>Oops</html>"), "HTTP 500, <html>Oops</html>"), ((404, ""), "HTTP 404, DSS gives no reason")])
def test_what_is_not_the_answer_of_a_dss_is_told(api, admin, answer, words):
    api.script["GET", "/plugins/"] = [answer]
    admin.fails("status", says=words)


def test_an_address_that_leads_elsewhere_is_not_followed(api, admin):
    with serving(PublicApi()) as elsewhere:
        api.script["GET", "/plugins/"] = [(302, "", {"Location": f"{elsewhere}/login"})]
        admin.fails("status", says=f"it redirects to {elsewhere}/login; expected the address at which DSS itself answers")


def test_a_host_where_nobody_answers_is_told(admin):
    host = f"http://127.0.0.1:{free_port()}"
    assert admin.is_unanswered("status", host=host) == f"alma-qa0: listing the plugins at {host}: [Errno 111] Connection refused\n"


@pytest.mark.parametrize("address", ["{}/", "{}/dip/publicapi", "{}/dip/publicapi/"])
def test_an_address_may_end_as_people_write_it(api, admin, address):
    api.add_plugin("0.0.1")
    admin.fails("status", host=address.format(admin.host), says="plugin      0.0.1")


@pytest.mark.parametrize("address", ["dss.example.org", "ftp://dss", "https://", "https://dss?x=1", "http://dss:port", "http://[dss"])
def test_an_address_that_is_none_is_refused(admin, address):
    admin.is_misused("status", host=address, says="--host")


def test_a_password_in_the_address_is_refused_and_not_repeated(admin):
    assert "secret" not in admin.is_misused("status", host="https://me:secret@dss")


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
    with serving(api, context) as url:
        yield url


def test_a_certificate_that_nobody_vouches_for_is_refused_before_the_key_is_sent(api, admin, encrypted):
    admin.fails("status", host=encrypted, says=(
        "the certificate is not trusted", "expected one of a known authority, or of the one in --ca FILE"))
    assert api.calls == []


def test_a_certificate_that_was_named_is_trusted(api, admin, encrypted, certificate):
    api.add_plugin("0.0.1")
    admin.fails("status", "--ca", certificate / "ca.pem", host=encrypted, says="plugin      0.0.1")


def test_any_certificate_is_trusted_when_told_so_and_that_is_said(api, admin, encrypted):
    api.add_plugin("0.0.1")
    said = admin.fails("status", "--insecure", host=encrypted)
    assert said.startswith("plugin      0.0.1")
    assert said.endswith("\nthe certificate of DSS is not checked (--insecure)\n")  # on stderr, once, and no other warning


def test_a_file_without_certificates_is_told(api, admin, encrypted, tmp_path):
    (tmp_path / "junk.pem").write_text("junk", encoding="utf-8")
    admin.fails("status", "--ca", tmp_path / "junk.pem", host=encrypted, says="certificate")
    assert api.calls == []


def test_a_file_of_certificates_that_is_not_there_is_refused(admin, tmp_path):
    admin.is_misused("status", "--ca", tmp_path / "none.pem", says="expected a file with certificates (PEM)")
