"""Names and orders that say nothing, and are the same on every machine."""

from __future__ import annotations

import re
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core.naming import folded, in_seeded_order, letter, number_word, slug, token

words = st.lists(st.text(max_size=8), unique=True, max_size=12)
seeds = st.text(max_size=32)
texts = st.text(max_size=40)


def same(text: str) -> str:
    return text


@given(words, seeds)
def test_a_seeded_order_is_a_permutation(names: list[str], seed: str) -> None:
    assert sorted(in_seeded_order(names, seed, same)) == sorted(names)


@given(words, seeds, st.integers(0, 2**32))
def test_a_seeded_order_does_not_depend_on_the_order_before(names: list[str], seed: str, chance: int) -> None:
    mixed = Random(chance).sample(names, len(names))
    assert in_seeded_order(mixed, seed, same) == in_seeded_order(names, seed, same)


@given(words, seeds, texts)
def test_a_name_more_or_less_leaves_the_others_in_their_order(names: list[str], seed: str, extra: str) -> None:
    with_extra = in_seeded_order({*names, extra}, seed, same)
    without = in_seeded_order(set(names) - {extra}, seed, same)
    assert tuple(name for name in with_extra if name != extra) == without


def test_a_seeded_order_is_the_same_for_ever() -> None:
    assert in_seeded_order("abcdef", "1", same) == ("d", "e", "f", "a", "b", "c")
    assert in_seeded_order("abcdef", "2", same) == ("c", "f", "a", "e", "b", "d")


def test_seeds_give_every_order_about_as_often() -> None:
    first = [in_seeded_order("abcd", str(seed), same) for seed in range(2400)]
    assert len(set(first)) == 24
    assert all(50 < first.count(order) < 160 for order in set(first))


def test_letters_are_counted_like_columns_of_a_table() -> None:
    assert [letter(n) for n in (0, 1, 25, 26, 27, 51, 52, 701, 702)] == [
        *("A", "B", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA"),
    ]


def test_letters_are_all_different_and_grow() -> None:
    letters = [letter(n) for n in range(3000)]
    assert all((len(a), a) < (len(b), b) for a, b in pairwise(letters))


@given(texts, texts)
def test_a_token_is_ten_hexadecimal_digits_and_the_same_each_time(question_id: str, text: str) -> None:
    assert re.fullmatch("[0-9a-f]{10}", token(question_id, text))
    assert token(question_id, text) == token(question_id, text)


def test_a_token_tells_questions_and_texts_apart() -> None:
    names = {token(f"q-{n}", f"Option {m}") for n in range(100) for m in range(100)}
    assert len(names) == 10_000


@given(texts)
def test_a_slug_can_stand_in_an_address_and_is_its_own_slug(text: str) -> None:
    made = slug(text)
    assert re.fullmatch("(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", made)
    assert slug(made) == made


@pytest.mark.parametrize(("number", "word"), [(0, "No"), (5, "Five"), (20, "Twenty"), (21, "21"), (-1, "-1")])
def test_small_numbers_are_words(number: int, word: str) -> None:
    assert number_word(number) == word


@given(texts)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = folded(text)
    assert folded(f"  {once} ") == once
