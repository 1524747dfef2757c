"""SQLExecutor2: rows as TSV text, errors that show only when the answer ends, no commit that was not asked for."""

import csv
import io

import numpy as np
import pandas as pd
import psycopg2

from dataiku.core import fragment, instance, wire
from dataiku.core.dataset import Dataset
from dataiku.core.flow import FLOW_VARIABLES

_PANDAS_TYPES = {"tinyint": np.int8, "smallint": np.int16, "int": np.int32, "bigint": np.int64, "float": np.float32, "double": np.float64,
                 "boolean": bool}
_TIMES = {"date", "dateonly", "datetimenotz"}


class SQLExecutor2:
    def __init__(self, connection=None, dataset=None):
        if (connection is None) == (dataset is None):
            raise ValueError("Give either a connection or a dataset, not both and not neither")
        if dataset is not None:
            dataset = dataset if isinstance(dataset, Dataset) else Dataset(dataset)
            connection = dataset.get_config()["params"]["connection"]
        if connection not in instance.read()["connections"]:
            raise Exception(f"Connection does not exist: {connection}")
        self._connection = connection

    def query_to_df(self, query, pre_queries=None, post_queries=None, extra_conf={}, infer_from_schema=False, parse_dates=True,  # noqa: B006
                    bool_as_str=False, dtypes=None, script_steps=None, script_input_schema=None, script_output_schema=None):
        _no_script(script_steps)
        schema, text, problem = _stream(self._connection, query, pre_queries or [], post_queries or [])
        frame = _frame(schema, text, dtypes, infer_from_schema=infer_from_schema, parse_dates=parse_dates, bool_as_str=bool_as_str)
        if problem:  # seen only when the answer has been read
            raise Exception(problem)
        return frame

    def query_to_iter(self, query, pre_queries=None, post_queries=None, extra_conf={}, script_steps=None,  # noqa: B006
                      script_input_schema=None, script_output_schema=None):
        _no_script(script_steps)
        return QueryReader(*_stream(self._connection, query, pre_queries or [], post_queries or []))

    @staticmethod
    def exec_recipe_fragment(output_dataset, query, pre_queries=[], post_queries=[], overwrite_output_schema=True,  # noqa: B006
                             drop_partitioned_on_schema_mismatch=False):
        """Drops the table of the output and fills it from a query: in a recipe of the Flow only."""
        fragment.run(output_dataset, query, pre_queries, post_queries, overwrite_output_schema, drop_partitioned_on_schema_mismatch)


class QueryReader:
    def __init__(self, schema, text, problem):
        self._schema, self._text, self._problem = schema, text, problem

    def get_schema(self):
        return self._schema

    def iter_tuples(self, log_every=-1, no_header=False):
        rows = csv.reader(io.StringIO(self._text), delimiter="\t")
        next(rows)
        if no_header:
            next(rows, None)  # a row is lost, as in DSS
        for row in rows:
            yield tuple(_cast(value, column["type"]) for value, column in zip(row, self._schema, strict=True))
        if self._problem:
            raise Exception(self._problem)


def _no_script(steps):
    if steps:
        raise NotImplementedError("the stand-in plays no preparation script")


def _frame(schema, text, dtypes, *, infer_from_schema, parse_dates, bool_as_str):
    """As pandas reads TSV: "NA", "null" and "" are missing, and what looks like a number is one, unless types are given."""
    if not schema:
        return pd.DataFrame()
    times = []
    if infer_from_schema:
        times = [column["name"] for column in schema if column["type"] in _TIMES and parse_dates]
        dtypes = {column["name"]: _PANDAS_TYPES.get(column["type"], object) for column in schema if column["name"] not in times}
        if bool_as_str:
            dtypes |= {column["name"]: str for column in schema if column["type"] == "boolean"}
    return pd.read_table(io.StringIO(text), sep="\t", quotechar='"', doublequote=True, dtype=dtypes, parse_dates=times or None)


def _stream(connection, query, pre_queries, post_queries):
    """The columns, the TSV text and the error, if any, that shows at its end. Ends with a rollback: COMMIT must be asked for."""
    place = instance.read()["connections"][connection]
    database = psycopg2.connect(place["url"], options=place.get("options", ""))
    try:
        cursor = database.cursor()
        for statement in pre_queries:
            cursor.execute(instance.expanded(statement, FLOW_VARIABLES))
        schema, text, problem = wire.answer(cursor, instance.expanded(query, FLOW_VARIABLES))
        for statement in [] if problem else post_queries:
            cursor.execute(instance.expanded(statement, FLOW_VARIABLES))
        return schema, text, problem
    finally:
        database.rollback()
        database.close()


def _cast(value, storage_type):
    try:
        if storage_type in ("int", "bigint", "smallint", "tinyint"):
            return int(value)
        if storage_type in ("float", "double"):
            return float(value)
        return value == "true" if storage_type == "boolean" else value
    except ValueError:
        return None
