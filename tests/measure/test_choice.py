"""What to practise: marks times doubt."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from course.measure.choice import Known, allocate

topics = st.dictionaries(
    st.sampled_from("abcde"),
    st.builds(Known, st.integers(0, 8), st.floats(0, 50), st.floats(0, 50), st.integers(0, 30)),
    min_size=1,
)


@given(topics, st.integers(0, 40))
def test_no_more_is_drawn_than_there_is_or_was_asked_for(given_topics: dict[str, Known], number: int) -> None:
    drawn = allocate(given_topics, number)
    assert sum(drawn.values()) == min(number, sum(topic.available for topic in given_topics.values()))
    assert all(0 < count <= given_topics[name].available for name, count in drawn.items())


def test_a_topic_that_carries_marks_and_was_little_answered_comes_first() -> None:
    found = allocate({"large": Known(6, 0, 0, 20), "small": Known(1, 0, 0, 20), "known": Known(6, 60, 20, 20)}, 10)
    assert found["large"] > found.get("known", 0)
    assert found["large"] > found.get("small", 0)


def test_among_equals_the_questions_are_shared() -> None:
    assert allocate({name: Known(3, 2, 1, 20) for name in "ab"}, 10) == {"a": 5, "b": 5}
