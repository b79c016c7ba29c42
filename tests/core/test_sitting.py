"""Sitting an exam, over generated histories: what was taken is kept, and the order of arrival does not matter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core.attempts import EXAM, PRACTICE, Act, Attempt, Due, Event, Response, finished, what_may_be_shown
from course.core.sitting import (
    HIGHEST,
    SET,
    Refusal,
    answered,
    ended_at,
    flagged,
    hand_in,
    is_over,
    is_repeat,
    left,
    ran_out,
    receive,
    refusal,
    standing,
)
from tests.core.histories import START, new_attempt, responses

LIMIT, GRACE = timedelta(minutes=90), timedelta(seconds=30)
SECOND = timedelta(seconds=1)
QUESTIONS = ["q0", "q1", "q2"]


def exam(limit: timedelta | None = LIMIT) -> Attempt:
    return replace(new_attempt(EXAM, len(QUESTIONS)), limit=limit, grace=GRACE)


def save(question_id: str = "q0", look: int = 1, response: Response = (("choice", "a"),)) -> Event:
    return Event(0, Act.SAVE, question_id, look, response, START)


def flag(question_id: str = "q0", look: int = 1, on: bool = True) -> Event:
    return Event(0, Act.FLAG, question_id, look, SET if on else (), START)


changes = st.builds(
    Event,
    sequence=st.just(0),
    act=st.just(Act.SAVE),
    question_id=st.sampled_from(QUESTIONS),
    look=st.integers(1, 5),
    response=responses,
    at=st.just(START),
)
flags = st.builds(flag, st.sampled_from(QUESTIONS), st.integers(1, 5), st.booleans())
moments = st.integers(-10, 5500).map(lambda seconds: START + timedelta(seconds=seconds))


def taken(attempt: Attempt, sent: Iterable[tuple[Event, datetime]]) -> tuple[Attempt, list[Event]]:
    """Send changes one after the other; return the attempt and those that were acknowledged."""
    acknowledged = []
    for change, now in sent:
        outcome = receive(attempt, change, now)
        if isinstance(outcome, Attempt):
            attempt = outcome
            acknowledged.append(change)
    return attempt, acknowledged


@given(st.lists(st.tuples(st.one_of(changes, flags), moments), max_size=25))
def test_no_acknowledged_answer_is_lost(sent: list[tuple[Event, datetime]]) -> None:
    attempt, acknowledged = taken(exam(), sent)
    for question_id in QUESTIONS:
        for act in (Act.SAVE, Act.FLAG):
            mine = [c for c in acknowledged if c.question_id == question_id and c.act is act]
            last = max(mine, key=lambda c: c.look, default=None)
            known = standing(attempt, question_id).of(act)
            assert known == ((last.look, last.response) if last else (0, ()))


@given(st.lists(st.tuples(st.one_of(changes, flags), moments), max_size=25))
def test_nothing_counts_that_came_after_the_deadline_and_its_grace(sent: list[tuple[Event, datetime]]) -> None:
    attempt, _ = taken(exam(), sent)
    assert all(event.at <= START + LIMIT + GRACE for event in attempt.events)
    assert all(event.act is Act.SAVE for event in attempt.events if event.at > START + LIMIT)


@given(st.lists(changes, max_size=20, unique_by=lambda c: (c.question_id, c.look)), st.integers(0, 2**32))
def test_the_answers_do_not_depend_on_the_order_in_which_they_arrive(sent: list[Event], seed: int) -> None:
    mixed = Random(seed).sample(sent, len(sent))
    one, _ = taken(exam(), [(change, START) for change in sent])
    other, _ = taken(exam(), [(change, START) for change in mixed])
    assert [standing(one, q) for q in QUESTIONS] == [standing(other, q) for q in QUESTIONS]


@given(st.lists(st.one_of(changes, flags), max_size=15), st.data())
def test_what_is_sent_twice_changes_nothing(sent: list[Event], data: st.DataObject) -> None:
    once, acknowledged = taken(exam(), [(change, START) for change in sent])
    again = data.draw(st.lists(st.sampled_from(acknowledged), max_size=10)) if acknowledged else []
    twice, _ = taken(once, [(change, START) for change in again])
    assert twice == once


@given(st.lists(st.tuples(changes, moments), max_size=15))
def test_each_change_gets_a_number_of_its_own(sent: list[tuple[Event, datetime]]) -> None:
    attempt, _ = taken(exam(), sent)
    assert [event.sequence for event in attempt.events] == list(range(1, len(attempt.events) + 1))


@given(st.lists(st.one_of(changes, flags), max_size=10), st.one_of(changes, flags), moments)
def test_once_handed_in_nothing_changes_any_more(sent: list[Event], late: Event, now: datetime) -> None:
    attempt, _ = taken(exam(), [(change, START) for change in sent])
    closed = hand_in(attempt, START)
    known = standing(closed, late.question_id)
    assert receive(closed, late, now) is Refusal.CLOSED
    assert hand_in(closed, now) == closed
    assert standing(closed, late.question_id) == known
    assert finished(closed)
    assert is_over(closed, now)


def test_a_save_is_taken_until_the_last_moment_of_grace_and_a_flag_until_the_deadline() -> None:
    attempt, end = exam(), START + LIMIT
    assert refusal(attempt, save(), end + GRACE) is None
    assert refusal(attempt, save(), end + GRACE + timedelta(microseconds=1)) is Refusal.CLOSED
    assert refusal(attempt, flag(), end - SECOND) is None
    assert refusal(attempt, flag(), end) is Refusal.CLOSED
    assert not attempt.is_closed(end + GRACE)
    assert attempt.is_closed(end + GRACE + SECOND)


def test_without_a_limit_it_never_closes_by_itself() -> None:
    attempt, later = exam(limit=None), START + timedelta(days=4000)
    assert refusal(attempt, save(), later) is None
    assert left(attempt, later) is None
    assert not is_over(attempt, later)
    assert ended_at(attempt) is None
    assert not ran_out(hand_in(attempt, later))
    assert ended_at(hand_in(attempt, later)) == later


def test_a_slower_page_is_told_that_there_is_a_newer_answer() -> None:
    attempt, _ = taken(exam(), [(save(look=1), START), (save(look=2, response=(("choice", "b"),)), START)])
    assert receive(attempt, save(look=1, response=(("choice", "c"),)), START) is Refusal.STALE
    assert receive(attempt, save(look=2, response=(("choice", "c"),)), START) is Refusal.STALE
    assert isinstance(receive(attempt, save(look=3, response=(("choice", "c"),)), START), Attempt)
    assert is_repeat(standing(attempt, "q0"), save(look=2, response=(("choice", "b"),)))
    assert not is_repeat(standing(attempt, "q0"), save(look=1))


def test_answer_and_flag_are_numbered_apart() -> None:
    attempt, acknowledged = taken(exam(), [(save(look=3), START), (flag(look=1), START)])
    assert len(acknowledged) == 2
    assert standing(attempt, "q0").flagged
    assert standing(attempt, "q0").look == 3
    assert (list(answered(attempt)), list(flagged(attempt))) == ([True, False, False], [True, False, False])


@pytest.mark.parametrize("look", [0, -1, HIGHEST + 1, 2**63])
def test_a_number_out_of_range_is_refused(look: int) -> None:
    assert receive(exam(), save(look=look), START) is Refusal.INVALID


def test_a_question_of_another_attempt_is_foreign_and_other_acts_are_invalid() -> None:
    assert receive(exam(), save("elsewhere"), START) is Refusal.FOREIGN
    assert receive(exam(), replace(save(), act=Act.CHECK), START) is Refusal.INVALID
    assert receive(exam(), replace(flag(), response=(("flag", "maybe"),)), START) is Refusal.INVALID
    assert receive(replace(exam(), rules=PRACTICE), save(), START) is Refusal.INVALID


def test_time_left_is_never_negative_and_the_end_is_at_the_latest_the_deadline() -> None:
    attempt = exam()
    assert left(attempt, START + timedelta(minutes=20)) == timedelta(minutes=70)
    assert left(attempt, START + timedelta(days=2)) == timedelta()
    late = hand_in(attempt, START + LIMIT + 5 * SECOND)
    assert ended_at(late) == START + LIMIT
    assert ran_out(late)
    early = hand_in(attempt, START + 60 * SECOND)
    assert ended_at(early) == START + 60 * SECOND
    assert not ran_out(early)
    assert ran_out(attempt)


@given(st.lists(st.one_of(changes, flags), max_size=10), moments)
def test_nothing_is_shown_before_it_is_closed_and_everything_after(sent: list[Event], now: datetime) -> None:
    attempt, _ = taken(exam(), [(change, START) for change in sent])
    shown = what_may_be_shown(EXAM, attempt, now)
    due = Due.KEY if attempt.is_closed(now) else Due.NOTHING
    assert {shown.of(question_id, 1) for question_id in QUESTIONS} == {due}
    closed = hand_in(attempt, START)
    assert what_may_be_shown(EXAM, closed, START).of("q0", 1) is Due.KEY
    assert what_may_be_shown(EXAM, closed, START - SECOND).of("q0", 1) is Due.NOTHING
