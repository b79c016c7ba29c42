"""Mastery of a topic: the chance that its next question would be answered right today, and a level in words.

Every question counts with its last answer, and less the older that is. The estimate is the mean of a beta distribution
with a uniform prior; its range is the middle 80 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

import numpy as np

from course.measure.readiness import HALF_LIFE, HIGH, LOW

GAP = timedelta(days=7)  # something right after such a pause shows that it stayed
GRID = 1001  # points of the distribution
GETTING_THERE = (8, 0.55)  # answers, estimate
SECURE = (12, 0.60)  # answers, lower end of the range
STRONG = (20, 0.75)


class Level(IntEnum):
    """How far somebody has come with a topic. It can fall."""

    NOT_STARTED = 0
    STARTED = 1
    GETTING_THERE = 2
    SECURE = 3
    STRONG = 4

    @property
    def words(self) -> str:
        """As a person reads it."""
        return self.name.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Seen:
    """What is known of one question: how often it was answered, how well last, and when. Marks go from 0 to 1."""

    answers: int
    last_mark: float
    last_at: datetime
    right_after_gap: bool  # was right at least GAP after it was first answered


@dataclass(frozen=True)
class Mastery:
    """A topic as somebody stands with it; chance and range are 0 where nothing was answered."""

    level: Level
    chance: float
    low: float
    high: float
    answers: int
    last_at: datetime | None
    slipped_from: Level | None  # the level at the time of the last answer, where it was higher

    def weeks_unseen(self, now: datetime) -> int:
        """Return the full weeks since the last answer."""
        return (now - self.last_at).days // 7 if self.last_at else 0


def mastery(seen: Sequence[Seen], now: datetime) -> Mastery:
    """Return how a topic stands at `now`, from its questions in any order."""
    if not seen:
        return Mastery(Level.NOT_STARTED, 0.0, 0.0, 0.0, 0, None, None)
    last = max(each.last_at for each in seen)
    answers = sum(each.answers for each in seen)
    chance, low, high = _distribution(seen, now)
    level = _level(seen, answers, chance, low)
    then = _level(seen, answers, *_distribution(seen, last)[:2])
    return Mastery(level, chance, low, high, answers, last, then if then > level else None)


def _level(seen: Sequence[Seen], answers: int, chance: float, low: float) -> Level:
    kept = any(each.right_after_gap for each in seen)
    if answers >= STRONG[0] and low >= STRONG[1] and kept:
        return Level.STRONG
    if answers >= SECURE[0] and low >= SECURE[1]:
        return Level.SECURE
    if answers >= GETTING_THERE[0] and chance >= GETTING_THERE[1]:
        return Level.GETTING_THERE
    return Level.STARTED


def _distribution(seen: Sequence[Seen], now: datetime) -> tuple[float, float, float]:
    """Return mean, 10 % and 90 % point of Beta(1 + right, 1 + wrong)."""
    weights = [0.5 ** (max(now - each.last_at, timedelta()) / HALF_LIFE) for each in seen]
    right = 1.0 + sum(weight * each.last_mark for weight, each in zip(weights, seen, strict=True))
    wrong = 1.0 + sum(weight * (1 - each.last_mark) for weight, each in zip(weights, seen, strict=True))
    points = (np.arange(GRID) + 0.5) / GRID
    density = (right - 1) * np.log(points) + (wrong - 1) * np.log(1 - points)
    mass = np.cumsum(np.exp(density - density.max()))
    low, high = np.searchsorted(mass / mass[-1], [LOW, HIGH])
    mean = right / (right + wrong)
    return mean, min(float(points[low]), mean), max(float(points[min(int(high), GRID - 1)]), mean)
