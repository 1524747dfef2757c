"""A table that another has locked."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2


@contextmanager
def locked(url: str, table: str) -> Iterator[None]:
    """The table, locked against every reader until the end."""
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"lock table {table} in access exclusive mode")
            yield
    finally:
        connection.close()
