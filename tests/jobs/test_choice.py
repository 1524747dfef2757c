"""Which Execution Blocks a run is about, from the parameters that say so."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from alma_qa0.errors import BadSetting
from alma_qa0.jobs.choice import Choice, Mode, Partition, choose

UIDS = ("uid://A002/X1/X1", "uid://A002/X1/X2")


def test_what_changed_takes_no_execution_blocks_and_no_days():
    assert choose("changed", uids=UIDS, days=["2026-07-17"]) == Choice(Mode.CHANGED)
    assert not choose("changed").again


@pytest.mark.parametrize(("mode", "given"), [("uids", {"uids": UIDS}), ("days", {"days": ["2026-07-17"]}), ("all", {})])
def test_what_is_asked_for_by_name_is_made_again(mode, given):
    assert choose(mode, **given).again


def test_days_may_be_days_or_stretches_and_each_counts_once():
    chosen = choose("days", days=["2026-07-19", "2026-07-17/2026-07-19", "20260716", "2026-07-16T00:00:00.000Z"])
    assert chosen.days == (date(2026, 7, 19), date(2026, 7, 17), date(2026, 7, 18), date(2026, 7, 16))


@given(some.dates(date(2000, 1, 1), date(2100, 1, 1)), some.integers(0, 3_659))
def test_a_stretch_has_its_first_day_its_last_and_all_between(first, more):
    last = date.fromordinal(first.toordinal() + more)
    days = choose("days", days=[f"{first}/{last}"]).days
    assert (days[0], days[-1], len(set(days))) == (first, last, more + 1)


@pytest.mark.parametrize(("mode", "given", "words"), [
    ("uids", {}, "uids: None cannot be used; expected the UID of at least one Execution Block"),
    ("days", {"uids": UIDS}, "days: None cannot be used; expected at least one day, such as 2026-07-17"),
    ("days", {"days": ["17"]}, "days: '17' cannot be used; expected a day such as 2026-07-17"),
    ("days", {"days": ["2026-02-30"]}, "days: '2026-02-30' cannot be used; expected a day such as 2026-07-17"),
    ("days", {"days": ["0026-07-17"]}, "days: '0026-07-17' cannot be used; expected a day such as 2026-07-17"),
    ("days", {"days": ["2026-07-17/"]}, "days: '' cannot be used; expected a day such as 2026-07-17"),
    ("days", {"days": ["2026-07-20/2026-07-17"]}, "expected the first day before the last, and at most 3660 days"),
    ("days", {"days": ["2001-01-01/2026-07-17"]}, "expected the first day before the last, and at most 3660 days"),
    ("sometimes", {}, "mode: 'sometimes' cannot be used; expected one of changed, uids, days, all"),
    ("changed", {"partition": ("month", "2026-07")}, "month: '2026-07' cannot be used; expected a day such as 2026-07-17"),
    ("changed", {"partition": ("site", "north")}, "site: 'north' cannot be used; expected a day such as 2026-07-17"),
    ("days", {"days": ["2026-07-17"], "partition": ("day", "2026-07-17")}, "expected changed or all: the output is partitioned"),
    ("uids", {"uids": UIDS, "partition": ("day", "2026-07-17")}, "expected changed or all: the output is partitioned"),
])
def test_what_a_mode_lacks_or_cannot_use_is_refused(mode, given, words):
    with pytest.raises(BadSetting) as refused:
        choose(mode, **given)
    assert words in str(refused.value)


@pytest.mark.parametrize("value", ["2026-07-17", "20260717"])
def test_a_partition_keeps_its_day_as_dss_writes_it(value):
    assert choose("all", partition=("day", value)).partition == Partition("day", value, date(2026, 7, 17))
