"""What PostgreSQL says when it cannot run, as a sentence that says what to do."""

from pathlib import Path

from alma_qa0.hosts.embedded.programs import ANOTHER, VERSION

_SHOWN = 300  # characters of what PostgreSQL said last
_MEMORY = "there is too little memory, and PostgreSQL needs 400 MB: end other programs, then repeat the command"
_DAMAGED = "the data in {data} are damaged: restore them, or take them away (clean-data --with-decisions) and ingest again"
_KNOWN = (  # some of its words in small letters, and what to do; the first that fits
    ("shared memory segment", f"the system grants no shared memory: raise kernel.shmall and kernel.shmmni, or {ANOTHER}"),
    ("map anonymous shared memory", _MEMORY),
    ("cannot allocate memory", _MEMORY),
    ("no space left on device", "the disk of {data} is full; a new database needs 100 MB: make room, then repeat the command"),
    ("disk quota exceeded", "the quota of the disk of {data} is used up; a new database needs 100 MB: make room, then repeat the command"),
    ("read-only file system", "{data} lies on a disk that cannot be written to: set another ALMA_QA0_HOME"),
    ("could not look up effective user", "the user who runs PostgreSQL has no entry in /etc/passwd: add one, or start as another user"),
    ("still in use", "what an earlier PostgreSQL left running still uses {data}: wait until it has ended, then repeat the command"),
    ("too many open files", "there are too many open files: raise the limit (ulimit -n), then repeat the command"),
    ("permission denied", "not all of {data} can be read and written: give it to the user who runs PostgreSQL, then repeat the command"),
    ("operation not permitted", "this system lets nobody become another user or change owners: start as an ordinary user"),
    ("database files are incompatible", f"{{data}} holds the data of another PostgreSQL than {VERSION}: set another ALMA_QA0_HOME"),
    ("checkpoint record", _DAMAGED),
    ("could not read file", _DAMAGED),
    ("could not open file", _DAMAGED),
    ("invalid data in file", _DAMAGED),
)


def sentence_of(words: str, *, data: Path, log: Path | None) -> str:
    """What to do about the ``words`` of PostgreSQL or of the system; those of them that say the most follow."""
    lowered = words.lower()
    to_do = next((known for needle, known in _KNOWN if needle in lowered), f"see what it says, or {ANOTHER}").format(data=data)
    more = f"; all of it is in {log}" if log else ""
    return f"the embedded PostgreSQL cannot go on: {to_do} (it says: {_most_telling(words)}{more})"


def _most_telling(words: str) -> str:
    lines = [line for line in words.splitlines() if line.strip()]
    telling = [line for line in lines if any(level in line for level in ("FATAL:", "PANIC:", "error:"))]
    return " ".join((telling or lines or [""])[-1].split())[-_SHOWN:]
