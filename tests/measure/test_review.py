"""When something is asked again: the pinned value of the model, grades, limits, and a queue that forgives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from fsrs import Card, Rating, Scheduler
from hypothesis import given
from hypothesis import strategies as st

from course.measure.review import DAILY, Grade, Memory, grade, queue, reviewed

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_the_package_gives_its_pinned_value() -> None:
    scheduler = Scheduler(enable_fuzzing=False)
    card, _ = scheduler.review_card(Card(card_id=1, due=NOW), Rating.Good, NOW)
    card, _ = scheduler.review_card(card, Rating.Good, NOW + DAY)
    assert round(card.stability or 0, 3) == 7.315
    assert card.due == NOW + 8 * DAY


def test_what_is_kept_of_a_card_is_enough_to_go_on() -> None:
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card, memory, at = Card(card_id=1, due=NOW), None, NOW
    for rated, days in ((Grade.GOOD, 0), (Grade.GOOD, 2), (Grade.AGAIN, 9), (Grade.HARD, 1), (Grade.GOOD, 3)):
        at += days * DAY
        card, _ = scheduler.review_card(card, Rating(int(rated)), at)
        memory = reviewed("q", memory, rated, at)
        assert (memory.stability, memory.difficulty, memory.due) == (card.stability, card.difficulty, card.due)


@pytest.mark.parametrize(
    ("right", "certainty", "known", "expected"),
    [
        (False, "sure", False, Grade.AGAIN),
        (False, None, True, Grade.AGAIN),
        (True, "guess", True, Grade.AGAIN),
        (True, "unsure", False, Grade.HARD),
        (True, "sure", False, Grade.GOOD),
        (True, None, False, None),
        (True, None, True, Grade.GOOD),
    ],
)
def test_an_answer_rates_by_right_and_certainty(
    right: bool, certainty: str | None, known: bool, expected: Grade | None
) -> None:
    assert grade(right, certainty, known) is expected


@given(st.lists(st.sampled_from(list(Grade)), min_size=1, max_size=8), st.integers(1, 40))
def test_nothing_is_put_off_beyond_the_exam_and_an_exam_that_is_over_limits_nothing(
    grades: list[Grade], left: int
) -> None:
    exam, memory, free = NOW.date() + timedelta(days=left), None, None
    for number, rated in enumerate(grades):
        at = NOW + number * timedelta(hours=1)
        memory, free = reviewed("q", memory, rated, at, exam), reviewed("q", free, rated, at, date(2020, 1, 1))
        assert memory.due.date() <= exam + DAY
        assert memory.due <= free.due
        assert reviewed("q", None, rated, at, date(2020, 1, 1)) == reviewed("q", None, rated, at)


def test_a_better_grade_comes_back_no_sooner() -> None:
    dues = [reviewed("q", None, rated, NOW).due for rated in Grade]
    assert dues == sorted(dues)


def memories(*days: int) -> list[Memory]:
    return [Memory(f"q{n}", 1.0, 5.0, NOW + day * DAY, NOW - 9 * DAY) for n, day in enumerate(days)]


def test_the_most_urgent_come_today_and_the_rest_can_wait() -> None:
    found = queue(memories(*[-3] * 20, *[-9] * 20, *[2] * 5), NOW)
    assert len(found.today) == DAILY
    assert [memory.due for memory in found.today[:20]] == [NOW - 9 * DAY] * 20
    assert found.waiting == 10
    assert [number for _, number in found.forecast] == [10, 5, 0, 0, 0, 0, 0]
    assert found.following == (NOW.date() + DAY, 10)


def test_after_a_pause_no_day_gets_more_than_its_share() -> None:
    found = queue(memories(*[-40] * 100), NOW)
    assert [number for _, number in found.forecast] == [30, 30, 10, 0, 0, 0, 0]


def test_what_was_done_today_counts_towards_the_share() -> None:
    assert len(queue(memories(*[-1] * 40), NOW, done_today=25).today) == 5
    assert queue(memories(*[-1] * 40), NOW, done_today=99).today == ()


@given(st.lists(st.integers(-60, 60), max_size=120))
def test_every_memory_is_due_waiting_or_later(days: list[int]) -> None:
    found = queue(memories(*days), NOW)
    assert len(found.today) + found.waiting == sum(day <= 0 for day in days)
    assert all(number <= DAILY for _, number in found.forecast)
    assert found.minutes >= 1


@given(st.lists(st.integers(1, 300), min_size=1, max_size=60), st.integers(1, 60))
def test_nothing_comes_only_after_the_exam(days: list[int], until: int) -> None:
    exam = NOW.date() + until * DAY
    made = memories(*days)
    for number in range(until):  # nobody reviews anything: each day something more is due
        now = NOW + number * DAY
        found = queue(made, now, daily=1000, exam=exam)
        due = {memory.question_id for memory in found.today}
        assert {memory.question_id for memory in made if memory.due.date() <= now.date()} <= due
    asked = [memory for memory in made if memory.due.date() < exam or memory.last.date() < exam - 8 * DAY]
    assert set(asked) <= set(found.today)


def test_the_week_before_the_exam_shares_what_would_come_later() -> None:
    exam = NOW.date() + 20 * DAY
    shares = [len(queue(memories(*[200] * 70), NOW + n * DAY, daily=1000, exam=exam).today) for n in range(20)]
    assert shares[12] == 0
    assert shares[19] == 70
    assert all(later > earlier for earlier, later in pairwise(shares[12:]))


def test_an_exam_that_is_over_changes_nothing() -> None:
    made = memories(*range(1, 40))
    assert queue(made, NOW, exam=NOW.date()) == queue(made, NOW)
    assert queue(made, NOW, exam=NOW.date() - DAY) == queue(made, NOW)


def test_days_end_at_the_midnight_of_the_learner() -> None:
    evening = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    tomorrow = Memory("q", 1.0, 5.0, evening + timedelta(hours=2), evening - DAY)
    assert queue([tomorrow], evening).today == ()
    in_berlin = evening.astimezone(ZoneInfo("Europe/Berlin"))  # there it is tomorrow already
    assert queue([tomorrow], in_berlin).today == (tomorrow,)
