"""Sitting a mock exam: questions in any order, answers kept as they are given, one end, then the result.

Without script every button of a question's page sends the form, so that everything seen is saved. With script the
page holds all questions and sends each change to `save` by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from wtforms import HiddenField, IntegerField, StringField, validators

from course.core import sitting, specification
from course.core.attempts import EXAM, PRACTICE, Act, Attempt, Event
from course.core.attempts import Response as Answer
from course.core.drawing import draw, last_marks
from course.core.examresult import ExamResult, Row
from course.core.quiz import Question, Use
from course.core.sitting import HIGHEST, SET, Refusal, Standing, is_over, is_repeat, left
from course.core.specification import Terms, minutes_shown
from course.questions._kind import View
from course.store import attempts
from course.store.attempts import Judgement
from course.web import asking, current, loading
from course.web.security import PageForm
from course.web.sets import MISSED, SetForm, begin, start_number

pages = Blueprint("sitting", __name__)
ASK_AGAIN = timedelta(minutes=20)  # more time left than this, and something open: handing in is asked for twice
WITH_EACH_MISSED = 2  # further questions of a topic in which something was missed
STATUS = {Refusal.FOREIGN: 404, Refusal.INVALID: 422, Refusal.STALE: 409, Refusal.CLOSED: 410}


class ChangeForm(PageForm):
    """One change of a question's answer or flag, as a page sends it."""

    position = IntegerField(validators=[validators.NumberRange(1, 1000)])
    look = IntegerField(validators=[validators.NumberRange(1, HIGHEST)])
    flag = StringField(validators=[validators.Optional(), validators.AnyOf(["on", "off"])])
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
    own, 422 for what cannot be.
    """
    form = ChangeForm(request.form)
    if not form.validate() or not form.position.data or not form.look.data:
        _seat(attempt_id, 1)  # whose it is comes before what is wrong with it
        return _refused(Refusal.INVALID)
    attempt = _seat(attempt_id, form.position.data)
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
        known = sitting.standing(_seat(attempt_id, form.position.data), found.id)
        look, value = known.of(change.act)
        return _refused(refused, attempt, look=look, value=[each for _, each in value])
    return _refused(refused, attempt) if refused else jsonify(saved=True, left=_seconds_left(attempt, current.now()))


@pages.get("/attempts/<attempt_id>/left")
def time_left(attempt_id: str) -> Response:
    """The owner. The seconds left, null without a limit, and whether the exam is over."""
    attempt = _seat(attempt_id, 1)
    now = current.now()
    return jsonify(left=_seconds_left(attempt, now), over=is_over(attempt, now))


def _seat(attempt_id: str, position: int) -> Attempt:
    """Return an attempt as one change needs it; another's is not found."""
    learner = current.learner_id()
    found = attempts.seat(attempt_id, position) if learner is not None and len(attempt_id) == 32 else None
    if found is None or found.learner_id != learner:
        abort(404)
    return found


def _keep(attempt: Attempt, position: int, change: Event) -> Refusal | None:
    """Keep a change; return why it was not. One that was kept before does no harm."""
    known = sitting.standing(attempt, change.question_id)
    refused = sitting.refusal(attempt, change, current.now())
    if refused is None and not attempts.change(attempt.id, change):
        # Somebody was faster between reading and writing.
        latest = _seat(attempt.id, position)
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
    attempt = _own(attempt_id)
    return to_result(attempt) if is_over(attempt, current.now()) else _submit_page(attempt)


@pages.post("/attempts/<attempt_id>/submit")
def submit(attempt_id: str) -> str | Response:
    """The owner. Ends the exam; asks once more where much time is left and something is open."""
    attempt, now = _own(attempt_id), current.now()
    remaining = left(attempt, now)
    early = remaining is None or remaining > ASK_AGAIN
    if not is_over(attempt, now) and early and request.form.get("sure") != "1" and paper(attempt).open:
        return _submit_page(attempt, sure=True)
    return to_result(_closed(attempt))


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


