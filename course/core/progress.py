"""What a learner has done so far, and what comes next. Activity, kept apart from knowledge."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from course.core.attempts import FLASHCARDS, Attempt, Score, best_score, finished, first_score
from course.core.drawing import last_marks
from course.core.sitting import is_over


@dataclass(frozen=True)
class Try:
    """One attempt: when it was last worked on, and its score once all was checked."""

    attempt_id: str
    at: datetime
    score: Score | None


@dataclass(frozen=True)
class Record:
    """One quiz, exercise or drawn set as a learner stands with it."""

    slug: str
    first: Score | None  # the very first complete try: the one that counts
    best: Score | None
    tries: tuple[Try, ...]  # oldest first
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


def progress(read: Mapping[str, datetime], attempts: Iterable[Attempt], now: datetime) -> Progress:
    """Gather a learner's attempts, in any order, into one record a slug, as they stand at `now`."""
    by_slug: dict[str, list[Attempt]] = {}
    in_order = sorted(attempts, key=lambda a: (a.started_at, a.id))
    for attempt in in_order:
        by_slug.setdefault(attempt.slug, []).append(attempt)
    records = {slug: record(slug, tried, now) for slug, tried in by_slug.items()}
    return Progress(read, records, last_marks(in_order, [FLASHCARDS]))


def record(slug: str, attempts: Sequence[Attempt], now: datetime) -> Record:
    """Sum up the attempts at one slug, oldest first. What was never handed in ends with its time."""
    scores = [first_score(attempt) for attempt in attempts]
    firsts = [score for score in scores if score is not None]
    bests = [score for score in map(best_score, attempts) if score is not None]
    last = attempts[-1]
    tries = tuple(
        Try(attempt.id, last_touched(attempt), score) for attempt, score in zip(attempts, scores, strict=True)
    )
    return Record(
        slug=slug,
        first=firsts[0] if firsts else None,
        best=max(bests, key=lambda score: score.share, default=None),
        tries=tries,
        last_at=max(each.at for each in tries),
        open_attempt=None if finished(last) or is_over(last, now) else last.id,
    )


def last_touched(attempt: Attempt) -> datetime:
    """Return when the attempt was last worked on."""
    return max((event.at for event in attempt.events), default=attempt.started_at)
