"""exec_recipe_fragment: DSS makes the table of the output anew, and fills it from a query."""

import re

import psycopg2

from dataiku.core import instance, wire
from dataiku.core.dataset import Dataset, quoted
from dataiku.core.flow import flow, get_flow_variables

# What DSS makes of its own types: an array was a string to it, so it becomes a text.
_POSTGRESQL_TYPES = {"string": "text", "date": "timestamptz", "dateonly": "date", "datetimenotz": "timestamp", "boolean": "boolean",
                     "double": "double precision", "float": "real", "bigint": "bigint", "int": "integer", "smallint": "smallint",
                     "tinyint": "smallint"}
_LEADING_WITH = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*with\b", re.IGNORECASE | re.DOTALL)


def run(output_dataset, query, pre_queries, post_queries, overwrite_output_schema, drop_partitioned_on_schema_mismatch):
    _check(output_dataset, query)
    place = instance.read()["connections"][output_dataset.get_config()["params"]["connection"]]
    database = psycopg2.connect(place["url"], options=place.get("options", ""))
    try:
        cursor = database.cursor()
        for statement in pre_queries:
            cursor.execute(_expanded(statement))
        _fill(cursor, output_dataset, _expanded(query), overwrite_output_schema, drop_partitioned_on_schema_mismatch)
        for statement in post_queries:
            cursor.execute(_expanded(statement))
        database.commit()
    finally:
        database.close()


def _check(output_dataset, query):
    if flow() is None:
        raise Exception("exec_recipe_fragment can only be used in a recipe that runs in the Flow")
    if not isinstance(output_dataset, Dataset):
        raise TypeError(f"output_dataset: {output_dataset!r}; expected a dataiku.Dataset")
    if output_dataset.full_name not in [item["fullName"] for item in flow()["out"]]:
        raise Exception(f"{output_dataset.full_name} is not an output of this recipe")
    if _LEADING_WITH.match(query):
        raise Exception("A query that begins with WITH is not always rewritten; expected: select * from ( ... ) as query")


def _fill(cursor, dataset, query, overwrite_schema, drop_partitioned):
    cursor.execute(f"select * from (\n{query}\n) as query limit 0")
    found = wire.columns(cursor)
    table = dataset.get_location_info()["info"]["quotedResolvedTableName"]
    item = next(item for item in flow()["out"] if item["fullName"] == dataset.full_name)
    if item.get("partition"):
        _clear_partition(cursor, dataset, table, found, drop_partitioned)
    elif not item.get("appendMode"):
        cursor.execute(f"drop table if exists {table}")
    cursor.execute(f"create table if not exists {table} ({', '.join(_definition(column) for column in found)})")
    casts = ", ".join(f"{quoted(column['name'])}::text::{_POSTGRESQL_TYPES[column['type']]}" for column in found)
    cursor.execute(f"insert into {table} select {casts} from (\n{query}\n) as query")
    if overwrite_schema:
        with instance.changing() as changed:
            changed["datasets"][dataset.full_name]["schema"] = {"columns": found}


def _clear_partition(cursor, dataset, table, found, drop):
    (dimension,) = dataset.get_config()["partitioning"]["dimensions"]
    names, known = [column["name"] for column in found], [column["name"] for column in dataset.read_schema(raise_if_empty=False)]
    if dimension["name"] not in names or (known and names != known):
        if not drop:
            raise Exception(f"The query gives the columns {names}; expected {known or 'a list'} with {dimension['name']} at its place")
        cursor.execute(f"drop table if exists {table}")
    cursor.execute("select to_regclass(%s) is not null", [table])
    if cursor.fetchone()[0]:
        partition = get_flow_variables()[f"DKU_DST_{dimension['name']}"]
        cursor.execute(f"delete from {table} where {quoted(dimension['name'])} = %s", [partition])


def _definition(column):
    return f"{quoted(column['name'])} {_POSTGRESQL_TYPES[column['type']]}"


def _expanded(text):
    return instance.expanded(text, get_flow_variables())
