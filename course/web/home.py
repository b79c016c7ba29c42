"""Home: pick up where you left off, in one tap."""

from __future__ import annotations

from flask import Blueprint, render_template

from course.core.quiz import Use
from course.web import current
from course.web.visitors import same_for_visitors

pages = Blueprint("home", __name__)


@pages.get("/")
@same_for_visitors
def home() -> str:
    """Anybody. Newcomers see where to start, others what to continue."""
    catalogue = current.catalogue()
    done = current.my_progress()
    next_lesson = done.next_lesson([lesson.slug for lesson in catalogue.lessons])
    unfinished = done.unfinished if done.unfinished and done.unfinished.slug in catalogue.quizzes else None
    return render_template(
        "home/home.html",
        done=done,
        next_lesson=catalogue.lesson(next_lesson or ""),
        unfinished=unfinished,
        unfinished_quiz=catalogue.quizzes[unfinished.slug] if unfinished else None,
        exercises=catalogue.used_as(Use.EXERCISE),
        quizzes=catalogue.used_as(Use.QUIZ),
    )
