"""Attempts are started once and then only added to."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from itertools import count as count_up

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from course.core.attempts import EXERCISE, PRACTICE, Act, Attempt, Certainty, Event, Item
from course.store import attempts, learners
from course.store.attempts import NewItem
from course.store.engine import reading, writing
from tests.store.writers import AT, ITEMS, checked, history, new_attempt, saved

# Each example adds to one database under an id of its own.
counted = count_up()
on_one_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture(autouse=True)
def opened(store: Flask) -> Flask:
    """Open the store for every test here."""
    return store


def started(number: str = "1") -> Attempt:
    attempt = new_attempt(number)
    attempts.start(attempt, f"start-{number}", ITEMS)
    return attempt


def loaded(attempt_id: str) -> Attempt:
    found = attempts.load(attempt_id)
    assert found is not None
    return found


def count(table: str) -> int:
    with reading() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() or 0)  # noqa: S608


# ---- starting ----


def test_a_new_attempt_comes_back_as_it_was_started() -> None:
    items = (Item("b", "r2"), Item("a", "r1"), Item("c", "r3"))
    attempt = Attempt("a" * 32, "guest", "hull", PRACTICE, "seed", AT, items)
    texts = tuple(NewItem(i.question_id, i.revision, f"text of {i.question_id}") for i in items)
    assert attempts.start(attempt, "start", texts) == attempt.id
    assert attempts.load(attempt.id) == attempt
    assert attempts.started("guest", "start") == attempt
    assert attempts.of_learner("guest") == (attempt,)
    assert attempts.of_learner_at("guest", "hull") == (attempt,)


def test_starting_twice_with_one_token_gives_one_attempt() -> None:
    first = started()
    again = replace(first, id="attempt-again", seed="another", started_at=AT + timedelta(hours=1))
    assert attempts.start(again, "start-1", ITEMS) == first.id
    assert attempts.of_learner("guest") == (first,)
    assert (count("attempt"), count("attempt_item"), count("learner")) == (1, 1, 1)


def test_one_token_starts_an_attempt_for_each_learner() -> None:
    first = started()
    other = replace(first, id="attempt-other", learner_id="another")
    assert attempts.start(other, "start-1", ITEMS) == other.id
    assert attempts.of_learner("another") == (other,)


def test_starting_makes_the_learner_and_a_second_start_leaves_them_as_they_are() -> None:
    assert not learners.exists("guest")
    started("1")
    assert learners.exists("guest")
    attempts.start(replace(new_attempt("2"), started_at=AT + timedelta(days=1)), "start-2", ITEMS)
    with reading() as connection:
        assert connection.execute(text("SELECT created_at FROM learner")).scalars().all() == [
            "2026-03-01 08:00:00.000000"
        ]


def test_attempts_are_listed_oldest_first_and_by_slug() -> None:
    late = replace(new_attempt("1"), started_at=AT + timedelta(hours=2))
    early = replace(new_attempt("2"), slug="deck")
    middle = replace(new_attempt("3"), started_at=AT + timedelta(hours=1))
    for attempt in (late, early, middle):
        attempts.start(attempt, attempt.id, ITEMS)
    assert attempts.of_learner("guest") == (early, middle, late)
    assert attempts.of_learner_at("guest", "harbour") == (middle, late)
    assert attempts.of_learner_at("guest", "nothing") == ()
    assert attempts.of_learner("nobody") == ()


def test_an_attempt_that_is_not_there_is_none() -> None:
    assert attempts.load("nothing") is None
    assert attempts.started("guest", "nothing") is None
    assert attempts.load("\0" * 32) is None


def test_the_text_of_a_question_as_it_was_asked_is_kept_for_ever() -> None:
    started("1")
    attempts.start(replace(new_attempt("2"), items=(Item("q", "r2"),)), "start-2", (NewItem("q", "r2", "new text"),))
    attempts.start(replace(new_attempt("3"), items=(Item("q", "r1"),)), "start-3", (NewItem("q", "r1", "ignored"),))
    assert attempts.revision_text("q", "r1") == "the text of q"
    assert attempts.revision_text("q", "r2") == "new text"
    assert attempts.revision_text("q", "r3") is None


def test_a_start_that_fails_leaves_nothing_behind() -> None:
    twice = (Item("q", "r1"), Item("q", "r1"))
    with pytest.raises(StatementError):
        attempts.start(replace(new_attempt("1"), items=twice, started_at=datetime(2026, 3, 1)), "start", ITEMS)  # noqa: DTZ001
    assert (count("learner"), count("attempt"), count("revision")) == (0, 0, 0)


# ---- saving ----


def test_a_save_is_kept_once_and_repeating_it_changes_nothing() -> None:
    attempt = started()
    assert attempts.save(attempt.id, saved(1)) is True
    before = loaded(attempt.id)
    assert attempts.save(attempt.id, saved(1)) is False
    assert attempts.save(attempt.id, saved(1, "stern")) is False
    assert loaded(attempt.id) == before
    assert before.events == (saved(1),)


def test_older_and_equal_numbers_are_refused_and_later_ones_kept() -> None:
    attempt = started()
    assert attempts.save(attempt.id, saved(5, "five"))
    assert not attempts.save(attempt.id, saved(4, "four"))
    assert not attempts.save(attempt.id, saved(5, "other"))
    assert attempts.save(attempt.id, saved(9, "nine"))
    assert history(attempt.id) == [(5, "save", "five"), (9, "save", "nine")]
    assert loaded(attempt.id).response("q") == (("card-1", "nine"),)


@on_one_database
@given(numbers=st.lists(st.integers(1, 12), max_size=20))
def test_whatever_arrives_in_whatever_order_what_is_kept_only_grows(numbers: list[int]) -> None:
    attempt = started(f"drawn-{next(counted)}")
    kept = [number for number in numbers if attempts.save(attempt.id, saved(number, f"answer-{number}"))]
    highest: list[int] = []
    for number in numbers:
        if number > max(highest, default=0):
            highest.append(number)
    assert kept == highest
    assert history(attempt.id) == [(number, "save", f"answer-{number}") for number in highest]
    assert loaded(attempt.id).response("q") == ((("card-1", f"answer-{highest[-1]}"),) if highest else ())


def test_a_save_for_an_attempt_that_is_not_there_is_refused() -> None:
    with pytest.raises(IntegrityError):
        attempts.save("nothing", saved(1))


def test_numbers_of_one_attempt_say_nothing_of_another() -> None:
    one, two = started("1"), started("2")
    assert attempts.save(one.id, saved(7))
    assert attempts.save(two.id, saved(1))


def test_starting_and_saving_is_one_act() -> None:
    attempt = new_attempt("1")
    assert attempts.start_and_save(attempt, "start", ITEMS, saved(1)) == (attempt.id, True)
    assert attempts.start_and_save(new_attempt("2"), "start", ITEMS, saved(1)) == (attempt.id, False)
    assert attempts.start_and_save(new_attempt("3"), "start", ITEMS, saved(2)) == (attempt.id, True)
    assert [number for number, _, _ in history(attempt.id)] == [1, 2]


def test_a_first_save_that_cannot_be_kept_starts_nothing() -> None:
    naive = replace(saved(1), at=datetime(2026, 3, 1))  # noqa: DTZ001
    with pytest.raises(StatementError):
        attempts.start_and_save(new_attempt("1"), "start", ITEMS, naive)
    assert (count("attempt"), count("learner"), count("event")) == (0, 0, 0)


def test_reading_an_attempt_gives_of_the_saves_of_each_question_the_last() -> None:
    attempt = started()
    attempts.save(attempt.id, saved(1, "one"))
    attempts.save(attempt.id, replace(saved(2, "two"), question_id="other"))
    attempts.save(attempt.id, saved(3, "three"))
    attempts.act(attempt.id, checked(1, "three"))
    attempts.save(attempt.id, saved(5, "five", look=2))
    found = loaded(attempt.id)
    assert [(e.sequence, e.act, e.question_id) for e in found.events] == [
        (2, Act.SAVE, "other"),
        (4, Act.CHECK, "q"),
        (5, Act.SAVE, "q"),
    ]
    assert len(history(attempt.id)) == 5
    assert attempts.of_learner("guest") == (found,)
    assert attempts.of_learner_at("guest", "harbour") == (found,)
    assert attempts.started("guest", "start-1") == found


# ---- checking ----


def test_a_look_is_checked_once() -> None:
    attempt = started()
    assert attempts.act(attempt.id, checked(1, "bow")) is True
    assert attempts.act(attempt.id, checked(1, "stern")) is False
    assert attempts.act(attempt.id, checked(2, "stern")) is True
    found = loaded(attempt.id)
    assert [(e.look, e.response, e.sequence) for e in found.checks("q")] == [
        (1, (("card-1", "bow"),), 1),
        (2, (("card-1", "stern"),), 2),
    ]


def test_a_check_takes_the_number_after_the_last_save() -> None:
    attempt = started()
    attempts.save(attempt.id, saved(41))
    attempts.act(attempt.id, checked(1))
    assert loaded(attempt.id).sequence == 42
    assert not attempts.save(attempt.id, saved(42))
    assert attempts.save(attempt.id, saved(43, look=2))


def test_answers_are_asked_for_once() -> None:
    attempt = started()
    attempts.act(attempt.id, checked(1))
    reveal = Event(0, Act.REVEAL, "q", 1, (), AT)
    assert attempts.act(attempt.id, reveal) is True
    assert attempts.act(attempt.id, reveal) is False
    assert loaded(attempt.id).revealed("q")


def test_each_question_is_checked_on_its_own() -> None:
    attempt = started()
    assert attempts.act(attempt.id, checked(1))
    assert attempts.act(attempt.id, replace(checked(1), question_id="other"))


# ---- values ----


@on_one_database
@given(
    response=st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=4).map(lambda p: tuple(sorted(p))),
    mark=st.fractions(0, 1, max_denominator=97),
    certainty=st.sampled_from([None, *Certainty]),
    minutes=st.integers(-700, 700),
    microseconds=st.integers(0, 999_999),
)
def test_a_check_comes_back_as_it_was_kept(
    response: tuple[tuple[str, str], ...],
    mark: Fraction,
    certainty: Certainty | None,
    minutes: int,
    microseconds: int,
) -> None:
    at = datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(minutes=minutes))) + timedelta(microseconds=microseconds)
    attempt = started(f"drawn-{next(counted)}")
    attempts.act(attempt.id, Event(0, Act.CHECK, "q", 1, response, at, mark, certainty))
    (event,) = loaded(attempt.id).events
    assert event == Event(1, Act.CHECK, "q", 1, response, at, mark, certainty)
    assert event.at.tzinfo is UTC
    assert isinstance(event.mark, Fraction)


def test_times_come_back_aware_and_in_utc() -> None:
    attempt = started()
    attempts.act(attempt.id, checked(1))
    learners.mark_read("guest", "hull", AT.astimezone(timezone(timedelta(hours=-5))))
    found = loaded(attempt.id)
    times = [found.started_at, found.events[0].at, learners.lessons_read("guest")["hull"]]
    assert times == [AT, AT, AT]
    assert all(time.tzinfo is UTC for time in times)


def test_a_time_without_zone_is_refused() -> None:
    attempt = started()
    naive = datetime(2026, 3, 1, 8, 0)  # noqa: DTZ001
    with pytest.raises(StatementError, match="a time without zone cannot be kept"):
        attempts.save(attempt.id, replace(saved(1), at=naive))
    with pytest.raises(StatementError, match="a time without zone cannot be kept"):
        attempts.act(attempt.id, replace(checked(1), at=naive))
    with pytest.raises(StatementError, match="a time without zone cannot be kept"):
        learners.mark_read("guest", "hull", naive)
    assert loaded(attempt.id).events == ()


# ---- lessons and learners ----


def test_a_lesson_is_read_once_and_the_first_time_counts() -> None:
    learners.mark_read("guest", "hull", AT)
    learners.mark_read("guest", "hull", AT + timedelta(days=3))
    learners.mark_read("guest", "oar", AT + timedelta(days=1))
    assert learners.lessons_read("guest") == {"hull": AT, "oar": AT + timedelta(days=1)}
    assert learners.lessons_read("nobody") == {}
    assert learners.exists("guest")


def test_deleting_a_learner_leaves_nothing_of_them() -> None:
    attempt = started()
    attempts.save(attempt.id, saved(1))
    learners.mark_read("guest", "hull", AT)
    with writing() as connection:
        connection.execute(text("DELETE FROM learner WHERE id = 'guest'"))
    assert [count(name) for name in ("learner", "lesson_read", "attempt", "attempt_item", "event")] == [0] * 5
    assert count("revision") == 1  # the text of a question is nobody's


def test_an_attempt_is_kept_under_the_rules_it_was_made_with() -> None:
    for number, rules in enumerate((PRACTICE, EXERCISE)):
        attempt = replace(new_attempt(str(number)), rules=rules)
        attempts.start(attempt, attempt.id, ITEMS)
        assert loaded(attempt.id).rules == rules


def test_a_reader_beside_writers_always_sees_whole_attempts(opened: Flask) -> None:
    attempt = started()
    stop = threading.Event()
    wrong: list[str] = []
    seen: list[int] = []

    def read() -> None:
        with opened.app_context():
            while not stop.is_set():
                found = loaded(attempt.id)
                seen.append(found.sequence)
                if found.items != attempt.items or [e.act for e in found.events] not in ([], [Act.SAVE]):
                    wrong.append(repr(found))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 60):
        assert attempts.save(attempt.id, saved(number))
    stop.set()
    reader.join(10)
    assert not wrong
    assert seen == sorted(seen)
