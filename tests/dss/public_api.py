"""A look-alike of the public API of DSS, as dataiku-api-client 15.2 calls it: HTTP on a port of its own, in a thread.

It is as strict as the real one is said to be - a request that DSS has no such call for is refused - and has its habits: a failure that
is answered with 200, tasks that are polled, code environments that stay half-made, a plugin that is there already. What an instance does
beside that, a test sets: see Habits.
"""

import base64
import io
import json
import re
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, count
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from dss import loader

BASE = "/dip/publicapi"
ADMIN = frozenset({"plugins", "code-envs", "projects"})
DEVELOPER = frozenset({"plugins", "projects"})  # "Develop plugins", which may not see code environments
COCKPIT = "webapp_alma-qa0_qa0-cockpit"
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


class Refusal(Exception):
    """What DSS answers with another code than 200."""

    def __init__(self, status: int, message: str, code: str | None = None):
        super().__init__(message)
        self.status = status
        self.body = {"errorType": "com.dataiku.dip.exceptions.DSSException", "message": message} | ({"code": code} if code else {})


class PublicApi:
    """One instance of DSS. ``script`` maps (method, path) to answers, each given once before the real ones: a status and a text,
    or None, which breaks the connection off."""

    def __init__(self):
        self.keys = {"the-key-of-an-admin": ADMIN, "the-key-of-a-developer": DEVELOPER}
        self.habits = Habits()
        self.plugins: dict[str, dict] = {}
        self.code_envs: dict[str, dict] = {}
        self.projects: dict[str, dict] = {}
        self.missing_types: list[dict] = []
        self.tasks: dict[str, Task] = {}
        self.script: dict[tuple[str, str], list] = {}
        self.calls: list[tuple[str, str]] = []
        self.headers: list[dict] = []
        self.seconds = 0.0  # before each answer
        self._numbers = count(1)
        self._lock = threading.Lock()

    def writes(self) -> list[tuple[str, str]]:
        """What was asked to change something."""
        return [(method, path) for method, path in self.calls if method != "GET"]

    def add_webapp(self, project: str, webapp_id: str, *, kind: str = COCKPIT, running: str | None = None) -> dict:
        """A webapp; ``running`` is the version of the plugin that its backend was started with."""
        webapp = {"id": webapp_id, "name": f"Cockpit {webapp_id}", "type": kind, "projectKey": project, "_running": running}
        self.project(project)["webapps"][webapp_id] = webapp
        return webapp

    def project(self, key: str) -> dict:
        return self.projects.setdefault(key, {"webapps": {}, "recipes": {}, "hidden": False})

    def add_code_env(self, name: str, *, interpreter: str = "PYTHON311", mode: str = "PLUGIN_MANAGED", whole: bool = True) -> None:
        self.code_envs[name] = {"envName": name, "envLang": "PYTHON", "pythonInterpreter": interpreter, "deploymentMode": mode,
                                "_whole": whole, "_made_for": None}

    @contextmanager
    def serving(self, context: ssl.SSLContext | None = None) -> Iterator[str]:
        """The address, while it answers."""
        server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"api": self}))
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http{'s' if context else ''}://localhost:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    # What the routes below do

    def answer(self, method: str, path: str, query: dict, headers: dict, body: bytes) -> object:
        rights = self._rights(headers)
        for pattern, verb, right, function in ROUTES:
            found = re.fullmatch(pattern, path)
            if found and verb == method:
                if right and right not in rights:
                    raise Refusal(403, "Action forbidden, you don't have enough permissions")
                with self._lock:
                    return function(self, *map(unquote, found.groups()), query=query, body=body, headers=headers)
        raise Refusal(404, f"no such call: {method} {path}")

    def _rights(self, headers: dict) -> frozenset:
        kind, _, rest = headers.get("authorization", "").partition(" ")
        if kind == "Basic":
            key, _, password = base64.b64decode(rest).decode().partition(":")
            key = None if password else key
        else:
            key = rest if kind == "Bearer" else headers.get("x-dku-apiticket")
        if key not in self.keys:
            raise Refusal(401, "Invalid API key")
        return self.keys[key]

    def _start(self, kind: str, end: Callable[[], object]) -> dict:
        if kind in self.habits.at_once:
            return {"jobId": None, "hasResult": True, "alive": False, "aborted": False, "result": end()}
        job = f"task-{next(self._numbers)}"
        self.tasks[job] = Task(kind, end, self.habits.polls, {"jobId": job, "hasResult": False, "alive": True, "aborted": False})
        return self.tasks[job].state

    def future(self, job: str, *, query, body, headers) -> dict:
        if job not in self.tasks:
            raise Refusal(404, f"no such future: {job}")
        task, habits = self.tasks[job], self.habits
        task.polls -= 1
        if task.kind in habits.never or task.polls > 0 or not task.state["alive"]:
            return task.state
        task.state["alive"] = False
        if task.kind in habits.aborted:
            task.state["aborted"] = True
        elif task.kind not in habits.vanished:
            task.state |= {"hasResult": True, "result": task.end()}
        if query["peek"] == "False":
            del self.tasks[job]  # who asks for a result has had it
        return task.state

    def abort(self, job: str, *, query, body, headers) -> None:
        if job not in self.tasks:
            raise Refusal(404, f"no such future: {job}")
        self.tasks[job].state |= {"alive": False, "aborted": True}

    def list_plugins(self, *, query, body, headers) -> list:
        return [{"id": name, "version": one["version"], "isDev": one["isDev"], "meta": one["meta"]} for name, one in self.plugins.items()]

    def install(self, *, query, body, headers) -> dict:
        archive = _uploaded(headers, body)

        def end():
            try:
                plugin = read(archive)
            except loader.Refused as refused:
                return _failed(str(refused))
            if plugin.id in self.plugins:
                return _failed(f"Plugin {plugin.id} already exists")
            return self._failing("install") or self.take(plugin.id, plugin.version, plugin.accepted_interpreters)

        return self._start("install", end)

    def install_at_once(self, *, query, body, headers) -> dict:
        return self._at_once(self.install(query=query, body=body, headers=headers))

    def update_at_once(self, plugin: str, *, query, body, headers) -> dict:
        return self._at_once(self.update(plugin, query=query, body=body, headers=headers))

    def _at_once(self, state: dict) -> dict:
        return self.tasks.pop(state["jobId"]).end()

    def update(self, plugin: str, *, query, body, headers) -> dict:
        archive = _uploaded(headers, body)
        self._plugin(plugin)

        def end():
            try:
                new = read(archive)
            except loader.Refused as refused:
                return _failed(str(refused))
            if new.id != plugin:
                return _failed(f"the archive is of {new.id}")
            return self._failing("update") or self.take(new.id, new.version, new.accepted_interpreters)

        return self._start("update", end)

    def _failing(self, kind: str) -> dict | None:
        return _failed(self.habits.failing[kind]) if kind in self.habits.failing else None

    def take(self, name: str, version: str, interpreters: tuple[str, ...] = ALL_INTERPRETERS) -> dict:
        """Has the plugin ``name`` in this version, as after an upload."""
        plugin = self.plugins.setdefault(name, {"isDev": False, "version": None, "meta": {"label": name}, "settings": {
            "codeEnvName": None, "config": {}, "presets": [], "parameterSets": [], "accessibleParameterSetDescs": []}})
        if not self.habits.silent:
            plugin |= {"version": version, "interpreters": interpreters}
        return {"success": True, "pluginDesc": {"id": name}, **{flag: flag in self.habits.asks_for for flag in (
            "needsReload", "needsRestart")}}

    def _plugin(self, name: str) -> dict:
        if name not in self.plugins:
            raise Refusal(404, f"plugin {name} not found")
        return self.plugins[name]

    def settings(self, plugin: str, *, query, body, headers) -> dict:
        return self._plugin(plugin)["settings"]

    def save_settings(self, plugin: str, *, query, body, headers) -> None:
        new, old = json.loads(body), self._plugin(plugin)["settings"]
        if new.keys() != old.keys():
            raise Refusal(400, f"settings with {sorted(new.keys() ^ old.keys())}")
        if new["codeEnvName"] and new["codeEnvName"] not in self.code_envs:
            raise Refusal(400, f"no such code env: {new['codeEnvName']}")
        if not self.habits.deaf:
            self.plugins[plugin]["settings"] = new

    def create_env(self, plugin: str, *, query, body, headers) -> dict:
        asked = json.loads(body)
        if asked.keys() != {"deploymentMode", "conda", "pythonInterpreter"} or asked["deploymentMode"] != "PLUGIN_MANAGED":
            raise Refusal(400, f"a code env as {asked}")
        found = self._plugin(plugin)
        interpreter = asked["pythonInterpreter"] or found["interpreters"][0]
        base = f"plugin_{plugin}_managed"
        if base in self.code_envs and not self.habits.takes_again:
            raise Refusal(500, f"code env {base} already exists", "ERR_CODEENV_CREATION_FAILED")
        name = next(one for one in chain([base], (f"{base}_{n}" for n in count(1))) if one not in self.code_envs)
        self.add_code_env(name, interpreter=interpreter, whole=False)  # there from the beginning, and there to stay

        def end():
            problem = self.habits.failing.get("create-env")
            if interpreter not in self.habits.interpreters:
                problem = f"{interpreter} is not on this server"
            if interpreter not in found["interpreters"]:
                problem = f"the plugin does not accept {interpreter}"
            if problem is None:
                self.code_envs[name] |= {"_whole": True, "_made_for": found["version"]}
            return {"envName": name, "messages": _messages(problem)}

        return self._start("create-env", end)

    def update_env(self, plugin: str, *, query, body, headers) -> dict:
        found = self._plugin(plugin)
        name = found["settings"]["codeEnvName"]
        if not name or self.habits.blind:
            raise Refusal(500, "The plugin has no code env specification", "ERR_PLUGIN_WITHOUT_CODEENV")
        return self._start("update-env", lambda: self._updated(name))

    def update_packages(self, name: str, *, query, body, headers) -> dict:
        if name not in self.code_envs or query.keys() - {"forceRebuildEnv", "wait", "versionToUpdate"}:
            raise Refusal(404, f"no such code env: {name}")
        return self._start("update-env", lambda: self._updated(name)) if query["wait"] == "False" else self._updated(name)

    def _updated(self, name: str) -> dict:
        problem = self.habits.failing.get("update-env")
        if problem is None:
            owners = [one["version"] for one in self.plugins.values() if one["settings"]["codeEnvName"] == name]
            self.code_envs[name] |= {"_whole": True, "_made_for": owners[0]}
        return {"messages": _messages(problem)}

    def list_envs(self, *, query, body, headers) -> list:
        return [{key: value for key, value in one.items() if not key.startswith("_")} for one in self.code_envs.values()]

    def delete_env(self, name: str, *, query, body, headers) -> dict:
        if name not in self.code_envs:
            raise Refusal(404, f"no such code env: {name}")
        if any(one["settings"]["codeEnvName"] == name for one in self.plugins.values()):
            return {"messages": _messages(f"code env {name} is used by a plugin")}

        def end():
            if "delete-env" not in self.habits.failing:
                del self.code_envs[name]
            return {"messages": _messages(self.habits.failing.get("delete-env"))}

        return self._start("delete-env", end)

    def usages(self, plugin: str, *, query, body, headers) -> dict:
        self._plugin(plugin)
        if self.habits.unresolved:
            raise Refusal(500, f"Components of {plugin} are not resolved. Deletion may be forced")
        return {"usages": self._usages(plugin), "missingTypes": self.missing_types}

    def _usages(self, plugin: str) -> list[dict]:
        found = []
        for key, project in self.projects.items():
            found += [{"elementKind": "webapps", "elementType": one["type"], "objectType": "WEB_APP", "objectId": one["id"],
                       "projectKey": key} for one in project["webapps"].values() if one["type"].startswith(f"webapp_{plugin}_")]
            found += [{"elementKind": "custom-recipes", "elementType": type_, "objectType": "RECIPE", "objectId": name, "projectKey": key}
                      for name, type_ in project["recipes"].items()]
        return found

    def delete(self, plugin: str, *, query, body, headers) -> dict:
        asked = json.loads(body)
        if asked.keys() != {"force"}:
            raise Refusal(400, f"delete with {asked}")
        self._plugin(plugin)

        def end():
            if self.habits.unresolved and not asked["force"]:
                return _failed(f"Components of {plugin} are not resolved. Deletion may be forced")
            if self._usages(plugin) and not asked["force"]:
                return _failed(f"Plugin {plugin} is used")
            if not self.habits.silent:
                self.plugins.pop(plugin, None)
            return self._failing("delete") or {"success": True}

        return self._start("delete", end)

    def list_projects(self, *, query, body, headers) -> list:
        return [{"projectKey": key, "name": key} for key in self.projects]

    def webapps(self, project: str, *, query, body, headers) -> list:
        if project not in self.projects:
            raise Refusal(404, f"project {project} not found")
        if self.projects[project]["hidden"]:
            raise Refusal(403, f"you may not read {project}")
        return [{key: value for key, value in one.items() if not key.startswith("_")} for one in self.projects[project]["webapps"].values()]

    def webapp_state(self, project: str, webapp: str, *, query, body, headers) -> dict:
        running = self.projects[project]["webapps"][webapp]["_running"]
        return {"projectKey": project, "webAppId": webapp} | ({"futureInfo": {"alive": True}} if running else {})

    def restart(self, project: str, webapp: str, *, query, body, headers) -> dict:
        found = self.projects[project]["webapps"][webapp]

        def end():
            plugin = self.plugins["alma-qa0"]
            env = self.code_envs.get(plugin["settings"]["codeEnvName"])
            found["_running"] = plugin["version"] if env and env["_whole"] and "restart" not in self.habits.failing else None

        return self._start("restart", end)


