"""Progress: what was done, what is known by topic, and how sure answers came out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request

from course.core.attempts import EXAM, EXERCISE, PRACTICE, Certainty
from course.core.quiz import Question, Use
from course.core.specification import Specification
from course.library.catalogue import Lesson
from course.measure.certainty import Calibration, calibration
from course.measure.mastery import GAP, Mastery, Seen, mastery
from course.web import asking, current, results
from course.web.sets import MISSED, OWN, TASTER, TOPIC, taster_topics

pages = Blueprint("progress", __name__)
SURPRISES = 5
LATEST = 20  # mocks, and rounds of each set, unless all are asked for
COUNTED = (PRACTICE, EXERCISE, EXAM)


@dataclass(frozen=True)
class TopicRow:
    """A topic of the exam as the person who asks stands with it."""

    name: str
    questions: int  # in the exam
    mastery: Mastery
    lessons: tuple[Lesson, ...]
    weeks_unseen: int
    start: str  # of a practice of it: sent twice, it begins one


@pages.get("/progress")
def overview() -> str:
    """Anybody. What this person has done and knows; activity and knowledge apart."""
    catalogue = current.catalogue()
    results.close_overdue()
    exam = catalogue.main_exam
    most = None if "all" in request.args else LATEST
    return render_template(
        "progress/overview.html",
        done=current.my_progress(),
        account=current.account(),
        taster=bool(taster_topics()),
        exercises=catalogue.used_as(Use.EXERCISE),
        quizzes=catalogue.used_as(Use.QUIZ),
        known=current.known_terms(),
        drawn_sets=(OWN, TOPIC, TASTER, MISSED),
        exams=results.sat(most),
        most=most,
        mocks=sum(attempt.rules == EXAM for attempt in current.my_history().attempts),
        topics=topics(exam) if exam else (),
        calibrations=calibrations(),
        surprises=surprises(),
    )


def topics(exam: Specification) -> tuple[TopicRow, ...]:
    """Return the topics of an exam with what the person who asks has shown of each."""
    catalogue, now = current.catalogue(), current.now()
    seen: dict[str, list[Seen]] = {}
    for known in current.my_history().looked_at(COUNTED).values():
        question = catalogue.questions.get(known.question_id)
        if question is not None and known.first is not None and known.last is not None:
            kept = known.last_right_at is not None and known.last_right_at - known.first.at >= GAP
            seen.setdefault(question.outcome, []).append(
                Seen(known.answers, float(known.last.mark), known.last.at, kept)
            )
    rows = []
    for topic in exam.topics:
        found = mastery([each for outcome in topic.outcomes for each in seen.get(outcome, ())], now)
        lessons = catalogue.lessons_of(topic.outcomes)
        asked = topic.total
        rows.append(TopicRow(topic.name, asked, found, lessons, found.weeks_unseen(now), asking.new_start(TOPIC.slug)))
    return tuple(rows)


@dataclass(frozen=True)
class Surprise:
    """A question that somebody was sure of and did not get right."""

    question: Question
    address: str
    at: datetime


def surprises() -> tuple[Surprise, ...]:
    """Return the latest answers of the person who asks that were sure and not right."""
    catalogue = current.catalogue()
    return tuple(
        Surprise(catalogue.questions[question_id], f"/attempts/{place.attempt_id}/q/{place.number}", place.at)
        for question_id, place in current.my_history().fooled(SURPRISES)
        if question_id in catalogue.questions
    )


def calibrations() -> tuple[Calibration, ...]:
    """Return how answers of each certainty came out, for the person who asks."""
    return calibration(current.my_history().certain(), [Certainty.SURE, Certainty.UNSURE, Certainty.GUESS])
