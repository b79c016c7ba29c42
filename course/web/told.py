"""What may be told of a learner's attempts outside their pages: nothing that these would not tell now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from course.core import specification
from course.core.attempts import (
    FLASHCARDS,
    REVIEW,
    Act,
    Attempt,
    Due,
    Event,
    Item,
    Reveal,
    Rules,
    Score,
    finished,
    first_score,
    opened,
    what_may_be_shown,
)
from course.core.quiz import Question
from course.core.sitting import SET
from course.web import asking, current, loading
from course.web.exams import PREFIX
from course.web.flashcards import SAID
from course.web.sets import DRAWN

UNSCORED = (FLASHCARDS, REVIEW)
IN_WORDS = (Act.SAVE, Act.CHECK)


class Words:
    """Questions and answers in words. Each question is read once."""

    def __init__(self) -> None:
        self._questions: dict[Item, Question | None] = {}
        self._terms: dict[Item, str] = {}

    def sentence(self, attempt: Attempt, item: Item) -> str:
        """Return what was asked; the question's name where it cannot be read any more."""
        if attempt.rules != FLASHCARDS:
            question = self._question(item)
            return question.sentence if question else item.question_id
        if item not in self._terms:
            term = loading.term_as_asked(item)
            self._terms[item] = term.name if term else item.question_id
        return self._terms[item]

    def answer(self, attempt: Attempt, item: Item, event: Event) -> str:
        """Return what was answered, in words where there are any."""
        cards = attempt.rules == FLASHCARDS
        if cards and event.mark is not None and event.mark in SAID:
            return SAID[event.mark]
        if event.act is Act.FLAG:
            return "flagged" if event.response == SET else "not flagged"
        question = self._question(item) if event.act in IN_WORDS and not cards else None
        if question is None:
            return "; ".join(f"{name}: {value}" for name, value in event.response)
        return "; ".join(asking.kind_of(question).in_words(question, event.response))

    def _question(self, item: Item) -> Question | None:
        if item not in self._questions:
            self._questions[item] = loading.as_asked(item)
        return self._questions[item]


@dataclass(frozen=True)
class Told:
    """An attempt as it may be told now."""

    attempt: Attempt
    title: str
    over: bool  # nothing is left to do in it, or nothing more is taken
    reveal: Reveal = field(repr=False)
    words: Words = field(repr=False)

    @property
    def terms(self) -> Mapping[str, Any]:
        """What was agreed; of an exam that is running not which question belongs to which topic."""
        return {name: value for name, value in self.attempt.terms.items() if self.over or name != "topics"}

    @property
    def needed(self) -> int | None:
        """The marks it takes to pass, in an exam."""
        return specification.terms(self.attempt).needed if self.attempt.rules.at_the_end else None

    @cached_property
    def score(self) -> Score | None:
        """The score at the first try, once all of it is due; flashcards and reviews have none."""
        due = all(self.reveal.of(item.question_id, 1) > Due.NOTHING for item in self.attempt.items)
        return first_score(self.attempt) if due and self.attempt.rules not in UNSCORED else None

    @property
    def last_at(self) -> datetime:
        """When something was last kept of it."""
        return max((event.at for event in self.attempt.events), default=self.attempt.started_at)

    @property
    def asked(self) -> Sequence[tuple[int, Item, str]]:
        """The questions that were opened: number, item, and what was asked."""
        items = enumerate(opened(self.attempt), 1)
        return [(number, item, self.words.sentence(self.attempt, item)) for number, item in items]

    @cached_property
    def lines(self) -> Sequence[Line]:
        """Every act."""
        items = {item.question_id: (number, item) for number, item in enumerate(self.attempt.items, 1)}
        return [self._line(event, *items.get(event.question_id, (None, None))) for event in self.attempt.events]

    def _line(self, event: Event, number: int | None, item: Item | None) -> Line:
        question = self.words.sentence(self.attempt, item) if item else ""
        answer = self.words.answer(self.attempt, item, event) if item else ""
        mark = event.mark if self.reveal.of(event.question_id, event.look) > Due.NOTHING else None
        return Line(self, event, number, question, answer, mark)


@dataclass(frozen=True)
class Line:
    """One act as it may be told: with its question and its answer in words, and its mark where that is due."""

    told: Told
    event: Event
    number: int | None  # of the question; None where the act is of the whole attempt
    question: str
    answer: str
    mark: Fraction | None


def tell(attempts: Sequence[Attempt], now: datetime) -> list[Told]:
    """Return attempts as they may be told at `now`."""
    words = Words()
    return [_told(attempt, now, words) for attempt in attempts]


def _told(attempt: Attempt, now: datetime, words: Words) -> Told:
    over = attempt.is_closed(now) if attempt.rules.at_the_end else finished(attempt)
    return Told(attempt, _title(attempt), over, what_may_be_shown(attempt.rules, attempt, now), words)


def _title(attempt: Attempt) -> str:
    """Return what an attempt is called; an exam as it was agreed."""
    return specification.terms(attempt).title if attempt.rules.at_the_end else title_of(attempt.rules, attempt.slug)


def title_of(rules: Rules, slug: str) -> str:
    """Return what the course calls a quiz, exercise, drawn set or exam today; its slug where it is gone."""
    catalogue = current.catalogue()
    exam = catalogue.exams.get(slug.removeprefix(PREFIX)) if rules.at_the_end else None
    found = exam or DRAWN.get(slug) or catalogue.quizzes.get(slug)
    return found.title if found else slug
