"""What an attempt's history says, for any history the rules allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core.attempts import (
    EXERCISE,
    PRACTICE,
    RULES,
    Act,
    Attempt,
    Due,
    Event,
    Reveal,
    Score,
    best_score,
    finished,
    first_score,
    missed,
    next_step,
    steps,
    what_may_be_shown,
)
from tests.core.histories import START, beginnings, checked, histories, last_at, new_attempt, responses, revealed

ONE, HALF, NOTHING = Fraction(1), Fraction(1, 2), Fraction(0)
practices = histories(PRACTICE)
exercises = histories(EXERCISE)
randoms = st.integers(0, 2**32).map(Random)


# ---- steps ----


@given(histories())
def test_the_first_steps_are_the_items_in_their_order(attempt: Attempt) -> None:
    pages = steps(attempt)
    assert [step.number for step in pages] == list(range(1, len(pages) + 1))
    assert tuple(step.item for step in pages[: len(attempt.items)]) == attempt.items
    assert all(step.look == 1 for step in pages[: len(attempt.items)])


@given(practices)
def test_what_was_missed_comes_back_once_when_all_is_checked(attempt: Attempt) -> None:
    again = steps(attempt)[len(attempt.items) :]
    first = [attempt.check(item.question_id, 1) for item in attempt.items]
    if any(check is None for check in first):
        assert not again
    else:
        wrong = [check.question_id for check in first if check is not None and check.mark != 1]
        assert [step.item.question_id for step in again] == wrong
        assert all(step.look == 2 for step in again)
    assert {step.item for step in again} <= set(missed(attempt))


@given(exercises)
def test_an_exercise_has_no_second_look(attempt: Attempt) -> None:
    assert len(steps(attempt)) == len(attempt.items)


@given(practices)
def test_the_pages_seen_so_far_keep_their_numbers(attempt: Attempt) -> None:
    for earlier, later in pairwise(beginnings(attempt)):
        assert steps(later)[: len(steps(earlier))] == steps(earlier)


@given(histories())
def test_the_next_step_is_the_first_one_not_checked(attempt: Attempt) -> None:
    following = next_step(attempt)
    for step in steps(attempt):
        if step == following:
            break
        assert attempt.check(step.item.question_id, step.look) is not None
    if following is not None:
        assert attempt.check(following.item.question_id, following.look) is None


# ---- the end ----


@given(practices)
def test_practice_is_finished_when_nothing_is_left_to_check(attempt: Attempt) -> None:
    assert finished(attempt) == (next_step(attempt) is None)


@given(exercises)
def test_an_exercise_is_finished_when_each_question_is_right_or_revealed(attempt: Attempt) -> None:
    def over(question_id: str) -> bool:
        marks = [e.mark for e in attempt.events if e.act is Act.CHECK and e.question_id == question_id]
        return attempt.revealed(question_id) or 1 in marks

    assert finished(attempt) == all(over(item.question_id) for item in attempt.items)


@given(histories())
def test_what_is_finished_stays_finished(attempt: Attempt) -> None:
    states = [finished(beginning) for beginning in beginnings(attempt)]
    assert states == sorted(states)


def test_checking_everything_wrong_does_not_finish_an_exercise_and_asking_for_the_answers_does() -> None:
    attempt = checked(new_attempt(EXERCISE, 1), {"q0": [NOTHING, HALF, HALF]})
    assert not finished(attempt)
    assert finished(revealed(attempt, "q0"))
    assert finished(checked(new_attempt(EXERCISE, 1), {"q0": [NOTHING, ONE]}))


def test_practice_with_one_miss_ends_after_its_second_look_right_or_wrong() -> None:
    attempt = checked(new_attempt(PRACTICE, 2), {"q0": [ONE], "q1": [NOTHING]})
    assert not finished(attempt)
    again = next_step(attempt)
    assert again is not None
    assert (again.number, again.item.question_id, again.look) == (3, "q1", 2)
    assert finished(checked(new_attempt(PRACTICE, 2), {"q0": [ONE], "q1": [NOTHING, NOTHING]}))


# ---- scores ----


@given(histories())
def test_the_first_score_is_there_when_all_is_checked_and_never_changes(attempt: Attempt) -> None:
    scores = [first_score(beginning) for beginning in beginnings(attempt)]
    for beginning, score in zip(beginnings(attempt), scores, strict=True):
        all_checked = all(beginning.check(item.question_id, 1) for item in attempt.items)
        assert (score is not None) == all_checked
    assert len({score for score in scores if score is not None}) <= 1


@given(histories())
def test_scores_lie_between_nothing_and_all(attempt: Attempt) -> None:
    for score in (first_score(attempt), best_score(attempt)):
        if score is not None:
            assert score.total == len(attempt.items)
            assert 0 <= score.share <= 1
            assert score.share * score.total == score.marks


@given(exercises)
def test_the_best_score_of_an_exercise_never_falls_and_is_never_below_the_first(attempt: Attempt) -> None:
    scores = [best_score(beginning) for beginning in beginnings(attempt)]
    known = [score for score in scores if score is not None]
    assert all(earlier.marks <= later.marks for earlier, later in pairwise(known))
    first = first_score(attempt)
    assert (first is None) == (not known)
    if first is not None:
        assert known[-1].marks >= first.marks


@given(practices)
def test_a_second_look_is_not_scored(attempt: Attempt) -> None:
    assert best_score(attempt) == first_score(attempt)


@given(histories())
def test_saving_changes_no_score(attempt: Attempt) -> None:
    without = replace(attempt, events=tuple(e for e in attempt.events if e.act is not Act.SAVE))
    assert first_score(without) == first_score(attempt)
    assert best_score(without) == best_score(attempt)
    assert finished(without) == finished(attempt)
    assert steps(without) == steps(attempt)


def test_the_score_of_nothing_asked_is_nothing() -> None:
    assert first_score(new_attempt(PRACTICE, 0)) == Score(NOTHING, 0)
    assert Score(NOTHING, 0).share == 0


def test_a_retry_grows_the_best_score_of_its_question_only() -> None:
    attempt = checked(new_attempt(EXERCISE, 2), {"q0": [HALF, ONE], "q1": [HALF, NOTHING]})
    assert first_score(attempt) == Score(ONE, 2)
    assert best_score(attempt) == Score(Fraction(3, 2), 2)


# ---- what may be shown ----


def shown(attempt: Attempt) -> Reveal:
    return what_may_be_shown(attempt.rules, attempt, last_at(attempt))


def looks(attempt: Attempt) -> list[tuple[str, int]]:
    most = max((event.look for event in attempt.events), default=0) + 1
    return [(item.question_id, look) for item in attempt.items for look in range(1, most + 1)]


@given(histories())
def test_nothing_is_due_before_its_check(attempt: Attempt) -> None:
    for question_id, look in looks(attempt):
        if attempt.check(question_id, look) is None:
            assert shown(attempt).of(question_id, look) is Due.NOTHING


@given(practices)
def test_practice_shows_everything_of_a_look_once_it_is_checked(attempt: Attempt) -> None:
    for question_id, look in looks(attempt):
        due = Due.NOTHING if attempt.check(question_id, look) is None else Due.KEY
        assert shown(attempt).of(question_id, look) is due


@given(exercises)
def test_an_exercise_gives_the_key_only_to_who_has_it_right_or_asked(attempt: Attempt) -> None:
    for question_id, look in looks(attempt):
        check = attempt.check(question_id, look)
        if check is None:
            continue
        due = shown(attempt).of(question_id, look)
        assert (due is Due.KEY) == (check.mark == 1 or attempt.revealed(question_id))
        if due is not Due.KEY:
            assert due is (Due.VERDICT if look == 1 else Due.REASONS)


@given(histories())
def test_what_was_due_stays_due(attempt: Attempt) -> None:
    for earlier, later in pairwise(map(shown, beginnings(attempt))):
        assert all(due <= later.of(*where) for where, due in earlier.due.items())


@given(histories())
def test_what_happens_later_is_not_known_before(attempt: Attempt) -> None:
    for now in {START, *(event.at for event in attempt.events)}:
        until_now = replace(attempt, events=tuple(e for e in attempt.events if e.at <= now))
        assert what_may_be_shown(attempt.rules, attempt, now) == what_may_be_shown(attempt.rules, until_now, now)


@given(histories())
def test_one_question_says_nothing_of_another(attempt: Attempt) -> None:
    for item in attempt.items:
        alone = replace(attempt, events=tuple(e for e in attempt.events if e.question_id == item.question_id))
        assert shown(alone).due == {
            where: due for where, due in shown(attempt).due.items() if where[0] == item.question_id
        }


# ---- answers and order ----


@given(histories(), randoms)
def test_the_order_in_which_events_are_listed_does_not_matter(attempt: Attempt, chance: Random) -> None:
    mixed = replace(attempt, events=tuple(chance.sample(attempt.events, len(attempt.events))))
    assert mixed.sequence == attempt.sequence
    for item in attempt.items:
        assert mixed.response(item.question_id) == attempt.response(item.question_id)
        assert mixed.checks(item.question_id) == attempt.checks(item.question_id)
        assert mixed.look(item.question_id) == attempt.look(item.question_id)
    assert first_score(mixed) == first_score(attempt)
    assert best_score(mixed) == best_score(attempt)
    assert finished(mixed) == finished(attempt)
    assert steps(mixed) == steps(attempt)
    assert shown(mixed) == shown(attempt)


@given(histories())
def test_the_answer_is_what_was_given_last_and_a_reveal_is_no_answer(attempt: Attempt) -> None:
    for item in attempt.items:
        given_last = [e for e in attempt.events if e.question_id == item.question_id and e.act is not Act.REVEAL]
        assert attempt.response(item.question_id) == (given_last[-1].response if given_last else ())


@given(responses, responses, randoms)
def test_the_later_sequence_number_wins_even_where_it_arrived_first(one: object, two: object, chance: Random) -> None:
    assert isinstance(one, tuple)
    assert isinstance(two, tuple)
    events = [
        Event(2, Act.SAVE, "q0", 1, two, START + timedelta(seconds=1)),
        Event(1, Act.SAVE, "q0", 1, one, START + timedelta(seconds=5)),
    ]
    chance.shuffle(events)
    assert replace(new_attempt(EXERCISE, 1), events=tuple(events)).response("q0") == two


@given(histories())
def test_each_check_is_one_look_further(attempt: Attempt) -> None:
    for item in attempt.items:
        checks = attempt.checks(item.question_id)
        assert [check.look for check in checks] == list(range(1, len(checks) + 1))
        assert attempt.look(item.question_id) == len(checks) + 1


def test_a_new_attempt_has_no_answers_and_begins_before_its_first_number() -> None:
    attempt = new_attempt(PRACTICE, 3)
    assert attempt.sequence == 0
    assert attempt.response("q0") == ()
    assert not finished(attempt)
    assert shown(attempt) == Reveal({})


@pytest.mark.parametrize("name", ["practice", "exercise"])
def test_rules_are_found_by_the_name_they_are_kept_under(name: str) -> None:
    assert RULES[name].name == name
