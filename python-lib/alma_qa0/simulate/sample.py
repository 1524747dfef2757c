"""The sample that is shipped: twelve simulated Execution Blocks of five nights, one ``.tar.gz`` each.

``python -m alma_qa0.simulate.sample OUT`` makes it. Between them they have each kind of array, both encodings, both byte orders,
joined spectral windows, single polarisation, two bands in one Execution Block, and some simple faults.
"""

import gzip
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from alma_qa0.core.blocks import Polarisation, file_name
from alma_qa0.simulate.execution_block import write_execution_block
from alma_qa0.simulate.fault_kinds import Fault, FaultKind
from alma_qa0.simulate.plan import Plan, plan_execution_block

SEED = 2025


@dataclass(frozen=True, slots=True)
class Sample:
    """One Execution Block of the sample and how its files are written."""

    plan: Plan
    note: str
    encoding: str = "binary"
    byte_order: str = "little"

    @property
    def archive_name(self) -> str:
        return f"{file_name(self.plan.uid)}.tar.gz"


def samples() -> list[Sample]:
    """All Execution Blocks of the sample, in the order of time."""
    return [
        Sample(_plan(0, (3,), "2025-07-08T23:14", 2.10, 0.15, antennas=43), "the usual case, whole"),
        Sample(_plan(1, (6,), "2025-07-09T01:02", 1.24, -0.1, kind="7-m", antennas=10, calibrations=4), "7-m array, 124 channels"),
        Sample(_faulty_main_array(), "one polarisation 2.6 times too noisy, one dead (-1), one with zeros"),
        Sample(_plan(3, (4,), "2025-07-09T08:40", 1.62, 0.05, antennas=14, calibrations=4), "as XML", "xml"),
        Sample(_plan(4, (7,), "2025-07-10T02:31", 0.74, 0.0, antennas=20, calibrations=4), "big-endian", byte_order="big"),
        Sample(_bad_load(), "a load out of its place: Trx below zero", "xml"),
        Sample(_plan(6, (8,), "2025-07-10T09:12", 0.43, 0.1, antennas=12, calibrations=3), "a window between water lines", "xml"),
        Sample(_plan(7, (6,), "2025-07-11T00:20", 0.95, 0.5, antennas=12, calibrations=4, joined=True),
               "two spectral windows in each row; the water rises by half"),
        Sample(_plan(8, (3, 7), "2025-07-11T03:05", 0.81, 0.0, antennas=10, calibrations=2), "two receiver bands"),
        Sample(_plan(9, (9,), "2025-07-11T07:55", 0.31, 0.0, antennas=10, calibrations=3), "double sideband"),
        Sample(_plan(10, (3,), "2025-07-12T01:44", 2.95, -0.15, antennas=11, calibrations=3, channels=256, polarisations=1),
               "one polarisation of 256 channels", "xml"),
        Sample(_faulty_total_power(), "total power; PM01 has no solution in a scan, NaN in another, and impossible water"),
    ]


def write_sample(out: Path) -> Iterator[Path]:
    """Writes the archives of the sample into ``out``, one after the other; the same bytes every time."""
    out.mkdir(parents=True, exist_ok=True)
    for sample in samples():
        with TemporaryDirectory() as scratch:
            folder = write_execution_block(
                Path(scratch), sample.plan, encoding=sample.encoding, byte_order=sample.byte_order, with_truth=False)
            _pack(folder, out / sample.archive_name)
        yield out / sample.archive_name


def _plan(
    number: int, bands: tuple[int, ...], start: str, water_mm: float, water_rise: float, *, antennas: int, kind: str = "12-m",
    calibrations: int = 8, channels: int = 128, polarisations: int = 2, joined: bool = False,
) -> Plan:
    drawn = plan_execution_block(SEED, number, bands=bands, antennas=antennas, kind=kind, channels=channels, calibrations=calibrations)
    return replace(
        drawn, bands=bands, start=np.datetime64(start, "s"), water_m=water_mm / 1e3, water_rise=water_rise, polarisations=polarisations,
        joined=joined, edge_height=1.0, faults=())


def _faulty_main_array() -> Plan:
    plan = _plan(2, (6,), "2025-07-09T04:26", 0.66, 0.1, antennas=41)
    noisy, dead, empty, absent = plan.antennas[26], plan.antennas[7], plan.antennas[33], plan.antennas[15]
    return replace(plan, faults=(
        Fault(FaultKind.HIGH, 2.6, noisy, polarisation=Polarisation.X),
        Fault(FaultKind.DEAD, -1, dead, polarisation=Polarisation.Y),
        Fault(FaultKind.DEAD, 0, empty, baseband="BB_3", calibrations=(4, 5)),
        Fault(FaultKind.MISSING_SCAN, antenna=absent, calibrations=(6,)),
    ))


def _bad_load() -> Plan:
    plan = _plan(5, (7,), "2025-07-10T05:50", 0.92, -0.05, kind="7-m", antennas=9, calibrations=4)
    return replace(plan, faults=(Fault(FaultKind.BAD_LOAD, 30, plan.antennas[4], calibrations=(2, 3)),))


def _faulty_total_power() -> Plan:
    plan = _plan(11, (6,), "2025-07-12T05:18", 1.05, 0.0, kind="TP", antennas=4, calibrations=5)
    return replace(plan, faults=(
        Fault(FaultKind.DEAD, -1, "PM01", calibrations=(2,)),
        Fault(FaultKind.DEAD, float("nan"), "PM01", polarisation=Polarisation.Y, calibrations=(4,)),
        Fault(FaultKind.BAD_WATER, 1.0, "PM01", calibrations=(2,)),
    ))


def _pack(folder: Path, archive: Path) -> None:
    """The folder as an archive without times and owners."""
    with archive.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed, tarfile.open(
            fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in [folder, *sorted(folder.iterdir())]:
            entry = tar.gettarinfo(path, path.relative_to(folder.parent).as_posix())
            entry.mtime = entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            entry.mode = 0o755 if path.is_dir() else 0o644
            tar.addfile(entry, BytesIO(path.read_bytes()) if path.is_file() else None)


if __name__ == "__main__":
    for written in write_sample(Path(sys.argv[1] if len(sys.argv) > 1 else "samples")):
        sys.stdout.write(f"{written} {written.stat().st_size / 1e6:.2f} MB\n")
