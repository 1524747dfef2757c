"""Links that were shared, opened after what they are about has changed."""

import re

import pytest

from alma_qa0 import cli
from alma_qa0.simulate.execution_block import simulate
from browser.conftest import serving, uid_of
from browser.painted import painted, wrong_pixels

_ROW = re.compile(r"\s*<row>.*?</row>", re.DOTALL)


@pytest.fixture
def served(database_url_18, tmp_path):
    """An Execution Block, and the address of a page of its own. It ends after the pages that a test opened."""
    (asdm,) = simulate(tmp_path / "asdm", seed=11, bands=(6,), antennas=6, encoding="xml", channels=64, calibrations=2)
    with serving(database_url_18, tmp_path / "home", asdm) as url:
        yield asdm, url


def test_a_shared_link_paints_the_spectra_of_the_same_antennas_after_the_execution_block_was_taken_in_again(
    served, database_url_18, new_page,
):
    asdm, url = served
    cockpit = new_page(at=url)
    points = cockpit.data("summary_points")
    first, *_, wanted, last = sorted(set(points["antenna"]))
    cockpit.look('model("summary_points").selected.indices = argument', points.index[points["antenna"].isin([wanted, last])].tolist())
    cockpit.wait('model("spectra_note").text.includes(" selected of ") && location.search.includes("selected=")').settled()
    shared, before = cockpit.page.url.partition("?")[2], painted(cockpit.page)
    assert {antenna for antenna, *_ in lines(before)} == {wanted, last}

    take_in_again(asdm, database_url_18, without=[first])
    same = new_page(shared, at=url)
    now = painted(same.page)
    assert first not in set(same.data("summary_points")["antenna"])
    assert now["words"]["message"] == ""
    assert lines(now) == lines(before)
    assert wrong_pixels(same.page, now) == []

    take_in_again(asdm, database_url_18, without=[first, last])
    rest = new_page(shared, at=url)
    now = painted(rest.page)
    assert f"{uid_of(asdm)} does not have them; it has no antenna {last}." in now["words"]["message"]
    assert lines(now) == [line for line in lines(before) if line[0] == wanted]
    assert wrong_pixels(rest.page, now) == []


def lines(seen):
    """Antenna, scan and polarisation of each line that is painted, facet by facet."""
    return [tuple(line[:3]) for facet in seen["spectra"].values() if facet for line in facet["lines"]]


def take_in_again(asdm, database_url, *, without):
    """Take the ASDM in with its calibrations in another order, and without some antennas."""
    file = asdm / "CalAtmosphere.xml"
    text = file.read_text()
    rows = [row for row in _ROW.findall(text) if not any(f"<antennaName>{antenna}<" in row for antenna in without)]
    assert 0 < len(rows) < len(_ROW.findall(text))
    file.write_text(f"{text[:_ROW.search(text).start()]}{''.join(reversed(rows))}{text[text.rindex('</row>') + len('</row>'):]}")
    tables = asdm / "ASDM.xml"
    counted, n_tables = re.subn(r"(<Name>CalAtmosphere</Name>\s*<NumberRows>)\d+", rf"\g<1>{len(rows)}", tables.read_text())
    assert n_tables == 1
    tables.write_text(counted)
    assert cli.main(["ingest", str(asdm), "--database", database_url]) == cli.DONE
