"""One Execution Block that cannot be read, made or judged keeps no other waiting, is named, and is tried again when it can matter."""

import os

import pytest

from alma_qa0 import cli
from alma_qa0.core.fields import CAL_ATMOSPHERE, EVALUATION, JUDGEMENT, MARTS, QUARANTINE, RAW, REFRESH
from alma_qa0.jobs import ingest as ingest_module
from alma_qa0.jobs import installation
from alma_qa0.jobs import judge as judge_module
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.store import plans, quarantine
from alma_qa0.store.queries import Marts
from alma_qa0.store.render import Ident
from alma_qa0.store.tables import Tables, create_judgement, create_marts, create_quarantine, create_raw
from alma_qa0.views.quarantine import show
from jobs.samples import UID, cal_atmosphere, write_sample

pytestmark = pytest.mark.slow  # each takes several Execution Blocks in

TABLES = Tables.in_schemas()
OTHERS = [f"uid://A002/Xf8f6a9/X{n}" for n in (1, 2, 3)]


@pytest.fixture
def empty(module_database):
    for create in (create_raw, create_marts, create_judgement, create_quarantine):
        create(module_database, TABLES)
    module_database.execute([f"truncate {'.'.join(TABLES.of(relation).parts)}" for relation in (*RAW, *MARTS, *JUDGEMENT, QUARANTINE)]
                            + ["truncate mart.refresh"])
    return module_database


def held(database):
    return quarantine.read(database, TABLES)[["uid", "step"]].to_numpy().tolist()


def with_digits(folder, n_digits=5000):
    """The same folder, with as many digits for the rows of a table."""
    path = folder / "ASDM.xml"
    path.write_text(path.read_text().replace("<NumberRows>6<", f"<NumberRows>{'6' * n_digits}<"))
    return folder


@pytest.mark.parametrize("error", [MemoryError(), RecursionError("too deep"), ValueError("no number"), OverflowError("too large")])
def test_an_error_that_nobody_foresaw_is_that_of_one_execution_block(tmp_path, empty, monkeypatch, error):
    folders = [write_sample(tmp_path, uid) for uid in (OTHERS[0], UID, *OTHERS[1:])]
    read_table = ingest_module.read_table

    def fails(asdm, name, columns=None):
        if asdm.uid == UID and name == "Scan":
            raise error
        return read_table(asdm, name, columns)

    monkeypatch.setattr(ingest_module, "read_table", fails)
    report = ingest(empty, TABLES, folders)
    assert report.taken == tuple(OTHERS)
    ((path, told),) = report.failed
    assert path == str(folders[1])
    assert type(error).__name__ in str(told)
    assert held(empty) == ([] if isinstance(error, MemoryError) else [[UID, "ingest"]])  # memory may be there the next time


def test_a_file_in_quarantine_is_not_opened_until_it_is_another(tmp_path, empty, monkeypatch):
    folder = with_digits(write_sample(tmp_path))
    first = ingest(empty, TABLES, [folder])
    assert held(empty) == [[UID, "ingest"]]
    with monkeypatch.context() as patch:
        patch.setattr(ingest_module, "open_asdm", lambda path: pytest.fail("it was opened"))
        again = ingest(empty, TABLES, [folder])
    assert len(again.failed) == 1
    assert str(first.failed[0][1]) in str(again.failed[0][1])
    write_sample(tmp_path)
    assert ingest(empty, TABLES, [folder]).taken == (UID,)
    assert held(empty) == []


def test_a_file_in_quarantine_is_opened_when_the_program_is_another(tmp_path, empty, monkeypatch):
    folder = with_digits(write_sample(tmp_path))
    ingest(empty, TABLES, [folder])
    opened = []
    monkeypatch.setattr(ingest_module, "open_asdm", opened.append)
    monkeypatch.setattr(ingest_module, "_program", lambda: "another")
    ingest(empty, TABLES, [folder])
    assert opened == [folder]


def test_a_file_that_is_gone_leaves_the_quarantine(tmp_path, empty):
    folder = with_digits(write_sample(tmp_path))
    ingest(empty, TABLES, [folder])
    folder.rename(tmp_path / "away")
    ingest(empty, TABLES, [write_sample(tmp_path, OTHERS[0])])
    assert held(empty) == []


def test_two_broken_files_of_one_execution_block_are_one_in_quarantine(tmp_path, empty):
    folders = [with_digits(write_sample(tmp_path / f"{n}")) for n in range(2)]
    report = ingest(empty, TABLES, [*folders, write_sample(tmp_path, OTHERS[0])])
    assert (len(report.failed), report.taken) == (2, (OTHERS[0],))
    assert held(empty) == [[UID, "ingest"]]


def test_a_file_in_quarantine_is_known_by_any_path_to_it(tmp_path, empty, monkeypatch):
    folder = with_digits(write_sample(tmp_path))
    ingest(empty, TABLES, [folder])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ingest_module, "open_asdm", lambda path: pytest.fail("it was opened"))
    assert len(ingest(empty, TABLES, [folder.relative_to(tmp_path)]).failed) == 1
    assert held(empty) == [[UID, "ingest"]]


