"""Marks: exact fractions until they are shown to a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

VULGAR = {
    Fraction(1, 2): "½",
    Fraction(1, 4): "¼",
    Fraction(3, 4): "¾",
    Fraction(1, 3): "⅓",
    Fraction(2, 3): "⅔",
}


class Verdict(StrEnum):
    """What became of one part of an answer: a ticked option, a placed card."""

    RIGHT = "right"
    HALF = "half"
    WRONG = "wrong"
    MISSING = "missing"  # nothing was answered here


@dataclass(frozen=True)
class Marked:
    """The mark of one answer, from 0 to 1, and the verdict on each of its parts by name."""

    mark: Fraction
    parts: Mapping[str, Verdict] = field(default_factory=dict)
    points: int = 0  # what an exercise shows for the full mark, where that is not one for each part

    @property
    def out_of(self) -> int:
        """Points of a full answer, as an exercise shows them."""
        return self.points or len(self.parts)

    def count(self, verdict: Verdict) -> int:
        """How many parts got this verdict."""
        return sum(part == verdict for part in self.parts.values())


@dataclass(frozen=True)
class PassMark:
    """What it takes to pass: a share of all marks (0 to 1), or a number of marks."""

    share: Fraction | None = None
    marks: Fraction | None = None

    def needed(self, total: int) -> Fraction:
        """Marks needed out of `total` questions."""
        return self.marks if self.marks is not None else (self.share or Fraction(0)) * total

    def __str__(self) -> str:
        """As an author writes it: `70%` or `28`."""
        if self.share is not None:
            return f"{plain(self.share * 100)}%"
        return plain(self.marks or Fraction(0))


def plain(number: Fraction) -> str:
    """Write a number without loss where it is short: 28, 0.5, 62.5, else a fraction."""
    if number.denominator == 1:
        return str(number.numerator)
    decimal = f"{float(number):.4f}".rstrip("0")
    return decimal if Fraction(decimal) == number else str(number)


def shown(points: Fraction) -> str:
    """Points as people read them: `6½`, `0`, `3.4` (one decimal where no common fraction fits)."""
    whole, rest = divmod(points, 1)
    if not rest:
        return str(whole)
    if rest in VULGAR:
        return f"{whole or ''}{VULGAR[rest]}"
    return f"{float(points):.1f}"


def percent(mark: Fraction) -> int:
    """A mark from 0 to 1 as a whole percentage, halves rounded up."""
    return int(mark * 100 + Fraction(1, 2))
