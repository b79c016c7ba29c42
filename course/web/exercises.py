"""Exercises: one question with check, retry and reveal. Placements are kept as they are made."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from wtforms import HiddenField

from course.core.attempts import (
    EXERCISE,
    Act,
    Attempt,
    Event,
    best_score,
    finished,
    first_score,
)
from course.core.attempts import Response as Answer
from course.core.marks import Marked, Verdict
from course.core.quiz import Question, Quiz, Use
from course.questions._kind import View
from course.store import attempts
from course.web import asking, current, loading
from course.web.security import PageForm

pages = Blueprint("exercises", __name__)


class ExerciseForm(PageForm):
    """What an exercise's page carries beside the answer."""

    start = HiddenField()  # of an exercise not yet started
    attempt = HiddenField()
    sequence = HiddenField()
    look = HiddenField()


@dataclass(frozen=True)
class Standing:
    """An exercise as it stands for a person: the attempt, real or about to start, and how it is asked."""

    quiz: Quiz
    question: Question
    attempt: Attempt
    start: str  # signed; empty once the attempt is kept

    @property
    def look(self) -> int:
        """Which try comes next."""
        return self.attempt.look(self.question.id)


@pages.get("/exercises/<slug>")
def show(slug: str) -> str | Response:
    """Anybody. An exercise to do; where one left off, or anew."""
    quiz = loading.quiz(slug, Use.EXERCISE)
    going = _retried(quiz) or _going(quiz)
    if going is None:
        return _page(_new(quiz, asking.new_start(slug)))
    standing = _standing(quiz, going)
    if standing.look > 1 and not request.args.get("retry") and not _answered_again(standing):
        return redirect(url_for("exercises.result", slug=slug, attempt_id=going.id))  # type: ignore[return-value]
    return _page(standing)


@pages.post("/exercises/<slug>/save")
def save(slug: str) -> tuple[Response, int] | Response:
    """Anybody; makes a guest of a newcomer. Keeps the placements under the page's sequence number."""
    standing = _posted(loading.quiz(slug, Use.EXERCISE))
    sequence = _number("sequence")
    if sequence < 1 or (_number("look") or 1) != standing.look or finished(standing.attempt):
        return jsonify(attempt=standing.attempt.id, sequence=standing.attempt.sequence), 409
    answer = asking.with_locked(asking.answer(standing.question), asking.locked(standing.attempt, standing.question))
    event = Event(sequence, Act.SAVE, standing.question.id, standing.look, answer, current.now())
    attempt_id, kept = _keep(standing, event)
    if not kept and not _same(attempt_id, event):
        latest = loading.own_attempt(attempt_id)
        return jsonify(attempt=attempt_id, sequence=latest.sequence), 409
    return jsonify(attempt=attempt_id, sequence=sequence)


@pages.post("/exercises/<slug>/check")
def check(slug: str) -> Response | tuple[str, int]:
    """Anybody; makes a guest of a newcomer. Marks the answer; with gaps only when asked to."""
    standing = _posted(loading.quiz(slug, Use.EXERCISE))
    if not standing.start and (finished(standing.attempt) or (_number("look") or 1) != standing.look):
        return _to_result(slug, standing.attempt.id)  # sent twice, or from a page that is behind
    kept = asking.locked(standing.attempt, standing.question)
    answer = asking.with_locked(asking.answer(standing.question), kept)
    gaps = asking.kind_of(standing.question).mark(standing.question, answer).count(Verdict.MISSING)
    gaps = gaps or int(not answer)
    if gaps and request.form.get("anyway") != "1":
        return _page(standing, answer, gaps=gaps), 422
    event = asking.check_event(standing.question, answer, standing.look, current.now())
    attempt_id = standing.attempt.id
    if standing.start:
        attempt = _to_start(standing)
        number = asking.start_number(slug, standing.start) or ""
        attempt_id = attempts.start(attempt, number, asking.new_items(attempt))
    attempts.act(attempt_id, event)
    return _to_result(slug, attempt_id)


@pages.get("/exercises/<slug>/attempts/<attempt_id>")
def result(slug: str, attempt_id: str) -> str | Response:
    """The owner. The points, each card's verdict, and the reasons that are due."""
    quiz, attempt = _own(slug, attempt_id)
    standing = _standing(quiz, attempt)
    look = standing.look - 1
    if look < 1:
        return redirect(url_for("exercises.show", slug=slug))  # type: ignore[return-value]
    last = attempt.checks(standing.question.id)[-1]
    return render_template(
        "exercises/result.html",
        standing=standing,
        view=asking.shown(attempt, standing.question, look),
        marked=asking.kind_of(standing.question).mark(standing.question, last.response),
        revealed=attempt.revealed(standing.question.id),
        finished=finished(attempt),
        halves=asking.kind_of(standing.question).halves,
        first=first_score(attempt),
        best=best_score(attempt),
        following=_following(quiz),
        lesson=current.catalogue().lesson(quiz.lesson),
        form=ExerciseForm(attempt=attempt.id),
    )