def test_a_file_that_cannot_be_read_today_is_in_no_quarantine(tmp_path, empty, monkeypatch):
    folder = write_sample(tmp_path)

    def fails(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(ingest_module, "open_asdm", fails)
    assert len(ingest(empty, TABLES, [folder]).failed) == 1
    assert held(empty) == []


def fails_on(uid, function):
    def judge_one(block, *arguments):
        if block.uid == uid:
            raise OverflowError("cannot convert float infinity to integer")
        return function(block, *arguments)
    return judge_one


@pytest.mark.parametrize("workers", [1, 2])
def test_one_that_cannot_be_judged_keeps_no_other_from_it(tmp_path, empty, monkeypatch, workers):
    ingest(empty, TABLES, [write_sample(tmp_path, uid) for uid in (OTHERS[0], UID, *OTHERS[1:])])
    plans.refresh(empty, TABLES)
    with monkeypatch.context() as patch:
        patch.setattr(judge_module, "evaluate", fails_on(UID, judge_module.evaluate))
        done = judge(empty, TABLES, workers=workers)
        assert (done.made, [(one.uid, one.sentence) for one in done.refused]) == (
            3, [(UID, "OverflowError: cannot convert float infinity to integer")])
        assert set(empty.run("select uid from mart.evaluation")["uid"]) == set(OTHERS)
        assert judge(empty, TABLES, uids=[UID]).refused == done.refused
    assert held(empty) == [[UID, "judge"]]
    monkeypatch.setattr(judge_module, "_judge_together", lambda *_: pytest.fail("it was tried again"))
    again = judge(empty, TABLES)
    assert (again.made, again.unchanged, again.refused) == (0, 3, done.refused)


def test_one_that_was_not_judged_is_when_its_files_or_the_rules_are_others(tmp_path, empty, monkeypatch):
    ingest(empty, TABLES, [write_sample(tmp_path)])
    plans.refresh(empty, TABLES)
    with monkeypatch.context() as patch:
        patch.setattr(judge_module, "evaluate", fails_on(UID, judge_module.evaluate))
        judge(empty, TABLES)
        ingest(empty, TABLES, [write_sample(tmp_path, CalAtmosphere=[cal_atmosphere(seed=1)])])
        plans.refresh(empty, TABLES)
        assert len(judge(empty, TABLES).refused) == 1
    monkeypatch.setattr(judge_module.store, "rules_version", lambda: "another")
    assert judge(empty, TABLES) == judge_module.Judged(1, 0, 0)
    assert held(empty) == []


def test_the_quarantine_is_told_by_check(tmp_path, empty):
    ingest(empty, TABLES, [with_digits(write_sample(tmp_path))])
    installed = installation.Installed(places={}, books={}, quarantine=Ident("mart", "quarantine").parts)
    line = installation.check(empty, installed)[-1]
    assert (line.what, line.state) == (f"quarantine: {UID}", installation.State.WARNING)
    assert "NumberRows of CalAtmosphere: not a number" in line.found
    quarantine.note(empty, TABLES, quarantine.Step.INGEST, refused=[], done=[UID])
    assert installation.check(empty, installed)[-1].state is installation.State.OK


def test_the_page_can_ask_for_the_quarantine(tmp_path, empty):
    assert Marts(empty, TABLES).read_quarantine().empty
    ingest(empty, TABLES, [with_digits(write_sample(tmp_path))])
    found = Marts(empty, TABLES).read_quarantine()
    assert found[["uid", "step"]].to_numpy().tolist() == [[UID, "ingest"]]
    assert show(found).lines[0][1].startswith("cannot be taken in: ")
    elsewhere = Tables({mart.name: TABLES.of(mart) for mart in MARTS})
    assert Marts(empty, elsewhere).read_quarantine().empty


def test_the_command_takes_the_others_names_the_culprit_and_ends_with_1(tmp_path, database_url_18, monkeypatch, capsys):
    monkeypatch.setenv("ALMA_QA0_HOME", str(tmp_path / "home"))
    for uid in OTHERS:
        write_sample(tmp_path / "many", uid)
    with_digits(write_sample(tmp_path / "many"))
    assert cli.main(["ingest", str(tmp_path / "many"), "--database", database_url_18]) == cli.REFUSED
    said = capsys.readouterr().err.splitlines()
    assert said[-1] == "3 taken in, 0 unchanged, 1 failed"
    assert any(f"{os.path.basename(UID)}" in line and "NumberRows" in line for line in said)
    assert "findings: 3 judged, 0 removed, 0 up to date" in said
    assert cli.main(["check", "--database", database_url_18]) == cli.DONE
    assert f"! quarantine: {UID}: not taken by ingest" in capsys.readouterr().out


def test_what_is_in_quarantine_does_not_wait(tmp_path, empty, monkeypatch):
    ingest(empty, TABLES, [write_sample(tmp_path, UID)])
    installed = installation.Installed(
        places={relation.name: TABLES.of(relation).parts for relation in (*MARTS, EVALUATION)},
        books={mart.name: TABLES.of(REFRESH) for mart in MARTS},
        source=TABLES.of(CAL_ATMOSPHERE).parts, quarantine=TABLES.of(QUARANTINE).parts)

    def waiting():
        return [line.what for line in installation.check(empty, installed) if "1 Execution Blocks wait" in line.found]

    assert waiting() == [f"rows of mart.{mart.name}" for mart in MARTS]
    (pending,) = plans.look(empty, TABLES, source="asdm").pending.values()
    refused = quarantine.Refusal(UID, pending.tried_as("asdm"), "no", lasting=True)
    quarantine.note(empty, TABLES, quarantine.Step.REFRESH, refused=[refused])
    assert waiting() == []
    quarantine.note(empty, TABLES, quarantine.Step.REFRESH, refused=[], done=[UID])
    plans.refresh(empty, TABLES)
    assert waiting() == ["rows of mart.evaluation"]
    quarantine.note(empty, TABLES, quarantine.Step.JUDGE, refused=[refused])
    assert waiting() == []
