"""The instance that the stand-in plays: a JSON file, and the variables that DSS puts into texts."""

import fcntl
import json
import os
import re
from contextlib import contextmanager
from pathlib import Path


def read():
    """What the instance has: dss, connections, datasets, variables, users, tickets."""
    return json.loads(Path(os.environ["STANDIN_INSTANCE"]).read_text(encoding="utf-8"))


@contextmanager
def changing():
    """The instance, to be changed by one process at a time, and never seen half written."""
    file = Path(os.environ["STANDIN_INSTANCE"])
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        instance = read()
        yield instance
        file.with_suffix(".new").write_text(json.dumps(instance), encoding="utf-8")
        file.with_suffix(".new").replace(file)


def default_project_key():
    if "DKU_CURRENT_PROJECT_KEY" not in os.environ:
        raise Exception("Default project key is not specified (no DKU_CURRENT_PROJECT_KEY in env)")
    return os.environ["DKU_CURRENT_PROJECT_KEY"]


def get_custom_variables(project_key=None, typed=False):
    """Global, project and local variables together; texts unless ``typed``."""
    known = read()["variables"] | {"projectKey": project_key or default_project_key()}
    return known if typed else {name: value if isinstance(value, str) else json.dumps(value) for name, value in known.items()}


def expanded(text, flow_variables=None):
    """With ${name} and $name replaced wherever they stand, in a literal too; one that is not known is an error."""
    variables = get_custom_variables() | (flow_variables or {})

    def value(match):
        name = match.group(1) or match.group(2)
        if name not in variables:
            raise Exception(f"Variable {name!r} is not known: {match.group()}")
        return variables[name]

    return re.sub(r"\$\{(\w*)\}|\$(\w*)", value, text)
