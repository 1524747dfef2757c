"""Rows for the tests of the store: an Execution Block of a few antennas, given as records, put straight into the database."""

from collections.abc import Mapping, Sequence

import numpy as np

from alma_qa0.core.fields import (
    ANTENNA,
    ASDM,
    CAL_ATMOSPHERE,
    CAL_DATA,
    CAL_WVR,
    EXEC_BLOCK,
    INVALID_VALUE_RAW,
    PRODUCTION,
    SB_SUMMARY,
    SCAN,
    Relation,
)
from alma_qa0.store.render import Ident, Sql, quoted
from alma_qa0.store.tables import Tables, create_marts, create_production, create_raw

UID = "uid://A002/X1/X1"
TABLES = Tables.in_schemas()
AXIS = 230e9 + 15.625e6 * np.arange(16)


class OnlyText:
    """A database that can do no more than its protocol says, as DSS."""

    def __init__(self, database):
        self.run, self.execute = database.run, database.execute


def create_all(database):
    create_raw(database, TABLES)
    create_production(database, TABLES)
    create_marts(database, TABLES)


def insert(database, relation: Relation, rows: Sequence[Mapping]) -> None:
    """Rows into the table of a relation; a field that a row lacks is null."""
    lines = [f"({', '.join(_value(field.kind.value, row.get(field.name)) for field in relation.fields)})" for row in rows]
    columns = [Ident(field.name) for field in relation.fields]
    database.execute([f"insert into {quoted(TABLES.of(relation))} ({quoted(columns)}) values {', '.join(lines)}"])


def _value(kind: str, value) -> str:
    if isinstance(value, list | tuple | np.ndarray):
        elements = ", ".join(quoted(element) if not isinstance(element, float) else quoted(float(element)) for element in value)
        return Sql(f"array[{elements}]::{kind}")
    return quoted(value)


def atmosphere(**changes) -> dict:
    """A row of cal_atmosphere: one antenna, baseband and calibration."""
    return {
        "uid": UID, "receiver_band": 6, "baseband_name": "BB_1", "antenna_name": "DA41", "cal_data_id": "CalData_1",
        "cal_reduction_id": "CalReduction_1", "start_valid_time": "2026-07-17T14:10:00Z", "n_channels": len(AXIS), "frequency_hz": AXIS,
        "trec_x": 50.0, "trec_y": 52.0, "tsys_x": 90.0, "tsys_y": 92.0, "tatm_x": 260.0, "tatm_y": 261.0, "tau_x": 0.05, "tau_y": 0.05,
        "water_x": 0.001, "water_y": 0.001,
        "trec_spectrum_x": 50.0 + np.arange(16), "trec_spectrum_y": 52.0 + np.arange(16),
        "tsys_spectrum_x": 90.0 + np.arange(16), "tsys_spectrum_y": 92.0 + np.arange(16), **changes,
    }


def production(**changes) -> dict:
    """The same row as ``atmosphere``, in the old production table."""
    words = {name: ",".join(map(str, values)) for name, values in {
        "frequencyspectrum": AXIS, "trecspectrum_x": 50.0 + np.arange(16), "trecspectrum_y": 52.0 + np.arange(16),
        "tsysspectrum_x": 90.0 + np.arange(16), "tsysspectrum_y": 92.0 + np.arange(16)}.items()}
    return {
        "uid": UID, "antennaname": "DA41", "basebandname": "BB_1", "caldataid": "CalData_1", "receiverband": "ALMA_RB_06",
        "day": "2026-07-17", "startvalidtime": "2026-07-17T14:10:00Z", "tatm_x": 260.0, "tatm_y": 261.0, "trec_x": 50.0, "trec_y": 52.0,
        "tsys_x": 90.0, "tsys_y": 92.0, "tau": 0.05, "water": 0.001, "is_outlier": False,
        "frequency_min": AXIS[0], "frequency_mid": AXIS[8], "frequency_max": AXIS[-1], **words, **changes,
    }


def put_asdm(database, rows: Sequence[Mapping], *, uid: str = UID, content_hash: str = "h1", invalid: Sequence[Mapping] = (),
             start: str = "2026-07-17T14:07:00Z", antennas: Sequence[str] = ("DA41", "DV02")) -> None:
    """A whole EB with ``rows`` of cal_atmosphere: calibration N is of scan 2N + 1."""
    insert(database, ASDM, [{"uid": uid, "schema_version": 3, "content_hash": content_hash, "simulated": True, "ingested_at": start}])
    insert(database, EXEC_BLOCK, [{
        "uid": uid, "project_uid": "uid://A001/X1/Xp", "sb_summary_id": "SBSummary_0", "start_time": start,
        "end_time": "2026-07-17T15:25:00Z", "array_name": "Array11-BLC", "antenna_ids": [f"Antenna_{i}" for i in range(len(antennas))],
        "n_antennas": len(antennas), "aborted": False}])
    insert(database, SB_SUMMARY, [{"uid": uid, "sb_summary_id": "SBSummary_0", "sb_uid": "uid://A001/X1/Xs",
                                   "representative_frequency_ghz": 230.5}])
    insert(database, ANTENNA, [{"uid": uid, "antenna_id": f"Antenna_{i}", "antenna_name": name} for i, name in enumerate(antennas)])
    calibrations = sorted({row["cal_data_id"] for row in rows} | {"CalData_1"})
    scans = [2 * int(name.removeprefix("CalData_")) + 1 for name in calibrations]
    insert(database, CAL_DATA, [{"uid": uid, "cal_data_id": name, "cal_type": "CAL_ATMOSPHERE", "scan_numbers": [scan]}
                                for name, scan in zip(calibrations, scans, strict=True)])
    insert(database, SCAN, [{"uid": uid, "scan_number": scan, "scan_intents": ["CALIBRATE_ATMOSPHERE", "CALIBRATE_WVR"],
                             "source_name": "J1924-2914"} for scan in scans])
    insert(database, SCAN, [{"uid": uid, "scan_number": 100, "scan_intents": ["OBSERVE_TARGET"], "source_name": "HL_Tau",
                             "start_time": "2026-07-17T15:00:00Z", "end_time": "2026-07-17T15:10:00Z"}])
    insert(database, CAL_WVR, [{"uid": uid, "antenna_name": name, "cal_data_id": "CalData_0", "water_m": water}
                               for name, water in (("DA41", 0.002), ("DV02", None))])
    if rows:
        insert(database, CAL_ATMOSPHERE, [{**row, "uid": uid} for row in rows])
    if invalid:
        insert(database, INVALID_VALUE_RAW, [{
            "uid": uid, "receiver_band": 6, "baseband_name": "BB_1", "antenna_name": "DA41", "cal_data_id": "CalData_1", **row}
            for row in invalid])


def put_production(database, rows: Sequence[Mapping]) -> None:
    insert(database, PRODUCTION, rows)
