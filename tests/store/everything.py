"""All that the program asks of a database, in an order in which each step has what it needs; and what stands in for Citus."""

from collections.abc import Iterator
from datetime import date, datetime, timezone
from pathlib import Path

from alma_qa0.core.decisions import new_comment, new_decision
from alma_qa0.core.fields import EVALUATION, EXECUTION_BLOCK, FINDING, MARTS, SCAN_SUMMARY
from alma_qa0.jobs.ingest import ingest
from alma_qa0.jobs.judge import judge
from alma_qa0.store import decisions, installation, plans, quarantine, retention
from alma_qa0.store.queries import Marts
from store.samples import TABLES, UID, production, put_production

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.tar.gz"))[:2]
GONE = f"{UID}1"

# Citus' catalog and its function, on a PostgreSQL without it: the program then takes the form of statements that it takes there.
STAND_IN = """
create table pg_dist_partition (logicalrelid regclass primary key, partmethod "char", colocated_with text, shard_count integer);
create function create_distributed_table(
    table_name regclass, distribution_column text, distribution_type text default 'hash', colocate_with text default 'default',
    shard_count integer default null) returns void language plpgsql as $$
begin
    if exists (select from pg_dist_partition where logicalrelid = table_name) then raise '% is distributed already', table_name; end if;
    if exists (select from pg_trigger where tgrelid = table_name and not tgisinternal) then raise '% has triggers', table_name; end if;
    if exists (select from pg_constraint where conrelid = table_name and contype = 'f') then raise '% has foreign keys', table_name; end if;
    if exists (select from pg_index where indrelid = table_name and indisunique and not exists (
        select from pg_attribute where attrelid = table_name and attname = distribution_column and attnum = any(indkey)))
    then raise '% has a unique index without %', table_name, distribution_column; end if;
    if colocate_with != 'none' and not exists (select from pg_dist_partition where logicalrelid = colocate_with::regclass)
    then raise '% is not distributed', colocate_with; end if;
    insert into pg_dist_partition values (table_name, 'h', colocate_with, shard_count);
end $$
"""


class Recording:
    """A database that remembers what it was told; it reads text, as DSS does."""

    def __init__(self, database):
        self._database, self.statements = database, []

    def run(self, sql):
        self.statements.append(sql)
        return self._database.run(sql)

    def execute(self, statements):
        self.statements.extend(statements)
        self._database.execute(statements)

    def load(self, statements, copies):
        self.statements.extend(statements)
        self._database.load(statements, copies)


def steps(database) -> Iterator[tuple[str, object]]:
    """Each with its name: both sources, what is new, changed and gone, whole and in part; judging, deciding, reading, checking."""
    uids = [UID]
    yield "ingest", lambda: uids.extend(ingest(database, TABLES, SAMPLES).taken)
    refusal = quarantine.Refusal(GONE, "1", "Scan.xml: a key is there twice", lasting=True)
    yield "quarantine", lambda: quarantine.note(database, TABLES, quarantine.Step.INGEST, refused=[refusal])
    yield "out of quarantine", lambda: quarantine.note(database, TABLES, quarantine.Step.INGEST, refused=[], done=[GONE])
    yield "rows of the old table", lambda: put_production(database, [production(uid=uid, water=1.0) for uid in (UID, GONE)])
    for source in ("asdm", "production"):
        yield from _refreshing(database, source, uids)
    yield "judge", lambda: judge(database, TABLES)
    yield "judge some again", lambda: judge(database, TABLES, uids=uids, full=True)
    yield "judge none", lambda: judge(database, TABLES, uids=[])
    yield "an EB gone from the old table", lambda: database.execute([f"delete from raw.cal_atmosphere_production where uid = '{GONE}'"])
    yield "refresh what is gone", lambda: plans.refresh(database, TABLES, source="production")
    yield "judge what is gone", lambda: judge(database, TABLES)
    yield from _deciding(database, uids)
    yield from _reading(Marts(database, TABLES), uids)
    yield from _checking(database)