ROUTES = [
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


def _failed(words: str) -> dict:
    return {"success": False, "installationError": {"errorType": "java.lang.Exception", "message": words, "stackTraceStr": "at ..."}}


def _messages(problem: str | None) -> dict:
    """The ``success`` of these says nothing: it is false where all went well, too."""
    told = {"severity": "ERROR", "code": "ERR_CODEENV_CREATION_FAILED", "title": "Failed", "message": problem} if problem else {
        "severity": "INFO", "code": "INFO_CODEENV_IMPORT_OK", "message": "ok"}
    return {"anyMessage": True, "success": False, "warning": False, "error": bool(problem), "fatal": False, "messages": [told]}


def _uploaded(headers: dict, body: bytes) -> bytes:
    form = message_from_bytes(b"Content-Type: " + headers.get("content-type", "text/plain").encode() + b"\r\n\r\n" + body)
    parts = form.get_payload() if form.is_multipart() else []
    if len(parts) != 1 or parts[0].get_param("name", header="content-disposition") != "file" or not parts[0].get_filename():
        raise Refusal(400, "expected one part, file, with a filename")
    return parts[0].get_payload(decode=True)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """Who hangs up, or does not trust the certificate, is no error of the server."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    api: PublicApi

    def _do(self) -> None:
        place = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        api, path = self.api, place.path.removeprefix(BASE)
        api.calls.append((self.command, path))
        api.headers.append(dict(self.headers))
        time.sleep(api.seconds)
        scripted = api.script.get((self.command, path))
        if scripted:
            return self._scripted(scripted.pop(0))
        try:
            if not place.path.startswith(BASE + "/"):
                raise Refusal(404, f"not the API: {place.path}")
            query = {name: values[-1] for name, values in parse_qs(place.query).items()}
            answer = api.answer(self.command, path, query, {name.lower(): value for name, value in self.headers.items()}, body)
        except Refusal as refusal:
            return self._send(refusal.status, json.dumps(refusal.body))
        return self._send(200 if answer is not None else 204, "" if answer is None else json.dumps(answer))

    do_GET = do_POST = do_PUT = do_DELETE = _do  # noqa: N815 - the names are http.server's

    def _scripted(self, answer: tuple | None) -> None:
        if answer is None:
            self.close_connection = True
            return
        status, text, *more = answer
        self._send(status, text, **(more[0] if more else {}))

    def _send(self, status: int, text: str, **headers: str) -> None:
        content = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """No log."""
