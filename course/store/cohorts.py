"""Cohorts, who is in them, and invitations. What an instructor asks for is looked up among their own only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from secrets import choice, token_hex
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from course.core.audit import Deed
from course.core.cohorts import CODE_LENGTH, CODE_LETTERS, Cohort, Invitation, Member
from course.store import audit, learners
from course.store.engine import reading, writing
from course.store.tables import AccountRow, AttemptRow, CohortRow, EventRow, InvitationRow, MemberRow

_size = (
    select(func.count(MemberRow.id)).where(MemberRow.cohort_id == CohortRow.id).correlate(CohortRow).scalar_subquery()
)
COHORTS = select(CohortRow.__table__, AccountRow.name.label("teacher"), _size.label("size")).join(
    AccountRow, AccountRow.learner_id == CohortRow.teacher_id
)
_attempts = (
    select(func.count(AttemptRow.id))
    .where(AttemptRow.learner_id == MemberRow.learner_id)
    .correlate(MemberRow)
    .scalar_subquery()
)
# Of each attempt its last act alone, which the index of sequence numbers has at hand.
_newest = select(func.max(EventRow.sequence)).where(EventRow.attempt_id == AttemptRow.id).correlate(AttemptRow)
_last = (
    select(func.max(EventRow.at))
    .join(AttemptRow, AttemptRow.id == EventRow.attempt_id)
    .where(AttemptRow.learner_id == MemberRow.learner_id, EventRow.sequence == _newest.scalar_subquery())
    .correlate(MemberRow)
    .scalar_subquery()
)
MEMBERS = select(
    *(MemberRow.id, MemberRow.learner_id, MemberRow.joined_at),
    func.coalesce(AccountRow.name, MemberRow.name).label("name"),
    AccountRow.learner_id.is_(None).label("guest"),
    _attempts.label("attempts"),
    _last.label("last_at"),
).outerjoin(AccountRow, AccountRow.learner_id == MemberRow.learner_id)


# ---- an instructor's own ----


def make(name: str, teacher_id: str, now: datetime) -> str:
    """Make a cohort; return its id."""
    cohort_id = token_hex(16)
    with writing() as connection:
        connection.execute(insert(CohortRow).values(id=cohort_id, name=name, teacher_id=teacher_id, created_at=now))
        audit.note(connection, Deed.NEW_COHORT, now, who=teacher_id, detail=cohort_id)
    return cohort_id


def taught_by(teacher_id: str) -> Sequence[Cohort]:
    """Return an instructor's cohorts, the newest first."""
    return _cohorts(COHORTS.where(CohortRow.teacher_id == teacher_id).order_by(CohortRow.created_at.desc()))


def own(cohort_id: str, teacher_id: str) -> Cohort | None:
    """Return a cohort of this instructor; None also where it is another's."""
    found = _cohorts(COHORTS.where(CohortRow.id == cohort_id, CohortRow.teacher_id == teacher_id))
    return found[0] if found else None


def rename(cohort: Cohort, name: str) -> None:
    """Give a cohort another name."""
    with writing() as connection:
        connection.execute(update(CohortRow).where(CohortRow.id == cohort.id).values(name=name))


def end(cohort: Cohort, now: datetime) -> None:
    """Delete a cohort with its invitations; its learners keep what is theirs."""
    with writing() as connection:
        connection.execute(delete(CohortRow).where(CohortRow.id == cohort.id))
        audit.note(connection, Deed.ENDED_COHORT, now, who=cohort.teacher_id, detail=cohort.id)


def members(cohort: Cohort) -> Sequence[Member]:
    """Return who is in a cohort, by name."""
    with reading() as connection:
        rows = connection.execute(MEMBERS.where(MemberRow.cohort_id == cohort.id)).all()
    return sorted(map(_member, rows), key=lambda member: (member.name.casefold(), member.id))


def member(cohort: Cohort, member_id: str) -> Member | None:
    """Return one of a cohort."""
    with reading() as connection:
        row = connection.execute(MEMBERS.where(MemberRow.cohort_id == cohort.id, MemberRow.id == member_id)).first()
    return _member(row) if row else None


def remove(cohort: Cohort, member: Member, now: datetime) -> None:
    """Take a learner out of a cohort."""
    with writing() as connection:
        connection.execute(delete(MemberRow).where(MemberRow.id == member.id))
        audit.note(connection, Deed.REMOVED, now, who=cohort.teacher_id, whom=member.learner_id, detail=cohort.id)


# ---- invitations ----


