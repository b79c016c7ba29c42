"""The one best next step."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core.nextstep import Facts, Step, next_step

NEW = Facts(False, 0, 0, 17, False, True, True, None)
facts = st.builds(
    Facts,
    st.booleans(),
    st.integers(0, 50),
    st.integers(0, 17),
    st.just(17),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.one_of(st.none(), st.integers(0, 90)),
)


@pytest.mark.parametrize(
    ("given_facts", "step"),
    [
        (NEW, Step.LESSON),
        (replace(NEW, unfinished=True, due=40), Step.CONTINUE),
        (replace(NEW, due=12), Step.REVIEW),
        (replace(NEW, due=3), Step.LESSON),
        (replace(NEW, lessons_read=9), Step.PRACTISE),
        (replace(NEW, lessons_read=9, estimate=True), Step.MOCK),
        (replace(NEW, lessons_read=9, estimate=True, days_since_mock=2), Step.LESSON),
        (replace(NEW, lessons_read=17, estimate=True, days_since_mock=2), Step.PRACTISE),
        (replace(NEW, lessons_read=17, estimate=True, days_since_mock=20), Step.MOCK),
        (replace(NEW, lessons_read=17, due=1), Step.REVIEW),
        (replace(NEW, lessons_read=17, questions=False, exams=False), None),
    ],
)
def test_what_serves_most_comes_next(given_facts: Facts, step: Step | None) -> None:
    assert next_step(given_facts) is step


@given(facts)
def test_what_is_offered_can_be_done(given_facts: Facts) -> None:
    step = next_step(given_facts)
    assert step is not Step.CONTINUE or given_facts.unfinished
    assert step is not Step.REVIEW or given_facts.due
    assert step is not Step.LESSON or given_facts.lessons_read < given_facts.lessons
    assert step is not Step.PRACTISE or given_facts.questions
    assert step is not Step.MOCK or given_facts.exams
