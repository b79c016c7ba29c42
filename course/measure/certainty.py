"""Certainty: how often answers given as sure, unsure or a guess were right."""

from __future__ import annotations

from collections.abc import Iterable
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


def calibration(counts: Iterable[tuple[str, int, int]], order: Iterable[str]) -> tuple[Calibration, ...]:
    """Return (certainty, right, total) rows as values, in this order; what was never said is left out."""
    known = {name: Calibration(name, right, total) for name, right, total in counts}
    return tuple(known[name] for name in order if name in known)
