"""A look-alike of a DSS instance: it takes the plugin's archive and nothing else; all code of the plugin runs in processes of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from dss import code_environment, components, descriptors, loader, partitions, processes
from dss.processes import STANDIN

ROOT = Path(__file__).parents[2]
SESSION_OPTIONS = "-c timezone=America/Santiago -c extra_float_digits=3"  # JDBC gives a session the time zone of the DSS server
PATIENCE_S = 120


class Project:
    """One project, QA0, with its connections, datasets, variables and users. ``connections`` are URLs of PostgreSQL by name."""

    def __init__(self, folder: Path, connections: dict[str, str], *, dss: int = 14):
        self.folder = folder
        self._file = folder / "instance.json"
        self._write({"dss": dss, "connections": {name: {"url": url, "options": SESSION_OPTIONS} for name, url in connections.items()},
                     "datasets": {}, "variables": {}, "run_as": "runner", "users": {"runner": ["data_team"], "aod": ["readers"]},
                     "tickets": {"ticket-of-aod": "aod"}})

    def add_dataset(self, name: str, connection: str, schema: str | None, table: str, columns: list[dict] | None = None, **others) -> str:
        """A PostgreSQL dataset unless ``others`` says so; the full name."""
        state = self.state()
        state["datasets"][f"QA0.{name}"] = {
            "type": "PostgreSQL", "managed": True, "params": {"connection": connection, "schema": schema, "table": table, "mode": "table"},
            "schema": {"columns": columns or []}, "partitioning": {"dimensions": []}} | others
        self._write(state)
        return f"QA0.{name}"

    def partition(self, dataset: str, dimension: str, period: str | None = "DAY") -> None:
        """Partitions a dataset by a column: by time, or by its values where ``period`` is None."""
        state = self.state()
        kind = {"type": "time", "params": {"period": period}} if period else {"type": "value"}
        state["datasets"][dataset]["partitioning"] = {"dimensions": [{"name": dimension} | kind]}
        self._write(state)

    def add_user(self, login: str, *groups: str) -> str:
        """The ticket that the browser of this user carries in a cookie."""
        state = self.state()
        state["users"][login] = list(groups)
        state["tickets"][f"ticket-of-{login}"] = login
        self._write(state)
        return f"ticket-of-{login}"

    def set_variables(self, **variables: str) -> None:
        """Variables of the project, as a scenario sets them too."""
        state = self.state()
        state["variables"] |= variables
        self._write(state)

    def state(self) -> dict:
        return json.loads(self._file.read_text(encoding="utf-8"))

    def schema(self, dataset: str) -> list[dict]:
        return self.state()["datasets"][dataset]["schema"]["columns"]

    def variables(self) -> dict[str, str]:
        """The environment of every process that DSS starts for the project."""
        return {"STANDIN_INSTANCE": str(self._file), "DKU_CURRENT_PROJECT_KEY": "QA0"}

    def _write(self, state: dict) -> None:
        self._file.write_text(json.dumps(state), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Run:
    """A process that runs code of the plugin. Its log may be read at any time."""

    process: processes.Process
    folder: Path

    @property
    def log(self) -> str:
        return (self.folder / "stderr").read_text(encoding="utf-8")

    def wait_for(self, words: str) -> None:
        """Until the log holds ``words``; AssertionError where the process ends before."""
        end = monotonic() + PATIENCE_S
        while words not in self.log:
            assert self.process.poll() is None, self.log
            assert monotonic() < end, self.log
            sleep(0.01)

    def kill(self) -> None:
        """SIGKILL, as when DSS aborts a job whose process does not answer, or the machine runs out of memory."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def finish(self) -> subprocess.CompletedProcess:
        """The end of the run, with what it wrote."""
        try:
            code = self.process.wait(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        return subprocess.CompletedProcess(self.process.args, code, (self.folder / "stdout").read_text(encoding="utf-8"), self.log)


@dataclass(frozen=True, slots=True)
class MacroRun:
    """What a macro gave: its answer, None where it failed, the progress that it told, and its log."""

    answer: Any
    progress: list[float]
    log: str


class Instance(Project):
    """A project on an instance that has a plugin. ``plugin_settings`` are those that an admin gives the plugin."""

    def __init__(self, folder: Path, plugin: loader.Plugin, connections: dict[str, str], *, dss: int = 14):
        super().__init__(folder, connections, dss=dss)
        self.plugin_settings: dict[str, Any] = {}
        self.plugin = plugin.folder
        self._code_env = folder / "code_env.json"
        required = (self.plugin / "code-env" / "python" / "spec" / "requirements.txt").read_text(encoding="utf-8")
        own = {path.stem for path in (self.plugin / "python-lib").iterdir()}
        kept_out = [str(ROOT / name) for name in ("", "python-lib", "tests")]
        hidden = sorted(set(code_environment.hidden(required)) - own)
        self._code_env.write_text(json.dumps({"hidden": hidden, "kept_out": kept_out}), encoding="utf-8")

    def descriptor(self, kind: str, name: str) -> dict:
        """The JSON that declares a component, such as ``custom-recipes``, ``webapps`` or ``python-runnables``."""
        return descriptors.with_comments((self.plugin / kind / name / components.KINDS[kind][0]).read_text(encoding="utf-8"))

    def recipe(self, name: str) -> dict:
        return self.descriptor("custom-recipes", name)

    def start_recipe(
        self, name: str, inputs: dict[str, str], outputs: dict[str, str], *, partition: str | None = None, append: bool = False, **config,
    ) -> Run:
        """A recipe in a process of its own, which may be killed.

        ``partition`` is the one that this run makes, where outputs are partitioned: the job of DSS goes through them one by one.
        """
        declared = self.recipe(name)
        sources = self._items(inputs, declared["inputRoles"], "input", partition)
        targets = self._items(outputs, declared["outputRoles"], "output", partition, append)
        spec = {"currentActivityId": "compute_NP", "in": sources, "out": targets}
        scratch = self._scratch("jobs")
        code = scratch / "recipe_code.py"
        code.write_text((self.plugin / "custom-recipes" / name / "recipe.py").read_text(encoding="utf-8"), encoding="utf-8")
        return self._start([code.name], scratch, DKUFLOW_SPEC=json.dumps(spec), DKU_CUSTOM_RECIPE_PLUGIN_CONFIG=self._settings(),
                           DKUFLOW_VARIABLES=json.dumps(self._flow_variables(sources, targets)),
                           DKU_CUSTOM_RECIPE_CONFIG=json.dumps(self._sent(config, declared["params"])))

    def run_recipe(
        self, name: str, inputs: dict[str, str], outputs: dict[str, str], *, partition: str | None = None, append: bool = False, **config,
    ) -> subprocess.CompletedProcess:
        """One run of a recipe to its end; its log is in ``stderr``."""
        return self.start_recipe(name, inputs, outputs, partition=partition, append=append, **config).finish()

    def run_macro(self, name: str, *, admin_config: dict | None = None, **config) -> MacroRun:
        """One run of a macro. A RESULT_TABLE answers as a dict with columns and records."""
        declared = self.descriptor("python-runnables", name)
        sent = self._sent(config, declared["params"]) | self._sent(admin_config or {}, declared.get("adminParams", []))
        given = {"project_key": "QA0", "config": sent, "plugin_config": json.loads(self._settings()), "result_type": declared["resultType"]}
        scratch = self._scratch("macros")
        answer = scratch / "answer.json"
        run = self._start(["-m", "dataiku.runnables.run_macro", str(self.plugin / "python-runnables" / name), answer.name], scratch,
                          DKU_CUSTOM_RUNNABLE=json.dumps(given))
        if run.finish().returncode:
            return MacroRun(None, [], run.log)
        told = json.loads(answer.read_text(encoding="utf-8"))
        return MacroRun(told["answer"], told["progress"], run.log)

    def choices(self, kind: str, name: str, parameter: str, config: dict | None = None, inputs: dict[str, str] | None = None) -> list[dict]:
        """What the form of a component offers for a parameter, as {"value", "label"}; AssertionError, with the log, where the form
        would show an error."""
        declared = self.descriptor(kind, name)
        (asked,) = [one for one in declared["params"] if one["name"] == parameter]
        assert asked.get("getChoicesFromPython"), f"{parameter} does not ask for choices"
        given = {"payload": {"parameterName": parameter}, "config": self._sent(config or {}, declared["params"]),
                 "plugin_config": json.loads(self._settings()),
                 "inputs": [{"role": role, "fullName": dataset, "type": "DATASET"} for role, dataset in (inputs or {}).items()]}
        setup = self.plugin / "resource" / declared["paramsPythonSetup"]
        run = self._start([str(STANDIN / "dataiku" / "customui" / "server.py"), str(setup)], self._scratch("forms"), said=json.dumps(given))
        done = run.finish()
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout.splitlines()[-1])
        for choice in answer["choices"]:
            assert choice.keys() == {"value", "label"}, choice
            assert all(isinstance(text, str) for text in choice.values()), choice
        return answer["choices"]

    @contextmanager
    def webapp(self, name: str, *, port: int = 0, **config) -> Iterator[tuple[str, Path]]:
        """The base URL of a webapp's backend while it runs, and its log. Only the text of backend.py is there."""
        scratch = self._scratch("webapps")
        (scratch / "backend").mkdir()
        code = (self.plugin / "webapps" / name / "backend.py").read_text(encoding="utf-8")
        (scratch / "backend" / "main.py").write_text(code, encoding="utf-8")
        sent = self._sent(config, self.descriptor("webapps", name)["params"])
        environment = self.environment(DKU_CUSTOM_WEBAPP_CONFIG=json.dumps(sent), DKU_PLUGIN_CONFIG=self._settings())
        arguments = ["-m", "dataiku.webapps.run_bokeh", "./backend", "1", "127.0.0.1", str(port or free_port())]
        (its_input, ours), (told, its_output) = os.pipe(), os.pipe()
        with (scratch / "log").open("w") as log, open(told, encoding="utf-8") as output:
            process = processes.start(arguments, cwd=scratch, env=environment, stdin=its_input, stdout=its_output, stderr=log)
            os.close(its_input)
            os.close(its_output)
            try:
                first = output.readline()
                assert first.startswith("listening on "), (scratch / "log").read_text()
                yield f"http://127.0.0.1:{first.split()[-1]}", scratch / "log"
            finally:
                os.close(ours)
                process.wait(timeout=20)

    def environment(self, **more: str) -> dict[str, str]:
        """The plugin's code environment: its requirements, the package of DSS and the python-lib of the archive, and nothing else."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DKU", "BOKEH", "ALMA", "STANDIN"))}
        path = os.pathsep.join([str(STANDIN), str(self.plugin / "python-lib")])
        return kept | self.variables() | {"PYTHONPATH": path, "STANDIN_CODE_ENV": str(self._code_env),
                                          "DKU_CUSTOM_RESOURCE_FOLDER": str(self.plugin / "resource")} | more

    def _start(self, arguments: list[str], folder: Path, said: str = "", **variables: str) -> Run:
        (folder / "stdin").write_text(said, encoding="utf-8")
        with (folder / "stdin").open() as stdin, (folder / "stdout").open("w") as stdout, (folder / "stderr").open("w") as stderr:
            process = processes.start(arguments, cwd=folder, env=self.environment(**variables), stdin=stdin, stdout=stdout, stderr=stderr)
        return Run(process, folder)

    def _items(self, given: dict[str, str], roles: list[dict], side: str, partition: str | None, append: bool = False) -> list[dict]:
        """The datasets of a recipe as the Flow gives them to it."""
        assert given.keys() <= {role["name"] for role in roles}, f"unknown {side} roles among {sorted(given)}"
        missing = {role["name"] for role in roles if role.get("required")} - given.keys()
        assert not missing, f"DSS does not run a recipe without {sorted(missing)}"
        items = []
        for role, dataset in given.items():
            of = partitions.dimension(self.state()["datasets"][dataset])
            item: dict[str, Any] = {"role": role, "fullName": dataset, "smartName": dataset.split(".")[1]}
            if of and side == "output":
                assert partition is not None, f"{dataset} is partitioned by {of['name']}: a run makes one partition"
                partitions.check(partition, of)
            if side == "output":
                items.append(item | {"partition": partition if of else None, "appendMode": append})
            else:
                items.append(item | {"partitions": [partition] if of and partition else []})
        return items

    def _flow_variables(self, sources: list[dict], targets: list[dict]) -> dict[str, str]:
        datasets = self.state()["datasets"]
        of = {item["fullName"]: partitions.dimension(datasets[item["fullName"]]) for item in (*sources, *targets)}
        return partitions.flow_variables([(item["smartName"], of[item["fullName"]], item["partitions"]) for item in sources],
                                         [(item["smartName"], of[item["fullName"]], item["partition"]) for item in targets])

    def _sent(self, config: dict, parameters: list[dict]) -> dict:
        """The parameters as DSS sends them: numbers as floats, variables replaced, datasets of the project by their short names."""
        kinds = {parameter["name"]: parameter["type"] for parameter in parameters}
        assert config.keys() <= kinds.keys(), f"unknown parameters: {sorted(config.keys() - kinds.keys())}"
        return {name: value.removeprefix("QA0.") if kinds[name] == "DATASET" and value else self._value(value)
                for name, value in config.items()}

    def _settings(self) -> str:
        return json.dumps(self._value(self.plugin_settings))

    def _value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._value(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._value(one) for one in value]
        if isinstance(value, str):
            known = self.state()["variables"] | {"projectKey": "QA0"}
            return re.sub(r"\$\{(\w+)\}", lambda found: str(known.get(found[1], found[0])), value)
        return float(value) if type(value) is int else value

    def _scratch(self, kind: str) -> Path:
        place = self.folder / kind
        place.mkdir(exist_ok=True)
        return Path(tempfile.mkdtemp(dir=place))


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
