"""What to practise so that the estimate moves most: topics that carry marks, and of which little is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from course.measure.readiness import STRENGTH


@dataclass(frozen=True)
class Known:
    """What is known of a topic: its questions in the exam, the weight of right and wrong answers, what can be asked."""

    questions: int
    right: float
    wrong: float
    available: int


def worth(known: Known, mean: float, more: int = 0) -> float:
    """Return how much a topic adds to the spread of the score: its questions times the deviation of its rate.

    The rate is Beta(s·m + right, s·(1 − m) + wrong), as in `readiness`; `more` answers still to come narrow it.
    """
    a = STRENGTH * mean + known.right
    b = STRENGTH * (1 - mean) + known.wrong
    total = a + b + more
    return known.questions * sqrt(a * b / (a + b) ** 2 / (total + 1))


def allocate(topics: Mapping[str, Known], number: int) -> Mapping[str, int]:
    """Return how many of `number` questions to draw from each topic, each going where it tells most."""
    answers = sum(topic.right + topic.wrong for topic in topics.values())
    mean = (sum(topic.right for topic in topics.values()) + 3) / (answers + 5)
    chosen = dict.fromkeys(topics, 0)
    for _ in range(number):
        open_ones = [name for name, topic in topics.items() if chosen[name] < topic.available]
        if not open_ones:
            break
        best = max(open_ones, key=lambda name: (worth(topics[name], mean, chosen[name]), name))
        chosen[best] += 1
    return {name: count for name, count in chosen.items() if count}
