"""The truth beside the tables."""

import json
from pathlib import Path

from alma_qa0 import cli
from alma_qa0.asdm.folder import open_asdm
from alma_qa0.simulate.execution_block import write_execution_block
from alma_qa0.simulate.observation import schedule, tsys_scans
from alma_qa0.simulate.places import parse_faults, with_placed_faults
from alma_qa0.simulate.plan import Plan, plan_execution_block
from alma_qa0.simulate.truth import FILE_NAME, truth


def plan(text: str = "") -> Plan:
    return with_placed_faults(plan_execution_block(3, 0, bands=[3], antennas=3, calibrations=3), *parse_faults(text))


def test_the_truth_says_what_was_put_where() -> None:
    made = plan("birdie:0.3@///2/60-61 dead:nan cloud:0.1 swapped")
    told = truth(made, schedule(made))
    birdie, dead, cloud, swapped = told["faults"]  # type: ignore[misc]
    assert (told["uid"], told["seed"]) == (made.uid, 3)
    assert (birdie["kind"], birdie["size"], birdie["is_fault"], birdie["quantity"]) == ("birdie", 0.3, True, "trec")
    assert birdie["place"]["channels"] == [60, 61]
    assert birdie["place"]["scan_numbers"] == [tsys_scans(schedule(made), 3)[1].number]
    assert birdie["place"]["antenna"] in made.antennas
    assert (dead["size"], dead["place"]["baseband"], dead["place"]["scan_numbers"]) == ("NaN", None, None)
    assert (cloud["is_fault"], cloud["quantity"], cloud["place"]["antenna"]) == (False, "tsys", None)
    assert swapped["size"] is None


def test_the_truth_is_written_for_clean_and_faulty_alike_and_the_reader_ignores_it(tmp_path: Path) -> None:
    for text, count in (("", 0), ("high", 1)):
        folder = write_execution_block(tmp_path / f"with{count}", plan(text))
        assert len(json.loads((folder / FILE_NAME).read_text())["faults"]) == count
        without = write_execution_block(tmp_path / f"without{count}", plan(text), with_truth=False)
        assert not (without / FILE_NAME).exists()
        with open_asdm(folder) as one, open_asdm(without) as other:
            assert one.content_hash == other.content_hash


def test_the_command_puts_its_faults_into_every_execution_block(tmp_path: Path) -> None:
    code = cli.main(["simulate", str(tmp_path), "--ebs", "2", "--antennas", "3", "--scans", "2", "--bands", "3", "--faults", "birdie:0.4",
                     "dead:-1"])
    kinds = [[fault["kind"] for fault in json.loads(path.read_text())["faults"]] for path in tmp_path.glob(f"*/{FILE_NAME}")]
    assert code == cli.DONE
    assert len(kinds) == 2
    assert all(one[-2:] == ["birdie", "dead"] for one in kinds)


def test_the_command_has_the_antenna_that_a_fault_names(tmp_path: Path) -> None:
    code = cli.main(["simulate", str(tmp_path), "--antennas", "2", "--scans", "1", "--faults", "birdie:0.3,teeth:0.05@DV17/BB_2/X"])
    (told,) = (json.loads(path.read_text())["faults"] for path in tmp_path.glob(f"*/{FILE_NAME}"))
    assert code == cli.DONE
    assert told[-1]["place"] == {
        "antenna": "DV17", "baseband": "BB_2", "polarisation": "X", "calibrations": None, "scan_numbers": None, "channels": None}
