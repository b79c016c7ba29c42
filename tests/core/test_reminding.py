"""Guests are reminded after a first, and else once a week at most."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from course.core.reminding import EVERY, is_due

DAY = date(2026, 3, 1)
KINDS = ["quiz", "exam"]
acts = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 5)), max_size=60)


@given(acts)
def test_after_each_first_one_and_else_never_twice_in_a_week(acts: list[tuple[str, int]]) -> None:
    today, reminded, days, firsts = DAY, dict[str, date](), list[date](), set[str]()
    for kind, pause in acts:
        today += timedelta(days=pause)
        due = is_due(kind, reminded, today)
        assert due or kind in firsts
        if due and kind in firsts:
            assert all(today - day >= EVERY for day in days)
        if not due:
            assert any(today - day < EVERY for day in days)
        if due:
            reminded[kind] = today
            days.append(today)
        firsts.add(kind)


def test_a_clock_that_was_put_back_reminds_nobody_again_at_once() -> None:
    assert not is_due("quiz", {"quiz": DAY}, DAY - timedelta(days=30))
