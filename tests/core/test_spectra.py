import numpy as np
import pytest

from alma_qa0.core.spectra import edge_mask, segment_starts

WINDOW = 230e9 + 15.625e6 * np.arange(128)


@pytest.mark.parametrize("frequency_hz", [WINDOW, WINDOW[::-1]], ids=["ascending", "descending"])
def test_four_of_128_channels_at_either_end_are_the_edges(frequency_hz):
    assert np.flatnonzero(edge_mask(frequency_hz)).tolist() == [0, 1, 2, 3, 124, 125, 126, 127]


def test_a_fine_window_loses_an_eighth_of_a_quarter_at_either_end():
    mask = edge_mask(np.linspace(230e9, 232e9, 1920))
    assert mask[:60].all()
    assert not mask[60:-60].any()
    assert mask[-60:].all()


def test_each_of_the_joined_spectral_windows_has_edges_of_its_own():
    joined = np.concatenate([WINDOW, WINDOW + 10e9])
    assert segment_starts(joined).tolist() == [0, 128]
    assert edge_mask(joined).sum() == 16


@pytest.mark.parametrize("n_channels", [0, 1, 2, 8])
def test_a_window_too_short_to_keep_a_channel_keeps_them_all(n_channels):
    assert not edge_mask(WINDOW[:n_channels]).any()
