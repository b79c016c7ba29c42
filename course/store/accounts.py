"""Accounts, sign-ins, letters and allowances. Numbers that open something are kept as hashes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex, token_urlsafe
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from course.core.accounts import LONGEST, Account, Claimed, Purpose, Role, SignIn
from course.core.attempts import Act
from course.core.audit import Deed
from course.store import audit, learners
from course.store.engine import reading, writing
from course.store.learners import insert_ignoring, insert_replacing
from course.store.tables import (
    AccountRow,
    AllowanceRow,
    AttemptRow,
    AttemptSumRow,
    EventRow,
    ForecastRow,
    LearnerRow,
    LessonReadRow,
    LetterRow,
    MemberRow,
    MemoryRow,
    QuestionSumRow,
    SignInRow,
)

SIGNED_IN = (
    select(SignInRow.__table__, AccountRow.__table__)
    .join(AccountRow, AccountRow.learner_id == SignInRow.learner_id)
    .where(SignInRow.id == bindparam("id"), ~AccountRow.disabled)
)
BY_ADDRESS = select(AccountRow.__table__).where(AccountRow.address == bindparam("address"))
REMEMBER = timedelta(hours=1)  # a visit is noted once in so long


def hashed(number: str) -> str:
    """Return what is kept of a number that opens something. It is long and random, so no salt is needed."""
    return sha256(number.encode()).hexdigest()


# ---- accounts ----


def by_address(address: str) -> Account | None:
    """Return the account with an address, or None."""
    with reading() as connection:
        row = connection.execute(BY_ADDRESS, {"address": address}).first()
    return _account(row) if row else None


def make(address: str, name: str, password: str, role: Role, now: datetime) -> Account | None:
    """Make an account with a learner of its own; `password` is a hash. None where the address has one already.

    For the command line: the log says so.
    """
    with writing() as connection:
        made = _make_within(connection, address, name, password, role, now)
        if made is not None:
            audit.note(connection, Deed.NEW_ROLE, now, who=None, whom=made.learner_id, detail=role.value)
    return made


def _make_within(
    connection: Connection, address: str, name: str, password: str, role: Role, now: datetime
) -> Account | None:
    if connection.execute(BY_ADDRESS, {"address": address}).first() is not None:
        return None
    made = Account(token_hex(16), address, name, password, role, disabled=False)
    learners.add(connection, made.learner_id, now)
    connection.execute(insert(AccountRow).values(**vars(made), created_at=now))
    audit.note(connection, Deed.SIGNED_UP, now, who=made.learner_id)
    return made


def set_password(learner_id: str, password: str, now: datetime, *, keep: str = "") -> None:
    """Keep a new hash and end every sign-in but the one with the id `keep`."""
    with writing() as connection:
        connection.execute(update(AccountRow).where(AccountRow.learner_id == learner_id).values(password=password))
        connection.execute(delete(SignInRow).where(SignInRow.learner_id == learner_id, SignInRow.id != keep))
        _use_up_all(connection, learner_id)
        audit.note(connection, Deed.NEW_PASSWORD, now, who=learner_id)


def rename(learner_id: str, name: str) -> None:
    """Keep another name."""
    with writing() as connection:
        connection.execute(update(AccountRow).where(AccountRow.learner_id == learner_id).values(name=name))


def rehash(learner_id: str, before: str, after: str) -> None:
    """Keep the same password hashed with newer parameters, unless it was changed meanwhile."""
    with writing() as connection:
        same = (AccountRow.learner_id == learner_id) & (AccountRow.password == before)
        connection.execute(update(AccountRow).where(same).values(password=after))


def set_role(address: str, role: Role, now: datetime, by: str | None = None) -> bool:
    """Give an account a role, `by` an admin or the command line. Returns whether the account is there."""
    with writing() as connection:
        learner_id = _change(connection, address, role=role.value)
        if learner_id is not None:
            audit.note(connection, Deed.NEW_ROLE, now, who=by, whom=learner_id, detail=role.value)
    return learner_id is not None


def disable(address: str, now: datetime, by: str | None = None, *, undo: bool = False) -> bool:
    """Sign an account out everywhere and keep it out, or let it in again. Returns whether the account is there."""
    with writing() as connection:
        learner_id = _change(connection, address, disabled=not undo)
        if learner_id is None:
            return False
        connection.execute(delete(SignInRow).where(SignInRow.learner_id == learner_id))
        _use_up_all(connection, learner_id)
        audit.note(connection, Deed.ENABLED if undo else Deed.DISABLED, now, who=by, whom=learner_id)
    return True


def _change(connection: Connection, address: str, **values: Any) -> str | None:
    row = connection.execute(BY_ADDRESS, {"address": address}).first()
    if row is None:
        return None
    connection.execute(update(AccountRow).where(AccountRow.learner_id == row.learner_id).values(**values))
    found: str = row.learner_id
    return found


# ---- signing in ----


def sign_in(learner_id: str, browser: str, now: datetime) -> str:
    """Note a new sign-in; return the number that the browser is to hold."""
    number = token_urlsafe(32)
    with writing() as connection:
        connection.execute(delete(SignInRow).where(SignInRow.created_at < now - LONGEST))
        connection.execute(
            insert(SignInRow).values(
                id=hashed(number), learner_id=learner_id, created_at=now, last_at=now, browser=browser[:200]
            )
        )
        audit.note(connection, Deed.SIGNED_IN, now, who=learner_id)
    return number


def refuse(learner_id: str | None, now: datetime) -> None:
    """Note a password that was wrong; `learner_id` None where no account has the address, which is not kept."""
    audit.note_alone(Deed.REFUSED, now, who=learner_id or "")


def signed_in(number: str, now: datetime) -> tuple[SignIn, Account] | None:
    """Return who holds this number, as long as the sign-in is good and the account not disabled."""
    with reading() as connection:
        row = connection.execute(SIGNED_IN, {"id": hashed(number)}).first()
    if row is None:
        return None
    found = SignIn(row.id, row.learner_id, row.created_at, row.last_at, row.browser)
    if not found.is_good(now):
        return None
    if now - found.last_at > REMEMBER:
        with writing() as connection:
            connection.execute(update(SignInRow).where(SignInRow.id == found.id).values(last_at=now))
    return found, _account(row)


def sign_ins(learner_id: str, now: datetime) -> Sequence[SignIn]:
    """Return where somebody is signed in, the latest first."""
    mine = select(SignInRow.__table__).where(SignInRow.learner_id == learner_id).order_by(SignInRow.last_at.desc())
    with reading() as connection:
        found = [SignIn(**row._mapping) for row in connection.execute(mine)]
    return [each for each in found if each.is_good(now)]


def sign_out(learner_id: str, sign_in_id: str, now: datetime) -> bool:
    """End a sign-in of somebody; return whether there was one."""
    mine = (SignInRow.learner_id == learner_id) & (SignInRow.id == sign_in_id)
    with writing() as connection:
        found = connection.execute(delete(SignInRow).where(mine)).rowcount == 1
        if found:
            audit.note(connection, Deed.SIGNED_OUT, now, who=learner_id)
    return found


# ---- letters ----


def write_letter(purpose: Purpose, address: str, now: datetime, learner_id: str | None = None) -> str:
    """Note a link that is to be sent to an address; return its number. `learner_id`: whose new address it is."""
    number = token_urlsafe(32)
    values = {"purpose": purpose.value, "address": address, "ends_at": now + purpose.lasts, "learner_id": learner_id}
    with writing() as connection:
        connection.execute(delete(LetterRow).where(LetterRow.ends_at < now - timedelta(days=30)))
        connection.execute(insert(LetterRow).values(id=hashed(number), used=False, **values))
    return number


def letter(purpose: Purpose, number: str, now: datetime) -> str | None:
    """Return the address that a link was sent to, as long as it is good. Looking does not use it up."""
    with reading() as connection:
        found = _letter(connection, purpose, number, now)
    return found.address if found else None


def _letter(connection: Connection, purpose: Purpose, number: str, now: datetime) -> Row[Any] | None:
    good = (
        (LetterRow.id == hashed(number))
        & (LetterRow.purpose == purpose.value)
        & ~LetterRow.used
        & (LetterRow.ends_at > now)
    )
    return connection.execute(select(LetterRow.__table__).where(good)).first()


def sign_up(number: str, name: str, password: str, now: datetime) -> Account | None:
    """Use a sign-up link up and make its account. None where the link is not good, or the address has an account."""
    with writing() as connection:
        found = _letter(connection, Purpose.SIGN_UP, number, now)
        if found is None:
            return None
        _use_up(connection, found.address)
        return _make_within(connection, found.address, name, password, Role.LEARNER, now)


def reset(number: str, password: str, now: datetime) -> Account | None:
    """Use a reset link up, keep the new hash and end every sign-in. None where the link is not good."""
    with writing() as connection:
        found = _letter(connection, Purpose.RESET, number, now)
        row = connection.execute(BY_ADDRESS, {"address": found.address}).first() if found else None
        if row is None or row.disabled:
            return None
        _use_up_all(connection, row.learner_id)
        _forget_tries(connection, row.address)
        connection.execute(update(AccountRow).where(AccountRow.learner_id == row.learner_id).values(password=password))
        connection.execute(delete(SignInRow).where(SignInRow.learner_id == row.learner_id))
        audit.note(connection, Deed.RESET_PASSWORD, now, who=row.learner_id)
        return _account(row)


def move(number: str, now: datetime) -> tuple[str, str] | None:
    """Use a link to a new address up and keep that address; return the old one and the new one.

    None where the link is not good, or the address has an account by now. Links sent to the old address are used up
    with it, so that whoever reads that mailbox gets no new password.
    """
    with writing() as connection:
        found = _letter(connection, Purpose.MOVE, number, now)
        if found is None or connection.execute(BY_ADDRESS, {"address": found.address}).first() is not None:
            return None
        mine = AccountRow.learner_id == found.learner_id
        old = connection.execute(select(AccountRow.address).where(mine, ~AccountRow.disabled)).scalar()
        if old is None:
            return None
        _use_up(connection, found.address)
        _use_up_all(connection, found.learner_id)
        connection.execute(update(AccountRow).where(mine).values(address=found.address))
        audit.note(connection, Deed.NEW_ADDRESS, now, who=found.learner_id)
    return old, found.address


def _use_up(connection: Connection, address: str) -> None:
    """Use up every link of an address: an older one must not open anything any more."""
    connection.execute(update(LetterRow).where(LetterRow.address == address).values(used=True))


def _use_up_all(connection: Connection, learner_id: str) -> None:
    """Use up every link that could open an account: whoever asked for one before may have known the old password."""
    address = select(AccountRow.address).where(AccountRow.learner_id == learner_id).scalar_subquery()
    theirs = (LetterRow.learner_id == learner_id) | (LetterRow.address == address)
    connection.execute(update(LetterRow).where(theirs).values(used=True))


def _forget_tries(connection: Connection, address: str) -> None:
    """Let the owner of an address in again at once, however often others tried to guess."""
    tries = AllowanceRow.name.startswith("signin", autoescape=True) & AllowanceRow.name.endswith(
        f"/{address}", autoescape=True
    )
    connection.execute(delete(AllowanceRow).where(tries))


# ---- what a guest had ----


def claim(guest: str, learner_id: str) -> Claimed:
    """Give an account everything a guest had, and delete the guest; the union of both, nothing twice."""
    with writing() as connection:
        known = connection.execute(select(AccountRow.learner_id).where(AccountRow.learner_id == guest)).first()
        if guest == learner_id or known is not None:
            return Claimed()
        found = _count(connection, guest)
        read = connection.execute(select(LessonReadRow.slug, LessonReadRow.at).where(LessonReadRow.learner_id == guest))
        rows = [{"learner_id": learner_id, "slug": row.slug, "at": row.at} for row in read]
        if rows:
            connection.execute(insert_ignoring(connection, LessonReadRow), rows)
        settings = connection.execute(
            select(LearnerRow.exam_on, LearnerRow.exam_time).where(LearnerRow.id == guest)
        ).first()
        members = select(MemberRow.cohort_id).where(MemberRow.learner_id == learner_id)
        connection.execute(
            update(MemberRow)
            .where(MemberRow.learner_id == guest, MemberRow.cohort_id.not_in(members))
            .values(learner_id=learner_id)
        )
        both = [guest, learner_id]
        # What can be made anew from the answers is: sums and what is remembered.
        mine = select(AttemptRow.id).where(AttemptRow.learner_id.in_(both))
        connection.execute(delete(AttemptSumRow).where(AttemptSumRow.attempt_id.in_(mine)))
        connection.execute(delete(QuestionSumRow).where(QuestionSumRow.learner_id.in_(both)))
        connection.execute(delete(MemoryRow).where(MemoryRow.learner_id.in_(both)))
        for table in (AttemptRow, ForecastRow):
            connection.execute(update(table).where(table.learner_id == guest).values(learner_id=learner_id))
        account = update(LearnerRow).where(LearnerRow.id == learner_id)
        connection.execute(account.values(reviewed_event=0))
        if settings is not None:
            kept = {name: func.coalesce(getattr(LearnerRow, name), value) for name, value in settings._mapping.items()}
            connection.execute(account.values(**kept))
        connection.execute(delete(LearnerRow).where(LearnerRow.id == guest))
    return found


def _count(connection: Connection, learner_id: str) -> Claimed:
    attempts = select(func.count()).select_from(AttemptRow).where(AttemptRow.learner_id == learner_id)
    answers = (
        select(func.count())
        .select_from(EventRow)
        .join(AttemptRow, AttemptRow.id == EventRow.attempt_id)
        .where(AttemptRow.learner_id == learner_id, EventRow.act.in_([Act.CHECK.value]))
    )
    lessons = select(func.count()).select_from(LessonReadRow).where(LessonReadRow.learner_id == learner_id)
    return Claimed(*(int(connection.execute(each).scalar() or 0) for each in (attempts, answers, lessons)))


# ---- allowances ----


def allow(names: Sequence[str], most: int, within: timedelta, now: datetime) -> timedelta | None:
    """Count one more use under each of these names. Returns None while all are allowed, else how long to wait.

    What is refused is not counted. Windows are fixed: each begins with its first use.
    """
    with writing() as connection:
        connection.execute(delete(AllowanceRow).where(AllowanceRow.since < now - timedelta(days=2)))
        rows = connection.execute(select(AllowanceRow.__table__).where(AllowanceRow.name.in_(names))).all()
        running = {row.name: row for row in rows if now - row.since < within}
        waits: list[timedelta] = [row.since + within - now for row in running.values() if row.uses >= most]
        if waits:
            return max(waits)
        values = [
            {
                "name": name,
                "since": running[name].since if name in running else now,
                "uses": running[name].uses + 1 if name in running else 1,
            }
            for name in names
        ]
        connection.execute(insert_replacing(connection, AllowanceRow), values)
    return None


def _account(row: Row[Any]) -> Account:
    return Account(row.learner_id, row.address, row.name, row.password, Role(row.role), row.disabled)