@pages.post("/exercises/<slug>/attempts/<attempt_id>/reveal")
def reveal(slug: str, attempt_id: str) -> Response:
    """The owner. Shows the answers, which ends the attempt."""
    quiz, attempt = _own(slug, attempt_id)
    standing = _standing(quiz, attempt)
    if standing.look > 1 and not finished(attempt):
        event = Event(0, Act.REVEAL, standing.question.id, standing.look - 1, (), current.now())
        attempts.act(attempt_id, event)
    return _to_result(slug, attempt_id)


def _to_result(slug: str, attempt_id: str) -> Response:
    return redirect(url_for("exercises.result", slug=slug, attempt_id=attempt_id), 303)  # type: ignore[return-value]


# ---- loading ----


def _own(slug: str, attempt_id: str) -> tuple[Quiz, Attempt]:
    quiz = loading.quiz(slug, Use.EXERCISE)
    attempt = loading.own_attempt(attempt_id)
    if attempt.slug != slug:
        abort(404)
    return quiz, attempt


def _going(quiz: Quiz) -> Attempt | None:
    """Return the person's last attempt if it can go on."""
    learner = current.learner_id()
    tried = attempts.of_learner_at(learner, quiz.slug) if learner else ()
    return tried[-1] if tried and not finished(tried[-1]) and request.args.get("again") is None else None


def _retried(quiz: Quiz) -> Attempt | None:
    """Return the attempt named in the address, to try again what was missed."""
    named = request.args.get("retry", "")
    if not named:
        return None
    _, attempt = _own(quiz.slug, named)
    return None if finished(attempt) else attempt


def _posted(quiz: Quiz) -> Standing:
    """Return what a posted form is about: an attempt that is kept, or one that starts with this post."""
    form = ExerciseForm(request.form)
    if form.attempt.data:
        return _standing(quiz, _own(quiz.slug, form.attempt.data)[1])
    number = asking.start_number(quiz.slug, form.start.data or "")
    learner = current.learner_id()
    started = attempts.started(learner, number) if learner and number else None
    if started is not None:
        return _standing(quiz, started)
    return _new(quiz, form.start.data if number and form.start.data else asking.new_start(quiz.slug))


def _standing(quiz: Quiz, attempt: Attempt) -> Standing:
    return Standing(quiz, loading.question(attempt.items[0]), attempt, "")


def _new(quiz: Quiz, start: str) -> Standing:
    """Return an exercise about to start. Nothing is kept by looking at it."""
    seed = asking.seed_of(asking.start_number(quiz.slug, start) or "")
    attempt = asking.new_attempt(quiz, EXERCISE, current.learner_id() or "", seed, current.now())
    return Standing(quiz, quiz.questions[0], attempt, start)


def _to_start(standing: Standing) -> Attempt:
    """Return the attempt as it is to be kept; makes a guest of a newcomer."""
    return replace(standing.attempt, learner_id=current.learner_id_to_save())


def _keep(standing: Standing, event: Event) -> tuple[str, bool]:
    if not standing.start:
        return standing.attempt.id, attempts.save(standing.attempt.id, event)
    attempt = _to_start(standing)
    number = asking.start_number(standing.quiz.slug, standing.start) or ""
    return attempts.start_and_save(attempt, number, asking.new_items(attempt), event)


def _same(attempt_id: str, event: Event) -> bool:
    """Whether this very save is kept already: it was sent twice."""
    kept = loading.own_attempt(attempt_id).events
    return any(e.sequence == event.sequence and e.act is Act.SAVE and e.response == event.response for e in kept)


def _answered_again(standing: Standing) -> bool:
    events = standing.attempt.events
    return any(e.act is Act.SAVE and e.look == standing.look for e in events)


def _number(field: str) -> int:
    text = request.form.get(field, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _following(quiz: Quiz) -> Quiz | None:
    """Return the exercise after this one."""
    exercises = current.catalogue().used_as(Use.EXERCISE)
    place = [exercise.slug for exercise in exercises].index(quiz.slug)
    return exercises[place + 1] if place + 1 < len(exercises) else None


# ---- drawing ----


def _page(standing: Standing, answer: Answer | None = None, gaps: int = 0) -> str:
    attempt, question = standing.attempt, standing.question
    kept = asking.locked(attempt, question)
    if answer is None:
        answer = attempt.response(question.id) if _answered_again(standing) else asking.carried(attempt, question)
    view: View = asking.asked(attempt, question, standing.look, answer)
    marked: Marked = asking.kind_of(question).mark(question, answer)
    return render_template(
        "exercises/show.html",
        standing=standing,
        view=view,
        gaps=gaps,
        missing={name for name, verdict in marked.parts.items() if verdict is Verdict.MISSING},
        retry=standing.look > 1,
        to_retry=len(marked.parts) - (len(kept) or marked.count(Verdict.RIGHT)),
        locks=bool(kept),
        nouns=asking.kind_of(question).nouns,
        lesson=current.catalogue().lesson(standing.quiz.lesson),
        form=ExerciseForm(
            start=standing.start,
            attempt="" if standing.start else attempt.id,
            sequence=str(attempt.sequence),
            look=str(standing.look),
        ),
    )
