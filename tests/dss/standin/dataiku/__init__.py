"""A stand-in for the ``dataiku`` package of Dataiku DSS, over a real PostgreSQL, with the habits that bite.

It is as strict as the documentation of DSS, or stricter where that says nothing. The instance that it plays is a JSON file,
named by the environment variable STANDIN_INSTANCE: connections, datasets, variables and users. What runs in it finds its
surroundings in the environment variables that DSS itself sets (DKU_...).
"""

import csv
import fcntl
import io
import json
import os
import re
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import psycopg2
import psycopg2.extensions

STORAGE_TYPES = {"string", "date", "dateonly", "datetimenotz", "geopoint", "geometry", "array", "map", "object", "boolean", "double",
                 "float", "bigint", "int", "smallint", "tinyint"}
_BY_POSTGRESQL_TYPE = {"int2": "smallint", "int4": "int", "int8": "bigint", "float4": "float", "float8": "double", "numeric": "double",
                       "bool": "boolean", "timestamptz": "date", "date": "date"}


def _instance():
    return json.loads(Path(os.environ["STANDIN_INSTANCE"]).read_text(encoding="utf-8"))


@contextmanager
def _changing():
    """The instance, to be changed by one process at a time, and never seen half written."""
    file = Path(os.environ["STANDIN_INSTANCE"])
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        instance = _instance()
        yield instance
        file.with_suffix(".new").write_text(json.dumps(instance), encoding="utf-8")
        file.with_suffix(".new").replace(file)


def default_project_key():
    return os.environ["DKU_CURRENT_PROJECT_KEY"]


def flow():
    """The datasets that the running recipe was given, by role; None outside a recipe."""
    return json.loads(os.environ["DKUFLOW_SPEC"]) if "DKUFLOW_SPEC" in os.environ else None


class Dataset:
    def __init__(self, name, project_key=None, ignore_flow=False):
        self.full_name = name if "." in name else f"{project_key or default_project_key()}.{name}"
        self.project_key, self.short_name = self.full_name.split(".", 1)
        self.name = self.full_name
        if self.full_name not in _instance()["datasets"]:
            raise Exception(f"dataset does not exist: {self.full_name}")
        declared = flow()
        if declared and not ignore_flow and self.full_name not in [item["fullName"] for item in declared["in"] + declared["out"]]:
            raise Exception(f"Dataset {self.full_name} cannot be used: declare it as input or output of your recipe")

    def get_config(self):
        return _instance()["datasets"][self.full_name]

    def get_location_info(self, sensitive_info=False):
        config = self.get_config()
        if config["type"] != "PostgreSQL":
            return {"locationInfoType": "UPLOADED", "info": {}}
        params = config["params"]
        info = {"databaseType": config["type"], "connectionName": params["connection"]}
        if params.get("mode", "table") == "table":
            table = _resolved(params["table"])
            quoted = [f'"{part}"' for part in (params.get("schema"), table) if part]
            info |= {"schema": params.get("schema"), "table": table, "quotedResolvedTableName": ".".join(quoted)}
        return {"locationInfoType": "SQL", "info": info}

    def read_schema(self, raise_if_empty=True):
        columns = self.get_config()["schema"]["columns"]
        if raise_if_empty and not columns:
            raise Exception(f"No schema for dataset {self.full_name}")
        return columns

    def write_schema(self, columns, drop_and_create=False):
        if drop_and_create:
            raise AssertionError("this would drop the table that SQL has just filled")
        unknown = {column["type"] for column in columns} - STORAGE_TYPES
        if unknown:
            raise Exception(f"Invalid column types: {unknown}")
        with _changing() as instance:
            instance["datasets"][self.full_name]["schema"] = {"columns": columns}

    def get_writer(self, *_args, **_kwargs):
        raise AssertionError("writing through the Dataset clears its table and takes the rows through Python")

    write_with_schema = write_dataframe = write_from_dataframe = get_writer

    def get_dataframe(self, *_args, **_kwargs):
        raise AssertionError("reading through the Dataset takes the rows through Python")

    iter_rows = iter_tuples = iter_dataframes = get_dataframe


