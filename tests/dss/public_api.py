"""A look-alike of the public API of DSS, as dataiku-api-client 15.2 calls it; ``public_api_server.py`` serves it.

It is as strict as the real one is said to be - a request that DSS has no such call for is refused - and has its habits: a failure that
is answered with 200, tasks that are polled, code environments that stay half-made, a plugin that is there already. What an instance does
beside that, a test sets: see Habits.
"""

import base64
import io
import json
import re
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from functools import lru_cache
from itertools import chain, count
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from dss import loader
from dss.public_api_records import ENVIRONMENT, KEYS, PLUGIN, CodeEnv, Habits, Installed, Project, Task, Webapp


class Refusal(Exception):
    """What DSS answers with another code than 200."""

    def __init__(self, status: int, message: str, code: str | None = None):
        super().__init__(message)
        self.status = status
        self.body = {"errorType": "com.dataiku.dip.exceptions.DSSException", "message": message} | ({"code": code} if code else {})


@dataclass(frozen=True, slots=True)
class Request:
    """What a call is asked with. ``headers`` by their names in lower case."""

    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def file(self) -> bytes:
        """The one file of a form; Refusal for any other body."""
        kind = self.headers.get("content-type", "text/plain").encode()
        form = message_from_bytes(b"Content-Type: " + kind + b"\r\n\r\n" + self.body)
        parts = form.get_payload() if form.is_multipart() else []
        if len(parts) != 1 or parts[0].get_param("name", header="content-disposition") != "file" or not parts[0].get_filename():
            raise Refusal(400, "expected one part, file, with a filename")
        return parts[0].get_payload(decode=True)


