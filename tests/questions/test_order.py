"""Ordering: what earns how much, and what the page shows of it."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core.attempts import Due, Response
from course.core.marks import Verdict
from course.core.quiz import Question
from course.questions import order
from course.questions._kind import Asking
from course.questions.registry import kinds
from tests.questions.conftest import Ask

KIND = kinds()["order"]
FIVE = "1. one\n2. two\n3. three\n4. four\n5. five\n"


def numbered(question: Question, numbers: str) -> Response:
    """Number the steps as the string says, a dot for none: `21345`."""
    steps = question.answers.steps
    return tuple(sorted((order.field_of(question, s), n) for s, n in zip(steps, numbers, strict=True) if n != "."))


@pytest.mark.parametrize(
    ("numbers", "mark"),
    [
        ("12345", Fraction(1)),
        ("54321", Fraction(0)),  # no two in order
        ("21345", Fraction(3, 4)),  # one step out of place
        ("51234", Fraction(3, 4)),  # the last one first: the others keep their order
        ("23451", Fraction(3, 4)),
        ("14325", Fraction(1, 2)),
        ("45123", Fraction(1, 2)),
        ("1....", Fraction(0)),  # one number is no order
        ("12...", Fraction(1, 4)),
        ("11111", Fraction(0)),  # equal numbers have no order
        ("11223", Fraction(1, 2)),
        (".....", Fraction(0)),
    ],
)
def test_the_longest_run_in_the_right_order_counts(ask: Ask, numbers: str, mark: Fraction) -> None:
    question = ask("order", FIVE)
    assert KIND.mark(question, numbered(question, numbers)).mark == mark


def test_an_exercise_shows_one_point_fewer_than_there_are_steps(ask: Ask) -> None:
    question = ask("order", FIVE)
    marked = KIND.mark(question, numbered(question, "21345"))
    assert marked.mark * marked.out_of == 3
    assert marked.out_of == 4
    assert (marked.count(Verdict.RIGHT), marked.count(Verdict.WRONG)) == (4, 1)


def test_without_two_steps_in_order_none_is_right(ask: Ask) -> None:
    question = ask("order", FIVE)
    assert KIND.mark(question, numbered(question, "54321")).count(Verdict.RIGHT) == 0


@given(numbers=st.lists(st.one_of(st.none(), st.integers(1, 9)), max_size=9))
def test_the_longest_run_is_rising_and_as_long_as_any(numbers: list[int | None]) -> None:
    run = [numbers[place] or 0 for place in sorted(order.longest_run(numbers))]
    assert run == sorted(set(run))
    best = [0] * len(numbers)
    for n, number in enumerate(numbers):
        if number is not None:
            best[n] = 1 + max((best[m] for m in range(n) if (numbers[m] or 9) < number), default=0)
    assert len(run) == max(best, default=0)


@pytest.mark.parametrize("count", [2, 3, 5])
def test_the_page_never_starts_with_the_right_order(ask: Ask, count: int) -> None:
    question = ask("order", "".join(f"{n}. step {n}\n" for n in range(1, count + 1)))
    seen = set()
    for seed in map(str, range(300)):
        shown = tuple(step.text for step in KIND.view(question, Asking(seed)).steps)  # type: ignore[attr-defined]
        assert shown != question.answers.steps
        seen.add(shown)
    assert seen == set(permutations(question.answers.steps)) - {question.answers.steps} or count == 5


def test_steps_are_shuffled_even_where_the_author_says_no(ask: Ask) -> None:
    question = ask("order", FIVE, "`shuffle=no`")
    view = KIND.view(question, Asking("7"))
    assert tuple(step.text for step in view.steps) != question.answers.steps  # type: ignore[attr-defined]
    assert any("`shuffle=no` has no effect" in advice for advice in KIND.lint(question))


def test_a_whole_order_is_shown_as_it_was_left_and_letters_stay(ask: Ask) -> None:
    question = ask("order", FIVE)
    fresh = {s.text: s.letter for s in KIND.view(question, Asking("1")).steps}  # type: ignore[attr-defined]
    view = KIND.view(question, Asking("1", numbered(question, "31245")))
    assert [s.text for s in view.steps] == ["two", "three", "one", "four", "five"]  # type: ignore[attr-defined]
    assert {s.text: s.letter for s in view.steps} == fresh  # type: ignore[attr-defined]


def test_the_right_order_is_shown_only_once_it_is_due(ask: Ask) -> None:
    question = ask("order", FIVE)
    answer = numbered(question, "21345")
    early = KIND.view(question, Asking("1", answer, Due.REASONS))
    assert early.solution == ()  # type: ignore[attr-defined]
    assert {step.belongs for step in early.steps} == {0}  # type: ignore[attr-defined]
    late = KIND.view(question, Asking("1", answer, Due.KEY, revealed=True))
    assert late.solution == question.answers.steps  # type: ignore[attr-defined]


def test_the_next_try_goes_on_from_the_order_one_had(ask: Ask) -> None:
    question = ask("order", FIVE)
    answer = numbered(question, "21345")
    assert KIND.carried(question, answer) == answer
    assert KIND.right(question, answer) == ()


def test_a_step_may_have_several_lines(ask: Ask) -> None:
    question = ask("order", "1. one\n   and more\n2. two\n")
    assert question.answers.steps == ("one\nand more", "two")
    assert KIND.write(question.answers) == "1. one\n   and more\n2. two"
