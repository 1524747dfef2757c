"""A DSS instance as its administrator sees it - plugins, code environments, usages, webapps - through the public API (HTTP).

The client has no time limit, gives some failures as a success, and waits for ever for a task that was aborted; here each call has a
limit, its answer is read, and what went wrong is a sentence. The API key is in none of them.
"""

import re
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dataikuapi
import requests
from requests.adapters import HTTPAdapter

from alma_qa0.errors import BadSetting, DssRefused, DssUnavailable

_ANSWER_SECONDS = 120.0  # the longest wait for one answer; what takes longer in DSS is a task, asked after again and again
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS, _WAIT_GROWTH = 0.2, 5.0, 1.3
_LOST_ANSWERS = 5  # in a row, before a task is given up: a proxy or a restart may lose some
_AWAY = (502, 503, 504)  # what a proxy says of a DSS that is stopped or starting
_EXCERPT = 300
_NO_DETAIL = "DSS gives no reason"


class Forbidden(DssRefused):
    """The API key has no right to this."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A plugin that DSS lists. A development plugin is edited in DSS, and bars one of the same id from being installed."""

    version: str
    is_development: bool


@dataclass(frozen=True, slots=True)
class CodeEnvironment:
    """A Python environment of the instance; ``interpreter`` such as PYTHON311, None where DSS does not say."""

    name: str
    interpreter: str | None


@dataclass(frozen=True, slots=True)
class Usage:
    """An object of a project that a component of the plugin makes work."""

    project: str
    kind: str
    name: str
    component: str

    def __str__(self) -> str:
        return f"{self.kind} {self.project}.{self.name} ({self.component})"


@dataclass(frozen=True, slots=True)
class Webapp:
    """A webapp of the plugin in a project, and whether its backend runs."""

    project: str
    id: str
    name: str
    running: bool

    def __str__(self) -> str:
        return f"{self.project}.{self.id} ({self.name})"


