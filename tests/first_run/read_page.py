"""Serves the page, reads it, ends the server, and prints what happened as JSON. Run as whoever, and where, a test says."""

import json
import os
import shlex
import socket
import subprocess
import sys
import time
from urllib.request import ProxyHandler, build_opener

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]

begin = time.monotonic()
command = shlex.split(os.environ.get("QA0_TEST_MAKE", "")) or [sys.executable, "-m", "alma_qa0.cli", "serve"]
serve = subprocess.Popen(command, stdout=sys.stderr, stderr=subprocess.PIPE, env={**os.environ, "PORT": str(port)})
said, page = [], ""
for line in serve.stderr:
    said.append(line.decode(errors="replace").rstrip())
    if " serves http" in said[-1]:
        page = build_opener(ProxyHandler({})).open(f"http://localhost:{port}/", timeout=60).read().decode()
        break
seconds = time.monotonic() - begin
if page:
    serve.terminate()
said += serve.communicate(timeout=60)[1].decode(errors="replace").splitlines()
json.dump({"page": page, "said": said, "code": serve.returncode, "seconds": seconds}, sys.stdout)
