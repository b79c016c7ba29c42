"""Readiness: the chance to pass the mock as things stand, its range, what it rests on, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, render_template

from course.core.attempts import EXAM, PRACTICE
from course.core.specification import Specification
from course.library.catalogue import Lesson
from course.measure import readiness
from course.measure.readiness import LEAST_ANSWERS, LEAST_SHARE, Estimate, Evidence, FirstAnswer, Told
from course.store import answers as answered_by
from course.web import current, sitting

pages = Blueprint("readiness", __name__)
MINUTES_AN_ANSWER = 0.8
WEEKS = 7  # days


@dataclass(frozen=True)
class TopicStanding:
    """A topic of the exam: how many first answers, how many right, and where it is taught."""

    name: str
    questions: int  # in the exam
    answers: int
    right: int
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True)
class Standing:
    """Everything the page says."""

    exam: Specification
    evidence: Evidence
    told: Told | None
    topics: tuple[TopicStanding, ...]
    days_old: int  # since the last answer

    @property
    def stale(self) -> bool:
        """Whether the last answer is so long ago that the estimate may have changed."""
        return self.days_old >= readiness.STALE.days

    @property
    def answers_missing(self) -> int:
        """How many answers more a first estimate takes."""
        return max(0, LEAST_ANSWERS - self.evidence.answers)

    @property
    def minutes_missing(self) -> int:
        """How long these take, roughly."""
        return max(5, round(self.answers_missing * MINUTES_AN_ANSWER / 5) * 5)

    @property
    def next_topic(self) -> TopicStanding:
        """The topic whose answers would tell most: many questions in the exam, few answers so far."""
        return max(self.topics, key=lambda topic: (topic.questions / (1 + topic.answers), topic.questions))


@pages.get("/progress/readiness")
def overview() -> str:
    """Anybody. The estimate, or how much is missing for one, and how it is worked out."""
    exam = next(iter(current.catalogue().exams.values()), None) or abort(404)
    sitting.close_overdue()
    return render_template(
        "progress/readiness.html", standing=standing(exam), least=LEAST_ANSWERS, share=round(LEAST_SHARE * 100)
    )


def standing(exam: Specification) -> Standing:
    """Return how the person who asks stands before this exam."""
    answers, now = facts(exam), current.now()
    blueprint = readiness.Blueprint({topic.name: sum(topic.questions.values()) for topic in exam.topics}, exam.needed)
    found: Estimate | None = readiness.readiness(answers, blueprint, now)
    evidence = readiness.evidence(answers, blueprint)
    return Standing(
        exam,
        evidence,
        readiness.told(found) if found else None,
        _topics(exam, blueprint.topics, answers),
        _days(evidence.last_at, now),
    )


def facts(exam: Specification) -> list[FirstAnswer]:
    """Return the first answers of the person who asks to questions of the exam's kind, with their topics."""
    catalogue, learner = current.catalogue(), current.learner_id()
    topics = {outcome: topic.name for topic in exam.topics for outcome in topic.outcomes}
    found = []
    for answered in answered_by.first_answers(learner, [PRACTICE, EXAM]) if learner else ():
        question = catalogue.questions.get(answered.question_id)
        if question is not None and question.outcome in topics and catalogue.fits_exams(question):
            found.append(FirstAnswer(topics[question.outcome], answered.mark == 1, answered.at))
    return found


def _topics(
    exam: Specification, questions: Mapping[str, int], answers: Sequence[FirstAnswer]
) -> tuple[TopicStanding, ...]:
    lessons = current.catalogue().lessons
    return tuple(
        TopicStanding(
            topic.name,
            questions[topic.name],
            sum(answer.topic == topic.name for answer in answers),
            sum(answer.topic == topic.name and answer.right for answer in answers),
            tuple(lesson for lesson in lessons if set(lesson.outcomes) & set(topic.outcomes)),
        )
        for topic in exam.topics
    )


def _days(last: datetime | None, now: datetime) -> int:
    return (now - last).days if last else 0
