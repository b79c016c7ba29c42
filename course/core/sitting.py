"""Sitting an exam: a state machine without clock or database.

An attempt is begun, takes answers and flags, and is closed by handing it in or by its time. The page numbers the
changes of each question's answer, and of its flag, from 1 up; a change is taken when its number is higher than every
one taken before, so what is sent twice or arrives in another order does no harm, and of two pages that do not know of
each other the slower one is told what the other saved. What is taken is never lost: the last number decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from course.core.attempts import EXAM, Act, Attempt, Event, Response
from course.core.limits import ACTS

HIGHEST = 1_000_000  # of the numbers of a question's changes
SET: Response = (("flag", "on"),)  # the response of a flag that is set


class Refusal(StrEnum):
    """Why a change was not taken. Nothing is changed then."""

    FOREIGN = "foreign"  # the question is not of this attempt
    INVALID = "invalid"  # the number is none, or the attempt takes no such act
    STALE = "stale"  # this or a later change of the same question was taken already
    CLOSED = "closed"  # handed in, or too late


@dataclass(frozen=True)
class Standing:
    """How a question stands: its answer and its flag, each with the number of its last change (0: none)."""

    response: Response = ()
    look: int = 0
    flagged: bool = False
    flag_look: int = 0
    seconds: int = 0  # on the screen until the last change

    def of(self, act: Act) -> tuple[int, Response]:
        """Return number and value of the answer, or of the flag."""
        return (self.flag_look, SET if self.flagged else ()) if act is Act.FLAG else (self.look, self.response)


def standing(attempt: Attempt, question_id: str) -> Standing:
    """Return how one question stands."""
    last: dict[Act, Event] = {}
    for event in sorted(attempt.events, key=lambda event: event.look):
        if event.question_id == question_id:
            last[event.act] = event
    answer, flag = last.get(Act.SAVE), last.get(Act.FLAG)
    return Standing(
        response=answer.response if answer else (),
        look=answer.look if answer else 0,
        flagged=bool(flag and flag.response == SET),
        flag_look=flag.look if flag else 0,
        seconds=max((event.seconds or 0 for event in last.values()), default=0),
    )


def refusal(attempt: Attempt, change: Event, now: datetime) -> Refusal | None:
    """Return why a change sent at `now` is not taken, or None."""
    if attempt.rules != EXAM or change.act not in {Act.SAVE, Act.FLAG}:
        return Refusal.INVALID
    if all(item.question_id != change.question_id for item in attempt.items):
        return Refusal.FOREIGN
    if not 1 <= change.look <= HIGHEST or (change.act is Act.FLAG and change.response not in {(), SET}):
        return Refusal.INVALID
    if attempt.is_closed(now) or (change.act is Act.FLAG and is_over(attempt, now)):
        return Refusal.CLOSED  # only answers may still be under way when time is up
    if change.look <= standing(attempt, change.question_id).of(change.act)[0]:
        return Refusal.STALE
    return None


def is_repeat(known: Standing, change: Event) -> bool:
    """Whether just this change was taken last: it was sent twice, and that does no harm."""
    return known.of(change.act) == (change.look, change.response)


def receive(attempt: Attempt, change: Event, now: datetime) -> Attempt | Refusal:
    """Take a change, or say why not. One that was taken already gives the attempt as it is."""
    refused = refusal(attempt, change, now)
    if refused is Refusal.STALE and is_repeat(standing(attempt, change.question_id), change):
        return attempt
    if refused is not None:
        return refused
    return replace(attempt, events=(*attempt.events, replace(change, sequence=attempt.sequence + 1, at=now)))


def hand_in(attempt: Attempt, now: datetime) -> Attempt:
    """Close an attempt. One that is closed already stays as it is."""
    if attempt.handed_in is not None:
        return attempt
    act = Event(attempt.sequence + 1, Act.SUBMIT, "", 1, (), now)
    return replace(attempt, events=(*attempt.events, act))


def left(attempt: Attempt, now: datetime) -> timedelta | None:
    """Return how much time is left, never less than none or more than the limit; None without one."""
    if attempt.limit is None or attempt.deadline is None:
        return None
    return min(max(attempt.deadline - now, timedelta()), attempt.limit)


def is_over(attempt: Attempt, now: datetime) -> bool:
    """Whether a learner can do nothing more: handed in, or the time is up. Saves under way may still come."""
    return attempt.handed_in is not None or (attempt.deadline is not None and now >= attempt.deadline)


def can_wait(attempt: Attempt, now: datetime) -> bool:
    """Whether who is told to wait, because a limit is reached, can still send in good time after that."""
    return attempt.deadline is None or now + 2 * ACTS.within < attempt.deadline


def ended_at(attempt: Attempt) -> datetime | None:
    """Return when it ended: handed in, at the latest when time ran out. None while neither is known."""
    times = [attempt.handed_in.at] if attempt.handed_in else []
    return min([*times, attempt.deadline] if attempt.deadline else times, default=None)


def ran_out(attempt: Attempt) -> bool:
    """Whether it was time that ended it; only for an attempt that is over."""
    if attempt.deadline is None:
        return False
    return attempt.handed_in is None or attempt.handed_in.at >= attempt.deadline


def answered(attempt: Attempt) -> Sequence[bool]:
    """Return for each question in order whether it has an answer."""
    return [bool(standing(attempt, item.question_id).response) for item in attempt.items]


def flagged(attempt: Attempt) -> Sequence[bool]:
    """Return for each question in order whether it is flagged."""
    return [standing(attempt, item.question_id).flagged for item in attempt.items]
