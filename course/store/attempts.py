"""Attempts: started once, then only added to.

Every answer that was saved is kept; reading an attempt gives of each question's saves the last one, and of its flags.
Who starts or adds too much within a short time is refused with TooOftenError. Nothing is counted for that: what is kept
tells how old the last but so many is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Insert, Row, Select, bindparam, func, insert, or_, select, true

from course.core.attempts import RULES, Act, Attempt, Certainty, Event, Item, Response, Rules
from course.core.limits import ACTS, STARTS, Limit, TooOftenError
from course.store import forecasts, learners
from course.store.engine import reading, writing
from course.store.tables import AttemptItemRow, AttemptRow, EventRow, RevisionRow

NAMES = ["sequence", "attempt_id", "act", "question_id", "look", "response", "mark", "certainty", "seconds", "at"]
REPEATED = (Act.SAVE.value, Act.FLAG.value)  # of these only the last one of each question is read


@dataclass(frozen=True)
class Selection:
    """The three statements that read some attempts. Made once: making one takes longer than running it."""

    attempts: Select[Any]
    items: Select[Any]
    events: Select[Any]


def selection(*conditions: ColumnElement[bool]) -> Selection:
    """Return the statements that read the attempts for which all of this holds."""
    ids = select(AttemptRow.id).where(*conditions)
    item, event = AttemptItemRow.__table__, EventRow.__table__
    saved = select(func.max(event.c.id)).where(event.c.attempt_id.in_(ids), event.c.act.in_(REPEATED))
    last_saves = saved.group_by(event.c.attempt_id, event.c.question_id, event.c.act)
    return Selection(
        select(AttemptRow.__table__).where(*conditions).order_by(AttemptRow.started_at, AttemptRow.id),
        select(item).where(item.c.attempt_id.in_(ids)).order_by(item.c.attempt_id, item.c.position),
        select(event)
        .where(event.c.attempt_id.in_(ids), or_(event.c.act.not_in(REPEATED), event.c.id.in_(last_saves)))
        .order_by(event.c.attempt_id, event.c.sequence),
    )


_mine = AttemptRow.learner_id == bindparam("learner")
BY_ID = selection(AttemptRow.id == bindparam("id"))
BY_LEARNER = selection(_mine)
BY_SLUG = selection(_mine, AttemptRow.slug == bindparam("slug"))
LAST_TERMS = (
    select(AttemptRow.terms)
    .where(_mine, AttemptRow.rules == bindparam("rules"))
    .order_by(AttemptRow.started_at.desc(), AttemptRow.id)
    .limit(1)
)
TERMS = select(AttemptRow.id, AttemptRow.terms).where(AttemptRow.id.in_(bindparam("ids", expanding=True)))
ASKED = select(AttemptItemRow.question_id).join(AttemptRow, AttemptRow.id == AttemptItemRow.attempt_id).where(_mine)
BY_START = selection(_mine, AttemptRow.start == bindparam("start"))


def _nth_last(limit: Limit, time: Any, place: Any, mine: ColumnElement[bool]) -> Select[Any]:
    """Return what finds the time of the last but so many: where it is too late, there is no room for one more."""
    return select(time).where(mine).order_by(place.desc()).offset(limit.most - 1).limit(1)


# A page may leave out sequence numbers, so places are counted and not subtracted; the index alone does it.
_events = EventRow.__table__.c
NTH_LAST_ACT = _nth_last(ACTS, _events.at, _events.sequence, _events.attempt_id == bindparam("attempt_id"))
NTH_LAST_START = _nth_last(STARTS, AttemptRow.started_at, AttemptRow.started_at, _mine)
ROOM_TO_ACT = func.coalesce(NTH_LAST_ACT.scalar_subquery() <= bindparam("since"), true())


def _refuse_beyond(limit: Limit, connection: Connection, nth_last: Select[Any], now: datetime, **values: str) -> None:
    """Raise TooOftenError where a limit is reached."""
    at = connection.execute(nth_last, values).scalar()
    if at is not None and at > now - limit.within:
        raise TooOftenError(limit, at + limit.within - now)


@dataclass(frozen=True)
class NewItem:
    """A question to be asked: its revision, and its text in case the revision is new."""

    question_id: str
    revision: str
    text: str


def start(attempt: Attempt, start_token: str, items: Sequence[NewItem]) -> str:
    """Keep a new attempt; return its id. A repeated start gives the id of the first."""
    with writing() as connection:
        return start_within(connection, attempt, start_token, items)


def start_within(connection: Connection, attempt: Attempt, start_token: str, items: Sequence[NewItem]) -> str:
    """Do the same within a write transaction that goes on."""
    learners.add(connection, attempt.learner_id, attempt.started_at)
    known = connection.execute(
        select(AttemptRow.id).where(AttemptRow.learner_id == attempt.learner_id, AttemptRow.start == start_token)
    ).scalar()
    if known is not None:
        return str(known)
    _refuse_beyond(STARTS, connection, NTH_LAST_START, attempt.started_at, learner=attempt.learner_id)
    connection.execute(
        learners.insert_ignoring(connection, RevisionRow),
        [
            {"question_id": i.question_id, "revision": i.revision, "text": i.text, "first_used_at": attempt.started_at}
            for i in items
        ],
    )
    connection.execute(
        insert(AttemptRow).values(
            id=attempt.id,
            learner_id=attempt.learner_id,
            slug=attempt.slug,
            rules=attempt.rules.name,
            seed=attempt.seed,
            start=start_token,
            started_at=attempt.started_at,
            limit_seconds=None if attempt.limit is None else round(attempt.limit.total_seconds()),
            grace_seconds=round(attempt.grace.total_seconds()),
            terms=dict(attempt.terms) or None,
        )
    )
    connection.execute(
        insert(AttemptItemRow),
        [
            {"attempt_id": attempt.id, "position": n, "question_id": i.question_id, "revision": i.revision}
            for n, i in enumerate(items, 1)
        ],
    )
    return attempt.id


def asked(learner_id: str) -> frozenset[str]:
    """Return every question that a learner was ever asked."""
    with reading() as connection:
        return frozenset(connection.execute(ASKED, {"learner": learner_id}).scalars())


def last_terms(learner_id: str, rules: Rules) -> Mapping[str, Any] | None:
    """Return the terms of the attempt that a learner began last under these rules, or None."""
    with reading() as connection:
        found: Mapping[str, Any] | None = connection.execute(
            LAST_TERMS, {"learner": learner_id, "rules": rules.name}
        ).scalar()
    return found


def terms(attempt_ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Return the terms of these attempts."""
    if not attempt_ids:
        return {}
    with reading() as connection:
        return {row.id: row.terms for row in connection.execute(TERMS, {"ids": attempt_ids})}


