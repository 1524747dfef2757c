"""An Execution Block whose spectra are too many to be lines."""

import numpy as np
import pytest

from browser.cockpit import until
from browser.conftest import uid_of
from browser.test_page import assert_spectra_equal, spectra_in_database


@pytest.fixture
def dense(cockpit, fine):
    uid = uid_of(fine)
    if f">{uid}<" not in cockpit.look('model("header").text'):
        cockpit.choose(uid)
    return cockpit.wait('model("spectra_bb_1_image").data.image.length === 1')


def image(cockpit):
    return cockpit.look('(() => { const {x, y, dw, dh} = model("spectra_bb_1_image").data; return [x[0], y[0], dw[0], dh[0]] })()')


def covers_what_is_shown(cockpit):
    """The image reaches from one end of the frequency axis to the other, and no farther."""
    start, _, width, _ = image(cockpit)
    return [start, start + width] == pytest.approx(
        cockpit.look('[model("spectra_bb_1").x_range.start, model("spectra_bb_1").x_range.end]'), abs=1e-6)


def test_more_than_half_a_million_points_are_an_image(dense):
    assert "320 spectra, drawn as a density image" in dense.look('model("spectra_note").text')
    assert dense.drawn_ids() == []
    assert len(np.unique(dense.picture("spectra_bb_1").reshape(-1, 3), axis=0)) > 30


def test_zooming_refines_the_image(dense):
    whole = image(dense)
    centre = dense.place("spectra_bb_1", whole[0] + whole[2] / 2, whole[1] + whole[3] / 2)
    dense.activate("spectra", "WheelZoomTool")
    dense.look('(() => { const tools = model("spectra").toolbar.tools; '
               'tools.find((tool) => (tool.tools?.[0] ?? tool).type === "WheelZoomTool").active = true })()')
    dense.page.mouse.move(*centre)
    for _ in range(4):
        dense.page.mouse.wheel(0, -300)
        dense.page.wait_for_timeout(60)
    assert until(lambda: image(dense)[2] < whole[2] / 1.5 and covers_what_is_shown(dense), dense.page)
    assert image(dense)[3] < whole[3] / 1.5


def test_the_csv_is_never_the_image(dense, database, fine):
    _, table = dense.save("download_spectra")
    assert len(table) == 320 * 1920
    assert_spectra_equal(table, spectra_in_database(database, uid_of(fine)))
