"""Checks an installation: what is there, what is missing or old, and what to do about each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from alma_qa0.core.fields import (
    CAL_ATMOSPHERE,
    DECISION,
    EVALUATION,
    EXECUTION_BLOCK,
    FINDING,
    INVALID_VALUE,
    JUDGEMENT,
    MARTS,
    PRODUCTION,
    QUARANTINE,
    RAW,
    REFRESH,
    SCAN_SUMMARY,
    SPECTRUM,
    Relation,
)
from alma_qa0.errors import DatabaseUnavailable, QA0Error
from alma_qa0.jobs import packages
from alma_qa0.jobs.marts import Place, source_kind
from alma_qa0.store import flow, installation, layouts, plans, quarantine
from alma_qa0.store.database import Database
from alma_qa0.store.quarantine import Step
from alma_qa0.store.render import Ident, Sql
from alma_qa0.store.tables import Tables, check_columns, lacking_columns

_OLDEST_SERVER = 150000
_TIME = {FINDING.name: None, EVALUATION.name: "evaluated_at", DECISION.name: "decided_at"}  # the column that says when a row was written
_MADE_BY = {EXECUTION_BLOCK.name: "the recipe Execution Blocks", SCAN_SUMMARY.name: "the recipe Scan summaries",
            SPECTRUM.name: "the recipe Spectra, packed", INVALID_VALUE.name: "the recipe Invalid values",
            FINDING.name: "the recipe Findings", EVALUATION.name: "the recipe Findings",
            DECISION.name: "the macro Make the table of decisions"}

_COMMANDS = {**{mart.name: "refresh" for mart in MARTS}, FINDING.name: "judge", EVALUATION.name: "judge",
             DECISION.name: "serve, when the first decision is made"}

_TO_RELEASE = {
    Step.INGEST.value: "Mend or replace the file and ingest it, or take it away and ingest what is beside it.",
    Step.REFRESH.value: "Correct its source and ingest it again; refresh with its UID tries again what is there.",
    Step.JUDGE.value: "Judge with its UID tries again. If it fails again, tell the developers the sentence."}


class State(Enum):
    """How something stands."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was looked at, how it stands, what was found and expected, and what to do; ``to_do`` is empty where all is well."""

    what: str
    state: State
    found: str
    expected: str
    to_do: str = ""


COLUMNS = (("what", "What"), ("state", "State"), ("found", "Found"), ("expected", "Expected"), ("to_do", "What to do"))


def row(check: Check) -> tuple[str, str, str, str, str]:
    """A check in the order of COLUMNS."""
    return check.what, check.state.value, check.found, check.expected, check.to_do


@dataclass(frozen=True, slots=True)
class Installed:
    """What is to be checked: tables by the name of their relation, and the bookkeeping of each mart.

    ``source`` is the table that the marts are made from; ``quarantine`` that of what no step could take, where there is one;
    ``catalogued`` the columns that DSS knows of a relation, by its name.
    """

    places: Mapping[str, Place]
    books: Mapping[str, Ident]
    source: Place | None = None
    catalogued: Mapping[str, Sequence[str]] = field(default_factory=dict)
    quarantine: Place | None = None


def check(database: Database, installed: Installed) -> list[Check]:
    """Every check of a database and its tables. What the database refuses to say is a problem in a line of its own.

    Raises DatabaseUnavailable.
    """
    lines = [_server(database)]
    kind = None
    if installed.source:
        line, kind = _source(database, installed.source)
        lines.append(line)
    if installed.source and kind == "asdm":
        lines += _layouts(database, {relation: _source_tables(installed.source).of(relation) for relation in RAW})
    for relation in (*MARTS, *JUDGEMENT, DECISION):
        if relation.name in installed.places:
            lines += _relation(database, installed, kind, relation)
    if installed.quarantine:
        lines += _layouts(database, {QUARANTINE: Ident(*installed.quarantine)})
    return lines + _quarantine(database, installed.quarantine)