def running(learner_id: str, rules: Rules) -> tuple[str, ...]:
    """Return the ids of a learner's attempts under these rules that were never handed in."""
    ended = select(EventRow.id).where(EventRow.attempt_id == AttemptRow.id, EventRow.act == Act.SUBMIT.value)
    open_ones = select(AttemptRow.id).where(AttemptRow.learner_id == learner_id, AttemptRow.rules == rules.name)
    with reading() as connection:
        return tuple(connection.execute(open_ones.where(~ended.exists())).scalars())


def load(attempt_id: str) -> Attempt | None:
    """Return an attempt with all that happened in it, or None."""
    found = _read(BY_ID, {"id": attempt_id})
    return found[0] if found else None


def of_learner(learner_id: str) -> tuple[Attempt, ...]:
    """Return every attempt of a learner, oldest first."""
    return _read(BY_LEARNER, {"learner": learner_id})


def of_learner_at(learner_id: str, slug: str) -> tuple[Attempt, ...]:
    """Return a learner's attempts at one quiz or exercise, oldest first."""
    return _read(BY_SLUG, {"learner": learner_id, "slug": slug})


def started(learner_id: str, start_token: str) -> Attempt | None:
    """Return the attempt a learner started from one page, or None."""
    found = _read(BY_START, {"learner": learner_id, "start": start_token})
    return found[0] if found else None


def _read(which: Selection, values: Mapping[str, str]) -> tuple[Attempt, ...]:
    with reading() as connection:
        return read_within(connection, which, values)


def read_within(connection: Connection, which: Selection, values: Mapping[str, str]) -> tuple[Attempt, ...]:
    """Return these attempts, oldest first, as a transaction that goes on sees them."""
    rows = connection.execute(which.attempts, values).all()
    if not rows:
        return ()
    items = _grouped(connection.execute(which.items, values))
    events = _grouped(connection.execute(which.events, values))
    return tuple(_attempt(row, items.get(row.id, ()), events.get(row.id, ())) for row in rows)


