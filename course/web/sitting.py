"""Sitting a mock exam: questions in any order, answers kept as they are given, and handing in.

Without script every button of a question's page sends the form, so that everything seen is saved. With script the
page holds all questions and sends each change to `save` by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from wtforms import HiddenField, IntegerField, StringField, validators

from course.core import sitting, specification
from course.core.attempts import Act, Attempt, Event
from course.core.attempts import Response as Answer
from course.core.quiz import Question
from course.core.sitting import HIGHEST, SET, Refusal, Standing, is_over, is_repeat, left
from course.core.specification import Terms
from course.questions._kind import View
from course.store import attempts
from course.web import asking, current, loading
from course.web.results import closed, to_result
from course.web.security import PageForm, stripped

pages = Blueprint("sitting", __name__)
ASK_AGAIN = timedelta(minutes=20)  # more time left than this, and something open: handing in is asked for twice
STATUS = {Refusal.FOREIGN: 404, Refusal.INVALID: 422, Refusal.STALE: 409, Refusal.CLOSED: 410}


class ChangeForm(PageForm):
    """One change of a question's answer or flag, as a page sends it."""

    position = IntegerField(validators=[validators.NumberRange(1, 1000)])
    look = IntegerField(validators=[validators.NumberRange(1, HIGHEST)])
    flag = StringField(filters=[stripped], validators=[validators.Optional(), validators.AnyOf(["on", "off"])])
    seconds = IntegerField(validators=[validators.Optional(), validators.NumberRange(0)])


class QuestionForm(PageForm):
    """What the page of a question sends without script, beside the answer."""

    look = HiddenField()  # number of the answer the page showed
    flag_look = HiddenField()
    shown = HiddenField()  # when the page was made, in seconds
    flag = StringField()
    go = StringField()  # a number, `next`, `previous`, `submit`; nothing: stay


@dataclass(frozen=True)
class Asked:
    """A question of an exam as it stands."""

    number: int
    question: Question
    view: View
    standing: Standing

    @property
    def answered(self) -> bool:
        """Whether it has an answer."""
        return bool(self.standing.response)


@dataclass(frozen=True)
class Paper:
    """All questions of an exam that is being sat."""

    attempt: Attempt
    terms: Terms
    asked: tuple[Asked, ...]

    @property
    def open(self) -> tuple[Asked, ...]:
        """The questions without an answer."""
        return tuple(asked for asked in self.asked if not asked.answered)

    @property
    def flagged(self) -> tuple[Asked, ...]:
        """The questions that are flagged."""
        return tuple(asked for asked in self.asked if asked.standing.flagged)


def paper(attempt: Attempt) -> Paper:
    """Return an exam's questions as they stand. Nothing of a key is in it."""
    return Paper(
        attempt,
        specification.terms(attempt),
        tuple(_asked(attempt, number) for number in range(1, len(attempt.items) + 1)),
    )


def _asked(attempt: Attempt, number: int) -> Asked:
    question = loading.question(attempt.items[number - 1])
    standing = sitting.standing(attempt, question.id)
    return Asked(number, question, asking.asked(attempt, question, 1, standing.response), standing)


# ---- one question: called by `attempts`, which owns the address ----


def question(attempt: Attempt, number: int) -> str | Response:
    """Show a question, or once time is up the result."""
    if is_over(attempt, current.now()):
        return to_result(attempt)
    return _page(attempt, number)


def answer(attempt: Attempt, number: int) -> str | tuple[str, int] | Response:
    """Keep what a page without script sends, and go where its button says."""
    form, now = QuestionForm(request.form), current.now()
    newer = False
    for change in _changes(attempt, number, form):
        refused = _keep(attempt, number, change)
        newer = newer or refused is Refusal.STALE
    if is_over(attempt, now):
        return to_result(attempt)
    if newer:
        return _page(loading.own_attempt(attempt.id), number, newer=True), 409
    if form.go.data == "submit":
        return redirect(url_for("sitting.review_answers", attempt_id=attempt.id), 303)  # type: ignore[return-value]
    return _to_question(attempt, _goal(form.go.data or "", number, len(attempt.items)))


def _changes(attempt: Attempt, number: int, form: QuestionForm) -> list[Event]:
    """Return what differs from what is kept: the answer, and the flag where its button was pressed."""
    asked = _asked(attempt, number)
    given, now = asking.answer(asked.question), current.now()
    found = []
    if given and given != asked.standing.response:
        seconds = asked.standing.seconds + _since(form.shown.data or "", now)
        found.append(
            _event(attempt, asked.question.id, Act.SAVE, _number(form.look.data) + 1, given, seconds),
        )
    if form.flag.data in {"on", "off"} and (form.flag.data == "on") != asked.standing.flagged:
        look = _number(form.flag_look.data) + 1
        found.append(_event(attempt, asked.question.id, Act.FLAG, look, SET if form.flag.data == "on" else ()))
    return found


def _goal(go: str, number: int, total: int) -> int:
    goals = {"next": number + 1, "previous": number - 1}
    goal = goals.get(go) or _number(go) or number
    return min(max(goal, 1), total)


def _page(attempt: Attempt, number: int, newer: bool = False) -> str:
    whole = paper(attempt)
    if not 1 <= number <= len(whole.asked):
        abort(404)
    now = current.now()
    return render_template(
        "exam/question.html",
        paper=whole,
        asked=whole.asked[number - 1],
        newer=newer,
        left=_seconds_left(attempt, now),
        minutes_left=_minutes_left(attempt, now),
        ends_at=attempt.deadline,
        now=int(now.timestamp()),
        slash=False,  # the key / would lead away
    )


