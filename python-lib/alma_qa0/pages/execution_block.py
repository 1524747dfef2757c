"""Execution Blocks read from the marts, kept for the next reader in bounded caches that all sessions of the process share."""

from functools import lru_cache

from alma_qa0.core.fields import MARTS
from alma_qa0.store.queries import Marts
from alma_qa0.views import spectra
from alma_qa0.views.execution_block import ExecutionBlock, execution_block
from alma_qa0.views.quantities import quantity


def load(marts: Marts, uid: str) -> ExecutionBlock:
    """The Execution Block as the marts hold it now; BadRequest where they do not."""
    return _load(marts, uid, marts.source_version(uid))


def lines(marts: Marts, loaded: ExecutionBlock, quantity_name: str, receiver_band: int | None) -> tuple[spectra.Lines, ...]:
    """All its spectra of one quantity and receiver band."""
    return _lines(marts, loaded.uid, loaded.version, quantity_name, receiver_band)


@lru_cache(maxsize=32)  # about 1 MB each
def _load(marts: Marts, uid: str, version: str | None) -> ExecutionBlock:
    absent = [mart.name for mart in MARTS if not marts.has(mart)]
    return execution_block(
        uid, version, marts.read_execution_block(uid), marts.read_scan_summary(uid), marts.read_invalid_values(uid), absent=absent)


@lru_cache(maxsize=12)  # 1.4 MB for 2,752 spectra of 128 channels, 21 MB for 1,920 channels
def _lines(marts: Marts, uid: str, version: str | None, quantity_name: str, receiver_band: int | None) -> tuple[spectra.Lines, ...]:
    summary = _load(marts, uid, version).summary
    if summary.empty:  # nothing says of which scan and source a spectrum is
        return ()
    packs = marts.read_spectra(uid, quantity_name, receiver_band)
    return tuple(spectra.lines_of(summary, pack, quantity(quantity_name)) for pack in packs)
