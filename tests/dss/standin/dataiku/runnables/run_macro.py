"""The process behind a macro: the text of runnable.py, its one class made and run, its answer written as JSON.

``python -m dataiku.runnables.run_macro <folder of the macro> <file for the answer>``; what it was given is in the environment.
"""

import json
import os
import sys
from pathlib import Path

from dataiku.runnables import ResultTable, Runnable

_UNITS = ("SIZE", "FILES", "RECORDS", "NONE")
_ANSWERS = {"RESULT_TABLE": ResultTable, "JSON_OBJECT": dict, "NONE": type(None)}  # any other is a text


def main(folder, answer_file):
    code = Path(folder, "runnable.py")
    surroundings = {"__name__": "python_runnable"}
    exec(compile(code.read_text(encoding="utf-8"), str(code), "exec"), surroundings)
    kinds = [kind for kind in surroundings.values() if isinstance(kind, type) and issubclass(kind, Runnable) and kind is not Runnable]
    if len(kinds) != 1:
        raise TypeError(f"{code}: {len(kinds)} classes extend dataiku.runnables.Runnable; expected one")
    given = json.loads(os.environ["DKU_CUSTOM_RUNNABLE"])
    runnable = kinds[0](given["project_key"], given["config"], given["plugin_config"])
    progress = []
    target = runnable.get_progress_target()
    if target is not None and (len(target) != 2 or target[1] not in _UNITS):
        raise ValueError(f"progress target {target!r}; expected None or (target, one of {', '.join(_UNITS)})")
    answer = _checked(runnable.run(progress.append), given["result_type"])
    Path(answer_file).write_text(json.dumps({"answer": answer, "progress": progress, "target": target}), encoding="utf-8")


def _checked(answer, result_type):
    expected = _ANSWERS.get(result_type, str)
    if not isinstance(answer, expected):
        raise TypeError(f"the macro gave {type(answer).__name__}; expected {expected.__name__}, since its result type is {result_type}")
    return vars(answer) if isinstance(answer, ResultTable) else answer


if __name__ == "__main__":
    main(*sys.argv[1:])
