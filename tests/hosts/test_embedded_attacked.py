"""The embedded PostgreSQL when it is killed, when its disk is full, and when what it left behind is taken for something else."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress

import psutil
import pytest

from alma_qa0.errors import DatabaseUnavailable
from alma_qa0.hosts import embedded
from alma_qa0.hosts.embedded import postmaster
from alma_qa0.hosts.embedded.keeper import Keeper
from alma_qa0.hosts.postgres import Postgres

pytestmark = pytest.mark.slow  # each starts a PostgreSQL of its own


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A home whose database has a table, and whose server is stopped."""
    home = tmp_path_factory.mktemp("made")
    Postgres(embedded.start(home)).execute(["create table kept as select n from generate_series(1, 100000) as n"])
    embedded.stop(home)
    return home


@pytest.fixture
def home(made, tmp_path):
    """A copy of that home."""
    home = tmp_path / "home"
    subprocess.run(["cp", "-a", made, home], check=True)
    yield home
    embedded.stop(home)


def n_kept(url):
    return Postgres(url).run("select count(*) as n from kept")["n"][0]


def server_of(home):
    server = postmaster.process_of(home / "postgres", home / "postgres")
    assert server is not None
    return server


def ended(process):
    return postmaster.wait_until(lambda: not postmaster.is_alive(process), 20)


@contextmanager
def bystander():
    """A process that has nothing to do with us, of the user who would run PostgreSQL."""
    sleeper = subprocess.Popen(["sleep", "600"], user="postgres" if os.geteuid() == 0 else None)
    try:
        yield psutil.Process(sleeper.pid)
        assert sleeper.poll() is None, "a process that is none of ours was ended"
    finally:
        sleeper.kill()
        sleeper.wait()


@pytest.mark.parametrize("n", range(5))
def test_a_stop_in_the_middle_of_crash_recovery_ends_and_the_next_start_works(n, home):
    database = Postgres(embedded.start(home))
    database.execute(["create table lost as select n, repeat('x', 500) as x from generate_series(1, 100000) as n"])
    server = server_of(home)
    backend = psutil.Process(int(database.run("select pg_backend_pid() as pid")["pid"][0]))
    backend.kill()
    backend.wait(10)
    assert embedded.stop(home)
    assert not postmaster.is_alive(server)
    assert n_kept(embedded.start(home)) == 100_000


def test_a_server_that_was_left_hanging_by_a_gentle_stop_is_ended_by_the_next_start(home, monkeypatch):
    monkeypatch.setattr(postmaster, "FAST_S", 0.5)
    database = Postgres(embedded.start(home))
    server = server_of(home)
    psutil.Process(int(database.run("select pg_backend_pid() as pid")["pid"][0])).suspend()  # it does not hear that it shall end
    server.send_signal(signal.SIGINT)
    assert postmaster.wait_until(lambda: postmaster.read_pid_file(home / "postgres").status == "stopping", 10)
    assert n_kept(embedded.start(home)) == 100_000
    assert not postmaster.is_alive(server)


def test_a_server_that_was_killed_is_started_by_the_next_command(home):
    embedded.start(home)
    server = server_of(home)
    server.kill()
    assert ended(server)
    assert not embedded.runs(home)
    assert n_kept(embedded.start(home)) == 100_000


def test_a_query_that_a_killed_server_left_running_is_not_in_the_way_of_the_next(home):
    url = embedded.start(home)
    server = server_of(home)
    database = Postgres(url, max_connections=1)
    backend = psutil.Process(int(database.run("select pg_backend_pid() as pid")["pid"][0]))
    endless = threading.Thread(target=run_unanswered, args=(database, f"select count(*) from {MANY} as a, {MANY} as b"))
    endless.start()
    is_busy = f"select state = 'active' as busy from pg_stat_activity where pid = {backend.pid}"
    assert postmaster.wait_until(lambda: Postgres(url).run(is_busy)["busy"][0], 10)
    server.kill()
    assert ended(server)
    assert postmaster.is_alive(backend), "the query was to outlive its server"
    assert n_kept(embedded.start(home)) == 100_000
    endless.join(20)
    assert not postmaster.is_alive(backend)