class PublicApi:
    """One instance of DSS. ``script`` maps (method, path) to answers, each given once before the real ones: a status and a text,
    or None, which breaks the connection off."""

    def __init__(self) -> None:
        self.habits = Habits()
        self.plugins: dict[str, Installed] = {}
        self.code_envs: dict[str, CodeEnv] = {}
        self.projects: dict[str, Project] = {}
        self.missing_types: list[dict] | None = []
        self.tasks: dict[str, Task] = {}
        self.script: dict[tuple[str, str], list] = {}
        self.calls: list[tuple[str, str]] = []
        self.headers: list[dict] = []
        self.uploads: list[bytes] = []
        self.seconds = 0.0  # before each answer
        self._numbers = count(1)
        self._lock = threading.Lock()

    # What a test sets and looks at

    def add_plugin(self, version: str = "0.0.1", code_env: str | None = ENVIRONMENT, *, name: str = PLUGIN) -> Installed:
        """Has a plugin of some version, with a code environment that was made for it."""
        plugin = self.plugins[name] = Installed(version)
        plugin.code_env = code_env
        if code_env:
            self.add_code_env(code_env, made_for=version)
        return plugin

    def add_code_env(self, name: str, **others: Any) -> CodeEnv:
        return self.code_envs.setdefault(name, CodeEnv(name, **others))

    def add_webapp(self, project: str, name: str, **others: Any) -> Webapp:
        return self.project(project).webapps.setdefault(name, Webapp(project, name, **others))

    def project(self, key: str) -> Project:
        return self.projects.setdefault(key, Project())

    @property
    def plugin(self) -> Installed:
        """Ours; KeyError where it is not installed."""
        return self.plugins[PLUGIN]

    def writes(self) -> list[tuple[str, str]]:
        """What was asked to change something."""
        return [(method, path) for method, path in self.calls if method != "GET"]

    # What the calls do

    def answer(self, method: str, path: str, asked: Request) -> object:
        """The answer to a call, for JSON; Refusal where DSS would not give it."""
        rights = self._rights(asked.headers)
        for pattern, verb, right, function in CALLS:
            found = re.fullmatch(pattern, path)
            if found and verb == method:
                if right and right not in rights:
                    raise Refusal(403, "Action forbidden, you don't have enough permissions")
                with self._lock:
                    return function(self, asked, *map(unquote, found.groups()))
        raise Refusal(404, f"no such call: {method} {path}")

    def _rights(self, headers: dict[str, str]) -> frozenset[str]:
        kind, _, rest = headers.get("authorization", "").partition(" ")
        if kind == "Basic":
            key, _, password = base64.b64decode(rest).decode().partition(":")
            key = None if password else key
        else:
            key = rest if kind == "Bearer" else headers.get("x-dku-apiticket")
        if key not in KEYS:
            raise Refusal(401, "Invalid API key")
        return KEYS[key]

    def _start(self, kind: str, end: Callable[[], object]) -> dict:
        if kind in self.habits.at_once:
            return {"jobId": None, "hasResult": True, "alive": False, "aborted": False, "result": end()}
        job = f"task-{next(self._numbers)}"
        self.tasks[job] = Task(kind, end, self.habits.polls, {"jobId": job, "hasResult": False, "alive": True, "aborted": False})
        return self.tasks[job].state

    def future(self, asked: Request, job: str) -> dict:
        task, habits = _of(self.tasks, job, "future"), self.habits
        task.polls -= 1
        if task.kind in habits.never or task.polls > 0 or not task.state["alive"]:
            return task.state
        task.state["alive"] = False
        if task.kind in habits.aborted:
            task.state["aborted"] = True
        elif task.kind not in habits.vanished:
            task.state |= {"hasResult": True, "result": task.end()}
        if asked.query["peek"] == "False":
            del self.tasks[job]  # who asks for a result has had it
        return task.state

    def abort(self, asked: Request, job: str) -> None:
        _of(self.tasks, job, "future").state |= {"alive": False, "aborted": True}

    def list_plugins(self, asked: Request) -> list:
        return [{"id": name, "version": one.version, "isDev": one.development, "meta": {"label": name}}
                for name, one in self.plugins.items()]

    def install(self, asked: Request) -> dict:
        return self._upload("install", asked.file, lambda name: f"Plugin {name} already exists" if name in self.plugins else None)

    def install_at_once(self, asked: Request) -> dict:
        return self._at_once(self.install(asked))

    def update(self, asked: Request, plugin: str) -> dict:
        _of(self.plugins, plugin, "plugin")
        return self._upload("update", asked.file, lambda name: f"the archive is of {name}" if name != plugin else None)

    def update_at_once(self, asked: Request, plugin: str) -> dict:
        return self._at_once(self.update(asked, plugin))

    def _at_once(self, state: dict) -> object:
        return self.tasks.pop(state["jobId"]).end()

    def _upload(self, kind: str, archive: bytes, problem: Callable[[str], str | None]) -> dict:
        self.uploads.append(archive)

        def end() -> dict:
            try:
                new = read(archive)
            except loader.Refused as refused:
                return _failed(str(refused))
            wrong = problem(new.id) or self.habits.failing.get(kind)
            return _failed(wrong) if wrong else self._take(new)

        return self._start(kind, end)

    def _take(self, new: loader.Plugin) -> dict:
        plugin = self.plugins.setdefault(new.id, Installed())
        if not self.habits.silent:
            plugin.version, plugin.interpreters = new.version, new.accepted_interpreters
        flags = {flag: flag in self.habits.asks_for for flag in ("needsReload", "needsRestart")}
        return {"success": True, "pluginDesc": {"id": new.id}, **flags}

    def settings(self, asked: Request, plugin: str) -> dict:
        return _of(self.plugins, plugin, "plugin").settings

    def save_settings(self, asked: Request, plugin: str) -> None:
        new, found = asked.json, _of(self.plugins, plugin, "plugin")
        if new.keys() != found.settings.keys():
            raise Refusal(400, f"settings with {sorted(new.keys() ^ found.settings.keys())}")
        if new["codeEnvName"] and new["codeEnvName"] not in self.code_envs:
            raise Refusal(400, f"no such code env: {new['codeEnvName']}")
        if not self.habits.deaf:
            found.settings = new

    def create_env(self, asked: Request, plugin: str) -> dict:
        wanted, found = asked.json, _of(self.plugins, plugin, "plugin")
        if wanted.keys() != {"deploymentMode", "conda", "pythonInterpreter"} or wanted["deploymentMode"] != "PLUGIN_MANAGED":
            raise Refusal(400, f"a code env as {wanted}")
        interpreter = wanted["pythonInterpreter"] or found.interpreters[0]
        env = self.add_code_env(self._free_name(plugin), interpreter=interpreter, whole=False)  # there at once, and there to stay

        def end() -> dict:
            problem = self.habits.failing.get("create-env")
            if interpreter not in self.habits.interpreters:
                problem = f"{interpreter} is not on this server"
            if interpreter not in found.interpreters:
                problem = f"the plugin does not accept {interpreter}"
            if problem is None:
                env.whole, env.made_for = True, found.version
            return {"envName": env.name, "messages": _messages(problem)}

        return self._start("create-env", end)

    def _free_name(self, plugin: str) -> str:
        base = f"plugin_{plugin}_managed"
        if base in self.code_envs and not self.habits.takes_again:
            raise Refusal(500, f"code env {base} already exists", "ERR_CODEENV_CREATION_FAILED")
        return next(one for one in chain([base], (f"{base}_{n}" for n in count(1))) if one not in self.code_envs)

    def update_env(self, asked: Request, plugin: str) -> dict:
        name = _of(self.plugins, plugin, "plugin").code_env
        if not name or self.habits.blind:
            raise Refusal(500, "The plugin has no code env specification", "ERR_PLUGIN_WITHOUT_CODEENV")
        return self._start("update-env", lambda: self._updated(name))

    def update_packages(self, asked: Request, name: str) -> dict:
        _of(self.code_envs, name, "code env")
        if asked.query.keys() - {"forceRebuildEnv", "wait", "versionToUpdate"}:
            raise Refusal(400, f"an update with {sorted(asked.query)}")
        return self._start("update-env", lambda: self._updated(name)) if asked.query["wait"] == "False" else self._updated(name)

    def _updated(self, name: str) -> dict:
        problem = self.habits.failing.get("update-env")
        if problem is None:
            env, owner = self.code_envs[name], next(one for one in self.plugins.values() if one.code_env == name)
            env.whole, env.made_for = True, owner.version
        return {"messages": _messages(problem)}

    def list_envs(self, asked: Request) -> list:
        return [{"envName": one.name, "envLang": "PYTHON", "pythonInterpreter": one.interpreter, "deploymentMode": one.mode}
                for one in self.code_envs.values()]

    def delete_env(self, asked: Request, name: str) -> dict:
        _of(self.code_envs, name, "code env")
        if any(one.code_env == name for one in self.plugins.values()):
            return {"messages": _messages(f"code env {name} is used by a plugin")}

        def end() -> dict:
            problem = self.habits.failing.get("delete-env")
            if problem is None:
                del self.code_envs[name]
            return {"messages": _messages(problem)}

        return self._start("delete-env", end)

    def usages(self, asked: Request, plugin: str) -> dict:
        _of(self.plugins, plugin, "plugin")
        if self.habits.unresolved:
            raise Refusal(500, f"Components of {plugin} are not resolved. Deletion may be forced")
        return {"usages": self._usages(plugin), "missingTypes": self.missing_types}

    def _usages(self, plugin: str) -> list[dict]:
        def usage(project: str, element: str, kind: str, object_type: str, name: str) -> dict:
            return {"elementKind": element, "elementType": kind, "objectType": object_type, "objectId": name, "projectKey": project}

        found = []
        for key, project in self.projects.items():
            ours = [one for one in project.webapps.values() if one.kind.startswith(f"webapp_{plugin}_")]
            found += [usage(key, "webapps", one.kind, "WEB_APP", one.id) for one in ours]
            found += [usage(key, "custom-recipes", kind, "RECIPE", name) for name, kind in project.recipes.items()]
        return found

    def delete(self, asked: Request, plugin: str) -> dict:
        wanted = asked.json
        if wanted.keys() != {"force"}:
            raise Refusal(400, f"delete with {wanted}")
        _of(self.plugins, plugin, "plugin")

        def end() -> dict:
            if self.habits.unresolved and not wanted["force"]:
                return _failed(f"Components of {plugin} are not resolved. Deletion may be forced")
            if self._usages(plugin) and not wanted["force"]:
                return _failed(f"Plugin {plugin} is used")
            if not self.habits.silent:
                self.plugins.pop(plugin, None)
            problem = self.habits.failing.get("delete")
            return _failed(problem) if problem else {"success": True}

        return self._start("delete", end)

    def list_projects(self, asked: Request) -> list:
        return [{"projectKey": key, "name": key} for key in self.projects]

    def webapps(self, asked: Request, project: str) -> list:
        if _of(self.projects, project, "project").hidden:
            raise Refusal(403, f"you may not read {project}")
        return [{"id": one.id, "name": f"Cockpit {one.id}", "type": one.kind, "projectKey": project}
                for one in self.projects[project].webapps.values()]

    def webapp_state(self, asked: Request, project: str, webapp: str) -> dict:
        running = self.projects[project].webapps[webapp].running
        return {"projectKey": project, "webAppId": webapp} | ({"futureInfo": {"alive": True}} if running else {})

    def restart(self, asked: Request, project: str, webapp: str) -> dict:
        found = self.projects[project].webapps[webapp]

        def end() -> None:
            env = self.code_envs.get(self.plugin.code_env or "")
            found.running = self.plugin.version if env and env.whole and "restart" not in self.habits.failing else None

        return self._start("restart", end)


