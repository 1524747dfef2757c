"""What the rules ask of the marts: each EB as a whole, and the facts that SQL finds in its scalars and tables."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields

import pandas as pd

from alma_qa0.core.bands import BANDS
from alma_qa0.core.rules import Limits
from alma_qa0.core.scalar_fact import ScalarFact
from alma_qa0.core.setups import Block, Setup
from alma_qa0.store.database import Database
from alma_qa0.store.render import render
from alma_qa0.store.tables import Tables

_FACTS = ("facts/levels", "facts/without_trec", "facts/water", "facts/missing", "facts/invalid")
TEMPLATES = (*_FACTS, "facts/setup", "facts/blocks")


def read_blocks(database: Database, tables: Tables, uids: Sequence[str]) -> dict[str, Block]:
    """What the rules need to know of each EB as a whole, by uid."""
    setups: dict[str, list[Setup]] = {}
    for row in _rows(database.run(render("facts/setup", tables=tables.idents, uids=list(uids)))):
        setups.setdefault(str(row["uid"]), []).append(_setup(row))
    blocks = _rows(database.run(render("facts/blocks", tables=tables.idents, uids=list(uids))))
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
    for template in _FACTS:
        rows = _rows(database.run(render(template, tables=tables.idents, uids=list(uids), limits=_by_rule(limits), bands=_bands())))
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
