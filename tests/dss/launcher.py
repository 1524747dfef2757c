"""An interpreter of the plugin's code environment that has loaded the libraries once, and becomes each process that is asked for.

``python launcher.py <descriptor of a socket>``. A request is JSON with ``arguments`` as those of ``python``, ``folder`` and
``environment``, and four descriptors: input, output, errors, and where to answer. The answers are the process id, and at the end the
exit code. Each process is a fork that has loaded nothing of the plugin and nothing of DSS; it ends when it ends.
"""

import builtins
import gc
import importlib
import json
import os
import runpy
import select
import socket
import sys
import time
import types
from contextlib import suppress

# What takes long to load of what the requirements of the plugin bring; what is hidden from the code environment stays out.
LIBRARIES = ("bokeh.application.handlers", "bokeh.io", "bokeh.layouts", "bokeh.models", "bokeh.plotting", "bokeh.server.server",
             "dateutil", "jinja2", "numpy", "pandas", "psycopg2", "psycopg2.extras", "requests", "six")


def main(descriptor: int) -> None:
    sys.path.pop(0)  # the folder of this file is none of the plugin's
    for library in LIBRARIES:
        try:
            importlib.import_module(library)
        except ModuleNotFoundError:
            continue
    gc.freeze()
    request = serve(descriptor)
    if request is not None:
        run(**request)


def serve(descriptor: int) -> dict | None:
    """The request, in each process that was asked for; None in the launcher, when the tests are over."""
    control = socket.socket(fileno=descriptor)
    running: dict[int, tuple[int, int]] = {}
    while True:
        ready = select.select([control, *running], [], [])[0]
        for ended in running.keys() & set(ready):
            process, answer = running.pop(ended)
            _tell(answer, os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
            os.close(ended)
            os.close(answer)
        if control in ready:
            asked, descriptors, _flags, _address = socket.recv_fds(control, 1 << 20, 4)
            if not asked:
                return None
            *streams, answer = descriptors
            process = os.fork()
            if process == 0:
                _become(control, streams, answer)
                return json.loads(asked)
            for stream in streams:
                os.close(stream)
            running[os.pidfd_open(process)] = process, answer


def _tell(answer: int, number: int) -> None:
    with suppress(BrokenPipeError):  # nobody waits for this process
        os.write(answer, str(number).encode())


def _become(control: socket.socket, streams: list[int], answer: int) -> None:
    """A group of its own, and no descriptors but the standard ones."""
    os.setsid()
    _tell(answer, os.getpid())
    for standard, stream in enumerate(streams):
        os.dup2(stream, standard)
    control.detach()
    os.closerange(3, 1 << 16)


def run(arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """As ``python <arguments>`` does in that folder: a script, or a module after ``-m``."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.excepthook = _tell_error
    is_module = arguments[0] == "-m"
    sys.argv[:] = arguments[is_module:]
    before = [os.path.abspath("" if is_module else os.path.dirname(arguments[0])), *environment["PYTHONPATH"].split(os.pathsep)]
    sys.path[:] = [*before, *(place for place in sys.path if place not in before)]
    if is_module:
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        _run_script(os.path.abspath(arguments[0]))


def _run_script(file: str) -> None:
    """As the interpreter does; runpy.run_path gives another module and other arguments."""
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    vars(main).update(__file__=file, __builtins__=builtins)
    with open(file, "rb") as script:
        code = compile(script.read(), file, "exec")
    exec(code, vars(main))


def _tell_error(kind, problem, trace) -> None:  # type: ignore[no-untyped-def]
    """A traceback that begins in the code that was run."""
    while trace is not None and trace.tb_frame.f_code.co_filename in (__file__, "<frozen runpy>", runpy.__file__):
        trace = trace.tb_next
    sys.__excepthook__(kind, problem.with_traceback(trace), trace)


if __name__ == "__main__":
    main(int(sys.argv[1]))
