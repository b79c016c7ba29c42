"""What is to be asked again: one row a question, and the answers that were not worked in yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, case, delete, func, insert, select, update

from course.core.attempts import EXAM, EXERCISE, PRACTICE, REVIEW, Act
from course.store.engine import reading, writing
from course.store.tables import AttemptRow, EventRow, LearnerRow, MemoryRow

FEEDING = (PRACTICE.name, EXERCISE.name, EXAM.name, REVIEW.name)


@dataclass(frozen=True)
class Fact:
    """A first look that was checked and not worked in yet."""

    event_id: int
    question_id: str
    right: bool
    certainty: str | None
    flagged: bool
    in_review: bool
    rated: str | None  # in a review: how hard a right answer was
    at: datetime


@dataclass(frozen=True)
class Kept:
    """One row of what is remembered."""

    question_id: str
    stability: float
    difficulty: float
    due: datetime
    last: datetime


def _facts() -> Select[Any]:
    event, attempt = EventRow.__table__, AttemptRow.__table__
    other = event.alias()

    def last(act: Act) -> Any:
        return (
            select(other.c.response)
            .where(
                other.c.attempt_id == event.c.attempt_id,
                other.c.question_id == event.c.question_id,
                other.c.act == act.value,
            )
            .order_by(other.c.look.desc(), other.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )

    return (
        select(
            event.c.id,
            event.c.question_id,
            case((event.c.mark == "1", 1), else_=0).label("right"),
            event.c.certainty,
            event.c.at,
            attempt.c.rules,
            last(Act.FLAG).label("flag"),
            last(Act.RATE).label("rate"),
        )
        .select_from(event.join(attempt, attempt.c.id == event.c.attempt_id))
        .where(
            attempt.c.learner_id == bindparam("learner"),
            attempt.c.rules.in_(FEEDING),
            event.c.act == Act.CHECK.value,
            event.c.look == 1,
            event.c.id > bindparam("after"),
        )
        .order_by(event.c.id)
    )


FACTS = _facts()
KEPT = select(MemoryRow.__table__).where(MemoryRow.learner_id == bindparam("learner"))


def facts(learner_id: str) -> tuple[Fact, ...]:
    """Return the checked first looks of a learner that were not worked in yet, oldest first."""
    with reading() as connection:
        after = connection.execute(select(LearnerRow.reviewed_event).where(LearnerRow.id == learner_id)).scalar() or 0
        rows = connection.execute(FACTS, {"learner": learner_id, "after": after}).all()
    return tuple(
        Fact(
            row.id,
            row.question_id,
            bool(row.right),
            row.certainty,
            bool(row.flag),
            row.rules == REVIEW.name,
            str(row.rate[0][1]) if row.rate else None,
            row.at,
        )
        for row in rows
    )


def kept(learner_id: str) -> tuple[Kept, ...]:
    """Return everything remembered of a learner."""
    with reading() as connection:
        rows = connection.execute(KEPT, {"learner": learner_id}).all()
    return tuple(Kept(row.question_id, row.stability, row.difficulty, row.due, row.last) for row in rows)


def keep(learner_id: str, memories: Iterable[Kept], up_to: int) -> None:
    """Keep what is remembered now, and up to which answer; nothing where somebody else was faster."""
    rows = [{"learner_id": learner_id, **vars(memory)} for memory in memories]
    with writing() as connection:
        mine = (LearnerRow.id == learner_id) & (LearnerRow.reviewed_event < up_to)
        if connection.execute(update(LearnerRow).where(mine).values(reviewed_event=up_to)).rowcount != 1:
            return
        _replace(connection, learner_id, rows)


def _replace(connection: Connection, learner_id: str, rows: list[dict[str, Any]]) -> None:
    names = [row["question_id"] for row in rows]
    for start in range(0, len(names), 500):
        some = names[start : start + 500]
        connection.execute(delete(MemoryRow).where(MemoryRow.learner_id == learner_id, MemoryRow.question_id.in_(some)))
    if rows:
        connection.execute(insert(MemoryRow), rows)


def reviewed_since(learner_id: str, since: datetime) -> int:
    """Return how many items a learner reviewed since a time."""
    asked = (
        select(func.count())
        .select_from(EventRow)
        .join(AttemptRow, AttemptRow.id == EventRow.attempt_id)
        .where(
            AttemptRow.learner_id == learner_id,
            AttemptRow.rules == REVIEW.name,
            EventRow.act == Act.CHECK.value,
            EventRow.look == 1,
            EventRow.at >= since,
        )
    )
    with reading() as connection:
        return int(connection.execute(asked).scalar() or 0)
