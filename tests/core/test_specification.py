"""Drawing a sitting: every cell full, unseen first, the mix of styles near to what was asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core.attempts import EXAM
from course.core.marks import PassMark
from course.core.quiz import Style
from course.core.specification import (
    Candidate,
    Specification,
    Terms,
    Topic,
    agreed,
    can_be_filled,
    cells,
    draw,
    minutes_shown,
    terms,
)
from tests.core.histories import new_attempt

STYLES = {Style.LIST: 3, Style.NEGATIVE: 1}
SPECIFICATION = Specification(
    "boats",
    "Boats",
    (Topic("Hulls", ("1a", "1b"), {2: 4}), Topic("Oars", ("2a",), {2: 2, 3: 5})),
    minutes=90,
    pass_mark=PassMark(share=Fraction(7, 10)),
    extra_time=Fraction(1, 4),
    styles=STYLES,
)


def pool(each: int) -> list[Candidate]:
    """So many candidates for each outcome, level and style: every fifth a list, every tenth negative."""
    styles = [Style.STANDARD] * 4 + [Style.LIST] + [Style.STANDARD] * 4 + [Style.NEGATIVE]
    return [
        Candidate(f"{outcome}-{bloom}-{n}", outcome, bloom, styles[n % 10])
        for outcome in ("1a", "1b", "2a", "9z")
        for bloom in (2, 3)
        for n in range(each)
    ]


def drawn(candidates: list[Candidate], seen: set[str], seed: str) -> list[Candidate]:
    ids = draw(SPECIFICATION, candidates, seen, seed)
    assert ids is not None
    by_id = {candidate.id: candidate for candidate in candidates}
    return [by_id[name] for name in ids]


seeds = st.text("abcdef0123456789", min_size=1, max_size=8)


@given(st.integers(5, 30), seeds, st.data())
def test_every_cell_is_filled_with_its_own_questions_each_once(each: int, seed: str, data: st.DataObject) -> None:
    candidates = pool(each)
    seen = data.draw(st.sets(st.sampled_from([candidate.id for candidate in candidates])))
    asked = drawn(candidates, seen, seed)
    hulls = {"1a": "Hulls", "1b": "Hulls", "2a": "Oars"}
    assert Counter((hulls[c.outcome], c.bloom) for c in asked) == {("Hulls", 2): 4, ("Oars", 2): 2, ("Oars", 3): 5}
    assert len(set(asked)) == SPECIFICATION.total == 11


@given(st.integers(5, 30), seeds, st.data())
def test_what_was_seen_is_asked_only_where_nothing_else_is_left(each: int, seed: str, data: st.DataObject) -> None:
    candidates = pool(each)
    seen = data.draw(st.sets(st.sampled_from([candidate.id for candidate in candidates])))
    asked = {candidate.id for candidate in drawn(candidates, seen, seed)}
    for cell in cells(SPECIFICATION, candidates):
        fresh = {candidate.id for candidate in cell.candidates} - seen
        assert len(fresh & asked) == min(cell.wanted, len(fresh))


@given(st.integers(20, 40), seeds)
def test_a_large_pool_gives_exactly_the_mix_of_styles(each: int, seed: str) -> None:
    mix = Counter(candidate.style for candidate in drawn(pool(each), set(), seed))
    assert mix == {Style.STANDARD: 7, Style.LIST: 3, Style.NEGATIVE: 1}


@given(seeds)
def test_the_same_seed_draws_the_same_and_others_draw_others(seed: str) -> None:
    candidates = pool(20)
    assert draw(SPECIFICATION, candidates, set(), seed) == draw(SPECIFICATION, candidates[::-1], set(), seed)
    assert draw(SPECIFICATION, candidates, set(), seed) != draw(SPECIFICATION, candidates, set(), f"{seed}!")


def test_sittings_are_disjoint_as_long_as_the_pool_goes() -> None:
    candidates, seen = pool(20), set[str]()
    for sitting in range(4):
        asked = {candidate.id for candidate in drawn(candidates, seen, f"seed-{sitting}")}
        assert not asked & seen
        seen |= asked


def test_a_pool_that_is_too_small_draws_nothing_and_says_where() -> None:
    candidates = pool(4)
    assert not can_be_filled(SPECIFICATION, candidates)
    assert draw(SPECIFICATION, candidates, set(), "seed") is None
    short = [(cell.topic, cell.bloom, cell.missing) for cell in cells(SPECIFICATION, candidates) if cell.missing]
    assert short == [("Oars", 3, 1)]


def test_only_list_questions_still_fill_a_cell() -> None:
    lists = [replace(candidate, style=Style.LIST) for candidate in pool(5)]
    assert len(drawn(lists, set(), "seed")) == 11


@pytest.mark.parametrize(
    ("minutes", "factor", "shown", "seconds"),
    [(90, "1", 90, 5400), (90, "5/4", 113, 6750), (90, "3/2", 135, 8100), (27, "5/4", 34, 2025), (90, "2", 180, 10800)],
)
def test_a_longer_time_is_exact_and_shown_in_whole_minutes(minutes: int, factor: str, shown: int, seconds: int) -> None:
    assert minutes_shown(minutes, Fraction(factor)) == shown
    assert Terms("", 1, minutes, Fraction(factor), ()).limit == timedelta(seconds=seconds)
    assert Terms("", 1, minutes, None, ()).limit is None


def test_the_terms_of_a_sitting_are_kept_as_data_and_read_again() -> None:
    candidates = pool(6)
    ids = draw(SPECIFICATION, candidates, set(), "seed") or ()
    for factor in (*SPECIFICATION.factors, None):
        made = agreed(SPECIFICATION, candidates, ids, factor)
        attempt = replace(new_attempt(EXAM, 1), terms=made.data())
        assert terms(attempt) == made
    assert (made.needed, made.minutes, made.title) == (8, 90, "Boats")
    assert sorted(name for _, names in made.topics for name in names) == sorted(ids)
    assert {made.topic_of(name) for name in ids} == {"Hulls", "Oars"}
    assert made.topic_of("unknown") == ""


def test_the_extra_time_of_the_real_exam_is_among_the_choices_once() -> None:
    assert SPECIFICATION.factors == (Fraction(1), Fraction(5, 4), Fraction(3, 2), Fraction(2))
    assert replace(SPECIFICATION, extra_time=Fraction(1, 3)).factors[1:3] == (Fraction(5, 4), Fraction(4, 3))
