"""A process of the look-alike is a fork; whoever runs in it must not be able to tell."""

import ast
import json
import subprocess
import sys
from textwrap import dedent

import pytest

from dss.instance import Instance
from dss.launcher import LIBRARIES

LOOK = """
import json, os, signal, sys, threading, time
loaded = sorted(name for name in sys.modules if name.partition(".")[0] in ("alma_qa0", "dataiku", "dss", "launcher"))
def kept_out(name):
    try:
        __import__(name)
    except ModuleNotFoundError as problem:
        return str(problem)
print(json.dumps({
    "modules of the plugin, DSS and the tests": loaded, "path": sys.path, "arguments": sys.argv, "environment": dict(os.environ),
    "name": __name__, "file": __file__, "main": sys.modules["__main__"].__name__, "folder": os.getcwd(), "time zone": time.tzname,
    "signals": [str(signal.getsignal(one)) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE)],
    "threads": threading.active_count(), "leads its group": os.getpgrp() == os.getpid() == os.getsid(0),
    "descriptors": sorted(int(name) for name in os.listdir("/proc/self/fd"))[:3], "more": len(os.listdir("/proc/self/fd")) - 3,
    "hidden": [kept_out(name) for name in ("pytest", "playwright", "dss.instance", "hypothesis")],
    "streams": [(stream.encoding, stream.errors, stream.line_buffering) for stream in (sys.stdin, sys.stdout, sys.stderr)],
    "said": sys.stdin.read()}))
"""


@pytest.fixture
def instance(plugin, tmp_path):
    return Instance(tmp_path, plugin, {})


@pytest.fixture
def both(instance, tmp_path):
    """What the code does when it is run by the look-alike, and in an interpreter of its own."""
    def run(code, *, arguments=("probe.py",), **variables):
        (tmp_path / "probe.py").write_text(dedent(code), encoding="utf-8")
        fork = instance._start(list(arguments), tmp_path, said="a word", **variables).finish()
        fresh = subprocess.run([sys.executable, *arguments], cwd=tmp_path, env=instance.environment(**variables), input="a word", text=True,
                               capture_output=True, start_new_session=True)
        return fork, fresh
    return run


@pytest.mark.parametrize("arguments", [("probe.py",), ("-m", "probe"), ("-m", "probe", "1", "2")])
def test_a_process_finds_what_a_new_interpreter_finds(both, arguments):
    fork, fresh = both(LOOK, arguments=arguments, TZ="America/Santiago", OWN="word")
    found, expected = json.loads(fork.stdout), json.loads(fresh.stdout)
    assert found == expected
    assert found["modules of the plugin, DSS and the tests"] == []
    assert None not in found["hidden"]


@pytest.mark.parametrize("code", [
    "import sys; sys.exit(3)", "import sys; sys.exit('words')", "raise SystemExit", "1 / 0", "1 +", "def deep():\n    1 / 0\ndeep()",
    "import os; os._exit(7)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "import atexit; atexit.register(print, 'the end')",
    "import threading, time; threading.Timer(0.05, print, ['later']).start()"])
def test_a_process_ends_as_a_new_interpreter_does(both, code):
    fork, fresh = both(code)
    assert (fork.returncode, fork.stdout, fork.stderr) == (fresh.returncode, fresh.stdout, fresh.stderr)


def test_what_a_process_does_to_itself_no_other_sees(both):
    fork, _fresh = both("""
        import os, signal, sys, pandas
        signal.signal(signal.SIGTERM, signal.SIG_IGN); os.environ["LEFT"] = "behind"; os.chdir("/"); sys.path.append("/left")
        pandas.options.display.width = 7; sys.modules["dataiku"] = pandas
    """)
    assert fork.returncode == 0, fork.stderr
    fork, fresh = both(LOOK.replace('"said"', '"left": __import__("pandas").options.display.width, "said"'))
    assert json.loads(fork.stdout) == json.loads(fresh.stdout)


def test_a_process_has_loaded_nothing_but_what_the_requirements_bring(both):
    fork, _fresh = both("import sys; print(sorted(sys.modules))")
    _fork, fresh = both(f"""
        import importlib, sys
        for library in {LIBRARIES}:
            importlib.import_module(library)
        print(sorted(sys.modules))
    """)
    beyond = set(ast.literal_eval(fork.stdout)) - set(ast.literal_eval(fresh.stdout))
    assert {name.partition(".")[0] for name in beyond} <= set(sys.stdlib_module_names)
