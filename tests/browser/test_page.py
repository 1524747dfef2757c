"""The main job of the page, done as a reader does it."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from browser.cockpit import until

LARGE, TWO_BANDS, FAULTS, SINGLE = (f"uid://A002/X12007e9/{name}" for name in ("X1d5", "X178d", "X1fb2", "X1cfb"))


FOCUSED = """((focused) => {
  while (focused.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
  while (focused && !focused.dataset?.name) focused = focused.parentNode ?? focused.host
  return focused?.dataset.name
})(document.activeElement)"""


def facet(points, baseband="BB_1", polarisations="XY"):
    return points[(points["baseband"] == baseband) & points["polarisation"].isin(list(polarisations))]


def box_of(points):
    """The places of a loop around some points, with a little room."""
    dx, dy = 0.02 * np.ptp(points["x"]) or 1e3, 0.02 * np.ptp(points["y"]) or 0.1
    left, right, low, high = points["x"].min() - dx, points["x"].max() + dx, points["y"].min() - dy, points["y"].max() + dy
    return left, right, low, high


def inside(points, left, right, low, high):
    return points[points["x"].between(left, right) & points["y"].between(low, high)]


def loop(left, right, low, high):
    return [(left, low), (left, high), (right, high), (right, low), (left, low)]


def ids_of(points):
    return sorted(2 * row + (polarisation == "Y") for row, polarisation in zip(points["row"], points["polarisation"], strict=True))


def part_of_a_scan(points):
    """Half of the points of one scan of a facet, those with the higher values: where the box ends, others go on."""
    of_scan = points[points["scan"] == points["scan"].iloc[0]]
    return of_scan[of_scan["y"] >= of_scan["y"].median()]


def fresh(cockpit, uid):
    """The shared page, looking at an Execution Block as it opens."""
    cockpit.click("summary_axes", "time").click("summary_quantity", "Trx").click("spectra_quantity", "Trx")
    cockpit.wait('model("summary_note").text.includes("Trx against time") && model("spectra_note").text.includes("Trx")').settled()
    cockpit.activate("summary", "LassoSelectTool")
    if f">{uid}<" in cockpit.look('model("header").text'):
        cockpit.choose(next(other for other in (FAULTS, SINGLE) if other != uid))
    return cockpit.choose(uid)


def spectra_in_database(database, uid, quantity="trec", where="true"):
    """Every channel of every spectrum as the raw table holds it, in the unit of the page."""
    parts = ", ".join(f"('{name.upper()}', {quantity}_spectrum_{name})" for name in "xy")
    return database.run(f"""
        select baseband_name, antenna_name, cal_data_id, receiver_band, polarisation, channel::integer - 1 as channel,
            frequency / 1e9 as frequency_ghz, value
        from raw.cal_atmosphere
        cross join lateral (values {parts}) as one (polarisation, spectrum)
        cross join lateral unnest(frequency_hz, spectrum) with ordinality as channels (frequency, value, channel)
        where uid = '{uid}' and spectrum is not null and {where}""")


def test_the_page_opens_with_the_newest_execution_block_and_its_plots(new_page, database):
    cockpit = new_page()
    newest = database.run("select uid from mart.execution_block order by start_time desc limit 1")["uid"].iloc[0]
    assert newest in cockpit.look('model("header").text')
    assert f"uid={newest}" in cockpit.page.url
    n_points = database.run(f"select count(trec_x) + count(trec_y) as n from mart.scan_summary where uid = '{newest}'")["n"].iloc[0]
    assert len(cockpit.data("summary_points")) == n_points
    assert cockpit.message == ""
    assert len(np.unique(cockpit.picture("summary").reshape(-1, 3), axis=0)) > 50


def test_an_execution_block_from_the_list_is_drawn_whole(cockpit, database):
    fresh(cockpit, LARGE)
    n_spectra = database.run(f"select sum(n_spectra)::integer as n from mart.spectrum where uid = '{LARGE}' and quantity = 'trec'")[
        "n"
    ].iloc[0]
    assert cockpit.drawn_ids() == list(range(n_spectra))
    assert n_spectra == 43 * 4 * 8 * 2
    drawn = cockpit.look('model("spectra_bb_1_lines").data.ys.map((ys) => ys.length)')
    assert set(drawn) == {128}


def test_a_lasso_shows_the_spectra_of_its_points_and_no_others(cockpit, database):
    fresh(cockpit, LARGE)
    points = facet(cockpit.data("summary_points"), "BB_2")
    box = box_of(part_of_a_scan(points))
    expected = ids_of(inside(points, *box))
    assert 20 < len(expected) < len(points) / 4
    cockpit.drag("summary_bb_2", loop(*box)).wait('model("spectra_table").data.id.length === argument', len(expected))
    cockpit.settled()
    assert cockpit.drawn_ids() == expected
    assert cockpit.look('[1, 3, 4].map((index) => model(`spectra_bb_${index}_lines`).data.id.length)') == [0, 0, 0]
    lines = cockpit.data("spectra_bb_2_lines")
    rows = database.run(f"""
        select antenna_name, baseband_name, cal_data_id, scan_number::text as scan from mart.scan_summary
        where uid = '{LARGE}' order by start_valid_time, receiver_band, baseband_name, antenna_name, cal_data_id""")
    truth = (
        spectra_in_database(database, LARGE, where="baseband_name = 'BB_2'")
        .sort_values("channel")
        .groupby(["baseband_name", "antenna_name", "cal_data_id", "polarisation"])
    )
    truth = {place: (group["frequency_ghz"].to_numpy(), group["value"].to_numpy(dtype=np.float32)) for place, group in truth}
    for line in lines.itertuples():
        row = rows.iloc[line.id // 2]
        assert (line.antenna, line.scan, line.polarisation) == (row["antenna_name"], row["scan"], "XY"[line.id % 2])
        frequency, values = truth[row["baseband_name"], row["antenna_name"], row["cal_data_id"], line.polarisation]
        np.testing.assert_allclose(line.xs, frequency, rtol=1e-12)
        np.testing.assert_array_equal(np.array(line.ys, dtype=np.float32), values)


def test_a_box_selects_as_well(cockpit):
    fresh(cockpit, FAULTS)
    points = facet(cockpit.data("summary_points"), "BB_3")
    left, right, low, high = box_of(part_of_a_scan(points))
    expected = ids_of(inside(points, left, right, low, high))
    cockpit.activate("summary", "BoxSelectTool").drag("summary_bb_3", [(left, low), (right, high)])
    until(lambda: cockpit.drawn_ids() == expected, cockpit.page)
    assert cockpit.drawn_ids() == expected
    assert f"{len(expected)} selected of" in cockpit.look('model("spectra_note").text')


def test_the_csv_files_are_what_the_database_holds(cockpit, database):
    fresh(cockpit, FAULTS)
    name, table = cockpit.save("download_summary")
    assert name == "uid___A002_X12007e9_X1fb2_trec_summary.csv"
    truth = database.run(" union all ".join(f"""
        select receiver_band, baseband_name, antenna_name, cal_data_id, '{each.upper()}' as polarisation, scan_number, source_name,
               trec_{each} as trec_k, tsys_{each} as tsys_k, tatm_{each} as tatm_k, tau_{each} as tau, water_{each} as water_m,
               trec_median_{each} as trec_median_k, tsys_mad_{each} as tsys_mad_k
        from mart.scan_summary where uid = '{FAULTS}'""" for each in "xy"))
    key = ["receiver_band", "baseband_name", "antenna_name", "cal_data_id", "polarisation"]
    table, truth = (one.set_index(key).sort_index() for one in (table, truth))
    assert truth["trec_k"].isna().any()
    pd.testing.assert_frame_equal(table[truth.columns], truth, check_dtype=False, check_exact=True)


def test_the_csv_of_the_spectra_is_what_the_database_holds(cockpit, database):
    fresh(cockpit, FAULTS)
    name, table = cockpit.save("download_spectra")
    assert name == "uid___A002_X12007e9_X1fb2_trec_spectra.csv"
    assert_spectra_equal(table, spectra_in_database(database, FAULTS))


def assert_spectra_equal(table, truth):
    key = ["receiver_band", "baseband_name", "antenna_name", "cal_data_id", "polarisation", "channel"]
    table, truth = (one.sort_values(key).reset_index(drop=True) for one in (table, truth))
    pd.testing.assert_frame_equal(table[key], truth[key], check_dtype=False)
    np.testing.assert_array_equal(table["trec_k"].to_numpy(dtype=np.float32), truth["value"].to_numpy(dtype=np.float32))
    np.testing.assert_allclose(table["frequency_ghz"], truth["frequency_ghz"], rtol=1e-12)


def test_a_link_opens_the_same_view(cockpit, new_page):
    fresh(cockpit, LARGE)
    cockpit.click("summary_quantity", "Tsys").click("spectra_quantity", "Tsys").click("basebands", "BB_4")
    cockpit.wait('model("summary_note").text.includes("Tsys") && model("spectra_note").text.includes("Tsys")')
    until(lambda: "BB_4" not in set(cockpit.data("summary_points")["baseband"]), cockpit.page)
    box = box_of(part_of_a_scan(facet(cockpit.data("summary_points"))))
    cockpit.drag("summary_bb_1", loop(*box)).wait(
        'location.search.includes("selected=") && model("spectra_note").text.includes(" selected of ")'
    ).settled()
    again = new_page(cockpit.page.url.partition("?")[2])
    again.wait('model("spectra_note").text.includes(" selected of ")').settled()
    assert again.page.url == cockpit.page.url
    assert again.drawn_ids() == cockpit.drawn_ids()
    pd.testing.assert_frame_equal(again.data("summary_points"), cockpit.data("summary_points"))
    look = ('[model("summary_quantity").active, model("spectra_quantity").active, model("basebands").active,'
            ' Array.from(model("summary_points").selected.indices)]')
    assert again.look(look) == cockpit.look(look)


@pytest.mark.parametrize(("label", "axis"), [("Tsys", "Tsys (K)"), ("Tatm", "Tatm (K)"), ("tau", "tau (no unit)"), ("water", "water (mm)")])
def test_every_quantity_is_drawn_with_its_unit(cockpit, database, label, axis):
    fresh(cockpit, FAULTS)
    cockpit.click("summary_quantity", label).wait('model("summary_bb_1").left[0].axis_label === argument', axis)
    column = label.lower()
    truth = database.run(f"select {column}_x as value from mart.scan_summary where uid = '{FAULTS}' union all "
                         f"select {column}_y from mart.scan_summary where uid = '{FAULTS}'")["value"].dropna()
    wanted = np.sort(truth) * (1e3 if label == "water" else 1)
    cockpit.wait("Math.abs(Math.max(...model(\"summary_points\").data.y) / argument - 1) < 1e-9", float(wanted.max()))
    np.testing.assert_allclose(np.sort(cockpit.data("summary_points")["y"]), wanted, rtol=1e-12)


def test_x_against_y_is_drawn_on_shared_numbers(cockpit, database):
    fresh(cockpit, FAULTS)
    cockpit.click("summary_axes", "X against Y").wait('model("summary_note").text.includes("X against Y")')
    cockpit.wait('Array.from(model("summary_points").data.polarisation).every((name) => name === "XY")')
    truth = database.run(
        f"select trec_x, trec_y from mart.scan_summary where uid = '{FAULTS}' and trec_x is not null and trec_y is not null"
    )
    points = cockpit.data("summary_points")
    assert sorted(zip(points["x"], points["y"], strict=True)) == sorted(zip(truth["trec_x"], truth["trec_y"], strict=True))
    assert cockpit.look('model("summary_quantity").labels') == ["Trx", "Tsys"]


def test_no_antenna_is_a_plain_sentence(cockpit):
    fresh(cockpit, FAULTS)
    cockpit.click("antennas_none").wait('model("message").text')
    assert "Nothing is chosen: choose antennas" in cockpit.page.locator('[data-name="message"] .said').inner_text()
    cockpit.wait('model("spectra_table").data.id.length === 0').settled()  # the spectra come after the sentence
    assert cockpit.drawn_ids() == []
    cockpit.click("antennas_all").wait('!model("message").text && model("spectra_table").data.id.length > 0').settled()
    assert cockpit.drawn_ids() != []


def test_a_receiver_band_shows_its_own_basebands(cockpit, database):
    fresh(cockpit, TWO_BANDS)
    frequencies = database.run(
        f"select receiver_band, min(frequency_min_hz) / 1e9 as low from mart.scan_summary where uid = '{TWO_BANDS}' group by 1"
    )
    for band in (3, 7):
        cockpit.click("receiver_band", f"Band {band}").wait("location.search.includes(`band=${argument}`)", band)
        low = frequencies["low"][frequencies["receiver_band"] == band].iloc[0]
        cockpit.wait("Math.min(...[1, 2, 3, 4].map((index) => model(`spectra_bb_${index}_lines`).data.xs[0][0])) < argument + 20", low)
        n_points = database.run(
            f"select count(trec_x) + count(trec_y) as n from mart.scan_summary where uid = '{TWO_BANDS}' and receiver_band = {band}"
        )
        assert len(cockpit.data("summary_points")) == n_points["n"].iloc[0]


def test_single_polarisation_data_have_one_colour(cockpit):
    fresh(cockpit, SINGLE)
    assert set(cockpit.data("summary_points")["polarisation"]) == {"X"}
    assert "invalid" not in cockpit.look('model("summary_note").text')


def test_invalid_values_are_a_list_and_no_points(cockpit, database):
    fresh(cockpit, FAULTS)
    places = database.run(
        f"select distinct antenna_name, scan_number, baseband_name, polarisation, kind from mart.invalid_value where uid = '{FAULTS}'"
    )
    assert len(cockpit.data("invalid_values_rows")) == len(places)
    assert (cockpit.data("summary_points")["y"] > 0).all()


def test_a_search_finds_in_the_list(cockpit):
    cockpit.page.locator('[data-name="search"] input').fill("x178D")
    cockpit.wait('model("uid_list_rows").data.uid.length === 1')
    assert list(cockpit.data("uid_list_rows")["uid"]) == [TWO_BANDS]
    cockpit.page.locator('[data-name="search"] input').fill("")
    cockpit.wait('model("uid_list_rows").data.uid.length === 6')


def test_a_stroke_stays_when_the_quantity_changes(cockpit):
    fresh(cockpit, FAULTS)
    points = facet(cockpit.data("summary_points"))
    left, right, low, high = box_of(points)
    cockpit.activate("summary", "FreehandDrawTool").drag("summary_bb_1", [(left, low), ((left + right) / 2, high), (right, low)])
    cockpit.wait('model("summary_bb_1_strokes").data.xs.length === 1')
    stroke = cockpit.look('Array.from(model("summary_bb_1_strokes").data.xs[0])')
    assert len(stroke) > 5
    cockpit.click("summary_quantity", "Tsys").wait('model("summary_bb_1").left[0].axis_label === "Tsys (K)"')
    cockpit.settled()
    assert cockpit.look('Array.from(model("summary_bb_1_strokes").data.xs[0])') == stroke
    cockpit.activate("summary", "LassoSelectTool")


def tip_of(cockpit, point):
    """The words of the tooltip of a point of the first facet: the mouse comes again until the plot is painted and takes notice."""
    tip = cockpit.page.locator("b").filter(has_text=point["antenna"]).locator("xpath=..")

    def hover():
        cockpit.page.mouse.move(5, 5)
        cockpit.page.mouse.move(*cockpit.place("summary_bb_1", point["x"], point["y"]))
        return tip.first.inner_text() if tip.count() else ""

    return until(hover, cockpit.page)


def test_hover_names_antenna_scan_baseband_source_time_and_value_with_unit(cockpit, database):
    fresh(cockpit, FAULTS)
    point = facet(cockpit.data("summary_points")).iloc[0]
    said = tip_of(cockpit, point)
    source = database.run(f"select distinct source_name from mart.scan_summary where uid = '{FAULTS}'")["source_name"].iloc[0]
    for words in (
        point["antenna"],
        point["polarisation"],
        "BB_1",
        f"scan {point['scan']}",
        source,
        f"{point['time']} UTC",
        f"{point['y']:.4g} K",
    ):
        assert words in said
    cockpit.page.mouse.move(5, 5)


def test_x_and_y_are_seen_in_their_colours(cockpit):
    fresh(cockpit, FAULTS)
    assert until(lambda: min(blue_and_orange(cockpit.picture("summary"))) > 50, cockpit.page)


def test_the_tab_key_leaves_the_lists_and_reaches_every_control(new_page):
    cockpit = new_page()
    before, reached = cockpit.look('model("header").text'), set()
    for _ in range(100):
        cockpit.page.keyboard.press("Tab")
        reached.add(cockpit.look(FOCUSED))
    assert reached >= {
        "copy_link", "search", "uid_list", "antennas_all", "scans", "summary_quantity", "findings", "decision_status", "decide"}
    assert cockpit.look('model("header").text') == before


def test_the_arrow_keys_choose_in_a_list(new_page):
    cockpit = new_page()
    uids = cockpit.data("uid_list_rows")["uid"].tolist()
    focus_on(cockpit, "uid_list").press("ArrowDown")
    cockpit.wait('model("header").text.includes(`>${argument}<`)', uids[1]).settled()
    focus_on(cockpit, "findings").press("ArrowDown")
    cockpit.wait('model("findings_rows").selected.indices[0] === 0')


def focus_on(cockpit, name):
    """The keyboard, after Tab has come to a list."""
    for _ in range(100):
        if cockpit.look(FOCUSED) == name:
            return cockpit.page.keyboard
        cockpit.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {name}")


def blue_and_orange(picture):
    """How many pixels are bluish and how many are orange, veiled as the marks are."""
    bluer = picture[..., 2].astype(int) - picture[..., 0]
    return int(np.count_nonzero(bluer > 60)), int(np.count_nonzero(bluer < -60))


def test_light_and_dark_are_both_drawn(cockpit):
    fresh(cockpit, FAULTS)
    light, address = cockpit.picture(), cockpit.page.url
    cockpit.click("theme").wait('location.search.includes("theme=")').page.wait_for_timeout(500)
    assert cockpit.page.url == f"{address}&theme=dark"
    dark = cockpit.picture()
    cockpit.click("theme")
    for picture, bright in ((light, True), (dark, False)):
        values, counts = np.unique(picture.reshape(-1, 3), axis=0, return_counts=True)
        assert (values[counts.argmax()].mean() > 128) is np.bool_(bright)
        assert len(values) > 200
    plot = cockpit.page.locator('[data-name="summary_bb_1"]').first.bounding_box()
    x, y = int(plot["x"] + plot["width"] / 2), int(plot["y"] + plot["height"] / 2)
    assert dark[y - 20:y + 20, x - 60:x + 60].mean() < 100 < light[y - 20:y + 20, x - 60:x + 60].mean()


def test_html_in_names_is_text(new_page, database):
    nasty = '<img src="/nowhere" onerror="window.harmed = true">'
    database.execute([f"update mart.scan_summary set source_name = '{nasty}' where uid = '{TWO_BANDS}'",
                      f"update mart.execution_block set source_names = array['{nasty}'], array_name = '{nasty}' where uid = '{TWO_BANDS}'",
                      f"update mart.refresh set source_version = source_version || ' harmed' where uid = '{TWO_BANDS}'"])
    cockpit = new_page(f"uid={TWO_BANDS}")
    point = facet(cockpit.data("summary_points")).iloc[0]
    assert nasty in tip_of(cockpit, point)
    assert nasty in cockpit.page.locator('[data-name="header"] .facts').first.inner_text()
    assert cockpit.look("window.harmed") is None
    assert cockpit.page.locator("img[src='/nowhere']").count() == 0


def test_a_link_to_what_is_not_there_is_a_sentence_and_the_page_goes_on(new_page):
    cockpit = new_page("uid=uid://A002/X9/X9&plot=phase").wait('model("message").text.includes("not in the database")')
    assert "The link's plot was left out: 'phase' is not one of" in cockpit.page.locator('[data-name="message"] .said').inner_text()
    cockpit.wait('model("uid_list_rows").data.uid.length === 6').choose(FAULTS)
    assert cockpit.message == ""
    assert until(cockpit.drawn_ids, cockpit.page)


def test_a_phone_shows_the_facets_below_each_other(new_page):
    cockpit = new_page(f"uid={FAULTS}", viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True, has_touch=True)
    until(cockpit.drawn_ids, cockpit.page)
    assert cockpit.look("document.documentElement.scrollWidth") <= 390
    for plot in ("summary", "spectra"):
        boxes = [cockpit.page.locator(f'[data-name="{plot}_bb_{index}"]').first.bounding_box() for index in (1, 2, 3, 4)]
        assert len({round(box["x"]) for box in boxes}) == 1
        assert all(above["y"] + above["height"] <= below["y"] + 1 for above, below in pairwise(boxes))
        assert all(box["width"] > 280 and box["height"] > 100 for box in boxes)


def test_nothing_is_wider_than_a_small_screen(new_page):
    cockpit = new_page(f"uid={LARGE}", viewport={"width": 1280, "height": 720})
    assert cockpit.look("document.documentElement.scrollWidth") <= 1280


def test_the_page_runs_no_script_but_its_own(new_page):
    cockpit = new_page()
    page, said = cockpit.page, len(cockpit.complaints)
    with page.expect_console_message(lambda message: "x.js" in message.text and "Content Security Policy" in message.text):
        page.evaluate("""() => {
            const script = document.createElement("script")
            script.textContent = "window.intruder = 1"
            document.body.append(script)
            document.body.insertAdjacentHTML("beforeend", '<a onclick="window.intruder = 2" id="stranger">')
            document.getElementById("stranger").click()
            const elsewhere = document.createElement("script")
            elsewhere.src = "http://127.0.0.1:9/x.js"
            document.body.append(elsewhere)
        }""")
    assert page.evaluate("window.intruder") is None
    del cockpit.complaints[said:]  # the three refusals


def test_the_page_stands_in_no_frame_of_another(browser, url):
    page = browser.new_context().new_page()
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text or "X-Frame-Options" in message.text):
        page.set_content(f'<iframe src="{url}"></iframe>')
    assert all(frame.locator(".page").count() == 0 for frame in page.frames)
    page.context.close()
