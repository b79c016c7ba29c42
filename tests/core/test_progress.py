"""What a learner has done, from attempts in any order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from course.core.attempts import (
    EXERCISE,
    FLASHCARDS,
    PRACTICE,
    Act,
    Attempt,
    Event,
    Score,
    best_score,
    finished,
    first_score,
)
from course.core.history import history, sum_up
from course.core.progress import Progress, progress
from tests.core.histories import START, checked, histories, new_attempt, revealed

ONE, HALF, NOTHING = Fraction(1), Fraction(1, 2), Fraction(0)
LATER = START + timedelta(days=1000)


@st.composite
def several(draw: st.DrawFn) -> list[Attempt]:
    """Attempts at two slugs, each started on a day of its own."""
    count = draw(st.integers(0, 6))
    return [draw(histories(number=n, slug=draw(st.sampled_from(["one", "two"])))) for n in range(count)]


@given(several(), st.integers(0, 2**32))
def test_attempts_come_in_any_order(attempts: list[Attempt], seed: int) -> None:
    mixed = Random(seed).sample(attempts, len(attempts))
    assert progress({}, history(mixed), LATER) == progress({}, history(attempts), LATER)


@given(several())
def test_every_attempt_counts_in_the_record_of_its_slug(attempts: list[Attempt]) -> None:
    records = progress({}, history(attempts), LATER).records
    assert sum(record.attempts for record in records.values()) == len(attempts)
    assert set(records) == {attempt.slug for attempt in attempts}
    assert all(record.slug == slug for slug, record in records.items())


@given(several())
def test_the_first_score_of_a_record_is_that_of_the_first_complete_try(attempts: list[Attempt]) -> None:
    for slug, record in progress({}, history(attempts), LATER).records.items():
        complete = [first_score(a) for a in attempts if a.slug == slug and first_score(a) is not None]
        assert record.first == (complete[0] if complete else None)


@given(several())
def test_the_best_of_a_record_is_the_best_of_all_its_tries(attempts: list[Attempt]) -> None:
    for slug, record in progress({}, history(attempts), LATER).records.items():
        shares = [score.share for a in attempts if a.slug == slug and (score := best_score(a)) is not None]
        assert (record.best.share if record.best else None) == (max(shares) if shares else None)
        if record.first is not None:
            assert record.best is not None
            assert record.best.share >= record.first.share


@given(several())
def test_the_last_attempt_can_go_on_until_it_is_finished(attempts: list[Attempt]) -> None:
    for slug, record in progress({}, history(attempts), LATER).records.items():
        last = [attempt for attempt in attempts if attempt.slug == slug][-1]
        assert record.open_attempt == (None if finished(last) else last.id)


@given(several())
def test_a_further_attempt_never_changes_the_first_score(attempts: list[Attempt]) -> None:
    before: Progress = progress({}, history(attempts[:-1]), LATER)
    after = progress({}, history(attempts), LATER)
    for slug, record in before.records.items():
        if record.first is not None:
            assert after.records[slug].first == record.first


@given(several())
def test_what_is_offered_to_go_on_with_is_what_was_touched_last(attempts: list[Attempt]) -> None:
    done = progress({}, history(attempts), LATER)
    going = [record for record in done.records.values() if record.open_attempt]
    unfinished = done.unfinished(done.records)
    if unfinished is None:
        assert not going
    else:
        assert all(record.last_at <= unfinished.last_at for record in going)


@given(several())
def test_what_is_not_in_the_course_any_more_hides_nothing_that_is(attempts: list[Attempt]) -> None:
    done = progress({}, history(attempts), LATER)
    one = done.records.get("one")
    unfinished = done.unfinished({"one"})
    assert unfinished == (one if one and one.open_attempt else None)


@given(several())
def test_cards_are_known_as_they_were_rated_last(attempts: list[Attempt]) -> None:
    done = progress({}, history(attempts), LATER)
    rounds = [attempt for attempt in attempts if attempt.rules == FLASHCARDS]
    assert set(done.cards) == {i.question_id for a in rounds for i in a.items if a.check(i.question_id, 1)}
    assert done.known == {card for card, mark in done.cards.items() if mark == 1}


def test_nothing_done_is_empty_and_one_lesson_read_or_one_start_is_not() -> None:
    assert progress({}, history([]), LATER).empty
    assert not progress({"a": START}, history([]), LATER).empty
    assert not progress({}, history([new_attempt(PRACTICE, 2)]), LATER).empty


def test_the_next_lesson_is_the_first_in_course_order_that_was_not_read() -> None:
    read = {"a": START, "c": START, "gone": START}
    assert Progress(read, {}).next_lesson(["a", "b", "c", "d"]) == "b"
    assert Progress(read, {}).next_lesson(["a", "c"]) is None
    assert Progress({}, {}).next_lesson([]) is None


def test_an_exercise_with_retries_shows_its_first_try_and_its_best() -> None:
    attempt = checked(new_attempt(EXERCISE, 1), {"q0": [HALF, ONE]})
    record = progress({}, history([attempt]), LATER).records["quiz"]
    assert (record.first, record.best) == (Score(HALF, 1), Score(ONE, 1))
    assert record.open_attempt is None


def test_showing_the_answers_ends_the_attempt_and_changes_no_score() -> None:
    attempt = revealed(checked(new_attempt(EXERCISE, 1), {"q0": [HALF]}), "q0")
    record = progress({}, history([attempt]), LATER).records["quiz"]
    assert (record.first, record.best) == (Score(HALF, 1), Score(HALF, 1))
    assert record.open_attempt is None


def test_an_attempt_given_up_half_way_is_not_the_first_try() -> None:
    given_up = checked(new_attempt(PRACTICE, 2, number=0), {"q0": [NOTHING]})
    whole = checked(new_attempt(PRACTICE, 2, number=1), {"q0": [ONE], "q1": [ONE]})
    record = progress({}, history([given_up, whole]), LATER).records["quiz"]
    assert record.first == Score(Fraction(2), 2)
    assert (record.attempts, record.open_attempt) == (2, None)


def test_an_attempt_is_touched_by_its_last_act_and_by_its_start() -> None:
    attempt = new_attempt(PRACTICE, 1)
    assert sum_up(attempt).last_at == attempt.started_at
    later = datetime(2027, 1, 1, tzinfo=UTC)
    events = (
        Event(1, Act.SAVE, "q0", 1, (), later),
        Event(2, Act.SAVE, "q0", 1, (), later - timedelta(days=1)),
    )
    assert sum_up(replace(attempt, events=events)).last_at == later