def _refreshing(database, source, uids):
    yield f"days of {source}", lambda: plans.uids_of_days(database, TABLES, source=source, days=[date(2026, 7, 17)])
    yield f"refresh {source}", lambda: plans.refresh(database, TABLES, source=source)
    yield f"refresh {source} with nothing to do", lambda: plans.refresh(database, TABLES, source=source)
    yield f"refresh none of {source}", lambda: plans.refresh(database, TABLES, source=source, uids=[])
    yield f"refresh all of {source}", lambda: plans.refresh(database, TABLES, source=source, full=True)
    yield f"refresh some of {source}", lambda: plans.refresh(database, TABLES, source=source, full=True, uids=uids)


def _decide_as_seen(marts, uid):
    seen = marts.look(uid)
    decisions.decide(marts.database, TABLES, new_decision(
        uid, decided_by="aod", status="Pass", program_version="0", source_version=seen.source_version, evaluated_at=seen.evaluated_at))


def _reading(marts, uids):
    yield "list", marts.list_execution_blocks
    yield "list one", lambda: marts.list_execution_blocks(limit=1)
    for states in ((), ("Unset",), ("Pass", "Fail")):
        for severity in (None, "warning", "severe"):
            yield f"list {states} {severity}", lambda states=states, severity=severity: marts.list_execution_blocks(
                date(2026, 7, 1), date(2026, 7, 31), "x", 10, states=states, severity=severity)
    yield "version of the list", marts.list_version
    yield "dates", marts.date_bounds
    for read in (marts.look, marts.read_execution_block, marts.read_scan_summary, marts.read_invalid_values, marts.read_findings,
                 marts.read_evaluation, marts.source_version):
        yield read.__name__, lambda read=read: read(uids[-1])
    yield "spectra", lambda: marts.read_spectra(uids[-1], "trec")
    yield "spectra of a band", lambda: marts.read_spectra(uids[-1], "tsys", 6)
    for relation in (FINDING, EVALUATION, *MARTS):
        yield f"{relation.name} of some", lambda relation=relation: decisions.read_of_blocks(marts.database, TABLES, relation, uids)


def _deciding(database, uids):
    for status, reasons in (("Pass", ()), ("Fail", ("QA0_WEATHER", "QA0_FLUX"))):
        decision = {"decided_by": "aod", "status": status, "reasons": reasons, "comment": "why not", "program_version": "0"}
        yield f"decide {status}", lambda decision=decision: decisions.decide(database, TABLES, new_decision(uid=uids[-1], **decision))
    yield "decide on a page", lambda: _decide_as_seen(Marts(database, TABLES), uids[-1])
    yield "comment", lambda: decisions.decide(database, TABLES, new_comment(
        uids[-1], decided_by="aod", comment="why", program_version="0"))
    yield "decisions", lambda: decisions.read_decisions(database, TABLES, uids[-1])
    yield "newest decisions", lambda: decisions.read_newest_decisions(database, TABLES, uids)
    yield "count of decisions", lambda: decisions.count_decisions(database, TABLES)
    yield "shift", lambda: decisions.read_shift(
        database, TABLES, datetime(2026, 1, 1, tzinfo=timezone.utc), datetime(2027, 1, 1, tzinfo=timezone.utc))


def _checking(database):
    block, evaluation = TABLES.of(EXECUTION_BLOCK), TABLES.of(EVALUATION)
    yield "old calibrations", lambda: retention.find_old(database, TABLES, datetime(2100, 1, 1, tzinfo=timezone.utc))
    yield "server", lambda: installation.read_server(database)
    yield "rights", lambda: installation.read_rights(database, block)
    yield "rows", lambda: installation.count_rows(database, TABLES.of(SCAN_SUMMARY))
    yield "newest start", lambda: installation.newest_start(database, block)
    yield "last time", lambda: installation.last_time(database, evaluation, "evaluated_at")
    yield "not judged", lambda: installation.count_not_judged(database, block, evaluation)
    yield "pending", lambda: installation.count_pending(database, TABLES, source="asdm", marts=MARTS)
    yield "unmade", lambda: installation.count_unmade(database, TABLES, SCAN_SUMMARY)
    yield "refresh before retention", lambda: plans.refresh(database, TABLES)
    yield "retention", lambda: retention.remove(database, TABLES, database.run("select uid from raw.asdm")["uid"].tolist())
