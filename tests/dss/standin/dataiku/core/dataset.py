"""Datasets: where they are and what columns DSS knows of. Rows go by SQL only, so what would clear a table or read it here refuses."""

import psycopg2

from dataiku.core import instance
from dataiku.core.flow import flow

STORAGE_TYPES = {"string", "date", "dateonly", "datetimenotz", "geopoint", "geometry", "array", "map", "object", "boolean", "double",
                 "float", "bigint", "int", "smallint", "tinyint"}
COLUMN_KEYS = {"name", "type", "comment", "meaning", "maxLength", "originalType", "timestampNoTzAsDate"}


class Dataset:
    def __init__(self, name, project_key=None, ignore_flow=False):
        self.full_name = name if "." in name else f"{project_key or instance.default_project_key()}.{name}"
        self.project_key, self.short_name = self.full_name.split(".", 1)
        self.name = self.full_name
        if self.full_name not in instance.read()["datasets"]:
            raise Exception(f"dataset does not exist: {self.full_name}")
        self.ignore_flow = ignore_flow
        self.spec_item = self._declared()

    def _declared(self):
        """The item of the recipe that runs; None outside a recipe."""
        declared = flow()
        if declared is None or self.ignore_flow:
            return None
        for item in declared["in"] + declared["out"]:
            if item["fullName"] == self.full_name:
                return item
        raise Exception(f"Dataset {self.full_name} cannot be used: declare it as input or output of your recipe")

    def get_config(self):
        return instance.read()["datasets"][self.full_name]

    def get_location_info(self, sensitive_info=False):
        config = self.get_config()
        if config["type"] != "PostgreSQL":
            return {"locationInfoType": "UPLOADED", "info": {}}
        params = config["params"]
        info = {"databaseType": config["type"], "connectionName": params["connection"]}
        if params.get("mode", "table") == "table":
            table, schema = (instance.expanded(params[part]) if params.get(part) else None for part in ("table", "schema"))
            full = ".".join(quoted(part) for part in (schema, table) if part)
            info |= {"schema": schema, "table": table, "quotedResolvedTableName": full}
        return {"locationInfoType": "SQL", "info": info}

    def read_schema(self, raise_if_empty=True):
        columns = self.get_config()["schema"]["columns"]
        if raise_if_empty and not columns:
            raise Exception(f"No schema for dataset {self.full_name}")
        return columns

    def write_schema(self, columns, drop_and_create=False):
        """Changes the definition in DSS; the table stays as it is."""
        if drop_and_create:
            raise AssertionError("this would drop the table that SQL has just filled")
        declared = flow()
        if declared and not self.ignore_flow and self.full_name not in [item["fullName"] for item in declared["out"]]:
            raise Exception(f"You cannot write dataset {self.full_name}: it is not declared as an output")
        for column in columns:
            _check_column(column)
        with instance.changing() as changed:
            changed["datasets"][self.full_name]["schema"] = {"columns": columns}

    def list_partitions(self, raise_if_empty=True):
        """The values that the partition column has; ["NP"] where there are no partitions."""
        dimensions = self.get_config().get("partitioning", {}).get("dimensions", [])
        if not dimensions:
            return ["NP"]
        if len(dimensions) > 1:
            raise NotImplementedError("the stand-in plays one dimension")
        found = self._values(dimensions[0]["name"])
        if raise_if_empty and not found:
            raise Exception(f"No partitions in dataset {self.full_name}")
        return found

    def _values(self, column):
        place = instance.read()["connections"][self.get_config()["params"]["connection"]]
        database = psycopg2.connect(place["url"], options=place.get("options", ""))
        try:
            cursor = database.cursor()
            table = self.get_location_info()["info"]["quotedResolvedTableName"]
            cursor.execute(f"select distinct {quoted(column)} from {table} where {quoted(column)} is not null order by 1")
            return [str(value) for (value,) in cursor]
        finally:
            database.close()

    def set_write_partition(self, _spec):
        if flow() is not None and not self.ignore_flow:
            raise Exception("You cannot explicitly set partitions when running within the Flow")

    add_read_partitions = set_write_partition

    def get_writer(self, *_args, **_kwargs):
        raise AssertionError("writing through the Dataset clears its table and takes the rows through Python")

    write_with_schema = write_dataframe = write_from_dataframe = get_writer

    def get_dataframe(self, *_args, **_kwargs):
        raise AssertionError("reading through the Dataset takes the rows through Python")

    iter_rows = iter_tuples = iter_dataframes = get_dataframe


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def _check_column(column):
    if not {"name", "type"} <= column.keys() <= COLUMN_KEYS:
        raise Exception(f"Invalid column: {column}; expected name, type and of {sorted(COLUMN_KEYS)} what is known")
    if column["type"] not in STORAGE_TYPES:
        raise Exception(f"Invalid column type of {column['name']}: {column['type']}; expected one of {sorted(STORAGE_TYPES)}")
    if not all(isinstance(column.get(key, ""), str) for key in ("name", "comment", "meaning")):
        raise Exception(f"Invalid column: {column}; expected texts")
