"""Drawing a set for one learner: which questions fit, and some of them, evenly over the topics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from fractions import Fraction

from course.core.naming import in_seeded_order


class Which(StrEnum):
    """Which of the items a learner wants."""

    ALL = "all"
    UNSEEN = "unseen"
    MISSED = "missed"


def fitting(pool: Iterable[str], which: Which, marks: Mapping[str, Fraction]) -> tuple[str, ...]:
    """Return the items of a pool that are wanted: all, those never answered, or those last missed."""
    if which is Which.UNSEEN:
        return tuple(item for item in pool if item not in marks)
    if which is Which.MISSED:
        return tuple(item for item in pool if marks.get(item, Fraction(1)) < 1)
    return tuple(pool)


def draw(topics: Mapping[str, Iterable[str]], number: int, seed: str) -> tuple[str, ...]:
    """Return up to `number` items in a seeded order, the topics taken in turn as long as each has some.

    An item that stands in several topics is drawn once. The same seed draws the same.
    """
    left = {topic: list(in_seeded_order(items, seed, str)) for topic, items in topics.items()}
    drawn: dict[str, None] = {}
    while len(drawn) < number and any(left.values()):
        for topic in in_seeded_order(left, seed, str):
            while left[topic] and left[topic][0] in drawn:
                left[topic].pop(0)
            if left[topic] and len(drawn) < number:
                drawn[left[topic].pop(0)] = None
    return in_seeded_order(drawn, f"{seed}/order", str)