# ---- what script sends ----


@pages.post("/attempts/<attempt_id>/save")
def save(attempt_id: str) -> Response | tuple[Response, int]:
    """The owner. Keeps one answer or flag under the page's number of it; durable when this answers 200.

    409 with the newer answer where another page was faster, 410 once the exam is closed, 404 for what is not one's
    own, 422 for what cannot be, 429 where it is too often.
    """
    form = ChangeForm(request.form)
    if not form.validate() or not form.position.data or not form.look.data:
        loading.own_seat(attempt_id, 1)  # whose it is comes before what is wrong with it
        return _refused(Refusal.INVALID)
    attempt = loading.own_seat(attempt_id, form.position.data)
    if not attempt.rules.at_the_end:
        abort(404)
    found = loading.question(attempt.items[0])
    if form.flag.data:
        change = _event(attempt, found.id, Act.FLAG, form.look.data, SET if form.flag.data == "on" else ())
    else:
        given = asking.answer(found)
        if not given:
            return _refused(Refusal.INVALID)
        change = _event(attempt, found.id, Act.SAVE, form.look.data, given, form.seconds.data)
    refused = _keep(attempt, form.position.data, change)
    if refused is Refusal.STALE:
        known = sitting.standing(loading.own_seat(attempt_id, form.position.data), found.id)
        look, value = known.of(change.act)
        return _refused(refused, attempt, look=look, value=[each for _, each in value])
    return _refused(refused, attempt) if refused else jsonify(saved=True, left=_seconds_left(attempt, current.now()))


@pages.get("/attempts/<attempt_id>/left")
def time_left(attempt_id: str) -> Response:
    """The owner. The seconds left, null without a limit, and whether the exam is over."""
    attempt = loading.own_seat(attempt_id, 1)
    now = current.now()
    return jsonify(left=_seconds_left(attempt, now), over=is_over(attempt, now))


def _keep(attempt: Attempt, position: int, change: Event) -> Refusal | None:
    """Keep a change; return why it was not. One that was kept before does no harm."""
    known = sitting.standing(attempt, change.question_id)
    refused = sitting.refusal(attempt, change, current.now())
    limited = sitting.can_wait(attempt, current.now())
    if refused is None and not attempts.change(attempt.id, change, limited):
        # Somebody was faster between reading and writing.
        latest = loading.own_seat(attempt.id, position)
        known = sitting.standing(latest, change.question_id)
        refused = sitting.refusal(latest, change, current.now()) or Refusal.STALE
    return None if refused is Refusal.STALE and is_repeat(known, change) else refused


def _refused(why: Refusal, attempt: Attempt | None = None, **more: object) -> tuple[Response, int]:
    seconds = _seconds_left(attempt, current.now()) if attempt else None
    return jsonify(saved=False, why=why.value, left=seconds, **more), STATUS[why]


def _event(
    attempt: Attempt, question_id: str, act: Act, look: int, response: Answer, seconds: int | None = None
) -> Event:
    """Make a change. A question was not longer on the screen than the exam has lasted."""
    now = current.now()
    lasted = int((now - attempt.started_at).total_seconds())
    return Event(
        0, act, question_id, look, response, now, seconds=None if seconds is None else min(seconds, max(lasted, 0))
    )


# ---- handing in ----


@pages.get("/attempts/<attempt_id>/submit")
def review_answers(attempt_id: str) -> str | Response:
    """The owner. What is answered, open and flagged, and Submit."""
    attempt = loading.own_exam(attempt_id)
    return to_result(attempt) if is_over(attempt, current.now()) else _submit_page(attempt)


@pages.post("/attempts/<attempt_id>/submit")
def submit(attempt_id: str) -> str | Response:
    """The owner. Ends the exam; asks once more where much time is left and something is open."""
    attempt, now = loading.own_exam(attempt_id), current.now()
    remaining = left(attempt, now)
    early = remaining is None or remaining > ASK_AGAIN
    if not is_over(attempt, now) and early and request.form.get("sure") != "1" and paper(attempt).open:
        return _submit_page(attempt, sure=True)
    return to_result(closed(attempt))


def _submit_page(attempt: Attempt, sure: bool = False) -> str:
    now = current.now()
    return render_template(
        "exam/submit.html",
        paper=paper(attempt),
        form=PageForm(),
        sure=sure,
        left=_seconds_left(attempt, now),
        minutes_left=_minutes_left(attempt, now),
        slash=False,
    )


# ---- small parts ----


def _to_question(attempt: Attempt, number: int) -> Response:
    return redirect(url_for("attempts.question", attempt_id=attempt.id, number=number), 303)  # type: ignore[return-value]


def _seconds_left(attempt: Attempt, now: datetime) -> float | None:
    remaining = left(attempt, now)
    return None if remaining is None else round(remaining.total_seconds(), 1)


def _minutes_left(attempt: Attempt, now: datetime) -> int | None:
    remaining = left(attempt, now)
    return None if remaining is None else ceil(remaining.total_seconds() / 60)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def _since(text: str, now: datetime) -> int:
    """Return the seconds since a page was made, as it says; 0 where it says nothing that can be."""
    made = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
    return max(0, int(now.timestamp()) - made) if made else 0
