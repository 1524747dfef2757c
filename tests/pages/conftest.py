import pytest

from alma_qa0.pages import background, watch
from alma_qa0.store import decisions
from pages import instant
from pages.instant import InstantPool


@pytest.fixture
def pool(monkeypatch):
    """The pool of the page, without threads."""
    pool = InstantPool()
    monkeypatch.setattr(background, "_POOL", pool)
    watch._list_version.cache_clear()
    return pool


@pytest.fixture
def kept(monkeypatch):
    """Decisions are kept in the marts of the test."""
    for name in ("decide", "read_history", "read_newest_decisions"):
        monkeypatch.setattr(decisions, name, getattr(instant, name))
