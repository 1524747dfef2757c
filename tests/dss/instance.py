"""A look-alike of a DSS instance: it takes the plugin's archive and nothing else; recipes and webapps run in processes of their own."""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path

STANDIN = Path(__file__).parent / "standin"
SESSION_OPTIONS = "-c timezone=America/Santiago -c extra_float_digits=3"  # JDBC gives a session the time zone of the DSS server


class Project:
    """One project, QA0, with its connections and datasets. ``connections`` are URLs of PostgreSQL by name."""

    def __init__(self, folder: Path, connections: dict[str, str]):
        self.folder = folder
        self._file = folder / "instance.json"
        self._write({"connections": {name: {"url": url, "options": SESSION_OPTIONS} for name, url in connections.items()},
                     "datasets": {}, "variables": {}, "tickets": {"ticket-of-aod": "aod"}})

    def add_dataset(self, name: str, connection: str, schema: str | None, table: str, columns: list[dict] | None = None, **others) -> str:
        """A PostgreSQL dataset unless ``others`` says so; the full name."""
        state = self.state()
        state["datasets"][f"QA0.{name}"] = {
            "type": "PostgreSQL", "managed": True, "params": {"connection": connection, "schema": schema, "table": table, "mode": "table"},
            "schema": {"columns": columns or []}} | others
        self._write(state)
        return f"QA0.{name}"

    def state(self) -> dict:
        return json.loads(self._file.read_text(encoding="utf-8"))

    def schema(self, dataset: str) -> list[dict]:
        return self.state()["datasets"][dataset]["schema"]["columns"]

    def variables(self) -> dict[str, str]:
        """The environment of every process that DSS starts for the project."""
        return {"STANDIN_INSTANCE": str(self._file), "DKU_CURRENT_PROJECT_KEY": "QA0"}

    def _write(self, state: dict) -> None:
        self._file.write_text(json.dumps(state), encoding="utf-8")


class Instance(Project):
    """A project on an instance that has the plugin of an archive."""

    def __init__(self, folder: Path, archive: Path, connections: dict[str, str]):
        super().__init__(folder, connections)
        self.plugin = folder / "plugins" / "installed"
        with zipfile.ZipFile(archive) as file:
            file.extractall(self.plugin)

    def recipe(self, name: str) -> dict:
        return json.loads((self.plugin / "custom-recipes" / name / "recipe.json").read_text(encoding="utf-8"))

    def run_recipe(self, name: str, inputs: dict[str, str], outputs: dict[str, str], **config) -> subprocess.CompletedProcess:
        """One run of a recipe, whose log is in ``stdout`` and ``stderr``; numbers arrive as floats, as DSS is known to send them."""
        declared = self.recipe(name)
        spec = {"in": _items(inputs, declared["inputRoles"]), "out": _items(outputs, declared["outputRoles"])}
        config = {key: float(value) if type(value) is int else value for key, value in config.items()}
        scratch = self._scratch("jobs")
        code = scratch / "recipe_code.py"
        code.write_text((self.plugin / "custom-recipes" / name / "recipe.py").read_text(encoding="utf-8"), encoding="utf-8")
        return subprocess.run([sys.executable, code.name], cwd=scratch, capture_output=True, text=True, timeout=120, env=self.environment(
            DKUFLOW_SPEC=json.dumps(spec), DKU_CUSTOM_RECIPE_CONFIG=json.dumps(config), DKU_CUSTOM_RECIPE_PLUGIN_CONFIG="{}"))

    @contextmanager
    def webapp(self, name: str, **config):
        """The base URL of a webapp's backend while it runs, of which only the text of backend.py is there."""
        scratch = self._scratch("webapps")
        (scratch / "backend").mkdir()
        code = (self.plugin / "webapps" / name / "backend.py").read_text(encoding="utf-8")
        (scratch / "backend" / "main.py").write_text(code, encoding="utf-8")
        with subprocess.Popen(
            [sys.executable, "-m", "dataiku.webapps.run_bokeh", "./backend", "1", "127.0.0.1", "0"], cwd=scratch, text=True,
            env=self.environment(DKU_CUSTOM_WEBAPP_CONFIG=json.dumps(config), DKU_PLUGIN_CONFIG="{}"), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=(scratch / "log").open("w"),
        ) as process:
            try:
                told = process.stdout.readline()
                assert told.startswith("listening on "), (scratch / "log").read_text()
                yield f"http://127.0.0.1:{told.split()[-1]}", scratch / "log"
            finally:
                process.stdin.close()
                process.wait(timeout=20)

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DKU", "BOKEH", "ALMA"))}
        path = os.pathsep.join([str(STANDIN), str(self.plugin / "python-lib")])
        return kept | self.variables() | {"PYTHONPATH": path, "DKU_CUSTOM_RESOURCE_FOLDER": str(self.plugin / "resource")} | more

    def _scratch(self, kind: str) -> Path:
        place = self.folder / kind
        place.mkdir(exist_ok=True)
        return Path(tempfile.mkdtemp(dir=place))


def _items(given: dict[str, str], roles: list[dict]) -> list[dict]:
    names = {role["name"] for role in roles}
    assert given.keys() <= names, f"unknown roles: {given.keys() - names}"
    missing = {role["name"] for role in roles if role["required"]} - given.keys()
    assert not missing, f"DSS does not run a recipe without {missing}"
    return [{"role": role, "fullName": dataset, "smartName": dataset.split(".")[1]} for role, dataset in given.items()]