def _closed(attempt: Attempt) -> Attempt:
    """Return an attempt that is over as closed for good: from now on no save counts any more."""
    if attempt.handed_in is not None:
        return attempt
    questions = [loading.question(item) for item in attempt.items]
    attempts.close(
        attempt.id, sitting.hand_in(attempt, current.now()).events[-1], lambda last: _judged(last, questions)
    )
    return loading.own_attempt(attempt.id)


def _judged(attempt: Attempt, questions: Sequence[Question]) -> Judgement:
    """Mark what was answered of each question, nothing included."""
    checks = [
        asking.check_event(question, sitting.standing(attempt, question.id).response, 1, current.now())
        for question in questions
    ]
    return Judgement(checks, sum(check.mark == 1 for check in checks) >= specification.terms(attempt).needed)


def close_overdue() -> None:
    """Close the exams of the person who asks whose time has run out while nobody looked."""
    learner, now = current.learner_id(), current.now()
    for attempt_id in attempts.running(learner, EXAM) if learner else ():
        attempt = attempts.load(attempt_id)
        if attempt is not None and attempt.is_closed(now):
            _closed(attempt)


# ---- the result ----


def result(attempt: Attempt) -> str | Response:
    """Show the score against the pass mark, and where marks were earned and lost."""
    if not is_over(attempt, current.now()):
        return _to_question(attempt, 1)
    attempt = _closed(attempt)
    terms = specification.terms(attempt)
    return render_template(
        "exam/result.html",
        attempt=attempt,
        terms=terms,
        told=told(attempt),
        ran_out=sitting.ran_out(attempt),
        time_words=time_words(terms),
        form=SetForm(start=asking.new_start(MISSED.slug)),
        drills=_drills(),
    )


def told(attempt: Attempt) -> ExamResult:
    """Return what an exam that is over says. Answers are marked as the questions were when they were asked."""
    terms = specification.terms(attempt)
    ended = sitting.ended_at(attempt) or current.now()
    rows = tuple(_row(attempt, terms, number) for number in range(1, len(attempt.items) + 1))
    return ExamResult(rows, terms.needed, ended - attempt.started_at)


@dataclass(frozen=True)
class Sat:
    """An exam of the person who asks, as a line of a list."""

    attempt: Attempt
    terms: Terms
    told: ExamResult | None  # None while it can go on

    @property
    def as_in_the_exam(self) -> bool:
        """Whether it was sat in the time of the real exam, or with the most that one grants."""
        return self.terms.factor is not None and self.terms.factor <= self.terms.granted


def sat() -> tuple[Sat, ...]:
    """Return the exams of the person who asks, the latest first."""
    now = current.now()
    mine = [attempt for attempt in current.my_attempts() if attempt.rules.at_the_end]
    return tuple(
        Sat(attempt, specification.terms(attempt), told(attempt) if is_over(attempt, now) else None)
        for attempt in reversed(mine)
    )


def _row(attempt: Attempt, terms: Terms, number: int) -> Row:
    question = loading.question(attempt.items[number - 1])
    standing = sitting.standing(attempt, question.id)
    return Row(
        number=number,
        question_id=question.id,
        topic=terms.topic_of(question.id),
        bloom=question.bloom,
        style=question.style.value,
        mark=asking.kind_of(question).mark(question, standing.response).mark,
        answered=bool(standing.response),
        flagged=standing.flagged,
        seconds=standing.seconds or None,
    )


def _drills() -> dict[str, str]:
    """Return topic → address of a lesson that teaches it."""
    catalogue = current.catalogue()
    found: dict[str, str] = {}
    for exam in catalogue.exams.values():
        for topic in exam.topics:
            lesson = next((each for each in catalogue.lessons if set(each.outcomes) & set(topic.outcomes)), None)
            if lesson is not None:
                found.setdefault(topic.name, lesson.address)
    return found


@dataclass(frozen=True)
class Reviewed:
    """A question of an exam that is over, with everything that may be shown of it."""

    row: Row
    question: Question
    view: View