@dataclass(frozen=True, slots=True)
class Dss:
    """One instance. ``seconds`` limits each task, such as the making of a code environment.

    Methods raise DssUnavailable where DSS does not answer in time, DssRefused where it says no, Forbidden where the key may not.
    """

    host: str
    seconds: float
    _client: Any = field(repr=False)
    _secrets: tuple[str, ...] = field(repr=False)

    def plugin(self, plugin_id: str) -> Installed | None:
        """The plugin as installed; None where it is not."""
        with self._doing("listing the plugins"):
            found = [one for one in self._client.list_plugins() if one["id"] == plugin_id]
            return Installed(str(found[0].get("version")), bool(found[0].get("isDev"))) if found else None

    def upload(self, archive: Path, plugin_id: str, *, update: bool) -> tuple[str, ...]:
        """Installs an archive, or updates the plugin from it; what DSS asks for afterwards, ``reload`` or ``restart``."""
        with self._doing(f"uploading {archive.name}"), archive.open("rb") as file:
            if update:
                future = self._client.get_plugin(plugin_id).start_update_from_zip(file)
            else:
                future = self._client.start_install_plugin_from_archive(file)
            result = self._result(future)
            return tuple(word for word, flag in (("reload", "needsReload"), ("restart", "needsRestart")) if result.get(flag))

    def delete_plugin(self, plugin_id: str, *, force: bool) -> None:
        """Takes the plugin out; DSS refuses where it is used, unless forced."""
        with self._doing(f"deleting the plugin {plugin_id}"):
            self._result(self._client.get_plugin(plugin_id).delete(force=force))

    def usages(self, plugin_id: str) -> list[Usage]:
        """What uses the plugin, also what DSS cannot make out because a component is gone."""
        with self._doing(f"listing the usages of {plugin_id}"):
            found = self._client.get_plugin(plugin_id).list_usages().get_raw()
            known = [_usage(one, f"{one.get('elementKind')} {one.get('elementType')}") for one in found["usages"]]
            # DSS tells the missing types of all plugins here
            lost = [_usage(one, f"no longer in the plugin: {one.get('missingType')}") for one in found["missingTypes"]
                    if one.get("pluginId") == plugin_id]
            return known + lost

    def bound_code_environment(self, plugin_id: str) -> str | None:
        """The name of the code environment that the plugin is set to, which need not exist."""
        with self._doing(f"reading the settings of {plugin_id}"):
            return self._client.get_plugin(plugin_id).get_settings().get_raw().get("codeEnvName") or None

    def bind_code_environment(self, plugin_id: str, name: str) -> None:
        """Sets the plugin to a code environment; making one does not."""
        with self._doing(f"setting {plugin_id} to the code environment {name}"):
            settings = self._client.get_plugin(plugin_id).get_settings()
            settings.set_code_env(name)
            settings.save()
        bound = self.bound_code_environment(plugin_id)
        if bound != name:
            raise DssRefused(f"{self.host}: {plugin_id} was set to the code environment {name}, but DSS has it at {bound}")

    def code_environments(self, plugin_id: str) -> list[CodeEnvironment]:
        """Those that DSS made for the plugin, bound or not, whole or half-made: by name, since nothing else says whose they are."""
        own = re.compile(rf"plugin_{re.escape(plugin_id)}_managed(_\d+)?")
        with self._doing("listing the code environments"):
            return [CodeEnvironment(one["envName"], one.get("pythonInterpreter")) for one in self._client.list_code_envs()
                    if one.get("deploymentMode") == "PLUGIN_MANAGED" and own.fullmatch(str(one.get("envName")))]

    def code_environment(self, name: str) -> CodeEnvironment | None:
        """The Python environment of this name, whoever made it; None where there is none."""
        with self._doing("listing the code environments"):
            found = [one for one in self._client.list_code_envs() if one.get("envName") == name]
            return CodeEnvironment(name, found[0].get("pythonInterpreter")) if found else None

    def create_code_environment(self, plugin_id: str, interpreter: str) -> str:
        """Makes one for the plugin and gives its name, which DSS chooses. Where it fails, a half-made one may stay."""
        with self._doing(f"creating a code environment with {interpreter}"):
            result = self._result(self._client.get_plugin(plugin_id).create_code_env(python_interpreter=interpreter))
            if not result.get("envName"):
                raise DssRefused("DSS says that it is done, but not what it is called")
            return str(result["envName"])

    def update_code_environment(self, plugin_id: str, name: str) -> None:
        """Installs what the plugin asks for now; through the environment itself where DSS does not see that the plugin has one."""
        with self._doing(f"updating the code environment {name}"):
            try:
                future = self._client.get_plugin(plugin_id).update_code_env()
            except DssRefused as refused:
                if "ERR_PLUGIN_WITHOUT_CODEENV" not in str(refused):
                    raise
                future = self._client.get_code_env("PYTHON", name).update_packages(wait=False)
            self._result(future)

    def delete_code_environment(self, name: str) -> None:
        """Takes one away."""
        with self._doing(f"deleting the code environment {name}"):
            self._result(self._client.get_code_env("PYTHON", name).delete(wait=False))

    def webapps(self, plugin_id: str, projects: Sequence[str] = ()) -> tuple[list[Webapp], list[str]]:
        """Those of the plugin in some projects, else in all that the key sees; and the projects that it may not look into."""
        with self._doing("listing the projects"):
            keys = list(projects) or self._client.list_project_keys()
        found, unseen = [], []
        for key in keys:
            try:
                with self._doing(f"listing the webapps of {key}"):
                    handles = [(one, one.to_webapp()) for one in self._client.get_project(key).list_webapps()
                               if str(one.get("type")).startswith(f"webapp_{plugin_id}_")]
                    found += [Webapp(key, one.id, one.name, handle.get_state().running) for one, handle in handles]
            except Forbidden:
                if projects:
                    raise
                unseen.append(key)
        return found, unseen

    def restart(self, webapp: Webapp) -> None:
        """Restarts the backend of a webapp, which runs the code it was started with until then."""
        with self._doing(f"restarting the backend of {webapp}"):
            handle = self._client.get_project(webapp.project).get_webapp(webapp.id)
            self._result(handle.start_or_restart_backend())
            if not handle.get_state().running:
                raise DssRefused("DSS says that it is done, but the backend does not run; its log is in the webapp's page")

    def _result(self, future: Any) -> dict[str, Any]:
        """What a task has as its result, after waiting for it; one that is not done in time is aborted, one that failed is an error."""
        state = _mapping(future.state if hasattr(future, "state") else future)
        if getattr(future, "job_id", None) is not None:
            state = self._waited(future, state)
        elif "hasResult" not in state:  # done at once: the answer is the result
            state = {"hasResult": True, "result": state}
        if state.get("aborted") or not state.get("hasResult"):
            raise DssRefused("DSS aborted it" if state.get("aborted") else "it ended without a result")
        result = _mapping(state.get("result") or {})
        _check(result)
        return result

    def _waited(self, future: Any, state: dict[str, Any]) -> dict[str, Any]:
        end, wait, lost = time.monotonic() + self.seconds, _FIRST_WAIT_SECONDS, 0
        while not _has_ended(state):
            left = end - time.monotonic()
            if left <= 0:
                raise DssUnavailable(f"not done after {self.seconds:g} s (--timeout); {_aborted(future)}")
            time.sleep(min(wait, left))
            wait = min(wait * _WAIT_GROWTH, _LONGEST_WAIT_SECONDS)
            try:
                state, lost = _mapping(future.get_state()), 0
            except (requests.ConnectionError, requests.Timeout, DssUnavailable):
                lost += 1
                if lost == _LOST_ANSWERS:
                    raise
        return state

    @contextmanager
    def _doing(self, what: str) -> Iterator[None]:
        """Errors of whatever kind, as one sentence that says what was done where, without the key."""
        try:
            yield
        except requests.exceptions.SSLError as problem:
            raise self._told(DssRefused, what, f"the certificate is not trusted ({_reason(problem)}); expected one of a known authority,"
                             " or of the one in --ca FILE") from None
        except requests.TooManyRedirects as problem:
            there = problem.response.headers.get("Location") if problem.response is not None else None
            raise self._told(DssRefused, what, f"it redirects to {there}; expected the address at which DSS itself answers") from None
        except requests.Timeout:
            raise self._told(DssUnavailable, what, "no answer in time") from None
        except requests.ConnectionError as problem:
            raise self._told(DssUnavailable, what, _reason(problem)) from None
        except requests.exceptions.JSONDecodeError as problem:
            raise self._told(DssRefused, what, f"the answer is not JSON: {_excerpt(problem.doc)!r}; expected that of DSS, below"
                             " /dip/publicapi") from None
        except (DssRefused, DssUnavailable) as problem:
            raise self._told(type(problem), what, str(problem)) from None
        except Exception as problem:  # the client raises whatever its reading of an answer comes to, and a plain one in its own words
            words = str(problem) if type(problem) is Exception else f"{type(problem).__name__}: {problem}"
            raise self._told(DssRefused, what, f"an answer that the client cannot take: {words}") from None

    def _told(self, kind: type[Exception], what: str, problem: str) -> Exception:
        sentence = f"{what} at {self.host}: {problem}"
        for secret in self._secrets:
            sentence = sentence.replace(secret, "***")
        return kind(sentence)


