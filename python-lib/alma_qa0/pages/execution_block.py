"""One Execution Block as the page holds it, kept for the next reader in a bounded cache."""

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from alma_qa0.store.queries import Marts
from alma_qa0.views import spectra
from alma_qa0.views.quantities import quantity
from alma_qa0.views.selection import with_scan_keys


@dataclass(frozen=True, slots=True)
class LoadedBlock:
    """``block`` is its row of execution_block, ``summary`` its scan_summary with scan keys, ``invalid`` its invalid values."""

    uid: str
    version: str | None
    block: pd.Series
    summary: pd.DataFrame
    invalid: pd.DataFrame


def load(marts: Marts, uid: str) -> LoadedBlock:
    """The Execution Block as the marts hold it now; BadRequest where they do not."""
    return _load(marts, uid, marts.source_version(uid))


def lines(marts: Marts, loaded: LoadedBlock, quantity_name: str, receiver_band: int | None) -> tuple[spectra.Lines, ...]:
    """All its spectra of one quantity and receiver band."""
    return _lines(marts, loaded.uid, loaded.version, quantity_name, receiver_band)


@lru_cache(maxsize=32)  # bounded: about 1 MB each, shared by all sessions of the process
def _load(marts: Marts, uid: str, version: str | None) -> LoadedBlock:
    block = marts.read_execution_block(uid)
    return LoadedBlock(uid, version, block.iloc[0], with_scan_keys(marts.read_scan_summary(uid)), marts.read_invalid_values(uid))


@lru_cache(maxsize=12)  # bounded: 1.4 MB for 2,752 spectra of 128 channels, 21 MB for 1,920 channels; shared by all sessions
def _lines(marts: Marts, uid: str, version: str | None, quantity_name: str, receiver_band: int | None) -> tuple[spectra.Lines, ...]:
    summary = _load(marts, uid, version).summary
    packs = marts.read_spectra(uid, quantity_name, receiver_band)
    return tuple(spectra.lines_of(summary, pack, quantity(quantity_name)) for pack in packs)
