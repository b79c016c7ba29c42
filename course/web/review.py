"""Review: what is about to be forgotten comes back, one item at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from flask import Blueprint, Response, redirect, render_template, request, url_for
from wtforms import HiddenField

from course.core.attempts import REVIEW, Attempt, Event
from course.measure.review import Grade, Memory, Queue, grade, queue, reviewed
from course.store import learners
from course.store import review as store
from course.store.review import Fact, Kept
from course.web import account, asking, current, results
from course.web.security import PageForm
from course.web.sets import DUE, begin, start_number

pages = Blueprint("review", __name__)
RATING_TIME = timedelta(minutes=30)  # within which a right answer of a review may still get its rating
RATINGS = {"hard": Grade.HARD, "good": Grade.GOOD}


class ReviewForm(PageForm):
    """Start a review. The number makes a start that is sent twice one attempt."""

    start = HiddenField()


@dataclass(frozen=True)
class Rating:
    """One of the two buttons after a right answer, and when the item comes back."""

    value: str
    words: str
    due: datetime


@pages.get("/review")
def overview() -> str:
    """Anybody. How much is due, how long it takes, and the days ahead."""
    return render_template(
        "review/overview.html",
        queue=due(),
        form=ReviewForm(start=asking.new_start(DUE.slug)),
        exam_on=account.kept().exam_on,
        today=current.now().date(),
        done=request.args.get("done") == "1",
    )


@pages.post("/review")
def start() -> Response:
    """Anybody with something due. Begins with the most urgent items."""
    ids = [memory.question_id for memory in due().today]
    if not ids:
        return redirect(url_for("review.overview"), 303)  # type: ignore[return-value]
    attempt_id = begin(DUE, REVIEW, start_number(DUE), [asking.new_item(each) for each in ids])
    return redirect(url_for("attempts.question", attempt_id=attempt_id, number=1), 303)  # type: ignore[return-value]


def due() -> Queue:
    """Return what is due for the person who asks, after working in what they answered since."""
    learner, now = current.learner_id(), current.now()
    if learner is None:
        return queue((), now)
    results.close_overdue()
    there = current.catalogue().questions
    known = {name: memory for name, memory in _brought_up_to_date(learner).items() if name in there}
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return queue(known.values(), now, store.reviewed_since(learner, midnight), exam=learners.settings(learner).exam_on)


def _brought_up_to_date(learner: str) -> Mapping[str, Memory]:
    """Work new answers into what is remembered, keep that, and return all of it."""
    memories = {row.question_id: Memory(**vars(row)) for row in store.kept(learner)}
    news = list(takewhile(_is_settled, store.facts(learner)))
    if not news:
        return memories
    changed: set[str] = set()
    exam_on = learners.settings(learner).exam_on
    for fact in news:
        rated = _grade(fact, fact.question_id in memories)
        if rated is not None:
            before = memories.get(fact.question_id)
            memories[fact.question_id] = reviewed(
                fact.question_id, before, rated, fact.at.astimezone(current.zone()), exam_on
            )
            changed.add(fact.question_id)
    store.keep(learner, [Kept(**vars(memories[name])) for name in sorted(changed)], news[-1].event_id)
    return memories


def _is_settled(fact: Fact) -> bool:
    """Whether nothing more will be said of an answer: a right one in a review may still be rated."""
    waits = fact.in_review and fact.right and fact.rated is None
    return not waits or current.now() - fact.at > RATING_TIME


def _grade(fact: Fact, known: bool) -> Grade | None:
    """Return how an answer rates: a review's own rating first; a flag says that one was not sure."""
    if fact.right and fact.rated in RATINGS:
        return RATINGS[fact.rated]
    return grade(fact.right, "unsure" if fact.flagged and fact.certainty is None else fact.certainty, known)


def ratings(attempt: Attempt, check: Event) -> tuple[Rating, ...]:
    """Return the buttons after a right first look in a review, each with the day on which the item comes back."""
    if attempt.rules != REVIEW or check.look != 1 or check.mark != 1:
        return ()
    before = next((row for row in store.kept(attempt.learner_id) if row.question_id == check.question_id), None)
    memory = Memory(**vars(before)) if before else None
    exam_on = learners.settings(attempt.learner_id).exam_on
    return tuple(
        Rating(
            value,
            value.capitalize(),
            reviewed(check.question_id, memory, rated, check.at.astimezone(current.zone()), exam_on).due,
        )
        for value, rated in RATINGS.items()
    )
