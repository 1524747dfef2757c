"""From a plan to the tables of an Execution Block, and to its folder on disk."""

from collections.abc import Callable, Sequence
from pathlib import Path

from alma_qa0.asdm.writer import write_asdm
from alma_qa0.core.blocks import file_name
from alma_qa0.core.rows import Rows
from alma_qa0.errors import BadRequest
from alma_qa0.simulate.arrays import choose_pads, family
from alma_qa0.simulate.calibrate import calibrate
from alma_qa0.simulate.fault_kinds import Fault
from alma_qa0.simulate.observation import schedule
from alma_qa0.simulate.places import with_placed_faults
from alma_qa0.simulate.plan import Plan, plan_execution_block, stream, with_antennas
from alma_qa0.simulate.receivers import tune
from alma_qa0.simulate.tables import Observed, cal_atmosphere, cal_wvr, consecutive, describing_tables, product_tables, products
from alma_qa0.simulate.truth import write_truth
from alma_qa0.simulate.weather import weather_of


def simulate_execution_block(plan: Plan) -> dict[str, list[Rows]]:
    """The tables of the ASDM of one Execution Block, by name, ready to be written."""
    scans = schedule(plan)
    observed = Observed(
        plan=plan, pads=choose_pads(stream(plan.seed, "pads", plan.number), family(plan.family), len(plan.antennas)),
        basebands={band: tune(plan, band) for band in plan.bands}, scans=scans, weather=weather_of(plan, scans[0].start_ns))
    derived = products(observed)
    calibrations = [
        (band, [(baseband, calibrate(plan, band, baseband, scans, observed.weather)) for baseband in observed.basebands[band]])
        for band in plan.bands]
    blocks = [columns for band, calibrated in calibrations for columns in cal_atmosphere(observed, derived, band, calibrated)]
    return {
        **describing_tables(observed), **product_tables(observed, derived),
        "CalAtmosphere": consecutive("CalAtmosphere", blocks), "CalWVR": cal_wvr(observed, derived),
    }


def write_execution_block(
    out: Path, plan: Plan, *, encoding: str = "binary", byte_order: str = "little", with_truth: bool = True,
) -> Path:
    """Simulates an Execution Block into a folder of its own below ``out``, and what was put into it into its ``truth.json``; the folder."""
    folder = out / file_name(plan.uid)
    write_asdm(
        folder, plan.uid, simulate_execution_block(plan), encoding=encoding, byte_order=byte_order, schema_version=plan.schema_version,
        time_of_creation=plan.start)
    if with_truth:
        write_truth(folder, plan, schedule(plan))
    return folder


def simulate(
    out: Path, *, ebs: int = 1, seed: int = 1, bands: Sequence[int] = (3, 6, 7), antennas: int = 43, kind: str = "12-m",
    encoding: str = "binary", channels: int = 128, calibrations: int = 8, first_night: str = "2025-07-01", ebs_per_night: int = 8,
    faults: Sequence[Fault] = (), progress: Callable[[int, int, Path], None] | None = None,
) -> list[Path]:
    """Writes ``ebs`` Execution Blocks, bands taking turns, and gives their folders.

    ``kind`` is 12-m, 7-m or TP. Every one gets the ``faults``, each in a place that the seed chooses where none is given; an
    antenna that they name is in every array. The first n of more are the same n. ``progress`` hears after each: how many are done, of
    how many, and the folder.
    """
    if ebs < 1:
        raise BadRequest(f"{ebs} Execution Blocks cannot be simulated; expected 1 or more")
    drawn = [
        plan_execution_block(
            seed, number, bands=bands, antennas=antennas, kind=kind, channels=channels, calibrations=calibrations,
            first_night=first_night, ebs_per_night=ebs_per_night)
        for number in range(ebs)]
    named = {fault.antenna for fault in faults if fault.antenna}
    plans = [with_placed_faults(with_antennas(plan, named), *faults) for plan in drawn]
    folders = []
    for plan in plans:
        folders.append(write_execution_block(out, plan, encoding=encoding))
        if progress:
            progress(len(folders), ebs, folders[-1])
    return folders
