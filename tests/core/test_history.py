"""What attempts come to, whatever order they come in and however they are added up."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from course.core.attempts import EXERCISE, FLASHCARDS, PRACTICE, RULES, Act, Attempt
from course.core.history import History, history, looks, together
from tests.core.histories import checked, histories, new_attempt


@st.composite
def several(draw: st.DrawFn) -> list[Attempt]:
    """Attempts that were each begun on a day of their own."""
    return [draw(histories(number=n)) for n in range(draw(st.integers(0, 5)))]


@given(several(), st.integers(0, 2**32))
def test_attempts_come_in_any_order(attempts: list[Attempt], seed: int) -> None:
    assert history(Random(seed).sample(attempts, len(attempts))) == history(attempts)


@st.composite
def at_once(draw: st.DrawFn) -> list[Attempt]:
    """Attempts that were all begun at the same instant, so that answers in them are too."""
    return [replace(draw(histories()), id=f"attempt-{n}") for n in range(draw(st.integers(0, 4)))]


@given(several() | at_once(), st.integers(0, 2**32))
def test_events_may_be_added_up_bit_by_bit(attempts: list[Attempt], seed: int) -> None:
    bits = [looks(replace(each, events=(event,))) for each in attempts for event in each.events]
    mixed = Random(seed).sample(bits, len(bits))
    assert together(*mixed) == dict(history(attempts).questions)


def test_two_answers_of_the_same_instant_come_to_the_same_whichever_is_added_first() -> None:
    started = [replace(new_attempt(PRACTICE, 1), id=f"attempt-{n}") for n in (1, 2)]
    one, two = (
        looks(checked(attempt, {"q0": [Fraction(mark, 3)]}, (("q0", "a"),)))
        for attempt, mark in zip(started, (0, 1), strict=True)
    )
    assert together(one, two) == together(two, one)


@given(several())
def test_answers_are_first_looks_that_were_not_left_empty(attempts: list[Attempt]) -> None:
    counted = Counter(
        event.question_id
        for attempt in attempts
        for event in attempt.events
        if event.act is Act.CHECK and event.look == 1 and (event.response or attempt.rules == FLASHCARDS)
    )
    found = history(attempts).looked_at(list(RULES.values()))
    assert {name: question.answers for name, question in found.items() if question.answers} == counted


@given(several())
def test_the_first_answer_is_the_oldest_one(attempts: list[Attempt]) -> None:
    for name, question in history(attempts).looked_at([PRACTICE]).items():
        given_at = [
            event.at
            for attempt in attempts
            if attempt.rules == PRACTICE
            for event in attempt.checks(name)
            if event.look == 1 and event.response
        ]
        assert (question.first.at if question.first else None) == min(given_at, default=None)
        assert (question.last.at if question.last else None) == max(given_at, default=None)


def test_nothing_done_comes_to_nothing() -> None:
    assert history([]) == History()
    assert History().looked_at([PRACTICE]) == {}


def test_the_mark_of_the_last_first_look_counts() -> None:
    first = checked(new_attempt(PRACTICE, 1, 1), {"q0": [Fraction(0), Fraction(1)]})  # right at the second look only
    assert history([first]).last_marks([PRACTICE]) == {"q0": 0}
    later = checked(new_attempt(PRACTICE, 1, 2), {"q0": [Fraction(1)]})
    assert history([later, first]).last_marks([PRACTICE]) == {"q0": 1}


def test_attempts_under_other_rules_do_not_count() -> None:
    cards = checked(new_attempt(FLASHCARDS, 1, 1), {"q0": [Fraction(1, 2)]})
    assert history([cards]).last_marks([PRACTICE, EXERCISE]) == {}
    assert history([cards]).last_marks([FLASHCARDS]) == {"q0": Fraction(1, 2)}


@given(st.lists(histories(), max_size=4))
def test_every_question_that_was_checked_has_a_mark(attempts: list[Attempt]) -> None:
    apart = [replace(attempt, started_at=attempt.started_at + timedelta(days=n)) for n, attempt in enumerate(attempts)]
    marks = history(apart).last_marks(list(RULES.values()))
    assert set(marks) == {i.question_id for a in apart for i in a.items if a.check(i.question_id, 1)}
