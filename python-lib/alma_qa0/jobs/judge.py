"""Judges Execution Blocks: the rules over their marts, what they find into ``finding`` and ``evaluation``."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from hashlib import sha256
from itertools import chain, islice

from alma_qa0.core.evaluation import evaluate
from alma_qa0.core.facts import spectral_facts
from alma_qa0.core.fields import EVALUATION, EXECUTION_BLOCK, INVALID_VALUE, REFRESH, SCAN_SUMMARY, SPECTRUM
from alma_qa0.core.findings import Finding
from alma_qa0.core.rules import Limits, limits_from
from alma_qa0.core.spectra import SpectrumPack
from alma_qa0.errors import DatabaseUnavailable, QA0Error
from alma_qa0.store import facts, quarantine
from alma_qa0.store import judgement as store
from alma_qa0.store.database import Database
from alma_qa0.store.distribution import in_shards
from alma_qa0.store.quarantine import Refusal, Step
from alma_qa0.store.queries import SPECTRUM_QUANTITIES, Marts
from alma_qa0.store.tables import Tables, check_columns, create_judgement, create_quarantine, create_raw

BATCH_SIZE = 8
_LOG = logging.getLogger(__name__)
_Tried = tuple[int, dict[str, Exception]]  # how many EBs, and the errors of those that failed


@dataclass(frozen=True, slots=True)
class Judged:
    """How many EBs were judged, taken out since the marts no longer have them, and found as they should be; and which could not be."""

    made: int
    removed: int
    unchanged: int
    refused: tuple[Refusal, ...] = ()


def judge(
    database: Database, tables: Tables, *, limits: Limits | None = None, uids: Sequence[str] | None = None, full: bool = False,
    batch_size: int = BATCH_SIZE, workers: int = 1, progress: Callable[[int, int], None] | None = None,
) -> Judged:
    """Judges every EB whose marts, limits or rules are not those that it was judged with; ``full`` judges all, ``uids`` these only.

    A batch of EBs is one transaction, and ``workers`` of them go on at a time. An EB that cannot be judged keeps no other from it; it is in
    quarantine until its marts, the limits or the rules are others, or until it is named or all are judged again. ``progress`` is told
    how many are judged, of how many. BadRequest where there are no marts.
    """
    limits = limits or limits_from({})
    create_raw(database, tables)
    create_judgement(database, tables)
    create_quarantine(database, tables)
    check_columns(database, tables, (EXECUTION_BLOCK, SCAN_SUMMARY, SPECTRUM, INVALID_VALUE, REFRESH))
    store.forget_lost(database, tables)
    removed = store.remove_gone(database, tables)
    found = store.pending(database, tables, limits, uids=uids, full=full)
    new = found[found["pending"].astype(bool)]
    versions: dict[str, str] = dict(zip(new["uid"], new["source_version"], strict=True))
    tried_as = {uid: f"{version} {store.rules_version()} {_digest(limits)}" for uid, version in versions.items()}
    held = quarantine.held(database, tables, Step.JUDGE)
    waiting = () if full or uids is not None else quarantine.still_held(held, tried_as)
    pending = [uid for uid in versions if uid not in {one.uid for one in waiting}]
    most = 1 if in_shards(database, [tables.of(EVALUATION)]) else batch_size  # all that a shard is asked is of one EB
    size = max(min(most, -(-len(pending) // max(workers, 1))), 1)
    batches = [{uid: versions[uid] for uid in pending[first:first + size]} for first in range(0, len(pending), size)]
    done, refused = 0, []
    for n_tried, errors in _each(batches, partial(_judge_batch, database, tables, limits), workers):
        done += n_tried
        refused += [Refusal(uid, tried_as[uid], quarantine.in_words(error), quarantine.is_lasting(error)) for uid, error in errors.items()]
        if progress:
            progress(done, len(pending))
    quarantine.note(database, tables, Step.JUDGE, refused=refused, done=held.keys() & (set(pending) - {one.uid for one in refused}))
    return Judged(len(pending) - len(refused), removed, len(found) - len(versions), (*refused, *waiting))


def _digest(limits: Limits) -> str:
    return sha256(store.limits_text(limits).encode()).hexdigest()[:12]


def _each(batches: Sequence[Mapping[str, str]], make: Callable[[Mapping[str, str]], _Tried], workers: int) -> Iterator[_Tried]:
    """What is made of each batch, as they are done, so many at a time."""
    if workers < 2:
        yield from map(make, batches)
        return
    with ThreadPoolExecutor(workers) as pool:
        try:
            for done in as_completed([pool.submit(make, batch) for batch in batches]):
                yield done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _judge_batch(database: Database, tables: Tables, limits: Limits, versions: Mapping[str, str]) -> _Tried:
    """How many were tried, and the errors of those that could not be judged. Where one of several fails, each is tried by itself."""
    try:
        _judge_together(database, tables, limits, versions)
    except DatabaseUnavailable:
        raise
    except Exception as error:  # whatever it is, it is the trouble of one EB
        if len(versions) == 1:
            _LOG.warning("%s cannot be judged", *versions, exc_info=error if not isinstance(error, QA0Error) else None)
            return 1, dict.fromkeys(versions, error)
        alone = [_judge_batch(database, tables, limits, {uid: version}) for uid, version in versions.items()]
        return len(versions), {uid: error for _, errors in alone for uid, error in errors.items()}
    return len(versions), {}


def _judge_together(database: Database, tables: Tables, limits: Limits, versions: Mapping[str, str]) -> None:
    """The spectra of the first are looked at while the database finds the scalar facts of all."""
    marts, blocks = Marts(database, tables), facts.read_blocks(database, tables, list(versions))
    findings: list[Finding] = []
    evaluations = []
    with ThreadPoolExecutor(1) as beside:
        looked_at = (beside.submit(spectral_facts, _packs(marts, uid), limits) for uid in blocks)
        first = list(islice(looked_at, 1))
        scalar = facts.read_scalar_facts(database, tables, list(versions), limits)
        for (uid, block), spectral in zip(blocks.items(), chain(first, looked_at), strict=True):
            evaluation = evaluate(block, scalar[uid], spectral.result(), limits)
            findings += evaluation.findings
            evaluations.append({**evaluation.columns, **_judged_with(limits, versions[uid])})
    if evaluations:
        database.execute(store.judgement_statements(tables, findings, evaluations))


def _judged_with(limits: Limits, version: str) -> dict[str, object]:
    return {"source_version": version, "limits": store.limits_text(limits), "rules_version": store.rules_version(),
            "evaluated_at": datetime.now(timezone.utc).isoformat()}


def _packs(marts: Marts, uid: str) -> list[SpectrumPack]:
    return [pack for quantity in SPECTRUM_QUANTITIES for pack in marts.read_spectra(uid, quantity)]
