"""Learners and the lessons they have read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Insert, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from course.core.settings import Settings
from course.store.engine import reading, writing
from course.store.tables import Base, LearnerRow, LessonReadRow

# Made once: building a statement takes longer than running it.
LESSONS_READ = select(LessonReadRow.slug, LessonReadRow.at).where(LessonReadRow.learner_id == bindparam("learner"))
SETTINGS = select(LearnerRow.exam_on, LearnerRow.exam_time).where(LearnerRow.id == bindparam("learner"))


def exists(learner_id: str) -> bool:
    """Whether there is such a learner."""
    with reading() as connection:
        found = connection.execute(select(LearnerRow.id).where(LearnerRow.id == learner_id)).first()
    return found is not None


def add(connection: Connection, learner_id: str, now: datetime) -> None:
    """Add a learner, within a write transaction. An id that is there stays as it is."""
    connection.execute(insert_ignoring(connection, LearnerRow).values(id=learner_id, created_at=now))


def insert_ignoring(connection: Connection, table: type[Base]) -> Insert:
    """Return an insert, in the words of the database in use, that leaves a row alone that is there."""
    if connection.dialect.name == "sqlite":
        return insert_sqlite(table).on_conflict_do_nothing()
    return insert_postgresql(table).on_conflict_do_nothing()


def insert_replacing(connection: Connection, table: type[Base]) -> Insert:
    """Return an insert, in the words of the database in use, that takes the place of a row with the same key."""
    made = insert_sqlite(table) if connection.dialect.name == "sqlite" else insert_postgresql(table)
    columns = table.__table__.columns
    return made.on_conflict_do_update(
        index_elements=[column for column in columns if column.primary_key],
        set_={column.name: made.excluded[column.name] for column in columns if not column.primary_key},
    )


def mark_read(learner_id: str, slug: str, now: datetime) -> None:
    """Note that a lesson was read; the first time counts. Adds the learner where new."""
    with writing() as connection:
        add(connection, learner_id, now)
        connection.execute(insert_ignoring(connection, LessonReadRow).values(learner_id=learner_id, slug=slug, at=now))


def lessons_read(learner_id: str) -> Mapping[str, datetime]:
    """Return slug → when, for one learner."""
    with reading() as connection:
        rows = connection.execute(LESSONS_READ, {"learner": learner_id}).all()
    return {row.slug: row.at for row in rows}


def settings(learner_id: str | None) -> Settings:
    """Return what a learner set; for a newcomer, nothing."""
    with reading() as connection:
        row = connection.execute(SETTINGS, {"learner": learner_id}).first()
    return Settings(row.exam_on, row.exam_time) if row else Settings()


def set_settings(learner_id: str, settings: Settings, now: datetime) -> None:
    """Keep what a learner set. Adds the learner where new."""
    with writing() as connection:
        add(connection, learner_id, now)
        values = {"exam_on": settings.exam_on, "exam_time": settings.exam_time}
        connection.execute(update(LearnerRow).where(LearnerRow.id == learner_id).values(**values))
