"""Drawing a set for one learner: which questions fit, and some of them, evenly over the topics."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from fractions import Fraction

from course.core.attempts import Attempt, Rules
from course.core.naming import in_seeded_order


class Which(StrEnum):
    """Which of the items a learner wants."""

    ALL = "all"
    UNSEEN = "unseen"
    MISSED = "missed"


def last_marks(attempts: Iterable[Attempt], rules: Collection[Rules]) -> Mapping[str, Fraction]:
    """Return question → the mark it last earned at a first look, from attempts under these rules.

    A second look comes just after the reason was shown, so it says nothing about what is known.
    """
    checks = [
        check
        for attempt in attempts
        if attempt.rules in rules
        for item in attempt.items
        if (check := attempt.check(item.question_id, 1)) is not None and check.mark is not None
    ]
    return {check.question_id: check.mark or Fraction(0) for check in sorted(checks, key=lambda check: check.at)}


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
