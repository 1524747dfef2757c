import csv
from math import inf, nan
from pathlib import Path

import pytest

from alma_qa0.core.octiles import UPPER_EDGES_M, octile_words, pwv_octile

REPORTS = Path(__file__).parents[1] / "data" / "qa0_reports_real.csv"


def reports():
    with REPORTS.open(newline="") as file:
        return list(csv.DictReader(file))


def test_there_are_the_eleven_real_reports_and_nine_of_them_tell_the_water():
    assert len(reports()) == 11
    assert sum(bool(report["pwv_mm"]) for report in reports()) == 9


@pytest.mark.parametrize("report", reports(), ids=lambda report: report["eb_uid"])
def test_the_octile_of_a_real_report_is_met(report):
    octile = pwv_octile(float(report["pwv_mm"]) * 1e-3 if report["pwv_mm"] else None)
    assert (octile_words(octile) if octile else "") == report["pwv_octile"]


def test_an_edge_belongs_to_the_octile_below_it():
    assert [pwv_octile(edge) for edge in UPPER_EDGES_M] == [1, 2, 3, 4, 5, 6, 7]
    assert [pwv_octile(edge * 1.0001) for edge in UPPER_EDGES_M] == [2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("water", [None, nan, inf, 0.0, -1.0])
def test_what_is_no_amount_of_water_has_no_octile(water):
    assert pwv_octile(water) is None


def test_the_last_octile_has_no_upper_edge():
    assert octile_words(8) == ">7"
