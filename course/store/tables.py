"""The tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Date, DateTime, Dialect, Float, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept as UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time; keep UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone cannot be kept")
        return value.astimezone(UTC).replace(tzinfo=None)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Give the zone back. Made by hand, because a page of a long history reads thousands of times."""
        read = self.impl_instance.result_processor(dialect, coltype)

        def with_zone(value: Any) -> datetime | None:
            if value is None:
                return None
            found: Any = read(value) if read else value
            return cast(datetime, found.replace(tzinfo=UTC))

        return with_zone


class Base(DeclarativeBase):
    """What every table derives from."""


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class LearnerRow(Base):
    """A person who has saved something. A guest is known only by the cookie that holds this id."""

    __tablename__ = "learner"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    reviewed_event: Mapped[int] = mapped_column(server_default="0")  # answers up to this one are in `memory`
    exam_on: Mapped[date | None] = mapped_column(Date)
    exam_time: Mapped[str | None] = mapped_column(String(10))  # chosen for mock exams: a factor, or `none`


class MemoryRow(Base):
    """A question to be asked again, as the memory model has it."""

    __tablename__ = "memory"
    learner_id: Mapped[str] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), primary_key=True)
    question_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    stability: Mapped[float] = mapped_column(Float)
    difficulty: Mapped[float] = mapped_column(Float)
    due: Mapped[datetime] = mapped_column(UtcTime)
    last: Mapped[datetime] = mapped_column(UtcTime)


class LessonReadRow(Base):
    """A lesson marked as read."""

    __tablename__ = "lesson_read"
    learner_id: Mapped[str] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)


class RevisionRow(Base):
    """The text of a question as somebody was asked it, kept for ever."""

    __tablename__ = "revision"
    question_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    revision: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    first_used_at: Mapped[datetime] = mapped_column(UtcTime)


class AttemptRow(Base):
    """An attempt at a quiz or exercise."""

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("learner_id", "start", name="one_attempt_a_start"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(String(200))
    rules: Mapped[str] = mapped_column(String(20))
    seed: Mapped[str] = mapped_column(String(64))
    start: Mapped[str] = mapped_column(String(64))  # of the page it was started from; a repeated post starts once
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    limit_seconds: Mapped[int | None]  # None: as long as one likes
    grace_seconds: Mapped[int] = mapped_column(server_default="0")
    terms: Mapped[Any | None] = mapped_column(JSON)


class AttemptItemRow(Base):
    """A question of an attempt, in the order it is asked."""

    __tablename__ = "attempt_item"
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(String(200))
    revision: Mapped[str] = mapped_column(String(64))


class AttemptSumRow(Base):
    """What an attempt comes to, as of the event with this sequence number. Can be made anew at any time."""

    __tablename__ = "attempt_sum"
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcTime)
    first: Mapped[str | None] = mapped_column(String(40))  # marks, an exact fraction; so is `best`
    best: Mapped[str | None] = mapped_column(String(40))
    total: Mapped[int]
    ended: Mapped[bool]


class QuestionSumRow(Base):
    """What a learner's first looks at a question come to, of the events that are in the sums of their attempts."""

    __tablename__ = "question_sum"
    learner_id: Mapped[str] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), primary_key=True)
    rules: Mapped[str] = mapped_column(String(20), primary_key=True)
    question_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    looked_mark: Mapped[str] = mapped_column(String(40))
    looked_at: Mapped[datetime] = mapped_column(UtcTime)
    answers: Mapped[int]
    first_mark: Mapped[str | None] = mapped_column(String(40))
    first_at: Mapped[datetime | None] = mapped_column(UtcTime)
    last_mark: Mapped[str | None] = mapped_column(String(40))
    last_at: Mapped[datetime | None] = mapped_column(UtcTime)
    last_right_at: Mapped[datetime | None] = mapped_column(UtcTime)
    certain: Mapped[Any] = mapped_column(JSON)  # certainty → [right, all]
    fooled_in: Mapped[str | None] = mapped_column(String(32))  # the attempt with the last look that was sure and wrong
    fooled_number: Mapped[int | None]
    fooled_at: Mapped[datetime | None] = mapped_column(UtcTime)


