"""How large an array is, how large it should be, and how much of it can be used: antennas, and baselines N (N - 1) / 2."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from alma_qa0.core.findings import Finding

# 12-m: since Cycle 8 (36 in Cycle 3); 7-m: 10 of 12. Total power: 3 of 4, which is ours: no public source says it.
NOMINAL_ANTENNAS: Mapping[str, int] = MappingProxyType({"12-m": 43, "7-m": 10, "TP": 3})
UNUSABLE_FRACTION = 0.5  # ours: an antenna is lost when more than this part of its calibrations is

Cell = tuple[int, str, str, str]  # receiver band, cal_data_id, baseband, polarisation
