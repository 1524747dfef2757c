"""Execution Blocks for the tests of views, ui and pages: the rows of the marts as DataFrames, with no database."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from alma_qa0.core.fields import EXECUTION_BLOCK, FINDING, INVALID_VALUE, SCAN_SUMMARY
from alma_qa0.core.findings import Basis, Finding, Severity
from alma_qa0.core.spectra import SpectrumPack
from alma_qa0.store.queries import LISTED
from alma_qa0.views.execution_block import ExecutionBlock, execution_block
from alma_qa0.views.quantities import quantity
from alma_qa0.views.selection import with_scan_keys
from alma_qa0.views.spectra import Lines, lines_of

UID = "uid://A002/X12a3/Xabcd"  # ends in d, on purpose
ANTENNAS = ("DA41", "DV02", "PM01")
BASEBANDS = ("BB_1", "BB_2")
SCANS = (3, 7)
AXIS_HZ = 230e9 + 15.625e6 * np.arange(16)
_START = pd.Timestamp("2025-07-12T05:20:00Z")
_SCALARS = {"trec": 40.0, "tsys": 80.0, "tatm": 260.0, "tau": 0.05, "water": 1e-3}


def summary_rows(
    *, antennas: Sequence[str] = ANTENNAS, basebands: Sequence[str] = BASEBANDS, scans: Sequence[int | None] = SCANS,
    receiver_bands: Sequence[int] = (6,), polarisations: str = "XY",
) -> pd.DataFrame:
    """SCAN_SUMMARY in the order of the query; no two values of a column are equal. A scan of None is one that the source does not know."""
    places = [(scan_index, scan, band, baseband, antenna) for scan_index, scan in enumerate(scans) for band in sorted(receiver_bands)
              for baseband in sorted(basebands) for antenna in sorted(antennas)]
    rows = []
    for number, (scan_index, scan, band, baseband, antenna) in enumerate(places):
        row = dict.fromkeys(SCAN_SUMMARY.columns)
        row |= {
            "uid": UID,
            "receiver_band": band,
            "baseband_name": baseband,
            "antenna_name": antenna,
            "cal_data_id": f"CalData_{scan_index}{band}",
            "scan_number": scan,
            "scan_intents": None if scan is None else ["CALIBRATE_ATMOSPHERE", "OBSERVE_TARGET"],
            "source_name": None if scan is None else "J1924-2914",
            "start_valid_time": _START + pd.Timedelta(minutes=10 * scan_index, seconds=40 * sorted(receiver_bands).index(band)),
            "frequency_min_hz": AXIS_HZ.min(),
            "frequency_max_hz": AXIS_HZ.max(),
            "n_channels": len(AXIS_HZ),
            "n_segments": 1,
            "n_invalid_scalars": 0,
            "n_invalid_channels": 0,
        }
        for name, value in _SCALARS.items():
            for index, polarisation in enumerate("XY"):
                known = polarisation in polarisations
                row[f"{name}_{polarisation.lower()}"] = value * (1 + 0.01 * (2 * number + index)) if known else np.nan
        for name in ("trec_median", "trec_mad", "tsys_median", "tsys_mad"):
            row |= {f"{name}_x": float(number), f"{name}_y": number + 0.5}
        rows.append(row)
    frame = pd.DataFrame(rows, columns=list(SCAN_SUMMARY.columns))
    scan_kind = "Int64" if any(scan is None for scan in scans) else "int64"
    numbers = [column for column in frame if column.endswith(("_x", "_y", "_hz"))]
    return frame.astype({"scan_number": scan_kind, "receiver_band": "int64", **dict.fromkeys(numbers, float)}).assign(
        start_valid_time=pd.to_datetime(frame["start_valid_time"], utc=True))


def summary(**options) -> pd.DataFrame:
    """summary_rows with scan keys, as the page holds them."""
    return with_scan_keys(summary_rows(**options))


def no_rows() -> pd.DataFrame:
    """scan_summary of an Execution Block without atmosphere calibration, as the host gives it."""
    return with_scan_keys(summary_rows().iloc[:0])


def invalid_rows(*places: dict) -> pd.DataFrame:
    """INVALID_VALUE; each place changes fields of: X of BB_1 of DA41 in scan 3 has no Trx."""
    usual = {"uid": UID, "receiver_band": 6, "baseband_name": "BB_1", "antenna_name": "DA41", "cal_data_id": "CalData_06", "scan_number": 3,
             "polarisation": "X", "quantity": "trec", "kind": "no_solution", "n_values": 1}
    return pd.DataFrame([{**usual, **place} for place in places], columns=list(INVALID_VALUE.columns))


def invalid(*places: dict) -> pd.DataFrame:
    """invalid_rows with scan keys."""
    return with_scan_keys(invalid_rows(*places))


def blocks(*changes: dict) -> pd.DataFrame:
    """EXECUTION_BLOCK, a row for each of the changes to the usual one."""
    usual = {
        "uid": UID,
        "simulated": True,
        "project_uid": "uid://A001/X1/X1",
        "sb_uid": "uid://A001/X1/X2",
        "array_name": "Array11-BLC",
        "array_family": "12-m",
        "start_time": _START,
        "end_time": _START + pd.Timedelta(minutes=78),
        "receiver_bands": [6],
        "representative_frequency_hz": 230.5e9,
        "source_names": ["HL_Tau"],
        "n_antennas": 3,
        "n_antennas_calibrated": 3,
        "n_calibrations": 2,
        "n_rows": 12,
        "n_invalid_values": 0,
        "water_m": 0.00024,
        "tsys_k": 65.2,
        "trec_k": 40.4,
        "aborted": False,
        "time_on_source_s": 1800.0,
        "search_text": "",
    }
    frame = pd.DataFrame([{**usual, **change} for change in changes], columns=list(EXECUTION_BLOCK.columns))
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in ("start_time", "end_time")})


def listed(*changes: dict) -> pd.DataFrame:
    """LISTED, a row for each of the changes to the usual one: nobody decided, nothing was judged."""
    rows = blocks(*changes)
    for name in ("status", "n_severe", "n_warning"):
        rows[name] = [change.get(name) for change in changes]
    return rows[list(LISTED)]


def block(**changes) -> pd.Series:
    """One row of EXECUTION_BLOCK."""
    return blocks(changes).iloc[0]


def loaded(rows: pd.DataFrame | None = None, *places: dict, **changes) -> ExecutionBlock:
    """An Execution Block as the page holds it, of these rows of scan_summary, invalid values and changes to its block."""
    return execution_block(UID, "1", blocks(changes), summary_rows() if rows is None else rows, invalid_rows(*places))


def spectrum_pack(
    rows: pd.DataFrame, baseband: str = "BB_1", *, receiver_band: int = 6, quantity_name: str = "trec", frequency_hz: np.ndarray = AXIS_HZ,
    polarisations: str = "XY", seed: int = 1,
) -> SpectrumPack:
    """Spectra of all rows of a baseband in no order, each of its own level."""
    random = np.random.default_rng(seed)
    of_baseband = rows[(rows["baseband_name"] == baseband) & (rows["receiver_band"] == receiver_band)]
    places = [
        (antenna, cal_data, polarisation)
        for antenna, cal_data in zip(of_baseband["antenna_name"], of_baseband["cal_data_id"], strict=True)
        for polarisation in polarisations
    ]
    order = random.permutation(len(places))
    antennas, cal_datas, which = (np.array([places[index][part] for index in order], dtype=str) for part in range(3))
    values = (40 + order[:, np.newaxis] + random.random((len(order), len(frequency_hz)))).astype(np.float32)
    return SpectrumPack(receiver_band, baseband, quantity_name, np.asarray(frequency_hz, dtype=float), antennas, cal_datas, which, values)


def spectra_lines(rows: pd.DataFrame, *, quantity_name: str = "trec", **options) -> tuple[Lines, ...]:
    """The spectra of all basebands and receiver bands of the rows (with scan keys)."""
    places = rows[["receiver_band", "baseband_name"]].drop_duplicates().itertuples(index=False)
    return tuple(
        lines_of(rows, spectrum_pack(rows, place.baseband_name, receiver_band=place.receiver_band, quantity_name=quantity_name, **options),
                 quantity(quantity_name)) for place in places)


def finding(**changes) -> Finding:
    """A finding; each change is to the usual one, a warning about Trx X of BB_1 of DV02 in scan 3."""
    usual = {"uid": UID, "finding_id": "trec_level|B6|DV02|BB_1|X|CalData_06|trec", "rule_id": "trec_level", "severity": Severity.WARNING,
             "basis": Basis.ARRAY_MEDIAN, "sentence": "DV02 BB_1 X: Trx 262 K is 2.6 times the array median (101 K); limit 2.",
             "receiver_band": 6, "antenna_name": "DV02", "baseband_name": "BB_1", "polarisation": "X", "cal_data_id": "CalData_06",
             "scan_number": 3, "quantity": "trec", "metric": 2.6, "limit_value": 2.0}
    return Finding(**{**usual, **changes})


def finding_rows(*findings: Finding) -> pd.DataFrame:
    """FINDING, as the database gives them."""
    rows = [{**asdict(each), "severity": each.severity.value, "basis": each.basis.value} for each in findings]
    return pd.DataFrame(rows, columns=list(FINDING.columns))
