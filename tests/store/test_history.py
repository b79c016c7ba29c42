"""What is kept of a long history says the same as all its answers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import count as count_up

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update

from course.core import history as core
from course.core.attempts import PRACTICE, Attempt
from course.store import attempts, history
from course.store.attempts import NewItem
from course.store.engine import reading, writing
from course.store.tables import AttemptSumRow, EventRow, QuestionSumRow
from tests.core.histories import checked, histories, new_attempt

counted = count_up()
on_one_database = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)


@pytest.fixture(autouse=True)
def opened(store: Flask) -> Flask:
    """Open the store for every test here."""
    return store


def keep(attempt: Attempt, *, up_to: int) -> None:
    """Keep an attempt's events up to a sequence number."""
    items = [NewItem(item.question_id, item.revision, "text") for item in attempt.items]
    attempts.start(attempt, attempt.id, items)
    with writing() as connection:
        last = connection.execute(
            select(func.coalesce(func.max(EventRow.sequence), 0)).where(EventRow.attempt_id == attempt.id)
        ).scalar_one()
        rows = [
            {
                "attempt_id": attempt.id,
                "sequence": event.sequence,
                "act": event.act.value,
                "question_id": event.question_id,
                "look": event.look,
                "response": [list(pair) for pair in event.response],
                "mark": None if event.mark is None else str(event.mark),
                "certainty": event.certainty,
                "at": event.at,
            }
            for event in attempt.events
            if last < event.sequence <= up_to
        ]
        if rows:
            connection.execute(insert(EventRow), rows)


@given(st.lists(st.tuples(histories(), st.integers(0, 20)), max_size=4), st.integers(0, 40))
@on_one_database
def test_sums_that_are_kept_say_what_the_answers_say(made: list[tuple[Attempt, int]], unsummed: int) -> None:
    number = next(counted)
    learner = f"learner-{number}"
    mine = [(replace(attempt, id=f"{number}-{n}", learner_id=learner), half) for n, (attempt, half) in enumerate(made)]
    before = history.UNSUMMED
    history.UNSUMMED = unsummed
    try:
        for whole in (False, True):
            for attempt, half in mine:
                keep(attempt, up_to=10**6 if whole else half)
            for _ in range(2):  # what was read in full, and what was kept of it
                told = history.of_learner(learner)
                meant = core.history(attempts.of_learner(learner))
                assert told.attempts == meant.attempts
                assert dict(told.questions) == dict(meant.questions)
    finally:
        history.UNSUMMED = before


def long() -> Attempt:
    """A practice quiz of more questions than are read each time."""
    number = history.UNSUMMED + 1
    new = new_attempt(PRACTICE, number)
    return checked(new, {item.question_id: [Fraction(1)] for item in new.items})


def test_a_short_history_is_read_and_not_summed_up() -> None:
    keep(replace(long(), events=long().events[:10]), up_to=10)
    history.of_learner("learner")
    assert rows(AttemptSumRow) == 0


def test_a_long_history_is_summed_up_once_and_no_event_is_read_again() -> None:
    keep(long(), up_to=10**6)
    first = history.of_learner("learner")
    assert rows(AttemptSumRow) == 1
    assert rows(QuestionSumRow) == len(long().items)
    with writing() as connection:  # nobody may do this; here it shows that it is not looked at
        connection.execute(update(EventRow).values(mark="0"))
    assert history.of_learner("learner") == first


def test_nobody_has_done_anything() -> None:
    assert history.of_learner("nobody") == core.History()


def rows(table: type[AttemptSumRow | QuestionSumRow]) -> int:
    with reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
