"""Who runs the embedded PostgreSQL, which refuses root, and whose folders its data are."""

import os
import pwd
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from alma_qa0.errors import DatabaseUnavailable

_SERVICE_USERS = ("postgres", "pgserver")
_NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine, as root becomes it."""

    uid: int
    gid: int
    name: str


def account_for(data: Path) -> Account | None:
    """Whom root becomes: the owner of the data, else a user who serves databases, else nobody. None if we are not root."""
    if os.geteuid() != 0:
        return None
    owner = data.stat().st_uid if data.is_dir() else 0
    if owner:
        return _account_of(owner) or Account(owner, data.stat().st_gid, str(owner))
    for name in _SERVICE_USERS:
        if account := _account_of(name):
            return account
    return _new_account() or _nobody()


def needs_an_entry(account: Account | None) -> str:
    """What keeps this user from making a database, as a sentence, or nothing: initdb looks its user up."""
    uid = account.uid if account else os.geteuid()
    if _account_of(uid):
        return ""
    return (f"the user with the number {uid} has no entry in /etc/passwd, and PostgreSQL makes a new database for known users only:"
            f" add the line alma:x:{uid}:{os.getegid()}::/tmp:/bin/sh to /etc/passwd, or start as another user")


def make_private(folder: Path, account: Account | None) -> None:
    """A folder that only the account enters; DatabaseUnavailable if it is there and somebody else's."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if account and found.st_uid == os.geteuid() and not folder.is_symlink():
        os.chown(folder, account.uid, account.gid)
    elif folder.is_symlink() or found.st_uid != (account.uid if account else os.geteuid()):
        raise DatabaseUnavailable(f"{folder} belongs to {_name_of(found.st_uid)}, and PostgreSQL would run as"
                                  f" {account.name if account else _name_of(os.geteuid())}: start as {_name_of(found.st_uid)},"
                                  " or set another ALMA_QA0_HOME")


def _account_of(user: int | str) -> Account | None:
    with suppress(KeyError):
        found = pwd.getpwuid(user) if isinstance(user, int) else pwd.getpwnam(user)
        return Account(found.pw_uid, found.pw_gid, found.pw_name)
    return None


def _name_of(uid: int) -> str:
    account = _account_of(uid)
    return account.name if account else f"the user with the number {uid}"


def _new_account() -> Account | None:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    if useradd is None:
        return None
    subprocess.run([useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _SERVICE_USERS[-1]],  # noqa: S603
                   stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return _account_of(_SERVICE_USERS[-1])


def _nobody() -> Account:
    account = _account_of(_NOBODY)
    if account is None or account.uid == 0:
        raise DatabaseUnavailable("PostgreSQL refuses root, and there is no other user to run it: make one (useradd --system pgserver),"
                                  " or start as an ordinary user")
    return account
