"""The octiles of water vapour: eighths of the nights at the site, by which ALMA plans and reports.

Upper edges of the 1st to the 7th octile, and the octile planned for each band: public planning code of the observatory. The octiles that
QA0 reports of 2022 print agree with the edges.
"""

import math
from bisect import bisect_left
from collections.abc import Mapping
from types import MappingProxyType

UPPER_EDGES_M = (0.472e-3, 0.658e-3, 0.913e-3, 1.262e-3, 1.796e-3, 2.748e-3, 5.186e-3)
PLANNED_OCTILES: Mapping[int, int] = MappingProxyType({3: 7, 4: 6, 6: 4, 7: 4, 8: 2, 9: 1})  # receiver band: octile


def pwv_octile(water_m: float | None) -> int | None:
    """1 (driest) to 8 for precipitable water vapour in m; None where it is not known or no amount of water."""
    if water_m is None or not 0 < water_m < math.inf:
        return None
    return bisect_left(UPPER_EDGES_M, water_m) + 1


def octile_words(octile: int) -> str:
    """As a QA0 report prints it: ``<1``, ``1-2``, to ``>7``: between which upper edges the water lies."""
    if octile == 1:
        return "<1"
    return f"{octile - 1}-{octile}" if octile <= len(UPPER_EDGES_M) else f">{len(UPPER_EDGES_M)}"
