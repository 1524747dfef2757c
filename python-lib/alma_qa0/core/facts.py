"""What whole spectra say of an antenna: numbers held against the array, and where they go beyond their limits.

All of them are relative: a spectrum is divided by its own level, then by the median of the array at each channel. What is left, the
residual, is flat for a receiver like the others. How far from flat clean receivers are is taken from the array itself, as its median
absolute deviation; a limit is never below its floor, so that a quiet array does not alarm.
"""

from collections.abc import Mapping, Sequence

from alma_qa0.core.channels import birdies, invalid_channels, roughness
from alma_qa0.core.courses import bumps, edges, platforms, shapes, slopes
from alma_qa0.core.cubes import cube
from alma_qa0.core.periods import ripples
from alma_qa0.core.residuals import residual_of
from alma_qa0.core.spectra import SpectrumPack
from alma_qa0.core.spectral_fact import SpectralFact
from alma_qa0.core.swaps import swaps


def spectral_facts(packs: Sequence[SpectrumPack], limits: Mapping[str, float]) -> list[SpectralFact]:
    """All facts of the spectra of one Execution Block that go beyond ``limits`` (core/rules.py)."""
    cubes = [cube(pack) for pack in packs]
    found = [fact for one in cubes for fact in invalid_channels(one, limits)]
    residuals = [made for made in map(residual_of, cubes) if made is not None]
    for key in sorted({(made.cube.receiver_band, made.cube.quantity) for made in residuals}):
        group = [made for made in residuals if (made.cube.receiver_band, made.cube.quantity) == key]
        for judge in (roughness, birdies, ripples, platforms, *((slopes, bumps, edges, swaps) if key[1] == "trec" else (shapes,))):
            found += judge(group, limits)
    return found
