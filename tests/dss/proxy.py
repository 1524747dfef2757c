"""The nginx in front of DSS: a webapp's backend below a path of its own, in a frame of the project's page, and no other way in."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from dss.instance import free_port

BACKEND = "/dip/web-apps-backends/QA0/cockpit/"
VIEW = "/projects/QA0/webapps/cockpit/view"
_CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ }}
http {{
    log_format what '$request_method $uri $status';
    access_log {folder}/access.log what;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    large_client_header_buffers 8 64k;
    map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
    server {{
        listen 127.0.0.1:{port};
        location {backend} {{
            proxy_pass http://127.0.0.1:{backend_port}/;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_read_timeout 3600;
        }}
        location = {view} {{
            default_type text/html;
            return 200 '<!doctype html><html><head><title>DSS</title><link rel="icon" href="data:,"></head><body style="margin:0">
                <iframe name="webapp" src="{backend}backend$is_args$args" style="border:0;width:100vw;height:100vh"></iframe>
                </body></html>';
        }}
        location / {{ return 404; }}
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where a browser finds the page of DSS with the webapp in a frame, and the webapp itself."""

    origin: str
    folder: Path
    backend_port: int

    @property
    def view(self) -> str:
        return self.origin + VIEW

    @property
    def backend(self) -> str:
        return self.origin + BACKEND

    def requests(self) -> list[tuple[str, int]]:
        """What was asked for, and how it was answered: all that came from any browser."""
        lines = (self.folder / "access.log").read_text(encoding="utf-8").splitlines()
        return [(line.split()[1], int(line.split()[2])) for line in lines]


@contextmanager
def proxied(folder: Path, backend_port: int) -> Iterator[Proxy]:
    """An nginx before the port of a backend, which may come and go."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no nginx: apt-get install nginx-light")
    folder.mkdir()
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder, port=port, backend=BACKEND, view=VIEW, backend_port=backend_port),
                             encoding="utf-8")
    with subprocess.Popen([program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(configuration)]) as process:
        try:
            _wait(f"http://127.0.0.1:{port}{VIEW}", process, folder)
            yield Proxy(f"http://127.0.0.1:{port}", folder, backend_port)
        finally:
            process.terminate()


def _wait(url: str, process: subprocess.Popen, folder: Path) -> None:
    end = monotonic() + 20
    while True:
        try:
            urlopen(url).close()
            return
        except URLError:
            assert process.poll() is None, (folder / "error.log").read_text(encoding="utf-8")
            assert monotonic() < end, url
            sleep(0.02)
