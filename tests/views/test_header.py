import numpy as np
import pandas as pd

from alma_qa0.views import header
from views.samples import UID, block, no_rows, summary


def facts(rows=None, **changes):
    return dict(header.show(block(**changes), summary() if rows is None else rows).facts)


def test_the_header_says_what_is_known_with_units():
    view = header.show(block(), summary())
    assert (view.uid, view.simulated) == (UID, True)
    assert view.facts == (
        ("array", "12-m (Array11-BLC)"), ("band", "B6"), ("time", "12 Jul 2025 05:20–06:38 UTC"), ("antennas", "3"), ("PWV", "0.24 mm"),
        ("Tsys", "65 K"), ("Trx", "40 K"), ("Tsys scans", "2"), ("target", "HL_Tau"))


def test_a_uid_that_ends_in_d_keeps_its_d():
    assert header.show(block(uid="uid://A002/X1/Xd"), summary()).uid == "uid://A002/X1/Xd"


def test_what_is_not_known_is_not_said():
    found = facts(
        array_name=None,
        start_time=pd.NaT,
        end_time=pd.NaT,
        water_m=np.nan,
        tsys_k=np.nan,
        trec_k=np.nan,
        source_names=None,
        n_antennas=None,
    )
    assert found == {"array": "12-m", "band": "B6", "antennas": "3", "Tsys scans": "2"}
    assert facts(end_time=pd.NaT)["time"] == "12 Jul 2025 05:20 UTC"


def test_antennas_that_were_not_calibrated_are_told():
    assert facts(n_antennas=43, n_antennas_calibrated=41)["antennas"] == "41 of 43 calibrated"


def test_all_receiver_bands_are_named():
    assert facts(receiver_bands=np.array([3, 7]))["band"] == "B3, B7"
    assert "band" not in facts(receiver_bands=[])


def test_each_of_several_receiver_bands_has_its_own_trx_tsys_and_scans():
    rows = summary(receiver_bands=(3, 7))
    of_7 = rows["receiver_band"] == 7
    for name in ("trec_x", "trec_y"):
        rows.loc[of_7, name] = 90.0
        rows.loc[~of_7, name] = 40.0
    for name in ("tsys_x", "tsys_y"):
        rows.loc[of_7, name] = np.nan
        rows.loc[~of_7, name] = [60.0, 70.0, 80.0] * 4
    rows = rows[~(of_7 & (rows["scan_number"] == 3))]
    found = facts(rows, receiver_bands=[3, 7])
    assert (found["Trx"], found["Tsys"], found["Tsys scans"]) == ("B3 40 K, B7 90 K", "B3 70 K, B7 no valid value", "B3 2, B7 1")
    assert facts(no_rows(), receiver_bands=[], n_calibrations=0)["Tsys scans"] == "0"
