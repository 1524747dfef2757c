"""This plugin on an instance of DSS: brought to what an archive holds, looked at, taken away."""

import json
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from alma_qa0.errors import BadRequest, BadSetting, DssRefused, DssUnavailable, QA0Error
from alma_qa0.hosts.dss_admin import CodeEnvironment, Dss, Forbidden, Installed, Usage, Webapp

PLUGIN_ID = "alma-qa0"
_MANIFEST, _ENVIRONMENT = "plugin.json", "code-env/python/desc.json"
_EXPECTED = "an archive that make plugin wrote, dss-plugin-alma-qa0-<version>.zip"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Archive:
    """What ``make plugin`` wrote. ``interpreters`` are those that the plugin runs with, such as PYTHON311, the best first."""

    path: Path
    version: str
    interpreters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """The plugin on an instance. ``bound`` is the name it is set to, ``environment`` that environment if there is one.

    ``seen`` is False where the key may not list code environments, ``unseen`` are projects that it may not look into; ``unlisted`` says
    why DSS gives no usages, where it gives none.
    """

    installed: Installed | None
    bound: str | None = None
    environment: CodeEnvironment | None = None
    seen: bool = True
    usages: tuple[Usage, ...] = ()
    unlisted: str | None = None
    webapps: tuple[Webapp, ...] = ()
    unseen: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether the plugin is installed and its code environment is there."""
        return self.installed is not None and self.bound is not None and (self.environment is not None or not self.seen)


def read_archive(path: Path) -> Archive:
    """The archive at ``path``; BadRequest unless it is one of this plugin, as DSS takes it."""
    try:
        with zipfile.ZipFile(path) as file:
            missing = [name for name in (_MANIFEST, _ENVIRONMENT) if name not in file.namelist()]
            if missing:
                raise BadRequest(f"{path}: no {' and no '.join(missing)} at the root; expected {_EXPECTED}")
            plugin, environment = (json.loads(file.read(name)) for name in (_MANIFEST, _ENVIRONMENT))
            archive = Archive(path, str(plugin["version"]), tuple(environment["acceptedPythonInterpreters"]))
    except (OSError, zipfile.BadZipFile) as problem:
        raise BadRequest(f"{path}: {getattr(problem, 'strerror', None) or problem}; expected {_EXPECTED}") from None
    except (ValueError, KeyError, TypeError) as problem:
        raise BadRequest(f"{path}: {_MANIFEST} or {_ENVIRONMENT} cannot be read ({problem!r}); expected {_EXPECTED}") from None
    if plugin.get("id") != PLUGIN_ID:
        raise BadRequest(f"{path}: the archive of {plugin.get('id')!r}; expected {_EXPECTED}")
    return archive


def interpreter_of(archive: Archive, python: str | None) -> str:
    """DSS's name of a Python version, such as PYTHON311 for 3.11; of the best one where none is asked for."""
    if python is None:
        return archive.interpreters[0]
    name = "PYTHON" + python.replace(".", "")
    if name not in archive.interpreters:
        accepted = ", ".join(re.sub(r"PYTHON(\d)(\d+)", r"\1.\2", one) for one in archive.interpreters)
        raise BadSetting("--python", python, f"one that the plugin runs with: {accepted}")
    return name


def install(dss: Dss, archive: Archive, *, say: Say, python: str | None = None, reinstall: bool = False, must_be_there: bool = False,
            projects: Sequence[str] = ()) -> bool:
    """Brings the plugin, its code environment and the backends of its webapps to the archive; whether there was anything to do.

    What is right already is left alone, so that it can be run again after whatever stopped it. BadRequest where that would be a step
    back, or where there is nothing to upgrade; DssRefused and DssUnavailable as of Dss.
    """
    interpreter = interpreter_of(archive, python)
    installed = dss.plugin(PLUGIN_ID)
    _check_step(installed, archive, reinstall=reinstall, must_be_there=must_be_there)
    uploaded = installed is None or installed.version != archive.version or reinstall
    if uploaded:
        _upload(dss, installed, archive, say)
    else:
        say(f"{PLUGIN_ID} {archive.version} is installed already")
    try:
        remade = _bring_code_environment(dss, interpreter, stale=uploaded, wanted=python is not None, say=say)
        if uploaded or remade:
            _restart_webapps(dss, projects, say)
    except (DssRefused, DssUnavailable) as problem:
        raise type(problem)(f"{problem}; the plugin itself is in: once that is put right, the same command with --reinstall does the rest"
                            ) from None
    return uploaded or remade


def status(dss: Dss, projects: Sequence[str] = ()) -> Status:
    """How the plugin stands, changing nothing."""
    installed = dss.plugin(PLUGIN_ID)
    if installed is None:
        return Status(None)
    bound = dss.bound_code_environment(PLUGIN_ID)
    environment, seen = _environment(dss, bound)
    usages, unlisted = _usages(dss)
    webapps, unseen = dss.webapps(PLUGIN_ID, projects)
    return Status(installed, bound, environment, seen, tuple(usages), unlisted, tuple(webapps), tuple(unseen))


def uninstall(dss: Dss, *, say: Say, force: bool = False) -> bool:
    """Takes the plugin and its code environments away; whether there was anything to take. BadRequest where it is used, unless forced."""
    installed = dss.plugin(PLUGIN_ID)
    if installed is not None:
        usages, unlisted = _usages(dss)
        if not force and (usages or unlisted):
            told = "; ".join(map(str, usages)) or unlisted
            raise DssRefused(f"{PLUGIN_ID} is used at {dss.host}: {told}; expected none, or --force, which breaks what uses it" if usages
                             else f"whether {PLUGIN_ID} is used is not known: {told}; expected a list, or --force")
        dss.delete_plugin(PLUGIN_ID, force=force)
        if dss.plugin(PLUGIN_ID) is not None:
            raise DssRefused(f"{dss.host}: DSS says that {PLUGIN_ID} is deleted, but lists it still")
        say(f"{PLUGIN_ID} {installed.version} is deleted")
    left = _own_environments(dss)
    if left is None:
        say("this API key may not see code environments: those of the plugin stay")
    _take_away(dss, left or (), say)
    return installed is not None or bool(left)


