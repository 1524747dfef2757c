"""What a part of the attack gives: its figures, and its faults in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``figures`` by name, for bench/results/attack.json; ``faults`` are empty where all held."""

    figures: Mapping[str, float]
    faults: tuple[str, ...]
