"""Everything that is kept of one learner: read as a whole, and deleted as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, select

from course.core.attempts import Attempt
from course.store import attempts
from course.store.attempts import BY_LEARNER, Selection
from course.store.engine import looking, writing
from course.store.learners import LESSONS_READ
from course.store.tables import AttemptRow, EventRow, ForecastRow, LearnerRow, MemoryRow

_mine = select(AttemptRow.id).where(AttemptRow.learner_id == bindparam("learner"))
# Reading attempts gives the last saves; here every one of them is wanted.
EVERY_ACT = Selection(
    BY_LEARNER.attempts,
    BY_LEARNER.items,
    select(EventRow.__table__)
    .where(EventRow.attempt_id.in_(_mine))
    .order_by(EventRow.__table__.c.attempt_id, EventRow.__table__.c.sequence),
)
LEARNER = select(LearnerRow.__table__).where(LearnerRow.id == bindparam("learner"))
MEMORY = (
    select(MemoryRow.question_id, MemoryRow.stability, MemoryRow.difficulty, MemoryRow.due, MemoryRow.last)
    .where(MemoryRow.learner_id == bindparam("learner"))
    .order_by(MemoryRow.question_id)
)
FORECASTS = (
    select(
        *(ForecastRow.slug, ForecastRow.at, ForecastRow.chance, ForecastRow.low, ForecastRow.high),
        *(ForecastRow.inputs, ForecastRow.attempt_id, ForecastRow.passed),
    )
    .where(ForecastRow.learner_id == bindparam("learner"))
    .order_by(ForecastRow.id)
)


@dataclass(frozen=True)
class Everything:
    """What is kept of a learner. Sums are not in it: they hold nothing that is not in the acts."""

    learner_id: str
    created_at: datetime
    exam_on: date | None
    lessons: Mapping[str, datetime]  # slug → when it was marked as read
    attempts: tuple[Attempt, ...]  # oldest first, each with every act
    memory: tuple[Mapping[str, Any], ...]
    forecasts: tuple[Mapping[str, Any], ...]  # oldest first


def everything(learner_id: str) -> Everything | None:
    """Return what is kept of a learner, all as it stands at one moment; None where there is no such learner."""
    values = {"learner": learner_id}
    with looking() as connection:
        learner = connection.execute(LEARNER, values).first()
        if learner is None:
            return None
        return Everything(
            learner_id,
            learner.created_at,
            learner.exam_on,
            {row.slug: row.at for row in connection.execute(LESSONS_READ, values)},
            attempts.read_within(connection, EVERY_ACT, values),
            tuple(row._asdict() for row in connection.execute(MEMORY, values)),
            tuple(row._asdict() for row in connection.execute(FORECASTS, values)),
        )


def delete_everything(learner_id: str) -> None:
    """Delete a learner and, by cascade, all that is theirs: at once or not at all, durable when this returns."""
    with writing() as connection:
        connection.execute(delete(LearnerRow).where(LearnerRow.id == learner_id))
