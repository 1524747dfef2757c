"""What the plots paint: the array behind what is chosen, what is invalid, what is off the scale, and what hover says."""

import numpy as np
import pytest

from browser.cockpit import until
from browser.test_page import facet, fresh, spectra_in_database

DEAD = "uid://A002/X12007e9/X743"  # DA52 Y has no solution in any scan, DV18 BB_3 is zero in two, DV10 X is 2.6 times too high
GREY = np.array([220, 224, 229])  # the band on white
FACETS = [f"{plot}_bb_{index}" for plot in ("summary", "spectra") for index in (1, 2, 3, 4)]


@pytest.fixture
def dead(cockpit):
    return fresh(cockpit, DEAD)


def choose(cockpit, family, antenna):
    """Only one antenna."""
    cockpit.click("antennas_none").wait('model("spectra_table").data.id.length + model("summary_points").data.row.length === 0')
    cockpit.click(f"antennas_{family.lower()}", antenna)
    return cockpit.wait('model("spectra_table").data.id.length * model("summary_points").data.row.length > 0').settled()


def grey_band(cockpit, plot, x, low, high):
    """Where the grey of a facet begins and ends at x, in the numbers of its axis, searched from below low to above high."""
    picture, (_, top), (column, bottom) = cockpit.picture(), cockpit.place(plot, x, 1.4 * high), cockpit.place(plot, x, 0.7 * low)
    rows = np.arange(round(top), round(bottom))
    grey = rows[(np.abs(picture[rows, round(column)].astype(int) - GREY) < 8).all(axis=1)]
    per_pixel = (1.4 * high - 0.7 * low) / (bottom - top)
    return [1.4 * high - (row - top) * per_pixel for row in (grey.max(), grey.min())], per_pixel


def words(cockpit):
    """What is read out of each facet beside its name."""
    labels = {name: cockpit.page.locator(f'[data-name="{name}"]').first.get_attribute("aria-label") for name in FACETS}
    return {name: label.partition(": ")[2] for name, label in labels.items() if ": " in label}


def dark_in_the_middle(cockpit, plot):
    """How many dark pixels are where the words of a facet stand: on white, points and grid are lighter."""
    box = cockpit.page.locator(f'[data-name="{plot}"]').first.bounding_box()
    x, y = int(box["x"] + box["width"] / 2), int(box["y"] + box["height"] / 2)
    return int(np.count_nonzero(cockpit.picture()[y - 30:y + 30, x - 100:x + 100].mean(axis=2) < 90))


def test_with_one_antenna_chosen_the_band_and_the_scale_are_painted_as_the_arrays(dead, database):
    rows = database.run(f"""
        select extract(epoch from start_valid_time)::float * 1000 as time, trec_x, trec_y from mart.scan_summary
        where uid = '{DEAD}' and baseband_name = 'BB_1' and scan_number = 15""")
    time, array = rows["time"].iloc[0], rows[["trec_x", "trec_y"]].stack().dropna()
    before = [dead.place(f"{plot}_bb_1", x, 100) for plot, x in (("summary", time), ("spectra", 234))]
    choose(dead, "DV", "25")
    band = dead.data("summary_band").query("baseband == 'BB_1'")
    band = band[(band["left"] < time) & (time < band["right"])].iloc[0]
    expected = np.percentile(array, [5, 95], method="nearest")
    left = band["left"] + 0.15 * (band["right"] - band["left"])  # DV25, the last, stands at the right
    painted, per_pixel = grey_band(dead, "summary_bb_1", left, *expected)
    np.testing.assert_allclose(painted, expected, atol=2.5 * per_pixel)
    choose(dead, "DV", "10")
    assert [dead.place(f"{plot}_bb_1", x, 100) for plot, x in (("summary", time), ("spectra", 234))] == before
    for note in ("summary_note", "spectra_note"):
        assert "grey: median and 5 to 95 % of the array, 41 antennas" in dead.page.locator(f'[data-name="{note}"] .note').inner_text()
    truth = spectra_in_database(database, DEAD, where="baseband_name = 'BB_1'")
    channel = truth[truth["channel"] == 64]
    expected = np.percentile(channel["value"].dropna(), [5, 95], method="nearest")
    painted, per_pixel = grey_band(dead, "spectra_bb_1", channel["frequency_ghz"].iloc[0], *expected)
    np.testing.assert_allclose(painted, expected, atol=2.5 * per_pixel)
    own = channel[(channel["antenna_name"] == "DV10") & (channel["polarisation"] == "X")]["value"]
    assert own.min() > 1.8 * expected[1]