def _attempt(row: Row[Any], items: Iterable[Row[Any]], events: Iterable[Any]) -> Attempt:
    return Attempt(
        id=row.id,
        learner_id=row.learner_id,
        slug=row.slug,
        rules=RULES[row.rules],
        seed=row.seed,
        started_at=row.started_at,
        items=tuple(Item(item.question_id, item.revision) for item in items),
        events=tuple(_event(event) for event in events),
        limit=_limit(row),
        grace=timedelta(seconds=row.grace_seconds),
        terms=row.terms or {},
    )


def _limit(row: Row[Any]) -> timedelta | None:
    return None if row.limit_seconds is None else timedelta(seconds=row.limit_seconds)


def _grouped(rows: Iterable[Row[Any]]) -> Mapping[str, list[Row[Any]]]:
    groups: dict[str, list[Row[Any]]] = {}
    for row in rows:
        groups.setdefault(row.attempt_id, []).append(row)
    return groups


def _event(row: Any) -> Event:
    return Event(
        sequence=row.sequence,
        act=Act(row.act),
        question_id=row.question_id,
        look=row.look,
        response=_response(row.response),
        at=row.at,
        mark=None if row.mark is None else Fraction(row.mark),
        certainty=None if row.certainty is None else Certainty(row.certainty),
        seconds=row.seconds,
    )


def _response(pairs: Any) -> Response:
    return tuple((str(name), str(value)) for name, value in pairs)


def _save_statement() -> Insert:
    """Return an insert that does nothing where this or a later sequence number is known, or there is no room."""
    table = EventRow.__table__
    known = select(table.c.id).where(
        table.c.attempt_id == bindparam("attempt_id"), table.c.sequence >= bindparam("sequence")
    )
    sequence = bindparam("sequence", type_=table.c.sequence.type)
    return insert(EventRow).from_select(NAMES, select(sequence, *_bound()).where(~known.exists(), ROOM_TO_ACT))


def _bound() -> list[ColumnElement[Any]]:
    """Return the values of an event but its sequence number, as parameters of their own names."""
    columns = EventRow.__table__.c
    return [bindparam(name, type_=columns[name].type) for name in NAMES[1:]]


SAVE = _save_statement()


def save(attempt_id: str, event: Event) -> bool:
    """Keep an answer under the page's own sequence number; durable when this returns.

    Returns False, and keeps nothing, where this or a later number is known already.
    """
    with writing() as connection:
        return _save_within(connection, attempt_id, event)


def start_and_save(attempt: Attempt, start_token: str, items: Sequence[NewItem], event: Event) -> tuple[str, bool]:
    """Start an attempt and keep its first answer in one transaction; return its id and whether it was kept."""
    with writing() as connection:
        attempt_id = start_within(connection, attempt, start_token, items)
        return attempt_id, _save_within(connection, attempt_id, event)


def _save_within(connection: Connection, attempt_id: str, event: Event) -> bool:
    return _insert(connection, SAVE, attempt_id, event, sequence=event.sequence)


def _insert(connection: Connection, statement: Insert, attempt_id: str, event: Event, **more: int) -> bool:
    """Run an insert that looks for room itself; return whether it kept the event. Raises where there was no room."""
    values = {**_values(event), "attempt_id": attempt_id, "since": event.at - ACTS.within, **more}
    kept = connection.execute(statement, values).rowcount == 1
    if not kept:
        _refuse_beyond(ACTS, connection, NTH_LAST_ACT, event.at, attempt_id=attempt_id)
    return kept


def act(attempt_id: str, event: Event) -> bool:
    """Keep a check or a reveal under the next sequence number; durable when this returns.

    Returns False where the same look was checked already: a repeated post changes nothing.
    """
    with writing() as connection:
        same = select(EventRow.id).where(
            EventRow.attempt_id == attempt_id,
            EventRow.question_id == event.question_id,
            EventRow.look == event.look,
            EventRow.act == event.act.value,
        )
        if connection.execute(same).first() is not None:
            return False
        _refuse_beyond(ACTS, connection, NTH_LAST_ACT, event.at, attempt_id=attempt_id)
        last = connection.execute(select(func.max(EventRow.sequence)).where(EventRow.attempt_id == attempt_id)).scalar()
        connection.execute(insert(EventRow).values(attempt_id=attempt_id, sequence=(last or 0) + 1, **_values(event)))
        return True


def _values(event: Event) -> dict[str, Any]:
    return {
        "act": event.act.value,
        "question_id": event.question_id,
        "look": event.look,
        "response": [list(pair) for pair in event.response],
        "mark": None if event.mark is None else str(event.mark),
        "certainty": None if event.certainty is None else event.certainty.value,
        "seconds": event.seconds,
        "at": event.at,
    }