def check_packages() -> list[Check]:
    """Whether the packages that run are those of the requirements."""
    requirements = packages.required()
    if not requirements:
        return [Check("packages", State.WARNING, "no requirements.txt beside the library", "code-env/python/spec/requirements.txt",
                      "Look at the packages of the code environment by hand.")]
    return [Check(f"package {package}", State.OK if agrees else State.PROBLEM, found or "not there", wanted or "any version",
                  "" if agrees else "Update the plugin's code environment.")
            for package, found, wanted, agrees in packages.compare(requirements)]


def check_room(free_mb: int, place: Path, needed_mb: int, wanted_mb: int) -> Check:
    """Whether the disk of the database has room: below ``needed_mb`` nothing more is taken in."""
    state = State.OK if free_mb >= wanted_mb else State.WARNING if free_mb >= needed_mb else State.PROBLEM
    to_do = "Make room, let alma-qa0 retain take old calibrations out, or move ALMA_QA0_HOME to a larger disk."
    return Check("disk", state, f"{free_mb:,} MB free at {place}", f"{wanted_mb:,} MB; below {needed_mb:,} MB nothing more is taken in",
                 "" if state is State.OK else to_do)


def refused(sentences: Mapping[str, str]) -> list[Check]:
    """What could not be looked at, by what it is, and why."""
    return [Check(what, State.PROBLEM, sentence, "a table of PostgreSQL on the connection of the others", "Choose another dataset.")
            for what, sentence in sentences.items()]


def _server(database: Database) -> Check:
    server = installation.read_server(database)
    good = server.version_number >= _OLDEST_SERVER
    return Check("PostgreSQL", State.OK if good else State.PROBLEM,
                 f"{server.version}, as {server.role_name}{', with Citus' if server.has_citus else ''}", "15 or newer",
                 "" if good else "Use a newer PostgreSQL.")


def _source(database: Database, source: Place) -> tuple[Check, str | None]:
    what, expected = f"input {'.'.join(source)}", "the old production table, or the cal_atmosphere of an ingest"
    try:
        kind = source_kind(database, source)
        relations = plans.read_relations(kind)
        check_columns(database, flow.readable(database, _source_tables(source), relations), relations)
    except DatabaseUnavailable:
        raise
    except QA0Error as error:
        return Check(what, State.PROBLEM, str(error), expected, "Choose the table that holds the calibrations, with all its columns."), None
    rights = installation.read_rights(database, Ident(*source))
    if not (rights.may_use and rights.may_select):
        return Check(what, State.PROBLEM, "the role may not read it", "select",
                     "Grant the role usage on the schema and select on its tables."), None
    return Check(what, State.OK, {"asdm": "tables of an ingest", "production": "the old production table"}[kind], expected), kind


def _relation(database: Database, installed: Installed, kind: str | None, relation: Relation) -> Iterator[Check]:
    """Its table and columns; and where they are as they should be, rights, key and indexes, what DSS knows, rows."""
    place = Ident(*installed.places[relation.name])
    name = ".".join(place.parts)
    if not flow.present(database, Tables({relation.name: place}), (relation,)):
        yield _absent(name, relation)
        return
    parts: list[Callable[[], Check]] = [lambda: _columns(database, place, relation), lambda: _rights(database, place, relation)]
    parts += [lambda: _indexes(database, place, relation)]
    if relation.name in installed.catalogued:
        parts.append(lambda: _catalogue(installed.catalogued[relation.name], name, relation))
    parts.append(lambda: _rows(database, installed, kind, place, relation))
    for part in parts:
        try:
            line = part()
        except DatabaseUnavailable:
            raise
        except QA0Error as error:
            line = Check(name, State.PROBLEM, str(error), "an answer", "Grant the role what it lacks, or look at the log of the database.")
        yield line
        if line.state is State.PROBLEM:
            return


def _absent(name: str, relation: Relation) -> Check:
    """The page can do without what is judged and decided, and not without the marts."""
    state = State.PROBLEM if relation in MARTS else State.WARNING
    return Check(f"table {name}", state, "no such table", f"one row per {relation.grain.removeprefix('one row per ')}",
                 f"Run {_MADE_BY[relation.name]}; without DSS, alma-qa0 {_COMMANDS[relation.name]}.")


