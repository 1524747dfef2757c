"""The page comes wherever the checkout and the data lie, whoever starts it, whatever is around it; else a sentence says what to do."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from alma_qa0 import cli
from first_run.surroundings import assert_read, can, copies, install, read_page

NOBODY, UNKNOWN = 65534, 54321  # a user whom every system has, and one that none has
ODD = """a "b' c$HOME `d` %41 é, \\ f"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
other_mounts = pytest.mark.skipif(not can("unshare", "-m", "true"), reason="only one who may mount has other mounts")


def mounted(*commands):
    """Other mounts for what is run inside, and for nothing else."""
    return ["unshare", "-m", "sh", "-ec", "\n".join([*commands, 'exec "$@"']), "sh"]


@pytest.fixture(scope="session")
def program(tmp_path_factory):
    """The program where everybody reaches it."""
    folder = Path(tempfile.mkdtemp(prefix="qa0-program-"))
    folder.chmod(0o755)
    yield install(folder / "open")
    shutil.rmtree(folder)


@pytest.fixture
def public():
    """An empty folder that everybody passes and reads."""
    folder = Path(tempfile.mkdtemp(prefix="qa0-public-"))
    folder.chmod(0o755)
    yield folder
    for home in (folder, *folder.rglob("")):
        for place in copies(home):
            shutil.rmtree(place)
    shutil.rmtree(folder)


def owned(folder, user):
    folder.mkdir(mode=0o700)
    os.chown(folder, user, user)
    return folder


def closed(folder):
    folder.mkdir(mode=0o700)
    return folder


@as_root
@pytest.mark.parametrize(("program_closed", "data_closed"), [(True, False), (False, True), (True, True)],
                         ids=["the checkout", "the data", "both"])
def test_root_below_closed_folders(program_closed, data_closed, program, public, monkeypatch, capsys):
    if program_closed:
        program = install(closed(public / "root") / "checkout")
    home = (closed(public / "data") if data_closed else public) / "home"
    before = {folder: folder.stat().st_mode for folder in (public, *public.iterdir())}
    assert_read(read_page(program, home))
    assert {folder: folder.stat().st_mode for folder in before} == before
    monkeypatch.setenv("ALMA_QA0_HOME", str(home))
    assert cli.main(["clean-data"]) == cli.DONE
    assert not copies(home)
    assert not list(home.glob("postgres.programs"))


@as_root
def test_root_whose_new_files_are_closed_to_all(public):
    install(public / "checkout", links=False)
    subprocess.run(["chmod", "-R", "go=", public / "checkout"], check=True)
    assert_read(read_page(public / "checkout", public / "home", umask=0o077))


@as_root
def test_an_ordinary_user_with_a_closed_home_who_keeps_all_in_it(program, public):
    user_home = owned(public / "user", NOBODY)
    assert_read(read_page(program, None, environment={"HOME": str(user_home)}, user=NOBODY))
    assert (user_home / ".local" / "share" / "alma-qa0" / "postgres" / "PG_VERSION").exists()


@pytest.mark.parametrize("user", [None, pytest.param(NOBODY, marks=as_root)], ids=["this user", "another user"])
def test_names_that_a_shell_or_a_list_would_take_apart(user, public):
    odd = public / ODD
    install(odd / "checkout")
    home = owned(odd / "home", os.geteuid() if user is None else user)
    assert_read(read_page(odd / "checkout", home, user=user))


def test_a_path_too_long_for_a_socket(program, public):
    home = public / ("long" * 30)
    assert_read(read_page(program, home))
    assert not copies(home), "the folder of the socket stayed"


@as_root
def test_a_user_without_an_entry_in_passwd_is_told_what_to_do(program, public):
    reading = read_page(program, owned(public / "home", UNKNOWN), user=UNKNOWN)
    assert reading.code == cli.NO_DATABASE
    assert "54321 has no entry in /etc/passwd" in reading.said[-1]
    assert "add the line alma:x:54321:54321::/tmp:/bin/sh" in reading.said[-1]


@as_root
@other_mounts
def test_a_user_for_whom_the_line_was_added(program, public):
    (public / "passwd").write_text(Path("/etc/passwd").read_text() + f"alma:x:{UNKNOWN}:{UNKNOWN}::/tmp:/bin/sh\n")
    become = ["setpriv", f"--reuid={UNKNOWN}", f"--regid={UNKNOWN}", "--clear-groups"]
    around = [*mounted(f"mount --bind {public}/passwd /etc/passwd"), *become]
    assert_read(read_page(program, owned(public / "home", UNKNOWN), around=around, as_another=True))


@as_root
def test_neither_a_home_nor_an_entry_in_passwd(program):
    reading = read_page(program, None, environment={"HOME": None}, user=UNKNOWN)
    assert reading.code == cli.MISUSED
    assert "ALMA_QA0_HOME: '' cannot be used; expected a folder for all that is kept" in reading.said[-1]


