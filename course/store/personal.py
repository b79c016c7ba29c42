"""Everything that is kept of one learner: read as a whole, and deleted as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, delete, select

from course.core.attempts import Attempt
from course.core.audit import Deed
from course.store import attempts, audit
from course.store.attempts import BY_LEARNER, Selection
from course.store.engine import looking, writing
from course.store.learners import LESSONS_READ
from course.store.tables import (
    AccountRow,
    AllowanceRow,
    AttemptRow,
    AuditRow,
    CohortRow,
    EventRow,
    ForecastRow,
    InvitationRow,
    LearnerRow,
    LetterRow,
    MemberRow,
    MemoryRow,
    SignInRow,
)

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
# Of an account neither the password's hash nor the numbers that open something.
ACCOUNT = select(AccountRow.address, AccountRow.name, AccountRow.role, AccountRow.created_at).where(
    AccountRow.learner_id == bindparam("learner")
)
SIGN_INS = (
    select(SignInRow.created_at, SignInRow.last_at, SignInRow.browser)
    .where(SignInRow.learner_id == bindparam("learner"))
    .order_by(SignInRow.created_at)
)
LETTERS = (
    select(LetterRow.purpose, LetterRow.ends_at, LetterRow.used)
    .join(AccountRow, AccountRow.address == LetterRow.address)
    .where(AccountRow.learner_id == bindparam("learner"))
    .order_by(LetterRow.ends_at)
)
COHORTS = (
    select(CohortRow.name.label("cohort"), MemberRow.name, MemberRow.joined_at)
    .join(CohortRow, CohortRow.id == MemberRow.cohort_id)
    .where(MemberRow.learner_id == bindparam("learner"))
    .order_by(MemberRow.joined_at)
)
TEACHES = (
    select(CohortRow.id, CohortRow.name, CohortRow.created_at)
    .where(CohortRow.teacher_id == bindparam("learner"))
    .order_by(CohortRow.created_at)
)
INVITATIONS = (  # without the codes, by which others may join
    select(
        *(InvitationRow.cohort_id, InvitationRow.created_at, InvitationRow.ends_at),
        *(InvitationRow.most, InvitationRow.uses, InvitationRow.revoked),
    )
    .join(CohortRow, CohortRow.id == InvitationRow.cohort_id)
    .where(CohortRow.teacher_id == bindparam("learner"))
    .order_by(InvitationRow.created_at)
)
LOG = (
    select(AuditRow.at, AuditRow.deed, AuditRow.detail)
    .where(AuditRow.who == bindparam("learner"))
    .order_by(AuditRow.id)
)


@dataclass(frozen=True)
class Everything:
    """What is kept of a learner. Sums are not in it: they hold nothing that is not in the acts."""

    learner_id: str
    created_at: datetime
    exam_on: date | None
    exam_time: str | None  # chosen for mock exams: a factor, or `none`
    account: Mapping[str, Any] | None  # None: a guest
    sign_ins: tuple[Mapping[str, Any], ...]
    letters: tuple[Mapping[str, Any], ...]  # links that were sent to the address of the account
    cohorts: tuple[Mapping[str, Any], ...]  # joined, with the name that was given
    teaches: tuple[Mapping[str, Any], ...]  # cohorts of an instructor
    invitations: tuple[Mapping[str, Any], ...]  # to these
    log: tuple[Mapping[str, Any], ...]  # what the log has of them, oldest first
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
        account, *_ = (*_rows(connection, ACCOUNT, values), None)
        return Everything(
            learner_id,
            learner.created_at,
            learner.exam_on,
            learner.exam_time,
            account,
            _rows(connection, SIGN_INS, values),
            _rows(connection, LETTERS, values),
            _rows(connection, COHORTS, values),
            _rows(connection, TEACHES, values),
            _rows(connection, INVITATIONS, values),
            tuple({**row, "deed": Deed[row["deed"]].value} for row in _rows(connection, LOG, values)),
            {row.slug: row.at for row in connection.execute(LESSONS_READ, values)},
            attempts.read_within(connection, EVERY_ACT, values),
            _rows(connection, MEMORY, values),
            _rows(connection, FORECASTS, values),
        )


def _rows(connection: Connection, statement: Executable, values: Mapping[str, str]) -> tuple[Mapping[str, Any], ...]:
    return tuple(row._asdict() for row in connection.execute(statement, values))


def delete_everything(learner_id: str, now: datetime) -> None:
    """Delete a learner and all that is theirs, an account included: at once or not at all, durable when this returns.

    What names the learner goes by cascade; letters and allowances know an account by its address. The log keeps
    an account's number, which from now on is nobody's.
    """
    with writing() as connection:
        if connection.execute(LEARNER, {"learner": learner_id}).first() is None:
            return
        audit.note(connection, Deed.DELETED, now, who=learner_id, whom=learner_id)
        mine = AccountRow.learner_id == learner_id
        address = connection.execute(select(AccountRow.address).where(mine)).scalar()
        if address is not None:
            theirs = (LetterRow.address == address) | (LetterRow.learner_id == learner_id)
            connection.execute(delete(LetterRow).where(theirs))
        counted = connection.execute(select(AllowanceRow.name)).scalars()
        names = [name for name in counted if name.partition("/")[2] in {address, learner_id}]
        connection.execute(delete(AllowanceRow).where(AllowanceRow.name.in_(names)))
        connection.execute(delete(LearnerRow).where(LearnerRow.id == learner_id))