def invite(cohort: Cohort, ends_at: datetime, most: int, now: datetime) -> str:
    """Make an invitation; return its code."""
    code = "".join(choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    values = {"code": code, "cohort_id": cohort.id, "created_at": now, "ends_at": ends_at, "most": most}
    with writing() as connection:
        connection.execute(insert(InvitationRow).values(**values, uses=0, revoked=False))
        audit.note(connection, Deed.INVITED, now, who=cohort.teacher_id, detail=cohort.id)
    return code


def invitations(cohort: Cohort) -> Sequence[Invitation]:
    """Return the invitations to a cohort, the newest first."""
    newest = select(InvitationRow.__table__).where(InvitationRow.cohort_id == cohort.id)
    with reading() as connection:
        rows = connection.execute(newest.order_by(InvitationRow.created_at.desc())).all()
    return [_invitation(row, cohort) for row in rows]


def revoke(cohort: Cohort, code: str, now: datetime) -> bool:
    """Let nobody join by a code any more; return whether there is such an invitation."""
    mine = (InvitationRow.cohort_id == cohort.id) & (InvitationRow.code == code)
    with writing() as connection:
        found = connection.execute(update(InvitationRow).where(mine).values(revoked=True)).rowcount == 1
        if found:
            audit.note(connection, Deed.REVOKED, now, who=cohort.teacher_id, detail=cohort.id)
    return found


def invitation(code: str) -> Invitation | None:
    """Return the invitation with a code, whether good or not."""
    with reading() as connection:
        return _by_code(connection, code)


def _by_code(connection: Connection, code: str) -> Invitation | None:
    row = connection.execute(select(InvitationRow.__table__).where(InvitationRow.code == code)).first()
    if row is None:
        return None
    cohort = _cohort(connection.execute(COHORTS.where(CohortRow.id == row.cohort_id)).one())
    return _invitation(row, cohort)


# ---- a learner's own ----


def join(code: str, learner_id: str, name: str, now: datetime) -> bool:
    """Join by a code, adding the learner where new; return whether it was good. Who is in already uses nothing up."""
    with writing() as connection:
        found = _by_code(connection, code)
        if found is None:
            return False
        if _is_in(connection, found.cohort.id, learner_id):
            return True
        if not found.is_good(now):
            return False
        learners.add(connection, learner_id, now)
        values = {"cohort_id": found.cohort.id, "learner_id": learner_id, "name": name, "joined_at": now}
        connection.execute(insert(MemberRow).values(id=token_hex(16), **values))
        used = update(InvitationRow).where(InvitationRow.code == code)
        connection.execute(used.values(uses=InvitationRow.uses + 1))
        audit.note(connection, Deed.JOINED, now, who=learner_id, detail=found.cohort.id)
    return True


def is_in(cohort: Cohort, learner_id: str) -> bool:
    """Whether a learner is in a cohort."""
    with reading() as connection:
        return _is_in(connection, cohort.id, learner_id)


def _is_in(connection: Connection, cohort_id: str, learner_id: str) -> bool:
    mine = (MemberRow.cohort_id == cohort_id) & (MemberRow.learner_id == learner_id)
    return connection.execute(select(MemberRow.id).where(mine)).first() is not None


def joined_by(learner_id: str) -> Sequence[Cohort]:
    """Return the cohorts a learner is in, the first joined first."""
    mine = COHORTS.join(MemberRow, MemberRow.cohort_id == CohortRow.id).where(MemberRow.learner_id == learner_id)
    return _cohorts(mine.order_by(MemberRow.joined_at))


def name_given(learner_id: str) -> str:
    """Return the name a learner gave at the last joining, or nothing."""
    mine = select(MemberRow.name).where(MemberRow.learner_id == learner_id).order_by(MemberRow.joined_at.desc())
    with reading() as connection:
        return str(connection.execute(mine).scalar() or "")


def leave(cohort_id: str, learner_id: str, now: datetime) -> bool:
    """Leave a cohort; return whether one was in it."""
    mine = (MemberRow.cohort_id == cohort_id) & (MemberRow.learner_id == learner_id)
    with writing() as connection:
        found = connection.execute(delete(MemberRow).where(mine)).rowcount == 1
        if found:
            audit.note(connection, Deed.LEFT, now, who=learner_id, detail=cohort_id)
    return found


# ---- what these share ----


def _cohorts(wanted: Select[Any]) -> list[Cohort]:
    with reading() as connection:
        return [_cohort(row) for row in connection.execute(wanted)]


def _cohort(row: Row[Any]) -> Cohort:
    return Cohort(row.id, row.name, row.teacher_id, row.teacher, row.created_at, row.size)


def _member(row: Row[Any]) -> Member:
    return Member(row.id, row.learner_id, row.name, bool(row.guest), row.joined_at, row.attempts, row.last_at)


def _invitation(row: Row[Any], cohort: Cohort) -> Invitation:
    return Invitation(row.code, cohort, row.ends_at, row.most, row.uses, row.revoked)
