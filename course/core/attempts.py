"""One attempt: what was asked, what was answered when, and what may be shown of it.

A practice quiz, a sorting exercise, a round of flashcards, a review and a mock exam are one `Attempt` under different
`Rules`. Everything here is pure: the time comes in as an argument, chance comes in as the seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any

Response = tuple[tuple[str, str], ...]
"""What was answered: the form's fields (name, value) of one question, sorted. Empty: nothing."""


class Certainty(StrEnum):
    """How sure a learner says to be. Never part of a score."""

    GUESS = "guess"
    UNSURE = "unsure"
    SURE = "sure"


class Act(StrEnum):
    """What a learner did. Every act is kept; nothing is ever overwritten."""

    SAVE = "save"  # answered, not yet marked
    CHECK = "check"  # asked for the verdict
    REVEAL = "reveal"  # asked for the answers; ends the attempt
    FLAG = "flag"  # marked a question for review, or took the mark away
    RATE = "rate"  # said how hard a right answer was
    SUBMIT = "submit"  # handed in, or closed because time ran out; ends the attempt


@dataclass(frozen=True)
class Rules:
    """What an attempt allows."""

    name: str
    retries: bool  # a checked question may be tried again until it is right or the answers are shown
    second_look: bool  # questions missed come back once at the end, not scored
    at_the_end: bool = False  # free to move about and to change any answer; no verdict before the whole is handed in


PRACTICE = Rules("practice", retries=False, second_look=True)
EXERCISE = Rules("exercise", retries=True, second_look=False)
FLASHCARDS = Rules("flashcards", retries=False, second_look=True)  # terms, rated by the learner; never scored
REVIEW = Rules("review", retries=False, second_look=True)  # what is due again; never part of a first score
EXAM = Rules("exam", retries=False, second_look=False, at_the_end=True)
RULES = {rules.name: rules for rules in (PRACTICE, EXERCISE, FLASHCARDS, REVIEW, EXAM)}


@dataclass(frozen=True)
class Item:
    """A question of an attempt in the revision the learner saw."""

    question_id: str
    revision: str


@dataclass(frozen=True)
class Event:
    """One act. `sequence` counts from 1 within the attempt, `look` from 1 within the question.

    Under rules that judge at the end, `look` counts the changes of one question's answer, or of its flag, as the
    page that made them did; `seconds` says how long the question was on the screen until then, as the page has it.
    """

    sequence: int
    act: Act
    question_id: str
    look: int
    response: Response
    at: datetime
    mark: Fraction | None = None  # of a check
    certainty: Certainty | None = None
    seconds: int | None = None


@dataclass(frozen=True)
class Attempt:
    """What one seed made of a quiz for one learner, and all that happened since.

    `limit` is the time it may take, None for no limit; saves count until `grace` after that. `terms` are what else was
    agreed at its start, as plain data: an exam's are `specification.Terms`.
    """

    id: str
    learner_id: str
    slug: str
    rules: Rules
    seed: str
    started_at: datetime
    items: tuple[Item, ...]
    events: tuple[Event, ...] = ()
    limit: timedelta | None = None
    grace: timedelta = timedelta()
    terms: Mapping[str, Any] = field(default_factory=dict)

    @property
    def deadline(self) -> datetime | None:
        """When time runs out; None without a limit."""
        return None if self.limit is None else self.started_at + self.limit

    @property
    def handed_in(self) -> Event | None:
        """The act that ended it, or None."""
        return next((event for event in self.events if event.act is Act.SUBMIT), None)

    def on_terms(self, terms: Mapping[str, Any], limit: timedelta | None, grace: timedelta) -> Attempt:
        """Return it as it is sat on these terms."""
        return replace(self, terms=terms, limit=limit, grace=grace)

    def is_closed(self, now: datetime) -> bool:
        """Whether nothing more is taken: handed in, or its time and the grace are over, whoever looks."""
        if self.handed_in is not None:
            return True
        return self.deadline is not None and now > self.deadline + self.grace

    @property
    def sequence(self) -> int:
        """The last sequence number used; 0 before the first act."""
        return max((event.sequence for event in self.events), default=0)

    @cached_property
    def _checks(self) -> Mapping[str, tuple[Event, ...]]:
        found: dict[str, list[Event]] = {}
        for event in sorted(self.events, key=lambda event: event.sequence):
            if event.act is Act.CHECK:
                found.setdefault(event.question_id, []).append(event)
        return {question_id: tuple(checks) for question_id, checks in found.items()}

    def checks(self, question_id: str) -> tuple[Event, ...]:
        """Return the checks of one question, oldest first."""
        return self._checks.get(question_id, ())

    def check(self, question_id: str, look: int) -> Event | None:
        """Return the check of a question at its nth look, or None."""
        return next((e for e in self.checks(question_id) if e.look == look), None)

    def look(self, question_id: str) -> int:
        """Return which look at the question comes next: one more than it was checked."""
        return len(self.checks(question_id)) + 1

    def revealed(self, question_id: str) -> bool:
        """Whether the learner asked for the answers."""
        return any(e.act is Act.REVEAL and e.question_id == question_id for e in self.events)

    def response(self, question_id: str) -> Response:
        """Return the last thing answered, saved or checked. Later sequence numbers win."""
        given = [e for e in self.events if e.question_id == question_id and e.act in {Act.SAVE, Act.CHECK}]
        return max(given, key=lambda e: e.sequence).response if given else ()


