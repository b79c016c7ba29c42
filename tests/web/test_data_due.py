"""What is taken along tells nothing before it is due: of exams, quizzes and exercises that are not done yet."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from course.library.catalogue import Catalogue
from course.store import engine
from tests.conftest import MakeApp
from tests.exams import age, write_course
from tests.web.answers import answer, asked_in, full, onward, start
from tests.web.browsing import Page, Visitor
from tests.web.sitting import begin, id_of, right, save, submit
from tests.web.taking import take
from tests.web.test_data import is_complete, learner_of, rows_of
from tests.web.test_exercises import checked, placed, retry


@pytest.fixture
def ship(make_app: MakeApp, tmp_path: Path) -> Flask:
    """Return the application on the course with a mock exam."""
    return make_app(write_course(tmp_path / "ship"), instance=tmp_path / "instance")


def half_done(ship: Flask, visitor: Visitor) -> Page:
    """Begin the exam, answer three questions, flag one."""
    page = begin(visitor)
    for number in (1, 2, 3):
        assert save(visitor, page, number, 1, choice=right(ship, id_of(page), number))[0] == 200
    assert save(visitor, page, 2, 1, flag="on")[0] == 200
    return page


def test_of_an_exam_that_is_running_it_tells_what_was_answered_and_nothing_more(ship: Flask) -> None:
    visitor = Visitor(ship)
    page = half_done(ship, visitor)
    taken = take(visitor)
    is_complete(taken, rows_of(ship, learner_of(visitor)))
    (attempt,) = taken.data["attempts"]
    assert (attempt["title"], attempt["over"], attempt["score"]) == ("The ship mock", False, None)
    assert attempt["terms"].keys() == {"title", "needed", "minutes", "factor", "granted"}
    assert len(attempt["asked"]) == 6  # an exam shows all its questions
    assert {event["mark"] for event in taken.events} == {None}
    (row,) = taken.table("attempts.csv")
    assert (row["score"], row["needed"], row["minutes"], row["over"]) == ("", "5", "90", "no")
    said = [row["answer"] for row in taken.table("answers.csv")]
    assert [re.sub(r" p.*", "", answer) for answer in said] == ["Plank", "Plank", "Plank", "flagged"]
    for word in ("Sound", "Rotten", "whysaid", "[x]", "revision", "seed"):
        assert word not in taken.whole, word
    submit(visitor, id_of(page))
    after = take(visitor)
    is_complete(after, rows_of(ship, learner_of(visitor)))
    assert [event["mark"] for event in after.events if event["act"] == "check"] == ["1", "1", "1", "0", "0", "0"]
    assert "topics" in after.data["attempts"][0]["terms"]
    (row,) = after.table("attempts.csv")
    assert (row["score"], row["over"]) == ("3", "yes")


def test_of_an_exam_that_is_running_it_says_the_same_whether_the_answers_are_right_or_not(ship: Flask) -> None:
    """But for the answers themselves."""
    visitor = Visitor(ship)
    page = begin(visitor)
    told = []
    for look, value in enumerate(page.form("/q/1").choices["choice"], 1):
        assert save(visitor, page, 1, look, choice=value)[0] == 200
        last = take(visitor).events[-1]
        told.append({name: last[name] for name in last.keys() - {"at", "answer", "response", "look", "sequence"}})
    assert len(told) == 4
    assert all(each == told[0] for each in told)


def test_a_mark_that_is_kept_too_early_is_not_told(ship: Flask) -> None:
    """Nothing of ours keeps one; were it there, it would stay unsaid."""
    visitor = Visitor(ship)
    page = half_done(ship, visitor)
    with ship.app_context(), engine.writing() as connection:
        row = dict(connection.execute(text("SELECT * FROM event LIMIT 1")).mappings().one())
        connection.exec_driver_sql(
            "INSERT INTO event (attempt_id, sequence, act, question_id, look, response, mark, at) "
            "VALUES (?, 99, 'check', ?, 1, '[]', '1', ?)",
            (id_of(page), row["question_id"], row["at"]),
        )
    assert {event["mark"] for event in take(visitor).events} == {None}


def test_an_exam_whose_time_ran_out_while_nobody_looked_is_closed_and_told(ship: Flask) -> None:
    visitor = Visitor(ship)
    page = half_done(ship, visitor)
    age(ship.config["COURSE"].instance / "course.db", id_of(page), timedelta(minutes=91).total_seconds())
    taken = take(visitor)
    assert [event["mark"] for event in taken.events if event["act"] == "check"] == ["1", "1", "1", "0", "0", "0"]
    assert taken.table("attempts.csv")[0]["score"] == "3"


def test_a_question_further_on_in_a_quiz_is_not_told_before_its_turn(visitor: Visitor, catalogue: Catalogue) -> None:
    page = start(visitor)
    seen: set[str] = set()
    for _ in range(4):
        question = asked_in(page, catalogue, "hull")
        seen.add(question.id)
        taken = take(visitor)
        assert {each["question_id"] for each in taken.data["attempts"][0]["asked"]} == seen
        assert taken.data["attempts"][0]["questions"] == 4
        for later in catalogue.quizzes["hull"].questions:
            assert (later.sentence in taken.whole) is (later.id in seen)
            assert (later.id in taken.whole) is (later.id in seen)
        page = onward(visitor, answer(visitor, page, full(catalogue, question.id)))
    assert len(seen) == 4


def test_of_an_exercise_it_tells_no_reason_and_not_where_cards_belong(visitor: Visitor, catalogue: Catalogue) -> None:
    form = visitor.open("/exercises/harbour").form("/check")
    result = checked(visitor, form, placed(catalogue, Anchor="stern/port"))
    for word in ("almond", "walnut", "pistachio", "macadamia", "Bow, port", "bow/port"):
        assert word not in take(visitor).whole, word
    retry(visitor, result)
    assert "bow/port" not in take(visitor).whole
