"""Faults as text, where the seed puts them, and what cannot be."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alma_qa0 import cli
from alma_qa0.core.blocks import Polarisation
from alma_qa0.errors import BadRequest
from alma_qa0.simulate.fault_kinds import NATURES, Fault, FaultKind
from alma_qa0.simulate.places import parse_faults, with_placed_faults
from alma_qa0.simulate.plan import Plan, plan_execution_block, random_plan


def plan(number: int = 0, **changes: object) -> Plan:
    options = {"bands": [6], "antennas": 8, "calibrations": 4, **changes}
    return plan_execution_block(9, number, **options)  # type: ignore[arg-type]


def test_a_fault_has_a_size_and_a_place() -> None:
    assert parse_faults("birdie:0.3,teeth:0.05@DV17/BB_2/X  bad_load@///2-4,") == (
        Fault(FaultKind.BIRDIE, 0.3), Fault(FaultKind.TEETH, 0.05, "DV17", "BB_2", Polarisation.X),
        Fault(FaultKind.BAD_LOAD, 30, calibrations=(2, 3, 4)))
    last = parse_faults("low@CM01/*/Y/1/60-64")[0]
    assert last == Fault(FaultKind.LOW, 0.4, "CM01", None, Polarisation.Y, (1,), (60, 65), frozenset({"baseband"}))
    assert parse_faults("missing_scan@///2-4")[0].calibrations == (2, 3, 4)
    assert parse_faults("") == ()


@pytest.mark.parametrize(("text", "message"), [
    ("brdie", "'brdie' is no kind of fault; expected one of high, low"),
    ("birdie:x", "'x' is no size; expected a number"),
    ("birdie:", "'' is no size"),
    ("swapped:1", "has no size"),
    ("high:0.5", "expected a size from 1"),
    ("teeth:nan", "expected a size from 0 to 1"),
    ("teeth@BB_2", "part 1 of a place; expected an antenna such as DV17"),
    ("teeth@DV17/2", "expected BB_1 to BB_4"),
    ("teeth@DV17//Z", "expected X or Y"),
    ("teeth@DV17///0", "counted from 1"),
    ("teeth@DV17///4-2", "counted from 1"),
    ("teeth@DV17////x", "counted from 0"),
    ("teeth@DV17/////", "6 parts of a place"),
    ("cloud@DV17", "cloud with antenna cannot be simulated; the parts of its place are calibrations"),
    ("airmass@///2", "it has no place"),
])
def test_what_cannot_be_meant_says_why(text: str, message: str) -> None:
    with pytest.raises(BadRequest) as raised:
        parse_faults(f"birdie:0.3 {text}")
    assert message in str(raised.value)


@given(st.text(max_size=30))
def test_no_text_is_more_than_refused(text: str) -> None:
    with suppress(BadRequest):
        assert all(isinstance(fault, Fault) for fault in parse_faults(text))


@pytest.mark.parametrize(("text", "changes", "message"), [
    ("high@XX01", {}, "an antenna of the array"),
    ("jump@///5", {}, "Tsys scans 1 to 4"),
    ("jump", {"calibrations": 1}, "two Tsys scans or more"),
    ("birdie@////128", {}, "channels 0 to 127"),
    ("birdie@////124", {"kind": "7-m"}, "channels 0 to 123"),
    ("bump", {"channels": 1}, "16 or more"),
    ("radiometer", {"kind": "7-m"}, "12 m wide"),
])
def test_a_fault_that_has_no_place_in_an_execution_block_is_refused(text: str, changes: dict[str, object], message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        with_placed_faults(plan(**changes), *parse_faults(text))


@pytest.mark.parametrize("kind", list(FaultKind), ids=lambda kind: kind.value)
def test_the_seed_chooses_what_is_left_open_and_always_the_same(kind: FaultKind) -> None:
    placed = [with_placed_faults(plan(number), Fault(kind, NATURES[kind].size or 0.0)).faults[-1] for number in (0, 0, *range(1, 12))]
    assert placed[0] == placed[1]
    for part in NATURES[kind].chosen:
        assert all(getattr(fault, part) for fault in placed)
        assert kind is FaultKind.OZONE or len({getattr(fault, part) for fault in placed}) > 1


def test_what_is_given_stays_and_all_of_a_part_is_not_chosen() -> None:
    antenna = plan().antennas[3]
    fault = with_placed_faults(plan(), *parse_faults(f"teeth@{antenna}/*/Y")).faults[-1]
    assert (fault.antenna, fault.baseband, fault.polarisation) == (antenna, None, Polarisation.Y)


def test_two_faults_of_a_kind_have_places_of_their_own() -> None:
    one, two = with_placed_faults(plan(), *parse_faults("birdie birdie")).faults[-2:]
    assert one != two
    assert with_placed_faults(plan(), *parse_faults("birdie:0.1 birdie")).faults[-1] == two


@pytest.mark.parametrize("number", range(12))
def test_every_fault_fits_into_every_random_execution_block(number: int) -> None:
    drawn = random_plan(4, number)
    for kind, nature in NATURES.items():
        if kind is FaultKind.RADIOMETER and drawn.family == "7-m":
            continue
        try:
            with_placed_faults(drawn, Fault(kind, nature.size or 0.0))
        except BadRequest:
            assert kind is FaultKind.OZONE


def test_the_command_refuses_a_fault_that_it_does_not_know(capsys: pytest.CaptureFixture[str], tmp_path: object) -> None:
    assert cli.main(["simulate", str(tmp_path), "--faults", "birdie:0.3", "gremlin"]) == cli.MISUSED
    assert "'gremlin' is no kind of fault" in capsys.readouterr().err
