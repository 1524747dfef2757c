"""The process behind dynamic choices: the file of ``paramsPythonSetup`` is executed and its function asked.

``python server.py <file>``; payload, config, plugin_config and inputs come as JSON, and so goes the answer.
"""

import inspect
import json
import sys
import types
from pathlib import Path


def main(file):
    given = json.loads(sys.stdin.read())
    surroundings = {"__name__": "customui"}
    exec(compile(Path(file).read_text(encoding="utf-8"), file, "exec"), surroundings)
    answer = _call(_function(surroundings, file), [given[name] for name in ("payload", "config", "plugin_config", "inputs")])
    if answer is None:
        raise TypeError(f"{file}: the function gave None; expected a dict with choices")
    sys.__stdout__.write("\n" + json.dumps(answer) + "\n")


def _function(surroundings, file):
    """The only function there is, one that was imported too; ``do`` where there are more."""
    functions = {name: value for name, value in surroundings.items() if isinstance(value, types.FunctionType)}
    if len(functions) == 1:
        return next(iter(functions.values()))
    if "do" not in functions:
        raise TypeError(f"{file}: functions {sorted(functions)}; expected one, or one called do")
    return functions["do"]


def _call(function, given):
    n = len(inspect.getfullargspec(function).args)
    if n > len(given):
        raise TypeError(f"{function.__name__} takes {n} arguments; expected at most payload, config, plugin_config, inputs")
    return function(*given[:n])


if __name__ == "__main__":
    main(sys.argv[1])
