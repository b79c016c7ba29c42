"""Spaced review: when a question is to be asked again.

The memory model is FSRS-6 with its default parameters, by the package `fsrs`. Times are handed in, nothing is drawn by
chance, and no interval goes beyond the learner's exam date where one is set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from zlib import crc32

from fsrs import Card, Rating, Scheduler, State

DAILY = 30  # items a day, at most
LONGEST = 36_500  # days
FORECAST = WEEK = 7  # days
SECONDS_EACH = 30  # for an item, roughly


class Grade(IntEnum):
    """How well something was remembered."""

    AGAIN = 1
    HARD = 2
    GOOD = 3


@dataclass(frozen=True)
class Memory:
    """What is kept of one question: stability in days, difficulty from 1 to 10, and when it is due."""

    question_id: str
    stability: float
    difficulty: float
    due: datetime
    last: datetime


def grade(right: bool, certainty: str | None, known: bool) -> Grade | None:
    """Return how an answer in a quiz, an exercise or a mock rates; None makes no card.

    Wrong, or right by a guess: again. Right and unsure: hard. Right and sure: good. Right with nothing
    said makes no card, and rates one that is there as good.
    """
    if not right or certainty == "guess":
        return Grade.AGAIN
    if certainty == "unsure":
        return Grade.HARD
    return Grade.GOOD if certainty == "sure" or known else None


def reviewed(question_id: str, memory: Memory | None, rated: Grade, at: datetime, exam: date | None = None) -> Memory:
    """Return what is remembered after an answer that was rated."""
    scheduler = _scheduler(days_to(exam, at))
    now = at.astimezone(UTC)  # as the package wants it
    card = Card(card_id=1, due=now)
    if memory is not None:
        card = Card(
            card_id=1,
            state=State.Review,
            stability=memory.stability,
            difficulty=memory.difficulty,
            due=memory.due,
            last_review=memory.last,
        )
    after, _ = scheduler.review_card(card, Rating(int(rated)), max(now, memory.last) if memory else now)
    return Memory(question_id, float(after.stability or 0), float(after.difficulty or 0), after.due, now)


def days_to(exam: date | None, at: datetime) -> int:
    """Return the longest interval that makes sense: the days left to an exam that is still to come."""
    left = (exam - at.date()).days if exam else 0
    return left if left > 0 else LONGEST


@lru_cache(maxsize=512)
def _scheduler(longest: int) -> Scheduler:
    return Scheduler(learning_steps=(), relearning_steps=(), maximum_interval=longest, enable_fuzzing=False)


@dataclass(frozen=True)
class Queue:
    """What is due: today's items, most urgent first, how many can wait, and how many come on the next days."""

    today: tuple[Memory, ...]
    waiting: int
    forecast: tuple[tuple[date, int], ...]  # the days after today

    @property
    def minutes(self) -> int:
        """How long today's items take, roughly."""
        return max(1, round(len(self.today) * SECONDS_EACH / 60))

    @property
    def following(self) -> tuple[date, int] | None:
        """The next day on which something is due, and how much."""
        return next(((day, number) for day, number in self.forecast if number), None)


def queue(
    memories: Iterable[Memory], now: datetime, done_today: int = 0, daily: int = DAILY, exam: date | None = None
) -> Queue:
    """Return what is due at `now`, by the days of its time zone.

    What was missed in a pause is spread: no day gets more than its share. What would come only after an exam that is
    still to come is asked once more in the week before it.
    """
    to_come = exam if exam is not None and exam > now.date() else None
    days = {memory: _day(memory, now, to_come) for memory in memories}
    known = sorted(days, key=lambda memory: (days[memory], memory.due, memory.question_id))
    due = [memory for memory in known if days[memory] <= now.date()]
    room = max(0, daily - done_today)
    today, waiting = due[:room], len(due) - len(due[:room])
    coming = Counter(days[memory] for memory in known[len(due) :])
    return Queue(tuple(today), waiting, _forecast(coming, waiting, now.date(), daily))


def _day(memory: Memory, now: datetime, exam: date | None) -> date:
    """Return the day on which something is due, where the learner is."""
    due = memory.due.astimezone(now.tzinfo).date()
    if exam is None or due < exam:
        return due
    before = exam - timedelta(days=1 + crc32(memory.question_id.encode()) % WEEK)
    return before if before > memory.last.astimezone(now.tzinfo).date() else due


def _forecast(coming: Mapping[date, int], waiting: int, today: date, daily: int) -> tuple[tuple[date, int], ...]:
    """Return the days after today with what comes on each: what waits moves on where a day is full."""
    days, carried = [], waiting
    for number in range(1, FORECAST + 1):
        day = today + timedelta(days=number)
        wanted = coming.get(day, 0) + carried
        days.append((day, min(wanted, daily)))
        carried = wanted - min(wanted, daily)
    return tuple(days)