def test_each_invalid_value_is_painted_at_the_lower_edge_and_hover_says_its_kind(dead, database):
    marks = dead.data("summary_marks")
    truth = database.run(f"""
        select antenna_name, scan_number::text as scan, baseband_name, polarisation, kind from mart.invalid_value
        where uid = '{DEAD}' and quantity = 'trec'""")
    assert sorted(zip(marks["antenna"], marks["scan"], marks["baseband"], marks["polarisation"], strict=True)) == sorted(
        truth[["antenna_name", "scan", "baseband_name", "polarisation"]].itertuples(index=False, name=None))
    low, high = dead.look('[model("summary_bb_1").y_range.start, model("summary_bb_1").y_range.end]')
    at, picture = low + 0.09 * (high - low), dead.picture()
    for mark in facet(marks).itertuples():
        pixels = dead.at(picture, "summary_bb_1", mark.x, at)
        assert (pixels[..., 0] - pixels[..., 2] > 60).any(), mark
    mark = facet(marks).iloc[2]
    (said,) = dead.hover("summary_bb_1", mark["x"], at, saying="DA52")
    for part in ("DA52 Y", "BB_1", f"scan {mark['scan']}", "Trx: no solution (-1)", "Trx spectrum, 128 channels"):
        assert part in said.replace("\xa0", " ")


def test_a_facet_without_a_valid_value_says_so_in_its_middle(dead):
    assert words(dead) == {}
    light = [dark_in_the_middle(dead, name) for name in FACETS]
    choose(dead, "DA", "52").click("polarisations", "X").wait('model("summary_note").text.includes(">0 of")').settled()
    until(lambda: len(words(dead)) == len(FACETS), dead.page)
    assert words(dead) == dict.fromkeys(FACETS, "DA52 Y: no valid value in 8 scans")
    assert all(after > before + 100 for after, before in zip([dark_in_the_middle(dead, name) for name in FACETS], light, strict=True))


def test_a_line_of_the_invalid_values_leads_to_its_place(dead, database):
    dead.click("problems_tabs", "invalid values")
    viewport = dead.page.locator('[data-name="invalid_values"] .slick-viewport').first
    viewport.hover()
    line = dead.page.locator('[data-name="invalid_values"] .slick-row').filter(has_text="DV18").filter(has_text="BB_3").first
    until(lambda: line.count() or dead.page.mouse.wheel(0, 100), dead.page)
    tops = [None]
    until(lambda: tops.append(viewport.evaluate("it => it.scrollTop")) or tops[-1] == tops[-2], dead.page)  # it scrolls no more
    scan, polarisation = (line.locator(".slick-cell").nth(column).inner_text() for column in (1, 3))
    row = database.run(f"""
        select antenna_name, scan_number::text as scan, polarisation from mart.invalid_value
        where uid = '{DEAD}' and antenna_name = 'DV18' and baseband_name = 'BB_3' and quantity = 'trec'
            and scan_number = {scan} and polarisation = '{polarisation}'""").iloc[0]
    line.click()
    dead.wait('model("spectra_note").text.includes(">1 selected of")').settled()
    name = f"DV18 {row['polarisation']}: no valid value in scan {row['scan']}"
    assert until(lambda: words(dead) == {"summary_bb_3": name, "spectra_bb_3": name}, dead.page)
    marks = dead.data("summary_marks")
    (chosen,) = dead.look('Array.from(model("summary_marks").selected.indices)')
    assert (marks["antenna"][chosen], marks["baseband"][chosen], marks["scan"][chosen]) == ("DV18", "BB_3", row["scan"])
    dead.click("spectra_clear").click("problems_tabs", "findings")
    assert until(lambda: not words(dead), dead.page)


