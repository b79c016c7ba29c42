"""The syllabus: each outcome with its lessons, what to practise it with, and how many exam questions it has."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, render_template

from course.core.quiz import Quiz, Use
from course.core.specification import Specification
from course.library.catalogue import Catalogue, Lesson
from course.library.syllabus import Criterion, Syllabus
from course.web import current
from course.web.visitors import same_for_visitors

pages = Blueprint("syllabus", __name__)


@dataclass(frozen=True)
class Practised:
    """A lesson that teaches an outcome, and the quiz that asks for it."""

    lesson: Lesson
    quiz: Quiz | None
    questions: int  # of this outcome


@dataclass(frozen=True)
class Asked:
    """What a mock exam asks of a topic. The first of its outcomes tells the number, so that each counts once."""

    topic: str
    questions: int
    outcomes: tuple[str, ...]  # of the topic, as the syllabus has them


@dataclass(frozen=True)
class Taught:
    """A row of the syllabus with what the course has for it."""

    criterion: Criterion
    lessons: tuple[Practised, ...]
    exercises: tuple[Quiz, ...]
    asked: Asked | None  # in the main mock exam


@pages.get("/syllabus")
@same_for_visitors
def overview() -> str:
    """Anybody. What there is to know, and where it is taught and practised."""
    catalogue = current.catalogue()
    if catalogue.syllabus is None:
        abort(404)
    exam = catalogue.main_exam
    rows = {criterion.outcome: _taught(catalogue, criterion, exam) for criterion in catalogue.syllabus.criteria}
    return render_template("learn/syllabus.html", syllabus=catalogue.syllabus, rows=rows, exam=exam)


def _taught(catalogue: Catalogue, criterion: Criterion, exam: Specification | None) -> Taught:
    outcome = criterion.outcome
    quizzes = {quiz.lesson: quiz for quiz in catalogue.used_as(Use.QUIZ) if _count(quiz, outcome)}
    lessons = tuple(
        Practised(lesson, quizzes.get(lesson.slug), _count(quizzes.get(lesson.slug), outcome))
        for lesson in catalogue.lessons
        if outcome in lesson.outcomes
    )
    return Taught(
        criterion,
        lessons,
        tuple(quiz for quiz in catalogue.used_as(Use.EXERCISE) if _count(quiz, outcome)),
        _asked(catalogue.syllabus, exam, outcome) if catalogue.syllabus and exam else None,
    )


def _asked(syllabus: Syllabus, exam: Specification, outcome: str) -> Asked | None:
    topic = next((each for each in exam.topics if outcome in each.outcomes), None)
    if topic is None:
        return None
    outcomes = tuple(each.outcome for each in syllabus.criteria if each.outcome in topic.outcomes)
    return Asked(topic.name, topic.total, outcomes)


def _count(quiz: Quiz | None, outcome: str) -> int:
    """Return how many questions of an outcome a quiz asks."""
    return sum(question.outcome == outcome and not question.void for question in quiz.questions) if quiz else 0
