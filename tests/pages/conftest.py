import pytest

from alma_qa0.pages import background
from pages.instant import InstantPool


@pytest.fixture
def pool(monkeypatch):
    """The pool of the page, without threads."""
    pool = InstantPool()
    monkeypatch.setattr(background, "_POOL", pool)
    return pool
