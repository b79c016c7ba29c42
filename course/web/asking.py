"""Putting a question to a learner: between the attempt, the kind of question and the page."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from secrets import token_hex

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from course.core.attempts import Act, Attempt, Certainty, Due, Event, Item, Response, Rules, what_may_be_shown
from course.core.naming import in_seeded_order
from course.core.quiz import Question, Quiz, Shuffle
from course.library import quizwriter
from course.questions._kind import Asking, Kind, View
from course.store.attempts import NewItem
from course.web import current


def kind_of(question: Question) -> Kind:
    """Return the kind of a question."""
    return current.catalogue().kinds[question.kind]


# ---- chance ----


def new_start(slug: str) -> str:
    """Return a signed number for the page of a quiz not yet started; its seed cannot be read from it."""
    return str(_signer(slug).dumps(token_hex(12)))


def start_number(slug: str, signed: str) -> str | None:
    """Return the number of a start, or None if it was not signed here for this quiz."""
    try:
        number = _signer(slug).loads(signed)
    except BadSignature:
        return None
    return number if isinstance(number, str) else None


def seed_of(number: str) -> str:
    """Return the seed behind a start's number. In tests a `seed` in the address counts."""
    if current.config().testing and request.args.get("seed"):
        return request.args["seed"]
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"seed/{number}".encode(), hashlib.sha256).hexdigest()[:32]


def _signer(slug: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt=f"start/{slug}")


# ---- a new attempt ----


def new_attempt(quiz: Quiz, rules: Rules, learner_id: str, seed: str, now: datetime) -> Attempt:
    """Make what one seed makes of a quiz. Void questions are not asked any more."""
    asked = [question for question in quiz.questions if not question.void]
    if quiz.shuffle in {Shuffle.BOTH, Shuffle.QUESTIONS}:
        asked = list(in_seeded_order(asked, seed, lambda question: question.id))
    return attempt_at(quiz.slug, [new_item(question.id) for question in asked], rules, learner_id, seed, now)


def attempt_at(slug: str, items: Iterable[NewItem], rules: Rules, learner_id: str, seed: str, now: datetime) -> Attempt:
    """Make an attempt at these items in this order."""
    asked = tuple(Item(item.question_id, item.revision) for item in items)
    return Attempt(token_hex(16), learner_id, slug, rules, seed, now, asked)


def new_items(attempt: Attempt) -> tuple[NewItem, ...]:
    """Return the items with their texts, to be kept with the attempt."""
    return tuple(new_item(item.question_id) for item in attempt.items)


def new_item(question_id: str) -> NewItem:
    """Return a question as it stands in the course, to be kept with an attempt."""
    catalogue = current.catalogue()
    text = quizwriter.alone(catalogue.questions[question_id], catalogue.kinds)
    return NewItem(question_id, catalogue.revisions[question_id], text)


# ---- one question of an attempt ----


def answer(question: Question) -> Response:
    """Read this question's answer out of the form that was sent."""
    return kind_of(question).accept(question, {name: request.form.getlist(name) for name in request.form})


def locked(attempt: Attempt, question: Question) -> Response:
    """Return the part of the answer that was right at the last check and stays, where retries are allowed."""
    checks = attempt.checks(question.id)
    if not checks or not attempt.rules.retries:
        return ()
    return kind_of(question).right(question, checks[-1].response)


def carried(attempt: Attempt, question: Question) -> Response:
    """Return what the next try starts from."""
    checks = attempt.checks(question.id)
    return kind_of(question).carried(question, checks[-1].response) if checks else ()


def with_locked(response: Response, kept: Response) -> Response:
    """Return an answer in which what was right stays as it was."""
    return tuple(sorted({**dict(response), **dict(kept)}.items())) if kept else response


def check_event(
    question: Question, response: Response, look: int, now: datetime, certainty: Certainty | None = None
) -> Event:
    """Mark an answer and make the event of its check."""
    mark: Fraction = kind_of(question).mark(question, response).mark
    return Event(0, Act.CHECK, question.id, look, response, now, mark, certainty)


def shown(attempt: Attempt, question: Question, look: int) -> View:
    """Return a question as checked at one look, with as much of the solution as is due now."""
    check = attempt.check(question.id, look)
    due = what_may_be_shown(attempt.rules, attempt, current.now()).of(question.id, look)
    asking = Asking(
        seed=_seed(attempt, look),
        response=check.response if check else (),
        due=due if check else Due.NOTHING,
        revealed=attempt.revealed(question.id),
    )
    return kind_of(question).view(question, asking)


def judged(attempt: Attempt, question: Question, response: Response) -> View:
    """Return a question of an attempt that is judged at its end, with as much of the solution as is due now."""
    due = what_may_be_shown(attempt.rules, attempt, current.now()).of(question.id, 1)
    return kind_of(question).view(question, Asking(seed=_seed(attempt, 1), response=response, due=due))


def asked(attempt: Attempt, question: Question, look: int, response: Response = ()) -> View:
    """Return a question still to be answered."""
    asking = Asking(seed=_seed(attempt, look), response=response, locked=locked(attempt, question))
    return kind_of(question).view(question, asking)


def _seed(attempt: Attempt, look: int) -> str:
    """Letters of cards stay what they are when tried again; a second look comes in a new order."""
    return attempt.seed if look == 1 or attempt.rules.retries else f"{attempt.seed}/{look}"
