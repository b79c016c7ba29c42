"""Home: pick up where you left off, in one tap."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from course.core.progress import Record
from course.core.quiz import Use
from course.web import current, exams, review
from course.web.sets import DRAWN
from course.web.visitors import same_for_visitors

pages = Blueprint("home", __name__)


@dataclass(frozen=True)
class GoingOn:
    """What was begun and can go on."""

    title: str
    address: str
    hint: str = "You left off in the middle. Your answers are kept."


@pages.get("/")
@same_for_visitors
def home() -> str:
    """Anybody. Newcomers see where to start, others what to continue."""
    catalogue = current.catalogue()
    done = current.my_progress()
    next_lesson = done.next_lesson([lesson.slug for lesson in catalogue.lessons])
    mocks = {exams.PREFIX + slug for slug in catalogue.exams}
    unfinished = done.unfinished({*catalogue.quizzes, *DRAWN, *mocks})
    return render_template(
        "home/home.html",
        done=done,
        due=len(review.due().today),
        next_lesson=catalogue.lesson(next_lesson or ""),
        unfinished=_going_on(unfinished) if unfinished else None,
        exercises=catalogue.used_as(Use.EXERCISE),
        quizzes=catalogue.used_as(Use.QUIZ),
    )


def _going_on(record: Record) -> GoingOn:
    quizzes = current.catalogue().quizzes
    if record.slug.startswith(exams.PREFIX):
        exam = current.catalogue().exams[record.slug.removeprefix(exams.PREFIX)]
        return GoingOn(exam.title, f"/attempts/{record.open_attempt}/q/1", "Your answers are kept; the clock goes on.")
    if record.slug in DRAWN:
        return GoingOn(DRAWN[record.slug].title, f"/attempts/{record.open_attempt}/result")
    quiz = quizzes[record.slug]
    exercise = quiz.use is Use.EXERCISE
    return GoingOn(quiz.title, f"/exercises/{quiz.slug}" if exercise else f"/attempts/{record.open_attempt}/result")
