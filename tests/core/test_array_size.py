import pytest

from alma_qa0.core.array_size import n_baselines, nominal_antennas, usable_antennas
from alma_qa0.core.findings import Basis, Finding, Severity


def finding(antenna, severity=Severity.SEVERE, **place):
    return Finding("uid://A002/X1/X1", "id", "rule", severity, Basis.ARRAY_MEDIAN, "Words.", antenna_name=antenna, **place)


@pytest.mark.parametrize(("n", "baselines"), [(43, 903), (10, 45), (2, 1), (1, 0), (0, 0)])
def test_baselines_are_pairs_of_antennas(n, baselines):
    assert n_baselines(n) == baselines


def test_the_nominal_number_is_that_of_the_family_and_can_be_configured():
    assert [nominal_antennas(family) for family in ("12-m", "7-m", "TP", "unknown")] == [43, 10, 3, None]
    assert nominal_antennas("12-m", {"12-m": 36}) == 36


def test_an_antenna_can_be_used_unless_it_lacks_calibration_or_a_severe_finding_is_about_all_of_it():
    findings = [
        finding("DV02"), finding("DV03", Severity.WARNING), finding("DV04", baseband_name="BB_1"), finding("DV05", polarisation="X"),
        finding("DV06", scan_number=3), finding(None),
    ]
    names = ["DV06", "DV05", "DV04", "DV03", "DV02", "DV01"]
    assert usable_antennas(names, [*names[:-1], "PM01"], findings) == ("DV03", "DV04", "DV05", "DV06")