def connect(host: str, api_key: str, *, seconds: float, ca: Path | None = None, insecure: bool = False) -> Dss:
    """The instance at ``host``; nothing is sent yet. BadSetting for an address that cannot be that of a DSS."""
    _check_address(host)
    address = host.rstrip("/").removesuffix("/dip/publicapi")
    client = dataikuapi.DSSClient(address, api_key=api_key, no_check_certificate=insecure)
    session = client._session  # the client offers no other place for what follows
    session.verify = False if insecure else str(ca) if ca else True
    session.max_redirects = 0  # the key goes where it was told to, and nowhere else
    session.hooks["response"].append(_refuse)
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Impatient(min(seconds, _ANSWER_SECONDS)))
    return Dss(address, seconds, client, (b64encode(f"{api_key}:".encode()).decode(), api_key))


def _check_address(host: str) -> None:
    try:
        parts = urlsplit(host)
        meant = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not (parts.query or parts.fragment)
    except ValueError:
        meant = False
    if "@" in host:
        raise BadSetting("--host", "an address with a password in it", "one without: the key is in a file")
    if not meant:
        raise BadSetting("--host", host, "the address of DSS, such as https://dss.example.org")


class _Impatient(HTTPAdapter):
    """Gives every request a time limit; the client gives none."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def send(self, *request: Any, **options: Any) -> requests.Response:
        return super().send(*request, **{**options, "timeout": self.seconds})


def _refuse(response: requests.Response, **_options: object) -> None:
    """What DSS answers with an error, by its code; the client drops the code."""
    if response.status_code < 400:
        return
    problem = f"HTTP {response.status_code}, {_detail(response)}"
    if response.status_code in _AWAY:
        raise DssUnavailable(problem)
    if response.status_code == 401:
        raise DssRefused(f"{problem}; expected the API key of an administrator, or of one who may develop plugins")
    raise (Forbidden if response.status_code == 403 else DssRefused)(problem)


def _detail(response: requests.Response) -> str:
    try:
        told = response.json()
        kind, code, words = told.get("errorType"), told.get("code"), told.get("detailedMessage") or told.get("message")
    except (ValueError, AttributeError):
        return _excerpt(response.text) or _NO_DETAIL
    return ": ".join(str(part) for part in (kind, code, words) if part) or _NO_DETAIL


def _check(result: Mapping[str, Any]) -> None:
    """What became of a task, which DSS answers with 200 either way.

    For plugins ``success`` says so; among the messages of a code environment it says nothing, ``error`` and ``fatal`` do.
    """
    messages = result.get("messages")
    told = isinstance(messages, Mapping) and bool(messages.get("error") or messages.get("fatal"))
    if told or result.get("success") is False:
        problem = result.get("installationError") or result.get("error") or {}
        words = problem.get("detailedMessage") or problem.get("message") if isinstance(problem, Mapping) else problem
        raise DssRefused(str(words or _reported(result) or _NO_DETAIL))


def _reported(result: Mapping[str, Any]) -> str:
    """The words of the errors among its messages; of all, where none is an error."""
    messages = (result.get("messages") or {}).get("messages") or []
    bad = [one for one in messages if one.get("severity") in ("ERROR", "FATAL")] or messages
    return "; ".join(str(words) for one in bad if (words := one.get("message") or one.get("details") or one.get("title")))


def _aborted(future: Any) -> str:
    try:
        future.abort()
    except Exception:  # what is to be told is that it took too long
        return f"DSS goes on with it as task {future.job_id}, and did not take the order to stop"
    return "DSS was told to stop it"


def _has_ended(state: Mapping[str, Any]) -> bool:
    return bool(state.get("hasResult") or state.get("aborted") or state.get("alive") is False)


def _usage(one: Mapping[str, Any], component: str) -> Usage:
    return Usage(str(one.get("projectKey")), str(one.get("objectType")), str(one.get("objectId")), component)


def _mapping(answer: object) -> dict[str, Any]:
    if isinstance(answer, dict):
        return answer
    raise DssRefused(f"the answer is {_excerpt(repr(answer))}; expected an object")


def _reason(problem: requests.RequestException) -> str:
    """The cause alone: what is around it names pools, retries and addresses in memory."""
    cause: object = problem.args[0] if problem.args else problem
    text = str(getattr(cause, "reason", cause))
    return re.sub(r"^<?\w+\(.*?\)>?: |^.*?object at 0x[0-9a-f]+>: |Failed to establish a new connection: ", "", text)


def _excerpt(text: str) -> str:
    short = " ".join(text.split())
    return short if len(short) <= _EXCERPT else f"{short[:_EXCERPT]}..."
