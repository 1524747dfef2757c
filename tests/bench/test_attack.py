"""The attack in short, and that it sees what it looks for."""

import json
import math
import time

import pytest

import attack
from alma_qa0.core.decisions import new_decision
from alma_qa0.errors import BrokenAsdm
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.store.decisions import decide
from alma_qa0.store.plans import refresh
from attacks import disk, extremes, files, homes, kills, page, soak
from jobs.samples import UID, write_sample
from store.samples import TABLES, create_all

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
    monkeypatch.setattr(kills, "COMMANDS", {"ingest": kills.COMMANDS["ingest"]})
    monkeypatch.setattr(soak, "MOST_LATE_S", math.inf)  # other tests have the cores
    if name == "disk" and (reason := disk.why_not(tmp_path)):
        pytest.skip(f"no disk can be mounted: {reason}")
    share = {"files": 0.002, "extremes": 0.01, "kills": 0.005, "disk": 0.07, "page": 0.05, "soak": 0.02}[name]
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


@pytest.mark.parametrize(("change", "changed"), [
    ("update mart.spectrum set n_channels = n_channels + 1 where ctid = (select min(ctid) from mart.spectrum)", {"mart.spectrum"}),
    ("alter table mart.decision disable trigger user", {"shape"}), ("delete from mart.scan_summary", {"mart.scan_summary"}),
    ("update mart.evaluation set evaluated_at = now()", set()),
    ("create table mart.spectrum_before (like mart.spectrum)", {"shape"}), ("drop index mart.decision_decided_at", {"shape"}),
    ("grant select on mart.finding to public", {"shape"})])
def test_what_a_kill_left_otherwise_is_seen(judged, change, changed):
    before = {"shape": homes.shape(judged), **homes.rows(judged)}
    judged.execute([change])
    assert set(homes.differences(before, {"shape": homes.shape(judged), **homes.rows(judged)})) == changed


@pytest.fixture
def judged(database, tmp_path):
    """A database with one Execution Block, judged and decided."""
    create_all(database)
    ingest(database, TABLES, [write_sample(tmp_path)])
    refresh(database, TABLES)
    judge(database, TABLES)
    decide(database, TABLES, new_decision(UID, decided_by="Ana", status="Pass", program_version="1"))
    return database


def test_a_command_that_does_not_do_it_when_it_is_run_again_is_a_fault(tmp_path, monkeypatch):
    class Unable(homes.Command):
        def end(self):
            return homes.Ended(1, "it cannot", 0.0)

    home = tmp_path / "home"
    seen = kills._run_again(kills.States(tmp_path, 1), home, kills.COMMANDS["simulate"], kills.Truth({}, 1.0), "one")
    assert (seen.repairs, seen.wrong) == (0, 1), seen.faults  # a truth that is nothing
    monkeypatch.setattr(kills, "Command", Unable)
    seen = kills._run_again(kills.States(tmp_path, 1), home, kills.COMMANDS["simulate"], kills.Truth({}, 1.0), "one")
    assert (seen.repairs, seen.wrong) == (1, 0)


def test_a_decision_that_was_said_to_be_kept_and_is_not_is_lost():
    assert kills.lost_of(["a", "b", "c"], ["c", "a", "d"]) == ["b"]


@pytest.mark.parametrize(("wait_ms", "after", "fault"), [
    (9_000, {}, None), (11_000, {}, "open: 11.0 s"), (1, {"rss_mb": 301.0}, "the server grew by 201 MB from the first readers to the end"),
    (1, {"sessions": 1}, "1 sessions and 0 documents are left")])
def test_what_is_late_or_left_of_a_day_is_a_fault(wait_ms, after, fault, tmp_path):
    day = soak.Day("", tmp_path, (), 0.0, 600.0, waits={"open": [wait_ms]}, memory=[100.0, 400.0])
    outcome = soak._outcome(day, {"rss_mb": 150.0, "sessions": 0, "documents": 0, **after}, 50)
    assert outcome.faults == (() if fault is None else (fault,))