@as_root
@other_mounts
def test_no_setpriv_no_useradd_and_nobody_who_serves_databases(program, public):
    lines = [line for line in Path("/etc/passwd").read_text().splitlines() if not line.startswith(("postgres:", "pgserver:"))]
    (public / "passwd").write_text("\n".join(lines) + "\n")
    hidden = [f"mount --bind /dev/null {path}" for name in ("setpriv", "useradd", "adduser")
              if (path := shutil.which(name, path="/usr/bin:/usr/sbin"))]
    home = closed(public / "root") / "home"
    assert_read(read_page(program, home, around=mounted(f"mount --bind {public}/passwd /etc/passwd", *hidden)))
    assert (home / "postgres").stat().st_uid == NOBODY


@other_mounts
@pytest.mark.parametrize("shm", ["size=64m", "size=4k,mode=000"], ids=["64 MB", "none"])
def test_little_or_no_dev_shm(shm, program, public):
    assert_read(read_page(program, public / "home", around=mounted(f"mount -t tmpfs -o {shm} tmpfs /dev/shm")))


@other_mounts
def test_the_only_folder_that_is_open_and_lets_programs_run(public):
    install(closed(public / "root") / "checkout")
    around = mounted("mount -t tmpfs -o ro tmpfs /var/lib", "mount -t tmpfs -o noexec tmpfs /var/tmp")
    temporary = closed(public / "temporary")
    reading = read_page(public / "root" / "checkout", public / "root" / "home", around=around, environment={"TMPDIR": str(temporary)})
    assert_read(reading)
    assert [place.parent for place in copies(public / "root" / "home")] == [Path("/tmp")]
    assert not list(temporary.iterdir())


@other_mounts
def test_no_folder_that_is_open_and_lets_programs_run(public):
    install(closed(public / "root") / "checkout")
    around = mounted("mount -t tmpfs -o ro tmpfs /var/lib", "mount -t tmpfs -o noexec tmpfs /var/tmp",
                     "mount --bind /tmp /tmp", "mount -o remount,bind,noexec /tmp")
    reading = read_page(public / "root" / "checkout", public / "root" / "home", around=around)
    assert reading.code == cli.NO_DATABASE
    assert "the programs of PostgreSQL cannot be run as the user postgres" in reading.said[-1]
    assert "give one of these folders 30 MB of room and let programs run there" in reading.said[-1]


@other_mounts
def test_a_disk_that_cannot_be_written_to(program, public):
    (public / "home").mkdir()
    around = mounted(f"mount --bind {public}/home {public}/home", f"mount -o remount,bind,ro {public}/home")
    reading = read_page(program, public / "home", around=around)
    assert reading.code == cli.REFUSED if "serving" in reading.said[-1] else cli.NO_DATABASE
    assert "Read-only file system" in reading.said[-1]


@pytest.mark.skipif(not can("unshare", "-n", "true"), reason="only root takes the network away")
def test_no_network_and_no_ipv6(program, public):
    script = 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6; ip link set lo up; exec "$@"'
    assert_read(read_page(program, public / "home", around=["unshare", "-n", "sh", "-c", script, "sh"]))


PROXIES = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"), "http://127.0.0.1:9")
ANOTHER = {"PGPORT": "1", "PGHOST": "nowhere.invalid", "PGUSER": "x", "PGDATABASE": "x", "PGDATA": "/x", "PGPASSFILE": "/x",
           "PGOPTIONS": "-c search_path=x", "PGSSLMODE": "require"}
VARIABLES = {
    "LANG=C, and a proxy": {"LANG": "C", "LC_ALL": "C", **PROXIES},
    "a language that is not installed, and another PostgreSQL": {"LANG": "xx_YY.ISO-8859-7", **ANOTHER},
    "no language, no home, no path to the programs of root": {"HOME": None, "PATH": "/usr/bin:/bin"},
}


@pytest.mark.parametrize("environment", VARIABLES.values(), ids=VARIABLES.keys())
def test_variables_that_are_meant_for_others(environment, program, public):
    assert_read(read_page(program, public / "home", environment=environment))


def test_the_second_run_makes_nothing_again_and_says_at_once_where_the_page_will_be(program, public):
    assert_read(first := read_page(program, public / "home"))
    assert_read(second := read_page(program, public / "home"))
    for reading in (first, second):
        assert "the page will be at http://localhost:" in reading.said[0]
    assert any("making a new database" in line for line in first.said)
    assert not any("making a new database" in line for line in second.said)


ROOT = Path(__file__).parents[2]


@other_mounts
def test_make_run_from_a_checkout_that_cannot_be_written_to_and_without_a_network(public):
    """The second run: the virtual environment lies elsewhere, and is there."""
    checkout, environment = public / "read only", public / "environment"
    checkout.mkdir()
    environment.mkdir()
    (environment / "bin").symlink_to(Path(sys.prefix) / "bin")
    for mark in ("python", "run"):
        (environment / mark).touch()
    around = [*mounted(f"mount --bind '{ROOT}' '{checkout}'", f"mount -o remount,bind,ro '{checkout}'"),
              "unshare", "-n", "sh", "-c", 'ip link set lo up; exec "$@"', "sh"]
    reading = read_page(ROOT / "python-lib", public / "home", around=around,
                        environment={"QA0_TEST_MAKE": f"make --silent -C '{checkout}' VENV={environment} run"})
    assert "<title>alma-qa0</title>" in reading.page, reading.said
