"""What the store asks of a database, whoever the host is."""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd


class Database(Protocol):
    """Given by hosts/postgres.py and hosts/dss/."""

    def run(self, sql: str) -> pd.DataFrame:
        """The rows of one query."""

    def execute(self, statements: Sequence[str]) -> None:
        """All statements in one transaction, which is committed, or undone at the first error."""
