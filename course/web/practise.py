"""Practise: the list of exercises and quizzes, and the page a quiz starts from."""

from __future__ import annotations

from secrets import token_hex

from flask import Blueprint, Response, redirect, render_template, request, url_for
from wtforms import HiddenField

from course.core.attempts import PRACTICE
from course.core.quiz import Use
from course.store import attempts
from course.web import asking, current, loading, review
from course.web.security import PageForm

pages = Blueprint("practise", __name__)


class StartForm(PageForm):
    """Start a quiz. The number makes a start that is sent twice one attempt."""

    start = HiddenField()


@pages.get("/practise")
def index() -> str:
    """Anybody. Exercises and quizzes, by lesson."""
    catalogue = current.catalogue()
    return render_template(
        "practise/index.html",
        done=current.my_progress(),
        due=len(review.due().today),
        exercises=catalogue.used_as(Use.EXERCISE),
        quizzes=catalogue.used_as(Use.QUIZ),
    )


@pages.get("/quizzes/<slug>")
def quiz(slug: str) -> str:
    """Anybody. How long the quiz is, the last score, and Start."""
    found = loading.quiz(slug, Use.QUIZ)
    return render_template(
        "practise/quiz.html",
        quiz=found,
        record=current.my_progress().records.get(slug),
        lesson=current.catalogue().lesson(found.lesson),
        form=StartForm(start=asking.new_start(slug)),
        count=sum(not question.void for question in found.questions),
    )


@pages.post("/quizzes/<slug>/start")
def start(slug: str) -> Response:
    """Anybody; makes a guest of a newcomer. Draws the seed and goes to the first question."""
    found = loading.quiz(slug, Use.QUIZ)
    number = asking.start_number(slug, request.form.get("start", "")) or token_hex(12)
    attempt = asking.new_attempt(found, PRACTICE, current.learner_id_to_save(), asking.seed_of(number), current.now())
    attempt_id = attempts.start(attempt, number, asking.new_items(attempt))
    return redirect(url_for("attempts.question", attempt_id=attempt_id, number=1), 303)  # type: ignore[return-value]
