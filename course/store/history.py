"""What a learner's attempts come to, kept so that a long history is read as fast as a short one.

The sum of an attempt says up to which event it holds; an attempt that went on since is read in full. Once that has
become much, the sums are brought up to date. They can be made anew from the events at any time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from course.core.attempts import RULES, Attempt, Score
from course.core.history import AttemptSum, History, Key, Marked, Place, QuestionSum, looks, sum_up, together
from course.store import attempts
from course.store.engine import looking, writing
from course.store.learners import insert_replacing
from course.store.tables import AttemptRow, AttemptSumRow, EventRow, QuestionSumRow

UNSUMMED = 300  # so many acts may be read in full each time; beyond, they are summed up

LATEST = (
    select(func.coalesce(func.max(EventRow.sequence), 0))
    .where(EventRow.attempt_id == AttemptRow.id)
    .correlate(AttemptRow)
    .scalar_subquery()
)
KEPT = (
    select(
        AttemptRow.id,
        AttemptRow.slug,
        AttemptRow.rules,
        AttemptRow.started_at,
        AttemptRow.limit_seconds,
        AttemptSumRow.__table__,
        LATEST.label("latest"),
    )
    .outerjoin(AttemptSumRow, AttemptSumRow.attempt_id == AttemptRow.id)
    .where(AttemptRow.learner_id == bindparam("learner"))
    .order_by(AttemptRow.started_at, AttemptRow.id)
)
UP_TO = select(AttemptSumRow.sequence).where(AttemptSumRow.attempt_id == AttemptRow.id).correlate(AttemptRow)
WENT_ON = attempts.selection(
    AttemptRow.learner_id == bindparam("learner"), func.coalesce(UP_TO.scalar_subquery(), -1) != LATEST
)
QUESTIONS = select(QuestionSumRow.__table__).where(QuestionSumRow.learner_id == bindparam("learner"))


@dataclass(frozen=True)
class _State:
    """A learner's history as it was read: what is kept, and what went on since."""

    kept: Mapping[str, AttemptSum | None]  # by attempt, oldest first; None: it went on since
    questions: Mapping[Key, QuestionSum]  # of all events that are in the sums of their attempts
    went_on: tuple[Attempt, ...]
    summed_to: Mapping[str, int]  # attempt → the last event in its sum

    def added(self) -> Mapping[Key, QuestionSum]:
        """Return what was looked at since."""
        return together(*(looks(each, self.summed_to[each.id]) for each in self.went_on))

    def history(self) -> History:
        """Return everything together."""
        fresh = {attempt.id: sum_up(attempt) for attempt in self.went_on}
        return History(
            tuple(kept or fresh[attempt_id] for attempt_id, kept in self.kept.items()),
            together(self.questions, self.added()),
        )


def of_learner(learner_id: str) -> History:
    """Return what a learner's attempts come to."""
    with looking() as connection:
        rows = connection.execute(KEPT, {"learner": learner_id}).all()
        if sum(row.latest - (row.sequence or 0) for row in rows) <= UNSUMMED:
            return _state(connection, learner_id, rows).history()
    return _bring_up_to_date(learner_id)


def _state(connection: Connection, learner_id: str, rows: Sequence[Row[Any]]) -> _State:
    values = {"learner": learner_id}
    holding = {row.id: row.sequence == row.latest for row in rows}
    return _State(
        {row.id: _attempt_sum(row) if holding[row.id] else None for row in rows},
        {(row.rules, row.question_id): _question_sum(row) for row in connection.execute(QUESTIONS, values)},
        () if all(holding.values()) else attempts.read_within(connection, WENT_ON, values),
        {row.id: row.sequence or 0 for row in rows},
    )


def _bring_up_to_date(learner_id: str) -> History:
    with writing() as connection:
        state = _state(connection, learner_id, connection.execute(KEPT, {"learner": learner_id}).all())
        if state.went_on:  # nobody else was faster
            sums = [_attempt_row(attempt) for attempt in state.went_on]
            connection.execute(insert_replacing(connection, AttemptSumRow), sums)
        added = state.added()
        if added:
            both = together(state.questions, added)
            questions = [{"learner_id": learner_id, "rules": key[0], **_question_row(both[key])} for key in added]
            connection.execute(insert_replacing(connection, QuestionSumRow), questions)
    return state.history()


def _attempt_sum(row: Any) -> AttemptSum:
    attempt_id, slug, rules, started_at, limit, _, _, last_at, first, best, total, ended, _ = row  # by place: many rows
    return AttemptSum(
        attempt_id,
        slug,
        RULES[rules],
        started_at,
        None if limit is None else started_at + timedelta(seconds=limit),
        last_at,
        None if first is None else _score(first, total),
        None if best is None else _score(best, total),
        ended,
    )


def _attempt_row(attempt: Attempt) -> Mapping[str, Any]:
    found = sum_up(attempt)
    return {
        "attempt_id": attempt.id,
        "sequence": attempt.sequence,
        "last_at": found.last_at,
        "first": None if found.first is None else str(found.first.marks),
        "best": None if found.best is None else str(found.best.marks),
        "total": len(attempt.items),
        "ended": found.ended,
    }


def _question_sum(row: Row[Any]) -> QuestionSum:
    return QuestionSum(
        question_id=row.question_id,
        looked=Marked(_fraction(row.looked_mark), row.looked_at),
        answers=row.answers,
        first=None if row.first_mark is None else Marked(_fraction(row.first_mark), row.first_at),
        last=None if row.last_mark is None else Marked(_fraction(row.last_mark), row.last_at),
        last_right_at=row.last_right_at,
        certain={name: (right, total) for name, (right, total) in row.certain.items()},
        fooled=None if row.fooled_in is None else Place(row.fooled_in, row.fooled_number, row.fooled_at),
    )


def _question_row(found: QuestionSum) -> Mapping[str, Any]:
    return {
        "question_id": found.question_id,
        "looked_mark": str(found.looked.mark),
        "looked_at": found.looked.at,
        "answers": found.answers,
        "first_mark": str(found.first.mark) if found.first else None,
        "first_at": found.first.at if found.first else None,
        "last_mark": str(found.last.mark) if found.last else None,
        "last_at": found.last.at if found.last else None,
        "last_right_at": found.last_right_at,
        "certain": dict(found.certain),
        "fooled_in": found.fooled.attempt_id if found.fooled else None,
        "fooled_number": found.fooled.number if found.fooled else None,
        "fooled_at": found.fooled.at if found.fooled else None,
    }


@lru_cache(maxsize=10_000)
def _score(marks: str, total: int) -> Score:
    return Score(Fraction(marks), total)


@lru_cache(maxsize=10_000)
def _fraction(text: str) -> Fraction:
    return Fraction(text)
