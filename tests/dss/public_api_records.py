"""What an instance of DSS holds for its administrators, as the look-alike of the public API keeps it, and the habits that it has."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

KEY, KEY_OF_DEVELOPER = "the-key-of-an-admin", "the-key-of-a-developer"
KEYS = {  # the rights of each; "Develop plugins" may not see code environments
    KEY: frozenset({"plugins", "code-envs", "projects"}),
    KEY_OF_DEVELOPER: frozenset({"plugins", "projects"}),
}
PLUGIN, ENVIRONMENT, COCKPIT = "alma-qa0", "plugin_alma-qa0_managed", "webapp_alma-qa0_qa0-cockpit"
ALL_INTERPRETERS = ("PYTHON310", "PYTHON311", "PYTHON312")


@dataclass
class Habits:
    """What this instance does that another may not. ``kinds`` of tasks: install update create-env update-env delete-env delete restart."""

    polls: int = 1  # how often a task is asked after before it is done
    never: set[str] = field(default_factory=set)  # kinds that never end
    aborted: set[str] = field(default_factory=set)  # kinds that somebody else aborts
    vanished: set[str] = field(default_factory=set)  # kinds that end without a result, as when DSS was restarted
    at_once: set[str] = field(default_factory=set)  # kinds that are answered without a task
    failing: dict[str, str] = field(default_factory=dict)  # kinds that fail, with the words of DSS
    interpreters: tuple[str, ...] = ALL_INTERPRETERS  # Pythons that the server has
    takes_again: bool = True  # makes a code environment beside a half-made one, with a number; else it refuses
    blind: bool = False  # update of the code environment does not see that the plugin has one
    deaf: bool = False  # says that settings are saved, and does not
    silent: bool = False  # says that an update is done, and lists the old version
    unresolved: bool = False  # cannot tell usages before a reload, unless forced
    asks_for: tuple[str, ...] = ()  # needsReload, needsRestart


@dataclass
class Task:
    """A future: what ends it, and how it stands."""

    kind: str
    end: Callable[[], object]
    polls: int
    state: dict


@dataclass
class Installed:
    """A plugin that the instance has. ``settings`` as the client reads and saves them."""

    version: str | None = None
    interpreters: tuple[str, ...] = ALL_INTERPRETERS
    development: bool = False
    settings: dict[str, Any] = field(default_factory=lambda: {
        "codeEnvName": None, "config": {}, "presets": [], "parameterSets": [], "accessibleParameterSetDescs": []})

    @property
    def code_env(self) -> str | None:
        return self.settings["codeEnvName"]

    @code_env.setter
    def code_env(self, name: str | None) -> None:
        self.settings["codeEnvName"] = name


@dataclass
class CodeEnv:
    """A code environment; ``made_for`` is the version of the plugin whose requirements it has."""

    name: str
    interpreter: str = "PYTHON311"
    mode: str = "PLUGIN_MANAGED"
    whole: bool = True
    made_for: str | None = None


@dataclass
class Webapp:
    """A webapp; ``running`` is the version of the plugin that its backend was started with."""

    project: str
    id: str
    kind: str = COCKPIT
    running: str | None = None


@dataclass
class Project:
    """What a project holds: webapps, and the types of its recipes, by name. A hidden one may not be read."""

    webapps: dict[str, Webapp] = field(default_factory=dict)
    recipes: dict[str, str] = field(default_factory=dict)
    hidden: bool = False