MANY = "generate_series(1, 10000000)"


def run_unanswered(database, query):
    with pytest.raises(DatabaseUnavailable):
        database.run(query)


def test_a_stale_number_of_another_process_is_not_the_server(home):
    with bystander() as other:
        write_pid_file(home, other.pid, other.create_time())
        assert not embedded.runs(home)
        assert embedded.stop(home)
        assert n_kept(embedded.start(home)) == 100_000
        assert server_of(home).pid != other.pid


@pytest.mark.parametrize("copied", [False, True], ids=["its number", "its file"])
def test_the_server_of_another_home_is_not_the_server(copied, home, made):
    embedded.start(made)
    other = server_of(made)
    write_pid_file(home, other.pid, other.create_time(), socket_folder=made / "postgres" if copied else None)
    assert not embedded.runs(home)
    assert n_kept(embedded.start(home)) == 100_000
    assert embedded.stop(home)
    assert postmaster.is_alive(other)
    assert embedded.stop(made)


def test_a_zombie_is_not_the_server(home):
    zombie = subprocess.Popen(["true"])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    write_pid_file(home, zombie.pid, psutil.Process(zombie.pid).create_time())
    try:
        assert not embedded.runs(home)
        assert n_kept(embedded.start(home)) == 100_000
    finally:
        zombie.wait()


@pytest.mark.parametrize("text", ["", "0\n", "-1\n", "99999999999999999999\n\n1\n\n\n", "no number\n", "1\n/\n0\n5432\n\n\n\nready\n"])
def test_a_file_of_nonsense_is_not_a_server(text, home):
    (home / "postgres" / "postmaster.pid").write_text(text)
    assert not embedded.runs(home)
    assert n_kept(embedded.start(home)) == 100_000


def write_pid_file(home, pid, started, socket_folder=None):
    data = home / "postgres"
    for path in (data / "postmaster.pid", data / f"{postmaster.SOCKET_NAME}.lock"):
        path.write_text(f"{pid}\n{data}\n{started:.0f}\n5432\n{socket_folder or data}\n\n 0 0\nready   \n")
        shutil.copystat(data, path)
        if os.geteuid() == 0:
            os.chown(path, data.stat().st_uid, data.stat().st_gid)


def test_a_server_whose_socket_was_taken_away_is_started_anew(home, monkeypatch):
    from alma_qa0.hosts.embedded import server as module

    monkeypatch.setattr(module, "_LISTENS_S", 0.2)
    embedded.start(home)
    before = server_of(home)
    (home / "postgres" / postmaster.SOCKET_NAME).unlink()
    assert n_kept(embedded.start(home)) == 100_000
    assert not postmaster.is_alive(before)


def test_a_keeper_starts_a_killed_server_again_and_says_so_until_then(home):
    url = embedded.start(home)
    said = []
    keeper = Keeper(home, say=said.append)
    try:
        database = Postgres(url, trouble=keeper.trouble)
        assert keeper.trouble() == ""
        with embedded._only_one(home):  # nobody starts it meanwhile
            server_of(home).kill()
            assert postmaster.wait_until(lambda: keeper.trouble() != "", 10)
            with pytest.raises(DatabaseUnavailable, match=r"^the embedded PostgreSQL has stopped and is being started again$"):
                database.run("select 1")
        assert postmaster.wait_until(lambda: keeper.trouble() == "" and "PostgreSQL runs again" in said, 30)
        assert n_kept(url) == 100_000
    finally:
        keeper.close()
    assert said[0] == "PostgreSQL has stopped; starting it again"


def test_a_keeper_that_fails_says_why_and_tries_again_later(home):
    embedded.start(home)
    said = []
    keeper = Keeper(home, say=said.append)
    version = home / "postgres" / "PG_VERSION"
    try:
        version.write_text("16\n")
        server_of(home).kill()
        assert postmaster.wait_until(lambda: "expected 18" in keeper.trouble(), 20)
        assert "The last attempt failed: " in keeper.trouble()
        version.write_text("18\n")
        assert postmaster.wait_until(lambda: keeper.trouble() == "", 30)
    finally:
        keeper.close()


