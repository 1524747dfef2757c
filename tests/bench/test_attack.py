"""The attack in short, and that it sees what it looks for."""

import json
import time

import pytest

import attack
from alma_qa0.errors import BrokenAsdm
from attacks import disk, extremes, files, page

pytestmark = pytest.mark.slow  # each writes files and attacks with them


@pytest.fixture
def bases(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_memory_at_start", files._memory("VmRSS"))  # of a process that has tested other things
    return files.write_bases(tmp_path, 1)


@pytest.mark.parametrize("name", sorted(attack.PARTS))
def test_the_program_holds_against_a_share_of_each_part(tmp_path, name, capsys, monkeypatch):
    monkeypatch.setattr(files, "COSTLY", {few: files.COSTLY[few] for few in ("chained headers", "a count of 5,000 digits", "entities")})
    results = tmp_path / "attack.json"
    results.write_text(json.dumps({"another": {"figures": {}}}))
    if name == "disk" and (reason := disk.why_not(tmp_path)):
        pytest.skip(f"no disk can be mounted: {reason}")
    share = {"files": 0.002, "extremes": 0.01, "disk": 0.07, "page": 0.05}[name]
    assert attack.main(["--parts", name, "--share", f"{share}", "--workers", "1", "--results", str(results)]) == 0, capsys.readouterr().out
    found = json.loads(results.read_text())
    assert found.keys() == {"another", name}
    assert found[name]["figures"]["attacks"] >= found[name]["figures"]["asked"] > 0
    assert found[name]["faults"] == []


def test_the_same_seed_makes_the_same_attacks(bases, monkeypatch):
    monkeypatch.setattr(files, "_BATCH", 20)
    first, again, *others = ((seen.taken, seen.refused) for seen in (files.mutated(bases[:2], seed, 0) for seed in (1, 1, 2, 3)))
    assert first == again
    assert set(others) != {first}


@pytest.mark.parametrize(("error", "field"), [
    (KeyError("a"), "crashes"), (MemoryError(), "crashes"), (BrokenAsdm("a", source="b"), "refused")])
def test_an_error_that_nobody_foresaw_is_a_fault(bases, monkeypatch, error, field):
    def fails(path):
        raise error

    monkeypatch.setattr(files, "digest", fails)
    seen = files.attack(bases[0], "one")
    assert getattr(seen, field) == 1
    assert bool(seen.faults) == (field == "crashes")


def test_other_values_from_an_archive_with_a_checksum_are_a_fault(bases):
    assert files.attack(bases[3], "one", same_as=bases[3]).faults == ()
    seen = files.attack(bases[1], "one", same_as=bases[3])
    assert (seen.taken, seen.silent) == (1, int(files.digest(bases[1]) != files.digest(bases[3])))


def test_too_much_memory_is_a_fault(bases, monkeypatch):
    monkeypatch.setattr(files, "_memory_at_start", 0)
    monkeypatch.setattr(files, "MOST_MEMORY", 1)
    assert "MB of memory" in files.attack(bases[0], "one").faults[0]


def test_one_that_stops_the_others_is_a_fault(monkeypatch):
    def fails(*arguments, **settings):
        raise OverflowError("too large")

    monkeypatch.setattr(extremes, "ingest", fails)
    outcome = extremes.run(seed=1, share=0.002, deadline=time.monotonic() + 600, workers=1, say=lambda _: None)
    assert outcome.figures["sound_stopped"] == outcome.figures["attacks"] - 1 == 1
    assert "OverflowError: too large" in outcome.faults[0]


def test_where_no_disk_can_be_mounted_the_part_says_so_and_has_tried_none(monkeypatch):
    said = []
    monkeypatch.setattr(disk, "why_not", lambda base: "only root may")
    outcome = disk.run(seed=1, share=1, deadline=time.monotonic() + 600, workers=1, say=said.append)
    assert (outcome.figures["attacks"], outcome.figures["asked"]) == (0, 30)
    assert said == ["disk: skipped, since no disk can be mounted here: only root may"]


@pytest.mark.parametrize("answer", ["Traceback (most recent call last)", '  File "/opt/page.py", line 3', "psycopg2.errors.SyntaxError"])
def test_an_answer_that_shows_the_inside_of_the_program_is_a_fault(answer):
    seen = page.Seen()
    seen.look("a link", "All is well.")
    assert seen.shown == []
    seen.look("a link", f"something went wrong: {answer}")
    assert len(seen.shown) == 1


def test_a_script_in_html_is_told_from_one_that_is_shown_as_text():
    document = [{"name": "Div", "attributes": {"text": "<b>"}}, {"name": "Div", "attributes": {"text": "<i>", "render_as_text": True}},
                {"kind": "ModelChanged", "attr": "text", "new": "<u>"}, {"name": "TextInput", "attributes": {"value": "<s>"}}]
    assert list(page._html_in(document)) == ["<b>", "<u>"]
