"""What a learner's answers come to: rows for each question, counted by the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, Text, bindparam, case, cast, func, select

from course.core.attempts import Act, Certainty, Rules
from course.store.engine import reading
from course.store.tables import AttemptItemRow, AttemptRow, EventRow

_mine = AttemptRow.learner_id == bindparam("learner")


@dataclass(frozen=True)
class Answered:
    """How a question was answered once, at its first look: a mark from 0 to 1."""

    question_id: str
    mark: Fraction
    at: datetime


def _first_answers() -> Select[Any]:
    event, attempt = EventRow.__table__, AttemptRow.__table__
    first = (
        select(func.min(event.c.id))
        .select_from(event.join(attempt, attempt.c.id == event.c.attempt_id))
        .where(
            attempt.c.learner_id == bindparam("learner"),
            attempt.c.rules.in_(bindparam("rules", expanding=True)),
            event.c.act == Act.CHECK.value,
            event.c.look == 1,
            cast(event.c.response, Text) != "[]",
        )
        .group_by(event.c.question_id)
    )
    return select(event.c.question_id, event.c.mark, event.c.at).where(event.c.id.in_(first)).order_by(event.c.id)


FIRST_ANSWERS = _first_answers()


@dataclass(frozen=True)
class Summary:
    """All first looks at one question: how many, the last mark, and when first, last and last right."""

    question_id: str
    answers: int
    last_mark: Fraction
    first_at: datetime
    last_at: datetime
    last_right_at: datetime | None


def _summaries() -> Select[Any]:
    event, attempt = EventRow.__table__, AttemptRow.__table__
    of_learner = event.join(attempt, attempt.c.id == event.c.attempt_id)
    asked = (
        select(
            event.c.question_id,
            func.count().label("answers"),
            func.min(event.c.at).label("first_at"),
            func.max(event.c.id).label("last_id"),
            func.max(case((event.c.mark == "1", event.c.at))).label("last_right_at"),
        )
        .select_from(of_learner)
        .where(
            attempt.c.learner_id == bindparam("learner"),
            attempt.c.rules.in_(bindparam("rules", expanding=True)),
            event.c.act == Act.CHECK.value,
            event.c.look == 1,
            cast(event.c.response, Text) != "[]",
        )
        .group_by(event.c.question_id)
        .subquery()
    )
    last = event.alias()
    return select(asked, last.c.mark, last.c.at.label("last_at")).join(last, last.c.id == asked.c.last_id)


SUMMARIES = _summaries()
CERTAINTIES = (
    select(EventRow.certainty, func.sum(case((EventRow.mark == "1", 1), else_=0)), func.count())
    .join(AttemptRow, AttemptRow.id == EventRow.attempt_id)
    .where(_mine, EventRow.act == Act.CHECK.value, EventRow.look == 1, EventRow.certainty.is_not(None))
    .group_by(EventRow.certainty)
)


def summaries(learner_id: str, rules: Iterable[Rules]) -> tuple[Summary, ...]:
    """Return what a learner answered of each question under these rules; no more rows than there are questions."""
    with reading() as connection:
        rows = connection.execute(SUMMARIES, {"learner": learner_id, "rules": [each.name for each in rules]}).all()
    return tuple(
        Summary(row.question_id, row.answers, Fraction(row.mark), row.first_at, row.last_at, row.last_right_at)
        for row in rows
    )


def certainties(learner_id: str) -> tuple[tuple[str, int, int], ...]:
    """Return (certainty, right, total) of a learner's first looks that had one."""
    with reading() as connection:
        rows = connection.execute(CERTAINTIES, {"learner": learner_id}).all()
    return tuple((str(name), int(right), int(total)) for name, right, total in rows)


@dataclass(frozen=True)
class Place:
    """Where somebody answered a question: the attempt, and the question's place in it."""

    attempt_id: str
    question_id: str
    position: int
    at: datetime


SURE_BUT_WRONG = (
    select(EventRow.attempt_id, EventRow.question_id, AttemptItemRow.position, EventRow.at)
    .join(AttemptRow, AttemptRow.id == EventRow.attempt_id)
    .join(
        AttemptItemRow,
        (AttemptItemRow.attempt_id == EventRow.attempt_id) & (AttemptItemRow.question_id == EventRow.question_id),
    )
    .where(
        _mine,
        EventRow.act == Act.CHECK.value,
        EventRow.look == 1,
        EventRow.certainty == Certainty.SURE.value,
        EventRow.mark != "1",
    )
    .order_by(EventRow.id.desc())
    .limit(bindparam("most"))
)


def sure_but_wrong(learner_id: str, most: int) -> tuple[Place, ...]:
    """Return where a learner was sure and not right, the latest first."""
    with reading() as connection:
        rows = connection.execute(SURE_BUT_WRONG, {"learner": learner_id, "most": most}).all()
    return tuple(Place(row.attempt_id, row.question_id, row.position, row.at) for row in rows)


def first_answers(learner_id: str, rules: Iterable[Rules]) -> tuple[Answered, ...]:
    """Return a learner's first answer to each question, oldest first; one that was left empty is none."""
    values = {"learner": learner_id, "rules": [each.name for each in rules]}
    with reading() as connection:
        rows = connection.execute(FIRST_ANSWERS, values).all()
    return tuple(Answered(row.question_id, Fraction(row.mark), row.at) for row in rows)