class ForecastRow(Base):
    """What was forecast for a learner, and what came of it."""

    __tablename__ = "forecast"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcTime)
    chance: Mapped[float] = mapped_column(Float)
    low: Mapped[float] = mapped_column(Float)
    high: Mapped[float] = mapped_column(Float)
    inputs: Mapped[Any] = mapped_column(JSON)
    attempt_id: Mapped[str | None] = mapped_column(ForeignKey("attempt.id", ondelete="CASCADE"), index=True)
    passed: Mapped[bool | None]


class EventRow(Base):
    """One act of a learner. Rows are added, never changed."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("attempt_id", "sequence", name="one_event_a_sequence"),
        Index(
            "one_check_a_look",
            "attempt_id",
            "question_id",
            "look",
            unique=True,
            sqlite_where=text("act = 'check'"),
            postgresql_where=text("act = 'check'"),
        ),
        Index("events_of_a_question", "attempt_id", "question_id", "act", "look"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id", ondelete="CASCADE"))
    sequence: Mapped[int]
    act: Mapped[str] = mapped_column(String(10))
    question_id: Mapped[str] = mapped_column(String(200))
    look: Mapped[int]
    response: Mapped[Any] = mapped_column(JSON)
    mark: Mapped[str | None] = mapped_column(String(40))  # an exact fraction, `13/16`
    certainty: Mapped[str | None] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcTime)
    seconds: Mapped[int | None]  # the question was on the screen until then


class AccountRow(Base):
    """A learner who can be known on any device: by an address and a password."""

    __tablename__ = "account"
    learner_id: Mapped[str] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str] = mapped_column(String(254), unique=True)  # of mail, in lower case
    name: Mapped[str] = mapped_column(String(100))
    password: Mapped[str] = mapped_column(String(200))  # its Argon2id hash with parameters and salt
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    disabled: Mapped[bool]


class SignInRow(Base):
    """A browser in which somebody is signed in. It holds the number; here is only the number's hash."""

    __tablename__ = "sign_in"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("account.learner_id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    last_at: Mapped[datetime] = mapped_column(UtcTime)
    browser: Mapped[str] = mapped_column(String(200))


class LetterRow(Base):
    """A link that was sent by mail: good once, until it ends. Here is only its number's hash."""

    __tablename__ = "letter"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(254))
    ends_at: Mapped[datetime] = mapped_column(UtcTime)
    used: Mapped[bool]
    learner_id: Mapped[str | None] = mapped_column(String(32))  # whose address is to change


class AllowanceRow(Base):
    """How often something was done by somebody since a time."""

    __tablename__ = "allowance"
    name: Mapped[str] = mapped_column(String(300), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcTime)
    uses: Mapped[int]


class CohortRow(Base):
    """Learners whom an instructor teaches."""

    __tablename__ = "cohort"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    teacher_id: Mapped[str] = mapped_column(ForeignKey("account.learner_id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class MemberRow(Base):
    """A learner in a cohort, guests too."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("cohort_id", "learner_id", name="once_in_a_cohort"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    learner_id: Mapped[str] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))  # given when joining; an account's own name goes before it
    joined_at: Mapped[datetime] = mapped_column(UtcTime)


class InvitationRow(Base):
    """A link by which learners join a cohort. It shows nobody's data, so the instructor can read it again."""

    __tablename__ = "invitation"
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    ends_at: Mapped[datetime] = mapped_column(UtcTime)
    most: Mapped[int]
    uses: Mapped[int]
    revoked: Mapped[bool]


class AuditRow(Base):
    """A line of the log. The database refuses to change or delete one; it holds ids and no address or name."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    deed: Mapped[str] = mapped_column(String(20))  # the name of a Deed
    who: Mapped[str | None] = mapped_column(String(32), index=True)  # None: the command line
    whom: Mapped[str | None] = mapped_column(String(32), index=True)
    detail: Mapped[str] = mapped_column(String(200))