CALLS: list[tuple[str, str, str | None, Callable[..., object]]] = [  # the path, the method, the right that it needs
    (r"/plugins/", "GET", "plugins", PublicApi.list_plugins),
    (r"/plugins/actions/installFromZip", "POST", "plugins", PublicApi.install_at_once),
    (r"/plugins/([^/]+)/actions/updateFromZip", "POST", "plugins", PublicApi.update_at_once),
    (r"/plugins/actions/future/installFromZip", "POST", "plugins", PublicApi.install),
    (r"/plugins/([^/]+)/actions/future/updateFromZip", "POST", "plugins", PublicApi.update),
    (r"/plugins/([^/]+)/settings", "GET", "plugins", PublicApi.settings),
    (r"/plugins/([^/]+)/settings", "POST", "plugins", PublicApi.save_settings),
    (r"/plugins/([^/]+)/code-env/actions/create", "POST", "plugins", PublicApi.create_env),
    (r"/plugins/([^/]+)/code-env/actions/update", "POST", "plugins", PublicApi.update_env),
    (r"/plugins/([^/]+)/actions/listUsages", "GET", "plugins", PublicApi.usages),
    (r"/plugins/([^/]+)/actions/delete", "POST", "plugins", PublicApi.delete),
    (r"/futures/([^/]+)", "GET", None, PublicApi.future),
    (r"/futures/([^/]+)", "DELETE", None, PublicApi.abort),
    (r"/admin/code-envs/", "GET", "code-envs", PublicApi.list_envs),
    (r"/admin/code-envs/PYTHON/([^/]+)", "DELETE", "code-envs", PublicApi.delete_env),
    (r"/admin/code-envs/PYTHON/([^/]+)/packages", "POST", "code-envs", PublicApi.update_packages),
    (r"/projects/", "GET", "projects", PublicApi.list_projects),
    (r"/projects/([^/]+)/webapps/", "GET", "projects", PublicApi.webapps),
    (r"/projects/([^/]+)/webapps/([^/]+)/backend/state", "GET", "projects", PublicApi.webapp_state),
    (r"/projects/([^/]+)/webapps/([^/]+)/backend/actions/restart", "PUT", "projects", PublicApi.restart),
]


@lru_cache(maxsize=8)
def read(archive: bytes) -> loader.Plugin:
    """The plugin in an archive, if DSS takes it; its files are gone again afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        return loader.load(io.BytesIO(archive), Path(folder))


def _of(things: dict[str, Any], name: str, kind: str) -> Any:
    if name not in things:
        raise Refusal(404, f"no such {kind}: {name}")
    return things[name]


def _failed(words: str) -> dict:
    return {"success": False, "installationError": {"errorType": "java.lang.Exception", "message": words, "stackTraceStr": "at ..."}}


def _messages(problem: str | None) -> dict:
    """The ``success`` of these says nothing: it is false where all went well, too."""
    told = {"severity": "ERROR", "code": "ERR_CODEENV_CREATION_FAILED", "title": "Failed", "message": problem} if problem else {
        "severity": "INFO", "code": "INFO_CODEENV_IMPORT_OK", "message": "ok"}
    return {"anyMessage": True, "success": False, "warning": False, "error": bool(problem), "fatal": False, "messages": [told]}
