"""The one best next step, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MANY_DUE = 10
MOCK_AFTER = 14  # days since the last mock


class Step(StrEnum):
    """What can be done next."""

    CONTINUE = "continue"  # what was begun and left
    REVIEW = "review"
    LESSON = "lesson"
    PRACTISE = "practise"  # what moves the estimate most
    MOCK = "mock"


@dataclass(frozen=True)
class Facts:
    """What the choice goes by."""

    unfinished: bool
    due: int
    lessons_read: int
    lessons: int
    estimate: bool  # whether there is a readiness estimate
    questions: bool  # whether questions can be drawn that move the estimate
    exams: bool  # whether there is a mock to sit
    days_since_mock: int | None  # None: none was sat


def next_step(facts: Facts) -> Step | None:
    """Return what serves most; None for a course in which nothing is left to do.

    What was begun comes first, then what is about to be forgotten; half of the lessons before a first
    estimate, an estimate before a mock, and a mock now and then to test it.
    """
    if facts.unfinished:
        return Step.CONTINUE
    unread = facts.lessons_read < facts.lessons
    if facts.due >= MANY_DUE or (facts.due and not unread):
        return Step.REVIEW
    if unread and (facts.lessons_read * 2 < facts.lessons or not facts.questions):
        return Step.LESSON
    if facts.exams and facts.estimate and (facts.days_since_mock is None or facts.days_since_mock >= MOCK_AFTER):
        return Step.MOCK
    if facts.questions and not (unread and facts.estimate):
        return Step.PRACTISE
    return Step.LESSON if unread else Step.REVIEW if facts.due else None
