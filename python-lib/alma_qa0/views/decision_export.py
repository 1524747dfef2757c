"""What QA0 says of Execution Blocks, as JSON and as CSV, to be pasted into the observatory's own system.

An entry of a record that is not known is null in JSON and empty in CSV; times are UTC. The names of the entries are those of the columns.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from alma_qa0.core.execution_fraction import cap_of
from alma_qa0.core.findings import Finding, Severity
from alma_qa0.core.octiles import octile_words, pwv_octile
from alma_qa0.core.proposal import Proposal, Status
from alma_qa0.views import proposal
from alma_qa0.views.export import as_text
from alma_qa0.views.proposal import Row, findings_of, flag, fraction_of, known, limits_of, unusable_of
from alma_qa0.views.selection import POLARISATIONS

Record = Mapping[str, Any]

_BETWEEN = " | "  # sentences hold commas and semicolons
_COUNTS = ("n_antennas", "n_usable_antennas", "nominal_antennas", "n_baselines", "n_usable_baselines_x", "n_usable_baselines_y", "n_severe",
           "n_warning")


def records(
    blocks: pd.DataFrame, evaluations: pd.DataFrame, findings: pd.DataFrame, decisions: pd.DataFrame, *, uids: Sequence[str],
    program_version: str,
) -> list[Record]:
    """A record for each of ``uids``, in their order, with its newest decision and with what is proposed now.

    From the rows of execution_block (which has them all), evaluation, finding and of the newest decisions.
    """
    block_of, evaluation_of, decision_of = (_by_uid(frame) for frame in (blocks, evaluations, decisions))
    found_in: dict[str, list[Finding]] = {uid: [] for uid in uids}
    for finding in findings_of(findings):
        found_in[finding.uid].append(finding)
    made = []
    for uid in uids:
        block, evaluation, found = block_of[uid], evaluation_of.get(uid), found_in[uid]
        proposed = proposal.show(block, evaluation, found)
        made.append(record(block, evaluation, found, decision_of.get(uid), proposed, program_version=program_version))
    return made


def record(
    block: Row, evaluation: Row | None, findings: Sequence[Finding], decision: Row | None, proposed: Proposal, *, program_version: str,
) -> Record:
    """One EB, from a row of execution_block, its row of evaluation, its findings and its newest decision (None: there is none)."""
    own = [finding for finding in findings if finding.cause_id is None and finding.severity is not Severity.INFO]
    return {
        "eb_uid": block["uid"], **_block(block),
        "proposed_status": proposed.status.value, "proposed_reasons": [reason.value for reason in proposed.reasons],
        "proposal": proposed.sentence, "what_would_change_it": proposed.what_would_change_it, "because": list(proposed.because),
        **_decision(decision), **_execution_fraction(block, evaluation, decision), **_array(evaluation),
        "warnings": [finding.sentence for finding in own if finding.antenna_name is None],
        "antenna_issues": _antenna_issues(own), "program": f"alma-qa0 {program_version}",
    }


def as_json(content: Record | Sequence[Record]) -> str:
    """A record as an object, several as an array of objects."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def as_csv(records: Sequence[Record]) -> str:
    """A line per EB under the names of the entries; several values of one entry stand in one cell, with | between."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    lines.writerows([_cell(one[name]) for name in COLUMNS] for one in records)
    return text.getvalue()


# --- the parts of a record ---------------------------------------------------------------------------------------------------

def _block(block: Row) -> dict[str, Any]:
    water = known(block["water_m"])
    octile = pwv_octile(water)
    return {
        "project_uid": known(block["project_uid"]), "sb_uid": known(block["sb_uid"]), "array_family": known(block["array_family"]),
        "receiver_bands": [int(band) for band in block["receiver_bands"]],
        "start_time": _time(block["start_time"]), "end_time": _time(block["end_time"]),
        "pwv_mm": None if water is None else round(1e3 * water, 3), "pwv_octile": octile_words(octile) if octile else None,
        "time_on_source_s": known(block["time_on_source_s"]), "aborted": flag(block["aborted"]),
        "simulated": bool(block["simulated"]),
    }


def _decision(decision: Row | None) -> dict[str, Any]:
    if decision is None:
        return {"status": Status.UNSET.value, "reasons": [], "comment": None, "decided_by": None, "decided_at": None, "n_decisions": 0,
                "decisions_not_seen": 0}
    return {
        "status": decision["status"], "reasons": list(decision["reasons"]), "comment": decision["comment"] or None,
        "decided_by": decision["decided_by"], "decided_at": _time(decision["decided_at"]), "n_decisions": int(decision["n_decisions"]),
        "decisions_not_seen": len(known(decision["unseen"]) or ()),
    }


def _execution_fraction(block: Row, evaluation: Row | None, decision: Row | None) -> dict[str, Any]:
    decided = None if decision is None else known(decision["execution_fraction"])
    if decided is not None:
        return {"execution_fraction": float(decided), "execution_fraction_message": None}
    worked_out = fraction_of(block, cap=cap_of(limits_of(evaluation)))
    return {"execution_fraction": round(worked_out.value, 3), "execution_fraction_message": "; ".join(worked_out.messages) or None}


def _array(evaluation: Row | None) -> dict[str, Any]:
    values = {name: None if evaluation is None else known(evaluation[name]) for name in _COUNTS}
    unusable = {} if evaluation is None else unusable_of(evaluation)
    return {**{name: None if value is None else int(value) for name, value in values.items()},
            **{f"unusable_antennas_{name.lower()}": list(unusable[name]) if name in unusable else None for name in POLARISATIONS}}


def _antenna_issues(own: Sequence[Finding]) -> list[dict[str, Any]]:
    """By antenna: the worst severity, and the sentences with the worst first."""
    worst_first = sorted(own, key=lambda finding: finding.severity is not Severity.SEVERE)
    issues = []
    for antenna in sorted({finding.antenna_name for finding in own if finding.antenna_name is not None}):
        found = [finding for finding in worst_first if finding.antenna_name == antenna]
        issues.append({"antenna": antenna, "severity": found[0].severity.value, "sentences": [finding.sentence for finding in found]})
    return issues


def _by_uid(rows: pd.DataFrame) -> dict[str, Row]:
    records = (dict(zip(rows.columns, values, strict=True)) for values in rows.itertuples(index=False, name=None))
    return {record["uid"]: record for record in records}


# --- one value ---------------------------------------------------------------------------------------------------------------

def _time(value: Any) -> str | None:
    return None if pd.isna(value) else pd.Timestamp(value).tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%SZ")


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return as_text(_BETWEEN.join(map(_one_of_several, value)))
    return str(value).lower() if isinstance(value, bool) else as_text(value)


def _one_of_several(value: Any) -> str:
    return f"{value['antenna']} ({value['severity']}): {' '.join(value['sentences'])}" if isinstance(value, dict) else str(value)


COLUMNS: tuple[str, ...] = (
    "eb_uid", "project_uid", "sb_uid", "array_family", "receiver_bands", "start_time", "end_time", "pwv_mm", "pwv_octile",
    "time_on_source_s", "aborted", "simulated", "proposed_status", "proposed_reasons", "proposal", "what_would_change_it", "because",
    "status", "reasons", "comment", "decided_by", "decided_at", "n_decisions", "decisions_not_seen", "execution_fraction",
    "execution_fraction_message", *_COUNTS, "unusable_antennas_x", "unusable_antennas_y", "warnings", "antenna_issues", "program",
)
