"""What a mock exam says of itself."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core.examresult import ExamResult, Row, wilson


def row(number: int, right: bool, topic: str = "Hulls", seconds: int | None = None, answered: bool = True) -> Row:
    return Row(number, f"q{number}", topic, 2, "standard", Fraction(right), answered or right, False, seconds)


def result(*rows: Row, needed: int = 28) -> ExamResult:
    return ExamResult(rows, needed, timedelta(minutes=80))


# Wilson score intervals at 80 %, computed by hand from the formula with z = 1.28155.
@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [
        (31, 40, 27, 34),
        (28, 40, 24, 32),
        (25, 40, 20, 29),
        (40, 40, 38, 40),
        (0, 40, 0, 2),
        (8, 12, 5, 10),
        (0, 0, 0, 0),
    ],
)
def test_the_usual_range_is_wilsons_interval_in_whole_marks(right: int, total: int, low: int, high: int) -> None:
    assert wilson(right, total) == (low, high)


@given(st.integers(1, 200).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_the_range_holds_the_score_and_moves_up_with_it(score: tuple[int, int]) -> None:
    right, total = score
    low, high = wilson(right, total)
    assert 0 <= low <= right <= high <= total
    if right < total:
        more = wilson(right + 1, total)
        assert low <= more[0]
        assert high <= more[1]


def test_what_is_not_answered_is_missed_and_earns_nothing() -> None:
    told = result(row(1, True), row(2, False), row(3, False, answered=False), needed=2)
    assert (told.marks, told.total, told.answered, told.passed) == (1, 3, 2, False)
    assert [missed.number for missed in told.missed] == [2, 3]


@pytest.mark.parametrize(("right", "passed"), [(27, False), (28, True)])
def test_the_pass_mark_itself_passes(right: int, passed: bool) -> None:
    assert result(*(row(n, n <= right) for n in range(1, 41))).passed is passed


def test_topics_come_weakest_first_and_small_ones_are_marked() -> None:
    rows = [row(n, n != 2, "Hulls") for n in range(1, 6)] + [row(6, False, "Oars"), row(7, True, "Sails")]
    topics = result(*rows).by_topic
    assert [(group.name, group.right, group.total, group.few) for group in topics] == [
        ("Oars", 0, 1, True),
        ("Hulls", 4, 5, False),
        ("Sails", 1, 1, True),
    ]


def test_the_slowest_three_are_named_longest_first() -> None:
    rows = [
        row(1, True, seconds=30),
        row(2, True, seconds=90),
        row(3, True),
        row(4, True, seconds=60),
        row(5, True, seconds=90),
    ]
    assert [slow.number for slow in result(*rows).slowest] == [2, 5, 4]
