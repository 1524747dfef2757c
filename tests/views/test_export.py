from io import StringIO

import numpy as np
import pandas as pd
import pytest

from alma_qa0.core.blocks import file_name
from alma_qa0.views import export, spectra
from alma_qa0.views.quantities import TSYS
from alma_qa0.views.selection import Selection
from views.samples import AXIS_HZ, no_rows, spectra_lines, summary


def read(tables, **options):
    return pd.read_csv(
        StringIO("".join(export.csv_chunks(iter(tables), **options))), float_precision="round_trip", dtype={"scan_number": "Int64"}
    )


def test_the_summary_is_every_value_as_the_mart_holds_it():
    rows = summary()
    rows.loc[2, "trec_y"] = np.nan
    table = read([export.summary_table(rows, Selection())])
    assert len(table) == 2 * len(rows)
    for polarisation in "xy":
        part = table[table["polarisation"] == polarisation.upper()].reset_index(drop=True)
        for column, name in (
            ("trec", "trec_k"),
            ("tsys", "tsys_k"),
            ("tatm", "tatm_k"),
            ("tau", "tau"),
            ("water", "water_m"),
            ("tsys_mad", "tsys_mad_k"),
        ):
            pd.testing.assert_series_equal(part[name], rows[f"{column}_{polarisation}"], check_names=False, check_exact=True)
        for name in ("uid", "antenna_name", "baseband_name", "cal_data_id", "source_name"):
            assert list(part[name]) == list(rows[name])
        assert list(pd.to_datetime(part["start_valid_time"], utc=True)) == list(rows["start_valid_time"])
        assert list(part["scan_number"]) == list(rows["scan_number"])


def test_a_uid_that_ends_in_d_keeps_its_d_in_the_file_and_its_name():
    assert set(read([export.summary_table(summary(), Selection())])["uid"]) == {"uid://A002/X12a3/Xabcd"}
    assert file_name("uid://A002/X12a3/Xabcd") == "uid___A002_X12a3_Xabcd"


def test_the_summary_of_a_selection_is_exactly_its_rows_and_polarisations():
    table = export.summary_table(summary(), Selection(), frozenset({0, 3}))
    assert list(zip(table.index, table["polarisation"], strict=True)) == [(0, "X"), (1, "Y")]
    assert export.summary_table(summary(), Selection(antennas=frozenset({"DA41"})), frozenset({3})).empty


def test_the_summary_leaves_out_what_is_not_chosen():
    chosen = Selection(receiver_band=7, antennas=frozenset({"DA41"}), polarisations=frozenset({"Y"}))
    table = export.summary_table(summary(receiver_bands=(3, 7)), chosen)
    assert {(row.receiver_band, row.antenna_name, row.polarisation) for row in table.itertuples()} == {(7, "DA41", "Y")}


@pytest.mark.parametrize("table", [
    export.summary_table(no_rows(), Selection()), export.summary_table(summary(), Selection(polarisations=frozenset())),
    export.summary_table(summary(), Selection(scans=frozenset()))])
def test_nothing_is_a_file_of_column_names(table):
    text = "".join(export.csv_chunks(iter([table])))
    assert text.count("\n") == 1
    assert text.startswith("uid,receiver_band,baseband_name,antenna_name")


def test_a_scan_that_is_not_known_is_empty():
    assert read([export.summary_table(summary(scans=(None,)), Selection())])["scan_number"].isna().all()


def test_the_spectra_are_every_channel_of_every_spectrum_and_equal_what_came_in():
    rows = summary(receiver_bands=(3, 7))
    groups = spectra_lines(rows, quantity_name="tsys", frequency_hz=AXIS_HZ[::-1])
    groups[0].values[0, 3] = np.nan
    table = read(export.spectra_tables(rows, groups, "tsys"), rows_per_chunk=7)
    assert len(table) == sum(group.values.size for group in groups)
    np.testing.assert_array_equal(table["tsys_k"].to_numpy(dtype=np.float32), np.concatenate([group.values.ravel() for group in groups]))
    np.testing.assert_array_equal(
        table["frequency_ghz"], np.concatenate([np.tile(group.frequency_ghz, len(group.ids)) for group in groups])
    )
    ids = np.concatenate([np.repeat(group.ids, len(group.frequency_ghz)) for group in groups])
    for name in ("uid", "receiver_band", "baseband_name", "antenna_name", "cal_data_id", "scan_number"):
        assert list(table[name]) == list(rows[name].iloc[ids // 2])
    assert list(table["polarisation"]) == ["XY"[number % 2] for number in ids]
    assert list(table["channel"].unique()) == list(range(len(AXIS_HZ)))


def test_spectra_drawn_as_an_image_are_saved_whole():
    rows = summary(antennas=[f"DA{number:04d}" for number in range(800)], basebands=("BB_1",))
    groups = spectra_lines(rows, frequency_hz=AXIS_HZ[:2])
    view = spectra.show(rows, groups, Selection(), TSYS, None)
    assert view.dense
    assert sum(len(table) for table in export.spectra_tables(rows, view.lines, "tsys")) == 3_200 * 2


def test_column_names_come_once_whatever_the_number_of_pieces():
    rows = summary()
    pieces = list(export.csv_chunks(export.spectra_tables(rows, spectra_lines(rows), "trec"), rows_per_chunk=10))
    assert len(pieces) > 10
    assert sum(piece.count("uid,receiver_band") for piece in pieces) == 1
    assert max(piece.count("\n") for piece in pieces) <= 11


def test_a_text_that_a_spreadsheet_would_run_is_shown_instead():
    table = pd.DataFrame({"source_name": ['=HYPERLINK("http://x")', "+1", "-1", "@sum", "J1924-2914", None], "trec_k": [-1.0] * 6})
    lines = "".join(export.csv_chunks(iter([table]))).splitlines()
    assert lines == ["source_name,trec_k", '"\'=HYPERLINK(""http://x"")",-1.0',
                     "'+1,-1.0", "'-1,-1.0", "'@sum,-1.0", "J1924-2914,-1.0", ",-1.0"]
