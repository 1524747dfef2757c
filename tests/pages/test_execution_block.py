import numpy as np
import pytest

from alma_qa0.errors import BadRequest
from alma_qa0.pages import execution_block
from pages.instant import UID, InstantMarts


def test_an_execution_block_is_read_once_for_all_sessions_and_again_when_it_was_made_again():
    marts = InstantMarts()
    first = execution_block.load(marts, UID)
    assert execution_block.load(marts, UID) is first
    version = marts.source_version
    marts.source_version = lambda uid: f"{version(uid)} and another"
    assert execution_block.load(marts, UID) is not first
    assert marts.asked.count(("block", UID)) == 2


def test_spectra_are_read_once_for_each_quantity_and_receiver_band():
    marts = InstantMarts()
    loaded = execution_block.load(marts, UID)
    for _ in range(2):
        for name in ("trec", "tsys"):
            lines = execution_block.lines(marts, loaded, name, 6)
    assert [question for question in marts.asked if question[0] == "spectra"] == [("spectra", UID, "trec", 6), ("spectra", UID, "tsys", 6)]
    assert sum(len(group.ids) for group in lines) == 2 * len(loaded.summary)
    assert len(np.unique(np.concatenate([group.ids for group in lines]))) == 2 * len(loaded.summary)


def test_an_execution_block_that_is_not_there_is_asked_for_again_the_next_time():
    marts = InstantMarts()
    for _ in range(2):
        with pytest.raises(BadRequest, match="not in the database"):
            execution_block.load(marts, "uid://A002/X9/X9")
    assert marts.asked.count(("block", "uid://A002/X9/X9")) == 2