def test_a_value_off_the_scale_is_an_arrow_at_the_edge_whose_hover_says_the_value(dead, database):
    value = database.run(f"""
        select trec_x as value from mart.scan_summary where uid = '{DEAD}' and baseband_name = 'BB_1' and antenna_name = 'DV10'
        and scan_number = 15""")["value"].iloc[0]
    choose(dead, "DV", "10")
    low, high = dead.look('[model("summary_bb_1").y_range.start, model("summary_bb_1").y_range.end]')
    point = facet(dead.data("summary_points"), polarisations="X").query("scan == '15'").iloc[0]
    edge = low + 0.96 * (80 - low)
    dead.look('(() => { model("summary_bb_1").y_range.end = 80 })()')
    blue = until(lambda: int((np.diff(dead.at(dead.picture(), "summary_bb_1", point["x"], edge)[..., ::2])[..., 0] > 60).sum()), dead.page)
    (said,) = dead.hover("summary_bb_1", point["x"], edge, saying="DV10")
    dead.look('(() => { model("summary_bb_1").y_range.end = argument })()', high)
    assert blue > 10
    assert f"{value:.4g} K" in said


def test_the_arrows_of_spectra_say_the_farthest_value_of_their_channel(dead, database):
    choose(dead, "DV", "10")
    truth = spectra_in_database(database, DEAD, where="baseband_name = 'BB_1' and antenna_name = 'DV10'")
    last = truth[truth["channel"] == 0].sort_values("value").iloc[-1]
    low, high = dead.look('[model("spectra_bb_1").y_range.start, model("spectra_bb_1").y_range.end]')
    assert last["value"] > high
    (said,) = dead.hover("spectra_bb_1", last["frequency_ghz"], low + 0.96 * (high - low), saying="GHz")
    assert f"{last['frequency_ghz']:.4f} GHz" in said
    assert f"DV10 {last['polarisation']} scan" in said
    assert f": {last['value']:,.4g} K" in said


def test_hover_of_a_spectrum_says_its_frequency_and_its_value(dead, database):
    choose(dead, "DV", "10")
    lines = dead.data("spectra_bb_1_lines")
    line = lines[(lines["polarisation"] == "X") & (lines["scan"] == "15")].iloc[0]
    (said,) = dead.hover("spectra_bb_1", line["xs"][64], line["ys"][64], saying="scan 15")
    (of_scan,) = (each for each in said.replace("\xa0", " ").splitlines() if "scan 15" in each)
    key = database.run(f"select min(cal_data_id) as key from mart.scan_summary where uid = '{DEAD}' and scan_number = 15")["key"].iloc[0]
    of_dv10 = f"baseband_name = 'BB_1' and antenna_name = 'DV10' and cal_data_id = '{key}'"
    own = spectra_in_database(database, DEAD, where=of_dv10).query("polarisation == 'X' and channel == 64").iloc[0]
    assert of_scan.split() == ["DV10", "X", "scan", "15", f"{own['frequency_ghz']:.4f}", "GHz", f"{own['value']:.1f}", "K"]
    assert "NaN" not in said
    assert "???" not in said


def test_points_of_x_and_y_on_each_other_are_told_in_one_tooltip(dead):
    points = facet(dead.data("summary_points"))
    pairs = points.pivot(index="row", columns="polarisation", values="y").dropna()
    row = (pairs["X"] - pairs["Y"]).abs().idxmin()
    x, y = (points[(points["row"] == row) & (points["polarisation"] == name)].iloc[0] for name in "XY")
    choose(dead, x["antenna"][:2], x["antenna"][2:])
    said = dead.hover("summary_bb_1", x["x"], (x["y"] + y["y"]) / 2, saying=x["antenna"])
    assert len(said) == 1
    for point in (x, y):
        assert f"{point['antenna']} {point['polarisation']}" in said[0]
        assert point["value"] in said[0]


def test_a_severe_finding_with_nothing_to_draw_changes_the_picture_and_brings_its_facet_into_sight(new_page):
    cockpit = new_page(f"uid={DEAD}", viewport={"width": 1280, "height": 640})
    last = cockpit.page.locator('[data-name="spectra_bb_1"]').first
    bottom = cockpit.look('document.querySelector(".main").getBoundingClientRect().bottom')
    assert last.bounding_box()["y"] + last.bounding_box()["height"] > bottom
    before = cockpit.picture("summary_bb_1")
    cockpit.page.locator('[data-name="findings"] .slick-row').filter(has_text="DA52 Y").first.click()
    cockpit.wait('model("spectra_note").text.includes(" selected of ")').settled()
    assert until(lambda: last.bounding_box()["y"] + last.bounding_box()["height"] <= bottom + 1, cockpit.page)
    assert words(cockpit) == dict.fromkeys(FACETS, "DA52 Y: no valid value in 8 scans")
    changed = np.abs(cockpit.picture("summary_bb_1").astype(int) - before).max(axis=2) > 40
    assert changed.mean() > 0.01
