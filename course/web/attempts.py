"""An attempt at a quiz: one question a page, the verdict at once, and the result at the end."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from wtforms import StringField

from course.core.attempts import (
    EXERCISE,
    FLASHCARDS,
    PRACTICE,
    REVIEW,
    Act,
    Attempt,
    Certainty,
    Event,
    Step,
    best_score,
    finished,
    first_score,
    next_step,
    steps,
)
from course.core.quiz import Question, Use
from course.library.catalogue import Lesson
from course.questions._kind import View
from course.store import attempts
from course.web import asking, current, loading, results, review, sitting
from course.web.reminding import AFTER_QUIZ, remind
from course.web.security import PageForm
from course.web.sets import DRAWN, TASTER, Drawn

pages = Blueprint("attempts", __name__)


class AnswerForm(PageForm):
    """What is said beside the answer itself."""

    certainty = StringField()  # one of these; not a RadioField, which WTForms is about to change
    certainties = tuple((certainty.value, certainty.value.capitalize()) for certainty in Certainty)

    def said(self) -> Certainty | None:
        """Return how sure the learner says to be, if anything."""
        return Certainty(self.certainty.data) if self.certainty.data in set(Certainty) else None


@dataclass(frozen=True)
class Asked:
    """A page of an attempt."""

    attempt: Attempt
    step: Step
    question: Question
    check: Event | None
    title: str  # of the quiz or the drawn set; empty where it is not there any more
    lesson: Lesson | None

    @property
    def total(self) -> int:
        """How many questions the set has."""
        return len(self.attempt.items)

    @property
    def number(self) -> int:
        """The number of this question within its round."""
        return self.step.number if self.step.look == 1 else self.step.number - self.total

    @property
    def round_length(self) -> int:
        """How many questions this round has."""
        return self.total if self.step.look == 1 else len(steps(self.attempt)) - self.total


@pages.get("/attempts/<attempt_id>/q/<int:number>")
def question(attempt_id: str, number: int) -> str | Response:
    """The owner. A question, or once it is checked its verdict; of an exam a question until it is over."""
    attempt = loading.own_attempt(attempt_id)
    if attempt.rules.at_the_end:
        return sitting.question(attempt, number)
    asked = _load(attempt, number)
    if asked.check is None and asked.step != next_step(asked.attempt):
        return _on(asked.attempt)
    look = asked.step.look
    if asked.check is None:
        view = asking.asked(asked.attempt, asked.question, look)
    else:
        view = asking.shown(asked.attempt, asked.question, look)
    return _page(asked, view, AnswerForm())


@pages.post("/attempts/<attempt_id>/q/<int:number>")
def check(attempt_id: str, number: int) -> str | tuple[str, int] | Response:
    """The owner. Keeps the answer and marks it; a repeated check changes nothing. An exam's is only kept."""
    attempt = loading.own_attempt(attempt_id)
    if attempt.rules.at_the_end:
        return sitting.answer(attempt, number) if 1 <= number <= len(attempt.items) else abort(404)
    asked = _load(attempt, number)
    form = AnswerForm(request.form)
    response = asking.answer(asked.question)
    here = redirect(url_for("attempts.question", attempt_id=attempt_id, number=number), 303)
    if asked.check is not None:
        return here  # type: ignore[return-value]
    if not response:
        view = asking.asked(asked.attempt, asked.question, asked.step.look)
        return _page(asked, view, form, error="Choose an answer first."), 422
    event = asking.check_event(asked.question, response, asked.step.look, current.now(), form.said())
    attempts.act(attempt_id, event)
    return here  # type: ignore[return-value]


@pages.post("/attempts/<attempt_id>/q/<int:number>/rate")
def rate(attempt_id: str, number: int) -> Response:
    """The owner, in a review. Keeps how hard a right answer was, and goes on."""
    attempt = loading.own_attempt(attempt_id)
    asked = _load(attempt, number)
    rating = request.form.get("rating", "")
    if attempt.rules != REVIEW or asked.check is None or rating not in review.RATINGS:
        abort(404)
    if asked.step.look == 1 and asked.check.mark == 1:
        event = Event(0, Act.RATE, asked.question.id, 1, (("rating", rating),), current.now())
        attempts.act(attempt_id, event)
    onwards = _on(attempt)
    onwards.status_code = 303
    return onwards


