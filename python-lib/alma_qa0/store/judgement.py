"""Which EBs have to be judged, and the writing of what the rules found."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from enum import Enum
from functools import cache
from pathlib import Path

import pandas as pd

from alma_qa0.core.fields import EVALUATION, FINDING, JUDGEMENT
from alma_qa0.core.findings import Finding
from alma_qa0.core.rules import Limits
from alma_qa0.store import facts
from alma_qa0.store.database import Database
from alma_qa0.store.digests import code_meaning, digest, sql_meaning
from alma_qa0.store.render import PACKAGE, Sql, render, source_of
from alma_qa0.store.tables import Tables, columns_sql

_JUDGING = ("core.evaluation", "core.facts", "store.facts")  # what judges; with all that they import of core


def limits_text(limits: Limits) -> str:
    """Every limit as JSON, the same text for the same limits."""
    return json.dumps(dict(limits), sort_keys=True)


@cache
def rules_version(package: Path = PACKAGE) -> str:
    """A digest of all that judges: when we change it, every EB is judged again. ``package`` is the folder of alma_qa0."""
    written = [f"{relation.name} {field.name} {field.kind.value}" for relation in JUDGEMENT for field in relation.fields]
    queries = [sql_meaning(source_of(template, package)) for template in facts.TEMPLATES]
    return digest([*code_meaning(_JUDGING, within=("core",), package=package), *queries, *written])


def pending(database: Database, tables: Tables, limits: Limits, *, uids: Sequence[str] | None = None, full: bool = False) -> pd.DataFrame:
    """uid, source_version and pending of every EB of the marts, or of ``uids``."""
    return database.run(render("judgement/pending", tables=tables.idents, limits_text=limits_text(limits),
                               rules_version=rules_version(), uids=None if uids is None else list(uids) or [""], full=full))


def forget_lost(database: Database, tables: Tables) -> None:
    """Has EBs judged again whose findings were lost beside their evaluation."""
    database.execute([render("judgement/forget_lost", tables=tables.idents)])


def remove_gone(database: Database, tables: Tables) -> int:
    """Takes out what was said of EBs that the marts no longer have; how many there were."""
    count = int(database.run(render("judgement/count_gone", tables=tables.idents))["n"].iloc[0])
    if count:
        database.execute([render("judgement/gone", tables=tables.idents, table=tables.of(relation)) for relation in JUDGEMENT])
    return count


def judgement_statements(
    tables: Tables, findings: Iterable[Finding], evaluations: Sequence[Mapping[str, object]],
) -> tuple[Sql, ...]:
    """The statements, for one transaction, that put the findings and evaluations of some EBs in the place of the former ones."""
    uids = [str(row["uid"]) for row in evaluations]
    rows = {FINDING.name: [_finding_row(finding) for finding in findings], EVALUATION.name: list(evaluations)}
    return (
        render("plans/lock", names=[f"{'.'.join(tables.of(EVALUATION).parts)} {uid}" for uid in sorted(uids)]),
        *(render("judgement/clear", table=tables.of(relation), uids=uids) for relation in JUDGEMENT),
        *(render("judgement/fill", table=tables.of(relation), **columns_sql(relation),
                 given_rows=json.dumps(rows[relation.name], allow_nan=False)) for relation in JUDGEMENT),
    )


def _finding_row(finding: Finding) -> dict[str, object]:
    row = {field.name: getattr(finding, field.name) for field in fields(Finding)}
    return {name: value.value if isinstance(value, Enum) else value for name, value in row.items()}
