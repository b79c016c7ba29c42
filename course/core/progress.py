"""What a learner has done so far, and what comes next. Activity, kept apart from knowledge."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from course.core.attempts import FLASHCARDS, Score
from course.core.history import AttemptSum, History


@dataclass(frozen=True)
class Record:
    """One quiz, exercise or drawn set as a learner stands with it."""

    slug: str
    first: Score | None  # the very first complete try: the one that counts
    best: Score | None
    tries: tuple[AttemptSum, ...]  # oldest first
    last_at: datetime
    open_attempt: str | None  # id of an attempt that can go on

    @property
    def attempts(self) -> int:
        """How often it was begun."""
        return len(self.tries)


@dataclass(frozen=True)
class Progress:
    """All that is known of a learner's activity."""

    read: Mapping[str, datetime]  # lesson slug → when
    records: Mapping[str, Record]  # slug of a quiz, an exercise or a drawn set → record
    cards: Mapping[str, Fraction] = field(default_factory=dict)  # flashcard → how well it was known last, 0 to 1

    @property
    def empty(self) -> bool:
        """Whether there is nothing yet."""
        return not self.read and not self.records

    @property
    def known(self) -> frozenset[str]:
        """The flashcards that were known when they were last shown."""
        return frozenset(card for card, mark in self.cards.items() if mark == 1)

    def unfinished(self, there: Container[str]) -> Record | None:
        """Return the attempt that was touched last and can go on, of the slugs that are still there."""
        going = [record for record in self.records.values() if record.open_attempt and record.slug in there]
        return max(going, key=lambda record: record.last_at, default=None)

    def next_lesson(self, lessons: Sequence[str]) -> str | None:
        """Return the first lesson in course order that is not marked as read."""
        return next((slug for slug in lessons if slug not in self.read), None)


def progress(read: Mapping[str, datetime], history: History, now: datetime) -> Progress:
    """Gather a learner's attempts into one record a slug, as they stand at `now`."""
    by_slug: dict[str, list[AttemptSum]] = {}
    for attempt in history.attempts:
        by_slug.setdefault(attempt.slug, []).append(attempt)
    records = {slug: record(slug, tried, now) for slug, tried in by_slug.items()}
    return Progress(read, records, history.last_marks([FLASHCARDS]))


def record(slug: str, attempts: Sequence[AttemptSum], now: datetime) -> Record:
    """Sum up the attempts at one slug, oldest first. What was never handed in ends with its time."""
    bests = [attempt.best for attempt in attempts if attempt.best is not None]
    last = attempts[-1]
    return Record(
        slug=slug,
        first=next((attempt.first for attempt in attempts if attempt.first is not None), None),
        best=max(bests, key=lambda score: score.share, default=None),
        tries=tuple(attempts),
        last_at=max(attempt.last_at for attempt in attempts),
        open_attempt=last.attempt_id if last.can_go_on(now) else None,
    )