def _columns(database: Database, place: Ident, relation: Relation) -> Check:
    what, expected = f"columns of {'.'.join(place.parts)}", f"the {len(relation.fields)} columns of {relation.name} in docs/data-model.md"
    tables = Tables({relation.name: place})
    for line in _layouts(database, {relation: place}):
        return line
    try:
        check_columns(database, tables, (relation,))
    except DatabaseUnavailable:
        raise
    except QA0Error as error:
        to_do = "Choose another table: decisions are never dropped" if relation.append_only else "Drop the table"
        return Check(what, State.PROBLEM, str(error), expected, f"{to_do}, and run {_MADE_BY[relation.name]}.")
    return Check(what, State.OK, f"{len(relation.fields)} columns, the layout of alma-qa0 {relation.layout}", expected)


def _layouts(database: Database, places: layouts.Places) -> list[Check]:
    """A line for each table of a later layout, or that is ours and lacks columns; a raw table that is not there is one of them."""
    found = layouts.read(database, places)
    lacking = lacking_columns(database, Tables({relation.name: table for relation, table in places.items()}), list(places))
    lines = []
    for relation, table in places.items():
        what, layout = f"columns of {'.'.join(table.parts)}", found.get(relation)
        if layout and layouts.is_newer(relation, layout):
            lines.append(Check(what, State.PROBLEM, f"the layout of alma-qa0 {layout.version}", f"that of alma-qa0 {relation.layout}",
                               f"Use alma-qa0 {layout.version} or later: this one writes nothing there."))
        elif relation in lacking and not (layout and lacking[relation] & set(relation.key)):
            told = f"the layout of alma-qa0 {layout.version}, without {', '.join(sorted(lacking[relation]))}" if layout else "no such table"
            lines.append(Check(what, State.WARNING, told, f"{len(relation.fields)} columns",
                               "Run alma-qa0 upgrade, in DSS the recipe, as the role that owns the table. Rows stay; what is lacking is"
                               " made again by refresh or judge, or read again by ingest."))
    return lines


def _rights(database: Database, place: Ident, relation: Relation) -> Check:
    """Reading is a must; without writing the webapp works and the recipes do not."""
    what, found = f"rights on {'.'.join(place.parts)}", installation.read_rights(database, place)
    may = {"select": found.may_select, "insert": found.may_insert, "update": found.may_update, "delete": found.may_delete}
    told = ", ".join(name for name, granted in may.items() if granted) or "none"
    if not (found.may_use and found.may_select):
        return Check(what, State.PROBLEM, told, "select", "Grant the role usage on the schema and select on the table.")
    if relation.append_only:
        if found.may_insert:
            return Check(what, State.OK, told, "select, insert")
        return Check(what, State.WARNING, told, "select, insert", "The page shows decisions and keeps none: grant insert on the table.")
    if all(may.values()):
        return Check(what, State.OK, told, "select; for recipes insert, update, delete")
    return Check(what, State.WARNING, told, "select; for recipes insert, update, delete",
                 "Enough for the webapp. Recipes need a connection whose role owns the table.")


def _indexes(database: Database, place: Ident, relation: Relation) -> Check:
    missing = [] if flow.has_key(database, place, relation) else [f"key ({', '.join(relation.key)})"]
    missing += flow.missing_indexes(database, place, relation)
    what, n = f"key and indexes of {'.'.join(place.parts)}", 1 + len(relation.indexes)
    if missing:
        return Check(what, State.WARNING, f"missing or not usable: {', '.join(missing)}", f"{n}",
                     f"Run {_MADE_BY[relation.name]}: it makes them. Drop first what is there and not usable.")
    return Check(what, State.OK, f"{n}", f"{n}")


def _catalogue(known: Sequence[str], name: str, relation: Relation) -> Check:
    what, expected = f"columns that DSS knows of {name}", f"the {len(relation.fields)} columns of the table"
    missing = [column for column in relation.columns if column not in known]
    if missing:
        return Check(what, State.WARNING, f"without {', '.join(missing)}", expected,
                     f"Run {_MADE_BY[relation.name]}: it tells DSS the columns.")
    return Check(what, State.OK, f"{len(known)} columns", expected)


