"""The old table that the benchmark of ten gigabytes measures on: what stands in it, and that all who summarise it find the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import production_table
import rivals
from alma_qa0.core.fields import MARTS, PRODUCTION, SCAN_SUMMARY
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.store import plans
from alma_qa0.store.tables import create_production, create_raw
from production_table import TABLES, Size, load_blocks, uid_of

SMALL = Size(ebs=3, antennas=5, basebands=2, scans=4, channels=32)
TABLE, MART = (".".join(TABLES.of(relation).parts) for relation in (PRODUCTION, SCAN_SUMMARY))


@pytest.fixture
def filled(database_18: Postgres) -> Postgres:
    create_raw(database_18, TABLES)
    create_production(database_18, TABLES)
    load_blocks(database_18, TABLES, SMALL, range(SMALL.ebs))
    return database_18


@settings(deadline=None)  # the first call makes the tables of digits
@given(st.lists(st.floats(1, 999.9998), min_size=1, max_size=20))
def test_a_value_is_written_with_eight_digits(values):
    written = bytes(production_table.digits(np.array([values])).ravel())
    assert written[-1:] == b","
    words = written[:-1].split(b",")
    assert [len(word.replace(b".", b"")) for word in words] == [8] * len(values)
    assert np.allclose([float(word) for word in words], values, rtol=1e-7, atol=0)


@pytest.mark.parametrize("value", [0.5, -1, 1000, np.nan])
def test_a_value_that_eight_digits_cannot_hold_is_refused(value):
    with pytest.raises(ValueError, match="expected 1 to"):
        production_table.digits(np.array([[50, value]]))


def test_each_eb_has_its_rows_and_each_row_five_spectra(filled):
    counts = filled.run(f"select uid, count(*) as n, count(distinct day) as days from {TABLE} group by uid order by uid")
    assert counts["uid"].tolist() == sorted(uid_of(number) for number in range(SMALL.ebs))
    assert set(counts["n"]) == {SMALL.rows_per_eb}
    lengths = filled.run(f"""select distinct cardinality(string_to_array(frequencyspectrum, ',')) as f,
        cardinality(string_to_array(trecspectrum_x, ',')) as x, cardinality(string_to_array(tsysspectrum_y, ',')) as y from {TABLE}""")
    assert lengths.values.tolist() == [[SMALL.channels] * 3]


def test_the_scalars_are_those_of_the_spectra(filled):
    far = filled.run(f"""select count(*) as n from {TABLE} where tsys_x > 0 and ',' || tsysspectrum_x not like '%,0.0%'
        and abs(1 - tsys_x / (select percentile_cont(0.5) within group (order by one)
            from unnest(string_to_array(tsysspectrum_x, ',')::float8[]) as one)) > 1e-5""")
    assert far["n"].iloc[0] == 0


def test_some_values_are_invalid_and_the_marts_say_so(filled):
    plans.refresh(filled, TABLES, source="production")
    kinds = filled.run("select distinct quantity, kind from mart.invalid_value")
    assert {("trec", "no_solution"), ("tsys_spectrum", "no_solution")} <= set(map(tuple, kinds.values))


@pytest.mark.parametrize("rival", ["duckdb", "polars"])
def test_a_rival_finds_the_summaries_of_the_mart(filled, database_url_18, rival):
    pytest.importorskip(rival)
    plans.refresh(filled, TABLES, source="production", marts=MARTS)
    rivals.create_result(database_url_18, "rival.found")
    getattr(rivals, rival)(database_url_18, TABLE, "rival.found", SMALL.channels, None)
    found = rivals.differences(database_url_18, MART, "rival.found")
    assert found["rows"] == SMALL.ebs * SMALL.rows_per_eb
    assert (found["rows_of_one_only"], found["values_of_one_only"]) == (0, 0)
    assert found["largest_relative_difference"] < 3e-7


def test_a_difference_is_found(filled, database_url_18):
    plans.refresh(filled, TABLES, source="production", marts=MARTS)
    rivals.create_result(database_url_18, "rival.found")
    names = ", ".join(rivals.SUMMARIES).replace("trec_median_x", "1.01 * trec_median_x")
    filled.execute([f"insert into rival.found select uid, baseband_name, antenna_name, cal_data_id, {names} from {MART}"
                    f" where uid != '{uid_of(0)}'"])
    found = rivals.differences(database_url_18, MART, "rival.found")
    assert found["rows_of_one_only"] == SMALL.rows_per_eb
    assert found["largest_relative_difference"] == pytest.approx(0.01, rel=1e-3)


def test_a_disk_without_room_is_named_with_what_is_needed_and_free(tmp_path):
    with pytest.raises(SystemExit, match=r"GB free; expected 1000005\.0 GB"):
        production_table.check_room(tmp_path / "not" / "there", 1e9)
