"""What the rules ask of the marts, and the writing of what they found."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from enum import Enum
from functools import cache
from hashlib import sha256
from importlib.resources import files

import pandas as pd

from alma_qa0.core.bands import BANDS
from alma_qa0.core.fields import EVALUATION, FINDING, JUDGEMENT
from alma_qa0.core.findings import Finding
from alma_qa0.core.rules import Limits
from alma_qa0.core.scalar_fact import ScalarFact
from alma_qa0.core.setups import Block, Setup
from alma_qa0.store.database import Database
from alma_qa0.store.render import Sql, render, source_of
from alma_qa0.store.tables import Tables, columns_sql

_FACTS = ("levels", "without_trec", "water", "missing", "invalid")
_JUDGING = ("judgement", "facts", "bands")  # modules of core that judge, with all that they import
_IMPORTED = re.compile(r"^from alma_qa0\.core\.(\w+) import ", re.MULTILINE)


def limits_text(limits: Limits) -> str:
    """Every limit as JSON, the same text for the same limits."""
    return json.dumps(dict(limits), sort_keys=True)


@cache
def rules_version() -> str:
    """A digest of all that judges: when we change it, every EB is judged again."""
    texts = [source_of(f"facts/{name}") for name in (*_FACTS, "setup")]
    texts += [text for _, text in sorted(judging_modules().items())]
    return sha256("\n".join(texts).encode()).hexdigest()[:12]


def judging_modules() -> dict[str, str]:
    """The text of each module of core that a finding or an evaluation depends on, by name: found by following imports."""
    texts: dict[str, str] = {}
    names = list(_JUDGING)
    while names:
        name = names.pop()
        if name not in texts:
            texts[name] = (files("alma_qa0.core") / f"{name}.py").read_text(encoding="utf-8")
            names += _IMPORTED.findall(texts[name])
    return texts


def pending(database: Database, tables: Tables, limits: Limits, *, uids: Sequence[str] | None = None, full: bool = False) -> pd.DataFrame:
    """uid, source_version and pending of every EB of the marts, or of ``uids``."""
    return database.run(render("judgement/pending", tables=tables.idents, limits_text=limits_text(limits),
                               rules_version=rules_version(), uids=None if uids is None else list(uids) or [""], full=full))


def remove_gone(database: Database, tables: Tables) -> int:
    """Takes out what was said of EBs that the marts no longer have; how many there were."""
    count = int(database.run(render("judgement/count_gone", tables=tables.idents))["n"].iloc[0])
    if count:
        database.execute([render("judgement/gone", tables=tables.idents, table=tables.of(relation)) for relation in JUDGEMENT])
    return count


def read_blocks(database: Database, tables: Tables, uids: Sequence[str]) -> dict[str, Block]:
    """What the rules need to know of each EB as a whole, by uid."""
    setups: dict[str, list[Setup]] = {}
    for row in _rows(database.run(render("facts/setup", tables=tables.idents, uids=list(uids)))):
        setups.setdefault(str(row["uid"]), []).append(_setup(row))
    blocks = _rows(database.run(render("judgement/blocks", tables=tables.idents, uids=list(uids))))
    return {str(row["uid"]): Block(
        uid=str(row["uid"]), array_family=str(row["array_family"]), n_antennas=int(row["n_antennas"] or 0),  # type: ignore[call-overload]
        water_m=row["water_m"], setups=tuple(setups.get(str(row["uid"]), ()))) for row in blocks}  # type: ignore[arg-type]


def _setup(row: Mapping[str, object]) -> Setup:
    polarisations = tuple(name for name, there in (("X", row["has_x"]), ("Y", row["has_y"])) if there)
    return Setup(
        receiver_band=int(row["receiver_band"]), basebands=tuple(json.loads(str(row["basebands"]))), polarisations=polarisations,  # type: ignore[call-overload]
        antennas=tuple(json.loads(str(row["antennas"]))), scans=json.loads(str(row["scans"])))


def read_scalar_facts(database: Database, tables: Tables, uids: Sequence[str], limits: Limits) -> dict[str, list[ScalarFact]]:
    """What SQL finds in the scalars and the tables of each EB, by uid."""
    found: dict[str, list[ScalarFact]] = {uid: [] for uid in uids}
    for name in _FACTS:
        rows = _rows(database.run(render(f"facts/{name}", tables=tables.idents, uids=list(uids), limits=_by_rule(limits), bands=_bands())))
        for row in rows:
            found[str(row["uid"])].append(ScalarFact(**{name: row[name] for name in _SCALAR if name in row}))  # type: ignore[arg-type]
    return found


_SCALAR = tuple(field.name for field in fields(ScalarFact))


def _by_rule(limits: Limits) -> dict[str, dict[str, float]]:
    by_rule: dict[str, dict[str, float]] = {}
    for name, value in limits.items():
        rule_id, _, limit = name.partition(".")
        by_rule.setdefault(rule_id, {})[limit] = value
    return by_rule


def _bands() -> list[dict[str, float]]:
    return [{"number": band.number, "trec_typical_k": band.trec_typical_k, "trec_specification_k": band.trec_specification_k}
            for band in BANDS.values()]


def _rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    """The rows with None where a value is absent, and whole numbers whole."""
    columns = {}
    for name in frame.columns:
        whole = name in ("receiver_band", "scan_number", "n_of", "n_antennas")
        columns[name] = [None if _is_absent(value) else int(value) if whole else value for value in frame[name].tolist()]
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _is_absent(value: object) -> bool:
    return value is None or value is pd.NA or value != value


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