def _quarantine(database: Database, place: Place | None) -> list[Check]:
    """A line for each Execution Block or file that a step could not take; one that says so where there is none."""
    if place is None:
        return []
    try:
        held = quarantine.read(database, Tables({QUARANTINE.name: Ident(*place)}))
    except DatabaseUnavailable:
        raise
    except QA0Error as error:
        return [Check("quarantine", State.PROBLEM, str(error), "an answer", "Grant the role usage on the schema and select on the table.")]
    if held.empty:
        return [Check("quarantine", State.OK, "nothing", "nothing")]
    return [Check(f"quarantine: {row['uid']}", State.WARNING, f"not taken by {row['step']}: {row['sentence']}",
                  f"that {row['step']} takes it", _TO_RELEASE[row["step"]]) for row in held.to_dict("records")]


def _rows(database: Database, installed: Installed, kind: str | None, place: Ident, relation: Relation) -> Check:
    n_rows, n_blocks = installation.count_rows(database, place)
    told, to_do = [f"{n_rows} rows of {n_blocks} Execution Blocks"], []
    if relation is EXECUTION_BLOCK and (newest := installation.newest_start(database, place)):
        told.append(f"the newest starts {newest[0]} UTC, {newest[1]:.0f} days ago")
    written = _written(database, installed, place, relation)
    if written:
        told.append(f"last written {written} UTC")
    if relation in MARTS and n_rows == 0 and relation is not INVALID_VALUE:
        to_do.append(f"Run {_MADE_BY[relation.name]}.")
    waiting = _waiting(database, installed, kind, place, relation)
    if waiting:
        told.append(f"{waiting} Execution Blocks wait")
        to_do.append(f"Run {_MADE_BY[relation.name]}: the input has what the table has not.")
    unmade = _unmade(database, installed, kind, relation)
    if unmade:
        told.append(f"{unmade} Execution Blocks are not in it, and their calibrations were taken out of the raw tables")
        to_do.append("Read their files again: alma-qa0 ingest --again.")
    state = State.WARNING if to_do else State.OK
    return Check(f"rows of {'.'.join(place.parts)}", state, "; ".join(told), "all that the input has", " ".join(dict.fromkeys(to_do)))


def _written(database: Database, installed: Installed, place: Ident, relation: Relation) -> str | None:
    if relation in MARTS:
        return installation.last_time(database, installed.books[relation.name], "refreshed_at")
    column = _TIME[relation.name]
    return installation.last_time(database, place, column) if column else None


def _waiting(database: Database, installed: Installed, kind: str | None, place: Ident, relation: Relation) -> int:
    """How many Execution Blocks of its input a table has not, or has from an older version."""
    if relation in MARTS and kind and installed.source:
        tables = _source_tables(installed.source).with_tables(**{
            relation.name: place, REFRESH.name: installed.books[relation.name], QUARANTINE.name: _quarantine_table(installed)})
        return installation.count_pending(database, tables, source=kind, marts=(relation,))
    if relation is EVALUATION and EXECUTION_BLOCK.name in installed.places:
        held = quarantine.held(database, Tables({QUARANTINE.name: _quarantine_table(installed)}), Step.JUDGE)
        return installation.count_not_judged(database, Ident(*installed.places[EXECUTION_BLOCK.name]), place, list(held))
    return 0


def _unmade(database: Database, installed: Installed, kind: str | None, relation: Relation) -> int:
    """How many Execution Blocks a mart has lost for good, as long as their files are not read again."""
    if relation not in MARTS or kind != "asdm" or not installed.source:
        return 0
    tables = _source_tables(installed.source).with_tables(refresh=installed.books[relation.name])
    return installation.count_unmade(database, tables, relation)


def _quarantine_table(installed: Installed) -> Ident | Sql:
    return Ident(*installed.quarantine) if installed.quarantine else flow.nothing(QUARANTINE)


def _source_tables(source: Place) -> Tables:
    return Tables.in_schemas(raw=source[0]).with_tables(**{CAL_ATMOSPHERE.name: Ident(*source), PRODUCTION.name: Ident(*source)})
