"""The log: written in the transaction of what it notes, and read by admins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.orm import aliased

from course.core.audit import Deed, Entry
from course.store.engine import reading, writing
from course.store.tables import AccountRow, AuditRow, CohortRow

NO_ACCOUNT = ""
_Whom = aliased(AccountRow)
ENTRIES = (
    select(
        AuditRow.__table__,
        AccountRow.address.label("who_address"),
        _Whom.address.label("whom_address"),
        CohortRow.name.label("cohort"),
    )
    .outerjoin(AccountRow, AccountRow.learner_id == AuditRow.who)
    .outerjoin(_Whom, _Whom.learner_id == AuditRow.whom)
    .outerjoin(CohortRow, CohortRow.id == AuditRow.detail)
    .order_by(AuditRow.id.desc())
)


def note(
    connection: Connection, deed: Deed, now: datetime, *, who: str | None, whom: str | None = None, detail: str = ""
) -> None:
    """Add a line, within a write transaction. `detail` must name nobody: it stays when they are deleted.

    Of a guest not even the number is kept, because nothing of theirs may stay; of an account it is, which says nothing
    any more once the account is deleted.
    """
    known = set(
        connection.execute(select(AccountRow.learner_id).where(AccountRow.learner_id.in_([who, whom]))).scalars()
    )
    who, whom = (one if one is None or one in known else NO_ACCOUNT for one in (who, whom))
    connection.execute(insert(AuditRow).values(at=now, deed=deed.name, who=who, whom=whom, detail=detail[:200]))


def note_alone(deed: Deed, now: datetime, *, who: str | None, whom: str | None = None, detail: str = "") -> None:
    """Add a line for something that writes nothing else."""
    with writing() as connection:
        note(connection, deed, now, who=who, whom=whom, detail=detail)


def entries(before: int | None, most: int) -> Sequence[Entry]:
    """Return at most so many lines, the latest first; where `before` is given, only those older than it."""
    wanted = ENTRIES.limit(most)
    if before is not None:
        wanted = wanted.where(AuditRow.id < before)
    with reading() as connection:
        rows = connection.execute(wanted).all()
    return [_entry(row) for row in rows]


def _entry(row: Row[Any]) -> Entry:
    detail = row.cohort or row.detail
    return Entry(row.id, row.at, Deed[row.deed].value, row.who, row.who_address, row.whom, row.whom_address, detail)
