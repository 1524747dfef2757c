"""``alma-qa0 admin`` as the tests run it: how it ends, and what it says."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import partialmethod
from pathlib import Path
from typing import Any

from alma_qa0 import cli
from dss.public_api_records import KEY

HEADER = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()


def key_file(folder: Path, key: str, mode: int = 0o600) -> Path:
    path = folder / "key"
    path.write_text(f"{key}\n", encoding="utf-8")
    path.chmod(mode)
    return path


def assert_no_key(text: str) -> None:
    assert KEY not in text
    assert HEADER.removeprefix("Basic ") not in text


@dataclass(frozen=True)
class Admin:
    """The command at one host. All that it prints is looked through for the key."""

    host: str
    file: Path | str
    archive: Path
    printed: Callable[[], Any]

    def run(self, action: str, *options: object, timeout: str = "20", **others: Any) -> tuple[int, str]:
        """The exit code, and what was printed on both; ``others`` are another host, file of a key or archive."""
        at = {"host": self.host, "file": self.file, "archive": self.archive} | others
        archive = [] if action == "uninstall" else ["--archive", at["archive"]]
        words = ["admin", action, "--host", at["host"], "--api-key-file", at["file"], "--timeout", timeout, *archive, *options]
        code = cli.main([str(word) for word in words])
        printed = self.printed()
        assert_no_key(printed.out + printed.err)
        return code, printed.out + printed.err

    def ends(self, expected: int, action: str, *options: object, says: str | tuple[str, ...] = (), **others: Any) -> str:
        """What a run says that ends with this exit code; ``says`` is in it."""
        code, said = self.run(action, *options, **others)
        assert code == expected, said
        for words in (says,) if isinstance(says, str) else says:
            assert words in said
        return said

    does = partialmethod(ends, cli.DONE)
    fails = partialmethod(ends, cli.REFUSED)
    is_misused = partialmethod(ends, cli.MISUSED)
    is_unanswered = partialmethod(ends, cli.NO_DATABASE)
