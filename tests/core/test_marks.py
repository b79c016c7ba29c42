"""Marks are exact until a person sees them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core.marks import VULGAR, Marked, PassMark, Verdict, percent, plain, shown

fractions = st.fractions(min_value=0, max_value=100, max_denominator=60)
shares = st.fractions(min_value=0, max_value=1, max_denominator=400)


@pytest.mark.parametrize(
    ("points", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(8), "8"),
        (Fraction(1, 2), "½"),
        (Fraction(13, 2), "6½"),
        (Fraction(7, 3), "2⅓"),
        (Fraction(17, 5), "3.4"),
    ],
)
def test_points_are_shown_with_a_common_fraction_or_one_decimal(points: Fraction, text: str) -> None:
    assert shown(points) == text


@given(st.integers(0, 500), st.sampled_from([Fraction(0), *VULGAR]))
def test_what_a_common_fraction_can_say_is_shown_without_loss(whole: int, rest: Fraction) -> None:
    text = shown(whole + rest)
    sign = next((sign for value, sign in VULGAR.items() if value == rest), "")
    assert text.endswith(sign)
    assert int(text.removesuffix(sign) or 0) == whole


@given(fractions)
def test_points_are_shown_within_half_a_tenth(points: Fraction) -> None:
    text = shown(points)
    signs = {sign: value for value, sign in VULGAR.items()}
    value = Fraction(text[:-1] or 0) + signs[text[-1]] if text[-1] in signs else Fraction(text)
    assert abs(value - points) <= Fraction(1, 20)


@given(fractions)
def test_a_plain_number_is_written_without_loss(number: Fraction) -> None:
    assert Fraction(plain(number)) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [(Fraction(28), "28"), (Fraction(1, 2), "0.5"), (Fraction(125, 2), "62.5"), (Fraction(1, 3), "1/3")],
)
def test_a_plain_number_is_short_where_it_can_be(number: Fraction, text: str) -> None:
    assert plain(number) == text


@given(shares)
def test_a_percentage_is_the_nearest_whole_one_and_halves_go_up(mark: Fraction) -> None:
    assert 0 <= percent(mark) <= 100
    assert Fraction(-1, 2) <= mark * 100 - percent(mark) < Fraction(1, 2)


def test_a_percentage_of_half_a_percent_goes_up() -> None:
    assert percent(Fraction(1, 200)) == 1
    assert percent(Fraction(125, 1000)) == 13


@given(st.integers(0, 100), st.integers(0, 60))
def test_a_pass_mark_of_a_share_needs_that_share_of_any_number_of_questions(share: int, total: int) -> None:
    needed = PassMark(share=Fraction(share, 100)).needed(total)
    assert needed * 100 == share * total


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_pass_mark_of_marks_needs_them_however_many_questions_there_are(marks: int, total: int) -> None:
    assert PassMark(marks=Fraction(marks)).needed(total) == marks


def test_a_pass_mark_of_no_marks_is_reached_by_everybody() -> None:
    assert PassMark(marks=Fraction(0)).needed(10) == 0
    assert PassMark(share=Fraction(0)).needed(10) == 0


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        (PassMark(share=Fraction(7, 10)), "70%"),
        (PassMark(share=Fraction(625, 1000)), "62.5%"),
        (PassMark(marks=Fraction(28)), "28"),
        (PassMark(marks=Fraction(57, 2)), "28.5"),
    ],
)
def test_a_pass_mark_is_written_as_an_author_writes_it(mark: PassMark, text: str) -> None:
    assert str(mark) == text


@given(st.lists(st.sampled_from(list(Verdict)), max_size=12))
def test_parts_of_an_answer_are_counted_by_verdict(verdicts: list[Verdict]) -> None:
    marked = Marked(Fraction(0), {f"part-{n}": verdict for n, verdict in enumerate(verdicts)})
    assert [marked.count(verdict) for verdict in Verdict] == [verdicts.count(verdict) for verdict in Verdict]
    assert marked.count(Verdict.RIGHT) == sum(v == "right" for v in verdicts)
