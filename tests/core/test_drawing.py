"""Drawing a set: only what fits, evenly over the topics, the same from the same seed."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from course.core.drawing import Which, draw, fitting

pools = st.dictionaries(st.sampled_from("stuv"), st.lists(st.integers(0, 30).map(str), unique=True), max_size=4)


@given(pools, st.integers(0, 50), st.text(max_size=5))
def test_a_draw_holds_as_many_different_items_of_the_topics_as_there_are(
    pool: dict[str, list[str]], number: int, seed: str
) -> None:
    drawn = draw(pool, number, seed)
    there = {item for items in pool.values() for item in items}
    assert len(drawn) == len(set(drawn)) == min(number, len(there))
    assert set(drawn) <= there
    assert draw(pool, number, seed) == drawn


@given(st.integers(1, 4), st.integers(1, 20), st.text(max_size=5))
def test_topics_have_equal_shares_as_long_as_each_has_enough(topics: int, number: int, seed: str) -> None:
    pool = {str(topic): [f"{topic}/{n}" for n in range(20)] for topic in range(topics)}
    shares = Counter(item.partition("/")[0] for item in draw(pool, number, seed))
    counts = [shares[topic] for topic in pool]
    assert max(counts) - min(counts) <= 1


def test_seeds_draw_differently() -> None:
    pool = {"a": [str(n) for n in range(30)]}
    assert len({draw(pool, 5, str(seed)) for seed in range(20)}) > 15


def test_what_fits_is_all_or_never_answered_or_missed_when_last_asked() -> None:
    marks = {"a": Fraction(1), "b": Fraction(1, 2), "c": Fraction(0)}
    assert fitting("abcd", Which.ALL, marks) == ("a", "b", "c", "d")
    assert fitting("abcd", Which.UNSEEN, marks) == ("d",)
    assert fitting("abcd", Which.MISSED, marks) == ("b", "c")
