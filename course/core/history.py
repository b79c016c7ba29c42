"""What a learner's attempts come to: a sum of each attempt, and one of each question.

A sum holds what pages ask for again and again, so that nobody has to read years of answers for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from course.core.attempts import (
    FLASHCARDS,
    Act,
    Attempt,
    Certainty,
    Event,
    Rules,
    Score,
    best_score,
    finished,
    first_score,
)


class AttemptSum(NamedTuple):
    """One attempt, summed up."""

    attempt_id: str
    slug: str
    rules: Rules
    started_at: datetime
    deadline: datetime | None  # None: no limit
    last_at: datetime  # when it was last worked on
    first: Score | None  # of every first check; None before all are checked
    best: Score | None  # with the best check of each question
    ended: bool  # nothing is left to do, or it was handed in

    def can_go_on(self, now: datetime) -> bool:
        """Whether its learner can still do something in it."""
        return not self.ended and (self.deadline is None or now < self.deadline)


def sum_up(attempt: Attempt) -> AttemptSum:
    """Return the sum of an attempt as it stands."""
    return AttemptSum(
        attempt_id=attempt.id,
        slug=attempt.slug,
        rules=attempt.rules,
        started_at=attempt.started_at,
        deadline=attempt.deadline,
        last_at=max((event.at for event in attempt.events), default=attempt.started_at),
        first=first_score(attempt),
        best=best_score(attempt),
        ended=attempt.handed_in is not None or finished(attempt),
    )


class Marked(NamedTuple):
    """A mark from 0 to 1, and when it was earned."""

    mark: Fraction
    at: datetime


class Place(NamedTuple):
    """Where a question was answered, and when: the attempt, and the question's number in it."""

    attempt_id: str
    number: int
    at: datetime


class QuestionSum(NamedTuple):
    """All first looks at one question under some rules. A look that was left empty is no answer."""

    question_id: str
    looked: Marked  # at the last look, empty or not
    answers: int = 0
    first: Marked | None = None
    last: Marked | None = None
    last_right_at: datetime | None = None
    certain: Mapping[str, tuple[int, int]] = MappingProxyType({})  # certainty → looks that were right, and all
    fooled: Place | None = None  # the last look that was sure and not right

    def and_then(self, other: QuestionSum) -> QuestionSum:
        """Return both together, the same whichever way round."""
        firsts = [each for each in (self.first, other.first) if each]
        lasts = [each for each in (self.last, other.last) if each]
        rights = [at for at in (self.last_right_at, other.last_right_at) if at]
        places = [each for each in (self.fooled, other.fooled) if each]
        return QuestionSum(
            self.question_id,
            looked=max(other.looked, self.looked, key=_when),
            answers=self.answers + other.answers,
            first=min(firsts, key=_when, default=None),
            last=max(lasts, key=_when, default=None),
            last_right_at=max(rights, default=None),
            certain=counted(self.certain, other.certain),
            fooled=max(places, key=_when, default=None),
        )


def _when(what: Marked | Place) -> tuple[object, ...]:
    """Order by time; what happened at the same instant by the rest, so that sums do not depend on their order."""
    return (what.at, *what)


def counted(*counts: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Add up certainty → (right, all)."""
    found: dict[str, tuple[int, int]] = {}
    for each in counts:
        for name, (right, total) in each.items():
            so_far = found.get(name, (0, 0))
            found[name] = (so_far[0] + right, so_far[1] + total)
    return found


Key = tuple[str, str]
"""The name of some rules, and a question."""


def looks(attempt: Attempt, after: int = 0) -> Mapping[Key, QuestionSum]:
    """Return what an attempt's events after this sequence number add to its questions."""
    numbers = {item.question_id: number for number, item in enumerate(attempt.items, 1)}
    return {
        (attempt.rules.name, event.question_id): _of_look(attempt, numbers[event.question_id], event)
        for event in attempt.events
        if event.act is Act.CHECK and event.look == 1 and event.sequence > after
    }


def _of_look(attempt: Attempt, number: int, event: Event) -> QuestionSum:
    marked = Marked(event.mark or Fraction(0), event.at)
    right = marked.mark == 1
    fooled = event.certainty is Certainty.SURE and not right
    found = QuestionSum(
        event.question_id,
        marked,
        certain={} if event.certainty is None else {event.certainty.value: (int(right), 1)},
        fooled=Place(attempt.id, number, event.at) if fooled else None,
    )
    if not event.response and attempt.rules != FLASHCARDS:  # flashcards are rated, and hold no response
        return found
    return found._replace(answers=1, first=marked, last=marked, last_right_at=marked.at if right else None)


def together(*sums: Mapping[Key, QuestionSum]) -> dict[Key, QuestionSum]:
    """Add sums up."""
    found: dict[Key, QuestionSum] = {}
    for each in sums:
        for key, question in each.items():
            found[key] = found[key].and_then(question) if key in found else question
    return found


@dataclass(frozen=True)
class History:
    """Everything a learner ever did, summed up."""

    attempts: tuple[AttemptSum, ...] = ()  # oldest first
    questions: Mapping[Key, QuestionSum] = field(default_factory=dict)

    def looked_at(self, rules: Collection[Rules]) -> Mapping[str, QuestionSum]:
        """Return question → its first looks under any of these rules."""
        names = [each.name for each in rules]
        found: dict[str, QuestionSum] = {}
        for (name, question_id), question in self.questions.items():
            if name in names:
                found[question_id] = found[question_id].and_then(question) if question_id in found else question
        return found

    def certain(self) -> Mapping[str, tuple[int, int]]:
        """Return certainty → how many first looks were right, and how many there were."""
        return counted(*(question.certain for question in self.questions.values()))

    def fooled(self, most: int) -> tuple[tuple[str, Place], ...]:
        """Return questions that were answered surely and not right, and where: the latest first, each once."""
        last: dict[str, Place] = {}
        for question in self.questions.values():
            place = question.fooled
            if place is not None and (question.question_id not in last or last[question.question_id].at < place.at):
                last[question.question_id] = place
        return tuple(sorted(last.items(), key=lambda each: each[1].at, reverse=True)[:most])

    def last_marks(self, rules: Collection[Rules]) -> Mapping[str, Fraction]:
        """Return question → the mark it last earned at a first look.

        A second look comes just after the reason was shown, so it says nothing about what is known.
        """
        return {question_id: question.looked.mark for question_id, question in self.looked_at(rules).items()}


def history(attempts: Iterable[Attempt]) -> History:
    """Sum attempts up, in whatever order they come."""
    in_order = sorted(attempts, key=lambda attempt: (attempt.started_at, attempt.id))
    return History(
        tuple(sum_up(attempt) for attempt in in_order),
        together(*(looks(attempt) for attempt in in_order)),
    )