def test_a_keeper_that_is_closed_does_not_wait_for_a_recovery(home, monkeypatch):
    from alma_qa0.hosts.embedded import server as module

    embedded.start(home)
    said = []
    monkeypatch.setattr(module, "_TELL_S", 0.1)
    keeper = Keeper(home, say=said.append)
    monkeypatch.setattr(module, "_takes_connections", lambda _: False)  # a recovery without an end
    server_of(home).kill()
    assert postmaster.wait_until(lambda: any("after a crash it recovers" in line for line in said), 20)
    keeper.close()
    monkeypatch.undo()
    assert not embedded.runs(home)
    assert n_kept(embedded.start(home)) == 100_000


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of 120 MB of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=120m", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("only one who may mount has a small disk")
    yield disk
    embedded.stop(disk)
    subprocess.run(["umount", "-l", disk], check=True)


def fill(disk):
    """All that is left of the disk, in a file."""
    with open(disk / "filler", "wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(1 << 16))
    return disk / "filler"


def write_until_refused(database):
    for _ in range(200):
        database.execute(["create table much as select repeat('x', 500) as x from generate_series(1, 50000)", "drop table much"])


KEPT = ["set local synchronous_commit = on", "create table kept as select n from generate_series(1, 1000) as n"]


def test_a_full_disk_is_a_sentence_and_with_room_again_the_next_command_works(small_disk):
    filler = fill(small_disk)
    with pytest.raises(DatabaseUnavailable, match=r"the disk of .* is full.* make room"):
        embedded.start(small_disk)
    filler.unlink()
    database = Postgres(embedded.start(small_disk))
    database.execute(KEPT)
    filler = fill(small_disk)
    with pytest.raises(DatabaseUnavailable):
        write_until_refused(database)
    assert embedded.stop(small_disk)
    with pytest.raises(DatabaseUnavailable, match=r"the disk of .* is full.* make room"):
        embedded.start(small_disk)
    filler.unlink()
    assert n_kept(embedded.start(small_disk)) == 1000


@pytest.mark.parametrize(("path", "text", "words"), [
    ("global/pg_control", None, "are damaged: restore them, or take them away"),
    ("postgresql.conf", "nonsense = 1\n", r"see what it says.* all of it is in .*server\.log"),
    ("PG_VERSION", "16\n", "holds the data of PostgreSQL 16; expected 18: take them over with alma-qa0 upgrade-server")])
def test_data_that_cannot_be_started_are_a_sentence(path, text, words, home):
    before = (home / "postgres" / path).read_bytes()
    (home / "postgres" / path).unlink() if text is None else (home / "postgres" / path).write_text(text)
    with pytest.raises(DatabaseUnavailable, match=words) as refused:
        embedded.start(home)
    assert "\n" not in str(refused.value)
    assert not embedded.runs(home)
    (home / "postgres" / path).write_bytes(before)
    if os.geteuid() == 0:
        shutil.chown(home / "postgres" / path, "postgres")
    assert n_kept(embedded.start(home)) == 100_000


def test_data_are_taken_away_between_the_commands_and_never_beside_them(home):
    """Others start, ask and stop while one takes away, again and again: each of them finds a database, old or new."""
    program = """
import sys
from pathlib import Path
from alma_qa0.hosts import embedded
from alma_qa0.hosts.postgres import Postgres
home = Path(sys.argv[1])
for _ in range(3):
    Postgres(embedded.start(home)).execute(["create table if not exists mine (n int)", "insert into mine values (1)"])
    embedded.stop(home)
"""
    others = [subprocess.Popen([sys.executable, "-c", program, home], stderr=subprocess.PIPE, text=True) for _ in range(2)]
    n_removed = 0
    while any(other.poll() is None for other in others):
        n_removed += embedded.remove(home)
    assert [(other.wait(), other.stderr.read()) for other in others] == [(0, "")] * 2
    assert n_removed
