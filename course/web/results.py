"""Results of mock exams: closing what is over, what it came to, every answer with its reason, and what was missed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, redirect, render_template, request, url_for

from course.core import sitting, specification
from course.core.attempts import EXAM, PRACTICE, Attempt, Score
from course.core.drawing import draw
from course.core.examresult import ExamResult, Row
from course.core.quiz import Question, Use
from course.core.sitting import is_over
from course.core.specification import Terms, minutes_shown, terms_of
from course.questions._kind import View
from course.store import attempts
from course.store.attempts import Judgement
from course.web import asking, current, loading
from course.web.reminding import AFTER_EXAM, remind
from course.web.sets import MISSED, SetForm, begin, start_number

pages = Blueprint("results", __name__)
WITH_EACH_MISSED = 2  # further questions of a topic in which something was missed


# ---- closing what is over ----


def closed(attempt: Attempt) -> Attempt:
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
            closed(attempt)


# ---- what it came to ----


def told(attempt: Attempt) -> ExamResult:
    """Return what an exam that is over says. Answers are marked as the questions were when they were asked."""
    terms = specification.terms(attempt)
    ended = sitting.ended_at(attempt) or current.now()
    rows = tuple(_row(attempt, terms, number) for number in range(1, len(attempt.items) + 1))
    return ExamResult(rows, terms.needed, ended - attempt.started_at)


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


@dataclass(frozen=True)
class Sat:
    """An exam of the person who asks, as a line of a list."""

    attempt_id: str
    started_at: datetime
    score: Score | None  # None until it is closed
    can_go_on: bool
    terms: Terms

    @property
    def passed(self) -> bool:
        """Whether it was passed on the terms it was sat on."""
        return self.score is not None and self.score.marks >= self.terms.needed

    @property
    def as_in_the_exam(self) -> bool:
        """Whether it was sat in the time of the real exam, or with the most that one grants."""
        return self.terms.factor is not None and self.terms.factor <= self.terms.granted


def sat(most: int | None = None) -> tuple[Sat, ...]:
    """Return the exams of the person who asks, the latest first; `most` of them, where that is given."""
    mine = [attempt for attempt in reversed(current.my_history().attempts) if attempt.rules == EXAM][:most]
    terms, now = attempts.terms([attempt.attempt_id for attempt in mine]), current.now()
    return tuple(
        Sat(each.attempt_id, each.started_at, each.first, each.can_go_on(now), terms_of(terms[each.attempt_id]))
        for each in mine
    )


# ---- the result: called by `attempts`, which owns the address ----


def result(attempt: Attempt) -> str | Response:
    """Show the score against the pass mark, and where marks were earned and lost."""
    if not is_over(attempt, current.now()):
        return _back(attempt)
    attempt = closed(attempt)
    terms = specification.terms(attempt)
    return render_template(
        "exam/result.html",
        attempt=attempt,
        terms=terms,
        told=told(attempt),
        ran_out=sitting.ran_out(attempt),
        time_words=_time_words(terms),
        form=SetForm(start=asking.new_start(MISSED.slug)),
        drills=_drills(),
        remind=remind(AFTER_EXAM),
    )


def _drills() -> dict[str, str]:
    """Return topic → address of a lesson that teaches it."""
    catalogue = current.catalogue()
    found: dict[str, str] = {}
    for exam in catalogue.exams.values():
        for topic in exam.topics:
            for lesson in catalogue.lessons_of(topic.outcomes):
                found.setdefault(topic.name, lesson.address)
    return found


def _time_words(terms: Terms) -> str:
    """Return the time an exam was sat with, as people read it."""
    if terms.factor is None:
        return "no time limit"
    minutes = f"{minutes_shown(terms.minutes, terms.factor)} minutes"
    return minutes if terms.factor == 1 else f"{minutes} instead of {terms.minutes}"


def to_result(attempt: Attempt) -> Response:
    """Go to the result."""
    return redirect(url_for("attempts.result", attempt_id=attempt.id), 303)  # type: ignore[return-value]


def _back(attempt: Attempt) -> Response:
    """Go back into an exam that is not over."""
    return redirect(url_for("attempts.question", attempt_id=attempt.id, number=1), 303)  # type: ignore[return-value]


# ---- every answer with its reason ----


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
    attempt = loading.own_exam(attempt_id)
    if not is_over(attempt, current.now()):
        return _back(attempt)
    attempt = closed(attempt)
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


# ---- what was missed ----


@pages.post("/attempts/<attempt_id>/missed")
def practise_missed(attempt_id: str) -> Response:
    """The owner, once it is over. A new untimed set: what was missed, and a little more of each of its topics."""
    attempt = loading.own_exam(attempt_id)
    if not is_over(attempt, current.now()):
        return _back(attempt)
    attempt = closed(attempt)
    number = start_number(MISSED)
    ids = _missed_set(attempt, asking.seed_of(number))
    if not ids:
        return to_result(attempt)
    set_id = begin(MISSED, PRACTICE, number, [asking.new_item(question_id) for question_id in ids])
    return redirect(url_for("attempts.question", attempt_id=set_id, number=1), 303)  # type: ignore[return-value]


def _missed_set(attempt: Attempt, seed: str) -> tuple[str, ...]:
    catalogue, terms = current.catalogue(), specification.terms(attempt)
    missed = [row for row in told(attempt).missed if row.question_id in catalogue.questions]
    seen = current.my_history().looked_at([PRACTICE])
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
