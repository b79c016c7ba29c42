"""Mastery: levels by their rules, estimates that move with answers and with time, and certainty as it came out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.measure.certainty import calibration
from course.measure.mastery import Level, Seen, mastery

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def seen(right: int, wrong: int, days: float = 0.0, each: int = 1, kept: bool = False) -> list[Seen]:
    at = NOW - timedelta(days=days)
    return [Seen(each, float(n < right), at, kept) for n in range(right + wrong)]


@pytest.mark.parametrize(
    ("questions", "level"),
    [
        ([], Level.NOT_STARTED),
        (seen(1, 0), Level.STARTED),
        (seen(7, 0), Level.STARTED),  # too few
        (seen(8, 0), Level.GETTING_THERE),
        (seen(4, 4), Level.STARTED),  # 50 %
        (seen(6, 2), Level.GETTING_THERE),
        (seen(12, 0), Level.SECURE),
        (seen(8, 4), Level.GETTING_THERE),  # the lower end is below 60 %
        (seen(20, 0), Level.SECURE),  # nothing after a gap
        (seen(20, 0, kept=True), Level.STRONG),
        (seen(18, 2, kept=True), Level.STRONG),
        (seen(15, 5, kept=True), Level.SECURE),
        (seen(7, 0, each=3, kept=True), Level.SECURE),  # repeats are answers, but one question counts once
    ],
)
def test_the_levels_follow_their_rules(questions: list[Seen], level: Level) -> None:
    assert mastery(questions, NOW).level is level


marks = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@given(marks, st.floats(0, 200))
def test_the_estimate_lies_in_its_range_between_nothing_and_all(given_marks: list[float], days: float) -> None:
    questions = [Seen(1, mark, NOW - timedelta(days=days), False) for mark in given_marks]
    found = mastery(questions, NOW)
    assert 0 <= found.low <= found.chance <= found.high <= 1
    assert found.answers == len(given_marks)


@given(marks, st.integers(0, 39))
def test_a_better_answer_never_lowers_the_estimate(given_marks: list[float], place: int) -> None:
    questions = [Seen(1, mark, NOW, False) for mark in given_marks]
    place %= len(questions)
    better = [*questions[:place], replace(questions[place], last_mark=1.0), *questions[place + 1 :]]
    assert mastery(better, NOW).chance >= mastery(questions, NOW).chance


def test_time_widens_the_range_and_lets_a_level_slip() -> None:
    fresh, old = mastery(seen(22, 0, kept=True), NOW), mastery(seen(22, 0, days=120, kept=True), NOW)
    assert old.high - old.low > fresh.high - fresh.low
    assert (fresh.level, fresh.slipped_from) == (Level.STRONG, None)
    assert old.level < Level.STRONG
    assert old.slipped_from is Level.STRONG
    assert old.weeks_unseen(NOW) == 17


def test_a_clock_that_is_behind_makes_no_answer_count_more() -> None:
    ahead = [replace(each, last_at=NOW + timedelta(days=3)) for each in seen(9, 3)]
    assert mastery(ahead, NOW).chance == mastery(seen(9, 3), NOW).chance


def test_levels_are_said_in_words() -> None:
    assert [level.words for level in Level] == ["Not started", "Started", "Getting there", "Secure", "Strong"]


def test_certainty_is_told_in_order_and_from_five_answers_on() -> None:
    found = calibration({"guess": (1, 4), "sure": (8, 10)}, ["sure", "unsure", "guess"])
    assert [(each.certainty, each.in_ten, each.enough) for each in found] == [("sure", 8, True), ("guess", 2, False)]