@dataclass(frozen=True)
class Step:
    """One page of an attempt: a question at its first look, or at its second."""

    number: int
    item: Item
    look: int


def missed(attempt: Attempt) -> tuple[Item, ...]:
    """Return the items whose first check earned less than the full mark, in order."""
    first = [(item, attempt.check(item.question_id, 1)) for item in attempt.items]
    return tuple(item for item, event in first if event is not None and event.mark != 1)


def steps(attempt: Attempt) -> tuple[Step, ...]:
    """Return the pages of an attempt: every item once, and once all are checked the missed ones again."""
    first = tuple(Step(number, item, 1) for number, item in enumerate(attempt.items, 1))
    if not attempt.rules.second_look or any(attempt.check(s.item.question_id, 1) is None for s in first):
        return first
    again = tuple(Step(number, item, 2) for number, item in enumerate(missed(attempt), len(first) + 1))
    return first + again


def next_step(attempt: Attempt) -> Step | None:
    """Return the first page not yet checked, or None when there is nothing left to do."""
    return next((s for s in steps(attempt) if attempt.check(s.item.question_id, s.look) is None), None)


def opened(attempt: Attempt) -> tuple[Item, ...]:
    """Return the items that may be looked at: in an exam all, else as far as the first page not yet checked."""
    following = None if attempt.rules.at_the_end else next_step(attempt)
    return attempt.items if following is None else attempt.items[: following.number]


def finished(attempt: Attempt) -> bool:
    """Whether nothing is left: all is checked, and where retries are allowed, right or revealed; or handed in."""
    if attempt.rules.at_the_end:
        return attempt.handed_in is not None
    if not attempt.rules.retries:
        return next_step(attempt) is None
    return all(_settled(attempt, item.question_id) for item in attempt.items)


def _settled(attempt: Attempt, question_id: str) -> bool:
    checks = attempt.checks(question_id)
    return attempt.revealed(question_id) or bool(checks and checks[-1].mark == 1)


class Due(IntEnum):
    """How much of a question's solution may be shown. Each level holds the ones below it."""

    NOTHING = 0
    VERDICT = 1  # which parts are right, and the reasons of those
    REASONS = 2  # the reason of every part
    KEY = 3  # the right answer itself


@dataclass(frozen=True)
class Reveal:
    """What may be shown, by question and look. What is not named is not due."""

    due: Mapping[tuple[str, int], Due] = field(default_factory=dict)

    def of(self, question_id: str, look: int) -> Due:
        """Return what is due of a question at one look."""
        return self.due.get((question_id, look), Due.NOTHING)


def what_may_be_shown(rules: Rules, attempt: Attempt, now: datetime) -> Reveal:
    """Decide what a page may show at `now`. Nothing is due before its check.

    With retries a first check tells right from wrong and gives the reasons of what was right; the
    second gives every reason; only asking for the answers, or having them all right, gives the key.
    Judged at the end, everything is due once nothing more is taken.
    """
    if rules.at_the_end:
        closed = attempt.is_closed(now) and (attempt.handed_in is None or attempt.handed_in.at <= now)
        return Reveal({(item.question_id, 1): Due.KEY for item in attempt.items} if closed else {})
    so_far = replace(attempt, events=tuple(event for event in attempt.events if event.at <= now))
    checks = [event for event in so_far.events if event.act is Act.CHECK]
    return Reveal({(check.question_id, check.look): _due_after(rules, so_far, check) for check in checks})


def _due_after(rules: Rules, attempt: Attempt, check: Event) -> Due:
    if not rules.retries or check.mark == 1 or attempt.revealed(check.question_id):
        return Due.KEY
    return Due.VERDICT if check.look == 1 else Due.REASONS


@dataclass(frozen=True)
class Score:
    """Marks earned out of questions asked."""

    marks: Fraction
    total: int

    @cached_property
    def share(self) -> Fraction:
        """From 0 to 1; 0 where nothing was asked."""
        return self.marks / self.total if self.total else Fraction(0)


def first_score(attempt: Attempt) -> Score | None:
    """Return the score of every first check, which is the one that counts; None before all are checked."""
    first = {e.question_id: e.mark or Fraction(0) for e in attempt.events if e.act is Act.CHECK and e.look == 1}
    if any(item.question_id not in first for item in attempt.items):
        return None
    return Score(sum((first[item.question_id] for item in attempt.items), Fraction(0)), len(attempt.items))


def best_score(attempt: Attempt) -> Score | None:
    """Return the score with the best check of each question, retries included; None as above."""
    first = first_score(attempt)
    if first is None or not attempt.rules.retries:
        return first
    scored = [attempt.checks(i.question_id) for i in attempt.items]
    best = (max(check.mark or Fraction(0) for check in checks) for checks in scored)
    return Score(sum(best, Fraction(0)), len(attempt.items))