FILTERS: Mapping[str, tuple[str, Callable[[Row], bool]]] = {
    "wrong": ("Not right", lambda row: not row.right),
    "open": ("Not answered", lambda row: not row.answered),
    "flagged": ("Flagged", lambda row: row.flagged),
    "all": ("All", lambda _row: True),
}


@pages.get("/attempts/<attempt_id>/review")
def review(attempt_id: str) -> str | Response:
    """The owner, once it is over. Every option with its reason; `show` says of which questions."""
    attempt = _own(attempt_id)
    if not is_over(attempt, current.now()):
        return _to_question(attempt, 1)
    attempt = _closed(attempt)
    rows = told(attempt).rows
    show = request.args.get("show", "")
    chosen = show if show in FILTERS else "wrong" if any(not row.right for row in rows) else "all"
    return render_template(
        "exam/review.html",
        attempt=attempt,
        terms=specification.terms(attempt),
        counts={name: (words, sum(map(fits, rows))) for name, (words, fits) in FILTERS.items()},
        chosen=chosen,
        reviewed=[_reviewed(attempt, row) for row in rows if FILTERS[chosen][1](row)],
    )


def _reviewed(attempt: Attempt, row: Row) -> Reviewed:
    question = loading.question(attempt.items[row.number - 1])
    response = sitting.standing(attempt, question.id).response
    return Reviewed(row, question, asking.judged(attempt, question, response))


@pages.post("/attempts/<attempt_id>/missed")
def practise_missed(attempt_id: str) -> Response:
    """The owner, once it is over. A new untimed set: what was missed, and a little more of each of its topics."""
    attempt = _own(attempt_id)
    if not is_over(attempt, current.now()):
        return _to_question(attempt, 1)
    attempt = _closed(attempt)
    number = start_number(MISSED)
    ids = _missed_set(attempt, asking.seed_of(number))
    if not ids:
        return to_result(attempt)
    set_id = begin(MISSED, PRACTICE, number, [asking.new_item(question_id) for question_id in ids])
    return redirect(url_for("attempts.question", attempt_id=set_id, number=1), 303)  # type: ignore[return-value]


def _missed_set(attempt: Attempt, seed: str) -> tuple[str, ...]:
    catalogue, terms = current.catalogue(), specification.terms(attempt)
    missed = [row for row in told(attempt).missed if row.question_id in catalogue.questions]
    seen = set(last_marks(attempts.of_learner(attempt.learner_id), [PRACTICE]))
    outcomes: dict[str, set[str]] = {}
    for name, ids in terms.topics:
        outcomes[name] = {catalogue.questions[each].outcome for each in ids if each in catalogue.questions}
    practice = [
        question
        for quiz in catalogue.used_as(Use.QUIZ)
        for question in quiz.questions
        if question.kind == "single" and not question.void and question.id not in seen
    ]
    more = [
        question_id
        for topic in dict.fromkeys(row.topic for row in missed)
        for question_id in draw(
            {topic: [question.id for question in practice if question.outcome in outcomes.get(topic, ())]},
            WITH_EACH_MISSED,
            seed,
        )
    ]
    whole = [row.question_id for row in missed] + more
    return draw({"": whole}, len(whole), seed)


# ---- small parts ----


def time_words(terms: Terms) -> str:
    """Return the time an exam was sat with, as people read it."""
    if terms.factor is None:
        return "no time limit"
    minutes = f"{minutes_shown(terms.minutes, terms.factor)} minutes"
    return minutes if terms.factor == 1 else f"{minutes} instead of {terms.minutes}"


def _own(attempt_id: str) -> Attempt:
    """Return an exam of the person who asks."""
    attempt = loading.own_attempt(attempt_id)
    return attempt if attempt.rules.at_the_end else abort(404)


def to_result(attempt: Attempt) -> Response:
    """Go to the result."""
    return redirect(url_for("attempts.result", attempt_id=attempt.id), 303)  # type: ignore[return-value]


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
