"""What a learner has done so far, and what comes next. Activity, kept apart from knowledge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from course.core.attempts import Attempt, Score, best_score, finished, first_score


@dataclass(frozen=True)
class Record:
    """One quiz or exercise as a learner stands with it."""

    slug: str
    first: Score | None  # the very first complete try: the one that counts
    best: Score | None
    attempts: int
    last_at: datetime
    open_attempt: str | None  # id of an attempt that can go on


@dataclass(frozen=True)
class Progress:
    """All that is known of a learner's activity."""

    read: Mapping[str, datetime]  # lesson slug → when
    records: Mapping[str, Record]  # quiz or exercise slug → record

    @property
    def empty(self) -> bool:
        """Whether there is nothing yet."""
        return not self.read and not self.records

    @property
    def unfinished(self) -> Record | None:
        """The attempt that was touched last and can go on."""
        going = [record for record in self.records.values() if record.open_attempt]
        return max(going, key=lambda record: record.last_at, default=None)

    def next_lesson(self, lessons: Sequence[str]) -> str | None:
        """Return the first lesson in course order that is not marked as read."""
        return next((slug for slug in lessons if slug not in self.read), None)


def progress(read: Mapping[str, datetime], attempts: Iterable[Attempt]) -> Progress:
    """Gather a learner's attempts, in any order, into one record a slug."""
    by_slug: dict[str, list[Attempt]] = {}
    for attempt in sorted(attempts, key=lambda a: (a.started_at, a.id)):
        by_slug.setdefault(attempt.slug, []).append(attempt)
    return Progress(read, {slug: record(slug, tried) for slug, tried in by_slug.items()})


def record(slug: str, attempts: Sequence[Attempt]) -> Record:
    """Sum up the attempts at one slug, oldest first."""
    firsts = [score for score in map(first_score, attempts) if score is not None]
    bests = [score for score in map(best_score, attempts) if score is not None]
    last = attempts[-1]
    return Record(
        slug=slug,
        first=firsts[0] if firsts else None,
        best=max(bests, key=lambda score: score.share, default=None),
        attempts=len(attempts),
        last_at=max(last_touched(attempt) for attempt in attempts),
        open_attempt=None if finished(last) else last.id,
    )


def last_touched(attempt: Attempt) -> datetime:
    """Return when the attempt was last worked on."""
    return max((event.at for event in attempt.events), default=attempt.started_at)
