"""The readiness estimate: reference numbers, one more right answer, enough to say something, and how it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from course.measure.readiness import (
    Bin,
    Blueprint,
    Estimate,
    FirstAnswer,
    Missing,
    beta_binomial_tail,
    brier,
    chances_given,
    estimate,
    evidence,
    readiness,
    record,
    told,
    weight,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BLUEPRINT = Blueprint({"hulls": 10, "oars": 10, "sails": 20}, 28)
TOPICS = list(BLUEPRINT.topics)


def answers(*rows: tuple[str, int, int], days: float = 1.0) -> list[FirstAnswer]:
    """So many right and wrong answers of each topic."""
    at = NOW - timedelta(days=days)
    return [FirstAnswer(topic, n < right, at) for topic, right, wrong in rows for n in range(right + wrong)]


# From shared tables: P(at least 28 of 40) after first answers, with a uniform prior.
@pytest.mark.parametrize(
    ("right", "asked", "chance"),
    [(28, 40, 0.530), (30, 40, 0.713), (32, 40, 0.860), (64, 80, 0.905), (120, 160, 0.785)],
)
def test_the_beta_binomial_agrees_with_its_table(right: int, asked: int, chance: float) -> None:
    assert round(beta_binomial_tail(1 + right, 1 + asked - right, 40, 28), 3) == chance


@pytest.mark.parametrize(("share", "chance"), [(0.70, 0.577), (0.75, 0.821), (0.80, 0.957)])
def test_the_sum_of_binomials_agrees_with_the_plug_in_table(share: float, chance: float) -> None:
    rates = np.full((1, 3), share)
    assert round(float(chances_given(rates, np.array([10, 10, 20]), 28)[0]), 3) == chance


counts = st.lists(st.integers(0, 40).map(float), min_size=3, max_size=3).map(np.array)


@given(counts, counts, st.integers(0, 2), st.floats(0.05, 1.0))
def test_one_more_right_answer_never_lowers_the_estimate(
    right: np.ndarray, wrong: np.ndarray, topic: int, more: float
) -> None:
    before = estimate(right, wrong, BLUEPRINT)
    added = right.copy()
    added[topic] += more
    assert estimate(added, wrong, BLUEPRINT).chance >= before.chance - 1e-9
    worse = wrong.copy()
    worse[topic] += more
    assert estimate(right, worse, BLUEPRINT).chance <= before.chance + 1e-9


@example(np.array([21.0, 32, 0]), np.array([0.0, 0, 0]))
@given(counts, counts)
def test_the_estimate_is_a_chance_within_its_range_and_without_luck(right: np.ndarray, wrong: np.ndarray) -> None:
    found = estimate(right, wrong, BLUEPRINT)
    assert 0 <= found.low <= found.chance <= found.high <= 1
    assert estimate(right, wrong, BLUEPRINT) == found


def test_more_answers_of_the_same_share_narrow_the_range() -> None:
    few = estimate(np.array([6.0, 6, 12]), np.array([2.0, 2, 4]), BLUEPRINT)
    many = estimate(np.array([60.0, 60, 120]), np.array([20.0, 20, 40]), BLUEPRINT)
    assert many.high - many.low < few.high - few.low


def test_all_right_and_all_wrong_are_far_apart() -> None:
    most, none = (answers(*((t, n, 30 - n) for t in TOPICS)) for n in (30, 0))
    high, low = readiness(most, BLUEPRINT, NOW), readiness(none, BLUEPRINT, NOW)
    assert high is not None
    assert low is not None
    assert high.chance > 0.97
    assert low.chance < 0.001


def test_older_answers_weigh_less_and_answers_from_the_future_as_new_ones() -> None:
    assert weight(timedelta()) == weight(timedelta(days=-3)) == 1
    assert weight(timedelta(days=45)) == pytest.approx(0.5)
    better = [*answers(*((t, 4, 12) for t in TOPICS), days=90), *answers(*((t, 14, 2) for t in TOPICS), days=1)]
    worse = [*answers(*((t, 4, 12) for t in TOPICS), days=1), *answers(*((t, 14, 2) for t in TOPICS), days=90)]
    up, down = readiness(better, BLUEPRINT, NOW), readiness(worse, BLUEPRINT, NOW)
    assert up is not None
    assert down is not None
    assert up.chance > down.chance + 0.3


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ([], Missing.NOTHING),
        (answers(("unknown", 60, 0)), Missing.NOTHING),
        (answers(("hulls", 39, 0)), Missing.ANSWERS),
        (answers(("hulls", 60, 0), ("oars", 20, 0)), Missing.TOPICS),  # half of the marks
        (answers(("hulls", 30, 0), ("sails", 10, 0)), None),
    ],
)
def test_a_number_needs_forty_answers_and_three_fifths_of_the_marks(
    given: list[FirstAnswer], missing: Missing | None
) -> None:
    assert evidence(given, BLUEPRINT).missing == missing
    assert (readiness(given, BLUEPRINT, NOW) is None) == (missing is not None)


@pytest.mark.parametrize(
    ("found", "words", "ends", "wide"),
    [
        (Estimate(0.823, 0.74, 0.899), "about 82%", (74, 90), False),
        (Estimate(0.823, 0.66, 0.899), "about 80%", (65, 90), False),
        (Estimate(0.61, 0.44, 0.86), "about 60%", (45, 85), True),
        (Estimate(0.99, 0.97, 0.999), "over 95%", (97, 100), False),
        (Estimate(0.02, 0.001, 0.06), "under 5%", (0, 6), False),
        (Estimate(0.95, 0.94, 0.96), "about 95%", (94, 96), False),
    ],
)
def test_a_rough_estimate_is_told_roughly(found: Estimate, words: str, ends: tuple[int, int], wide: bool) -> None:
    said = told(found)
    assert (said.words, (said.low, said.high), said.wide) == (words, ends, wide)


def test_earlier_forecasts_are_told_in_bins_with_enough_of_them() -> None:
    pairs = [(0.72, n < 8) for n in range(11)] + [(0.1, False)] * 9 + [(1.0, True)] * 10
    assert record(pairs) == (Bin(70, 11, 8), Bin(90, 10, 10))
    assert brier([]) is None
    assert brier([(1.0, True), (0.5, False)]) == pytest.approx(0.125)


def test_the_ends_of_a_range_are_capped_too() -> None:
    assert told(Estimate(0.93, 0.85, 0.998)).ends == ("85%", "over 95%")
    assert told(Estimate(0.03, 0.001, 0.08)).ends == ("under 5%", "8%")
