"""Flashcards: a term, its meaning, and how well the learner says to have known it. Never part of a score."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from fractions import Fraction

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from wtforms import StringField, validators

from course.core.attempts import FLASHCARDS, Act, Attempt, Event, Step, missed, next_step, steps
from course.core.drawing import draw
from course.library.glossary import Term, entry
from course.library.teaching import glossary
from course.store import attempts
from course.store.attempts import NewItem
from course.web import asking, current, loading
from course.web.security import PageForm
from course.web.sets import (
    CARDS,
    MORE,
    NUMBERS,
    UNKNOWN,
    SetForm,
    Topic,
    begin,
    counts,
    form_for,
    problem,
    start_number,
    wanted,
)

pages = Blueprint("flashcards", __name__)
RATINGS: Mapping[str, tuple[str, Fraction]] = {
    "knew": ("I knew it", Fraction(1)),
    "nearly": ("Nearly", Fraction(1, 2)),
    "not-yet": ("Not yet", Fraction(0)),
}
SAID = {mark: said for said, mark in RATINGS.values()}


class RatingForm(PageForm):
    """How well a term was known."""

    rating = StringField(validators=[validators.AnyOf(list(RATINGS))])


@pages.get("/flashcards")
def begin_page() -> str:
    """Anybody. Topics, number, and which terms."""
    return _begin_page(form_for(CARDS, card_topics()))


@pages.post("/flashcards")
def start() -> str | tuple[str, int] | Response:
    """Anybody; makes a guest of a newcomer. Draws the cards and shows the first."""
    topics = card_topics()
    form = form_for(CARDS, topics)
    if not form.validate():
        return _begin_page(form, UNKNOWN), 422
    pool = wanted(form, topics, current.my_progress().cards)
    trouble = problem(form, pool)
    if trouble:
        return _begin_page(form, trouble), 422
    number = start_number(CARDS)
    terms = glossary(current.catalogue())
    drawn = draw(pool, form.number.data or 0, asking.seed_of(number))
    attempt_id = begin(CARDS, FLASHCARDS, number, [_item(terms[card].term) for card in drawn])
    return redirect(url_for("flashcards.card", attempt_id=attempt_id, number=1), 303)  # type: ignore[return-value]


@pages.get("/flashcards/<attempt_id>/<int:number>")
def card(attempt_id: str, number: int) -> str | Response:
    """The owner. A term; its meaning a tap away."""
    attempt, step = _load(attempt_id, number)
    if attempt.check(step.item.question_id, step.look) is not None or step != next_step(attempt):
        return go_on(attempt_id)
    return _card_page(attempt, step)


@pages.post("/flashcards/<attempt_id>/<int:number>")
def rate(attempt_id: str, number: int) -> str | tuple[str, int] | Response:
    """The owner. Keeps how well the term was known; a repeated post changes nothing."""
    attempt, step = _load(attempt_id, number)
    form = RatingForm(request.form)
    if not form.validate():
        return _card_page(attempt, step, error="Say how well you knew it."), 422
    mark = RATINGS[form.rating.data or ""][1]
    attempts.act(attempt_id, Event(0, Act.CHECK, step.item.question_id, step.look, (), current.now(), mark))
    return redirect(url_for("flashcards.go_on", attempt_id=attempt_id), 303)  # type: ignore[return-value]


@pages.get("/flashcards/<attempt_id>")
def go_on(attempt_id: str) -> str | Response:
    """The owner. The next card; at the end, and before the second look, what was known."""
    attempt = _own(attempt_id)
    step = next_step(attempt)
    if step is not None and step.number != len(attempt.items) + 1:
        return redirect(url_for("flashcards.card", attempt_id=attempt_id, number=step.number))  # type: ignore[return-value]
    return render_template(
        "glossary/round.html",
        attempt=attempt,
        rows=[_row(attempt, item.question_id) for item in attempt.items],
        again=missed(attempt) if step is not None else (),
        next_number=step.number if step else None,
    )


def card_topics() -> tuple[Topic, ...]:
    """Return the terms by the lesson that teaches them, in course order."""
    catalogue = current.catalogue()
    by_lesson: dict[str, list[str]] = {lesson.slug: [] for lesson in catalogue.lessons}
    for slug, taught in glossary(catalogue).items():
        by_lesson.setdefault(taught.lessons[0].slug if taught.lessons else MORE, []).append(slug)
    titles = {lesson.slug: lesson.title for lesson in catalogue.lessons}
    return tuple(Topic(slug, titles.get(slug, "More terms"), tuple(ids)) for slug, ids in by_lesson.items() if ids)


def _begin_page(form: SetForm, trouble: tuple[str, str] | None = None) -> str:
    topics = card_topics()
    if not topics:
        abort(404)
    done = current.my_progress()
    return render_template(
        "glossary/begin.html",
        form=form,
        topics=topics,
        counts=counts(topics, done.cards),
        open_attempt=done.records[CARDS.slug].open_attempt if CARDS.slug in done.records else None,
        known=len(current.known_terms()),
        trouble=trouble,
        numbers=NUMBERS,
    )


def _item(term: Term) -> NewItem:
    """Return a term to be kept with a round: its own words are its text."""
    revision = hashlib.sha256(f"{term.name}\n{term.meaning}".encode()).hexdigest()[:16]
    return NewItem(term.slug, revision, entry(term))


def _own(attempt_id: str) -> Attempt:
    attempt = loading.own_attempt(attempt_id)
    if attempt.rules != FLASHCARDS:
        abort(404)
    return attempt


def _load(attempt_id: str, number: int) -> tuple[Attempt, Step]:
    attempt = _own(attempt_id)
    step = next((step for step in steps(attempt) if step.number == number), None)
    if step is None:
        abort(404)
    return attempt, step


def _card_page(attempt: Attempt, step: Step, error: str = "") -> str:
    total = len(attempt.items)
    again = step.look == 2
    return render_template(
        "glossary/card.html",
        attempt=attempt,
        step=step,
        term=loading.term(step.item),
        number=step.number - total if again else step.number,
        total=len(steps(attempt)) - total if again else total,
        ratings=RATINGS,
        error=error,
    )


def _row(attempt: Attempt, slug: str) -> dict[str, object]:
    mark = next((check.mark for check in attempt.checks(slug)), None)
    item = next(item for item in attempt.items if item.question_id == slug)
    return {
        "term": loading.term(item),
        "mark": mark,
        "said": "" if mark is None else SAID[mark],
    }
