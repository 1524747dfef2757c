"""The datasets of DSS: which table is behind one, what DSS knows of its columns, and the partition that a run is about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import dataiku

from alma_qa0.errors import BadSetting, QA0Error
from alma_qa0.hosts.dss.database import DssDatabase

_DSS_TYPES = {"text": "string", "integer": "int", "bigint": "bigint", "boolean": "boolean", "real": "float",
              "double precision": "double", "timestamp with time zone": "date"}


@dataclass(frozen=True, slots=True)
class Location:
    """The table behind a dataset. ``dataset`` is its full name, PROJECT.name."""

    dataset: str
    connection: str
    schema: str
    table: str

    @property
    def place(self) -> tuple[str, str]:
        """The schema and the table."""
        return self.schema, self.table


def location(dataset: str) -> Location:
    """Where the table of a dataset is; BadSetting when it is none of PostgreSQL."""
    answer = dataiku.Dataset(dataset).get_location_info()
    info = answer.get("info", {})
    kind = info.get("databaseType") or answer.get("locationInfoType")
    if kind != "PostgreSQL" or not info.get("table"):
        raise BadSetting(dataset, kind, "a dataset that is a table of a PostgreSQL connection")
    schema = info.get("schema") or _default_schema(dataset)
    return Location(dataset, info["connectionName"], schema, info["table"])


def locations(*datasets: str) -> tuple[Location, ...]:
    """Where the tables of datasets are that must share a connection, since the SQL runs inside one database."""
    places = tuple(location(dataset) for dataset in datasets)
    for place in places[1:]:
        if place.connection != places[0].connection:
            raise BadSetting(place.dataset, place.connection, f"the connection of {places[0].dataset}, which is {places[0].connection!r}")
    return places


@lru_cache(maxsize=16)
def kept_locations(*datasets: str) -> tuple[Location, ...]:
    """The same, asked for once in a process: the backend of a webapp is run anew for every browser session. Bounded."""
    return locations(*datasets)


def located(datasets: Mapping[str, str]) -> tuple[dict[str, Location], dict[str, str]]:
    """Where the tables of datasets are, by any name; and in words why not, for those that are none or on another connection."""
    found: dict[str, Location] = {}
    refused: dict[str, str] = {}
    for name, dataset in datasets.items():
        try:
            first = next(iter(found.values()), None)
            found[name] = locations(*([first.dataset] if first else []), dataset)[-1]
        except QA0Error as error:
            refused[dataset] = str(error)
        except Exception as problem:  # DSS gives what it says of a dataset that is not there as a bare Exception
            refused[dataset] = f"{dataset}: {problem}"
    return found, refused


def columns(dataset: str) -> list[str]:
    """The columns of a dataset that DSS knows."""
    return [column["name"] for column in dataiku.Dataset(dataset).read_schema(raise_if_empty=False)]


def write_schema(dataset: str, columns: Iterable[tuple[str, str, str]]) -> None:
    """Tells DSS the columns of a table that SQL has filled, as (name, PostgreSQL type, comment); rows are not touched.

    A comment that somebody wrote in DSS stays. Nothing here may write rows through the Dataset: that would empty the table first.
    """
    target = dataiku.Dataset(dataset)
    present = {column["name"]: column for column in target.read_schema(raise_if_empty=False)}
    wanted = [{"name": name, "type": _DSS_TYPES.get(kind, "string"), "comment": present.get(name, {}).get("comment") or comment}
              for name, kind, comment in columns]
    if wanted != [{key: column.get(key) for key in ("name", "type", "comment")} for column in present.values()]:
        target.write_schema(wanted)


def partition(dataset: str) -> tuple[str, str] | None:
    """The column by which an output is partitioned, and the one value that this run is about; None where it is not partitioned.

    BadSetting where it has several dimensions, or DSS does not say which partition is to be made.
    """
    dimensions = [one["name"] for one in dataiku.Dataset(dataset).get_config().get("partitioning", {}).get("dimensions", [])]
    if not dimensions:
        return None
    if len(dimensions) > 1:
        raise BadSetting(dataset, dimensions, "one dimension, whose values are days, or no partitions")
    variables = dataiku.get_flow_variables()
    day = [variables.get(f"DKU_DST_{part}") for part in ("YEAR", "MONTH", "DAY")]  # what DSS may give for a dimension of time
    names = [f"DKU_DST_{dimensions[0]}", "DKU_DST_DATE"]
    if dimensions[0] == "DAY":  # which is also the name of the day of the month
        names.reverse()
    value = next(filter(None, map(variables.get, names)), None) or (all(day) and "-".join(map(str, day)))
    if not value:
        raise BadSetting(dataset, None, f"the partition to be made, in the flow variable DKU_DST_{dimensions[0]}")
    return dimensions[0], str(value)


def shared_partition(*datasets: str) -> tuple[str, str] | None:
    """The same of several outputs of one run; BadSetting where they are not partitioned alike."""
    first, *others = (partition(dataset) for dataset in datasets)
    for dataset, other in zip(datasets[1:], others, strict=True):
        if other != first:
            raise BadSetting(dataset, other, f"the partitions of {datasets[0]}, which are {first}")
    return first


def input_dataset(role: str) -> str:
    """The dataset that a recipe has in an input role of one dataset."""
    from dataiku import customrecipe  # these modules belong to one kind of process each
    return _only(customrecipe.get_input_names_for_role(role), role)


def optional_input(role: str) -> str | None:
    """The dataset that a recipe has in an input role that may be left empty."""
    from dataiku import customrecipe
    names = customrecipe.get_input_names_for_role(role)
    return _only(names, role) if names else None


def output_dataset(role: str) -> str:
    """The dataset that a recipe has in an output role of one dataset."""
    from dataiku import customrecipe
    return _only(customrecipe.get_output_names_for_role(role), role)


def _default_schema(dataset: str) -> str:
    return str(DssDatabase(dataset).run("select current_schema() as schema")["schema"].item())


def _only(names: Sequence[str], role: str) -> str:
    if len(names) == 1:
        return names[0]
    raise BadSetting(role, list(names), "one dataset in this role")