class SQLExecutor2:
    def __init__(self, connection=None, dataset=None):
        if (connection is None) == (dataset is None):
            raise ValueError("give either a connection or a dataset")
        if dataset is not None:
            dataset = dataset if isinstance(dataset, Dataset) else Dataset(dataset)
            connection = dataset.get_config()["params"]["connection"]
        self._connection = connection

    def query_to_df(self, query, pre_queries=None, post_queries=None, extra_conf={}, infer_from_schema=False, parse_dates=True,  # noqa: B006
                    bool_as_str=False, dtypes=None):
        if infer_from_schema:
            raise NotImplementedError("the stand-in plays the default only")
        schema, text, problem = _stream(self._connection, query, pre_queries or [], post_queries or [])
        frame = pd.read_table(io.StringIO(text), sep="\t", quotechar='"', doublequote=True, dtype=dtypes) if schema else pd.DataFrame()
        if problem:  # seen only when the answer has been read
            raise Exception(problem)
        return frame

    def query_to_iter(self, query, pre_queries=None, post_queries=None, extra_conf={}):  # noqa: B006
        return QueryReader(*_stream(self._connection, query, pre_queries or [], post_queries or []))


class QueryReader:
    def __init__(self, schema, text, problem):
        self._schema, self._text, self._problem = schema, text, problem

    def get_schema(self):
        return self._schema

    def iter_tuples(self, log_every=-1, no_header=False):
        rows = csv.reader(io.StringIO(self._text), delimiter="\t")
        next(rows)
        for row in rows:
            yield tuple(_cast(value, column["type"]) for value, column in zip(row, self._schema, strict=True))
        if self._problem:
            raise Exception(self._problem)


class _Client:
    def get_auth_info_from_browser_headers(self, headers, with_secrets=False):
        login = _instance()["tickets"].get(headers.get("Cookie"))
        if login is None:
            raise Exception("Unauthorized: no ticket in these headers")
        return {"authIdentifier": login, "groups": ["readers"], "associatedDSSUser": login}


def api_client():
    return _Client()


def _stream(connection, query, pre_queries, post_queries):
    """The columns, the TSV text and the error, if any, that shows at its end. Ends with a rollback: COMMIT must be asked for."""
    place = _instance()["connections"][connection]
    database = psycopg2.connect(place["url"], options=place.get("options", ""))
    try:
        cursor = database.cursor()
        _keep_text(cursor)
        for statement in pre_queries:
            cursor.execute(_resolved(statement))
        schema, text, problem = _answer(cursor, _resolved(query))
        for statement in [] if problem else post_queries:
            cursor.execute(_resolved(statement))
        return schema, text, problem
    finally:
        database.rollback()
        database.close()


def _answer(cursor, query):
    try:
        cursor.execute(query)
    except psycopg2.Error as problem:
        return [{"name": "unknown", "type": "string"}], "unknown\n", str(problem)
    if cursor.description is None:
        return [], "", None
    names = _types(cursor.connection)
    schema = [{"name": column.name, "type": _BY_POSTGRESQL_TYPE.get(names[column.type_code], "string")} for column in cursor.description]
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter="\t", lineterminator="\n")
    writer.writerow([column["name"] for column in schema])
    for row in cursor:
        writer.writerow([_told(value, column["type"]) for value, column in zip(row, schema, strict=True)])
    return schema, buffer.getvalue(), None


def _keep_text(cursor):
    """Has psycopg2 give every value as PostgreSQL writes it."""
    as_text = psycopg2.extensions.new_type(tuple(_types(cursor.connection)), "TEXT AS IT IS", lambda value, _cursor: value)
    psycopg2.extensions.register_type(as_text, cursor)


def _types(connection):
    with connection.cursor() as cursor:
        cursor.execute("select oid::bigint, typname from pg_catalog.pg_type")
        return dict(cursor.fetchall())


def _told(value, storage_type):
    if value is None:
        return ""
    if storage_type == "boolean":
        return "true" if value == "t" else "false"
    if storage_type == "date":
        time = pd.Timestamp(value) if len(value) > len("2026-07-17") else pd.Timestamp(value, tz="UTC")
        return time.tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return value


def _cast(value, storage_type):
    try:
        if storage_type in ("int", "bigint", "smallint"):
            return int(value)
        if storage_type in ("float", "double"):
            return float(value)
        return value == "true" if storage_type == "boolean" else value
    except ValueError:
        return None


def _resolved(text):
    """With ${name} and $name replaced by the variables of the instance, wherever they stand; an unknown one is an error."""
    variables = _instance().get("variables", {}) | {"projectKey": default_project_key()}

    def value(match):
        name = match.group(1) or match.group(2)
        if name not in variables:
            raise Exception(f"Variable {name!r} is not known: {match.group()}")
        return variables[name]

    return re.sub(r"\$\{(\w*)\}|\$(\w*)", value, text)