# ---- sitting an exam: one statement looks, one writes ----


def _seat_statement() -> Select[Any]:
    attempt, item, event = AttemptRow.__table__, AttemptItemRow.__table__, EventRow.__table__
    other = event.alias()
    last = (
        select(func.max(other.c.id))
        .where(other.c.attempt_id == bindparam("id"), other.c.question_id.in_([item.c.question_id, ""]))
        .group_by(other.c.act)
    )
    here = (event.c.attempt_id == attempt.c.id) & event.c.id.in_(last)
    return (
        select(attempt, item.c.question_id, item.c.revision, *(event.c[name].label(f"e_{name}") for name in NAMES))
        .select_from(attempt.join(item, item.c.attempt_id == attempt.c.id).outerjoin(event, here))
        .where(attempt.c.id == bindparam("id"), item.c.position == bindparam("position"))
    )


SEAT = _seat_statement()


def seat(attempt_id: str, position: int) -> Attempt | None:
    """Return an attempt as one change of its nth question needs it, or None.

    It has this question as its only item, no terms, and of its events only the question's last of each act and the
    handing in.
    """
    with reading() as connection:
        rows = connection.execute(SEAT, {"id": attempt_id, "position": position}).all()
    return None if not rows else _attempt(rows[0], [rows[0]], [_renamed(row) for row in rows if row.e_act is not None])


def _renamed(row: Row[Any]) -> SimpleNamespace:
    return SimpleNamespace(**{name: getattr(row, f"e_{name}") for name in NAMES})


def _change_statement(*more: ColumnElement[bool]) -> Insert:
    """Return an insert under the next sequence number, where no later change is known and nothing was handed in."""
    table = EventRow.__table__
    here = table.c.attempt_id == bindparam("attempt_id")
    later = select(table.c.id).where(
        here,
        table.c.question_id == bindparam("question_id"),
        table.c.act == bindparam("act"),
        table.c.look >= bindparam("look"),
    )
    ended = select(table.c.id).where(here, table.c.question_id == "", table.c.act == Act.SUBMIT.value)
    following = select(func.coalesce(func.max(table.c.sequence), 0) + 1).where(here).scalar_subquery()
    values = select(following, *_bound()).where(~later.exists(), ~ended.exists(), *more)
    return insert(EventRow).from_select(NAMES, values)


CHANGE = _change_statement()
CHANGE_WITH_ROOM = _change_statement(ROOM_TO_ACT)


def change(attempt_id: str, event: Event, limited: bool = True) -> bool:
    """Keep a change of an answer or a flag; durable when this returns. One that cannot wait is not `limited`.

    Returns False, and keeps nothing, where this or a later one is known already, or the attempt was handed in.
    """
    with writing() as connection:
        if limited:
            return _insert(connection, CHANGE_WITH_ROOM, attempt_id, event)
        return connection.execute(CHANGE, {**_values(event), "attempt_id": attempt_id}).rowcount == 1


@dataclass(frozen=True)
class Judgement:
    """What came of an attempt that is judged at its end: the check of each question, and whether it was passed."""

    checks: Sequence[Event]
    passed: bool


def close(attempt_id: str, handed_in: Event, judge: Callable[[Attempt], Judgement]) -> None:
    """Keep that an attempt was handed in, what came of it, and so of the forecast paired with it: once, all or nothing.

    `judge` is given the attempt with every answer that was ever kept of it: from here on none is taken. It is called
    while others wait to write. Where the attempt was handed in before, nothing is done. No limit holds this up.
    """
    with writing() as connection:
        if connection.execute(CHANGE, {**_values(handed_in), "attempt_id": attempt_id}).rowcount != 1:
            return
        attempt = read_within(connection, BY_ID, {"id": attempt_id})[0]
        found = judge(attempt)
        rows = [
            {"attempt_id": attempt_id, "sequence": attempt.sequence + n, **_values(check)}
            for n, check in enumerate(found.checks, 1)
        ]
        connection.execute(insert(EventRow), rows)
        forecasts.settle_within(connection, attempt_id, found.passed)


def revision_text(question_id: str, revision: str) -> str | None:
    """Return the text of a question as it was asked, or None."""
    with reading() as connection:
        found = connection.execute(
            select(RevisionRow.text).where(RevisionRow.question_id == question_id, RevisionRow.revision == revision)
        ).scalar()
    return None if found is None else str(found)
