"""Certainty: how often answers given as sure, unsure or a guess were right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LEAST = 5  # answers of one certainty, before anything is said of them


@dataclass(frozen=True)
class Calibration:
    """The answers given with one certainty."""

    certainty: str
    right: int
    total: int

    @property
    def enough(self) -> bool:
        """Whether there are enough to say something."""
        return self.total >= LEAST

    @property
    def in_ten(self) -> int:
        """Of ten such answers about so many were right."""
        return round(10 * self.right / self.total) if self.total else 0


def calibration(counts: Mapping[str, tuple[int, int]], order: Iterable[str]) -> tuple[Calibration, ...]:
    """Return certainty → (right, all) as values, in this order; what was never said is left out."""
    return tuple(Calibration(name, *counts[name]) for name in order if name in counts)
