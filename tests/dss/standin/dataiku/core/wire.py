"""What goes from the database to Python: a TSV text in which every value is a text, with the columns as DSS knows them."""

import csv
import io
import re

import pandas as pd
import psycopg2
import psycopg2.extensions

from dataiku.core import instance

_BY_POSTGRESQL_TYPE = {"int2": "smallint", "int4": "int", "int8": "bigint", "float4": "float", "float8": "double", "numeric": "double",
                       "bool": "boolean", "timestamptz": "date"}
_DAYS_AND_LOCAL_TIMES = {13: {"date": "date"}, 14: {"date": "dateonly", "timestamp": "datetimenotz"}}  # by the version of DSS
_STREAMED = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(?:select|values|table)\b", re.IGNORECASE | re.DOTALL)
_ROWS_AT_ONCE = 100


def answer(cursor, query):
    """The columns, the TSV text and the error, if any, at its end: rows that came before it are there."""
    keep_text(cursor)
    streamed = cursor.connection.cursor("rows") if _STREAMED.match(query) else cursor
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter="\t", lineterminator="\n")
    schema = []
    try:
        streamed.itersize = _ROWS_AT_ONCE
        streamed.execute(query)
        first = streamed.fetchmany(_ROWS_AT_ONCE) if streamed.name or streamed.description else []
        if streamed.description is None:
            return [], "", None
        schema = columns(streamed)
        writer.writerow([column["name"] for column in schema])
        for rows in (first, streamed):
            for row in rows:
                writer.writerow([_told(value, column["type"]) for value, column in zip(row, schema, strict=True)])
    except psycopg2.Error as problem:
        if not schema:
            return [{"name": "unknown", "type": "string"}], "unknown\n", str(problem)
        return schema, buffer.getvalue(), str(problem)
    if streamed is not cursor:
        streamed.close()
    return schema, buffer.getvalue(), None


def columns(cursor):
    """Name and DSS type of each column of an answer; a type that DSS does not know is a string."""
    names = _types(cursor.connection)
    known = _BY_POSTGRESQL_TYPE | _DAYS_AND_LOCAL_TIMES[instance.read()["dss"]]
    return [{"name": column.name, "type": known.get(names[column.type_code], "string")} for column in cursor.description]


def keep_text(cursor):
    """Has psycopg2 give every value of this connection as PostgreSQL writes it."""
    as_text = psycopg2.extensions.new_type(tuple(_types(cursor.connection)), "TEXT AS IT IS", lambda value, _cursor: value)
    psycopg2.extensions.register_type(as_text, cursor.connection)


def _types(connection):
    with connection.cursor() as cursor:
        cursor.execute("select oid::bigint, typname from pg_catalog.pg_type")
        return {int(oid): name for oid, name in cursor}


def _told(value, storage_type):
    if value is None:
        return ""
    if storage_type == "boolean":
        return "true" if value == "t" else "false"
    if storage_type == "date":
        time = pd.Timestamp(value) if len(value) > len("2026-07-17") else pd.Timestamp(value, tz="UTC")
        return time.tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return value