@pages.get("/attempts/<attempt_id>/result")
def result(attempt_id: str) -> str | Response:
    """The owner. The score against the pass mark, and every question with its verdict."""
    attempt = loading.own_attempt(attempt_id)
    if attempt.rules.at_the_end:
        return results.result(attempt)
    score = first_score(attempt)
    if attempt.rules == REVIEW and finished(attempt):
        return redirect(url_for("review.overview", done=1))  # type: ignore[return-value]
    if attempt.rules != PRACTICE or score is None:
        return _on(attempt)
    quiz = current.catalogue().quiz(attempt.slug, Use.QUIZ)
    drawn = DRAWN.get(attempt.slug)
    needed = quiz.pass_mark.needed(score.total) if quiz and quiz.pass_mark else None
    return render_template(
        "attempts/result.html",
        attempt=attempt,
        title=_title(attempt),
        first_lesson=next(iter(current.catalogue().lessons), None) if drawn is TASTER else None,
        again=drawn or (Drawn(quiz.slug, quiz.title, f"/quizzes/{quiz.slug}", "Practise again") if quiz else None),
        score=score,
        needed=needed,
        passed=needed is not None and score.marks >= needed,
        rows=[_row(attempt, step) for step in steps(attempt) if step.look == 1],
        going_on=next_step(attempt),
        finished=finished(attempt),
        best=best_score(attempt),
        remind=remind(AFTER_QUIZ),
    )


def _row(attempt: Attempt, step: Step) -> dict[str, object]:
    return {
        "step": step,
        "question": loading.question(step.item),
        "check": attempt.check(step.item.question_id, 1),
        "again": attempt.check(step.item.question_id, 2),
    }


def _load(attempt: Attempt, number: int) -> Asked:
    """Return a page of a practice attempt, or refuse."""
    step = next((step for step in steps(attempt) if step.number == number), None)
    if step is None or attempt.rules not in {PRACTICE, REVIEW}:
        abort(404)
    found = loading.question(step.item)
    return Asked(
        attempt=attempt,
        step=step,
        question=found,
        check=attempt.check(found.id, step.look),
        title=_title(attempt),
        lesson=_lesson_of(found),
    )


def _title(attempt: Attempt) -> str:
    drawn = DRAWN.get(attempt.slug)
    quiz = current.catalogue().quiz(attempt.slug, Use.QUIZ)
    return drawn.title if drawn else quiz.title if quiz else ""


def _lesson_of(question: Question) -> Lesson | None:
    """Return the lesson of the quiz in which a question stands today."""
    catalogue = current.catalogue()
    homes = (quiz.lesson for quiz in catalogue.quizzes.values() if quiz.question(question.id))
    return catalogue.lesson(next(homes, ""))


def _on(attempt: Attempt) -> Response:
    """Go to where the attempt goes on."""
    if attempt.rules == EXERCISE:
        return redirect(url_for("exercises.show", slug=attempt.slug))  # type: ignore[return-value]
    if attempt.rules == FLASHCARDS:
        return redirect(url_for("flashcards.go_on", attempt_id=attempt.id))  # type: ignore[return-value]
    step = next_step(attempt)
    if step is None:
        return redirect(url_for("attempts.result", attempt_id=attempt.id))  # type: ignore[return-value]
    return redirect(url_for("attempts.question", attempt_id=attempt.id, number=step.number))  # type: ignore[return-value]


def _page(asked: Asked, view: View, form: AnswerForm, error: str = "") -> str:
    following = next_step(asked.attempt) if asked.check else None
    return render_template(
        "attempts/question.html",
        asked=asked,
        view=view,
        form=form,
        error=error,
        following=following,
        ratings=review.ratings(asked.attempt, asked.check) if asked.check else (),
        marked=asking.kind_of(asked.question).mark(asked.question, asked.check.response) if asked.check else None,
    )
