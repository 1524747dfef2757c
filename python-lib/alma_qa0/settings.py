"""What can be set, where it comes from and what it is when nobody says: one frozen value handed to everything."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from pwd import getpwuid

from alma_qa0.errors import BadSetting

_MOST_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are. ``database_url`` None stands for the embedded PostgreSQL below ``home``, ``limits_file`` None for the defaults.

    ``free_mb`` stays free on the disk of the embedded PostgreSQL.
    """

    home: Path
    database_url: str | None = None
    port: int = 5006
    raw_schema: str = "raw"
    mart_schema: str = "mart"
    limits_file: Path | None = None
    free_mb: int = 1_000


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from ALMA_QA0_HOME, ALMA_QA0_DATABASE, ALMA_QA0_LIMITS, ALMA_QA0_FREE_MB and PORT.

    The default home is ``$XDG_DATA_HOME/alma-qa0``, else ``~/.local/share/alma-qa0``.
    """
    home = _home(environment)
    limits = environment.get("ALMA_QA0_LIMITS")
    return Settings(home=home, database_url=environment.get("ALMA_QA0_DATABASE") or None, port=parse_port(environment.get("PORT", "5006")),
                    limits_file=Path(limits).expanduser() if limits else None,
                    free_mb=_free_mb(environment.get("ALMA_QA0_FREE_MB") or "1000"))


def _home(environment: Mapping[str, str]) -> Path:
    given, shared = environment.get("ALMA_QA0_HOME"), environment.get("XDG_DATA_HOME")
    try:
        if given or shared:
            return (Path(given) if given else Path(str(shared)) / "alma-qa0").expanduser().absolute()
        return Path(environment.get("HOME") or getpwuid(os.geteuid()).pw_dir, ".local/share/alma-qa0").absolute()
    except (RuntimeError, KeyError):  # neither HOME nor an entry in /etc/passwd
        raise BadSetting("ALMA_QA0_HOME", "", "a folder for all that is kept, since this user has no home folder") from None


def _free_mb(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < _MOST_DIGITS:
        return int(text)
    raise BadSetting("ALMA_QA0_FREE_MB", text, "a whole number of MB that stay free on the disk of the embedded PostgreSQL, such as 1000")


def parse_port(text: str) -> int:
    """The number of a port; BadSetting where there is none of that number."""
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise BadSetting("PORT", text, "a number from 1 to 65535")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a database is waited for: ``statement_s`` for one statement, ``lock_s`` for what others hold locked.

    ``reads_only``: queries may change nothing.
    """

    statement_s: float
    lock_s: float
    reads_only: bool

    def told(self, error: str) -> str | None:
        """What the words of PostgreSQL's error say of waiting too long; None where it is another error."""
        if "due to statement timeout" in error:
            return f"no answer within {_in_words(self.statement_s)}"
        if "due to lock timeout" in error:
            return f"what is asked for was locked by others for {_in_words(self.lock_s)}"
        return None


def _in_words(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 3_600 else f"{seconds / 3_600:g} h"


PAGE = Patience(statement_s=30, lock_s=5, reads_only=True)
JOB = Patience(statement_s=6 * 3_600, lock_s=3_600, reads_only=False)