def _check_step(installed: Installed | None, archive: Archive, *, reinstall: bool, must_be_there: bool) -> None:
    if installed is None:
        if must_be_there:
            raise BadRequest(f"{PLUGIN_ID} is not installed, so that there is nothing to upgrade; expected install")
        return
    if installed.is_development:
        raise BadRequest(f"{PLUGIN_ID} {installed.version} is a development plugin there, and DSS loads no id from both places;"
                         " expected it to be deleted in DSS first")
    if _order(installed.version) > _order(archive.version) and not reinstall:
        raise BadRequest(f"{PLUGIN_ID} {installed.version} is installed, which is newer than {archive.path.name}; expected a newer archive,"
                         " or --reinstall")


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _upload(dss: Dss, installed: Installed | None, archive: Archive, say: Say) -> None:
    asked = dss.upload(archive.path, PLUGIN_ID, update=installed is not None)
    now = dss.plugin(PLUGIN_ID)
    if now is None or now.version != archive.version:
        found = "none" if now is None else now.version
        raise DssRefused(f"{dss.host}: DSS says that {archive.path.name} is in, but lists {found}; expected {archive.version}")
    say(f"{PLUGIN_ID} {archive.version} is installed" + (f" (was {installed.version})" if installed else ""))
    for what in asked:
        say(f"DSS asks for a {what} before all of the plugin can be used")


def _bring_code_environment(dss: Dss, interpreter: str, *, stale: bool, wanted: bool, say: Say) -> bool:
    """Whether anything was done. An environment of another Python is replaced only if the Python was asked for."""
    bound, own = dss.bound_code_environment(PLUGIN_ID), _own_environments(dss)
    if bound is not None and _fits(dss, bound, interpreter if wanted else None):
        if not stale:
            say(f"the code environment {bound} is there already")
            return False
        say(f"updating the code environment {bound}: this takes minutes")
        dss.update_code_environment(PLUGIN_ID, bound)
        say(f"the code environment {bound} is up to date")
        return True
    if own is None:
        say("this API key may not see code environments: one that is left half-made would have to be deleted by hand")
    _take_away(dss, [one for one in own or () if one.name != bound], say)
    name = _made(dss, interpreter, say)
    dss.bind_code_environment(PLUGIN_ID, name)
    say(f"the code environment {name} is made and set")
    _take_away(dss, [one for one in own or () if one.name == bound], say)
    return True


def _fits(dss: Dss, bound: str, interpreter: str | None) -> bool:
    """Whether the environment that is set can stay, whoever made it: it is there, or not to be seen, and has the Python asked for."""
    environment, seen = _environment(dss, bound)
    if environment is None:
        return not seen
    return interpreter is None or environment.interpreter in (interpreter, None)


def _made(dss: Dss, interpreter: str, say: Say) -> str:
    """The name of a new one; where making it fails, what it left behind is taken away."""
    before = {one.name for one in _own_environments(dss) or ()}
    say(f"creating a code environment with {interpreter}: this takes minutes")
    try:
        return dss.create_code_environment(PLUGIN_ID, interpreter)
    except QA0Error:
        _take_away(dss, [one for one in _after_failure(dss) if one.name not in before], say)
        raise


def _after_failure(dss: Dss) -> list[CodeEnvironment]:
    try:
        return _own_environments(dss) or []
    except QA0Error:  # what failed before is what is to be told
        return []


def _take_away(dss: Dss, environments: Iterable[CodeEnvironment], say: Say) -> None:
    for one in environments:
        try:
            dss.delete_code_environment(one.name)
            say(f"the code environment {one.name}, which nothing is set to, is deleted")
        except QA0Error as problem:
            say(f"the code environment {one.name} stays: {problem}")


def _own_environments(dss: Dss) -> list[CodeEnvironment] | None:
    try:
        return dss.code_environments(PLUGIN_ID)
    except Forbidden:
        return None


def _environment(dss: Dss, name: str | None) -> tuple[CodeEnvironment | None, bool]:
    """The environment of a name, and whether the key may see such."""
    try:
        return (dss.code_environment(name) if name else None), True
    except Forbidden:
        return None, False


def _usages(dss: Dss) -> tuple[list[Usage], str | None]:
    """The usages; or why there is no list, as where DSS has not yet reloaded what was installed."""
    try:
        return dss.usages(PLUGIN_ID), None
    except DssRefused as problem:
        return [], str(problem)


def _restart_webapps(dss: Dss, projects: Sequence[str], say: Say) -> None:
    """All are tried, and those that fail are named. A backend that somebody stopped stays stopped."""
    webapps, unseen = dss.webapps(PLUGIN_ID, projects)
    failed = []
    for webapp in webapps:
        if not webapp.running:
            say(f"the backend of {webapp} does not run, and is left so")
            continue
        try:
            dss.restart(webapp)
            say(f"the backend of {webapp} runs the new code")
        except QA0Error as problem:
            say(str(problem))
            failed.append(webapp)
    if unseen:
        say(f"this API key may not look into {', '.join(unseen)}: restart the plugin's webapps there by hand")
    if failed:
        raise DssRefused(f"the backends of {', '.join(map(str, failed))} were not restarted, and keep the old code")
