"""Home: pick up where you left off, in one tap."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from course.core.nextstep import Facts, Step, next_step
from course.core.progress import Progress, Record
from course.core.quiz import Use
from course.web import current, exams, readiness, review
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
    due = len(review.due().today)
    return render_template(
        "home/home.html",
        done=done,
        due=due,
        next_lesson=catalogue.lesson(next_lesson or ""),
        unfinished=_going_on(unfinished) if unfinished else None,
        step=_step(done, due, unfinished is not None),
        exercises=catalogue.used_as(Use.EXERCISE),
        quizzes=catalogue.used_as(Use.QUIZ),
    )


def _step(done: Progress, due: int, unfinished: bool) -> Step | None:
    """Return the one best next step; newcomers begin with the first lesson."""
    catalogue = current.catalogue()
    exam = catalogue.main_exam
    standing = readiness.standing(exam, keep=False) if exam and not done.empty else None
    mocks = [attempt.started_at for attempt in current.my_history().attempts if attempt.rules.at_the_end]
    read = sum(lesson.slug in done.read for lesson in catalogue.lessons)
    return next_step(
        Facts(
            unfinished=unfinished,
            due=due,
            lessons_read=read,
            lessons=len(catalogue.lessons),
            estimate=standing is not None and standing.told is not None,
            questions=exam is not None and bool(catalogue.used_as(Use.QUIZ)),
            exams=exam is not None,
            days_since_mock=(current.now() - max(mocks)).days if mocks else None,
        )
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
